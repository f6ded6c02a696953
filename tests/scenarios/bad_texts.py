"""Rows of bad input: front matter, transcripts and marks."""

# ruff: noqa: E501 - a message stands on one line, as it is printed

from __future__ import annotations

from rows import bad
from spoil import NEW_EPISODE, all_of, delete, episode, post, raw_post, wav

SPOKEN = "WEBVTT\n\n00:00:00.000 --> 00:00:02.000\n"

ROWS = (
    bad(
        "front matter that is not closed",
        raw_post("---\ntitle: New\n\nWords.\n"),
        20,
        "posts/2026-11-22-new.md:1: the front matter is not closed. Put a line of three dashes after its last key.",
    ),
    bad(
        "no front matter",
        raw_post("Words.\n"),
        20,
        "posts/2026-11-22-new.md:1: there is no front matter. Begin the file with a line of three dashes: ---.",
    ),
    bad(
        "an empty file",
        raw_post(""),
        20,
        "posts/2026-11-22-new.md: the file is empty. Write it, or delete it.",
    ),
    bad(
        "tabs in front matter",
        post("title: New", "images:", "\t- file: a.png"),
        20,
        "posts/2026-11-22-new.md:4: this line cannot be read as `key: value`. Put the value in double quotes if it holds a colon or begins with @, *, &, %, [, { or a quotation mark; indent with spaces, not tabs.",
    ),
    bad(
        "a colon in a title",
        post("title: Juries: Planted Name"),
        20,
        "posts/2026-11-22-new.md:2: this line cannot be read as `key: value`. Put the value in double quotes if it holds a colon or begins with @, *, &, %, [, { or a quotation mark; indent with spaces, not tabs.",
    ),
    bad(
        "a title that begins with a number sign",
        post("title: #1 for Planted Name"),
        20,
        "posts/2026-11-22-new.md:2:7: the value of `title` begins with #, and would be lost. Put it in double quotes.",
    ),
    bad(
        "a title of which half would be a comment",
        post("title: We are #1 for Planted"),
        20,
        "posts/2026-11-22-new.md:2:8: the words of `title` after # would be lost. Put the whole value in double quotes.",
    ),
    bad(
        "a key that stands twice",
        post("title: New", "title: Planted"),
        20,
        "posts/2026-11-22-new.md:3:1: `title` stands here a second time (first on line 2). Keep one of the two.",
    ),
    bad(
        "a mistyped key",
        post("title: New", "sumary: Planted."),
        20,
        "posts/2026-11-22-new.md:3:1: the key `sumary` is not known. Did you mean `summary`?",
    ),
    bad(
        "a sentence where a key should be",
        post("title: New", "Planted Name: Planted."),
        20,
        "posts/2026-11-22-new.md:3:1: the key `…` is not known. Remove it, or see docs/formats.md for the keys there are.",
    ),
    bad(
        "a mistyped value",
        episode("type: trailor"),
        20,
        "episodes/014-new/episode.md:7:7: `type` has a value that is not known. Did you mean `trailer`? It can be full, trailer or bonus.",
    ),
    bad(
        "keys left empty",
        episode("title:", "summary:"),
        20,
        "episodes/014-new/episode.md:5:1: `title` is missing. Give it a title; put it in double quotes if it begins with #.",
        "episodes/014-new/episode.md:6:1: `summary` is missing. One plain paragraph, no Markdown.",
    ),
    bad(
        "UTF-16 from a text editor",
        raw_post("---\ntitle: Planted\n---\n".encode("utf-16")),
        20,
        "posts/2026-11-22-new.md:1: the file is not UTF-8 text but UTF-16. Save it as UTF-8 in your editor.",
    ),
    bad(
        "Latin-1 from an old editor",
        raw_post("---\ntitle: Planted Siân\n---\n".encode("latin-1")),
        20,
        "posts/2026-11-22-new.md:2: the file is not UTF-8 text but some other encoding. Save it as UTF-8 in your editor.",
    ),
    bad(
        "a control character in a title",
        post("title: Planted\x07"),
        20,
        "posts/2026-11-22-new.md:2:15: there is a control character (U+0007). Delete it; it may be invisible in your editor.",
    ),
    bad(
        "a zero byte in a text",
        post("title: New", body="Plan\x00ted"),
        20,
        "posts/2026-11-22-new.md:4:5: there is a control character (U+0000). Delete it; it may be invisible in your editor.",
    ),
    bad(
        "a turned title",
        post("title: Planted \u202eeman"),
        20,
        "posts/2026-11-22-new.md:2:16: there is a control character (U+202E). Delete it; it may be invisible in your editor.",
    ),
    bad(
        "a date in words",
        post("title: New", "date: 20 November"),
        20,
        "posts/2026-11-22-new.md:3:7: `date` is not a date. Write it like 2026-11-20 or 2026-11-20 07:00.",
    ),
    bad(
        "a thirteenth month",
        post("title: New", "date: 2026-13-01"),
        20,
        "posts/2026-11-22-new.md:3:7: `date` is not a date. Write it like 2026-11-20 or 2026-11-20 07:00.",
    ),
    bad(
        "an hour that the clocks skip",
        post("title: New", "date: 2026-03-29 01:30"),
        20,
        "posts/2026-11-22-new.md:3:7: `date` is a time that does not exist, the clocks go forward. Write another hour.",
    ),
    bad(
        "an hour that comes twice",
        post("title: New", "date: 2026-10-25 01:30"),
        20,
        "posts/2026-11-22-new.md:3:7: `date` is a time that comes twice, the clocks go back. Add the offset: 2026-10-25 01:30 +01:00.",
    ),
    bad(
        "a file named after no day",
        post("title: New", path="posts/2026-02-30-new.md"),
        20,
        "posts/2026-02-30-new.md: the file's name begins with a day that does not exist. Rename it: YYYY-MM-DD-some-words.md.",
    ),
    bad(
        "a name that gives no address",
        post("title: New", path="posts/2026-11-22-🎉.md"),
        20,
        "posts/2026-11-22-🎉.md: the file's name gives no address. Add `slug: some-words` in a-z, 0-9 and dashes.",
    ),
    bad(
        "chapters out of order",
        episode("chapters: [{start: 0:01, title: A}, {start: 0:00, title: B}]", sound=wav()),
        20,
        "episodes/014-new/episode.md:7:37: chapters[2] does not start after the one before it. Put the chapters in the order of their times.",
    ),
    bad(
        "a chapter without a time",
        episode("chapters: [{start: 1:99, title: A}]"),
        20,
        "episodes/014-new/episode.md:7:20: `chapters[1].start` is not a time. Write it like 1:05 or 0:41:07.5.",
    ),
    # marks: each of these must abort, and none may show the passage
    bad(
        "a mark that nothing ends",
        post("title: New", body="::: confidential\nPlanted."),
        20,
        "posts/2026-11-22-new.md:4:1: `::: confidential` is never ended. Write `::: end` on a line of its own after the passage.",
    ),
    bad(
        "a misspelt mark",
        post("title: New", body="::: confidental\nPlanted.\n::: end"),
        20,
        "posts/2026-11-22-new.md:4:1: this looks like a mark but is not one exactly. Write `::: confidential`, `::: network-only` or `::: end` alone on its line; if no mark is meant, write the word in another way.",
    ),
    bad(
        "an end without a beginning",
        post("title: New", body="Planted.\n::: end"),
        20,
        "posts/2026-11-22-new.md:5:1: `::: end` ends nothing here. A block is `::: confidential` or `::: network-only`, the passage, then `::: end`.",
    ),
    bad(
        "a mark inside a mark",
        post("title: New", body="::: confidential\n::: network-only\nPlanted.\n::: end\n::: end"),
        20,
        "posts/2026-11-22-new.md:5:1: a marked block starts inside another one. End the first with `::: end`, or take the inner fences out.",
        "posts/2026-11-22-new.md:8:1: `::: end` ends nothing here. A block is `::: confidential` or `::: network-only`, the passage, then `::: end`.",
    ),
    bad(
        "a mark of which brackets are missing",
        post("title: New", body="A [[confidential: Planted |say| name] here."),
        20,
        "posts/2026-11-22-new.md:4: brackets inside a marked passage are not in pairs. Pair the brackets inside the passage, or mark whole lines with `::: confidential` and `::: end`.",
    ),
    bad(
        "a misspelt mark in a title",
        post('title: "[[confidental: Planted]] and more"'),
        20,
        "posts/2026-11-22-new.md:2:8: `[[` opens no known mark. Write `[[confidential: …]]` exactly; if no mark is meant, write the word in another way.",
    ),
    bad(
        "a title that is marked whole",
        post('title: "[[confidential: Planted]]"'),
        20,
        "posts/2026-11-22-new.md:2:8: nothing is left of this when the marked words go. Write words that may be public.",
        "posts/2026-11-22-new.md:2:8: this is withheld as long as it is marked, but so few words cannot be known again without the mark. If they must never be public, add the telling ones to `terms` in the registry's guard.yaml.",
    ),
    bad(
        "a merge conflict round a mark",
        post("title: New", body="<<<<<<< HEAD\n::: confidential\n=======\nPlanted.\n>>>>>>> x\n::: end"),
        20,
        "posts/2026-11-22-new.md:4:1: an unresolved merge conflict stands here, and one of its sides may lack the marks. Keep one side, with its marks, and delete these lines; if it is meant as text, write `\\<<<<<<<`.",
        "posts/2026-11-22-new.md:8:1: an unresolved merge conflict stands here, and one of its sides may lack the marks. Keep one side, with its marks, and delete these lines; if it is meant as text, write `\\>>>>>>>`.",
    ),
    # transcripts
    bad(
        "no transcript",
        all_of(episode(), delete(f"{NEW_EPISODE}/transcript.vtt")),
        20,
        "episodes/014-new/episode.md: there is no transcript.vtt, .srt or .json. Write one: some people read what others hear.",
    ),
    bad(
        "a transcript of another kind",
        episode(transcript="Planted: hello.\n"),
        20,
        "episodes/014-new/transcript.vtt:1: this is not WebVTT: its first line is not `WEBVTT`. Write `WEBVTT` alone on the first line, then a blank line; a SubRip file is called transcript.srt.",
    ),
    bad(
        "a cue that ends before it begins",
        episode(transcript=f"{SPOKEN.replace('02.000', '00.000')}<v p-host>Planted.\n"),
        20,
        "episodes/014-new/transcript.vtt:3: this cue ends before it has begun. Write the earlier time first.",
    ),
    bad(
        "a cue without a speaker",
        episode(transcript=f"{SPOKEN}Planted.\n"),
        20,
        "episodes/014-new/transcript.vtt:4:1: nobody is said to speak here. Write `<v p-…>` before the words, or [music] for a sound.",
    ),
    bad(
        "a name where a speaker's ID should be",
        episode(transcript=f"{SPOKEN}<v Planted Name>Hello.\n"),
        20,
        "episodes/014-new/transcript.vtt:4: the voice of this cue is neither a person's ID nor a name the registry knows. Write the person's ID, such as p-7f3k, or add the name to their `aliases` in the registry.",
    ),
    bad(
        "a marked cue while somebody else speaks",
        episode(
            transcript="WEBVTT\n\n1\n00:00:00.000 --> 00:00:02.000\nAlys Example: Hello [[confidential: Planted]].\n\n"
            "2\n00:00:00.500 --> 00:00:01.500\nAlys Example: Yes.\n"
        ),
        11,
        "episodes/014-new/transcript.vtt:5:15: this cue must go from the sound, and somebody else is heard meanwhile. Listen, and cut what must go in edit.yaml yourself; all of this cue is {from: 0:00, to: 0:02}.",
        "episodes/014-new/transcript.vtt:5:…: this is withheld as long as it is marked, but so few words cannot be known again without the mark. If they must never be public, add the telling ones to `terms` in the registry's guard.yaml.",
    ),
)
