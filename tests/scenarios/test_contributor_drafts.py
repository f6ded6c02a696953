"""Which draft a contributor's page is, what of others stands on it, and where their picture is found."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from workspaces import published_sample, say, sign

if TYPE_CHECKING:
    from pathlib import Path

EPISODE, ADVISER, RESIDENT = "012-citizens-jury", "p-k2m9", "p-7f3k"
POST, HOST = "2026-11-20-jury-lessons", "p-host"


@pytest.fixture
def show(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return published_sample(tmp_path_factory, tmp_path / "show")


def shown(show: Path, item: str, person: str, *options: str) -> str:
    said = say(show, "sign-off", item, person, "--text", "page.txt", *options)
    assert said.code == 0, said.err
    return (show / "page.txt").read_text("utf-8")


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


def draft_of(page: str) -> int:
    return int(re.findall(r" · draft (\d+) · for you only", page)[0])


def test_each_draft_that_they_are_shown_has_a_number_and_the_same_one_keeps_it(show: Path) -> None:
    notes = show / f"episodes/{EPISODE}/episode.md"
    first = draft_of(shown(show, EPISODE, ADVISER))
    assert draft_of(shown(show, EPISODE, ADVISER)) == first
    change(notes, "saw ten careful pages", "saw twelve careful pages")
    assert draft_of(shown(show, EPISODE, ADVISER)) == first + 1
    change(notes, "saw twelve careful pages", "saw a dozen careful pages")
    assert draft_of(shown(show, EPISODE, ADVISER)) == first + 2
    sign(show, EPISODE, ADVISER)
    assert draft_of(shown(show, EPISODE, ADVISER)) == first + 2
    change(notes, "saw a dozen careful pages", "saw ten careful pages")
    assert draft_of(shown(show, EPISODE, ADVISER)) == first
    lines = [json.loads(line) for line in (show / "registry/audit.jsonl").read_text("utf-8").splitlines()]
    pages = [line for line in lines if line["event"] == "page"]
    assert [(line["item"], line["person"]) for line in pages] == [(EPISODE, ADVISER)] * 3  # each once


def test_they_are_asked_to_answer_by_a_day(show: Path) -> None:
    page = shown(show, EPISODE, ADVISER, "--answer-by", "2026-12-01")
    assert "Please answer by 1 December 2026." in " ".join(page.split())
    assert "Please answer" not in shown(show, EPISODE, ADVISER)


def test_who_has_not_agreed_yet_is_not_told_to_others_and_their_words_are(show: Path) -> None:
    assert "Siân Ap-Example" in shown(show, EPISODE, ADVISER)
    record = show / f"registry/consents/{EPISODE}/{RESIDENT}.yaml"
    record.write_text(f"{record.read_text('utf-8')}sign_off: yes\n", "utf-8")
    page = shown(show, EPISODE, ADVISER)
    assert not re.search("Siân|Ap-Example", page)
    assert "Where you read [someone else], a person stands who has not yet" in " ".join(page.split())
    assert re.search(r"^  \[someone else\]$", page, re.MULTILINE)  # who says the words next to theirs
    own = shown(show, EPISODE, RESIDENT)
    assert "Siân Ap-Example" in own
    sign(show, EPISODE, RESIDENT)
    page = shown(show, EPISODE, ADVISER)
    assert "Siân Ap-Example" in page
    assert "[someone else]" not in page


def test_the_reader_is_called_what_they_agreed_to_although_somebody_else_is_unsigned(show: Path) -> None:
    record = show / f"registry/consents/{EPISODE}/{RESIDENT}.yaml"
    record.write_text(f"{record.read_text('utf-8')}sign_off: yes\n", "utf-8")
    page = shown(show, EPISODE, ADVISER)
    assert "\na policy adviser in central government\n" in page
    other = shown(show, EPISODE, RESIDENT)
    assert "a policy adviser" in other  # whose yes to this very page is on file


def test_the_files_of_a_picture_that_shows_them_are_among_the_places(show: Path) -> None:
    places = shown(show, POST, HOST).partition("\nRead\n")[0]
    assert "The file of a picture" not in places
    post = show / f"posts/{POST}.md"
    change(post, "coming back to check 4.\n    people: []", "coming back to check 4.\n    people: [p-host]")
    places = " ".join(shown(show, POST, HOST).partition("\nRead\n")[0].split())
    keys = re.findall(r"The file of a picture that shows you: ([^ ]+\.(?:png|jpg))", places)
    assert len(keys) == 1
    assert (show / "published/public" / keys[0].rstrip(",")).is_file()
    assert "blog/2026/11/20/jury-lessons.html" in places.partition("The file of a picture")[2]


def test_a_page_has_no_words_of_ours_and_no_file_of_another_item(show: Path) -> None:
    page = shown(show, EPISODE, ADVISER)
    assert not re.search(r"head of our log|\bvoid|\bdigest\b|\baudit\b", page)
    assert page.rstrip().endswith("were not changed afterwards.") or "afterwards." in page[-80:]


def test_of_a_description_that_nobody_agreed_to_no_part_is_told_as_a_change(show: Path) -> None:
    record = show / f"registry/consents/{EPISODE}/{RESIDENT}.yaml"
    words = "the director of policy at a made-up laboratory"
    agreed = re.sub("display: .*", f"display: {words}", record.read_text("utf-8"))
    record.write_text(f"{agreed}sign_off: yes\n", "utf-8")
    notes = show / f"episodes/{EPISODE}/episode.md"
    old = "saw the director of data at a made-up laboratory"
    change(notes, "saw ten careful pages", old)
    shown(show, EPISODE, ADVISER)
    sign(show, EPISODE, ADVISER)
    change(notes, old, f"saw @{{{RESIDENT}}}")
    changed = " ".join(shown(show, EPISODE, ADVISER).split())
    assert "the director of policy" not in changed
    assert not re.search("added: policy|now: policy|policy at a", changed)
    assert "[someone else]" in changed
