"""What a human has looked at and allowed: one finding in one item, with a reason, a name and an end.

An allow knows its finding by a keyed digest over the rule, the item, the person and the words around it: it
dies when the sentence changes, not when a line moves, and says nothing to whoever reads it without the key.
"""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING

from cop_publish.core.folding import fold
from cop_publish.core.jigsaw import RULE as JIGSAW
from cop_publish.core.problems import Problem
from cop_publish.gate.lone import FAMILY, GIVEN, INITIALS, NEAR
from cop_publish.gate.telling import GROUP_RULES, TELLING_RULES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from cop_publish.core.allowed import Allow

WORDS_AROUND = 6  # on each side, of the same sentence
# One pair of eyes will do.
DOUBTFUL = frozenset({GIVEN, FAMILY, INITIALS, NEAR, *TELLING_RULES, *GROUP_RULES, "passage in part", JIGSAW})
DIGITS = 20  # of the digest: enough that no two findings share it, and short enough to copy
_SENTENCE_END = re.compile(r"[.!?]['\")]?\s|\n")


def fingerprint(key: bytes, rule: str, item: str, person: str, words: bytes) -> str:
    """The digest by which a finding is known; 20 hexadecimal digits."""
    text = f"{rule}\0{item}\0{person}\0".encode() + words
    return hmac.digest(key, text, "sha256").hex()[:DIGITS]


def words_around(loose: str, start: int, end: int) -> bytes:
    """What stands at a place of the loosened text, with six folded words of its sentence on each side."""
    before = _SENTENCE_END.split(loose[max(0, start - 160) : start])[-1]
    behind = _SENTENCE_END.split(loose[end : end + 160], maxsplit=1)[0]
    words = [*fold(before).split()[-WORDS_AROUND:], *fold(loose[start:end]).split()]
    return b" ".join([*words, *fold(behind).split()[:WORDS_AROUND]])


def needs_second(rule: str) -> bool:
    """Whether an allow of this rule needs two people who looked: a whole name, an address, a marking."""
    return rule not in DOUBTFUL


def faults(allows: Iterable[Allow], used: Collection[str], items: Collection[str]) -> Iterator[Problem]:
    """Allows of items that were read now and that nothing needed, which would only hide what comes later.

    And those of a whole name, an address or a marking that one person alone has looked at.
    """
    for allow in allows:
        if needs_second(allow.rule) and not allow.second:
            what = f"an allow of {allow.rule} needs a second person who looked"
            yield Problem(allow.where, what, "Write their ID as `second`.")
            continue
        unneeded = [mark for mark in allow.fingerprints if mark not in used]
        if unneeded and (not allow.item or allow.item in items):
            place = f"in {allow.item}" if allow.item else "on pages of several items"
            what = f"not all of this allow {place} is needed: nothing like it stands there now"
            command = f"cop-publish allow --remove {' '.join(unneeded)} --by … --reason …"
            yield Problem(allow.where, what, f"Take out what is not: {command}")
