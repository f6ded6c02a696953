"""Which items a command asked for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """The ids that a command named; None: every item that is ready.

    What is public already always stays in: nothing vanishes because a command named something else.
    """

    ids: frozenset[str] | None = None
    to_be_signed: frozenset[str] = (
        frozenset()
    )  # are built to be shown to a contributor; the gate refuses them

    def has(self, item: str) -> bool:
        return self.ids is None or item in self.ids

    def __str__(self) -> str:
        return "everything" if self.ids is None else " ".join(sorted(self.ids))


EVERYTHING = Scope()
