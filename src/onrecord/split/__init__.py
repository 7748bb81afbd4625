"""Document to posts to layers: one verb, `split`.

Invariant: for every layer with a `start`, `document.text[layer.start : layer.start + len(layer.text)] == layer.text`;
layers of a post do not overlap and stand in order. Nothing here runs a model, and all of it is linear in the text.
"""

from __future__ import annotations

from onrecord.model import Document, Layer, Post, Span
from onrecord.split._layers import layers_of
from onrecord.split._lines import lines
from onrecord.split._posts import sections

__all__ = ["split"]


def split(document: Document) -> tuple[Post, ...]:
    """The posts of a document in the order of the page, each with its layers.

    A document that its source gives a title is one post. A page without any text yields no post.
    """
    found = lines(document.text)
    posts: list[Post] = []
    for index, section in enumerate(sections(found, single=bool(document.title))):
        title = found[section.title].text if section.title is not None else (document.title or "")
        title = " ".join(title.split())
        headline: list[Layer] = []
        if section.title is not None:
            line = found[section.title]
            headline.append(Layer(0, "headline", "editor", line.text, line.start, (Span(0, len(line.text)),)))
        elif document.title:
            headline.append(Layer(0, "headline", "editor", document.title, None, (Span(0, len(document.title)),)))
        layers = tuple(headline) + layers_of(document, title, [found[i] for i in section.body], first=len(headline))
        if not layers:
            continue
        placed = [layer for layer in layers if layer.start is not None]
        start = min((layer.start for layer in placed if layer.start is not None), default=0)
        end = max((layer.start + len(layer.text) for layer in placed if layer.start is not None), default=0)
        posts.append(
            Post(
                len(posts), title or " ".join(layers[0].text.split()[:12]), start, end, layers, section.truncated,
                section.published, section.byline, section.categories, document.url,
            )
        )  # fmt: skip
    return tuple(posts)
