"""Where a name may stand in what contributors send: each place makes one item of a workspace that holds it.

A leak that is put in here goes through everything: reading, clearing, rendering, and then the gate.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from people import Somebody, ascii_letters
from writings import CODED, PLAIN, TAGS, Way, Written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SETTINGS = """\
[show]
title = "The Evaluated Commons"
description = "A made-up show, written by a program, to see what its gate finds."
language = "en-gb"
author = "A fictional community"
owner_email = "podcast@commons.example"
categories = [["Government"]]
guid = "ab5e2ea9-2e2e-572d-be58-adbb22944bdb"
cover = "cover.png"
cover_alt = "A plain square"
hosts = ["p-host"]

[site]
url = "https://commons.example/"
mailing_list = "https://commons.example/join"
timezone = "Europe/London"

[registry]
path = "registry"
"""
HOST = "name: {given: Hostelle, family: Presenterby}\n"
HOST_CONSENT = """\
level: named
display: Hostelle Presenterby
allow: {words: yes, voice: yes, photo: no}
given: {on: 2026-01-10, how: e-mail}
"""
NAMES_A_CELL = 2  # of the shapes, a place and a writing are tried with


@dataclass(frozen=True, slots=True)
class Item:
    """Files of one item, the name of the item, and the leak in it."""

    id: str
    place: str
    writing: str
    person: Somebody
    files: tuple[tuple[str, str], ...]  # path and text


Place = Callable[[int, Written, Somebody], "tuple[str, tuple[tuple[str, str], ...]] | None"]


def items(ways: Mapping[str, Way], people: Sequence[Somebody], seed: int) -> Iterator[Item]:
    """Every place x every way, each with names of a few shapes, numbered one after the other."""
    number = 0
    for place, make in PLACES.items():
        for writing, way in ways.items():
            chance = random.Random(f"source {seed} {place} {writing}")
            candidates = chance.sample(people, len(people))
            shapes: set[str] = set()
            for person in candidates:
                written = way(person)
                made = make(number, written, person) if written and person.shape not in shapes else None
                if made:
                    shapes.add(person.shape)
                    yield Item(made[0], place, writing, person, made[1])
                    number += 1
                if len(shapes) == NAMES_A_CELL:
                    break


def person_file(person: Somebody) -> str:
    """A member as the registry keeps them."""
    name = {"given": person.given, "family": person.family, "known_as": [person.known_as]}
    also = {"emails": [person.email], "handles": [person.handle], "urls": [person.url]}
    also |= {"roles": [person.role], "organisations": [person.organisation]}
    kept = {k: v for k, v in name.items() if v not in ("", [""])}
    found = {k: v for k, v in also.items() if v != [""]}
    return f"name: {_yaml(kept)}\nalso: {_yaml(found)}\n"


def _yaml(value: object) -> str:
    """JSON is YAML, and says exactly which characters are meant."""
    return json.dumps(value, ensure_ascii=False)


# --- places --------------------------------------------------------------------------------------


def _post(number: int, head: str, body: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    name = f"2026-11-{1 + number % 20:02d}-notes-{number}"
    titled = head if "title:" in head else f"title: Notes {number}\n{head}"
    return name, ((f"posts/{name}.md", f"---\n{titled}---\n{body}\n"),)


def _head(key: str) -> Place:
    """One value of a post's front matter."""

    def place(
        number: int, written: Written, _person: Somebody
    ) -> tuple[str, tuple[tuple[str, str], ...]] | None:
        if written.form == TAGS or "\n" in written.text:
            return None
        return _post(number, f"{key}: {_yaml(f'On {written.text} and others')}\n", "Words.")

    return place


def _topic(
    number: int, written: Written, _person: Somebody
) -> tuple[str, tuple[tuple[str, str], ...]] | None:
    if written.form != PLAIN or "\n" in written.text:
        return None
    return _post(number, f"topics: [{_yaml(written.text)}]\n", "Words.")


def _body(template: str) -> Place:
    def place(
        number: int, written: Written, _person: Somebody
    ) -> tuple[str, tuple[tuple[str, str], ...]] | None:
        if "\n" in written.text and "|" in template:
            return None
        return _post(number, "", template.replace("{}", written.text))

    return place


def _address(
    number: int, written: Written, person: Somebody
) -> tuple[str, tuple[tuple[str, str], ...]] | None:
    """The end of a link; only what an address can hold."""
    text = ascii_letters(person.name) if written.form == PLAIN else written.text
    if written.form == TAGS or not text.isascii() or "\\" in text or len(ascii_letters(person.name)) < 8:  # noqa: PLR2004 - the told limit
        return None
    if written.form == CODED and not set(text).isdisjoint("&#; "):
        return None
    return _post(number, "", f"See [the page](https://people.example/{text}).")


def _slug(number: int, written: Written, person: Somebody) -> tuple[str, tuple[tuple[str, str], ...]] | None:
    """The name of the file, which becomes the address."""
    words = [ascii_letters(word) for word in person.name.replace("-", " ").split(" ")]
    if written.form != PLAIN or not person.family or not person.name.isascii() or not all(words):
        return None
    name = f"2026-11-{1 + number % 20:02d}-{'-'.join(words)}-{number}"
    return name, ((f"posts/{name}.md", f"---\ntitle: Notes {number}\n---\nWords.\n"),)


def _meeting(template: str) -> Place:
    def place(
        number: int, written: Written, _person: Somebody
    ) -> tuple[str, tuple[tuple[str, str], ...]] | None:
        if written.form == TAGS or "\n" in written.text:
            return None
        name = f"meeting-{number}"
        head = f"title: Meeting {number}\n" if "title:" not in template else ""
        text = template.replace("{}", _yaml(written.text))
        return name, (
            (
                f"meetings/{name}.md",
                f"---\n{head}{text}\ndate: 2026-10-{1 + number % 28:02d} 14:00\n---\nWords.\n",
            ),
        )

    return place


def _episode(chapter: str = "Welcome", notes: str = "Words.", cue: str = "Hello.") -> Place:
    def place(
        number: int, written: Written, _person: Somebody
    ) -> tuple[str, tuple[tuple[str, str], ...]] | None:
        if written.form == TAGS or "\n" in written.text:
            return None
        name = f"{number:04d}-talk"
        head = (
            f"guid: 01a13ee5-a5c0-73fd-ba40-{number:012d}\ntitle: Talk {number}\nsummary: A talk.\n"
            f"date: 2026-10-{1 + number % 28:02d} 07:00\nnumber: {number + 1}\npeople: [p-host]\n"
            f"chapters: [{{start: 0:00, title: {_yaml(chapter.replace('{}', written.text))}}}]\n"
        )
        text = f"---\n{head}---\n{notes.replace('{}', written.text)}\n"
        vtt = f"WEBVTT\n\n00:00.000 --> 00:02.000\n<v p-host>{cue.replace('{}', written.text)}\n"
        folder = f"episodes/{name}"
        return name, (
            (f"{folder}/episode.md", text),
            (f"{folder}/transcript.vtt", vtt),
            (f"{folder}/recording.wav", "RIFF"),
        )

    return place


PLACES: dict[str, Place] = {
    "post: title": _head("title"),
    "post: summary": _head("summary"),
    "post: topic": _topic,
    "post: paragraph": _body("So {} said it."),
    "post: emphasis": _body("So **{}** said it."),
    "post: heading": _body("## What {} said\n\nWords."),
    "post: list": _body("- one\n- {}\n- three"),
    "post: quote": _body("> said {} then"),
    "post: table": _body("| Who | What |\n| --- | --- |\n| {} | the chair |"),
    "post: code": _body("Write `{}` there."),
    "post: words of a link": _body("Ask [{}](https://people.example/x)."),
    "post: end of an address": _address,
    "post: name of the file": _slug,
    "meeting: title": _meeting("title: {}"),
    "meeting: place": _meeting("place: {}"),
    "meeting: summary": _meeting("summary: {}"),
    "episode: chapter": _episode(chapter="On {}"),
    "episode: notes": _episode(notes="With {} in it."),
    "episode: transcript": _episode(cue="and {} said so"),
}
