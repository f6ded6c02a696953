"""How far a copy of the registry is: three producers share one, and an older copy must not publish."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from cop_publish.core.head import RegistryState
from cop_publish.registry.secret import KEY, key_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MARK = "registry.yaml"
HEAD = "head.json"  # the serial and the head of the audit, which the tool alone writes
# The keys make digests, and the rest has a digest in it; a filter only makes a search faster.
_OWN = frozenset({MARK, HEAD, KEY, "allows.key", "audit.jsonl", "passages.filter"})


def registry_state(folder: Path) -> RegistryState:
    """Look at the registry as it is now; raises NotCleared for a key that cannot be used."""
    content = content_digest(folder, key_of(folder))
    digest = hashlib.sha256(f"{content}\0{head_of(folder)}".encode()).hexdigest()
    return RegistryState(serial_of(folder), digest)


def content_digest(folder: Path, key: bytes) -> str:
    """Digest every record, and what is guarded, by name and content; nobody can test guesses on it."""
    return _digest(folder, _records(folder), key)


def people_digest(folder: Path) -> str:
    """Digest what people wrote, and not what the tool adds; it never leaves this process."""
    paths = (p for p in _records(folder) if p.name != "passages.jsonl" and p.parent.name != "notes")
    return _digest(folder, paths, b"people")


def _digest(folder: Path, paths: Iterable[Path], key: bytes) -> str:
    digest = hmac.new(key, digestmod=hashlib.sha256)
    for path in paths:
        try:
            content = path.read_bytes()
        except OSError:  # what cannot be read is a problem of its own; here it is only known to be there
            content = b""
        name = os.fsencode(path.relative_to(folder))
        digest.update(b"%d %s %d " % (len(name), name, len(content)))
        digest.update(content)
    return digest.hexdigest()


def serial_of(folder: Path) -> int:
    """Give the serial: what the tool counted, from the one that registry.yaml may begin with."""
    text = (folder / MARK).read_text(encoding="utf-8", errors="replace")
    found = re.search(r"^serial:\s*(\d{1,9})\b", text, re.MULTILINE)
    counted = _head(folder).get("serial", 0)
    return max(int(found[1]) if found else 0, counted if isinstance(counted, int) else 0)


def head_of(folder: Path) -> str:
    """Give the head of the audit as it was last written; empty where nothing was recorded yet."""
    return str(_head(folder).get("audit", ""))


def _head(folder: Path) -> dict[str, object]:
    try:
        found = json.loads((folder / HEAD).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        return {"audit": "damaged"}  # the head of no chain
    return found if isinstance(found, dict) else {"audit": "damaged"}


def _records(folder: Path) -> Iterator[Path]:
    """Every file but our own and those that begin with a dot, in order."""
    for top, folders, names in os.walk(folder):
        here = Path(top)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        kept = (name for name in sorted(names) if not name.startswith("."))
        yield from (here / name for name in kept if here != folder or name not in _OWN)
