"""What a reading is stays so when it is decoded or opened further, and no reading stands for another."""

from __future__ import annotations

from dataclasses import replace

import pytest
from gate_samples import GUARD, JORY, PEOPLE, feed, gate, page, public, refusal, transcript

from cop_publish.core.consents import Person, PersonId
from cop_publish.errors import LeakFound

BETH = Person(PersonId("p-n4m3"), "Beth", "Madeup")
HERE = replace(
    GUARD,
    people=(*PEOPLE, BETH),
    named={"here": frozenset({BETH.id})},
    wordings={"here": ("Beth Madeup",)},
    present={"here": frozenset({JORY.id, BETH.id})},
)


def test_a_name_alone_is_found_in_a_drawing_that_marks_up_a_part_of_it() -> None:
    """Without gaps it reads as the marked up words do, and names alone are not looked for where gaps went."""
    drawing = "<svg xmlns='http://www.w3.org/2000/svg'><text>and J<tspan>or</tspan>y said it</text></svg>"
    assert isinstance(refusal(public("a.svg", drawing, "here"), guard=HERE), LeakFound)


@pytest.mark.parametrize("behind", ["", " &amp;amp; more", " &lt;b&gt;more&lt;/b&gt;"])
def test_values_that_stand_apart_in_a_feed_make_no_name_together(behind: str) -> None:
    values = f"<a>asked by Ann </a><b>Mary </b><c>Lee and others{behind}</c>"
    gate(public("a.xml", feed(values), "here"), guard=HERE)


@pytest.mark.parametrize(("voice", "behind"), [("", ""), ("", " &amp; so on"), ("<v Beth Madeup>", "")])
def test_agreed_words_that_run_over_two_cues_are_agreed(voice: str, behind: str) -> None:
    cues = (
        f"00:01.000 --> 00:02.000\n{voice}so said Beth\n\n00:02.000 --> 00:03.000\nMadeup, of course{behind}"
    )
    gate(public("a.vtt", transcript(cues), "here"), guard=HERE)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_name_over_two_cues_is_found_where_they_have_names_of_their_own(end: str) -> None:
    cues = "first\n00:01.000 --> 00:02.000\nthanks to Jory\n\n2\n00:02.000 --> 00:03.000\nMadeup-Fictive"
    assert isinstance(refusal(public("a.vtt", transcript(cues).replace("\n", end))), LeakFound)


@pytest.mark.parametrize("escape", ["&amp;#27;", "&amp;#xfffe;", "%1b", "\\u001b", "\\ud83d"])
def test_an_escaped_control_character_among_escaped_markup_is_read_over(escape: str) -> None:
    """A parser's tree cannot hold one."""
    clean = f"<p>So {escape} &lt;p>it&lt;/p> is.</p>"
    gate(public("a.html", page(clean)))
    split = clean.replace("it", f"Jo{escape}ry Made&lt;b>up&lt;/b>-Fictive")
    assert isinstance(refusal(public("a.html", page(split))), LeakFound)
