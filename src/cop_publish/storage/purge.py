"""Removing all that a bucket has of a key: versions, delete markers, and the parts of unfinished uploads.

A bucket without versioning answers with one version called "null", or does not know the question (rclone,
Swift without versioning): then a plain delete is all there is.
"""

from __future__ import annotations

from contextlib import suppress
from math import inf
from os.path import commonprefix
from typing import TYPE_CHECKING, Any

from cop_publish.errors import StorageFailed
from cop_publish.storage.base import Locked, Purged
from cop_publish.storage.multipart import unfinished_uploads_below

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from types_boto3_s3 import S3Client

_AT_ONCE = 1000  # S3's limit of DeleteObjects


def purge_keys(client: S3Client, bucket: str, names: Collection[str], older: Collection[str] = ()) -> Purged:
    """Remove everything of these object names, and of `older` all but what readers get; locked ones stay.

    Raises what boto3 raises, and StorageFailed.
    """
    uploads = _abort_uploads(client, bucket, {*names, *older})
    lines = _versions(client, bucket, names) + _past_versions(client, bucket, older)
    kept, refused = _delete(client, bucket, [line for line in lines if not _is_marker(line)])
    # A delete marker hides what is locked below it: without it readers would get that again.
    markers = [line for line in lines if _is_marker(line) and line["Key"] not in kept]
    _delete(client, bucket, markers)
    hidden = {line["Key"] for line in lines if _is_marker(line) and line.get("IsLatest")}
    for name in sorted(kept.keys() & set(names) - hidden):
        client.delete_object(Bucket=bucket, Key=name)
    left = refused + sum(_is_marker(line) and line["Key"] in kept for line in lines)
    return Purged(len(lines) - left, uploads, tuple(kept[name] for name in sorted(kept)))


def _delete(
    client: S3Client, bucket: str, lines: Sequence[Mapping[str, Any]]
) -> tuple[dict[str, Locked], int]:
    """Remove versions; by object name, what is kept by a lock that ends last, and how many versions are."""
    refused: list[Any] = []
    for start in range(0, len(lines), _AT_ONCE):
        batch: Any = [_named(line) for line in lines[start : start + _AT_ONCE]]
        answer = client.delete_objects(Bucket=bucket, Delete={"Objects": batch, "Quiet": True})
        refused += answer.get("Errors", [])
    held = [_held(client, bucket, fault) for fault in refused]
    return {one.key: one for one in sorted(held, key=_by_end)}, len(held)


def _held(client: S3Client, bucket: str, fault: Any) -> Locked:  # noqa: ANN401 - an error of DeleteObjects
    """What keeps a version from being removed, where it is a lock; raises StorageFailed where it is not.

    A lock and a right that is missing are refused in the same words: only the version itself tells.
    """
    found: dict[str, Any] = {}
    with suppress(client.exceptions.ClientError):
        asked: Any = _named(fault)  # where a bucket knows no versions, without one
        found = dict(client.head_object(Bucket=bucket, **asked))
    if found.get("ObjectLockLegalHoldStatus") == "ON":
        return Locked(fault["Key"], None)
    if until := found.get("ObjectLockRetainUntilDate"):
        return Locked(fault["Key"], until)
    code = "".join(c for c in fault.get("Code", "") if c.isalnum())[:40]
    msg = f"The storage (bucket {bucket}) did not remove a version of a file ({code})."
    raise StorageFailed(
        f"{msg} Let these credentials do what `cop-publish storage policy withdraw` says, and run it again."
    )


def _by_end(held: Locked) -> float:
    """A legal hold has none."""
    return held.until.timestamp() if held.until else inf


def _versions(client: S3Client, bucket: str, names: Collection[str]) -> list[dict[str, Any]]:
    try:
        return list(_version_lines(client, bucket, names))
    except client.exceptions.ClientError as error:
        if error.response["Error"].get("Code") not in _UNKNOWN:
            raise
    return [{"Key": name} for name in sorted(names)]


def _past_versions(client: S3Client, bucket: str, names: Collection[str]) -> list[dict[str, Any]]:
    """Every version and delete marker but the latest; none where a bucket does not know the question."""
    try:
        lines = _version_lines(client, bucket, names)
        return [line for line in lines if not line.get("IsLatest")]
    except client.exceptions.ClientError as error:
        if error.response["Error"].get("Code") not in _UNKNOWN:
            raise
    return []


_UNKNOWN = {"NotImplemented", "MethodNotAllowed"}


def _named(line: Mapping[str, Any]) -> dict[str, str]:
    return {name: line[name] for name in ("Key", "VersionId") if name in line}


def _is_marker(line: Mapping[str, Any]) -> bool:
    """A version has a size, and a delete marker none; a bucket without versions has neither."""
    return "VersionId" in line and "Size" not in line


def _version_lines(client: S3Client, bucket: str, names: Collection[str]) -> Iterator[dict[str, Any]]:
    """Versions and delete markers of these keys; a prefix may have others, which are left out."""
    wanted = frozenset(names)
    for prefix in _prefixes(names):
        for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
            for line in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                if line.get("Key") in wanted and (line["Key"] == prefix or len(wanted) > _ONE_BY_ONE):
                    yield dict(line)


_ONE_BY_ONE = 40  # keys; a thousand lines come in one answer, so for more everything is listed once


def _prefixes(names: Collection[str]) -> list[str]:
    return sorted(names) if len(names) <= _ONE_BY_ONE else [commonprefix(sorted(names))]  # noqa: RUF071 - a store lists by letters


def _abort_uploads(client: S3Client, bucket: str, names: Collection[str]) -> int:
    aborted = 0
    for prefix in _prefixes(names):
        for name, upload in unfinished_uploads_below(client, bucket, prefix):
            if name in names and (name == prefix or len(names) > _ONE_BY_ONE):
                client.abort_multipart_upload(Bucket=bucket, Key=name, UploadId=upload)
                aborted += 1
    return aborted
