"""Writes the digest: the record as a static site that needs no network, no server and no scripts.

Invariant: the same record gives the same files, byte for byte; nothing from the record reaches a page unescaped.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, Protocol

import jinja2
from markupsafe import Markup

from onrecord.digest import _draw, _words
from onrecord.digest._folder import Folder
from onrecord.digest._pages import (
    Entry,
    EventView,
    Item,
    Page,
    People,
    event_href,
    item,
    office_terms,
    office_words,
    person_href,
    said,
    show_layers,
    voice,
)
from onrecord.digest._shelf import Key, Shelf
from onrecord.gazetteer import fold
from onrecord.merge import outlet_key, page_name
from onrecord.model import Actor, Event, Extraction, Post, Reading, Telling, content_id

_POSTS = 20  # posts on an index page
_ROWS = 1000  # rows on a page of events or people
_MONTHS = 24  # months on a page of the timeline
_COLUMNS = 30  # columns of the overview before months become years
_SPOKEN = 200  # posts whose statements are shown on a person's page
_NAMED = 40  # posts listed under a source


class Record(Protocol):
    """What the digest asks of a record."""

    def extractions(self) -> Iterator[Extraction]: ...

    def events(self) -> list[Event]: ...

    def people(self) -> list[Actor]: ...

    def events_of(self, actor_id: str) -> Iterable[Event]: ...


def publish(record: Record, out: Path, *, title: str | None = None) -> int:
    """Writes the record as a site into the folder `out` and returns the number of pages.

    `out` must be new, empty, or a digest of before, which is replaced as a whole when the new one is complete;
    otherwise a `RecordError` says what to do.
    """
    with Folder(out) as folder, Shelf() as shelf:
        return _Site(record, folder, shelf, title or "On the record").write()


class _Source:
    """An outlet or body that posts name, with the posts of each relation."""

    def __init__(self) -> None:
        self.names: Counter[str] = Counter()
        self.posts: dict[str, list[Entry]] = {}

    @property
    def name(self) -> str:
        """The name that most posts use."""
        return min(self.names, key=lambda name: (-self.names[name], -len(name), name))

    def count(self, relation: str) -> int:
        return len(self.posts.get(relation, ()))

    @property
    def total(self) -> int:
        return sum(len(posts) for posts in self.posts.values())


class _Site:
    def __init__(self, record: Record, folder: Folder, shelf: Shelf, title: str) -> None:
        self._folder = folder
        self._shelf = shelf
        self._pages = 0
        script = _asset("filter.js")
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        self._jinja = _templates()
        self._jinja.globals.update(site=title, script=Markup(script), script_hash=f"sha256-{digest}")
        self._entries: dict[Key, Entry] = {}
        self._sources: dict[str, _Source] = {}
        self._said: dict[str, list[tuple[Key, int]]] = {}
        self._events = _newest_first(record.events())
        self._people = People(sorted(record.people(), key=lambda a: (fold(a.name), a.name, a.id)), record.events_of)
        self._told: dict[Key, list[tuple[Event, Telling]]] = {}
        for event in self._events:
            for telling in event.tellings:
                self._told.setdefault((telling.document_id, telling.post), []).append((event, telling))
        for extraction in record.extractions():
            self._take(extraction)
        self._order = sorted(self._entries.values(), key=lambda e: (e.page.name, *e.key))
        self._order.sort(key=lambda e: e.order, reverse=True)
        self._event_page: dict[str, str] = {}
        self._month_page: dict[str, str] = {}

    # ---------------------------------------------------------------- reading the record

    def _take(self, extraction: Extraction) -> None:
        document = extraction.document
        document_id = document.id
        page = Page(
            document.name, _words.safe_link(document.url), document.publisher, document.published,
            page_name(document.name, document.url, document.publisher), len(extraction.posts),
        )  # fmt: skip
        taken: list[Entry] = []
        for post, reading in zip(extraction.posts, extraction.readings, strict=True):
            key = (document_id, post.index)
            self._shelf.put(key, post, reading)
            entry = Entry(
                key, content_id("post", document_id, post.index), _title(post), post.published,
                _news(post, reading), page, post.truncated,
            )  # fmt: skip
            self._entries[key] = entry
            taken.append(entry)
            self._take_sources(entry, post, reading)
            for number, statement in enumerate(reading.statements):
                if actor := self._people.of_post(statement.speaker, key):
                    self._said.setdefault(actor.id, []).append((key, number))
        _set_order(taken)

    def _take_sources(self, entry: Entry, post: Post, reading: Reading) -> None:
        named = [(source.name, str(source.relation)) for source in reading.sources]
        known = {outlet_key(name) for name, _ in named}
        for layer in post.layers:
            by = voice(layer)
            if layer.kind == "report" and by and outlet_key(by) not in known:
                named.append((by, "translated" if layer.translator else "republished"))
        if entry.page.publisher:
            named.append((entry.page.publisher, "publisher"))
        for name, relation in dict.fromkeys(named):
            source = self._sources.setdefault(outlet_key(name), _Source())
            source.names[name] += 1
            posts = source.posts.setdefault(relation, [])
            if not posts or posts[-1] is not entry:
                posts.append(entry)

    # ---------------------------------------------------------------- writing the site

    def write(self) -> int:
        self._folder.write("style.css", _asset("style.css"))
        self._event_pages()
        self._timeline_pages()
        self._index_pages()
        self._post_pages()
        self._person_pages()
        self._source_page()
        return self._pages

    def _page(self, template: str, name: str, **values: Any) -> None:
        root = "../" if "/" in name else ""
        self._folder.write(name, self._jinja.get_template(template).render(root=root, name=name, **values))
        self._pages += 1

    def _event_pages(self) -> None:
        chunks = [self._events[i : i + _ROWS] for i in range(0, len(self._events), _ROWS)] or [[]]
        names = _numbered("events", len(chunks))
        for name, chunk in zip(names, chunks, strict=True):
            for event in chunk:
                self._event_page.setdefault(_group(event), name)
        for number, (name, chunk) in enumerate(zip(names, chunks, strict=True)):
            groups: dict[str, list[Event]] = {}
            for event in chunk:
                groups.setdefault(_group(event), []).append(event)
            types = _draw.lanes(event.type for event in chunk)
            self._page(
                "events.html", name, groups=groups, types=types, names=names, number=number, total=len(self._events),
                people=self._people, here="events",
            )  # fmt: skip

    def _timeline_pages(self) -> None:
        groups: dict[str, list[Event]] = {}
        for event in self._events:
            if group := _group(event):
                groups.setdefault(group, []).append(event)
        values = list(groups)
        chunks = [values[i : i + _MONTHS] for i in range(0, len(values), _MONTHS)] or [[]]
        names = _numbered("timeline", len(chunks))
        for name, chunk in zip(names, chunks, strict=True):
            for value in chunk:
                self._month_page[value] = name
        columns = self._columns(groups)
        overview = _draw.overview(columns) if len(columns) > 1 else None
        undated = len(self._events) - sum(len(events) for events in groups.values())
        for number, (name, chunk) in enumerate(zip(names, chunks, strict=True)):
            panels = [
                (value, len(groups[value]), _draw.panel(value, groups[value], event_href, self._list_href(value)))
                for value in chunk
            ]
            self._page(
                "timeline.html", name, overview=overview, panels=panels, names=names, number=number,
                undated=undated, list_href=self._list_href, undated_href=self._list_href(""), here="timeline",
            )  # fmt: skip

    def _list_href(self, group: str) -> str:
        page = self._event_page.get(group, "events.html")
        return f"{page}#{group_anchor(group)}" if group in self._event_page else page

    def _columns(self, groups: dict[str, list[Event]]) -> list[_draw.Column]:
        months = sorted(value for value in groups if len(value) == 7)
        years = sorted({value[:4] for value in groups})
        by_year = len(months) > _COLUMNS or not months
        columns = []
        for value in (years if by_year else months)[-_COLUMNS:]:
            inside = [group for group in groups if group.startswith(value)]
            counts = Counter(event.type for group in inside for event in groups[group])
            target = max(inside)
            href = f"{self._month_page[target]}#{group_anchor(target)}"
            columns.append(_draw.Column(value, dict(counts), href))
        return columns

    def _index_pages(self) -> None:
        chunks = [self._order[i : i + _POSTS] for i in range(0, len(self._order), _POSTS)] or [[]]
        names = _numbered("index", len(chunks))
        strip = _draw.strip(self._events, event_href, "events.html")
        most = sorted(
            (e for e in self._events if len(e.tellings) > 1), key=lambda e: (-e.independent, -len(e.tellings))
        )
        independent = sum(1 for event in self._events if event.independent > 1)
        dates = sorted(e.news for e in self._order if e.news and _words.kind_of_date(e.news) == "day")
        stats = {
            "posts": len(self._order),
            "pages": len({entry.key[0] for entry in self._order}),
            "events": len(self._events),
            "tellings": sum(len(event.tellings) for event in self._events),
            "several": independent,
            "people": len(self._people.actors),
            "sources": len(self._sources),
            "first": dates[0] if dates else None,
            "last": dates[-1] if dates else None,
        }
        types = _draw.lanes(event.type for event in self._events)
        for number, (name, chunk) in enumerate(zip(names, chunks, strict=True)):
            items: list[Item] = []
            for entry in chunk:
                post = self._shelf.post(entry.key)
                assert post is not None
                items.append(item(entry, post))
            self._page(
                "index.html", name, items=items, names=names, number=number, strip=strip if number == 0 else None,
                stats=stats, most=most[:6], types=types, told=self._told_once, here="posts",
            )  # fmt: skip

    def _told_once(self, entry: Entry) -> list[Event]:
        """The events of a post, each once, what it reports as news first."""
        told = self._told.get(entry.key, ())
        focus = [event for event, telling in told if telling.claim.focus]
        return list({event.id: event for event in [*focus, *(event for event, _ in told)]}.values())

    def _post_pages(self) -> None:
        """The pages of the posts, and after each those of the events that it tells first: they need the same post."""
        first: dict[Key, list[Event]] = {}
        for event in self._events:
            key = (event.tellings[0].document_id, event.tellings[0].post) if event.tellings else ("", 0)
            first.setdefault(key if key in self._entries else ("", 0), []).append(event)
        self._event_rows(first.get(("", 0), ()))
        for number, entry in enumerate(self._order):
            post = self._shelf.post(entry.key)
            assert post is not None
            reading = self._shelf.reading(entry.key)
            told = self._told.get(entry.key, [])
            layers, heading = show_layers(post, entry, told, self._people, "../")
            people = [(person, person_href(self._people.of_post(person.name, entry.key))) for person in reading.people]
            groups: list[tuple[str, str | None, list[Any]]] = []
            for one in (said(statement, post, entry, self._people) for statement in reading.statements):
                if one and groups and groups[-1][0] == one.speaker:
                    groups[-1][2].append(one)
                elif one:
                    groups.append((one.speaker, one.speaker_href, [one]))
            self._page(
                "post.html", entry.href, entry=entry, post=post, layers=layers, heading=heading,
                events=self._told_once(entry), people=people, statements=groups,
                sources=list(dict.fromkeys((s.name, s.relation) for s in reading.sources)),
                link=_words.safe_link(post.link) or entry.page.url,
                newer=self._order[number - 1] if number else None,
                older=self._order[number + 1] if number + 1 < len(self._order) else None, here="posts",
            )  # fmt: skip
            self._event_rows(first.get(entry.key, ()))

    def _event_rows(self, events: Iterable[Event]) -> None:
        for event in events:
            view = EventView(event, self._entries, self._shelf, self._people)
            self._page("event.html", event_href(event.id), view=view, event=event, here="events")

    def _person_pages(self) -> None:
        attends: dict[str, list[Event]] = {}
        for event in self._events:
            found = (self._people.of_event(p.name, event) for p in event.participants if p.kind == "person")
            for actor_id in dict.fromkeys(actor.id for actor in found if actor):
                attends.setdefault(actor_id, []).append(event)
        actors = self._people.actors
        for actor in actors:
            spoken = _by_key(self._said.get(actor.id, ()))
            spoken.sort(key=lambda pair: (self._entries[pair[0]].order, self._entries[pair[0]].id), reverse=True)
            statements = []
            for key, group in spoken[:_SPOKEN]:
                post, entry = self._shelf.post(key), self._entries[key]
                assert post is not None
                reading = self._shelf.reading(key)
                shown = (said(reading.statements[n], post, entry, self._people) for n in group)
                statements.append((entry, [one for one in shown if one]))
            self._page(
                "person.html", person_href(actor) or "", actor=actor, events=attends.get(actor.id, []),
                terms=office_terms(actor, self._entries, self._shelf), drawing=_draw.terms(actor.name, actor.offices),
                statements=statements, more=max(len(spoken) - _SPOKEN, 0), here="people",
            )  # fmt: skip
        chunks = [actors[i : i + _ROWS] for i in range(0, len(actors), _ROWS)] or [[]]
        names = _numbered("people", len(chunks))
        for number, (name, chunk) in enumerate(zip(names, chunks, strict=True)):
            letters: dict[str, list[Actor]] = {}
            for actor in chunk:
                letters.setdefault(_letter(actor.name), []).append(actor)
            self._page(
                "people.html", name, letters=letters, names=names, number=number, total=len(actors),
                events={a.id: len(attends.get(a.id, ())) for a in chunk},
                said={a.id: len(self._said.get(a.id, ())) for a in chunk}, here="people",
            )  # fmt: skip

    def _source_page(self) -> None:
        sources = sorted(self._sources.values(), key=lambda s: (-s.total, fold(s.name), s.name))
        for source in sources:
            for posts in source.posts.values():
                posts.sort(key=lambda e: (e.order, e.id), reverse=True)
        self._page("sources.html", "sources.html", sources=sources, most=_NAMED, here="sources")


def group_anchor(group: str) -> str:
    return f"m-{group or 'undated'}"


def _by_key(said: Sequence[tuple[Key, int]]) -> list[tuple[Key, list[int]]]:
    groups: dict[Key, list[int]] = {}
    for key, number in said:
        groups.setdefault(key, []).append(number)
    return list(groups.items())


def _letter(name: str) -> str:
    first = fold(name)[:1].upper()
    return first if first.isalpha() else "#"


def _newest_first(events: Iterable[Event]) -> list[Event]:
    """By date, newest first; one without a day follows those of its month, one without a month those of its year."""
    out = sorted(events, key=lambda e: e.id)
    out.sort(key=lambda e: (e.date or "") if _words.kind_of_date(e.date) else "", reverse=True)
    return out


def _group(event: Event) -> str:
    """The month an event is listed under (`2026-02`), or the year if no month is known, or empty."""
    kind = _words.kind_of_date(event.date)
    return (event.date or "")[: 4 if kind == "year" else 7] if kind else ""


def _set_order(posts: list[Entry]) -> None:
    """Sets by which day each post of a page is put among those of other pages.

    A post's own date counts. Where a page gives none, it lies no earlier than the news of any post below it: an archive
    page runs from new to old. That holds only if most neighbours do run so; on other pages the day of the news counts.
    """
    dated = [e.news for e in posts if e.news and _words.kind_of_date(e.news) == "day"]
    falling = sum(a >= b for a, b in itertools.pairwise(dated)) * 2 >= len(dated) - 1
    latest = ""
    for entry in reversed(posts):
        if entry.published:
            entry.order = entry.published
        else:
            news = entry.news if entry.news and _words.kind_of_date(entry.news) else ""
            own = news or (entry.page.published or "" if len(posts) == 1 else "")
            entry.order = max(own, latest) if falling or not own else own
        if falling or not latest:
            latest = max(latest, entry.order)


def _news(post: Post, reading: Reading) -> str | None:
    """The day of the post's main news; failing that, the day on which its republished text is dated."""
    if reading.date:
        return reading.date.value
    return next((layer.original_date for layer in post.layers if layer.original_date), None)


def _title(post: Post) -> str:
    if post.title.strip():
        return post.title.strip()
    text = next((layer.text for layer in post.layers if layer.text.strip()), "")
    return _words.excerpt(text, 80) or "Untitled"


def _numbered(stem: str, count: int) -> list[str]:
    return [f"{stem}.html", *(f"{stem}-{n}.html" for n in range(2, count + 1))]


def _asset(name: str) -> str:
    return (resources.files("onrecord.digest") / "templates" / name).read_text(encoding="utf-8")


def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_asset),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(
        time=_words.time,
        type_word=_words.type_word,
        type_class=_words.type_class,
        mode_word=_words.mode_word,
        what=_words.what,
        event_title=_words.event_title,
        event_title_html=_words.event_title_html,
        event_names_html=_words.event_names_html,
        event_href=event_href,
        person_href=person_href,
        office_words=office_words,
        country=_words.country,
        group_anchor=group_anchor,
    )
    environment.filters.update(flat=_words.flat, date_words=_words.date_words, excerpt=_words.excerpt, count=_counted)
    return environment


def _counted(number: int, one: str, many: str = "") -> str:
    """`3|count("post")` is "3 posts"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
