"""The commands and options that are about people: who agreed to what, and who decided something for them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cop_publish.commands.agreed import LEVEL, agreed_of, agreeing, ask_what
from cop_publish.commands.options import HERE, NOW, instant, keep_in_step

if TYPE_CHECKING:
    from collections.abc import Callable

    from cop_publish.console import Console


def deciding(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options by which somebody publishes all the same."""
    for option in (
        click.option("--reason", default="", help="Why, with --override; only the registry keeps it."),
        click.option("--by", default="", help="Who decides that; only the registry keeps it."),
        click.option(
            "--override",
            "overrides",
            type=click.Choice(["election", "department"]),
            multiple=True,
            help="Publish although a pre-election period or a department says no.",
        ),
    ):
        command = option(command)
    return command


@click.command()
@click.argument("place", metavar="FILE[:LINE]")
@click.option("--by", required=True, help="Who decides that it may be public; only the registry keeps it.")
@click.option("--reason", required=True, help="Why; only the registry keeps it.")
@HERE
@click.pass_obj
def unmark(console: Console, /, place: str, root: Path, by: str, reason: str) -> None:
    """Let go of a passage that was marked once, so that it may be public without its mark.

    Take the mark out of FILE first. Without a LINE: every such passage in FILE.
    """
    from cop_publish.core.problems import Place  # noqa: PLC0415 - not for --help
    from cop_publish.unmark import unmark as let_go  # noqa: PLC0415 - the same

    if not (by.strip() and reason.strip()):
        raise click.UsageError("Unmarking needs a name and a reason.")
    keep_in_step(root, instant(None))
    name, line = _name_and_line(place)
    where = Place(_in_workspace(name, root), line)
    count = let_go(root, where, {"by": by, "reason": reason}, console.protect, now=instant(None))
    passages = "1 passage" if count == 1 else f"{count} passages"
    console.say(
        f"{passages} at {click.format_filename(str(where))} may be public now; the registry has who and why."
    )


def _name_and_line(place: str) -> tuple[str, int]:
    name, colon, number = place.rpartition(":")
    if colon and number.isdecimal():
        head, again, line = name.rpartition(":")  # FILE:LINE:COLUMN, as messages have it
        return (head, int(line)) if again and line.isdecimal() else (name, int(number))
    return place, 0


def _in_workspace(name: str, root: Path) -> str:
    """Give a file's path from the workspace on, however it was typed."""
    for path in (root / name, Path(name)):
        if path.is_file() and path.resolve().is_relative_to(root.resolve()):
            return path.resolve().relative_to(root.resolve()).as_posix()
    raise click.UsageError(f"There is no {click.format_filename(name)} in this show.")


@click.command()
@click.argument("fingerprints", nargs=-1, metavar="[FINGERPRINT]...")
@click.option("--reason", default="", help="Why it is not them, or may stand; only the registry keeps it.")
@click.option("--by", default="", metavar="PERSON", help="The ID of who looked.")
@click.option("--second", default="", metavar="PERSON", help="The ID of who else looked; of a whole name.")
@click.option(
    "--expires",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    help="The first day on which it must be looked at again.",
)
@click.option("--renew", "is_renewal", is_flag=True, help="These are allowed already: let them hold longer.")
@click.option("--remove", "is_removal", is_flag=True, help="Take these out: they are allowed no longer.")
@click.option("--list", "is_list", is_flag=True, help="Say what is allowed until when, and what could be.")
@NOW
@HERE
@click.pass_obj
def allow(console: Console, /, fingerprints: tuple[str, ...], **options: Any) -> None:  # noqa: ANN401 - click's options
    """Allow what the gate found, after somebody has looked: FINGERPRINT is the report's.

    It holds for that very sentence in that item, until it ends; the registry keeps it, and who decided.
    """
    from cop_publish import allowing as story  # noqa: PLC0415 - heavy

    root, now = options["root"], instant(options["now"])
    kind = _kind_of_allow(fingerprints, options)
    keep_in_step(root, now)
    if kind == "list":
        console.say(*story.listed_lines(story.listed(root, console.protect, now=now)))
        return
    expires = options["expires"].date() if options["expires"] else None
    look = story.Look(options["by"], options["second"], options["reason"].strip(), expires)
    if kind == "allow":
        offers = story.allow(root, fingerprints, look, console.protect, now=now)
        console.say(*story.allowed_lines(offers, look))
        return
    from cop_publish import renewing as again  # noqa: PLC0415 - heavy

    if kind == "renew":
        renewed = again.renew(root, fingerprints, look, console.protect, now=now)
        console.say(*again.renewed_lines(renewed, look))
    else:
        removed = again.remove(root, fingerprints, look, console.protect, now=now)
        console.say(*again.removed_lines(removed))


def _kind_of_allow(fingerprints: tuple[str, ...], options: dict[str, Any]) -> str:
    """Give what was asked for; raises UsageError for what does not go together."""
    kinds = [kind for kind, flag in _ALLOW_KINDS.items() if options[flag]]
    who = [fingerprints, options["reason"].strip(), options["by"]]
    if len(kinds) > 1 or (kinds == ["list"] and any([*who, options["expires"]])):
        raise click.UsageError("--list stands alone." if "list" in kinds else "--renew or --remove: choose.")
    if kinds == ["remove"] and not (all(who) and not options["expires"]):
        raise click.UsageError("--remove needs a fingerprint, --reason and --by, and nothing more.")
    if kinds == ["renew"] and not all([*who, options["expires"]]):
        raise click.UsageError("--renew needs a fingerprint, --reason, --by and --expires.")
    if not kinds and not all([*who, options["expires"]]):
        raise click.UsageError("Allowing needs a fingerprint, --reason, --by and --expires; or say --list.")
    return kinds[0] if kinds else "allow"


_ALLOW_KINDS = {"list": "is_list", "renew": "is_renewal", "remove": "is_removal"}


@click.command("person")
@click.option("--given", help="The given name. Left out: everything is asked for.")
@click.option("--family", default="", help="The family name.")
@click.option(
    "--email", "emails", multiple=True, help="An e-mail address of theirs, so that the gate finds it."
)
@click.option(
    "--employer",
    "employers",
    multiple=True,
    help="What people call where they work; their page says where it stands.",
)
@click.option(
    "--role",
    "roles",
    multiple=True,
    help="What people call what they do, where that tells who they are; the gate looks for it.",
)
@click.option(
    "--known-as", "known_as", multiple=True, help="Another given name they go by; the gate looks for it."
)
@click.option("--host", is_flag=True, help="They agreed once for every item, as a host does.")
@click.option("--for", "item", default="", help="The episode, post or meeting that they agreed to.")
@click.option("--level", type=LEVEL, help="How much may be said of them; with --host or --for.")
@agreeing
@HERE
@click.pass_obj
def new_person(console: Console, /, root: Path, **options: Any) -> None:  # noqa: ANN401 - click's options
    """Add a person to the private registry, with what they agreed to: with neither --host nor --for, nothing.

    Without --given it asks for everything. Nothing that is typed is printed again.
    """
    from cop_publish.intake.skeleton import Known  # noqa: PLC0415 - not for --help
    from cop_publish.people import Newcomer, add_person  # noqa: PLC0415 - the same

    asked = options if options["given"] is not None else _ask(options)
    if asked["host"] and asked["item"]:
        raise click.UsageError("--host is for every item, and --for is for one: choose.")
    if bool(asked["host"] or asked["item"]) != bool(asked["level"]):
        raise click.UsageError("--level goes with --host or --for: how much they agreed to, and for what.")
    agreed = None
    if asked["host"] or asked["item"]:
        name = f"{asked['given']} {asked['family']}".strip()
        display = asked["display"] or (name if asked["level"] == "named" else "")
        agreed = agreed_of(asked["item"], {**asked, "display": display})
    keep_in_step(root, instant(None))
    words = (tuple(filter(str.strip, asked[key])) for key in ("employers", "roles", "known_as"))
    known = Known(tuple(asked["emails"]), *words)
    newcomer = Newcomer(asked["given"], asked["family"], known, agreed)
    written = add_person(root, newcomer, now=instant(None))
    for path in written.paths:
        console.say(f"wrote {click.format_filename(path)}")
    console.say(f"Next: {written.next_step}")


def _ask(options: dict[str, Any]) -> dict[str, Any]:
    """Ask for everything, and only what follows from the answers so far."""
    asked = dict(options)
    asked["given"] = click.prompt("Given name, or the only one")
    asked["family"] = click.prompt("Family name", default="", show_default=False)
    asked["known_as"] = _several("Another given name they go by (nothing: none)")
    email = click.prompt("E-mail address (never published)", default="", show_default=False)
    asked["emails"] = (email,) if email else ()
    asked["employers"] = _several("What do people call where they work? (nothing: do not look for it)")
    what = "What do people call what they do, if that tells who it is? (nothing: do not look for it)"
    asked["roles"] = _several(what)
    asked["host"] = click.confirm("Did they agree once for every item, as a host does?", default=False)
    if not asked["host"]:
        what = "Which episode, post or meeting did they agree to? (nothing: none yet)"
        asked["item"] = click.prompt(what, default="", show_default=False)
    if asked["host"] or asked["item"]:
        asked = ask_what(asked)
    return asked


def _several(question: str) -> tuple[str, ...]:
    """Ask until nothing is answered."""
    given: list[str] = []
    while answer := click.prompt(
        "And another? (nothing: no more)" if given else question, default="", show_default=False
    ).strip():
        given.append(answer)
    return tuple(given)
