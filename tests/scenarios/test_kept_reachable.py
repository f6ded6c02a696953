"""What a reader finds after a publish that goes around live items: each wherever the live site led to it."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from workspaces import Said, published_sample, say, tree

if TYPE_CHECKING:
    from pathlib import Path

SITE = "https://commons.example/"
GOOD = "---\ntitle: A good post\nmeeting: 2026-10-14\ntopics: [juries]\n---\nWords.\n"
PAGES = {
    "012-citizens-jury": ("episodes/012-citizens-jury/episode.md", "episodes/012-citizens-jury.html"),
    "013-explaining-an-algorithm": (
        "episodes/013-explaining-an-algorithm/episode.md",
        "episodes/013-explaining-an-algorithm.html",
    ),
    "2026-11-20-jury-lessons": ("posts/2026-11-20-jury-lessons.md", "blog/2026/11/20/jury-lessons.html"),
    "2026-11-13-weeknotes-plain-words": (
        "posts/2026-11-13-weeknotes-plain-words.md",
        "weeknotes/2026/11/13/weeknotes-plain-words.html",
    ),
    "2026-10-14": ("meetings/2026-10-14.md", "meetings/2026-10-14.html"),
    "2026-12-09": ("meetings/2026-12-09.md", "meetings/2026-12-09.html"),
    "about": ("about.md", "about.html"),
}


class Links(HTMLParser):
    """The addresses that a page's links lead to, and those of its sound and pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        wanted = {"a": "href", "audio": "src", "img": "src", "link": "href"}.get(tag)
        self.found += [value for name, value in attrs if name == wanted and value]


@dataclass(frozen=True)
class Seen:
    """A published site as a reader's browser has it: each page with the keys that it leads to."""

    led: dict[str, set[str]]
    keys: set[str]

    def leading_to(self, page: str) -> set[str]:
        return {key for key, targets in self.led.items() if page in targets and key != page}

    def reached_from_home(self) -> set[str]:
        reached, left = set[str](), ["index.html"]
        while left:
            if (key := left.pop()) not in reached:
                reached.add(key)
                left += self.led.get(key, ())
        return reached


def look(public: Path) -> Seen:
    keys = {path.relative_to(public).as_posix() for path in public.rglob("*") if path.is_file()}
    led = {}
    for key in keys:
        words = (public / key).read_text("utf-8") if key.endswith((".html", ".xml")) else ""
        if key.endswith(".html"):
            reader = Links()
            reader.feed(words)
            led[key] = {target for link in reader.found if (target := target_of(link, key))}
        elif words:
            led[key] = {unquote(one) for one in re.findall(re.escape(SITE) + r"([^\"'<>&\s#]+)", words)}
    return Seen(led, keys)


def target_of(link: str, key: str) -> str:
    """The key that a link means; empty where it leads elsewhere."""
    path = unquote(link).partition("#")[0].partition("?")[0]
    if path.startswith(SITE):
        return path.removeprefix(SITE)
    if not path or re.match(r"[a-z]+:", path):
        return ""
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(key), path)).lstrip("/")


def broken(show: Path, *items: str) -> None:
    for item in items:
        path = show / PAGES[item][0]
        path.write_text(
            re.sub("^title:.*$", "title: [", path.read_text("utf-8"), flags=re.MULTILINE), "utf-8"
        )


def published(show: Path) -> Said:
    (show / "posts" / "2026-11-22-good.md").write_text(GOOD, "utf-8")
    said = say(show, "publish")
    assert "A good post" in (show / "published/public/blog/feed.xml").read_text("utf-8"), said.err
    return said


@pytest.mark.parametrize("items", [*((item,) for item in PAGES), tuple(PAGES)], ids=" ".join)
def test_each_is_found_wherever_the_live_site_led_to_it(
    items: tuple[str, ...], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    show = published_sample(tmp_path_factory, tmp_path / "show")
    before, bytes_before = look(show / "published/public"), tree(show / "published/public")
    broken(show, *items)
    said = published(show)
    after, bytes_after = look(show / "published/public"), tree(show / "published/public")
    for item in items:
        page = PAGES[item][1]
        assert f"{item} is live and stays as it is" in said.out
        assert bytes_after[page] == bytes_before[page], "it keeps its live bytes"
        assert before.leading_to(page) <= after.leading_to(page), f"{item} is led to as before"
        assert page in after.reached_from_home()
    assert "leaves it out" not in said.out
    assert not (set().union(*after.led.values()) - after.keys - before.keys), "no link leads nowhere"
    assert set().union(*after.led.values()) & before.keys <= after.keys, "no link leads to what went"
    assert before.keys <= after.keys, "nothing went"


def test_when_it_is_mended_the_site_is_as_if_nothing_had_been_wrong(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    one, other = (published_sample(tmp_path_factory, tmp_path / name) for name in ("one", "other"))
    whole = (one / "episodes/012-citizens-jury/episode.md").read_text("utf-8")
    broken(one, "012-citizens-jury")
    assert published(one).code == 20
    (one / "episodes/012-citizens-jury/episode.md").write_text(whole, "utf-8")
    assert published(one).code == published(other).code == 0
    assert tree(one / "published/public") == tree(other / "published/public")


def test_a_withdrawal_leaves_what_it_goes_around_as_reachable(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    show = published_sample(tmp_path_factory, tmp_path / "show")
    before = look(show / "published/public")
    broken(show, "012-citizens-jury", "2026-12-09")
    goes = PAGES["2026-11-20-jury-lessons"]
    said = say(show, "withdraw", goes[0])
    assert said.code == 0, said.err
    after = look(show / "published/public")
    for item in ("012-citizens-jury", "2026-12-09"):
        page = PAGES[item][1]
        led = {key for key in before.leading_to(page) if key.endswith(".html")}
        assert led - {goes[1]} <= after.leading_to(page)
        assert page in after.reached_from_home()
    assert after.leading_to(goes[1]) == set(), "what was withdrawn is never linked"


def test_a_name_that_is_withheld_now_does_not_come_in_through_what_stays(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """It was no name of anybody when it was published; now the gate reads it, wherever it would stand."""
    show = published_sample(tmp_path_factory, tmp_path / "show")
    post = show / "posts/2026-11-21-visit.md"
    post.write_text(
        "---\ntitle: A visit to Quillfeather Zebedeeson\nmeeting: 2026-10-14\n---\nWords.\n", "utf-8"
    )
    assert say(show, "publish").code == 0
    before = tree(show / "published/public")
    person = "name: {given: Quillfeather, family: Zebedeeson}\n"
    (show / "registry/people/p-q7z2.yaml").write_text(person, "utf-8")
    post.write_text(post.read_text("utf-8").replace("title: A visit", "title: [A visit"), "utf-8")
    (show / "posts" / "2026-11-22-good.md").write_text(GOOD, "utf-8")
    said = say(show, "publish")
    assert said.code == 10
    assert "Zebedeeson" not in said.out + said.err
    assert tree(show / "published/public") == before
