"""What someone without credentials can do with a store, at its own address and at the site's."""

from __future__ import annotations

import ipaddress
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from cop_publish.core.store_check import Exposure
from cop_publish.errors import StorageFailed
from cop_publish.storage.anonymous import Stranger
from cop_publish.storage.base import PUBLIC

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cop_publish.settings import Settings, StorageSettings

_OK = 200
_DONE = range(200, 300)


def exposure(settings: Settings, key: str, content: bytes) -> Exposure:
    """Look at a private `key` that holds `content`, as a stranger; writes go beside it.

    Raises StorageFailed when the storage does not answer; the site's own address may not be up yet.
    """
    trusted = settings.storage.ca_file
    with Stranger(settings.root / trusted if trusted else None) as stranger:
        reads = ""
        with suppress(StorageFailed):  # the site may not be up yet
            reads = next(_shown(stranger, _at_the_site(settings.site.url, key), content), "")
        own = own_address(settings.storage)
        if not own:
            return Exposure(reads, "", "")
        name = settings.storage.prefix + key
        reads = next(_shown(stranger, [f"{own}/{quote(name)}"], content), reads)
        there = f"{own}?list-type=2&max-keys=1&prefix={quote(name, safe='')}"
        listed = stranger.ask("GET", there, {})
        written_at = f"{own}/{quote(name)}-by-a-stranger"
        written = stranger.ask("PUT", written_at, {}, content)
    lists = there if listed.status == _OK and key.rpartition("/")[2].encode() in listed.body else ""
    return Exposure(reads, lists, written_at if written.status in _DONE else "")


def own_address(storage: StorageSettings) -> str:
    """The bucket at the storage's own address, in path style, which all know; empty for a folder."""
    if not storage.bucket:
        return ""
    endpoint = storage.endpoint or f"https://s3.{storage.region or 'us-east-1'}.amazonaws.com"
    return f"{endpoint.rstrip('/')}/{storage.bucket}"


def is_encrypted(storage: StorageSettings) -> bool:
    """Whether nobody on the way reads what is sent; on this machine itself nobody could."""
    if not storage.bucket or not storage.endpoint:
        return True
    parts = urlsplit(storage.endpoint)
    with suppress(ValueError):
        if ipaddress.ip_address(parts.hostname or "").is_loopback:
            return True
    return parts.scheme == "https" or parts.hostname == "localhost"


def _at_the_site(url: str, key: str) -> Iterator[str]:
    """Where a private key would show: above or below the site's own address."""
    yield url + quote(key)
    yield f"{url}../{quote(key)}"
    yield f"{url}%2e%2e/{quote(key)}"
    if url.endswith(f"/{PUBLIC}"):
        yield url.removesuffix(PUBLIC) + quote(key)


def _shown(stranger: Stranger, addresses: Iterable[str], content: bytes) -> Iterator[str]:
    """Those of the addresses that give this content."""
    for address in addresses:
        if stranger.ask("GET", address, {}).body == content:
            yield address
