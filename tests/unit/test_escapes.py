r"""A backslash makes text of what looks like a mark, the same everywhere, and never turns a mark off."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from marked_texts import PLACEMENTS, SECRETS, plain_text, single_edits

from cop_publish.core.agreed_signs import AgreedSign, agreed_signs
from cop_publish.core.marks import apply_marks
from cop_publish.core.model import Audience, Text
from cop_publish.core.problems import Place
from cop_publish.core.wording import plain, put_wordings
from cop_publish.render.source import mend

if TYPE_CHECKING:
    from collections.abc import Callable

WHERE = Place("a.md", 1)
AROUND = {
    "prose": "Text.\n\n{}\n\nMore.\n",
    "in a sentence": "The signs {} stand here.\n",
    "list": "- one\n- {}\n",
    "quote": "> {}\n",
    "code span": "Use `{}` here.\n",
    "fence": "```text\n{}\n```\n",
    "fence in a list": "- one\n\n  ~~~\n  {}\n  ~~~\n",
    "indented code": "Text.\n\n    {}\n",
    "heading": "## {}\n",
    "table": "| a | b |\n|---|---|\n| {} | x |\n",
    "title": "{}",
}
SIGNS = (
    *("::: note", ":::", "x ::: y", "::::", "[[Home]]", "[[", "]]", "a[[0, 1]]", "@{user}", "HEAD@{1}"),
    *("{{ page.title }}", "{% if x %}", ":::warning{.tip}", "{p:::<10}"),
)
AT_A_LINE = ("::std::move(x);", "<<<<<<< HEAD", ">>>>>>> branch", "||||||| base")
BACKSLASH = re.compile(r":::+|^::(?!:)|\[\[|\]\]|@\{|\{\{|\{%|^[<>|]{7}")


def read(raw: str) -> tuple[str, tuple[str, ...]]:
    """The Markdown that a raw text becomes, or what is wrong with it."""
    marked, problems = apply_marks(Text(raw, WHERE), Audience.PUBLIC)
    if marked is None:
        return "", tuple(map(str, problems))
    words, problems = put_wordings(marked.words, {}, WHERE, plain)
    if not problems:
        words, problems = mend(words, posts={}, where=WHERE)
    return words, tuple(map(str, problems))


def leaks(raw: str) -> bool:
    marked, _ = apply_marks(Text(raw, WHERE), Audience.PUBLIC)
    return marked is not None and any(secret in marked.words for secret in SECRETS)


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("signs", SIGNS)
def test_what_has_a_backslash_is_text_without_it(signs: str, around: str) -> None:
    written = BACKSLASH.sub(r"\\\g<0>", signs)
    assert read(AROUND[around].format(written)) == (AROUND[around].format(signs), ())


@pytest.mark.parametrize("around", ["prose", "list", "quote", "fence", "title"])
@pytest.mark.parametrize("signs", AT_A_LINE)
def test_what_is_a_sign_at_a_lines_start_only_has_its_backslash_there(signs: str, around: str) -> None:
    if not signs.startswith("::") and around in {"list", "quote"}:
        return  # git writes these at the start of a line, and Markdown's own signs are none
    words, problems = read(AROUND[around].format(f"\\{signs}"))
    assert not problems
    shown = words.replace("\\>", ">")  # Markdown takes this one away, and would make a quote without it
    assert shown == AROUND[around].format(signs)


@pytest.mark.parametrize("signs", [":::", "[[Home]]", "@{user}", "{{ page.title }}"])
def test_a_backslash_before_them_is_doubled_to_stay(signs: str) -> None:
    assert read(f"```\nx \\\\{signs}\n```\n") == (f"```\nx \\{signs}\n```\n", ())


@pytest.mark.parametrize("around", ["prose", "in a sentence", "list", "quote", "fence", "heading", "title"])
@pytest.mark.parametrize(
    "signs",
    [
        *(r"\::: confidential", r"\:::confidential", r"\::: Confidental", r"\::: network only", r"\::: end"),
        *(r"\:::: confidential", r"\::: strictly confidential", r"\\::: confidential"),
        *(r"\:\:\: confidential", r"\[[confidential: x]]", r"\[\[confidential: x\]\]"),
        *(r"\[[ Confidental: x \]]", r"\[[network-only: x]]"),
        *(r"\@{p-7f3k}", r"\@\{p-7f3k\}", r"\\@{p-7f3k}", r"\@{ P-7f3k }"),
    ],
)
def test_before_what_reads_as_a_marks_own_word_it_is_a_problem(signs: str, around: str) -> None:
    if signs == r"\::: strictly confidential" and around in {"in a sentence", "heading"}:
        return  # there no block can begin, and the words may be said of it
    words, problems = read(AROUND[around].format(signs))
    assert not words
    assert problems
    assert not any("as text, write" in problem for problem in problems)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (r"`\[[Home\]]` and `\[[a[0]\]]`", "`[[Home]]` and `[[a[0]]]`"),
        (r"Use `\\[[^\]]*\]` here.", r"Use `\[[^\]]*\]` here."),
        (r"`[^\]]`, `\[a]`, `\d`, \* and \_", r"`[^\]]`, `\[a]`, `\d`, \* and \_"),
    ],
)
def test_other_backslashes_stay(written: str, shown: str) -> None:
    assert read(written) == (shown, ())


@pytest.mark.parametrize(
    "line",
    [
        *('x = [["cnfdntal:zebu", 1]]', 'x = [["zebu |say| y", 1]]', "x:::cnfdntal zebu", "x:::end"),
        *(
            "::cnfdntal(zebu",
            "[[cnfdntal](zebu)]",
            "[[x |say| zebu](y)]",
            "[[note: x](zebu)]",
            "::0 cnfdntal: zebu",
            "::1 end",
            "[[ cnfdntal zebu ]]",
        ),
    ],
)
def test_in_code_what_has_no_backslash_is_further_from_a_mark_than_a_slip_or_two(line: str) -> None:
    assert read(f"```\n{line}\n```\n")[1]


# --- no mark is turned off by it ----------------------------------------------------------------------


def escaped(template: str, signs: str) -> str:
    """A template with a backslash before each of `signs` in its marks, as editors of Markdown add it."""
    return re.sub("«[^»]*»", lambda mark: re.sub(signs, r"\\\g<0>", mark[0]), template)


EDITORS = {
    "each sign": r"[\[\]:|_]",
    "brackets": r"[\[\]]",
    "pairs": r"\[\[|\]\]",
    "openers": r"\[\[|:::",
    "colons": ":::",
    "fences of the end": r"::: end",
    "fences of the start": r"::: (?!end)",
}


@pytest.mark.parametrize("editor", EDITORS)
@pytest.mark.parametrize("placement", PLACEMENTS)
def test_no_backslashes_of_an_editor_publish_a_passage(placement: str, editor: str) -> None:
    assert not leaks(plain_text(escaped(PLACEMENTS[placement], EDITORS[editor])))


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_no_single_edit_of_an_escaped_mark_publishes_the_passage(placement: str) -> None:
    for editor in ("pairs", "openers"):
        edits = sorted(set(single_edits(escaped(PLACEMENTS[placement], EDITORS[editor]))))
        assert len(edits) > 500
        assert [edit for edit in edits[:: len(edits) // 500] if leaks(edit)] == []


# --- what the gate is told ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "signs"),
    [
        ("It is \\::: note here.", {(":::", "is", "note")}),
        ("Use `pkg:::name` there.", {(":::", "pkg", "name")}),
        ("A \\@{user} and \\@{user}.", {("@{", "a", "user"), ("@{", "and", "user")}),
        ("**Bold** \\::: *it*", {(":::", "bold", "it")}),
        ("No sign at all, ::1 is none.", set()),
        ("\\[[Home]] is no sign that it stops.", set()),
        ("Refused ::: note", set()),
        ("[[confidential: a \\::: b]] and \\::: c", {(":::", "and", "c")}),
        ("::: confidential\na \\::: b\n::: end\n\n\\::: c", {(":::", "end", "c")}),
    ],
)
def test_each_sign_is_agreed_to_beside_its_own_words(raw: str, signs: set[tuple[str, str, str]]) -> None:
    assert set(agreed_signs([Text(raw, WHERE)])) == {AgreedSign(*sign) for sign in signs}


_READERS: tuple[Callable[[str], object], ...] = (read, leaks)


def test_a_long_line_of_backslashes_and_signs_is_read_at_once() -> None:
    for piece in (
        "\\",
        "\\:::",
        "\\[[",
        "`\\",
        "::",
        "> \\::",
        "\\@{",
        "{% raw %}",
        "\\{{",
        "[[",
        "`[[",
        "[[a](",
        '[["a"',
        "{{ a |",
    ):
        for reader in _READERS:
            reader(piece * (20_000 // len(piece)))
