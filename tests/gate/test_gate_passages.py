"""The ledger's passages: eight words in a row, or a short one whole, block; six are for a human."""

from __future__ import annotations

from dataclasses import replace

import pytest
from gate_samples import GUARD, calendar, feed, gate, page, public, refusal, transcript

from cop_publish.errors import LeakFound, NeedsHumanLook
from cop_publish.gate.passages import Passages, passage_of

KEY = b"a key of the registry's"
LONG = "A second jury on school meals has been offered four million pounds over two years"
SHORT = "Project Falcon begins in May"
LEDGER = Passages(KEY, (passage_of(LONG, KEY), passage_of(SHORT, KEY)))
GUARDED = replace(GUARD, passages=LEDGER)


@pytest.mark.parametrize(
    "text",
    [
        LONG,
        LONG.upper(),
        f"They said: “{LONG}”, and no more.",
        "meals has been offered four million pounds over",
        "a second  jury — on school\nmeals: has been",
        SHORT,
        "so PROJECT FALCON begins, in May!",
    ],
)
@pytest.mark.parametrize("wrap", ["html", "xml", "vtt", "ics", "txt"])
def test_eight_words_of_a_passage_or_a_short_one_whole_block(wrap: str, text: str) -> None:
    plain = text.replace("\n", " ")
    content = {
        "html": page(f"<p>{text}</p>"),
        "xml": feed(f"<title>{text}</title>"),
        "vtt": transcript(f"00:00.000 --> 00:01.000\n{text}"),
        "ics": calendar(f"SUMMARY:{plain}"),
        "txt": text,
    }[wrap]
    error = refusal(public(f"a.{wrap}", content), guard=GUARDED)
    assert isinstance(error, LeakFound)
    assert "passage that was marked confidential" in str(error)
    assert "Falcon" not in str(error)
    assert "million" not in str(error)


def test_a_passage_over_tags_and_cues_is_found() -> None:
    first, second = LONG[:40], LONG[40:]
    html = page(f"<p>{first}<b>{second[:5]}</b>{second[5:]}</p>")
    cues = transcript(f"00:00.000 --> 00:01.000\n{first}\n\n00:01.000 --> 00:02.000\n{second}")
    assert isinstance(refusal(public("a.html", html), guard=GUARDED), LeakFound)
    assert isinstance(refusal(public("a.vtt", cues), guard=GUARDED), LeakFound)


@pytest.mark.parametrize("text", ["jury on school meals has been", "on school meals has been offered four"])
def test_six_or_seven_words_are_for_a_human(text: str) -> None:
    assert isinstance(refusal(public("a.txt", f"One {text} there."), guard=GUARDED), NeedsHumanLook)


@pytest.mark.parametrize(
    "text",
    [
        "on school meals has been",
        "Project Falcon",
        "A third jury in school meals had been offering four thousand pounds over two weeks",
        "years two over pounds million four offered been has meals school on jury second a",
    ],
)
def test_fewer_words_other_words_or_another_order_pass(text: str) -> None:
    gate(public("a.txt", f"One {text} there."), guard=GUARDED)


def test_another_key_finds_nothing_and_the_ledger_holds_no_word() -> None:
    gate(public("a.txt", LONG), guard=replace(GUARD, passages=replace(LEDGER, key=b"another")))
    assert b"jury" not in b"".join(b"".join(p.shingles) + p.whole for p in LEDGER.passages)
    assert "key of" not in repr(LEDGER)


def test_two_passages_side_by_side_do_not_make_a_run_of_either() -> None:
    six, other = "jury on school meals has been", "so the list was made by hand"
    guard = replace(GUARD, passages=Passages(KEY, (passage_of(LONG, KEY), passage_of(other * 2, KEY))))
    assert isinstance(refusal(public("a.txt", f"{six} x {six}"), guard=guard), NeedsHumanLook)
