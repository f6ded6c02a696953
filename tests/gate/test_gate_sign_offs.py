"""The gate asks for sign-offs again: what somebody has not said yes to never becomes `Approved`."""

from __future__ import annotations

from dataclasses import replace

import pytest
from gate_samples import GUARD, gate, page, public

from cop_publish.errors import NotCleared
from cop_publish.gate.memory import Memory

UNSIGNED = replace(GUARD, unsigned=frozenset({"ep-named"}))


def test_a_file_that_shows_an_unsigned_item_refuses_everything() -> None:
    files = public("a.html", page("one")), public("b.html", page("two"), "ep-other", "ep-named")
    assert gate(*files).files == files
    with pytest.raises(NotCleared) as refused:
        gate(*files, guard=UNSIGNED)
    assert [problem.where.path for problem in refused.value.problems] == ["ep-named"]
    assert refused.value.exit_code == 40


def test_other_items_pass_and_what_passed_before_is_asked_again() -> None:
    memory = Memory()
    file = public("b.html", page("two"), "ep-named")
    gate(file, memory=memory)
    with pytest.raises(NotCleared):
        gate(file, memory=memory, guard=UNSIGNED)
    assert gate(public("a.html", page("one"), "ep-other"), guard=UNSIGNED)
