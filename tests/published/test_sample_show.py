"""What a newcomer sees after `make demo`: the sample show as published, in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from live_show import live_show
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
    assert len(pages) == 17
    assert complaints(npm, pages) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing_in_the_sample_show(
    browser: Browser, address: str, npm: Path, kind: str, scheme: str
) -> None:
    page = opened(browser, address + kind, color_scheme=scheme, bypass_csp=True)
    page.add_script_tag(path=npm / "axe-core" / "axe.min.js")
    found = page.evaluate("axe.run()")
    page.context.close()
    assert len(found["passes"]) > 20
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
