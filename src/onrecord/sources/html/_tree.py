"""Bytes to a tree of elements, safely: encoding as browsers find it, no network, no entities, no depth without end."""

from __future__ import annotations

import codecs
import re
import unicodedata
from urllib.parse import urljoin, urlsplit

from charset_normalizer import from_bytes
from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from onrecord.errors import SourceError

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w:.-]{2,40})""", re.I)
_XML_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w:.-]{2,40})""", re.I)
# What the web calls these encodings means their supersets (WHATWG, Encoding, section 4.2).
_MEANT = {
    "iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "ascii": "cp1252", "us-ascii": "cp1252",
    "iso8859-1": "cp1252", "iso-8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932",
    "shift-jis": "cp932", "x-sjis": "cp932", "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "big5": "big5hkscs",
    "iso-8859-11": "cp874", "tis-620": "cp874", "utf8": "utf-8", "utf-16": "utf-8",
}  # fmt: skip
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SPACE = re.compile(r"[\s\u200b\u2060\ufeff]+")
_WORD = re.compile(r"\w+")


def decode(data: bytes, encoding: str | None = None) -> str:
    """The page in `data` as text: by its mark, by `encoding`, as UTF-8, as the page says, or as its bytes look."""
    for mark, codec in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(codec, "replace")
    # A page that is wholly UTF-8 is, whatever it says of itself: no other encoding looks so by chance.
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        late = error
    head = data[:4096]
    said = _XML_ENCODING.search(head) or _CHARSET.search(head)
    named = encoding or (said[1].decode("ascii", "replace") if said else None)
    if named:
        codec = _MEANT.get(named.lower(), named)
        try:
            if encoding is None and codec == "utf-8":
                return data.decode("utf-8", "replace")
            return data.decode(codec, "replace")
        except LookupError as error:
            if encoding:
                raise SourceError(f"there is no encoding called {encoding!r}") from error
    # Cut off within a letter, or one damaged letter in a page of UTF-8.
    if len(data) - late.start < 4 or data.decode("utf-8", "ignore").encode().__len__() > 0.999 * len(data):
        return data.decode("utf-8", "replace")
    best = from_bytes(data[:200_000]).best()
    return data.decode(best.encoding if best is not None else "cp1252", "replace")


def parse(text: str) -> HtmlElement:
    """The tree of a page. Raises SourceError if there is no element in it."""
    text = _CONTROLS.sub("", text)
    # What the page says of its encoding no longer holds, and lxml refuses text that says so.
    text = re.sub(r"^\s*<\?xml[^>]{0,200}\?>", "", text, count=1)
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=False)
    try:
        root = document_fromstring(text.encode("utf-8", "replace"), parser=parser, ensure_head_body=True)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError) as error:
        raise SourceError(f"is HTML without anything in it: {error}") from error
    return root


def squeeze(text: str | None) -> str:
    """`text` with single spaces, without soft hyphens at its ends."""
    return _SPACE.sub(" ", text or "").strip()


def words_of(text: str) -> str:
    """`text` as it is compared: words only, in small letters."""
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", text.replace("\u00ad", "")).casefold()))


def address(link: str | None, base: str | None) -> str | None:
    """An absolute http(s) address without its fragment, or None."""
    link = squeeze(link)
    if not link or link.startswith("#") or len(link) > 2000:
        return None
    try:
        whole = urljoin(base or "", link)
        parts = urlsplit(whole)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return None
    return whole.split("#", 1)[0]
