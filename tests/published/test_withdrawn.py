"""An episode is withdrawn from a bucket: no version of it, no page, no pack and no answer is left."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING

import pytest
from live_show import NOW
from live_stores import ask, going_live, with_group
from servers import administrator
from test_person_withdrawn import every_version

if TYPE_CHECKING:
    from live_stores import Live

EPISODE = "013-explaining-an-algorithm"
TITLE = "Explaining an algorithm"


def versions(live: Live) -> set[str]:
    client, bucket = administrator(live.place.server), live.place.settings.bucket
    pages = client.get_paginator("list_object_versions").paginate(Bucket=bucket)
    found: set[str] = set()
    for page in pages:
        found |= {one["Key"] for one in (*page.get("Versions", []), *page.get("DeleteMarkers", []))}
    return found


def packed(live: Live) -> str:
    """Every text in every pack and private file that the bucket has."""
    client, bucket = administrator(live.place.server), live.place.settings.bucket
    found = []
    for one in client.list_objects_v2(Bucket=bucket, Prefix="_cop/")["Contents"]:
        content = client.get_object(Bucket=bucket, Key=one["Key"])["Body"].read()
        if one["Key"].endswith(".zip"):
            with zipfile.ZipFile(io.BytesIO(content)) as pack:
                content = b"".join(pack.read(name) for name in pack.namelist() if name != "record.json")
        elif one["Key"].endswith("head.json"):
            continue  # it names what may never come back
        found.append(content.decode("utf-8", "replace"))
    return "\n".join(found)


@pytest.mark.parametrize("name", [with_group(name) for name in ("ceph", "ceph-tls")])
def test_nothing_of_it_is_left_in_a_bucket_that_keeps_versions(
    name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with going_live(name, tmp_path_factory) as live:
        client, bucket = administrator(live.place.server), live.place.settings.bucket
        client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        assert live.show.run("storage", "check").code == 0  # Ceph holds no conditions from now on
        page = live.show.folder / "episodes" / EPISODE / "episode.md"
        page.write_text(page.read_text(encoding="utf-8") + "\nOne more line.\n", encoding="utf-8")
        assert live.show.run("publish", "--now", NOW).code == 0
        sound = live.sounds()[EPISODE]
        assert ask("HEAD", sound).status == 200
        assert any(EPISODE in key for key in versions(live))
        assert TITLE in packed(live)

        said = live.show.run("withdraw", f"episodes/{EPISODE}", "--now", NOW, "--json")
        assert said.code == 0, said
        receipt = json.loads(said.out)
        assert receipt["still_served"] == []
        assert receipt["versions"] > len(receipt["keys"]) > 5
        assert 0 < receipt["seconds_until_not_served"] <= receipt["seconds"]
        assert TITLE not in said.out
        assert [key for key in versions(live) if EPISODE in key] == []
        assert [where for where, content in every_version(live).items() if TITLE.encode() in content] == []
        assert TITLE not in packed(live)
        assert ask("HEAD", sound).status in {403, 404}
        assert TITLE not in ask("GET", f"{live.world.url}feed.xml").body.decode()

        back = live.show.run("publish", "--now", NOW)
        assert back.code == 20
        assert "was withdrawn and can never come back" in back.out
        deep = live.show.run("verify", "--deep")
        assert deep.code == 0, deep
