"""Reads a written site as a strict browser would, and tells everything that is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_VOID = {"meta", "link", "br", "hr", "img", "input", "wbr"}
# Elements that may not hold blocks, and the blocks.
_PHRASING = {"p", "h1", "h2", "h3", "span", "a", "b", "bdi", "mark", "time", "summary", "label"}
_BLOCKS = {"p", "h1", "h2", "h3", "ul", "ol", "li", "div", "section", "article", "table", "blockquote", "dl", "footer"}
_PARENTS = {
    "li": {"ul", "ol"},
    "tr": {"tbody", "thead"},
    "td": {"tr"},
    "th": {"tr"},
    "dt": {"div", "dl"},
    "dd": {"div", "dl"},
    "summary": {"details"},
    "tbody": {"table"},
    "thead": {"table"},
}


@dataclass
class Page(HTMLParser):
    """One page, parsed: its ids, links, resources, text and faults."""

    path: Path
    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    resources: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    refers: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    stack: list[str] = field(default_factory=list)
    policy: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self.raw = self.path.read_bytes().decode("utf-8")
        self.feed(self.raw)
        self.close()
        if self.stack:
            self.faults.append(f"not closed: {self.stack}")
        for one in sorted({i for i in self.ids if self.ids.count(i) > 1}):
            self.faults.append(f"id twice: {one}")
        for one in self.refers:
            if one not in self.ids:
                self.faults.append(f"refers to no id: {one}")

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if len(values) != len(attrs):
            self.faults.append(f"attribute twice in <{tag}>")
        for name, value in attrs:
            if name.startswith("on") or name == "style":
                self.faults.append(f"attribute {name} in <{tag}>")
            if value is None and name != "hidden":
                self.faults.append(f"attribute {name} without value in <{tag}>")
        if values.get("id"):
            self.ids.append(values["id"] or "")
        for name in ("aria-labelledby", "aria-describedby", "for"):
            self.refers += (values.get(name) or "").split()
        if tag == "a" and "href" in values:
            self.links.append(values["href"] or "")
            if "a" in self.stack:
                self.faults.append("a link in a link")
        if tag in ("link", "script", "img", "iframe", "image", "use", "object", "embed", "video", "audio", "source"):
            if address := values.get("src") or values.get("href") or values.get("data"):
                self.resources.append(address)
            if tag not in ("link", "script"):
                self.faults.append(f"<{tag}> is not used")
        if tag == "meta" and values.get("http-equiv") == "Content-Security-Policy":
            self.policy = values["content"] or ""
        if tag in _PARENTS and (not self.stack or self.stack[-1] not in _PARENTS[tag]):
            self.faults.append(f"<{tag}> in {self.stack[-1:]}")
        if tag in _BLOCKS and "svg" not in self.stack and any(one in _PHRASING for one in self.stack[-1:]):
            self.faults.append(f"block <{tag}> in <{self.stack[-1]}>")
        if tag in ("mark",):
            self.marks.append("")
        if tag not in _VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            if "svg" not in self.stack:
                self.faults.append(f"<{tag}/> outside of a picture")
            self.stack.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.stack or self.stack[-1] != tag:
            self.faults.append(f"</{tag}> closes {self.stack[-1:]}")
        else:
            self.stack.pop()

    def handle_data(self, data: str) -> None:
        if self.stack and self.stack[-1] in ("script", "style"):
            return
        self.texts.append(data)
        if "mark" in self.stack:
            self.marks[-1] += data


def crawl(out: Path) -> dict[str, Page]:
    """All pages of a site by path, checked: faults is empty on each if the site is sound."""
    pages = {path.relative_to(out).as_posix(): Page(path) for path in sorted(out.rglob("*.html"))}
    reached = {"index.html"}
    queue = ["index.html"]
    while queue:
        name = queue.pop()
        page = pages[name]
        for link in [*page.links, *page.resources]:
            parts = urlsplit(link)
            if parts.scheme == "data" and link in page.resources:
                continue
            if parts.scheme:
                if parts.scheme not in ("http", "https") or link in page.resources:
                    page.faults.append(f"forbidden address: {link}")
                continue
            if parts.path.startswith("/"):
                page.faults.append(f"address from the root: {link}")
                continue
            target = page.path if not parts.path else (page.path.parent / unquote(parts.path)).resolve()
            if not target.is_file():
                page.faults.append(f"leads nowhere: {link}")
                continue
            there = target.relative_to(out.resolve()).as_posix() if parts.path else name
            if parts.fragment and parts.fragment not in pages[there].ids:
                page.faults.append(f"no such place: {link}")
            if there in pages and there not in reached:
                reached.add(there)
                queue.append(there)
    for name in sorted(set(pages) - reached):
        pages[name].faults.append("no page leads here")
    return pages


def faults(out: Path) -> list[str]:
    return [f"{name}: {fault}" for name, page in crawl(out).items() for fault in page.faults]
