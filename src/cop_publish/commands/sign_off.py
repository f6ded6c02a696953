"""What producers do for contributors: show them what will be public of them, and record their answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cop_publish.commands.options import HERE, JSON, NOW, errand_of

if TYPE_CHECKING:
    from cop_publish.console import Console
    from cop_publish.sign_off import Answer


@click.command("sign-off")
@click.argument("item")
@click.argument("person")
@click.option(
    "--approve",
    metavar="FINGERPRINT",
    help="They said yes to the page with this fingerprint; it must be what would be published now.",
)
@click.option(
    "--page", "page_file", type=click.Path(path_type=Path), help="Write the page that they are to see."
)
@click.option(
    "--text",
    "text_file",
    type=click.Path(path_type=Path),
    help="Write the same as plain text, for an e-mail.",
)
@click.option(
    "--answer-by",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    help="The page asks them to answer by this day.",
)
@click.option("--changes", metavar="TEXT", help="They asked for these changes.")
@click.option("--leave-out", is_flag=True, help="They want to be left out.")
@click.option("--how", metavar="WAY", default="", help="How they answered: e-mail, telephone.")
@click.option(
    "--evidence",
    metavar="TEXT",
    default="",
    help="What proves it, such as a message's ID; only a salted digest is kept.",
)
@NOW
@JSON
@HERE
@click.pass_obj
def sign_off(console: Console, /, item: str, person: str, **options: Any) -> int:  # noqa: ANN401 - click's options
    """Show what will be public of one person, and record their answer.

    ITEM is an episode, a post or a meeting, PERSON an ID. Without an answer it says what they would agree
    to. Nothing of theirs is published before their yes, and a changed word asks for a new one.
    """
    from cop_publish import sign_off as story  # noqa: PLC0415 - heavy
    from cop_publish.contributor.page import make_page, write_private  # noqa: PLC0415 - the same
    from cop_publish.core.consents import PersonId  # noqa: PLC0415 - the same
    from cop_publish.core.sign_offs import Decision  # noqa: PLC0415 - the same
    from cop_publish.in_words import refuse_fault  # noqa: PLC0415 - the same

    errand = errand_of(console, options, None)
    answer = _answer(options)
    asked = story.find_asked(errand, _name(item), PersonId(person))
    if answer is None or answer.decision is Decision.APPROVED:  # a no is taken down whatever is in the way
        refuse_fault(asked.ready, asked.view.item, asked.view.person if answer is None else None)
    page_file: Path | None = options["page_file"]
    text_file: Path | None = options["text_file"]
    if page_file is not None or text_file is not None:
        answer_by = options["answer_by"]
        made = make_page(errand, asked, answer_by.date() if answer_by else None)
        pairs = ((page_file, made.page), (text_file, made.text))
        written = [(path, content) for path, content in pairs if path is not None]
        for path, content in written:
            write_private(path, content)
        if not options["as_json"]:
            console.say(*story.page_lines(asked, *(click.format_filename(path) for path, _ in written)))
            return 0
    if answer is not None:
        kept = story.record(asked, answer, errand.now)
        asked = story.find_asked(errand, _name(item), PersonId(person))
        if not options["as_json"]:
            console.say(f"Recorded: {person} in {asked.view.item}: {kept.decision.value}.")
            return 0
    console.result(story.asked_json(asked)) if options["as_json"] else console.say(*story.asked_lines(asked))
    return 0


@click.command()
@click.argument("item", required=False)
@click.option("--names", is_flag=True, help="With people's names: on a terminal alone, and for your eyes.")
@JSON
@NOW
@HERE
@click.pass_obj
def status(console: Console, /, item: str | None, **options: Any) -> int:  # noqa: ANN401 - click's options
    """Say what is live, ready, held back, and waiting on whom.

    With ITEM (an episode, a post, a meeting): who in it has agreed, has signed off, and what holds them up.
    Without: the state of everything, and the same for what somebody holds up.
    """
    from cop_publish import people_status as people  # noqa: PLC0415 - heavy
    from cop_publish.status import find_status, status_json, status_lines  # noqa: PLC0415 - the same

    if options["names"] and options["as_json"]:
        raise click.UsageError("Names are for a terminal alone, and JSON is not.")
    errand = errand_of(console, options, None)
    found = find_status(errand)
    everyone = people.find_people(errand, found.public, _name(item) if item else None)
    if options["as_json"]:
        console.result({**status_json(found), "people": people.people_json(everyone)})
        return 0
    held_up = {s.item for s in everyone if s.blocking}
    lines = people.people_lines([s for s in everyone if item or s.item in held_up])
    said = [] if item else status_lines(found)
    lines = [line for line in lines if not any(above.endswith(line.strip()) for above in said)]  # once
    console.say(*said)
    if options["names"]:
        console.reveal(*people.with_names(lines, people.everyone_known(errand)))
    else:
        console.say(*lines)
    return 0


def _answer(options: dict[str, Any]) -> Answer | None:
    from cop_publish.core.sign_offs import Decision  # noqa: PLC0415 - not for --help
    from cop_publish.sign_off import Answer  # noqa: PLC0415 - the same

    given = {
        Decision.APPROVED: options["approve"],
        Decision.CHANGES: options["changes"],
        Decision.LEFT_OUT: options["leave_out"],
    }
    chosen = [decision for decision, value in given.items() if value]
    if not chosen:
        return None
    if len(chosen) > 1:
        raise click.UsageError("Give one answer: --approve, --changes or --leave-out.")
    if not options["how"]:
        raise click.UsageError("Say how they answered, such as --how e-mail.")
    fingerprint, remark = options["approve"] or "", options["changes"] or ""
    return Answer(chosen[0], options["how"], fingerprint, remark, options["evidence"])


def _name(item: str) -> str:
    """Give an item's name, however it was typed: an ID, a folder or a file."""
    path = Path(item)
    name = path.stem if path.suffix in {".md", ".markdown"} else path.name
    return path.parent.name if name == "episode" else name
