"""Adversarial cases: the gate itself, attacked, starved, or shown other bytes than are sent."""

from __future__ import annotations

import shutil
from datetime import datetime
from typing import TYPE_CHECKING
from unittest.mock import patch

from cases import DONE, REFUSED, Case, Check, case, check
from gate_samples import page, public, refusal
from spoil import all_of, change, delete, episode, post, wav, write
from workspaces import NOW, Said, say

from cop_publish.core.output import Approved, manifest_of
from cop_publish.errors import CopPublishError
from cop_publish.gate import canaries, decode, kinds, markup
from cop_publish.gate.guard import Guard
from cop_publish.publish import Errand, publish
from cop_publish.scope import Scope
from cop_publish.storage.folder import FolderStore
from cop_publish.storage.live import Publisher
from cop_publish.storage.memory import Memory
from cop_publish.storage.prepare import prepare
from cop_publish.storage.release import apply, settle

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PHRASES = (
    *("private store missing/empty (must refuse, not pass)", "zero people", "extractor raises"),
    *("canary disabled", "file changes between scan and upload", "upload of a file not in the manifest"),
    *("allow-list unused/expired/too wide", "report leaking the name into CI log", "two runs in parallel"),
)
EMPTY = "version: 1\nfictional: true\nserial: 1\n"
NEW_SOUND = episode(sound=wav(2.0))


def emptied(root: Path) -> None:
    """Initialised, and with nobody in it."""
    shutil.rmtree(root / "registry")
    write("registry/registry.yaml", EMPTY)(root)


def after_the_gate(act: Callable[[Path], None]) -> Callable[[Path, tuple[str, ...]], Said]:
    """Something happens when everything has been scanned, and nothing has been sent yet."""

    def start(root: Path, _arguments: tuple[str, ...]) -> Said:
        def clock() -> datetime:
            act(root)
            return datetime.fromisoformat(NOW)

        return _published(root, lambda _step, _share: None, clock)

    return start


def while_sending(act: Callable[[Path], None]) -> Callable[[Path, tuple[str, ...]], Said]:
    """Something happens once, when the first file has been sent."""

    def start(root: Path, _arguments: tuple[str, ...]) -> Said:
        done: list[str] = []

        def progress(step: str, _share: float) -> None:
            if step == "publishing" and not done:
                done.append(step)
                act(root)

        said = _published(root, progress, None)
        assert done
        return said

    return start


def _published(
    root: Path, progress: Callable[[str, float], None], clock: Callable[[], datetime] | None
) -> Said:
    now = datetime.fromisoformat(NOW)
    try:
        publish(Errand(root, Scope(None), now, progress, lambda _people: None, clock=clock))
    except CopPublishError as error:
        return Said(error.exit_code, "", str(error))
    return Said(0, "", "")


def other_sound(root: Path) -> None:
    """The scanned master on this disk becomes another file of the same length."""
    path = max((root / ".cop-publish").rglob("*.mp3"), key=lambda p: p.stat().st_mtime_ns)
    content = bytearray(path.read_bytes())
    content[-2000:] = bytes(2000)
    path.write_bytes(bytes(content))


def second_run(root: Path) -> None:
    """Another terminal publishes the same workspace meanwhile, and is told to wait."""
    said = say(root, "publish")
    assert said.code == 60, said
    assert "publish" in said.err


def with_a_lost_line(table: dict[str, object], line: str) -> Callable[[Path, tuple[str, ...]], Said]:
    """The program as a slip of its authors would leave it."""

    def start(root: Path, arguments: tuple[str, ...]) -> Said:
        with patch.dict(table):
            del table[line]
            return say(root, *arguments)

    return start


def without_canaries(root: Path, arguments: tuple[str, ...]) -> Said:
    with patch.object(canaries, "all_canaries", list):
        return say(root, *arguments)


def with_a_reader_that_raises(root: Path, arguments: tuple[str, ...]) -> Said:
    """And whose error quotes what it reads."""

    def read(data: object) -> None:
        raise RuntimeError(data)

    html = kinds.EXTRACTORS["html"]
    broken = kinds.FileKind(html.extensions, html.media_types, html.looks_right, read)  # type: ignore[arg-type]
    with patch.dict(kinds.EXTRACTORS, html=broken), patch.object(canaries, "prove", lambda _search: None):
        return say(root, *arguments)


def file_not_in_the_manifest(folder: Path) -> object:
    """Of two files, the manifest has one: which are in the store afterwards."""
    scanned, unscanned = public("a.html", page("one")), public("b.html", page("two"))
    approved = Approved((scanned, unscanned), manifest_of((scanned,)), (), None)
    return _uploaded(folder, approved)


def other_bytes_than_the_manifest_has(folder: Path) -> object:
    scanned, other = public("a.html", page("one")), public("a.html", page("two"))
    return _uploaded(folder, Approved((other,), manifest_of((scanned,)), (), None))


def _uploaded(folder: Path, approved: Approved) -> object:
    publisher = Publisher(FolderStore(folder / "store"), Memory(folder / "memory"))
    try:
        live = settle(publisher, lambda _step: None)
        apply(prepare(approved, publisher, live), publisher, lambda _step: None)
    except CopPublishError as error:
        return error.exit_code
    return sorted(path.name for path in (folder / "store/public").rglob("*.html"))


def report_in_a_log(_folder: Path) -> object:
    """What stands in a log after a leak of every kind of name: nothing of the name, in no spelling."""
    written = "Jory Madeup-Fictive, JORY_MADEUP, j.madeup-fictive@dept.example, Sm9yeSBNYWRldXAtRmljdGl2ZQ=="
    log = str(refusal(public("jory-madeup-fictive.html", page(written))))
    return [word for word in ("jory", "madeup", "fictive") if word in log.lower()]


def nobody(_folder: Path) -> object:
    return type(refusal(public("a.txt", "::: confidential"), guard=Guard(()))).__name__


def _allow(
    expires: str = "2027-01-01", rule: str = "given name alone", more: str = ""
) -> Callable[[Path], None]:
    record = (
        f"allows:\n  - {{fingerprints: [0a1b2c3d4e5f60718293], item: 2026-11-20-jury-lessons, rule: {rule}, "
        f"person: p-q4d7, reason: a poet, by: p-host, on: 2026-11-01, expires: {expires}{more}}}\n"
    )
    return all_of(write("registry/allows.yaml", record), post("title: New"))


CASES: tuple[Case | Check, ...] = (
    case(
        "private store missing/empty (must refuse, not pass)",
        "missing",
        lambda root: shutil.rmtree(root / "registry"),
        40,
        "the registry is not there",
    ),
    case(
        "private store missing/empty (must refuse, not pass)",
        "an empty folder",
        all_of(emptied, delete("registry/registry.yaml")),
        40,
        "registry",
    ),
    case(
        "private store missing/empty (must refuse, not pass)",
        "initialised, with nobody",
        emptied,
        REFUSED,
        "p-host",
    ),
    check("zero people", "a left-over mark is found all the same", nobody, "LeakFound"),
    case(
        "extractor raises",
        "quoting the file",
        post("title: New"),
        70,
        "A reader of the gate failed (RuntimeError). Nothing was published",
        start=with_a_reader_that_raises,
    ),
    case(
        "canary disabled",
        "all of them",
        post("title: New"),
        70,
        "missed its own test leak",
        start=without_canaries,
    ),
    case(
        "canary disabled",
        "a decoder is lost",
        post("title: New"),
        70,
        "missed its own test leak for: decoder base64",
        start=with_a_lost_line(decode.DECODERS, "base64"),  # type: ignore[arg-type]
    ),
    case(
        "canary disabled",
        "a reading of pages is lost",
        post("title: New"),
        70,
        "missed its own test leak",
        start=with_a_lost_line(markup.HTML_READINGS, "HTML comment"),  # type: ignore[arg-type]
    ),
    case(
        "file changes between scan and upload",
        "a new episode's sound",
        NEW_SOUND,
        60,
        "is no longer the one that was checked, so it was not sent",
        start=after_the_gate(other_sound),
    ),
    check("upload of a file not in the manifest", "one more file", file_not_in_the_manifest, 70),
    check("upload of a file not in the manifest", "other bytes", other_bytes_than_the_manifest_has, 60),
    case(
        "allow-list unused/expired/too wide",
        "unused",
        _allow(),
        REFUSED,
        "is needed: nothing like it stands there now",
    ),
    case(
        "allow-list unused/expired/too wide",
        "expired",
        _allow("2026-11-23"),
        REFUSED,
        "expired on 2026-11-23",
    ),
    case(
        "allow-list unused/expired/too wide",
        "of a whole name, by one person alone",
        _allow(rule="full name"),
        REFUSED,
        "needs a second person who looked",
    ),
    case(
        "allow-list unused/expired/too wide",
        "of a pattern",
        all_of(_allow(), change("registry/allows.yaml", "0a1b2c3d4e5f60718293", "'.*'")),
        REFUSED,
        "registry/allows.yaml",
    ),
    check(
        "report leaking the name into CI log", "in the address, plain, squashed, encoded", report_in_a_log, []
    ),
    case(
        "report leaking the name into CI log",
        "of a file named after somebody",
        post("title: New", path="posts/2026-11-22-torquil-inventedson.md"),
        10,
        "[withheld]",
    ),
    case(
        "two runs in parallel",
        "of one workspace",
        NEW_SOUND,
        DONE,
        start=while_sending(second_run),
    ),
)
