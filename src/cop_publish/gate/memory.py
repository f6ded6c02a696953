"""What the gate passed before, so that only what changed is read again.

A file is remembered by a keyed digest over its bytes, address, headers, the terms that held for it and the
gate's own rules: nothing in the memory can be guessed back into a name, and nobody without the key
can write a verdict into it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import sys
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from cop_publish.core import folding
from cop_publish.core.allowed import Offer

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from cop_publish.core.output import PublicFile
    from cop_publish.gate.guard import Guard, Terms

_VERSION = 1
_KEY_BYTES = 32


class Memory:
    """The verdicts of the last run and of this one; `scanned` and `reused` count the files of this run."""

    def __init__(
        self, path: Path | None = None, key: bytes = b"", passed: frozenset[str] = frozenset()
    ) -> None:
        self._path = path
        self._key = key or secrets.token_bytes(_KEY_BYTES)
        self._before = passed
        self._now: set[str] = set()
        self.scanned = 0
        self.reused = 0
        self.allows_used: set[str] = set()  # fingerprints
        self.offered: dict[str, Offer] = {}  # by fingerprint: what was refused, and may be allowed
        self.only_in_store: tuple[str, ...] = ()  # keys whose bytes could not be read here

    @classmethod
    def load(cls, path: Path) -> Memory:
        """The memory at a path; an empty one where there is none, it is damaged, or its key is gone."""
        try:
            key = _key_path(path).read_bytes()
            kept = json.loads(path.read_text("utf-8"))
            if len(key) == _KEY_BYTES and kept["version"] == _VERSION:
                return cls(path, key, frozenset(kept["passed"]))
        except (OSError, ValueError, KeyError, TypeError):
            pass
        return cls(path)

    def keep_offers(self, items: Collection[str]) -> None:
        """Let what the last run found in these items still be allowed."""
        last = last_look(self._path) if items and self._path is not None else None
        if last is not None:
            self.offered |= {mark: offer for mark, offer in last.offered.items() if offer.item in items}

    @classmethod
    def beside(cls, path: Path) -> Memory:
        """The memory for a look at some files alone: what it held stays, and what is found comes to it."""
        memory, last = cls.load(path), last_look(path)
        memory._now = set(memory._before)  # noqa: SLF001 - its own
        if last is not None:
            memory.allows_used, memory.offered = set(last.used), dict(last.offered)
        return memory

    def save(self) -> None:
        """Keeps the verdicts of this run beside their key, which only the owner may read."""
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        _write(_key_path(self._path), self._key)
        kept = {
            "version": _VERSION,
            "passed": sorted(self._now),
            "offered": {mark: [o.rule, o.item, o.person] for mark, o in sorted(self.offered.items())},
            "used": sorted(self.allows_used),
        }
        _write(self._path, json.dumps(kept, indent=0).encode())

    def name(self, file: PublicFile, terms: Terms, rules: str) -> str:
        """The keyed digest that stands for a file under these terms and rules."""
        parts = [rules, file.key, file.sha256, str(file.size_bytes), type(file.content).__name__]
        parts += [file.headers.content_type, file.headers.cache_control]
        text = f"{json.dumps(parts)} {_terms_digest(terms)}"
        return hmac.digest(self._key, text.encode(), "sha256").hex()

    def holds(self, name: str) -> bool:
        """Whether this very file passed in the last run; if so it stays remembered."""
        if name not in self._before:
            return False
        self._now.add(name)
        return True

    def keep_all(self) -> None:
        """Nothing is read in this run: whatever passed in the last one stays remembered."""
        self._now |= self._before

    def remember(self, name: str) -> None:
        """A file that passed now."""
        self._now.add(name)


@dataclass(frozen=True, slots=True)
class LastLook:
    """What the last run left for somebody to decide."""

    offered: Mapping[str, Offer]  # by fingerprint
    used: frozenset[str]  # fingerprints of allows that something needed


def last_look(path: Path) -> LastLook | None:
    """What the memory at a path holds of the last run; None where there is none."""
    try:
        kept = json.loads(path.read_text("utf-8"))
        offered = {mark: Offer(*map(str, parts)) for mark, parts in kept["offered"].items()}
        return LastLook(offered, frozenset(kept["used"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def offer(path: Path, offers: Mapping[str, Offer]) -> None:
    """Let these be allowed as if the last run had refused them; everything else in the memory stays."""
    memory = Memory.load(path)
    last = last_look(path)
    memory.offered = {**(last.offered if last else {}), **offers}
    memory.allows_used = set(last.used if last else ())
    memory.keep_all()
    memory.save()


def rules_digest(guard: Guard) -> str:
    """Changes with the gate's own code, with the Python and Unicode it runs on, and with any member.

    With any passage too, by its digests: whether its words are at hand makes no difference to the findings.
    """
    people = sorted(guard.people, key=lambda person: person.id)
    passages = guard.passages.passages if guard.passages else ()
    called = sorted(guard.called.items())
    return hashlib.sha256(f"{_code_digest()} {people!r} {passages!r} {called!r}".encode()).hexdigest()


@lru_cache(maxsize=1024)
def _terms_digest(terms: Terms) -> str:
    """Of what was agreed: index pages have hundreds of wordings, and many have the same."""
    signs = [[sign.signs, sign.before, sign.behind] for sign in terms.signs]
    agreed = [sorted(terms.named), terms.wordings, terms.addresses, terms.item, terms.here, terms.agreed]
    text = json.dumps([*agreed, signs])
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _code_digest() -> str:
    digest = hashlib.sha256(f"{sys.version} {unicodedata.unidata_version}".encode())
    for path in (Path(folding.__file__), *sorted(Path(__file__).parent.glob("*.py"))):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _key_path(path: Path) -> Path:
    return path.with_suffix(".key")


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all, and for the owner only."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
    new.replace(path)
