"""Every scenario of this folder: `run.py` says how they are written."""

from __future__ import annotations

from pathlib import Path

import pytest
from run import play

HERE = Path(__file__).parent


@pytest.mark.parametrize("name", sorted(p.stem for p in HERE.glob("*.txt")))
def test_scenario(name: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    play((HERE / f"{name}.txt").read_text(encoding="utf-8"), tmp_path, tmp_path_factory)
