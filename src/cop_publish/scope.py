"""Which items a command asked for, and what somebody decided all the same."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cop_publish.core.lowering import Lowering
    from cop_publish.core.model import Notice
    from cop_publish.core.windows import Kind, Override


class Placeholders(StrEnum):
    """What becomes of words that `cop-publish new` wrote, and that nobody has replaced."""

    SHOWN = "shown"  # to look at, and where what is live must not wait for them
    WAIT = "wait"  # their items do
    REFUSED = "refused"  # and in the settings they hold up everything


@dataclass(frozen=True, slots=True)
class Scope:
    """The ids that a command named; None: every item that is ready.

    What is public already always stays in: nothing vanishes because a command named something else.
    """

    ids: frozenset[str] | None = None
    without: frozenset[str] = frozenset()  # ids that a withdrawal takes out, public or not
    staying: frozenset[str] = frozenset()  # ... of which these stay as they are live
    overrides: tuple[Override, ...] = ()
    live: frozenset[str] = frozenset()  # keys that are public, for who only looks at what waits
    notices: tuple[Notice, ...] = ()  # in place of what a withdrawal takes out, before they are written down
    unsaid: frozenset[str] = frozenset()  # guids in place of which nothing is said any more
    lowering: Lowering | None = None  # what somebody takes back, as a dry run foresees it
    # Built to be shown to a contributor; the gate refuses them.
    to_be_signed: frozenset[str] = frozenset()
    placeholders: Placeholders = Placeholders.SHOWN

    def has(self, item: str) -> bool:
        return (self.ids is None or item in self.ids) and item not in self.without

    def overriding(self, kind: Kind) -> Override | None:
        """The decision that something of this kind does not hold today; None: nobody made one."""
        return next((override for override in self.overrides if override.kind is kind), None)

    def __str__(self) -> str:
        named = "everything" if self.ids is None else " ".join(sorted(self.ids))
        decided = (f"--override {override.kind}" for override in self.overrides)
        return " ".join([named, *(f"-{item}" for item in sorted(self.without)), *decided])


EVERYTHING = Scope()
