"""What a reviewer rules stands in the row, is replayed on every rebuild, and is never lost without a word."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from invented import meeting

from by_hand import Command, small_record
from onrecord.merge import merge
from onrecord.model import Decision, Event, OfficeAt
from onrecord.store import Record

ANSA, BRUNO, CELIA, DOV = "Ansa Törnvik", "Bruno Maldavia", "Celia Okonjo", "Dov Harrel"


@pytest.fixture
def record(tmp_path: Path) -> Record:
    """A meeting told twice, a call, and a meeting of other people."""
    with Record.open(tmp_path / "record.db") as opened:
        opened.save(meeting("a", f"{ANSA} met {BRUNO} in Port Sorrow.", (ANSA, BRUNO), publisher="Herald",
                            place="Port Sorrow", role="mayor"))  # fmt: skip
        opened.save(meeting("b", f"{BRUNO} saw {ANSA} at the palace.", (BRUNO, ANSA), publisher="Times"))
        opened.save(meeting("c", f"{ANSA} rang {BRUNO}.", (ANSA, BRUNO), mode="call", publisher="Post"))
        opened.save(meeting("d", f"{CELIA} met {DOV}.", (CELIA, DOV), date="2031-08-01", publisher="Post"))
        opened.merge()
        yield opened


def found(record: Record, *who: str, mode: str = "meeting") -> list[Event]:
    return [e for e in record.events(rejected=True, mode=mode) if {p.name for p in e.participants} >= set(who)]


def claims(*events: Event) -> tuple[str, ...]:
    return tuple(sorted(t.claim_id for event in events for t in event.tellings))


def ruled(record: Record, decision: Decision) -> list[str]:
    """Decides, merges, and sees that a rebuild gives the same."""
    assert record.decide(decision)
    assert not record.decide(decision)
    record.merge()
    after = list(record.dump())
    record.merge(anew=True)
    assert list(record.dump()) == after
    return after


def test_events_ruled_the_same_are_one(record: Record) -> None:
    (met,), (rang,) = found(record, ANSA), found(record, ANSA, mode="call")
    ruled(record, Decision("same", claims(met), claims(rang), user="ada", at="1", reason="it was one"))
    (one,) = [event for event in record.events() if ANSA in {p.name for p in event.participants}]
    assert len(one.tellings) == 3
    assert {(v.value, v.chosen) for v in one.cells if v.cell == "mode"} == {("meeting", True), ("call", False)}


def test_tellings_ruled_different_are_two_and_a_later_ruling_overrules(record: Record) -> None:
    (met,) = found(record, ANSA)
    one, two = claims(met)
    ruled(record, Decision("different", (one,), (two,), user="ada", at="1"))
    assert sorted(len(event.tellings) for event in found(record, ANSA)) == [1, 1]
    ruled(record, Decision("same", (one,), (two,), user="bo", at="2"))
    assert [len(event.tellings) for event in found(record, ANSA)] == [2]
    ruled(record, Decision("different", (one,), (two,), user="ada", at="3"))
    assert len(found(record, ANSA)) == 2


def test_a_new_telling_joins_one_side_of_what_was_ruled_different(record: Record) -> None:
    (met,) = found(record, ANSA)
    one, two = claims(met)
    ruled(record, Decision("different", (one,), (two,), user="ada", at="1"))
    record.save(meeting("e", f"{ANSA} and {BRUNO} talked.", (ANSA, BRUNO), publisher="Gazette"))
    record.merge()
    assert sorted(len(event.tellings) for event in found(record, ANSA)) == [1, 2]


def test_a_corrected_cell_stands_in_the_row_beside_what_the_tellings_say(record: Record) -> None:
    (met,) = found(record, ANSA)
    decision = Decision("correct", claims(met), (), "date", "2031-05-09", "ada", "1", "the diary says so")
    ruled(record, decision)
    (event,) = found(record, ANSA)
    assert event.date == "2031-05-09"
    assert {(v.value, v.chosen, v.ruled) for v in event.cells if v.cell == "date"} == {
        ("2031-05-09", True, decision.id),
        ("2031-05-06", False, ""),
    }
    assert [e.id for e in record.events(since="2031-05-09", until="2031-05-09")] == [event.id]


@pytest.mark.parametrize(
    ("value", "names"),
    [
        (f"{BRUNO} = Bruno Moldavia", {ANSA, "Bruno Moldavia"}),
        (f"{BRUNO} =", {ANSA}),
        (f"= {DOV}", {ANSA, BRUNO, DOV}),
        ("Nobody = Somebody", {ANSA, BRUNO}),
    ],
)
def test_participants_are_renamed_taken_away_and_added(record: Record, value: str, names: set[str]) -> None:
    (met,) = found(record, ANSA)
    ruled(record, Decision("correct", claims(met), (), "participant", value, "ada", "1", "heard so"))
    (event,) = [e for e in record.events() if e.id == met.id]
    assert {p.name for p in event.participants} == names
    for participant in event.participants:
        assert participant.evidence or "ada" in participant.inferred


def test_a_rejected_event_is_listed_only_if_asked_for(record: Record) -> None:
    (met,) = found(record, CELIA)
    ruled(record, Decision("reject", claims(met), user="ada", at="1", reason="a play"))
    assert met.id not in {event.id for event in record.events()}
    assert [event.review for event in found(record, CELIA)] == ["rejected"]
    ruled(record, Decision("accept", claims(met), user="bo", at="2", reason="it was not"))
    assert [event.review for event in record.events() if event.id == met.id] == ["accepted"]


def test_a_decision_goes_with_most_of_its_tellings(record: Record) -> None:
    (met,) = found(record, ANSA)
    record.decide(Decision("accept", claims(met), user="ada", at="1"))
    record.save(meeting("e", f"{ANSA} and {BRUNO} talked.", (ANSA, BRUNO), publisher="Gazette"))
    record.merge()
    (now,) = found(record, ANSA)
    assert (len(now.tellings), now.review) == (3, "accepted")
    assert now.id != met.id


def test_a_decision_whose_target_is_gone_is_kept_and_reported(record: Record) -> None:
    ghost = Decision("accept", ("0" * 16,), user="ada", at="1", about="a meeting")
    half = Decision("same", claims(*found(record, CELIA)), ("1" * 16,), user="ada", at="2")
    whole = Decision("accept", claims(*found(record, CELIA)), user="ada", at="3")
    for decision in (ghost, half, whole):
        record.decide(decision)
    record.merge()
    assert record.lost() == [ghost, half]
    assert record.decisions() == [ghost, half, whole]


def test_merging_in_memory_replays_decisions_too(record: Record) -> None:
    (met,) = found(record, ANSA)
    one, two = claims(met)
    rules = [Decision("different", (one,), (two,), at="1"), Decision("reject", (one,), at="2")]
    assert sorted(event.review for event in merge(met.tellings, decisions=rules)) == ["", "rejected"]


# ---------------------------------------------------------------- offices at the time


def office(title: str, day: str | None, document: str) -> OfficeAt:
    from onrecord.model import Evidence

    return OfficeAt(title, None, None, day, document, 0, Evidence(0, 0, 1))


def test_an_office_is_looked_up_from_a_source_no_later_than_needed(record: Record) -> None:
    from onrecord.merge import at_the_time

    (event,) = found(record, CELIA)  # on 2031-08-01, told by one page
    before, long_before = office("minister", "2031-07-20", "x"), office("clerk", "2030-01-01", "y")
    after, long_after = office("premier", "2031-09-01", "z"), office("president", "2033-01-01", "z")
    told = office("envoy", "2031-08-01", event.tellings[0].document_id)

    def titles(*stated: OfficeAt) -> list[tuple[str, bool]]:
        return [(one.title, one.later) for one in at_the_time(stated, event)]

    assert titles(before, long_before, after, told) == [("envoy", False)]
    assert titles(long_after, before, long_before, after) == [("minister", False)]
    assert titles(long_after, after) == [("premier", True)]
    assert titles(office("porter", None, "x")) == []
    assert titles() == []


def test_the_record_knows_the_office_of_each_participant(record: Record) -> None:
    (met,) = found(record, ANSA)
    offices = dict(zip((p.name for p in met.participants), record.offices_at(met), strict=True))
    assert [(one.title, one.attested, one.later) for one in offices[ANSA]] == [("mayor", "2031-05-06", False)]
    assert offices[BRUNO] == ()


# ---------------------------------------------------------------- gaps


def test_gaps_are_posts_cut_off_texts_announced_events_without_a_date_and_silent_months(tmp_path: Path) -> None:
    import dataclasses

    from onrecord.model import Evidence, Source

    with Record.open(tmp_path / "record.db") as record:
        for month in ("01", "02", "05"):
            page = meeting(f"p{month}", f"{ANSA} met {BRUNO} again.", (ANSA, BRUNO), date=f"2031-{month}-03",
                           publisher="The Herald")  # fmt: skip
            document = dataclasses.replace(page.document, published=f"2031-{month}-04")
            record.save(dataclasses.replace(page, document=document))
        record.save(meeting("undated", f"{CELIA} met {DOV}.", (CELIA, DOV), date=None))
        cut = meeting("cut", f"{DOV} met {BRUNO}. We publish below the report of the harbour office.", (DOV, BRUNO))
        record.save(dataclasses.replace(cut, posts=(dataclasses.replace(cut.posts[0], truncated=True),)))
        part = meeting("part", f"{DOV} met {CELIA}. We publish below reports of Island Post.", (DOV, CELIA))
        note, whole = part.posts[0].layers[0], part.posts[0]
        report = dataclasses.replace(note, index=1, kind="report", voice="Quay Times")
        source = Source("Island Post", "republished", Evidence(0, 0, 4))
        record.save(
            dataclasses.replace(
                part,
                posts=(dataclasses.replace(whole, layers=(note, report)),),
                readings=(dataclasses.replace(part.readings[0], sources=(source,)),),
            )
        )
        record.merge()
        gaps = record.gaps()
    kinds = {kind: [gap for gap in gaps if gap.kind == kind] for kind in {gap.kind for gap in gaps}}
    assert [gap.about for gap in kinds["cut-off"]] == ["cut"]
    assert {(gap.about, "Island Post" in gap.what) for gap in kinds["announced"]} == {("cut", False), ("part", True)}
    assert len(kinds["no date"]) == 1
    assert kinds["no date"][0].event_id
    assert [gap.month for gap in kinds["silent month"]] == ["2031-03", "2031-04"]


# ---------------------------------------------------------------- on the command line


def test_decide_on_the_command_line(onrecord: Command, tmp_path: Path) -> None:
    small_record(tmp_path / "record.db")
    rows = json.loads(onrecord("events", "--json").stdout)
    event = next(row for row in rows if row["tellings"] > 1)
    done = onrecord("decide", "correct", event["id"], "--cell", "date", "--value", "2026-05-04", "--reason",
                    "seen", "--user", "ada", "--json")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert [row["date"] for row in json.loads(done.stdout)["events"]] == ["2026-05-04"]
    shown = onrecord("show", event["id"]).stdout
    assert "Ruled: date is 2026-05-04 (ada, " in shown
    assert "Disagreement on date: 2026-05-04, says a reviewer; 2026-05-03, says " in shown
    split = onrecord("decide", "different", event["id"], "--tellings", "1", "--reason", "two days", "--user", "bo")
    assert split.returncode == 0, split.stderr
    assert len(split.stdout.splitlines()) == 3
    (last, first) = json.loads(onrecord("decisions", "--json").stdout)
    assert (first["user"], first["kind"], last["user"], last["kind"]) == ("ada", "correct", "bo", "different")
    assert not first["lost"]
    assert "different" in onrecord("decisions").stdout
    rebuilt = onrecord("rebuild")
    assert rebuilt.returncode == 0
    assert len(json.loads(onrecord("events", "--json").stdout)) == len(rows) + 1


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("correct", "ID", "--reason", "x"), "--cell"),
        (("correct", "ID", "--cell", "date", "--value", "May", "--reason", "x"), "is no date"),
        (("correct", "ID", "--cell", "country", "--value", "XXX", "--reason", "x"), "is no country"),
        (("correct", "ID", "--cell", "participant", "--value", "Ada", "--reason", "x"), "old name = new name"),
        (("same", "ID", "--reason", "x"), "two events"),
        (("same", "ID", "ID", "--reason", "x"), "twice"),
        (("different", "ID", "--reason", "x"), "--tellings"),
        (("different", "ID", "--tellings", "9", "--reason", "x"), "tellings 1 to"),
        (("different", "ID", "--tellings", "one", "--reason", "x"), "no numbers"),
        (("accept", "ID", "--value", "x", "--reason", "x"), "takes neither"),
        (("accept", "ffffffffffffffff", "--reason", "x"), "has no event"),
        (("accept", "ID"), "--reason"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused_with_what_to_do(
    onrecord: Command, small: Path, args: tuple[str, ...], words: str
) -> None:
    with Record.open(small, create=False) as record:
        id_ = record.events()[0].id
    done = onrecord("decide", *[id_ if arg == "ID" else arg for arg in args], "--record", small)
    assert done.returncode == 2, done.stderr
    assert words in done.stderr
    with Record.open(small, create=False) as record:
        assert record.decisions() == []


def test_gaps_on_the_command_line(onrecord: Command, small: Path) -> None:
    done = onrecord("gaps", "--record", small)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("kind\tabout\twhat\tid\n")
    rows = json.loads(onrecord("gaps", "--record", small, "--json", "--kind", "no date").stdout)
    assert all(row["kind"] == "no date" for row in rows)


def test_show_groups_tellings_by_source_and_says_what_they_share(onrecord: Command, tmp_path: Path) -> None:
    text = f"{ANSA} met {BRUNO} and the two of them looked at the new pier for an hour in the rain without umbrellas."
    with Record.open(tmp_path / "record.db") as record:
        for name, publisher in (("a", "Herald"), ("b", "Courier")):
            record.save(meeting(name, text, (ANSA, BRUNO), publisher=publisher))
        record.save(meeting("c", f"{BRUNO} received {ANSA}.", (BRUNO, ANSA), publisher="Times"))
        record.merge()
        (event,) = record.events()
    shown = onrecord("show", event.id).stdout
    assert "3 tellings, 2 independent" in shown
    assert "Source: herald = courier" in shown or "Source: courier = herald" in shown
    assert "share text, copied: 100%" in shown
    assert "Source: times" in shown
