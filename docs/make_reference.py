"""Writes docs/reference.md and docs/tables.md from the code (`make docs`); a test fails when they are old."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import click

from onrecord.cli import cli
from onrecord.export.tables import codebook

FOLDER = Path(__file__).parent
_STATUS = """\
## Exit status

| status | meaning |
|---|---|
| 0 | all well |
| 1 | an error that the message explains |
| 2 | wrong usage, or nothing has the id that was asked for |
| 3 | some input could not be read; the rest is in the record, and so is the reason |
| 4 | the installation is not whole (`onrecord doctor` says how to get what is missing) |
| 5 | the record cannot be opened, read or written: locked, made by a newer version, no space left |
| 130 | stopped by Ctrl-C; start again to go on |

## Environment

| variable | meaning |
|---|---|
| `ONRECORD_RECORD` | the record, where `--record` is not given |
| `ONRECORD_CONTACT` | who asks, where `--contact` is not given |
| `NO_COLOR` | if set, nothing is printed in colour |
"""


def pages() -> dict[str, str]:
    """The text of each generated page by its name."""
    return {"reference.md": reference(), "tables.md": codebook()}


def reference() -> str:
    """The reference as Markdown: every command with its arguments, options and examples."""
    parts = [
        "# Commands",
        "",
        "Written from the code by `make docs`; do not edit by hand.",
        "",
        *_command(cli, "onrecord", "## "),
    ]
    with click.Context(cli, info_name="onrecord") as parent:
        for name in cli.list_commands(parent):
            command = cli.get_command(parent, name)
            assert command is not None
            parts += ["", *_command(command, f"onrecord {name}", "## ", parent)]
    return "\n".join([*parts, "", _STATUS])


def _command(command: click.Command, name: str, mark: str, parent: click.Context | None = None) -> list[str]:
    with click.Context(command, info_name=name.split()[-1], parent=parent) as context:
        usage = " ".join([name, *command.collect_usage_pieces(context)])
        rows = [
            record
            for param in command.get_params(context)
            if isinstance(param, click.Option) and (record := param.get_help_record(context)) is not None
        ]
    lines = [f"{mark}{name}", "", "```", usage, "```", "", *_help(command.help or "")]
    lines += ["", "| option | meaning |", "|---|---|"]
    lines += [f"| `{_cell(option)}` | {_cell(meaning)} |" for option, meaning in rows]
    return lines


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _help(text: str) -> list[str]:
    r"""The paragraphs of a help text; one that click keeps as it is (\b) becomes a block, its heading a line above."""
    out: list[str] = []
    for paragraph in re.split(r"\n\s*\n", inspect.cleandoc(text)):
        lines = [line.rstrip() for line in paragraph.splitlines()]
        if lines[0].strip() != "\b":
            out += [" ".join(line.strip() for line in lines), ""]
            continue
        body = lines[1:]
        if body[0].startswith("Exit status:"):  # the table at the end says it
            continue
        if body and body[0].strip().endswith(":") and not body[0].startswith("  "):
            out += [body[0].strip(), ""]
            body = body[1:]
        indent = min((len(line) - len(line.lstrip()) for line in body), default=0)
        out += ["```", *(line[indent:] for line in body), "```", ""]
    return out[:-1]


if __name__ == "__main__":
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
        print(f"docs/{name} written")
