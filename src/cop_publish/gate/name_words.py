"""Words that are also people's names: alone, or two in a row, they are not a name by their letters only."""

from __future__ import annotations

import re

# Given and family names that stand in ordinary English prose; small letters, without accents.
_WORDS = """
    abbey angel april archer art ash august autumn baker banks barber bear bell bill bird bishop black
    blue bond booth bow brand bridge bright brook brooks brown bush butcher butler carpenter carter case
    chance chase chip christian church clay cliff cole constant cook cooper crisp cross curry dale dawn
    day dean dear dick dove drew drum dusty early earl east ebony eve ever faith farmer field fields
    fisher flint flower ford forest fox frank free freeman french frost gale game gardener gay gene
    ginger glass gold good grace grant gray green grey grove guy hall hand hardy hazel heath heather
    hill holly home hood hook hope hunt hunter ivy jack james jasmine jay jean jet jewel job jolly joy
    judge june kay keen key king kit knight lake lamb lance lane law lee lily little long lord love low
    lucky major mark marsh martin mason may melody mercy mead mike mill miller mist moon moor moss nick
    noble norm north olive page paige park parsons patience pearl peg penny pepper peter piper pierce
    pike place pleasant pole pond pool poppy porter potter power price pride prince prior proud prudence
    queen ray read reed rich rise river rob robin rock rod rose ross rowan ruby rush rusty sage sand
    sandy scout sharp shepherd short silver singer skip sky small smart smith snow song sorrow south
    spring stark star steel stone storm street strong sue summer sunny sweet swift tail tailor taylor
    temple thorn time tower town turner trip trinity tune vale van victor violet wade walker wall ward
    waters weaver webb wells west wheeler white wild will winter wise wit wolf wood woods worth wren
    young
"""
NAME_WORDS = frozenset(_WORDS.split())

# Before a family name, in small letters and without a dot.
TITLES = (
    *("mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor"),
    *("sir", "dame", "lord", "lady", "cllr", "councillor"),
)

# What people do and words do not: "Will said", "Hope told us"; but "Will it last?", "Hope is no plan."
ACTS = (
    r"\s(?:added|agreed|argued|asked|asks|chaired|described|explained|explains|felt|from|had|has|joined|laughed|leads|"
    r"led|noted|recalled|replied|said|says|spoke|suggested|thinks|thought|told|was|who|works|worked|writes|wrote)\b"
)
LONGEST_ACT = 16  # characters, with the blank before it
_GAP = r"(?:[^\w.,;:!?]|_|[.,;:!?](?=\S))*"  # what may stand within a name: no comma, no end of a sentence


def are_words(names: bytes) -> bool:
    """Whether all of these folded words are ordinary ones."""
    return all(word in NAME_WORDS for word in names.decode().split())


def unbroken(names: bytes) -> str:
    """A pattern over the loosened text: these words with no end of a sentence between them, or glued."""
    letters = (re.escape(letter) for letter in names.decode().replace(" ", ""))
    return rf"(?i:{_GAP.join(letters)})"


def reversed_unbroken(family: bytes, given: bytes) -> str:
    """The family name first: with capitals, and one comma at most ("for the young, grace is ...")."""
    first, second = (f"{w.decode().title()}|{w.decode().upper()}" for w in (family, given))
    return rf"(?<!\w)(?:{first})(?:,?[\s_+-]+)(?:{second})(?!\w)"


def no_plain_word(name: str) -> str:
    """A pattern for a single name that is a word: capital, and not the mere first word of a sentence."""
    written = rf"(?:{re.escape(name.title())}|{re.escape(name.upper())})"
    inside = rf"(?<=[a-z0-9,;:('\"] ){written}(?!\w)"
    return rf"{inside}|(?<!\w){written}(?!\w)(?:(?![ \t]+[a-z])|(?={ACTS}))"
