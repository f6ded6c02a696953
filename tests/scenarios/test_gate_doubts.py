"""A doubt of the gate stops a publish with exit code 11 until somebody takes it out or allows it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from workspaces import published_sample, say, tree

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def show(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    return published_sample(tmp_path_factory, tmp_path / "show")


def _append(path: Path, words: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + words, encoding="utf-8")


def test_a_given_name_alone_of_an_anonymous_guest_is_a_leak(show: Path) -> None:
    before = tree(show / "published")
    _append(show / "episodes/012-citizens-jury/episode.md", "\nAnd then Torquil told us so.\n")
    said = say(show, "publish")
    assert said.code == 10
    assert "given name alone of p-k2m9" in said.err
    assert "Torquil" not in said.err + said.out
    assert tree(show / "published") == before


def test_a_doubt_is_allowed_by_the_command_that_the_gate_says_and_not_for_longer_than_it_stands(
    show: Path,
) -> None:
    episode = show / "episodes/012-citizens-jury/episode.md"
    words = episode.read_text(encoding="utf-8")
    _append(episode, "\nWe also read Torquil Campbell that week.\n")
    said = say(show, "publish")  # what is live of it stays as it is
    assert said.code == 11
    assert "Torquil" not in said.err + said.out
    assert "012-citizens-jury is live and stays as it is" in said.out
    again = say(show, *as_said(said.out))
    assert again.code == 0, again.err
    assert "Allowed until 2027-11-20: the given name alone of p-k2m9 in 012-citizens-jury." in again.out
    published = say(show, "publish")
    assert published.code == 0, published.err
    assert "Torquil Campbell" in (show / "published/public/episodes/012-citizens-jury.html").read_text(
        "utf-8"
    )
    episode.write_text(words, encoding="utf-8")
    unneeded = say(show, "publish")
    assert unneeded.code == 20
    assert "registry/allows.yaml" in unneeded.err
    (show / "registry/allows.yaml").unlink()
    assert say(show, "publish").code == 0


def as_said(report: str, *more: str) -> list[str]:
    """The command of a report, its blanks filled in as somebody at a terminal does."""
    command = re.search(r"cop-publish (allow [0-9a-f ]+) --reason … --by …( --second …)? --expires …", report)
    assert command, report
    filled = ["--reason", 'A poet: "he"', "--by", "p-host", "--expires", "2027-11-20", *more]
    return [*command[1].split(), *filled]


def doubtful(show: Path) -> str:
    _append(show / "episodes/012-citizens-jury/episode.md", "\nWe also read Torquil Campbell that week.\n")
    return say(show, "check").err


def test_an_allow_is_written_for_its_owner_alone_behind_the_others_and_in_the_audit(show: Path) -> None:
    path = show / "registry/allows.yaml"
    path.write_text("# ours\nallows:  # each was looked at\n", encoding="utf-8")
    path.chmod(0o644)
    command = as_said(doubtful(show))
    assert say(show, *command).code == 0
    written = path.read_text("utf-8")
    assert written.startswith("# ours\nallows:  # each was looked at\n  - {")
    assert path.stat().st_mode & 0o777 == 0o600
    (entry,) = (json.loads(line) for line in (show / "registry/audit.jsonl").read_text().splitlines()[-1:])
    assert (entry["event"], entry["item"], entry["person"]) == ("allow", "012-citizens-jury", "p-k2m9")
    assert "poet" not in json.dumps(entry)
    again = say(show, *command)
    assert again.code == 2
    assert "is allowed already" in again.err
    assert path.read_text("utf-8") == written


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--by", "p-zzzz"), "--by is the ID of somebody in the registry"),
        (("--second", "p-host"), "--second is the same as --by"),
        (("--expires", "2026-11-23"), "a day to come"),
        (("--reason", " "), "Allowing needs a fingerprint, --reason, --by and --expires"),
        (("0123456789abcdef0123",), "The last report has no fingerprint 0123456789abcdef0123"),
        (("--list",), "--list stands alone"),
    ],
)
def test_what_cannot_be_an_allow_is_refused_and_nothing_is_written(
    show: Path, more: tuple[str, ...], said: str
) -> None:
    command = as_said(doubtful(show), *more)
    refused = say(show, *command)
    assert refused.code == 2
    assert said in refused.err
    assert not (show / "registry/allows.yaml").exists()


def test_a_list_that_nothing_can_be_added_to_stays_as_it_is(show: Path) -> None:
    command = as_said(doubtful(show))
    (show / "registry/allows.yaml").write_text("allows: []\n", encoding="utf-8")
    refused = say(show, *command)
    assert refused.code == 20
    assert "Write `allows:` alone on its line" in refused.err
    assert (show / "registry/allows.yaml").read_text("utf-8") == "allows: []\n"


def test_a_whole_name_is_listed_with_its_fingerprint_and_needs_a_second_person(show: Path) -> None:
    _append(show / "episodes/012-citizens-jury/episode.md", "\nThe Torquil Inventedson is a pub.\n")
    listed = say(show, "allow", "--list")
    assert "From now on each finding has a fingerprint" in listed.out
    assert say(show, "check").code == 10
    listed = say(show, "allow", "--list")
    found = re.findall(r"([0-9a-f]{20})  .* in 012-citizens-jury, needs a second person", listed.out)
    assert found
    marks = re.findall(r"^  ([0-9a-f]{20})  ", listed.out, re.MULTILINE)
    looked = ["--reason", "A pub", "--by", "p-host", "--expires", "2027-01-01"]
    alone = say(show, "allow", *marks, *looked)
    assert alone.code == 2
    assert "needs two people" in alone.err
    assert say(show, "allow", *marks, *looked, "--second", "p-r8w3").code == 0
    assert say(show, "check").code == 10  # its page has other words around the name
    more = set(re.findall(r"^  ([0-9a-f]{20})  ", say(show, "allow", "--list").out, re.MULTILINE)) - {*marks}
    assert say(show, "allow", *more, *looked, "--second", "p-r8w3").code == 0
    assert say(show, "check").code == 0


def test_what_is_nearly_over_and_what_nothing_needed_is_listed(show: Path) -> None:
    command = as_said(doubtful(show))
    assert say(show, *command).code == 0
    assert say(show, "publish").code == 0
    fresh = say(show, "allow", "--list").out
    assert re.fullmatch(r"1 allow in the registry\nOthers\n  .*: ends on 2027-11-20  [0-9a-f ]+\n", fresh)
    later = say(show, "allow", "--list", now="2027-11-01T09:00+00:00").out
    assert (
        "registry/allows.yaml:2:5: given name alone of p-k2m9 in 012-citizens-jury: ends on 2027-11-20"
        in later
    )
    over = say(show, "allow", "--list", now="2027-12-01T09:00+00:00").out
    assert "in 012-citizens-jury: ended on 2027-11-20" in over
    episode = show / "episodes/012-citizens-jury/episode.md"
    episode.write_text(episode.read_text("utf-8").replace("that week", "then"), encoding="utf-8")
    assert say(show, "check").code == 11
    listed = say(show, "allow", "--list").out
    assert "the last report did not come across it" in listed
    assert re.search(r"\n  [0-9a-f]{20}  given name alone of p-k2m9 in 012-citizens-jury\n", listed)


def test_an_allow_that_is_over_is_renewed_by_the_command_that_the_report_says_and_the_audit_keeps_both(
    show: Path,
) -> None:
    assert say(show, *as_said(doubtful(show))).code == 0
    later = "2027-12-01T09:00+00:00"
    over = say(show, "publish", now=later)
    assert over.code == 20
    marks = re.search(
        r"expired on 2027-11-20\. Look again: cop-publish allow --renew ([0-9a-f ]+) --exp", over.err
    )
    assert marks, over.err
    assert f"cop-publish allow --remove {marks[1]} --by … --reason …" in over.err
    looked = ["--by", "p-r8w3", "--reason", "Still a poet", "--expires", "2028-11-20"]
    renewed = say(show, "allow", "--renew", *marks[1].split(), *looked, now=later)
    assert renewed.code == 0, renewed.err
    assert "Allowed until 2028-11-20: the given name alone of p-k2m9 in 012-citizens-jury." in renewed.out
    assert say(show, "publish", now=later).code == 0
    lines = map(json.loads, (show / "registry/audit.jsonl").read_text().splitlines())
    (entry,) = (line for line in lines if line["event"] == "allow renewed")
    assert (entry["fact_expired"], entry["fact_expires"]) == ("2027-11-20", "2028-11-20")
    assert "poet" not in json.dumps(entry)


def test_an_allow_that_nothing_needs_is_removed_by_the_command_that_the_report_says(show: Path) -> None:
    episode = show / "episodes/012-citizens-jury/episode.md"
    words = episode.read_text(encoding="utf-8")
    assert say(show, *as_said(doubtful(show))).code == 0
    episode.write_text(words, encoding="utf-8")
    unneeded = say(show, "publish")
    command = re.search(r"cop-publish (allow --remove [0-9a-f ]+) --by … --reason …", unneeded.err)
    assert command, unneeded.err
    removed = say(show, *command[1].split(), "--by", "p-host", "--reason", "The poet went")
    assert removed.code == 0, removed.err
    assert "No longer allowed: the given name alone of p-k2m9 in 012-citizens-jury." in removed.out
    assert say(show, "publish").code == 0
    assert '"event": "allow removed"' in (show / "registry/audit.jsonl").read_text("utf-8")
    assert say(show, "allow", "--list").out == "0 allows in the registry\n"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--renew",), "--renew needs a fingerprint, --reason, --by and --expires"),
        (
            ("--remove", "--expires", "2028-01-01"),
            "--remove needs a fingerprint, --reason and --by, and nothing",
        ),
        (("--renew", "--remove"), "--renew or --remove: choose"),
        (("--remove", "--list"), "--list stands alone"),
        (("--renew", "--expires", "2026-11-23"), "a day to come"),
        (("--remove", "--by", "p-zzzz"), "--by is the ID of somebody in the registry"),
        (("--renew", "--expires", "2028-01-01", "0" * 20), f"No allow has the fingerprint {'0' * 20}"),
    ],
)
def test_what_cannot_be_renewed_or_removed_is_refused_and_the_list_stays(
    show: Path, more: tuple[str, ...], said: str
) -> None:
    command = as_said(doubtful(show))
    assert say(show, *command).code == 0
    before = (show / "registry/allows.yaml").read_text("utf-8")
    marks = [word for word in command if re.fullmatch("[0-9a-f]{20}", word)]
    refused = say(show, "allow", *marks, "--by", "p-host", "--reason", "A poet", *more)
    assert refused.code == 2
    assert said in refused.err
    assert (show / "registry/allows.yaml").read_text("utf-8") == before


def test_to_renew_a_whole_name_needs_a_second_person_again(show: Path) -> None:
    _append(show / "episodes/012-citizens-jury/episode.md", "\nThe Torquil Inventedson is a pub.\n")
    say(show, "allow", "--list")
    say(show, "check")
    marks = re.findall(r"^  ([0-9a-f]{20})  ", say(show, "allow", "--list").out, re.MULTILINE)
    looked = ["--reason", "A pub", "--by", "p-host", "--expires", "2027-01-01"]
    assert say(show, "allow", *marks, *looked, "--second", "p-r8w3").code == 0
    alone = say(show, "allow", "--renew", *marks, *looked)
    assert alone.code == 2
    assert "needs two people" in alone.err
    assert say(show, "allow", "--renew", *marks, *looked, "--second", "p-7f3k").code == 0
    assert '"second": "p-7f3k"' in (show / "registry/allows.yaml").read_text("utf-8")


def test_a_doubt_on_pages_of_several_items_can_be_allowed_as_well(show: Path) -> None:
    """Six words of a marked passage in a summary stand on the lists of items too: no item's alone."""
    post = show / "posts/2026-11-21-new.md"
    marked = (
        "::: confidential\nThe minister has not yet been told that the pilot will end in March.\n::: end\n"
    )
    post.write_text(f"---\ntitle: New\nauthor: []\n---\nWords.\n\n{marked}", "utf-8")
    assert say(show, "publish").code == 0
    summary = "summary: A minister has not yet been told of juries."
    post.write_text(f"---\ntitle: New\n{summary}\nauthor: []\n---\nWords.\n\n{marked}", "utf-8")
    for _ in range(3):  # an item's own words are read first, then what shows several
        said = say(show, "check")
        if said.code != 11:
            break
        assert say(show, *as_said(said.err)).code == 0
    assert said.code == 0, said.err
    assert 'item": "-"' in (show / "registry/allows.yaml").read_text("utf-8")
    assert say(show, "publish").code == 0
