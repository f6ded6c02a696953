"""Large files in parts of a fixed size: streamed, and taken up again from the parts that are there.

Every part is 8 MiB of the file, so that any machine that sends the same file sends the same parts.  The
store is asked for an upload of this key that was not finished; a part whose ETag is the MD5 of what we would
send is not sent again.  What the whole must be called afterwards is known beforehand: the MD5 of the parts'
MD5s and their number (what S3 and all that we met use as ETag).
"""

from __future__ import annotations

import base64
import hashlib
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_s3 import S3Client

    from cop_publish.core.output import Headers
    from cop_publish.storage.bodies import Readable

PART_BYTES = 8 << 20
SINGLE_BYTES = 16 << 20  # up to here a file goes in one piece
_AT_ONCE = 3  # parts in memory


class Target(NamedTuple):
    """Where a file goes."""

    client: S3Client
    bucket: str
    name: str
    headers: Headers


class Unfinished(NamedTuple):
    """An upload that was begun: its id, and the ETags of the parts that are there, by number from 1."""

    id: str
    parts: dict[int, str]


class Sent(NamedTuple):
    """A part that is there: its MD5 in hexadecimal, and what the store calls it."""

    md5: str
    etag: str


def composite_etag(body: BinaryIO) -> str:
    """The ETag of a file that goes up in parts; reads it once and sets it back to its start."""
    etag = parts_etag(body)
    body.seek(0)
    return etag


def parts_etag(body: Readable) -> str:
    """The same of anything that can be read, to its end."""
    return _composite([hashlib.md5(content, usedforsecurity=False).hexdigest() for content in _parts(body)])


def send_in_parts(target: Target, body: BinaryIO, left: Unfinished | None) -> tuple[str, str]:
    """Send a file; the ETag it should have, and the one the store gave (empty where it says none).

    `left` is taken up.  When reading `body` raises, the upload is not completed and no reader sees any of it.
    Where the store's ETags are not MD5s (a key of AWS's key service), the two are what it gave.
    """
    if left is None:
        begun = target.client.create_multipart_upload(
            Bucket=target.bucket,
            Key=target.name,
            ContentType=target.headers.content_type,
            CacheControl=target.headers.cache_control,
        )
        left = Unfinished(begun["UploadId"], {})
    sent = _send_missing(target, left, body)
    answer = target.client.complete_multipart_upload(
        Bucket=target.bucket,
        Key=target.name,
        UploadId=left.id,
        MultipartUpload={
            "Parts": [{"PartNumber": n, "ETag": f'"{part.etag}"'} for n, part in enumerate(sent, 1)]
        },
    )
    etag = answer.get("ETag", "").strip('"')
    return etag if answer.get("SSEKMSKeyId") else _composite([part.md5 for part in sent]), etag


def unfinished_uploads(client: S3Client, bucket: str, name: str) -> list[str]:
    """The ids of the uploads of this very key that were begun and not finished, the newest last."""
    return [upload for key, upload in unfinished_uploads_below(client, bucket, name) if key == name]


def unfinished_uploads_below(client: S3Client, bucket: str, prefix: str) -> list[tuple[str, str]]:
    """The key and id of each upload that was begun and not finished, the newest last."""
    pages = client.get_paginator("list_multipart_uploads").paginate(Bucket=bucket, Prefix=prefix)
    try:
        found = [u for page in pages for u in page.get("Uploads", [])]
    except client.exceptions.NoSuchUpload:  # rclone's word for a bucket without any
        return []
    found.sort(key=lambda u: (str(u.get("Initiated")), u["UploadId"]))
    return [(u["Key"], u["UploadId"]) for u in found]


def unfinished(target: Target) -> Unfinished | None:
    """The newest upload of this very key that was begun and not finished."""
    found = unfinished_uploads(target.client, target.bucket, target.name)
    if not found:
        return None
    listed = target.client.get_paginator("list_parts").paginate(
        Bucket=target.bucket, Key=target.name, UploadId=found[-1]
    )
    parts = {p["PartNumber"]: p["ETag"].strip('"') for page in listed for p in page.get("Parts", [])}
    return Unfinished(found[-1], parts)


def _send_missing(target: Target, left: Unfinished, body: BinaryIO) -> list[Sent]:
    """Send the parts that are not there as they should be.

    This thread reads, and with that checks the whole; those that send also hash their part.
    """
    sent: list[Sent] = []
    running: deque[Future[Sent]] = deque()
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        try:
            for number, content in enumerate(_parts(body), 1):
                if len(running) == _AT_ONCE:
                    sent.append(running.popleft().result())
                running.append(pool.submit(_send, target, left, number, content))
            sent += [one.result() for one in running]
        finally:
            pool.shutdown(cancel_futures=True)
    return sent


def _send(target: Target, left: Unfinished, number: int, content: bytes) -> Sent:
    md5 = hashlib.md5(content, usedforsecurity=False)
    if left.parts.get(number) == md5.hexdigest():
        return Sent(md5.hexdigest(), md5.hexdigest())
    answer = target.client.upload_part(
        Bucket=target.bucket,
        Key=target.name,
        UploadId=left.id,
        PartNumber=number,
        Body=content,
        ContentMD5=base64.b64encode(md5.digest()).decode(),
    )
    return Sent(md5.hexdigest(), answer["ETag"].strip('"'))


def _parts(body: Readable) -> Iterator[bytes]:
    while content := _full_read(body):
        yield content


def _full_read(body: Readable) -> bytes:
    """Exactly a part, but for the last: a read of a stream may give less than was asked."""
    blocks, left = [], PART_BYTES
    while left and (block := body.read(left)):
        blocks.append(block)
        left -= len(block)
    return blocks[0] if len(blocks) == 1 else b"".join(blocks)


def _composite(md5s: list[str]) -> str:
    joined = b"".join(bytes.fromhex(md5) for md5 in md5s)
    return f"{hashlib.md5(joined, usedforsecurity=False).hexdigest()}-{len(md5s)}"
