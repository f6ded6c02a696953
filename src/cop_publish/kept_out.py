"""What git knows, or would take at the next `git add`, of files that must stay out of it.

History cannot be erased: a key, a registry or a recording that was committed once stays readable for everyone
who ever cloned it.
"""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from cop_publish.registry.audit import AUDIT, NOTES
from cop_publish.registry.ledger import LOCK, PASSAGES
from cop_publish.registry.pair_filter import FILTER
from cop_publish.registry.state import HEAD

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

# What the tool writes into a registry, a sample's too.
OWN_OF_A_REGISTRY = ("hmac.key", "allows.key", HEAD, AUDIT, PASSAGES, FILTER, NOTES, ".lock", LOCK)
STATE = ".cop-publish"
_GIT_SECONDS = 20


def tracked(folder: Path, *names: str) -> list[str] | None:
    """The files below these names that git has already; None where there is no git."""
    return _listed(folder, names, "--cached")


def not_kept_out(folder: Path, names: Iterable[str]) -> list[str]:
    """Those of these names of which git has something, or would take it; none outside a work tree."""
    return [name for name in names if _listed(folder, [name], "--cached", "--others", "--exclude-standard")]


def _listed(folder: Path, names: Iterable[str], *which: str) -> list[str] | None:
    argv = ["git", "-C", str(folder), "ls-files", "-z", *which, "--", *names]
    try:
        done = subprocess.run(argv, capture_output=True, timeout=_GIT_SECONDS, check=False)  # noqa: S603 - fixed words
    except (OSError, subprocess.TimeoutExpired):
        return None
    return [name for name in done.stdout.decode("utf-8", "replace").split("\0") if name]
