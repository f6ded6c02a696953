"""Adversarial cases: marks, in every place and damaged in every way."""

# ruff: noqa: RUF001 - characters that are easily taken for others are what these rows are about

from __future__ import annotations

from typing import TYPE_CHECKING

from cases import DONE, REFUSED, UNTOLD, Case, case
from spoil import NEW_POST, episode, post, raw_post, wav
from workspaces import say

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PHRASES = (
    *("typo", "unclosed", "stray end", "nested", "in list", "in quote", "in table", "in code"),
    *("in front matter", "in alt", "in link title", "in footnote", "in VTT cue", "CRLF", "BOM", "fullwidth"),
    *("Word autocorrect", "NBSP after `:::`", "merge-conflict markers", "mark spanning paragraphs"),
    *("marks deleted by a later commit (ledger)", "`|say|` text itself naming someone"),
)
BLOCK = f"::: confidential\n{UNTOLD} is next.\n::: end"
INLINE = f"It is [[confidential: {UNTOLD} itself |say| a town]]."
SAID = "It is a town"
AT = f"{NEW_POST}:"
_SENTENCE = f"The council of {UNTOLD} has not yet told anybody that it will close the bridge in March"


def body(*paragraphs: str) -> Callable[[Path], None]:
    return post("title: New", body="\n\n".join(("Before.", *paragraphs, "After.")))


def deleted_later(root: Path) -> None:
    """Published once with its mark, which then goes."""
    body(f"::: confidential\n{_SENTENCE}.\n::: end")(root)
    assert say(root, "publish").code == 0
    body(f"{_SENTENCE}.")(root)


def reworded_later(root: Path) -> None:
    deleted_later(root)
    body(f"So the *council* of {UNTOLD} has not yet told anybody that it will close the bridge, in March.")(
        root
    )


CASES: tuple[Case, ...] = (
    case("typo", "of the keyword", body(f"::: confidental\n{UNTOLD}\n::: end"), REFUSED, AT),
    case("typo", "of the end", body(f"::: confidential\n{UNTOLD}\n::: edn"), REFUSED, AT),
    case(
        "typo",
        "no space, which a Markdown container lets by",
        body(f":::confidental\n{UNTOLD}\n:::"),
        REFUSED,
        AT,
    ),
    case("typo", "inside a line", body(f"It is [[confidentail: {UNTOLD}]]."), REFUSED, AT),
    case("unclosed", "a block", body(f"::: confidential\n{UNTOLD}"), REFUSED, AT),
    case("unclosed", "inside a line", body(f"It is [[confidential: {UNTOLD}."), REFUSED, AT),
    case("stray end", "of a block", body(UNTOLD, "::: end"), REFUSED, AT),
    case("stray end", "brackets", body(f"It is {UNTOLD}]]."), REFUSED, AT),
    case(
        "nested",
        "a block in a block",
        body(f"::: confidential\n::: confidential\n{UNTOLD}\n::: end\n{UNTOLD}\n::: end"),
        REFUSED,
        AT,
    ),
    case(
        "nested",
        "a mark in a mark",
        body(f"It is [[confidential: a [[confidential: {UNTOLD}]] b]]."),
        REFUSED,
        AT,
    ),
    case("in list", "inside an entry", body(f"- one\n- {INLINE}\n- three"), DONE, shows=(SAID,)),
    case(
        "in list", "a block under an entry", body(f"- one\n\n  ::: confidential\n  {UNTOLD}\n  ::: end"), DONE
    ),
    case("in quote", "inside a line", body(f"> {INLINE}"), DONE, shows=(SAID,)),
    case(
        "in quote",
        "a block",
        body(f"> Kept.\n>\n> ::: confidential\n> {UNTOLD}\n> ::: end"),
        DONE,
        shows=("Kept.",),
    ),
    case(
        "in table", "a cell", body(f"| a | b |\n| - | - |\n| one | [[confidential: {UNTOLD} itself]] |"), DONE
    ),
    case(
        "in code",
        "a block",
        body(f"```\n::: confidential\n{UNTOLD}\n::: end\nkept()\n```"),
        DONE,
        shows=("kept()",),
    ),
    case(
        "in code",
        "inside a line",
        body(f"`[[confidential: {UNTOLD} |say| a town]]`"),
        DONE,
        shows=("a town",),
    ),
    case(
        "in front matter",
        "a title",
        post(f"title: 'A [[confidential: {UNTOLD} |say| new]] bridge'"),
        DONE,
        shows=("A new bridge",),
    ),
    case(
        "in front matter",
        "a summary, damaged",
        post("title: New", f"summary: 'A [[confidentia: {UNTOLD}]] bridge'"),
        REFUSED,
        AT,
    ),
    case(
        "in front matter",
        "a topic",
        post("title: New", f"topics: ['[[confidential: {UNTOLD}]]']"),
        REFUSED,
        AT,
    ),
    case(
        "in alt",
        "of a picture",
        body(f"![A map [[confidential: of {UNTOLD} |say| of a town]]](/images/jury-hours.png)"),
        REFUSED,
        "picture 1 of the text is not listed",
    ),
    case(
        "in alt",
        "of a listed picture",
        post(
            "title: New",
            "images: [{file: /images/jury-hours.png, people: [], "
            f"alt: 'A map [[confidential: of {UNTOLD} |say| of a town]]'}}]",
            body="![](/images/jury-hours.png)",
        ),
        DONE,
        shows=("A map of a town",),
    ),
    case(
        "in link title",
        "a title",
        body(f'[there](https://x.example/ "In [[confidential: {UNTOLD} |say| a town]]")'),
        DONE,
        shows=("there",),
    ),
    case(
        "in footnote",
        "its words",
        body("Seen.[^1]", f"[^1]: {INLINE}"),
        DONE,
        shows=("It is a town",),
    ),
    case(
        "in VTT cue",
        "a whole cue, with its sound",
        episode(
            sound=wav(6.0),
            transcript="WEBVTT\n\n00:00.000 --> 00:02.000\n<v p-host>Hello.\n\n"
            f"00:02.000 --> 00:04.000\n<v p-host>[[confidential: {UNTOLD} is next.]]\n\n"
            "00:04.000 --> 00:06.000\n<v p-host>Goodbye.\n",
        ),
        DONE,
        shows=("Goodbye.",),
    ),
    case(
        "in VTT cue",
        "damaged",
        episode(
            sound=wav(2.0),
            transcript=f"WEBVTT\n\n00:00.000 --> 00:02.000\n<v p-host>[[confidentil: {UNTOLD}]]\n",
        ),
        REFUSED,
        "episodes/014-new/transcript.vtt:",
    ),
    case(
        "CRLF",
        "a block",
        raw_post(f"---\r\ntitle: New\r\n---\r\nKept.\r\n\r\n{BLOCK}\r\n".replace("\n\n", "\r\n")),
        DONE,
        shows=("Kept.",),
    ),
    case(
        "CRLF",
        "every line",
        raw_post("---\r\ntitle: New\r\n---\r\nKept.\r\n\r\n" + BLOCK.replace("\n", "\r\n") + "\r\n"),
        DONE,
        shows=("Kept.",),
    ),
    case(
        "BOM",
        "before the front matter",
        raw_post(f"\ufeff---\ntitle: New\n---\nKept.\n\n{BLOCK}\n"),
        DONE,
        shows=("Kept.",),
    ),
    case("BOM", "before a mark", body("\ufeff" + BLOCK), DONE),
    case("fullwidth", "colons", body(BLOCK.replace(":::", "：：：")), DONE),
    case("fullwidth", "brackets", body(f"It is ［［confidential: {UNTOLD} itself］］."), DONE),
    case("Word autocorrect", "a capital", body(BLOCK.replace("confidential", "Confidential")), DONE),
    case("Word autocorrect", "a dash for the end", body(f"::: confidential\n{UNTOLD}\n— end"), REFUSED, AT),
    case(
        "Word autocorrect",
        "curly quotes round the word",
        body(f"::: “confidential”\n{UNTOLD}\n::: end"),
        REFUSED,
        AT,
    ),
    case(
        "Word autocorrect",
        "an ellipsis for the colons",
        body(f"… confidential\n{UNTOLD}\n::: end"),
        REFUSED,
        AT,
    ),
    case("NBSP after `:::`", "of both lines", body(BLOCK.replace("::: ", ":::\u00a0")), DONE),
    case(
        "merge-conflict markers",
        "inside a block",
        body(f"::: confidential\n<<<<<<< HEAD\n{UNTOLD}\n=======\n{UNTOLD} too\n>>>>>>> other\n::: end"),
        REFUSED,
        AT,
    ),
    case(
        "merge-conflict markers",
        "round a mark",
        body(f"<<<<<<< HEAD\n::: confidential\n=======\n>>>>>>> other\n{UNTOLD}\n::: end"),
        REFUSED,
        AT,
    ),
    case(
        "mark spanning paragraphs",
        "inside lines",
        body(f"It is [[confidential: {UNTOLD}", "and more]]."),
        REFUSED,
        AT,
    ),
    case(
        "mark spanning paragraphs",
        "a block",
        body(f"::: confidential\n{UNTOLD}\n\n{UNTOLD} too\n::: end"),
        DONE,
    ),
    case(
        "marks deleted by a later commit (ledger)",
        "the very words",
        deleted_later,
        REFUSED,
        f"{NEW_POST}:6: a passage that was marked as withheld stands here without its mark",
    ),
    case(
        "marks deleted by a later commit (ledger)",
        "with emphasis and other punctuation",
        reworded_later,
        REFUSED,
        f"{NEW_POST}:6: a passage that was marked as withheld stands here without its mark",
    ),
    case(
        "`|say|` text itself naming someone",
        "a withheld name",
        body("It was [[confidential: a minister |say| Torquil Inventedson]]."),
        10,
        f"{NEW_POST}:6: holds the full name of p-k2m9",
    ),
    case(
        "`|say|` text itself naming someone",
        "a reference to somebody who has not agreed",
        body("It was [[confidential: a minister |say| @{p-n5v2}]]."),
        40,
        "p-n5v2 has not agreed",
    ),
    case(
        "`|say|` text itself naming someone",
        "in a cue",
        episode(
            sound=wav(6.0),
            transcript="WEBVTT\n\n00:00.000 --> 00:03.000\n<v p-host>Hello.\n\n00:03.000 --> 00:06.000\n"
            "<v p-host>It was [[confidential: a minister |say| Torquil Inventedson]].\n",
        ),
        DONE,  # of a cue with a mark nothing is heard, and so nothing stands there either
        shows=("Hello.",),
    ),
)
