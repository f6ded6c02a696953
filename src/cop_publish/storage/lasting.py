"""What of a bucket outlasts a deletion: files under a lock (S3 Object Lock), and copies in other buckets.

Neither can be found out by trying: a version that was written under a lock could not be removed again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from cop_publish.core.store_check import Lasting

if TYPE_CHECKING:
    from collections.abc import Callable

    from types_boto3_s3 import S3Client

    from cop_publish.storage.base import Store

_NONE = {"ObjectLockConfigurationNotFoundError", "ReplicationConfigurationNotFoundError"}
_DAYS_A_YEAR = 365


@runtime_checkable
class _Asked(Protocol):
    def lasting(self) -> Lasting:
        """What outlasts a deletion."""


def lasting(store: Store) -> Lasting:
    """What outlasts a deletion in a store; nothing does in a folder.  Raises StorageFailed."""
    return store.lasting() if isinstance(store, _Asked) else Lasting()


def lasting_of(client: S3Client, bucket: str) -> Lasting:
    """What a bucket's own settings say; raises what boto3 raises, but for a refusal to tell."""
    locks = _told(client, lambda: client.get_object_lock_configuration(Bucket=bucket))
    copies = _told(client, lambda: client.get_bucket_replication(Bucket=bucket))
    if locks is None or copies is None:
        return Lasting(is_known=False, **_retention(locks or {}), copied_to=_copied_to(copies or {}))
    return Lasting(**_retention(locks), copied_to=_copied_to(copies))


def _told(client: S3Client, ask: Callable[[], Any]) -> dict[str, Any] | None:
    """The answer, empty where there is nothing of the kind; None where the store does not say."""
    try:
        return dict(ask())
    except client.exceptions.ClientError as error:
        return {} if error.response["Error"].get("Code") in _NONE else None


def _retention(found: dict[str, Any]) -> dict[str, Any]:
    """The lock that every file gets which is written."""
    rule = found.get("ObjectLockConfiguration", {}).get("Rule", {}).get("DefaultRetention", {})
    days = rule.get("Days", 0) or rule.get("Years", 0) * _DAYS_A_YEAR
    return {"locked_days": days, "lock_mode": rule.get("Mode", "") if days else ""}


def _copied_to(found: dict[str, Any]) -> int:
    rules = found.get("ReplicationConfiguration", {}).get("Rules", [])
    return len({rule["Destination"]["Bucket"] for rule in rules if rule.get("Status") == "Enabled"})
