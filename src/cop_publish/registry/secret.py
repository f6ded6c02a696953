"""The registry's key: without it nobody can test guesses on its digests, and nothing marked is recognised.

It lies beside what it protects and is as private: whoever has the registry has the key.
"""

from __future__ import annotations

import hmac
import os
import secrets
from typing import TYPE_CHECKING

from cop_publish.core.problems import Matter, Place, Problem
from cop_publish.errors import NotCleared

if TYPE_CHECKING:
    from pathlib import Path

KEY = "hmac.key"
KEY_BYTES = 32  # as SHA-256's output: RFC 2104, section 3
_OTHERS = 0o077
_FIXED_TEXT = b"cop-publish: the key of a registry"
_CHECK_HEX = 32


def read_key(folder: Path) -> bytes | None:
    """Give the key; None where there is none yet.  Raises NotCleared for one that cannot be used."""
    try:
        written = (folder / KEY).read_text(encoding="ascii")
        key = bytes.fromhex(written.strip())
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        key = b""
    if len(key) != KEY_BYTES or (folder / KEY).is_symlink():
        raise NotCleared("Nothing was done: the registry's key cannot be used.", [_unusable()])
    return key


def key_of(folder: Path) -> bytes:
    """Give the key, and make one where there is none; raises NotCleared for one that cannot be used."""
    found = read_key(folder)
    if found is not None:
        return found
    try:
        descriptor = os.open(folder / KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # made just now by somebody else
        return key_of(folder)
    except OSError:
        raise closed("its key") from None
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")
    return key_of(folder)


def check_of(key: bytes) -> str:
    """Give what tells this key from another, and nothing of it: 128 bits of a digest that it makes."""
    return hmac.digest(key, _FIXED_TEXT, "sha256").hex()[:_CHECK_HEX]


def key_problem(folder: Path) -> Problem | None:
    """Say whether others on this machine can read the key."""
    path = folder / KEY
    if path.exists() and path.stat().st_mode & _OTHERS:
        what = "other people on this machine can read the registry's key"
        return Problem(Place(f"registry/{KEY}"), what, f"Run: chmod 600 {KEY}.", Matter.CONSENT)
    return None


def closed(what: str) -> NotCleared:
    """Make the error for a registry that this user may not write to."""
    problem = Problem(Place("registry"), f"{what} cannot be written", "Check its rights.", Matter.CONSENT)
    return NotCleared("Nothing was published: what happens has to be recorded.", [problem])


def _unusable() -> Problem:
    what = "the key cannot be read, or is none"
    fix = "Bring it back from wherever the registry is kept; a new one would forget every marked passage."
    return Problem(Place(f"registry/{KEY}"), what, fix, Matter.CONSENT)
