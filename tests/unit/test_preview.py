"""The preview serves a folder store as a host would: ranges, types, 404 page, and nothing else."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import TYPE_CHECKING

import pytest

from cop_publish.errors import WrongUsage
from cop_publish.preview import latest_folder, open_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SOUND = bytes(range(256)) * 1000
HTML, SHORT, DAY = "text/html; charset=utf-8", "public, max-age=300, must-revalidate", "public, max-age=86400"
FILES = {
    "index.html": (b"<p>Home", HTML, SHORT),
    "blog/index.html": (b"<p>Blog", HTML, SHORT),
    "blog/2026/jury": (b"<p>Jury", HTML, SHORT),  # extension-less: `.html` in the folder
    "404.html": (b"<p>Not here", HTML, SHORT),
    "media/012.ab.mp3": (SOUND, "audio/mpeg", DAY),
    "feed.xml": (b"<rss/>", "application/rss+xml; charset=utf-8", SHORT),
    "episodes/012/transcript.vtt": (b"WEBVTT\n", "text/vtt; charset=utf-8", SHORT),
    "empty.txt": (b"", "text/plain; charset=utf-8", SHORT),
}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Site:
    port: int
    folder: Path

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})
            answer = connection.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()


def fill(folder: Path, files: dict[str, tuple[bytes, str, str]]) -> None:
    rows: list[list[object]] = []
    for key, (content, content_type, cache_control) in files.items():
        path = folder / "public" / (f"{key}.html" if key == "blog/2026/jury" else key)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        rows.append([key, f"{len(rows):064x}"[::-1], len(content), content_type, cache_control, 1])
    (folder / "_cop").mkdir(exist_ok=True)
    (folder / "_cop/manifest.json").write_text(json.dumps({"version": 1, "entries": rows, "begun": []}))
    (folder / "public/draft.html").write_text("not in the manifest")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("store")
    fill(folder, FILES)
    server = open_server(folder, 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield Site(server.server_port, folder)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/", "index.html"),
        ("/index.html", "index.html"),
        ("/?utm_source=x", "index.html"),
        ("/blog/", "blog/index.html"),
        ("/blog/2026/jury", "blog/2026/jury"),
        ("/feed.xml", "feed.xml"),
        ("/episodes/012/transcript.vtt", "episodes/012/transcript.vtt"),
        ("/media/012%2Eab.mp3", "media/012.ab.mp3"),
        ("/empty.txt", "empty.txt"),
    ],
)
def test_a_file_is_served_with_the_type_and_lifetime_it_is_published_with(
    site: Site, path: str, key: str
) -> None:
    content, content_type, cache_control = FILES[key]
    for method in ("GET", "HEAD"):
        answer = site.ask(path, method)
        assert answer.status == 200
        assert answer.body == (content if method == "GET" else b"")
        assert answer.headers["content-length"] == str(len(content))
        assert answer.headers["content-type"] == content_type
        assert answer.headers["cache-control"] == cache_control
        assert answer.headers["accept-ranges"] == "bytes"
        assert answer.headers["etag"].startswith('"')


@pytest.mark.parametrize(
    "path",
    [
        "/nothing.html",
        "/draft.html",  # in the folder, not in the manifest
        "/blog/2026/jury.html",
        "/../_cop/manifest.json",
        "/..%2f_cop/manifest.json",
        "/%2e%2e/_cop/manifest.json",
        "/blog/../../_cop/manifest.json",
        "/_cop/manifest.json",
        "//etc/passwd",
        "/etc/passwd",
        "/%00",
        "/blog",
    ],
)
def test_what_is_not_in_the_manifest_is_not_there(site: Site, path: str) -> None:
    for method in ("GET", "HEAD"):
        answer = site.ask(path, method, Range="bytes=0-1")
        assert answer.status == 404
        assert answer.body == (b"<p>Not here" if method == "GET" else b"")
        assert answer.headers["content-type"] == HTML
        assert "content-range" not in answer.headers


SIZE = len(SOUND)


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-", 0, SIZE - 1),
        ("bytes=0-0", 0, 0),
        ("bytes=0-1023", 0, 1023),
        ("bytes=1000-70000", 1000, 70000),
        (f"bytes={SIZE - 1}-", SIZE - 1, SIZE - 1),
        ("bytes=100-999999999", 100, SIZE - 1),
        ("bytes=-1", SIZE - 1, SIZE - 1),
        ("bytes=-500", SIZE - 500, SIZE - 1),
        ("bytes=-999999999", 0, SIZE - 1),
    ],
)
def test_a_part_of_a_file_is_served_when_a_player_seeks(
    site: Site, asked: str, first: int, last: int
) -> None:
    answer = site.ask("/media/012.ab.mp3", Range=asked)
    assert answer.status == 206
    assert answer.headers["content-range"] == f"bytes {first}-{last}/{SIZE}"
    assert answer.headers["content-length"] == str(last - first + 1)
    assert answer.body == SOUND[first : last + 1]


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", "bytes=-0", "bytes=9999999-99999999"])
def test_a_part_that_is_not_there_is_refused_with_the_size(site: Site, asked: str) -> None:
    answer = site.ask("/media/012.ab.mp3", Range=asked)
    assert (answer.status, answer.headers["content-range"], answer.body) == (416, f"bytes */{SIZE}", b"")


@pytest.mark.parametrize("asked", ["bytes=-", "bytes=a-b", "bytes=0-1,5-6", "lines=0-1", "0-1", "bytes=5-2"])
def test_a_range_that_is_not_understood_gives_the_whole_file(site: Site, asked: str) -> None:
    answer = site.ask("/media/012.ab.mp3", Range=asked)
    assert (answer.status, answer.body) == (200, SOUND)


def test_a_range_is_for_get_alone_and_only_of_the_same_bytes(site: Site) -> None:
    assert site.ask("/media/012.ab.mp3", "HEAD", Range="bytes=0-9").status == 200
    etag = site.ask("/media/012.ab.mp3", "HEAD").headers["etag"]
    assert site.ask("/media/012.ab.mp3", Range="bytes=0-9", If_Range=etag).status == 206
    assert site.ask("/media/012.ab.mp3", Range="bytes=0-9", If_Range='"other"').status == 200


def test_what_a_client_has_already_is_not_sent_again(site: Site) -> None:
    etag = site.ask("/feed.xml").headers["etag"]
    for method in ("GET", "HEAD"):
        answer = site.ask("/feed.xml", method, If_None_Match=etag)
        assert (answer.status, answer.body, answer.headers["etag"]) == (304, b"", etag)
    assert site.ask("/feed.xml", If_None_Match='"other"').status == 200
    assert site.ask("/media/012.ab.mp3", If_None_Match=etag).status == 200


def test_several_requests_go_over_one_connection(site: Site) -> None:
    connection = HTTPConnection("127.0.0.1", site.port, timeout=5)
    statuses = []
    for path, method in (("/", "HEAD"), ("/none", "GET"), ("/feed.xml", "GET"), ("/empty.txt", "GET")):
        connection.request(method, path)
        answer = connection.getresponse()
        answer.read()
        statuses.append(answer.status)
    connection.close()
    assert statuses == [200, 404, 200, 200]


def test_without_a_page_for_it_a_404_is_still_an_answer(tmp_path: Path) -> None:
    fill(tmp_path, {"feed.xml": FILES["feed.xml"]})
    server = open_server(tmp_path, 0)
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    answer = Site(server.server_port, tmp_path).ask("/x", Connection="close")
    thread.join()
    server.server_close()
    assert (answer.status, answer.body) == (404, b"")


def test_it_listens_on_this_machine_only_and_keeps_quiet(
    site: Site, capfd: pytest.CaptureFixture[str]
) -> None:
    server = open_server(site.folder, 0)
    assert server.server_address[0] == "127.0.0.1"
    server.server_close()
    site.ask("/episodes/012/transcript.vtt")
    assert capfd.readouterr() == ("", "")


def test_the_folder_that_was_written_last_is_shown(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    (tmp_path / "cop-publish.toml").write_text(
        (pytestconfig.rootpath / "cop-publish.toml").read_text("utf-8")
    )
    with pytest.raises(WrongUsage, match="cop-publish build"):
        latest_folder(tmp_path)
    fill(tmp_path / "published", FILES)
    assert latest_folder(tmp_path) == tmp_path / "published"
    fill(tmp_path / ".cop-publish/build", FILES)
    assert latest_folder(tmp_path) == tmp_path / ".cop-publish/build"
