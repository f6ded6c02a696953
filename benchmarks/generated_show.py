"""A made-up show of any number of posts, the same bytes every time: what the benchmarks build.

A post is 7 to 8 KB of Markdown as people write it: headings, lists within lists, links, a table, quotes,
a footnote, typographic quotation marks and dashes.  Pictures are left out, but for the show's cover.
Front matter and file names are read alike by cop-publish and by Hugo.
"""

from __future__ import annotations

import random
import struct
import zlib
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NEWEST = date(2026, 11, 20)
WITHHELD = 40  # people in the registry who have agreed to nothing; the gate looks for all of them
AUTHORS = ("p-ed01", "p-ed02", "p-ed03", "p-ed04", "p-ed05")
_BODY_BYTES = 7_000  # a post ends with the section that passes this
_COVER_PIXELS = 1400


def _phrases(text: str) -> list[str]:
    return [" ".join(phrase.split()) for phrase in text.split(",")]


_SUBJECTS = _phrases(
    """the panel, a resident, the council, every household, our team, the chair, the second group, a
    librarian, the survey, nobody in the room, the service, a caseworker, the letter, most of them, the
    committee, the clerk, a nurse, the tenants"""
)
_VERBS = _phrases(
    """asked for, changed, read, wrote down, explained, left out, tested, answered, kept, questioned,
    postponed, compared, counted, shared, misread, simplified, published, withdrew"""
)
_OBJECTS = _phrases(
    """the record, a shorter letter, the evidence, one clear example, the forecast, the list of repairs,
    two summaries, the cost of waiting, an honest figure, the waiting list, the first draft, what had
    been agreed, the whole table, a plain answer, the map of the ward, the question behind the question,
    the model’s mistakes, the small print"""
)
_ENDINGS = _phrases(
    """before the meeting, in plain words, for the third time, after a week, without being asked, with
    care, on a wet Tuesday, as we had hoped, over the telephone, in large print, at the library, and
    said so, – to our surprise –, and it “didn’t matter”, in the end"""
)
_TOPICS = _phrases(
    """juries, transparency, local government, plain language, procurement, health, housing, open data,
    evaluation, schools"""
)
_GIVEN = _phrases("Alda, Bevan, Ceri, Dilys, Emrys, Ffion, Gethin, Hefin, Iona, Jarmo")
_FAMILIES = _phrases("Examplewick, Madeupton, Fictionby, Sampleford")

_SETTINGS = """\
[show]
title = "The Generated Commons"
description = "A made-up show, written by a program, to see how long building it takes."
language = "en-gb"
author = "A fictional community"
owner_email = "podcast@commons.example"
categories = [["Government"]]
guid = "ab5e2ea9-2e2e-572d-be58-adbb22944bdb"
cover = "cover.png"
cover_alt = "A plain square"

[site]
url = "https://commons.example/"
mailing_list = "https://commons.example/join"
timezone = "Europe/London"

[registry]
path = "registry"
"""


def write_show(folder: Path, posts: int) -> None:
    """Write a workspace with so many posts into an empty folder."""
    (folder / "cop-publish.toml").write_text(_SETTINGS, encoding="utf-8")
    (folder / "cover.png").write_bytes(_plain_square(_COVER_PIXELS))
    (folder / "about.md").write_text("---\ntitle: About\n---\nA made-up show.\n", encoding="utf-8")
    (folder / "posts").mkdir()
    for number in range(posts):
        name, text = post(number)
        (folder / "posts" / name).write_text(text, encoding="utf-8")
    _write_registry(folder / "registry")


def post(number: int) -> tuple[str, str]:
    """Give the file name and the text of one post; 0 is the newest, three a week before it."""
    chance = random.Random(number)  # noqa: S311 - words of a sample, not secrets
    day = NEWEST - timedelta(days=number * 7 // 3)
    title = _sentence(chance)[:-1]
    slug = "-".join(word for word in title.lower().split() if word.isalpha() and word.isascii())[:60].strip(
        "-"
    )
    topics = ", ".join(sorted(chance.sample(_TOPICS, 2)))
    head = f"---\ntitle: {title}\nauthor: {AUTHORS[number % len(AUTHORS)]}\ntopics: [{topics}]\n---\n"
    return f"{day}-{slug}-{number}.md", head + _body(chance)


def _body(chance: random.Random) -> str:
    parts = [_paragraph(chance), "<!--more-->"]
    size = 0
    sections = 0
    while size < _BODY_BYTES:
        section = list(_section(chance, sections))
        size += sum(len(part.encode()) + 2 for part in section)
        parts += section
        sections += 1
    parts.append(f"[^count]: {_sentence(chance)}")
    return "\n\n".join(parts) + "\n"


def _section(chance: random.Random, number: int) -> Iterator[str]:
    yield f"## {_sentence(chance)[:-1]}"
    yield _paragraph(chance) + ("[^count]" if number == 0 else "")
    kind = number % 4
    if kind == 0:
        yield _bullets(chance)
    elif kind == 1:
        yield _table(chance)
    elif kind == 2:
        yield f"> {_sentence(chance)} {_sentence(chance)}"
    else:
        yield f"### {_sentence(chance)[:-1]}"
        yield "\n".join(f"{place}. {_sentence(chance)}" for place in range(1, 6))
    yield _paragraph(chance)


def _paragraph(chance: random.Random) -> str:
    sentences = [_sentence(chance) for _ in range(chance.randint(4, 7))]
    first, second = chance.sample(range(len(sentences)), 2)
    sentences[first] = (
        f"[{sentences[first][:-1]}](https://reports.example/{chance.randrange(10**6)}/summary)."
    )
    words = sentences[second].split()
    words[1] = f"**{words[1]}**"
    words[-2] = f"*{words[-2]}*"
    sentences[second] = " ".join(words)
    return " ".join(sentences)


def _bullets(chance: random.Random) -> str:
    lines = []
    for _ in range(chance.randint(3, 5)):
        lines.append(f"- {_sentence(chance)}")
        lines += [f"  - {_sentence(chance)}" for _ in range(chance.randint(0, 2))]
    return "\n".join(lines)


def _table(chance: random.Random) -> str:
    rows = [["Who", "What", "How many"], ["---", "---", "---:"]]
    for _ in range(5):
        figure = f"{chance.randint(1, 9000):,}"
        rows.append([chance.choice(_SUBJECTS), f"{chance.choice(_VERBS)} {chance.choice(_OBJECTS)}", figure])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _sentence(chance: random.Random) -> str:
    parts = [chance.choice(words) for words in (_SUBJECTS, _VERBS, _OBJECTS, _ENDINGS)]
    words = " ".join(parts)
    return f"{words[0].upper()}{words[1:]}."


def _write_registry(folder: Path) -> None:
    """Authors who are named, so that nobody has to sign off, and people who have agreed to nothing."""
    for part in ("people", "consents/standing"):
        (folder / part).mkdir(parents=True)
    folder.chmod(0o700)
    (folder / "registry.yaml").write_text("version: 1\nfictional: true\nserial: 1\n", encoding="utf-8")
    names = [(given, family) for family in _FAMILIES for given in _GIVEN]
    people = [*AUTHORS, *(f"p-wh{number:02}" for number in range(WITHHELD - len(AUTHORS)))]
    for person, (given, family) in zip(people, names, strict=True):
        _write(folder / "people" / f"{person}.yaml", f"name: {{given: {given}, family: {family}}}\n")
    for person, (given, family) in zip(AUTHORS, names, strict=False):
        agreed = f"level: named\ndisplay: {given} {family}\nallow: {{words: yes}}\n"
        consent = f"{agreed}given: {{on: 2020-01-01, how: e-mail}}\n"
        _write(folder / "consents" / "standing" / f"{person}.yaml", consent)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)


def _plain_square(pixels: int) -> bytes:
    """A grey PNG (W3C PNG, section 11), made without a library."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)

    head = struct.pack(">IIBBBBB", pixels, pixels, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * pixels) * pixels)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
