"""Look at the set-up a show depends on, and say what to mend: each finding with its cure and exit code."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cop_publish.core.items import RECORDINGS
from cop_publish.errors import CopPublishError, NotCleared, StorageFailed
from cop_publish.intake.settings_file import read_settings
from cop_publish.kept_out import OWN_OF_A_REGISTRY, STATE, not_kept_out, tracked
from cop_publish.registry.audit import read_chain
from cop_publish.registry.calendar import read_calendar
from cop_publish.registry.ledger import read_ledger
from cop_publish.registry.read import read_registry
from cop_publish.registry.secret import key_problem
from cop_publish.registry.state import MARK
from cop_publish.shared_registry import fetch, what_it_does

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from cop_publish.settings import Settings


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    ok: bool
    what: str
    fix: str = ""
    exit_code: int = 0


def examine(root: Path, *, now: datetime) -> list[Finding]:
    """Look at everything, never stopping at the first fault; `now` (aware) dates what a bucket does."""
    try:
        settings = read_settings(root)
    except CopPublishError as error:
        return [Finding(ok=False, what=str(error), exit_code=error.exit_code)]
    findings = [Finding(ok=True, what="the settings can be read")]
    looks: tuple[Callable[[Settings], Iterator[Finding]], ...] = (partial(_shared, now=now), *_LOOKS)
    for look in looks:
        try:
            findings += look(settings)
        except CopPublishError as error:
            findings.append(Finding(ok=False, what=str(error), exit_code=error.exit_code))
    return findings


def finding_line(finding: Finding) -> str:
    """Write a finding for people; an error's words hold their cure already."""
    cure = f". {finding.fix}" if finding.fix else ""
    return f"{'ok  ' if finding.ok else 'MEND'}  {finding.what}{cure}"


def _shared(settings: Settings, *, now: datetime) -> Iterator[Finding]:
    """Bring the copy of a shared registry up to date, and say what its bucket cannot promise."""
    if settings.registry_store is None:
        return
    fetch(settings)
    yield Finding(ok=True, what="the registry is shared through a bucket, and this copy is up to date")
    found = what_it_does(settings, now=now)
    if found is not None and not found.conditions.honest:
        what = "the registry's bucket does not hold a write against what was read before"
        fix = "Let one producer at a time change the registry, or move it to a bucket that does."
        yield Finding(ok=True, what=what, fix=fix)
    if found is not None and found.keeps_versions:
        what = "the registry's bucket keeps old versions, so nobody is erased yet whom you take out"
        fix = "Let its lifecycle rules end versions that are not current after at most 30 days."
        yield Finding(ok=True, what=what, fix=fix)


def _registry(settings: Settings) -> Iterator[Finding]:
    consents = read_registry(settings.registry)
    people, records = len(consents.people), len(consents.consents)
    kind = " (fictional people)" if consents.fictional else ""
    if not people:
        what = "the registry is empty, which is valid: nobody has agreed to anything"
        yield Finding(ok=True, what=what, fix="Add people with `cop-publish new person`.")
        return
    yield Finding(ok=True, what=f"the registry knows {people} people and {records} consents{kind}")


def _ledger(settings: Settings) -> Iterator[Finding]:
    """Look at what the registry keeps of marks, changes and days: each refuses rather than passing."""
    folder = settings.registry
    if folder is None or not (folder / MARK).is_file():
        return  # said already
    ledger = read_ledger(folder)
    yield Finding(ok=True, what=f"{len(ledger.runs)} runs of words are guarded, which were marked once")
    if ledger.prints and ledger.pairs.passes_all:
        what = "the filter of passages is missing, damaged or older than the ledger: publishing takes longer"
        fix = "The next publish makes it again, once every guarded passage stands marked in some item."
        yield Finding(ok=True, what=what, fix=fix)
    periods = len(read_calendar(folder, ZoneInfo(settings.site.timezone)))
    yield Finding(
        ok=True, what=f"the calendar has {periods} pre-election period{'' if periods == 1 else 's'}"
    )
    exposed = key_problem(folder)
    if exposed is not None and not read_registry(folder).fictional:
        yield Finding(ok=False, what=exposed.what, fix=exposed.fix, exit_code=NotCleared.exit_code)


def _audit(settings: Settings) -> Iterator[Finding]:
    folder = settings.registry
    if folder is None or not (folder / MARK).is_file():
        return
    chain = read_chain(folder)
    for problem in chain.problems:
        what = f"{problem.where}: {problem.what}"
        yield Finding(ok=False, what=what, fix=problem.fix, exit_code=NotCleared.exit_code)
    if not chain.problems:
        count = f"{len(chain.entries)} entries, head {chain.head[:12]}" if chain.entries else "no entry yet"
        yield Finding(ok=True, what=f"the registry's audit holds: {count}")


def _recordings(settings: Settings) -> Iterator[Finding]:
    """Look for recordings under version control: history cannot be erased."""
    if settings.registry is not None and read_registry(settings.registry).fictional:
        return
    names = tracked(settings.root, "episodes")
    if names is None:
        yield Finding(ok=True, what="git is not here, so no recording can be in it")
        return
    recordings = [n for n in names if n.lower().endswith(RECORDINGS)]
    if recordings:
        what = f"{len(recordings)} recordings are tracked by git"
        yield Finding(ok=False, what=what, fix="Run: git rm --cached episodes/*/recording.*", exit_code=40)
    else:
        yield Finding(ok=True, what="no recording is tracked by git")


def _kept_out(settings: Settings) -> Iterator[Finding]:
    """Look for what must stay private and that git has, or would take: keys, a registry, the tool's state."""
    found = [f"/{name}/" for name in not_kept_out(settings.root, (STATE,))]
    folder = settings.registry
    if folder is not None and folder.is_dir():
        # A registry in earnest may not lie in a work tree at all; of a sample only the tool's own files.
        whole = [] if _is_fictional(folder) else not_kept_out(folder, (".",))
        own = not_kept_out(folder, OWN_OF_A_REGISTRY) if not whole else []
        found += [f"/{folder.name}/"] if whole else [f"/{folder.name}/{name}" for name in own]
    if found:
        what = f"git has, or would take, what must stay private: {', '.join(found)}"
        fix = "Write each into a .gitignore beside it; take out what git has already with git rm --cached."
        yield Finding(ok=False, what=what, fix=fix, exit_code=NotCleared.exit_code)
    else:
        yield Finding(ok=True, what="git has nothing that must stay private")


def _is_fictional(registry: Path) -> bool:
    try:
        return read_registry(registry).fictional
    except CopPublishError:
        return False


def _sound(settings: Settings) -> Iterator[Finding]:
    from cop_publish.audio.engine import find_engine  # noqa: PLC0415 - keeps the audio folder out of the rest

    engine = find_engine(settings.sound.ffmpeg, settings.root)
    if engine is None:
        fix = "Reinstall cop-publish, or set `[sound] ffmpeg` to a program that is there."
        yield Finding(ok=False, what="ffmpeg is not there", fix=fix, exit_code=50)
    else:
        yield Finding(ok=True, what="ffmpeg is there")


def _store(settings: Settings) -> Iterator[Finding]:
    from cop_publish.storage.cors import cors_advice  # noqa: PLC0415 - the bucket is only asked when it is looked at
    from cop_publish.storage.live import published_manifest  # noqa: PLC0415 - the same
    from cop_publish.storage.open import open_store  # noqa: PLC0415 - the same

    store = open_store(settings.storage, settings.root)
    manifest = published_manifest(store)
    held = f"{len(manifest.entries)} files are live" if manifest else "nothing was published yet"
    yield Finding(ok=True, what=f"the store answers: {held}")
    advice = cors_advice(store)
    if advice:
        what, cure = advice[0].removesuffix("."), "\n".join(advice[1:])
        yield Finding(ok=False, what=what, fix=cure, exit_code=StorageFailed.exit_code)


_LOOKS: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
    _registry,
    _ledger,
    _audit,
    _recordings,
    _kept_out,
    _sound,
    _store,
)
