"""What `cop-publish doctor` says of the registry: each fault with its cure, and no name."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from cop_publish.core.consents import PersonId
from cop_publish.core.ledger import print_of, words_in
from cop_publish.doctor import examine, finding_line
from cop_publish.intake.skeleton import new_person, new_show
from cop_publish.registry.ledger import guard
from cop_publish.registry.secret import key_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOW = datetime(2026, 6, 10, 9, tzinfo=UTC)
PASSAGE = "The minister has not yet been told that the pilot will end in March"


@pytest.fixture
def show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("COP_PUBLISH_REGISTRY", raising=False)
    new_show(tmp_path / "show", tmp_path / "private", UUID(int=1))
    return tmp_path / "show"


def filled(registry: Path) -> None:
    new_person(registry, PersonId("p-7f3k"), "Planted", "Person")
    one = print_of(key_of(registry), words_in(PASSAGE))
    assert guard(registry, {"2026-06-01-a": [one]}, at=NOW) == 1


def said(show: Path) -> tuple[list[str], int]:
    findings = examine(show)
    lines = [line for finding in findings for line in finding_line(finding).split("\n")]
    assert not any("Planted" in line or "minister" in line for line in lines)
    return lines, next((f.exit_code for f in findings if not f.ok), 0)


def test_a_registry_in_order_is_told_with_what_it_keeps(show: Path) -> None:
    filled(show.parent / "private")
    lines, code = said(show)
    assert code == 0
    assert "ok    the registry knows 1 people and 0 consents" in lines
    assert "ok    9 runs of words are guarded, which were marked once" in lines
    assert any(line.startswith("ok    the registry's audit holds: 1 entries, head ") for line in lines)
    assert "ok    the calendar has 0 pre-election periods" in lines
    assert "ok    no recording is tracked by git" in lines


def test_an_empty_registry_is_valid_and_said_to_deny_everything(show: Path) -> None:
    lines, code = said(show)
    assert code == 0
    what = "ok    the registry is empty, which is valid: nobody has agreed to anything. Add people with"
    assert any(line.startswith(what) for line in lines)
    assert "ok    the registry's audit holds: no entry yet" in lines


def rename(registry: Path) -> None:
    registry.rename(registry.with_name("elsewhere"))


def cut_the_audit(registry: Path) -> None:
    (registry / "audit.jsonl").write_text("")


def lose_the_key(registry: Path) -> None:
    (registry / "hmac.key").unlink()


def cut_the_ledger(registry: Path) -> None:
    (registry / "passages.jsonl").write_text("")


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        (rename, "MEND  registry: the registry is not there. Set `[registry] path`"),
        (
            lambda r: r.chmod(0o755),
            "MEND  registry: other people on this machine can read the registry. Run: chmod -R go=",
        ),
        (
            lambda r: (r / "hmac.key").chmod(0o644),
            "MEND  other people on this machine can read the registry's key. Run: chmod 600 hmac.key.",
        ),
        (cut_the_audit, "MEND  registry/audit.jsonl: lines are missing from the end. Bring the file back"),
        (lose_the_key, "MEND  registry/hmac.key: the registry's key is not there, and without it no marked"),
        (cut_the_ledger, "MEND  registry/passages.jsonl: lines of the ledger are missing."),
    ],
)
def test_each_fault_is_told_with_its_cure(show: Path, spoil: Callable[[Path], None], line: str) -> None:
    registry = show.parent / "private"
    filled(registry)
    spoil(registry)
    lines, code = said(show)
    assert [found for found in lines if found.startswith(line)], lines
    assert code == 40


def test_a_recording_under_version_control_is_told(show: Path) -> None:
    filled(show.parent / "private")
    (show / "episodes/001-a").mkdir()
    (show / "episodes/001-a/recording.wav").write_bytes(b"RIFF")
    subprocess.run(["git", "init", "-q", str(show)], check=True)
    subprocess.run(["git", "-C", str(show), "add", "-f", "episodes"], check=True)
    lines, code = said(show)
    assert "MEND  1 recordings are tracked by git. Run: git rm --cached episodes/*/recording.*" in lines
    assert code == 40
