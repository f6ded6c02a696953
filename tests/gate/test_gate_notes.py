"""Footnotes part what is read in one go: what stands around them is read once more without them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from gate_samples import GUARD, gate, page, public, refusal

from cop_publish.errors import LeakFound
from cop_publish.gate.markup import html_views
from cop_publish.gate.passages import Passages, passage_of

NOTE = "<sup><a href='#n'>1</a></sup>"
PLAIN = "It is a plain sentence about how a council asks people what they think. "
AROUND = {
    "at once": "",
    "in the same paragraph": PLAIN * 20,
    "in a paragraph of its own": f"<p>{PLAIN}</p>\n" * 40,
    "in one without a blank": "so-" * 900,
    "beside other notes": f"<p>{PLAIN}{NOTE} {PLAIN}</p>\n" * 40,
    "right beside other notes": f"<p>{PLAIN * 3}{NOTE}</p>\n",
}
LONG = "A second jury on school meals has been offered four million pounds over two years"
GUARDED = replace(GUARD, passages=Passages(b"key", (passage_of(LONG, b"key"),)))


@pytest.mark.parametrize("behind", AROUND.values(), ids=AROUND.keys())
@pytest.mark.parametrize("before", AROUND.values(), ids=AROUND.keys())
@pytest.mark.parametrize("name", [f"Jory{NOTE} Madeup-Fictive", f"J{NOTE}or{NOTE}y Madeup-{NOTE}Fictive"])
def test_a_name_with_notes_in_it_is_found_wherever_it_stands(name: str, before: str, behind: str) -> None:
    body = f"<p>{before} by {name} and others {behind}</p>"
    error = refusal(public("a.html", page(body)))
    assert isinstance(error, LeakFound)
    assert "between notes" in str(error)


@pytest.mark.parametrize("word", range(1, 15))
@pytest.mark.parametrize("parting", [f"{NOTE} ", f"{NOTE}</p>\n<p>", f" {NOTE * 3} ", f"</p>\n<p>{NOTE}"])
@pytest.mark.parametrize("between", [" ", "</p>\n<p>"])
def test_a_passage_with_notes_in_it_is_found_wherever_they_stand(
    word: int, parting: str, between: str
) -> None:
    words = LONG.split()
    said = between.join(words[:word]) + parting + between.join(words[word:])
    around = f"<p>{PLAIN}</p>\n" * 40
    error = refusal(public("a.html", page(f"{around}<p>{said}</p>{around}")), guard=GUARDED)
    assert isinstance(error, LeakFound)


AGREED = "whoever answers at policy.team@dept.example for the council, all year"
HERE = replace(GUARD, wordings={"here": (AGREED,)})


@pytest.mark.parametrize("between", range(0, 900, 5))
def test_agreed_words_near_a_note_are_not_cut(between: int) -> None:
    far = "a" * between
    for text in (f"So{NOTE} it is. {far} {AGREED}", f"{AGREED} {far} is{NOTE} so."):
        body = f"<p>{PLAIN * 9}</p>\n<p>{text}</p>\n<p>{PLAIN * 9}</p>"
        gate(public("a.html", page(body), "here"), guard=HERE)


def test_a_long_page_with_a_note_is_not_read_twice() -> None:
    body = f"<p>{PLAIN}</p>\n" * 1000
    views = {view.channel: view.text for view in html_views(page(f"{body}<p>{PLAIN}{NOTE}</p>{body}"))}
    assert len(views["HTML text"]) > 100_000
    assert PLAIN.strip() in views["HTML text between notes"]
    assert len(views["HTML text between notes"]) < 2_000


@pytest.mark.parametrize("escape", ["&#1;", "&#xFFFE;", "&#xD800;", "&amp;#1;"])
def test_a_control_character_behind_a_note_is_read_over(escape: str) -> None:
    gate(public("a.html", page(f"<p>So{NOTE}{escape} it is.</p>")))
    error = refusal(public("a.html", page(f"<p>By Jory{NOTE}{escape} Madeup-Fictive.</p>")))
    assert isinstance(error, LeakFound)
