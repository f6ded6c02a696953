"""The command line: one command, one call, print, exit code.  The only place that prints.

The modules of `commands/` are parts of it; what several commands take is in `commands/options.py`.
Exit codes are those of `errors.py`.  Everything heavy is imported inside the command that needs it, so
that ``--help`` answers at once; an architecture test pins which modules it loads.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cop_publish.commands.erase import erase
from cop_publish.commands.new import new
from cop_publish.commands.options import (
    DRY,
    HERE,
    JOBS,
    JSON,
    NOW,
    SCHEDULER,
    errand_of,
    instant,
    item_name,
    say_outcome,
)
from cop_publish.commands.people import allow, deciding, unmark
from cop_publish.commands.sign_off import sign_off, status
from cop_publish.commands.storage import rollback, storage, verify
from cop_publish.commands.withdraw import withdraw
from cop_publish.console import Console

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cop_publish.publish import Errand


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
        from cop_publish.closing import stopped  # noqa: PLC0415 - only when it was

        console.complain(stopped(arguments))
        return 2
    except CopPublishError as error:
        from cop_publish.closing import closing  # noqa: PLC0415 - only when something was refused

        console.complain(*map(str, error.problems), closing(error, arguments))
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
@JOBS
@SCHEDULER
@deciding
@DRY
@JSON
@NOW
@HERE
@click.pass_obj
def episode(console: Console, /, folders: tuple[Path, ...], **options: Any) -> int:  # noqa: ANN401 - click's options
    """Master, tag and publish episodes, with the feed and every page.

    FOLDERS are folders in episodes/. Without any: everything that is ready; says what is not, and why.
    """
    ids = frozenset(item_name(f, "episodes", options["root"]) for f in folders)
    remaster = ids if options["remaster"] else frozenset[str]()
    if options["remaster"] and not ids:
        raise click.UsageError("--remaster needs the folders of the episodes to make again.")
    return _publish(console, errand_of(console, options, ids or None, remaster), options)


@commands.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@deciding
@DRY
@JSON
@NOW
@HERE
@click.pass_obj
def post(console: Console, /, files: tuple[Path, ...], **options: Any) -> int:  # noqa: ANN401 - click's options
    """Publish blog posts, with the blog's feeds and every page.

    FILES are files in posts/. Without any: everything that is ready; says what is not, and why.
    """
    ids = frozenset(item_name(f, "posts", options["root"]) for f in files)
    return _publish(console, errand_of(console, options, ids or None), options)


@commands.command()
@click.option("--abandon", is_flag=True, help="Take back a publish that was cut off.")
@click.option("--reconcile", is_flag=True, help="Read the store again; send what is not as it should be.")
@click.option("--prune", is_flag=True, help="With --reconcile: remove what no release put there.")
@JOBS
@SCHEDULER
@deciding
@DRY
@JSON
@NOW
@HERE
@click.pass_obj
def publish(console: Console, /, **options: Any) -> int:  # noqa: ANN401 - click's options
    """Bring what is live up to date; safe to run from cron: it picks up what has become due."""
    errand = errand_of(console, options, None)
    if options["prune"] and not options["reconcile"]:
        raise click.UsageError("--prune goes with --reconcile.")
    if options["abandon"]:
        return _abandon(console, errand, options)
    if options["reconcile"]:
        return _reconcile(console, errand, options)
    return _publish(console, errand, options)


@commands.command()
@JOBS
@SCHEDULER
@JSON
@NOW
@HERE
@click.pass_obj
def build(console: Console, /, **options: Any) -> int:  # noqa: ANN401 - click's options
    """Build and check the whole site without uploading; `preview` shows it."""
    from cop_publish.publish import build as build_site  # noqa: PLC0415 - heavy
    from cop_publish.report import build_lines, publish_json  # noqa: PLC0415 - the same

    errand = errand_of(console, options, None)
    outcome = build_site(errand)
    return say_outcome(console, outcome, options, publish_json(outcome), build_lines(outcome))


@commands.command()
@JSON
@NOW
@HERE
@click.pass_obj
def check(console: Console, /, **options: Any) -> int:  # noqa: ANN401 - click's options
    """Make every check without making audio; lists every problem at once."""
    from cop_publish.publish import check as check_site  # noqa: PLC0415 - heavy
    from cop_publish.report import check_json, check_lines  # noqa: PLC0415 - the same

    outcome = check_site(errand_of(console, options, None))
    return say_outcome(console, outcome, options, check_json(outcome), check_lines(outcome))


@commands.command()
@click.option("--port", default=8000, show_default=True, help="0 takes a free one.")
@HERE
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
@JSON
@HERE
@click.pass_obj
def doctor(console: Console, /, root: Path, *, as_json: bool) -> int:
    """Look at the set-up: settings, registry, ffmpeg, store, and what should not be in git."""
    from cop_publish.doctor import examine, finding_line  # noqa: PLC0415 - heavy

    findings = examine(root, now=instant(None))
    if as_json:
        console.result([{"ok": f.ok, "what": f.what, "fix": f.fix} for f in findings])
    else:
        console.say(*(line for f in findings for line in finding_line(f).split("\n")))
    return next((f.exit_code for f in findings if not f.ok), 0)


def _abandon(console: Console, errand: Errand, options: dict[str, Any]) -> int:
    from cop_publish.report import publish_json, undone_lines  # noqa: PLC0415 - light, but not for --help
    from cop_publish.undo import abandon, plan_abandon  # noqa: PLC0415 - heavy

    outcome = (plan_abandon if options["dry_run"] else abandon)(errand)
    return say_outcome(console, outcome, options, publish_json(outcome), undone_lines(outcome))


def _reconcile(console: Console, errand: Errand, options: dict[str, Any]) -> int:
    from cop_publish.reconcile import plan_reconcile, prune, reconcile  # noqa: PLC0415 - heavy
    from cop_publish.report import publish_json, publish_lines  # noqa: PLC0415 - light, but not for --help

    story = plan_reconcile if options["dry_run"] else prune if options["prune"] else reconcile
    outcome = story(errand)
    return say_outcome(console, outcome, options, publish_json(outcome), publish_lines(outcome))


def _publish(console: Console, errand: Errand, options: dict[str, Any]) -> int:
    from cop_publish.publish import plan_only  # noqa: PLC0415 - light, but not for --help
    from cop_publish.publish import publish as bring_up_to_date  # noqa: PLC0415 - the same
    from cop_publish.report import publish_json, publish_lines  # noqa: PLC0415 - the same

    outcome = plan_only(errand) if options["dry_run"] else bring_up_to_date(errand)
    return say_outcome(console, outcome, options, publish_json(outcome), publish_lines(outcome))


for _command in (allow, erase, new, rollback, sign_off, status, storage, unmark, verify, withdraw):
    commands.add_command(_command)
