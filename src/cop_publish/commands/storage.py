"""What is asked of a store beside publishing: proof of what is live, and what the store really does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from cop_publish.commands.options import DRY, HERE, JSON, NOW, errand_of, instant, say_outcome

if TYPE_CHECKING:
    from pathlib import Path

    from cop_publish.console import Console


@click.command()
@click.option("--deep", is_flag=True, help="Also read every byte in the store again.")
@JSON
@HERE
@click.pass_obj
def verify(console: Console, /, root: Path, *, deep: bool, as_json: bool) -> int:
    """Ask for what is live as a listener's app would, and say what it would stumble over.

    With --deep everything in the store is read again, with your credentials, and compared with what was
    published: what was spoiled, cut short, removed or added is found.
    """
    from cop_publish.errors import StorageFailed  # noqa: PLC0415 - only when it runs
    from cop_publish.intake.settings_file import read_settings  # noqa: PLC0415 - the same
    from cop_publish.verify import reread, verdict_json, verdict_lines, verify_anyway  # noqa: PLC0415 - the same
    from cop_publish.verify import verify as ask  # noqa: PLC0415 - the same

    settings = read_settings(root)
    again = reread(settings, console.progress) if deep else None
    verdict = verify_anyway(settings) if deep else ask(settings)
    console.result(verdict_json(verdict, again)) if as_json else console.say(*verdict_lines(verdict, again))
    return StorageFailed.exit_code if verdict.faults or (again and again.faults) else 0


@click.command()
@click.argument("release", required=False)
@DRY
@JSON
@NOW
@HERE
@click.pass_obj
def rollback(console: Console, /, release: str | None, **options: Any) -> int:  # noqa: ANN401 - click's options
    """Go back to a kept release; without one, list them.

    RELEASE is its number. What comes back is held against the registry of today.
    """
    from cop_publish.report import publish_json, releases_json, releases_lines, undone_lines  # noqa: PLC0415 - heavy
    from cop_publish.undo import plan_roll_back, releases, roll_back  # noqa: PLC0415 - heavy, as the line above

    errand = errand_of(console, options, None)
    if release is None:
        found = releases(errand)
        console.result(releases_json(found)) if options["as_json"] else console.say(*releases_lines(found))
        return 0
    outcome = (plan_roll_back if options["dry_run"] else roll_back)(errand, release)
    return say_outcome(console, outcome, options, publish_json(outcome), undone_lines(outcome))


@click.group()
def storage() -> None:
    """Find out what the store really does, and print the rights it needs and rules for its host."""


@storage.command("check")
@JSON
@HERE
@click.pass_obj
def check_storage(console: Console, /, root: Path, *, as_json: bool) -> int:
    """Try what the store really does, and say what it promises and what it cannot.

    It writes a few small files into the private part and removes them.
    """
    from cop_publish.core.store_check import lines  # noqa: PLC0415 - only when it runs
    from cop_publish.errors import StorageFailed  # noqa: PLC0415 - the same
    from cop_publish.intake.settings_file import read_settings  # noqa: PLC0415 - the same
    from cop_publish.storage.known import remember_check  # noqa: PLC0415 - the same
    from cop_publish.storage.open import open_store  # noqa: PLC0415 - the same
    from cop_publish.storage.probe import check_store, traits_of  # noqa: PLC0415 - the same
    from cop_publish.storage.traits import record_traits  # noqa: PLC0415 - the same
    from cop_publish.unchanged import state_folder  # noqa: PLC0415 - the same

    settings = read_settings(root)
    store = open_store(settings.storage, root)
    found = check_store(store, settings, lambda: instant(None))
    record_traits(store, traits_of(found))
    remember_check(found, settings, state_folder(root), now=instant(None))
    if as_json:
        sentences = [{"ok": line.ok, "sentence": line.sentence} for line in lines(found)]
        console.result({**json.loads(found.to_json()), "sentences": sentences})
    else:
        console.say(*(f"{'ok  ' if line.ok else 'NOT '}  {line.sentence}" for line in lines(found)))
    return 0 if found.is_safe else StorageFailed.exit_code


@storage.command()
@click.argument("name", required=False, type=click.Choice(["publisher", "withdraw", "public", "lifecycle"]))
@HERE
@click.pass_obj
def policy(console: Console, /, root: Path, name: str | None) -> int:
    """Print the least rights for the bucket of this show.

    Each is JSON, as `aws iam put-user-policy`, `aws s3api put-bucket-policy` and `aws s3api
    put-bucket-lifecycle-configuration` take it. With a NAME: that document alone, for a file.
    """
    from cop_publish.intake.settings_file import read_settings  # noqa: PLC0415 - only when it runs
    from cop_publish.storage.policy import documents  # noqa: PLC0415 - the same

    settings = read_settings(root)
    if not settings.storage.bucket:
        raise click.UsageError("This show lies in a folder: set `[storage] bucket` for a bucket's policies.")
    for document in documents(settings.storage):
        if name is None:
            console.say(f"{document.name}: {document.about}")
        if name in {None, document.name}:
            console.result(document.value)
    return 0


@storage.command()
@click.option(
    "--for",
    "host",
    type=click.Choice(["nginx", "caddy", "netlify", "cloudfront"]),
    required=True,
    help="Whose settings they are for.",
)
@HERE
@click.pass_obj
def rules(console: Console, /, root: Path, host: str) -> None:
    """Print rules for a web host: 410 Gone for what was withdrawn.

    They go to standard output: put them into the host's settings. An address that was withdrawn may hold a
    name, and here it is printed as it was: never publish this file, and keep it out of the folder that is
    served and of any repository that others read. Make it again after each withdrawal.

    With a `permalink` without an extension and the folder as store, nginx and Caddy get that rule too.
    """
    from cop_publish.core.host_rules import Host  # noqa: PLC0415 - only when it runs
    from cop_publish.gone import host_rules  # noqa: PLC0415 - the same

    console.say(*host_rules(root, Host(host)).rstrip("\n").split("\n"))
