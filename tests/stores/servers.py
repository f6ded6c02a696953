"""Real S3 servers on loopback, each started once for a test run, on free ports, and ended with it.

``running(name)`` gives a `Server`; ``new_store(server, folder)`` a store of its own on it: settings, the
environment that holds its credentials, and the plain HTTP address at which the world reads ``public/``.
"""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import secrets
import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import needs
from botocore.config import Config
from ceph_gateway import ceph, ceph_tls
from processes import BLANK_ENVIRONMENT, certificate, free_ports, listens, run, scratch, start, until
from public_prefix import BucketFiles, FolderFiles, serving
from server import Server

from cop_publish.settings import StorageSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest
    from types_boto3_s3 import S3Client

NAMES = ("folder", "ceph", "ceph-tls", "swift", "rclone", "rclone-tls")
BUCKETS = NAMES[1:]
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class RunningStore:
    """An empty store on a running server; `url` is where its ``public/`` is read, ending in a slash."""

    server: Server
    settings: StorageSettings
    root: Path  # the workspace that the settings are relative to
    url: str
    environment: dict[str, str] = field(repr=False)


@contextlib.contextmanager
def new_store(server: Server, root: Path) -> Iterator[RunningStore]:
    """A new bucket, or a new folder below `root`, whose ``public/`` the world can read over HTTP."""
    if not server.endpoint:
        with serving(FolderFiles(root / "published")) as url:
            yield RunningStore(server, StorageSettings(), root, url, server.environment)
        return
    bucket = f"cop-{secrets.token_hex(6)}"
    client = administrator(server)
    client.create_bucket(Bucket=bucket)
    settings = StorageSettings(
        bucket=bucket, endpoint=server.endpoint, region="us-east-1", path_style=True, ca_file=server.ca_file
    )
    if server.anonymous:
        client.put_bucket_policy(Bucket=bucket, Policy=json.dumps(_world_reads(bucket)))
        url = f"{server.anonymous}/{bucket}/public/"
        yield RunningStore(server, settings, root, url, server.environment)
        return
    with serving(BucketFiles(client, bucket)) as url:
        yield RunningStore(server, settings, root, url, server.environment)


@cache
def administrator(server: Server) -> S3Client:
    """A client of the tests' own: it makes buckets and reads what the world may read."""
    return boto3.client(
        "s3",
        endpoint_url=server.endpoint,
        region_name="us-east-1",
        aws_access_key_id=server.access_key,
        aws_secret_access_key=server.secret_key,
        verify=server.ca_file or None,
        config=Config(
            s3={"addressing_style": "path"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )


def _world_reads(bucket: str) -> dict[str, object]:
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/public/*",
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def opened(name: str, root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningStore]:
    """For a fixture to yield from: a new store on the named server, its credentials in the environment."""
    server = running(name)
    forget_credentials(monkeypatch)
    for variable, value in server.environment.items():
        monkeypatch.setenv(variable, value)
    with new_store(server, root) as place:
        yield place


def forget_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take this machine's own AWS set-up out of a test's environment."""
    for name, value in BLANK_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)


# --- starting ---------------------------------------------------------------------------------------


@cache
def running(name: str) -> Server:
    """The server of that name, started when first asked for; skips, or fails in CI, where it cannot be."""
    starters: dict[str, Callable[[], Server]] = {
        "folder": lambda: Server("folder"),
        "ceph": ceph,
        "ceph-tls": ceph_tls,
        "swift": _swift,
        "rclone": _rclone,
        "rclone-tls": _rclone_tls,
    }
    return starters[name]()


# --- rclone: Go, from a wheel -------------------------------------------------------------------------


def _rclone() -> Server:
    return _rclone_server("rclone", "http", [])


def _rclone_tls() -> Server:
    cert, key = certificate()
    return _rclone_server("rclone-tls", "https", ["--cert", cert, "--key", key], ca_file=str(cert))


def _rclone_server(name: str, scheme: str, options: list[str | Path], ca_file: str = "") -> Server:
    (port,) = free_ports(1)
    files, log = scratch() / name, scratch() / f"{name}.log"
    files.mkdir()
    start([*rclone_argv(port, files), *options], log)
    until(name, lambda: listens(port), log)
    return Server(name, f"{scheme}://127.0.0.1:{port}", "AKRCLONE", "SKRCLONE", ca_file)


def rclone_argv(port: int, files: Path) -> list[str | Path]:
    beside = Path(sys.executable).with_name("rclone")
    rclone = beside if beside.exists() else needs.program("rclone")
    keys = ["--auth-key", "AKRCLONE,SKRCLONE"]
    return [rclone, "serve", "s3", "--config", os.devnull, "--addr", f"127.0.0.1:{port}", *keys, files]


# --- OpenStack Swift: Python, from an environment of its own ------------------------------------------

_RINGS = """
import sys
from swift.common.ring import RingBuilder
for kind, port in zip(("account", "container", "object"), sys.argv[2:]):
    ring = RingBuilder(4, 1, 0)
    ring.add_dev({"region": 1, "zone": 1, "ip": "127.0.0.1", "port": int(port), "device": "d1", "weight": 1,
                  "replication_ip": "127.0.0.1", "replication_port": int(port), "meta": ""})
    ring.rebalance()
    ring.get_ring().save(f"{sys.argv[1]}/{kind}.ring.gz")
"""
_PIPELINE = (
    *("catch_errors", "gatekeeper", "listing_formats", "s3api", "tempauth"),
    *("copy", "slo", "dlo", "versioned_writes", "symlink"),
)


def _swift() -> Server:
    programs = Path(os.environ.get("COP_PUBLISH_SWIFT", ROOT / ".venv-swift" / "bin"))
    if not (programs / "swift-proxy-server").exists():
        needs.missing("Swift is not installed (requirements/swift.txt into .venv-swift)")
    folder = scratch() / "swift"
    ports = free_ports(4)
    (folder / "devices" / "d1").mkdir(parents=True)
    _write_swift_settings(folder, ports)
    run([programs / "python", "-c", _RINGS, folder, *map(str, ports[:3])])
    for kind in ("account", "container", "object", "proxy"):
        start([programs / f"swift-{kind}-server", folder / f"{kind}.conf"], scratch() / f"swift-{kind}.log")
    until("Swift", lambda: all(listens(port) for port in ports), scratch() / "swift-proxy.log")
    return Server("swift", f"http://127.0.0.1:{ports[3]}", "test:tester", "testing")


def _write_swift_settings(folder: Path, ports: list[int]) -> None:
    quiet = (
        f"user = {getpass.getuser()}\nswift_dir = {folder}\nlog_address = /nonexistent\nlog_level = ERROR\n"
        # On a busy machine it would give up telling its own listing after a second, and nobody would later.
        "conn_timeout = 10\nnode_timeout = 60\ncontainer_update_timeout = 60\n"
    )
    (folder / "swift.conf").write_text(
        "[swift-hash]\nswift_hash_path_prefix = a\nswift_hash_path_suffix = b\n"
        "[storage-policy:0]\nname = default\ndefault = yes\n"
    )
    for kind, port in zip(("account", "container", "object"), ports, strict=False):
        (folder / f"{kind}.conf").write_text(
            f"[DEFAULT]\nbind_ip = 127.0.0.1\nbind_port = {port}\nworkers = 0\n{quiet}"
            f"devices = {folder}/devices\nmount_check = false\n"
            "disable_fallocate = true\nfallocate_reserve = 0\n"
            f"[pipeline:main]\npipeline = {kind}-server\n[app:{kind}-server]\nuse = egg:swift#{kind}\n"
        )
    filters = "".join(
        f"[filter:{name}]\nuse = egg:swift#{name}\n{_OPTIONS.get(name, '')}" for name in _PIPELINE
    )
    (folder / "proxy.conf").write_text(
        f"[DEFAULT]\nbind_ip = 127.0.0.1\nbind_port = {ports[3]}\nworkers = 0\n{quiet}"
        f"[pipeline:main]\npipeline = {' '.join(_PIPELINE)} proxy-server\n"
        "[app:proxy-server]\nuse = egg:swift#proxy\naccount_autocreate = true\n" + filters
    )


_OPTIONS = {
    "s3api": "s3_acl = false\nlocation = us-east-1\ncheck_bucket_owner = false\n",
    "versioned_writes": "allow_object_versioning = true\n",
    "tempauth": "user_test_tester = testing .admin .reseller_admin\n",
}
