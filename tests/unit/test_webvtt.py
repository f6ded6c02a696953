# ruff: noqa: RUF001 - characters that look like others are what some of these tests are about
from __future__ import annotations

import pytest

from cop_publish.core.marks import apply_marks
from cop_publish.core.model import Audience, CueDraft
from cop_publish.core.problems import Place
from cop_publish.core.transcripts import parse_transcript

PATH = "episodes/012/transcript.vtt"
CUE = "WEBVTT\n\n00:01.000 --> 00:02.500\n"
UNKNOWN = "the voice of this cue is neither a person's ID nor a name the registry knows"


def cues(text: str) -> tuple[CueDraft, ...]:
    found, problems = parse_transcript(text, PATH, lambda _: None)
    assert not problems
    return found.cues


def words(payload: str) -> str:
    (cue,) = cues(CUE + payload + "\n")
    return cue.text.raw


def problems(text: str) -> list[str]:
    _, found = parse_transcript(text, PATH, lambda _: None)
    return [f"{p.where.line}: {p.what}" for p in found]


FULL = """\ufeffWEBVTT - A fictional talk
Kind: captions

NOTE Never kept: Alys Example said this
and this

STYLE
::cue { color: navy }

REGION
id:left

intro
00:00:02.120 --> 00:00:05.300 align:start position:10%
<v p-host>Welcome to the <i>show</i>.

00:05.300 --> 01:00:07.000
<v.loud p-7f3k>We began &amp; ended
with a <c.big>map</c>.</v>

NOTE
nothing

100:00:00.000 --> 100:00:01.000
[music]
"""


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_a_transcript_gives_its_cues_and_never_its_notes(ending: str) -> None:
    first, second, third = cues(FULL.replace("\n", ending))
    assert (first.start_seconds, first.end_seconds, first.speaker) == (2.12, 5.3, "p-host")
    assert first.text.raw == "Welcome to the show."
    assert first.text.where == Place(PATH, 15)
    assert (second.speaker, second.text.raw) == ("p-7f3k", "We began & ended with a map.")
    assert (second.start_seconds, second.end_seconds) == (5.3, 3607.0)
    assert (third.speaker, third.text.raw, third.start_seconds) == (None, "[music]", 360_000.0)


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ("<v p-7f3k>one</v>", "one"),
        ("<v   p-7f3k >one", "one"),
        ("<v p-7f3k>one <v p-7f3k>two", "one two"),
        ("one <00:01.500>two <00:00:01.700><c>three</c>", "one two three"),
        ("<lang en-GB>one</lang> <ruby>two<rt>three</rt></ruby>", "one twothree"),
        ("&lt;i&gt; R&D AT&notes &#91;x&#93; a&nbsp;b", "<i> R&D AT&notes [x] a\u00a0b"),
        ("  one  \n\ttwo ", "one two"),
        ("@{p-7f3k} and [[confidential: x |say| y]]", "@{p-7f3k} and [[confidential: x |say| y]]"),
    ],
)
def test_a_cue_gives_its_words_without_tags(payload: str, expected: str) -> None:
    assert words(payload) == expected


def test_columns_are_exact_where_the_words_stand_as_written() -> None:
    (cue,) = cues(CUE + "<v p-7f3k>One [[secret: x]].\n")
    assert cue.text.where == Place(PATH, 4, 11)
    _, (problem,) = apply_marks(cue.text, Audience.PUBLIC)
    assert problem.where == Place(PATH, 4, 15)


@pytest.mark.parametrize("payload", ["a [<i>[confidential: x]]</i>", "a &#91;&#91;confidential: x]]"])
def test_a_mark_broken_by_tags_or_entities_is_still_a_mark(payload: str) -> None:
    (cue,) = cues(CUE + payload + "\n")
    marked, _ = apply_marks(cue.text, Audience.PUBLIC)
    assert marked is not None
    assert marked.words == "a"


def test_a_cue_without_words_is_nothing() -> None:
    assert len(cues(CUE + "\n00:03.000 --> 00:04.000\n<v p-7f3k></v>\n\n00:05.000 --> 00:06.000\nx\n")) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["1: this transcript is empty"]),
        ("\ufeff\n \n", ["1: this transcript is empty"]),
        ("WEBVTTX\n\n", ["1: this is not WebVTT: its first line is not `WEBVTT`"]),
        (
            "1\n00:00:01,000 --> 00:00:02,000\nx\n",
            ["1: this is not WebVTT: its first line is not `WEBVTT`"],
        ),
        ("\nWEBVTT\n", ["1: this is not WebVTT: its first line is not `WEBVTT`"]),
        ("WEBVTT\n\nNOTE x\n", ["1: this transcript holds no cues"]),
        ("WEBVTT\n00:01.000 --> 00:02.000\nx\n", ["2: a cue starts inside the header"]),
        (CUE.replace(".", ",") + "x", ["3: the times of this cue have a comma, as SubRip writes them"]),
        (CUE.replace("00:01", "1:01") + "x", ["3: the times of this cue cannot be read"]),
        (CUE.replace("00:01", "00:61") + "x", ["3: the times of this cue cannot be read"]),
        (CUE.replace("-->", "->") + "x", ["3: the times of this cue have no `-->` between them"]),
        (CUE.replace("-->", "—>") + "x", ["3: the times of this cue have no `-->` between them"]),
        (
            CUE.replace("-->", "->").replace("\n\n", "\n\n7\n") + "x",
            ["4: the times of this cue have no `-->` between them"],
        ),
        (CUE.replace("02.5", "01.0") + "x", ["3: this cue ends before it has begun"]),
        (CUE + "x\n\n00:00.500 --> 00:04.000\ny", ["6: this cue starts before the one above it"]),
        (
            CUE + "x\n\n00:02.000 --> 00:04.000\ny",
            ["6: this cue starts at 0:02, before the one above it ends at 0:02.5"],
        ),
        (
            CUE + "x\n00:03.000 --> 00:04.000\n<v Bo>y",
            [
                "5: a cue starts here without a blank line before it",
                f"6: {UNKNOWN}",
            ],
        ),
        (CUE + "x\n\nlost words", ["6: this text belongs to no cue"]),
        (CUE + "<v Alys Example>x", [f"4: {UNKNOWN}"]),
        (CUE + "<v>x", [f"4: {UNKNOWN}"]),
        (CUE + "<v P-7F3K>x", [f"4: {UNKNOWN}"]),
        (CUE + "<v p-7f3k>x <v p-host>y", ["3: more than one person speaks in this cue"]),
        (CUE + "x <v p-host>y", ["3: more than one person speaks in this cue"]),
        (CUE + "<v p-host>y</v> x", ["3: more than one person speaks in this cue"]),
        (CUE + "a < b", ["4: `<` opens no tag of WebVTT here"]),
        (CUE + "a <b c", ["4: `<` opens no tag of WebVTT here"]),
        (CUE + "a <blink>b</blink>", ["4: `<` opens no tag of WebVTT here"]),
    ],
)
def test_a_broken_transcript_says_what_is_wrong_and_where(text: str, expected: list[str]) -> None:
    assert problems(text) == expected


def test_every_problem_is_reported_at_once() -> None:
    text = CUE + "<v Bo>x\n\n00:00.100 --> 00:00.050\n< y\n\nlost\n"
    assert [line.partition(":")[0] for line in problems(text)] == ["4", "6", "7", "9"]


@pytest.mark.parametrize(
    "text",
    [
        CUE + "::: confidential\nx\n::: end\n",
        CUE + "<v p-7f3k>:: confidential\nx\n",
        CUE + "&#58;:: confidential\nx\n",
        CUE + "x\n\n::: confidential\n\n00:03.000 --> 00:04.000\ny\n\n::: end\n",
        CUE + "x\n\n::: confidential\n00:03.000 --> 00:04.000\ny\n\n::: end\n",
        CUE + "x\n\nNOTE ::: confidential\n\n00:03.000 --> 00:04.000\ny\n\nNOTE\n::: end\n",
        CUE + "x\n\nNOTE [[confidential:\n\n00:03.000 --> 00:04.000\ny\n\nNOTE ]]\n",
        CUE.replace("WEBVTT", "WEBVTT\n：：： confidential") + "x",
        CUE + "x\n\n[[confidential: id]]\n00:03.000 --> 00:04.000\ny\n",
        CUE.replace("500\n", "500 [[confidential: x]]\n") + "y\n",
        CUE + "<c [[confidential: x]]>y</c>\n",
        CUE + "<lang ::: confidential>y</lang>\n",
        "WEBVTT\n\nNOTE\n00:03.000 --> 00:04.000\nout-commented\n",
    ],
)
def test_a_mark_that_a_cue_cannot_hold_is_never_dropped_unseen(text: str) -> None:
    assert problems(text)


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ("<v p-host>Siân \u202eeman", "4: there is a control character (U+202E)"),
        ("<v p-host>one\u2028two", "4: there is a control character (U+2028)"),
        ("<v p-host>Siân &#x202e;eman", "4: a character reference spells a control character (U+202E)"),
        ("<v p-host>Siân &#8294;eman", "4: a character reference spells a control character (U+2066)"),
    ],
)
def test_a_character_that_makes_words_read_otherwise_is_refused(payload: str, expected: str) -> None:
    assert problems(CUE + payload + "\n") == [expected]


def test_a_direction_mark_may_stand_in_a_cue() -> None:
    assert words("a\u200fb &rlm;c") == "a\u200fb \u200fc"


def test_a_mark_over_two_cues_refuses_when_it_is_applied() -> None:
    first, second = cues(CUE + "a [[confidential: b\n\n00:03.000 --> 00:04.000\nc]] d\n")
    for cue in (first, second):
        marked, found = apply_marks(cue.text, Audience.PUBLIC)
        assert marked is None
        assert found


def test_problems_never_quote_the_transcript() -> None:
    text = CUE + "<v Quagga Madeup>quagga < b\n\nquagga\n\nquagga\n00:09,000 --> 00:08.000\n::: quagga\n"
    _, found = parse_transcript(text, PATH, lambda _: None)
    assert len(found) >= 4
    assert not any("quagga" in str(problem).lower() for problem in found)


def test_a_hostile_transcript_is_read_in_reasonable_time() -> None:
    lines = "00:01.000 --> 00:02.000\n" * 2000 + "1" * 20_000 + "<" * 20_000
    assert len(problems("WEBVTT\n\n" + lines)) > 2000
