"""Read and add to the answers of contributors: ``signoffs/<item>/p-….jsonl``, one line an answer, for good.

A line holds the view itself beside its digest, so that the next page can show what changed, and so that a
line which somebody edited no longer agrees with itself.  Nothing here is ever rewritten: to erase a person
their files are deleted.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cop_publish.core.consents import PersonId
from cop_publish.core.problems import Matter, Place, Problem
from cop_publish.core.sign_offs import Decision, SignOff, SignOffs
from cop_publish.core.values import PERSON_ID
from cop_publish.core.view import canonical
from cop_publish.errors import InvalidSource
from cop_publish.registry.copies import append_private

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDER = "signoffs"
ENDING = ".jsonl"
_REQUIRED = frozenset({"digest", "view", "decision", "at", "how", "wording"})
_ALLOWED = _REQUIRED | {"remark", "evidence"}
_SALT_BYTES = 16
_EVIDENCE = re.compile(r"[0-9a-f]{32}:[0-9a-f]{64}")


def read_sign_offs(registry: Path) -> SignOffs:
    """Read every answer.  Raises InvalidSource with each line that cannot be one."""
    found: dict[tuple[str, PersonId], tuple[SignOff, ...]] = {}
    problems: list[Problem] = []
    for path in _files(registry / FOLDER, problems):
        item, person = path.parent.name, PersonId(path.stem)
        found[item, person] = tuple(_answers(path, problems))
    if problems:
        raise InvalidSource("Nothing was published: the recorded sign-offs have problems.", problems)
    return SignOffs(found)


def append_sign_off(registry: Path, answer: SignOff) -> Path:
    """Add one answer behind the others; only the owner can read the file.  Raises OSError."""
    folder = registry / FOLDER / answer.item
    for made in (registry / FOLDER, folder):
        made.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{answer.person}{ENDING}"
    line = json.dumps(_to_line(answer), ensure_ascii=False, sort_keys=True) + "\n"
    append_private(path, line.encode())
    return path


def seal(evidence: str) -> str:
    """Commit to what proves an answer without keeping it: ``salt:digest``; empty for nothing."""
    if not evidence:
        return ""
    salt = secrets.token_bytes(_SALT_BYTES)
    return f"{salt.hex()}:{_sealed(salt, evidence)}"


def is_sealed(sealed: str, evidence: str) -> bool:
    """Whether this is what was committed to."""
    salt, _, digest = sealed.partition(":")
    return bool(digest) and hmac.compare_digest(digest, _sealed(bytes.fromhex(salt), evidence))


def _sealed(salt: bytes, evidence: str) -> str:
    return hashlib.sha256(salt + evidence.strip().encode()).hexdigest()


def _to_line(answer: SignOff) -> dict[str, Any]:
    line = {
        "digest": answer.digest,
        "view": json.loads(answer.content),
        "decision": answer.decision.value,
        "at": answer.at.isoformat(timespec="seconds"),
        "how": answer.how,
        "wording": answer.wording,
    }
    more = {"remark": answer.remark, "evidence": answer.evidence}
    return line | {key: value for key, value in more.items() if value}


def _files(top: Path, problems: list[Problem]) -> Iterator[Path]:
    """Give each file of answers; anything else there is a problem: it could be one that is passed over."""
    for folder in _entries(top, problems):
        if not folder.is_dir():
            problems.append(_strange("a file stands beside the folders of the items"))
            continue
        for path in _entries(folder, problems):
            if path.suffix == ENDING and path.is_file() and PERSON_ID.fullmatch(path.stem):
                yield path
            else:
                problems.append(_strange("a file is not named after a person's ID"))


def _entries(folder: Path, problems: list[Problem]) -> list[Path]:
    try:
        entries = sorted(p for p in folder.iterdir() if not p.name.startswith("."))
    except FileNotFoundError:
        return []
    except OSError:
        problems.append(_strange("a folder cannot be read"))
        return []
    problems += (_strange("a link could come to lead elsewhere unseen") for p in entries if p.is_symlink())
    return [p for p in entries if not p.is_symlink()]


def _strange(what: str) -> Problem:
    fix = f"In {FOLDER}/ there are folders named after items, and in them files p-….jsonl: put it right."
    return Problem(Place(f"registry/{FOLDER}"), what, fix)


def _answers(path: Path, problems: list[Problem]) -> Iterator[SignOff]:
    shown = f"registry/{FOLDER}/…/{path.name}"
    fix = f"Restore the file as it was, or ask {path.stem} again and let `cop-publish sign-off` record it."
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        problems.append(Problem(Place(shown), "the file cannot be read", fix))
        return
    if text and not text.endswith("\n"):
        problems.append(Problem(Place(shown), "the last line is cut short", fix))
        return
    for number, line in enumerate(text.split("\n")[:-1], 1):  # what somebody said may hold other line ends
        try:
            yield _answer(line, path)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            what = "this line is no answer as it was recorded"
            problems.append(Problem(Place(shown, number), what, fix, Matter.CONSENT))


def _answer(line: str, path: Path) -> SignOff:
    """Raises ValueError, TypeError or KeyError for anything that `append_sign_off` did not write."""
    kept = json.loads(line, object_pairs_hook=_once)
    content = canonical(kept["view"])
    at = datetime.fromisoformat(kept["at"])
    answer = SignOff(
        item=path.parent.name,
        person=PersonId(path.stem),
        digest=kept["digest"],
        content=content,
        decision=Decision(kept["decision"]),
        at=at,
        how=kept["how"],
        wording=kept["wording"],
        remark=kept.get("remark", ""),
        evidence=kept.get("evidence", ""),
    )
    is_whole = (
        set(kept) >= _REQUIRED
        and set(kept) <= _ALLOWED
        and hashlib.sha256(content.encode()).hexdigest() == answer.digest
        and (kept["view"]["item"], kept["view"]["person"]) == (answer.item, answer.person)
        and at.tzinfo is not None
        and all(isinstance(text, str) for text in (answer.how, answer.wording, answer.remark))
        and (not answer.evidence or _EVIDENCE.fullmatch(answer.evidence))
    )
    if not is_whole:
        message = "not as it was recorded"
        raise ValueError(message)
    return answer


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a key that stands twice: readers would differ on which one counts."""
    if len(dict(pairs)) != len(pairs):
        message = "a key stands twice"
        raise ValueError(message)
    return dict(pairs)
