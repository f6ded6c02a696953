"""Write the reference pages in docs/ from the program itself; `--check` says whether they are up to date."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cop_publish.cli import commands
from cop_publish.core import metadata
from cop_publish.core.feed_advice import ADVICE
from cop_publish.core.feed_rules import RULES
from cop_publish.errors import CopPublishError
from cop_publish.registry import calendar, ledger
from cop_publish.registry import schemas as registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cop_publish.core.front_matter import Schema

DOCS = Path(__file__).parent.parent / "docs"
MADE = "<!-- Made by tools/make_reference.py from the program; do not edit by hand. -->\n"
SCHEMAS = {
    "Episodes: `episodes/ID/episode.md`": metadata.EPISODE,
    "Chapters": metadata.CHAPTER,
    "Images": metadata.IMAGE,
    "Edit lists: `episodes/ID/edit.yaml`": metadata.EDIT,
    "Edit lists, under `cut`": metadata.CUT,
    "Edit lists, under `replace`": metadata.REPLACE,
    "Posts: `posts/YYYY-MM-DD-slug.md`": metadata.POST,
    "Meetings: `meetings/ID.md`": metadata.MEETING,
    "Pages: `about.md`": metadata.PAGE,
    "Registry: `registry.yaml`": registry.REGISTRY,
    "Registry: `people/p-….yaml`": registry.PERSON,
    "Registry: `people/p-….yaml`, under `name`": registry.NAME,
    "Registry: `people/p-….yaml`, under `also`": registry.ALSO,
    "Registry: `consents/…/p-….yaml`": registry.CONSENT,
    "Registry: `consents/…/p-….yaml`, under `allow`": registry.ALLOW,
    "Registry: `consents/…/p-….yaml`, under `given`": registry.GIVEN,
    "Registry: `consents/…/p-….yaml`, under `dept_clearance`": registry.CLEARANCE,
    "Registry: `consents/…/p-….yaml`, under `withdrawn`": registry.WITHDRAWN,
    "Registry: `calendar.yaml`, under `periods`": calendar.PERIOD,
    "Registry: `guard.yaml`": ledger.GUARD,
}


def main() -> int:
    """Write the pages, or say which are out of date; gives the exit code."""
    pages = {
        "commands.md": "".join(_commands()),
        "keys.md": "".join(_keys()),
        "feed-rules.md": "".join(_rules()),
    }
    stale = [
        n for n, text in pages.items() if not (DOCS / n).exists() or (DOCS / n).read_text("utf-8") != text
    ]
    if "--check" in sys.argv:
        for name in stale:
            print(f"docs/{name} is out of date: run python tools/make_reference.py")
        return 1 if stale else 0
    for name in stale:
        (DOCS / name).write_text(pages[name], encoding="utf-8")
        print(f"wrote docs/{name}")
    return 0


def _commands() -> Iterator[str]:
    yield f"# Commands\n\n{MADE}"
    yield "\nExit codes: 0 done"
    for kind in sorted(CopPublishError.__subclasses__(), key=lambda k: k.exit_code):
        yield f" · {kind.exit_code} {(kind.__doc__ or '').strip().splitlines()[0].rstrip('.').lower()}"
    yield f" · {CopPublishError.exit_code} a bug of ours. Never 1.\n"
    yield from _command(commands, "cop-publish")


def _command(command: click.Command, name: str) -> Iterator[str]:
    context = click.Context(command, info_name=name, terminal_width=100)
    if not isinstance(command, click.Group) or name == "cop-publish":
        yield f"\n## `{name}`\n\n```\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for child, sub in sorted(command.commands.items()):
            yield from _command(sub, f"{name} {child}")


def _keys() -> Iterator[str]:
    yield f"# Metadata keys\n\n{MADE}\nHow the files look together is in [formats.md](formats.md).\n"
    for title, schema in SCHEMAS.items():
        yield f"\n## {title}\n\n| key | needed | what it says |\n|---|---|---|\n"
        yield from _rows(schema)


def _rows(schema: Schema) -> Iterator[str]:
    for name, key in schema.items():
        names = ", ".join(f"`{n}`" for n in (name, *key.also))
        yield f"| {names} | {'yes' if key.required else ''} | {key.about.replace('|', chr(92) + '|')} |\n"


def _rules() -> Iterator[str]:
    yield f"# What is checked before a feed is written\n\n{MADE}\n## Rules: the feed is not written\n\n"
    yield from map(_rule, RULES)
    yield "\n## Advice: the feed is written, and you are told\n\n"
    yield from map(_rule, ADVICE)


def _rule(rule: Callable[..., object]) -> str:
    code = rule.__name__.split("_", 1)[0].upper()
    return f"- **{code}** {' '.join((rule.__doc__ or '').split())}\n"


if __name__ == "__main__":
    sys.exit(main())
