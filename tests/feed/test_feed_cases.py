"""Pairs in tests/cases/feed: `NAME.py` makes a feed, `NAME.xml` is what it must be.  UPDATE=1 rewrites."""

from __future__ import annotations

import os
import runpy
from pathlib import Path

import pytest

CASES = sorted((Path(__file__).parent.parent / "cases" / "feed").glob("*.py"))


def test_there_are_cases() -> None:
    assert len(CASES) >= 4


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_feed_is_byte_for_byte_what_it_was(case: Path) -> None:
    made = runpy.run_path(str(case))["made"]()
    expected = case.with_suffix(".xml")
    if os.environ.get("UPDATE") == "1":
        expected.write_bytes(made)
    assert made.decode() == expected.read_text(encoding="utf-8")
