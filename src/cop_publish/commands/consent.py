"""`cop-publish new consent`: what somebody agreed to in their next item, asked for or told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cop_publish.commands.agreed import LEVEL, agreed_of, agreeing, ask_what
from cop_publish.commands.options import HERE, instant, keep_in_step

if TYPE_CHECKING:
    from cop_publish.console import Console


@click.command("consent")
@click.argument("person")
@click.argument("item")
@click.option("--level", type=LEVEL, help="How much may be said of them. Left out: everything is asked for.")
@agreeing
@HERE
@click.pass_obj
def new_consent(console: Console, /, person: str, item: str, root: Path, **options: Any) -> None:  # noqa: ANN401 - click's options
    """Record what somebody in the registry agreed to in one more item.

    PERSON is an ID, ITEM an episode's folder, or a post's or meeting's file. Without --level it asks for
    everything. Nothing that is typed is printed again.
    """
    from cop_publish.consenting import add_consent, require_askable  # noqa: PLC0415 - not for --help
    from cop_publish.core.consents import PersonId  # noqa: PLC0415 - the same

    keep_in_step(root, instant(None))
    name = _item(item)
    require_askable(root, person, name, console.protect)
    told = options if options["level"] is not None else ask_what(options)
    agreed = agreed_of(name, told)
    written = add_consent(root, PersonId(person), agreed, now=instant(None))
    for path in written.paths:
        console.say(f"wrote {click.format_filename(path)}")
    console.say(f"Next: {written.next_step}")


def _item(typed: str) -> str:
    """Give an item's name, however it was typed: a name, a folder or a file."""
    path = Path(typed)
    name = path.stem if path.suffix in {".md", ".markdown"} else path.name
    return path.parent.name if name == "episode" else name
