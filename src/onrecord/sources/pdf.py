"""PDF communiqués to text, with pypdf, which is an extra: `pip install 'onrecord[pdf]'`."""

from __future__ import annotations

import io
import logging
import re
import warnings

from onrecord.errors import SourceError
from onrecord.model import Document
from onrecord.sources import text as texts

_MISSING = "is a PDF file, and pypdf, which reads them, is not installed: pip install 'onrecord[pdf]'"
_MOST_PAGES = 2000


def document(data: bytes, origin: str, name: str, limit: int) -> Document:
    """The text of a PDF file. Raises SourceError if it has none, is locked or damaged, or pypdf is missing."""
    try:
        import pypdf
        from pypdf.errors import PyPdfError
    except ImportError as error:
        raise SourceError(_MISSING) from error
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reader = pypdf.PdfReader(io.BytesIO(data), strict=False)
            if reader.is_encrypted and not reader.decrypt(""):
                raise SourceError("is a PDF file locked with a password")
            pages: list[str] = []
            size = 0
            for number, page in enumerate(reader.pages):
                if number >= _MOST_PAGES or size > limit:
                    raise SourceError("is a PDF file with too much text; cut it into several, or raise --max-size")
                pages.append(page.extract_text() or "")
                size += len(pages[-1])
    except SourceError:
        raise
    except (PyPdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError, OSError,
            NotImplementedError, AssertionError, ZeroDivisionError, OverflowError, MemoryError) as error:  # fmt: skip
        raise SourceError(f"is a damaged PDF file: {str(error)[:160] or type(error).__name__}") from error
    content = texts.clean(_joined(pages)).strip()
    if not content:
        raise SourceError("is a PDF file of pictures, without any text; run a text recognition over it first")
    return Document(name=name, text=content, origin=origin)


def _joined(pages: list[str]) -> str:
    """The pages put together: what stands at the head or foot of most of them, and page numbers, left out."""
    split = [[line.rstrip() for line in page.replace("\u00ad\n", "").split("\n")] for page in pages]
    edges: dict[str, int] = {}
    for lines in split:
        told = [x for x in lines if x.strip()]
        for line in {re.sub(r"\d+", "#", x.strip()) for x in (*told[:2], *told[-2:])}:
            edges[line] = edges.get(line, 0) + 1
    often = {line for line, count in edges.items() if count >= max(3, 0.6 * len(pages))}
    out = []
    for lines in split:
        kept = [
            x
            for x in lines
            if re.sub(r"\d+", "#", x.strip()) not in often and not re.fullmatch(r"\s*[-–]?\s*\d{1,4}\s*[-–]?\s*", x)
        ]
        out.append("\n".join(x if x else "" for x in kept))
    return "\n".join(out)
