"""Around each command: a shared registry is fetched before it and shared after it.

Light where no registry is shared: most commands find out in milliseconds that there is nothing to do.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from cop_publish.intake.settings_file import read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path


@contextmanager
def in_step(root: Path, *, now: datetime) -> Iterator[None]:
    """Keep this machine's copy in step with the bucket while a command runs; nothing where there is none.

    What a command that failed had recorded until then is shared all the same.  Raises StorageFailed.
    """
    settings = read_settings(root)
    if settings.registry_store is None:
        yield
        return
    from cop_publish.errors import StorageFailed  # noqa: PLC0415 - only where a registry is shared
    from cop_publish.shared_registry import fetch, share  # noqa: PLC0415 - the same

    fetch(settings)
    try:
        yield
    except BaseException:
        with suppress(StorageFailed):  # the command's own fault is what is told
            share(settings, now=now)
        raise
    share(settings, now=now)


def bring_up_to_date(root: Path) -> None:
    """Fetch only, for a command that changes nothing: what was edited here by hand stays here."""
    settings = read_settings(root)
    if settings.registry_store is not None:
        from cop_publish.shared_registry import fetch  # noqa: PLC0415 - only where a registry is shared

        fetch(settings)
