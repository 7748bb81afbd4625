"""The posts of a listing: an archive, a blog's front page, a ministry's table of communiqués, a list of links.

A listing is told by what recurs: elements of one make, each with a title, that hold most of the page's text. What the
markup says (`<article>`, `hentry`, microdata) is asked first, then the shape of the page alone.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from onrecord.sources.html._blocks import Block, Link, blocks, hidden
from onrecord.sources.html._markup import Markup, day
from onrecord.sources.html._tree import squeeze, words_of

_FRAME_TAGS = {"nav", "footer", "aside"}
_FRAME_ROLES = {"navigation", "complementary", "contentinfo", "search", "banner", "menu", "menubar", "dialog"}
_FRAME = {
    "sidebar", "nav", "navbar", "navigation", "menu", "footer", "breadcrumb", "breadcrumbs", "comments", "respond",
    "sharedaddy", "share", "sharing", "social", "related", "widget", "widgets", "cookie", "cookies", "newsletter",
    "pagination", "pager", "subscribe", "masthead", "topbar", "offcanvas", "blogroll", "tagcloud", "advert", "ads",
    "backlinks", "banner", "toolbar", "colophon", "skip",
}  # fmt: skip
# "post-footer", "entry-meta-menu": of a post, not of the page.
_OF_POST = {"post", "entry", "article", "node", "views", "field", "item", "card"}
_CARD = {
    "post", "hentry", "entry", "blogpost", "article", "teaser", "card", "story", "item", "row", "result", "news",
    "listing", "node", "media", "summary", "feed", "release", "communique", "publication", "archive", "message",
    "event", "loop", "excerpt", "outer", "press", "note",
}  # fmt: skip
_LISTING_BODY = {
    "archive",
    "blog",
    "category",
    "search",
    "index",
    "listing",
    "author",
    "tag",
    "home-template",
    "tag-template",
}
_SINGLE_BODY = {"single", "single-post", "postid", "post-template", "item-view", "node-type-article"}
_TOKENS = re.compile(r"[\s_-]+")
_TITLE_CLASS = re.compile(r"(?:^|[\s_-])(?:title|headline|heading|header)(?:$|[\s_-])", re.I)
_META_CLASS = re.compile(
    r"(?:^|[\s_-])(?:meta|date|time|published|posted|byline|author|submitted|timestamp|dateline|kicker|category|"
    r"categories|cat|tags?|labels?|info|pubdate|day|created|topics?|footer|field-date)(?:$|[\s_-])",
    re.I,
)
_CATEGORY_CLASS = re.compile(
    r"(?:^|[\s_-])(?:cat|categories|category|tags?|labels?|topics?|section|kicker)(?:$|[\s_-])", re.I
)
_AUTHOR_CLASS = re.compile(r"(?:^|[\s_-])(?:byline|authors?|posted-?by|fn|vcard|username)(?:$|[\s_-])", re.I)
_MARKER_CLASS = re.compile(
    r"(?:^|[\s_-])(?:more|more-?link|read-?more|readmore|jump-?link|continue|node-readmore)(?:$|[\s_-])", re.I
)
_DATEISH = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b|\d{1,2}\s*月\s*\d{1,2}\s*日")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_LEAST_ROWS = 3


Cards = Sequence[HtmlElement]


@dataclass(slots=True)
class Item:
    """One post of a listing. `marker` is the text of the link to the rest of it, empty if it is whole."""

    title: str
    link: str | None = None
    date: str | None = None
    lines: list[tuple[str, str, str]] = field(default_factory=list)  # (kind, text, value) about the post
    blocks: list[Block] = field(default_factory=list)
    marker: str = ""
    above: str = ""  # the date line, if it stands above the title


def frame(root: HtmlElement) -> set[HtmlElement]:
    """The elements that belong to the page and not to what it tells: menus, sidebars, footers, share bars."""
    body = root.body if root.body is not None else root
    out: set[HtmlElement] = set()
    # (element, whether it stands within an article, whether within the main part)
    stack: list[tuple[HtmlElement, bool, bool]] = [(child, False, False) for child in body]
    while stack:
        element, in_article, in_main = stack.pop()
        if not isinstance(element.tag, str):
            continue
        if _is_frame(element, in_article, in_main):
            out.add(element)
            continue
        in_article, in_main = in_article or element.tag == "article", in_main or element.tag == "main"
        stack += [(child, in_article, in_main) for child in element]
    # What holds most of the page is no frame, whatever it is called.
    whole = sum(len(b.text) for b in blocks(body)) or 1
    for element in list(out):
        if sum(len(b.text) for b in blocks(element)) > 0.6 * whole:
            out.discard(element)
    return out


def _is_frame(element: HtmlElement, in_article: bool, in_main: bool) -> bool:
    tag = element.tag
    if tag == "main":
        return False
    if tag in _FRAME_TAGS:
        return not in_article or tag == "nav"
    if tag == "header":
        return not in_article and not in_main and next(element.iter("article"), None) is None
    if (element.get("role") or "").lower() in _FRAME_ROLES:
        return True
    if tag not in ("div", "section", "ul", "ol", "form", "p", "table", "span", "td"):
        return False
    said = f"{element.get('class') or ''} {element.get('id') or ''}".strip().lower()
    if not said:
        return False
    tokens = set(_TOKENS.split(said))
    return (
        bool(tokens & _FRAME) and not tokens & _OF_POST and not any(map(_is_post, element.iter("article", "div", "li")))
    )


def possible(root: HtmlElement, markup: Markup) -> bool:
    """False if the page says of itself that it is one article."""
    body = root.body if root.body is not None else root
    classes = set((body.get("class") or "").lower().split())
    return bool(classes & _LISTING_BODY) or not (markup.article or classes & _SINGLE_BODY)


def items(root: HtmlElement, skip: set[HtmlElement]) -> list[Item]:
    """The posts of a listing page in order; none if the page is no listing."""
    body = root.body if root.body is not None else root
    main = [b for b in blocks(body, skip) if b.kind != "time"]
    whole = sum(len(b.text) for b in main)
    if not whole:
        return []
    best: list[tuple[Cards, Item]] = []
    score = 0.0
    for group in _groups(body, skip):
        pairs = [(cards, item) for cards in group if (item := _item(cards, skip)) is not None]
        made = [item for _, item in pairs]
        if not made or len(made) < 0.8 * len(group) or (len(made) == 1 and not _alone(group[0][0])):
            continue
        titles = [words_of(item.title) for item in made]
        if len(set(titles)) < 0.7 * len(titles) or sum(map(_weight, titles)) < 8 * len(titles):
            continue
        covered = sum(_size(item) for item in made) / whole
        bare = not any(item.blocks for item in made)
        dated = sum(bool(item.date or item.lines) for item in made) >= 0.6 * len(made)
        dated = dated or (bare and all(_over(cards[0], {c for cs, _ in pairs for c in cs}) for cards, _ in pairs[:3]))
        linked = sum(bool(item.link) for item in made) >= 0.6 * len(made)
        if bare and len(made) == 1:
            continue
        if covered < (0.5 if len(made) > 4 and (dated or linked) else 0.7) or (
            bare and (len(made) < _LEAST_ROWS or not linked)
        ):
            continue
        if bare and not dated and covered < 0.7:
            continue
        # Of two groups that hold nearly the same text, the one with more posts.
        worth = covered + 0.02 * min(len(made), 10)
        if worth > score:
            best, score = pairs, worth
    return _dated(best)


def context(root: HtmlElement, first: str) -> list[str]:
    """What stands above a listing and may say of which year or place it is: headings, and short lines with a year."""
    out = []
    for block in blocks(root.body if root.body is not None else root)[:60]:
        if first in block.text:
            break
        out += [x for x in block.text.split("\n") if len(x) <= 160 and (block.level == 1 or _YEAR.search(x))]
    return out[:5]


def _dated(pairs: list[tuple[Cards, Item]]) -> list[Item]:
    """The posts, with the date that stands above several of them given to each."""
    taken = {card for cards, _ in pairs for card in cards}
    above = False
    line = ""
    for cards, item in pairs:
        if any(kind in ("date", "meta") and _DATEISH.search(text) for kind, text, _ in item.lines) or item.date:
            line, above = item.above, bool(item.above)
            continue
        if found := _over(cards[0], taken):
            line, above = found, True
        if above and line:
            item.lines.insert(0, ("meta", line, ""))
    return [item for _, item in pairs]


def _over(card: HtmlElement, taken: set[HtmlElement]) -> str:
    """The short dated line that stands nearest above an element, before another post does."""
    element = card
    for _ in range(4):
        before = element.getprevious()
        for _ in range(3):
            if before is None or not isinstance(before.tag, str):
                break
            if before in taken or any(e in taken for e in before.iter()):
                return ""
            if _is_date(before):
                return squeeze(before.text_content())
            before = before.getprevious()
        parent = element.getparent()
        if parent is None or parent.tag in ("body", "main"):
            return ""
        element = parent
    return ""


def _is_post(element: HtmlElement) -> bool:
    """True if the markup says that an element is a post."""
    tokens = (element.get("class") or "").lower().split()
    return (
        element.tag == "article"
        or "hentry" in tokens
        or (element.get("itemtype") or "").endswith(("Posting", "Article"))
    )


def _alone(element: HtmlElement) -> bool:
    """True for an element that is a post even if the page has no other."""
    tokens = set(_TOKENS.split((element.get("class") or "").lower()))
    return bool(tokens & {"hentry", "views"}) or (element.get("itemtype") or "").endswith("Posting")


def _weight(words: str) -> int:
    """The length of a title, in letters of an alphabet: a sign of a Chinese title says as much as three of them."""
    return sum(3 if "\u3040" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7af" else 1 for c in words)


def _size(item: Item) -> int:
    return (
        len(item.title) + sum(len(b.text) for b in item.blocks) + sum(len(x[1]) for x in item.lines) + len(item.marker)
    )


def _groups(body: HtmlElement, skip: set[HtmlElement]) -> Iterator[list[Cards]]:
    """Groups of elements, or of runs of neighbours, that may be the posts of the page."""
    by_make: dict[tuple[str, ...], list[HtmlElement]] = {}
    parents: list[HtmlElement] = []
    for element in _visible(body, skip):
        tag = element.tag
        tokens = set(_TOKENS.split((element.get("class") or "").lower()))
        kind = (element.get("itemtype") or "").rsplit("/", 1)[-1]
        if tag == "article" or kind.endswith(("Posting", "Article")) or "hentry" in tokens:
            by_make.setdefault(("semantic", "article" if tag == "article" else tag), []).append(element)
        if tag in ("div", "section", "li", "article") and tokens & _CARD:
            by_make.setdefault((tag, *sorted(tokens & _CARD)), []).append(element)
        if len(element) >= 2:
            parents.append(element)
    for group in by_make.values():
        outer = _outermost(group)
        if outer:
            yield [[e] for e in outer]
        inner = _innermost(group)
        if len(inner) >= 2 and len(inner) != len(outer):
            yield [[e] for e in inner]
    for parent in parents:
        children = [c for c in parent if isinstance(c.tag, str) and c not in skip and not hidden(c)]
        for tag in ("li", "tr", "div", "section", "dl", "p", "table"):
            same = [c for c in children if c.tag == tag]
            if len(same) >= _LEAST_ROWS and len(same) >= 0.5 * len(children):
                yield [[c] for c in same]
        yield from _runs(children)
    rows = [r for r in body.iter("tr") if not any(a in skip for a in r.iterancestors())]
    if len(rows) >= _LEAST_ROWS:
        yield [[r] for r in rows if r.find(".//a") is not None]


def _visible(body: HtmlElement, skip: set[HtmlElement]) -> Iterator[HtmlElement]:
    stack = [body]
    while stack:
        element = stack.pop()
        if element is not body and (element in skip or hidden(element)):
            continue
        yield element
        stack += reversed(element)


def _outermost(group: Iterable[HtmlElement]) -> list[HtmlElement]:
    chosen = set(group)
    return [e for e in group if not any(a in chosen for a in e.iterancestors())]


def _innermost(group: Sequence[HtmlElement]) -> list[HtmlElement]:
    holds = {a for e in group for a in e.iterancestors()}
    return [e for e in group if e not in holds]


def _runs(children: list[HtmlElement]) -> Iterator[list[Cards]]:
    """Neighbours cut at each heading of one level, at each bold line that is a link, or at each rule."""
    for level in ("h1", "h2", "h3", "h4", "dt"):
        heads = [i for i, c in enumerate(children) if _holds_head(c, level)]
        if len(heads) < 2:
            continue
        runs = [children[a:b] for a, b in zip(heads, [*heads[1:], len(children)], strict=True)]
        # A date line that stands right above each heading belongs to it.
        if all(h > 0 and _is_date(children[h - 1]) for h in heads):
            runs = [
                children[a - 1 : b] for a, b in zip(heads, [*(h - 1 for h in heads[1:]), len(children)], strict=True)
            ]
        told = sum(
            _has_link(children[h]) or any(_is_date(c) for c in run[:4]) for h, run in zip(heads, runs, strict=True)
        )
        if told >= 0.6 * len(heads):
            yield list(runs)
    bold = [i for i, c in enumerate(children) if _bold_line(c)]
    if len(bold) >= _LEAST_ROWS:
        runs = [children[a:b] for a, b in zip(bold, [*bold[1:], len(children)], strict=True)]
        if sum(_has_link(children[h]) for h in bold) >= 0.6 * len(bold) or all(
            any(_is_date(c) for c in run[:4]) for run in runs
        ):
            yield list(runs)
    rules = [i for i, c in enumerate(children) if c.tag == "hr"]
    if len(rules) >= 2:
        edges = [-1, *rules, len(children)]
        yield [children[a + 1 : b] for a, b in itertools.pairwise(edges) if b > a + 1]


def _holds_head(element: HtmlElement, level: str) -> bool:
    if element.tag == level:
        return True
    return element.tag in ("header", "div") and len(element) <= 3 and any(c.tag == level for c in element)


def _has_link(element: HtmlElement) -> bool:
    return (element.tag == "a" and bool(element.get("href"))) or any(a.get("href") for a in element.iter("a"))


def _bold_line(element: HtmlElement) -> bool:
    if element.tag not in ("p", "div", "b", "strong", "font"):
        return False
    whole = squeeze(element.text_content())
    if not 4 <= len(whole) <= 260:
        return False
    bold = element if element.tag in ("b", "strong") else next(iter(element.iter("b", "strong")), None)
    return bold is not None and len(squeeze(bold.text_content())) >= 0.9 * len(whole)


def _is_date(element: HtmlElement) -> bool:
    if element.tag == "time":
        return True
    text = squeeze(element.text_content()) if len(element) < 12 else ""
    return bool(text) and len(text) <= 90 and bool(_DATEISH.search(text))


# ---------------------------------------------------------------- one post


def _item(cards: Cards, skip: set[HtmlElement]) -> Item | None:
    """The post that some neighbouring elements show, or None if they show no title."""
    parts = [b for card in cards for b in blocks(card, skip)]
    if not parts:
        return None
    inside = [e for card in cards for e in card.iter() if isinstance(e.tag, str)]
    place, title, link = _title(parts, inside, bare=len(parts) <= 3)
    if place is None or not title:
        return None
    item = Item(title, link)
    rest = parts[:place] + parts[place + 1 :]
    if parts[place].text != title:
        rest = parts[:place] + _without(parts[place], title) + parts[place + 1 :]
    rest = [piece for block in rest for piece in _apart(block)]
    for i, block in enumerate(rest):
        if block.words == "":
            block.words = words_of(block.text)
        kind, value = _about(block, item, first=i < place)
        if kind == "marker":
            item.marker = item.marker or block.text
        elif kind == "text":
            item.blocks.append(block)
        elif kind:
            item.lines.append((kind, block.text, value))
            if i < place and _DATEISH.search(block.text):
                item.above = item.above or block.text
            item.date = item.date or (value if kind == "date" and value else None)
    if item.date is None:
        times = [e for e in inside if e.tag in ("time", "abbr") and (e.get("datetime") or e.get("title"))]
        item.date = next((d for e in times if (d := day(e.get("datetime") or e.get("title")))), None)
    return item


def _title(parts: list[Block], inside: list[HtmlElement], *, bare: bool) -> tuple[int | None, str, str | None]:
    """(place of the block, title, where it leads)."""
    for i, block in enumerate(parts):
        if block.kind == "head" and words_of(block.text) and not _dateish_only(block.text):
            return i, " ".join(block.text.split()), _href(block) or _around(block)
    for i, block in enumerate(parts):
        mark = f"{block.element.get('class') or ''} {block.element.get('itemprop') or ''}"
        if _TITLE_CLASS.search(mark) and 2 <= len(block.text) <= 300:
            return i, " ".join(block.text.split()), _href(block) or _around(block)
    for i, block in enumerate(parts[:4]):
        # A line that is one link, or is set in bold from end to end.
        if (
            block.links
            and block.linked >= 0.85 * len(block.text)
            and 4 <= len(block.text) <= 300
            and len(block.links) == 1
        ):
            return i, " ".join(block.text.split()), block.links[0].href
        if _bold_line(block.element) and not _dateish_only(block.text):
            return i, " ".join(block.text.split()), _href(block)
    if bare or any(b.kind in ("row", "item") for b in parts[:1]):
        for i, block in enumerate(parts[:3]):
            long = max(block.links, key=lambda k: k.end - k.start, default=None)
            if long is not None and long.end - long.start >= 4 and not _dateish_only(block.text[long.start : long.end]):
                return i, " ".join(block.text[long.start : long.end].split()), long.href
    return None, "", None


def _href(block: Block) -> str | None:
    return block.links[0].href if block.links else None


def _around(block: Block) -> str | None:
    return next((a.get("href") for a in block.element.iterancestors("a") if a.get("href")), None)


def _dateish_only(text: str) -> bool:
    return len(text) <= 40 and bool(_DATEISH.search(text)) and len(re.findall(r"[^\W\d_]{3,}", text)) <= 2


def _without(block: Block, title: str) -> list[Block]:
    """What a row says beside its title, each piece for itself."""
    flat = " ".join(block.text.split())
    at = flat.find(title)
    pieces = [flat[:at], flat[at + len(title) :]] if at >= 0 else []
    out = []
    for piece in pieces:
        for part in piece.split(" | "):
            part = part.strip(" |·•–—-:,()[]")
            if words_of(part):
                out.append(Block("text", part, block.element))
    return out


def _apart(block: Block) -> list[Block]:
    """A block whose first line is a date, parted from it by a mere <br>, as two."""
    head, _, rest = block.text.partition("\n")
    if not rest or block.kind == "head" or len(head) > 60 or not _DATEISH.search(head):
        return [block]
    cut = len(head) + 1
    links = tuple(Link(x.start - cut, x.end - cut, x.href) for x in block.links if x.start >= cut)
    return [Block("text", head, block.element), Block(block.kind, rest, block.element, links, block.level)]


def _about(block: Block, item: Item, *, first: bool) -> tuple[str, str]:
    """What a paragraph of a post is: `text`, a `marker`, or a line about the post with its value; "" for nothing."""
    text = block.text
    marks = " ".join(
        f"{e.get('class') or ''} {e.get('itemprop') or ''}" for e in (block.element, *_near(block.element))
    )
    if block.kind == "caption":
        return "text", ""
    whole_link = bool(block.links) and block.linked >= 0.8 * len(text)
    if whole_link and len(text) <= 120 and (_MARKER_CLASS.search(marks) or _link_marker(block, item)):
        return "marker", ""
    if words_of(text) == words_of(item.title) and block.kind == "head":
        return "", ""
    time = next(iter(block.element.iter("time", "abbr")), None)
    if block.element.tag == "time" or (time is not None and len(text) <= 160 and block.kind != "head"):
        element = block.element if block.element.tag == "time" else time
        value = day(element.get("datetime") or element.get("content") or element.get("title")) or ""  # type: ignore[union-attr]
        return ("date" if value and len(text) <= 60 else "meta"), value
    if len(text) <= 160 and _META_CLASS.search(marks):
        if _CATEGORY_CLASS.search(marks) and not _DATEISH.search(text) and whole_link:
            return "category", text
        if _AUTHOR_CLASS.search(marks) and not _DATEISH.search(text) and len(text) <= 80:
            return "byline", text
        return "meta", ""
    if first and len(text) <= 60 and _DATEISH.search(text):
        return "meta", ""
    return "text", ""


def _near(element: HtmlElement) -> Iterator[HtmlElement]:
    for i, parent in enumerate(element.iterancestors()):
        if i >= 2 or parent.tag in ("article", "main", "body", "section", "li", "td"):
            return
        yield parent


def _link_marker(block: Block, item: Item) -> bool:
    """A link to the same place as the title, after the text."""
    return bool(item.link) and any(link.href.split("#")[0] == (item.link or "").split("#")[0] for link in block.links)


__all__ = ["Item", "context", "frame", "items", "possible"]
