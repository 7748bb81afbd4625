"""A merge of what is new gives what a merge of everything would, in any order and after any interruption."""

from __future__ import annotations

import contextlib
import itertools
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invented import extractions

from onrecord import merge, reuse
from onrecord.model import (
    Amount,
    Cell,
    Claim,
    Decision,
    Document,
    Evidence,
    Extraction,
    Layer,
    Participant,
    Person,
    Post,
    Reading,
    Role,
    Span,
)
from onrecord.store import Record, merging

PEOPLE = ("Ansa Törnvik", "Ansa M. Törnvik", "Ansa Tornvik", "Bruno Maldavia", "Celia Okonjo", "Dov Harrel")
DAYS = (None, "2031-05-06", "2031-05-06", "2031-05-07", "2031-05-08", "2031-05", "--05-06", "2031")
KINDS = (("CONSULT", "meeting"), ("CONSULT", "meeting"), ("CONSULT", None), ("ACCUSE", None), ("OFFICE", "election"))
TAILS = (
    "They spoke about the ferries between the northern islands and the price of tar, salt and rope this winter.",
    "A communiqué of four pages was handed out to the press in the courtyard after a long lunch in the garden.",
    "Nobody was willing to say whether the new lighthouse would be paid for by one state or by both of them.",
    "The band of the harbour police played, and the visitors were shown the collection of stuffed seabirds.",
)


def page(name: str, seed: int) -> Extraction:
    """A page of up to three posts that tell of a few people, days and acts, sometimes in borrowed words."""
    chance = random.Random(seed)
    posts, readings, whole = [], [], ""
    for index in range(chance.randint(1, 3)):
        claims, people, text = [], {}, ""
        for group in range(chance.randint(0, 3)):
            who = chance.sample(PEOPLE, chance.randint(1, 3))
            sentence = " and ".join(who) + chance.choice([" met.", " saw each other in Port Sorrow.", " condemn it."])
            start = len(text)
            text += sentence + " "
            type_, mode = chance.choice(KINDS)
            day = chance.choice(DAYS)

            def at(part: str, start: int = start, sentence: str = sentence) -> Evidence:
                place = start + sentence.index(part)
                return Evidence(0, place, place + len(part))

            role = "sender" if type_ == "ACCUSE" else "initiator"
            claims.append(
                Claim(
                    type_, mode, at(sentence.split()[-1]), Evidence(0, start, start + len(sentence)),
                    tuple(
                        Participant(one, "person", role if n == 0 else "counterpart", (at(one),))
                        for n, one in enumerate(who)
                    ),
                    Cell(day, (), "told elsewhere") if day else None,
                    amounts=(Amount(chance.choice([5.0, 6.0]), "t", "tar", at(who[0])),) * (chance.random() < 0.2),
                    focus=chance.random() < 0.5, group=chance.choice([group, 0]),
                )
            )  # fmt: skip
            for one in who:
                roles = (Role(chance.choice(["minister", "mayor"]), None, None, (at(one),)),) if group == 0 else ()
                people.setdefault(one, Person(one, roles, (at(one),), chance.choice([None, "NOR"])))
        text += " ".join(chance.sample(TAILS, chance.randint(1, 3)))
        voice = chance.choice(["editor", "Harbour News Agency", "Island Post"])
        layer = Layer(0, "report" if voice != "editor" else "editor", voice, text, len(whole), (Span(0, len(text)),))
        posts.append(Post(index, f"{name} {index}", len(whole), len(whole) + len(text), (layer,)))
        readings.append(Reading(tuple(people.values()), claims=tuple(claims)))
        whole += text
    published = chance.choice([None, "2031-05-06", "2031-05-07"])
    document = Document(name, whole, publisher=chance.choice(["Island Post", "Quay Times", None]), published=published)
    return Extraction(document, tuple(posts), tuple(readings))


def merged(folder: Path, name: str, items: Sequence[Extraction], decisions: Sequence[Decision] = ()) -> list[str]:
    with Record.open(folder / name) as record:
        for item in items:
            record.save(item)
        for decision in decisions:
            record.decide(decision)
        record.merge()
        return list(record.dump())


def rule(chance: random.Random, record: Record, n: int) -> Decision | None:
    events = sorted(record.events(), key=lambda event: event.id)
    if len(events) < 2:
        return None
    one, two = chance.sample(events, 2)
    claims = tuple(telling.claim_id for telling in one.tellings)
    others = tuple(telling.claim_id for telling in two.tellings)
    kind = chance.choice(["same", "different", "accept", "reject", "correct"])
    if kind == "different":
        if len(claims) < 2:
            return None
        claims, others = claims[:1], claims[1:]
    if kind in ("same", "different"):
        return Decision(kind, claims, others, user="ada", at=f"2031-06-01T00:00:{n:02}", reason="seen")  # type: ignore[arg-type]
    cell, value = chance.choice(
        [("date", "2031-05-09"), ("place", "Port Halla"), ("participant", "= Dov Harrel"), ("mode", "")]
    )
    if kind != "correct":
        cell = value = ""
    return Decision(kind, claims, (), cell, value, "ada", f"2031-06-01T00:00:{n:02}", "seen")  # type: ignore[arg-type]


@given(st.integers(0, 1 << 32), st.integers(1, 7))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_way_of_arrival_gives_the_same_record(seed: int, number: int) -> None:
    chance = random.Random(seed)
    items = [page(f"page {n}", chance.randrange(1 << 30)) for n in range(number)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        decisions: list[Decision] = []
        with Record.open(folder / "bit by bit.db") as record:
            for n, item in enumerate(chance.sample(items, number)):
                record.save(item)
                if chance.random() < 0.7:
                    record.merge()
                if chance.random() < 0.3 and (ruled := rule(chance, record, n)):
                    record.decide(ruled)
                    decisions.append(ruled)
                if chance.random() < 0.3:
                    record.save(item, replace=True)
            record.merge()
            bit_by_bit = list(record.dump())
            record.merge()
            assert list(record.dump()) == bit_by_bit
            record.merge(anew=True)
            assert list(record.dump()) == bit_by_bit
        at_once = merged(folder, "at once.db", sorted(items, key=lambda item: item.document.id), decisions)
        assert at_once == bit_by_bit


@given(st.lists(extractions(), min_size=1, max_size=4))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_even_what_nobody_would_write_is_merged_the_same_in_any_way(items: list[Extraction]) -> None:
    items = list({item.document.id: item for item in items}.values())
    with tempfile.TemporaryDirectory() as name, Record.open(Path(name) / "a.db") as record:
        for item in items:
            record.save(item)
            record.merge()
        assert list(record.dump()) == merged(Path(name), "b.db", items[::-1])


@pytest.mark.parametrize("cap", [2, 3])
def test_crowded_keys_and_frequent_phrases_make_no_difference_to_the_order(
    cap: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merge._settle, "CAP", cap)
    monkeypatch.setattr(reuse._find, "HUB", cap)
    monkeypatch.setattr(reuse, "HUB", cap)
    monkeypatch.setattr(reuse._find, "NEAREST", 1)
    monkeypatch.setattr(reuse, "NEAREST", 1)
    for seed in range(12):
        chance = random.Random(seed)
        items = [page(f"page {n}", chance.randrange(1 << 30)) for n in range(8)]
        with Record.open(tmp_path / f"{seed}.db") as record:
            for item in items:
                record.save(item)
                record.merge()
            assert list(record.dump()) == merged(tmp_path, f"{seed} at once.db", items[::-1])


@pytest.mark.parametrize(("mostly", "held", "namings"), [(0, 0, 1), (0, 32 << 20, 1), (1 << 40, 0, 1), (20, 500, 3)])
def test_a_small_part_of_a_large_record_is_merged_as_most_of_a_small_one(
    mostly: int, held: int, namings: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(6):
        chance = random.Random(seed)
        items = [page(f"page {n}", chance.randrange(1 << 30)) for n in range(8)]
        usual = merged(tmp_path, f"{seed} at once.db", items[::-1])
        with monkeypatch.context() as changed, Record.open(tmp_path / f"{seed}.db") as record:
            changed.setattr(merging, "_MOSTLY", mostly)  # with 0, everything is looked for one by one
            changed.setattr(merging, "_SORTED", held)
            changed.setattr(merging, "_NAMINGS", namings)
            for item in items:
                record.save(item)
                record.merge()
            assert list(record.dump()) == usual
            record.merge(anew=True)
            assert list(record.dump()) == usual


def test_a_new_page_leaves_other_events_alone(tmp_path: Path) -> None:
    with Record.open(tmp_path / "record.db") as record:
        for n in range(20):
            record.save(page(f"page {n}", n))
        record.merge()
        before = numbers(record)
        name = "Zoran Quillfeather"
        sentence = f"{name} was elected."
        layer = Layer(0, "editor", "editor", sentence, 0, (Span(0, len(sentence)),))
        words = Evidence(0, 0, len(name))
        claim = Claim("OFFICE", "election", words, Evidence(0, 0, len(sentence)),
                      (Participant(name, "person", "holder", (words,)),), Cell("2031-05-06", (), "told"))  # fmt: skip
        reading = Reading((Person(name, (), (words,)),), claims=(claim,))
        record.save(Extraction(Document("new", sentence), (Post(0, "", 0, len(sentence), (layer,)),), (reading,)))
        record.merge()
        after = numbers(record)
        assert after.items() > before.items()
        assert len(after) == len(before) + 1


def numbers(record: Record) -> dict[str, int]:
    """The number of each event, which it keeps as long as it is not made anew."""
    with record._reading() as conn:
        return {row.id: row.number for row in conn.exec_driver_sql("SELECT id, number FROM event")}


def thrown_together(seed: int, number: int, folder: Path) -> Record:
    chance = random.Random(seed)
    record = Record.open(folder / "record.db")
    for n in range(number):
        record.save(page(f"page {n}", chance.randrange(1 << 30)))
    record.merge()
    return record


@given(st.integers(0, 1 << 32), st.integers(1, 8))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_an_event_is_counted_once_and_copies_and_tellings_of_one_origin_are_one_source(seed: int, number: int) -> None:
    with tempfile.TemporaryDirectory() as name, thrown_together(seed, number, Path(name)) as record:
        events, shared = record.events(), record.shared()
        assert sorted(t.claim_id for e in events for t in e.tellings) == sorted(
            id_
            for extraction in record.extractions()
            for post, reading in zip(extraction.posts, extraction.readings, strict=True)
            for id_ in merge.claim_ids(extraction.document.id, post.index, reading.claims)
        )
        for event in events:
            assert {t.source for t in event.tellings} == set(range(event.independent))
            by_layer = {(t.document_id, t.post, t.layer): t.source for t in event.tellings}
            for one, two in itertools.combinations(event.tellings, 2):
                assert one.origin != two.origin or one.source == two.source
            for reuse_ in shared:
                if max(reuse_.first_share, reuse_.second_share) >= 0.5 and {reuse_.first, reuse_.second} <= set(
                    by_layer
                ):
                    assert by_layer[reuse_.first] == by_layer[reuse_.second]


@given(st.integers(0, 1 << 32), st.integers(1, 8))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_office_is_stated_by_a_layer_between_its_days_and_looked_up_by_the_time(seed: int, number: int) -> None:
    with tempfile.TemporaryDirectory() as name, thrown_together(seed, number, Path(name)) as record:
        stated = {
            (extraction.document.id, post.index, words): (person.name, role.title)
            for extraction in record.extractions()
            for post, reading in zip(extraction.posts, extraction.readings, strict=True)
            for person in reading.people
            for role in person.roles
            for words in role.evidence
        }
        for actor in record.people():
            for office in actor.offices:
                assert office.attested
                for at in office.attested:
                    person, title = stated[at]
                    assert title == office.title
                    assert person in actor.names
                assert (office.first or "") <= (office.last or "")
        for event in record.events():
            told_in = {(t.document_id, t.post) for t in event.tellings}
            for participant, offices in zip(event.participants, record.offices_at(event), strict=True):
                for one in offices:
                    person, title = stated[one.document_id, one.post, one.evidence]
                    assert title == one.title
                    assert merge.same_name(person, participant.name)
                    if event.date and len(event.date) == 10 and (one.document_id, one.post) not in told_in:
                        limit = max(event.date, min([t.reported for t in event.tellings if t.reported], default=""))
                        assert one.attested is not None
                        assert one.later == (one.attested > limit)


@given(st.integers(0, 1 << 32), st.integers(1, 30))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_merge_that_is_broken_off_leaves_what_was_and_the_next_one_ends_the_same(seed: int, step: int) -> None:
    chance = random.Random(seed)
    items = [page(f"page {n}", chance.randrange(1 << 30)) for n in range(4)]
    steps = 0
    real = merging.room.event_of

    def broken(*args: Any, **more: Any) -> Any:
        nonlocal steps
        steps += 1
        if steps == step:
            raise KeyboardInterrupt
        return real(*args, **more)

    with tempfile.TemporaryDirectory() as name, Record.open(Path(name) / "record.db") as record:
        for item in items[:2]:
            record.save(item)
        record.merge()
        for item in items[2:]:
            record.save(item)
        before = list(record.dump())
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(merging.room, "event_of", broken)
            with contextlib.suppress(KeyboardInterrupt):
                record.merge()
                before = []  # it was over before it could be broken off
        if before:
            assert list(record.dump()) == before
        record.merge()
        assert list(record.dump()) == merged(Path(name), "at once.db", items)
