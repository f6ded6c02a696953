# ruff: noqa: RUF001 - characters that look like others are what these tests are about
from __future__ import annotations

import re
from html import unescape

import comrak
import pytest
from markdown_it import MarkdownIt

from cop_publish.core.consents import PersonId
from cop_publish.core.problems import Place
from cop_publish.core.wording import markdown_escape, plain, put_wordings

WHERE = Place("posts/a.md", 10)
LABELS = {
    PersonId("p-7f3k"): "a contributor",
    PersonId("p-9aa2"): "Siân Ap-Example",
    PersonId("p-bell"): "bell madeup",
    PersonId("p-host"): "the host",
}
AWKWARD = [
    "Lead *of* [data]",
    "a<b> & c",
    "_under_ __score__ ~~struck~~ `code`",
    "![image](x.jpg) [link](y) <https://z.example>",
    "1. first",
    "- item",
    "+ item",
    "# heading",
    "> quote",
    "a | b",
    "&amp; &lt;",
    "[^1] [[wiki]] :::",
    "back\\slash \\* \\",
    "www.commons.example and https://commons.example/x",
    'O\'Neill-Madeup "Shan" -- really...',
    "=====",
    "$x^2$ {a} @{b} :tada:",
]


def put(words: str) -> str:
    text, problems = put_wordings(words, LABELS, WHERE, plain)
    assert not problems
    return text


def refused(words: str) -> list[str]:
    text, problems = put_wordings(words, LABELS, WHERE, plain)
    assert text == ""
    return [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("We asked @{p-7f3k}, and @{p-9aa2}.", "We asked a contributor, and Siân Ap-Example."),
        ("@{p-7f3k} chaired.", "A contributor chaired."),
        ("@{p-bell} chaired.", "bell madeup chaired."),
        ("One.\n\n@{p-7f3k} chaired.", "One.\n\nA contributor chaired."),
        ("One.\r\n\r\n@{p-7f3k} chaired.", "One.\r\n\r\nA contributor chaired."),
        ("One and\n@{p-7f3k} chaired.", "One and\na contributor chaired."),
        ("It ended. @{p-7f3k} left.", "It ended. A contributor left."),
        ("It ended.\n@{p-7f3k} left.", "It ended.\nA contributor left."),
        ("Why? “@{p-7f3k} left.”", "Why? “A contributor left.”"),
        ("Many, e.g. @{p-7f3k} and Dr. @{p-7f3k}", "Many, e.g. a contributor and Dr. a contributor"),
        ("Then … @{p-7f3k} said: @{p-host}!", "Then … a contributor said: the host!"),
        ("And... @{p-7f3k}", "And... a contributor"),
        ("- **@{p-7f3k}** said", "- **A contributor** said"),
        ("## @{p-host} speaks\n@{p-host} left", "## The host speaks\nThe host left"),
        ("> @{p-7f3k} left", "> A contributor left"),
        ("> one\n> @{p-7f3k} left", "> one\n> a contributor left"),
        (
            "Ask someone@commons.example, @handle, {a: 1}, @media {",
            "Ask someone@commons.example, @handle, {a: 1}, @media {",
        ),
        ("A map-host and a top-hosting site.", "A map-host and a top-hosting site."),
        ("The p-values differ.", "The p-values differ."),
    ],
)
def test_a_reference_becomes_the_agreed_words(words: str, expected: str) -> None:
    assert put(words) == expected


def test_an_unknown_id_gets_a_suggestion() -> None:
    (problem,) = refused("One.\nAs @{p-7f3j} said.")
    assert problem == (
        "posts/a.md:11: p-7f3j is not known here. Did you mean p-7f3k? Correct the ID, or add the person."
    )


@pytest.mark.parametrize(
    "damaged",
    [
        "@ {p-7f3k}",
        "@{p-7f3k",
        "@{p-7f3k)",
        "@(p-7f3k)",
        "@[p-7f3k]",
        "@{ p-7f3k }",
        "@{P-7F3K}",
        "@{ P-7F3K }",
        "@{p_7f3k}",
        "@{p–7f3k}",
        "@{p- 7f3k}",
        "@{p-7f3}",
        "@{7f3k}",
        "@{{p-7f3k}}",
        "@{p-7f\u200b3k}",
        "＠｛ｐ－７ｆ３ｋ｝",
        r"@\{p-7f3k\}",
        "{p-7f3k}",
        "{p-zzz9}",
        "${p-zzz9}",
        "@p-7f3k",
        "@p-zz9z",
        "p-7f3k",
        "P-7F3K",
        "https://commons.example/people/p-7f3k/",
        "&#64;{p-7f3k}",
        "@{}",
    ],
)
def test_a_damaged_reference_refuses(damaged: str) -> None:
    assert refused(f"As {damaged} said.")
    assert refused(damaged)


def test_every_single_edit_of_a_reference_refuses_or_leaves_no_id() -> None:
    whole = "As @{p-7f3k} said."
    for at in range(3, 12):
        edits = [whole[:at] + whole[at + 1 :]]
        edits += [
            whole[:at] + letter + whole[at + n :] for letter in "@{}()p-7x \n\u200b\u00a0A" for n in (0, 1)
        ]
        for edit in edits:
            text, _ = put_wordings(edit, LABELS, WHERE, plain)
            assert "7f3k" not in text
            assert "@{" not in text


def test_problems_are_all_reported_each_on_its_line_of_the_file() -> None:
    words = "@{p-zzzz}\n@{ p-7f3k }\np-9aa2\n"
    _, counted = put_wordings(words, LABELS, WHERE, plain)
    assert sorted({p.where.line for p in counted}) == [10, 11, 12]
    _, mapped = put_wordings(words, LABELS, WHERE, plain, lines=(10, 20, 31))
    assert sorted({p.where.line for p in mapped}) == [10, 20, 31]


@pytest.mark.parametrize("label", [*AWKWARD, "Siân Ap-Example", "a policy adviser (central government)"])
@pytest.mark.parametrize(
    "around", ["{}\n", "One {} two\n", "- {}\n", "One\n{}\n", "| a | b |\n|---|---|\n| {} | c |\n"]
)
def test_an_agreed_wording_reads_in_markdown_exactly_as_agreed(label: str, around: str) -> None:
    source = around.format(markdown_escape(label))
    for html in (MarkdownIt("commonmark").enable("table").render(source), comrak_html(source)):
        text = unescape(re.sub(r"<[^>]*>", "", html))
        assert plain(label) in text
        for tag in ("<em>", "<a ", "<img", "<code>", "<del>", "<h1>", "<blockquote>", "<ol>", "<b>", "<hr"):
            assert tag not in html


def comrak_html(source: str) -> str:
    extensions, parse, render = comrak.ExtensionOptions(), comrak.ParseOptions(), comrak.RenderOptions()
    extensions.table = extensions.strikethrough = extensions.autolink = extensions.footnotes = True
    parse.smart = render.unsafe_ = True  # as the site renders, and nothing cleaned
    return str(comrak.render_markdown(source, extensions, parse, render))


def test_a_wording_stays_on_one_line() -> None:
    assert plain(" a\n\n b ") == "a b"
    assert markdown_escape("a\n# b") == r"a \# b"


def test_wordings_are_put_in_once_and_not_read_again() -> None:
    text, problems = put_wordings("@{p-a111}", {PersonId("p-a111"): "@{p-b222}"}, WHERE, plain)
    assert (text, problems) == ("@{p-b222}", ())
