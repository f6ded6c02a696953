"""A registry that knows somebody in every place, and an erasing of them that is killed at every write.

``forgetting.py FOLDER`` makes that show and registry, and for each write of `cop-publish erase` forks a child
that kills itself just before it; then looks at what is left, runs the command again and looks once more.  It
prints a line of JSON for each.  Nothing else runs in this process, so that forking is safe.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import json
import os
import shutil
import signal
import sys
import traceback
import zipfile
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from cop_publish.cli import run
from cop_publish.core.consents import Consent, PersonId
from cop_publish.core.sign_offs import Decision, SignOff
from cop_publish.core.view import canonical
from cop_publish.errors import CopPublishError
from cop_publish.intake.skeleton import new_show
from cop_publish.registry.allows import add_allows
from cop_publish.registry.audit import Event, append, read_chain
from cop_publish.registry.read import read_registry
from cop_publish.registry.sign_offs import append_sign_off, read_sign_offs

if TYPE_CHECKING:
    from collections.abc import Callable

WHO, OTHER = PersonId("p-7f3k"), PersonId("p-9aa2")
NAMES = ("Wilhelmina", "Plantedname")
AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
TODAY = date(2026, 11, 27)
ERASE = ("erase", WHO, "--reference", "SAR-2026-14", "--yes", "--now", "2026-11-27T09:00+00:00")
_WRITES = {"os.remove", "os.rename", "os.rmdir", "os.mkdir"}
_GIVEN = "given: {on: 2026-11-10, how: e-mail}\n"
_ITEMS = ("jury", "other", "maps")


def known_everywhere(folder: Path) -> tuple[Path, Path]:
    """Make a show and its registry, which knows WHO in every place; gives both folders."""
    show, registry = folder / "show", folder / "private"
    new_show(show, registry, UUID(int=1))
    name = " ".join(NAMES)
    _write(registry / f"people/{OTHER}.yaml", "name: {given: Jo, family: Somebody}\n")
    _write(
        registry / f"people/{WHO}.yaml",
        f"name: {{given: {NAMES[0]}, family: {NAMES[1]}, known_as: [Mina]}}\n"
        f"also: {{emails: [w.plantedname@office.example], aliases: [Mina {NAMES[1]}]}}\nemployer: dept-x\n",
    )
    yes = f"level: named\ndisplay: {name}\nallow: {{words: yes, voice: yes}}\n{_GIVEN}"
    _write(registry / f"consents/standing/{WHO}.yaml", yes)
    no = f"level: anonymous\nallow: {{words: no}}\nwithdrawn: 2026-11-12\n{_GIVEN}"
    for item in ("jury", "maps"):  # less than they agreed to as a rule
        _write(registry / f"consents/{item}/{WHO}.yaml", no)
    append_sign_off(registry, _answer(WHO, "jury", name, Decision.LEFT_OUT))
    append_sign_off(registry, _answer(OTHER, "jury", f"You say|I asked {name} that.", Decision.APPROVED))
    append_sign_off(registry, _answer(OTHER, "maps", "Nobody else.", Decision.LEFT_OUT))
    for event in (
        Event("new person", person=WHO, said={"by": name}),
        Event("withdraw", "jury", WHO, {"scope": "item"}, {"why": f"{NAMES[0]} asked"}),
        Event("override", "maps", said={"by": f"the office of {name}", "reason": "none"}),
        Event("unmark", "maps", said={"by": "Jo Somebody", "reason": "it is known"}),
    ):
        append(registry, event, at=AT)
    looked = {
        "fingerprints": ["ab12"],
        "rule": "full name",
        "second": "p-4b5c",
        "by": OTHER,
        "on": AT.date(),
        "expires": "2027-01-01",
    }
    of_other = {**looked, "fingerprints": ["cd34"], "item": "maps", "person": OTHER, "reason": "another"}
    add_allows(registry, [{**looked, "item": "jury", "person": WHO, "reason": f"not {name}"}, of_other])
    _write(registry / ".cop-publish/taken-back" / f"people/{WHO}.yaml", f"name: {{given: {NAMES[0]}}}\n")
    _write(registry / f"consents/jury/.{WHO}.yaml.1a2b3c4d", yes)
    for copy in (f"people/.{WHO}.yaml.swp", f"consents/maps/.{WHO} (conflicted copy).yaml"):
        _write(registry / copy, yes)  # an editor's, and a synced folder's
    (registry / ".cop-publish/before.zip").write_bytes(_zipped(name))
    (registry / ".cop-publish/.before.zip.77.part").write_bytes(_zipped(name))
    _write(show / ".cop-publish/build/public/index.html", f"<p>{name}</p>")
    for cache in ("masters/ab.mp3", "pictures/cd.jpg"):
        _write(show / ".cop-publish" / cache, name)
    _write(show / ".cop-publish/gate.json", "{}")
    return show, registry


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    path.chmod(0o600)


def _zipped(words: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("people/x.yaml", words)
    return made.getvalue()


def _answer(person: PersonId, item: str, words: str, decision: Decision) -> SignOff:
    content = canonical({"item": item, "person": person, "text": words})
    digest = hashlib.sha256(content.encode()).hexdigest()
    return SignOff(item, person, digest, content, decision, AT, "e-mail", "page-v1")


def holding(folder: Path, names: tuple[str, ...] = NAMES) -> list[str]:
    """Every file below a folder that holds any of these words: plain, in UTF-16, or packed."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return [path.relative_to(folder).as_posix() for path in files if holds(path.read_bytes(), names)]


def holds(content: bytes, names: tuple[str, ...] = NAMES) -> bool:
    """Whether bytes hold any of these words, whatever the letters' case."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [*(name.encode() for name in archive.namelist()), *map(archive.read, archive.namelist())]
        return any(holds(part, names) for part in parts)
    plain = gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
    lower = [plain.lower(), plain.decode("utf-16-le", "ignore").lower().encode()]
    return any(name.lower().encode() in text for text in lower for name in names)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a crash left, and what the second run made of it."""

    event: int
    is_killed: bool
    less_protected: list[str]  # what somebody could do with what was left
    second: str  # what the second run said where it failed; empty: it ended it
    holding: list[str]  # files that hold a form of the name after it


def kill_everywhere(folder: Path) -> None:
    """Kill it before each of its writes in turn; prints what came of each."""
    prepared = folder / "prepared"
    known_everywhere(prepared)
    for event in count(1):
        corner = folder / "corner"
        shutil.copytree(prepared, corner)
        _settle(corner)
        is_killed = _forked(partial(_killed_at, corner, event)) != 0
        less = less_protected(corner / "private")
        second = folder / "second"
        _forked(partial(_write_down, corner, second))
        seen = Seen(event, is_killed, less, second.read_text(), holding(corner))
        print(json.dumps([seen.event, seen.is_killed, seen.less_protected, seen.second, seen.holding]))  # noqa: T201 - for the test
        shutil.rmtree(corner)
        if not is_killed:
            return


def _write_down(corner: Path, second: Path) -> None:
    second.write_text(_erased(corner), "utf-8")


def _settle(corner: Path) -> None:
    """Point the copy of the show at its own registry."""
    settings = corner / "show/cop-publish.toml"
    text = settings.read_text("utf-8")
    line = next(line for line in text.splitlines() if line.startswith("path = "))
    settings.write_text(text.replace(line, 'path = "../private"'), "utf-8")


def less_protected(registry: Path) -> list[str]:
    """What in a registry now says more of WHO than they ever agreed to, to this program or an older one."""
    found = []
    standing = (registry / f"consents/standing/{WHO}.yaml").exists()
    own = [(registry / f"consents/{item}/{WHO}.yaml").exists() for item in ("jury", "maps")]
    if standing and not all(own):
        found.append("the standing yes holds where they said less")
    records = list(registry.glob(f"consents/*/{WHO}.yaml"))
    if records and not (registry / f"signoffs/jury/{WHO}.jsonl").exists():
        found.append("they asked to be left out, and a yes of theirs is still there")
    if records and not (registry / f"people/{WHO}.yaml").exists():
        found.append("nobody looks for their name, and a yes of theirs is still there")
    with contextlib.suppress(CopPublishError):
        consents = read_registry(registry)
        is_begun = any(entry.get("event") == "erase" for entry in read_chain(registry).entries)
        allowed = [consents.of(WHO, item, today=TODAY) for item in _ITEMS]
        if is_begun and any(
            record != Consent(WHO, item) for record, item in zip(allowed, _ITEMS, strict=True)
        ):
            found.append("the registry says yes for somebody who is being erased")
    return found


def _killed_at(corner: Path, event: int) -> None:
    seen = 0

    def count_writes(name: str, said: tuple[object, ...]) -> None:
        nonlocal seen
        is_write = name in _WRITES or (name == "open" and isinstance(said[2], int) and said[2] & _CHANGING)
        if is_write and str(corner) in str(said[0]):
            seen += 1
            if seen == event:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count_writes)
    _erased(corner)


_CHANGING = os.O_WRONLY | os.O_RDWR


def _erased(corner: Path) -> str:
    """Erase them; gives what was said where that failed."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run([*ERASE, "-C", str(corner / "show")])
    if code != 0:
        return f"{code}: {err.getvalue()}"
    registry = corner / "private"
    problems = [str(problem) for problem in read_chain(registry).problems]
    known = set(read_registry(registry).people)
    left = {key: [a.decision for a in given] for key, given in read_sign_offs(registry).answers.items()}
    asked = {("jury", OTHER): [Decision.APPROVED], ("maps", OTHER): [Decision.LEFT_OUT]}
    return "; ".join(problems) or ("" if known == {OTHER} and left == asked else f"{known} {left}")


def _forked(work: Callable[[], object]) -> int:
    child = os.fork()
    if child == 0:
        code = 1
        with contextlib.suppress(BaseException):
            try:
                work()
                code = 0
            except BaseException:  # noqa: BLE001 - told, and the child ends here whatever happens
                traceback.print_exc()
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    kill_everywhere(Path(sys.argv[1]))
