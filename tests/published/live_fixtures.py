"""The published show as fixtures; a plugin of the test files that name it, so that they share each store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from live_stores import STORES, Live, going_live

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session", params=STORES)
def live(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The published show in each kind of store; a test leaves it as it is."""
    with going_live(request.param, tmp_path_factory) as found:
        yield found


@pytest.fixture(params=STORES)
def own(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The same, for a test that changes it."""
    with going_live(request.param, tmp_path_factory) as found:
        yield found
