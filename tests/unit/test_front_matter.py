"""Front matter: what a producer wrote is what is read, and every slip is named with its place."""

from __future__ import annotations

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cop_publish.core import front_matter
from cop_publish.core import values as v
from cop_publish.core.front_matter import Fields, Key, Schema, check_characters, read_front_matter, read_yaml
from cop_publish.core.metadata import EPISODE, MEETING, PAGE, POST
from cop_publish.core.model import Text
from cop_publish.core.problems import Place, Problems

LONDON = ZoneInfo("Europe/London")
SCHEMA: Schema = {
    "title": Key(v.text, "Give it a title.", required=True),
    "summary": Key(v.text, "One paragraph.", also=("description",)),
    "guid": Key(v.word, "Its identity."),
    "number": Key(v.integer, "Its number."),
    "audience": Key(v.choice("public", "network"), "public or network.", filled=True),
    "people": Key(v.people, "Their IDs."),
    "topics": Key(v.words, "Topic words."),
    "images": Key(v.each({"file": Key(v.word, "Its path.", required=True)}), "The images."),
}


@pytest.fixture(autouse=True, params=["CSafeLoader", "SafeLoader"])
def _parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test holds for the C parser and for the pure one, whose nodes differ in their style."""
    monkeypatch.setattr(front_matter, "_Loader", getattr(yaml, request.param))


def read(front: str, schema: Schema | None = None) -> tuple[Fields, Problems]:
    fields, _, _, problems = read_front_matter(
        f"---\n{front}\n---\nBody.\n", "e.md", schema or SCHEMA, LONDON
    )
    return fields, problems


def title_of(front: str) -> str:
    fields, problems = read(front)
    assert problems == ()
    title = fields.get("title")
    assert isinstance(title, Text)
    return title.raw


@pytest.mark.parametrize(
    ("written", "raw"),
    [
        ("Yes", "Yes"),
        ("no", "no"),
        ("12:30", "12:30"),
        ("010", "010"),
        ("0x1F", "0x1F"),
        ("1e3", "1e3"),
        ("2026-06-29", "2026-06-29"),
        ("!!python/name:os.system x", "x"),
        ("=", "="),
        ('"a: b"', "a: b"),
        ('"“Smart: quote”"', "“Smart: quote”"),
        ('"@x"', "@x"),
        ('"`x`"', "`x`"),
        ('"*x*"', "*x*"),
        ('"%x"', "%x"),
        ('"#1 thing"', "#1 thing"),
        ('"x #y"', "x #y"),
        ("'null'", "null"),
        ("C#9", "C#9"),
        ("a\n  b", "a b"),
        ("|\n  a\n  # b", "a # b"),
        (">-\n  a\n\n  b", "a b"),
        ('  "spaces   inside"  ', "spaces inside"),
        ("Q&A <AI>", "Q&A <AI>"),
        ("مرحبا 👩‍👩‍👧", "مرحبا 👩‍👩‍👧"),
    ],
)
def test_a_title_is_read_as_it_is_written_whatever_yaml_would_make_of_it(written: str, raw: str) -> None:
    assert title_of(f"title: {written}") == raw


BROKEN = "this line cannot be read as `key: value`"


@pytest.mark.parametrize(
    ("front", "line", "what"),
    [
        ("title: a: b", 2, BROKEN),
        ("title: “Smart: quote”", 2, BROKEN),
        ("title: @x", 2, BROKEN),
        ("title: `x`", 2, BROKEN),
        ("title: %x", 2, BROKEN),
        ("title: *x", 2, BROKEN),
        ("title: a\nsummary: [b", 3, BROKEN),
        ("title: {a", 2, BROKEN),
        ("title: 'never closed\nsummary: b\nguid: c", 2, BROKEN),
        ('title: a\nsummary: "never closed\nguid: c', 3, BROKEN),
        ('title: "a\\qb"', 2, "a backslash stands between double quotes"),
        ("title: a\n\tsummary: b", 3, BROKEN),
        ("title: a\n summary: b", 3, BROKEN),
        ("title: a\n...\nsummary: b", 4, BROKEN),
        ("title: a\nsummary: &x b\nguid: *y", 4, BROKEN),
        ("title: &a [*a]", 2, "`title` must be a single value"),
        ("- title: a", 2, "this must be keys with values"),
        ("a sentence", 2, "this must be keys with values"),
        ("title: #1 thing", 2, "the value of `title` begins with #, and would be lost"),
        ("title: a\nsummary: #9 in a list", 3, "the value of `summary` begins with #, and would be lost"),
        ("title: x #y", 2, "the words of `title` after # would be lost"),
        ("title: a\n  b # c", 2, "the words of `title` after # would be lost"),
        ("title: [a]", 2, "`title` must be a single value"),
        ("title: {a: b}", 2, "`title` must be a single value"),
        ("title:", 2, "`title` is missing"),
        ("title: ~", 2, "`title` is missing"),
        ('title: ""', 2, "`title` is missing"),
        ('title: "  "', 2, "`title` is missing"),
        ("guid: g", 2, "`title` is missing"),
        ("", 2, "`title` is missing"),
        ("title: a\naudience:", 3, "`audience` is left empty"),
        ("title: a\naudience:   # network", 3, "`audience` is left empty"),
        ("title: a\naudience: Network", 3, "`audience` has a value that is not known"),
        ("title: a\ntitle: b", 3, "`title` stands here a second time (first on line 2)"),
        ("title: a\nsummary: b\ndescription: c", 4, "`summary` stands here a second time (first on line 3)"),
        ("title: a\nimages: []\nimages: []", 4, "`images` stands here a second time (first on line 3)"),
        ("title: a\nimages: {file: b}", 3, "`images` must be a list"),
        ("title: a\nimages: [b]", 3, "images[1]. must be keys with values"),
        ("title: a\nimages:\n  - file: b\n  - fiel: c", 5, "the key `fiel` is not known"),
        ("title: a\nimages: [{}]", 3, "`images[1].file` is missing"),
        ("title: a\n<<: {summary: b}", 3, "the key `…` is not known"),
        ("title: a\n? [b, c]\n: d", 3, "the key `…` is not known"),
    ],
)
def test_each_slip_is_one_problem_on_the_line_to_mend(front: str, line: int, what: str) -> None:
    _, problems = read(front)
    assert [p.what for p in problems if what in p.what] == [problems[0].what]
    assert (problems[0].where.path, problems[0].where.line) == ("e.md", line)
    assert problems[0].fix.endswith((".", "?"))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "there is no front matter"),
        ("# A heading\n", "there is no front matter"),
        ("\n---\ntitle: a\n---\n", "there is no front matter"),
        (" ---\ntitle: a\n---\n", "there is no front matter"),
        ("----\ntitle: a\n---\n", "there is no front matter"),
        ("---\ntitle: a\n", "the front matter is not closed"),
        ("---\ntitle: a\n ---\n", "the front matter is not closed"),
        ("---", "the front matter is not closed"),
    ],
)
def test_front_matter_that_is_not_there_or_not_closed_is_said(text: str, what: str) -> None:
    fields, body, where, problems = read_front_matter(text, "e.md", SCHEMA, LONDON)
    assert [(p.where, p.what) for p in problems] == [(Place("e.md", 1), what)]
    assert (fields.values, body, where) == ({}, "", Place("e.md", 1))


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_any_newline_and_a_byte_order_mark_read_the_same(newline: str, bom: str) -> None:
    text = bom + "---\ntitle: a\nsummary: b\n---\nOne.\n\n---\nTwo.\n".replace("\n", newline)
    fields, body, where, problems = read_front_matter(text, "e.md", SCHEMA, LONDON)
    assert problems == ()
    assert fields.get("summary").raw == "b"
    assert body == "One.\n\n---\nTwo.\n"  # a rule in the body is no fence
    assert where == Place("e.md", 5)


def test_accents_are_composed_so_that_equal_words_are_equal() -> None:
    assert title_of("title: Sia\u0302n") == "Si\u00e2n"


def test_places_count_from_the_first_line_of_the_file() -> None:
    fields, _ = read('# a comment\n\ntitle: "a"\nsummary:   b')
    assert fields.get("title").where == Place("e.md", 4, 8)
    assert fields.get("summary").where == Place("e.md", 5, 12)
    assert fields.place("summary") == Place("e.md", 5, 1)
    assert fields.place("guid") == fields.where  # what is not there stands where its mapping does


@pytest.mark.parametrize(
    ("front", "fix"),
    [
        ("titel: a\ntitle: b", "Did you mean `title`?"),
        ("title: b\nDescripton: a", "Did you mean `description`?"),
        ("title: a\naudience: Network", "Did you mean `network`? It can be public or network."),
        ("title: a\nzzz: 1", "Remove it, or see docs/formats.md for the keys there are."),
    ],
)
def test_an_unknown_word_gets_the_nearest_known_one(front: str, fix: str) -> None:
    _, problems = read(front)
    assert [p.fix for p in problems] == [fix]


def test_an_empty_optional_key_and_a_comment_behind_it_are_fine() -> None:
    fields, problems = read("title: a\nnumber:      # not yet\nsummary: null\nguid: g   # never changes")
    assert problems == ()
    assert fields.get("number") is None
    assert fields.get("summary") is None
    assert fields.get("guid") == "g"


def test_null_items_of_old_archives_are_passed_over() -> None:
    fields, problems = read("title: a\ntopics:\n  - b\n  -\n  - null\n  - ~\npeople: [null, p-7f3k, p-7f3k]")
    assert problems == ()
    assert fields.get("topics") == ("b",)
    assert fields.get("people") == ("p-7f3k",)


def test_every_problem_is_told_at_once_and_in_the_order_of_the_file() -> None:
    _, problems = read(
        "titel: a\nnumber: x\npeople: [Someone, p-7f3k, 9]\nimages: [{}, {file: [b]}]\naudience: a"
    )
    lines = [p.where.line for p in problems if "is missing" not in p.what]
    assert lines == sorted(lines)
    assert [p.what for p in problems] == [
        "the key `titel` is not known",
        "`number` must be a whole number from 1",
        "`people` must hold person IDs",
        "`people` must hold person IDs",
        "`images[1].file` is missing",
        "`images[2].file` must be a single value",
        "`audience` has a value that is not known",
    ]


def test_a_required_key_that_is_misspelt_is_told_once_and_not_as_missing_too() -> None:
    for front, told in (("titel: a", 1), ("titel: a\ntopic: b", 2), ("guid: a", 1)):
        assert len(read(front)[1]) == told


@pytest.mark.parametrize(
    ("character", "name"),
    [
        ("\x00", "U+0000"),
        ("\x07", "U+0007"),
        ("\x7f", "U+007F"),
        ("\x85", "U+0085"),
        ("\ufffe", "U+FFFE"),
        *((chr(code), f"U+{code:04X}") for code in (*range(0x2028, 0x202F), *range(0x2066, 0x206A))),
    ],
)
def test_a_control_character_is_named_with_line_and_column(character: str, name: str) -> None:
    text = f"---\ntitle: a\n---\nOne.\nTwo {character}words.\n"
    _, body, _, problems = read_front_matter(text, "e.md", SCHEMA, LONDON)
    assert [str(p.where) for p in problems] == ["e.md:5:5"]
    assert name in problems[0].what
    assert body == ""


@pytest.mark.parametrize("mark", ["\u200e", "\u200f", "\u200d", "\u202f", "\u2060"])
def test_marks_that_right_to_left_words_and_joined_letters_need_are_let_through(mark: str) -> None:
    assert check_characters(f"a{mark}b", "e.md") == (f"a{mark}b", ())


@pytest.mark.parametrize("escape", [r"\u202e", r"\u2066", r"\u2028", r"\a", r"\N"])
@pytest.mark.parametrize("key", ["title", "guid"])
def test_a_character_that_a_file_may_not_hold_cannot_be_spelt_either(key: str, escape: str) -> None:
    fields, problems = read_yaml(f'{key}: "a{escape}b"', "e.md", EPISODE, UTC)
    assert fields.get(key) is None
    assert [str(p.where) for p in problems if "spells a control character (U+" in p.what] == [
        f"e.md:1:{len(key) + 3}"
    ]


def test_a_lone_surrogate_is_a_control_character_too() -> None:
    _, problems = check_characters("a\ud800b", "e.md")
    assert [str(p.where) for p in problems] == ["e.md:1:2"]


def test_many_control_characters_are_one_problem_a_line() -> None:
    _, problems = check_characters("a\x01b\x02\nfine\n\x03" + "\x00" * 100_000, "e.md")
    assert [(p.where.line, p.where.column) for p in problems] == [(1, 2), (3, 1)]
    assert "100001 control characters" in problems[1].what


@pytest.mark.parametrize("level", ["{a: ", "- ", "? "])
def test_nesting_without_end_is_a_problem_and_ends_no_process(level: str) -> None:
    _, problems = read_yaml(
        f"title: {level * 30_000}" if level[0] == "{" else level * 30_000, "e.md", SCHEMA, UTC
    )
    assert [p.what for p in problems] == [BROKEN]


def test_aliases_without_end_cost_nothing() -> None:
    levels = "\n".join(f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]" for n in range(20))
    _, problems = read(f"title: a\na: &a [x, x]\n{levels}")
    assert len(problems) == 21


NAME = "Xanthippe"  # as a name would stand in a draft
SLIPS = (
    "{key}: {s}: {s}",
    "{key}: [{s}",
    "{key}: '{s}",
    '{key}: "{s}\\q"',
    "{key}: #{s}",
    "{key}: x #{s}",
    "{key}: [{s}, {{{s}: {s}}}]",
    "{key}: {{{s}: {s}}}",
    "{key}: [[{s}]]",
    "{key}: {s} {s}",
    "{key}: *{s}",
    "{key}: !{s} {s}",
    "{key}: {s}\n{key}: {s}",
    "{key}: |\n  {s}\n {s}",
    "{key}:\n  - {s}\n - {s}",
    "{key}:\n\t{s}",
    "- {s}",
    "{s}",
    "{key}: {s}\x07",
    "{s} said {s}: {s}",
)


@pytest.mark.parametrize("schema", [EPISODE, POST, MEETING, PAGE], ids=["episode", "post", "meeting", "page"])
def test_no_problem_ever_quotes_what_a_value_says(schema: Schema) -> None:
    found = 0
    for key in schema:
        for slip in SLIPS:
            _, problems = read(slip.format(key=key, s=NAME), schema)
            said = "\n".join(map(str, problems))
            assert NAME not in said, (key, slip)
            found += bool(problems)
    assert found > len(schema) * len(SLIPS) * 0.8


@settings(max_examples=60)
@given(st.text(st.characters(codec="utf-8"), max_size=60), st.sampled_from([*EPISODE, *POST]))
def test_whatever_is_written_gives_fields_or_problems_and_never_raises(written: str, key: str) -> None:
    schema = EPISODE if key in EPISODE else POST
    fields, problems = read(f"{key}: {NAME} {written}", schema)
    assert isinstance(fields, Fields)
    assert all(NAME not in str(p) for p in problems)
    assert all(p.where.path == "e.md" and p.where.line > 0 for p in problems)
