"""The site as readers and browsers get it."""

from __future__ import annotations

import re
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from crawl import Page, crawl, faults
from stand_in import MemoryRecord, layer, record_of, talk

from onrecord.digest import publish
from onrecord.model import Actor, Cell, Document, Event, Extraction, Post, Reading, Source, Span, content_id
from onrecord.store import Record


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("digest") / "site"
    documents = [talk(n, day=f"2026-{1 + n % 3:02d}-{1 + n % 28:02d}", posts=1 + n % 3) for n in range(14)]
    publish(record_of(*documents, differ=True), out, title="Quayside press digest")
    return out


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Page]:
    return crawl(site)


def _one(pages: dict[str, Page], folder: str) -> Page:
    return next(page for name, page in pages.items() if name.startswith(f"{folder}/"))


def test_every_page_is_sound_and_every_link_leads_somewhere(site: Path) -> None:
    assert faults(site) == []


def test_crawl_sees_broken_pages(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(
        '<p id="a"><p id="a"><a href="no.html">x</a><img src="http://x.example/i.png">'
    )
    assert len(faults(tmp_path)) >= 5


def test_pages_are_counted(site: Path, tmp_path: Path) -> None:
    assert publish(record_of(talk()), tmp_path / "out") == len(list((tmp_path / "out").rglob("*.html")))


def test_same_record_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        publish(record_of(talk(1), talk(2, day="2026-01-09")), tmp_path / name)
    one, two = ({p.relative_to(tmp_path / n): p.read_bytes() for p in (tmp_path / n).rglob("*") if p.is_file()}
                for n in ("one", "two"))  # fmt: skip
    assert one == two


def test_order_of_reading_does_not_show(tmp_path: Path) -> None:
    record = record_of(talk(1), talk(2), talk(3, day="2026-01-09"))
    publish(record, tmp_path / "one")
    record.documents.reverse()
    record.rows.reverse()
    record.actors.reverse()
    publish(record, tmp_path / "two")
    for path in (tmp_path / "one").rglob("*.html"):
        assert path.read_bytes() == (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes(), path


def test_real_record_makes_a_sound_site(tmp_path: Path) -> None:
    with Record.open(tmp_path / "record.db") as record:
        for document in (talk(1, posts=2), talk(2, day="2026-01-09")):
            record.save(document)
        record.merge()
        publish(record, tmp_path / "out")
        publish(record, tmp_path / "again")
        events = len(record.events())
    assert faults(tmp_path / "out") == []
    assert events == len(list((tmp_path / "out" / "event").iterdir())) > 0
    for path in (tmp_path / "out").rglob("*.html"):
        assert path.read_bytes() == (tmp_path / "again" / path.relative_to(tmp_path / "out")).read_bytes()
    page = Page(next((tmp_path / "out" / "event").iterdir()))
    for words in ("held a video meeting", "Oumar Keïta-Sow", "Linnéa Bergqvist"):
        assert words in page.marks


def test_file_names_are_content_ids(site: Path) -> None:
    for path in site.rglob("*/*.html"):
        assert re.fullmatch(r"[0-9a-f]{16}\.html", path.name)


def test_index_shows_note_credit_and_excerpt(pages: dict[str, Page]) -> None:
    text = pages["index.html"].text
    assert "It was their first talk since" in text
    assert re.search(r"First published by Wirebird on \d+ \w+ 2026, translated by Ana Prieto\.", text)
    assert "“Rivers do not read maps,” Keïta-Sow said." in text
    assert "Continue reading" in text
    assert "Minister talks with Speaker" not in text


def test_index_is_newest_first_and_in_pages(pages: dict[str, Page]) -> None:
    names = [name for name in pages if re.fullmatch(r"index(-\d+)?\.html", name)]
    assert len(names) == 2
    shown = re.findall(
        r'<time datetime="([\d-]+)">', pages["index.html"].raw.split('class="feed"')[1].split("<aside")[0]
    )
    news = [date for date in shown if date]
    assert len(re.findall("<article", pages["index.html"].raw)) == 20
    assert news[0] == max(news)


def test_credit_says_only_what_is_known(tmp_path: Path) -> None:
    document = talk()
    post = document.posts[0]
    bare = replace(post.layers[1], publisher=None, original_date=None, translator=None, credits=())
    layers = (post.layers[0], bare, *post.layers[2:])
    publish(record_of(replace(document, posts=(replace(post, layers=layers),))), tmp_path / "out")
    text = crawl(tmp_path / "out")["index.html"].text
    assert "First published" not in text
    assert "translated by" not in text
    assert "Report of Wirebird" in text


def test_post_tells_its_layers_apart_in_words(pages: dict[str, Page]) -> None:
    labels = re.findall(r'<p class="label"[^>]*>(.*?)</p>', _one(pages, "post").raw)
    assert [re.sub("<.*?>", "", label) for label in labels] == [
        "Editor’s note", "Report of Wirebird", "Speech of Oumar Keïta-Sow", "Caption of Wirebird",
    ]  # fmt: skip


def test_post_text_is_complete_and_evidence_is_marked(pages: dict[str, Page]) -> None:
    page = _one(pages, "post")
    for part in talk().posts[0].layers:
        for span in part.paragraphs:
            assert part.text[span.start : span.end] in page.text
    assert "held a video meeting" in page.marks
    assert re.search(r'<a id="e-([0-9a-f]{16})" class="ev" href="\.\./event/\1\.html"', page.raw)


def test_cut_off_posts_say_so(pages: dict[str, Page]) -> None:
    cut = ["gives only the beginning" in page.text for name, page in pages.items() if name.startswith("post/")]
    assert any(cut)
    assert not all(cut)


def test_event_has_the_words_for_every_cell(pages: dict[str, Page]) -> None:
    page = _one(pages, "event")
    for words in ("held a video meeting", "Oumar Keïta-Sow", "Linnéa Bergqvist", "February 13", "20 engineers"):
        assert words in page.marks
    assert "Inferred: the seat of the Speaker" in page.text
    assert "Minister for Water" in page.text


def test_event_shows_where_tellings_differ_without_ruling(pages: dict[str, Page]) -> None:
    page = _one(pages, "event")
    assert re.search(r"Another telling gives\s+12 February 2026", page.text)
    assert "Friday" in page.marks
    assert not re.search(r"\b(wrong|false|incorrect|true|correct|mistaken)\b", page.text)


def test_event_groups_tellings_by_origin_and_draws_the_chain(pages: dict[str, Page]) -> None:
    page = _one(pages, "event")
    assert re.findall(r"<h3><bdi>(.*?)</bdi>", page.raw) == ["The Quayside Digest", "Wirebird"]
    chain = re.findall(r'<ol class="chain".*?</ol>', page.raw, re.S)[1]
    assert re.findall(r"<bdi>(.*?)</bdi>", chain) == ["Wirebird", "The Quayside Digest"]


def test_person_shows_offices_with_first_and_last_date_and_a_bar(pages: dict[str, Page]) -> None:
    page = next(p for n, p in pages.items() if n.startswith("person/") and "Linnéa" in p.text)
    assert "Speaker, Norrland Assembly" in page.text
    assert "5 January 2026" in page.text
    assert "13 February 2026" in page.text
    assert 'class="term"' in page.raw
    assert "Norrland would send 20 engineers." in page.text


def test_sources_count_each_relation(pages: dict[str, Page]) -> None:
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", pages["sources.html"].raw, re.S)
    wirebird = next(row for row in rows if "<summary><bdi>Wirebird" in row)
    posts = sum(name.startswith("post/") for name in pages)
    assert re.findall(r'<td class="n">(.*?)</td>', wirebird) == [str(posts), "", "", ""]


def test_timeline_has_a_link_for_every_event(pages: dict[str, Page]) -> None:
    drawn = {link for link in pages["timeline.html"].links if link.startswith("event/")}
    assert drawn == {name for name in pages if name.startswith("event/")}
    assert pages["timeline.html"].raw.count("<desc") == 4


def test_pages_forbid_scripts_but_the_filter(pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        assert page.policy.startswith("script-src 'sha256-" if name == "events.html" else "script-src 'none'"), name


def test_nobody_learns_where_the_files_lay(site: Path) -> None:
    for path in site.rglob("*"):
        assert path.is_dir() or b"/home/somebody" not in path.read_bytes()


HOSTILE = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'; --", "{{ site }}", "&lt;b&gt;",
    "\u202eevil\u202c",
    "a\x00b\x1b[31m\ud800", "W" * 5000, "</title></svg></bdi>", "نص عربي", "javascript:alert(1)",
]  # fmt: skip


def hostile(text: str) -> MemoryRecord:
    layers = (
        layer(0, "headline", "editor", text),
        layer(1, "editor", "editor", text + " greeted " + text, text),
        layer(
            2, "report", text, text, publisher=text, original_date=text, translator=text, dateline_place=text, lang=text
        ),
        layer(3, "speech", text, text),
    )
    document = talk()
    reading = document.readings[0]
    people = tuple(replace(p, name=text, roles=tuple(replace(r, title=text, org=text, country=text) for r in p.roles))
                   for p in reading.people)  # fmt: skip
    post = replace(document.posts[0], title=text, layers=layers, link=text, byline=text, categories=(text,),
                   published=text)  # fmt: skip
    claims = tuple(
        replace(c, mode=text, type=text, participants=tuple(replace(p, name=text) for p in c.participants),
                date=Cell(text, inferred=text), place=Cell(text, inferred=text), country=Cell(text, inferred=text))
        for c in reading.claims
    )  # fmt: skip
    statements = tuple(replace(s, speaker=text, chain=(text,)) for s in reading.statements)
    sources = (Source(text, "cited", reading.sources[0].evidence),)
    reading = replace(reading, people=people, claims=claims, statements=statements, sources=sources)
    page = Document(text, text, origin=text, url=text, publisher=text, published=text, title=text, lang=text)
    claim_document = Extraction(page, (post,), (reading,))
    record = record_of()
    record.documents = [claim_document]
    made = record_of(document)
    key = (page.id, 0)
    for event in made.rows:
        tellings = tuple(
            replace(t, document_id=page.id, chain=(text, text), claim=c, words=text, reported=text, origin=text)
            for t, c in zip(event.tellings, claims, strict=True)
        )
        record.rows.append(
            replace(event, type=text, mode=text, participants=claims[0].participants, date=text, place=text,
                    country=text, tellings=tellings,
                    cells=tuple(replace(v, value=text, names=(text,)) for v in event.cells))
        )  # fmt: skip
    for n, actor in enumerate(made.actors):
        offices = tuple(
            replace(o, title=text, org=text, first=text, last=text, attested=tuple((*key, e) for _, _, e in o.attested))
            for o in actor.offices
        )
        record.actors.append(Actor(content_id(n), "person", text, (text, text + "x"), text, offices))
    return record


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str, tmp_path: Path) -> None:
    publish(hostile(text), tmp_path / "out", title=text)
    found = crawl(tmp_path / "out")
    assert [f"{name}: {fault}" for name, page in found.items() for fault in page.faults] == []
    for page in found.values():
        assert page.raw.count("<script>") == (1 if page.path.name == "events.html" else 0)
        assert not [link for link in page.links if link.startswith("javascript")]
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f]", page.raw)
        for title in re.findall(r"<title.*?</title>", page.raw):
            assert "\u202e" not in title


def test_site_title_that_is_hostile_is_the_sites_title(tmp_path: Path) -> None:
    publish(record_of(talk()), tmp_path / "out", title="<b>&</b>")
    assert "<title><b>" not in (tmp_path / "out" / "index.html").read_text()
    assert "<b>&</b>" in crawl(tmp_path / "out")["index.html"].text


def test_empty_record_gives_a_site_that_says_so(tmp_path: Path) -> None:
    publish(record_of(), tmp_path / "out")
    assert faults(tmp_path / "out") == []
    assert "no posts yet" in crawl(tmp_path / "out")["index.html"].text


def test_event_that_names_nobody_is_told_by_its_words(tmp_path: Path) -> None:
    record = record_of(talk())
    record.rows = [replace(record.rows[0], participants=())]
    publish(record, tmp_path / "out")
    assert faults(tmp_path / "out") == []
    page = Page(next((tmp_path / "out" / "event").iterdir()))
    assert re.search(r"<h1>Call: <bdi>“Oumar Keïta-Sow, Minister.*…”</bdi></h1>", page.raw)


def test_two_people_of_one_name_are_kept_apart(tmp_path: Path) -> None:
    record = record_of(talk(1), talk(2, day="2026-03-03"))
    name = "Oumar Keïta-Sow"
    first = next(actor for actor in record.actors if actor.name == name)
    document = record.documents[1].document.id
    offices = [replace(o, attested=tuple(a for a in o.attested if a[0] != document)) for o in first.offices]
    other = [replace(o, attested=tuple(a for a in o.attested if a[0] == document)) for o in first.offices]
    second = Actor(content_id("second"), "person", name, (name,), None, tuple(other))
    record.actors[record.actors.index(first)] = replace(first, offices=tuple(offices))
    record.actors.append(second)
    record.present[first.id], record.present[second.id] = [record.rows[0].id], [record.rows[1].id]
    publish(record, tmp_path / "out")
    for actor, event in ((first, record.rows[0]), (second, record.rows[1])):
        links = Page(tmp_path / "out" / "person" / f"{actor.id}.html").links
        assert [link for link in links if link.startswith("../event/")] == [f"../event/{event.id}.html"]


def test_archive_page_keeps_its_order_where_the_news_does_not_fall(tmp_path: Path) -> None:
    document = talk(1, posts=4)
    days = ("2026-02-13", "2026-01-20", "2026-02-01", "2026-01-08")
    readings = tuple(replace(r, date=replace(r.date, value=d)) for r, d in zip(document.readings, days, strict=True))
    publish(record_of(replace(document, readings=readings)), tmp_path / "out")
    shown = re.findall(r"rivers 1/(\d)</bdi></a></h2>", (tmp_path / "out" / "index.html").read_text())
    assert shown == ["0", "1", "2", "3"]


def test_long_lists_are_cut_into_pages(tmp_path: Path) -> None:
    record = record_of(talk())
    event = record.rows[0]
    record.rows = [
        replace(event, id=content_id("many", n), date=f"{2023 + n // 600}-{1 + n % 12:02d}-{1 + n % 28:02d}")
        for n in range(2100)
    ]
    record.actors = [Actor(content_id("a", n), "person", f"Person {n:04}", ()) for n in range(1001)]
    publish(record, tmp_path / "out")
    found = crawl(tmp_path / "out")
    assert [f for page in found.values() for f in page.faults] == []
    assert {"events-3.html", "people-2.html", "timeline-2.html"} <= set(found)


@pytest.mark.parametrize("date", [None, "2026", "2026-02", "--07-24", "0000-00-00", "2026-02-30", "soon", "2026-13"])
def test_partial_and_odd_dates_are_listed_and_drawn_or_told(date: str | None, tmp_path: Path) -> None:
    record = record_of(talk())
    record.rows = [replace(record.rows[0], date=date)]
    publish(record, tmp_path / "out")
    assert faults(tmp_path / "out") == []
    page = crawl(tmp_path / "out")["timeline.html"]
    drawn = any(link.startswith("event/") for link in page.links)
    assert drawn == (date in ("2026", "2026-02"))
    assert drawn or "cannot be drawn" in page.text


def test_evidence_that_lies_outside_of_its_layer_is_left_out(tmp_path: Path) -> None:
    record = record_of(talk())
    event = record.rows[0]
    broken = tuple(
        replace(t, claim=replace(t.claim, trigger=replace(t.claim.trigger, layer=9, end=10**9))) for t in event.tellings
    )
    record.rows = [replace(event, tellings=broken)]
    publish(record, tmp_path / "out")
    assert faults(tmp_path / "out") == []


class _Long:
    """A record whose documents are made one at a time."""

    def extractions(self) -> Iterator[Extraction]:
        for n in range(120):
            text = f"Report number {n}. " + "The river rose again. " * 9000
            part = layer(0, "editor", "editor", text)
            post = Post(0, f"Post {n}", 0, len(text), (replace(part, paragraphs=(Span(0, len(text)),)),))
            yield Extraction(Document(f"d{n}", f"{n}"), (post,), (Reading(),))

    def events(self) -> list[Event]:
        return []

    def people(self) -> list[Actor]:
        return []

    def events_of(self, actor_id: str) -> list[Event]:
        return []


def test_memory_does_not_hold_the_texts(tmp_path: Path) -> None:
    tracemalloc.start()
    try:
        publish(_Long(), tmp_path / "out")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # The texts are 24 MB; eight posts and a page at a time are held.
    assert peak < 10_000_000


def test_a_post_of_many_layers_is_written_in_linear_time(tmp_path: Path) -> None:
    layers = tuple(layer(n, "report", f"Outlet {n}", f"Paragraph {n}. " * 3) for n in range(5000))
    post = Post(0, "Many voices", 0, 1, layers)
    publish(MemoryRecord([Extraction(Document("d", "d"), (post,), (Reading(),))]), tmp_path / "out")
    page = next((tmp_path / "out" / "post").glob("*.html"))
    assert page.read_text().count('class="layer l-report') == 5000


def _colours(css: str) -> tuple[dict[str, str], dict[str, str]]:
    light, dark = css.split("@media (prefers-color-scheme: dark)")[:2]
    found = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", part.split("\n}")[0])) for part in (light, dark)]
    return found[0], found[1]


def _luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def _contrast(one: str, two: str) -> float:
    high, low = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_colours_of_words_reach_wcag_aa(scheme: int, site: Path) -> None:
    colours = _colours((site / "style.css").read_text())[scheme]
    types = re.findall(r"\.t-([a-z]+) \{", (site / "style.css").read_text())
    assert len(types) == 18
    words = ["ink", "soft", "link", "editor-w", "report-w", "speech-w", "caption-w", *types]
    low = {(word, on): _contrast(colours[word], colours[on]) for word in words for on in ("paper", "card")}
    assert {pair: ratio for pair, ratio in low.items() if ratio < 4.5} == {}
    assert _contrast(colours["ink"], colours["mark"]) >= 7
