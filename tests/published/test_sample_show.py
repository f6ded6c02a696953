"""What a newcomer sees after `make demo`: the sample show as published, in a real browser."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import meant
import needs
import pytest
from live_show import REPOSITORY, live_show
from lxml import etree, html
from test_pages_browser import browser, opened
from test_pages_html import complaints

from cop_publish.preview import open_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

__all__ = ["browser"]  # the fixture

KINDS = (
    "index.html",
    "episodes/012-citizens-jury.html",
    "episodes/012-citizens-jury/transcript.html",
    "episodes/index.html",
    "blog/index.html",
    "blog/2026/11/20/jury-lessons.html",
    "weeknotes/2026/11/13/weeknotes-plain-words.html",
    "meetings/index.html",
    "meetings/2026-10-14.html",
    "about.html",
    "subscribe.html",
    "404.html",
)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder store's root after `cop-publish episode`."""
    show = live_show(tmp_path_factory, tmp_path_factory.mktemp("sample") / "show", {})
    said = show.run("episode", "--now", "2026-11-23T09:00+00:00")
    assert said.code == 0, said.err
    return show.folder / "published"


@pytest.fixture(scope="module")
def address(published: Path) -> Iterator[str]:
    """The published show, as `cop-publish preview` serves it."""
    import threading  # noqa: PLC0415 - only here

    server = open_server(published, 0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


def test_no_page_of_the_sample_show_has_an_error(npm: Path, published: Path) -> None:
    pages = sorted((published / "public").rglob("*.html"))
    assert len(pages) == 19
    assert complaints(npm, pages) == []


def test_file_feed_sound_and_page_list_the_same_chapters(published: Path) -> None:
    public = published / "public"
    feed = etree.parse(public / "feed.xml")
    for episode in meant.episodes(REPOSITORY):
        expected = [(c.start_seconds, c.title) for c in episode.chapters]
        assert len(expected) > 1
        (item,) = [i for i in feed.iter("item") if i.findtext("guid") == episode.guid]
        whole = json.loads((public / episode.chapters_file).read_bytes())
        page = html.parse(public / episode.page)
        (sound,) = (public / "media").glob(f"{episode.id}.*.mp3")
        assert [(c["startTime"], c["title"]) for c in whole["chapters"]] == expected
        assert [
            (_clocked(str(c.get("start"))), c.get("title"))
            for c in item.iter("{http://podlove.org/simple-chapters}chapter")
        ] == expected
        assert [
            (float(a.get("data-t", "")), a[-1].text_content()) for a in page.iterfind(".//nav/ol/li/a")
        ] == expected
        assert _chapters_of(sound) == expected


def _clocked(written: str) -> float:
    hours, minutes, seconds = written.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def _chapters_of(sound: Path) -> list[tuple[float, str]]:
    """As ffmpeg lists what stands in the tag, in its order."""
    argv = [needs.program("ffprobe", debian="ffmpeg"), "-v", "error", "-show_chapters", "-of", "json"]
    said = subprocess.run([*argv, str(sound)], capture_output=True, check=True).stdout
    return [(float(c["start_time"]), c["tags"]["title"]) for c in json.loads(said)["chapters"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing_in_the_sample_show(
    browser: Browser, address: str, npm: Path, kind: str, scheme: str
) -> None:
    page = opened(browser, address + kind, color_scheme=scheme, bypass_csp=True)
    page.add_script_tag(path=npm / "axe-core" / "axe.min.js")
    found = page.evaluate("axe.run()")
    page.context.close()
    assert len(found["passes"]) > 15
    assert [f"{v['id']}: {n['target']}" for v in found["violations"] for n in v["nodes"]] == []


def test_without_scripts_the_sound_plays_and_the_transcript_is_there(browser: Browser, address: str) -> None:
    page = opened(browser, address + KINDS[1], java_script_enabled=False)
    source = page.locator("audio[controls]").first
    assert source.bounding_box() is not None
    assert page.get_by_text("Welcome to The Made-up Commons.").first.is_visible()
    sound = page.locator("audio source, audio[src]").first.get_attribute("src")
    answer = page.request.get(page.url.rsplit("/", 1)[0] + "/" + str(sound), headers={"Range": "bytes=0-99"})
    assert (answer.status, len(answer.body())) == (206, 100)
    page.context.close()


def test_the_sound_plays_to_its_end_in_a_browser(browser: Browser, address: str) -> None:
    page = opened(browser, address + KINDS[1])
    played = page.evaluate(
        """() => new Promise((done, failed) => {
            const audio = document.querySelector("audio");
            audio.onerror = () => failed(String(audio.error));
            audio.onended = () => done(audio.duration);
            audio.onloadedmetadata = () => {
                audio.muted = true; audio.currentTime = audio.duration - 0.5; audio.play();
            };
            audio.load();
        })"""
    )
    page.context.close()
    assert played == pytest.approx(85.383, abs=0.05)
