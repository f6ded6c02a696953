"""Posts about code are published: as they are where no mark can be meant, else with the backslash said."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from html import escape, unescape
from typing import TYPE_CHECKING

import pytest
from code_texts import AS_THEY_ARE, WITH_A_BACKSLASH
from gate_samples import GUARD, gate, page, public, refusal

from cop_publish.core.agreed_signs import agreed_signs
from cop_publish.core.marks import apply_marks
from cop_publish.core.model import Audience, Text
from cop_publish.core.problems import Place, Problem
from cop_publish.core.wording import markdown_escape, put_wordings
from cop_publish.errors import LeakFound
from cop_publish.gate.memory import Memory
from cop_publish.render.body import Standing
from cop_publish.render.markdown import render

if TYPE_CHECKING:
    from cop_publish.gate.guard import Guard

WHERE = Place("posts/a.md", 1)
_CURE = re.compile(r"as text, write `\\(.+?)`")


def made(raw: str) -> tuple[str, tuple[Problem, ...]]:
    """The HTML of a body, or what is wrong with it."""
    marked, problems = apply_marks(Text(raw, WHERE), Audience.PUBLIC)
    if marked is None:
        return "", problems
    words, problems = put_wordings(marked.words, {}, WHERE, markdown_escape, marked.lines)
    if problems:
        return "", problems
    return render(words, Standing(site="https://a.example", root="/", source=WHERE))


def guard_for(raw: str) -> Guard:
    return replace(GUARD, signs={"item": agreed_signs([Text(raw, WHERE)])})


def escaped(raw: str, problem: Problem) -> str:
    """The text with the backslash that a problem says, in its line."""
    cure = _CURE.search(problem.fix)
    assert cure is not None, problem
    lines = raw.splitlines(keepends=True)
    at = problem.where.line - 1
    lines[at:] = [re.sub(rf"(?<!\\){re.escape(cure[1])}", r"\\\g<0>", "".join(lines[at:]), count=1)]
    return "".join(lines)


@pytest.mark.parametrize("name", AS_THEY_ARE)
def test_code_that_can_be_no_mark_is_published_as_it_is(name: str) -> None:
    raw = AS_THEY_ARE[name]
    marked, problems = apply_marks(Text(raw, WHERE), Audience.PUBLIC)
    assert not problems
    assert marked is not None
    assert marked.words == raw
    html, problems = made(raw)
    assert not problems
    gate(public("a.html", page(html), "item"), guard=guard_for(raw))
    gate(public("a.txt", raw, "item"), guard=guard_for(raw))


@pytest.mark.parametrize("name", WITH_A_BACKSLASH)
def test_code_that_reads_as_a_mark_is_published_with_the_backslash_that_is_said(name: str) -> None:
    raw = WITH_A_BACKSLASH[name]
    _, problems = made(raw)
    assert problems
    for _ in range(40):
        html, problems = made(raw)
        if not problems:
            break
        raw = escaped(raw, problems[0])
    assert not problems
    words = unescape(re.sub(r"<[^<>]*>", "", html))
    for signs in re.findall(r":::+|@\{\w*|\[\[\w*|\{%|<{7} \w+|>{7} \w+", WITH_A_BACKSLASH[name]):
        assert signs in words
    assert "\\" not in words
    gate(public("a.html", page(html), "item"), guard=guard_for(raw))
    feed = f"<?xml version='1.0'?><rss><channel><description>{escape(html)}</description></channel></rss>"
    gate(public("a.xml", feed, "item"), guard=guard_for(raw))


def test_a_long_text_of_code_and_prose_is_never_refused() -> None:
    chance = random.Random(7)
    for _ in range(20):
        raw = "\n\n".join(chance.choices(list(AS_THEY_ARE.values()), k=30))
        html, problems = made(raw)
        assert not problems
        gate(public("a.html", page(html), "item"), guard=guard_for(raw))


# --- and the gate lets through no more than that -------------------------------------------------------

WRITTEN = "A container opens with \\::: note, and \\@{user} is a name.\n"


@pytest.mark.parametrize(
    "words",
    [
        "A container opens with ::: confidential",
        "A container opens with ::: confidental note",
        "A container opens with ::: network-only",
        "A container opens with ::: end",
        "A container opens with :::: note",
        "It says ::: warning",
        ":::",
        "::: end",
        "and @{p-7777} is",
        "It says @{jane}",
        "@{",
        "A container opens with ::: note, and [[confidential: this]]",
    ],
)
def test_signs_that_the_item_did_not_write_are_still_found(words: str) -> None:
    guard = guard_for(WRITTEN)
    gate(
        public("a.html", page("A container opens with ::: note, and @{user} is a name."), "item"), guard=guard
    )
    error = refusal(public("a.html", page(f"{words} – A container opens with ::: note"), "item"), guard=guard)
    assert isinstance(error, LeakFound)


def test_what_one_item_means_as_text_is_a_leftover_in_another() -> None:
    file = public("a.html", page("A container opens with ::: note"), "another")
    assert isinstance(refusal(file, guard=guard_for(WRITTEN)), LeakFound)
    gate(replace(file, items=frozenset({"item", "another"})), guard=guard_for(WRITTEN))  # a list of both


def test_what_a_mark_withholds_agrees_to_nothing() -> None:
    raw = "Before.\n\n::: confidential\nIt opens with \\::: note.\n::: end\n"
    assert agreed_signs([Text(raw, WHERE)]) == ()


def test_a_page_is_read_again_when_its_item_no_longer_means_it() -> None:
    memory, file = Memory(), public("a.html", page("A container opens with ::: note"), "item")
    gate(file, guard=guard_for(WRITTEN), memory=memory)
    with pytest.raises(LeakFound):
        gate(file, guard=GUARD, memory=memory)
