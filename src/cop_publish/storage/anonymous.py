"""The world's side of a store: plain requests without credentials, as an app or a browser sends them."""

from __future__ import annotations

import http.client
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self
from urllib.parse import urljoin, urlsplit

from cop_publish.errors import StorageFailed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

TIMEOUT_SECONDS = 30
ENOUGH_BYTES = 8 << 20  # four times the largest feed that we write
_REDIRECTS = {301, 302, 303, 307, 308}
_MOST_REDIRECTS = 5
_USER_AGENT = "cop-publish"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; names of headers are in small letters, `address` is where it came from in the end."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    address: str

    @property
    def content_type(self) -> str:
        """The type alone, in small letters: ``audio/mpeg``."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def leads_to(self) -> str | None:
        """Where a redirect leads; None: this is no redirect."""
        if self.status not in _REDIRECTS or "location" not in self.headers:
            return None
        return urljoin(self.address, self.headers["location"])


def stays(address: str, other: str) -> bool:
    """Whether going from one address to the other tells nobody else what is read."""
    one, two = urlsplit(address), urlsplit(other)
    return one.hostname == two.hostname and (one.scheme, two.scheme) != ("https", "http")


@dataclass(slots=True)
class Stranger:
    """Someone without credentials, with one connection to each host.  A context: leaving it hangs up."""

    ca_file: Path | None = None  # trusted beside the machine's own authorities
    _connections: dict[tuple[str, str], http.client.HTTPConnection] = field(default_factory=dict)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        for connection in self._connections.values():
            connection.close()
        self._connections.clear()

    def ask(self, method: str, address: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
        """One request; a redirect and an error are answers too.

        Of a longer body only the first `ENOUGH_BYTES` are read.  Raises StorageFailed, in one sentence,
        when nobody answers.
        """
        parts = urlsplit(address)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        with_agent = {"User-Agent": _USER_AGENT, **headers}
        for fresh in (False, True):  # a kept connection may have been closed by the host meanwhile
            connection = self._connection(parts.scheme, parts.netloc, fresh=fresh)
            try:
                connection.request(method, target, body, with_agent)
                answer = connection.getresponse()
                found = answer.read(ENOUGH_BYTES)
                if answer.length and len(found) < ENOUGH_BYTES:  # cut off; http.client says nothing then
                    raise http.client.IncompleteRead(found, answer.length)
            except ssl.SSLError as error:
                raise _unreachable(parts.netloc, _UNTRUSTED) from error
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                if fresh:
                    raise _unreachable(parts.netloc, _SILENT) from error
                continue
            if not answer.isclosed():
                connection.close()  # the rest of a body that is longer than anyone needs
            named = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, named, found, address)
        raise _unreachable(parts.netloc, _SILENT)

    def visit(self, method: str, address: str, headers: Mapping[str, str]) -> Answer:
        """The same, following redirects as long as they stay with the host and with https.

        The answer is a redirect only where it leads away, or round and round.
        """
        answer = self.ask(method, address, headers)
        for _ in range(_MOST_REDIRECTS):
            if answer.leads_to is None or not stays(address, answer.leads_to):
                break
            answer = self.ask(method, answer.leads_to, headers)
        return answer

    def _connection(self, scheme: str, netloc: str, *, fresh: bool) -> http.client.HTTPConnection:
        known = self._connections.get((scheme, netloc))
        if known is not None and not fresh:
            return known
        if scheme == "https":
            trust = ssl.create_default_context()
            if self.ca_file:
                with suppress(OSError, ssl.SSLError):  # the store says so in better words
                    trust.load_verify_locations(self.ca_file)
            made: http.client.HTTPConnection = http.client.HTTPSConnection(
                netloc, timeout=TIMEOUT_SECONDS, context=trust
            )
        else:
            made = http.client.HTTPConnection(netloc, timeout=TIMEOUT_SECONDS)
        self._connections[scheme, netloc] = made
        return made


_SILENT = "does not answer. Check that the address is right, and that the host and this machine are online"
_UNTRUSTED = "has a certificate that apps do not trust. Renew it, or name its authority in [storage] ca_file"


def _unreachable(netloc: str, why: str) -> StorageFailed:
    return StorageFailed(f"{netloc.rpartition('@')[2]} {why}.")
