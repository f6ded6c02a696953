"""What stands beside a picture that is left out and may be its caption is named, line by line."""

from __future__ import annotations

from datetime import UTC, date

import pytest

from cop_publish.core.consents import Consent, Consents, Level, PersonId, TakenBack
from cop_publish.core.items import Around, read_post
from cop_publish.core.left_out import advise_left_out

WHO = PersonId("p-q4d7")
FRONT = (
    "---\ntitle: A\nimages:\n  - file: a.png\n    alt: A table\n    people: [p-q4d7]\n"
    "  - file: b.png\n    alt: B\n    people: []\n---\n"
)
FIRST = FRONT.count("\n") + 1  # line of the body
AROUND = Around(UTC, "en-gb", frozenset({"posts/a.png", "posts/b.png"}), lambda _: None)
TAKEN = Consent(
    WHO,
    None,
    Level.NAMED,
    "Oluwaseun",
    words=True,
    photo=True,
    withdrawn_on=date(2026, 11, 20),
    withdrawn=frozenset({TakenBack.PHOTO}),
)


def lines(body: str) -> list[int]:
    """The lines of the body, from 1, that are told as captions."""
    draft, problems = read_post("posts/2026-11-20-a.md", FRONT + body, AROUND)
    assert draft is not None, problems
    said = list(advise_left_out([draft], Consents(consents={(WHO, None): TAKEN})))
    assert "posts/a.png is left out" in said[0]
    assert all("Read whether it says who was in it" in line for line in said[1:])
    return [int(line.split(":")[1]) - FIRST + 1 for line in said[1:]]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("![x](a.png)\n\n*Our adviser at the table.*\n\nMore.\n", [3]),
        ("![x](a.png)\n\n_Our adviser\nat the table._\n\nMore.\n", [3]),
        ("![x](a.png)\n\n**Our adviser.**\n", [3]),
        ("Before.\n\n![x](a.png)\nOur adviser at the table.\n\nMore.\n", [4]),
        ("![x](a.png) Our adviser at the table.\n", [1]),
        ("![x](a.png)\n\n<figcaption>Our adviser.</figcaption>\n", [3]),
        ("![x](a.png)\n\nPictured: our adviser.\n", [3]),
        ("![x](a.png)\n\nPhoto (left): our adviser.\n", [3]),
        ("![x](a.png)\n\nOur adviser.\n{: .caption}\n", [3]),
        ("::: confidential\nA.\n::: end\n\n![x](a.png)\n\n*Our adviser.*\n", [7]),
        ("![x](a.png)\n\nMore words follow here.\n", []),
        ("![x](a.png)\n\n*Emphasis* begins this sentence.\n", []),
        ("![x](b.png)\n\n*Another picture's.*\n\n![x](a.png)\n\nMore.\n", []),
        ("![x](a.png)\n\n::: confidential\n*Our adviser.*\n::: end\n\nMore.\n", []),
        ("> ![x](a.png)\n> Our adviser at the table.\n", [2]),
        ("![x](a.png)\n", []),
    ],
)
def test_what_may_be_its_caption_is_told_by_line_and_other_prose_is_not(body: str, told: list[int]) -> None:
    assert lines(body) == told
