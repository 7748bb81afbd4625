"""What a page says about itself in its markup: JSON-LD, OpenGraph, microdata, meta elements, <time>, bylines.

Nothing here knows an outlet; where the kinds of markup disagree, the order was measured by `benchmarks/articles.py`.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import htmldate
from lxml.html import HtmlElement

from onrecord.sources.html._tree import address, squeeze, words_of


@dataclass(frozen=True, slots=True)
class Markup:
    """What is said about the page as a whole; dates as written by the page, days first ten characters ISO 8601."""

    title: str | None = None
    authors: tuple[str, ...] = ()
    publisher: str | None = None
    published: str | None = None
    updated: str | None = None
    lang: str | None = None
    url: str | None = None
    section: str | None = None
    deck: str | None = None
    body: str | None = None
    article: bool = False
    # False if nothing but the name of the browser's tab says the title.
    titled: bool = True


_ARTICLE = re.compile(r"(?:Article|BlogPosting|LiveBlogPosting|Reportage|Report|Statement|SocialMediaPosting)$")
_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T|\b)")


def read(root: HtmlElement, url: str | None = None) -> Markup:
    """All that the markup of `root` says."""
    metas = _metas(root)
    graph = list(_graph(root))
    by_id = _by_id(graph)
    articles = [thing for thing in graph if _kinds(thing) & _article_kinds(thing)]
    main = _main(articles)
    canonical = _canonical(root, metas, url)
    publisher = _publisher(main, metas, graph, by_id)
    return Markup(
        title=_title(root, metas, main, publisher),
        authors=_authors(root, metas, main, by_id, publisher),
        publisher=publisher,
        published=_published(root, metas, main),
        updated=_updated(root, metas, main),
        lang=_lang(root, metas, main),
        url=canonical,
        section=_section(metas, main),
        deck=_text(main.get("description")) or _first(metas, "og:description", "description"),
        body=_body(main),
        titled=bool(main) or "og:title" in metas or next(root.iter("h1"), None) is not None,
        article=bool(main) or _first(metas, "og:type") in ("article", "news.article"),
    )


# ---------------------------------------------------------------- where it is said


def _metas(root: HtmlElement) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for meta in root.iter("meta"):
        key = meta.get("property") or meta.get("name") or meta.get("itemprop") or meta.get("http-equiv")
        value = squeeze(meta.get("content"))
        if key and value:
            found.setdefault(key.strip().lower(), []).append(value)
    return found


def _first(metas: dict[str, list[str]], *keys: str) -> str | None:
    return next((metas[key][0] for key in keys if key in metas), None)


def _graph(root: HtmlElement) -> Iterator[dict[str, Any]]:
    """Every object of every JSON-LD block, outer ones first; blocks that are broken are mended or left out."""
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        yield from _walk(_loads(script.text or ""))


def _loads(text: str) -> Any:
    text = re.sub(
        r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)|(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/)\s*$", "", text
    )
    text = text.strip().rstrip(";")
    for attempt in (text, re.sub(r",(\s*[}\]])", r"\1", text), html.unescape(text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _walk(value: Any) -> Iterator[dict[str, Any]]:
    stack, seen = [value], 0
    while stack and seen < 20_000:
        seen += 1
        item = stack.pop()
        if isinstance(item, dict):
            yield item
            stack += reversed(list(item.values()))
        elif isinstance(item, list):
            stack += reversed(item)


def _kinds(thing: dict[str, Any]) -> set[str]:
    kind = thing.get("@type")
    kinds = kind if isinstance(kind, list) else [kind]
    return {str(k).rsplit("/", 1)[-1] for k in kinds if k}


def _article_kinds(thing: dict[str, Any]) -> set[str]:
    return {kind for kind in _kinds(thing) if _ARTICLE.search(kind)}


def _main(articles: list[dict[str, Any]]) -> dict[str, Any]:
    """The article that the page is: the first that has a headline or an author, filled up from others of that title."""
    lead = next((a for a in articles if _text(a.get("headline")) or a.get("author")), None)
    if lead is None:
        return articles[0] if articles else {}
    merged = dict(lead)
    name = words_of(_text(lead.get("headline")))
    for other in articles:
        if other is not lead and words_of(_text(other.get("headline"))) in ("", name) and name:
            for key, value in other.items():
                if not merged.get(key):
                    merged[key] = value
    return merged


def _by_id(graph: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for thing in graph:
        name = thing.get("@id")
        if isinstance(name, str) and (name not in found or len(thing) > len(found[name])):
            found[name] = thing
    return found


def _text(value: Any) -> str:
    if isinstance(value, list):
        value = next((v for v in value if v), "")
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name") or ""
    return (
        squeeze(re.sub(r"<[a-zA-Z/][^<>]{0,200}>", "", html.unescape(str(value))))
        if isinstance(value, str | int)
        else ""
    )


# ---------------------------------------------------------------- title

_LONGEST_TITLE = 500
_BREAK = re.compile(r"\s+[|–—\-•·»:/<«]+\s+|\s*[|｜：»•]\s*|(?<=\S)-(?=[^-]{2,14}[|ㅣ｜])")


def _title(root: HtmlElement, metas: dict[str, list[str]], main: dict[str, Any], publisher: str | None) -> str | None:
    headline = _text(main.get("headline")) or _text(main.get("name"))
    heads = [t for h in _headings(root) if (t := squeeze(_inner(h)))]
    tab = squeeze(_inner(next(iter(root.xpath("//head/title")), None)))
    shared = _first(metas, "og:title", "twitter:title", "dc.title", "dcterms.title", "parsely-title", "title") or ""
    shared = _text(shared)
    known = [headline, *heads]
    shared, tab = (_without_site(t, known, publisher, metas) for t in (shared, tab))
    headline = _without_site(headline, heads, publisher, metas)
    head = next((h for h in heads if _alike(h, tab) or _alike(h, shared) or _alike(h, headline)), "")
    if not head:
        prop = root.xpath("//*[@itemprop='headline']")
        head = squeeze(_inner(prop[0])) if prop else ""
    if not (headline or shared) and heads:
        head = head or heads[0]
    return _vote(headline, shared, head, tab) or None


def _vote(headline: str, shared: str, head: str, tab: str) -> str:
    if shared and headline and shared != headline and _ends_with(headline, shared) and shared != tab:
        return shared  # the headline has a kicker before it
    weights: dict[str, float] = {}
    for text, weight in ((headline, 1.4), (shared, 1.3), (head, 1.0), (tab, 0.35)):
        if text:
            key = words_of(text)
            weights[key] = weights.get(key, 0) + weight
    best = max(weights, key=lambda k: weights[k], default="")
    return next((t for t in (shared, headline, head, tab) if t and words_of(t) == best), "")


def _ends_with(whole: str, part: str) -> bool:
    return whole.endswith(part) and whole[: -len(part)].rstrip()[-1:] in ":|–—."


def _alike(a: str, b: str) -> bool:
    one, two = set(words_of(a).split()), set(words_of(b).split())
    if not one or not two:
        return False
    return len(one & two) >= 0.6 * min(len(one), len(two)) or words_of(a) == words_of(b)


def _headings(root: HtmlElement) -> list[HtmlElement]:
    return list(root.iter("h1"))[:12]


def _without_site(title: str, known: list[str], publisher: str | None, metas: dict[str, list[str]]) -> str:
    """`title` without the site's name behind it: what another form of the title leaves over, or what names the site."""
    if not title or len(title) > _LONGEST_TITLE:
        return title[:_LONGEST_TITLE]
    for other in known:
        if other and other != title and title.startswith(other) and _BREAK.match(title[len(other) :] + " "):
            return other
        rest = title[len(other) :] if other and title.startswith(other) else ""
        if rest and re.match(r"\s*[|｜：\-–—•·»,]", rest):
            return other
    site = words_of(_first(metas, "og:site_name", "application-name", "al:android:app_name") or "")
    names = {n for n in (site, words_of(publisher or "")) if n}
    for _ in range(4):
        cuts = list(_BREAK.finditer(title))
        if not cuts:
            break
        tail, head = title[cuts[-1].end() :], title[: cuts[-1].start()].rstrip()
        said = words_of(tail)
        packed = said.replace(" ", "")
        named = any(packed in n.replace(" ", "") or n.replace(" ", "") in packed for n in names) if packed else True
        dated = bool(re.fullmatch(r"\d{1,2}[./]\d{1,2}[./]\d{4}", tail.strip()))
        domain = bool(re.fullmatch(r"[\w-]+\.(?:[a-z]{2,4})(?:\.[a-z]{2})?", tail.strip(), re.I))
        if head and (named or dated or domain) and len(said.split()) <= 6:
            title = head
        else:
            break
    return title


def _inner(element: HtmlElement | None) -> str:
    if element is None:
        return ""
    return "".join(t for t in element.itertext(with_tail=False) if isinstance(t, str))


# ---------------------------------------------------------------- authors

_AUTHOR_METAS = (
    "author", "article:author", "parsely-author", "dc.creator", "dcterms.creator", "sailthru.author", "byl",
    "cxenseparse:author", "cxenseparse:recs:author", "og:article:author", "dc.contributor", "authors", "creator",
    "news_author", "mrf:authors", "twitter:data1",
)  # fmt: skip
_BY = re.compile(
    r"^(?:(?:written|reported|posted|published|story|text|words)\s+)?(?:by|quelle|source|fuente|von|par|por|door|av|af|di|oleh|od|autore?s?|"
    r"auteurs?|author(?:s|\(s\))?|penulis|reporter|text|redaktion|автор|yazar|haber|na|mwandishi)\b\s*[:：]?\s+(?=\S)|^[:：]\s*",
    re.I,
)
# What stands behind a name in some languages: "reporter".
_ROLE = re.compile(r"\s+(?:기자|특파원|記者|记者)$")
_JOIN = re.compile(r"\s*(?:[;|/]|,|、|，|\s+(?:and|und|et|y|e|en|och|og|dan|ve|a|i|и|та|&)\s+|\s*&\s*|\s+[•·]\s+)\s*")
_NOT_NAME = re.compile(r"https?:|www\.|@|\d{4}|[<>{}]|^\W*$", re.I)
_NO_AUTHOR = {
    "",
    "none",
    "null",
    "undefined",
    "admin",
    "administrator",
    "editor",
    "staff",
    "unknown",
    "author",
    "reporter",
}


def _authors(
    root: HtmlElement, metas: dict[str, list[str]], main: dict[str, Any], by_id: dict[str, dict[str, Any]],
    publisher: str | None,
) -> tuple[str, ...]:  # fmt: skip
    people, bodies = _named(main.get("author") or main.get("creator"), by_id)
    site = words_of(publisher or "")
    own = [n for n in people if words_of(n) != site or not site]
    if own:
        # An agency named beside a person is an author too; the site itself is not.
        return tuple(dict.fromkeys([*people, *(b for b in bodies if words_of(b) != site)]))
    said = [n for key in _AUTHOR_METAS for value in metas.get(key, []) for n in _names(value)]
    said = [n for n in said if n and words_of(n) != site and words_of(n) not in {words_of(b) for b in bodies}]
    if said:
        first = next(
            found for key in _AUTHOR_METAS if (found := [n for v in metas.get(key, []) for n in _names(v) if n in said])
        )
        return tuple(dict.fromkeys(first))
    byline = _byline(root)
    if byline:
        return tuple(dict.fromkeys(byline))
    return tuple(dict.fromkeys([*people, *bodies]))


def _named(value: Any, by_id: dict[str, dict[str, Any]]) -> tuple[list[str], list[str]]:
    """(people, bodies) that an author property names."""
    people: list[str] = []
    bodies: list[str] = []
    stack = [value]
    for _ in range(200):
        if not stack:
            break
        item = stack.pop(0)
        if isinstance(item, list):
            stack = item + stack
        elif isinstance(item, dict):
            name = _text(item.get("name"))
            target = by_id.get(str(item.get("@id")), {})
            if not name:
                name = _text(target.get("name")) or _text(target.get("caption"))
            kinds = _kinds(item) or _kinds(target)
            where = bodies if any("Organi" in k for k in kinds) and "Person" not in kinds else people
            where += [name] if where is bodies and name else _names(name)
        elif isinstance(item, str):
            people += _names(_text(item))
    return people, bodies


def _names(text: str) -> list[str]:
    """The names in "By Ana Ruiz and John Doe, AFP"."""
    text = squeeze(html.unescape(text[:2000]))
    if re.match(r"(?:https?:)?//|www\.|@|facebook\.com", text):
        return []
    text = _BY.sub("", text)
    text = re.sub(r"\s*\([^()]{1,40}\)", "", text)
    out: list[str] = []
    for part in _JOIN.split(text):
        name = _ROLE.sub("", _BY.sub("", part.strip(" .:–—-|*•·"))) if part else ""
        fits = name and len(name) <= 60 and len(name.split()) <= 7 and not _NOT_NAME.search(name)
        if fits and name.casefold() not in _NO_AUTHOR:
            out.append(name)
    return out


_BYLINE = re.compile(
    r"(?:^|[\s_-])(?:by-?line|authors?(?:[_-]?names?)?|autor(?:en|es)?|auteurs?|penulis|writer|article-?author)(?:$|[\s_-])",
    re.I,
)
_BYLINE_LINK = re.compile(
    r"/(?:authors?|autor(?:en|es|i)?|auteurs?|profiles?|people|person|reporter|writer|journalist|by|autore|staff|contributors?)/",
    re.I,
)


def _byline(root: HtmlElement) -> list[str]:
    for path in ("//*[@rel='author']", "//*[@itemprop='author']//*[@itemprop='name']", "//*[@itemprop='author']"):
        names = [n for e in root.xpath(path)[:8] if len(t := squeeze(_inner(e))) <= 120 for n in _names(t)]
        if names:
            return _few(names)
    for element in root.iter("a", "span", "div", "p", "address", "strong", "em", "li"):
        mark = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('data-testid') or ''}"
        if not _BYLINE.search(mark) or len(text := squeeze(_inner(element))) > 160 or not text:
            continue
        links = [squeeze(_inner(a)) for a in element.iter("a") if _BYLINE_LINK.search(a.get("href") or "")]
        names = [n for link in links for n in _names(link)] or _names(text)
        if names:
            return _few(names)
    return []


def _few(names: list[str]) -> list[str]:
    return list(dict.fromkeys(names))[:6]


# ---------------------------------------------------------------- dates, language, the rest

_PUBLISHED_METAS = (
    "article:published_time", "og:article:published_time", "article:published", "datepublished", "date", "pubdate",
    "publishdate", "publish-date", "publish_date", "parsely-pub-date", "dc.date.issued", "dcterms.date",
    "dcterms.created", "dcterms.issued", "dc.date", "sailthru.date", "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime", "article.published", "article:publication_date", "originalpublicationdate",
    "og:published_time", "og:pubdate", "displaydate", "date.issued", "ptime", "iso-8601-publish-date",
    "article_date_original",
    "last-modified-date", "weibo:article:create_at",
)  # fmt: skip
_UPDATED_METAS = (
    "article:modified_time", "og:updated_time", "article:modified", "datemodified", "lastmod", "last-modified",
    "dcterms.modified", "dc.date.modified", "cxenseparse:modifiedtime",
)  # fmt: skip


def day(value: Any) -> str | None:
    """The day that a written time begins with, as ISO 8601; None if there is none or it cannot be."""
    text = _text(value)
    match = _DATE.search(text[:40]) or _COMPACT.match(text)
    if not match:
        return None
    year, month, number = (int(x) for x in match.groups())
    if not (1900 <= year <= 2100 and 1 <= month <= 12 and 1 <= number <= 31):
        return None
    return f"{year:04d}-{month:02d}-{number:02d}"


def _published(root: HtmlElement, metas: dict[str, list[str]], main: dict[str, Any]) -> str | None:
    if found := day(main.get("datePublished")) or day(main.get("dateCreated")):
        return found
    for key in _PUBLISHED_METAS:
        for value in metas.get(key, []):
            if found := day(value):
                return found
    for path in ("//*[@itemprop='datePublished']", "//time[@pubdate]", "//abbr[contains(@class,'published')]"):
        for element in root.xpath(path)[:3]:
            found = day(element.get("datetime") or element.get("content") or element.get("title") or _inner(element))
            if found:
                return found
    return _guessed(root)


def _guessed(root: HtmlElement) -> str | None:
    """The day that htmldate finds in the text or the address of a page that does not say it in its markup."""
    try:
        found = htmldate.find_date(deepcopy(root), original_date=True, outputformat="%Y-%m-%d", max_date="2100-01-01")
    except Exception:  # a date that trips it up is no date
        return None
    return day(found) if found else None


def _updated(root: HtmlElement, metas: dict[str, list[str]], main: dict[str, Any]) -> str | None:
    if found := day(main.get("dateModified")):
        return found
    for key in _UPDATED_METAS:
        for value in metas.get(key, []):
            if found := day(value):
                return found
    for element in root.xpath("//*[@itemprop='dateModified']")[:2]:
        if found := day(element.get("datetime") or element.get("content") or _inner(element)):
            return found
    return None


_LANG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


def _lang(root: HtmlElement, metas: dict[str, list[str]], main: dict[str, Any]) -> str | None:
    said = (
        root.get("lang"), root.get("{http://www.w3.org/XML/1998/namespace}lang"), root.get("xml:lang"),
        _text(main.get("inLanguage")), _first(metas, "content-language", "og:locale", "dc.language", "language"),
    )  # fmt: skip
    for value in said:
        tag = (value or "").strip().replace("_", "-").split(",")[0]
        if _LANG.fullmatch(tag):
            head, _, rest = tag.partition("-")
            return head.lower() + (f"-{rest}" if rest else "")
    return None


def _canonical(root: HtmlElement, metas: dict[str, list[str]], url: str | None) -> str | None:
    base = url or _first(metas, "og:url")
    for link in root.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split() and (found := address(link.get("href"), base)):
            return found
    return address(_first(metas, "og:url", "al:web:url"), url) or address(url, None)


def _publisher(
    main: dict[str, Any], metas: dict[str, list[str]], graph: list[dict[str, Any]], by_id: dict[str, dict[str, Any]]
) -> str | None:
    said = main.get("publisher")
    names: list[str] = []
    for thing in said if isinstance(said, list) else [said]:
        if isinstance(thing, dict):
            names.append(_text(thing.get("name")) or _text(by_id.get(str(thing.get("@id")), {}).get("name")))
        elif isinstance(thing, str):
            names.append(_text(thing))
    names += [
        _first(metas, "og:site_name") or "",
        _first(metas, "dc.publisher", "dcterms.publisher", "citation_publisher") or "",
    ]
    for kind in ("NewsMediaOrganization", "WebSite", "Organization"):
        names += [_text(t.get("name")) for t in graph if kind in _kinds(t)]
    names.append(_first(metas, "application-name", "copyright") or "")
    return next((n for n in names if n and len(n) <= 80 and not n.startswith("http")), None)


def _section(metas: dict[str, list[str]], main: dict[str, Any]) -> str | None:
    found = _text(main.get("articleSection")) or _first(
        metas, "article:section", "parsely-section", "section", "og:article:section"
    )
    return found if found and len(found) <= 80 else None


def _body(main: dict[str, Any]) -> str | None:
    value = main.get("articleBody")
    if not isinstance(value, str) or len(value) < 200:
        return None
    return html.unescape(value)
