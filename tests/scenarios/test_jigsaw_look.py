"""An item whose meeting tells who is not named in it waits for somebody who weighs that."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from test_gate_doubts import as_said
from test_person_withdrawal import quiet
from workspaces import published_sample, say, tree, unpublished_sample

if TYPE_CHECKING:
    from pathlib import Path

JURY, MEETING = "episodes/012-citizens-jury", "meetings/2026-10-14.md"
NAMED = "level: named\ndisplay: Rowan Madeup\nallow: {words: yes}\ngiven: {on: 2026-10-16, how: e-mail}\n"
WHERE = f"{JURY}/episode.md"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1, f"{path.name} does not hold it exactly once"
    path.write_text(text.replace(old, new), encoding="utf-8")


def name_rowan_at_the_meeting(show: Path) -> None:
    """The page of the meeting names somebody whom neither the episode nor the post about it names."""
    record = show / "registry/consents/2026-10-14/p-r8w3.yaml"
    record.parent.mkdir()
    record.write_text(NAMED, encoding="utf-8")
    edit(show / MEETING, "people: [p-host]", "people: [p-host, p-r8w3]")


@pytest.fixture
def show(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    return published_sample(tmp_path_factory, tmp_path / "show")


def marks(said: str) -> list[str]:
    return re.findall(r"cop-publish allow ([0-9a-f]{20}) ", said)


def test_a_meeting_that_comes_to_name_others_stops_the_publish_and_takes_nothing_down(show: Path) -> None:
    before = tree(show / "published")
    name_rowan_at_the_meeting(show)
    for command in ("check", "publish"):
        said = say(show, command)
        assert said.code == 11
        assert f"{WHERE}:11:1: somebody in it is not named" in said.err
        assert "posts/2026-11-20-jury-lessons.md:7:1: somebody in it is not named" in said.err
        assert "names 1 person whom it does not" in said.err
        assert "Rowan" not in said.err + said.out
    assert tree(show / "published") == before
    status = say(show, "status").out
    assert re.search(
        r"^live, waits 012-citizens-jury {3}on somebody who looks or listens: ", status, re.MULTILINE
    )
    assert "live        013-explaining-an-algorithm" in status
    assert "cop-publish allow" in status
    people = say(show, "status", "012-citizens-jury").out
    assert re.search(
        r"^ {2}p-k2m9 .* look\n {4}episodes/012-citizens-jury/episode.md:11:1: ", people, re.MULTILINE
    )
    assert re.search(r"^ {2}p-7f3k .* clean$", people, re.MULTILINE)


def test_an_item_that_keeps_its_live_bytes_is_part_of_what_a_reader_puts_together(show: Path) -> None:
    before = tree(show / "published")
    name_rowan_at_the_meeting(show)
    episode = show / "episodes/012-citizens-jury/episode.md"
    summary = next(line for line in episode.read_text("utf-8").splitlines() if line.startswith("summary:"))
    edit(episode, summary, "summary: Words that nobody has signed off.")
    said = say(show, "publish")
    assert said.code == 11, said.err
    assert "episodes/012-citizens-jury/episode.md:9:26: what is public of p-k2m9" in said.err
    assert f"{WHERE}:11:1: somebody in it is not named" in said.err
    assert len(marks(said.err)) == 2
    assert tree(show / "published") == before


def test_it_is_allowed_by_the_command_that_is_told_and_asked_again_when_somebody_else_is_named(
    show: Path,
) -> None:
    name_rowan_at_the_meeting(show)
    found = marks(say(show, "publish").err)
    assert len(found) == 2
    looked = ["--reason", "Forty people were there", "--by", "p-host", "--expires", "2027-11-20"]
    allowed = say(show, "allow", *found, *looked)
    assert allowed.code == 0, allowed.err
    assert "Allowed until 2027-11-20: the jigsaw in 012-citizens-jury." in allowed.out
    assert say(show, "publish").code == 0
    assert "Rowan Madeup" in (show / "published/public/meetings/2026-10-14.html").read_text("utf-8")
    edit(show / MEETING, "Leaving payment to the second letter.", "Leaving payment to the last letter.")
    assert say(show, "publish").code == 0, "a word of the meeting's page is not what was weighed"
    record = show / "registry/consents/2026-10-14/p-7f3k.yaml"
    record.write_text(NAMED.replace("Rowan Madeup", "Siân Ap-Example"), encoding="utf-8")
    edit(show / MEETING, "people: [p-host, p-r8w3]", "people: [p-host, p-r8w3, p-7f3k]")
    again = say(show, "publish")
    assert again.code == 11
    assert set(marks(again.err)).isdisjoint(found)


def test_an_allow_of_a_jigsaw_that_is_gone_must_be_removed(show: Path) -> None:
    name_rowan_at_the_meeting(show)
    found = marks(say(show, "publish").err)
    looked = ["--reason", "Forty people were there", "--by", "p-host", "--expires", "2027-11-20"]
    assert say(show, "allow", *found, *looked).code == 0
    edit(show / MEETING, "people: [p-host, p-r8w3]", "people: [p-host]")
    said = say(show, "publish")
    assert said.code == 20
    assert "is needed: nothing like it stands there now" in said.err


def test_the_last_one_who_is_not_named_is_asked_for_until_their_words_are_known_to_fit_many(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    show = unpublished_sample(tmp_path_factory, tmp_path / "show")
    record = show / "registry/consents/012-citizens-jury/p-k2m9.yaml"
    words = record.read_text("utf-8")
    record.write_text(re.sub(r"group_size.*\n", "", words), encoding="utf-8")
    said = say(show, "episode", JURY)
    assert said.code == 11
    assert "everybody but one is named" in said.err
    assert "Record as `group_size` how many people their words fit" in said.err
    assert not (show / "published").exists()
    record.write_text(words, encoding="utf-8")
    assert say(show, "episode", JURY).code == 0


def test_what_is_dated_later_is_told_before_its_day_and_stops_nothing_until_then(show: Path) -> None:
    name_rowan_at_the_meeting(show)
    for name in ("episodes/012-citizens-jury/episode.md", "posts/2026-11-20-jury-lessons.md"):
        edit(show / name, "meeting: 2026-10-14\n", "")
    edit(show / "posts/2027-01-15-what-next.md", "title:", "meeting: 2026-10-14\ntitle:")
    later = show / "posts/2027-01-15-what-next.md"
    edit(later, "\n---\n", "\npeople: [p-q4d7]\n---\n")
    consent = show / "registry/consents/2027-01-15-what-next/p-q4d7.yaml"
    consent.parent.mkdir()
    consent.write_text(
        "level: anonymous\nallow: {words: yes}\ngiven: {on: 2026-11-17, how: e-mail}\n", "utf-8"
    )
    digest = json.loads(say(show, "sign-off", "2027-01-15-what-next", "p-q4d7", "--json").out)["digest"]
    yes = say(show, "sign-off", "2027-01-15-what-next", "p-q4d7", "--approve", digest, "--how", "e-mail")
    assert yes.code == 0, yes.err
    said = say(show, "publish")
    assert said.code == 0, said.err
    assert "Before its day: posts/2027-01-15-what-next.md:2:1: somebody in it is not named" in said.out
    assert "waiting     2027-01-15-what-next   on somebody who looks" in say(show, "status").out
    on_the_day = say(show, "publish", now="2027-01-15T09:00+00:00")
    assert on_the_day.code == 11
    allowed = say(show, *as_said(on_the_day.err))
    assert allowed.code == 0, allowed.err
    assert say(show, "publish", now="2027-01-15T09:00+00:00").code == 0


def test_status_alone_says_what_can_be_allowed(show: Path) -> None:
    name_rowan_at_the_meeting(show)
    told = say(show, "status").out
    for command in {f"allow {mark}" for mark in marks(told)}:
        looked = ["--reason", "Forty people were there", "--by", "p-host", "--expires", "2027-11-20"]
        assert say(show, *command.split(), *looked).code == 0
    assert say(show, "publish").code == 0


def test_a_withdrawal_does_not_wait_for_a_jigsaw_or_for_an_allow_that_it_makes_needless(show: Path) -> None:
    """Who takes back their name becomes somebody who can be told from the meeting's page."""
    name_rowan_at_the_meeting(show)
    quiet(show)
    looked = ["--reason", "Forty people were there", "--by", "p-host", "--expires", "2026-12-20"]
    assert say(show, "allow", *marks(say(show, "check").err), *looked).code == 0
    assert say(show, "publish").code == 0
    taken = say(
        show, "withdraw", "--person", "p-r8w3", "--scope", "attribution", now="2026-12-21T09:00+00:00"
    )
    assert taken.code == 0, taken.err
    gone = say(show, "withdraw", "posts/2026-11-20-jury-lessons.md", now="2026-12-21T09:00+00:00")
    assert gone.code == 0, gone.err
    assert not (show / "published/public/blog/2026/11/20/jury-lessons.html").exists()


def test_who_takes_back_their_name_and_can_be_told_from_the_meeting_is_asked_for_afterwards(
    show: Path,
) -> None:
    record = show / "registry/consents/2026-10-14/p-q4d7.yaml"
    record.parent.mkdir()
    record.write_text(NAMED.replace("Rowan Madeup", "Oluwaseun Fictitious"), encoding="utf-8")
    edit(show / MEETING, "people: [p-host]", "people: [p-host, p-q4d7]")
    for name in ("episodes/012-citizens-jury/episode.md", "posts/2026-11-20-jury-lessons.md"):
        edit(show / name, "meeting: 2026-10-14\n", "")
    post = "posts/2026-10-30-transparency-record.md"
    edit(show / post, "\ntitle:", "\nmeeting: 2026-10-14\ntitle:")
    assert say(show, "publish").code == 0, "everybody in that post is named"
    taken = say(show, "withdraw", post, "--person", "p-r8w3", "--scope", "attribution")
    assert taken.code == 0, taken.err
    live = show / "published/public/blog/2026/10/30/transparency-record.html"
    assert "Rowan" not in live.read_text("utf-8")
    told = say(show, "status", "2026-10-30-transparency-record").out
    assert re.search(r"\n  p-r8w3 .* look\n", told), "asked for at the next publish"
