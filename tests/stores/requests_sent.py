"""The requests that a bucket's client really sends, as they leave this process."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from cop_publish.storage.s3 import S3Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from botocore.awsrequest import AWSPreparedRequest

    from cop_publish.storage.base import Store


@contextlib.contextmanager
def requests_sent(store: Store) -> Iterator[list[str]]:
    """``PUT public/feed.xml``, ``GET ?list-type=2&…``, in order; of several threads, as they come."""
    assert isinstance(store, S3Store)
    sent: list[str] = []

    def remember(request: AWSPreparedRequest, **_: object) -> None:
        address = urlsplit(request.url)
        key = unquote(address.path).split("/", 2)[2:]
        sent.append(f"{request.method} {'/'.join(key)}{'?' + address.query if address.query else ''}")

    with hooked(store, "before-send.s3", remember):
        yield sent


@contextlib.contextmanager
def hooked(store: S3Store, event: str, hook: Callable[..., None]) -> Iterator[None]:
    """Let botocore call `hook` at each such event of this store's client."""
    events = store._client.meta.events  # noqa: SLF001 - the wire is not part of the contract
    events.register(event, hook)
    try:
        yield
    finally:
        events.unregister(event, hook)
