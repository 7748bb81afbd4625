"""Dates: every form, the day they mean, the days of a page's posts, and which date dates an act."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from onrecord.annotate import annotate, plain
from onrecord.extract import dates
from onrecord.model import DateMention, Document, Layer, LayerKind, Post, Span

BLANK = spacy.blank("en")


def a_layer(text: str, index: int = 0, kind: LayerKind = "editor", original_date: str | None = None) -> Layer:
    paragraphs = tuple(Span(m.start(), m.end()) for m in re.finditer(r"\S.*?(?=\n\n|\s*\Z)", text, re.S))
    return Layer(index, kind, "editor", text, 0, paragraphs, original_date=original_date)


def a_post(*layers: Layer, index: int = 0, published: str | None = None) -> Post:
    return Post(index, "", 0, 1, layers, published=published)


def read(text: str, published: str | None = "2026-02-13", *, parsed: bool = False) -> tuple[DateMention, ...]:
    """The dates of a page of one post. Without `parsed`, no model runs: the grammar alone is tested."""
    post = a_post(a_layer(text))
    days = dates.page(Document("page", text, published=published), (post,))
    docs = list(annotate(post.layers)) if parsed else [BLANK(plain(layer.text)) for layer in post.layers]
    return dates.find(post, docs, days)


def values(text: str, published: str | None = "2026-02-13", *, parsed: bool = False) -> list[str]:
    return [m.value + (f"/{m.end}" if m.end else "") for m in read(text, published, parsed=parsed)]


def archive(
    *texts: str, fetched: str | None = None, published: Sequence[str | None] = (), head: str = "", foot: str = ""
) -> dates.PageDates:
    posts, place = [], len(head)
    for n, text in enumerate(texts):
        post = a_post(a_layer(text), index=n, published=published[n] if published else None)
        posts.append(replace(post, start=place, end=place + len(text)))
        place += len(text) + 2
    return dates.page(Document("archive", head + "\n\n".join(texts) + foot, fetched=fetched), posts)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("The ministers met on 13 February 2026.", "2026-02-13"),
        ("The ministers met on February 13, 2026.", "2026-02-13"),
        ("The ministers met on February 13th 2026.", "2026-02-13"),
        ("The ministers met on Feb. 13, 2026.", "2026-02-13"),
        ("The ministers met on 13 Feb 2026.", "2026-02-13"),
        ("The ministers met on 13-Feb-2026.", "2026-02-13"),
        ("The ministers met on the 13th of February, 2026.", "2026-02-13"),
        ("The ministers met on the thirteenth of February 2026.", "2026-02-13"),
        ("The ministers met on 2026-02-13.", "2026-02-13"),
        ("The ministers met on 2026/02/13.", "2026-02-13"),
        ("The ministers met on 13/02/2026.", "2026-02-13"),
        ("The ministers met on 02/13/2026.", "2026-02-13"),
        ("The ministers met on 13.02.2026.", "2026-02-13"),
        ("The ministers met on FEBRUARY 13, 2026.", "2026-02-13"),
        ("The ministers met on Friday, 13 February 2026.", "2026-02-13"),
        ("The ministers met on February\u00a013, 2026.", "2026-02-13"),
        ("The ministers met in February 2026.", "2026-02"),
        ("The ministers met in February of 2026.", "2026-02"),
        ("The ministers met in 2026.", "2026"),
        ("The ministers met in mid-January 2026.", "2026-01"),
        ("The visit lasted from 27 May to 3 June 2025.", "2025-05-27/2025-06-03"),
        ("The visit lasted from May 27 – June 3, 2025.", "2025-05-27/2025-06-03"),
        ("The visit lasted from December 30, 2025 to January 2, 2026.", "2025-12-30/2026-01-02"),
        ("The visit lasted from 30 December to 2 January 2026.", "2025-12-30/2026-01-02"),
        ("The talks on November 10 to 11, 2025 were long.", "2025-11-10/2025-11-11"),
        ("The talks on 10–11 November 2025 were long.", "2025-11-10/2025-11-11"),
        ("They worked there between 2014 and 2016.", "2014/2016"),
        ("He spent the summer of 1933 there.", "1933/1933-08"),
        ("Sales rose in the third quarter of 2025.", "2025-07/2025-09"),
    ],
)
def test_a_date_written_out_has_its_value(text: str, value: str) -> None:
    assert values(text) == [value]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("They met on January 30.", "2026-01-30"),
        ("They met on December 24.", "2025-12-24"),
        ("They met on Monday 19 January.", "2026-01-19"),
        ("The hall opened in August.", "2025-08"),
        ("They met today.", "2026-02-13"),
        ("They met yesterday.", "2026-02-12"),
        ("They met the day before yesterday.", "2026-02-11"),
        ("They met last night.", "2026-02-12"),
        ("They met this morning.", "2026-02-13"),
        ("They met on Tuesday.", "2026-02-10"),
        ("They met on Friday.", "2026-02-13"),
        ("They met last Friday.", "2026-02-06"),
        ("They met three days ago.", "2026-02-10"),
        ("They met two months ago.", "2025-12"),
        ("They met last month.", "2026-01"),
        ("They met earlier this year.", "2026"),
        ("They met last year.", "2025"),
        ("They met in March last year.", "2025-03"),
        ("They met last March.", "2025-03"),
        ("They met earlier this week.", "2026-02/2026-02-15"),
        ("They met at the weekend.", "2026-02-07/2026-02-08"),
        ("They meet towards the end of the month.", "2026-02"),
        ("They met on the 5th of this month.", "2026-02-05"),
        ("They met on Monday and Tuesday.", "2026-02-09/2026-02-10"),
        ("They met twenty-five years ago today.", "2001-02-13"),
        ("They met on Tuesday (Feb. 10).", "2026-02-10"),
        ("They met on Friday, the 13th of February.", "2026-02-13"),
        ("They met from the 3rd to the 5th of February.", "2026-02-03/2026-02-05"),
        ("They met in the same month last year.", "2025-02"),
        ("They meet over the next two days.", "2026-02-14/2026-02-15"),
    ],
)
def test_a_date_is_resolved_against_the_day_of_the_page(text: str, value: str) -> None:
    assert values(text) == [value]
    assert read(text)[0].relative_to


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("The envoy will travel to Veria on Tuesday.", "2026-02-17"),
        ("The talks are scheduled for Monday.", "2026-02-16"),
        ("The summit will open on March 5.", "2026-03-05"),
        ("The summit is to be held in August.", "2026-08"),
        ("The envoy will come next week.", "2026-02/2026-02-22"),
        ("The envoy will come next month.", "2026-03"),
        ("The envoy will come tomorrow.", "2026-02-14"),
        ("The envoy will come this coming Tuesday.", "2026-02-17"),
    ],
)
def test_what_lies_ahead_is_resolved_forwards(text: str, value: str) -> None:
    assert values(text, parsed=True) == [value]


def test_the_year_turns_between_december_and_january() -> None:
    assert values("They met on December 7 and January 3.", "2026-01-05") == ["2025-12-07", "2026-01-03"]


def test_days_counted_from_the_day_mentioned_before() -> None:
    text = "They met on January 30. On the same day a note was sent. The following day, and two days later, they wrote."
    assert values(text) == ["2026-01-30", "2026-01-30", "2026-01-31", "2026-02-02"]
    assert values("He left in 1938. That year, that September, he wrote.") == ["1938", "1938", "1938-09"]


def test_two_days_joined_are_a_span_and_a_day_joined_to_a_number_is_not() -> None:
    assert values("The visit on February 9 and 10 ended well.") == ["2026-02-09/2026-02-10"]
    assert values("On February 9 and 20 ambulances came.") == ["2026-02-09"]
    assert values("Treaties of January 11 and November 26, 2021 hold.") == ["2021-01-11", "2021-11-26"]


def test_without_any_year_only_the_year_is_left_open() -> None:
    assert values("Oru Velt met the envoy on July 24.", None) == ["--07-24"]
    assert values("The hall opened in July.", None) == ["--07"]


def test_a_page_without_a_date_takes_the_year_that_its_text_writes_out() -> None:
    assert values("Oru Velt met the envoy on 3 March 2024. On March 5 he left.", None) == ["2024-03-03", "2024-03-05"]


@pytest.mark.parametrize(
    "text",
    [
        "May I ask what the march on the capital was about?",
        "The 1930s and the 19th century were hard.",
        "Some 2000 troops and 1,950 carriages came.",
        "The council passed resolution 1701 and order 2025.",
        "It cost $2024 and weighed 2026 kg.",
        "The Sunday Courier, the Ostra Sunday Times and Velt Today wrote it on Good Friday eve.",
        "Trade has grown over the past year and in recent years.",
        "They meet every Monday.",
        "April Sunder spoke to June Vale.",
        "The score was 3-2 and the room 12/14.",
        "At 18:00 UTC and at 2030 GMT the line fell.",
        "The 31st of February 31, 2026x and 32 May do not exist.",
    ],
)
def test_what_is_no_date_is_left_alone(text: str) -> None:
    assert values(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "They marked the 50th anniversary of independence (November 11th 1975).",
        "She was born on 5 May 1950.",
        "The party was founded in 1921.",
        "The republic has been at peace since 1949.",
        "The two states want to double trade by 2030.",
        "The plan for 2026-2030 was adopted.",
        "The 2026-2030 plan was adopted.",
        "He ruled well (1893-1976).",
    ],
)
def test_a_commemorated_day_and_an_aim_cannot_date_the_news(text: str) -> None:
    assert [m.anniversary for m in read(text)] == [True]


def test_an_anniversary_held_on_a_day_is_news_of_that_day() -> None:
    [mention] = read("They celebrated the 50th anniversary of independence on February 11.")
    assert (mention.value, mention.anniversary) == ("2026-02-11", False)


def test_numeric_dates_follow_the_page() -> None:
    assert values("They met on 7/8/2025, after 25/12/2024.") == ["2025-08-07", "2024-12-25"]
    assert values("They met on 7/8/2025, after 12/25/2024.") == ["2025-07-08", "2024-12-25"]


# ── The days of a page ───────────────────────────────────────────────────────────────────────────────────────────────


def test_an_archive_without_years_falls_from_the_day_it_was_fetched() -> None:
    page = archive(
        "Oru Velt met the envoy on February 13.",
        "The bridge was opened on January 20.",
        "A letter was sent on December 25.",
        "The fleet sailed on November 28.",
        fetched="2026-02-15",
    )
    assert page.reference == ("2026-02-13", "2026-01-20", "2025-12-25", "2025-11-28")
    assert page.year == (2026, 2026, 2025, 2025)
    assert all("order of the posts" in why for why in page.why)


def test_an_archive_finds_its_years_from_one_day_written_out() -> None:
    page = archive(
        "Oru Velt met the envoy on February 13.",
        "The bridge was opened on January 20.",
        "A letter was sent on December 25, 2025.",
        "The fleet sailed on November 28.",
    )
    assert page.reference == ("2026-02-13", "2026-01-20", "2025-12-25", "2025-11-28")


@pytest.mark.parametrize(
    ("head", "foot"),
    [
        ("The Velt Courier\nSunday, 15 February 2026\n\n", ""),
        ("", "\n\n© 2019-2026 The Velt Courier. All rights reserved."),
    ],
)
def test_an_archive_takes_its_year_from_its_masthead_or_foot(head: str, foot: str) -> None:
    page = archive("The bridge was opened on January 20.", "A letter was sent on December 25.", head=head, foot=foot)
    assert page.reference == ("2026-01-20", "2025-12-25")


def test_a_weekday_beside_a_day_fixes_the_year() -> None:
    page = archive(
        "Oru Velt met the envoy on Friday 26 December.",
        "The bridge was opened on Monday 24 November.",
        fetched="2026-11-01",
    )
    assert page.reference == ("2025-12-26", "2025-11-24")


def test_a_post_without_a_day_stands_between_its_neighbours() -> None:
    page = archive(
        "Oru Velt met the envoy on January 30.",
        "In 1938 the surgeon sailed from the port of Ostra.",
        "The bridge was opened on January 6.",
        fetched="2026-02-15",
    )
    assert page.reference[1] == "2026-01"
    assert "between the posts" in page.why[1]


def test_an_old_day_told_in_a_post_does_not_turn_the_page_back() -> None:
    page = archive(
        "Oru Velt met the envoy on January 30.",
        "As the town marked its week of song (27 May – 3 June), the choir rose.",
        "The bridge was opened on January 6.",
        "The mill burnt down on December 28.",
        fetched="2026-02-15",
    )
    assert page.reference == ("2026-01-30", "2026-01", "2026-01-06", "2025-12-28")


def test_date_lines_go_before_everything_else() -> None:
    page = archive(
        "The mill burnt down in spring.",
        "The bridge was opened on December 28.",
        published=("2024-01-09", "2024-01-03"),
    )
    assert page.reference == ("2024-01-09", "2024-01-03")
    assert page.why[0].startswith("the date line says 2024-01-09")


@pytest.mark.parametrize(
    "dateline",
    [
        "OSTRA, Jan. 23 (VNB) — ",
        "OSTRA, 23 January (VNB) - ",
        "Ostra, January 23rd—",
        "Ostra, January 23 /VNB/. ",
        "January 23 (The Velt Courier) – ",
        "Port of Ostra, Jan 23 (VNB) -- ",
        "Ostra - January 23 (VNB): ",
        "Published: 23 January\n\n",
    ],
)
def test_today_in_a_report_is_the_day_of_its_dateline(dateline: str) -> None:
    note = a_layer("The envoy has been received; the note was sent on January 25.", 0)
    report = a_layer(f"{dateline}Oru Velt met the envoy today.", 1, "report")
    post = a_post(note, report)
    days = dates.page(
        Document("page", "", fetched="2026-02-15"), (post, a_post(a_layer("Rain on January 2."), index=1))
    )
    assert dates.reference(days, post, 1) == "2026-01-23"
    found = dates.find(post, [BLANK(plain(layer.text)) for layer in post.layers], days)
    assert [m.value for m in found if post.words(m.evidence) == "today"] == ["2026-01-23"]


def test_a_report_has_the_day_it_was_first_published() -> None:
    report = a_layer("Oru Velt met the envoy yesterday.", 0, "report", original_date="2026-01-21")
    post = a_post(report)
    days = dates.page(Document("page", "", published="2026-01-25"), (post,))
    assert [m.value for m in dates.find(post, [BLANK(report.text)], days)] == ["2026-01-20"]


def test_a_sentence_that_begins_with_a_day_is_no_dateline() -> None:
    layer = a_layer("On January 21 the council met in Ostra and heard the envoy, who left in the evening.")
    post = a_post(layer)
    days = dates.page(Document("page", "", published="2026-02-13"), (post,))
    assert dates.reference(days, post, 0) == "2026-02-13"


def test_last_month_told_after_the_month_of_the_news_is_that_month() -> None:
    page_texts = ("A letter was sent on December 26.", "Last month they marked it: on November 28 a stone was laid.")
    posts = tuple(a_post(a_layer(text), index=n) for n, text in enumerate(page_texts))
    days = dates.page(Document("page", "", fetched="2026-01-02"), posts)
    found = dates.find(posts[1], [BLANK(page_texts[1])], days)
    assert [m.value for m in found] == ["2025-11", "2025-11-28"]


def test_the_news_of_a_post_is_the_last_past_day_of_its_note() -> None:
    text = "After the congress of January 8 an envoy came. On January 13 he was received. He will leave on January 20."
    posts = (a_post(a_layer(text)), a_post(a_layer("Rain on January 2."), index=1))
    days = dates.page(Document("page", "", fetched="2026-02-15"), posts)
    found = dates.find(posts[0], list(annotate(posts[0].layers)), days)
    cell = dates.news_day(posts[0], found, days)
    assert cell is not None
    assert cell.value == "2026-01-13"
    assert posts[0].words(cell.evidence[0]) == "January 13"


def test_a_post_of_history_has_no_news_day() -> None:
    post = a_post(a_layer("In August 1938 the surgeon sailed. He died in 1942."))
    days = dates.page(Document("page", "", fetched="2026-02-15"), (post, post))
    assert dates.news_day(post, dates.find(post, [BLANK(post.layers[0].text)], days), days) is None


def test_an_archive_of_ages_ends_where_the_calendar_does() -> None:
    texts = [f"Oru Velt met the envoy on {month} 5." for month in ("October", "June", "February")] * 900
    page = archive(*texts, fetched="2026-02-15")
    assert page.reference[:4] == ("2025-10-05", "2025-06-05", "2025-02-05", "2024-10-05")
    assert all(value is None or valid(value) for value in page.reference)


# ── Which date dates an act ──────────────────────────────────────────────────────────────────────────────────────────


def dated(text: str, act: str) -> list[str]:
    post = a_post(a_layer(text))
    docs = list(annotate(post.layers))
    found = dates.find(post, docs, dates.page(Document("page", text, published="2026-02-13"), (post,)))
    start = text.index(act)
    return [m.value for m in dates.for_span(found, 0, start, start + len(act), within=Span(0, len(text)), doc=docs[0])]


def test_the_day_beside_the_verb_dates_it() -> None:
    assert dated("Oru Velt met the envoy on Tuesday.", "met")[0] == "2026-02-10"


def test_the_day_of_another_verb_does_not() -> None:
    assert dated("Oru Velt congratulated the envoy, who was elected on January 29.", "congratulated") == []
    assert dated("Oru Velt congratulated the envoy, who was elected on January 29.", "elected") == ["2026-01-29"]


def test_a_day_before_a_noun_dates_that_noun_only() -> None:
    text = "The ministers praised the 2014 summit."
    assert dated(text, "praised") == []
    assert dated(text, "summit") == ["2014"]


def test_the_closer_of_two_days_that_agree_goes_first() -> None:
    assert dated("Oru Velt met the envoy earlier this week, on February 10.", "met")[0] == "2026-02-10"


def test_news_without_a_day_has_the_day_told_before_or_that_of_the_post() -> None:
    text = "Oru Velt came on Tuesday. He spoke to the council. The treaty of 5 May 2019 was praised. He left."
    post = a_post(a_layer(text))
    days = dates.page(Document("page", text, published="2026-02-13"), (post,))
    found = dates.find(post, [BLANK(text)], days)
    cell = dates.story_day(post, found, days, 0, text.index("He left"))
    assert cell is not None
    assert (cell.value, post.words(cell.evidence[0])) == ("2026-02-10", "Tuesday")
    first = dates.story_day(post, found, days, 0, 0)
    assert first is not None
    assert (first.value, first.evidence) == ("2026-02-13", ())
    assert "2026-02-13" in first.inferred


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        ("2026-02-13", ["2026-02-13", "2026-02", "2026"]),
        ("2026-02", [None, "2026-02", "2026"]),
        ("2026", [None, None, "2026"]),
        (None, [None, None, None]),
    ],
)
def test_an_act_without_a_date_may_be_of_the_day_month_or_year_of_the_page(
    published: str | None, expected: list[str | None]
) -> None:
    post = a_post(a_layer("Oru Velt met the envoy."))
    days = dates.page(Document("page", "Oru Velt met the envoy.", published=published), (post,))
    cells = dates.about(post, days, 0)
    assert [cell and cell.value for cell in cells] == expected
    assert all(cell.inferred for cell in cells if cell)


def test_an_act_of_history_has_the_date_told_before_it_not_that_of_the_page() -> None:
    text = "In August 1938 the surgeon sailed from Ostra. He met the volunteers there."
    posts = (
        a_post(a_layer("Oru Velt met the envoy on January 30.")),
        a_post(a_layer(text), index=1),
        a_post(a_layer("The bridge was opened on January 6."), index=2),
    )
    days = dates.page(Document("page", "", fetched="2026-02-15"), posts)
    found = dates.find(posts[1], [BLANK(text)], days)
    cell = dates.story_day(posts[1], found, days, 0, text.index("met"))
    assert cell is not None
    assert (cell.value, posts[1].words(cell.evidence[0])) == ("1938-08", "August 1938")
    assert dates.story_day(posts[1], found, days, 0, 0) is None


# ── Properties ───────────────────────────────────────────────────────────────────────────────────────────────────────

PIECES = (
    *("13", "31", "2026", "1999", "02", "February", "Jan.", "May", "Sept", "Monday", "Fri", "today", "last", "next"),
    *("week", "month", "year", "the", "of", "in", "on", "same", "day", "ago", "two", "days", "later", "before", "ed"),
    *(",", "-", "–", "/", ".", "(", ")", "\n", "\n\n", "’s", "th", "$", "anniversary", "born", "since", "by", "until"),
    *("weekend", "third", "quarter", "summer", "0", "00", "12:30", "2026-13-45", "29 February 2025", "\u00a0", "é"),
)


def valid(value: str) -> bool:
    match = re.fullmatch(r"(?:(\d{4})|-)(?:-(\d\d))?(?:-(\d\d))?", value)
    if not match or (match[1] is None and match[2] is None):
        return False
    try:
        date(int(match[1] or 2000), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        return False
    return True


@given(
    st.lists(st.sampled_from(PIECES), max_size=25),
    st.sampled_from(["", " "]),
    st.sampled_from([None, "2026-02-13", "2024-02-29", "2025-12", "2026", "--03-01"]),
)
def test_every_span_is_exact_and_every_value_a_prefix(pieces: list[str], glue: str, published: str | None) -> None:
    text = glue.join(pieces)
    if not text.strip():
        return
    end = 0
    for mention in read(text, published):
        where = mention.evidence
        assert end <= where.start < where.end <= len(text)
        assert text[where.start : where.end].strip() == text[where.start : where.end] != ""
        assert valid(mention.value), mention
        assert mention.end is None or valid(mention.end), mention
        end = where.end


@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=8).map(" ".join), min_size=1, max_size=8), st.booleans())
def test_every_post_of_any_page_has_a_valid_reference_or_none(texts: list[str], bounded: bool) -> None:
    page = archive(*texts, fetched="2026-02-15" if bounded else None)
    assert len(page.reference) == len(page.year) == len(page.why) == len(page.layers) == len(texts)
    assert all(value is None or valid(value) for value in page.reference)
    assert all(page.why)


@pytest.mark.parametrize(
    "piece", ["13 ", "May ", "Jan. ", "Monday, ", "last ", "1-", "2026-", "the year ", "12 of ", "("]
)
def test_a_long_line_is_read_in_time_that_grows_with_its_length(piece: str) -> None:
    def cost(count: int) -> int:
        calls = 0
        text = piece * count
        for _ in dates._TOKEN.finditer(text):
            calls += 1
        return calls + len(dates._scan(text))

    assert cost(4000) <= 4.5 * cost(1000)
