"""Whether two shapes can be of one event."""

from __future__ import annotations

from collections.abc import Sequence

from onrecord.merge._names import same
from onrecord.merge._shapes import LONE, OF_STATE, ONE_SIDED, Named, Shape, ordinal

COPIED = 0.8  # share of a sentence's words, in sequences of four, from which on it is the same sentence
TERM = 10  # days within which an election or appointment of one person is told with another day than its own
_LASTING = 15  # days that tellings of one numbered gathering may lie apart: congresses and games last


def apart(a: str | None, b: str | None) -> int | None:
    """Days between two full dates."""
    x, y = ordinal(a), ordinal(b)
    return None if x is None or y is None else abs(x - y)


def days_fit(a: Shape, b: Shape) -> float:
    """How well the days of two tellings fit: 1 for the same day, 0 not at all."""
    x, y = a.date, b.date
    if x and y:
        if x.startswith("--") or y.startswith("--"):
            return 0.9 if x[-5:] == y[-5:] else 0.0
        if x == y:
            return 1.0 if len(x) == 10 else 0.7
        if x.startswith(y) or y.startswith(x):
            return 0.6
        return 0.8 if apart(x, y) == 1 else 0.0
    x, y = x or a.reported, y or b.reported
    if not x or not y:
        return 0.0
    days = apart(x, y)
    near = days <= 3 if days is not None else x.startswith(y) or y.startswith(x)
    return 0.4 if near else 0.0


def matches(a: Sequence[Named], b: Sequence[Named]) -> int:
    """How many actors of one telling are among those of the other."""
    free = [item.name for item in b]
    count = 0
    for item in a:
        for other in free:
            if same(item.name, other):
                free.remove(other)
                count += 1
                break
    return count


def _stand_ins(a: Sequence[Named], b: Sequence[Named]) -> int:
    """How many more match if a state or a body may stand for who acts for it: “Cuba” for the minister of Cuba."""
    if all(item.name.kind == "person" for item in (*a, *b)):
        return 0
    rest_a = [item for item in a if not any(same(item.name, other.name) for other in b)]
    rest_b = [item for item in b if not any(same(item.name, other.name) for other in a)]
    count = 0
    for item in rest_a:
        for other in rest_b:
            if item.stands_for(other) or other.stands_for(item):
                rest_b.remove(other)
                count += 1
                break
    return count


def common(a: Sequence[int], b: Sequence[int]) -> float:
    """The share of the shorter sample of words that stands in the longer one."""
    fewer = min(len(a), len(b))
    return len(set(a).intersection(b)) / fewer if fewer else 0.0


def one_post(a: Shape, b: Shape) -> bool:
    """Whether two tellings that the reader of one post took for two are of one event nevertheless."""
    fewer = min(len(a.names), len(b.names))
    return (
        fewer >= 2
        and a.type == b.type
        and a.mode == b.mode
        and days_fit(a, b) == 1.0
        and matches(a.names, b.names) == fewer
    )


def alike(a: Shape, b: Shape, *, copied: bool = False) -> float:
    """How surely two tellings are of one event; 0 if they are not. `copied` if they share a sentence."""
    if a.type != b.type or (a.mode and b.mode and a.mode != b.mode):
        return 0.0
    when = days_fit(a, b)
    if a.gathering and b.gathering:
        shared = len(a.gathering & b.gathering) / min(len(a.gathering), len(b.gathering))
        numbers = [{word for word in g if word.isdigit()} for g in (a.gathering, b.gathering)]
        if shared < 0.5 or numbers[0] != numbers[1]:
            return 0.0
        if not when and numbers[0] and shared >= 0.6:
            days = apart(a.date or a.reported, b.date or b.reported)
            when = 0.5 if days is not None and days <= _LASTING else 0.0
        if when:
            return when + shared
    if not when and lasts(a, b):
        when = 0.6
    if not when:
        return 0.0
    both = matches(a.names, b.names)
    fewer, more = sorted((len(a.names), len(b.names)))
    if copied and (both or not fewer):
        return 1.0 + when
    if a.voice and b.voice and a.voice != b.voice:
        return 0.0
    if a.type in ONE_SIDED:
        return _one_side(a, b, when)
    standing = _stand_ins(a.names, b.names) if both < fewer and a.type in OF_STATE and when >= 0.8 else 0
    if both + standing >= 2:
        full = both + standing if both else (both + standing) * (both + standing == fewer == more)
        return when + (both + standing / 2) / more if full / fewer >= 0.5 else 0.0
    if not both:
        return 0.0
    if a.mode == "gathering" and b.mode == "gathering":
        return when if when >= 0.8 and a.place and a.place == b.place else 0.0
    if a.type in LONE:
        # A person is killed, elected or arrested once in those days, but a state may strike on each of them.
        if when >= 0.6 or _person_shared(a.names, b.names):
            return when if fewer == more else when * 0.9
        return when * 0.9 if both == more and _told_beside(a, b) else 0.0
    return when if fewer == more == 1 and when >= 0.8 else 0.0


def _told_beside(a: Shape, b: Shape) -> bool:
    """Whether one of two tellings gives its day, and the other is told within three days of it and gives none."""
    return (a.date is None) != (b.date is None)


def _person_shared(a: Sequence[Named], b: Sequence[Named]) -> bool:
    return any(x.name.kind == "person" and any(same(x.name, y.name) for y in b) for x in a)


def lasts(a: Shape, b: Shape) -> bool:
    """Whether two tellings of an office on different days are of one act: nobody is elected twice within ten days."""
    if a.type != "OFFICE" or a.type != b.type or not a.mode or a.mode != b.mode:
        return False
    days = apart(a.date or a.reported, b.date or b.reported)
    return days is not None and days <= TERM and _person_shared(a.names, b.names)


def _one_side(a: Shape, b: Shape, when: float) -> float:
    of_state = a.type in OF_STATE
    acting_a, acting_b = a.names[: a.first], b.names[: b.first]
    others_a, others_b = a.names[a.first :], b.names[b.first :]
    acting = matches(acting_a, acting_b) + (_stand_ins(acting_a, acting_b) if of_state else 0)
    others = matches(others_a, others_b) + (_stand_ins(others_a, others_b) if of_state else 0)
    if acting_a and acting_b and not acting:
        return 0.0
    if others_a and others_b and not others:
        return 0.0
    if acting and others:
        return when + 1.0
    if not others and acting < max(0.6 * min(len(acting_a), len(acting_b)), 0.5 * max(len(acting_a), len(acting_b))):
        return 0.0  # whoever sends it alone, and whoever is only one of many
    if a.type in LONE and not others and acting == max(len(acting_a), len(acting_b)) and _told_beside(a, b):
        return when * 0.9
    # One telling leaves a side out: the day must be the same.
    return when * 0.9 if (acting or others) and when >= (0.6 if of_state else 0.8) else 0.0
