"""What somebody agreed to, told by options or asked for: of a new person, and of one who is known already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cop_publish.intake.skeleton import Agreed


class _Answer(click.Choice[str]):
    """One of a few words, or as many of their letters as tell them apart: ``y`` is yes, ``name`` is named."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        meant = [choice for choice in self.choices if value and choice.startswith(value.strip().lower())]
        return super().convert(meant[0] if len(meant) == 1 else value, param, ctx)


LEVEL = _Answer(("anonymous", "role", "organisation", "named"))
_YES_OR_NO, _VOICE = _Answer(("yes", "no")), _Answer(("yes", "revoiced", "no"))
_WITH_WORDS = {"role", "organisation"}


def agreeing(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say what somebody agreed to, but for its own `--level`."""
    for option in (
        click.option(
            "--shown", default="", help="The text they were shown before: its name in the registry's shown/."
        ),
        click.option("--how", default="e-mail", show_default=True, help="How they agreed."),
        click.option(
            "--photo", type=_YES_OR_NO, default="no", show_default=True, help="They may be in a photograph."
        ),
        click.option(
            "--voice", type=_VOICE, default="no", show_default=True, help="Their voice may be heard."
        ),
        click.option(
            "--words", type=_YES_OR_NO, default="no", show_default=True, help="Their words may be public."
        ),
        click.option(
            "--group-size",
            type=click.IntRange(min=1),
            help="How many people those words fit, by their own estimate; 20 or more hide somebody.",
        ),
        click.option(
            "--display", default="", help="The exact agreed words; else, of someone named, their name."
        ),
    ):
        command = option(command)
    return command


def ask_what(told: Mapping[str, Any]) -> dict[str, Any]:
    """Ask what they agreed to, and only what follows from the answers so far; no yes is assumed."""
    asked = dict(told)
    asked["level"] = click.prompt("How much may be said of them?", type=LEVEL)
    if asked["level"] in _WITH_WORDS:
        asked["display"] = click.prompt("The exact words they agreed to be called by")
        what = "How many people do those words fit, as they think? (0: not asked yet)"
        asked["group_size"] = click.prompt(what, type=click.IntRange(min=0), default=0) or None
    asked["words"] = click.prompt("May their words be public?", type=_YES_OR_NO)
    asked["voice"] = click.prompt("May their voice be heard?", type=_VOICE)
    asked["photo"] = click.prompt("May they be in a photograph?", type=_YES_OR_NO, default="no")
    asked["how"] = click.prompt("How did they agree?", default="e-mail")
    return asked


def agreed_of(item: str, told: Mapping[str, Any]) -> Agreed:
    """Join the answers; raises UsageError where the agreed words are missing."""
    from cop_publish.intake.skeleton import Agreed  # noqa: PLC0415 - not for --help

    display = told["display"].strip()
    if told["level"] in _WITH_WORDS and not display:
        raise click.UsageError("--display: the exact words that they agreed to be called by.")
    allowed = (told["words"], told["voice"], told["photo"])
    size = told["group_size"]
    return Agreed(item, told["level"], display, *allowed, told["how"], told["shown"], group_size=size)
