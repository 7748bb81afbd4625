"""The record keeps everything it is given, exactly, once, and in an order that does not matter."""

from __future__ import annotations

import itertools
import random
import sqlite3
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invented import extractions, meeting

from onrecord.errors import NotFound
from onrecord.model import Event, Extraction, Failure
from onrecord.store import Record

ANSA, BRUNO, CELIA = "Ansa Törnvik", "Bruno Maldavia", "Celia Okonjo-Baptiste"
PAGES = [
    meeting("first", f"Prime Minister {ANSA} met President {BRUNO} in Port Sorrow on Tuesday.", (ANSA, BRUNO),
            publisher="Sorrow Herald", role="Prime Minister", place="Port Sorrow", country="NZL"),
    meeting("second", f"President {BRUNO} received {ANSA} for talks at the palace.", (BRUNO, ANSA),
            publisher="Maldavia Times"),
    meeting("third", f"{CELIA} telephoned {BRUNO}.", (CELIA, BRUNO), date="2031-06", mode="call"),
    meeting("fourth", f"{CELIA} was elected.", (CELIA,), date="2030-01-09", type="OFFICE", mode="election"),
    meeting("fifth", f"{ANSA} and {CELIA} spoke.", (ANSA, CELIA), date=None, mode="call"),
]  # fmt: skip


@pytest.fixture
def record(tmp_path: Path) -> Record:
    with Record.open(tmp_path / "record.db") as opened:
        for page in PAGES:
            opened.save(page)
        opened.merge()
        yield opened


@given(st.lists(extractions(), max_size=3))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_what_comes_out_is_what_went_in(items: list[Extraction]) -> None:
    items = list({item.document.id: item for item in items}.values())
    with tempfile.TemporaryDirectory() as folder, Record.open(Path(folder) / "record.db") as record:
        for item in items:
            assert record.save(item)
        record.merge()
        for item in items:
            assert record.extraction(item.document.id) == item
        assert list(record.extractions()) == sorted(items, key=lambda item: item.document.id)
        told = sorted(telling.claim_id for event in record.events() for telling in event.tellings)
        assert len(told) == len(set(told)) == record.counts()["claims"]
        assert all("\n" not in line and line.isascii() for line in record.dump())


def test_layer_text_is_stored_once(tmp_path: Path) -> None:
    sentence = "Quillfeather " * 40
    with Record.open(tmp_path / "record.db") as record:
        record.save(meeting("page", f"{sentence}{ANSA} met {BRUNO}.", (ANSA, BRUNO)))
    assert (tmp_path / "record.db").read_bytes().count(
        b"Quillfeather Quillfeather " * 10
    ) == 2  # 40 words hold it twice


def test_adding_the_same_again_changes_nothing(record: Record) -> None:
    before = list(record.dump()), record.counts()
    assert [record.save(page) for page in PAGES] == [False] * len(PAGES)
    record.merge()
    assert (list(record.dump()), record.counts()) == before


def test_any_order_of_arrival_gives_the_same_record(tmp_path: Path) -> None:
    inputs = [*PAGES, Failure("a.bin", "not text"), Failure("b.bin", "empty")]
    inputs += [meeting("third", f"{CELIA} telephoned {BRUNO}.", (CELIA, BRUNO), date="2031-06", mode="call", origin=o)
               for o in ("z/third.txt", "a/third.txt")]  # fmt: skip
    dumps = set()
    for seed in range(6):
        random.Random(seed).shuffle(inputs)
        with Record.open(tmp_path / f"{seed}.db") as record:
            for number, item in enumerate(inputs):
                record.save(item)
                if number == seed:
                    record.merge()
            record.merge()
            dumps.add("\n".join(record.dump()))
    assert len(dumps) == 1


def test_a_document_met_in_two_places_is_one_and_known(tmp_path: Path) -> None:
    def at(origin: str) -> Extraction:
        return meeting("page", f"{ANSA} met {BRUNO}.", (ANSA, BRUNO), origin=origin)

    with Record.open(tmp_path / "record.db") as record:
        assert not record.known(at("b").document)
        assert record.save(at("b"))
        assert record.known(at("b").document)
        assert record.known(at("b").document.id)
        assert not record.known(at("a").document)
        assert not record.save(at("a"))
        assert record.counts()["documents"] == 1
        assert record.extraction(at("b").document.id) == at("a")
        assert record.known(at("c").document)
        assert [hit.kind for hit in record.search("met")] == ["statement", "layer"]


def test_replacing_writes_what_was_read_anew(tmp_path: Path) -> None:
    old = PAGES[0]
    new = Extraction(old.document, old.posts, (PAGES[0].readings[0].__class__(),))
    with Record.open(tmp_path / "record.db") as record:
        record.save(old)
        assert not record.save(new)
        assert record.extraction(old.document.id) == old
        assert not record.save(new, replace=True)
        assert record.extraction(old.document.id) == new
        record.merge()
        assert record.events() == []


def test_failures_are_kept_with_their_reason(tmp_path: Path) -> None:
    with Record.open(tmp_path / "record.db") as record:
        assert record.save(Failure("b.bin", "binary"))
        assert record.save(Failure("a.txt", "empty"))
        assert not record.save(Failure("b.bin", "binary"))
        assert record.failures() == [Failure("a.txt", "empty"), Failure("b.bin", "binary")]


def test_merging_counts_an_event_once_and_names_its_sources(record: Record) -> None:
    (event,) = record.events(who="törnvik", with_="MALDAVIA")
    assert event.independent == 2
    assert {telling.chain for telling in event.tellings} == {
        (ANSA, "Sorrow Herald"),
        (BRUNO, "Maldavia Times"),
    }
    assert (event.place, event.country) == ("Port Sorrow", "NZL")
    for telling in event.tellings:
        post = record.extraction(telling.document_id).posts[telling.post]
        assert telling.words == post.words(telling.claim.quote)


def test_events_are_the_same_read_alone_or_together(record: Record) -> None:
    for event in record.events():
        assert record.event(event.id) == event
        assert record.event(event.id[:6].upper()) == event


def dates(events: list[Event]) -> list[str | None]:
    return [event.date for event in events]


def test_events_come_newest_first_and_undated_last(record: Record) -> None:
    assert dates(record.events()) == ["2031-06", "2031-05-06", "2030-01-09", None]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"who": "tornvik"}, ["2031-05-06", None]),
        ({"who": "Okonjo Baptiste"}, ["2031-06", "2030-01-09", None]),
        ({"who": "torn"}, []),
        ({"who": "%"}, []),
        ({"who": "celia", "with_": "celia"}, []),
        ({"with_": "bruno"}, ["2031-06", "2031-05-06"]),
        ({"type": "office"}, ["2030-01-09"]),
        ({"mode": "call"}, ["2031-06", None]),
        ({"since": "2031-06-15"}, ["2031-06"]),
        ({"until": "2031-05"}, ["2031-05-06", "2030-01-09"]),
        ({"since": "2031", "until": "2031-05-31"}, ["2031-05-06"]),
        ({"country": "nzl"}, ["2031-05-06"]),
        ({"min_sources": 2}, ["2031-05-06"]),
    ],
)
def test_events_are_filtered(record: Record, asked: dict[str, object], found: list[str | None]) -> None:
    assert dates(record.events(**asked)) == found


def test_people_have_the_offices_that_sources_attest(record: Record) -> None:
    ansa = next(actor for actor in record.people() if actor.name == ANSA)
    (office,) = ansa.offices
    assert (office.title, office.first, office.last) == ("Prime Minister", "2031-05-06", "2031-05-06")
    (document_id, post, evidence) = office.attested[0]
    assert record.extraction(document_id).posts[post].words(evidence) == ANSA
    assert record.actor(ansa.id[:8]) == ansa
    assert dates(record.events_of(ansa.id)) == ["2031-05-06", None]


def test_an_unknown_id_and_one_that_fits_many_say_what_to_do(record: Record) -> None:
    with pytest.raises(NotFound, match="onrecord events"):
        record.event("zzzz")
    with pytest.raises(NotFound, match="has no event ''"):
        record.event("")
    with pytest.raises(NotFound, match="no document"):
        record.extraction("0" * 16)
    with pytest.raises(NotFound, match="has no event"):
        record.event("%")


def test_what_a_terminal_cannot_decode_is_not_found(record: Record) -> None:
    odd = "caf\udce9\x00"
    for look in (record.event, record.actor, record.events_of, record.extraction):
        with pytest.raises(NotFound):
            look(odd)
    assert not record.known(odd)
    for name in ("who", "with_", "type", "mode", "country", "since", "until"):
        assert len(record.events(**{name: odd})) in (0, len(record.events()) - 1)


def test_a_prefix_of_many_ids_lists_them(tmp_path: Path) -> None:
    with Record.open(tmp_path / "record.db") as record:
        for n in range(40):
            record.save(meeting(f"page {n}", f"{ANSA} met guest {n} today.", (ANSA,), date=f"20{n + 10}-01-01"))
        record.merge()
        firsts = [event.id[0] for event in record.events()]
        often = max(firsts, key=firsts.count)
        with pytest.raises(NotFound, match=r"begins more than one id") as caught:
            record.event(often)
        assert str(caught.value).count(f"\n  {often}") == min(5, firsts.count(often))


def test_search_finds_words_in_layers_statements_and_events(record: Record) -> None:
    kinds = {hit.kind for hit in record.search("palace")}
    assert kinds == {"layer", "statement", "event"}
    assert {hit.kind for hit in record.search("tornvik sorrow")} == kinds
    event = next(hit for hit in record.search("palace") if hit.kind == "event")
    assert event.id in {one.id for one in record.events()}
    assert "palace" in event.snippet
    assert len(record.search("met", limit=2)) == 2


@pytest.mark.parametrize(
    "words",
    ['"', '""', "AND", "a AND", "NOT palace", "palace*", "(", "NEAR(a b)", "text:palace", "^palace", "-", "palace -x",
     "'; DROP TABLE layer; --", "²", "_", "%", "\x00", "pal\x00ace", "\ud800", "{a b}", "a" * 100_000, "x " * 10_000,
     ""],
)  # fmt: skip
def test_searched_words_are_data(record: Record, words: str) -> None:
    assert isinstance(record.search(words), list)


def test_a_snippet_shows_the_words_that_were_looked_for(tmp_path: Path) -> None:
    many = " ".join(f"filler{n}" for n in range(400))
    with Record.open(tmp_path / "record.db") as record:
        record.save(meeting("page", f"{many} {ANSA} met the Äbtissin of Sorrow. {many}", (ANSA,)))
        (hit,) = (hit for hit in record.search("abtissin sorrow") if hit.kind == "layer")
    assert hit.snippet.startswith("… filler396 ")
    assert f"{ANSA} met the Äbtissin of Sorrow. filler0 " in hit.snippet
    assert hit.snippet.endswith(" …")
    assert len(hit.snippet.split()) == 26


def test_search_in_a_text_with_very_many_matches_is_quick(tmp_path: Path) -> None:
    text = f"{ANSA} met {BRUNO}. " * 20_000
    with Record.open(tmp_path / "record.db") as record:
        record.save(meeting("page", text, (ANSA, BRUNO)))
        start = time.perf_counter()
        assert record.search("bruno")
        assert time.perf_counter() - start < 5


def test_search_looks_for_signs_as_words_do(record: Record) -> None:
    assert record.search('"palace"') == record.search("palace") != []
    assert record.search("palace AND met") == []


def test_views_show_the_words_of_the_text(record: Record, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "record.db") as conn:
        conn.row_factory = sqlite3.Row
        rows = {name: conn.execute(f"SELECT * FROM {name}").fetchall() for name in (
            "events", "participants", "people", "offices", "statements", "layers", "posts", "documents", "tellings",
            "sources", "amounts", "mentions", "failures", "attestations",
        )}  # fmt: skip
    conn.close()
    assert [row["date"] for row in rows["events"]] == dates(record.events())
    assert {row["evidence"] for row in rows["tellings"]} == {page.document.text for page in PAGES}
    assert {row["chain"] for row in rows["tellings"]} >= {f"{ANSA} → Sorrow Herald"}
    assert {row["quote"] for row in rows["statements"]} == {page.document.text for page in PAGES}
    assert [row["words"] for row in rows["attestations"]] == [ANSA]
    assert {row["name"] for row in rows["people"]} == {ANSA, BRUNO, CELIA}
    assert len(rows["documents"]) == len(rows["posts"]) == len(rows["layers"]) == len(PAGES)


def test_rows_agree_with_the_values_they_hold(record: Record, tmp_path: Path) -> None:
    page = PAGES[0]
    with sqlite3.connect(tmp_path / "record.db") as conn:
        found = conn.execute(
            """SELECT c.date, c.place, c.country, c.date_inferred,
            substr(l.text, e.start_char + 1, e.end_char - e.start_char)
            FROM claim c JOIN post p ON p.number = c.post JOIN document d ON d.number = p.document
            JOIN evidence e ON e.post = c.post AND e."of" = 'claim.place' AND e.of_n = c.n
            JOIN layer l ON l.post = c.post AND l.n = e.layer WHERE d.id = ?""",
            (page.document.id,),
        ).fetchall()
    conn.close()
    assert found == [("2031-05-06", "Port Sorrow", "NZL", "the page says so", "Port Sorrow")]


def test_a_very_long_page_keeps_its_posts_in_order(tmp_path: Path) -> None:
    one = meeting("page", f"{ANSA} met {BRUNO}.", (ANSA, BRUNO))
    many = 1_003
    post, reading = one.posts[0], one.readings[0]
    posts = tuple(post.__class__(n, f"post {n}", 0, 0, post.layers) for n in range(many))
    whole = Extraction(one.document, posts, (reading,) * many)
    with Record.open(tmp_path / "record.db") as record:
        assert record.save(whole)
        assert record.extraction(whole.document.id) == whole
        record.merge()
        (event,) = record.events()
        assert (len(event.tellings), event.independent) == (many, 1)
        assert list(itertools.islice(record.extractions(), 2)) == [whole]
