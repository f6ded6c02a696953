"""What is sent to a bucket: how large it is, what its MD5 is, and what botocore does with it on the way."""

from __future__ import annotations

import base64
import hashlib
import io
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

if TYPE_CHECKING:
    from cop_publish.storage.base import Body

_BLOCK_BYTES = 1 << 20


class Readable(Protocol):
    """A file, or the body of an answer."""

    def read(self, size_bytes: int, /) -> bytes: ...


def size_of(body: Body) -> int:
    """How many bytes there are; a file is set back to its start."""
    if isinstance(body, bytes):
        return len(body)
    size_bytes = body.seek(0, io.SEEK_END)
    body.seek(0)
    return size_bytes


def stream_of(body: Body) -> BinaryIO:
    """The body as a file."""
    return io.BytesIO(body) if isinstance(body, bytes) else body


def md5_of(body: Body) -> hashlib._Hash:
    """The MD5 that S3 calls ETag; a file is read in blocks and set back to its start."""
    if isinstance(body, bytes):
        return hashlib.md5(body, usedforsecurity=False)
    md5 = hashlib.md5(usedforsecurity=False)
    while block := body.read(_BLOCK_BYTES):
        md5.update(block)
    body.seek(0)
    return md5


def md5_to_its_end(body: Readable) -> str:
    """The MD5 in hexadecimal of anything that can be read, without keeping it."""
    md5 = hashlib.md5(usedforsecurity=False)
    while block := body.read(_BLOCK_BYTES):
        md5.update(block)
    return md5.hexdigest()


def sha256_to_its_end(body: Readable) -> str:
    """The SHA-256 of the same."""
    sha256 = hashlib.sha256()
    while block := body.read(_BLOCK_BYTES):
        sha256.update(block)
    return sha256.hexdigest()


# --- botocore's events; its types are not ours to name --------------------------------------------------


def send_small_bodies_at_once(params: dict[str, Any], **_: object) -> None:
    """Wait for "100 Continue" with files alone: what botocore makes of bytes goes at once."""
    if isinstance(params.get("body"), io.BytesIO):
        params["headers"].pop("Expect", None)


def add_content_md5(request: Any, **_: object) -> None:  # noqa: ANN401 - botocore's AWSRequest
    """What older servers insist on with DeleteObjects."""
    md5 = hashlib.md5(request.body, usedforsecurity=False).digest()
    request.headers["Content-MD5"] = base64.b64encode(md5).decode()
