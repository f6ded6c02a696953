"""What was taken back stays so: a record put back from an older copy is refused, and a later yes is one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from test_clear import ADVISER
from test_sign_offs import FIRST, answer

from cop_publish.core.consents import PersonId, TakenBack
from cop_publish.core.sign_offs import Decision
from cop_publish.errors import NotCleared
from cop_publish.registry.audit import AUDIT, Event, append
from cop_publish.registry.read import read_registry
from cop_publish.registry.sign_offs import append_sign_off, read_sign_offs
from cop_publish.registry.taking_back import take_back
from cop_publish.registry.upheld import lost_answers

if TYPE_CHECKING:
    from pathlib import Path

WHO = PersonId("p-7f3k")
ON = datetime(2026, 11, 23, 9, tzinfo=UTC)
YES = (
    "level: named\ndisplay: Siân Example\nallow: {words: yes, voice: yes}\n"
    "given: {on: 2026-10-01, how: e-mail}\n"
)


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    (tmp_path / "registry.yaml").write_text("version: 1\nfictional: true\n")
    for name, text in (
        ("people/p-7f3k", "name: {given: Siân, family: Example}\n"),
        ("consents/jury/p-7f3k", YES),
        ("consents/standing/p-7f3k", YES),
    ):
        path = tmp_path / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    tmp_path.chmod(0o700)
    return tmp_path


def taken_back(registry: Path, item: str | None, scope: TakenBack = TakenBack.ATTRIBUTION) -> None:
    take_back(registry, WHO, item, scope, on=date(2026, 11, 23))
    append(registry, Event("withdraw", item or "everywhere", WHO, {"scope": scope.value}), at=ON)


@pytest.mark.parametrize("item", ["jury", "other", None])
def test_a_registry_that_says_what_was_taken_back_is_read(registry: Path, item: str | None) -> None:
    taken_back(registry, item)
    assert WHO in read_registry(registry).people


def test_a_damaged_line_of_the_audit_is_told_as_that(registry: Path) -> None:
    taken_back(registry, "jury")
    audit = registry / AUDIT
    audit.write_text(audit.read_text("utf-8").replace("2026-11-23T", "2026-11-2"), "utf-8")
    assert WHO in read_registry(registry).people
    with pytest.raises(NotCleared, match="missing from the end"):
        append(registry, Event("unmark"), at=ON)


@pytest.mark.parametrize(
    ("item", "lost", "told"),
    [("jury", "jury", "for jury"), (None, "standing", "for every item"), (None, "jury", "for jury")],
)
def test_a_record_put_back_from_an_older_copy_is_refused_with_the_line_it_lost(
    registry: Path, item: str | None, lost: str, told: str
) -> None:
    taken_back(registry, item)
    (registry / f"consents/{lost}/p-7f3k.yaml").write_text(YES, encoding="utf-8")
    with pytest.raises(NotCleared) as found:
        read_registry(registry)
    (problem,) = found.value.problems
    assert told in problem.what
    assert "`withdrawn: {on: 2026-11-23, scope: attribution}`" in problem.fix


def test_an_item_whose_own_record_is_lost_does_not_fall_back_on_the_standing_yes(registry: Path) -> None:
    taken_back(registry, "other")
    (registry / "consents/other/p-7f3k.yaml").unlink()
    with pytest.raises(NotCleared, match="lost what somebody took back"):
        read_registry(registry)


def test_where_nothing_is_left_of_a_yes_nothing_is_missing(registry: Path) -> None:
    taken_back(registry, None)
    for name in ("jury", "standing"):
        (registry / f"consents/{name}/p-7f3k.yaml").unlink()
    assert read_registry(registry).consents == {}


@pytest.mark.parametrize(
    ("day", "is_new"), [("2026-11-24", True), ("2026-11-23", False), ("2026-10-02", False)]
)
def test_a_yes_of_a_later_day_is_a_new_one(registry: Path, day: str, is_new: bool) -> None:  # noqa: FBT001 - a column of the table
    taken_back(registry, "jury")
    record = registry / "consents/jury/p-7f3k.yaml"
    record.write_text(YES.replace("2026-10-01", day), encoding="utf-8")
    if is_new:
        assert read_registry(registry).consents[WHO, "jury"].withdrawn_on is None
    else:
        with pytest.raises(NotCleared):
            read_registry(registry)


def test_all_that_was_taken_back_one_after_the_other_must_be_there(registry: Path) -> None:
    taken_back(registry, "jury", TakenBack.VOICE)
    kept = (registry / "consents/jury/p-7f3k.yaml").read_text("utf-8")
    taken_back(registry, "jury", TakenBack.PHOTO)
    assert read_registry(registry)
    (registry / "consents/jury/p-7f3k.yaml").write_text(kept, encoding="utf-8")
    with pytest.raises(NotCleared) as found:
        read_registry(registry)
    assert [p.fix.partition("`")[2].partition("`")[0] for p in found.value.problems] == [
        "withdrawn: {on: 2026-11-23, scope: photo}"
    ]


# --- answers ----------------------------------------------------------------------------------------


def answered(registry: Path, decision: Decision, at: datetime = ON) -> None:
    (registry / f"people/{ADVISER}.yaml").write_text("name: {given: Torquil, family: Inventedson}\n")
    one = replace(answer(FIRST, decision), at=at)
    append_sign_off(registry, one)
    facts = {"decision": decision.value, "view": one.digest}
    append(registry, Event("sign-off", one.item, ADVISER, facts), at=at)


def lost_in(registry: Path) -> frozenset[tuple[str, PersonId]]:
    return lost_answers(registry, read_sign_offs(registry))


def test_an_answer_that_an_older_copy_of_its_file_has_not_is_known_to_be_lost(registry: Path) -> None:
    answered(registry, Decision.APPROVED)
    (file,) = registry.glob("signoffs/jury/*.jsonl")
    older = file.read_text("utf-8")
    answered(registry, Decision.LEFT_OUT, ON + timedelta(hours=1))
    assert lost_in(registry) == frozenset()
    file.write_text(older, encoding="utf-8")
    assert lost_in(registry) == {("jury", ADVISER)}
    file.unlink()
    assert lost_in(registry) == {("jury", ADVISER)}
    answered(registry, Decision.LEFT_OUT, ON + timedelta(hours=2))  # asked again
    assert lost_in(registry) == frozenset()


def test_another_answer_of_the_same_instant_does_not_stand_for_it(registry: Path) -> None:
    answered(registry, Decision.LEFT_OUT)
    (file,) = registry.glob("signoffs/jury/*.jsonl")
    file.unlink()
    append_sign_off(registry, replace(answer(FIRST), at=ON))
    assert lost_in(registry) == {("jury", ADVISER)}


def test_of_somebody_who_was_erased_no_answer_is_lost(registry: Path) -> None:
    answered(registry, Decision.LEFT_OUT)
    for path in (*registry.glob("signoffs/jury/*.jsonl"), registry / f"people/{ADVISER}.yaml"):
        path.unlink()
    assert lost_in(registry) == frozenset()
