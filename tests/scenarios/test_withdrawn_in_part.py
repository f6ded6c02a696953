"""Somebody takes something back everywhere, and one item cannot be made without them yet: the rest goes."""

from __future__ import annotations

import json
import re
import shutil
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from test_person_withdrawal import (
    EPISODE,
    HOST,
    JURY,
    ROWAN,
    edit,
    head,
    holders,
    served,
    serving,
    take_back,
)
from workspaces import NOW, published_sample, say, sign

from cop_publish.core.consents import PersonId, TakenBack
from cop_publish.publish import Errand
from cop_publish.scope import EVERYTHING
from cop_publish.withdrawal.person import Request, withdraw_person

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from workspaces import Said

RECORD = "2026-10-30-transparency-record"
WEEK = "2026-11-13-weeknotes-plain-words"
WEEK_PAGE = "weeknotes/2026/11/13/weeknotes-plain-words.html"


@pytest.fixture
def show(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample show, published; in the notes of both episodes names were written out since."""
    folder = published_sample(tmp_path_factory, tmp_path / "show")
    edit(folder / f"episodes/{EPISODE}/episode.md", NOTES, NAMED)
    jury = folder / f"episodes/{JURY}/episode.md"
    jury.write_text(jury.read_text("utf-8") + "\nAlys Example thanks everybody.\n", encoding="utf-8")
    return folder


NOTES = "How do you explain"
NAMED = "Rowan Madeup and Alys Example asked: how do you explain"


def remaining(said: Said) -> dict[str, Any]:
    return {one["item"]: one for one in json.loads(said.out)["remaining"]}


def public(folder: Path) -> dict[str, bytes]:
    top = folder / "published/public"
    return {p.relative_to(top).as_posix(): p.read_bytes() for p in sorted(top.rglob("*")) if p.is_file()}


def showing(folder: Path, words: str) -> set[str]:
    return {key for key, content in public(folder).items() if words.encode() in content}


# --- what remains, and what goes ------------------------------------------------------------------------


def test_of_a_host_everything_goes_but_the_episodes_in_which_the_name_is_said(show: Path) -> None:
    before = public(show)
    said = take_back(show, "attribution", HOST, "--json")
    assert said.code == 10, said.err
    assert set(remaining(said)) == {EPISODE, JURY, RECORD}, "Example is a word in that post"
    assert "Alys" not in said.out + said.err
    beside = (*(f"episodes/{item}" for item in (EPISODE, JURY)), "media/", "blog/2026/10/30/")
    still = {key for key in showing(show, "Alys") if not key.startswith(beside)}
    assert still == {"feed.xml", "blog/feed.xml", "blog/atom.xml"}, "lists name nobody"
    listed = (show / "published/public/episodes/index.html").read_text("utf-8")
    assert all(f"{item}.html" in listed for item in (EPISODE, JURY))
    for key, content in before.items():
        if key.startswith(beside):
            assert public(show)[key] == content, key
    assert remaining(said)[RECORD]["exit_code"] in {10, 11}
    for item in (EPISODE, JURY):
        found = remaining(said)[item]
        assert found["exit_code"] == 10
        assert found["still_public"][0] == f"https://commons.example/episodes/{item}.html"
        assert "https://commons.example/feed.xml" in found["still_public"]
        assert any("episode.md:" in place["where"] for place in found["places"])
        assert found["take_down"] == f"cop-publish withdraw episodes/{item}"


def test_every_line_of_what_remains_is_told_and_none_of_what_went(show: Path) -> None:
    path = show / f"episodes/{EPISODE}/episode.md"
    path.write_text(path.read_text("utf-8") + "\nAsk Rowan Madeup.\n", encoding="utf-8")
    said = take_back(show, "attribution", ROWAN, "--json")
    places = [place["where"] for place in remaining(said)[EPISODE]["places"]]
    assert [re.sub(r"(:\d+)+$", "", place) for place in places] == [
        f"episodes/{EPISODE}/episode.md",
        f"episodes/{EPISODE}/episode.md",
    ]
    assert set(remaining(said)) == {EPISODE}


def test_an_address_with_the_name_holds_nothing_else_back(show: Path) -> None:
    name = "2026-11-21-alys-example-writes"
    words = "---\ntitle: A day\nsummary: Short.\nauthor: p-host\n---\nWords.\n"
    (show / f"posts/{name}.md").write_text(words, encoding="utf-8")
    assert say(show, "publish").code == 0
    said = take_back(show, "attribution", HOST)
    assert said.code == 10, said.err
    assert "its file's name or slug, and so its address, holds a name of p-host" in said.out
    assert "alys-example" not in said.out + said.err
    assert (show / "published/public/blog/2026/11/21/alys-example-writes.html").exists()
    assert "Alys" not in (show / "published/public/about.html").read_text("utf-8")
    assert say(show, "withdraw", f"posts/{name}.md").code == 0
    assert "alys-example" not in (show / "published/public/sitemap.xml").read_text("utf-8")
    assert "alys-example" not in (show / "published/public/blog/feed.xml").read_text("utf-8")


def test_a_file_of_theirs_that_nobody_can_read_just_now_holds_nothing_else_back(show: Path) -> None:
    edit(show / f"episodes/{EPISODE}/episode.md", NAMED, NOTES)
    (show / f"posts/{WEEK}.md").write_text("---\ntitle: [\n---\n", encoding="utf-8")
    said = take_back(show, "attribution", ROWAN, "--json")
    assert said.code == 20, said.err
    assert set(remaining(said)) == {WEEK}
    assert json.loads(said.out)["stayed_as_they_are"] == []
    assert {key for key in showing(show, "Madeup") if "weeknotes" not in key} == {
        "blog/feed.xml",
        "blog/atom.xml",
    }


def test_a_post_in_which_nobody_listed_them_remains_too(show: Path) -> None:
    """Whoever is named by standing consent may stand in words of others: there the gate alone finds them."""
    page = show / f"posts/{WEEK}.md"
    page.write_text(page.read_text("utf-8") + "\nAlys Example read it first.\n", encoding="utf-8")
    sign(show, WEEK, ROWAN)
    assert say(show, "publish").code == 0
    said = take_back(show, "attribution", HOST, "--json")
    assert WEEK in remaining(said), said.err
    assert remaining(said)[WEEK]["places"][0]["where"].startswith(f"posts/{WEEK}.md")
    assert "Alys" not in (show / "published/public/about.html").read_text("utf-8")


def test_a_name_that_somebody_just_wrote_elsewhere_keeps_no_withdrawal_waiting(show: Path) -> None:
    page = show / f"posts/{WEEK}.md"
    page.write_text(page.read_text("utf-8") + "\nTorquil Inventedson read it first.\n", encoding="utf-8")
    said = say(show, "withdraw", f"episodes/{EPISODE}", "--json")
    assert said.code == 0, said.err
    assert json.loads(said.out)["stayed_as_they_are"] == [WEEK]
    assert not (show / f"published/public/episodes/{EPISODE}.html").exists()
    assert showing(show, "Torquil") == set()
    assert WEEK_PAGE in public(show)


def test_a_voice_remains_where_nobody_knows_where_it_is_heard(show: Path) -> None:
    path = show / f"episodes/{EPISODE}/transcript.vtt"
    path.write_text(path.read_text("utf-8").replace("<v p-host>", "<v p-r8w3>"), encoding="utf-8")
    before = public(show)
    said = take_back(show, "voice", HOST, "--json")
    assert said.code == 40, said.err
    assert set(remaining(said)) == {EPISODE}
    (sound,) = (key for key in before if key.startswith(f"media/{EPISODE}"))
    assert f"https://commons.example/{sound}" in remaining(said)[EPISODE]["still_public"]
    assert public(show)[sound] == before[sound]
    assert not any(key in public(show) for key in before if key.startswith(f"media/{JURY}"))
    assert "Welcome to" not in (show / f"published/public/episodes/{JURY}/transcript.vtt").read_text("utf-8")


def test_where_nothing_of_theirs_can_be_made_nothing_public_changes(show: Path) -> None:
    for post in (RECORD, WEEK):
        (show / f"posts/{post}.md").write_text("---\ntitle: [\n---\n", encoding="utf-8")
    before = public(show)
    said = take_back(show, "attribution", ROWAN)
    assert said.code == 20
    assert "Nothing public was changed yet" in said.err
    assert public(show) == before


def test_one_item_that_was_named_alone_still_refuses_whole(show: Path) -> None:
    before = public(show)
    said = take_back(show, "attribution", ROWAN, f"episodes/{EPISODE}")
    assert said.code == 10
    assert "Nothing public was changed yet" in said.err
    assert public(show) == before


# --- lists that hold its entry hold nothing else ----------------------------------------------------------


def test_a_name_in_a_feed_beside_that_entry_stops_everything(show: Path) -> None:
    edit(show / "cop-publish.toml", 'text = "Monthly"', 'text = "Monthly, by Alys Example"')
    assert say(show, "publish").code == 0
    before = public(show)
    said = take_back(show, "attribution", HOST)
    assert said.code == 10
    assert "feed.xml: holds the full name of p-host, who is withheld here (XML" in said.err
    assert f"episodes/{EPISODE}/episode.md:" in said.err, "what remains is told with it"
    assert public(show) == before


@pytest.mark.parametrize(
    "stale", ["feed.xml", "blog/feed.xml", "weeknotes/2026/11/13/weeknotes-plain-words.html", ""]
)
def test_an_older_answer_is_not_taken_for_what_remains(
    stale: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The blog's feed may name them in the entry that remains, and nowhere else."""
    world = tmp_path / "world"
    world.mkdir()
    with serving(world) as address:
        show = served(tmp_path, tmp_path_factory, address)
        page = show / f"posts/{RECORD}.md"
        page.write_text(page.read_text("utf-8") + "\nRowan Madeup wrote this.\n", encoding="utf-8")
        old = public(show)
        request = Request(PersonId(ROWAN), TakenBack.ATTRIBUTION)

        def mirrored(step: str, _: float) -> None:
            if step == "fetching what is live again":
                shutil.copytree(show / "published/public", world, dirs_exist_ok=True)
                if stale:
                    (world / stale).write_bytes(old[stale])

        errand = Errand(show, EVERYTHING, datetime.fromisoformat(NOW), mirrored, lambda _: None)
        seen = withdraw_person(errand, request).seen
        assert seen is not None
        assert seen.holding == ((f"{address}{stale}",) if stale else ())
        assert f"{address}blog/2026/10/30/transparency-record.html" in seen.remaining
        assert (f"{address}blog/feed.xml" in seen.remaining) == (stale != "blog/feed.xml")


# --- again, and after a kill -----------------------------------------------------------------------------


class _KilledError(Exception):
    """As if the process had ended there."""


def killed_at(step: str) -> Callable[[str, float], None]:
    """Die when this step is told of first; how often it is depends on how fast the machine is."""

    def killed(told: str, _: float) -> None:
        if told == step:
            raise _KilledError

    return killed


def test_cut_off_at_any_step_it_is_finished_by_the_same_command(show: Path, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    shutil.copytree(show, whole)
    assert take_back(whole, "attribution").code == 10
    request = Request(PersonId(ROWAN), TakenBack.ATTRIBUTION)
    steps: list[str] = []

    def noted(step: str, _: float) -> None:
        steps.append(step)

    trial = tmp_path / "trial"
    shutil.copytree(show, trial)
    withdraw_person(Errand(trial, EVERYTHING, datetime.fromisoformat(NOW), noted, lambda _: None), request)
    different = list(dict.fromkeys(steps))
    assert len(different) > 4
    for nth, step in enumerate(different):
        cut = tmp_path / f"cut-{nth}"
        shutil.copytree(show, cut)
        killed = killed_at(step)
        errand = Errand(cut, EVERYTHING, datetime.fromisoformat(NOW), killed, lambda _: None)
        with pytest.raises(_KilledError):
            withdraw_person(errand, request)
        said = take_back(cut, "attribution")
        assert said.code == 10, (step, said.err)
        assert public(cut) == public(whole), step
        audit = (cut / "registry/audit.jsonl").read_text("utf-8")
        assert audit.count('"event": "withdraw remains"') == 1


def test_taken_down_whole_it_is_recorded_that_they_left(show: Path) -> None:
    assert take_back(show, "attribution").code == 10
    assert say(show, "withdraw", f"episodes/{EPISODE}", "--mode", "vanish").code == 0
    assert holders(show, "Madeup") == []
    assert take_back(show, "attribution").code == 0
    events = [json.loads(line) for line in (show / "registry/audit.jsonl").read_text("utf-8").splitlines()]
    kinds = [event["event"] for event in events if event["event"].startswith("withdraw")]
    assert kinds == ["withdraw", "withdraw remains", "withdraw"]
    assert head(show)["withdrawn"]["keys"]
