"""Every word of the gate's lists counts: groups that are counted, offices, titles, markings, marks."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from gate_samples import JORY, VAN

from cop_publish.gate.forms import forms_of
from cop_publish.gate.name_words import LONGEST_ACT, are_words, no_plain_word
from cop_publish.gate.roles import is_role, is_role_address
from cop_publish.gate.telling import COUNT, GROUP_RULES, SIZE
from cop_publish.gate.tripwires import MARKINGS, TRIPWIRES
from cop_publish.gate.view import View

# --- how many there are ---------------------------------------------------------------------------------

SOMEBODY = (
    "people persons departments ministries agencies regulators councils authorities charities organisations "
    "organizations companies universities teams offices members colleagues speakers guests panelists "
    "panellists witnesses contributors participants officials officers ministers secretaries advisers "
    "advisors directors managers leads analysts researchers lawyers civil_servants women men"
)
NUMBERS = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)


def _counted(text: str) -> list[str]:
    return [text[start:end] for start, end in GROUP_RULES[COUNT](text, frozenset())]


@pytest.mark.parametrize("noun", SOMEBODY.split())
def test_a_group_of_any_of_these_that_is_counted_to_its_end_is_seen(noun: str) -> None:
    noun = noun.replace("_", " ")
    assert _counted(f"We asked all six {noun} about it.") == [f"all six {noun}"]
    assert _counted(f"We asked All Six very new {noun.title()}.") == [f"All Six very new {noun.title()}"]
    assert _counted(f"two of the five {noun}s") == []


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        *((f"all {number} members", f"all {number} members") for number in NUMBERS.split()),
        *((f"all {number} members", f"all {number} members") for number in ("2", "9", "10", "19")),
        ("both of the two members", "both of the two members"),
        ("all of our three members", "all of our three members"),
        ("all of these three members", "all of these three members"),
        ("all of those three members", "all of those three members"),
        ("both of us two", "both of us two"),
        ("all of them six", "all of them six"),
        ("the four of us", "the four of us"),
        ("the other four of them", "the other four of them"),
        ("us four of us", "us four of us"),
        ("we four of us", "we four of us"),
        ("one of the five regulators", "one of the five regulators"),
        ("all but one of the five regulators", "all but one of the five regulators"),
        ("two of our five regulators", "two of our five regulators"),
        *((f"both {n}", f"both {n}") for n in ["departments", "ministries", "agencies", "regulators"]),
        *((f"both of the {n}", f"both of the {n}") for n in ["councils", "charities", "universities"]),
        ("all six\nof us", "all six\nof us"),
        ("all \n six members", "all \n six members"),
    ],
)
def test_a_group_counted_in_other_words_is_seen(text: str, seen: str) -> None:
    assert _counted(f"So {text}.") == [seen]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "all members",
            "all six\n\nmembers",
            "both members",
            "all six of the",
            "all 20 members",
            "all 100 members",
        ),
        *("ball six members", "all six membership", "all six one two three members", "the four members"),
    ],
)
def test_another_count_is_none(text: str) -> None:
    assert _counted(text) == []


@pytest.mark.parametrize(("number", "word"), list(enumerate(NUMBERS.split(), 2)))
def test_so_many_as_somebody_is_one_of_are_seen_in_words_and_figures(number: int, word: str) -> None:
    for written in (word, word.title(), str(number)):
        text = f"{written} regional directors"
        assert list(GROUP_RULES[SIZE](text, frozenset({number}))) == [(0, len(text))]
        assert list(GROUP_RULES[SIZE](text, frozenset({number + 1}))) == []
    assert list(GROUP_RULES[SIZE](f"{word} regional directors", frozenset())) == []


# --- offices, titles, names that are words ---------------------------------------------------------------

ROLES = (
    "admin board comms contact digital editor editors enquiries events feedback hello help hi info join list "
    "lists mail media members membership news newsletter office podcast podcasts policy post press producer "
    "producers questions radio research secretariat secretary show studio subscribe support team "
    "webmaster website"
)


@pytest.mark.parametrize("role", ROLES.split())
def test_an_address_of_an_office_is_nobody_s(role: str) -> None:
    assert is_role_address(f"{role}@dept.example")
    assert is_role_address(f"{role.title()}.team@dept.example")
    assert not is_role_address(f"jory.{role}@dept.example")
    assert not is_role_address(role)
    assert is_role(f"jory7-{role}")
    assert not is_role(f"jory{role}x")


def test_an_address_without_a_name_is_no_office_s() -> None:
    assert not is_role_address("@dept.example")
    assert not is_role_address("")


PARTICLES = "ap ab al bin de del den der di do dos du el fitz ibn la le mac mc o st ten ter van von"


@pytest.mark.parametrize("particle", PARTICLES.split())
def test_a_particle_is_no_half_of_a_double_name(particle: str) -> None:
    """Else whoever has the same given name, and words like "Jan de", would be somebody else."""
    person = replace(JORY, given="Jan", known_as=(), family=f"{particle.title()} Madeberg")
    halves = {form.words for form in forms_of(person) if form.rule == "half of a double name"}
    assert halves == {b"jan madeberg", b"madeberg jan"}


def test_two_letters_are_half_of_a_double_name_and_one_is_not() -> None:
    person = replace(JORY, given="Jan", known_as=(), family="Li O'Madeberg-X")
    halves = {form.words for form in forms_of(person) if form.rule == "half of a double name"}
    assert {b"jan li", b"li jan", b"jan madeberg", b"madeberg jan"} <= halves
    assert not halves & {b"jan x", b"x jan", b"jan o", b"o jan"}


def test_of_several_given_names_the_first_initial_and_all_of_them_are_looked_for() -> None:
    person = replace(JORY, given="Jan Ann", known_as=(), family="Madeberg")
    words = {form.words for form in forms_of(person) if form.rule == "name with initials"}
    assert {
        b"j madeberg",
        b"j a madeberg",
        b"ja madeberg",
        b"madeberg j",
        b"madeberg j a",
        b"jmadeberg",
    } <= words


TITLES = "mr mrs ms miss mx dr prof professor sir dame lord lady cllr councillor"


@pytest.mark.parametrize("title", TITLES.split())
def test_a_title_before_a_family_name_is_looked_for(title: str) -> None:
    forms = [form for form in forms_of(JORY) if form.rule == "title and family name"]
    mine = [form for form in forms if form.words == f"{title} madeup fictive".encode()]
    assert len(mine) == 1
    for text in (
        f"{title.title()} Madeup-Fictive",
        f"{title}. Madeup-Fictive",
        f"{title.upper()}\nMADEUP-FICTIVE",
    ):
        assert re.search(mine[0].confirm, f"so {text} said")
    assert not re.search(mine[0].confirm, f"so x{title} Madeup-Fictive said")
    assert not re.search(mine[0].confirm, f"so {title} Madeup-Fictiveness said")
    assert not re.search(mine[0].confirm, f"so {title} madeup-fictive said")


@pytest.mark.parametrize(
    "written",
    ["van den Madeberg", "Van den Madeberg", "Van Den Madeberg", "VAN DEN MADEBERG", "Van-den_Madeberg"],
)
def test_a_family_name_counts_with_capitals_however_they_are_set(written: str) -> None:
    confirms = {form.confirm for form in forms_of(VAN) if form.rule == "title and family name"}
    (confirm,) = confirms
    assert re.search(confirm, f"so Dr {written} said")
    assert not re.search(confirm, "so Dr van den madeberg said")


ACTS = (
    "added agreed argued asked asks chaired described explained explains felt from had has joined laughed "
    "leads led noted recalled replied said says spoke suggested thinks thought told was who works "
    "worked writes wrote"
)


@pytest.mark.parametrize("act", ACTS.split())
def test_a_name_that_is_a_word_counts_where_it_does_what_people_do(act: str) -> None:
    pattern = no_plain_word("Hope")
    assert re.search(pattern, f"Hope {act} so.")
    assert re.search(pattern, f"HOPE {act} so.")
    assert not re.search(pattern, f"hope {act} so.")
    assert not re.search(pattern, f"Hope {act}x so.")
    assert len(f" {act}") <= LONGEST_ACT


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("Hope is no plan", False),
        ("Will it last, Hope", True),
        ("with Hope is", True),
        ('said "Hope is', False),
        ("no 4 Hope is", True),
        ("x, Hope is", True),
        ("x: Hope is", True),
        ("x; Hope is", True),
        ("End. Hope is", False),
        ("Hope", True),
        ("Hope, is", True),
        ("Hope\nis", True),
        ("Hopeful", False),
        ("xHope", False),
        ("With Hopeful", False),
    ],
)
def test_a_name_that_is_a_word_counts_inside_a_sentence_and_not_at_its_beginning(
    text: str,
    counts: bool,  # noqa: FBT001 - a column of the table
) -> None:
    assert (re.search(no_plain_word("Hope"), text) is not None) is counts


WORDS = """
    abbey angel april archer art ash august autumn baker banks barber bear bell best bill bird bishop black
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


@pytest.mark.parametrize("word", WORDS.split())
def test_a_word_of_english_that_is_a_name_needs_more_than_its_letters(word: str) -> None:
    assert are_words(f"{word} {word}".encode())
    assert not are_words(f"{word} madeup".encode())


# --- markings and left-over marks ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("marking", "texts", "others"),
    [
        (
            "OFFICIAL-SENSITIVE",
            (
                "OFFICIAL-SENSITIVE",
                "OFFICIAL: SENSITIVE",
                "Official-Sensitive",
                "Official: Sensitive",
                "official-sensitive",
            ),
            ("official sensitive", "Official Sensitive", "OFFICIAL, if not SENSITIVE"),
        ),
        ("TOP SECRET", ("TOP SECRET", "TOP-SECRET", "TOP_SECRET"), ("top secret", "Top secret")),
        ("UK SECRET", ("UK SECRET", "UK-SECRET", "UK_SECRET"), ("UK secret",)),
        ("UK EYES ONLY", ("UK EYES ONLY", "UK-EYES-ONLY", "UK_EYES_ONLY"), ("UK eyes only",)),
        ("LIMDIS", ("LIMDIS",), ("limdis",)),
    ],
)
def test_a_marking_counts_as_it_is_written(
    marking: str, texts: tuple[str, ...], others: tuple[str, ...]
) -> None:
    assert all(re.search(MARKINGS[marking], text) for text in texts)
    assert not any(re.search(MARKINGS[marking], text) for text in others)


FENCE, INLINE, REFERENCE = "a left-over ::: mark", "a left-over [[ mark", "a left-over @{ reference"
HEAD, ADDRESS = "the head of an e-mail", "an address at a government department"
LEFT_OVER = [
    (FENCE, "so ::: x", ":::", ""),
    (FENCE, "so :: confidential", ":: confid", ":: confid"),
    (FENCE, "so ::Network-Only", "::Network-Only", "::Network-Only"),
    (FENCE, "so :: network only", ":: network only", ":: network only"),
    (FENCE, "a::before", "", ""),
    (INLINE, "so [[confidential: x", "[[confidential", "[[confidential"),
    (INLINE, "so [[ Network-only x", "[[ Network-only", "[[ Network-only"),
    (INLINE, "so [[confidental x", "[[confidental", ""),
    (INLINE, "so [[konfidenziell x", "", ""),
    (INLINE, "so [[confidantiel x", "[[confidantiel", ""),
    (INLINE, "so [[page]] and [[netwrk-onl]]", "[[netwrk-onl", ""),
    (INLINE, "so [[1, 2], [3, 4]]", "", ""),
    ("a left-over |say|", "a | SAY | b", "| SAY |", "| SAY |"),
    ("a left-over |say|", "a |says| b", "", ""),
    (REFERENCE, "by @{p-7f3k}", "@{", "@{p-"),
    (REFERENCE, "by @{ P-7f3k}", "@{", "@{ P-"),
    (REFERENCE, "by @{x}", "@{", ""),
    (REFERENCE, "by @ {x}", "", ""),
    *(
        (HEAD, f"x\n{a}: Jo\n{b}: Al", f"{a}: Jo\n{b}: A", "")
        for a, b in (
            ("From", "Sent"),
            ("Sent", "To"),
            ("To", "Cc"),
            ("Cc", "Bcc"),
            ("Date", "Subject"),
            ("Subject", "Date"),
            ("Bcc", "From"),
        )
    ),
    *(
        (HEAD, f"{a}: Jo\n{a}: Al", f"{a}: Jo\n{a}: A", "")
        for a in ["From", "Sent", "To", "Cc", "Bcc", "Date", "Subject"]
    ),
    (HEAD, "From:\tJo\r\n\nTo:\tAl", "From:\tJo\r\n\nTo:\tA", ""),
    (HEAD, "x --- Original Message --- x", "--- Original Message ---", ""),
    (HEAD, "x ----Forwarded message---- x", "----Forwarded message----", ""),
    (HEAD, "From: here to there", "", ""),
    (HEAD, "x -- Original Message -- x", "", ""),
    (ADDRESS, "so jo.b+c@dept.gov.uk, x", "jo.b+c@dept.gov.uk", ""),
    (ADDRESS, "so JO@X.GOV.UK", "JO@X.GOV.UK", ""),
    (ADDRESS, "so jo@gov.uk", "jo@gov.uk", ""),
    (ADDRESS, "so press@a.gov.uk and jo@b.gov.uk", "jo@b.gov.uk", ""),
    (ADDRESS, "so press@a.gov.uk", "", ""),
    (ADDRESS, "so jo@gov.ukraine", "", ""),
    (ADDRESS, "so jo@gov.uk-x", "", ""),
]


@pytest.mark.parametrize(("rule", "text", "in_prose", "in_code"), LEFT_OVER)
def test_what_is_left_of_a_mark_or_a_mail_is_seen_from_its_beginning_to_its_end(
    rule: str, text: str, in_prose: str, in_code: str
) -> None:
    for is_code, seen in ((False, in_prose), (True, in_code)):
        place = TRIPWIRES[rule](text, View("v", text, code=is_code))
        assert (text[slice(*place)] if place else "") == seen


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        *(
            (f"call {number} now", number)
            for number in ("07700 900123", "07700900123", "020 7946 0123", "0121-496-0123")
        ),
        *(
            (f"call {number} now", number)
            for number in ("01632 960123", "(01632) 960 123"[1:], "023 9246 0123", "029 2046 0123")
        ),
        *(
            (f"call {number} now", number)
            for number in ("+44 7700 900123", "+44 (0)20 7946 0123", "+447700900123", "+44-1632-960123")
        ),
        ("+44 7700 900123 or 07700 900124", "+44 7700 900123"),
        ("07700 900124 or +44 7700 900123", "07700 900124"),
        *(
            (f"call {other} now", "")
            for other in ("0300 123 4567", "0800 123 4567", "x07700 900123", "107700 900123")
        ),
        *(
            (f"call {other} now", "")
            for other in ("07700 90012", "07700 900123/4", "1.07700 900123", "07700 900123.5", "/07700900123")
        ),
        *(
            (f"call {other} now", "")
            for other in (
                "022 7946 0123",
                "=07700900123",
                "07700900123=",
                "07700-900123-x",
                "x+44 7700 900123",
            )
        ),
    ],
)
def test_a_british_number_is_seen_as_people_write_it(text: str, seen: str) -> None:
    place = TRIPWIRES["a telephone number"](text, View("v", text))
    assert (text[slice(*place)] if place else "") == seen
    assert TRIPWIRES["a telephone number"](text, View("v", text, code=True)) is None
