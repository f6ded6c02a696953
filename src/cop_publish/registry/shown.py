"""``shown/``: the texts that people were shown before they agreed, kept as they were then.

A consent is worth what somebody was told (ICO: keep what they were told, and when).  `given.shown` names the
text, `given.shown_sha256` says which one it was, and a text that was changed since is no longer it.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from cop_publish.core.problems import Matter, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cop_publish.core.front_matter import Fields

SHOWN = "shown"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def shown_sha256(registry: Path, name: str) -> str:
    """Digest the text of this name, with or without its ending; empty where there is none, or two."""
    if not _NAME.fullmatch(name) or not (registry / SHOWN).is_dir():
        return ""
    files = [p for p in (registry / SHOWN).iterdir() if p.is_file() and not p.is_symlink()]
    found = [p for p in files if p.name == name] or [p for p in files if p.stem == name]
    try:
        return hashlib.sha256(found[0].read_bytes()).hexdigest() if len(found) == 1 else ""
    except OSError:
        return ""


def check_shown(registry: Path, given: Fields) -> Iterator[Problem]:
    """Say where what somebody was shown cannot be told any more."""
    name, kept = given.get("shown", ""), given.get("shown_sha256", "").lower()
    if not name and not kept:
        return
    where = given.place("shown" if name else "shown_sha256")
    there = shown_sha256(registry, name)
    if not name:
        what = "`shown_sha256` is the digest of a text, and `shown` does not say which"
        fix = "Write its name as `shown`."
    elif kept and not _SHA256.fullmatch(kept):
        where, what = given.place("shown_sha256"), "`shown_sha256` is no SHA-256 digest"
        fix = "It has 64 hexadecimal digits, as sha256sum prints them."
    elif not kept and not there:
        what = "`shown` names a text that is not in the registry's shown/, once and only once"
        fix = "Put it there as they were shown it, or write its digest as `shown_sha256`."
    elif kept and there and kept != there:
        what = "the text that they were shown has been changed since"
        fix = "Bring it back as it was; give the new text a new name."
    else:
        return
    yield Problem(where, what, fix, Matter.CONSENT)
