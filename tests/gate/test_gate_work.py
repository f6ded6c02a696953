"""What the gate need not do: counted, not timed, and with the same findings as if it had been done."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from gate_samples import GUARD, PEOPLE, gate, page, public, refusal

from cop_publish.core.folding import read
from cop_publish.core.pairs import NOTHING, TAGS, tags_of
from cop_publish.errors import LeakFound
from cop_publish.gate import find, passages
from cop_publish.gate.decode import layers
from cop_publish.gate.forms import forms_of
from cop_publish.gate.passages import Passages, Sighting, passage_of, said_in, sightings
from cop_publish.gate.search import is_confirmed, search_for
from cop_publish.gate.view import View

if TYPE_CHECKING:
    from cop_publish.core.folding import Reading
    from cop_publish.core.pairs import PairFilter
    from cop_publish.gate.forms import Form

KEY = b"a key of the registry's"
WORDS = re.findall("[a-z]+", "the jury asked for a second map of the river and every bridge")


def _prose(chance: random.Random, count: int) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(count))


def test_what_is_passed_by_holds_no_passage() -> None:
    chance, told = random.Random(1), 0
    for _ in range(40):
        texts = [_prose(chance, chance.randint(1, 12)) for _ in range(chance.randint(1, 4))]
        whole = Passages(KEY, tuple(passage_of(text, KEY) for text in texts))
        sifted = replace(whole, pairs=_filter_of(texts))
        pieces = [_prose(chance, chance.randint(1, 30)) for _ in range(40)]
        text = " otherwise ".join(pieces).encode().split()
        found = list(sightings(text, whole))
        assert list(sightings(text, sifted)) == found
        told += len(found)
    assert told > 100


def _filter_of(texts: list[str]) -> PairFilter:
    return NOTHING.with_tags(tag for text in texts for tag in tags_of(KEY, text.split()))


@pytest.fixture
def digested(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many words each digest was of."""
    done: list[int] = []
    digest = passages._digest  # noqa: SLF001 - counted, and still done

    def counted(words: list[bytes], key: bytes) -> bytes:
        done.append(len(words))
        return digest(words, key)

    monkeypatch.setattr(passages, "_digest", counted)
    return done


def test_of_words_that_are_no_passage_s_nothing_is_digested(digested: list[int]) -> None:
    texts = [f"item {n} costs four million pounds too" for n in range(300)]
    ledger = Passages(KEY, tuple(passage_of(text, KEY) for text in texts), _filter_of(texts))
    digested.clear()
    text = _prose(random.Random(1), 5000).encode().split()
    assert list(sightings(text, ledger)) == []
    assert digested == []


def test_where_all_words_are_at_hand_nothing_is_digested(digested: list[int]) -> None:
    texts = [f"item {n} costs four million pounds too and the river is to blame" for n in range(30)]
    said = {digest: words for text in texts for digest, words in said_in(text, KEY).items()}
    ledger = Passages(KEY, tuple(passage_of(text, KEY) for text in texts), said=said)
    digested.clear()
    search = search_for((), (), ledger.said)
    text = read(f"So {texts[7]}.")
    found = sightings(text.words, ledger, search.said_in(text, search.met(text)))
    assert Sighting(passages.WHOLE, 3, len(text.folded)) in list(found)
    assert digested == []


def test_with_hundreds_of_passages_and_a_filter_hardly_a_place_is_digested(digested: list[int]) -> None:
    """A filter of 16 bits is a third full then: five pairs in a row pass by chance once in 400 places."""
    chance = random.Random(3)
    texts = [" ".join(f"w{chance.randrange(3000)}" for _ in range(16)) for _ in range(300)]
    chaff = chance.sample(range(TAGS), TAGS // 4)
    ledger = Passages(KEY, tuple(passage_of(text, KEY) for text in texts), _filter_of(texts).with_tags(chaff))
    text = " ".join(f"w{chance.randrange(3000)}" for _ in range(40_000))
    digested.clear()
    assert list(sightings(text.encode().split(), ledger)) == []
    assert 0 < len(digested) < 40_000 / 200


def test_a_name_that_is_a_word_is_asked_about_once_for_a_text_however_often_it_stands_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def counted(form: Form, reading: Reading) -> bool:
        asked.append(form.confirm)
        return is_confirmed(form, reading)

    monkeypatch.setattr(find, "is_confirmed", counted)
    gate(public("a.txt", "We hope for rain, and a young hope is green. " * 2000))
    count = len(asked)
    asked.clear()
    gate(public("a.txt", "We hope for rain, and a young hope is green. " * 2))
    assert count == len(asked)


def test_a_pattern_matches_only_around_its_anchor() -> None:
    """Else a search around it would miss what a search of the whole text finds."""
    anchored = [form for person in PEOPLE for form in forms_of(person) if form.anchor]
    assert len(anchored) > 50
    texts = (
        "Hope said",
        "A. YOUNG",
        "Jory B. Madeup-Fictive",
        "Madeup, J",
        "jan-m-madeberg",
        "HOPE",
        "J. Q. Müller",
    )
    found = 0
    for text in texts:
        reading = read(f"{'So it was. ' * 40}{text}. {'And so on. ' * 40}")
        counts = {form: is_confirmed(form, reading) for form in anchored}
        assert counts == {form: is_confirmed(replace(form, anchor=None), reading) for form in anchored}
        found += sum(counts.values())
    assert found > len(texts)


@pytest.mark.parametrize(
    "text",
    [
        *("content=width=device-width", "?a=be&b=ff", "x=9fx"),
        *("A heading\n" + "=" * count + "\n\nWords.\n" for count in (2, 9, 16, 40, 72)),
        "A heading\r\n================\r\n",
        "if a == b:\n    c ==\nd",
    ],
)
def test_an_equals_sign_before_letters_that_are_no_utf_8_is_no_encoding(text: str) -> None:
    assert [layer.text for layer in layers(View("text", text))] == [text]


@pytest.mark.parametrize(
    "text",
    [
        "Jory=20Madeup=2DFictive",
        "=4Aory Madeup-Fictive, width=device",
        "Jory Made=\nup-Fictive",
        "Jory Made= \t\r\nup-Fictive",
    ],
)
def test_where_one_escape_is_meant_all_are_undone(text: str) -> None:
    assert isinstance(refusal(public("a.txt", text)), LeakFound)


@pytest.mark.parametrize(
    "head", ["Date: Monday\nCc: all of us", "To: x\nSubject: y", "--- Original Message ---"]
)
def test_the_head_of_an_e_mail_is_found_by_any_two_of_its_lines(head: str) -> None:
    assert "the head of an e-mail" in str(refusal(public("a.txt", head)))


def test_a_page_is_read_whole_with_and_without_a_ledger() -> None:
    ledger = Passages(KEY, (passage_of("A second jury on school meals has been offered four million", KEY),))
    body = page("<p>One. A second jury on school meals has been offered four million. Two.</p>")
    assert isinstance(refusal(public("a.html", body), guard=replace(GUARD, passages=ledger)), LeakFound)
    gate(public("a.html", body))
