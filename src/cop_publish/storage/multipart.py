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

PART_BYTES = 8 << 20
SINGLE_BYTES = 16 << 20  # up to here a file goes in one piece
_AT_ONCE = 3  # parts in memory


class Target(NamedTuple):
    """Where a file goes."""

    client: S3Client
    bucket: str
    name: str
    headers: Headers


class Part(NamedTuple):
    """One part."""

    number: int  # from 1
    content: bytes


def composite_etag(body: BinaryIO) -> str:
    """The ETag of a file that goes up in parts; reads it once and sets it back to its start."""
    md5s = [hashlib.md5(content, usedforsecurity=False).hexdigest() for content in _parts(body)]
    body.seek(0)
    return _composite(md5s)


def send_in_parts(target: Target, body: BinaryIO) -> tuple[str, str]:
    """Send a file; the ETag it should have, and the one the store gave (empty where it says none).

    When reading `body` raises, the upload is not completed and no reader sees any of it.
    """
    upload, there = _unfinished(target)
    if upload is None:
        upload = target.client.create_multipart_upload(
            Bucket=target.bucket,
            Key=target.name,
            ContentType=target.headers.content_type,
            CacheControl=target.headers.cache_control,
        )["UploadId"]
    md5s = _send_missing(target, upload, there, body)
    answer = target.client.complete_multipart_upload(
        Bucket=target.bucket,
        Key=target.name,
        UploadId=upload,
        MultipartUpload={"Parts": [{"PartNumber": n, "ETag": f'"{md5}"'} for n, md5 in enumerate(md5s, 1)]},
    )
    return _composite(md5s), answer.get("ETag", "").strip('"')


def unfinished_uploads(client: S3Client, bucket: str, name: str) -> list[str]:
    """The ids of the uploads of this very key that were begun and not finished, the newest last."""
    pages = client.get_paginator("list_multipart_uploads").paginate(Bucket=bucket, Prefix=name)
    try:
        found = [u for page in pages for u in page.get("Uploads", []) if u.get("Key") == name]
    except client.exceptions.NoSuchUpload:  # rclone's word for a bucket without any
        return []
    return [u["UploadId"] for u in sorted(found, key=lambda u: (str(u.get("Initiated")), u["UploadId"]))]


def _unfinished(target: Target) -> tuple[str | None, dict[int, str]]:
    """The newest unfinished upload of this very key, and the ETags of its parts by number."""
    found = unfinished_uploads(target.client, target.bucket, target.name)
    if not found:
        return None, {}
    upload = found[-1]
    listed = target.client.get_paginator("list_parts").paginate(
        Bucket=target.bucket, Key=target.name, UploadId=upload
    )
    return upload, {p["PartNumber"]: p["ETag"].strip('"') for page in listed for p in page.get("Parts", [])}


def _send_missing(target: Target, upload: str, there: dict[int, str], body: BinaryIO) -> list[str]:
    """Send the parts that are not there as they should be; the MD5 of each.

    This thread reads, and with that checks the whole; those that send also hash their part.
    """
    md5s: list[str] = []
    running: deque[Future[str]] = deque()
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        try:
            for number, content in enumerate(_parts(body), 1):
                if len(running) == _AT_ONCE:
                    md5s.append(running.popleft().result())
                running.append(pool.submit(_send, target, upload, Part(number, content), there.get(number)))
            md5s += [one.result() for one in running]
        finally:
            pool.shutdown(cancel_futures=True)
    return md5s


def _send(target: Target, upload: str, part: Part, there: str | None) -> str:
    md5 = hashlib.md5(part.content, usedforsecurity=False)
    if there != md5.hexdigest():
        target.client.upload_part(
            Bucket=target.bucket,
            Key=target.name,
            UploadId=upload,
            PartNumber=part.number,
            Body=part.content,
            ContentMD5=base64.b64encode(md5.digest()).decode(),
        )
    return md5.hexdigest()


def _parts(body: BinaryIO) -> Iterator[bytes]:
    while content := _full_read(body):
        yield content


def _full_read(body: BinaryIO) -> bytes:
    """Exactly a part, but for the last: a read of a stream may give less than was asked."""
    blocks, left = [], PART_BYTES
    while left and (block := body.read(left)):
        blocks.append(block)
        left -= len(block)
    return blocks[0] if len(blocks) == 1 else b"".join(blocks)


def _composite(md5s: list[str]) -> str:
    joined = b"".join(bytes.fromhex(md5) for md5 in md5s)
    return f"{hashlib.md5(joined, usedforsecurity=False).hexdigest()}-{len(md5s)}"
