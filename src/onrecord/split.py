"""Document to posts to layers. (First form: one post, one layer.)"""

from __future__ import annotations

import re

from onrecord.model import Document, Layer, Post, Span


def split(document: Document) -> tuple[Post, ...]:
    text = document.text
    layers: list[Layer] = []
    posts = []
    if document.title:
        layers.append(Layer(0, "headline", "editor", document.title, None, (Span(0, len(document.title)),)))
    paragraphs = tuple(Span(m.start(), m.end()) for m in re.finditer(r"\S.*?(?=\n\s*\n|\s*\Z)", text, re.S))
    layers.append(Layer(len(layers), "editor", "editor", text, 0, paragraphs, publisher=document.publisher))
    posts.append(Post(0, document.title or "", 0, len(text), tuple(layers)))
    return tuple(posts)
