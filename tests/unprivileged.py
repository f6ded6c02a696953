"""Without root's privileges for a moment: files that cannot be read stay unreadable in a container too."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_NOBODY = 65534


@contextmanager
def unprivileged() -> Iterator[None]:
    """Be nobody; what is needed must be imported before."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
