"""What a bucket's refusals mean, in one sentence each with the cure.

Pure tables: `s3.py` says which fault it saw, this module says it to a producer.  A server's own words are
never shown (they may hold an access key).
"""

from __future__ import annotations

import socket
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

_WRONG_PAIR = (
    "the secret key does not belong to the access key. "
    "Set AWS_SECRET_ACCESS_KEY, or your AWS profile, to the right one"
)
_ACCESS_KEY = (
    "it does not know this access key. Set AWS_ACCESS_KEY_ID, or your AWS profile, to one of this storage"
)
_EXPIRED = "your credentials have expired. Sign in again, or set new ones"
_DENIED = (
    "it does not allow this. Let these credentials list the bucket (s3:ListBucket) and get, put and delete "
    "objects in it (s3:GetObject, s3:PutObject, s3:DeleteObject)"
)
_NO_BUCKET = "there is no such bucket. Create it, or mend [storage] bucket"
_REGION = "the bucket is in another region. Set [storage] region to the bucket's own"
_FULL = (
    "the storage is full, or over its quota. Free some space or raise the quota, and run the command again"
)
_BUSY = "it is too busy to answer. Wait a minute and run the command again"
_DAMAGED = "the bytes were damaged on their way, and refused. Run the command again"
_TOO_LARGE = "the file is larger than it takes in one piece. Make the file smaller, or ask the host"

# Codes of the S3 API reference's "Error responses", and what Ceph, Swift and rclone answer in their place.
_BY_CODE = {
    "SignatureDoesNotMatch": _WRONG_PAIR,
    "InvalidAccessKeyId": _ACCESS_KEY,
    "InvalidToken": _EXPIRED,
    "ExpiredToken": _EXPIRED,
    "TokenRefreshRequired": _EXPIRED,
    "AccessDenied": _DENIED,
    "AllAccessDisabled": _DENIED,
    "AccountProblem": _DENIED,
    "NoSuchBucket": _NO_BUCKET,
    "InvalidBucketName": _NO_BUCKET,
    "PermanentRedirect": _REGION,
    "AuthorizationHeaderMalformed": _REGION,
    "IllegalLocationConstraintException": _REGION,
    "QuotaExceeded": _FULL,
    "InsufficientStorage": _FULL,
    "XMinioStorageFull": _FULL,
    "SlowDown": _BUSY,
    "ServiceUnavailable": _BUSY,
    "BadDigest": _DAMAGED,
    "XAmzContentSHA256Mismatch": _DAMAGED,
    "EntityTooLarge": _TOO_LARGE,
}
_BY_STATUS = {
    301: _REGION,
    403: _DENIED,
    404: _NO_BUCKET,
    413: _TOO_LARGE,
    503: _BUSY,
    507: _FULL,
}
CLOCK_CODES = {"RequestTimeTooSkewed", "RequestExpired"}


def refused(code: str, status: int) -> str:
    """Why the server said no, after ``… refused:``, by its error code and HTTP status."""
    known = _BY_CODE.get(code) or _BY_STATUS.get(status)
    if known:
        return known
    if status >= 500:  # noqa: PLR2004 - HTTP: the server's fault
        cure = "Tell the host, and run the command again"
        return f"it failed ({status} {_plain(code)}); its disk may be full. {cure}"
    return f"it answered {status} {_plain(code)}. Check [storage] endpoint and bucket"


def clock_wrong(signed_at: datetime | None, server_date: str) -> str:
    """How far this machine's clock is off, from the time it signed and the server's Date header."""
    cure = "Set the clock of this machine and run the command again"
    try:
        ours, theirs = signed_at, parsedate_to_datetime(server_date)
    except ValueError:
        ours, theirs = None, None
    if ours is None or theirs is None:
        return f"the clock of this machine is wrong. {cure}"
    minutes = round((ours - theirs).total_seconds() / 60)
    side = "fast" if minutes > 0 else "slow"
    hours, rest = divmod(abs(minutes), 60)
    off = f"{hours} h {rest:02} min" if hours else f"{rest} min"
    return f"the clock of this machine is {off} {side} (the server says {server_date}). {cure}"


UNREACHABLE = {
    "no credentials": (
        "no credentials were found. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile in "
        "AWS_PROFILE"
    ),
    "half credentials": (
        "the credentials are not complete. Set both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in "
        "again"
    ),
    "no profile": "the profile that AWS_PROFILE names does not exist. Mend it, or add it to ~/.aws/config",
    "address": "[storage] endpoint is not an address. Write it as https://host or http://host:port",
    "name": "its host name is not known. Check [storage] endpoint, and that this machine is online",
    "closed": "nothing answers at its address. Check [storage] endpoint, and that this machine is online",
    "certificate": (
        "its certificate is not trusted. Check [storage] endpoint, or set [storage] ca_file to the "
        "certificate authority's file"
    ),
    "no ca_file": "[storage] ca_file is not there or holds no certificate. Mend its path",
    "slow": "it did not answer in time. Check the network, and run the command again",
    "cut": "the connection was cut. Check the network, and run the command again",
    "parameters": (
        "[storage] bucket or region is not well formed. Bucket names have 3 to 63 small letters, digits, "
        "dots and hyphens"
    ),
}


def _plain(code: str) -> str:
    return "".join(c for c in code if c.isalnum())[:40]


def is_unknown_name(error: BaseException | None) -> bool:
    """Whether what failed, or what that came of, is the look-up of a host name."""
    while error is not None:
        if isinstance(error, socket.gaierror):
            return True
        error = error.__cause__ or error.__context__
    return False
