"""From the settings to the store they name; boto3 is loaded only for a bucket."""

from __future__ import annotations

import gc
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cop_publish.settings import RegistryStore, StorageSettings
    from cop_publish.storage.base import Store


def open_store(settings: StorageSettings, root: Path) -> Store:
    """The bucket if the settings name one, else the folder; `root` is the workspace.

    Asks nothing of the store yet.  Raises StorageFailed when the settings cannot be followed.
    """
    if settings.bucket:
        with _loading_what_stays():
            from cop_publish.storage.s3 import open_bucket  # noqa: PLC0415 - boto3 costs a fifth of a second

            return open_bucket(settings, root)
    from cop_publish.storage.folder import FolderStore  # noqa: PLC0415 - not needed for a bucket

    return FolderStore(root / settings.folder)


def open_registry_store(shared: RegistryStore, root: Path) -> Store:
    """The bucket in which producers share their registry, with its own credentials; asks nothing yet."""
    from cop_publish.storage.s3 import open_bucket  # noqa: PLC0415 - boto3 costs a quarter of a second

    return open_bucket(shared.storage, root, shared.profile)


@contextmanager
def _loading_what_stays() -> Iterator[None]:
    """Keep Python's collector from walking what boto3 loads: again and again meanwhile, and at exit.

    It is a hundred thousand objects that live as long as the process, and to walk them costs as much as to
    load them.  The first time only: whoever opens many buckets, as tests do, wants their clients collected.
    """
    if "cop_publish.storage.s3" in sys.modules or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        gc.enable()
