"""A page's paragraphs to posts: where each begins, what it is called, and whether it is cut off.

A page is an archive if it shows the marks of one: cut-off markers, date lines and comment counts that recur, or the
same opening (a dateline, a number) under title after title. Otherwise it is one post, and its short lines are subheads.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from onrecord.split._credits import dateline, notice
from onrecord.split._lines import Line, is_head

# A title stands within this many paragraphs of the lines about its post.
_NEAR = 4
_LONG = 400


@dataclass(frozen=True, slots=True)
class Section:
    """One post as paragraphs: `title` is the index of its title line or None; `body` those of its text, in order."""

    title: int | None
    body: tuple[int, ...]
    truncated: bool
    published: str | None = None
    byline: str | None = None
    categories: tuple[str, ...] = ()
    weekday: int | None = None
    link: str | None = None


def sections(lines: Sequence[Line], *, title: str | None = None) -> list[Section]:
    """The posts of a page. A `title` that its source gives says that it is one article."""
    single = bool(title)
    if not single and (marked := [i for i, line in enumerate(lines) if line.marked]):
        return _cut(lines, marked, layout="below")
    if not single and (messages := [i for i, line in enumerate(lines) if line.message]):
        return _channel(lines, messages)
    starts = [] if single else _starts(lines)
    if len(starts) < 2:
        return [_single(lines, starts[0] if starts else None, title)] if lines else []
    return _cut(lines, starts)


def _channel(lines: Sequence[Line], headers: Sequence[int]) -> list[Section]:
    """The messages of a channel saved as text: each goes from its header to the next; none has a title."""
    out: list[Section] = []
    for start, end in itertools.pairwise([*headers, len(lines)]):
        within = range(start + 1, end)
        body = [i for i in within if lines[i].kind not in ("meta", "chrome", "marker")]
        body = _without_footer(lines, body, last=end == len(lines))
        header = lines[start]
        cut_off = any(lines[i].kind == "marker" for i in within) or any(lines[i].cut is not None for i in body[-1:])
        categories = tuple(dict.fromkeys(c for i in within if lines[i].kind == "meta" for c in lines[i].categories))
        if body:
            out.append(Section(None, tuple(body), cut_off, header.date, header.byline, categories, header.weekday))
    return out


def _fold(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _caps(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return bool(letters) and all(not c.islower() for c in letters) and any(c.isupper() for c in letters)


def _text_follows(lines: Sequence[Line], at: int) -> bool:
    """True if running text comes after `at` before another title-like line does."""
    for line in lines[at + 1 : at + 1 + _NEAR]:
        if line.kind == "text":
            return True
        if line.kind == "head" and len(line.text) < 160:
            return False
        if line.kind == "marker":
            return True
    return False


def _titleable(line: Line) -> bool:
    return line.kind == "head" or (
        line.kind in ("text", "caption")
        and line.cut is not None
        and is_head(line.text[: line.cut].rstrip(" .…"))
        and len(line.text) < 140
    )


def _starts(lines: Sequence[Line]) -> list[int]:
    """The indices of the lines that are titles of posts."""
    rows = [i for i, line in enumerate(lines) if line.row]
    if rows:
        return rows
    by_title = _titles_named_by_markers(lines)
    layout = _meta_layout(lines)
    after_end: set[int] = set()
    markers = [i for i, line in enumerate(lines) if line.kind == "marker"]
    ends = [i for i, line in enumerate(lines) if _ends_post(line)]
    for end in ends:
        start = _next_title(lines, end)
        if start is not None and _text_follows(lines, start):
            after_end.add(start)
    by_meta = _titles_by_meta(lines, layout)
    strong = by_title | by_meta
    if len(strong) < 2 and len(markers) + sum(line.cut is not None for line in lines) < 2:
        if len(after_end) < 2:
            return _by_shape(lines)
        strong |= after_end
    metas = sum(1 for i in by_title | after_end if i in by_meta)
    # Where every post has its own date line, a title without one is a subhead or a report's headline.
    dated = (
        len(by_meta) >= 2
        and (not by_title or metas >= 0.7 * len(by_title))
        and len(by_meta) >= 0.5 * max(len(after_end), 1)
    )
    candidates = set(strong)
    if not dated:
        known = sorted(candidates)
        candidates |= {i for i in after_end if not _report_head(lines, i, _last(known, i), markers)}
        first = _next_title(lines, -1)
        if first is not None and (_text_follows(lines, first)):
            candidates.add(first)
        candidates |= _unmarked(lines, candidates, markers)
    else:
        # A title with nothing under it but its marker, between two other posts.
        candidates |= {i for i in after_end if i + 1 < len(lines) and lines[i + 1].kind == "marker"}
        # Where a line with the count of comments closes every post, what follows it is a title: the second of a day.
        closing = [i for i in ends if lines[i].kind == "meta"]
        after = {k for i in closing if (k := _next_title(lines, i)) is not None}
        if len(by_meta & after) >= 0.6 * (len(by_meta) - 1):
            candidates |= {i for i in after if _text_follows(lines, i)}
    return sorted(candidates)


def _last(places: Sequence[int], before: int) -> int | None:
    """The last of sorted `places` that stands before `before`."""
    at = bisect_left(places, before)
    return places[at - 1] if at else None


def _ends_post(line: Line) -> bool:
    return (
        line.kind == "marker" or (line.kind == "meta" and line.counts) or (line.kind == "text" and line.cut is not None)
    )


def _next_title(lines: Sequence[Line], after: int) -> int | None:
    for i in range(after + 1, min(after + 1 + 3 * _NEAR, len(lines))):
        if lines[i].kind == "head":
            return i
        if lines[i].kind == "text":
            return i if _titleable(lines[i]) else None
    return None


def _titles_named_by_markers(lines: Sequence[Line]) -> set[int]:
    """Title lines that a marker names: "Continue reading TITLE". The nearest one above, else the nearest below."""
    places: dict[str, list[int]] = {}
    for i, line in enumerate(lines):
        if line.kind in ("head", "text") and len(line.text) < 260:
            places.setdefault(_fold(line.text), []).append(i)
    found: set[int] = set()
    previous = -1
    for i, line in enumerate(lines):
        if line.kind != "marker" or not line.title:
            continue
        name = _fold(line.title)
        same = places.get(name, [])
        first = bisect_right(same, previous)
        # A republished report may repeat the title; the post's own is the first since the marker before.
        if first < len(same):
            found.add(same[first])
        else:
            near = [k for k in range(previous + 1, i) if lines[k].kind == "head"]
            best = max(near, key=lambda k: (_alike(_fold(lines[k].text), name), -k), default=None)
            if best is not None and _alike(_fold(lines[best].text), name) >= 85:
                found.add(best)
        previous = i
    return found


def _alike(a: str, b: str) -> float:
    """0 to 100; a marker may name a title cut short."""
    if min(len(a), len(b)) >= 15 and (a.startswith(b) or b.startswith(a)):
        return 100.0
    return float(fuzz.ratio(a, b))


def _meta_layout(lines: Sequence[Line]) -> str:
    """Whether a page's date lines stand `above` or `below` their titles."""
    above = below = both = 0
    last: int | None = None
    dates = any(line.kind == "meta" and line.date for line in lines)
    for i, line in enumerate(lines):
        if line.kind != "meta" or not (line.date or (line.byline and not dates)):
            continue
        before = _neighbour(lines, i, -1)
        after = _neighbour(lines, i, 1)
        last = after
        heads = before is not None and after is not None and lines[before].kind == lines[after].kind == "head"
        both += heads and after is not None and _bare_title(lines, after)
        if before is not None and lines[before].kind == "head":
            below += 1
        if after is not None and lines[after].kind == "head" and (before is None or lines[before].kind != "head"):
            above += 1
    # Titles and dates alone, by turns: the page ends with the one that comes second.
    if both and both >= 0.6 * (above + below):
        return "above" if last is not None and lines[last].kind == "head" else "below"
    return "above" if above > below else "below"


def _neighbour(lines: Sequence[Line], at: int, step: int) -> int | None:
    """The nearest line above (-1) or below (1) that is no line about a post and no caption, if it is near."""
    for i in range(at + step, at + step * 3 * _NEAR, step):
        if not 0 <= i < len(lines):
            return None
        if lines[i].kind not in ("meta", "caption"):
            return i
    return None


def _titles_by_meta(lines: Sequence[Line], layout: str) -> set[int]:
    found: set[int] = set()
    for i, line in enumerate(lines):
        if line.kind != "meta" or not (line.date or line.byline):
            continue
        near = _neighbour(lines, i, 1 if layout == "above" else -1)
        if near is None or abs(near - i) > _NEAR or not _titleable(lines[near]):
            continue
        carries = _bare_title(lines, near) or _text_follows(lines, near) or _has_marker_soon(lines, near)
        if layout == "below" or carries:
            found.add(near)
    return found


def _bare_title(lines: Sequence[Line], at: int) -> bool:
    """True if a title has no text under it: the date of the next follows, or the page ends."""
    if at + 1 == len(lines):
        return True
    return lines[at + 1].kind == "chrome" or (lines[at + 1].kind == "meta" and lines[at + 1].date is not None)


def _has_marker_soon(lines: Sequence[Line], at: int) -> bool:
    return any(line.kind in ("marker", "text") for line in lines[at + 1 : at + 1 + _NEAR])


def _report_head(lines: Sequence[Line], at: int, title: int | None, markers: Sequence[int]) -> bool:
    """True if a title-like line opens a republished report: it follows a credit, or repeats the post's title.

    `title` is the place of the last title above it, `markers` are the places of the cut-off markers.
    """
    before = at - 1
    while before >= 0 and lines[before].kind in ("caption", "chrome"):
        before -= 1
    if before < 0:
        return False
    line = lines[before]
    if line.kind in ("text", "head") and (said := notice(line.text)) and (said.opens or said.announces or said.label):
        return True
    if line.kind == "text" and line.text.rstrip().endswith(":"):
        return True
    if title is None or (_last(markers, at) or -1) >= title:
        return False
    if _alike(_fold(lines[title].text), _fold(lines[at].text)) >= 92:
        return True
    # A note that announced a report further up, and a headline with a dateline under it: the report.
    announced = any(
        (said := notice(lines[k].text)) and said.announces
        for k in range(max(title, at - 12), at)
        if lines[k].kind == "text"
    )
    following = _neighbour(lines, at, 1)
    return bool(announced and following is not None and dateline(lines[following].text))


def _unmarked(lines: Sequence[Line], titles: set[int], markers: Sequence[int]) -> set[int]:
    """Titles of posts that neither a marker nor a date line points to, on a page whose other titles are known."""
    if not titles:
        return set()
    known = [lines[i].text for i in sorted(titles)]
    caps = sum(_caps(t) for t in known) > 0.5 * len(known)
    numbered = sum(bool(re.match(r"\d{1,3}[.)]\s", t)) for t in known) > 0.5 * len(known)
    words = sorted(len(t.split()) for t in known)
    least = max(2, words[0] // 2) if words else 2
    found: set[int] = set()
    latest: int | None = None
    for i, line in enumerate(lines):
        if i - 1 in titles or i - 1 in found:
            latest = i - 1
        if line.kind != "head" or i in titles or not line.gap:
            continue
        if _caps(line.text) != caps or (numbered and not re.match(r"\d{1,3}[.)]\s", line.text)):
            continue
        if len(line.text.split()) < least and not _cjk(line.text):
            continue
        if not _text_follows(lines, i) or _report_head(lines, i, latest, markers):
            continue
        before = i - 1
        while before >= 0 and lines[before].kind in ("chrome", "meta"):
            before -= 1
        if before >= 0 and lines[before].kind == "head" and (before in titles or before in found):
            # A second short line under a title is its deck.
            continue
        following = next((k for k in range(i + 1, min(i + 4, len(lines))) if lines[k].kind == "text"), None)
        if following is None or (len(lines[following].text) < 60 and not _cjk(lines[following].text)):
            continue
        found.add(i)
    return found


def _cjk(text: str) -> bool:
    return any("\u3040" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7af" for c in text)


def _by_shape(lines: Sequence[Line]) -> list[int]:
    """Posts on a page without markers and date lines: title after title, each opening as news does."""
    if (blocks := _by_blocks(lines)) is not None:
        return blocks
    candidates = [
        i
        for i, line in enumerate(lines)
        if line.kind == "head"
        and line.gap
        and _text_follows(lines, i)
        and not _report_head(lines, i, None, ())
        and not _ASKED.match(line.text)
    ]
    if len(candidates) < 2 or _all_announced(lines, candidates):
        return []
    numbers = [re.match(r"(\d{1,4})[.)]\s", lines[i].text) for i in candidates]
    numbered = [i for i, number in zip(candidates, numbers, strict=True) if number]
    pool = numbered if len(numbered) >= 2 and len(numbered) >= 0.5 * len(candidates) else candidates
    if pool is candidates:
        caps = [i for i in candidates if _caps(lines[i].text)]
        # Titles in capitals among others in small letters, or the reverse: the longer kind are the titles.
        others = [i for i in candidates if not _caps(lines[i].text)]
        if caps and others:
            pool = caps if _mean_words(lines, caps) > _mean_words(lines, others) else others
    news = [i for i in pool if _opens_as_news(lines, i)]
    long = [i for i in pool if len(lines[i].text.split()) >= 5 or _cjk(lines[i].text)]
    if pool is numbered and len(news) >= 2 and len(long) >= 0.7 * len(pool):
        return pool
    if len(news) >= 2 and len(news) >= 0.6 * len(pool) and len(long) >= 0.5 * len(pool):
        return pool
    return news if len(news) >= 3 and len(long) >= 0.5 * len(pool) else []


# What is asked in an interview or a briefing: "Q: ...", "Amara: Sir, is it true that ...?"
_ASKED = re.compile(
    r"(?:(?:Q|A|Question|Answer)\s*\d{0,2}\s*(?:\([^()\n]{1,50}\)\s*)?[:.]\s|\w[\w.'’-]*(?:\s\w[\w.'’-]*){0,3}\s*(?:\([^()\n]{1,50}\)\s*)?:\s.*\?\W*$)",
    re.I | re.S,
)
_FOLLOWS = re.compile(
    r"\bwe\s+(?:\w+\s+){0,3}?(?:re-?)?(?:publish|print|produce|carry|carries|give|run|post|share)\b|\bbelow\b|\bfollows?\b",
    re.I,
)
_REPORTS = 4  # that one note announces at most


def _all_announced(lines: Sequence[Line], titles: Sequence[int]) -> bool:
    """True for one post: a note of the page's own that says what follows, then nothing but reports with datelines."""
    if len(titles) > _REPORTS + 1:
        return False
    note = [line for line in lines[titles[0] + 1 : titles[1]] if line.kind == "text"]
    if not note or dateline(note[0].text) or not any(_FOLLOWS.search(line.text) for line in note[:3]):
        return False
    firsts = [_neighbour(lines, i, 1) for i in titles[1:]]
    return all(k is not None and dateline(lines[k].text) for k in firsts)


def _by_blocks(lines: Sequence[Line]) -> list[int] | None:
    """Posts whose titles stand right on their texts while an empty line parts all else; None if the page is not so.

    The subheads of one text may be set so too, but they are shorter than titles and not the first line of the page.
    """
    first = next((i for i, line in enumerate(lines) if line.kind not in ("chrome", "meta", "caption")), None)
    tight = [i for i in range(1, len(lines)) if not lines[i].gap and lines[i].kind == "text"]
    titles = [i - 1 for i in tight if lines[i - 1].kind == "head" and lines[i - 1].gap]
    if len(titles) < 2 or first is None or titles[0] - first > 2 or len(titles) < 0.8 * len(tight):
        return None
    chosen = set(titles)
    loose = [i for i, line in enumerate(lines) if line.kind == "head" and line.gap and i not in chosen]
    long = [i for i in titles if len(lines[i].text.split()) >= 4 or _cjk(lines[i].text)]
    listed = sum(bool(_LISTED.match(lines[i].text)) for i in titles)
    if len(long) < 0.7 * len(titles) or listed > 0.3 * len(titles) or len(loose) > len(titles):
        return None
    news = sum(_opens_as_news(lines, i) for i in titles)
    return titles if news or len(titles) >= 4 else None


_LISTED = re.compile(
    r"(?:[IVXL]{1,5}|[A-H]|\d{1,2}\.\d{1,2}|(?:Article|Chapter|Section|Annex|Part)\s+\w+)\b[.):]?\s", re.I
)


def _mean_words(lines: Sequence[Line], group: Sequence[int]) -> float:
    return sum(len(lines[i].text.split()) for i in group) / len(group)


def _opens_as_news(lines: Sequence[Line], at: int) -> bool:
    following = next((k for k in range(at + 1, min(at + 1 + _NEAR, len(lines))) if lines[k].kind == "text"), None)
    if following is None:
        return False
    text = lines[following].text
    if dateline(text):
        return True
    sentence = text[:400]
    return bool(_DATED.search(sentence) or _RECENT.search(sentence))


_MONTHS = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_DATED = re.compile(rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTHS}|{_MONTHS}\.?\s+\d{{1,2}})\b")
_RECENT = re.compile(r"\b(?:today|yesterday|(?:on|this|last)\s+(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b", re.I)


_TITLE_WORDS = 5  # that a line has at least which is the title though other short lines stand between it and the text


def _first_of_heads(lines: Sequence[Line], last: int) -> int:
    """The title among the short lines that end at `last`: the first that is long enough not to be furniture."""
    start = last
    while start > 0 and lines[start - 1].kind == "head":
        start -= 1
    return next((i for i in range(start, last) if len(lines[i].text.split()) >= _TITLE_WORDS), last)


def _single(lines: Sequence[Line], start: int | None, given: str | None) -> Section:
    title: int | None = start
    meta: list[Line] = []
    if given:
        # The text may repeat the title that its source gives; no other line of it is one.
        wanted = _fold(given)
        title = next(
            (i for i, line in enumerate(lines[:8]) if line.marked or _alike(_fold(line.text[:_LONG]), wanted) >= 85),
            None,
        )
    elif title is None:
        for i, line in enumerate(lines[:8]):
            if line.kind == "head" and _text_follows(lines, i):
                title = _first_of_heads(lines, i)
                break
            if line.kind == "text":
                break
    body = []
    truncated = False
    first = title + 1 if title is not None and not given else 0
    seen_text = False
    for i in range(len(lines)):
        line = lines[i]
        if line.kind == "meta" and not (seen_text and line.date is None and not line.counts):
            meta.append(line)
            # "Novi Breg, 12 March 2026" under a text belongs to its signature.
            if not (seen_text and line.loose):
                continue
        if i < first or i == title:
            continue
        if line.kind == "marker":
            truncated = truncated or seen_text
            continue
        if line.kind == "chrome":
            continue
        seen_text = seen_text or line.kind == "text"
        body.append(i)
    truncated = truncated or bool(body and lines[body[-1]].cut is not None)
    return Section(
        title,
        tuple(body),
        truncated,
        next((m.date for m in meta if m.date), None),
        next((m.byline for m in meta if m.byline), None),
        tuple(c for m in meta for c in m.categories),
        next((m.weekday for m in meta if m.date), None),
    )


def _cut(lines: Sequence[Line], starts: list[int], *, layout: str | None = None) -> list[Section]:
    layout = layout or _meta_layout(lines)
    title_set = set(starts)
    bounds: list[int] = []
    for start in starts:
        # Date lines, categories and photographs above a title belong to it where the page puts them there.
        begin = start
        if layout == "above":
            while begin > 0 and lines[begin - 1].kind in ("meta", "caption", "chrome") and not lines[begin - 1].counts:
                begin -= 1
                if lines[begin].date:
                    break
            else:
                begin = start
                while begin > 0 and lines[begin - 1].kind == "caption":
                    begin -= 1
        bounds.append(begin)
    bounds.append(len(lines))
    before = _markers_before(lines, starts)
    day: tuple[str | None, int | None] = (None, None)
    out: list[Section] = []
    for number, start in enumerate(starts):
        begin, end = bounds[number], bounds[number + 1]
        meta: list[Line] = []
        body: list[int] = []
        truncated = told = False
        for i in range(begin, end):
            line = lines[i]
            if i == start or i in title_set:
                continue
            if line.kind == "meta" and not (line.loose and told):
                meta.append(line)
            elif line.kind == "marker":
                truncated = truncated or not before
            elif line.kind == "head" and not told and _beside_meta(lines, i):
                meta.append(replace(line, categories=(line.text,)))
            elif line.kind != "chrome":
                body.append(i)
                told = told or line.kind == "text"
        body = _without_footer(lines, body, last=number == len(starts) - 1)
        truncated = truncated or any(lines[i].cut is not None and lines[i].kind != "caption" for i in body[-1:])
        if before:
            truncated = truncated or any(lines[i].kind == "marker" for i in range(max(bounds[number] - 2, 0), start))
        own = next(((m.date, m.weekday) for m in meta if m.date), None)
        # A date that stands above a title counts for the titles below it that have none.
        day = own or (day if layout == "above" else (None, None))
        out.append(
            Section(
                start,
                tuple(body),
                truncated,
                day[0],
                next((m.byline for m in meta if m.byline), None),
                tuple(dict.fromkeys(c for m in meta for c in m.categories)),
                day[1],
                lines[start].link,
            )
        )
    return out


def _beside_meta(lines: Sequence[Line], at: int) -> bool:
    """True if a short line stands in one block with a date line or a comment count: the sections of the post."""
    if len(lines[at].text) > 90:
        return False
    above = at > 0 and not lines[at].gap and lines[at - 1].kind == "meta"
    below = at + 1 < len(lines) and not lines[at + 1].gap and lines[at + 1].kind == "meta"
    return above or below


def _markers_before(lines: Sequence[Line], starts: list[int]) -> bool:
    """True if the page puts its markers above the titles: one before the first title, none after the last post."""
    markers = [i for i, line in enumerate(lines) if line.kind == "marker" and not line.title]
    if len(markers) < 2 or markers[0] > starts[0]:
        return False
    return starts[0] - markers[0] <= 2 and not any(i > starts[-1] for i in markers)


def _without_footer(lines: Sequence[Line], body: list[int], *, last: bool) -> list[int]:
    """The body without the short lines that a page's own furniture leaves at its end."""
    if not last:
        return body
    # After page numbers or a copyright line nothing belongs to the post.
    texts = [n for n, i in enumerate(body) if lines[i].kind == "text" and len(lines[i].text) > 120]
    for position in range(texts[-1] + 1 if texts else 1, len(body)):
        i = body[position]
        between = range(body[position - 1] + 1, i) if position else range(0)
        if lines[i].kind == "head" and any(lines[k].kind == "chrome" for k in between):
            return body[:position]
    return body
