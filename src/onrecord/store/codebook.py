"""The codebook of the record, generated from the schema: python -m onrecord.store.codebook > docs/codebook.md"""

from __future__ import annotations

import sys
from collections.abc import Iterable

from onrecord.store.tables import VIEWS, Words, metadata

_HEAD = """\
# Codebook of the record

The record is one SQLite database. Open it with any SQL tool: `datasette record.db`, `sqlite3 record.db`.
This page is generated from the schema; `python -m onrecord.store.codebook` prints it.

Read the **views** first: they show the words of the text beside every value. The **tables** under them, with names in
the singular, hold what was stored. Places in a text are counted in characters from 0; the end is the character after
the last, so that in SQL the words are `substr(layer.text, start + 1, end - start)`. Dates are ISO 8601 prefixes
(`2026`, `2026-02`, `2026-02-13`), or `--07-24` where only the year is unknown. Countries are ISO 3166 alpha-3 codes. An
`id` is a hash of the content and the same everywhere; a `number` is local to one file.

In columns of text, a character that no database takes (NUL, half of a surrogate pair) stands as U+FDD0 and its four
hexadecimal digits; in `layer.text` it stands as U+FFFD, so that places do not shift, and `layer.exact` has the exact
text.
"""


def codebook() -> str:
    """Every view, table and column with what it means, as Markdown."""
    out = [_HEAD, "## Views\n"]
    for name, view in VIEWS.items():
        out += [f"### {name}\n", f"{_sentence(view.comment)}\n", _rows(("column", "meaning"), _view(view.columns))]
    out.append("## Tables\n")
    for table in sorted(metadata.tables.values(), key=lambda table: table.name):
        out += [f"### {table.name}\n", f"{_sentence(table.comment or '')}\n"]
        lines = []
        for column in table.columns:
            kind = "text" if isinstance(column.type, Words) else column.type.__class__.__name__.lower()
            kind = {"string": "text", "float": "real"}.get(kind, kind)
            points = "".join(f" → `{key.target_fullname}`" for key in column.foreign_keys)
            lines.append(
                (f"`{column.name}`", kind + (", or empty" if column.nullable else ""), f"{column.comment}{points}")
            )
        out.append(_rows(("column", "type", "meaning"), lines))
    return "\n".join(out)


def _view(columns: Iterable[tuple[str, str, str]]) -> list[tuple[str, str]]:
    return [(f"`{name}`", meaning) for name, _, meaning in columns]


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _rows(head: tuple[str, ...], lines: Iterable[tuple[str, ...]]) -> str:
    made = [head, tuple("---" for _ in head), *lines]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in made)


if __name__ == "__main__":
    sys.stdout.write(codebook())
