"""Transcripts of every kind: what is refused whatever the kind, and what no input may do."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from cop_publish.core.consents import PersonId
from cop_publish.core.marks import apply_marks
from cop_publish.core.model import Audience
from cop_publish.core.transcripts import NAMES, Transcript, parse_transcript, transcripts_in

if TYPE_CHECKING:
    from cop_publish.core.problems import Problems

KNOWN = {"Marguerite Example": PersonId("p-7f3k"), "Rowan Madeup": PersonId("p-r8w3")}


def read(text: str, kind: str) -> tuple[Transcript, Problems]:
    return parse_transcript(text, f"episodes/012/transcript.{kind}", KNOWN.get)


def said(words: str, kind: str) -> str:
    """A whole transcript in which one person says these words."""
    if kind == "json":
        segment = {"speaker": "p-7f3k", "startTime": 1, "endTime": 2, "body": words}
        return json.dumps({"version": "1.0.0", "segments": [segment]}, ensure_ascii=False)
    if kind == "srt":
        return f"1\n00:00:01,000 --> 00:00:02,000\np-7f3k: {words}\n"
    return f"WEBVTT\n\n00:01.000 --> 00:02.000\n<v p-7f3k>{words}\n"


EVERY_KIND = pytest.mark.parametrize("kind", ["vtt", "srt", "json"])


@EVERY_KIND
def test_a_mark_holds_in_every_kind_of_transcript(kind: str) -> None:
    transcript, problems = read(said("On [[confidential: this |say| that]] we agree.", kind), kind)
    assert problems == ()
    (cue,) = transcript.cues
    marked, problems = apply_marks(cue.text, Audience.PUBLIC)
    assert problems == ()
    assert marked is not None
    assert marked.words == "On that we agree."
    assert [passage.words for passage in marked.withheld] == ["this"]


@EVERY_KIND
@pytest.mark.parametrize(
    "words",
    [
        "a [[confidental: b]] c",
        "a [[confidential: b",
        "a b]] c",
        "[<i>[confidential: b c",
        "{{confidential: b}}",
    ],
)
def test_a_damaged_mark_refuses_in_every_kind(kind: str, words: str) -> None:
    transcript, problems = read(said(words, kind), kind)
    marked = [apply_marks(cue.text, Audience.PUBLIC)[0] for cue in transcript.cues]
    assert problems or marked == [None]


@EVERY_KIND
def test_a_block_mark_in_a_cue_is_refused(kind: str) -> None:
    assert read(said("::: confidential", kind), kind)[1]


@EVERY_KIND
def test_a_character_that_turns_the_reading_is_refused_raw_and_spelt(kind: str) -> None:
    assert read(said("Siân \u202eeman", kind), kind)[1]
    spelt = said("Siân @eman", kind).replace("@", "\\u202e" if kind == "json" else "&#x202e;")
    assert read(spelt, kind)[1]


@EVERY_KIND
@pytest.mark.parametrize(
    "text", ["", "\ufeff\n \n", "[]", "{}", "WEBVTT", "1", "null", "-->", "\n-->\n", "{"]
)
def test_a_file_without_cues_is_a_problem_of_its_own_and_never_a_crash(kind: str, text: str) -> None:
    transcript, problems = read(text, kind)
    assert transcript == Transcript()
    assert len(problems) == 1


@EVERY_KIND
def test_a_note_before_the_words_is_nobodys_name(kind: str) -> None:
    text = said("Note: this is what was said: all of it.", kind)
    (cue,) = read(text, kind)[0].cues
    assert (cue.speaker, cue.text.raw) == ("p-7f3k", "Note: this is what was said: all of it.")
    for voice, none in (("p-7f3k: ", ""), ("<v p-7f3k>", ""), ('"p-7f3k"', "null")):
        text = text.replace(voice, none)
    (cue,) = read(text, kind)[0].cues
    assert (cue.speaker, cue.text.raw) == (None, "Note: this is what was said: all of it.")


@pytest.mark.parametrize(
    "label", ["Quagga Unlisted", "Note", "[Rowan Madeup]", "Rowan", "Rowan Madeup of Example", "12"]
)
def test_only_an_id_or_a_name_of_the_registry_before_the_words_is_a_speaker(label: str) -> None:
    text = f"1\n00:00:01,000 --> 00:00:02,000\n{label}: hello.\n"
    (cue,) = read(text, "srt")[0].cues
    assert (cue.speaker, cue.text.raw) == (None, f"{label}: hello.")


@pytest.mark.parametrize(
    "name", ["Rowan Madeup", "Madeup, Rowan", "Rowan Madeup (Guest)", "Rowan Madeup (they/them)", "p-r8w3"]
)
def test_a_voice_may_be_written_as_meeting_software_does(name: str) -> None:
    for kind, text in {"vtt": said("x", "vtt"), "json": said("x", "json")}.items():
        (cue,) = read(text.replace("p-7f3k", name), kind)[0].cues
        assert cue.speaker == "p-r8w3"


def test_a_name_with_a_house_behind_it_is_another_name() -> None:
    assert read(said("x", "vtt").replace("p-7f3k", "Rowan Madeup (Department of Examples)"), "vtt")[1]


def test_a_name_may_run_over_two_lines_of_a_narrow_card() -> None:
    (cue,) = read("00:00:01,000 --> 00:00:02,000\nMarguerite\nExample: Hello\nthere.\n", "srt")[0].cues
    assert (cue.speaker, cue.text.raw) == ("p-7f3k", "Hello there.")


def test_many_cues_of_one_unknown_voice_are_one_problem_without_the_name() -> None:
    cues = "\n\n".join(f"00:{n:02}.000 --> 00:{n:02}.900\n<v Quagga Unlisted>Hello." for n in range(30))
    _, problems = read(f"WEBVTT\n\n{cues}\n", "vtt")
    (problem,) = problems
    assert (problem.where.line, problem.what) == (
        4,
        "the voice of this cue and of 29 more is neither a person's ID nor a name the registry knows",
    )
    assert "Quagga" not in str(problem)


def test_overlapping_cues_of_a_machine_keep_their_whole_length_so_that_a_mark_covers_its_sound() -> None:
    text = (
        "WEBVTT\n\n1\n00:05.000 --> 00:09.000\nRowan Madeup: Second.\n\n"
        "2\n00:01.000 --> 00:07.000\nMarguerite Example: [[confidential: First.]]\n"
    )
    transcript, problems = read(text, "vtt")
    assert problems == ()
    assert [(c.start_seconds, c.end_seconds) for c in transcript.cues] == [(1.0, 7.0), (5.0, 9.0)]


def test_two_voices_in_a_cue_of_a_machine_both_keep_its_whole_length() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:07.000\n<v Rowan Madeup>One.</v>\n<v Marguerite Example>Two.</v>\n"
    cues = read(text, "vtt")[0].cues
    assert [(c.start_seconds, c.end_seconds, c.speaker, c.text.raw) for c in cues] == [
        (1.0, 7.0, "p-r8w3", "One."),
        (1.0, 7.0, "p-7f3k", "Two."),
    ]


def test_words_after_the_end_of_a_voice_are_nobodys() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:07.000\n<v Rowan Madeup>One.</v> Two.\n"
    assert [(c.speaker, c.text.raw) for c in read(text, "vtt")[0].cues] == [
        ("p-r8w3", "One."),
        (None, "Two."),
    ]


@pytest.mark.parametrize(
    ("line", "problems_at"),
    [
        ("Quagga Unheard: Two.", [4]),
        (">> Quagga Unheard: Two.", [4]),
        ("we said: two.", []),
        ("Note: two.", []),
    ],
)
def test_words_of_a_stranger_further_down_in_a_cue_do_not_become_somebody_elses(
    line: str, problems_at: list[int]
) -> None:
    _, problems = read(f"1\n00:00:01,000 --> 00:00:07,000\nRowan Madeup: One,\n{line}\n", "srt")
    assert [problem.where.line for problem in problems] == problems_at


SEGMENT = '{"speaker": "p-7f3k", "startTime": 1, "endTime": 2, "body": "Two words."}'


@pytest.mark.parametrize(
    "text",
    [
        SEGMENT.replace("2,", "NaN,"),
        SEGMENT.replace("2,", "Infinity,"),
        SEGMENT.replace("2,", "1e999,"),
        SEGMENT.replace("2,", "9" * 5000 + ","),
        SEGMENT.replace("2,", "-2,"),
        SEGMENT.replace("2,", '2, "endTime": 3,'),
        SEGMENT.replace("2,", '2, "startTime": 1,'),
        SEGMENT.replace("2,", '2, "other": {"a": 1, "a": 2},'),
        SEGMENT + "," + SEGMENT[:-1],
        SEGMENT + SEGMENT,
        SEGMENT + ",",
        SEGMENT.replace('"Two words."', "[" * 100_000),
        SEGMENT.replace('"Two words."', "[" * 100_000 + "]" * 100_000),
        SEGMENT.replace("Two words.", "Two \\ud800 words."),
        SEGMENT.replace("Two words.", "Two \\u0000 words."),
        SEGMENT.replace('"body"', '"words": [{"text": "[[confidential: x"}], "body"'),
        SEGMENT.replace('"body"', '"[[confidential: x]]": 1, "body"'),
    ],
    ids=range(17),
)
def test_json_that_nobody_can_mean_is_refused(text: str) -> None:
    good, none = read(f'{{"version": "1.0.0", "segments": [{SEGMENT}]}}', "json")
    assert (len(good.cues), none) == (1, ())
    transcript, problems = read(f'{{"version": "1.0.0", "segments": [{text}]}}', "json")
    assert transcript == Transcript()
    assert len(problems) >= 1


@pytest.mark.parametrize(
    "text",
    [
        '{"segments": [SEGMENT], "segments": [SEGMENT]}',
        '{"segments": [SEGMENT], "version": "1", "version": "2"}',
        '{"segments": [SEGMENT]} {"segments": []}',
        '{"segments": {"a": SEGMENT}}',
        '{"segments": [SEGMENT] "version": "1"}',
        "[SEGMENT]",
        '{"segments": [SEGMENT], 1: 2}',
    ],
)
def test_json_of_another_shape_is_refused(text: str) -> None:
    assert len(read(text.replace("SEGMENT", SEGMENT), "json")[1]) == 1


@pytest.mark.parametrize("hours", ["99999", "9" * 5000])
@pytest.mark.parametrize("kind", ["vtt", "srt"])
def test_hours_without_end_are_a_problem(kind: str, hours: str) -> None:
    text = said("x", kind).replace("00:00:01", "00:01").replace("00:01", f"{hours}:00:01")
    assert read(text, kind)[1]


def test_reading_takes_no_longer_for_each_cue_of_a_long_transcript() -> None:
    """Five hours; a look at all cues for each would take four times as long for each as with a quarter."""
    few, many = (min(seconds_to_read(cues) for _ in range(3)) for cues in (2_500, 10_000))
    assert many / 10_000 < 2 * few / 2_500


def seconds_to_read(cues: int) -> float:
    words = "We began with a map, and the jury asked who had drawn it and what was left out of it."
    starts = [f"{n // 1800:02}:{n // 30 % 60:02}:{n * 2 % 60:02}" for n in range(cues)]
    text = "\n\n".join(f"{n}\n{s}.000 --> {s}.900\nRowan Madeup: {words}" for n, s in enumerate(starts))
    before = time.process_time()
    transcript, problems = read(f"WEBVTT\n\n{text}\n", "vtt")
    assert (len(transcript.cues), problems) == (cues, ())
    return time.process_time() - before


def test_each_kind_has_its_name_and_a_folder_has_those_that_are_in_it() -> None:
    assert NAMES == ("transcript.vtt", "transcript.srt", "transcript.json")
    files = {"episodes/012/transcript.srt", "episodes/012/transcript.json", "episodes/013/transcript.vtt"}
    assert transcripts_in("episodes/012", files) == (
        "episodes/012/transcript.srt",
        "episodes/012/transcript.json",
    )


@pytest.mark.parametrize(
    ("words", "said_in_cues"),
    [
        ("[inaudible yes. Then no.", ["[inaudible yes.", "Then no."]),
        (
            "On [[confidential: this. Or that.]] we agree. Yes.",
            ["On [[confidential: this. Or that.]]", "we agree.", "Yes."],
        ),
    ],
)
def test_words_that_come_one_by_one_are_joined_by_sentences_and_a_mark_is_never_torn(
    words: str, said_in_cues: list[str]
) -> None:
    segments = [
        {"speaker": "p-7f3k", "startTime": n / 4, "endTime": n / 4 + 0.2, "body": word}
        for n, word in enumerate(words.split())
    ]
    transcript, problems = read(json.dumps({"version": "1.0.0", "segments": segments}), "json")
    assert problems == ()
    assert [cue.text.raw for cue in transcript.cues] == said_in_cues
