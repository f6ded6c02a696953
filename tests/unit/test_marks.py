# ruff: noqa: RUF001 - characters that look like others are what these tests are about
from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from marked_texts import PLACEMENTS, SECRETS, TEMPLATES, mark_spans, plain_text, random_edits, single_edits

from cop_publish.core.marks import Mark, Marked, Passage, apply_marks
from cop_publish.core.model import Audience, Text
from cop_publish.core.problems import Place, Problem

CASES = Path(__file__).parents[1] / "cases" / "marks"
CLEAN = (CASES / "clean.md").read_text(encoding="utf-8")
BLOCK = "Before.\n\n::: confidential\nThe quagga met the okapi.\n::: end\n\nAfter.\n"
INLINE = "The pilot [[confidential: costs a zebu |say| is not cheap]].\n"


def marked(words: str, audience: Audience = Audience.PUBLIC) -> Marked:
    value, problems = apply_marks(Text(words, Place("a.md", 1)), audience)
    assert not problems
    assert value is not None
    return value


def refused(words: str) -> tuple[Problem, ...]:
    value, problems = apply_marks(Text(words, Place("a.md", 1)), Audience.PUBLIC)
    assert value is None
    assert problems
    return problems


def leaks(words: str) -> bool:
    value, _ = apply_marks(Text(words, Place("a.md", 1)), Audience.PUBLIC)
    return value is not None and any(secret in value.words for secret in SECRETS)


# --- nothing marked gets out -------------------------------------------------------------------------


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_a_passage_is_withheld_wherever_it_stands(placement: str) -> None:
    value = marked(plain_text(PLACEMENTS[placement]))
    assert not any(secret in value.words for secret in SECRETS)
    assert any(secret in passage.words for secret in SECRETS for passage in value.withheld)


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_no_single_edit_of_a_mark_publishes_the_passage(placement: str) -> None:
    template = PLACEMENTS[placement]
    edits = set(single_edits(template))
    assert len(edits) > 50 * len(mark_spans(template))
    assert [edit for edit in edits if leaks(edit)] == []


def test_two_and_three_random_edits_of_a_mark_almost_never_publish_the_passage() -> None:
    chance = random.Random(20261123)
    texts = [random_edits(chance.choice(TEMPLATES), chance.choice((2, 3)), chance) for _ in range(6000)]
    assert sum(leaks(text) for text in texts) <= 1  # measured: 0 of 100,000 pairs, 2 of 100,000 triples


@pytest.mark.parametrize(
    "words",
    [
        BLOCK.replace("\n", "\r\n"),
        BLOCK.replace("\n", "\r"),
        "\ufeff" + BLOCK,
        BLOCK.replace("::: confidential", "\ufeff::: confidential"),
        BLOCK.replace(":::", "：：："),
        BLOCK.replace(":::", "∷:"),
        BLOCK.replace(":::", "։։։"),
        BLOCK.replace(":::", "⁝⁝⁝"),
        BLOCK.replace(":::", "∶∶∶"),
        BLOCK.replace(":::", "꞉꞉꞉"),
        BLOCK.replace(":::", "﹕﹕﹕"),
        BLOCK.replace("confidential", "conﬁdential"),
        BLOCK.replace("confidential", "CONFIDENTIAL"),
        BLOCK.replace("confidential", "𝐂onfidential"),
        BLOCK.replace("confidential", "Ｃｏｎｆｉｄｅｎｔｉａｌ"),
        BLOCK.replace("::: ", ":::\u00a0"),
        BLOCK.replace("::: ", ":::\u2003"),
        BLOCK.replace("::: ", ":::\u200b "),
        BLOCK.replace("::: end", "    ::: end"),
        BLOCK.replace("::: confidential", "\t::: confidential  "),
        BLOCK.replace("::: ", ":::"),
        *(BLOCK.replace("::: ", f"{item} ::: ") for item in ("-", "*", "+", "1.", "999999999)", "> - 7.")),
        INLINE.replace("[[", "［［"),
        INLINE.replace("[[", "[\u200b["),
        INLINE.replace("[[", "⟦").replace("]]", "⟧"),
        INLINE.replace("|say|", "｜say｜"),
        INLINE.replace("|say|", "| Say |"),
        INLINE.replace("confidential", "conﬁdential\u00ad"),
        INLINE.replace(": ", "：\u00a0"),
        INLINE.replace("\n", "\r\n"),
    ],
)
def test_other_spellings_of_a_mark_are_recognised(words: str) -> None:
    value = marked(words)
    assert len(value.withheld) == 1
    assert not leaks(words)


@pytest.mark.parametrize(
    "words",
    [
        BLOCK.replace("::: confidential\n", ""),
        BLOCK.replace("::: end\n", ""),
        BLOCK.replace("::: confidential\n", "::: confidential\n" * 2),
        BLOCK.replace("::: end\n", "::: end\n" * 2),
        BLOCK.replace("confidential", "confidental"),
        BLOCK.replace("confidential", "network only"),
        BLOCK.replace(":::", "::"),
        BLOCK.replace(":::", "::::"),
        BLOCK.replace("::: confidential", ": confidential").replace("::: end", ": end"),
        BLOCK.replace("::: ", ""),
        BLOCK.replace("::: ", r"\:\:\: "),
        BLOCK.replace("::: confidential", "## ::: confidential"),
        BLOCK.replace("::: confidential", "<!-- ::: confidential -->").replace("::: end", "<!-- ::: end -->"),
        BLOCK.replace("::: confidential\nThe quagga", "The quagga\n::: confidential\nand").replace(
            "and met the okapi.\n", ""
        ),
        BLOCK.replace("The quagga", "::: network-only\nThe quagga"),
        BLOCK.replace("The quagga", "[[confidential: zebu]] The quagga"),
        BLOCK.replace("::: end", "text ::: end"),
        f"<<<<<<< HEAD\nThe quagga met.\n=======\n{BLOCK}>>>>>>> branch\n",
        INLINE.replace("[[", "["),
        INLINE.replace("]]", "]"),
        INLINE.replace("[[", "[ [").replace("]]", "] ]"),
        INLINE.replace("[[", r"\[[").replace("]]", r"\]]"),
        INLINE.replace("[[", r"\[\[").replace("]]", r"\]\]"),
        INLINE.replace("[[", "{{").replace("]]", "}}"),
        INLINE.replace("[[confidential", "[confidental").replace("]]", "]"),
        INLINE.replace("confidential:", "confidential"),
        INLINE.replace("confidential", "secret"),
        INLINE.replace("confidential", "network-only"),
        INLINE.replace("costs", "[[confidential: costs]]"),
        INLINE.replace("costs", "[costs"),
        INLINE.replace("costs", "costs]"),
        INLINE.replace("costs", "costs\n\nmuch,"),
        INLINE.replace("costs a zebu ", ""),
        INLINE.replace(" is not cheap", ""),
        INLINE.replace("|say|", "|sya|"),
        INLINE.replace("|say|", "|say| a |say|"),
        INLINE.replace("|say|", "|say"),
        BLOCK.replace("::: confidential", "<confidential>").replace("::: end", "</confidential>"),
        BLOCK.replace("::: confidential", "Text <Confidential: a>").replace("::: end", ""),
        BLOCK.replace("::: confidential\n", "").replace("::: end", "</confidental>"),
        BLOCK.replace("::: confidential", "<!-- confidential -->").replace("::: end", "<!-- end -->"),
        BLOCK.replace("::: confidential", "<!--\nnetwork only").replace("::: end", "-->"),
        BLOCK.replace("::: confidential", "{% confidential %}").replace("::: end", "{% endconfidential %}"),
        BLOCK.replace("::: confidential", "--- confidential").replace("::: end", ""),
        BLOCK.replace("::: confidential", "--- confidental ---------------").replace("::: end", "---"),
        BLOCK.replace("::: confidential\n", "").replace("::: end", "--- end"),
        BLOCK.replace("::: confidential", "> — — —\n===== Network-only =====").replace("::: end", "==="),
        BLOCK.replace(":::", "։։։ x"),
        BLOCK.replace("::: confidential", ".. confidental").replace("::: end", ""),
        BLOCK.replace("::: confidential", "; confidental").replace("::: end", ""),
        BLOCK.replace("::: confidential", "confidental ::").replace("::: end", ""),
        BLOCK.replace("::: confidential\n", "").replace("::: end", ".. end"),
        BLOCK.replace("::: confidential", ":: what is said from here on stays here").replace("::: end", ""),
        BLOCK.replace("::: confidential", "1234567890. ::: confidential"),
        "The quagga met.\n>>>>>>>\nThe okapi.\n",
        "||||||| merged common ancestors\nThe quagga met.\n",
        INLINE.replace("[[confidential", "<confidential").replace("]]", ">"),
        INLINE.replace("[[", "{").replace("]]", "}"),
        INLINE.replace("[[confidential", "{ confidental").replace("]]", "}"),
        "The pilot {confidential: Falcon} costs much.",
        "The zebu]] came.",
        "The [[zebu]] came.",
    ],
)
def test_a_damaged_mark_refuses(words: str) -> None:
    assert words not in {BLOCK, INLINE}
    refused(words)


def test_problems_never_quote_the_text() -> None:
    for template in TEMPLATES:
        for edit in list(single_edits(template))[::7]:
            _, problems = apply_marks(Text(edit, Place("a.md", 1)), Audience.PUBLIC)
            assert not any(secret in str(problem) for problem in problems for secret in SECRETS)
    assert "quagga" not in repr(marked(BLOCK).withheld)


@pytest.mark.parametrize(
    "words",
    [
        "Write to <confidential@commons.example>, or <https://commons.example/confidential>.",
        'A <p class="confidential">paragraph</p>, an <em>en</em> confidential: one, {.confidential} and',
        "A `Set<Confidential>` as code, {: .confidential}, {confidential} and {confidential: true, a: [ ]}.",
        "<!-- more --> <!-- confidence --> <!--continued-->\n\n---\n\nThe end\n---\n\n=== The end ===\n",
        "--- the end of it\n\n-- end\n\n- end\n\n--- ending ---\n\n+++ news +++\n",
        "Հայերեն նախադասություն։ Եւ ևս մեկը։",
    ],
)
def test_tags_and_dashes_of_ordinary_texts_are_no_marks(words: str) -> None:
    assert marked(words).words == words


# --- and nothing else is touched ----------------------------------------------------------------------


def test_text_without_marks_comes_out_as_it_went_in() -> None:
    genuine = CLEAN.replace(r"\[[1, 2], [3, 4]]", "[[1, 2], [3, 4]]")
    assert len(CLEAN) > 3000
    assert marked(CLEAN) == Marked(genuine, (), tuple(range(1, CLEAN.count("\n") + 1)))
    assert marked(CLEAN.replace("\n", "\r\n")).words == genuine.replace("\n", "\r\n")


@pytest.mark.parametrize(
    "line",
    [
        *("``` confidential", "~~~network-only", "!!! confidental", "??? confidential", "%% confidential %%"),
        *(
            "{{< confidential >}}",
            "{{% confidential %}}",
            "{# confidential #}",
            "<confidential>",
            "@confidential",
        ),
        *("BEGIN CONFIDENTIAL", "Start network-only", "$$ confidential"),
        "{{< confidential >}} ------------------------------",
    ],
)
def test_a_block_in_the_notation_of_another_tool_is_a_damaged_mark(line: str) -> None:
    assert "looks like a mark" in refused(f"One.\n\n{line}\nThe quagga.\n\nTwo.\n")[0].what
    assert "looks like a mark" in refused(f"> {line}\n> The quagga.\n")[0].what


@pytest.mark.parametrize(
    "line",
    [
        *("# Confidential", "## Confidential", "**Confidential**", "`confidential`", "(confidential)"),
        *(
            "Confidential",
            "- confidential",
            "Begin consideration",
            "``` python",
            "@conference",
            "begin",
            "<b>",
        ),
    ],
)
def test_a_heading_or_a_word_of_that_kind_is_none(line: str) -> None:
    assert marked(f"One.\n\n{line}\n\nTwo.\n").withheld == ()


@pytest.mark.parametrize("paragraph", [p for p in CLEAN.split("\n\n") if p.strip()])
def test_a_paragraph_without_marks_never_refuses_alone(paragraph: str) -> None:
    assert marked(paragraph).withheld == ()


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("It [[confidential: x]] works.", "It works."),
        ("It works [[confidential: x]].", "It works."),
        ("It works, [[confidential: x]], and well.", "It works, and well."),
        ("[[confidential: x]] It works.", "It works."),
        ("It works ([[confidential: x]] today).", "It works (today)."),
        ("It works\n[[confidential: x]]\ntoday.", "It works\ntoday."),
        ("- one\n- [[confidential: x]]\n- two", "- one\n- two"),
        ("- one\n  [[confidential: x]] more", "- one\n  more"),
        ("A [[confidential: x]] [[confidential: y]] B", "A B"),
        ("A\n\n::: confidential\nx\n::: end\n\nB\n", "A\n\nB\n"),
        ("A\n::: confidential\nx\n::: end\nB\n", "A\nB\n"),
        (r"A genuine \[[ and ]] stay, `\]` too.", r"A genuine [[ and ]] stay, `\]` too."),
        (r"One more, \\[[x]].", r"One more, \[[x]]."),
        ("Ａ ﬁne “day” [[confidential: x |say| ＯＫ]].", "Ａ ﬁne “day” ＯＫ."),
        ("![A [[confidential: x]]](m.jpg)", "![A](m.jpg)"),
        ("[[confidential: see a[b[0]] and [c]]] done", "done"),
        ("", ""),
    ],
)
def test_what_is_left_reads_as_if_nothing_had_stood_there(words: str, left: str) -> None:
    assert marked(words).words == left


def test_what_went_is_kept_for_the_ledger_with_its_place() -> None:
    words = (
        "One.\n[[confidential: costs £4.1m |say| dear]]\n\n::: network-only\nSlides.\n\n> More.\n::: end\n"
    )
    assert marked(words).withheld == (
        Passage(Mark.CONFIDENTIAL, "costs £4.1m", Place("a.md", 2, 1)),
        Passage(Mark.NETWORK_ONLY, "Slides.\n\n> More.", Place("a.md", 4, 1)),
    )


def test_the_network_reads_its_own_blocks_and_nothing_confidential() -> None:
    words = (
        "A\n\n::: network-only\nB [[confidential: x |say| soon]].\n::: end\n\n::: confidential\ny\n::: end\n"
    )
    assert marked(words, Audience.NETWORK).words == "A\n\nB soon.\n\n"
    assert [p.kind for p in marked(words, Audience.NETWORK).withheld] == [Mark.CONFIDENTIAL] * 2
    assert marked(words).words == "A\n\n"


def test_each_line_left_knows_its_line_in_the_file() -> None:
    words = "1\n::: confidential\n3\n::: end\n5\n[[confidential: 6]]\n7 [[confidential: 7\n8]] 8\n9\n"
    value, _ = apply_marks(Text(words, Place("a.md", 11)), Audience.PUBLIC)
    assert value is not None
    assert value.words == "1\n5\n7 8\n9\n"
    assert value.lines == (11, 15, 17, 19)


# --- problems say where --------------------------------------------------------------------------------


def test_every_problem_is_reported_at_once_with_line_and_column() -> None:
    words = "One [[secret: x]].\n\n- two\n- three\n  [confidental: x]\n\nlast ]] here\n"
    assert [p.where for p in refused(words)] == [
        Place("a.md", 1, 5),
        Place("a.md", 5, 3),
        Place("a.md", 7, 6),
    ]


def test_an_unclosed_block_is_reported_where_it_opens() -> None:
    (problem,) = refused("One.\n\n> ::: confidential\n> x\n")
    assert str(problem) == (
        "a.md:3:3: `::: confidential` is never ended. Write `::: end` on a line of its own after the passage."
    )


def test_columns_count_from_where_a_value_starts_and_are_left_out_where_unknown() -> None:
    for where, expected in (
        (Place("a.md", 4, 8), Place("a.md", 4, 11)),
        (Place("a.md", 4), Place("a.md", 4)),
    ):
        _, (problem,) = apply_marks(Text("On [[x]]", where), Audience.PUBLIC)
        assert problem.where == expected


@pytest.mark.parametrize("path", sorted(CASES.glob("*.md")), ids=lambda path: path.stem)
def test_the_written_cases_give_what_stands_beside_them(path: Path) -> None:
    text = Text(path.read_bytes().decode(), Place(path.name, 1))  # line endings as they are
    value, problems = apply_marks(text, Audience.PUBLIC)
    found = value.words if value else "".join(f"! {problem}\n" for problem in problems)
    beside = path.with_suffix(".out")
    if os.environ.get("UPDATE") == "1":
        beside.write_bytes(found.encode())
    assert found == beside.read_bytes().decode()


def test_there_are_written_cases() -> None:
    assert len(list(CASES.glob("*.md"))) >= 8
