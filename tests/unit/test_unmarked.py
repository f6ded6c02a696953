# ruff: noqa: RUF001 - characters that look like others are what a damaged mark is made of
"""The quick way past texts without marks finds nothing that the reading line by line would find."""

from __future__ import annotations

import random
import sys

import pytest
from marked_texts import PLACEMENTS, TEMPLATES, plain_text, random_edits

from cop_publish.core.consents import PersonId
from cop_publish.core.lookalikes import fold, skim
from cop_publish.core.marks import Marked, read_marks
from cop_publish.core.model import Audience, Text
from cop_publish.core.problems import Place
from cop_publish.core.unmarked import is_unmarked
from cop_publish.core.wording import plain, put_wordings

WHERE = Place("a.md", 5)
PARTS = (
    *("a", "quagga ", "Zebu", "12", "٣. ", "end", "END", "en d", "confidential", "confidental", "cnfidentil"),
    *("network-only", "network–only", "networkonyl", "work", ": ", ":", ":", ";", ";", ".", ", ", "|", "say"),
    *("[", "[", "]", "]", "(", "](x)", "[a](b) ", "[x] ", "<", ">", "> ", "- ", "1. ", "* ", "{", "\\"),
    *("\n", "\n", "\n\n", "\r\n", "\t", " ", "   ", "\u200b", "\u00a0", "’", "“", "…", "–", "：", "［", "É"),
    *("((", "|say|", "[\n\n] ", "cnfidntial: ", "[cnfidentil]"),
    *("</", "<!--", "{", "{%", "---", "--- ", "===", " -----", "confidential>", "@", "true"),
    *("<<<<<<< ", ">>>>>>> ", "|||||||", "x" * 20, " " * 20),
)


def whole(words: str) -> Marked:
    """What marks leave of a text that holds none."""
    count = len(words.splitlines()) if words else 0
    return Marked(words, (), tuple(range(WHERE.line, WHERE.line + count)))


@pytest.mark.parametrize("template", TEMPLATES, ids=PLACEMENTS)
def test_a_mark_is_never_passed_by_however_often_it_was_damaged(template: str) -> None:
    assert not is_unmarked(plain_text(template))
    chance = random.Random(template)
    for count in (2, 3, 4, 6, 10, 20):
        for _ in range(20):
            text = random_edits(template, count, chance)
            if is_unmarked(text):
                assert read_marks(Text(text, WHERE), Audience.PUBLIC) == (whole(text), ())


def test_of_a_text_that_is_passed_by_every_character_stays() -> None:
    chance = random.Random(1)
    passed = 0
    for _ in range(25_000):
        text = "".join(chance.choices(PARTS, k=chance.randint(1, 7)))
        if is_unmarked(text):
            passed += 1
            assert read_marks(Text(text, WHERE), Audience.PUBLIC) == (whole(text), ())
    assert passed > 5_000


@pytest.mark.parametrize(
    "words",
    [
        "",
        "A title – with “quotes”, a [link](https://a.example/b) and £5\n",
        "- [ ] one\n- [x] two\n\n| a | b |\n| --- | --: |\n| one | 2 |\n\n> quote\n\n1. first: thing\n",
        "The talks were confidential, and [the confident line](x.html) is not.[^1]\n\n[^1]: As said.\n",
    ],
)
def test_ordinary_prose_is_passed_by(words: str) -> None:
    assert is_unmarked(words)


@pytest.mark.parametrize(
    "words",
    [
        "{{confidential: x}}",
        "((confidential: x))",
        "A line.\rAnother.",
        f"A line.\n\n{'٣. ' * 7}: end",
        f"{'> ' * 9}: end{' ' * 20}",
        "A line.\nconfidential\nA passage.\nend",
    ],
)
def test_in_doubt_the_lines_are_read(words: str) -> None:
    assert not is_unmarked(words)


@pytest.mark.parametrize("keyword", ["confidential", "networkonly"])
def test_two_slips_anywhere_in_a_keyword_behind_a_bracket_are_not_passed_by(keyword: str) -> None:
    once = {keyword[:at] + letter + keyword[at + 1 :] for at in range(len(keyword)) for letter in ("", "x")}
    twice = {
        word[:at] + letter + word[at + 1 :]
        for word in once
        for at in range(len(word))
        for letter in ("", "x")
    }
    assert [word for word in twice if is_unmarked(f"On [{word} a day].")] == []


def test_skimming_sees_what_folding_sees_but_for_the_shape_of_quotation_marks() -> None:
    straight = str.maketrans("‘’“”", "''\"\"")
    for start in range(0, sys.maxunicode + 1, 1024):
        text = " ".join(map(chr, range(start, start + 1024)))
        assert skim(text) == fold(text).translate(straight)
    text = "ὈΔΥΣΣΕΎΣ’ “Ｓ：”\u00ad—…\u00a0É\t[ΑΣ]"
    assert skim(text) == fold(text).translate(straight)


def test_a_reference_is_never_passed_by() -> None:
    chance = random.Random(2)
    parts = (
        "@",
        "＠",
        "{",
        "｛",
        "p-",
        "p–",
        "7f3k",
        "}",
        "\\",
        " ",
        "(",
        "[",
        "{p-7f3k}",
        "host",
        "\u200b",
        "a@b.example",
    )
    for _ in range(5_000):
        words = "".join(chance.choices(parts, k=chance.randint(1, 6)))
        quick = put_wordings(words, {}, WHERE, plain)
        slow = put_wordings(words, {PersonId("p-none"): ""}, WHERE, plain)
        assert quick == slow
