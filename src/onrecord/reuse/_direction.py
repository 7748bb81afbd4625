"""Which of two texts was first, if dates, credits or their places tell it."""

from __future__ import annotations

from dataclasses import dataclass

_OWN = ("editor", "headline", "caption")  # what a page says above and below the reports that it publishes


@dataclass(frozen=True, slots=True)
class Text:
    """A layer as reuse sees it: its text, and what tells when it was written, by whom, and on whose page it stands.

    `voice` and `page` are keys of outlets, such that two names of one outlet have one key; `date` is an ISO 8601
    prefix.
    """

    document_id: str
    post: int
    layer: int
    text: str
    kind: str = "editor"
    voice: str = ""
    page: str = ""
    date: str | None = None

    @property
    def key(self) -> tuple[str, int, int]:
        return self.document_id, self.post, self.layer


def direction(a: Text, b: Text) -> tuple[int, str]:
    """Which of two texts that share words is the source, and why: 1 the first, 2 the second, 0 if nothing tells it."""
    if a.key[:2] == b.key[:2] and (a.kind in _OWN) != (b.kind in _OWN):
        return (2 if a.kind in _OWN else 1), "a page's note tells again what the report beneath it says"
    if a.document_id != b.document_id:
        # A text credited to the outlet on whose own page the other stands.
        from_b, from_a = a.voice == b.page != a.page, b.voice == a.page != b.page
        if from_a != from_b:
            return (2 if from_b else 1), f"one is credited to {b.page if from_b else a.page}, where the other stands"
    if a.date and b.date and not a.date.startswith(b.date) and not b.date.startswith(a.date):
        earlier, later = sorted((a.date, b.date))
        return (1 if a.date < b.date else 2), f"dated {earlier}, the other {later}"
    return 0, ""
