"""Offices that a sentence states of someone: "she became mayor", "he served as envoy", "appointed X as director", "his
Chilean counterpart Y", "Presidents X of A and Y of B".

Runs when it is decided who is a person; adds the titles to the occurrence of the name that the sentence is about.
"""

from __future__ import annotations

import bisect
from dataclasses import replace

from onrecord.extract.entities import _titles
from onrecord.extract.entities._people import Candidate, Page
from onrecord.extract.entities._text import Word, word_set
from onrecord.extract.entities._titles import Title

_BE = word_set("en/entities", "predicates.be")
_AS = word_set("en/entities", "predicates.as")
_ELECTED = word_set("en/entities", "predicates.elected")
_NOT = word_set("en/entities", "predicates.not")
_HE = word_set("en/entities", "predicates.he")
_HIS = word_set("en/entities", "predicates.his")
_VAGUE = word_set("en/entities", "predicates.vague")


# A subject stands within so many words before its verb; the longest in the training texts is 31.
_FAR = 60


def attach(pages: list[Page]) -> None:
    """Adds the titles that sentences state to the occurrences of names they are about."""
    for page in pages:
        if page.beside:
            continue
        named = [candidate for candidate in page.candidates if candidate.person]
        at_word = {at: candidate for candidate in named for at in range(candidate.start, candidate.end)}
        starting = {title.start: title for title in page.titles}
        taken = {title.head for candidate in named for title in (*candidate.before, *candidate.after)}
        for title in page.titles:
            if title.head not in taken:
                _predicate(page, title, named, at_word, starting)
        _plurals(page, named, at_word)


def _predicate(
    page: Page, title: Title, named: list[Candidate], at_word: dict[int, Candidate], starting: dict[int, Title]
) -> None:
    words = page.words
    at = title.start - 1
    article = False
    while at >= 0 and words[at].is_word and (words[at].low in _titles.plain_words() or at in page.country_at):
        article = article or words[at].low in ("a", "an", "the", "his", "her", "their", "its")
        at -= 1
    while at >= 0 and words[at].low == "'s":
        # "as Peru's next president"
        at -= 2
        article = True
    if at < 1 or title.start - at > 8 or (title.end < len(words) and title.end in at_word):
        return
    link = words[at]
    if not article and not title.capital and title.org is None and link.low not in _ELECTED and link.low != "as":
        return
    if (
        title.org is None
        and title.end == title.head_end
        and words[title.head_end - 1].low in _VAGUE
        and not title.capital
    ):
        return
    candidate = _about(page, at, link, named, at_word)
    if candidate is not None:
        candidate.after.append(title)
        # "minister of X and chairman of Y"
        following = title.end
        if following + 1 < len(words) and words[following].low == "and":
            begin = following + 1 + (words[following + 1].low in ("the", "a"))
            other = starting.get(begin)
            if other is not None and other.end not in at_word:
                candidate.after.append(other)


def _about(page: Page, at: int, link: Word, named: list[Candidate], at_word: dict[int, Candidate]) -> Candidate | None:
    """Whose office the words at `at` ("as", "was", "elected") introduce."""
    words = page.words
    sentence = link.sentence
    if link.low == "as":
        if at - 1 in at_word and words[at_word[at - 1].start - 1].low not in ("by", "of", "for", "with", "under", "to"):
            return at_word[at - 1]
        near = [words[n].low for n in range(max(0, at - 6), at) if words[n].sentence == sentence]
        if not _AS & set(near):
            return None
        own = next(
            (n for n in range(at - 1, max(0, at - 9), -1) if words[n].low in _HIS and words[n].sentence == sentence),
            None,
        )
        if own is not None:
            # "Y, in his role as …", "congratulated Y on his election as …"
            upto = bisect.bisect_left(named, own, key=lambda c: c.start)
            if upto and words[named[upto - 1].start].sentence == sentence:
                return named[upto - 1]
    elif link.low not in _BE and link.low not in _ELECTED:
        return None
    start = at
    subject: int | None = None
    while start >= max(0, at - _FAR) and words[start].sentence == sentence and not words[start].brk:
        word = words[start]
        if word.low in _NOT and at - start < 4:
            return None
        if word.dep in ("nsubj", "nsubjpass") and word.is_word:
            subject = start
            break
        start -= 1
    if subject is None:
        return None
    if subject in at_word:
        return at_word[subject]
    low = words[subject].low
    if low == "who":
        for back in range(subject - 1, max(-1, subject - 12), -1):
            if back in at_word:
                return at_word[back]
        return None
    if low in _HE:
        return _antecedent(page, subject, named)
    return None


def _antecedent(page: Page, index: int, named: list[Candidate]) -> Candidate | None:
    """The subject of the sentence before, else the only person of it, else the person named last."""
    words = page.words
    upto = bisect.bisect_left(named, index, key=lambda c: c.start)
    before = named[max(0, upto - 12) : upto]
    if not before:
        return None
    same = [c for c in before if words[c.start].sentence == words[index].sentence]
    if same:
        return same[0]
    last = words[before[-1].start].sentence
    group = [c for c in before if words[c.start].sentence == last]
    subjects = [c for c in group if any(word.dep in ("nsubj", "nsubjpass") for word in words[c.start : c.end])]
    return (subjects or group)[0]


_BARE = word_set("en/entities", "mentions.leaders")


def _plurals(page: Page, named: list[Candidate], at_word: dict[int, Candidate]) -> None:
    """ "Presidents X and Y", "prime ministers X of A and Y of B", "his A and B counterparts, X and Y"."""
    words = page.words
    for title in page.plurals:
        if not title.capital and title.org is None and title.country is None and title.title in _BARE:
            # "elected leaders X and Y" says of what neither leads.
            continue
        at = title.end
        listed = at < len(words) and words[at].low in (",", ":", "–", "-")
        if listed:
            at += 1
        elif at + 1 < len(words) and words[at].low == "such" and words[at + 1].low == "as":
            at += 2
        members = _list_from(page, at, at_word)
        for candidate in members if len(members) > 1 or not listed else ():
            if not candidate.before:
                candidate.before.append(replace(title, country=title.country or candidate.country))
    offices: dict[str, Title] = {}
    for candidate in named:
        for title in (*candidate.before, *candidate.after):
            if title.kind in ("office", "royal", "military"):
                offices.setdefault(candidate.person, title)
    for index, word in enumerate(words):
        if word.low not in ("counterpart", "counterparts") or not word.is_word:
            continue
        upto = bisect.bisect_left(named, index, key=lambda c: c.start)
        near = [c for c in reversed(named[max(0, upto - 8) : upto]) if words[c.start].sentence >= word.sentence - 3]
        known = [c for c in near if c.person in offices]
        model = next((c for c in known if words[c.end - 1].dep in ("nsubj", "nsubjpass")), next(iter(known), None))
        if model is None:
            continue
        title = offices[model.person]
        states: list[str] = []
        back = index - 1
        while back >= 0 and index - back < 10 and (back in page.country_at or words[back].low in (",", "and")):
            if back in page.country_at and page.country_at[back][0] == back:
                states.insert(0, page.country_at[back][2])
            back -= 1
        at = index + 1
        if at < len(words) and words[at].text == ",":
            at += 1
        followers = _list_from(page, at, at_word)
        if word.low == "counterpart":
            followers = followers[:1]
        for number, candidate in enumerate(followers):
            if candidate.before or candidate.after or candidate.person == model.person:
                continue
            state = states[number] if len(states) == len(followers) else states[0] if len(states) == 1 else None
            candidate.before.append(
                replace(
                    title,
                    start=index,
                    end=index + 1,
                    head=index,
                    head_end=index + 1,
                    like=title.like or (title.start, title.end),
                    country=state,
                    org=None,
                    org_words=None,
                    more_orgs=(),
                )
            )


def _list_from(page: Page, at: int, at_word: dict[int, Candidate]) -> list[Candidate]:
    """The names of a list that begins at word `at`, with what stands between them: "X of A, Y (B) and Z"."""
    words = page.words
    out: list[Candidate] = []
    while True:
        while at < len(words) and _titles.is_honorific(words[at]):
            at += 1
        if at not in at_word or at_word[at].start != at:
            break
        candidate = at_word[at]
        out.append(candidate)
        at = candidate.end
        if at < len(words) and words[at].low in ("of", "(", "from"):
            stop = at + 1
            while (
                stop < len(words)
                and stop < at + 8
                and (words[stop].cap or words[stop].low in ("the", "of", ".", "-", ")"))
            ):
                stop += 1
            at = stop
        while at < len(words) and words[at].low in (",", "and", "&") and words[at].low:
            at += 1
    return out
