"""A person takes back their name: no version of any file in a bucket holds it, and no answer does."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING

import pytest
from live_show import NOW
from live_stores import BUCKETS, ask, going_live, with_group
from servers import administrator

if TYPE_CHECKING:
    from live_stores import Live

NAME = "Madeup"
EPISODE = "episodes/013-explaining-an-algorithm/episode.md"
TRANSCRIPT = "episodes/013-explaining-an-algorithm/transcript.vtt"
WITHDRAW = ("--person", "p-r8w3", "--scope", "attribution", "--now", NOW, "--json")


def every_version(live: Live) -> dict[tuple[str, str], bytes]:
    """The bytes of every version in the bucket, packs unpacked; of one without versions what is there."""
    client, bucket = administrator(live.place.server), live.place.settings.bucket
    pages = client.get_paginator("list_object_versions").paginate(Bucket=bucket)
    lines = [(one["Key"], one["VersionId"]) for page in pages for one in page.get("Versions", [])]
    found = {}
    for key, version in lines:
        content = client.get_object(Bucket=bucket, Key=key, VersionId=version)["Body"].read()
        if key.endswith(".zip"):
            with zipfile.ZipFile(io.BytesIO(content)) as pack:
                content = b"".join(pack.read(name) for name in pack.namelist())
        found[key, version] = content
    return found


def holders(live: Live) -> list[tuple[str, str]]:
    return [where for where, content in every_version(live).items() if NAME.encode() in content]


def quiet(live: Live) -> None:
    """Let nobody say the name in the sound any more."""
    path = live.show.folder / TRANSCRIPT
    text = path.read_text(encoding="utf-8")
    said = text.replace("With me is @{p-r8w3}", "With me is [[confidential: @{p-r8w3}]]")
    assert said != text
    path.write_text(said, encoding="utf-8")


def page_again(live: Live) -> None:
    path = live.show.folder / "about.md"
    path.write_text(path.read_text(encoding="utf-8") + "\nOne more line.\n", encoding="utf-8")
    assert live.show.run("publish", "--now", NOW).code == 0


@pytest.mark.parametrize("versioning", ["Enabled", "Suspended"])
@pytest.mark.parametrize("name", [with_group("ceph")])
def test_no_version_holds_the_name_of_who_took_it_back(
    name: str, versioning: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with going_live(name, tmp_path_factory) as live:
        client, bucket = administrator(live.place.server), live.place.settings.bucket
        client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        assert live.show.run("storage", "check").code == 0  # Ceph holds no conditions from now on
        page_again(live)
        if versioning == "Suspended":
            client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
        quiet(live)
        assert len(holders(live)) > 10
        said = live.show.run("withdraw", *WITHDRAW)
        assert said.code == 0, said
        receipt = json.loads(said.out)
        assert (receipt["still_served"], receipt["still_holding"]) == ([], [])
        assert receipt["fetched_from"] == "the public address"
        assert receipt["versions"] >= (10 if versioning == "Enabled" else 1)  # older pages, and the sound
        assert holders(live) == []
        assert NAME not in said.out + said.err
        assert live.show.run("rollback", "1", "--now", NOW).code == 60
        assert live.show.run("verify", "--deep").code == 0


@pytest.mark.parametrize("name", [with_group("ceph")])
def test_what_cannot_go_yet_is_all_that_any_version_holds(
    name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """One episode's notes say the name in words of their own: what shows that stays, in one version each."""
    with going_live(name, tmp_path_factory) as live:
        client, bucket = administrator(live.place.server), live.place.settings.bucket
        client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        assert live.show.run("storage", "check").code == 0
        notes = live.show.folder / EPISODE
        before = notes.read_text(encoding="utf-8")
        notes.write_text(f"{before}\nRowan {NAME} has the slides.\n", encoding="utf-8")
        page_again(live)
        said = live.show.run("withdraw", *WITHDRAW)
        assert said.code == 10, said
        receipt = json.loads(said.out)
        (left,) = receipt["remaining"]
        assert (receipt["still_served"], receipt["still_holding"]) == ([], [])
        shown = {f"public/{address.removeprefix(live.world.url)}" for address in left["still_public"]}
        kept = [key for key, _ in holders(live) if key.startswith("public/")]
        assert sorted(kept) == sorted(set(kept)), "of each one version"
        assert set(kept) <= shown
        assert "public/feed.xml" in kept
        notes.write_text(before, encoding="utf-8")
        said = live.show.run("withdraw", *WITHDRAW)
        assert said.code == 0, said
        assert holders(live) == []
        assert NAME not in said.out + said.err


@pytest.mark.parametrize("name", BUCKETS)
def test_nobody_reads_the_name_any_more_in_any_kind_of_bucket(
    name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with going_live(name, tmp_path_factory) as live:
        quiet(live)
        feed = f"{live.world.url}feed.xml"
        assert NAME in ask("GET", feed).body.decode()
        said = live.show.run("withdraw", *WITHDRAW)
        assert said.code == 0, said
        receipt = json.loads(said.out)
        assert receipt["fetched_from"] == "the public address"
        assert NAME not in ask("GET", feed).body.decode()
        (sound,) = [key for key in receipt["keys"] if key.endswith(".mp3")]
        assert ask("HEAD", f"{live.world.url}{sound}").status in {403, 404}
        for key in live.manifest():
            assert NAME.encode() not in ask("GET", f"{live.world.url}{key}").body, key
