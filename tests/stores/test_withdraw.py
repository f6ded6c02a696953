"""Withdrawal at the storage level: nothing of it is served, kept, or ever comes back."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import servers
from sites import ONE_INSTALLATION, content, dangling, holds, keys_of, publish, show
from test_network import all_versions
from wrappers import Remembering

from cop_publish.core.head import Withdrawn
from cop_publish.errors import Busy, StorageFailed
from cop_publish.storage.base import ANYTHING
from cop_publish.storage.live import Publisher, look
from cop_publish.storage.memory import Memory
from cop_publish.storage.open import open_store
from cop_publish.storage.release import abandon, rollback, settle
from cop_publish.storage.traits import Traits, record_traits
from cop_publish.storage.withdraw import WithdrawalReceipt, withdraw

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cop_publish.core.output import Headers
    from cop_publish.storage.base import Body, Condition, Purged, Store

EARLY = show("jury", "early", edition="1")
BEFORE = show("jury", "maps", "old", edition="2")
WITHOUT = show("jury", "maps", edition="3")
GONE = frozenset(f.key for f in BEFORE.files if "old" in f.key)
SOUND = next(f for f in BEFORE.files if f.key.startswith("media/old"))


@pytest.fixture
def store(store: Store, place: servers.RunningStore) -> Store:
    """Each kind of store, with two releases, of which the second shows what will be withdrawn."""
    honest = place.server.name in {"folder", "ceph", "ceph-tls"}
    record_traits(store, Traits(honest, datetime.now(UTC)))
    publish(EARLY, store)
    publish(BEFORE, store)
    return store


def take_out(store: Store, keys: frozenset[str] = GONE) -> WithdrawalReceipt:
    publisher = Publisher(store, ONE_INSTALLATION)
    return withdraw(WITHOUT, Withdrawn(keys=keys), publisher, lambda _: None)


def everything(store: Store) -> bytes:
    """All bytes that the store holds, packs unpacked; the head and the withdrawal's own record left out."""
    latest = max(keys_of(store, "_cop/releases/"))
    found = []
    for key in (*keys_of(store, "public/"), *keys_of(store, "_cop/releases/")):
        whole = content(store, key) or b""
        if not key.endswith(".zip"):
            found.append(whole)
            continue
        with zipfile.ZipFile(io.BytesIO(whole)) as pack:
            found += [pack.read(name) for name in pack.namelist() if (key, name) != (latest, "record.json")]
    return b"".join(found)


def test_nothing_of_it_is_left_anywhere(store: Store) -> None:
    assert b"episodes/old.html" in everything(store)
    receipt = take_out(store)
    assert holds(store, WITHOUT, ("early",))
    assert dangling(store) == []
    assert b"episodes/old.html" not in everything(store), "not in the lists of old packs either"
    assert b"sound of old" not in everything(store)
    assert set(receipt.keys) == GONE
    assert receipt.releases_dropped == 1
    assert 0 <= receipt.seconds_until_not_served <= receipt.seconds
    assert receipt.digest == WITHOUT.manifest.digest


def test_it_can_never_be_published_again_under_its_key_or_its_bytes(store: Store) -> None:
    take_out(store)
    with pytest.raises(StorageFailed, match="what was withdrawn never comes back") as refused:
        publish(BEFORE, store)
    assert {str(problem.where) for problem in refused.value.problems} == GONE
    head = look(Publisher(store)).head
    assert head is not None
    assert SOUND.sha256 in head.withdrawn.sha256s
    publish(show("jury", "maps", edition="4"), store)
    assert look(Publisher(store)).manifest == show("jury", "maps", edition="4").manifest


def test_a_release_that_showed_it_cannot_be_gone_back_to_and_an_earlier_one_can(store: Store) -> None:
    take_out(store)
    publisher = Publisher(store, ONE_INSTALLATION)
    with pytest.raises(StorageFailed, match="There is no kept release 2"):
        rollback(publisher, "2", lambda _: None)
    rollback(publisher, "1", lambda _: None)
    assert holds(store, show("jury", "early", edition="1"), ("maps",))


def test_feeds_and_lists_go_before_the_files_and_readers_meet_no_broken_link(store: Store) -> None:
    watched = Remembering(store)
    take_out(watched)
    assert watched.begun.index("public/feed.xml") < watched.begun.index("-public/episodes/old.html")


def test_it_is_safe_to_run_again(store: Store) -> None:
    take_out(store)
    again = take_out(store)
    assert set(again.keys) == GONE
    assert holds(store, WITHOUT, ("early",))


def test_the_site_must_be_without_it(store: Store) -> None:
    publisher = Publisher(store, ONE_INSTALLATION)
    with pytest.raises(StorageFailed, match="what was withdrawn never comes back"):
        withdraw(BEFORE, Withdrawn(keys=GONE), publisher, lambda _: None)
    assert holds(store, BEFORE, ("early",))


def test_retired_media_and_those_named_by_their_digest_go_too(store: Store) -> None:
    publish(WITHOUT, store)
    assert f"public/{SOUND.key}" in keys_of(store, "public/"), "it is retired"
    publisher = Publisher(store, ONE_INSTALLATION)
    receipt = withdraw(WITHOUT, Withdrawn(sha256s=frozenset({SOUND.sha256})), publisher, lambda _: None)
    assert receipt.keys == (SOUND.key,)
    assert f"public/{SOUND.key}" not in keys_of(store, "public/")
    assert b"sound of old" not in everything(store)


def test_the_same_sound_under_a_name_that_no_release_has_goes_too(store: Store) -> None:
    assert isinstance(SOUND.content, bytes)
    store.put("public/media/left-over.mp3", SOUND.content, SOUND.headers)
    assert set(take_out(store).keys) == {*GONE, "media/left-over.mp3"}
    assert holds(store, WITHOUT, ("early",))


def test_of_pages_that_stay_nothing_is_left_as_it_was(store: Store) -> None:
    """Somebody's name was on two pages: those stay, with other words, and every other page as it was."""
    again = show("jury", "maps", "old", edition="3")
    touched = frozenset({"episodes/jury.html", "episodes/old.html", "index.html"})
    publisher = Publisher(store, ONE_INSTALLATION)
    receipt = withdraw(again, Withdrawn(), publisher, lambda _: None, touched)
    assert not receipt.keys
    assert set(receipt.changed) == touched
    assert holds(store, again, ("early",))
    assert receipt.releases_dropped == 2, "both had shown another jury.html"
    for edition in (b"1 [media/jury", b"2 [media/jury", b"2 [media/old", b"2 [page-0"):
        assert edition not in everything(store)
    assert b"3 [media/jury" in everything(store)
    publish(again, store)
    assert look(Publisher(store)).manifest == again.manifest, "nothing is forbidden for good"


def test_a_release_from_before_the_page_can_still_be_gone_back_to(store: Store) -> None:
    again = show("jury", "maps", "old", edition="3")
    publisher = Publisher(store, ONE_INSTALLATION)
    touched = frozenset({"episodes/old.html", "index.html", "feed.xml"})
    assert withdraw(again, Withdrawn(), publisher, lambda _: None, touched).releases_dropped == 1
    rollback(publisher, "1", lambda _: None)
    assert holds(store, EARLY, ("maps", "old"))


def test_a_page_that_is_not_there_any_more_goes_with_its_versions_and_may_come_back(store: Store) -> None:
    publisher = Publisher(store, ONE_INSTALLATION)
    touched = frozenset({"episodes/old.html"})
    receipt = withdraw(WITHOUT, Withdrawn(), publisher, lambda _: None, touched)
    assert (receipt.keys, receipt.changed) == ((), ())
    assert b"[media/old" not in everything(store)
    publish(show("jury", "maps", "old", edition="5"), store)
    assert "public/episodes/old.html" in keys_of(store, "public/")


def test_what_was_taken_back_cannot_be_abandoned_half_way(store: Store) -> None:
    class CutOff(Remembering):
        def purge(self, keys: Iterable[str], older: Iterable[str] = ()) -> Purged:
            raise StorageFailed(f"the network went away before {[*keys, *older]}")

    again = show("jury", "maps", "old", edition="3")
    cut = Publisher(CutOff(store), ONE_INSTALLATION)
    with pytest.raises(StorageFailed, match=r"went away before .'public/episodes/old\.html"):
        withdraw(again, Withdrawn(), cut, lambda _: None, frozenset({"episodes/old.html"}))
    publisher = Publisher(store, ONE_INSTALLATION)
    with pytest.raises(StorageFailed, match="it can only be finished"):
        abandon(publisher, lambda _: None)
    settle(publisher, lambda _: None)
    assert holds(store, again, ("early",))
    assert b"2 [media/old" not in everything(store)


def test_an_older_build_that_was_on_its_way_takes_back_what_was_withdrawn_meanwhile(store: Store) -> None:
    slow = show("jury", "maps", "late", edition="5")
    late = next(f for f in slow.files if f.key.startswith("media/late"))

    class Overtaken(Remembering):
        """Somebody withdraws when its pack has been written, just before it begins."""

        def put(self, key: str, body: Body, headers: Headers, condition: Condition = ANYTHING) -> str:
            etag = super().put(key, body, headers, condition)
            if "releases/" in key:
                assert f"public/{late.key}" in keys_of(self._store, "public/"), "it went ahead"
                named = Withdrawn(sha256s=frozenset({late.sha256}))
                withdraw(WITHOUT, named, Publisher(self._store, ONE_INSTALLATION), lambda _: None)
            return etag

    with pytest.raises(Busy, match="Somebody else published meanwhile"):
        publish(slow, Overtaken(store), Memory(None))
    assert look(Publisher(store)).manifest == WITHOUT.manifest
    assert f"public/{late.key}" not in keys_of(store, "public/")
    packs = look(Publisher(store)).record.packs
    assert len(keys_of(store, "_cop/releases/")) == len(packs), "nor is its own pack left"


def test_a_withdrawal_cannot_be_abandoned(store: Store) -> None:
    with pytest.raises(StorageFailed, match="nothing to abandon"):
        abandon(Publisher(store, ONE_INSTALLATION), lambda _: None)


@pytest.mark.parametrize("name", ["ceph", "swift"])
def test_a_versioned_bucket_keeps_no_version_and_no_part_of_it(
    name: str, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in servers.opened(name, tmp_path, monkeypatch):  # type: ignore[arg-type]
        owner, bucket = servers.administrator(place.server), place.settings.bucket
        owner.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        store = open_store(place.settings, place.root)
        publish(EARLY, store)
        publish(BEFORE, store)
        upload = owner.create_multipart_upload(Bucket=bucket, Key=f"public/{SOUND.key}")
        owner.upload_part(
            Bucket=bucket, Key=f"public/{SOUND.key}", UploadId=upload["UploadId"], PartNumber=1, Body=b"part"
        )
        receipt = take_out(store)
        assert receipt.unfinished_uploads == 1
        assert receipt.versions >= 2 * len(GONE), "the file and the mark that it was deleted"
        left = all_versions(owner, bucket)
        assert not {f"public/{key}" for key in GONE} & set(left)
        assert {k for k in left if "releases/" in k} == set(keys_of(store, "_cop/releases/")), (
            "nor of old packs"
        )
        assert not owner.list_multipart_uploads(Bucket=bucket).get("Uploads")


@pytest.mark.parametrize("name", ["ceph", "swift"])
def test_a_versioned_bucket_keeps_one_version_of_what_stays(
    name: str, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in servers.opened(name, tmp_path, monkeypatch):  # type: ignore[arg-type]
        owner, bucket = servers.administrator(place.server), place.settings.bucket
        owner.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        store = open_store(place.settings, place.root)
        publish(EARLY, store)
        publish(BEFORE, store)
        again = show("jury", "maps", "old", edition="3")
        touched = frozenset({"episodes/jury.html", "feed.xml"})
        receipt = withdraw(again, Withdrawn(), Publisher(store, ONE_INSTALLATION), lambda _: None, touched)
        assert receipt.versions == 2 * len(touched), "those of two releases before"
        lines = owner.list_object_versions(Bucket=bucket)["Versions"]
        kept = [line["Key"] for line in lines]
        assert [kept.count(f"public/{key}") for key in sorted(touched)] == [1, 1]
        assert kept.count("public/index.html") == 3, "what was not touched is the bucket's own business"
        assert holds(store, again, ("early",))
