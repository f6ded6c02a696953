"""Real S3 servers on loopback, each started once for a test run, on free ports, and ended with it.

``running(name)`` gives a `Server`; ``new_store(server, folder)`` a store of its own on it: settings, the
environment that holds its credentials, and the plain HTTP address at which the world reads ``public/``.
"""

from __future__ import annotations

import atexit
import contextlib
import getpass
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import needs
from botocore.config import Config
from public_prefix import BucketFiles, FolderFiles, serving

from cop_publish.settings import StorageSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest
    from types_boto3_s3 import S3Client

NAMES = ("folder", "ceph", "ceph-tls", "swift", "rclone", "rclone-tls")
BUCKETS = NAMES[1:]
ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 60

# Nothing of the machine's own AWS set-up reaches a test.
BLANK_ENVIRONMENT = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


@dataclass(frozen=True)
class Server:
    """A running server; no endpoint: a folder."""

    name: str
    endpoint: str = ""
    access_key: str = ""
    secret_key: str = ""
    ca_file: str = ""
    anonymous: str = ""  # where a bucket policy lets the world read: the plain HTTP endpoint

    @property
    def environment(self) -> dict[str, str]:
        keys = {"AWS_ACCESS_KEY_ID": self.access_key, "AWS_SECRET_ACCESS_KEY": self.secret_key}
        return BLANK_ENVIRONMENT | (keys if self.endpoint else {})


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
        "ceph": _ceph,
        "ceph-tls": _ceph_tls,
        "swift": _swift,
        "rclone": _rclone,
        "rclone-tls": _rclone_tls,
    }
    return starters[name]()


@cache
def scratch() -> Path:
    """A folder for the servers' files, gone with the test run."""
    folder = Path(tempfile.mkdtemp(prefix="cop-stores-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def certificate() -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that is its own authority, and its key."""
    openssl = needs.program("openssl")
    cert, key = scratch() / "cert.pem", scratch() / "key.pem"
    names = "subjectAltName=IP:127.0.0.1,DNS:localhost"
    uses = "keyUsage=critical,digitalSignature,keyCertSign"
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    subject = ["-subj", "/CN=localhost", "-addext", names, "-addext", uses]
    run([openssl, "req", "-x509", "-nodes", "-days", "2", *curve, *subject, "-keyout", key, "-out", cert])
    return cert, key


def free_ports(count: int) -> list[int]:
    """Ports on loopback that nobody listens on."""
    with contextlib.ExitStack() as stack:
        open_sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in open_sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in open_sockets]


def start(argv: list[str | Path], log: Path, **environment: str) -> subprocess.Popen[bytes]:
    """A server that ends with this process, even when that is killed."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            _ends_with_us(argv), stdout=out, stderr=out, env=os.environ | BLANK_ENVIRONMENT | environment
        )
    atexit.register(stop, process)
    return process


def stop(process: subprocess.Popen[bytes]) -> None:
    process.kill()  # nothing in a test server is worth keeping, and Ceph is slow to end politely
    process.wait()


def run(argv: list[str | Path], **environment: str) -> str:
    """A short program's output."""
    done = subprocess.run(
        argv, env=os.environ | environment, capture_output=True, text=True, timeout=READY_SECONDS, check=False
    )
    assert done.returncode == 0, (argv, done.stdout, done.stderr)
    return done.stdout


def until(what: str, ready: Callable[[], bool], log: Path) -> None:
    """Wait for a server; `log` is shown when it does not come."""
    give_up = time.monotonic() + READY_SECONDS
    pause = threading.Event()
    while not ready():
        assert time.monotonic() < give_up, f"{what} did not start:\n{log.read_text(errors='replace')[-2000:]}"
        pause.wait(0.03)


def listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def _ends_with_us(argv: list[str | Path]) -> list[str | Path]:
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--", *argv] if setpriv else argv


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
_PIPELINE = ("catch_errors", "gatekeeper", "listing_formats", "s3api", "tempauth", "copy", "slo", "dlo")


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
    "tempauth": "user_test_tester = testing .admin .reseller_admin\n",
}


# --- Ceph's object gateway: C++, from Debian ------------------------------------------------------------

_CEPH = """\
[global]
fsid = {fsid}
mon host = [v2:127.0.0.1:{mon2},v1:127.0.0.1:{mon1}]
mon initial members = a
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
public addr = 127.0.0.1
cluster addr = 127.0.0.1
run dir = {folder}
admin socket = {folder}/$name.asok
log file = {folder}/$name.log
pid file = {folder}/$name.pid
keyring = {folder}/keyring
mon data = {folder}/mon
mon cluster log file = /dev/null
mon allow pool size one = true
mon data avail crit = 1
mon data avail warn = 2
mon max pg per osd = 1000
mon tick interval = 1
mon client hunt interval = 0.3
paxos propose interval = 0.02
paxos min wait = 0.01
osd data = {folder}/osd
osd objectstore = memstore
memstore device bytes = 1073741824
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
osd class update on start = true
crush location hook =
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:{http} ssl_endpoint=127.0.0.1:{https} \
ssl_certificate={folder}/both.pem tcp_nodelay=1
rgw dns name = localhost
rgw thread pool size = 32
rgw gc max objs = 1
rgw lc max objs = 1
rgw usage max shards = 1
rgw enable usage log = false
rgw enable quota threads = false
rgw reshard num logs = 1
rgw md log max shards = 1
rgw data log num shards = 1
"""
_ALL = ["--cap", "mon", "allow *", "--cap", "osd", "allow *", "--cap", "mgr", "allow *"]


@cache
def _ceph() -> Server:
    for program, package in (("radosgw", "radosgw"), ("ceph-mon", "ceph-mon"), ("ceph-osd", "ceph-osd")):
        needs.program(program, debian=package)
    folder = scratch() / "ceph"
    (folder / "mon").mkdir(parents=True)
    (folder / "osd").mkdir()
    mon1, mon2, http, https = free_ports(4)
    fsid = _uuid()
    cert, key = certificate()
    (folder / "both.pem").write_bytes(cert.read_bytes() + key.read_bytes())
    ports = {"mon1": mon1, "mon2": mon2, "http": http, "https": https}
    (folder / "ceph.conf").write_text(_CEPH.format(folder=folder, fsid=fsid, **ports))
    _start_ceph_monitor(folder, fsid, f"[v2:127.0.0.1:{mon2},v1:127.0.0.1:{mon1}]")
    _start_ceph_disk(folder)
    conf = {"CEPH_CONF": str(folder / "ceph.conf")}
    start(["radosgw", "-n", "client.rgw", "-f"], folder / "rgw.out", **conf)
    until("radosgw", lambda: listens(http), folder / "rgw.out")
    user = ["--uid=tests", "--display-name=tests", "--access-key=AKCEPH", "--secret=SKCEPH"]
    ceph_admin("user", "create", *user)
    endpoint = f"http://127.0.0.1:{http}"
    return Server("ceph", endpoint, "AKCEPH", "SKCEPH", anonymous=endpoint)


@cache
def _ceph_tls() -> Server:
    """The same gateway's TLS door; the world reads through the plain one."""
    plain = _ceph()
    settings = (scratch() / "ceph" / "ceph.conf").read_text()
    port = settings.split("ssl_endpoint=127.0.0.1:")[1].split()[0]
    ca_file = str(certificate()[0])
    return Server("ceph-tls", f"https://127.0.0.1:{port}", "AKCEPH", "SKCEPH", ca_file, plain.anonymous)


def ceph_admin(*words: str) -> None:
    """What Ceph's host can do: users and quotas."""
    conf = str(scratch() / "ceph" / "ceph.conf")
    run(["radosgw-admin", "-n", "client.rgw", *words], CEPH_CONF=conf)


def _start_ceph_monitor(folder: Path, fsid: str, address: str) -> None:
    keyring, monmap, conf = folder / "keyring", folder / "monmap", {"CEPH_CONF": str(folder / "ceph.conf")}
    run(["ceph-authtool", "-C", keyring, "--gen-key", "-n", "mon.", "--cap", "mon", "allow *"], **conf)
    for name in ("client.admin", "client.rgw", "osd.0"):
        run(["ceph-authtool", keyring, "--gen-key", "-n", name, *_ALL], **conf)
    run(["monmaptool", "--create", "--clobber", "--fsid", fsid, "--addv", "a", address, monmap], **conf)
    run(["ceph-mon", "-i", "a", "--mkfs", "--monmap", monmap, "--keyring", keyring], **conf)
    start(["ceph-mon", "-i", "a", "-f"], folder / "mon.out", **conf)


def _start_ceph_disk(folder: Path) -> None:
    conf = {"CEPH_CONF": str(folder / "ceph.conf")}
    disk = _uuid()
    run(["ceph", "osd", "new", disk, "0"], **conf)
    run(["ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", disk], **conf)
    start(["ceph-osd", "-i", "0", "-f"], folder / "osd.out", **conf)
    until("ceph-osd", lambda: "1 up" in run(["ceph", "osd", "stat"], **conf), folder / "osd.out")


def _uuid() -> str:
    digits = secrets.token_hex(16)
    return "-".join([digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]])
