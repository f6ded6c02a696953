"""Who must say yes, which yes counts, and that the registry's answers are read strictly."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from test_clear import ADVISER, NOW, QUIET
from test_view import TALKED, WROTE, view

from cop_publish.core.consents import Consent, Level
from cop_publish.core.problems import Matter, Place
from cop_publish.core.sign_offs import Decision, SignOff, SignOffs, State, must_sign_off, state_of, unsigned
from cop_publish.errors import InvalidSource
from cop_publish.registry.sign_offs import append_sign_off, is_sealed, read_sign_offs, seal

if TYPE_CHECKING:
    from pathlib import Path

    from cop_publish.core.view import View

YES = {"words": True, "voice": True}


@pytest.mark.parametrize(
    ("record", "in_sound", "in_words"),
    [
        (Consent(ADVISER, None, Level.NAMED, "A", words=True, voice=True), False, False),
        (Consent(ADVISER, None, Level.NAMED, "A", words=True), True, False),
        (Consent(ADVISER, None, Level.NAMED, "A"), True, True),
        (Consent(ADVISER, None, Level.ORGANISATION, "A", words=True, voice=True), True, True),
        (Consent(ADVISER, None, Level.ROLE, "A", words=True, voice=True), True, True),
        (Consent(ADVISER, words=True, voice=True), True, True),
        (Consent(ADVISER), True, True),
        (Consent(ADVISER, None, Level.NAMED, "A", words=True, voice=True, sign_off=True), True, True),
    ],
)
def test_who_is_named_with_words_and_voice_on_file_need_not_sign_unless_they_ask_to(
    record: Consent,
    in_sound: bool,  # noqa: FBT001 - a row of a table
    in_words: bool,  # noqa: FBT001 - the same
) -> None:
    assert must_sign_off(record, with_sound=True) is in_sound
    assert must_sign_off(record, with_sound=False) is in_words


def answer(seen: View, decision: Decision = Decision.APPROVED, remark: str = "") -> SignOff:
    return SignOff(
        seen.item, seen.person, seen.digest, seen.content, decision, NOW, "e-mail", "page-v1", remark
    )


FIRST = view(TALKED)
SECOND = view(replace(TALKED, title=replace(TALKED.title, raw="Another title")))
OTHER = view(replace(TALKED, id="jury"), QUIET)


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        ((), State.NOT_ASKED),
        ((answer(FIRST),), State.SIGNED),
        ((answer(SECOND),), State.STALE),
        ((answer(SECOND), answer(FIRST)), State.SIGNED),
        ((answer(FIRST), answer(SECOND)), State.STALE),  # an earlier yes was to another draft
        ((answer(FIRST), answer(FIRST, Decision.LEFT_OUT)), State.LEFT_OUT),
        ((answer(FIRST), answer(SECOND, Decision.LEFT_OUT)), State.LEFT_OUT),
        ((answer(FIRST), answer(FIRST, Decision.CHANGES)), State.CHANGES),
        ((answer(SECOND, Decision.CHANGES),), State.STALE),  # they were made: ask again
        ((answer(FIRST, Decision.LEFT_OUT), answer(FIRST)), State.SIGNED),
        ((replace(answer(FIRST), item="other"),), State.STALE),
        ((replace(answer(FIRST), person=QUIET),), State.STALE),
    ],
)
def test_only_the_last_answer_counts_and_only_to_just_this_view(
    answers: tuple[SignOff, ...], state: State
) -> None:
    assert state_of(FIRST, answers) is state
    assert SignOffs({(FIRST.item, FIRST.person): answers}).state_of(FIRST) is state


@pytest.mark.parametrize("state", State)
def test_whatever_is_not_a_yes_stands_in_the_way_and_says_whose_move_it_is(state: State) -> None:
    found = unsigned(FIRST, state, Place("episodes/jury/episode.md", 1))
    assert bool(found) is (state not in {State.SIGNED, State.NOT_NEEDED})
    for problem in found:
        assert problem.matter is Matter.CONSENT
        assert ADVISER in problem.what
        assert problem.fix.endswith(".")


# --- the registry's files -------------------------------------------------------------------------


def test_answers_come_back_as_they_were_given_oldest_first(tmp_path: Path) -> None:
    given = (
        replace(
            answer(FIRST, Decision.CHANGES, "Say “records”.\nAnd é.\u2028Or \x85 that."),
            evidence=seal("<1@example>"),
        ),
        replace(answer(SECOND), at=NOW + timedelta(days=1)),
    )
    for one in given:
        path = append_sign_off(tmp_path, one)
    append_sign_off(tmp_path, answer(view(WROTE, QUIET)))
    assert read_sign_offs(tmp_path).of("jury", ADVISER) == given
    assert len(read_sign_offs(tmp_path).answers) == 2
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_no_answers_are_no_problem(tmp_path: Path) -> None:
    assert read_sign_offs(tmp_path).answers == {}
    (tmp_path / "signoffs" / "jury").mkdir(parents=True)
    assert read_sign_offs(tmp_path).answers == {}


def test_evidence_is_committed_to_and_not_kept(tmp_path: Path) -> None:
    sealed = seal("<message-1@department.example>")
    path = append_sign_off(tmp_path, replace(answer(FIRST), evidence=sealed))
    assert "department" not in path.read_text("utf-8")
    assert is_sealed(sealed, "<message-1@department.example>")
    assert not is_sealed(sealed, "<message-2@department.example>")
    assert seal("<message-1@department.example>") != sealed
    assert not is_sealed(seal(""), "")


def damaged(line: dict[str, object]) -> dict[str, str]:
    """A recorded line, damaged in each way that must not pass."""
    seen = json.loads(json.dumps(line["view"]))
    wrong: dict[str, dict[str, object]] = {
        "another word": {"view": {**seen, "title": "The juries"}},
        "another digest": {"digest": SECOND.digest},
        "another person": {"view": json.loads(OTHER.content), "digest": OTHER.digest},
        "another item": {"view": {**seen, "item": "other"}},
        "no time zone": {"at": "2026-11-23T09:00:00"},
        "no time": {"at": "yesterday"},
        "an unknown decision": {"decision": "Approved"},
        "an unknown key": {"aproved": True},
        "evidence in plain words": {"evidence": "their e-mail"},
        "a number for a word": {"how": 7},
        "a view that is a word": {"view": "yes"},
    }
    texts = {what: json.dumps({**line, **change}) + "\n" for what, change in wrong.items()}
    texts |= {
        f"without {key}": json.dumps({k: v for k, v in line.items() if k != key}) + "\n" for key in line
    }
    whole = json.dumps(line)
    texts |= {
        "cut short": whole[:-9],
        "without its end": whole,
        "twice on a line": f"{whole} {whole}\n",
        "an empty line": f"{whole}\n\n",
        "a key twice": whole.replace('"decision":', '"decision": "left out", "decision":') + "\n",
        "too deep": "[" * 20000 + "\n",
    }
    return texts


LINE: dict[str, object] = {
    "digest": FIRST.digest,
    "view": json.loads(FIRST.content),
    "decision": "approved",
    "at": "2026-11-23T09:00:00+00:00",
    "how": "e-mail",
    "wording": "page-v1",
}


@pytest.mark.parametrize("what", damaged(LINE))
def test_a_damaged_line_never_passes_for_an_answer(tmp_path: Path, what: str) -> None:
    path = tmp_path / "signoffs" / "jury" / f"{ADVISER}.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(LINE) + "\n", "utf-8")
    assert read_sign_offs(tmp_path).of("jury", ADVISER)  # so it is the damage that is refused
    path.write_text(damaged(LINE)[what], "utf-8")
    with pytest.raises(InvalidSource) as refused:
        read_sign_offs(tmp_path)
    said = str(refused.value)
    assert ADVISER in said
    assert "jury" not in said  # an item's folder could be named after somebody


def test_what_is_no_record_is_not_passed_over(tmp_path: Path) -> None:
    top = tmp_path / "signoffs"
    (top / "jury").mkdir(parents=True)
    (top / "loose.jsonl").write_text("")
    (top / "jury" / "Torquil Inventedson.jsonl").write_text("")
    (top / "jury" / f"{ADVISER}.json").write_text("")
    (top / "jury" / "p-7f3k.jsonl").symlink_to(top / "loose.jsonl")
    (top / "jury" / ".hidden").write_text("")
    with pytest.raises(InvalidSource) as refused:
        read_sign_offs(tmp_path)
    assert {p.what for p in refused.value.problems} == {
        "a file stands beside the folders of the items",
        "a file is not named after a person's ID",
        "a link could come to lead elsewhere unseen",
    }
    assert "Torquil" not in str(refused.value)
