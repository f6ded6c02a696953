"""What several commands take, and the errand that their options make."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from cop_publish.console import Console
    from cop_publish.core.windows import Override
    from cop_publish.publish import Errand, Outcome

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
    """Say what a command was asked to do, and when; `ids` names items, None all of them.

    Until the command ends, this machine's copy of a shared registry is kept in step.
    """
    if options.get("dry_run"):
        from cop_publish.in_step import bring_up_to_date  # noqa: PLC0415 - not for --help

        bring_up_to_date(options["root"])
    else:
        keep_in_step(options["root"], instant(options["now"]))
    return errand_alone(console, options, ids, remaster)


def keep_in_step(root: Path, now: datetime) -> None:
    """Fetch a shared registry now, and share what changed when the command ends; raises StorageFailed."""
    from cop_publish.in_step import in_step  # noqa: PLC0415 - not for --help

    click.get_current_context().with_resource(in_step(root, now=now))


def errand_alone(
    console: Console,
    options: dict[str, Any],
    ids: frozenset[str] | None,
    remaster: frozenset[str] = frozenset(),
) -> Errand:
    """The same, of the registry as this machine has it."""
    from dataclasses import replace  # noqa: PLC0415 - not for --help

    from cop_publish.audio.order import Crew  # noqa: PLC0415 - the same
    from cop_publish.publish import Errand  # noqa: PLC0415 - the same
    from cop_publish.scope import Scope  # noqa: PLC0415 - the same

    now = instant(options["now"])
    crew = Crew(options.get("jobs", 0), options.get("scheduler", ""))
    scope = Scope(ids, overrides=overrides_in(options))
    errand = Errand(options["root"], scope, now, console.progress, console.protect, remaster, crew)
    return replace(errand, clock=lambda: instant(options["now"]))


def overrides_in(options: dict[str, Any]) -> tuple[Override, ...]:
    """Give what somebody decided; a decision needs a name and a reason."""
    kinds: tuple[str, ...] = options.get("overrides", ())
    by, reason = options.get("by", "").strip(), options.get("reason", "").strip()
    if bool(kinds) != bool(by and reason) or ((by or reason) and not kinds):
        raise click.UsageError("--override, --by and --reason go together: who decides it, and why.")
    if not kinds:
        return ()
    from cop_publish.core.windows import Kind, Override  # noqa: PLC0415 - not for --help

    return tuple(Override(Kind(kind), by, reason) for kind in dict.fromkeys(kinds))


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


def say_outcome(
    console: Console, outcome: Outcome, options: dict[str, Any], value: object, lines: list[str]
) -> int:
    """Print an outcome; what waits decides the exit code, after all that could be done was done."""
    if options["as_json"]:
        console.result(value)
    else:
        console.say(*lines)
    from cop_publish.errors import StorageFailed  # noqa: PLC0415 - only when something is run

    waiting = max((int(p.matter) for w in outcome.waiting for p in w.problems), default=0)
    return waiting or (0 if all(told.ok for told in outcome.told) else StorageFailed.exit_code)


def item_name(path: Path, folder: str, root: Path) -> str:
    """Give the id of an episode's folder or a post's file, however it was typed."""
    name = path.stem if path.suffix in {".md", ".markdown"} else path.name
    if name == "episode":
        name = path.resolve().parent.name
    homes = (root / folder, *(root / folder).glob("[0-9]" * 4))  # posts may lie in folders of years
    here = (home / typed for home in homes for typed in (name, f"{name}.md", f"{name}.markdown"))
    if not any(p.exists() for p in here):
        raise click.UsageError(f"There is no {folder}/{click.format_filename(path.name)} in this show.")
    return name


def kind_and_name(item: str, root: Path) -> tuple[str, str]:
    """Say of what was typed whether it is an episode or a post, and its id; it must be in this show.

    A folder that was typed with it says which; a bare name that both have is the episode.
    """
    kinds = ("episode", "post")
    for kind in [kind for kind in kinds if f"{kind}s" in Path(item).parts] or kinds:
        with suppress(click.UsageError):
            return kind, item_name(Path(item), f"{kind}s", root)
    raise click.UsageError(
        f"There is no episode and no post {click.format_filename(Path(item).name)} in this show."
    )
