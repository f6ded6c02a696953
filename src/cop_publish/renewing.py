"""The story of `cop-publish allow --renew` and `--remove`: an allow is looked at again, or taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cop_publish.allowing import open_registry, require_second
from cop_publish.errors import WrongUsage
from cop_publish.registry.allow_list import remove_allows, renew_allows
from cop_publish.registry.allows import every_allow
from cop_publish.registry.audit import Event, append
from cop_publish.registry.secret import closed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from cop_publish.allowing import Look, Protect
    from cop_publish.core.allowed import Allow


def renew(
    root: Path, fingerprints: Sequence[str], look: Look, protect: Protect, *, now: datetime
) -> list[Allow]:
    """Let these allows hold until another day, as somebody has looked again; gives them as they were.

    Raises WrongUsage for a fingerprint that is not in the list, for somebody whom the registry does not know,
    and where a second person is needed; InvalidSource and NotCleared where list or audit cannot be changed.
    """
    registry = open_registry(root, look, protect, now=now)
    require_second(look, (allow.rule for allow in _known(registry, fingerprints)))
    record = {"reason": look.reason, "by": look.by, "on": now.date(), "expires": look.expires}
    if look.second:
        record["second"] = look.second
    try:
        changed = renew_allows(registry, set(fingerprints), record)
    except OSError:
        raise closed("the list of allows") from None
    return _told(registry, "allow renewed", changed, look, now)


def remove(
    root: Path, fingerprints: Sequence[str], look: Look, protect: Protect, *, now: datetime
) -> list[Allow]:
    """Take these out of the list: from the next report on they are found again.  Raises as `renew` does."""
    registry = open_registry(root, look, protect, now=now)
    _known(registry, fingerprints)
    try:
        changed = remove_allows(registry, set(fingerprints))
    except OSError:
        raise closed("the list of allows") from None
    return _told(registry, "allow removed", changed, look, now)


def _known(registry: Path, fingerprints: Sequence[str]) -> list[Allow]:
    allows = every_allow(registry)
    known = {mark: allow for allow in allows for mark in allow.fingerprints}
    for mark in fingerprints:
        if mark not in known:
            raise WrongUsage(f"No allow has the fingerprint {mark}: `cop-publish allow --list` has them all.")
    return [known[mark] for mark in fingerprints]


def _told(
    registry: Path, kind: str, changed: Sequence[tuple[Allow, tuple[str, ...]]], look: Look, now: datetime
) -> list[Allow]:
    """Keep in the audit what it was before, and who decided."""
    for before, marks in changed:
        facts = {
            "rule": before.rule,
            "fingerprints": str(len(marks)),
            "expired": str(before.expires),
            "expires": str(look.expires or ""),
        }
        said = {"by": look.by, "second": look.second, "reason": look.reason}
        append(registry, Event(kind, before.item, before.person, facts, said), at=now)
    return [before for before, _ in changed]


def renewed_lines(allows: Sequence[Allow], look: Look) -> list[str]:
    """Say until when they hold now."""
    return [*(f"Allowed until {look.expires}: {_called(allow)}." for allow in allows), _AUDIT]


def removed_lines(allows: Sequence[Allow]) -> list[str]:
    """Say what is found again from now on, if it still stands there."""
    return [*(f"No longer allowed: {_called(allow)}." for allow in allows), _AUDIT]


_AUDIT = "The registry's audit has who and why."


def _called(allow: Allow) -> str:
    whose = f" of {allow.person}" if allow.person else ""
    return f"the {allow.rule}{whose} in {allow.item or 'pages of several items'}"
