"""The report of an evaluation as Markdown: what was found, between which bounds, and what was not."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bounds import clopper_pearson
from judge import MISSED, NAMED, REFUSED, REVIEWED, Tally

if TYPE_CHECKING:
    from collections.abc import Iterator

_MISSES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything that was measured."""

    seed: int
    members: int
    promised: Tally
    sources: Tally
    late: Tally
    telling: Tally
    held_out: Tally
    held_out_here: Tally
    clean: Tally
    clean_here: Tally
    speed_mb_per_second: float

    @property
    def misses(self) -> int:
        """Leaks of the promised classes that would have become public."""
        return len(self.promised.missed) + len(self.sources.missed)


def as_markdown(found: Evaluation) -> str:
    """The whole report; all but its speeds is the same for a seed."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Evaluation) -> Iterator[str]:
    yield "# What the gate finds"
    yield ""
    yield (
        "Written by `make evaluate-gate`; not by hand. A program that shares no code with the gate "
        "(`evaluation/`) writes names into files and into a workspace's sources, in every way it knows, and the "
        "gate is asked, as for a publish."
    )
    yield ""
    yield (
        "How far to trust it: the generator shares no code with the gate, but the leaks that it found missing were "
        "mended in the gate by the one who wrote it, until none of the promised classes was left. The clean pages are "
        "prose written for this, dense with words that are names, and not a sample of anybody's site. What was held "
        "out was not tuned to."
    )
    yield ""
    yield f"Seed {found.seed}; {found.members} members in the registry, all made up. Bounds are Clopper-Pearson's, 95 %."
    yield ""
    yield from _summary(found)
    yield from _table("By channel (finished files)", found.promised, 0)
    yield from _table("By place (sources: read, cleared, rendered, then gated)", found.sources, 0)
    yield from _table("By way of writing", found.promised, 1)
    yield from _table("By shape of the name", found.promised, 2)
    yield from _misses(found)
    yield "## Held out: names that were written late"
    yield ""
    yield (
        "A fifth of all names was written after the gate's rules for names, by somebody who knew them; no rule was "
        "changed for these names. They are leaked in every promised way, in finished files."
    )
    yield ""
    yield from _table("", found.late, 2)
    yield from _missed_only(found.late)
    yield "## Roles and organisations, people of the item"
    yield ""
    yield (
        "Words that the registry has for what somebody does and where, in files that show an item of theirs in which "
        "they agreed to less."
    )
    yield ""
    yield from _table("", found.telling, 1)
    yield "## Held out: not promised, and nothing was tuned to it"
    yield ""
    yield (
        "First for people who are in no item, where only the rules for the whole registry apply; then for people "
        "of the very item that a file shows, where names alone and near spellings are looked for as well."
    )
    yield ""
    yield from _table("", found.held_out, 1)
    yield from _table("Held out, people of the item", found.held_out_here, 1)
    yield from _limits()


def _summary(found: Evaluation) -> Iterator[str]:
    yield "| what | leaks | found and named | refused unread | missed | caught, at least |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    of_all = (
        ("promised, in finished files", found.promised),
        ("promised, in sources", found.sources),
        ("held-out names, in finished files", found.late),
        ("roles and organisations, people of the item", found.telling),
    )
    for name, tally in of_all:
        counts = _counts(tally)
        caught = tally.count - counts[MISSED]
        low, _ = clopper_pearson(caught, tally.count)
        yield (
            f"| {name} | {tally.count:,} | {counts[NAMED] + counts[REVIEWED]:,} | {counts[REFUSED]:,} "
            f"| {counts[MISSED]:,} | {low:.3%} |"
        )
    yield ""
    yield (
        "“Refused unread”: the file or item was stopped for another reason (a part that no rebuilt picture has, a "
        "character that no source may hold) and the name in it was not told as a name. It is not published either."
    )
    yield ""
    for name, tally in (
        ("nobody of them in the item", found.clean),
        ("with people of the item withheld", found.clean_here),
    ):
        counts = _counts(tally)
        _, high = clopper_pearson(counts[NAMED], tally.count)
        yield (
            f"Clean pages, {name}: {tally.count:,}; blocked {counts[NAMED]} ({1000 * counts[NAMED] / tally.count:.2f} "
            f"in a thousand, at most {1000 * high:.2f}); sent to a human {counts[REVIEWED]} "
            f"({1000 * counts[REVIEWED] / tally.count:.2f} in a thousand)."
        )
        yield ""
    cpu = found.promised.seconds + found.sources.seconds
    yield (
        f"The gate took {cpu:.0f} s of processor time for the leaks, and read clean pages at "
        f"{found.speed_mb_per_second:.1f} MB/s on one core, canaries and the making of the search included."
    )
    yield ""


def _table(title: str, tally: Tally, part: int) -> Iterator[str]:
    if title:
        yield f"## {title}"
        yield ""
    yield "| | leaks | named | to a human | refused | missed | caught | bounds |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |"
    rows: dict[str, Counter[str]] = {}
    for cell, outcomes in tally.cells.items():
        rows.setdefault(cell[part], Counter()).update(outcomes)
    for name, counts in rows.items():
        total = counts.total()
        caught = total - counts[MISSED]
        low, high = clopper_pearson(caught, total)
        yield (
            f"| {name} | {total:,} | {counts[NAMED]:,} | {counts[REVIEWED]:,} | {counts[REFUSED]:,} | {counts[MISSED]:,} "
            f"| {caught / total:.1%} | {low:.1%} to {high:.1%} |"
        )
    yield ""


def _misses(found: Evaluation) -> Iterator[str]:
    if not found.misses:
        return
    yield "## Missed, of what is promised"
    yield ""
    every = Counter([*found.promised.missed, *found.sources.missed])
    yield from (f"- {cell}: {count}" for cell, count in every.most_common(_MISSES_SHOWN))
    yield ""


def _missed_only(tally: Tally) -> Iterator[str]:
    every = Counter(" | ".join(cell.split(" | ")[1:]) for cell in tally.missed)
    if every:
        yield (
            "Missed: "
            + "; ".join(f"{cell} ({count})" for cell, count in every.most_common(_MISSES_SHOWN))
            + "."
        )
        yield ""


def _limits() -> Iterator[str]:
    yield "## Limits that the generator keeps to, and that are not counted above as promised"
    yield ""
    yield "- A name glued together is looked for from eight letters on; a shorter one stands across other words by chance."
    yield "- An initial and a family name of fewer than four letters; the initials A and I without a dot, which are words."
    yield "- A single name of fewer than eight letters in small letters: it is a word."
    yield "- A single name that is a word, as the first word of a sentence that says nothing of what a person does."
    yield "- A middle name inside code, in an address, or over the cells of a table or the fields of a file."
    yield "- A Greek name in a mixture of capitals and small letters, which look like other letters than each other."
    yield ""


def _counts(tally: Tally) -> Counter[str]:
    found: Counter[str] = Counter()
    for outcomes in tally.cells.values():
        found.update(outcomes)
    return found
