"""Every kind of transcript says the same: what one is written with, our reader and others read back."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest
import webvtt as other
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import EPISODE, SITE

from cop_publish.core.consents import PersonId
from cop_publish.core.model import Chapter, Cue, CueDraft
from cop_publish.core.transcripts import parse_transcript
from cop_publish.render.transcript_page import transcript_page
from cop_publish.render.transcripts import (
    CARD_LENGTH,
    CARD_LINES,
    KINDS,
    Kind,
    json_transcript,
    subrip,
    transcript_files,
    webvtt,
)

LONG_LABEL = "a policy adviser in central government"
LABELS = {"Alys Example": "p-host", LONG_LABEL: "p-7f3k", "Dr Rowan O’Madeup": "p-r8w3"}
# What renderers get: no marks, no references, no sign that a draft must escape.
WORD = st.text("abdxyzABDÄéß世界ب🎙’-,.!?&<>01", min_size=1, max_size=12)


@st.composite
def conversations(draw: st.DrawFn) -> tuple[Cue, ...]:
    cues, clock = [], 0
    for _ in range(draw(st.integers(1, 6))):
        start = clock + draw(st.integers(0, 5000))
        clock = start + draw(st.integers(200, 20_000))
        words = " ".join(draw(st.lists(WORD, min_size=3, max_size=40)))
        cues.append(Cue(start / 1000, clock / 1000, draw(st.sampled_from(sorted(LABELS))), words))
    return tuple(cues)


def read_back(written: bytes, kind: str) -> tuple[CueDraft, ...]:
    people = {label: PersonId(person) for label, person in LABELS.items()}
    said, problems = parse_transcript(written.decode(), f"transcript.{kind}", people.get)
    assert problems == ()
    return said.cues


@settings(max_examples=60, deadline=None)
@given(conversations())
def test_webvtt_and_json_read_back_as_the_very_cues(cues: tuple[Cue, ...]) -> None:
    meant = [(c.start_seconds, c.end_seconds, LABELS[c.speaker], c.text) for c in cues]
    for kind, written in (("vtt", webvtt(cues)), ("json", json_transcript(cues))):
        found = read_back(written, kind)
        assert [(c.start_seconds, c.end_seconds, c.speaker, c.text.raw) for c in found] == meant


def written(words: str) -> str:
    return re.sub(r"<(?=[A-Za-z/!?])", "‹", words).replace("-->", "→")  # noqa: RUF001 - on purpose


@settings(max_examples=60, deadline=None)
@given(conversations())
def test_subrip_reads_back_as_cards_that_share_out_each_cue(cues: tuple[Cue, ...]) -> None:
    cards = list(read_back(subrip(cues), "srt"))
    before = ""
    for cue in cues:
        own = [card for card in cards if cue.start_seconds <= card.start_seconds < cue.end_seconds]
        assert " ".join(card.text.raw for card in own) == written(cue.text)
        assert (own[0].start_seconds, own[-1].end_seconds) == (cue.start_seconds, cue.end_seconds)
        assert all(a.end_seconds == b.start_seconds for a, b in pairwise(own))
        assert [card.speaker for card in own[1:]] == [None] * (len(own) - 1)
        assert own[0].speaker == (LABELS[cue.speaker] if cue.speaker != before else None)
        before = cue.speaker
    assert sum(len(subrip((cue,)).decode().split("\n\n")) for cue in cues) >= len(cues)


class Page(HTMLParser):
    """The words of each `cite`, `time` and `p` below `main`, and of its headings."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, _attributes: object) -> None:
        if tag in {"cite", "time", "p", "h1", "h2"}:
            self.found.append((tag, ""))

    def handle_data(self, data: str) -> None:
        if self.found:
            tag, before = self.found[-1]
            self.found[-1] = tag, (before + data).strip("\n")


@settings(max_examples=60, deadline=None)
@given(conversations())
def test_the_page_says_every_word_under_whoever_said_it(cues: tuple[Cue, ...]) -> None:
    episode = replace(EPISODE, cues=cues, chapters=())
    (_, title), _, *rest = Page(transcript_page(episode, SITE).decode().partition("<main>")[2]).found
    assert title == EPISODE.title
    assert [tag for tag, _ in rest] == ["cite", "time", "p"] * (len(rest) // 3)
    said: dict[str, str] = dict.fromkeys(LABELS, "")
    for (_, speaker), _, (_, words) in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        said[speaker.removesuffix(":")] += f"{words} "
    assert said == {label: "".join(f"{c.text} " for c in cues if c.speaker == label) for label in LABELS}


def cards(*cues: Cue) -> list[str]:
    return subrip(cues).decode().removesuffix("\n").split("\n\n")


def test_a_card_has_two_short_lines_and_the_name_of_whoever_begins() -> None:
    words = "We began with a map, and the jury asked who had drawn it and what was left out."
    assert cards(
        Cue(1, 9, "Alys Example", words), Cue(9, 9.5, "Alys Example", "Well."), Cue(10, 11, "", "[music]")
    ) == [
        "1\n00:00:01,000 --> 00:00:05,779\nAlys Example: We began with a\nmap, and the jury asked who had",
        "2\n00:00:05,779 --> 00:00:09,000\ndrawn it and what was left out.",
        "3\n00:00:09,000 --> 00:00:09,500\nWell.",
        "4\n00:00:10,000 --> 00:00:11,000\n[music]",
    ]


def test_a_long_label_stands_whole_in_the_first_line_where_apps_look_for_it() -> None:
    assert cards(Cue(1, 2, LONG_LABEL, "Thank you.")) == [
        f"1\n00:00:01,000 --> 00:00:02,000\n{LONG_LABEL}:\nThank you."
    ]


def test_every_line_of_a_card_fits_but_for_names_and_words_that_are_too_long_themselves() -> None:
    words = "One two three four five six seven eight nine ten eleven twelve. " * 5 + "x" * 50
    for card in cards(Cue(1, 60, "Alys Example", words)):
        lines = card.split("\n")[2:]
        assert len(lines) <= CARD_LINES
        assert all(len(line) <= CARD_LENGTH or line == "x" * 50 for line in lines)


def test_words_that_begin_like_a_name_never_come_first_in_a_card_of_someone() -> None:
    _, second = cards(Cue(1, 2, "Alys Example", "Yes."), Cue(2, 3, "Alys Example", "Rowan: is it so?"))
    assert second.split("\n")[2] == "Alys Example: Rowan: is it so?"


def test_subrip_has_no_sign_that_players_would_take_for_a_tag_or_a_time() -> None:
    (card,) = cards(Cue(1, 2, "", r"a --> b <i>c</i> 2 < 3 {\an8}"))
    assert card.split("\n", 2)[2].replace("\n", " ") == r"a → b ‹i>c‹/i> 2 < 3 (\an8}"  # noqa: RUF001 - on purpose


@pytest.mark.parametrize("words", ["I", "?", "OK"])
def test_a_cue_of_a_letter_or_two_by_someone_with_a_long_description_is_a_card(words: str) -> None:
    speaker = "a policy adviser in central government"
    card = f"1\n00:00:01,000 --> 00:00:02,000\n{speaker}:\n{words}\n"
    assert subrip([Cue(1.0, 2.0, speaker, words)]).decode() == card


def test_a_cue_too_short_to_be_shared_out_stays_one_card() -> None:
    (card,) = cards(
        Cue(1, 1.001, "Alys Example", "Words and more words and even more words for a millisecond.")
    )
    assert card.startswith("1\n00:00:01,000 --> 00:00:01,001\n")


def test_another_reader_gets_the_words_of_the_subrip_file() -> None:
    captions = other.from_buffer(io.StringIO(subrip(EPISODE.cues).decode()), "srt").captions
    assert [c.start for c in captions] == ["00:00:00.000", "00:00:04.500"]
    assert captions[0].text == "Alys Example: Welcome to the\nshow."


def test_the_json_is_what_the_podcast_namespace_describes() -> None:
    cues = (*EPISODE.cues, Cue(9.0, 10.25, "", "[music]"), Cue(11, 12, "Alys Example", "  "))
    assert json.loads(json_transcript(cues)) == {
        "version": "1.0.0",
        "segments": [
            {"speaker": "Alys Example", "startTime": 0, "endTime": 4, "body": "Welcome to the show."},
            {"speaker": LONG_LABEL, "startTime": 4.5, "endTime": 9, "body": "Thank you & <hello>."},
            {"startTime": 9, "endTime": 10.25, "body": "[music]"},
        ],
    }
    assert json.loads(json_transcript(())) == {"version": "1.0.0", "segments": []}


def test_the_page_is_whole_and_harmless_and_has_the_chapters() -> None:
    cues = (Cue(0, 4, "A <b>", "Thank & <hello>."), Cue(3661, 3664, "", "[music]"))
    chapters = (Chapter(0, "Q&A <AI>", ""), Chapter(3000, "Then", ""))
    text = transcript_page(replace(EPISODE, cues=cues, chapters=chapters), SITE).decode()
    assert '<html lang="en-gb">' in text
    assert '<link rel="canonical" href="https://commons.example/episodes/012-citizens-jury.html">' in text
    assert '<a href="../012-citizens-jury.html">' in text
    assert text.partition("</p>\n")[2].removesuffix("\n</main>\n</body>\n</html>\n").split("\n") == [
        "<h2>Q&amp;A &lt;AI&gt;</h2>",
        "<cite>A &lt;b&gt;:</cite>",
        '<time datetime="PT0S">0:00</time>',
        "<p>Thank &amp; &lt;hello&gt;.</p>",
        "<h2>Then</h2>",
        '<time datetime="PT3661S">1:01:01</time>',
        "<p>[music]</p>",
    ]


def test_an_episode_has_a_file_of_each_kind_and_one_without_cues_has_none() -> None:
    files = list(transcript_files(EPISODE, SITE))
    assert [(f.key, f.headers.content_type) for f in files] == [
        ("episodes/012-citizens-jury/transcript.vtt", "text/vtt; charset=utf-8"),
        ("episodes/012-citizens-jury/transcript.srt", "application/x-subrip; charset=utf-8"),
        ("episodes/012-citizens-jury/transcript.json", "application/json; charset=utf-8"),
        ("episodes/012-citizens-jury/transcript.html", "text/html; charset=utf-8"),
    ]
    assert all(f.items == {EPISODE.id} for f in files)
    assert list(transcript_files(replace(EPISODE, cues=()), SITE)) == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.extension)
def test_equal_cues_give_equal_bytes(kind: Kind) -> None:
    assert kind.write(EPISODE, SITE) == kind.write(replace(EPISODE), replace(SITE))
