"""One signed GET without boto3, for a run that has nothing to do: boto3 alone takes a fifth of a second.

AWS Signature Version 4 (AWS, "Signature Version 4 for API requests"), for GET alone and for keys that stand
in the environment.  Whatever is not as simple as that, or does not work, raises: the caller asks through
boto3 then, which knows every other way and the words for every refusal.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import os
import ssl
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlsplit

from cop_publish.errors import StorageFailed
from cop_publish.storage.base import UNCHANGED, Got, Unchanged, checked_key

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cop_publish.settings import StorageSettings

TIMEOUT_SECONDS = 10
_NOTHING = hashlib.sha256(b"").hexdigest()
_OTHER_ADDRESSES = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3")  # boto3 would obey them where we name none
_OK, _UNCHANGED, _MISSING = 200, 304, 404


class Keys(NamedTuple):
    """An access key; its repr would show the secret, so it is never printed."""

    access_key: str
    secret_key: str
    token: str

    def __repr__(self) -> str:
        return "Keys(…)"


class Asked(NamedTuple):
    """A GET: where, of what, and by which clock."""

    host: str
    path: str  # quoted
    region: str
    at: datetime


def quick_get(
    settings: StorageSettings, root: Path, key: str, unless_etag: str | None
) -> Got | Unchanged | None:
    """As `Store.get`, of a bucket; raises StorageFailed wherever boto3 should be asked instead."""
    keys, region = _keys(os.environ), settings.region or ("us-east-1" if settings.endpoint else "")
    moved = not settings.endpoint and any(map(os.environ.get, _OTHER_ADDRESSES))
    if keys is None or moved or not region or region.startswith("cn-"):
        raise _unsure()
    there = urlsplit(settings.endpoint or f"https://s3.{region}.amazonaws.com")
    if _is_proxied(there.scheme, there.netloc):
        raise _unsure()
    path = quote(
        f"{there.path.rstrip('/')}/{settings.bucket}/{settings.prefix}{checked_key(key)}", safe="/-_.~"
    )
    # The time of a signature is the real one, whatever `--now` says: the server compares it with its own.
    asked = Asked(there.netloc, path, region, datetime.now(UTC))
    known = {"If-None-Match": f'"{unless_etag}"'} if unless_etag else {}
    try:
        connection = _connection(there.scheme, there.netloc, settings, root)
        try:
            connection.request("GET", path, headers=signed(asked, keys) | known)
            answer = connection.getresponse()
            return _read(answer.status, answer.read(), answer.getheader("ETag", ""))
        finally:
            connection.close()
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise _unsure() from error


def signed(asked: Asked, keys: Keys) -> dict[str, str]:
    """The headers of a GET, with the signature over them."""
    stamp = f"{asked.at:%Y%m%dT%H%M%SZ}"
    scope = f"{stamp[:8]}/{asked.region}/s3/aws4_request"
    headers = {"host": asked.host, "x-amz-content-sha256": _NOTHING, "x-amz-date": stamp}
    if keys.token:
        headers["x-amz-security-token"] = keys.token
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    request = f"GET\n{asked.path}\n\n{lines}\n{names}\n{_NOTHING}"
    to_sign = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    secret = f"AWS4{keys.secret_key}".encode()
    for part in scope.split("/"):
        secret = hmac.digest(secret, part.encode(), "sha256")
    signature = hmac.digest(secret, to_sign.encode(), "sha256").hex()
    credential = f"Credential={keys.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
    return headers | {"Authorization": f"AWS4-HMAC-SHA256 {credential}"}


def _keys(environment: Mapping[str, str]) -> Keys | None:
    """Those of the environment, which come first in AWS's own chain too; None where it is not so simple."""
    found = (environment.get(f"AWS_{name}", "") for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"))
    access_key, secret_key = found
    if not access_key or not secret_key:
        return None
    return Keys(access_key, secret_key, environment.get("AWS_SESSION_TOKEN", ""))


def _is_proxied(scheme: str, netloc: str) -> bool:
    """Whether the environment leads there through a proxy, which is boto3's to talk to."""
    if not any(os.environ.get(name) for name in (f"{scheme}_proxy", f"{scheme}_proxy".upper())):
        return False
    from urllib.request import proxy_bypass  # noqa: PLC0415 - only where a proxy is set

    return not proxy_bypass(netloc)


def _connection(
    scheme: str, netloc: str, settings: StorageSettings, root: Path
) -> http.client.HTTPConnection:
    if scheme == "http":
        return http.client.HTTPConnection(netloc, timeout=TIMEOUT_SECONDS)
    trusted = str(root / settings.ca_file) if settings.ca_file else os.environ.get("AWS_CA_BUNDLE")
    trust = ssl.create_default_context(cafile=trusted)
    return http.client.HTTPSConnection(netloc, timeout=TIMEOUT_SECONDS, context=trust)


def _read(status: int, content: bytes, etag: str) -> Got | Unchanged | None:
    if status == _UNCHANGED:
        return UNCHANGED
    if status == _OK:
        return Got(content, etag.strip('"'))
    if status == _MISSING and b"<Code>NoSuchKey</Code>" in content:
        return None
    raise _unsure()


def _unsure() -> StorageFailed:
    return StorageFailed("The storage could not be asked the short way; ask it through boto3.")
