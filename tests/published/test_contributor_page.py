"""The page for a contributor as they open it: the checkers, a browser, dark and narrow and on paper."""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from sample_site import SETTINGS
from samples import NOW
from test_pages_browser import browser, opened
from test_pages_html import complaints

from cop_publish.core.redline import redline
from cop_publish.render.contributor_page import (
    Change,
    Clip,
    ContributorPage,
    Passage,
    Photograph,
    Spot,
    write_contributor_page,
    write_contributor_text,
)
from cop_publish.render.markdown import to_plain_html

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

__all__ = ["browser"]  # the fixture

DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
LONG = "Averyveryverylongwordthatnobodywouldwritebutthatsomebodywillsurelypasteinfromsomewhereelse" * 2
WHOLE = ContributorPage(
    title="What the <jury> changed",
    summary="Two voices & a summary.",
    lines=("How a policy adviser began",),
    pictures=(
        Photograph("A policy adviser at a table", f"data:image/png;base64,{DOT}", 1200, 1),
        Photograph("Another one", ""),
    ),
    kind="episode",
    due_at=NOW + timedelta(days=8),
    made_at=NOW,
    asks="If you do not answer, nothing of this is published.",
    description="a policy adviser in central government",
    how="by your role, without your name or your organisation",
    agreed="You told us on 10 November 2026 (e-mail) what may be public of you.",
    name="nowhere",
    employer="in 3 files, 1 of which shows this episode: could it be taken for yours? See below",
    photograph="one",
    voice="your own, for 18 seconds",
    spots=(
        Spot(
            "The page itself",
            f"episodes/{LONG.lower()}.html",
            5,
            1,
            1,
            frozenset({"012"}),
            (("Here ", "a policy adviser", " said"), ("at the ", "Ministry of Examples", " in May")),
        ),
        Spot("The transcript (WebVTT)", "episodes/012/transcript.vtt", 0, 4, 0, frozenset(), ()),
    ),
    shared="Everybody without a name is called so.",
    checked_files=214,
    clips=(
        Clip(30.0, 85.0, "data:audio/mpeg;base64," + base64.b64encode(b"\xff\xfb\x90\x64").decode()),
        Clip(90.0, 95.0),
    ),
    listening="If you hear your name, or anything else that tells who you are, say so, and it is cut.",
    sound_note="1 more stretch is too long for a page; its time stands here.",
    passages=(
        Passage(to_plain_html("## A heading\n\n- *one*\n- [two](https://x.example/)\n\n> Quoted.")),
        Passage(to_plain_html(f"{LONG} and `code`."), is_theirs=True, removed="a passage"),
        Passage(
            "We wrote &amp; &lt;guidance&gt;.", "a policy adviser in central government (you)", is_theirs=True
        ),
        Passage("So?", "Alys Example"),
        Passage("", is_theirs=True, removed="28 seconds"),
    ),
    answered_at=NOW - timedelta(days=3),
    changes=(
        Change("The text", redline("It costs £4.1m a year.", "It is not cheap a year.")),
        Change("The cuts", (), "Other parts are taken out than before."),
    ),
    department=("Ask your press office first.",),
    guess="You told us that about 400 people fit your description.",
    fingerprint="9c41 77e0",
    log_head="5be2a0417c3d9f10",
)
LEAST = ContributorPage(
    title="A post",
    summary="",
    lines=(),
    pictures=(),
    kind="post",
    due_at=None,
    made_at=NOW,
    asks="You have said yes to exactly this.",
    description="",
    how="without your name, your role or your organisation",
    agreed="",
    name="nowhere",
    employer="nowhere",
    photograph="none",
    voice="not heard",
    spots=(),
    shared="",
    checked_files=1,
    clips=(),
    listening="",
    sound_note="",
    passages=(Passage(to_plain_html("Words.")),),
    answered_at=None,
    changes=(),
    department=("Ask.",),
    guess="",
    fingerprint="00aa 11bb",
    log_head="",
)
PAGES = {"whole": WHOLE, "least": LEAST}


@pytest.fixture(params=PAGES)
def page_file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / f"{request.param}.html"
    path.write_bytes(write_contributor_page(PAGES[request.param], SETTINGS))
    return path


def test_the_checker_finds_no_error(npm: Path, page_file: Path) -> None:
    assert complaints(npm, [page_file]) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, npm: Path, page_file: Path, scheme: str) -> None:
    page = opened(browser, page_file.as_uri(), color_scheme=scheme, bypass_csp=True)
    page.add_script_tag(path=npm / "axe-core" / "axe.min.js")
    found = page.evaluate("axe.run()")
    page.context.close()
    assert len(found["passes"]) > 15
    said = [
        f"{v['id']}: {n['target']} {n['failureSummary']}" for v in found["violations"] for n in v["nodes"]
    ]
    assert said == []


def test_it_asks_nobody_for_anything_and_nothing_is_stopped_by_its_own_policy(
    browser: Browser,
    page_file: Path,
) -> None:
    asked: list[str] = []
    complained: list[str] = []
    page = browser.new_context().new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complained.append(message.text))
    page.goto(page_file.as_uri(), wait_until="load")
    page.context.close()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert complained == []


@pytest.mark.parametrize("width", [320, 1280])
def test_it_never_scrolls_sideways(browser: Browser, page_file: Path, width: int) -> None:
    page = opened(browser, page_file.as_uri(), viewport={"width": width, "height": 640})
    found = page.evaluate("document.documentElement.scrollWidth")
    page.context.close()
    assert found <= width


def test_on_paper_every_word_is_there_and_nothing_that_only_a_screen_can_do(
    browser: Browser,
    tmp_path: Path,
) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(write_contributor_page(WHOLE, SETTINGS))
    page = opened(browser, path.as_uri())
    page.emulate_media(media="print")
    assert page.get_by_text("We wrote & <guidance>.").is_visible()
    assert not page.locator("audio").first.is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.context.close()


def test_it_is_one_file_without_scripts_and_without_anything_from_elsewhere() -> None:
    for page in PAGES.values():
        html = write_contributor_page(page, SETTINGS).decode()
        assert not re.search(r"<script|<link|<iframe|\bon\w+=|@import|url\(", html)
        addresses = re.findall(r"(?:src|href)=\"([^\"]*)\"", html)
        assert addresses
        assert all(
            a.startswith(("mailto:", "data:audio/mpeg;base64,", "data:image/png;base64,", "#"))
            for a in addresses
        )


def test_every_answer_is_an_e_mail_that_says_what_it_is_an_answer_to() -> None:
    html = write_contributor_page(WHOLE, SETTINGS).decode()
    letters = [a.replace("&amp;", "&") for a in re.findall(r"href=\"(mailto:[^\"]*)\"", html)]
    assert len(letters) == 5
    for letter in letters:
        assert unquote(urlsplit(letter).path) == SETTINGS.show.owner_email
        fields = parse_qs(urlsplit(letter).query)
        assert "9c41 77e0" in fields["subject"][0]
        assert "9c41 77e0" in fields["body"][0]


def test_what_changed_can_be_told_without_colours() -> None:
    html = write_contributor_page(WHOLE, SETTINGS).decode()
    assert '<del><span class="seen-not">removed: </span>costs £4.1m</del>' in html
    assert '<ins><span class="seen-not">added: </span>is not cheap</ins>' in html


ONLY_ON_A_PAGE = (
    "Go to your answer.",
    "Each of these opens an e-mail to us with the answer in it.",
    "Or write to",
    "Ask us to play them to you before you answer.",
)


@pytest.mark.parametrize("which", PAGES)
def test_the_text_says_everything_that_the_page_says_and_in_its_order(which: str) -> None:
    html = write_contributor_page(PAGES[which], SETTINGS).decode()
    text = write_contributor_text(PAGES[which], SETTINGS).decode()
    body = re.sub(r"<head>.*</head>|<!doctype html>", "", html, flags=re.DOTALL)
    page = " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())
    for words in ONLY_ON_A_PAGE:
        page = page.replace(words, "").replace(words.replace(".", " ."), "")
    at = 0
    lost: list[str] = []
    for word in page.split():
        found = text.find(word.strip("."), at)
        at = max(at, found)
        lost += [] if found >= 0 else [word]
    assert lost == []


def test_the_text_is_wrapped_for_mail_and_holds_no_markup_and_no_sound() -> None:
    text = write_contributor_text(WHOLE, SETTINGS).decode()
    long = [line for line in text.splitlines() if len(line) > 72]
    assert all(LONG in line or LONG.lower() in line for line in long)
    assert not re.search(
        r"</?\w+>|base64|mailto:|&amp;|\n\n\n", text.replace("<jury>", "").replace("<guidance>", "")
    )
    assert "Your part in “What the <jury> changed”\n====" in text
    assert "Where you work: in 3 files, 1 of which shows this episode: could it be\n" in text
    assert "| a policy adviser in central government (you)\n| We wrote & <guidance>." in text
    assert "[removed: costs £4.1m] [added: is not cheap]" in text
    assert "- Leave me out\n" in text
    assert "9c41 77e0" in text
