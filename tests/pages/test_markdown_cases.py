"""Each `tests/cases/pages/*.md` beside the HTML that it must become; ``UPDATE=1`` rewrites the HTML."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cop_publish.core.problems import Place
from cop_publish.render.body import Standing
from cop_publish.render.images import Picture, Variant
from cop_publish.render.markdown import render

CASES = Path(__file__).parent.parent / "cases" / "pages"
MAP = Picture(
    (Variant("images/p-480.aa.png", 480, 300, b""), Variant("images/p-960.bb.png", 960, 600, b"")),
    alt="A map of three streets",
)
STANDING = Standing(
    site="https://commons.example/",
    root="../../../../",
    page="blog/2026/11/20/here.html",
    source=Place("posts/2026-11-20-here.md"),
    pictures={"images/map.png": MAP},
    posts={"2026-11-20-jury-lessons": "blog/2026/11/20/jury-lessons.html"},
)


@pytest.mark.parametrize("case", sorted(CASES.glob("*.md")), ids=lambda path: path.stem)
def test_contributors_markdown_becomes_the_html_beside_it(case: Path) -> None:
    html, problems = render(case.read_bytes().decode(), STANDING)
    shown = "".join([html, "\n", *(f"PROBLEM {problem}\n" for problem in problems)])
    expected = case.with_suffix(".html")
    if os.environ.get("UPDATE"):
        expected.write_text(shown)
    assert shown == expected.read_text()


def test_every_trap_of_the_corpus_has_a_case() -> None:
    assert len(list(CASES.glob("*.md"))) >= 22
