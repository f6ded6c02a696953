"""From the settings to the store they name; boto3 is loaded only for a bucket."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from cop_publish.settings import RegistryStore, StorageSettings
    from cop_publish.storage.base import Store


def open_store(settings: StorageSettings, root: Path) -> Store:
    """The bucket if the settings name one, else the folder; `root` is the workspace.

    Asks nothing of the store yet.  Raises StorageFailed when the settings cannot be followed.
    """
    if settings.bucket:
        from cop_publish.storage.s3 import open_bucket  # noqa: PLC0415 - boto3 costs a quarter of a second

        return open_bucket(settings, root)
    from cop_publish.storage.folder import FolderStore  # noqa: PLC0415 - not needed for a bucket

    return FolderStore(root / settings.folder)


def open_registry_store(shared: RegistryStore, root: Path) -> Store:
    """The bucket in which producers share their registry, with its own credentials; asks nothing yet."""
    from cop_publish.storage.s3 import open_bucket  # noqa: PLC0415 - boto3 costs a quarter of a second

    return open_bucket(shared.storage, root, shared.profile)
