"""E-mail addresses of offices: what stands before the @ tells what somebody does there, and not who it is."""

from __future__ import annotations

import re

from cop_publish.core.folding import fold, loosen

_ROLES = frozenset(
    b"admin board comms contact digital editor editors enquiries events feedback hello help hi info join "
    b"list lists mail media members membership news newsletter office podcast podcasts policy post press "
    b"producer producers questions radio research secretariat secretary show studio subscribe support team "
    b"webmaster website".split()
)


def is_role_address(address: str) -> bool:
    """Whether an e-mail address is an office's and not a person's: its name is made of roles only."""
    local, at, _ = address.partition("@")
    words = fold(loosen(local)).split()
    return bool(at) and bool(words) and _ROLES.issuperset(words)


def is_role(local: str) -> bool:
    """Whether a role is among the words before the @."""
    return any(word in _ROLES for word in re.findall(rb"[a-z]+", fold(local)))
