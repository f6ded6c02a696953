"""Signs that an item means as text pass on its pages, but never before what may be a mark's words."""

from __future__ import annotations

import pytest

from cop_publish.core.agreed_signs import agreed_signs
from cop_publish.core.model import Text
from cop_publish.core.problems import Place
from cop_publish.gate.signs import without_agreed


@pytest.mark.parametrize("agreed", ["\\:::", "We use \\::: often"])
def test_signs_pass_where_they_were_agreed_to_and_not_before_a_marks_word(agreed: str) -> None:
    signs = agreed_signs([Text(agreed, Place("a.md", 1))])
    assert signs
    assert ":::" not in without_agreed("We use ::: often", signs)
    for words in (
        "confidential",
        "very confidential",
        "strictly and very confidential",
        "network-only",
        "end",
    ):
        assert ":::" in without_agreed(f"We use ::: {words}", signs), words
