"""Ceph's object gateway on loopback, as Debian packages it: a monitor, a disk in memory, and the gateway."""

from __future__ import annotations

import secrets
from functools import cache
from typing import TYPE_CHECKING

import needs
from processes import certificate, free_ports, listens, run, scratch, start, until
from server import Server

if TYPE_CHECKING:
    from pathlib import Path

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
def ceph() -> Server:
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
def ceph_tls() -> Server:
    """The same gateway's TLS door; the world reads through the plain one."""
    plain = ceph()
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
