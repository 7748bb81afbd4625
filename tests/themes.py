"""Archive pages as HTML: what a flattened page of `tests/pages` looks like in the themes that web sites use.

The flattened text says what there is: titles, lines about the posts, paragraphs, captions, markers, the page's own
furniture. A theme says how it is marked up. Nothing here tells a theme where a layer begins.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from onrecord.split._lines import Line, lines


@dataclass
class Piece:
    """A post of the flattened page, by its lines in order."""

    title: str
    above: list[Line] = field(default_factory=list)
    below: list[Line] = field(default_factory=list)


def pieces(text: str, expected: list[dict[str, Any]]) -> tuple[list[Line], list[Piece], list[Line]]:
    """(furniture above, posts, furniture below) of a flattened page whose posts have the expected titles."""
    found = lines(text)
    at = 0
    starts: list[int] = []
    for post in expected:
        wanted = " ".join(re.findall(r"\w+", post["title"].casefold()))
        for i in range(at, len(found)):
            words = re.findall(r"\w+", found[i].text.casefold())
            if wanted in (" ".join(words), " ".join(words[1:]) if words[0].isdigit() else ""):
                starts.append(i)
                at = i + 1
                break
        else:
            raise LookupError(post["title"])
    # Lines about a post that stand above its title, where they do on this page.
    first = starts[0] - 1 if starts[0] else 0
    above = starts[0] > 0 and found[first].kind == "meta" and bool(found[first].date)
    posts: list[Piece] = []
    edges = [*starts, len(found)]
    head: list[Line] = found[: starts[0]]
    for n, start in enumerate(starts):
        posts.append(Piece(found[start].text, [], found[start + 1 : edges[n + 1]]))
    if above:
        rests = [head, *(p.below for p in posts[:-1])]
        for rest, piece in zip(rests, posts, strict=True):
            while rest and rest[-1].kind == "meta" and rest[-1].date:
                piece.above.insert(0, rest.pop())
    for piece in posts:
        # The sections of a post, which stand in one block with its date line or its count of comments.
        for i, line in enumerate(piece.below):
            beside = [x for k, x in ((i - 1, line), (i + 1, None)) if 0 <= k < len(piece.below) and piece.below[k].kind == "meta"
                      and not (x or piece.below[k]).gap]  # fmt: skip
            if line.kind == "head" and beside and len(line.text) < 90:
                piece.below[i] = replace(line, kind="meta")
    foot: list[Line] = []
    last = posts[-1].below
    for i, line in enumerate(last):
        if line.kind == "chrome" and all(x.kind in ("chrome", "head", "meta") for x in last[i:]):
            foot, posts[-1].below = last[i:], last[:i]
            break
    return head, posts, foot


def esc(text: str) -> str:
    return html.escape(text, quote=True).replace("\n", "<br>\n")


def slug(title: str) -> str:
    return "/".join(["/2026/03", re.sub(r"\W+", "-", title.casefold()).strip("-")[:40] or "post"]) + "/"


def wordpress(head: Iterable[Line], posts: list[Piece], foot: Iterable[Line]) -> str:
    """A blog's front page: <article> with header, entry-meta, entry-content, figure and more-link."""
    out = []
    for n, post in enumerate(posts):
        meta = "".join(
            f'<div class="entry-meta"><span class="posted-on">{esc(x.text)}</span></div>' for x in post.above
        )
        body = []
        closed = []
        for line in post.below:
            if line.kind == "meta":
                (body if not any("<p>" in b for b in body) else closed).append(
                    f'<div class="entry-meta">{esc(line.text)}</div>'
                )
            elif line.kind == "marker":
                body.append(f'<p><a href="{slug(post.title)}#more-{n}" class="more-link">{esc(line.text)}</a></p>')
            elif line.kind == "caption":
                body.append(
                    f'<figure class="wp-caption"><img src="/x{n}.jpg" alt="">'
                    f'<figcaption class="wp-caption-text">{esc(line.text)}</figcaption></figure>'
                )
            elif line.kind == "chrome":
                closed.append(f'<div class="sharedaddy"><h3>{esc(line.text)}</h3></div>')
            else:
                body.append(f"<p>{esc(line.text)}</p>")
        out.append(
            f'<article id="post-{n + 100}" class="post-{n + 100} post type-post status-publish hentry">'
            f'<header class="entry-header">{meta}<h2 class="entry-title"><a href="{slug(post.title)}" rel="bookmark">'
            f'{esc(post.title)}</a></h2></header><div class="entry-content">{"".join(body)}</div>'
            f'<footer class="entry-footer">{"".join(closed)}</footer></article>'
        )
    menu = "".join(f'<li><a href="/m{i}">{esc(x.text)}</a></li>' for i, x in enumerate(head))
    return (
        '<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><title>Archive</title>'
        '<meta property="og:type" content="website"></head><body class="archive date logged-out">'
        f'<header class="site-header"><nav class="main-navigation"><ul>{menu}</ul></nav></header>'
        f'<main id="main">{"".join(out)}<nav class="navigation pagination"><a href="/page/2">Older posts</a></nav></main>'
        '<aside class="sidebar widget-area"><section class="widget"><h2 class="widget-title">Recent Posts</h2><ul>'
        + "".join(f'<li><a href="{slug(p.title)}">{esc(p.title)}</a></li>' for p in posts)
        + "</ul></section></aside>"
        f'<footer class="site-footer">{"".join(f"<p>{esc(x.text)}</p>" for x in foot)}</footer></body></html>'
    )


def ministry(head: Iterable[Line], posts: list[Piece], foot: Iterable[Line]) -> str:
    """A page made by hand: a layout of tables, titles as bold links, dates in small type, <br> for paragraphs."""
    out = []
    for post in posts:
        above = "".join(f'<font size="1">{esc(x.text)}</font><br>' for x in post.above)
        cells = [f'{above}<p><b><a href="{slug(post.title)}">{esc(post.title)}</a></b></p>']
        for line in post.below:
            if line.kind == "meta":
                cells.append(f'<font size="1" color="#666666"><i>{esc(line.text)}</i></font><br>')
            elif line.kind == "marker":
                cells.append(f'<br><a href="{slug(post.title)}"><font size="1">{esc(line.text)}</font></a><br>')
            elif line.kind == "caption":
                cells.append(
                    f'<center><img src="p.gif" border=0><br><small class="caption">{esc(line.text)}</small></center>'
                )
            elif line.kind == "chrome":
                cells.append(f"<br><font size=1>{esc(line.text)}</font><br>")
            else:
                cells.append(f"{esc(line.text)}<br><br>")
        out.append(f'<tr><td width="20">&nbsp;</td><td valign="top">{"".join(cells)}</td></tr>')
    return (
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><title>Press releases</title></head>'
        '<body bgcolor="#FFFFFF"><table width="760"><tr><td id="menu">'
        + "".join(f'<a href="m{i}.htm">{esc(x.text)}</a><br>' for i, x in enumerate(head))
        + f'</td></tr></table><table class="content" width="760">{"".join(out)}</table>'
        f'<p class="footer">{"<br>".join(esc(x.text) for x in foot)}</p></body></html>'
    )


def blogger(head: Iterable[Line], posts: list[Piece], foot: Iterable[Line]) -> str:
    """A hosted blog: nested <div>s, title in <h3 class=post-title>, the body one <div> with <br> and <div>s, footer line."""
    out = []
    for n, post in enumerate(posts):
        day = "".join(f'<h2 class="date-header"><span>{esc(x.text)}</span></h2>' for x in post.above)
        body, footer, jump = [], [], ""
        for line in post.below:
            if line.kind == "meta":
                footer.append(
                    f'<div class="post-footer-line"><span class="post-timestamp">{esc(line.text)}</span></div>'
                )
            elif line.kind == "marker":
                jump += f'<div class="jump-link"><a href="{slug(post.title)}#more" title="{esc(post.title)}">{esc(line.text)}</a></div>'
            elif line.kind == "caption":
                body.append(
                    '<table class="tr-caption-container"><tbody><tr><td><img src="x.jpg"></td></tr><tr>'
                    f'<td class="tr-caption" style="text-align: center;">{esc(line.text)}</td></tr></tbody></table>'
                )
            elif line.kind == "chrome":
                footer.append(f'<div class="post-share-buttons">{esc(line.text)}</div>')
            elif n % 2:
                body.append(f"<div>{esc(line.text)}</div><div><br></div>")
            else:
                body.append(f"{esc(line.text)}<br><br>")
        out.append(
            f'<div class="date-outer">{day}<div class="date-posts"><div class="post-outer"><div class="post hentry uncustomized-post-template">'
            f'<a name="{n}"></a><h3 class="post-title entry-title"><a href="{slug(post.title)}">{esc(post.title)}</a></h3>'
            f'<div class="post-body entry-content" id="post-body-{n}">{"".join(body)}<div style="clear: both;"></div></div>'
            f'{jump}<div class="post-footer">{"".join(footer)}</div></div></div></div></div>'
        )
    return (
        '<!DOCTYPE html><html dir="ltr" xmlns="http://www.w3.org/1999/xhtml"><head><meta charset="utf-8"><title>Blog</title></head><body class="loading">'
        '<div class="navbar section" id="navbar">' + "".join(f"<div>{esc(x.text)}</div>" for x in head) + "</div>"
        f'<div class="main section" id="main"><div class="widget Blog"><div class="blog-posts hfeed">{"".join(out)}</div>'
        '<div class="blog-pager" id="blog-pager"><a href="/search?updated-max=1">Older Posts</a></div></div></div>'
        '<div class="column-right-outer"><aside><div class="sidebar section"><div class="widget BlogArchive"><h2>Blog Archive</h2><ul>'
        + "".join(f'<li><a href="{slug(p.title)}">{esc(p.title)}</a></li>' for p in posts)
        + "</ul></div></div></aside></div>"
        f'<div class="footer-outer"><footer>{"".join(f"<div>{esc(x.text)}</div>" for x in foot)}</footer></div></body></html>'
    )


def drupal(head: Iterable[Line], posts: list[Piece], foot: Iterable[Line]) -> str:
    """A ministry's portal: views-rows with a date field, a title field as <span><a>, a body field, and a link."""
    out = []
    for n, post in enumerate(posts):
        fields = [
            f'<div class="views-field views-field-created"><span class="field-content">{esc(x.text)}</span></div>'
            for x in post.above
        ]
        fields.append(
            f'<div class="views-field views-field-title"><span class="field-content"><a href="{slug(post.title)}">{esc(post.title)}</a></span></div>'
        )
        body: list[str] = []
        tail: list[str] = []
        for line in post.below:
            if line.kind == "meta":
                (tail if body else fields).append(
                    f'<div class="views-field views-field-field-date"><div class="field-content">{esc(line.text)}</div></div>'
                )
            elif line.kind == "marker":
                tail.append(
                    f'<div class="views-field views-field-view-node"><span class="field-content"><a href="{slug(post.title)}">{esc(line.text)}</a></span></div>'
                )
            elif line.kind == "caption":
                body.append(f'<div class="image-caption">{esc(line.text)}</div>')
            elif line.kind == "chrome":
                tail.append(f'<div class="social-share">{esc(line.text)}</div>')
            else:
                body.append(f"<p>{esc(line.text)}</p>")
        fields.append(
            f'<div class="views-field views-field-body"><div class="field-content">{"".join(body)}</div></div>'
        )
        out.append(
            f'<div class="views-row views-row-{n + 1} {"views-row-odd" if n % 2 else "views-row-even"}">{"".join(fields + tail)}</div>'
        )
    return (
        '<!DOCTYPE html><html lang="en" dir="ltr"><head><meta charset="utf-8"><title>Statements | Ministry</title></head>'
        '<body class="html not-front page-statements"><div id="page"><div id="header" role="banner">'
        + "".join(f"<span>{esc(x.text)}</span> " for x in head)
        + f'</div><div id="main" role="main"><h1 class="page-title">Statements</h1><div class="view view-statements"><div class="view-content">{"".join(out)}</div>'
        '<ul class="pager"><li class="pager-next"><a href="?page=1">next ›</a></li></ul></div></div>'
        f'<div id="footer" role="contentinfo">{"".join(f"<p>{esc(x.text)}</p>" for x in foot)}</div></div></body></html>'
    )


Theme = Callable[[Iterable[Line], list[Piece], Iterable[Line]], str]
THEMES: dict[str, Theme] = {"wordpress": wordpress, "ministry": ministry, "blogger": blogger, "drupal": drupal}
