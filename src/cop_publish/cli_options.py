"""What several commands take, and the errand that their options make."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from cop_publish.console import Console
    from cop_publish.publish import Errand

HERE = click.option(
    "-C",
    "--workspace",
    "root",
    type=click.Path(path_type=Path),
    default=Path(),
    help="The show's folder; else this one.",
)
NOW = click.option(
    "--now", metavar="TIME", help="Build as of this instant (ISO 8601, with offset); else now."
)
JSON = click.option("--json", "as_json", is_flag=True, help="Say it as JSON, for scripts.")
DRY = click.option("--dry-run", is_flag=True, help="Print the plan and change nothing.")
JOBS = click.option(
    "--jobs", type=click.IntRange(0, 256), default=0, help="Encoders at a time; else one for each core."
)
SCHEDULER = click.option(
    "--scheduler", metavar="ADDRESS", default="", help="Make masters on the dask cluster at this address."
)


def errand_of(
    console: Console,
    options: dict[str, Any],
    ids: frozenset[str] | None,
    remaster: frozenset[str] = frozenset(),
) -> Errand:
    """Say what a command was asked to do, and when; `ids` names items, None all of them."""
    from cop_publish.audio.order import Crew  # noqa: PLC0415 - not for --help
    from cop_publish.publish import Errand  # noqa: PLC0415 - the same
    from cop_publish.scope import Scope  # noqa: PLC0415 - the same

    now = instant(options["now"])
    crew = Crew(options.get("jobs", 0), options.get("scheduler", ""))
    return Errand(options["root"], Scope(ids), now, console.progress, console.protect, remaster, crew)


def instant(text: str | None) -> datetime:
    """Read ``--now``, or the clock: the only place that looks at it."""
    if text is None:
        return datetime.now(UTC)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError("--now takes an instant such as 2026-11-23T09:00+00:00.") from None
    if found.tzinfo is None:
        raise click.UsageError("--now needs an offset, such as 2026-11-23T09:00+00:00.")
    return found
