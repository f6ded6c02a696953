"""Chapters and transcripts as players get them."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest
import webvtt as reader
from samples import EPISODE, SHOW

from cop_publish.core.model import Chapter, Cue
from cop_publish.render.chapters import clock, json_chapters
from cop_publish.render.transcripts import LINE_LENGTH, webvtt

LABEL = "a policy adviser in central government"


def read(cues: tuple[Cue, ...]) -> list[reader.Caption]:
    captions: list[reader.Caption] = reader.from_buffer(io.StringIO(webvtt(cues).decode())).captions
    return captions


def spoken(text: str, speaker: str = LABEL) -> tuple[Cue, ...]:
    return (Cue(1.0, 2.0, speaker, text),)


def test_another_reader_gets_times_voices_and_words() -> None:
    captions = read(EPISODE.cues)
    assert [(c.start, c.end, c.voice) for c in captions] == [
        ("00:00:00.000", "00:00:04.000", "Alys Example"),
        ("00:00:04.500", "00:00:09.000", LABEL),
    ]
    assert captions[0].text == "Welcome to the show."


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Thank you & <hello>.", "Thank you &amp; &lt;hello&gt;."),
        ("a --> b", "a --&gt; b"),
        ("<v Zed>not a voice</v>", "&lt;v Zed&gt;not a voice&lt;/v&gt;"),
        ("one\n\ntwo", "one two"),
        ("NOTE this", "NOTE this"),
        ("عن البيانات 🎙️", "عن البيانات 🎙️"),
    ],
)
def test_words_never_end_a_cue_or_open_a_tag(text: str, written: str) -> None:
    assert f"00:00:01.000 --> 00:00:02.000\n<v {LABEL}>{written}\n" in webvtt(spoken(text)).decode()
    assert len(read(spoken(text))) == 1


def test_a_label_cannot_close_its_own_tag() -> None:
    assert b"<v a &lt;b&gt; &amp; c>Hi" in webvtt(spoken("Hi", "a <b> &\nc"))


def test_a_cue_without_speaker_has_no_voice_and_one_without_words_is_left_out() -> None:
    assert webvtt(spoken("Hi", "")) == b"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nHi\n"
    assert webvtt(spoken("  \n")) == webvtt(()) == b"WEBVTT\n"


def test_lines_are_short_and_no_word_is_lost() -> None:
    text = "Words & more of <them>, " * 20 + "https://commons.example/" + "x" * 80
    lines = webvtt(spoken(text)).decode().split("\n")[3:-1]
    shown = [_shown(line).removeprefix(f"<v {LABEL}>") for line in lines]
    assert " ".join(shown) == text
    assert all(len(line) <= LINE_LENGTH for line in shown[:-1])
    assert len(shown) > 5


def _shown(line: str) -> str:
    return line.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0, "00:00:00.000"),
        (59.9996, "00:01:00.000"),
        (3599.9999, "01:00:00.000"),
        (360_000, "100:00:00.000"),
        (1.0005, "00:00:01.000"),
        (12.3456, "00:00:12.346"),
    ],
)
def test_times_are_rounded_to_milliseconds_across_minutes(seconds: float, written: str) -> None:
    assert clock(seconds) == written


def test_chapters_are_json_of_version_1_2() -> None:
    chapters = (Chapter(0.0, "Q&A <AI> 🎙️", ""), Chapter(61.23456, "Then", "https://x.example/?a=1&b"))
    assert json.loads(json_chapters(replace(EPISODE, chapters=chapters), SHOW)) == {
        "version": "1.2.0",
        "title": EPISODE.title,
        "podcastName": SHOW.title,
        "chapters": [
            {"startTime": 0, "title": "Q&A <AI> 🎙️"},
            {"startTime": 61.235, "title": "Then", "url": "https://x.example/?a=1&b"},
        ],
    }


def test_equal_chapters_and_cues_give_equal_bytes() -> None:
    assert json_chapters(EPISODE, SHOW) == json_chapters(replace(EPISODE), replace(SHOW))
    assert webvtt(EPISODE.cues) == webvtt(tuple(replace(cue) for cue in EPISODE.cues))
