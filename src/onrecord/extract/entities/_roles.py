"""Gives each person the offices that the post states, one entry for each, with body and country."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from onrecord import gazetteer
from onrecord.extract.entities._bodies import Bodies
from onrecord.extract.entities._people import Candidate, Page
from onrecord.extract.entities._titles import Title
from onrecord.model import Document, Evidence, Person, Role

_SMALL = frozenset("the of and for to a an in".split())
_TIMES = frozenset("former ex late then".split())


@dataclass(slots=True)
class _Stated:
    title: Title
    candidate: Candidate
    evidence: Evidence


def people(
    pages: list[Page], named: Mapping[str, list[Candidate]], bodies: Bodies, document: Document
) -> tuple[Person, ...]:
    """The people of a post in the order in which they first appear."""
    out = []
    for name, group in named.items():
        roles: list[Role] = []
        for candidate in group:
            page = pages[candidate.layer]
            for title in [*reversed(candidate.before), *candidate.after]:
                for part in _parts(page, title):
                    roles.append(_role(page, candidate, part, bodies))
        roles = _distinct(roles)
        country = next((role.country for role in roles if role.country), None) or next(
            (c.country for c in group if c.country), None
        )
        roles = [
            replace(role, country=country) if role.country is None and country and _national(role) else role
            for role in roles
        ]
        evidence = tuple(
            Evidence(c.layer, pages[c.layer].words[c.start].start, pages[c.layer].words[c.end - 1].end) for c in group
        )
        out.append(Person(name, tuple(roles), evidence, country))
    return tuple(out)


def _parts(page: Page, title: Title) -> list[Title]:
    """One title for each body it is held in."""
    out = [title]
    for start, end in title.more_orgs:
        text = " ".join(page.text[page.words[start].start : page.words[end - 1].end].split())
        out.append(replace(title, org=text, org_words=(start, end), more_orgs=()))
    return out


def _role(page: Page, candidate: Candidate, title: Title, bodies: Bodies) -> Role:
    words = page.words
    country = title.country or candidate.country or bodies.country_of(title.org)
    org = title.org
    if org is not None and gazetteer.country_of(org) and len(org.split()) < 4:
        country, org = country or gazetteer.country_of(org), None
    if title.kind == "occupation" and org is None:
        country = None
    evidence = Evidence(page.index, words[title.start].start, words[title.end - 1].end)
    return Role(title.title, org, country, (evidence,))


def _national(role: Role) -> bool:
    return role.org is None


def _content(text: str | None) -> frozenset[str]:
    return frozenset(word for word in gazetteer.fold(text or "").replace("-", " ").split() if word not in _SMALL)


def _distinct(roles: list[Role]) -> list[Role]:
    """Puts together what names one office: the fuller title and the named body win; places of all are kept."""
    kept: list[Role] = []
    for role in roles:
        for index, other in enumerate(kept):
            joined = _same(other, role)
            if joined is not None:
                kept[index] = joined
                break
        else:
            kept.append(role)
    return kept


def _same(a: Role, b: Role) -> Role | None:
    x, y = _content(a.title), _content(b.title)
    if a.org and b.org and not (_content(a.org) & _content(b.org)):
        return None
    if (x & _TIMES) != (y & _TIMES) and not (x <= y or y <= x):
        return None
    if x == y or _loose(x) == _loose(y):
        fuller, other = (b, a) if b.org and not a.org else (a, b)
    elif x < y and _head(a.title) and not ({"vice", "deputy"} & (y - x)):
        fuller, other = b, a
    elif y < x and _head(b.title) and not ({"vice", "deputy"} & (x - y)):
        fuller, other = a, b
    else:
        return None
    return Role(
        fuller.title,
        fuller.org or other.org,
        fuller.country or other.country,
        tuple(dict.fromkeys(a.evidence + b.evidence)),
    )


def _loose(words: frozenset[str]) -> frozenset[str]:
    """The words of a title as far as "Foreign Minister" and "Minister of Foreign Affairs" share them."""
    return frozenset(
        {"defence": "defense", "labour": "labor", "adviser": "advisor"}.get(word, word) for word in words
    ) - {"affairs"}


def _head(title: str) -> bool:
    return len(_content(title)) <= 2
