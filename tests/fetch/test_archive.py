"""What was fetched is kept as WARC, byte for byte, and every document can be traced to it."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from served import Answer, Handler, Site
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from onrecord.errors import RecordError, RecordFull, RecordLocked
from onrecord.fetch import Fetcher, Source, _archive
from onrecord.model import Document, Failure

Open = Callable[..., Fetcher]
TEXT = "Envoy Petra Vallis met President Ilyan Torvek in Nordhaven on 3 May 2026.\n"


def run(fetcher: Fetcher, *urls: str) -> list[Document | Failure]:
    return list(fetcher.round([Source(url) for url in urls], force=True))


def records(folder: Path) -> list[tuple[dict[str, str], bytes]]:
    """The records of the archive: headers, and the whole block as it is."""
    found = []
    for path in sorted(folder.glob("*.warc.gz")):
        data = gzip.decompress(path.read_bytes())
        while data:
            head, _, rest = data.partition(b"\r\n\r\n")
            version, *lines = head.decode().split("\r\n")
            assert version == "WARC/1.1"
            fields = dict(line.split(": ", 1) for line in lines)
            size = int(fields["Content-Length"])
            assert rest[size : size + 4] == b"\r\n\r\n"
            found.append((fields, rest[:size]))
            data = rest[size + 4 :]
    return found


def kinds(folder: Path) -> list[str]:
    return [
        fields["WARC-Type"] for fields, _ in records(folder) if "robots.txt" not in fields.get("WARC-Target-URI", "")
    ]


def test_question_and_answer_are_kept_byte_for_byte(site: Site, fetcher: Open, tmp_path: Path) -> None:
    sent = (
        b"HTTP/1.1 200 Quite  fine\r\ncontent-TYPE:text/plain\r\nX-Odd:  caf\xe9  \r\n"
        + b"Transfer-Encoding: chunked\r\n\r\n"
        + b"%x\r\n%s\r\n" % (10, TEXT[:10].encode())
        + b"%x;note=1\r\n%s\r\n0\r\n\r\n" % (len(TEXT) - 10, TEXT[10:].encode())
    )

    def answer(handler: Handler) -> None:
        handler.wfile.write(sent)

    site.routes["/page?a=ü"] = site.routes["/page?a=%C3%BC"] = answer
    with fetcher() as one:
        (document,) = run(one, site.url("/page?a=ü"))
    assert isinstance(document, Document)
    assert document.text == TEXT
    response, request = [
        (fields, block)
        for fields, block in records(tmp_path / "record.fetched")
        if "/page" in fields.get("WARC-Target-URI", "")
    ]
    assert response[1] == sent
    assert request[1].startswith(b"GET /page?a=%C3%BC HTTP/1.1\r\nHost: 127.0.0.1:")
    assert response[0]["WARC-Type"] == "response"
    assert request[0]["WARC-Type"] == "request"
    assert request[0]["WARC-Concurrent-To"] == response[0]["WARC-Record-ID"]
    assert response[0]["WARC-Target-URI"] == document.url == site.url("/page?a=%C3%BC")
    assert response[0]["WARC-Date"] == document.fetched
    assert response[0]["WARC-IP-Address"] == "127.0.0.1"


def test_the_origin_of_a_document_is_the_place_of_its_record(site: Site, fetcher: Open, tmp_path: Path) -> None:
    site.routes |= {f"/{n}": Answer(TEXT + str(n)) for n in range(5)}
    with fetcher() as one:
        documents = run(one, *(site.url(f"/{n}") for n in range(5)))
    assert len(documents) == 5
    for document in documents:
        assert isinstance(document, Document)
        name, _, place = document.origin.partition("#")
        with (tmp_path / name).open("rb") as file:
            file.seek(int(place))
            record = next(iter(ArchiveIterator(file, check_digests="raise")))
            assert record.rec_headers.get_header("WARC-Target-URI") == document.url
            assert record.content_stream().read().decode() == document.text


def test_what_is_the_same_is_kept_as_a_revisit(site: Site, fetcher: Open, tmp_path: Path) -> None:
    site.routes |= {"/marked": Answer(TEXT, etag='"1"'), "/plain": Answer(TEXT)}
    for _ in range(2):
        with fetcher() as one:
            run(one, site.url("/marked"), site.url("/plain"))
            one.saved()
    folder = tmp_path / "record.fetched"
    assert kinds(folder) == ["warcinfo", *["response", "request"] * 2, *["revisit", "request"] * 2]
    kept = {fields["WARC-Record-ID"]: fields for fields, _ in records(folder)}
    profiles = []
    for fields, block in records(folder):
        if fields["WARC-Type"] == "revisit":
            profiles.append(fields["WARC-Profile"].rpartition("/")[2])
            original = kept[fields["WARC-Refers-To"]]
            assert fields["WARC-Refers-To-Target-URI"] == original["WARC-Target-URI"] == fields["WARC-Target-URI"]
            assert fields["WARC-Refers-To-Date"] == original["WARC-Date"] < fields["WARC-Date"]
            assert fields["WARC-Payload-Digest"] == original["WARC-Payload-Digest"]
            assert TEXT.encode() not in block
            assert block.startswith(b"HTTP/1.1 ")
    assert profiles == ["server-not-modified", "identical-payload-digest"]


def test_other_tools_find_nothing_wrong_with_it(
    site: Site, fetcher: Open, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site.routes |= {
        "/a": Answer(gzip.compress(TEXT.encode()), headers={"Content-Encoding": "gzip"}, etag='"1"'),
        "/b": Answer(status=301, headers={"Location": "/a"}),
        "/c": Answer("", 404),
    }
    for _ in range(2):
        with fetcher() as one:
            run(one, site.url("/a"), site.url("/b"), site.url("/c"))

    class Options:
        verbose = True
        inputs = (str(tmp_path / "record.fetched" / "00001.warc.gz"),)

    checker = Checker(Options())
    checker.process_all()
    said = capsys.readouterr().out
    assert checker.exit_value == 0
    assert said.count("digest pass") == 1 + 2 * 4 + 7  # warcinfo, answers, questions; and robots.txt
    assert "fail" not in said


def test_a_stopped_run_hands_on_again_what_did_not_reach_the_record(site: Site, fetcher: Open) -> None:
    site.routes |= {f"/{n}": Answer(TEXT + str(n)) for n in range(4)}
    urls = [site.url(f"/{n}") for n in range(4)]
    with fetcher() as one:
        before = run(one, *urls)  # and nobody says that it is saved
    with fetcher() as one:
        assert list(one.round([])) == before
        one.saved()
        assert list(one.round([])) == []
        one.forget_saved()
        assert list(one.round([])) == before
    assert len(site.paths()) == 4


def test_half_a_record_is_cut_away(site: Site, fetcher: Open, tmp_path: Path) -> None:
    site.routes |= {"/1": Answer(TEXT), "/2": Answer(TEXT + "2")}
    path = tmp_path / "record.fetched" / "00001.warc.gz"
    with fetcher() as one:
        before = run(one, site.url("/1"))
    whole = path.read_bytes()
    path.write_bytes(whole + gzip.compress(b"WARC/1.1\r\nWARC-Type: resp")[:-5])
    with fetcher() as one:
        assert path.read_bytes() == whole
        assert list(one.round([])) == before
        run(one, site.url("/2"))
    assert kinds(tmp_path / "record.fetched") == ["warcinfo", *["response", "request"] * 2]


def test_a_crash_between_the_bytes_and_the_index_costs_one_request(
    site: Site, fetcher: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.routes["/1"] = Answer(TEXT, etag='"1"')

    def crash(*_: Any, **__: Any) -> None:
        raise RuntimeError("the power is off")

    with monkeypatch.context() as patch, fetcher() as one:
        patch.setattr(_archive.Archive, "saw", crash)  # kept, but nobody knows that it is to be read
        with pytest.raises(RuntimeError, match="power"):
            run(one, site.url("/1"))
    with fetcher() as one:
        (document,) = run(one, site.url("/1"))
    assert isinstance(document, Document)
    assert site.asked[-1].headers["If-None-Match"] == '"1"'
    assert kinds(tmp_path / "record.fetched") == ["warcinfo", "response", "request", "revisit", "request"]
    assert (tmp_path / document.origin.partition("#")[0]).exists()


def test_a_new_file_is_begun_when_one_is_full(
    site: Site, fetcher: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_archive, "_ROLL", 1500)
    site.routes |= {f"/{n}": Answer(TEXT + str(n)) for n in range(6)}
    found = []
    for n in range(6):
        with fetcher() as one:
            found += run(one, site.url(f"/{n}"))
            one.saved()
    names = sorted(path.name for path in (tmp_path / "record.fetched").glob("*.warc.gz"))
    assert names == [f"{n:05d}.warc.gz" for n in range(1, len(names) + 1)]
    assert len(names) >= 3
    assert all(isinstance(item, Document) for item in found)
    assert [item.origin for item in found] == sorted(item.origin for item in found)
    assert sum(kind == "warcinfo" for kind in kinds(tmp_path / "record.fetched")) == len(names)


def test_a_lost_or_changed_file_is_said_and_asked_anew(site: Site, fetcher: Open, tmp_path: Path) -> None:
    site.routes["/1"] = Answer(TEXT, etag='"1"')
    path = tmp_path / "record.fetched" / "00001.warc.gz"
    with fetcher() as one:
        run(one, site.url("/1"))
    path.unlink()
    with fetcher() as one:
        lost, again = run(one, site.url("/1"))
        one.saved()
        assert run(one, site.url("/1")) == []
    assert isinstance(lost, Failure)
    assert "cannot be read at byte" in lost.reason
    assert isinstance(again, Document)
    assert ["If-None-Match" in one.headers for one in site.asked if one.path == "/1"] == [False, False, True]


def test_a_damaged_record_is_said(site: Site, fetcher: Open, tmp_path: Path) -> None:
    site.routes |= {"/1": Answer(TEXT), "/2": Answer(TEXT + "2")}
    path = tmp_path / "record.fetched" / "00001.warc.gz"
    with fetcher() as one:
        first, second = run(one, site.url("/1"), site.url("/2"))
    assert isinstance(first, Document)
    data = bytearray(path.read_bytes())
    place = int(first.origin.partition("#")[2])
    data[place + 40 : place + 200] = bytes(160)
    path.write_bytes(data)
    with fetcher() as one:
        damaged, whole = one.round([])
    assert isinstance(damaged, Failure)
    assert "00001.warc.gz" in damaged.reason
    assert whole == second


def test_a_lost_index_costs_requests_but_no_bytes(site: Site, fetcher: Open, tmp_path: Path) -> None:
    site.routes["/1"] = Answer(TEXT)
    folder = tmp_path / "record.fetched"
    with fetcher() as one:
        run(one, site.url("/1"))
    old = (folder / "00001.warc.gz").read_bytes()
    for path in folder.glob(".index.db*"):
        path.unlink()
    with fetcher() as one:
        assert len(run(one, site.url("/1"))) == 1
    assert (folder / "00001.warc.gz").read_bytes() == old
    assert (folder / "00002.warc.gz").exists()


def test_one_process_at_a_time_has_the_archive(fetcher: Open, tmp_path: Path) -> None:
    with fetcher(), pytest.raises(RecordLocked, match="another onrecord is fetching into it"):
        Fetcher(tmp_path / "record.fetched")


def test_an_archive_of_a_newer_version_is_left_alone(fetcher: Open, tmp_path: Path) -> None:
    with fetcher() as one:
        one._archive._index.execute("PRAGMA user_version = 99")
    with pytest.raises(RecordError, match="newer version"):
        Fetcher(tmp_path / "record.fetched")


def test_a_file_in_the_place_of_the_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "record.fetched").write_text("something else")
    with pytest.raises(RecordError, match="cannot be used to keep what is fetched"):
        Fetcher(tmp_path / "record.fetched")


def test_a_full_disk_ends_the_round_and_leaves_no_half_record(
    site: Site, fetcher: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.routes |= {"/1": Answer(TEXT), "/2": Answer(TEXT + "2")}
    path = tmp_path / "record.fetched" / "00001.warc.gz"
    with fetcher() as one:
        run(one, site.url("/1"))
        whole = path.read_bytes()

        def full(_: int) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(_archive.os, "fsync", full)
            with pytest.raises(RecordFull, match="it goes on where it stopped"):
                run(one, site.url("/2"))
    assert path.read_bytes() == whole
    with fetcher() as one:
        assert len(run(one, site.url("/2"))) == 2
