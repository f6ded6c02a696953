"""The command line: one command, one call, print, exit code.  The only place that prints.

Exit codes are those of `errors.py`.  Everything heavy is imported inside the command that needs it, so
that ``--help`` answers at once; an architecture test pins which modules it loads.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cop_publish.cli_people import deciding, new_person, overrides_in, unmark
from cop_publish.console import MAY_BE_PARTLY_UP, Console

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cop_publish.publish import Errand, Outcome

_HERE = click.option(
    "-C",
    "--workspace",
    "root",
    type=click.Path(path_type=Path),
    default=Path(),
    help="The show's folder; else this one.",
)
_NOW = click.option(
    "--now", metavar="TIME", help="Build as of this instant (ISO 8601, with offset); else now."
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Say it as JSON, for scripts.")
_DRY = click.option("--dry-run", is_flag=True, help="Print the plan and change nothing.")

_JOBS = click.option(
    "--jobs", type=click.IntRange(0, 256), default=0, help="Encoders at a time; else one for each core."
)
_SCHEDULER = click.option(
    "--scheduler", metavar="ADDRESS", default="", help="Make masters on the dask cluster at this address."
)


def run(arguments: Sequence[str]) -> int:
    """Run one command line; gives the exit code."""
    from cop_publish.errors import CopPublishError  # noqa: PLC0415 - only when something is run

    # Before numpy loads: its products here are small, and threads for them take cores from the encoders.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    console = Console(sys.stdout, sys.stderr)
    try:
        code = commands.main(
            args=list(arguments), prog_name="cop-publish", standalone_mode=False, obj=console
        )
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        console.complain(f"Stopped. {MAY_BE_PARTLY_UP} Run the command again to finish.")
        return 2
    except CopPublishError as error:
        console.complain(*map(str, error.problems), error.summary)
        return error.exit_code
    except BrokenPipeError:
        return 0
    except Exception as error:  # noqa: BLE001 - a bug of ours; its words could hold a name, so only its kind is shown
        console.bug(error)
        return CopPublishError.exit_code
    return code if isinstance(code, int) else 0


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cop-publish", message="cop-publish %(version)s")
def commands() -> None:
    """Publish a podcast and a blog for people who must not be exposed.

    No name, voice, photograph or marked passage becomes public without a recorded yes.
    """


@commands.command()
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path))
@click.option("--remaster", is_flag=True, help="Make the masters of these episodes again.")
@_JOBS
@_SCHEDULER
@deciding
@_DRY
@_JSON
@_NOW
@_HERE
@click.pass_obj
def episode(console: Console, /, folders: tuple[Path, ...], **options: Any) -> int:  # noqa: ANN401 - click's options
    """Master, tag and publish episodes, with the feed and every page.

    FOLDERS are folders in episodes/. Without any: everything that is ready; says what is not, and why.
    """
    ids = frozenset(_item(f, "episodes", options["root"]) for f in folders)
    remaster = ids if options["remaster"] else frozenset[str]()
    if options["remaster"] and not ids:
        raise click.UsageError("--remaster needs the folders of the episodes to make again.")
    return _publish(console, _errand(console, options, ids or None, remaster), options)


@commands.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@deciding
@_DRY
@_JSON
@_NOW
@_HERE
@click.pass_obj
def post(console: Console, /, files: tuple[Path, ...], **options: Any) -> int:  # noqa: ANN401 - click's options
    """Publish blog posts, with the blog's feeds and every page.

    FILES are files in posts/. Without any: everything that is ready; says what is not, and why.
    """
    ids = frozenset(_item(f, "posts", options["root"]) for f in files)
    return _publish(console, _errand(console, options, ids or None), options)


@commands.command()
@_JOBS
@_SCHEDULER
@deciding
@_DRY
@_JSON
@_NOW
@_HERE
@click.pass_obj
def publish(console: Console, /, **options: Any) -> int:  # noqa: ANN401 - click's options
    """Bring what is live up to date; safe to run from cron: it picks up what has become due."""
    return _publish(console, _errand(console, options, None), options)


@commands.command()
@_JOBS
@_SCHEDULER
@_JSON
@_NOW
@_HERE
@click.pass_obj
def build(console: Console, /, **options: Any) -> int:  # noqa: ANN401 - click's options
    """Build and check the whole site without uploading; `preview` shows it."""
    from cop_publish.publish import build as build_site  # noqa: PLC0415 - heavy
    from cop_publish.report import build_lines, publish_json  # noqa: PLC0415 - the same

    errand = _errand(console, options, None)
    outcome = build_site(errand)
    return _say(console, outcome, options, publish_json(outcome), build_lines(outcome))


@commands.command()
@_JSON
@_NOW
@_HERE
@click.pass_obj
def check(console: Console, /, **options: Any) -> int:  # noqa: ANN401 - click's options
    """Make every check without making audio; lists every problem at once."""
    from cop_publish.publish import check as check_site  # noqa: PLC0415 - heavy
    from cop_publish.report import check_json, check_lines  # noqa: PLC0415 - the same

    outcome = check_site(_errand(console, options, None))
    return _say(console, outcome, options, check_json(outcome), check_lines(outcome))


@commands.command()
@_JSON
@_NOW
@_HERE
@click.pass_obj
def status(console: Console, /, **options: Any) -> int:  # noqa: ANN401 - click's options
    """Say what is live, ready, held back, and waiting on whom."""
    from cop_publish.status import find_status, status_json, status_lines  # noqa: PLC0415 - heavy

    found = find_status(_errand(console, options, None))
    console.result(status_json(found)) if options["as_json"] else console.say(*status_lines(found))
    return 0


@commands.command()
@click.option("--port", default=8000, show_default=True, help="0 takes a free one.")
@_HERE
@click.pass_obj
def preview(console: Console, /, port: int, root: Path) -> None:
    """Serve what was last built or published on this machine only, until Ctrl-C."""
    from cop_publish.preview import latest_folder, open_server  # noqa: PLC0415 - its own weight

    server = open_server(latest_folder(root), port)
    console.say(f"http://127.0.0.1:{server.server_port}/  (Ctrl-C ends it)")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        console.say("Ended.")
    finally:
        server.server_close()


@commands.command()
@_JSON
@_HERE
@click.pass_obj
def doctor(console: Console, /, root: Path, *, as_json: bool) -> int:
    """Look at the set-up: settings, registry, ffmpeg, store, and what should not be in git."""
    from cop_publish.doctor import examine, finding_line  # noqa: PLC0415 - heavy

    findings = examine(root)
    if as_json:
        console.result([{"ok": f.ok, "what": f.what, "fix": f.fix} for f in findings])
    else:
        console.say(*(line for f in findings for line in finding_line(f).split("\n")))
    return next((f.exit_code for f in findings if not f.ok), 0)


@commands.group()
def new() -> None:
    """Write the skeleton of a show, an episode, a post, a meeting or a person."""


@new.command("show")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--registry",
    type=click.Path(path_type=Path),
    help="The private registry; else beside it.",
)
@click.pass_obj
def new_show(console: Console, /, folder: Path, registry: Path | None) -> None:
    """Make a folder for a new show, which builds at once, and its private registry beside it."""
    from uuid import uuid4  # noqa: PLC0415 - only here

    from cop_publish.intake import skeleton  # noqa: PLC0415 - the same

    folder = folder.absolute()
    beside = registry.absolute() if registry else folder.with_name(f"{folder.name}-registry")
    _written(console, skeleton.new_show(folder, beside, uuid4()))


@new.command("episode")
@click.argument("words", nargs=-1, required=True)
@_HERE
@click.pass_obj
def new_episode(console: Console, /, words: tuple[str, ...], root: Path) -> None:
    """Write an episode's folder, with its guid already in it. WORDS name it."""
    from uuid import uuid4  # noqa: PLC0415 - only here

    from cop_publish.intake import skeleton  # noqa: PLC0415 - the same

    _require_workspace(root)
    _written(console, skeleton.new_episode(root, " ".join(words), uuid4(), _today()))


@new.command("post")
@click.argument("words", nargs=-1, required=True)
@_HERE
@click.pass_obj
def new_post(console: Console, /, words: tuple[str, ...], root: Path) -> None:
    """Write a post's file. WORDS are its title."""
    from cop_publish.intake import skeleton  # noqa: PLC0415 - only here

    _require_workspace(root)
    _written(console, skeleton.new_post(root, " ".join(words), _today()))


@new.command("meeting")
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@click.argument("words", nargs=-1, required=True)
@_HERE
@click.pass_obj
def new_meeting(console: Console, /, day: datetime, words: tuple[str, ...], root: Path) -> None:
    """Write a meeting's file. DAY is like 2026-12-09, WORDS are its title."""
    from cop_publish.intake import skeleton  # noqa: PLC0415 - only here

    _require_workspace(root)
    _written(console, skeleton.new_meeting(root, " ".join(words), day.date()))


commands.add_command(unmark)
new.add_command(new_person)


def _publish(console: Console, errand: Errand, options: dict[str, Any]) -> int:
    from cop_publish.publish import plan_only  # noqa: PLC0415 - light, but not for --help
    from cop_publish.publish import publish as bring_up_to_date  # noqa: PLC0415 - the same
    from cop_publish.report import publish_json, publish_lines  # noqa: PLC0415 - the same

    outcome = plan_only(errand) if options["dry_run"] else bring_up_to_date(errand)
    return _say(console, outcome, options, publish_json(outcome), publish_lines(outcome))


def _say(console: Console, outcome: Outcome, options: dict[str, Any], value: object, lines: list[str]) -> int:
    """Print an outcome; what waits decides the exit code, after all that could be done was done."""
    if options["as_json"]:
        console.result(value)
    else:
        console.say(*lines)
    return max((int(p.matter) for w in outcome.waiting for p in w.problems), default=0)


def _errand(
    console: Console,
    options: dict[str, Any],
    ids: frozenset[str] | None,
    remaster: frozenset[str] = frozenset(),
) -> Errand:
    from dataclasses import replace  # noqa: PLC0415 - not for --help

    from cop_publish.audio.order import Crew  # noqa: PLC0415 - the same
    from cop_publish.publish import Errand  # noqa: PLC0415 - the same
    from cop_publish.scope import Scope  # noqa: PLC0415 - the same

    now = _instant(options["now"])
    crew = Crew(options.get("jobs", 0), options.get("scheduler", ""))
    scope = Scope(ids, overrides_in(options))
    errand = Errand(options["root"], scope, now, console.progress, console.protect, remaster, crew)
    return replace(errand, clock=lambda: _instant(options["now"]))


def _instant(text: str | None) -> datetime:
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


def _today() -> Any:  # noqa: ANN401 - a date; its type would be one more import for --help
    return datetime.now(UTC).date()


def _item(path: Path, folder: str, root: Path) -> str:
    """Give the id of an episode's folder or a post's file, however it was typed."""
    name = path.stem if path.suffix in {".md", ".markdown"} else path.name
    if name == "episode":
        name = path.resolve().parent.name
    here = [root / folder / name, root / folder / f"{name}.md", root / folder / f"{name}.markdown"]
    if not any(p.exists() for p in here):
        raise click.UsageError(f"There is no {folder}/{click.format_filename(path.name)} in this show.")
    return name


def _require_workspace(root: Path) -> None:
    from cop_publish.intake.settings_file import read_settings  # noqa: PLC0415 - not for --help

    read_settings(root)


def _written(console: Console, written: Any) -> None:  # noqa: ANN401 - skeleton.Written, imported late
    for path in written.paths:
        console.say(f"wrote {click.format_filename(path)}")
    console.say(f"Next: {written.next_step}")
