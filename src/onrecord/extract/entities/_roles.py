"""Gives each person the offices that the post states, one entry for each, with body and country."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from onrecord import gazetteer, lexicon
from onrecord.extract.entities._bodies import Bodies, body_key, country_in, known_countries, state_heads, world_bodies
from onrecord.extract.entities._people import Candidate, Page, loose_titles, outlets
from onrecord.extract.entities._text import word_set
from onrecord.extract.entities._titles import Title, heads
from onrecord.model import Document, Evidence, Person, Role

_SMALL = word_set("en/entities", "roles.small")
_TIMES = word_set("en/entities", "roles.times")


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
            if page.beside:
                continue
            for title in [*reversed(candidate.before), *candidate.after]:
                for part in _parts(page, title):
                    roles.append(_role(page, candidate, part, bodies))
        roles = _distinct(roles)
        if len(roles) > 1:
            roles = [
                role
                for role in roles
                if gazetteer.fold(role.title) not in ("prince", "princess", "sheikh", "lady", "lord")
            ] or roles
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
        country = country or _neighbour_country(pages, group)
        roles = [
            replace(role, country=country) if role.country is None and country and _national(role) else role
            for role in roles
        ]
        out.append(Person(name, tuple(roles), evidence, country))
    home = home_of(document) or _most_told(pages, bodies)
    return _at_home(_from_loose(pages, named, out, document, bodies), home)


def _neighbour_country(pages: list[Page], group: list[Candidate]) -> str | None:
    """The country of the office named right before in a list: "Omani Foreign Minister X and Finance Minister Y"."""
    for candidate in group:
        page = pages[candidate.layer]
        if page.beside or not candidate.before or candidate.before[-1].country or candidate.before[-1].org:
            continue
        at = candidate.before[-1].start - 1
        while at > 0 and page.words[at].low in (",", "and", "&"):
            at -= 1
        if at == candidate.before[-1].start - 1:
            continue
        other = next((c for c in page.candidates if c.person and c.end == at + 1), None)
        if other is not None and other.before and not other.before[-1].org:
            code = other.before[-1].country or other.country
            if code is not None:
                return code
    return None


def _most_told(pages: list[Page], bodies: Bodies) -> str | None:
    """The state that a post without a publisher's state is about: three fifths or more of its countries and places."""
    counts: Counter[str] = Counter()
    for page in pages:
        counts.update(code for _, code in page.countries.values())
    for one in bodies.named:
        if one.kind in ("city", "region"):
            key = gazetteer.fold(one.text)
            city = gazetteer.city(one.text) if one.kind == "city" else None
            code = gazetteer.capitals().get(key) or gazetteer.regions().get(key) or (city.country if city else None)
            if code is not None:
                counts[code] += 1
    if not counts:
        return None
    code, most = max(counts.items(), key=lambda row: (row[1], row[0]))
    return code if most > 2 and most >= 0.6 * counts.total() else None


def home_of(document: Document) -> str | None:
    """The state that a page's publisher belongs to: named in its name, or known for an outlet or a seat of power."""
    name = document.publisher
    if not name:
        return None
    plain = name.partition("(")[0].strip()
    return (
        outlets().get(gazetteer.fold(plain))
        or known_countries().get(body_key(plain))
        or country_in(plain)
        or gazetteer.capitals().get(gazetteer.fold(plain).removeprefix("the "))
    )


def _at_home(people: tuple[Person, ...], home: str | None) -> tuple[Person, ...]:
    """An office of state whose country the text does not say is one of the publisher's own state."""
    if home is None:
        return people
    out = []
    for person in people:
        state = person.country or home
        roles = tuple(
            replace(role, country=state) if role.country is None and _of_state(role) else role for role in person.roles
        )
        country = person.country or (home if any(r.country == home for r in roles) else None)
        out.append(replace(person, roles=roles, country=country))
    return tuple(out)


def _of_state(role: Role) -> bool:
    title = gazetteer.fold(role.title).replace("-", " ").split()
    kinds = {heads().get(word) for word in title} | {heads().get(gazetteer.fold(role.title).split()[-1])}
    if ("ambassador" in title and "to" not in title) or "pope" in title or kinds <= {None, "occupation", "clergy"}:
        return False
    if role.org is None:
        return bool(_STATE_WORDS & set(title)) or "military" in kinds
    if role.org in world_bodies() or any(word in world_bodies() for word in role.org.split()):
        return False
    return bool(state_heads() & set(gazetteer.fold(role.org).split()))


_STATE_WORDS = word_set("en/entities", "roles.state_words")


def _from_loose(
    pages: list[Page],
    named: Mapping[str, list[Candidate]],
    people: list[Person],
    document: Document,
    bodies: Bodies,
) -> tuple[Person, ...]:
    """Gives an office that stands without a name ("the President of Chile") to the one person whom it can mean."""
    home = home_of(document)
    told = {c.person for group in named.values() for c in group if not pages[c.layer].beside}
    out = _from_plurals(pages, told, list(people))
    held = {(word, role.country) for p in out for role in p.roles for word in _content(role.title)}
    free = {number: p for number, p in enumerate(out) if p.name in told and not p.roles}
    hidden = {
        name: [(_content(role.title), role.country) for role in roles]
        for name, roles in beside_roles(pages, named, bodies).items()
    }
    # A second turn, for what can only be told when another office has found its bearer.
    for _ in range(2):
        before = len(free)
        _offer(pages, out, free, held, home, hidden, _content(document.publisher))
        if len(free) == before:
            break
    return tuple(out)


def beside_roles(pages: list[Page], named: Mapping[str, list[Candidate]], bodies: Bodies) -> dict[str, list[Role]]:
    """Offices that only a title beside the text states: not told by the text, but they show whom it means."""
    out: dict[str, list[Role]] = {}
    for name, group in named.items():
        for candidate in group:
            page = pages[candidate.layer]
            if page.beside:
                titles = (*candidate.before, *candidate.after)
                out.setdefault(name, []).extend(_role(page, candidate, title, bodies) for title in titles)
    return {name: roles for name, roles in out.items() if roles}


def _offer(
    pages: list[Page],
    people: list[Person],
    free: dict[int, Person],
    held: set[tuple[str, str | None]],
    home: str | None,
    hidden: Mapping[str, list[tuple[frozenset[str], str | None]]],
    publisher: frozenset[str],
) -> None:
    """Goes through the offices without a name once, and gives each to the one of `free` whom it fits."""
    tried: set[tuple[frozenset[str], str | None]] = set()
    for page in pages:
        if page.beside or not free:
            continue
        for title in loose_titles(page).values():
            wanted, country = _content(title.title), title.country
            if not _stands_alone(page, title) or (wanted, country) in tried:
                continue
            tried.add((wanted, country))
            codes = (home, *_codes(people)) if country is None else (country,)
            if all(any((word, code) in held for code in (None, *codes)) for word in wanted):
                continue
            fits = [
                n
                for n, p in free.items()
                if any(
                    wanted <= role and (None in (code, country) or code == country)
                    for role, code in hidden.get(p.name, ())
                )
            ]
            if len(fits) != 1:
                state = home if country is None and wanted <= publisher else country
                fits = [n for n, p in free.items() if p.country is not None and p.country == state]
            if not fits and len(free) == 1:
                # The one who is left: of those named in passing nothing is known.
                fits = [
                    n for n, p in free.items()
                    if p.country in (None, country or home) and (len(p.evidence) > 1 or len(people) == 1)
                ]  # fmt: skip
            if len(fits) != 1:
                continue
            person = free.pop(fits[0])
            words = page.words
            evidence = Evidence(page.index, words[title.start].start, words[title.end - 1].end)
            code = country or person.country or home
            role = Role(title.title, None, code, (evidence, *_mirrored(page, title)))
            people[fits[0]] = replace(person, roles=(role,), country=person.country or code)
            held |= {(word, code) for word in wanted}


def _stands_alone(page: Page, title: Title) -> bool:
    """Whether a title without a name means its bearer: "the Governor", "President of Chile"."""
    if not title.capital or title.kind not in ("office", "royal") or title.org is not None:
        return False
    return (
        len(title.title.split()) < 5 and (title.definite or title.country is not None) and not _of_office(page, title)
    )


def _codes(people: list[Person]) -> list[str]:
    """The countries of all offices of the first people of a post, each once."""
    return list(dict.fromkeys(role.country for p in people[:100] for role in p.roles if role.country))


def _parts(page: Page, title: Title) -> list[Title]:
    """One title for each body it is held in."""
    out = [title]
    for start, end in title.more_orgs:
        text = " ".join(page.text[page.words[start].start : page.words[end - 1].end].split())
        out.append(replace(title, org=text, org_words=(start, end), more_orgs=()))
    return out


def _role(page: Page, candidate: Candidate, title: Title, bodies: Bodies) -> Role:
    words = page.words
    known = known_countries().get(body_key(title.org)) if title.org else None
    country = known or title.country or candidate.country or bodies.country_of(title.org)
    org = title.org
    if org is None and candidate.org is not None and title in candidate.before:
        org = " ".join(page.text[words[candidate.org[0]].start : words[candidate.org[1] - 1].end].split())
        country = country or bodies.country_of(org)
    if org is not None and gazetteer.fold(org) in ("company", "firm", "team", "group", "club"):
        org = None
    if org is not None and gazetteer.country_of(org) and len(org.split()) < 4:
        country, org = country or gazetteer.country_of(org), None
    if title.kind == "occupation" and (org is None or (known is None and country_in(org) is None)):
        country = None
    evidence = Evidence(page.index, words[title.start].start, words[title.end - 1].end)
    return Role(title.title, org, country, (evidence, *_mirrored(page, title)))


def _mirrored(page: Page, title: Title) -> tuple[Evidence, ...]:
    """The words of the office that "his counterpart" mirrors."""
    if title.like is None:
        return ()
    first, last = title.like
    return (Evidence(page.index, page.words[first].start, page.words[last - 1].end),)


def _national(role: Role) -> bool:
    """Whether the role is one of the person's own state: an office, and not one of a body of the world."""
    if is_occupation(role.title):
        return False
    return role.org is None or not (
        role.org in world_bodies() or any(word in world_bodies() for word in role.org.split())
    )


def is_occupation(title: str) -> bool:
    """Whether a title names work, learning or art, and no office."""
    kinds = [kind for word in gazetteer.fold(title).split() if (kind := heads().get(word)) is not None]
    return not kinds or (kinds[-1] == "occupation" and "office" not in kinds)


def _content(text: str | None) -> frozenset[str]:
    words = (word.strip(",.;:()'’") for word in gazetteer.fold(text or "").replace("-", " ").split())
    written = lexicon.table("en/titles", "written")
    return frozenset(written.get(word, word) for word in words if word and word not in _SMALL)


def _distinct(roles: list[Role]) -> list[Role]:
    """Puts together what names one office: the fuller title and the named body win; places of all are kept."""
    kept: list[Role] = []
    evidence: list[list[Evidence]] = []
    for role in roles:
        for index, other in enumerate(kept):
            joined = _same(other, role)
            if joined is not None:
                kept[index] = joined
                evidence[index] += role.evidence
                break
        else:
            kept.append(role)
            evidence.append(list(role.evidence))
    return [replace(role, evidence=tuple(dict.fromkeys(places))) for role, places in zip(kept, evidence, strict=True)]


def _same(a: Role, b: Role) -> Role | None:
    x, y = _content(a.title), _content(b.title)
    if a.org and b.org and not (_content(a.org) & _content(b.org)):
        return None
    if (x & _TIMES) != (y & _TIMES) and not (x <= y or y <= x):
        return None
    if (
        "ambassador" in x & y
        and x != y
        and a.country == b.country
        and not (a.org and b.org)
        and ({"to"} & _raw(a.title)) != ({"to"} & _raw(b.title))
    ):
        # "ambassador in Lima" and "Ambassador to Peru"
        fuller, other = (a, b) if "to" in _raw(a.title) else (b, a)
    elif x - _TIMES == y - _TIMES and x != y:
        # "former president X" and "X was president": the office is a former one.
        fuller, other = (a, b) if x & _TIMES else (b, a)
    elif x == y or _loose(x) == _loose(y):
        fuller, other = (b, a) if b.org and not a.org else (a, b)
    elif x ^ y == {"first"} and x & {"vice", "deputy"}:
        fuller, other = (a, b) if "first" in x else (b, a)
    elif x < y and ((len(x) == 1 and x <= _COURTESY) or not (_RANKS & (y - x))):
        fuller, other = b, a
    elif y < x and ((len(y) == 1 and y <= _COURTESY) or not (_RANKS & (x - y))):
        fuller, other = a, b
    else:
        return None
    return Role(fuller.title, fuller.org or other.org, fuller.country or other.country, fuller.evidence)


def _raw(title: str) -> frozenset[str]:
    return frozenset(title.casefold().split())


def _loose(words: frozenset[str]) -> frozenset[str]:
    """The words of a title as far as "Foreign Minister" and "Minister of Foreign Affairs" share them."""
    return frozenset(
        {"defence": "defense", "labour": "labor", "adviser": "advisor"}.get(word, word) for word in words
    ) - {"affairs"}


_RANKS = word_set("en/entities", "roles.ranks")
# Short for a fuller title: "Secretary Brown" for the deputy secretary, "Minister Osei" for the deputy minister.
_COURTESY = word_set("en/entities", "roles.courtesy")


def _of_office(page: Page, title: Title) -> bool:
    """Whether the title only names an office ("Office of the Spokesperson", "on behalf of the President")."""
    words = page.words
    at = title.start - 1
    if at >= 0 and words[at].low == "the":
        at -= 1
    return at >= 1 and words[at].low == "of" and words[at - 1].cap


def _from_plurals(pages: list[Page], told: set[str], people: list[Person]) -> list[Person]:
    """ "The presidents agreed": those without an office among leaders of states hold what the others hold."""
    free = [
        n
        for n, p in enumerate(people)
        if p.name in told and not p.roles and p.country is not None and len(p.evidence) > 1
    ]
    shared = any(_content(r.title) == {"president"} for p in people for r in p.roles)
    if not free or len(free) > 2 or not (len(free) == 2 or shared):
        return people
    for page in pages:
        for index, word in enumerate(page.words):
            if (
                word.low == "presidents"
                and index
                and not page.beside
                and page.words[index - 1].low in ("the", "two", "both")
            ):
                evidence = Evidence(page.index, word.start, word.end)
                for number in free:
                    people[number] = replace(
                        people[number], roles=(Role("President", None, people[number].country, (evidence,)),)
                    )
                return people
    return people
