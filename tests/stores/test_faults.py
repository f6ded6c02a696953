"""What can be wrong with a store: one clear sentence with its cure, exit code 60, nothing half-published."""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import sys
from dataclasses import asdict, replace
from json import dumps
from pathlib import Path

import ceph_gateway
import needs
import processes
import pytest
import server
import servers
from sites import content, file, keys_of, publish, show, site

from cop_publish.errors import StorageFailed
from cop_publish.settings import StorageSettings
from cop_publish.storage import s3
from cop_publish.storage.live import Publisher, published_digest
from cop_publish.storage.open import open_store

ONCE = [sys.executable, str(Path(__file__).with_name("publish_once.py"))]
SITE = site(file("media/sound.mp3", b"x" * 3_000), file("index.html", b"[media/sound.mp3]"))


def refusal(settings: StorageSettings, root: Path) -> str:
    """The message of a publish that must fail."""
    with pytest.raises(StorageFailed) as refused:
        publish_to(settings, root)
    message = str(refused.value)
    assert refused.value.exit_code == 60
    assert len(message.splitlines()) == 1
    for secret in ("SKCEPH", "SKRCLONE", "testing", "AKCEPH", "AKRCLONE", "test:tester", "wrong"):
        assert secret not in message
    return message


def publish_to(settings: StorageSettings, root: Path) -> None:
    publish(SITE, open_store(settings, root))


def in_a_process(settings: StorageSettings, root: Path, before: list[str], size_bytes: int = 3_000) -> str:
    """The message of a publish that must fail, started by `before`."""
    argv = [*before, *ONCE, dumps(asdict(settings)), str(root), str(size_bytes)]
    here = [Path(__file__).parent, servers.ROOT / "tests", servers.ROOT / "src"]
    path = os.pathsep.join(map(str, here))
    done = subprocess.run(
        argv,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (60, ""), done
    assert len(done.stdout.splitlines()) == 1
    return done.stdout


# --- who we are -------------------------------------------------------------------------------------


def test_a_wrong_secret(bucket: servers.RunningStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    message = refusal(bucket.settings, bucket.root)
    assert "secret key does not belong to the access key. Set AWS_SECRET_ACCESS_KEY" in message


def test_an_unknown_access_key(bucket: servers.RunningStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "wrong")
    assert "AWS_" in refusal(bucket.settings, bucket.root)


def test_no_credentials(rclone: servers.RunningStore, monkeypatch: pytest.MonkeyPatch) -> None:
    servers.forget_credentials(monkeypatch)
    message = refusal(rclone.settings, rclone.root)
    assert "no credentials were found. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY" in message


def test_half_of_the_credentials(rclone: servers.RunningStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert "the credentials are not complete" in refusal(rclone.settings, rclone.root)


def test_a_profile_that_does_not_exist(rclone: servers.RunningStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    assert "the profile that AWS_PROFILE names does not exist" in refusal(rclone.settings, rclone.root)


def test_a_user_without_rights_to_the_bucket(
    ceph: servers.RunningStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = ["--access-key=AKSTRANGER", "--secret=SKSTRANGER"]
    ceph_gateway.ceph_admin("user", "create", "--uid=stranger", "--display-name=stranger", *keys)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKSTRANGER")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "SKSTRANGER")
    assert "it does not allow this. Let these credentials list the bucket" in refusal(
        ceph.settings, ceph.root
    )


@pytest.mark.parametrize("name", ["ceph", "swift"])  # rclone does not look at the clock
@pytest.mark.parametrize(("offset", "words"), [("-2h", "2 h 00 min slow"), ("+2h", "2 h 00 min fast")])
def test_a_clock_two_hours_off(
    name: str, offset: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
    if library is None:
        needs.missing("libfaketime is not installed (Debian package libfaketime)")
    for place in servers.opened(name, tmp_path, monkeypatch):
        before = ["env", f"LD_PRELOAD={library}", f"FAKETIME={offset}"]
        message = in_a_process(place.settings, place.root, before)
        assert f"the clock of this machine is {words} (the server says " in message
        assert "Set the clock of this machine" in message


# --- where it is --------------------------------------------------------------------------------------


def test_a_bucket_that_does_not_exist(bucket: servers.RunningStore) -> None:
    message = refusal(replace(bucket.settings, bucket="no-such-bucket"), bucket.root)
    assert "bucket no-such-bucket" in message
    assert "there is no such bucket. Create it, or mend [storage] bucket" in message


def test_a_bucket_name_that_no_server_takes(rclone: servers.RunningStore) -> None:
    message = refusal(replace(rclone.settings, bucket="No Such Bucket"), rclone.root)
    assert "[storage] bucket or region is not well formed" in message


def test_nothing_answers_at_the_address(rclone: servers.RunningStore) -> None:
    (closed,) = processes.free_ports(1)
    message = refusal(replace(rclone.settings, endpoint=f"http://127.0.0.1:{closed}"), rclone.root)
    assert "nothing answers at its address. Check [storage] endpoint" in message


def test_a_host_name_that_is_not_known(rclone: servers.RunningStore) -> None:
    message = refusal(replace(rclone.settings, endpoint="http://storage.invalid"), rclone.root)
    assert "its host name is not known. Check [storage] endpoint" in message


def test_an_endpoint_that_is_no_address(rclone: servers.RunningStore) -> None:
    message = refusal(replace(rclone.settings, endpoint="storage.example"), rclone.root)
    assert "[storage] endpoint is not an address. Write it as https://" in message


def test_a_server_that_takes_the_request_and_never_answers(
    rclone: servers.RunningStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3, "READ_TIMEOUT_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        message = refusal(replace(rclone.settings, endpoint=endpoint), rclone.root)
    assert "it did not answer in time" in message


@pytest.mark.parametrize("name", ["ceph-tls", "rclone-tls"])
def test_a_certificate_that_nobody_vouches_for(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in servers.opened(name, tmp_path, monkeypatch):
        message = refusal(replace(place.settings, ca_file=""), place.root)
        assert "its certificate is not trusted" in message
        assert "[storage] ca_file" in message


def test_a_ca_file_that_is_not_there(rclone: servers.RunningStore) -> None:
    message = refusal(replace(rclone.settings, ca_file="none.pem"), rclone.root)
    assert "[storage] ca_file is not there" in message


def test_a_ca_file_that_is_no_certificate(rclone: servers.RunningStore) -> None:
    (rclone.root / "ca.pem").write_text("not a certificate")
    tls = replace(rclone.settings, endpoint=rclone.settings.endpoint.replace("http:", "https:"))
    assert "ca_file" in refusal(replace(tls, ca_file="ca.pem"), rclone.root)


# --- full ---------------------------------------------------------------------------------------------


def test_a_bucket_over_its_quota(ceph: servers.RunningStore) -> None:
    bucket = f"--bucket={ceph.settings.bucket}"
    ceph_gateway.ceph_admin("quota", "set", bucket, "--quota-scope=bucket", "--max-size=2000")
    ceph_gateway.ceph_admin("quota", "enable", bucket, "--quota-scope=bucket")
    assert "the storage is full, or over its quota" in refusal(ceph.settings, ceph.root)
    store = open_store(ceph.settings, ceph.root)
    assert keys_of(store, "public/") == ()


@pytest.fixture
def small_disk(tmp_path: Path) -> list[str]:
    """How to start a program that sees a disk of 1 MB at ``tmp_path/small``."""
    small = tmp_path / "small"
    small.mkdir()
    mount = ["unshare", "--map-root-user", "--mount"]
    shell = ["sh", "-c", f'mount -t tmpfs -o size=1m tmpfs {small} && exec "$@"', "sh"]
    if subprocess.run([*mount, *shell, "true"], check=False, capture_output=True).returncode:
        needs.missing("this machine lets nobody mount a small disk (unshare --mount)")
    return [*mount, *shell]


def test_a_full_disk_below_the_folder(tmp_path: Path, small_disk: list[str]) -> None:
    settings = StorageSettings(folder=str(tmp_path / "small" / "published"))
    message = in_a_process(settings, tmp_path, small_disk, size_bytes=2_000_000)
    assert "public/media/sound.mp3 could not be written" in message
    assert "the disk or its quota is full. Free some space" in message


def test_a_full_disk_below_a_server(
    tmp_path: Path, small_disk: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (port,) = processes.free_ports(1)
    log = tmp_path / "rclone.log"
    process = processes.start([*small_disk, *servers.rclone_argv(port, tmp_path / "small")], log)
    processes.until("rclone", lambda: processes.listens(port), log)
    small = server.Server("small", f"http://127.0.0.1:{port}", "AKRCLONE", "SKRCLONE")
    for name, value in small.environment.items():
        monkeypatch.setenv(name, value)
    with servers.new_store(small, tmp_path) as place:
        store = open_store(place.settings, place.root)
        before = site(file("index.html", b"old"))
        publish(before, store)
        after = site(file("media/sound.mp3", b"x" * 2_000_000), file("index.html", b"[media/sound.mp3]"))
        with pytest.raises(StorageFailed, match="its disk may be full"):
            publish(after, store)
        assert (keys_of(store, "public/"), content(store, "public/index.html")) == (
            ("public/index.html",),
            b"old",
        )
    processes.stop(process)


def test_a_file_larger_than_this_process_may_write_leaves_nothing(
    folder: servers.RunningStore,
) -> None:
    store = open_store(folder.settings, folder.root)
    before = show("jury", "maps")
    publish(before, store)
    after = site(file("media/long.mp3", b"x" * 300_000), file("index.html", b"[media/long.mp3]"))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
    try:
        with pytest.raises(StorageFailed, match="the disk or its quota is full"):
            publish(after, store)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert keys_of(store, "public/") == tuple(f"public/{f.key}" for f in before.files)
    assert not list((folder.root / "published").rglob(".cop-*"))


# --- the folder's own -----------------------------------------------------------------------------------


@pytest.fixture
def unprivileged() -> list[str]:
    """How to start a program that permissions apply to, also for root."""
    if os.geteuid():
        return []
    return [needs.program("setpriv", debian="util-linux"), "--bounding-set=-dac_override,-dac_read_search"]


@pytest.mark.parametrize(("mode", "verb"), [(0o000, "read|reached"), (0o500, "written")])
def test_a_folder_without_the_right_to_it(
    tmp_path: Path, unprivileged: list[str], mode: int, verb: str
) -> None:
    (tmp_path / "published").mkdir(mode)
    message = in_a_process(StorageSettings(), tmp_path, unprivileged)
    assert any(f"could not be {word}" in message for word in verb.split("|")), message
    assert "permission denied" in message
    (tmp_path / "published").chmod(0o700)
    assert list((tmp_path / "published").rglob("*.html")) == []


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "published").write_text("not a folder")
    assert "a file in one place and a folder in another" in refusal(StorageSettings(), tmp_path)


def test_a_name_that_is_a_file_and_a_folder(folder: servers.RunningStore) -> None:
    store = open_store(folder.settings, folder.root)
    publish(SITE, store)
    clash = site(*SITE.files, file("index.html/more.html", b"x"))
    with pytest.raises(StorageFailed, match="a file in one place and a folder in another"):
        publish(clash, store)


@pytest.mark.parametrize("link", ["public", "_cop", "public/media", "public/index.html"])
def test_a_symbolic_link_that_leads_out_is_not_followed(folder: servers.RunningStore, link: str) -> None:
    outside = folder.root / "outside"
    outside.mkdir()
    (outside / "manifest.json").write_text("{}")
    at = folder.root / "published" / link
    at.parent.mkdir(parents=True)
    at.symlink_to(outside if "." not in link else outside / "manifest.json")
    assert "symbolic link that leads out of" in refusal(folder.settings, folder.root)
    assert [path.name for path in outside.iterdir()] == ["manifest.json"]
    assert (outside / "manifest.json").read_text() == "{}"


def test_the_private_part_is_for_its_owner_and_the_public_part_for_everyone(
    folder: servers.RunningStore,
) -> None:
    umask = os.umask(0o077)
    try:
        store = open_store(folder.settings, folder.root)
        publish(SITE, store)
    finally:
        os.umask(umask)
    base = folder.root / "published"
    (pack,) = base.glob("_cop/releases/*.zip")
    pack.rename(pack.with_name("pack"))
    modes = {p.relative_to(base).as_posix(): oct(p.stat().st_mode & 0o777) for p in base.rglob("*")}
    assert modes == {
        "public": "0o755",
        "public/index.html": "0o644",
        "public/media": "0o755",
        "public/media/sound.mp3": "0o644",
        "_cop": "0o700",
        "_cop/.lock": "0o600",
        "_cop/head.json": "0o600",
        "_cop/releases": "0o700",
        "_cop/releases/pack": "0o600",
    }


# --- what a publish may load ----------------------------------------------------------------------------


def test_asking_a_folder_for_its_digest_loads_nothing_heavy(folder: servers.RunningStore) -> None:
    store = open_store(folder.settings, folder.root)
    publish(SITE, store)
    assert published_digest(Publisher(store)) == SITE.manifest.digest
    code = (
        "import sys; from pathlib import Path; from cop_publish.settings import StorageSettings\n"
        "from cop_publish.storage.open import open_store\n"
        "from cop_publish.storage.live import Publisher, published_digest\n"
        f"print(published_digest(Publisher(open_store(StorageSettings(), Path({str(folder.root)!r})))))\n"
        "heavy = {'boto3', 'botocore', 'ssl', 'concurrent', 'zipfile', 'tempfile'}\n"
        "print(*sorted({m.split('.')[0] for m in sys.modules} & heavy))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [SITE.manifest.digest]
