"""What looks or reads the same is one spelling: else a name in disguise would pass the gate."""

# ruff: noqa: RUF001 - characters that are easily taken for others are what these tests are about

from __future__ import annotations

import re
import unicodedata
from string import ascii_letters, ascii_lowercase

import pytest

from cop_publish.core.folding import fold, folded, loosen, read, squash

# Letters of other scripts by their names in Unicode, as a reader takes them: capitals first.
LOOK_ALIKE = """
A: CYRILLIC CAPITAL LETTER A, GREEK CAPITAL LETTER ALPHA, LATIN CAPITAL LETTER ALPHA
B: CYRILLIC CAPITAL LETTER VE, GREEK CAPITAL LETTER BETA
C: CYRILLIC CAPITAL LETTER ES, GREEK CAPITAL LUNATE SIGMA SYMBOL
D: CYRILLIC CAPITAL LETTER KOMI DE
E: CYRILLIC CAPITAL LETTER IE, GREEK CAPITAL LETTER EPSILON
G: LATIN CAPITAL LETTER SCRIPT G, ARMENIAN CAPITAL LETTER CO
H: CYRILLIC CAPITAL LETTER EN, GREEK CAPITAL LETTER ETA, CYRILLIC CAPITAL LETTER SHHA
H: ARMENIAN CAPITAL LETTER HO
I: CYRILLIC CAPITAL LETTER BYELORUSSIAN-UKRAINIAN I, GREEK CAPITAL LETTER IOTA, LATIN CAPITAL LETTER IOTA
I: LATIN CAPITAL LETTER SMALL CAPITAL I
J: CYRILLIC CAPITAL LETTER JE, GREEK CAPITAL LETTER YOT
K: CYRILLIC CAPITAL LETTER KA, GREEK CAPITAL LETTER KAPPA
L: CYRILLIC LETTER PALOCHKA
M: CYRILLIC CAPITAL LETTER EM, GREEK CAPITAL LETTER MU
N: GREEK CAPITAL LETTER NU, ARMENIAN CAPITAL LETTER VO
O: CYRILLIC CAPITAL LETTER O, GREEK CAPITAL LETTER OMICRON, ARMENIAN CAPITAL LETTER OH
P: CYRILLIC CAPITAL LETTER ER, GREEK CAPITAL LETTER RHO, ARMENIAN CAPITAL LETTER KEH
Q: CYRILLIC CAPITAL LETTER QA
R: CYRILLIC CAPITAL LETTER GHE, LATIN LETTER YR
S: CYRILLIC CAPITAL LETTER DZE, ARMENIAN CAPITAL LETTER TIWN
T: CYRILLIC CAPITAL LETTER TE, GREEK CAPITAL LETTER TAU
U: ARMENIAN CAPITAL LETTER SEH
W: CYRILLIC CAPITAL LETTER WE, GREEK CAPITAL LETTER OMEGA
X: CYRILLIC CAPITAL LETTER HA, GREEK CAPITAL LETTER CHI
Y: CYRILLIC CAPITAL LETTER U, GREEK CAPITAL LETTER UPSILON, GREEK CAPITAL LETTER GAMMA
Z: GREEK CAPITAL LETTER ZETA
a: CYRILLIC SMALL LETTER A, GREEK SMALL LETTER ALPHA, LATIN SMALL LETTER ALPHA, LATIN LETTER SMALL CAPITAL A
b: LATIN LETTER SMALL CAPITAL B, CYRILLIC SMALL LETTER VE, GREEK SMALL LETTER BETA
c: CYRILLIC SMALL LETTER ES, GREEK LUNATE SIGMA SYMBOL, LATIN LETTER SMALL CAPITAL C
d: CYRILLIC SMALL LETTER KOMI DE, LATIN LETTER SMALL CAPITAL D
e: CYRILLIC SMALL LETTER IE, LATIN LETTER SMALL CAPITAL E, GREEK SMALL LETTER EPSILON
g: LATIN SMALL LETTER SCRIPT G, ARMENIAN SMALL LETTER CO, LATIN LETTER SMALL CAPITAL G
h: CYRILLIC SMALL LETTER SHHA, ARMENIAN SMALL LETTER HO, LATIN LETTER SMALL CAPITAL H
h: CYRILLIC SMALL LETTER EN
i: CYRILLIC SMALL LETTER BYELORUSSIAN-UKRAINIAN I, GREEK SMALL LETTER IOTA, LATIN SMALL LETTER DOTLESS I
i: LATIN SMALL LETTER IOTA, LATIN LETTER SMALL CAPITAL I
j: CYRILLIC SMALL LETTER JE, GREEK LETTER YOT, LATIN LETTER SMALL CAPITAL J
k: CYRILLIC SMALL LETTER KA, GREEK SMALL LETTER KAPPA, LATIN LETTER SMALL CAPITAL K
l: CYRILLIC SMALL LETTER PALOCHKA, LATIN LETTER SMALL CAPITAL L
m: CYRILLIC SMALL LETTER EM, LATIN LETTER SMALL CAPITAL M, GREEK SMALL LETTER MU
n: ARMENIAN SMALL LETTER VO, GREEK SMALL LETTER ETA, LATIN LETTER SMALL CAPITAL N
o: CYRILLIC SMALL LETTER O, GREEK SMALL LETTER OMICRON, ARMENIAN SMALL LETTER OH, LATIN LETTER SMALL CAPITAL O
p: CYRILLIC SMALL LETTER ER, GREEK SMALL LETTER RHO, ARMENIAN SMALL LETTER KEH, LATIN LETTER SMALL CAPITAL P
q: CYRILLIC SMALL LETTER QA
r: CYRILLIC SMALL LETTER GHE, LATIN LETTER SMALL CAPITAL R
s: CYRILLIC SMALL LETTER DZE, ARMENIAN SMALL LETTER TIWN
t: CYRILLIC SMALL LETTER TE, GREEK SMALL LETTER TAU, LATIN LETTER SMALL CAPITAL T
u: ARMENIAN SMALL LETTER SEH, GREEK SMALL LETTER UPSILON, LATIN LETTER SMALL CAPITAL U
v: GREEK SMALL LETTER NU, LATIN LETTER SMALL CAPITAL V
w: CYRILLIC SMALL LETTER WE, GREEK SMALL LETTER OMEGA, LATIN LETTER SMALL CAPITAL W
x: CYRILLIC SMALL LETTER HA, GREEK SMALL LETTER CHI
y: CYRILLIC SMALL LETTER U, GREEK SMALL LETTER GAMMA, LATIN LETTER SMALL CAPITAL Y
z: LATIN LETTER SMALL CAPITAL Z, GREEK SMALL LETTER ZETA
"""
PAIRS = [
    (name, plain)
    for plain, names in re.findall(r"^(\w): (.*)$", LOOK_ALIKE, re.MULTILINE)
    for name in names.split(", ")
]
SPELT_OUT = {
    "LATIN SMALL LETTER SHARP S": "ss",
    "LATIN CAPITAL LETTER SHARP S": "SS",
    "LATIN SMALL LETTER O WITH STROKE": "o",
    "LATIN CAPITAL LETTER O WITH STROKE": "O",
    "LATIN SMALL LETTER L WITH STROKE": "l",
    "LATIN CAPITAL LETTER L WITH STROKE": "L",
    "LATIN SMALL LETTER D WITH STROKE": "d",
    "LATIN CAPITAL LETTER D WITH STROKE": "D",
    "LATIN SMALL LETTER AE": "ae",
    "LATIN CAPITAL LETTER AE": "AE",
    "LATIN SMALL LIGATURE OE": "oe",
    "LATIN CAPITAL LIGATURE OE": "OE",
    "LATIN SMALL LETTER THORN": "th",
    "LATIN CAPITAL LETTER THORN": "Th",
    "LATIN SMALL LETTER ETH": "d",
    "LATIN CAPITAL LETTER ETH": "D",
    "LATIN SMALL LETTER H WITH STROKE": "h",
    "LATIN CAPITAL LETTER H WITH STROKE": "H",
    "LATIN SMALL LETTER T WITH STROKE": "t",
    "LATIN CAPITAL LETTER T WITH STROKE": "T",
    "LATIN SMALL LETTER ENG": "n",
    "LATIN CAPITAL LETTER ENG": "N",
    "LATIN SMALL LETTER F WITH HOOK": "f",
    "LATIN CAPITAL LETTER F WITH HOOK": "F",
    "LATIN SMALL LETTER B WITH HOOK": "b",
    "LATIN CAPITAL LETTER B WITH HOOK": "B",
    "LATIN SMALL LETTER D WITH HOOK": "d",
    "LATIN CAPITAL LETTER D WITH HOOK": "D",
    "LATIN SMALL LETTER K WITH HOOK": "k",
    "LATIN CAPITAL LETTER K WITH HOOK": "K",
}


@pytest.mark.parametrize(("name", "plain"), PAIRS)
def test_a_letter_that_looks_like_a_latin_one_reads_as_it(name: str, plain: str) -> None:
    letter = unicodedata.lookup(name)
    assert loosen(f"1{letter}2") == f"1{plain}2"
    assert loosen(f"1{letter}\u4e2d") == f"1{plain}\u4e2d"  # beside a script that is none of these


def test_no_letter_but_those_and_their_accented_forms_reads_as_a_latin_one() -> None:
    """Else somebody's name might be taken for another's; what NFKD makes of a letter is no choice of ours."""
    named = {unicodedata.lookup(name) for name in (*(name for name, _ in PAIRS), *SPELT_OUT)}
    for script in ("CYRILLIC", "GREEK", "ARMENIAN", "LATIN"):
        for code in range(0x80, 0x2C00):
            letter = chr(code)
            parts = {letter, *unicodedata.normalize("NFKD", letter)}
            if unicodedata.name(letter, "").startswith(script) and not parts & {*named, *ascii_letters}:
                assert not set(loosen(letter)) & set(ascii_letters), unicodedata.name(letter)


@pytest.mark.parametrize(("name", "plain"), SPELT_OUT.items())
def test_a_letter_of_a_latin_alphabet_reads_as_english_spells_it(name: str, plain: str) -> None:
    assert loosen(f"1{unicodedata.lookup(name)}2") == f"1{plain}2"


@pytest.mark.parametrize("apostrophe", "'’‘ʼʹʻ′‛´＇ʾʿ")
def test_every_apostrophe_is_one_and_leaves_no_gap_in_a_word(apostrophe: str) -> None:
    assert folded(f"D{apostrophe}Arcy") == b"darcy"
    assert folded(f"Ann{apostrophe}s map") == b"ann s map"


@pytest.mark.parametrize(
    "unseen",
    [
        *("\u00ad", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u202e", "\u2066", "\U000e0041"),
        *("\u0301", "\u0327", "\ufe0f", "\u20dd", "\u0489", "\u115f", "\u1160", "\u3164", "\uffa0", "\u2800"),
    ],
    ids=ascii,
)
def test_what_nobody_sees_parts_no_word(unseen: str) -> None:
    assert loosen(f"A{unseen}nn Le{unseen}e") == "Ann Lee"


@pytest.mark.parametrize("dash", "-‐‑‒–—―⸺﹘－", ids=ascii)
def test_every_dash_is_one_and_parts_words(dash: str) -> None:
    assert loosen(f"Made{dash}Up") == "Made-Up"
    assert folded(f"Made{dash}Up") == b"made up"


def test_case_and_signs_stay_in_loose_text_and_go_in_folded_words() -> None:
    assert loosen("Ａｎｎ “Lee”, ﬁne…") == "Ann  Lee , fine..."
    assert fold("Jane-SMITH's map") == b"jane smith s map"
    for code in range(0x80):
        sign = chr(code)
        wanted = f"a{sign}b".lower() if sign.isalnum() else "ab" if sign == "'" else "a b"
        assert fold(f"A{sign}B").decode() == wanted, code


def test_words_of_another_script_stay_with_their_case_folded() -> None:
    assert folded("李 Дж ДЖ") == "李 дж дж".encode()
    assert folded("ﬃ ½ ²") == b"ffi 1 2 2"
    assert folded("\ud800 Ann") == b"ann"


def test_a_reading_holds_both_texts_and_the_words() -> None:
    reading = read("Ａnn LEE’s")
    assert (reading.loose, reading.folded, list(reading.words)) == (
        "Ann LEE's",
        b"ann lee s",
        [b"ann", b"lee", b"s"],
    )
    assert squash(reading.folded) == b"annlees"
    assert "words" not in repr(reading)


@pytest.mark.parametrize("letter", ascii_lowercase)
def test_an_accent_changes_no_letter(letter: str) -> None:
    for accent in ("\u0300", "\u0308", "\u030c", "\u0328"):
        assert loosen(unicodedata.normalize("NFC", letter + accent)) == letter
        assert loosen(unicodedata.normalize("NFC", letter.upper() + accent)) == letter.upper()
