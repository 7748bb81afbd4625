"""The seam to the readers: kept bytes to documents."""

from __future__ import annotations

from collections.abc import Iterator

from onrecord.errors import SourceError
from onrecord.fetch._archive import Capture
from onrecord.model import Document, Failure
from onrecord.sources import text


def documents(data: bytes, capture: Capture, *, origin: str, publisher: str | None) -> Iterator[Document | Failure]:
    """What a captured page holds. Raises nothing for a bad page: it yields a Failure."""
    try:
        text.refuse(data[:65536])
        document = text.document(data, origin, capture.url, None)
    except SourceError as error:
        yield Failure(capture.url, str(error))
        return
    yield Document(
        document.name, document.text, origin, document.url or capture.url, publisher or document.publisher,
        document.published, capture.date, document.title, document.lang,
    )  # fmt: skip
