"""`verify` asks as a listener's app does, of a web host and of a bucket; each fault is planted once."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
import servers
from live_feed import SOUND, LiveFeed, feed, live_feed
from processes import free_ports
from public_prefix import Answer, FolderFiles, serving

from cop_publish.errors import StorageFailed
from cop_publish.settings import StorageSettings
from cop_publish.storage.audit import Audit
from cop_publish.storage.open import open_store
from cop_publish.verify import verdict_json, verdict_lines, verify, verify_anyway

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cop_publish.verify import Verdict

NEWER = "media/two.12345678.mp3"


@pytest.fixture(params=["folder", "ceph"])
def live(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[LiveFeed]:
    """A podcast as the world reads it: from a web host that serves the folder, and from a bucket itself."""
    for place in servers.opened(request.param, tmp_path, monkeypatch):
        yield live_feed(open_store(place.settings, place.root), place.url, place.root, place.settings)


def said(verdict: Verdict) -> list[str]:
    return [str(fault) for fault in verdict.faults]


def test_what_is_as_it_should_be_has_no_faults(live: LiveFeed) -> None:
    verdict = verify(live.settings)
    assert said(verdict) == []
    assert (verdict.enclosures, verdict.addresses) == (2, 5)
    asked = "the feed, 2 enclosures and 5 other addresses were asked for as apps do."
    assert verdict_lines(verdict, None) == [f"What is live is as it should be: {asked}"]
    assert verdict_json(verdict, None)["ok"]


def _spoil_feed(old: str, new: str) -> Callable[[LiveFeed], None]:
    def spoil(live: LiveFeed) -> None:
        text = feed(live.settings.site.url).decode()
        assert text.count(old) == 1
        live.put("feed.xml", text.replace(old, new).encode())

    return spoil


FAULTS: dict[str, tuple[Callable[[LiveFeed], None], str, str]] = {
    "an enclosure is missing": (lambda live: live.delete(NEWER), NEWER, "the answer is 40"),
    "an enclosure is cut short": (
        lambda live: live.put(NEWER, SOUND[:-1]),
        NEWER,
        f"the feed says {len(SOUND)} bytes, the host {len(SOUND) - 1}. Publish again",
    ),
    "an enclosure has another type": (
        lambda live: live.put(NEWER, SOUND, "application/octet-stream"),
        NEWER,
        "it is sent as application/octet-stream, not as audio/mpeg. Let the host",
    ),
    "the feed names another enclosure": (
        _spoil_feed("two.12345678.mp3", "two.12345679.mp3"),
        "media/two.12345679.mp3",
        "the answer is 40",
    ),
    "the newest episode's page is missing": (
        lambda live: live.delete("episodes/two.html"),
        "episodes/two.html",
        "the answer is 40",
    ),
    "its transcript is missing": (
        lambda live: live.delete("episodes/two/transcript.vtt"),
        "episodes/two/transcript.vtt",
        "the answer is 40",
    ),
    "its chapters have another type": (
        lambda live: live.put("episodes/two/chapters.json", b"{}", "application/json"),
        "episodes/two/chapters.json",
        "it is sent as application/json, not as application/json+chapters",
    ),
    "the cover is missing": (lambda live: live.delete("images/cover.png"), "images/cover.png", "the answer"),
    "the home page is missing": (lambda live: live.delete("index.html"), "index.html", "the answer is 40"),
    "the feed has another type": (
        lambda live: live.put("feed.xml", feed(live.settings.site.url), "text/html"),
        "feed.xml",
        "it is sent as text/html, not as application/rss+xml or application/xml or text/xml",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_one_sentence_with_its_cure(live: LiveFeed, fault: str) -> None:
    spoil, key, words = FAULTS[fault]
    spoil(live)
    (line,) = said(verify(live.settings))
    assert line.startswith(f"{live.at(key)}: {words}")
    assert line.endswith(".")


@pytest.mark.parametrize(
    "content", [b"", b"<p>A page", b"<rss/>", b'<!DOCTYPE rss [<!ENTITY a "b">]><rss><channel/></rss>']
)
def test_what_is_no_feed_is_said_to_be_none(live: LiveFeed, content: bytes) -> None:
    live.put("feed.xml", content)
    (line,) = said(verify(live.settings))
    assert line.startswith(f"{live.at('feed.xml')}: it is not a podcast feed. Publish again")


def test_a_missing_feed_says_where_it_was_looked_for(live: LiveFeed) -> None:
    live.delete("feed.xml")
    lines = said(verify(live.settings))
    assert len(lines) == 1
    assert lines[0].startswith(f"{live.at('feed.xml')}: the answer is 40")


def test_a_feed_with_dates_and_lengths_that_are_none_is_no_bug_of_ours(live: LiveFeed) -> None:
    live.put("feed.xml", feed(live.settings.site.url).replace(b"10240", b"ten").replace(b"Nov 2026", b"?"))
    assert [line.split(": ", 1)[1].split(".")[0] for line in said(verify(live.settings))] == [
        "the feed says -1 bytes, the host 10240"
    ] * 2


# --- faults of a host: the folder's, which a test may change ---------------------------------------------


@dataclass(frozen=True)
class SpoiledHost:
    """A web host for a folder that spoils its answers."""

    files: FolderFiles
    spoil: Callable[[str, Answer], Answer]
    ranges: bool = True
    conditions: bool = True

    def answer(self, key: str, byte_range: str, known_etag: str) -> Answer:
        known = known_etag if self.conditions else ""
        return self.spoil(key, self.files.answer(key, byte_range if self.ranges else "", known))


@contextlib.contextmanager
def hosted(root: Path, **spoiling: object) -> Iterator[LiveFeed]:
    made = SpoiledHost(FolderFiles(root / "published"), **({"spoil": lambda _, a: a} | spoiling))  # type: ignore[arg-type]
    with serving(made) as url:
        store = open_store(StorageSettings(), root)
        yield live_feed(store, url, root, StorageSettings())


def test_a_host_without_byte_ranges_is_told_of(tmp_path: Path) -> None:
    with hosted(tmp_path, ranges=False) as live:
        lines = said(verify(live.settings))
    assert lines == [
        f"{live.at(f'media/{name}.12345678.mp3')}: it does not answer byte ranges (200). Let the host answer "
        "byte ranges with 206: players seek by them, Apple insists on it."
        for name in ("one", "two")
    ]


def test_a_host_that_sends_the_feed_again_and_again_is_told_of(tmp_path: Path) -> None:
    with hosted(tmp_path, conditions=False) as live:
        (line,) = said(verify(live.settings))
    assert "apps get the whole feed each time they ask, changed or not. Let the host send ETag" in line


def test_a_redirect_to_another_host_is_not_followed(tmp_path: Path) -> None:
    (nobody,) = free_ports(1)

    def away(key: str, answer: Answer) -> Answer:
        return Answer(302, {"Location": f"http://localhost:{nobody}/{key}"}) if key == NEWER else answer

    with hosted(tmp_path, spoil=away) as live:
        (line,) = said(verify(live.settings))
    assert line.startswith(f"{live.at(NEWER)}: it leads away from the show's own address")


def test_a_redirect_on_the_same_host_is_followed(tmp_path: Path) -> None:
    def moved(key: str, answer: Answer) -> Answer:
        if key == f"moved/{NEWER}":
            return files.answer(NEWER, *asked.pop())
        return Answer(301, {"Location": f"/moved/{NEWER}"}) if key == NEWER else answer

    files, asked = FolderFiles(tmp_path / "published"), [("", "")]

    with hosted(tmp_path, spoil=moved) as live:
        lines = said(verify(live.settings))
    assert not any("leads away" in line or "the answer is" in line for line in lines)


def test_a_redirect_that_never_ends_is_given_up(tmp_path: Path) -> None:
    def round_and_round(key: str, answer: Answer) -> Answer:
        return Answer(302, {"Location": f"/{key}"}) if key == NEWER else answer

    with hosted(tmp_path, spoil=round_and_round) as live:
        (line,) = said(verify(live.settings))
    assert "or is redirected for ever" in line


def test_an_enclosure_elsewhere_is_not_asked_for(tmp_path: Path) -> None:
    with hosted(tmp_path) as live:
        text = feed(live.settings.site.url).decode()
        live.put("feed.xml", text.replace(live.at(NEWER), "https://tracker.example/two.mp3").encode())
        (line,) = said(verify(live.settings))
    assert line.startswith("https://tracker.example/two.mp3: it leads away")


def test_a_host_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    (nobody,) = free_ports(1)
    with hosted(tmp_path) as live:
        site = replace(live.settings.site, url=f"http://127.0.0.1:{nobody}/")
        with pytest.raises(StorageFailed, match=rf"^127\.0\.0\.1:{nobody} does not answer\. Check that"):
            verify(replace(live.settings, site=site))


def test_where_nobody_answers_that_is_a_fault_beside_what_was_read_in_the_store(tmp_path: Path) -> None:
    (nobody,) = free_ports(1)
    with hosted(tmp_path) as live:
        site = replace(live.settings.site, url=f"http://127.0.0.1:{nobody}/")
        verdict = verify_anyway(replace(live.settings, site=site))
    (fault,) = said(verdict)
    assert fault.startswith(f"http://127.0.0.1:{nobody}/feed.xml: 127.0.0.1:{nobody} does not answer. ")
    read = Audit(29, 1000, (), frozenset(), frozenset(), ())
    assert verdict_lines(verdict, read) == [
        fault,
        "All 29 files in the store, read again, are as published, and no others are there.",
    ]
    assert not verdict_json(verdict, read)["ok"]


def test_a_certificate_that_apps_do_not_trust_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in servers.opened("ceph-tls", tmp_path, monkeypatch):
        url = f"{place.server.endpoint}/{place.settings.bucket}/public/"
        live = live_feed(open_store(place.settings, place.root), url, place.root, place.settings)
        assert said(verify(live.settings)) == []
        strangers = replace(live.settings, storage=replace(place.settings, ca_file=""))
        with pytest.raises(StorageFailed, match="has a certificate that apps do not trust"):
            verify(strangers)
