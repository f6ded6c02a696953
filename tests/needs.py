"""What a test needs from the machine: in CI a missing tool fails, elsewhere the test skips and says why."""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest


def program(name: str, *, debian: str = "") -> str:
    """The path of a program on PATH; `debian` names the package that brings it."""
    path = shutil.which(name)
    if path is None:
        missing(f"{name} is not installed (Debian package {debian or name})")
    return path


def missing(reason: str) -> NoReturn:
    """Skip, or fail where `CI=true`."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must have this: {reason}")
    pytest.skip(reason)
