"""The ledger's passages: eight words in a row, or a short one whole, block; six are for a human."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import pytest
from gate_samples import GUARD, calendar, feed, gate, page, public, refusal, transcript
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cop_publish.core.folding import read
from cop_publish.core.pairs import NOTHING, tags_of
from cop_publish.errors import LeakFound, NeedsHumanLook
from cop_publish.gate.memory import Memory
from cop_publish.gate.passages import PART, WHOLE, Passages, passage_of, said_in, sightings
from cop_publish.gate.search import search_for

if TYPE_CHECKING:
    from pathlib import Path

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


# --- two ways to the same sightings -----------------------------------------------------------------

_VOCABULARY = ("the", "jury", "map", "of", "river", "3", "4m", "bridge")
_TEXTS = st.lists(st.sampled_from(_VOCABULARY), min_size=1, max_size=14).map(" ".join)


@st.composite
def planted(draw: st.DrawFn) -> tuple[list[str], str]:
    """Some passages, and a text of the same few words into which pieces of them are put."""
    passages = draw(st.lists(_TEXTS, min_size=1, max_size=4))
    parts = []
    for _ in range(draw(st.integers(1, 6))):
        words = draw(st.sampled_from(passages)).split()
        first = draw(st.integers(0, len(words) - 1))
        piece = words[first : first + draw(st.integers(1, 14))]
        glued = draw(st.sampled_from(("", "", "4")))  # a piece that begins or ends in another word
        piece[0] = f"{glued}{piece[0]}"
        piece[-1] += draw(st.sampled_from(("", "", "4")))
        parts += [draw(_TEXTS), *piece, *draw(st.sampled_from(([], ["otherwise"])))]
    return passages, " ".join(parts)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # on a busy machine
@given(planted(), st.data())
def test_words_at_hand_and_digests_give_the_same_sightings(
    case: tuple[list[str], str], data: st.DataObject
) -> None:
    passages, text = case
    ledger = Passages(KEY, tuple(passage_of(passage, KEY) for passage in passages))
    said = {digest: words for passage in passages for digest, words in said_in(passage, KEY).items()}
    some = data.draw(st.sets(st.sampled_from(sorted(said))))
    kept = NOTHING.with_tags(tag for passage in passages for tag in tags_of(KEY, passage.split()))
    known = [
        ledger,
        replace(ledger, pairs=kept),
        replace(ledger, pairs=NOTHING, said=said),
        replace(ledger, pairs=kept, said={digest: said[digest] for digest in some}),
    ]
    by_digest, *others = [seen(text, one) for one in known]
    assert others == [by_digest] * 3
    assert by_digest == expected(text.split(), [passage.split() for passage in passages])


def seen(text: str, ledger: Passages) -> set[tuple[str, str]]:
    """By rule, the words of each sighting."""
    search, reading = search_for((), (), ledger.said), read(text)
    at_hand = search.said_in(reading, search.met(reading))
    return {
        (sighting.rule, f"{sighting.start} {reading.folded[sighting.start : sighting.end].decode()}")
        for sighting in sightings(reading.words, ledger, at_hand)
    }


def expected(words: list[str], passages: list[list[str]]) -> set[tuple[str, str]]:
    """The same from the passages themselves, by the slowest way: each longest run that both have."""
    found = set()
    for passage in passages:
        for at, place in product(range(len(words)), range(len(passage))):
            if at and place and words[at - 1] == passage[place - 1]:
                continue  # a longer run holds it
            count = next(
                (n for n, (a, b) in enumerate(zip(words[at:], passage[place:], strict=False)) if a != b),
                min(len(words) - at, len(passage) - place),
            )
            rules = [WHOLE if count >= 8 else PART] if count >= 6 else []
            rules += [WHOLE] if count >= len(passage) < 8 and place == 0 else []
            start = len(" ".join([*words[:at], ""])) if at else 0
            found |= {(rule, f"{start} {' '.join(words[at : at + count])}") for rule in rules}
    return found


def test_only_what_has_no_words_at_hand_is_looked_for_by_its_digest() -> None:
    said = said_in(LONG, KEY)
    assert {n: len(digests) for n, digests in LEDGER.far.items()} == {5: 1, 6: 10}
    assert {n: len(digests) for n, digests in replace(LEDGER, said=said).far.items()} == {5: 1}
    assert replace(LEDGER, said=said | said_in(SHORT, KEY)).far == {}
    assert "jury" not in repr(replace(LEDGER, said=said))


def test_words_at_hand_block_in_every_view_as_their_digests_do() -> None:
    guard = replace(GUARD, passages=replace(LEDGER, said=said_in(LONG, KEY), pairs=NOTHING))
    error = refusal(public("a.html", page(f"<p>{LONG[:40]}<b>{LONG[40:]}</b></p>")), guard=guard)
    assert isinstance(error, LeakFound)
    assert "million" not in str(error)
    gate(
        public("b.html", page(f"<p>{SHORT}</p>")), guard=guard
    )  # its pairs do not pass: it was not looked for


def test_the_memory_of_the_gate_holds_no_word_and_stays_where_only_the_way_is_another(tmp_path: Path) -> None:
    at_hand = replace(GUARD, passages=replace(LEDGER, said={**said_in(LONG, KEY), **said_in(SHORT, KEY)}))
    file = public("a.txt", "Clean words.")
    memory = Memory.load(tmp_path / "gate.json")
    gate(file, guard=at_hand, memory=memory)
    memory.save()
    assert not any(word in (tmp_path / "gate.json").read_text().lower() for word in ("jury", "falcon"))
    again = Memory.load(tmp_path / "gate.json")
    gate(file, guard=GUARDED, memory=again)
    assert (again.reused, again.scanned) == (1, 0)
    more = replace(LEDGER, passages=(*LEDGER.passages, passage_of("Project Heron ends in June", KEY)))
    gate(file, guard=replace(GUARD, passages=more), memory=again)
    assert again.scanned == 1
