"""`cop-publish new consent`: what somebody agreed to in their next item, asked for or told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cop_publish.commands.options import HERE, instant, keep_in_step

if TYPE_CHECKING:
    from cop_publish.console import Console

_LEVELS = ("anonymous", "role", "organisation", "named")
_WITH_WORDS = {"role", "organisation"}


class _Answer(click.Choice[str]):
    """One of a few words, or as many of their letters as tell them apart: ``y`` is yes, ``name`` is named."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        meant = [choice for choice in self.choices if value and choice.startswith(value.strip().lower())]
        return super().convert(meant[0] if len(meant) == 1 else value, param, ctx)


_LEVEL, _YES_OR_NO, _VOICE = _Answer(_LEVELS), _Answer(("yes", "no")), _Answer(("yes", "revoiced", "no"))


@click.command("consent")
@click.argument("person")
@click.argument("item")
@click.option("--level", type=_LEVEL, help="How much may be said of them. Left out: everything is asked for.")
@click.option("--display", default="", help="The exact agreed words; else, of someone named, their name.")
@click.option("--words", type=_YES_OR_NO, default="no", show_default=True, help="Their words may be public.")
@click.option("--voice", type=_VOICE, default="no", show_default=True, help="Their voice may be heard.")
@click.option(
    "--photo", type=_YES_OR_NO, default="no", show_default=True, help="They may be in a photograph."
)
@click.option("--how", default="e-mail", show_default=True, help="How they agreed.")
@click.option(
    "--shown", default="", help="The text they were shown before: its name in the registry's shown/."
)
@HERE
@click.pass_obj
def new_consent(console: Console, /, person: str, item: str, root: Path, **options: Any) -> None:  # noqa: ANN401 - click's options
    """Record what somebody in the registry agreed to in one more item.

    PERSON is an ID, ITEM an episode's folder, or a post's or meeting's file. Without --level it asks for
    everything. Nothing that is typed is printed again.
    """
    from cop_publish.consenting import add_consent, require_askable  # noqa: PLC0415 - not for --help
    from cop_publish.core.consents import PersonId  # noqa: PLC0415 - the same
    from cop_publish.intake.skeleton import Agreed  # noqa: PLC0415 - the same

    keep_in_step(root, instant(None))
    name = _item(item)
    require_askable(root, person, name, console.protect)
    told = options if options["level"] is not None else _ask(options)
    if told["level"] in _WITH_WORDS and not told["display"].strip():
        raise click.UsageError("--display: the exact words that they agreed to be called by.")
    allowed = (told["words"], told["voice"], told["photo"])
    agreed = Agreed(name, told["level"], told["display"].strip(), *allowed, told["how"], told["shown"])
    written = add_consent(root, PersonId(person), agreed, now=instant(None))
    for path in written.paths:
        console.say(f"wrote {click.format_filename(path)}")
    console.say(f"Next: {written.next_step}")


def _ask(options: dict[str, Any]) -> dict[str, Any]:
    """Ask what they agreed to, and only what follows from the answers so far; no yes is assumed."""
    told = dict(options)
    told["level"] = click.prompt("How much may be said of them?", type=_LEVEL)
    if told["level"] in _WITH_WORDS:
        told["display"] = click.prompt("The exact words they agreed to be called by")
    told["words"] = click.prompt("May their words be public?", type=_YES_OR_NO)
    told["voice"] = click.prompt("May their voice be heard?", type=_VOICE)
    told["photo"] = click.prompt("May they be in a photograph?", type=_YES_OR_NO, default="no")
    told["how"] = click.prompt("How did they agree?", default="e-mail")
    return told


def _item(typed: str) -> str:
    """Give an item's name, however it was typed: a name, a folder or a file."""
    path = Path(typed)
    name = path.stem if path.suffix in {".md", ".markdown"} else path.name
    return path.parent.name if name == "episode" else name
