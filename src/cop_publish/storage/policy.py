"""The least rights that publishing needs, as the JSON that S3's tools take, for the bucket at hand.

Four documents: who publishes may not remove versions for good; who withdraws may, and is better a second
person; the world may read ``public/`` and nothing else; and what an unfinished upload leaves goes by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cop_publish.storage.base import PRIVATE, PUBLIC

if TYPE_CHECKING:
    from cop_publish.settings import StorageSettings

VERSION = "2012-10-17"  # of the policy language, AWS IAM User Guide, "IAM JSON policy elements: Version"
UNFINISHED_DAYS = 7  # a large file may be taken up again after a weekend
OLD_VERSION_DAYS = 30  # kept releases do not need them: packs hold what a rollback sends


@dataclass(frozen=True, slots=True)
class Document:
    """One document: what it is for, where it belongs, and its value."""

    name: str  # publisher | withdraw | public | lifecycle
    about: str
    value: dict[str, Any]


def documents(storage: StorageSettings) -> tuple[Document, ...]:
    """Every document for a bucket; the settings must name one."""
    return (
        Document(
            "publisher", "attach it to whoever publishes, and give them nothing else", _publisher(storage)
        ),
        Document("withdraw", "add it for whoever may withdraw: versions go for good", _withdraw(storage)),
        Document("public", "set it as the bucket's policy: the world reads public/ alone", _public(storage)),
        Document(
            "lifecycle", "set it as the bucket's lifecycle: leavings of cut uploads go", _lifecycle(storage)
        ),
    )


def _publisher(storage: StorageSettings) -> dict[str, Any]:
    objects = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
    uploads = ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]
    bucket = ["s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:GetBucketVersioning", "s3:GetBucketCORS"]
    bucket += ["s3:GetBucketObjectLockConfiguration", "s3:GetReplicationConfiguration"]
    statements = [
        _allow("Site", [*objects, *uploads], _both(storage)),
        _allow("Look", bucket, _arn(storage)),
    ]
    if storage.endpoint:  # Ceph asks this of the bucket too, before it asks for each object of a batch
        statements.append(_allow("DeleteBatch", ["s3:DeleteObject"], _arn(storage)))
    if storage.cloudfront:
        of = f"arn:aws:cloudfront::*:distribution/{storage.cloudfront}"
        statements.append(_allow("Invalidate", ["cloudfront:CreateInvalidation"], of))
    return {"Version": VERSION, "Statement": statements}


def _withdraw(storage: StorageSettings) -> dict[str, Any]:
    locks = ["s3:GetObjectRetention", "s3:GetObjectLegalHold"]  # else a lock looks like a missing right
    objects = ["s3:GetObjectVersion", "s3:DeleteObjectVersion", *locks]
    statements = [
        _allow("Purge", objects, _both(storage)),
        _allow("LookAtVersions", ["s3:ListBucketVersions"], _arn(storage)),
    ]
    return {"Version": VERSION, "Statement": statements}


def _public(storage: StorageSettings) -> dict[str, Any]:
    reads = _allow("WorldReads", ["s3:GetObject"], _arn(storage, PUBLIC + "*"))
    statements = [reads | {"Principal": "*"}]
    if not storage.endpoint.startswith("http:"):  # else nobody could publish: that store has no TLS
        only_tls = {
            "Sid": "PrivateOverTLS",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": _arn(storage, PRIVATE + "*"),
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        statements.append(only_tls)
    return {"Version": VERSION, "Statement": statements}


def _lifecycle(storage: StorageSettings) -> dict[str, Any]:
    rule = {
        "ID": "cop-publish",
        "Status": "Enabled",
        "Filter": {"Prefix": storage.prefix},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": UNFINISHED_DAYS},
        "NoncurrentVersionExpiration": {"NoncurrentDays": OLD_VERSION_DAYS},
    }
    return {"Rules": [rule]}


def _allow(sid: str, actions: list[str], resource: str | list[str]) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resource}


def _both(storage: StorageSettings) -> list[str]:
    return [_arn(storage, PUBLIC + "*"), _arn(storage, PRIVATE + "*")]


def _arn(storage: StorageSettings, objects: str = "") -> str:
    inside = f"/{storage.prefix}{objects}" if objects else ""
    return f"arn:aws:s3:::{storage.bucket}{inside}"
