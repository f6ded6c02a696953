"""`storage check` finds out by behaviour: what each server really does, and each way of standing open."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import needs
import pytest
import servers
from live_feed import live_feed
from public_prefix import Answer, FolderFiles, serving

from cop_publish.core.output import Headers
from cop_publish.core.store_check import Conditions, Exposure, Lasting, StoreCheck, lines, refusal
from cop_publish.errors import StorageFailed
from cop_publish.settings import Settings, StorageSettings
from cop_publish.storage.open import open_store
from cop_publish.storage.policy import documents
from cop_publish.storage.probe import SCRATCH, check_store, traits_of
from cop_publish.storage.traits import recall_traits, record_traits

if TYPE_CHECKING:
    from cop_publish.storage.base import Store

PLAIN = Headers("text/plain", "no-store")
HONEST = {"folder", "ceph", "ceph-tls"}


def now() -> datetime:
    return datetime.now(UTC)


def settings_of(place: servers.RunningStore, store: Store) -> Settings:
    return live_feed(store, place.url, place.root, place.settings).settings


@pytest.fixture
def checked(store: Store, place: servers.RunningStore) -> StoreCheck:
    """What is found on each kind of store."""
    return check_store(store, settings_of(place, store), now)


def test_each_server_is_found_to_be_what_it_is(
    checked: StoreCheck, store: Store, place: servers.RunningStore
) -> None:
    assert checked.conditions.honest == (place.server.name in HONEST)
    assert (checked.reads_at_once, checked.lists_at_once, checked.keeps_versions) == (True, True, False)
    assert checked.exposure == Exposure("", "", "")
    assert checked.is_safe
    assert checked.encrypted, "on this machine itself nobody listens"
    assert abs(checked.clock_fast_seconds or 0) < 5
    assert abs((checked.at - now()).total_seconds()) < 60
    assert store.list(SCRATCH) == ()


def test_what_is_found_lies_in_the_store_with_its_date(checked: StoreCheck, store: Store) -> None:
    record_traits(store, traits_of(checked))
    found = recall_traits(store)
    assert found is not None
    assert (found.honours_conditions, found.checked_at) == (checked.conditions.honest, checked.at)
    assert sorted(found.findings.values()) == sorted(line.sentence for line in lines(checked))


FAULTS = {
    "swift": ("racers won, it does not take If-Match", "it does not take If-Match"),
    "rclone": ("(it overwrote a file that was to be kept, it took a stale write)",),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_store_that_cannot_keep_publishers_apart_is_named_with_what_it_did(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in servers.opened(name, tmp_path, monkeypatch):
        store = open_store(place.settings, place.root)
        line = lines(check_store(store, settings_of(place, store)))[0]
        assert not line.ok
        assert line.sentence.startswith("This store cannot keep two publishers apart (")
        assert any(words in line.sentence for words in FAULTS[name])
        assert "cop-publish takes a lock here, for one publisher at a time" in line.sentence


@pytest.fixture
def open_to_the_world(ceph: servers.RunningStore) -> tuple[servers.RunningStore, Store, Settings]:
    store = open_store(ceph.settings, ceph.root)
    return ceph, store, settings_of(ceph, store)


def allow(place: servers.RunningStore, action: str, resource: str) -> None:
    """A bucket policy as one finds them pasted: the world may, everywhere."""
    rule = {"Effect": "Allow", "Principal": "*", "Action": action, "Resource": resource}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [rule]})
    bucket = place.settings.bucket
    servers.administrator(place.server).put_bucket_policy(Bucket=bucket, Policy=policy)


OPEN = {
    "s3:GetObject": ("/*", "Anyone can read the private part of this store, at ", False),
    "s3:PutObject": ("/*", "Anyone can write to this store, at ", False),
    "s3:ListBucket": ("", "Anyone can list the private part of this store, at ", True),
}


@pytest.mark.parametrize("action", OPEN)
def test_each_way_in_for_strangers_is_found_and_all_but_listing_refuses(
    open_to_the_world: tuple[servers.RunningStore, Store, Settings], action: str
) -> None:
    place, store, settings = open_to_the_world
    below, words, safe = OPEN[action]
    allow(place, action, f"arn:aws:s3:::{place.settings.bucket}{below}")
    found = check_store(store, settings)
    bad = [line.sentence for line in lines(found) if not line.ok]
    assert [sentence[: len(words)] for sentence in bad] == [words]
    assert (found.is_safe, refusal(found)) == (safe, "" if safe else f"Nothing was published. {bad[0]}")
    assert [line.key for line in store.list("_cop/check/")] == []


def test_a_web_host_that_serves_the_private_part_is_found(tmp_path: Path) -> None:
    class Careless(FolderFiles):
        """A web host that was pointed at the folder above."""

        def answer(self, key: str, byte_range: str, known_etag: str) -> Answer:
            path = self.folder / key
            del byte_range, known_etag
            return Answer(200, {}, path.read_bytes()) if path.is_file() else Answer(404, {})

    folder = tmp_path / "published"
    store = open_store(StorageSettings(), tmp_path)
    with serving(Careless(folder)) as url:
        for site in (url, f"{url}public/"):
            settings = live_feed(store, site, tmp_path, StorageSettings()).settings
            found = check_store(store, settings)
            assert found.exposure.reads_private_at.startswith(f"{url}_cop/check/")
            assert not found.is_safe


def test_a_site_that_is_not_up_yet_is_no_fault(folder: servers.RunningStore) -> None:
    store = open_store(folder.settings, folder.root)
    settings = live_feed(store, "http://127.0.0.1:9/", folder.root, folder.settings).settings
    assert check_store(store, settings).is_safe


def test_a_bucket_that_keeps_versions_is_found_and_nothing_is_left_in_it(ceph: servers.RunningStore) -> None:
    owner, bucket = servers.administrator(ceph.server), ceph.settings.bucket
    owner.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    store = open_store(ceph.settings, ceph.root)
    settings = settings_of(ceph, store)
    found = check_store(store, settings)
    assert found.keeps_versions is True
    # Ceph 16 looks at no condition where versions are kept: only trying tells.
    assert not found.conditions.honest
    left = owner.list_object_versions(Bucket=bucket, Prefix=SCRATCH)
    assert (left.get("Versions", []), left.get("DeleteMarkers", [])) == ([], [])


def test_whoever_may_not_look_at_versions_is_told_that(ceph: servers.RunningStore) -> None:
    owner, bucket = servers.administrator(ceph.server), ceph.settings.bucket
    (public,) = (d.value for d in documents(ceph.settings) if d.name == "public")
    denied = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:ListBucketVersions",
        "Resource": f"arn:aws:s3:::{bucket}",
    }
    policy = json.dumps({**public, "Statement": [*public["Statement"], denied]})
    owner.put_bucket_policy(Bucket=bucket, Policy=policy)
    store = open_store(ceph.settings, ceph.root)
    found = check_store(store, settings_of(ceph, store))
    assert found.keeps_versions is None
    assert any("could not be asked with these credentials" in line.sentence for line in lines(found))
    assert store.list(SCRATCH) == ()


def test_what_a_killed_check_left_is_removed_after_an_hour(store: Store, place: servers.RunningStore) -> None:
    old, new = (f"{SCRATCH}{store.now() - timedelta(minutes=m):%Y%m%dT%H%M%S}-x-plain" for m in (61, 1))
    for key in (old, new):
        store.put(key, b"x", PLAIN)
    check_store(store, settings_of(place, store))
    assert [line.key for line in store.list(SCRATCH)] == [new]


@pytest.mark.parametrize(
    ("minutes", "words"), [(150, "2 h 30 min fast"), (-7, "7 min slow"), (1.5, "2 min fast")]
)
def test_a_clock_that_is_off_is_told_by_how_much(
    folder: servers.RunningStore, minutes: float, words: str
) -> None:
    store = open_store(folder.settings, folder.root)
    found = check_store(store, settings_of(folder, store), lambda: now() + timedelta(minutes=minutes))
    sentences = [line.sentence for line in lines(found) if not line.ok]
    assert sentences == [
        f"The clock of this machine is {words}. Set it: from 15 minutes on most storage refuses you."
    ]


CHECK = "import sys; from cop_publish.cli import run; sys.exit(run(['storage', 'check']))"


@pytest.mark.parametrize(
    ("offset", "code", "words"), [("-7m", 0, "is 7 min slow"), ("-2h", 60, "is 2 h 00 min slow")]
)
def test_a_machine_whose_clock_is_off_is_told_so_by_the_command(
    ceph: servers.RunningStore, offset: str, code: int, words: str
) -> None:
    library = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
    if library is None:
        needs.missing("libfaketime is not installed (Debian package libfaketime)")
    root = Path(__file__).parents[2]
    text = (root / "cop-publish.toml").read_text(encoding="utf-8")
    lines_of = {"bucket": ceph.settings.bucket, "endpoint": ceph.settings.endpoint, "region": "us-east-1"}
    storage = "\n".join(f"{key} = {json.dumps(value)}" for key, value in lines_of.items())
    text = text.replace('folder = "published"', f"{storage}\npath_style = true")
    (ceph.root / "cop-publish.toml").write_text(text, encoding="utf-8")
    fake = {"LD_PRELOAD": str(library), "FAKETIME": offset, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    done = subprocess.run(
        [sys.executable, "-c", CHECK],
        cwd=ceph.root,
        env=os.environ | fake,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    said = done.stdout + done.stderr
    assert (done.returncode, words in said) == (code, True), said
    assert ceph.server.secret_key not in said


def test_a_wrong_key_is_one_sentence_and_leaves_nothing(
    ceph: servers.RunningStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(ceph, open_store(ceph.settings, ceph.root))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    with pytest.raises(StorageFailed, match="the secret key does not belong to the access key"):
        check_store(open_store(ceph.settings, ceph.root), settings)


FINE = StoreCheck(
    datetime(2026, 11, 23, 9, 0, tzinfo=UTC),
    Conditions(
        keeps_what_is_there=True, racers=8, winners=1, replaces_what_is_known=True, refuses_what_is_stale=True
    ),
    reads_at_once=True,
    lists_at_once=True,
    exposure=Exposure("", "", ""),
    clock_fast_seconds=None,
    keeps_versions=True,
    encrypted=True,
    lasting=Lasting(),
)


def test_every_sentence_has_its_fault_and_the_worst_come_first() -> None:
    assert all(line.ok for line in lines(FINE))
    bad = replace(
        FINE,
        reads_at_once=False,
        lists_at_once=False,
        encrypted=False,
        conditions=replace(FINE.conditions, winners=3),
    )
    found = lines(bad)
    assert [line.ok for line in found] == [False, False, False, True, True, True]
    assert found[1].sentence.startswith("What was written does not show at once in reads and listings.")
    assert found[2].sentence.startswith("What you send there can be read on its way")
    assert refusal(FINE) == refusal(bad) == ""


@pytest.mark.parametrize(
    "part",
    [
        {"keeps_what_is_there": False},
        {"winners": 0},
        {"winners": 2},
        {"winners": None},
        {"replaces_what_is_known": False},
        {"refuses_what_is_stale": False},
    ],
)
def test_one_dishonest_answer_is_enough(part: dict[str, bool | int | None]) -> None:
    assert FINE.conditions.honest
    assert not replace(FINE.conditions, **part).honest  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 3}', '{"version": 1}'])
def test_a_note_of_another_version_is_none(text: str) -> None:
    assert StoreCheck.from_json(FINE.to_json()) == FINE
    with pytest.raises((ValueError, TypeError, KeyError)):
        StoreCheck.from_json(text)
