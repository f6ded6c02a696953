"""Messages show place and key, never a protected form."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from gate_samples import JORY, NAME, PEOPLE
from hypothesis import given
from hypothesis import strategies as st
from test_gate_leaks import WRITTEN

from cop_publish.core.folding import folded
from cop_publish.gate import mask as mask_module
from cop_publish.gate.mask import mask

FORMS = {name: text for name, (rule, text) in WRITTEN.items() if rule != "ID"}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS.keys())
def test_every_form_is_masked(text: str) -> None:
    masked = mask(f"posts/a.md:7: before {text} after", PEOPLE)
    assert "[withheld]" in masked
    assert masked.startswith("posts/a.md:7: before ")
    for part in ("jory", "madeup", "fictive", "dept.example", "jory_m42"):
        assert part not in masked.casefold()


def test_the_rest_of_a_message_stays_as_it_is() -> None:
    assert mask("a/jory-madeup-fictive.md:3: Jory Madeup's map is long.", PEOPLE) == (
        "a/[withheld].md:3: [withheld]'s map is long."
    )
    clean = "posts/a.md:3: title is missing. Write `title:` – p-7f3k knows."
    assert mask(clean, PEOPLE) == clean


@pytest.mark.parametrize(
    "text", [quote(NAME), quote(quote(NAME)), "Jory&#32;Madeup", "Sm9yeSBNYWRldXAtRmljdGl2ZQ=="]
)
def test_encoded_forms_are_masked_with_their_word(text: str) -> None:
    assert mask(f"open {text} failed", PEOPLE) == "open [withheld] failed"


def test_a_form_over_encoded_words_hides_the_whole_message() -> None:
    assert mask("a Jory&#32; Madeup%2DFictive b", PEOPLE) in {"[withheld]", "a [withheld] b"}


def test_everyone_is_masked_the_host_too() -> None:
    assert mask("by Alys Example, Ian Green & Ann Lee", PEOPLE) == "by [withheld], [withheld] & [withheld]"


def test_with_nobody_to_protect_nothing_changes() -> None:
    assert mask("anything at all", ()) == "anything at all"


@given(st.text())
def test_the_places_of_a_mask_agree_with_the_fold_of_the_gate(text: str) -> None:
    reading, places = mask_module._placed(text)  # noqa: SLF001 - the two folds must never part
    assert reading.folded == folded(text)
    assert len(places) == len(reading.folded)
    assert places == sorted(places)


@given(st.text(), st.text())
def test_a_masked_message_never_tells(before: str, after: str) -> None:
    masked = mask(f"{before} {JORY.full_name} {after}", PEOPLE)
    assert not mask_module._still_tells(masked, mask_module._search(PEOPLE))  # noqa: SLF001 - as the gate would see it
