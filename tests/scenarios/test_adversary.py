"""Every way that once worked for someone who tried to make the program leak."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from workspaces import published_sample, say, sign, tree

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def show(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    return published_sample(tmp_path_factory, tmp_path / "show")


def _append(path: Path, words: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + words, encoding="utf-8")


def _write(path: Path, words: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(words, encoding="utf-8")


@pytest.mark.parametrize(
    "words",
    [
        "Rowan Madeup told us.",
        "**Row**an Madeup told us.",
        "&#82;owan Madeup.",
        "[^9]: A note.\n\nRowan[^9] Madeup.",
    ],
)
def test_whoever_is_named_in_the_next_episode_is_not_for_that_named_in_this_one(
    show: Path, words: str
) -> None:
    before = tree(show / "published")
    _append(show / "episodes/012-citizens-jury/episode.md", f"\n{words}\n")
    said = say(show, "publish")
    assert said.code == 10
    last = len((show / "episodes/012-citizens-jury/episode.md").read_text("utf-8").splitlines())
    assert said.err.count("episodes/012-citizens-jury/episode.md:") == 1
    assert f"episodes/012-citizens-jury/episode.md:{last}: " in said.err
    assert "Rowan" not in said.err + said.out
    assert "Madeup" not in said.err + said.out
    assert tree(show / "published") == before


def test_a_host_who_is_anonymous_in_one_meeting_is_not_named_in_its_words(show: Path) -> None:
    _write(
        show / "registry/consents/2026-10-14/p-host.yaml",
        "level: anonymous\nallow: {words: yes}\ngiven: {on: 2026-10-01, how: e-mail}\n",
    )
    sign(show, "2026-10-14", "p-host")
    assert say(show, "publish").code == 0
    _append(show / "meetings/2026-10-14.md", "\nAlys Example admitted it.\n")
    said = say(show, "publish")
    assert said.code == 10
    assert "meetings/2026-10-14.md:28: holds the full name of p-host" in said.err
    assert "Alys" not in said.err


def test_a_consent_for_an_item_that_is_not_there_never_leaves_the_standing_yes(
    show: Path,
) -> None:
    _write(
        show / "registry/consents/2026-10-41/p-host.yaml",
        "level: anonymous\nallow: {words: yes}\ngiven: {on: 2026-10-01, how: e-mail}\n",
    )
    said = say(show, "publish")
    assert said.code == 40
    assert "p-host has a consent for an item that is not there" in said.err


@pytest.mark.parametrize("twin", ["audience: network\n", "published: no\n"])
def test_a_consent_for_a_private_item_is_not_one_for_a_public_item_of_its_name(show: Path, twin: str) -> None:
    _write(show / "meetings/jury-notes.md", f"---\ntitle: Notes\ndate: 2026-12-01 10:00\n{twin}---\nWords.\n")
    _write(
        show / "registry/consents/jury-notes/p-n5v2.yaml",
        "level: named\ndisplay: Somebody Else\nallow: {words: yes}\ngiven: {on: 2026-10-01, how: e-mail}\n",
    )
    _write(show / "posts/jury-notes.md", "---\ntitle: Notes\ndate: 2026-11-01\nauthor: p-n5v2\n---\nWords.\n")
    said = say(show, "publish")
    assert said.code == 20
    assert "has the same name, case aside" in said.out + said.err
    assert not list((show / "published").rglob("*jury-notes*"))


@pytest.mark.parametrize("path", ["posts/drafts/2026-11-01-x.md", "meetings/network/2026-11-01.md"])
def test_what_was_set_aside_in_a_folder_is_not_taken_for_ready(show: Path, path: str) -> None:
    _write(show / path, "---\ntitle: Set aside\ndate: 2026-11-01 10:00\n---\nWords.\n")
    said = say(show, "publish")
    assert said.code == 20
    assert f"{path}: this is in a folder inside the folder" in said.err


def test_drafts_as_jekyll_keeps_them_are_passed_over(show: Path) -> None:
    _write(show / "posts/_drafts/2026-11-01-x.md", "---\ntitle: Set aside\n---\nWords.\n")
    assert say(show, "publish").code == 0
    assert not list((show / "published").rglob("x.html"))


def test_an_edit_that_keeps_size_and_time_is_seen(show: Path) -> None:
    assert "Nothing has changed" in say(show, "publish").out
    post = show / "posts/2026-11-20-jury-lessons.md"
    times = post.stat()
    post.write_text(post.read_text(encoding="utf-8").replace("Five things", "Nine things"), encoding="utf-8")
    sign(show, "2026-11-20-jury-lessons", "p-q4d7")
    os.utime(post, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert "Published" in say(show, "publish").out


def test_a_publish_as_of_a_mistaken_day_is_mended_by_the_next_one(show: Path) -> None:
    assert say(show, "publish", now="2027-02-01T00:00+00:00").code == 0
    said = say(show, "publish")
    assert said.code == 20
    assert "this page is public and would be gone" in said.err


def test_a_yes_that_was_taken_back_is_said_to_be_live_still_and_how_to_end_that(show: Path) -> None:
    consent = show / "registry/consents/013-explaining-an-algorithm/p-r8w3.yaml"
    _append(consent, "withdrawn: 2026-11-22\n")
    said = say(show, "publish")
    assert said.code == 40
    assert "no longer agrees to" in said.err
    assert "or take it down: `cop-publish withdraw episodes/013-explaining-an-algorithm`" in said.err
    assert "live, waits 013-explaining-an-algorithm" in say(show, "status").out


def test_a_page_without_an_extension_does_not_vanish_unseen(show: Path) -> None:
    settings = show / "cop-publish.toml"
    words = settings.read_text(encoding="utf-8").replace("# permalink =", "permalink =")
    settings.write_text(words, encoding="utf-8")
    (show / "withdrawn.yaml").write_text(
        "guids: []\npaths:\n"
        "  - /blog/2026/11/20/jury-lessons.html\n"
        "  - /blog/2026/10/30/transparency-record.html\n"
        "  - /weeknotes/2026/11/13/weeknotes-plain-words.html\n",
        encoding="utf-8",
    )
    for path in ("episodes/012-citizens-jury/episode.md", "episodes/013-explaining-an-algorithm/episode.md"):
        text = (
            (show / path)
            .read_text(encoding="utf-8")
            .replace("/transparency-record.html", "/transparency-record")
        )
        (show / path).write_text(text, encoding="utf-8")
    assert say(show, "publish").code == 0
    (show / "posts/2026-11-20-jury-lessons.md").unlink()
    said = say(show, "publish")
    assert said.code == 20
    assert "blog/2026/11/20/jury-lessons: this page is public and would be gone" in said.err


def test_a_link_to_what_is_for_the_network_only_is_not_published(show: Path) -> None:
    _write(
        show / "meetings/2026-11-05-budget-crisis.md",
        "---\ntitle: Not public\ndate: 2026-11-05 10:00\naudience: network\n---\nWords.\n",
    )
    _append(
        show / "posts/2026-11-20-jury-lessons.md", "\nSee [there](/meetings/2026-11-05-budget-crisis.html).\n"
    )
    said = say(show, "publish")
    assert said.code == 20
    assert "budget-crisis" not in said.err + said.out
    assert not [p for p in (show / "published").rglob("*.html") if "budget-crisis" in p.read_text("utf-8")]


def test_a_picture_that_only_a_marked_passage_shows_goes_with_the_passage(show: Path) -> None:
    post = show / "posts/2026-11-20-jury-lessons.md"
    text = post.read_text(encoding="utf-8")
    picture = next(line for line in text.split("\n") if line.startswith("!["))
    before = {p.name for p in (show / "published/public/images").iterdir()}
    words = text.replace("image: /images/jury-hours.png\n", "")
    post.write_text(words.replace(picture, f"::: confidential\n{picture}\n::: end"), encoding="utf-8")
    said = say(show, "publish")
    assert said.code == 0, said.err
    assert len(before - {p.name for p in (show / "published/public/images").iterdir()}) == 3


PASSAGE = "The minister has told nobody yet that the pilot costs four million a year"


@pytest.mark.parametrize(
    ("front", "more"),
    [
        ("nonsense: yes", ""),
        ("published: no", ""),
        ("title: [", ""),
        ("summary: Short.", "And [[confidental: a slip].\n"),
    ],
    ids=["an unknown key", "not to be published", "no YAML", "another mark is damaged"],
)
def test_what_is_marked_in_an_item_that_cannot_be_read_is_not_let_go_in_another(
    show: Path, front: str, more: str
) -> None:
    marked = f"---\ntitle: One\n{front}\n---\nSo [[confidential: {PASSAGE}]].\n\n{more}"
    _write(show / "posts/2026-11-21-one.md", marked)
    _write(show / "posts/2026-11-22-two.md", f"---\ntitle: Two\n---\nBefore.\n\n{PASSAGE}.\n")
    said = say(show, "post", "posts/2026-11-22-two.md")
    assert said.code == 10, said
    assert "posts/2026-11-22-two.md:6: holds a passage that was marked" in said.err
    assert not list((show / "published").rglob("two.html"))
    (show / "posts/2026-11-21-one.md").unlink()
    assert say(show, "post", "posts/2026-11-22-two.md").code == 20, "it was learnt for good"
