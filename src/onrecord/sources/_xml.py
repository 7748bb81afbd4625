"""XML without what makes it dangerous: no entities of its own, no DTD from outside, no network, bounded depth."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Any

from lxml import etree

from onrecord.errors import SourceError

_ROOT = re.compile(rb"<(?!\?|!)(?:[\w.-]+:)?([\w.-]+)", re.S)
_BEFORE = ((b"<!--", b"-->"), (b"<?", b"?>"), (b"<!DOCTYPE", b">"))
_PROLOG = re.compile(rb"\s*<(?:\?xml|!DOCTYPE|!--|[a-zA-Z][\w.:-]*[\s>/])", re.I)


def root_name(head: bytes) -> str | None:
    """The name of the outermost element of an XML file that begins with `head`, without its prefix, or None."""
    head = plain(head)
    if not _PROLOG.match(head):
        return None
    at = 0
    # What may stand before the root, each found in one go, so that a file of nothing else takes no longer.
    for _ in range(1000):
        at = len(head) - len(head[at:].lstrip())
        rest = head[at : at + 10]
        ends = next((end for start, end in _BEFORE if rest.upper().startswith(start)), None)
        if ends is None:
            break
        end = head.find(ends, at)
        if ends == b">" and 0 <= (inner := head.find(b"[", at)) < end:
            end = head.find(b"]", inner)
            end = head.find(b">", end) if end >= 0 else -1
        if end < 0:
            return None
        at = end + len(ends)
    match = _ROOT.match(head, at)
    return match[1].decode("ascii", "replace").lower() if match else None


def plain(head: bytes) -> bytes:
    """`head` in UTF-8, without a byte order mark."""
    for mark, codec in ((b"\xef\xbb\xbf", None), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark):
            rest = head[len(mark) :]
            return rest if codec is None else rest.decode(codec, "ignore").encode()
    return head


def tree(data: bytes) -> Any:
    """The root of the XML in `data`, mended where that can be done. Raises SourceError if nothing is left."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, recover=True,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data.lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SourceError(f"is damaged XML: {error}") from error
    if root is None:
        raise SourceError("is XML without anything in it")
    return root


def elements(stream: IO[bytes], *names: str) -> Iterator[Any]:
    """The elements of these local names as they come. Raises SourceError where the XML breaks.

    What an element of the first name holds is let go after it, so that no more than one of them is in memory.
    """
    found = etree.iterparse(
        stream, events=("end",), tag=[f"{{*}}{name}" for name in names], resolve_entities=False, no_network=True,
        load_dtd=False, huge_tree=False, recover=True, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    large = {name.lower() for name in (names[:1] if "title" in names else names)}
    try:
        for _, element in found:
            yield element
            if local(element) not in large:
                continue
            element.clear()
            parent = element.getparent()
            while parent is not None and element.getprevious() is not None:
                del parent[0]
    except etree.XMLSyntaxError as error:
        raise SourceError(f"is damaged XML: {error}") from error


def local(element: Any) -> str:
    """The name of an element without its namespace, in small letters."""
    tag = element.tag
    return tag.rsplit("}", 1)[-1].lower() if isinstance(tag, str) else ""


def text_of(element: Any) -> str:
    """All text within an element, white space squeezed."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""
