"""The command line as people meet it: what it prints, where, in which form, and with which exit status."""

from __future__ import annotations

import contextlib
import csv
import importlib.util
import json
import os
import pty
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import click
import pytest

from by_hand import NOTE, OTHER, ROOT, Command, command, environment
from onrecord.cli import _plain, _sentence, cli
from onrecord.store import Record

PAGE = ROOT / "examples" / "quayside-digest.txt"
COMMUNIQUES = sorted((ROOT / "examples" / "communiques").glob("*.txt"))
SMALL_TEXT = "Envoy Petra Vallis met President Ilyan Torvek in Nordhaven on 3 May 2026.\n"


def dump(path: Path) -> list[str]:
    with Record.open(path, create=False) as record:
        return list(record.dump())


def counts(path: Path) -> dict[str, int]:
    with Record.open(path, create=False) as record:
        return record.counts()


def shown(value: subprocess.CompletedProcess[str]) -> str:
    return f"status {value.returncode}\n{value.stdout[-3000:]}\n{value.stderr[-3000:]}"


# ---------------------------------------------------------------- help and shape


def commands() -> list[str]:
    return sorted(cli.commands)


@pytest.mark.parametrize("name", commands())
def test_every_command_has_help_with_an_example(onrecord: Command, name: str) -> None:
    done = onrecord(name, "--help")
    assert done.returncode == 0
    assert re.search(rf"Examples:\n +onrecord {name}\b", done.stdout)
    for param in cli.commands[name].params:
        assert isinstance(param, click.Argument) or getattr(param, "help", None), f"{name} {param.name} has no help"


@pytest.mark.parametrize("name", ["events", "people", "show", "search", "add", "evaluate", "doctor"])
def test_every_listing_can_be_had_as_json(name: str) -> None:
    assert "--json" in [option for param in cli.commands[name].params for option in param.opts]


def test_the_reference_is_current() -> None:
    spec = importlib.util.spec_from_file_location("make_reference", ROOT / "docs" / "make_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, text in module.pages().items():
        assert (ROOT / "docs" / name).read_text(encoding="utf-8") == text, "run: make docs"


def test_help_does_not_load_what_it_does_not_need() -> None:
    heavy = "{'spacy', 'sqlalchemy', 'rich', 'jinja2', 'numpy', 'alembic'}"
    code = f"import sys; from onrecord.cli import cli; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=True)
    assert done.stdout.strip() == "set()"


def test_help_is_there_within_half_a_second(onrecord: Command) -> None:
    times = []
    for _ in range(5):
        start = time.perf_counter()
        assert onrecord("--help").returncode == 0
        times.append(time.perf_counter() - start)
    assert min(times) < 0.5


def test_version(onrecord: Command) -> None:
    assert re.fullmatch(r"onrecord, version \d+\.\d+\.\d+\n", onrecord("--version").stdout)


def test_wrong_usage_ends_with_2(onrecord: Command) -> None:
    for args in (
        ("events", "--from", "May"),
        ("add",),
        ("nothing",),
        ("export", "somewhere"),
        ("events", "--min-sources", "0"),
    ):
        done = onrecord(*args)
        assert done.returncode == 2, shown(done)
        assert "Traceback" not in done.stderr


# ---------------------------------------------------------------- what the record holds


def test_events_in_a_pipe_are_lines_with_tabs(onrecord: Command, small: Path) -> None:
    done = onrecord("events", "--record", small)
    assert done.returncode == 0, shown(done)
    rows = list(csv.reader(done.stdout.splitlines(), delimiter="\t"))
    assert rows[0] == ["date", "what", "who with whom", "where", "tellings", "independent", "id"]
    assert [row[:4] for row in rows[1:]] == [
        ["2026-05-03", "CONSULT/meeting", "Ilyan Torvek; Amara Deslonde", "Port Halla"],
        ["", "AID/pledge (planned)", "Vessia", ""],
    ]
    assert rows[1][4] == "3"
    assert done.stderr == "2 events\n"


@pytest.mark.parametrize(
    ("filters", "number"),
    [
        ((), 2),
        (("--who", "torvek"), 1),
        (("--who", "Torvek", "--with", "Deslonde"), 1),
        (("--who", "Torvek", "--with", "Vessia"), 0),
        (("--type", "aid"), 1),
        (("--mode", "meeting"), 1),
        (("--from", "2026-05"), 1),
        (("--from", "2026-05-04"), 0),
        (("--to", "2026-05-03"), 1),
        (("--country", "LKA"), 0),
        (("--min-sources", "2"), 1),
        (("--min-sources", "9"), 0),
    ],
)
def test_events_are_filtered(onrecord: Command, small: Path, filters: tuple[str, ...], number: int) -> None:
    found = json.loads(onrecord("events", "--record", small, "--json", *filters).stdout)
    assert len(found) == number


def test_nothing_found_is_said_but_no_error(onrecord: Command, small: Path) -> None:
    done = onrecord("events", "--record", small, "--who", "nobody")
    assert done.returncode == 0
    assert done.stderr.startswith("No event found")


def test_quiet_prints_results_only(onrecord: Command, small: Path) -> None:
    assert onrecord("--quiet", "events", "--record", small).stderr == ""


def test_people_are_listed_with_their_offices(onrecord: Command, small: Path) -> None:
    found = json.loads(onrecord("people", "--record", small, "--json").stdout)
    assert [person["name"] for person in found] == ["Amara Deslonde", "Ilyan Torvek"]
    assert found[0]["offices"][0]["title"] == "Minister of Trade"
    lines = onrecord("people", "--record", small).stdout.splitlines()
    assert "Minister of Trade, Vessia" in lines[1]


def meeting(onrecord: Command, small: Path) -> str:
    return str(json.loads(onrecord("events", "--record", small, "--json", "--mode", "meeting").stdout)[0]["id"])


def test_show_prints_every_cell_of_an_event_with_its_sentence(onrecord: Command, small: Path) -> None:
    done = onrecord("show", meeting(onrecord, small), "--record", small, env={"COLUMNS": "400"})
    assert done.returncode == 0, shown(done)
    for words in (
        "CONSULT/meeting  2026-05-03  Ilyan Torvek; Amara Deslonde",
        f"“{NOTE}”",
        "President Torvek received Minister Deslonde.”",
        f"“{OTHER}”",
        "inferred: the day of the dateline",
        "Korrin Wire",
        "participant: Ilyan Torvek",
        "date: 2026-05-03",
        "place: Port Halla",
    ):
        assert words in done.stdout


def test_show_as_json_has_words_that_stand_in_the_sentences(onrecord: Command, small: Path) -> None:
    found = json.loads(onrecord("show", meeting(onrecord, small)[:10], "--record", small, "--json").stdout)
    assert len(found["told"]) == 3
    cells = [cell for told in found["told"] for cell in told["cells"]]
    assert {cell["cell"] for cell in cells} == {"what", "participant", "date", "place"}
    for cell in cells:
        assert cell["evidence"] or cell["inferred"]
        for evidence in cell["evidence"]:
            assert evidence["words"] in evidence["sentence"]


def test_show_prints_a_person_with_offices_sentences_and_events(onrecord: Command, small: Path) -> None:
    people = json.loads(onrecord("people", "--record", small, "--json").stdout)
    done = onrecord("show", people[0]["id"], "--record", small, env={"COLUMNS": "400"})
    assert done.returncode == 0, shown(done)
    assert done.stdout.startswith("Amara Deslonde")
    assert "Minister of Trade, Vessia" in done.stdout
    assert "Amara Deslonde, Minister of Trade of Vessia" in done.stdout
    assert "CONSULT/meeting" in done.stdout
    assert len(json.loads(onrecord("show", people[0]["id"], "--record", small, "--json").stdout)["events"]) == 1


def test_show_of_an_id_that_is_not_there(onrecord: Command, small: Path) -> None:
    done = onrecord("show", "ffffffffffffffff", "--record", small)
    assert done.returncode == 2
    assert "onrecord events" in done.stderr
    assert "Traceback" not in done.stderr


def test_search_finds_words(onrecord: Command, small: Path) -> None:
    found = json.loads(onrecord("search", "build", "bridge", "--record", small, "--json").stdout)
    assert {hit["kind"] for hit in found} == {"statement", "layer"}
    assert onrecord("search", "nowhereword", "--record", small).stderr.startswith("No result found")


def test_search_takes_words_as_they_are(onrecord: Command, small: Path) -> None:
    for words in ('"', "AND", "(", "a*b:c", "-x", "NEAR(", "'"):
        done = onrecord("search", "--record", small, "--", words)
        assert done.returncode == 0, shown(done)


def test_the_record_may_come_from_the_environment(onrecord: Command, small: Path) -> None:
    done = onrecord("events", "--json", env={"ONRECORD_RECORD": str(small)})
    assert len(json.loads(done.stdout)) == 2


def test_publish_writes_a_digest_and_says_where(onrecord: Command, small: Path, tmp_path: Path) -> None:
    done = onrecord("publish", "digest", "--record", small, "--title", "Our digest")
    assert done.returncode == 0, shown(done)
    assert "digest/index.html" in done.stdout
    assert "Our digest" in (tmp_path / "digest" / "index.html").read_text(encoding="utf-8")


def test_export_to_a_place_that_cannot_be_written(onrecord: Command, small: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = onrecord("export", "file/events.json", "--record", small)
    assert done.returncode == 1, shown(done)
    assert done.stderr.startswith("onrecord: cannot write")
    assert "Traceback" not in done.stderr


def test_doctor_says_what_is_installed(onrecord: Command) -> None:
    done = onrecord("doctor", "--json")
    assert done.returncode == 0, shown(done)
    found = {row["what"]: row for row in json.loads(done.stdout)}
    assert found["spacy"]["good"]
    assert found["language model"]["found"].startswith("en_core_web_sm")


# ---------------------------------------------------------------- terminals, pipes, marks


def on_terminal(*args: object, cwd: Path, env: dict[str, str] | None = None) -> str:
    """What the command prints on a terminal of 100 columns."""
    parent, child = pty.openpty()
    process = subprocess.Popen(
        command(*args), stdin=child, stdout=child, stderr=child, cwd=cwd,
        env=environment({"TERM": "xterm-256color", "COLUMNS": "100", **(env or {})}),
    )  # fmt: skip
    os.close(child)
    out = b""
    while True:
        try:
            data = os.read(parent, 65536)
        except OSError:
            break
        if not data:
            break
        out += data
    os.close(parent)
    assert process.wait() == 0, out.decode()
    return out.decode()


def test_on_a_terminal_events_are_a_table(small: Path, tmp_path: Path) -> None:
    out = on_terminal("events", "--record", small, cwd=tmp_path)
    assert "─" in out
    assert "\t" not in out
    assert "\x1b[" in out


@pytest.mark.parametrize(("args", "env"), [(("--no-color",), {}), ((), {"NO_COLOR": "1"})])
def test_no_colour_where_none_is_wanted(
    small: Path, tmp_path: Path, args: tuple[str, ...], env: dict[str, str]
) -> None:
    out = on_terminal(*args, "show", "--record", small, meeting_of(small), cwd=tmp_path, env=env)
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", out)


def meeting_of(small: Path) -> str:
    with Record.open(small, create=False) as record:
        return record.events(mode="meeting")[0].id


def test_add_shows_a_bar_on_a_terminal_and_none_elsewhere(onrecord: Command, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(SMALL_TEXT)
    out = on_terminal("add", "a.txt", "--record", "one.db", cwd=tmp_path)
    assert " %" in out
    done = onrecord("add", "a.txt", "--record", "two.db")
    assert done.returncode == 0, shown(done)
    assert done.stderr == ""


def test_a_reader_that_leaves_early_is_no_error(small: Path, tmp_path: Path) -> None:
    """`onrecord … | head -c 1` must not end in a traceback."""
    process = subprocess.Popen(
        command("show", meeting_of(small), "--record", small, "--json"), cwd=tmp_path, env=environment(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    process.wait()
    assert errors == b""


def test_marks_that_steer_a_terminal_are_not_printed() -> None:
    assert _plain("a\x1b[31mb\u202ec\nd\te\x9b") == "a\ufffd[31mb\ufffdc d e\ufffd"


def test_a_letter_that_the_terminal_lacks_does_not_end_the_run(onrecord: Command, small: Path) -> None:
    done = onrecord("show", meeting_of(small), "--record", small, env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0, shown(done)
    assert "?We will build" not in done.stderr


@pytest.mark.parametrize(
    ("text", "words", "sentence"),
    [
        ("One came. Two met Three. Four left.", "met", "Two met Three."),
        ("He left. Mr. Adan met H.E. Mrs. Boro J. Cade. They ate.", "met", "Mr. Adan met H.E. Mrs. Boro J. Cade."),
        ("A headline\n\nTwo met Three.", "Two", "Two met Three."),
        ("“Come,” he said. “Go.”", "Go", "“Go.”"),
        ("no end", "no", "no end"),
    ],
)
def test_the_sentence_around_words(text: str, words: str, sentence: str) -> None:
    start = text.index(words)
    assert _sentence(text, start, start + len(words)) == sentence


# ---------------------------------------------------------------- add


def test_add_says_what_it_found_and_again_reads_nothing(onrecord: Command, tmp_path: Path) -> None:
    first = onrecord("add", PAGE, "--json")
    assert first.returncode == 0, shown(first)
    report = json.loads(first.stdout)
    assert report["read"]["documents"] == 1
    assert report["read"]["posts"] == report["totals"]["posts"] == 9
    assert report["failed"] == []
    before = dump(tmp_path / "record.db")
    start = time.perf_counter()
    second = json.loads(onrecord("add", PAGE, "--json").stdout)
    assert time.perf_counter() - start < 5
    assert (second["known"], second["read"]["documents"]) == (1, 0)
    assert dump(tmp_path / "record.db") == before


def test_add_prints_a_summary(onrecord: Command, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(SMALL_TEXT)
    done = onrecord("add", "a.txt", "a.txt")
    assert re.search(r"Read in [\d.]+ s: 1 document, 1 post, 1 layer, \d+ (person|people), \d+ events?, ", done.stdout)
    assert "1 known already" in done.stdout


def test_add_takes_standard_input(onrecord: Command) -> None:
    done = onrecord("add", "-", "--json", stdin=None, input=SMALL_TEXT)
    assert json.loads(done.stdout)["read"]["documents"] == 1


BAD: dict[str, tuple[bytes, str]] = {
    "empty.txt": (b"", "the file is empty"),
    "binary.txt": (bytes(range(256)) * 64, "NUL byte"),
    "picture.txt": (b"\x89PNG\r\n\x1a\n\0\0", "a picture"),
    "encoding.txt": ("Посол прибыл в столицу. ".encode("koi8-r") * 9, "is not in UTF-8"),
    "nul.txt": (b"Envoy Vallis\0met the President.\n", "NUL byte at byte 12"),
    "page.html": (b"<!doctype html><title></title>", "shows no text"),
}


def test_bad_input_is_said_kept_and_does_not_end_the_run(onrecord: Command, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name, (data, _) in BAD.items():
        (tmp_path / "in" / name).write_bytes(data)
    (tmp_path / "in" / "good.txt").write_text(SMALL_TEXT)
    done = onrecord("add", "in", "gone.txt")
    assert done.returncode == 3, shown(done)
    assert "Traceback" not in done.stderr
    assert "1 document, 1 post" in done.stdout
    kept = {}
    with Record.open(tmp_path / "record.db", create=False) as record:
        kept = {Path(failure.origin).name: failure.reason for failure in record.failures()}
    assert set(kept) == {*BAD, "gone.txt"}
    for name, (_, reason) in BAD.items():
        assert reason in kept[name]
        assert re.search(rf"^not read: in/{re.escape(name)}: .*{re.escape(reason)}", done.stderr, re.M)
    assert "no such file" in kept["gone.txt"]


def peak_and_seconds(cwd: Path, *args: object) -> tuple[int, int, float, str]:
    """Runs the command; gives its status, its peak of memory in MB, its seconds, and its errors."""
    with (cwd / "errors").open("w+") as errors:
        start = time.perf_counter()
        process = subprocess.Popen(
            command(*args),
            cwd=cwd,
            env=environment(),
            stdout=subprocess.DEVNULL,
            stderr=errors,
            stdin=subprocess.DEVNULL,
        )
        # What wait4 tells of a child counts the memory that its parent held when it was started; the kernel's own high
        # water mark of the running program does not.
        peak = 0
        while process.poll() is None:
            with contextlib.suppress(OSError):
                found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process.pid}/status").read_text())
                peak = max(peak, int(found[1]) // 1024) if found else peak
            time.sleep(0.02)
        seconds = time.perf_counter() - start
        assert peak, "this system does not tell the memory of a process"
        errors.seek(0)
        return process.returncode, peak, seconds, errors.read()


def test_one_line_of_50_mb_is_refused_in_bounded_time_and_memory(tmp_path: Path) -> None:
    (tmp_path / "line.txt").write_bytes(b"Envoy Vallis met the President. " * 1_600_000)
    status, peak, seconds, errors = peak_and_seconds(tmp_path, "add", "line.txt")
    assert status == 3
    assert "has 51.2 MB; one document may have 10.0 MB" in errors
    assert "--max-size" in errors
    assert peak < 300
    assert seconds < 20


def test_a_page_of_100_000_posts_is_refused_in_bounded_time_and_memory(tmp_path: Path) -> None:
    with (tmp_path / "page.txt").open("w") as out:
        for number in range(100_000):
            out.write(f"Envoy number {number} arrives\n\nEnvoy {number} met the President of Korrin in Port Halla.\n\n")
            out.write("Continue reading Envoy arrives\n\n")
    status, peak, seconds, errors = peak_and_seconds(tmp_path, "add", "page.txt")
    assert status == 3
    assert "cut it into several files, or raise --max-size" in errors
    assert peak < 300
    assert seconds < 20


@pytest.mark.slow
def test_a_page_of_1_000_posts_is_read_whole(onrecord: Command, tmp_path: Path) -> None:
    with (tmp_path / "page.txt").open("w") as out:
        for number in range(1, 1001):
            out.write(f"Envoy number {number} arrives\n\nEnvoy {number} met the President of Korrin in Port Halla.\n\n")
            out.write(f"Continue reading Envoy number {number} arrives →\n\n")
    done = onrecord("add", "page.txt", "--json")
    assert done.returncode == 0, shown(done)
    assert json.loads(done.stdout)["read"]["posts"] == 1000


@pytest.mark.slow
def test_one_line_of_300_kb_is_read(onrecord: Command, tmp_path: Path) -> None:
    (tmp_path / "line.txt").write_text("envoy vallis met the president and " * 8_600)
    done = onrecord("add", "line.txt", "--json")
    assert done.returncode == 0, shown(done)
    assert json.loads(done.stdout)["read"]["documents"] == 1


def test_a_record_of_a_newer_version(onrecord: Command, tmp_path: Path, small: Path) -> None:
    newer = tmp_path / "newer.db"
    shutil.copy(small, newer)
    with sqlite3.connect(newer) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'ffff'")
    connection.close()
    (tmp_path / "a.txt").write_text(SMALL_TEXT)
    for args in (("add", "a.txt"), ("events",)):
        done = onrecord(*args, "--record", newer)
        assert done.returncode == 5, shown(done)
        assert "newer version of onrecord" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("content", [b"Words, words, words.\n", b"SQLite format 3\0" + b"\0" * 4000])
def test_a_file_that_is_no_record_is_left_alone(onrecord: Command, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "notes.db").write_bytes(content)
    (tmp_path / "a.txt").write_text(SMALL_TEXT)
    done = onrecord("add", "a.txt", "--record", "notes.db")
    assert done.returncode == 5, shown(done)
    assert "Traceback" not in done.stderr
    assert (tmp_path / "notes.db").read_bytes() == content


def test_no_record_to_read_from(onrecord: Command, tmp_path: Path) -> None:
    for args in (("events",), ("people",), ("show", "a"), ("search", "a"), ("publish", "x"), ("export", "x.json")):
        done = onrecord(*args)
        assert done.returncode == 5, shown(done)
        assert "onrecord add" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_record_locked_by_another_process(onrecord: Command, tmp_path: Path, small: Path) -> None:
    locked = tmp_path / "locked.db"
    shutil.copy(small, locked)
    (tmp_path / "a.txt").write_text(SMALL_TEXT)
    holder = sqlite3.connect(locked, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        done = onrecord("add", "a.txt", "--record", locked)
        assert done.returncode == 5, shown(done)
        assert "is locked: another onrecord is writing to it" in done.stderr
        assert "Traceback" not in done.stderr
        assert onrecord("events", "--record", locked).returncode == 0  # reading needs no lock
    finally:
        holder.close()
    again = onrecord("add", "a.txt", "--record", locked, "--json")
    assert json.loads(again.stdout)["totals"]["documents"] == 3


def _own_mounts() -> list[str] | None:
    """How to run a shell that may mount a disk of its own, if this system lets us."""
    for prefix in (["unshare", "--mount"], ["unshare", "--user", "--map-root-user", "--mount"]):
        try:
            subprocess.run([*prefix, "mount", "-t", "tmpfs", "x", "/mnt"], check=True, capture_output=True, timeout=10)
        except (OSError, subprocess.SubprocessError):
            continue
        return prefix
    return None


def test_a_full_disk_is_said_and_the_next_run_ends_in_the_same_record(tmp_path: Path) -> None:
    prefix = _own_mounts()
    if prefix is None:
        pytest.skip("this system does not let us mount a small disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    with (tmp_path / "docs.jsonl").open("w") as out:
        for number in range(20):  # few words, so that they are read soon, but long ones, so that they fill the disk
            text = f"Envoy {number} met the President. " + " ".join(f"{number:03}{n:03}" * 40 for n in range(400))
            out.write(json.dumps({"id": f"d{number}", "text": text}) + "\n")
    parts = command("--quiet", "add", tmp_path / "docs.jsonl", "--record", disk / "r.db")
    add = " ".join(f"'{part}'" for part in parts)
    script = f"""
    mount -t tmpfs -o size=1500k tmpfs '{disk}'
    {add}; echo "first $?"
    mount -o remount,size=200m '{disk}'
    {add}; echo "second $?"
    cp '{disk}'/r.db '{tmp_path}/kept.db'
    """
    done = subprocess.run(
        [*prefix, "sh", "-c", script], capture_output=True, text=True, env=environment(), timeout=280, cwd=tmp_path
    )
    assert "first 5" in done.stdout, shown(done)
    assert "no space is left" in done.stderr
    assert "Traceback" not in done.stderr
    assert "second 0" in done.stdout, shown(done)
    assert counts(tmp_path / "kept.db")["documents"] == 20


def test_results_on_a_full_disk_are_an_error_with_a_reason(small: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full, a disk that is always full")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command("events", "--record", small), stdout=full, stderr=subprocess.PIPE, text=True, env=environment()
        )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "No space left" in done.stderr


# ---------------------------------------------------------------- the same record, whatever happens


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The sample as JSON lines: a page and four communiqués, and a line that is none."""
    files = [PAGE, *COMMUNIQUES[:4]]
    assert len(files) == 5
    return [
        *(json.dumps({"id": file.stem, "text": file.read_text(encoding="utf-8")}) for file in files),
        '{"id": "broken", "text": 1}',
    ]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, lines: list[str]) -> tuple[list[str], float]:
    """The dump of a run that nothing disturbed, and how long that took."""
    folder = tmp_path_factory.mktemp("undisturbed")
    (folder / "docs.jsonl").write_text("\n".join(lines))
    start = time.perf_counter()
    done = subprocess.run(
        command("add", "docs.jsonl", "--workers", 1), cwd=folder, env=environment(), capture_output=True, text=True
    )
    seconds = time.perf_counter() - start
    assert done.returncode == 3, shown(done)
    return dump(folder / "record.db"), seconds


def test_the_record_does_not_depend_on_order_or_workers(
    onrecord: Command, tmp_path: Path, lines: list[str], undisturbed: tuple[list[str], float]
) -> None:
    shuffled = list(lines)
    random.Random(7).shuffle(shuffled)
    assert shuffled != lines
    # The broken line is named by its number, so it keeps its place.
    shuffled.remove(lines[-1])
    (tmp_path / "docs.jsonl").write_text("\n".join([*shuffled, lines[-1]]))
    done = onrecord("add", "docs.jsonl", "--workers", 2)
    assert done.returncode == 3, shown(done)
    assert dump(tmp_path / "record.db") == undisturbed[0]


def test_exports_do_not_depend_on_order_either(onrecord: Command, tmp_path: Path) -> None:
    for name, files in (("one", COMMUNIQUES[:3]), ("two", COMMUNIQUES[2::-1])):
        onrecord("add", *files, "--record", f"{name}.db", "--workers", 1 if name == "one" else 2)
        for out in (f"{name}.json", f"{name}.csv"):
            assert onrecord("export", out, "--record", f"{name}.db").returncode == 0
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()
    tables = sorted(file.name for file in (tmp_path / "one.csv").iterdir())
    assert len(tables) == 14
    for name in tables:
        assert (tmp_path / "one.csv" / name).read_bytes() == (tmp_path / "two.csv" / name).read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("moment", range(10))
def test_a_killed_run_started_again_ends_in_the_same_record(
    tmp_path: Path, lines: list[str], undisturbed: tuple[list[str], float], moment: int
) -> None:
    expected, seconds = undisturbed
    (tmp_path / "docs.jsonl").write_text("\n".join(lines))
    workers = 1 + moment % 2
    # One moment in each tenth of the run, so that start, reading, and the last merging are all met.
    delay = seconds * (moment + random.Random(moment).random()) / 10
    add = command("add", "docs.jsonl", "--workers", workers)
    with subprocess.Popen(add, cwd=tmp_path, env=environment(), stdout=-3, stderr=-3) as process:
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.wait()
    done = subprocess.run(add, cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=200)
    assert done.returncode == 3, shown(done)
    assert dump(tmp_path / "record.db") == expected


def test_ctrl_c_ends_with_130_and_keeps_what_was_read(tmp_path: Path, lines: list[str]) -> None:
    with (tmp_path / "docs.jsonl").open("w") as out:
        for number in range(60):
            row: dict[str, Any] = json.loads(lines[1])
            out.write(json.dumps({"id": f"{row['id']}-{number}", "text": row["text"]}) + "\n")
    process = subprocess.Popen(
        command("add", "docs.jsonl", "--workers", 2), cwd=tmp_path, env=environment(), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, start_new_session=True,
        # A suite that is started in the background of a shell ignores the signal, and so would what it starts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        time.sleep(0.2)
        if (tmp_path / "record.db").exists() and saved(tmp_path / "record.db"):
            break
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "What was read so far is kept" in errors
    assert "Traceback" not in errors
    assert 0 < counts(tmp_path / "record.db")["documents"] < 60


def saved(path: Path) -> bool:
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
            found = connection.execute("SELECT count(*) FROM document").fetchone()[0]
    except sqlite3.Error:
        return False
    connection.close()
    return bool(found)
