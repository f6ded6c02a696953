"""What `storage check` found out about a store, kept in its private prefix with the date."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from cop_publish.core.head import Head
from cop_publish.core.output import Headers
from cop_publish.storage.base import ANYTHING, PRIVATE, Holding, read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cop_publish.storage.base import Store

CANNOT_FENCE = (
    "This storage is not known to hold conditional writes: it may not stop a publisher that slept through "
    "the end of its turn, so never publish to it from two machines at once (`cop-publish storage check` "
    "finds out)."
)
TRAITS = f"{PRIVATE}store.json"
HEAD = f"{PRIVATE}head.json"
PRIVATE_JSON = Headers("application/json; charset=utf-8", "no-store")


@dataclass(frozen=True, slots=True)
class Traits:
    """How a store behaves; `findings` are words for people and for later."""

    honours_conditions: bool
    checked_at: datetime  # by the store's clock
    findings: Mapping[str, str] = field(default_factory=dict)


def recall_traits(store: Store) -> Traits | None:
    """What was found, or None when nobody has looked (or what they wrote cannot be read)."""
    found = read(store, TRAITS)
    try:
        data = json.loads(found.content) if found else {}
        return Traits(
            bool(data["honours_conditions"]),
            datetime.fromisoformat(data["checked_at"]),
            {str(name): str(words) for name, words in data.get("findings", {}).items()},
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def write_traits(store: Store, traits: Traits) -> None:
    """Keep what was found beside the head, which stays as it is: for whoever is about to swap that."""
    data = asdict(traits) | {"checked_at": traits.checked_at.isoformat()}
    store.put(TRAITS, json.dumps(data, indent=1, sort_keys=True).encode(), PRIVATE_JSON)


def record_traits(store: Store, traits: Traits) -> None:
    """Keep what was found, in the head too, where a publish reads it without asking more."""
    write_traits(store, traits)
    found = read(store, HEAD)
    if found is None:
        return
    head = Head.from_json(found.content.decode())
    if head.lease is not None or bool(head.honours_conditions) == traits.honours_conditions:
        return  # `can_fence` looks here as long as the head does not say yes
    told = replace(head, honours_conditions=traits.honours_conditions)
    condition = Holding(found.etag) if traits.honours_conditions else ANYTHING
    store.put(HEAD, told.to_json().encode(), PRIVATE_JSON, condition)


def can_fence(store: Store, head: Head | None) -> bool:
    """Whether conditional writes to this store can be believed; not known counts as no."""
    if store.honours_conditions is not None:
        return store.honours_conditions
    if head is not None and head.honours_conditions is not None:
        return head.honours_conditions
    traits = recall_traits(store)
    return traits is not None and traits.honours_conditions
