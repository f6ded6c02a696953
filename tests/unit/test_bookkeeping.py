"""Between making and uploading minutes pass: what was agreed is looked at again before anything is public."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from cop_publish.core.windows import Kind, Override
from cop_publish.errors import NotCleared, StorageFailed
from cop_publish.gating import guard_of
from cop_publish.intake.settings_file import read_settings
from cop_publish.intake.skeleton import new_show
from cop_publish.publish import Errand, publish, publisher_of
from cop_publish.ready import find_ready
from cop_publish.registry.audit import Event, append, read_chain
from cop_publish.registry.state import registry_state
from cop_publish.scope import EVERYTHING, Scope
from cop_publish.storage.live import look
from cop_publish.undo import plan_roll_back, roll_back
from cop_publish.withdrawal.item import Item, withdraw, withdrawal_lines

if TYPE_CHECKING:
    from pathlib import Path

    from cop_publish.gate.passages import Passages

NOW = datetime(2026, 6, 10, 9, tzinfo=UTC)
RECORD = "level: named\ndisplay: Rowan Madeup\nallow: {words: yes}\ngiven: {on: 2026-01-01}\n"
FILES = {
    "registry/people/p-r8w3.yaml": "name: {given: Rowan, family: Madeup}\nemployer: dept-x\n",
    "registry/consents/2026-06-01-a/p-r8w3.yaml": RECORD,
    "posts/2026-06-01-a.md": "---\ntitle: A\nauthor: p-r8w3\n---\nBody.\n",
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new show with one post, and its private registry."""
    monkeypatch.delenv("COP_PUBLISH_REGISTRY", raising=False)
    show = tmp_path / "show"
    new_show(show, show / "registry", UUID(int=1))
    for name, text in FILES.items():
        path = show / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return show


def errand(root: Path, meanwhile: str = "", scope: Scope = EVERYTHING, **more: object) -> Errand:
    """Publish, and while the gate reads somebody writes `meanwhile` into the consent."""

    def progress(step: str, _fraction: float) -> None:
        if meanwhile and step.startswith("checking"):
            (root / "registry/consents/2026-06-01-a/p-r8w3.yaml").write_text(meanwhile)

    return Errand(root, scope, NOW, progress, lambda _people: None, **more)  # type: ignore[arg-type]


def public(root: Path) -> set[str]:
    return {p.name for p in (root / "published").rglob("*.html")}


def test_a_yes_that_is_taken_back_while_the_site_is_made_publishes_nothing(root: Path) -> None:
    with pytest.raises(NotCleared) as caught:
        publish(errand(root, RECORD + "withdrawn: 2026-06-10\n"))
    assert "the registry was changed while this was being made" in str(caught.value)
    assert caught.value.exit_code == 40
    assert public(root) == set()


def test_a_yes_that_ends_while_the_site_is_made_publishes_nothing(root: Path) -> None:
    (root / "registry/consents/2026-06-01-a/p-r8w3.yaml").write_text(RECORD + "expires: 2026-06-11\n")
    midnight = datetime(2026, 6, 10, 23, tzinfo=UTC)  # in London
    with pytest.raises(NotCleared, match="what may be public changed at 2026-06-11 00:00"):
        publish(errand(root, clock=lambda: midnight))
    assert public(root) == set()
    publish(errand(root, clock=lambda: midnight - timedelta(seconds=1)))
    assert "a.html" in public(root)


def test_each_change_raises_the_serial_and_a_run_without_one_does_not(root: Path) -> None:
    publish(errand(root))
    first = registry_state(root / "registry")
    publish(errand(root))
    (root / "about.md").write_text("---\ntitle: About\n---\nAll of us.\n")
    publish(errand(root))
    assert registry_state(root / "registry") == first
    (root / "registry/people/p-7f3k.yaml").write_text("name: {given: Sian}\n")
    publish(errand(root))
    assert registry_state(root / "registry").serial == first.serial + 1
    assert [e["event"] for e in read_chain(root / "registry").entries] == ["begun", "edited"]


def test_only_an_override_that_published_something_is_recorded(root: Path) -> None:
    decided = Override(Kind.ELECTION, "Planted Producer", "Agreed with the department")
    publish(errand(root, scope=Scope(overrides=(decided,))))
    assert "override" not in [e["event"] for e in read_chain(root / "registry").entries]
    shutil.rmtree(root / "published")
    shutil.rmtree(root / ".cop-publish")
    (root / "registry/calendar.yaml").write_text(
        "periods:\n  - {kind: election, from: 2026-05-25, to: 2026-07-04, employers: [dept-x]}\n"
    )
    # This one would wait for the election, and waits for a yes all the same: nothing was overridden.
    (root / "posts/2026-06-03-c.md").write_text("---\ntitle: C\nauthor: p-r8w3\n---\nBody.\n")
    publish(errand(root, scope=Scope(overrides=(decided,))))
    (entry,) = [e for e in read_chain(root / "registry").entries if e["event"] == "override"]
    assert (entry["item"], entry["fact_kind"]) == ("2026-06-01-a", "election")
    assert "Planted" not in str(entry)
    assert "a.html" in public(root)


def test_an_older_copy_of_the_registry_and_one_that_was_changed_apart_do_not_publish(root: Path) -> None:
    publish(errand(root))
    older = root.parent / "older"
    shutil.copytree(root / "registry", older)
    (root / "registry/people/p-7f3k.yaml").write_text("name: {given: Sian}\n")
    (root / "about.md").write_text("---\ntitle: About\n---\nAll of us.\n")
    publish(errand(root))
    before = {p: p.read_bytes() for p in (root / "published/public").rglob("*") if p.is_file()}

    (root / "registry").rename(root.parent / "newer")
    older.rename(root / "registry")
    (root / "about.md").write_text("---\ntitle: About\n---\nNone of us.\n")
    audit = (root / "registry/audit.jsonl").read_bytes()
    (root / "registry/people/p-t6h8.yaml").write_text("name: {given: Barty}\n")
    with pytest.raises(StorageFailed, match="Your registry is older"):
        publish(errand(root))
    assert (root / "registry/audit.jsonl").read_bytes() == audit  # there is nothing to join afterwards
    append(root / "registry", Event("edited"), at=NOW)
    with pytest.raises(StorageFailed, match="changed apart"):
        publish(errand(root))
    assert {p: p.read_bytes() for p in (root / "published/public").rglob("*") if p.is_file()} == before
    (root / "registry").rename(root.parent / "aside")
    (root.parent / "newer").rename(root / "registry")
    publish(errand(root))


def test_nobody_goes_back_with_an_older_copy_of_the_registry_and_a_change_by_hand_is_recorded(
    root: Path,
) -> None:
    publish(errand(root))
    older = root.parent / "older"
    shutil.copytree(root / "registry", older)
    (root / "registry/people/p-7f3k.yaml").write_text("name: {given: Sian}\n")
    (root / "about.md").write_text("---\ntitle: About\n---\nAll of us.\n")
    publish(errand(root))
    before = {p: p.read_bytes() for p in (root / "published/public").rglob("*") if p.is_file()}

    (root / "registry").rename(root.parent / "newer")
    older.rename(root / "registry")
    for go_back in (roll_back, plan_roll_back):
        with pytest.raises(StorageFailed, match="Your registry is older"):
            go_back(errand(root), "1")
    assert {p: p.read_bytes() for p in (root / "published/public").rglob("*") if p.is_file()} == before

    shutil.rmtree(root / "registry")
    (root.parent / "newer").rename(root / "registry")
    (root / "registry/people/p-t6h8.yaml").write_text("name: {given: Barty}\n")
    counted = registry_state(root / "registry").serial
    roll_back(errand(root), "1")
    assert b"All of us." not in (root / "published/public/about.html").read_bytes()
    head = look(publisher_of(read_settings(root))).head
    assert head is not None
    assert head.registry is not None
    assert head.registry.serial == registry_state(root / "registry").serial == counted + 1


def test_a_withdrawal_is_recorded_and_a_damaged_audit_does_not_stop_it(root: Path) -> None:
    (root / "posts/2026-06-02-b.md").write_text("---\ntitle: B\n---\nBody.\n")
    publish(errand(root))
    found = withdraw(errand(root), Item("2026-06-02-b", "post", ""))
    assert found.unrecorded == ""
    assert read_chain(root / "registry").entries[-1]["event"] == "withdraw"
    (root / "registry/audit.jsonl").write_text("")
    found = withdraw(errand(root), Item("2026-06-01-a", "post", ""))
    assert "could not be recorded" in found.unrecorded
    assert found.unrecorded in withdrawal_lines(found, Item("2026-06-01-a", "post", ""))
    assert "a.html" not in public(root)


def test_a_registry_that_cannot_be_written_publishes_nothing(root: Path) -> None:
    (root / "registry/.lock").mkdir()
    with pytest.raises(NotCleared, match="the audit cannot be written"):
        publish(errand(root))
    assert public(root) == set()


def guarded(root: Path) -> Passages:
    ready = find_ready(read_settings(root), EVERYTHING, frozenset(), lambda _people: None, now=NOW)
    passages = guard_of(ready).passages
    assert passages is not None
    return passages


def test_while_a_mark_stands_its_words_are_looked_for_as_words_and_later_by_their_digests(root: Path) -> None:
    post, words = root / "posts/2026-06-01-a.md", "The minister has not yet been told that the pilot ends"
    marked = f"Body [here](https://x.example/).\n\n[[confidential: {words} |say| Soon]].\n"
    post.write_text(FILES["posts/2026-06-01-a.md"] + marked)
    publish(errand(root))
    at_hand = guarded(root)
    assert b"minister has not yet been told" in at_hand.said.values()
    assert at_hand.far == {}
    assert "minister" not in repr(at_hand)
    post.write_text(FILES["posts/2026-06-01-a.md"])
    departed = guarded(root)
    assert departed.passages == at_hand.passages
    assert departed.said == {}
    assert {count: len(digests) for count, digests in departed.far.items()} == {6: 6}
    assert not departed.pairs.passes_all
    publish(errand(root))
    (root / "registry/guard.yaml").write_text("terms: [Falcon]\n")
    assert guarded(root).far == departed.far
    assert set(guarded(root).said.values()) == {b"falcon"}
