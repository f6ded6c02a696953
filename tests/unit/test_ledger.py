"""Marks are sticky: what was marked once is known again, in any dress, and nobody can read the ledger."""

from __future__ import annotations

import hmac
import random
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from test_clear import EPISODE

from cop_publish.core.edits import UNEDITED, Edit
from cop_publish.core.folding import folded
from cop_publish.core.guarded import (
    advise_marks,
    find_standing,
    guarded_advice,
    guarded_problem,
    withheld_in,
    words_of_passages,
)
from cop_publish.core.guarded import prints_of as prints_of_words
from cop_publish.core.ledger import (
    Ledger,
    Print,
    find_guarded,
    is_distinct,
    is_guarded_whole,
    ledger_of,
    print_of,
    term_print,
    words_in,
)
from cop_publish.core.model import CueDraft, Draft, EpisodeDraft, PageDraft, Text
from cop_publish.core.problems import Place, Problem
from cop_publish.core.timeline import Cut, Instead
from cop_publish.gate.passages import WHOLE, passages_of, sightings

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = b"k" * 32
TOLD = "The minister has not yet been told that the pilot will end in March"


def page(body: str, title: str = "About") -> PageDraft:
    where = Place("about.md", 3)
    return PageDraft(
        "about",
        where,
        Text(title, Place("about.md", 2, 8)),
        Text("", where),
        (),
        Text(body, Place("about.md", 5, 1)),
        (),
    )


def check_guarded(draft: Draft, ledger: Ledger) -> list[Problem]:
    return [guarded_problem(s) for s in find_standing(draft, ledger) if s.found.is_telling]


def advise_guarded(draft: Draft, ledger: Ledger) -> list[str]:
    return [guarded_advice(s) for s in find_standing(draft, ledger) if not s.found.is_telling]


def prints_of(draft: Draft, key: bytes) -> tuple[Print, ...]:
    return prints_of_words(words_of_passages(withheld_in(draft)), key)


def guarded_by(body: str, *terms: str) -> Ledger:
    return ledger_of(KEY, [*prints_of(page(body), KEY), *(term_print(KEY, t) for t in terms)])


BLOCK = f"::: confidential\n{TOLD}.\n::: end\n"
LEDGER = guarded_by(BLOCK)


@pytest.mark.parametrize(
    "body",
    [
        TOLD,
        TOLD.upper(),
        f"Before it. {TOLD}, and after.",
        "The minister\nhas not yet been\ntold that the pilot will end in March",
        "The *minister* has **not** yet been `told` that the pilot",
        "The min\u00adister has not\u200b yet been told that the pilot",
        "\uff34\uff48\uff45 minister has not yet been told that the pilot",
        "The [minister](https://x.example/a-b-c) has not yet been told that the pilot",
        "The minister has not yet [been](https://x.example/a-b) told that the pilot will",
        "> - The minister has not yet been told that the pilot",
        "The&nbsp;minister has not yet been told that the pilot",
        "has not yet been told that the pilot",  # eight words of it
        "the-minister-has-not-yet-been-told-that",
    ],
)
def test_a_passage_that_was_marked_is_known_without_its_mark(body: str) -> None:
    (problem, *more) = check_guarded(page(f"Words of another kind.\n\n{body}"), LEDGER)
    assert not [p for p in more if p.where != problem.where]
    assert problem.where == Place("about.md", 7)
    assert problem.what == "a passage that was marked as withheld stands here without its mark"
    assert problem.fix.endswith("cop-publish unmark about.md:7 --by … --reason …")
    assert not any(word in str(problem) for word in ("minister", "pilot", "March"))


@pytest.mark.parametrize(
    "body", [BLOCK, f"[[confidential: {TOLD}]]", f"[[confidential: {TOLD} |say| Soon]]."]
)
def test_what_is_still_marked_is_no_problem(body: str) -> None:
    assert (check_guarded(page(body), LEDGER)) == []
    assert (advise_guarded(page(body), LEDGER)) == []


def spoken(*cues: str, cut: tuple[float, float] | None = None) -> EpisodeDraft:
    """An episode in which each cue is heard for two seconds."""
    edit = Edit((Cut(*cut, Instead.NOTHING),)) if cut else UNEDITED
    drafts = tuple(
        CueDraft(2.0 * n, 2.0 * n + 2, None, Text(words, Place("transcript.vtt", n + 3, 1)))
        for n, words in enumerate(cues)
    )
    return replace(EPISODE, cues=drafts, edit=edit)


def test_a_passage_is_known_over_the_ends_of_cues_and_not_where_its_sound_is_cut() -> None:
    half = ("Well. The minister has not yet", "been told that the pilot", "will end in March.")
    (problem,) = check_guarded(spoken(*half), LEDGER)
    assert problem.where == Place("transcript.vtt", 3)
    assert check_guarded(spoken(*half, cut=(0.0, 6.0)), LEDGER) == []
    assert check_guarded(spoken(*half, cut=(2.0, 4.0)), LEDGER) == []  # the two ends do not meet
    marked = spoken(f"[[confidential: {TOLD}]]")
    assert ledger_of(KEY, prints_of(marked, KEY)).runs == LEDGER.runs
    assert check_guarded(marked, LEDGER) == []


@pytest.mark.parametrize("body", ["has not yet been told that the", "has not yet been told that"])
def test_six_or_seven_words_in_a_row_are_worth_a_look_and_no_more(body: str) -> None:
    assert (check_guarded(page(body), LEDGER)) == []
    (advice,) = advise_guarded(page(body), LEDGER)
    assert advice.startswith("about.md:5: ")
    assert body not in advice


@pytest.mark.parametrize(
    "body",
    [
        "The minister has yet to be seen; told that the pilot goes",
        "in March the pilot will end, and the minister has been told",
        "",
        "The minister has not @{p-7f3k} yet been told",
    ],
)
def test_other_words_are_other_words(body: str) -> None:
    assert (check_guarded(page(body), LEDGER)) == []
    assert (advise_guarded(page(body), LEDGER)) == []


@pytest.mark.parametrize(
    ("passage", "text", "found"),
    [
        ("costs £4.1m", "It costs £4.1m a year", True),
        ("costs £4.1m", "It costs £4.2m a year", False),
        ("Project Falcon", "about PROJECT  FALCON’s end", True),
        ("Project Falcon", "a falcon project", False),
        ("told the Treasury last Thursday", "We told the Treasury last Thursday.", True),
        ("leaving", "they are leaving", False),  # one word is anybody's
        ("on the one before", "not on the one before that", False),
        ("seven words of it stand in here", "seven words of it stand in here", True),
        ("seven words of it stand in here", "six words of it stand in here", False),
    ],
)
def test_a_short_passage_is_known_as_a_whole_where_it_tells_anything(
    passage: str,
    text: str,
    found: bool,  # noqa: FBT001
) -> None:
    ledger = guarded_by(f"[[confidential: {passage}]]")
    assert bool(check_guarded(page(text), ledger)) is found


@pytest.mark.parametrize("passage", ["leaving", "on the one before", "he", "from @{p-7f3k} to you"])
def test_a_passage_that_cannot_be_known_again_is_said_when_it_is_marked(passage: str) -> None:
    draft = page(f"Well.\n\n[[confidential: {passage}]]")
    assert prints_of(draft, KEY) == ()
    (advice,) = advise_marks(withheld_in(draft), Ledger(KEY))
    assert advice.startswith("about.md:7")
    assert "guard.yaml" in advice
    assert f" {passage} " not in advice
    assert (
        list(
            advise_marks(
                withheld_in(draft),
                ledger_of(KEY, [term_print(KEY, t) for t in ("leaving", "on the one", "he", "to you")]),
            )
        )
        == []
    )


@pytest.mark.parametrize("text", ["the Falcon lands", "FALCON", "fal\u00adcon", "a-falcon-is-here"])
def test_a_term_that_somebody_asked_to_guard_is_found_alone(text: str) -> None:
    ledger = guarded_by("", "Falcon")
    assert check_guarded(page(text), ledger)
    assert (check_guarded(page("falcons fly"), ledger)) == []


def test_what_stands_in_a_title_is_told_with_its_line() -> None:
    ledger = guarded_by("", "Project Falcon")
    (problem,) = check_guarded(page("", title="On project falcon"), ledger)
    assert problem.where == Place("about.md", 2)


COMMON = """
    a about after all also an and any are as at be because been before but by can could did do does for from
    get go had has have he her here him his how i if in into is it its just know like make may me more most
    much my new no not now of on one only or other our out over people said say see she should so some than
    that the their them then there these they this time to two up us very was we well were what when where
    which while who why will with would year years yes yet you your
"""


@pytest.mark.parametrize("word", COMMON.split())
def test_a_few_words_that_anybody_writes_are_no_passage(word: str) -> None:
    """Else whatever page says them would be refused; one word that is rarer makes them somebody's."""
    assert not is_distinct([word, "the"])
    assert not is_distinct([word])
    assert is_distinct([word, "falcon"])
    assert is_distinct([word, "4"])


def test_a_passage_with_a_name_inside_is_not_known_as_a_whole() -> None:
    """What stands there on a page differs: the fingerprint would be of words that nobody publishes."""
    assert is_guarded_whole(("project", "falcon"))
    assert not is_guarded_whole(("project", None, "falcon"))
    assert not is_guarded_whole(("project", *["falcon"] * 7))
    assert not is_guarded_whole(("project",))


def test_most_of_a_text_is_passed_by_however_short_the_shortest_term_is() -> None:
    assert guarded_by("", "Falcon").least_words == 6
    assert guarded_by("", "Falcon", "Project Falcon").least_words == 2
    assert guarded_by("").least_words == 6


def test_a_ledger_keeps_the_words_that_lie_open() -> None:
    assert ledger_of(KEY, [], said={"a mark": "project falcon"}).said == {"a mark": "project falcon"}
    assert ledger_of(KEY, []).said == {}


def test_nobody_can_read_the_ledger_or_test_a_guess_without_its_key() -> None:
    assert not any(word in repr(LEDGER).lower() for word in ("minister", "pilot", "march", "kkkk"))
    other = ledger_of(b"x" * 32, prints_of(page(BLOCK), b"x" * 32))
    assert other.runs.isdisjoint(LEDGER.runs)


def test_the_fingerprints_are_what_the_gate_makes_of_folded_words() -> None:
    words = folded(TOLD).split()
    made = [hmac.digest(KEY, b" ".join(words[n : n + 6]), "sha256")[:16].hex() for n in range(len(words) - 5)]
    assert print_of(KEY, words_in(TOLD)).runs == tuple(made)
    short = print_of(KEY, words_in("It costs £4.1m"))
    assert (short.whole, short.length) == (hmac.digest(KEY, b"it costs 4 1m", "sha256")[:16].hex(), 4)
    assert ledger_of(KEY, [short]).prints == (short,)


PLACES = (
    "{}",
    "- {}",
    "> {}",
    "| a | {} |",
    "Words before. {} Words after.",
    "# {}",
    "*{}*",
    "**Note:** {}",
    "`{}`",
    "![{}](/map.png)",
)


COMMON = "the of and a to in is that it was for on are with they be at one have this from"
MARKS = ("::: confidential\n{}\n::: end", "[[confidential: {}]]", "[[confidential: {} |say| so]]")


def passages(chance: random.Random, count: int) -> Iterator[str]:
    """Passages of one to thirty words, anybody's and nobody's."""
    common = COMMON.split()
    unlike = [f"{a}{b}" for a in ("bor", "mir", "tal", "quen") for b in ("ough", "ade", "ix", "um")]
    for _ in range(count):
        pool = common if chance.random() < 0.3 else common + unlike
        words = chance.choices(pool, k=chance.choice((1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 30)))
        yield chance.choice(
            (
                " ".join(words),
                " ".join(words).capitalize(),
                "\n".join(" ".join(w) for w in (words[:9], words[9:]) if len(w) > 2) or words[0],
            )
        )


def test_whatever_was_marked_is_known_again_or_was_said_not_to_be() -> None:
    """Over many passages, ways of marking and places where the mark is lost."""
    chance = random.Random(11)
    known, said = 0, 0
    for passage in passages(chance, 1500):
        before = page(chance.choice(MARKS).format(passage))
        after = page(chance.choice(PLACES).format(passage.replace("\n", " ")))
        ledger = ledger_of(KEY, prints_of(before, KEY))
        found = [s for s in find_standing(after, ledger) if s.found.is_telling]
        advised = list(advise_marks(withheld_in(before), Ledger(KEY)))
        assert bool(found) is not bool(advised), passage
        known, said = known + bool(found), said + bool(advised)
    assert known > 900
    assert said > 50


def test_every_run_of_a_long_passage_is_found_wherever_it_was_cut_out() -> None:
    letters = random.Random(5)
    passage = [f"w{letters.randrange(10**6)}" for _ in range(120)]
    ledger = ledger_of(KEY, [print_of(KEY, tuple(passage))])
    for start in range(112):
        (found,) = find_guarded(("before", *passage[start : start + 8], "after"), ledger)
        assert (found.at, found.count, found.is_telling) == (1, 8, True)


@pytest.mark.parametrize(
    "text",
    [
        "The Minister’s note's end: don't, O'Neill",
        "Łódź, Ærø, Þórr — naïve café ﬁne",
        "\uff26\uff35ll width, soft\u00adhyphen, zero\u200bwidth, na\u0308ive",
        "£4.1m (about 5%) in 2026/27; e-mail me",
        "straße, œuvre, smørrebrød",
    ],
)
def test_the_gate_folds_words_as_the_ledger_does(text: str) -> None:
    assert [w for w in words_in(text) if w] == folded(text).decode().split()


@pytest.mark.parametrize("first", range(0, 0x20000, 0x1000))
def test_every_letter_of_every_script_is_folded_by_the_gate_as_by_the_ledger(first: int) -> None:
    """Letters, accents and digits, each inside a word and alone."""
    letters = [
        chr(code) for code in range(first, first + 0x1000) if unicodedata.category(chr(code))[0] in "LMN"
    ]
    for letter in letters:
        text = f"ab{letter}cd {letter} x"
        assert [w for w in words_in(text) if w] == folded(text).decode().split(), hex(ord(letter))


# Greek capitals that look like other Latin letters than their small ones: H and n, Y and u, N and v.
_TWO_LOOKS = frozenset("ηνυϋύή") | frozenset("\u0345")
_OLD_CYRILLIC = frozenset("ᲀᲂᲃᲄᲅ")  # small letters of old prints, which have no capitals of their own


def test_capitals_are_folded_as_small_letters_in_every_script_but_greek() -> None:
    for code in range(0x20000):
        small = chr(code).lower()
        if len(small) != 1 or small == chr(code):
            continue
        plain = unicodedata.normalize("NFD", small)[0]
        if plain not in _TWO_LOOKS:
            assert folded(chr(code)) == folded(small), hex(code)


@pytest.mark.parametrize(
    "passage",
    [
        "Ŋuyen Ħal Ŧeo met the board in March and said no",
        "Министр ещё не знает о том, что опыт закончится в марте",  # noqa: RUF001 - the script is meant
        "Ο υπουργός δεν γνωρίζει ακόμη ότι το πείραμα τελειώνει τον Μάρτιο",  # noqa: RUF001 - the same
        "השר עדיין אינו יודע שהניסוי יסתיים במרץ השנה",
        "मंत्री को अभी नहीं पता कि प्रयोग मार्च में समाप्त होगा",
        "Ὁ Σωκράτης καὶ οἱ μαθηταὶ αὐτοῦ ἐν τῇ ἀγορᾷ διελέγοντο",
    ],
)
def test_what_was_marked_in_any_script_is_known_again_by_the_gate(passage: str) -> None:
    ledger = ledger_of(KEY, [print_of(KEY, words_in(passage))])
    guarded = passages_of(ledger, {})
    assert guarded is not None
    text = folded(f"So it was. {passage}; and so on.").split()
    assert [sighting.rule for sighting in sightings(text, guarded)] == [WHOLE]
    assert list(find_guarded(words_in(f"So it was. {passage}; and so on."), ledger))


def test_what_is_for_the_network_only_is_guarded_as_well() -> None:
    body = f"::: network-only\n{TOLD}.\n::: end\n"
    assert guarded_by(body).runs == LEDGER.runs
    assert list(find_standing(page(TOLD), guarded_by(body)))


@pytest.mark.parametrize("note", ["[^1]", "[^a-note]"])
def test_a_footnote_does_not_part_a_passage(note: str) -> None:
    words = TOLD.split()
    noted = " ".join([*words[:4], words[4] + note, *words[5:]])
    assert list(find_standing(page(f"{noted}.\n\n{note}: A note.\n"), LEDGER))
    assert guarded_by(f"::: confidential\n{noted}.\n::: end\n").runs >= LEDGER.runs


@pytest.mark.parametrize("end_of_line", ["\n", "\r\n", "\r"])
def test_where_one_mark_is_damaged_the_others_are_learnt_all_the_same(end_of_line: str) -> None:
    body = f"So [[confidential: {TOLD} |say| nothing]].\n\n[[confidental: a slip].\n\n"
    body += "::: confidential\nOne two.\n::: end\n"
    body = body.replace("\n", end_of_line)
    assert [p.words for p in withheld_in(page(body))] == ["One two.", TOLD]
    assert guarded_by(body).runs == LEDGER.runs
