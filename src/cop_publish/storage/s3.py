"""A bucket of any S3-compatible storage, through boto3, which is imported here and nowhere else.

Traps met on real servers:

- botocore's default checksums (`when_supported`) break every PUT over TLS on Ceph 16 and rclone with
  MissingContentLength: both settings are `when_required`;
- DeleteObjects then carries a CRC32 where older servers insist on Content-MD5: we add it;
- every PUT waits for "100 Continue", a second round trip: we ask for it for files alone, where a refusal
  before the bytes are sent is worth it;
- a 404 to HEAD has no body, so a missing bucket looks like a missing key: only `get` can tell;
- Ceph 16 holds an If-Match only against an ETag without quotes, and boto3 hands ETags over with them: ours
  have none, in either direction;
- a retry after a lost answer meets 412 though our first try was written: what is there decides (`_ours`);
- boto3's default session keeps the first credentials it finds for the whole process: each bucket gets its
  own session.
"""

from __future__ import annotations

import base64
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

import boto3.session
from botocore import exceptions as boto
from botocore.config import Config

from cop_publish.core.output import Headers
from cop_publish.errors import Conflict, StorageFailed
from cop_publish.storage.base import (
    ABSENT,
    ANYTHING,
    UNCHANGED,
    Body,
    Got,
    Held,
    Holding,
    Listed,
    Purged,
    checked_key,
    checked_prefix,
)
from cop_publish.storage.bodies import (
    add_content_md5,
    md5_of,
    md5_to_its_end,
    send_small_bodies_at_once,
    sha256_to_its_end,
    size_of,
    stream_of,
)
from cop_publish.storage.clock import ServerClock
from cop_publish.storage.lasting import lasting_of
from cop_publish.storage.multipart import (
    SINGLE_BYTES,
    Target,
    composite_etag,
    parts_etag,
    send_in_parts,
    unfinished,
)
from cop_publish.storage.purge import purge_keys
from cop_publish.storage.refusals import CLOCK_CODES, UNREACHABLE, clock_wrong, is_unknown_name, refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from botocore.response import StreamingBody
    from types_boto3_s3 import S3Client

    from cop_publish.core.store_check import Lasting
    from cop_publish.settings import StorageSettings
    from cop_publish.storage.base import Condition, Unchanged
    from cop_publish.storage.multipart import Unfinished

T = TypeVar("T")
CONNECT_TIMEOUT_SECONDS = 10
READ_TIMEOUT_SECONDS = 60
WORKERS = 16  # near a store Python is the bound from eight on; far away, waiting side by side is
DELETE_AT_ONCE = 1000  # S3's limit of DeleteObjects
READS = 3  # of one file, when the connection is cut amid its bytes; boto3 tries again only before them
_CUT_OFF = (boto.ResponseStreamingError, boto.IncompleteReadError, boto.ReadTimeoutError)


def open_bucket(settings: StorageSettings, root: Path, profile: str = "") -> S3Store:
    """The bucket that the settings name, credentials from a profile or the usual AWS chain; asks nothing."""
    ca_file = root / settings.ca_file if settings.ca_file else None
    place = f"The storage {settings.endpoint or 'of AWS'} (bucket {settings.bucket})"
    if ca_file and not ca_file.is_file():
        raise _unreachable(place, "no ca_file")
    with _explained(place):
        client = boto3.session.Session(profile_name=profile or None).client(
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
    hides_extensions = False
    honours_conditions: bool | None = None  # 200 proves nothing: only a probe of its behaviour does

    def __init__(self, client: S3Client, bucket: str, prefix: str, place: str) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = prefix
        self._place = place
        self._clock = ServerClock()
        client.meta.events.register("before-sign.s3.DeleteObjects", add_content_md5)
        client.meta.events.register_last("before-call.s3", send_small_bodies_at_once)
        client.meta.events.register("before-send.s3", self._clock.sent)
        client.meta.events.register("after-call.s3", self._clock.answered)

    def get(self, key: str, unless_etag: str | None = None) -> Got | Unchanged | None:
        name = self._prefix + checked_key(key)
        known: dict[str, Any] = {"IfNoneMatch": f'"{unless_etag}"'} if unless_etag else {}
        with self._explained():
            try:
                return self._read(name, lambda body, etag: Got(body.read(), etag), known)
            except boto.ClientError as error:
                if _status(error) == 304:  # noqa: PLR2004 - HTTP: not modified
                    return UNCHANGED
                raise

    def put(self, key: str, body: Body, headers: Headers, condition: Condition = ANYTHING) -> str:
        target = Target(self._client, self._bucket, self._prefix + checked_key(key), headers)
        large = size_of(body) > SINGLE_BYTES
        with self._explained():
            if large:
                expected, found = self._put_large(target, stream_of(body), condition)
            else:
                expected, found = self._put_small(target, body, condition)
        # With a key of AWS's key service an ETag is not an MD5; then the Content-MD5 has to do.
        comparable = re.fullmatch("[0-9a-f]{32}-[0-9]+|nothing-0" if large else "[0-9a-f]{32}", found)
        if comparable and found != expected:
            msg = f"{self._place} holds other bytes under {key} than were sent."
            raise StorageFailed(f"{msg} Run the command again, and tell the host if it stays so.")
        return found

    def head(self, key: str) -> Held | None:
        with self._explained():
            return self._head(self._prefix + checked_key(key))

    def list(self, prefix: str) -> tuple[Listed, ...]:
        start = self._prefix + checked_prefix(prefix)
        with self._explained():
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=start)
            found = [
                Listed(f["Key"].removeprefix(self._prefix), f["Size"], f["ETag"].strip('"'))
                for page in pages
                for f in page.get("Contents", [])
            ]
        return tuple(sorted(found, key=lambda line: line.key))

    def delete(self, keys: Iterable[str]) -> None:
        names = [self._prefix + checked_key(key) for key in keys]
        for start in range(0, len(names), DELETE_AT_ONCE):
            batch = names[start : start + DELETE_AT_ONCE]
            with self._explained():
                answer = self._client.delete_objects(
                    Bucket=self._bucket, Delete={"Objects": [{"Key": n} for n in batch], "Quiet": True}
                )
            for fault in answer.get("Errors", []):
                raise StorageFailed(f"{self._place} refused: {refused(fault.get('Code', ''), 0)}.")

    def purge(self, keys: Iterable[str], older: Iterable[str] = ()) -> Purged:
        whole, past = ({self._prefix + checked_key(key) for key in named} for named in (keys, older))
        with self._explained():
            found = purge_keys(self._client, self._bucket, whole, past - whole)
        held = (replace(one, key=one.key.removeprefix(self._prefix)) for one in found.locked)
        return replace(found, locked=tuple(held))

    def lasting(self) -> Lasting:
        """What outlasts a deletion here."""
        with self._explained():
            return lasting_of(self._client, self._bucket)

    def now(self) -> datetime:
        """By the Date of its latest answer, which is asked for where there was none."""
        if self._clock.now() is None:
            with self._explained():
                self._client.head_bucket(Bucket=self._bucket)
        if (now := self._clock.now()) is None:
            msg = f"{self._place} does not say what time it is (no Date in its answers)."
            raise StorageFailed(f"{msg} Tell the host, or publish to another storage.")
        return now

    def _put_small(self, target: Target, body: Body, condition: Condition) -> tuple[str, str]:
        md5 = md5_of(body)
        asked: dict[str, Any] = {}
        if condition is ABSENT:
            asked["IfNoneMatch"] = "*"
        elif isinstance(condition, Holding):
            asked["IfMatch"] = condition.etag
        try:
            answer = target.client.put_object(
                Bucket=target.bucket,
                Key=target.name,
                Body=body,
                ContentMD5=base64.b64encode(md5.digest()).decode(),
                ContentType=target.headers.content_type,
                CacheControl=target.headers.cache_control,
                **asked,
            )
        except boto.ClientError as error:
            # 409: another conditional write of this key was under way.  404: If-Match, and nothing is there.
            if not asked or _status(error) not in {404, 409, 412} or _code(error) == "NoSuchBucket":
                raise
            return self._ours(target, md5.hexdigest(), error)
        is_md5 = not answer.get("SSEKMSKeyId")
        etag = answer.get("ETag", "").strip('"')
        return md5.hexdigest() if is_md5 else etag, etag

    def _put_large(self, target: Target, body: BinaryIO, condition: Condition) -> tuple[str, str]:
        """In parts.  Few stores look at a condition when they join the parts, so it is asked before."""
        with ThreadPoolExecutor(1) as beside:
            left = beside.submit(unfinished, target)
            if condition is not ANYTHING:
                there = self._head(target.name)
                expected = condition.etag if isinstance(condition, Holding) else None
                if (there.etag if there else None) != expected:
                    return self._ours(target, composite_etag(body), None)
        try:
            foretold, found, there = self._sent(target, body, left.result())
            if there and there.headers != target.headers:  # they are of whoever began the upload
                body.seek(0)
                foretold, found, _ = self._sent(target, body, None)
        except self._client.exceptions.NoSuchUpload as error:
            # Another machine that sends the same file has finished the upload that we had taken up, or the
            # answer to our own completion was lost.
            body.seek(0)
            return self._ours(target, composite_etag(body), error)
        return foretold, found

    def _sent(self, target: Target, body: BinaryIO, left: Unfinished | None) -> tuple[str, str, Held | None]:
        """As `send_in_parts`, and what is there then, where that has to be asked for."""
        foretold, found = send_in_parts(target, body, left)
        if found and left is None:
            return foretold, found, None
        there = self._head(target.name)  # Ceph says no ETag when the parts are joined
        return foretold, found or (there.etag if there else "nothing-0"), there

    def _ours(self, target: Target, etag: str, refusal: Exception | None) -> tuple[str, str]:
        """The ETag, twice, where exactly these bytes and headers are there already; else raises Conflict."""
        found = self._found(target.name)
        there = _held(found) if found else None
        if there and there.headers == target.headers and etag == self._foretold(target.name, found, etag):
            return there.etag, there.etag
        key = target.name.removeprefix(self._prefix)
        raise Conflict(f"{self._place}: {key} was changed by somebody else meanwhile.") from refusal

    def _foretold(self, name: str, found: Any, like: str) -> str | None:  # noqa: ANN401 - boto3's answer to HEAD
        """What the ETag of a file is, or where ETags are not MD5s would be, had it been sent as `like`."""
        if not found.get("SSEKMSKeyId"):
            return _held(found).etag
        take = parts_etag if "-" in like else md5_to_its_end
        return self._read(name, lambda body, _: take(body))

    def _head(self, name: str) -> Held | None:
        found = self._found(name)
        return _held(found) if found else None

    def _found(self, name: str) -> Any:  # noqa: ANN401 - what boto3 answers to HEAD; None: nothing is there
        try:
            return self._client.head_object(Bucket=self._bucket, Key=name)
        except boto.ClientError as error:
            if _status(error) == 404:  # noqa: PLR2004 - HTTP: not found
                return None
            raise

    def _read(
        self, name: str, take: Callable[[StreamingBody, str], T], known: dict[str, Any] | None = None
    ) -> T | None:
        """What `take` makes of a file and its ETag, None when nothing is there; again where it is cut off."""
        for reads_left in reversed(range(READS)):
            try:
                answer = self._client.get_object(Bucket=self._bucket, Key=name, **known or {})
            except self._client.exceptions.NoSuchKey:
                return None
            try:
                # `with body` would give urllib3's stream, which raises errors of its own when it is cut.
                with closing(answer["Body"]) as body:
                    return take(body, answer.get("ETag", "").strip('"'))
            except _CUT_OFF:
                if not reads_left:
                    raise
        return None

    def sha256(self, key: str) -> str | None:
        """As `audit.Rereadable` has it."""
        with self._explained():
            return self._read(self._prefix + checked_key(key), lambda body, _: sha256_to_its_end(body))

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
                    f"{self._place} refused: {clock_wrong(self._clock.signed_at, date)}."
                ) from error


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
    return "name" if kind == "closed" and is_unknown_name(error) else kind


def _unreachable(place: str, kind: str) -> StorageFailed:
    return StorageFailed(f"{place} cannot be used: {UNREACHABLE[kind]}.")


def _held(found: Any) -> Held:  # noqa: ANN401 - boto3's answer to HEAD
    headers = Headers(found.get("ContentType", ""), found.get("CacheControl", ""))
    return Held(found["ContentLength"], headers, found.get("ETag", "").strip('"'))


def _code(error: boto.ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _status(error: boto.ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
