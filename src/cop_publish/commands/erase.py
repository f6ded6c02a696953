"""Erasing a person: what the registry has of them goes for good."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from cop_publish.commands.options import DRY, HERE, JSON, NOW, instant, keep_in_step

if TYPE_CHECKING:
    from cop_publish.console import Console
    from cop_publish.erasing.person import Plan


@click.command()
@click.argument("person")
@click.option(
    "--keep-name", is_flag=True, help="Keep the name alone, so that it is still found and never published."
)
@click.option(
    "--reference",
    default="",
    metavar="WHERE",
    help="Where their request is filed, such as SAR-2026-14; the audit keeps it, so no name.",
)
@click.option("--yes", "is_sure", is_flag=True, help="Ask nothing: for scripts.")
@DRY
@JSON
@NOW
@HERE
@click.pass_obj
def erase(console: Console, /, person: str, **options: Any) -> int:  # noqa: ANN401 - click's options
    """Erase a person from the registry, for good.

    PERSON is an ID. Nothing public may show them any more: withdraw that first. Their consents, answers,
    notes and name go, from older versions of a shared registry too; the audit keeps the ID alone. Run it
    again if it was cut off.
    """
    from cop_publish.core.consents import PersonId  # noqa: PLC0415 - not for --help
    from cop_publish.erasing import person as story  # noqa: PLC0415 - heavy
    from cop_publish.erasing import report  # noqa: PLC0415 - the same
    from cop_publish.errors import StorageFailed  # noqa: PLC0415 - the same
    from cop_publish.registry.erased import NAME, NOTHING  # noqa: PLC0415 - the same

    root, now = options["root"], instant(options["now"])
    request = story.Request(
        PersonId(person), NAME if options["keep_name"] else NOTHING, options["reference"].strip()
    )
    if options["dry_run"]:
        from cop_publish.in_step import bring_up_to_date  # noqa: PLC0415 - not for --help

        bring_up_to_date(root)
    else:
        keep_in_step(root, now)
    plan = story.plan_erase(root, request, console.protect)
    if options["dry_run"]:
        lines = [*report.plan_lines(plan), "Nothing was changed: this was a dry run."]
        console.result(report.plan_json(plan)) if options["as_json"] else console.say(*lines)
        return 0
    _require_decision(console, plan, options)
    erased = story.erase(plan, now=now)
    lines = report.erased_lines(erased)
    console.result(report.erased_json(erased)) if options["as_json"] else console.say(*lines)
    return 0 if erased.older.is_all else StorageFailed.exit_code  # what is left somewhere is no success


def _require_decision(console: Console, plan: Plan, options: dict[str, Any]) -> None:
    """Let nobody go by a slip: a reference, and the ID once more; what was begun is only ended."""
    if plan.is_begun or plan.is_nothing:
        return
    if not plan.request.reference:
        raise click.UsageError("--reference: where their request is filed, such as SAR-2026-14.")
    if options["is_sure"]:
        return
    if options["as_json"] or not sys.stdin.isatty():
        raise click.UsageError("This cannot be undone: look with --dry-run first, then say --yes.")
    from cop_publish.erasing.report import plan_lines  # noqa: PLC0415 - heavy

    console.say(*plan_lines(plan))
    typed = click.prompt(f"This cannot be undone. Type {plan.request.person} to erase them")
    if typed.strip() != plan.request.person:
        raise click.UsageError("That is another ID: nothing was erased.")
