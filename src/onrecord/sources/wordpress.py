"""WordPress exports (WXR 1.0 to 1.2) to Documents, one a published post or page, streamed."""

from __future__ import annotations

import html as entities
import re
from collections.abc import Iterator
from typing import IO, Any

from onrecord.errors import SourceError
from onrecord.model import Document, Failure
from onrecord.sources import _xml, html
from onrecord.sources import text as texts
from onrecord.sources.html import clean_address, day

_CAPTION = re.compile(r"\[caption[^\]]{0,500}\](.{0,5000}?)\[/caption\]", re.S)
_SHORTCODE = re.compile(
    r"\[/?(?:gallery|embed|video|audio|playlist|youtube|vc_\w+|et_pb_\w+|su_\w+|contact-form[\w-]*)\b[^\]]{0,1000}\]"
)
_PARAGRAPH = re.compile(r"<(?:p|div|h[1-6]|ul|ol|table|blockquote)\b", re.I)
_COMMENT = re.compile(r"<!--.{0,2000}?-->", re.S)


def looks_like(head: bytes) -> bool:
    """Whether a feed that begins with `head` is an export of WordPress."""
    return b"wordpress.org/export/" in _xml.plain(head)


def read(stream: IO[bytes], origin: str, limit: int) -> Iterator[Document | Failure]:
    """The published posts and pages of an export, in its order."""
    publisher = lang = None
    found = False
    try:
        for element in _xml.elements(stream, "item", "title", "language"):
            name = _xml.local(element)
            parent = _xml.local(element.getparent()) if element.getparent() is not None else ""
            if name != "item":
                if parent == "channel" and name == "title":
                    publisher = publisher or _xml.text_of(element) or None
                elif parent == "channel":
                    lang = lang or _xml.text_of(element) or None
                continue
            try:
                document = _item(element, origin, publisher, lang, limit)
            except SourceError as error:
                found = True
                title = _xml.text_of(element.find("title"))
                yield Failure(f"{origin}, {title or 'a post without a title'}", str(error))
                continue
            if document is not None:
                found = True
                yield document
    except SourceError as error:
        yield Failure(origin, str(error))
        return
    if not found:
        yield Failure(origin, "is a WordPress export without a published post")


def _item(item: Any, origin: str, publisher: str | None, lang: str | None, limit: int) -> Document | None:
    said: dict[str, str] = {}
    categories = []
    for child in item:
        key = _xml.local(child)
        space = child.tag.split("}")[0] if isinstance(child.tag, str) else ""
        if key == "category":
            if child.get("domain") == "category":
                categories.append(_xml.text_of(child))
        elif key == "encoded":
            said.setdefault("excerpt" if "excerpt" in space else "content", "".join(child.itertext()))
        else:
            said.setdefault(key, "".join(child.itertext()).strip())
    if said.get("post_type", "post") not in ("post", "page") or said.get("status", "publish") != "publish":
        return None
    content = said.get("content") or said.get("excerpt") or ""
    if len(content) > limit:
        raise SourceError(f"has more than {limit / 1e6:,.1f} MB, the most for one document; raise --max-size")
    body, marks = html.marked_text(_paragraphs(content), clean_address(said.get("link"), None))
    # An export of old days holds its title as the editor wrote it, with entities.
    title = texts.clean(" ".join(entities.unescape(re.sub(r"<[^<>]{1,200}>", "", said.get("title", ""))).split()))
    if not body and not title:
        raise SourceError("has neither title nor text")
    written = said.get("post_date", "")
    return Document(
        name=texts.clean(said.get("guid") or said.get("link") or said.get("post_id") or title),
        text=body or title,
        origin=origin,
        url=clean_address(said.get("link"), None),
        publisher=publisher,
        published=day(written) if not written.startswith("0000") else day(said.get("post_date_gmt")),
        title=title or None,
        lang=lang,
        byline=texts.clean(said.get("creator", "")) or None,
        section=texts.clean(categories[0]) if categories else None,
        updated=day(said.get("post_modified")),
        marks=marks,
    )


def _paragraphs(content: str) -> str:
    """A post's content as WordPress shows it: empty lines part paragraphs, captions are set apart."""
    content = _CAPTION.sub(lambda m: f'\n\n<p class="wp-caption-text">{_without_picture(m[1])}</p>\n\n', content)
    content = _SHORTCODE.sub("", _COMMENT.sub("", content))
    if (
        len(_PARAGRAPH.findall(content)) >= 0.5 * len(re.findall(r"\n\s*\n", content.strip()))
        and "<p" in content.lower()
    ):
        return content
    parts = [part.strip() for part in re.split(r"\n[ \t]*\n", content.replace("\r\n", "\n"))]
    return "\n".join(
        part if _PARAGRAPH.match(part) else f"<p>{part.replace(chr(10), '<br>')}</p>" for part in parts if part
    )


def _without_picture(caption: str) -> str:
    return re.sub(r"<img\b[^<>]{0,2000}>", "", caption)
