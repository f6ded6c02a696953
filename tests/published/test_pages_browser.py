"""A real browser opens every kind of page: accessibility, privacy, narrow screens, no scripts, the player."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import needs
import pytest
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

KINDS = {
    "home": "index.html",
    "episode": "episodes/012-citizens-jury.html",
    "episode with nothing but sound": "episodes/011-first.html",
    "episodes": "episodes/index.html",
    "blog": "blog/index.html",
    "older posts": "blog/page-1.html",
    "post": "blog/2026/11/20/lessons.html",
    "meetings": "meetings/index.html",
    "meeting": "meetings/2026-12-09.html",
    "past meeting": "meetings/2026-10-14.html",
    "about": "about.html",
    "subscribe": "subscribe.html",
    "not found": "404.html",
}
EPISODE = KINDS["episode"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = needs.program("chromium")
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--no-first-run", "--mute-audio", *quiet],
        )
        yield started
        started.close()


def opened(browser: Browser, address: str, **options: Any) -> Page:  # noqa: ANN401 - playwright's own options
    page = browser.new_context(**options).new_page()
    page.goto(address)
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing(browser: Browser, site_address: str, npm: Path, kind: str, scheme: str) -> None:
    page = opened(browser, site_address + KINDS[kind], color_scheme=scheme, bypass_csp=True)
    page.add_script_tag(path=npm / "axe-core" / "axe.min.js")
    found = page.evaluate("axe.run()")
    page.context.close()
    assert len(found["passes"]) > 20
    said = [
        f"{v['id']}: {n['target']} {n['failureSummary']}" for v in found["violations"] for n in v["nodes"]
    ]
    assert said == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_asks_nobody_else_and_leaves_nothing_behind(
    browser: Browser, site_address: str, kind: str
) -> None:
    asked: list[str] = []
    complained: list[str] = []
    context = browser.new_context()
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complained.append(message.text))
    page.on("pageerror", lambda error: complained.append(str(error)))
    page.goto(site_address + KINDS[kind], wait_until="load")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")  # what loads late, loads now
    cookies, stored = context.cookies(), page.evaluate("localStorage.length + sessionStorage.length")
    context.close()
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(site_address).netloc}
    assert len(asked) >= 2
    assert (cookies, stored, complained) == ([], 0, [])


@pytest.mark.parametrize("kind", KINDS)
def test_no_page_scrolls_sideways_on_a_narrow_screen(browser: Browser, site_address: str, kind: str) -> None:
    page = opened(browser, site_address + KINDS[kind], viewport={"width": 320, "height": 640})
    width = page.evaluate("document.documentElement.scrollWidth")
    page.context.close()
    assert width <= 320


@pytest.mark.parametrize("kind", ["home", "episode", "meeting", "subscribe"])
def test_targets_are_large_enough_for_a_thumb(browser: Browser, site_address: str, kind: str) -> None:
    page = opened(browser, site_address + KINDS[kind], viewport={"width": 390, "height": 844})
    small = page.evaluate(
        """() => [...document.querySelectorAll("nav a, .button, button, .time, .more, footer li a, .name")]
            .filter(e => e.tagName !== "SPAN" && e.getBoundingClientRect().height < 43.5)
            .map(e => e.outerHTML + e.getBoundingClientRect().height)"""
    )
    page.context.close()
    assert small == []


def test_without_scripts_the_sound_and_every_word_are_there(browser: Browser, site_address: str) -> None:
    page = opened(browser, site_address + EPISODE, java_script_enabled=False)
    controls = page.locator("audio[controls]")
    assert controls.bounding_box() is not None
    assert page.get_by_text("Sentence 19.").is_visible()
    assert page.get_by_role("navigation", name="Chapters").get_by_role("link").count() == 2
    assert page.get_by_role("button").count() == 0  # nothing stands there that would not work
    page.context.close()


def test_the_first_tab_skips_to_the_content_and_focus_is_seen(browser: Browser, site_address: str) -> None:
    page = opened(browser, site_address + EPISODE)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    assert page.locator(":focus").bounding_box()["x"] >= 0  # type: ignore[index]
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.context.close()


def test_the_player_seeks_and_the_transcript_follows(browser: Browser, built_site: Path) -> None:
    # From a folder on disk, where Chromium seeks without a server that knows ranges.  The policy is set
    # aside because it forbids playwright's own waiting as well; that it holds is another test's work.
    page = opened(browser, (built_site / EPISODE).as_uri(), bypass_csp=True)
    page.wait_for_function("document.querySelector('audio').readyState > 0")
    page.get_by_role("link", name="The jury").first.click()
    page.wait_for_function("document.querySelector('.now')?.textContent === 'Sentence 5.'")
    assert page.locator('.chapters [aria-current="true"]').inner_text().endswith("The jury")
    assert not page.evaluate("document.querySelector('audio').paused")
    page.evaluate("document.querySelector('audio').pause()")
    before = page.evaluate("document.querySelector('audio').currentTime")
    page.get_by_role("button", name="Forward 15 seconds").click()
    after = page.evaluate("document.querySelector('audio').currentTime")
    assert after - before == pytest.approx(15, abs=0.5)
    follow = page.get_by_role("button", name="Follow in the transcript")
    assert follow.get_attribute("aria-pressed") == "false"
    follow.click()
    assert follow.get_attribute("aria-pressed") == "true"
    page.context.close()


def test_an_address_can_point_into_the_sound(browser: Browser, built_site: Path) -> None:
    page = opened(browser, (built_site / EPISODE).as_uri() + "#t=42.5", bypass_csp=True)
    page.wait_for_function("document.querySelector('audio').readyState > 0")
    page.wait_for_function("document.querySelector('.now')?.textContent === 'Sentence 10.'")
    assert page.evaluate("document.querySelector('audio').currentTime") == pytest.approx(42.5, abs=0.2)
    page.context.close()


def test_an_old_address_arrives_at_the_new_page(browser: Browser, site_address: str) -> None:
    page = opened(browser, site_address + "old/20.html")
    page.wait_for_url("**/blog/2026/11/20/lessons.html")
    assert page.title() == "Lessons of day 20 – The Made-up Commons"
    page.context.close()


def test_a_printed_transcript_has_the_words_and_not_the_player(browser: Browser, site_address: str) -> None:
    page = opened(browser, site_address + EPISODE)
    page.emulate_media(media="print")
    assert page.get_by_text("Sentence 19.").is_visible()
    assert not page.locator("audio").is_visible()
    assert not page.locator("footer").is_visible()
    assert len(page.pdf()) > 10_000
    page.context.close()
