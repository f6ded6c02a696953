"""A picture goes from Markdown with what belongs to nothing else, and everything else stays."""

from __future__ import annotations

import pytest

from cop_publish.core.pictures_in_text import without_shown
from cop_publish.core.problems import Place
from cop_publish.render.body import Standing
from cop_publish.render.images import Picture, Variant
from cop_publish.render.markdown import render

FILES = {"images/jury.jpg", "images/a (1).jpg", "images/two words.jpg", "images/a_b.jpg"}


def goes(path: str) -> bool:
    return path.lstrip("/") in FILES


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("One.\n\n![The jury](images/jury.jpg)\n\nTwo.", "One.\n\n\n\nTwo."),
        ("One.\n\n![The jury](/images/jury.jpg)\n\nTwo.", "One.\n\n\n\nTwo."),
        ('![The jury](images/jury.jpg "On the second day")', ""),
        ("![The jury](images/jury.jpg 'On the day')", ""),
        ("![The jury](images/jury.jpg (On the day))", ""),
        ('![The jury](  images/jury.jpg\n "On the second day" )', "\n"),
        ("![The jury](<images/two words.jpg>)", ""),
        ("![The jury](images/two%20words.jpg)", "![The jury](images/two%20words.jpg)"),
        ("![x](images/a\\_b.jpg)", ""),
        ("![x](images/a&#95;b.jpg)", ""),
        ("![](images/jury.jpg)", ""),
        ("![a [b] c](images/jury.jpg)", ""),
        ("![a \\] c](images/jury.jpg)", ""),
        ("![over two\nlines](images/jury.jpg) End.", "\nEnd."),
        ("See ![x](images/jury.jpg) here.", "See here."),
        ("See ![x](images/jury.jpg), and so on.", "See , and so on."),
        ("See this: ![x](images/jury.jpg)\nand that.", "See this:\nand that."),
        ("![x](images/jury.jpg) ![y](images/other.jpg)", "![y](images/other.jpg)"),
        ("![x](images/jury.jpg){: .wide}\n\nEnd.", "\n\nEnd."),
        ("[![x](images/jury.jpg)](images/jury.jpg) End.", "End."),
        ("[![x](images/jury.jpg)](https://example.org/ 'T')", ""),
        (
            "[ ![x](images/jury.jpg) ][more]\n\n[more]: https://example.org/",
            "\n\n[more]: https://example.org/",
        ),
        ("[See ![x](images/jury.jpg) it](https://example.org/)", "[See it](https://example.org/)"),
        ("**![x](images/jury.jpg)**", ""),
        ("*[![x](images/jury.jpg)](https://example.org/)*", ""),
        ("- One\n- ![x](images/jury.jpg)\n- Two", "- One\n\n- Two"),
        ("1. ![x](images/jury.jpg)\n2. Two", "\n2. Two"),
        ("- ![x](images/jury.jpg)\n  More of it.", "-\n  More of it."),
        ("> ![x](images/jury.jpg)", ""),
        ("> ![x](images/jury.jpg)\n> Words.", ">\n> Words."),
        ("![x](images/jury.jpg)\n---\n\nEnd.", "\n\n\nEnd."),
        ("| a | b |\n|---|---|\n| ![x](images/jury.jpg) | 2 |", "| a | b |\n|---|---|\n| | 2 |"),
        ("![The jury][j]\n\n[j]: images/jury.jpg 'Day'", "\n\n"),
        ("![J][]\n\n[j]: <images/jury.jpg>", "\n\n"),
        ("![J]\n\n[j]: images/jury.jpg", "\n\n"),
        ("![Jury][ A  b ]\n\n[a B]: images/jury.jpg", "\n\n"),
        ("![x](images/jury.jpg)![y](images/jury.jpg)", ""),
    ],
)
def test_it_goes_with_what_is_its_own(before: str, after: str) -> None:
    taken = without_shown(before, goes)
    assert taken.words == after
    assert taken.words.count("\n") == before.count("\n"), "the lines keep their numbers"
    assert taken.left == ()


@pytest.mark.parametrize(
    "words",
    [
        "Nothing here.",
        "![x](images/other.jpg)",
        "`![x](images/jury.jpg)`",
        "```\n![x](images/jury.jpg)\n```",
        "~~~ text\n![x](images/jury.jpg)",
        "![x](https://example.org/images/jury.jpg)",
        "![x] (images/other.jpg)",
        "[j]: images/other.jpg\n\n![x][j]",
        "![x\n\ny](z)",
        "![[[",
        "![x](",
        "![x](images/jury.jpg.png)",
    ],
)
def test_all_else_stays(words: str) -> None:
    assert without_shown(words, goes).words == words
    assert without_shown(words, goes).left == ()


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ('One.\n\n<img src="images/jury.jpg" alt="x">', 2),
        ("<img alt=x src=/images/jury.jpg>", 0),
        ("<figure>\n\n![x](images/jury.jpg)\n\n<figcaption>Day</figcaption></figure>", 2),
        ("Look [here](images/jury.jpg).", 0),
        ("\\![x](images/jury.jpg)", 0),
        ("[it][j] and ![x][j]\n\n[j]: images/jury.jpg", 2),
    ],
)
def test_what_cannot_be_taken_out_safely_is_told_by_its_line(words: str, line: int) -> None:
    taken = without_shown(words, goes)
    assert line in taken.left


SHAPES = [
    "![Alt words](images/jury.jpg)",
    '![Alt words](images/jury.jpg "Cap words")',
    "![Alt words][j]",
    "[![Alt words](images/jury.jpg)](https://example.org/)",
    "**![Alt words](images/jury.jpg)**",
]
FRAMES = [
    "{}",
    "Before {} after.",
    "- One\n- {}\n- Two",
    "1. {}\n\n   More.",
    "> {}\n\nEnd.",
    "## {}\n\nEnd.",
    "{}\n===\n\nEnd.",
    "| a |\n|---|\n| {} |",
    "Note.[^1]\n\n[^1]: {} and words.",
    "*Words {} words.*",
]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("frame", FRAMES)
def test_the_page_shows_no_trace_of_it_and_all_other_words(shape: str, frame: str) -> None:
    """As our own renderer sees it: nothing of the picture, and neither empty nor stray marks."""
    words = frame.format(shape) + "\n\n[j]: images/jury.jpg\n"
    picture = Picture((Variant("images/picture.00000000.jpg", 8, 8, b""),), "Listed words")
    standing = Standing("https://s.example/", "", source=Place("x.md"), pictures={"images/jury.jpg": picture})
    shown, problems = render(words, standing)
    assert "<img" in shown
    assert problems == ()
    html, problems = render(without_shown(words, goes).words, standing)
    assert problems == ()
    for trace in ("<img", "jury", "Alt words", "Cap words", "example.org", '<a href=""', "![", "](", "**"):
        assert trace not in html, html
    for empty in ("<p></p>", "<li></li>", "<blockquote>\n</blockquote>", "<figure", "<h2", "<hr"):
        if empty != "<h2" or "##" in frame or "===" in frame:
            assert empty not in html, html
    kept = [
        word for word in ("Before", "after", "One", "Two", "More", "End", "Note", "Words") if word in frame
    ]
    for word in kept:
        assert word in html, html
