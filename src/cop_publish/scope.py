"""Which items a command asked for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """The ids that a command named; None: every item that is ready.

    What is public already always stays in: nothing vanishes because a command named something else.
    """

    ids: frozenset[str] | None = None
    without: frozenset[str] = frozenset()  # ids that a withdrawal takes out, public or not
    # Built to be shown to a contributor; the gate refuses them.
    to_be_signed: frozenset[str] = frozenset()

    def has(self, item: str) -> bool:
        return (self.ids is None or item in self.ids) and item not in self.without

    def __str__(self) -> str:
        named = "everything" if self.ids is None else " ".join(sorted(self.ids))
        return " ".join([named, *(f"-{item}" for item in sorted(self.without))])


EVERYTHING = Scope()
