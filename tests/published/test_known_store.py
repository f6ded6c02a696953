"""The first publish to a bucket looks at it first, and refuses where strangers could read what is private."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import servers
from live_show import NOW, live_show, point
from live_stores import with_group

from cop_publish.storage.policy import documents

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", [with_group("ceph")])
def test_nothing_is_published_while_strangers_can_read_what_is_private(
    name: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    server = servers.running(name)
    with servers.new_store(server, tmp_path / "show") as place:
        show = live_show(tmp_path_factory, tmp_path / "show", server.environment)
        point(show, place.settings, place.url)
        owner, bucket = servers.administrator(server), place.settings.bucket
        (public,) = (d.value for d in documents(place.settings) if d.name == "public")
        everything = json.dumps(public).replace(f"{bucket}/public/*", f"{bucket}/*")
        owner.put_bucket_policy(Bucket=bucket, Policy=everything)
        for _ in range(2):  # a refusal is not remembered: whoever mends it need not wait
            said = show.run("publish", "--now", NOW)
            assert said.code == 60
            assert "Nothing was published. Anyone can read the private part of this store" in said.err
            assert [o["Key"] for o in owner.list_objects_v2(Bucket=bucket)["Contents"]] == ["_cop/store.json"]
        checked = show.run("storage", "check")
        assert checked.code == 60
        assert checked.out.startswith("NOT   Anyone can read the private part of this store, at http://")
        owner.put_bucket_policy(Bucket=bucket, Policy=json.dumps(public))
        said = show.run("publish", "--now", NOW)
        assert said.code == 0, said.err
        checked = show.run("storage", "check", "--json")
        assert checked.code == 0, checked.err
        assert json.loads(checked.out)["conditions"]["winners"] == 1


@pytest.mark.parametrize("name", [with_group("rclone"), with_group("swift")])
def test_what_a_store_cannot_promise_is_said_with_the_first_publish(
    name: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    server = servers.running(name)
    with servers.new_store(server, tmp_path / "show") as place:
        show = live_show(tmp_path_factory, tmp_path / "show", server.environment)
        point(show, place.settings, place.url)
        said = show.run("publish", "--now", NOW)
        assert said.code == 0, said.err
        assert "This store cannot keep two publishers apart (" in said.out


def test_a_look_is_good_for_a_day_and_for_that_very_store(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    server = servers.running("rclone")
    with servers.new_store(server, tmp_path / "show") as place:
        show = live_show(tmp_path_factory, tmp_path / "show", server.environment)
        point(show, place.settings, place.url)
        owner, bucket = servers.administrator(server), place.settings.bucket
        seen = []
        for now in (NOW, "2026-11-23T21:00+00:00", "2026-11-24T09:30+00:00"):
            about = show.folder / "about.md"
            about.write_text(about.read_text(encoding="utf-8") + f"\nAs of {now[:13]}.\n", encoding="utf-8")
            said = show.run("publish", "--now", now)
            assert said.code == 0, said.err
            seen.append(owner.head_object(Bucket=bucket, Key="_cop/store.json")["LastModified"])
            owner.delete_object(Bucket=bucket, Key="_cop/store.json") if len(seen) == 2 else None
        assert seen[0] == seen[1]
        assert owner.head_object(Bucket=bucket, Key="_cop/store.json")
