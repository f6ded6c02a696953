"""The filter of pairs on disk: `passages.filter`, by which most of a text is passed by.

::

    {"bits": "…", "holds": ["…"], "mac": "…"}

It can only make a search faster.  One that is missing, damaged or of another ledger is not used, and then
every six words are digested: `holds` says of which passages it has every pair, and the keyed digest `mac`
that nothing of it was changed.  A bit never goes, for nobody can say whose it is.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cop_publish.core.pairs import EVERYTHING, TAGS, PairFilter
from cop_publish.registry.copies import write_private
from cop_publish.registry.secret import closed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from cop_publish.core.ledger import Print

FILTER = "passages.filter"
_BYTES = TAGS // 8
_NAME_HEX = 16


@dataclass(frozen=True, slots=True)
class Kept:
    """A filter, and the names of the passages of which it lets every pair pass."""

    pairs: PairFilter
    holds: frozenset[str]


def name_of(one: Print) -> str:
    """Give the name under which a filter holds a passage: it tells no more than the ledger does."""
    return hashlib.sha256("|".join((*one.runs, one.whole)).encode()).hexdigest()[:_NAME_HEX]


def filter_for(folder: Path, key: bytes, names: Collection[str]) -> PairFilter:
    """Give the filter if it holds all these passages, else one that lets everything pass."""
    kept = read_filter(folder, key)
    return kept.pairs if kept is not None and kept.holds.issuperset(names) else EVERYTHING


def not_held(folder: Path, key: bytes, prints: Iterable[Print]) -> list[Print]:
    """Give those of these passages that the filter does not hold: all, where there is none."""
    kept = read_filter(folder, key)
    return [one for one in prints if kept is None or name_of(one) not in kept.holds]


def hold(folder: Path, key: bytes, prints: Collection[Print]) -> None:
    """Let every pair of these passages pass, whose words are at hand; call it before the ledger has them.

    Raises NotCleared where it cannot be written.
    """
    kept = read_filter(folder, key) or _fresh()
    pairs = kept.pairs.with_tags(tag for one in prints for tag in one.pairs)
    _write(folder, key, Kept(pairs, kept.holds.union(map(name_of, prints))))


def read_filter(folder: Path, key: bytes) -> Kept | None:
    """Give the filter; None where there is none that can be trusted."""
    try:
        found = json.loads((folder / FILTER).read_text(encoding="ascii"))
        bits, names = base64.b64decode(found["bits"], validate=True), [str(name) for name in found["holds"]]
        right = hmac.compare_digest(_mac(key, bits, names), str(found["mac"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return Kept(PairFilter(_flags(bits)), frozenset(names)) if right and len(bits) == _BYTES else None


def _fresh() -> Kept:
    """A quarter of all bits set by chance, and nothing held yet."""
    both = zip(secrets.token_bytes(_BYTES), secrets.token_bytes(_BYTES), strict=True)
    return Kept(PairFilter(_flags(bytes(one & other for one, other in both))), frozenset())


def _write(folder: Path, key: bytes, kept: Kept) -> None:
    bits, names = _bits(kept.pairs.flags), sorted(kept.holds)
    written = {"bits": base64.b64encode(bits).decode(), "holds": names, "mac": _mac(key, bits, names)}
    try:
        write_private(folder / FILTER, json.dumps(written).encode() + b"\n")
    except OSError:
        raise closed("the filter of passages") from None


def _mac(key: bytes, bits: bytes, names: Iterable[str]) -> str:
    return hmac.digest(key, b"filter " + bits + " ".join(names).encode(), "sha256").hex()


def _flags(bits: bytes) -> bytes:
    """One byte of 0 or 1 for each bit."""
    return f"{int.from_bytes(bits, 'big'):0{TAGS}b}".encode().translate(_TO_FLAGS)


def _bits(flags: bytes) -> bytes:
    return int(flags.translate(_TO_DIGITS), 2).to_bytes(_BYTES, "big")


_TO_FLAGS = bytes.maketrans(b"01", b"\0\1")
_TO_DIGITS = bytes.maketrans(b"\0\1", b"01")
