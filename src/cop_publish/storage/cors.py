"""May web players on other sites read transcripts and chapters?  Asked of a bucket, and explained."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from cop_publish.storage.base import Store

# What a bucket needs: anyone may read what is public anyway, and seek in it.
CORS = {
    "CORSRules": [
        {
            "AllowedOrigins": ["*"],
            "AllowedMethods": ["GET", "HEAD"],
            "AllowedHeaders": ["*"],
            "ExposeHeaders": ["Content-Length", "Content-Range", "ETag"],
            "MaxAgeSeconds": 86400,
        }
    ]
}


@runtime_checkable
class Bucket(Protocol):
    """A store that may know CORS rules."""

    def cors_rules(self) -> tuple[dict[str, Any], ...] | None:
        """The rules; None when the store does not say."""


def cors_advice(store: Store) -> tuple[str, ...]:
    """Lines for the producer; none when all is well, or the store is a folder (its web host decides)."""
    rules = store.cors_rules() if isinstance(store, Bucket) else ()
    if not isinstance(store, Bucket) or any(_lets_everyone_read(rule) for rule in rules or ()):
        return ()
    what = "does not let" if rules is not None else "does not say whether it lets"
    return (
        f"The bucket {what} web players on other sites read transcripts and chapters.",
        "Set these CORS rules on it (aws s3api put-bucket-cors, or the host's control panel):",
        *json.dumps(CORS, indent=2).splitlines(),
    )


def keeps_players_out(store: Store) -> bool:
    """Whether the store says that web players on other sites may not read transcripts and chapters."""
    rules = store.cors_rules() if isinstance(store, Bucket) else None
    return rules is not None and not any(_lets_everyone_read(rule) for rule in rules)


def _lets_everyone_read(rule: dict[str, Any]) -> bool:
    return "*" in rule.get("AllowedOrigins", ()) and "GET" in rule.get("AllowedMethods", ())
