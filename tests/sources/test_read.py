"""What comes in, as whole documents or as failures that say what is wrong; and nothing that is lost on the way."""

from __future__ import annotations

import codecs
import gzip
import io
import json
import os
import sys
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.model import Document, Failure
from onrecord.sources import read, weigh
from onrecord.sources.text import decode

PLAIN = "Envoy Petra Vallis arrived in Nordhaven – for “talks”.\n"


def only(path: Path | str, **options: Any) -> Document | Failure:
    found = list(read(path, **options))
    assert len(found) == 1
    return found[0]


def document(path: Path | str, **options: Any) -> Document:
    found = only(path, **options)
    assert isinstance(found, Document), found
    return found


def reason(path: Path | str, **options: Any) -> str:
    found = only(path, **options)
    assert isinstance(found, Failure), found
    return found.reason


def write(path: Path, data: bytes | str) -> Path:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


# ---------------------------------------------------------------- texts


def test_a_text_file_is_one_document_named_by_its_stem(tmp_path: Path) -> None:
    path = write(tmp_path / "page one.txt", PLAIN)
    assert only(path) == Document(name="page one", text=PLAIN, origin=str(path))


def test_what_a_file_is_is_told_by_its_content_not_by_its_ending(tmp_path: Path) -> None:
    assert document(write(tmp_path / "page.jpg", PLAIN)).text == PLAIN
    assert document(write(tmp_path / "lines.txt", '{"id": "a", "text": "Words."}\n')).name == "a"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(PLAIN.encode(), id="utf-8"),
        pytest.param(codecs.BOM_UTF8 + PLAIN.encode(), id="utf-8 with mark"),
        pytest.param(PLAIN.encode("utf-16"), id="utf-16 with mark"),
        pytest.param(codecs.BOM_UTF16_BE + PLAIN.encode("utf-16-be"), id="utf-16-be with mark"),
        pytest.param(PLAIN.encode("utf-16-le"), id="utf-16-le without mark"),
        pytest.param(PLAIN.encode("utf-16-be"), id="utf-16-be without mark"),
        pytest.param(PLAIN.encode("utf-32"), id="utf-32 with mark"),
        pytest.param(PLAIN.encode("cp1252"), id="cp1252"),
        pytest.param(PLAIN.replace("\n", "\r\n").encode(), id="line ends of Windows"),
        pytest.param(PLAIN.replace("\n", "\r").encode(), id="line ends of old Macs"),
    ],
)
def test_the_same_text_in_any_encoding_is_the_same_document(tmp_path: Path, data: bytes) -> None:
    assert document(write(tmp_path / "page.txt", data)).text == PLAIN


@pytest.mark.parametrize(
    "text",
    [
        "The envoy’s “talks” – at 10° and for £5 or €6 – went on…\n",
        "Señor Peña, Frau Müller and Mme Gbéhanzin-Sèdégbé met; it cost ½ of that.\n",
        "JOSÉ PEÑA MET ÀLVARO\n",
    ],
)
def test_windows_letters_and_marks_are_read(tmp_path: Path, text: str) -> None:
    text += "The two ministers then spoke of grain, of roads and of the sea between their shores.\n"
    assert document(write(tmp_path / "page.txt", text.encode("cp1252"))).text == text


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("Посол прибыл в столицу на переговоры.\n", "cp1251"),
        ("Ο πρέσβης έφτασε στην πρωτεύουσα.\n", "iso8859-7"),
        ("大使抵达首都举行会谈。\n", "gb18030"),
        ("大使は首都に到着した。\n", "shift_jis"),
        ("The envoy’s “talks” went on.\n", "mac-roman"),
        ("Marshal Wałęga met Mr. Gąsior.\n", "cp1250"),
    ],
)
def test_another_encoding_is_not_guessed_but_asked_for(tmp_path: Path, text: str, codec: str) -> None:
    path = write(tmp_path / "page.txt", (text * 20).encode(codec))
    assert "--encoding" in reason(path)
    assert document(path, encoding=codec).text == text * 20


def test_a_damaged_letter_in_utf8_is_not_read_as_windows_letters(tmp_path: Path) -> None:
    data = (PLAIN * 3).encode()
    at = data.index("–".encode())
    assert "is not in UTF-8 (byte" in reason(write(tmp_path / "page.txt", data[: at + 1] + data[at + 2 :]))


def test_an_encoding_that_does_not_exist_is_said(tmp_path: Path) -> None:
    assert "no encoding called 'latin-99'" in reason(write(tmp_path / "a.txt", b"caf\xe9 \x81"), encoding="latin-99")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "the file is empty"),
        (b" \n\t\r\n ", "only white space"),
        (codecs.BOM_UTF8, "only white space"),
        (b"Minister\0 Vallis met\n", "NUL byte at byte 8"),
        (bytes(range(256)) * 40, "NUL byte"),
        (b"\x01\x02\x03\x04\x05\x06" * 100, "binary data"),
        (b"%PDF-1.7\n%\xe2\xe3", "damaged PDF file"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"\xff\xd8\xff\xe0 JFIF", "a picture"),
        (b"{\\rtf1\\ansi Words}", "RTF"),
        (gzip.compress(b"words")[:-9], "the packing is damaged"),
        (b"WARC/1.1\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n\r\n\r\n", "without a page"),
        (b"<!DOCTYPE html><title>Page</title><script>words</script>", "shows no text"),
        (b'<?xml version="1.0"?><rss version="2.0"></rss>', "no feed"),
        (b'<?xml version="1.0"?><kml><Document/></kml>', "is XML, but neither"),
        (b"\xff\xfeA\x00\x00", "is not in utf-16"),
        (b"\xff\xfeA\x00\x00\x00B\x00", "NUL character"),
    ],
)
def test_what_is_no_text_is_a_failure_with_its_reason(tmp_path: Path, data: bytes, words: str) -> None:
    assert words in reason(write(tmp_path / "page.txt", data))


def test_an_office_document_is_named_as_what_it_is(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "page.txt", "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    assert "office document" in reason(tmp_path / "page.txt")


def test_a_page_that_speaks_of_tags_is_still_a_text(tmp_path: Path) -> None:
    text = "The ministry's site wraps every line in <p> and </p>, its editor said.\n"
    assert document(write(tmp_path / "page.txt", text)).text == text


# ---------------------------------------------------------------- headers


def test_header_lines_describe_the_document(tmp_path: Path) -> None:
    text = (
        "Title: Talks end\nPublisher: The Nordhaven Post\nDate: 2026-02-13\nURL: about:blank\nLang: en\nId: n7\n\n"
        "Words.\n"
    )
    found = document(write(tmp_path / "page.txt", text))
    assert found == Document(
        name="n7",
        text="Words.\n",
        origin=str(tmp_path / "page.txt"),
        title="Talks end",
        publisher="The Nordhaven Post",
        published="2026-02-13",
        url="about:blank",
        lang="en",
    )


@pytest.mark.parametrize(
    "text",
    [
        "Title: Talks end in Nordhaven\nThe envoy left on Monday.\n\nMore.\n",
        "Date: 13 February\n\nThe envoy left.\n",
        "Note: this is no header\n\nThe envoy left.\n",
        "Publisher: The Post",
    ],
)
def test_a_text_that_only_looks_like_a_header_keeps_its_words(tmp_path: Path, text: str) -> None:
    assert document(write(tmp_path / "page.txt", text)).text == text


def test_a_header_without_a_text_is_a_failure(tmp_path: Path) -> None:
    assert "no text" in reason(write(tmp_path / "page.txt", "Publisher: The Post\n\n \n"))


# ---------------------------------------------------------------- JSON lines


def test_json_lines_are_one_document_a_line(tmp_path: Path) -> None:
    rows = [
        {
            "id": "a",
            "text": "One.",
            "publisher": "The Post",
            "published": "2026-02-13T10:00:00Z",
            "title": "T",
            "lang": "en",
        },
        {"id": 7, "text": "Two.\r\nThree.", "url": None, "unknown": [1]},
    ]
    path = write(tmp_path / "docs.jsonl", "\n\n".join(json.dumps(row) for row in rows))
    first, second = read(path)
    assert isinstance(first, Document)
    assert (first.name, first.publisher, first.published, first.title) == ("a", "The Post", "2026-02-13", "T")
    assert isinstance(second, Document)
    assert (second.name, second.text, second.url) == ("7", "Two.\nThree.", None)
    assert second.origin == str(path)


def test_a_line_without_an_id_is_named_by_its_content_wherever_it_stands(tmp_path: Path) -> None:
    lines = ['{"text": "One."}', '{"text": "Two."}']
    there = set(read(write(tmp_path / "d.jsonl", "\n".join(lines))))
    back = set(read(write(tmp_path / "d.jsonl", "\n".join(reversed(lines)))))
    assert len(there) == 2
    assert there == back


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"id": "b", "text": ', "is not a JSON object"),
        ('{"id": "b"}', 'has no "text"'),
        ('{"id": "b", "text": "  "}', '"text" is empty'),
        ('{"id": "b", "text": ["Words"]}', 'has no "text"'),
        ('{"id": [1], "text": "Words"}', '"id" is [1]'),
        ('{"id": "b", "text": "Words", "title": 3}', '"title" is 3'),
        ('{"id": "b", "text": "Words", "published": "yesterday"}', "'yesterday'"),
        ('{"id": "b", "text": "Wo\\u0000rds"}', "NUL character"),
        ('{"id": "b", "text": "Wo\\ud800rds"}', "lone surrogate"),
        ("[1, 2]", "is not a JSON object"),
        ("[" * 100_000, "is not a JSON object"),
    ],
)
def test_a_bad_line_is_a_failure_and_the_rest_is_read(tmp_path: Path, line: str, words: str) -> None:
    path = write(tmp_path / "docs.jsonl", '{"id": "a", "text": "One."}\n' + line + '\n{"id": "c", "text": "Three."}\n')
    first, second, third = read(path)
    assert isinstance(second, Failure)
    assert words in second.reason
    assert second.origin == f"{path}, line 2"
    assert (
        [first.name, third.name] == ["a", "c"] if isinstance(first, Document) and isinstance(third, Document) else False
    )


def test_bad_bytes_in_a_line_fail_that_line_alone(tmp_path: Path) -> None:
    path = write(
        tmp_path / "d.jsonl", b'{"id": "a", "text": "One."}\n{"id": "b", "text": "caf\xe9"}\n{"id": "c", "text": "3"}'
    )
    assert [type(item) for item in read(path)] == [Document, Failure, Document]


def test_json_over_several_lines_is_one_failure(tmp_path: Path) -> None:
    assert "on one line" in reason(write(tmp_path / "a.json", '{\n "id": "a",\n "text": "One."\n}\n'))
    assert "on one line" in reason(write(tmp_path / "b.json", '[{"id": "a", "text": "One."}]'))


# ---------------------------------------------------------------- folders and places


def test_a_folder_is_read_with_its_folders_in_order_of_the_paths(tmp_path: Path) -> None:
    for name in ("b/2.txt", "b/1.txt", "a.txt", "c.jsonl", ".hidden.txt", ".git/config"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        write(tmp_path / name, '{"id": "c1", "text": "One."}' if name == "c.jsonl" else f"Words of {name}.")
    assert [item.name for item in read(tmp_path) if isinstance(item, Document)] == ["a", "1", "2", "c1"]


def test_a_bad_file_in_a_folder_does_not_end_the_reading(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", b"")
    write(tmp_path / "b.txt", PLAIN)
    (tmp_path / "c.txt").symlink_to(tmp_path / "gone")
    os.mkfifo(tmp_path / "d.txt")
    assert [type(item) for item in read(tmp_path)] == [Failure, Document, Failure, Failure]


def test_places_that_are_not_there_or_empty(tmp_path: Path) -> None:
    assert "no such file" in reason(tmp_path / "gone.txt")
    assert "folder is empty" in reason(tmp_path)
    assert "cannot be read" in reason("a\0b")
    assert "File name too long" in reason("x" * 5000)
    assert "is an address" in reason("https://example.org/page")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(tmp_path: Path) -> None:
    path = write(tmp_path / "page.txt", PLAIN)
    path.chmod(0)
    assert "no permission" in reason(path)


def test_a_link_that_turns_in_a_circle_ends(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", PLAIN)
    (tmp_path / "loop").symlink_to(tmp_path)
    assert [type(item) for item in read(tmp_path)] == [Document, Failure]


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(PLAIN.encode())))
    assert only("-") == Document(name="stdin", text=PLAIN, origin="standard input")


def test_weigh_counts_the_bytes_of_files_and_folders(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", b"12345")
    (tmp_path / "b").mkdir()
    write(tmp_path / "b" / "c.txt", b"123")
    assert weigh([tmp_path, tmp_path / "a.txt", tmp_path / "gone"]) == 13


# ---------------------------------------------------------------- size


def test_a_document_over_the_limit_is_refused_without_reading_it_whole(tmp_path: Path) -> None:
    path = write(tmp_path / "page.txt", b"word " * 10_000_000)
    tracemalloc.start()
    words = reason(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "has 50.0 MB; one document may have 10.0 MB" in words
    assert peak < 40_000_000


def test_a_line_over_the_limit_is_refused_and_the_next_is_read(tmp_path: Path) -> None:
    with (tmp_path / "docs.jsonl").open("w") as out:
        out.write('{"id": "a", "text": "' + "word " * 10_000_000 + '"}\n{"id": "b", "text": "Words."}\n')
    tracemalloc.start()
    first, second = read(tmp_path / "docs.jsonl")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(first, Failure)
    assert "--max-size" in first.reason
    assert isinstance(second, Document)
    assert peak < 40_000_000


def test_a_document_at_the_limit_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "page.txt", b"x" * 1000)
    assert document(path, limit=1000).text == "x" * 1000
    assert "one document may have" in reason(path, limit=999)


# ---------------------------------------------------------------- anything at all


@given(st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_any_bytes_come_out_as_documents_or_failures(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = write(tmp_path_factory.getbasetemp() / "any.txt", data)
    found = list(read(path))
    assert found
    for item in found:
        if isinstance(item, Document):
            assert item.text.strip()
            assert "\0" not in item.text
            item.text.encode("utf-8")
        else:
            assert item.reason


@given(st.text(min_size=1, max_size=200).filter(lambda t: "\0" not in t))
@settings(max_examples=200, deadline=None)
def test_decode_gives_back_any_unicode_text(text: str) -> None:
    assert decode(text.encode("utf-8")) in (text, text.removeprefix("\ufeff"))
