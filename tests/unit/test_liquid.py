"""What Jekyll leaves in a text: told where it stands in prose, left where it is code."""

from __future__ import annotations

import pytest

from cop_publish.render.liquid import faults, resolved


@pytest.mark.parametrize(
    "text",
    [
        "A ` tick.\n\n{% include x.html %}\n\nAnother ` tick.",
        "A ` tick.\n> \n{% include x.html %} and ` tick.",
        "{% # a remark %}",
        "`{% # a remark %}`",
        "{%- # a remark -%}",
        "{% comment %}x{% endcomment %}",
    ],
)
def test_what_is_no_code_or_hides_words_is_told(text: str) -> None:
    assert faults(text, {})


@pytest.mark.parametrize(
    "text", ["`{% include x.html %}`", "`a\nb {% include x.html %}`", "``a ` {% if %}``"]
)
def test_code_within_a_paragraph_is_left_as_it_is(text: str) -> None:
    assert faults(text, {}) == ()
    assert resolved(text, {}) == text


def test_a_highlight_that_never_ends_is_told_at_once() -> None:
    assert faults("{% highlight r %}" + " " * 50_000 + "x", {})
