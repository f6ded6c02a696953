"""What the gate finds in an item that waits is told at its line before anybody is asked to say yes to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from workspaces import published_sample, say, sign

if TYPE_CHECKING:
    from pathlib import Path

POST = "2026-11-22-waits"
FILE = f"posts/{POST}.md"
ASK = ("sign-off", POST, "p-q4d7")
LEAK = "Seun told us so."
DOUBT = "We also read Seun Adeyemi that week."


@pytest.fixture
def show(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    """The sample show with a new post of somebody who is not named and must say yes to it."""
    root = published_sample(tmp_path_factory, tmp_path / "show")
    (root / "registry/consents" / POST).mkdir()
    yes = "level: anonymous\nallow: {words: yes}\ngiven: {on: 2026-11-12, how: e-mail}\n"
    (root / "registry/consents" / POST / "p-q4d7.yaml").write_text(yes, "utf-8")
    return root


def write(show: Path, words: str) -> None:
    text = f"---\ntitle: It waits\nauthor: p-q4d7\n---\nFirst words.\n\n{words}\n"
    (show / FILE).write_text(text, "utf-8")


def digest(show: Path) -> str:
    found = re.search(r"fingerprint\s+(\w{4} \w{4})", say(show, *ASK).out)
    assert found, "it can be shown"
    return found[1]


def test_check_and_status_tell_a_leak_in_a_post_that_waits_for_a_sign_off_at_its_line(show: Path) -> None:
    write(show, LEAK)
    said = say(show, "check")
    assert said.code == 10
    assert f"{FILE}:7: holds the given name alone of p-q4d7" in said.err
    assert "p-q4d7 has not signed off" in said.err  # all at once
    assert "Seun" not in said.err + said.out
    told = say(show, "status", POST).out
    assert f"{FILE}:7: holds the given name alone of p-q4d7" in told  # before anybody is asked
    assert re.search(r"p-q4d7 .* leak\n", told)
    assert say(show, "publish").code == 40  # it waits, and nothing of it is public


@pytest.mark.parametrize("more", [(), ("--page", "page.html"), ("--text", "page.txt"), ("--json",)])
def test_nobody_is_asked_about_words_that_a_publish_will_stop(show: Path, more: tuple[str, ...]) -> None:
    write(show, LEAK)
    said = say(show, *ASK, *more)
    assert said.code == 10
    assert said.err.count("holds the given name alone") == 1
    assert f"{FILE}:7: holds the given name alone of p-q4d7" in said.err
    assert "Nothing was written or recorded" in said.err
    assert "contributor.html" not in said.err
    assert not list(show.glob("page.*"))


def test_a_yes_is_not_taken_while_there_is_a_leak_and_a_no_always_is(show: Path) -> None:
    write(show, "We shall see.")
    mark = digest(show)
    write(show, LEAK)
    yes = say(show, *ASK, "--approve", mark, "--how", "e-mail")
    assert yes.code == 10, yes.err
    assert f"{FILE}:7:" in yes.err
    assert not list((show / "registry/signoffs").glob(f"{POST}/*"))
    assert say(show, *ASK, "--changes", "Take the name out", "--how", "e-mail").code == 0
    assert say(show, *ASK, "--leave-out", "--how", "e-mail").code == 0


def test_a_doubt_is_allowed_before_anybody_is_asked(show: Path) -> None:
    write(show, DOUBT)
    first = say(show, *ASK, "--page", "page.html")
    assert first.code == 11
    assert f"{FILE}:7: may hold the given name alone of p-q4d7" in first.err
    assert re.search(r"p-q4d7 .* look\n", say(show, "status", POST).out)
    mark = re.findall(r"allow (\w{20})", say(show, "check").err)
    assert mark == re.findall(r"allow (\w{20})", first.err)
    look = ("--reason", "a writer of that name", "--by", "p-host", "--expires", "2027-11-20")
    allowed = say(show, "allow", *mark, *look)
    assert allowed.code == 0, allowed.err
    assert say(show, *ASK, "--page", "page.html").code == 0
    assert (show / "page.html").is_file()
    assert say(show, "check").code == 40  # nothing is in the way but their answer
    assert "did not come across it" not in say(show, "allow", "--list").out
    sign(show, POST, "p-q4d7")
    published = say(show, "publish")
    assert published.code == 0, published.err


def test_a_look_at_one_item_keeps_what_the_gate_remembers_of_the_others(show: Path) -> None:
    write(show, "We shall see.")
    memory = show / ".cop-publish/gate.json"
    say(show, "check")
    before = memory.read_bytes()
    digest(show)
    assert len(memory.read_bytes()) >= len(before)


def test_status_calls_nothing_ready_that_the_gate_will_refuse(show: Path) -> None:
    (show / FILE).write_text("---\ntitle: Of nobody\n---\nMorwenna Pretendington was there.\n", "utf-8")
    told = say(show, "status").out
    assert re.search(
        rf"^waiting +{POST}   on whoever wrote it: {FILE}:4: holds the full name of p-n5v2",
        told,
        re.MULTILINE,
    )
    assert not re.search(rf"^ready .*{POST}", told, re.MULTILINE)
    assert say(show, "publish").code == 10
    (show / FILE).write_text("---\ntitle: Of nobody\n---\nNobody was there.\n", "utf-8")
    assert re.search(rf"^ready +{POST} ", say(show, "status").out, re.MULTILINE)
