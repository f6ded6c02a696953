"""What `cop-publish doctor` says of the registry: each fault with its cure, and no name."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from cop_publish.core.consents import PersonId
from cop_publish.core.ledger import print_of, words_in
from cop_publish.doctor import examine, finding_line
from cop_publish.intake.skeleton import new_person, new_show
from cop_publish.kept_out import OWN_OF_A_REGISTRY
from cop_publish.registry.allows import make_allow_key
from cop_publish.registry.ledger import guard
from cop_publish.registry.secret import key_of

if TYPE_CHECKING:
    from collections.abc import Callable

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
    findings = examine(show, now=NOW)
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


def test_a_filter_that_is_not_used_is_told_with_what_makes_it_again(show: Path) -> None:
    registry = show.parent / "private"
    filled(registry)
    line = (
        "ok    the filter of passages is missing, damaged or older than the ledger: publishing takes longer. "
        "The next publish makes it again, once every guarded passage stands marked in some item."
    )
    assert line not in said(show)[0]
    (registry / "passages.filter").write_text("{}")
    lines, code = said(show)
    assert code == 0
    assert line in lines


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


PRIVATE = "what must stay private"


def in_git(folder: Path) -> None:
    subprocess.run(["git", "init", "-q", str(folder)], check=True)


def test_a_new_show_keeps_its_private_files_out_of_git(show: Path) -> None:
    filled(show.parent / "private")
    in_git(show)
    (show / ".cop-publish").mkdir()
    (show / ".cop-publish/gate.key").write_bytes(b"k" * 32)
    assert "ok    git has nothing that must stay private" in said(show)[0]
    (show / ".gitignore").unlink()
    lines, code = said(show)
    assert [
        line for line in lines if line.startswith(f"MEND  git has, or would take, {PRIVATE}: /.cop-publish/.")
    ]
    assert code == 40


@pytest.mark.parametrize("is_ignored", [True, False])
def test_a_registry_inside_a_git_work_tree_is_told_ignored_or_not(show: Path, is_ignored: bool) -> None:  # noqa: FBT001
    filled(show.parent / "private")
    in_git(show.parent)
    if is_ignored:
        (show.parent / ".gitignore").write_text("/private/\n")
    lines, code = said(show)
    assert code == 40
    assert [
        line for line in lines if line.startswith("MEND  registry: the registry lies inside a git work tree")
    ]
    would_take = [line for line in lines if f"would take, {PRIVATE}: /private/." in line]
    assert bool(would_take) is not is_ignored


def test_of_a_sample_only_what_the_tool_writes_must_stay_out(show: Path) -> None:
    registry = show.parent / "private"
    mark = registry / "registry.yaml"
    mark.write_text(mark.read_text("utf-8").replace("fictional: no", "fictional: yes"), "utf-8")
    filled(registry)
    make_allow_key(registry)
    in_git(show.parent)
    lines, code = said(show)
    assert code == 40
    (line,) = (line for line in lines if PRIVATE in line)
    for name in ("hmac.key", "allows.key", "head.json", "audit.jsonl", "passages.jsonl", "passages.filter"):
        assert f"/private/{name}" in line
        with (show.parent / ".gitignore").open("a") as file:
            file.write(f"/private/{name}\n")
    with (show.parent / ".gitignore").open("a") as file:
        file.write("/private/.lock\n/private/.passages.lock\n")
    assert "ok    git has nothing that must stay private" in said(show)[0]


def test_this_repository_ignores_what_publishing_its_sample_writes() -> None:
    root = Path(__file__).resolve().parents[2]
    names = [f"registry/{name}" for name in OWN_OF_A_REGISTRY] + [".cop-publish/gate.key", "published/x.html"]
    asked = ["git", "-C", str(root), "check-ignore", "--no-index", *names, "registry/notes/x.json"]
    found = subprocess.run(asked, capture_output=True, text=True, check=False)
    if found.returncode == 128:  # not a clone: a release without its history has nothing to commit to
        patterns = (root / ".gitignore").read_text("utf-8").splitlines()
        assert {f"/registry/{name}" for name in OWN_OF_A_REGISTRY} <= {line.rstrip("/") for line in patterns}
        return
    missing = {*names, "registry/notes/x.json"} - set(found.stdout.splitlines()) - {"registry/notes"}
    assert missing == set()
