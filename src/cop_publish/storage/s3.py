"""A bucket of any S3-compatible storage, through boto3, which is imported here and nowhere else.

Traps met on real servers:

- botocore's default checksums (`when_supported`) break every PUT over TLS on Ceph 16 and rclone with
  MissingContentLength: both settings are `when_required`;
- DeleteObjects then carries a CRC32 where older servers insist on Content-MD5: we add it;
- every PUT waits for "100 Continue", a second round trip: we ask for it for files alone, where a refusal
  before the bytes are sent is worth it;
- a 404 to HEAD has no body, so a missing bucket looks like a missing key: only `get` can tell;
- boto3's default session keeps the first credentials it finds for the whole process: each bucket gets its
  own session.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import socket
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3.session
from botocore import exceptions as boto
from botocore.config import Config

from cop_publish.core.output import Headers
from cop_publish.errors import StorageFailed
from cop_publish.storage.base import Body, Held, checked_key, checked_prefix
from cop_publish.storage.refusals import CLOCK_CODES, UNREACHABLE, clock_wrong, refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from botocore.awsrequest import AWSPreparedRequest
    from types_boto3_s3 import S3Client

    from cop_publish.settings import StorageSettings

CONNECT_TIMEOUT_SECONDS = 10
READ_TIMEOUT_SECONDS = 60
WORKERS = 8  # botocore is bound by Python from about here on
_DELETE_AT_ONCE = 1000  # S3's limit of DeleteObjects
_BLOCK_BYTES = 1 << 20


def open_bucket(settings: StorageSettings, root: Path) -> S3Store:
    """The bucket that the settings name, credentials from the usual AWS chain; asks nothing of it yet."""
    ca_file = root / settings.ca_file if settings.ca_file else None
    place = f"The storage {settings.endpoint or 'of AWS'} (bucket {settings.bucket})"
    if ca_file and not ca_file.is_file():
        raise _unreachable(place, "no ca_file")
    with _explained(place):
        client = boto3.session.Session().client(
            "s3",
            region_name=settings.region or ("us-east-1" if settings.endpoint else None),
            endpoint_url=settings.endpoint or None,
            verify=str(ca_file) if ca_file else None,
            config=Config(
                signature_version="s3v4",
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                # The server refuses a body that is not the one that was signed (AWS, Ceph, Swift).
                s3={
                    "addressing_style": "path" if settings.path_style else "auto",
                    "payload_signing_enabled": True,
                },
                retries={"mode": "standard", "total_max_attempts": 3},
                connect_timeout=CONNECT_TIMEOUT_SECONDS,
                read_timeout=READ_TIMEOUT_SECONDS,
                max_pool_connections=WORKERS,
            ),
        )
    return S3Store(client, settings.bucket, settings.prefix, place)


class S3Store:
    """A bucket, or the part of one below `prefix` (empty, or ending in a slash)."""

    workers = WORKERS

    def __init__(self, client: S3Client, bucket: str, prefix: str, place: str) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = prefix
        self._place = place
        self._signed_at: datetime | None = None
        client.meta.events.register("before-sign.s3.DeleteObjects", _add_content_md5)
        client.meta.events.register_last("before-call.s3", _send_small_bodies_at_once)
        client.meta.events.register("before-send.s3", self._remember_date)

    def get(self, key: str) -> bytes | None:
        name = self._prefix + checked_key(key)
        with self._explained():
            try:
                with self._client.get_object(Bucket=self._bucket, Key=name)["Body"] as body:
                    return body.read()
            except self._client.exceptions.NoSuchKey:
                return None

    def put(self, key: str, body: Body, headers: Headers) -> None:
        name = self._prefix + checked_key(key)
        md5 = _md5(body)
        with self._explained():
            answer = self._client.put_object(
                Bucket=self._bucket,
                Key=name,
                Body=body,
                ContentMD5=base64.b64encode(md5.digest()).decode(),
                ContentType=headers.content_type,
                CacheControl=headers.cache_control,
            )
        etag = answer.get("ETag", "").strip('"')
        # With a key of AWS's key service the ETag is not an MD5; then the Content-MD5 has to do.
        is_md5 = re.fullmatch("[0-9a-f]{32}", etag) and not answer.get("SSEKMSKeyId")
        if is_md5 and etag != md5.hexdigest():
            msg = f"{self._place} holds other bytes under {key} than were sent."
            raise StorageFailed(f"{msg} Run the command again, and tell the host if it stays so.")

    def head(self, key: str) -> Held | None:
        name = self._prefix + checked_key(key)
        with self._explained():
            try:
                found = self._client.head_object(Bucket=self._bucket, Key=name)
            except boto.ClientError as error:
                if _status(error) == 404:  # noqa: PLR2004 - HTTP: not found
                    return None
                raise
        headers = Headers(found.get("ContentType", ""), found.get("CacheControl", ""))
        return Held(found["ContentLength"], headers)

    def list(self, prefix: str) -> tuple[str, ...]:
        start = self._prefix + checked_prefix(prefix)
        with self._explained():
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=start)
            names = [found["Key"] for page in pages for found in page.get("Contents", [])]
        return tuple(sorted(name.removeprefix(self._prefix) for name in names))

    def delete(self, keys: Iterable[str]) -> None:
        names = [self._prefix + checked_key(key) for key in keys]
        for start in range(0, len(names), _DELETE_AT_ONCE):
            batch = names[start : start + _DELETE_AT_ONCE]
            with self._explained():
                answer = self._client.delete_objects(
                    Bucket=self._bucket, Delete={"Objects": [{"Key": n} for n in batch], "Quiet": True}
                )
            for fault in answer.get("Errors", []):
                raise StorageFailed(f"{self._place} refused: {refused(fault.get('Code', ''), 0)}.")

    def cors_rules(self) -> tuple[dict[str, Any], ...] | None:
        """The bucket's rules for scripts of other sites; None when the store does not say."""
        try:
            found = self._client.get_bucket_cors(Bucket=self._bucket)
        except boto.ClientError as error:
            missing = _code(error) == "NoSuchCORSConfiguration"
            return () if missing else None
        except boto.BotoCoreError:
            return None
        return tuple(dict(rule) for rule in found.get("CORSRules", []))

    @contextmanager
    def _explained(self) -> Iterator[None]:
        with _explained(self._place):
            try:
                yield
            except boto.ClientError as error:
                if _code(error) not in CLOCK_CODES:
                    raise
                date = error.response["ResponseMetadata"].get("HTTPHeaders", {}).get("date", "")
                raise StorageFailed(
                    f"{self._place} refused: {clock_wrong(self._signed_at, date)}."
                ) from error

    def _remember_date(self, request: AWSPreparedRequest, **_: object) -> None:
        """When we signed, by our own clock: what the server's Date is compared with."""
        signed = request.headers.get("X-Amz-Date", b"")
        text = signed.decode() if isinstance(signed, bytes) else str(signed)
        if text:
            self._signed_at = datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


@contextmanager
def _explained(place: str) -> Iterator[None]:
    """Every fault that boto3 raises, as one sentence."""
    try:
        yield
    except boto.ClientError as error:
        raise StorageFailed(f"{place} refused: {refused(_code(error), _status(error))}.") from error
    except boto.BotoCoreError as error:
        raise _unreachable(place, _kind(error)) from error
    except ValueError as error:  # botocore's word for an endpoint that is no URL
        raise _unreachable(place, "address") from error


# The first that fits: ConnectTimeoutError and the like are also of the more general kinds below them.
_KINDS: tuple[tuple[type[Exception], str], ...] = (
    (boto.NoCredentialsError, "no credentials"),
    (boto.PartialCredentialsError, "half credentials"),
    (boto.CredentialRetrievalError, "half credentials"),
    (boto.TokenRetrievalError, "half credentials"),
    (boto.SSOError, "half credentials"),
    (boto.ProfileNotFound, "no profile"),
    (boto.ParamValidationError, "parameters"),
    (boto.InvalidRegionError, "parameters"),
    (boto.NoRegionError, "parameters"),
    (boto.SSLError, "certificate"),
    (boto.ConnectTimeoutError, "slow"),
    (boto.ReadTimeoutError, "slow"),
    (boto.EndpointConnectionError, "closed"),
)


def _kind(error: boto.BotoCoreError) -> str:
    kind = next((kind for types, kind in _KINDS if isinstance(error, types)), "cut")
    return "name" if kind == "closed" and _is_unknown_name(error) else kind


def _is_unknown_name(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, socket.gaierror):
            return True
        error = error.__cause__ or error.__context__
    return False


def _unreachable(place: str, kind: str) -> StorageFailed:
    return StorageFailed(f"{place} cannot be used: {UNREACHABLE[kind]}.")


def _code(error: boto.ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _status(error: boto.ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _md5(body: Body) -> hashlib._Hash:
    """The MD5 that S3 calls ETag; a file is read in blocks and set back to its start."""
    if isinstance(body, bytes):
        return hashlib.md5(body, usedforsecurity=False)
    md5 = hashlib.md5(usedforsecurity=False)
    while block := body.read(_BLOCK_BYTES):
        md5.update(block)
    body.seek(0)
    return md5


def _send_small_bodies_at_once(params: dict[str, Any], **_: object) -> None:
    if isinstance(params.get("body"), io.BytesIO):  # what botocore makes of bytes
        params["headers"].pop("Expect", None)


def _add_content_md5(request: Any, **_: object) -> None:  # noqa: ANN401 - botocore's AWSRequest, untyped here
    md5 = hashlib.md5(request.body, usedforsecurity=False).digest()
    request.headers["Content-MD5"] = base64.b64encode(md5).decode()
