"""Taking something out of the public for good: an item, or what somebody takes back."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from cop_publish.commands.options import (
    DRY,
    HERE,
    JSON,
    NOW,
    errand_alone,
    errand_of,
    instant,
    keep_in_step,
    kind_and_name,
)

if TYPE_CHECKING:
    from pathlib import Path

    from cop_publish.console import Console
    from cop_publish.withdrawal.known import Item

# What somebody may take back, and what it is called in the registry.
_SCOPES = {"attribution": "attribution", "voice": "voice", "photograph": "photo"}


@click.command()
@click.argument("item", type=click.Path(), required=False)
@click.option("--person", metavar="ID", help="What this person takes back, in ITEM or everywhere.")
@click.option("--scope", type=click.Choice([*_SCOPES]), help="With --person: what of theirs goes.")
@click.option(
    "--mode",
    type=click.Choice(["tombstone", "vanish"]),
    help="Of an episode: for a month the feed says that it was withdrawn (the usual), or nothing does.",
)
@DRY
@JSON
@NOW
@HERE
@click.pass_obj
def withdraw(console: Console, /, item: str | None, **options: Any) -> int:  # noqa: ANN401 - click's options
    """Take something out of the public for good: everywhere, with all its versions.

    ITEM is an episode's folder or a post's file: it stops being served first; then everything that is left of
    it in the store is removed, and withdrawn.yaml keeps it from coming back.

    With --person and --scope a person's attribution, voice or photograph goes, from ITEM or, without one,
    from everything. The registry says so first; the pages, feeds and sounds are made without it. An item that
    cannot be made without it yet stays as it is live, and is named with every place to mend; the rest goes.
    """
    if (options["person"] is None) != (options["scope"] is None):
        raise click.UsageError("--person and --scope go together: who, and what of theirs.")
    if options["person"] is not None and options["mode"] is not None:
        raise click.UsageError("--mode is for a whole episode: a person's part leaves nothing in the feed.")
    if options["person"] is not None:
        return _person(console, item, options)
    if item is None:
        raise click.UsageError("Say what to withdraw: an episode's folder, a post's file, or --person.")
    return _item(console, item, options)


def _item(console: Console, item: str, options: dict[str, Any]) -> int:
    from cop_publish.errors import StorageFailed  # noqa: PLC0415 - not for --help
    from cop_publish.withdrawal.item import Mode, plan_withdraw, withdrawal_json, withdrawal_lines  # noqa: PLC0415 - heavy
    from cop_publish.withdrawal.item import withdraw as take_out  # noqa: PLC0415 - heavy, as the line above

    root = options["root"]
    found_item = _named(item, root)
    if found_item.kind == "post" and options["mode"] is not None:
        raise click.UsageError("--mode is for an episode: posts leave their feeds at once.")
    story = plan_withdraw if options["dry_run"] else take_out
    mode = Mode(options["mode"] or Mode.TOMBSTONE)
    with suppress(StorageFailed):  # it waits for no registry; what this machine has of it counts
        if not options["dry_run"]:
            keep_in_step(root, instant(options["now"]))
    found = story(errand_alone(console, options, None), found_item, mode)
    lines = withdrawal_lines(found, found_item)
    console.result(withdrawal_json(found)) if options["as_json"] else console.say(*lines)
    return _code(found)


def _named(item: str, root: Path) -> Item:
    """What was typed: of this show, or removed from it and still known, as when a withdrawal was cut off."""
    from cop_publish.withdrawal.known import item_of, removed_item  # noqa: PLC0415 - heavy: not for --help

    try:
        kind, name = kind_and_name(item, root)
    except click.UsageError as error:
        found = removed_item(root, item)
        if found is None:
            what = f"{error.message} If it was removed, name its folder or file as it was."
            raise click.UsageError(what) from None
        return found
    return item_of(root, kind, name)


def _person(console: Console, item: str | None, options: dict[str, Any]) -> int:
    from cop_publish.core.consents import PersonId, TakenBack  # noqa: PLC0415 - not for --help
    from cop_publish.withdrawal.person import Request, plan_withdraw_person, withdraw_person  # noqa: PLC0415 - heavy
    from cop_publish.withdrawal.report import person_json, person_lines  # noqa: PLC0415 - the same

    name = kind_and_name(item, options["root"])[1] if item is not None else None
    request = Request(PersonId(options["person"]), TakenBack(_SCOPES[options["scope"]]), name)
    story = plan_withdraw_person if options["dry_run"] else withdraw_person
    found = story(errand_of(console, options, None), request)
    console.result(person_json(found)) if options["as_json"] else console.say(*person_lines(found))
    remaining = (one.exit_code for one in found.remaining)
    return _code(found) or next(remaining, 0)


def _code(found: Any) -> int:  # noqa: ANN401 - either kind of withdrawal
    """What is not gone everywhere is told as a failure."""
    from cop_publish.errors import StorageFailed  # noqa: PLC0415 - only when it ran
    from cop_publish.withdrawal.report import is_all_gone  # noqa: PLC0415 - the same

    is_whole = (found.seen is None or found.seen.ok) and all(told.ok for told in found.told)
    is_gone = found.receipt is None or is_all_gone(found.receipt)
    return 0 if is_whole and is_gone else StorageFailed.exit_code
