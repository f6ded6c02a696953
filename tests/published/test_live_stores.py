"""The show as it lies in each kind of store: what the world may read, and what a second run does."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from typing import TYPE_CHECKING
from urllib.parse import quote

import meant
import pytest
from live_show import NOW, REPOSITORY, LiveShow
from live_stores import BUCKETS, Live, ask, going_live, with_group
from passing_on import Seen, passing_on
from servers import administrator

from cop_publish.storage.traits import HEAD, TRAITS

if TYPE_CHECKING:
    from pathlib import Path

pytest_plugins = ("live_fixtures",)

MISTYPED = "mistyped-but-still-nobodys-business"
LATER = "2027-01-15T09:00+00:00"
DUE = "blog/2027/01/15/what-next.html"

DAY = "public, max-age=86400"
MINUTES = "public, max-age=300, must-revalidate"
TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "vtt": "text/vtt; charset=utf-8",
    "ics": "text/calendar; charset=utf-8",
    "srt": "application/x-subrip; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "chapters.json": "application/json+chapters; charset=utf-8",
    "mp3": "audio/mpeg",
    "jpg": "image/jpeg",
    "png": "image/png",
}
XML = {
    "feed.xml": "application/rss+xml; charset=utf-8",
    "blog/feed.xml": "application/rss+xml; charset=utf-8",
    "blog/atom.xml": "application/atom+xml; charset=utf-8",
    "sitemap.xml": "application/xml; charset=utf-8",
}
FEEDS = [key for key in XML if key != "sitemap.xml"]


def content_type(key: str) -> str:
    return XML.get(key) or TYPES.get(key.rpartition("/")[2]) or TYPES[key.rpartition(".")[2]]


def test_the_producer_is_told_what_was_made_where_it_lies_and_what_waits(live: Live) -> None:
    said = live.said.out
    for episode in meant.episodes(REPOSITORY):
        facts = r": 1:\d\d, −1[56]\.\d LUFS, true peak −\d\.\d dBTP, 1\.\d MB, master unchanged\n"
        assert re.search(re.escape(episode.id) + facts, said)
    assert "2027-01-15-what-next is held back until 15 Jan 2027 00:00 GMT" in said
    assert f"Published {len(live.manifest())} files (3." in said
    where = f"listeners subscribe to {live.world.url}feed.xml" if live.is_bucket else "published/public/"
    assert where in said


def test_every_file_is_served_with_its_bytes_its_type_and_its_lifetime(live: Live) -> None:
    entries = live.manifest()
    assert len(entries) > 40
    for key, entry in entries.items():
        found = ask("GET", live.place.url + quote(key))
        assert (key, found.status) == (key, 200)
        assert (key, hashlib.sha256(found.body).hexdigest()) == (key, entry.sha256)
        assert (key, found.headers["Content-Type"]) == (key, content_type(key))
        lasting = key.startswith(("media/", "images/", "assets/"))
        assert (key, found.headers["Cache-Control"]) == (key, DAY if lasting else MINUTES)


def test_the_store_holds_what_was_published_its_head_and_its_pack(live: Live) -> None:
    private = {HEAD, live.pack(), *([TRAITS] if live.is_bucket else [])}
    assert live.stamps().keys() == private | {f"public/{key}" for key in live.manifest()}


def test_nobody_who_is_withheld_stands_in_any_served_byte(live: Live) -> None:
    secrets = [*meant.withheld(REPOSITORY), "£4.1 million", "complaint from the supplier"]
    assert len(secrets) > 12
    for key in live.manifest():
        found = ask("GET", live.place.url + quote(key)).body
        assert (key, [s for s in secrets if s.encode() in found]) == (key, [])


def test_strangers_read_nothing_but_what_is_public(live: Live) -> None:
    ca_file = live.place.server.ca_file
    private = (HEAD, live.pack())
    knocks = [(f"{live.world.url}{way}{key}", "") for way in ("", "../", "%2e%2e/") for key in private]
    if live.is_bucket:
        knocks += [(f"{live.origin}/{key}", ca_file) for key in private]
        knocks.append((f"{live.origin}?list-type=2", ca_file))
        before = live.stamps()
        assert ask("PUT", f"{live.origin}/public/index.html", ca_file).status >= 400
        assert live.stamps() == before
    for address, trusted in knocks:
        found = ask("GET", address, trusted)
        assert (address, found.status >= 400, b"feed.xml" in found.body) == (address, True, False)
    if live.place.server.anonymous:
        assert ask("GET", f"{live.place.server.anonymous}/{live.place.settings.bucket}/public/feed.xml").body


def test_players_learn_the_size_first_and_fetch_any_part(live: Live) -> None:
    for episode, address in live.sounds().items():
        whole = ask("GET", address)
        size = len(whole.body)
        assert size == live.show.masters()[episode]["bytes"]
        head = ask("HEAD", address)
        assert (head.status, head.body, head.headers["Content-Length"]) == (200, b"", str(size))
        assert head.headers["Content-Type"] == "audio/mpeg"
        assert head.headers["ETag"] == whole.headers["ETag"]
        for asked, first in (
            ("bytes=1000-1999", 1000),
            (f"bytes={size - 7}-", size - 7),
            ("bytes=-7", size - 7),
        ):
            part = ask("GET", address, Range=asked)
            last = first + len(part.body) - 1
            assert (asked, part.status) == (asked, 206)
            assert part.headers["Content-Range"] == f"bytes {first}-{last}/{size}"
            assert part.body == whole.body[first : last + 1] != b""


@pytest.mark.parametrize("key", FEEDS)
def test_a_reader_that_has_a_feed_already_is_told_so(live: Live, key: str) -> None:
    first = ask("GET", live.world.url + key)
    again = ask("GET", live.world.url + key, If_None_Match=first.headers["ETag"])
    assert (first.status, again.status, again.body) == (200, 304, b"")
    assert ask("GET", live.world.url + key, If_None_Match='"another"').status == 200


# --- running the command again -----------------------------------------------------------------------


def test_the_producer_may_ask_for_everything_as_an_app_does(live: Live) -> None:
    said = live.show.run("verify")
    assert (said.code, said.err) == (0, ""), said
    assert said.out.startswith("What is live is as it should be: the feed, 2 enclosures and ")
    deep = live.show.run("verify", "--deep")
    assert deep.code == 0, deep
    assert deep.out.startswith(said.out)
    assert "files in the store, read again, are as published, and no others are there." in deep.out


def test_a_second_run_uploads_nothing_and_says_so(live: Live) -> None:
    before = live.stamps()
    for command in ("episode", "publish"):
        again = live.show.run(command, "--now", NOW)
        assert (again.code, again.out.count("Nothing was uploaded.")) == (0, 1)
        assert "Nothing has changed" in again.out
    about = live.show.folder / "about.md"
    about.touch()
    assert "Nothing has changed" in live.show.run("publish", "--now", NOW).out
    about.write_text(about.read_text("utf-8") + "\n", encoding="utf-8")  # makes the same page
    looked = live.show.run("publish", "--now", NOW)
    assert "every file in the store is as it should be. Nothing was uploaded." in looked.out
    assert json.loads(live.show.run("episode", "--now", NOW, "--json").out)["uploaded"] == 0
    assert live.stamps() == before


def test_a_colleague_without_the_recordings_uploads_nothing(live: Live, tmp_path: Path) -> None:
    before = live.stamps()
    left_out = shutil.ignore_patterns(".cop-publish", "recording.*", "published")
    folder = shutil.copytree(live.show.folder, tmp_path / "show", ignore=left_out)
    here = live.show.folder / "published"
    settings = folder / "cop-publish.toml"
    text = settings.read_text(encoding="utf-8").replace(
        'folder = "published"', f"folder = {json.dumps(str(here))}"
    )
    settings.write_text(text, encoding="utf-8")
    said = LiveShow(folder, live.show.credentials).run("episode", "--now", NOW)
    assert (said.code, said.out.count("Nothing was uploaded.")) == (0, 1)
    assert live.stamps() == before


def test_a_later_run_publishes_what_became_due_and_only_that(own: Live) -> None:
    unchanged = ask("GET", f"{own.world.url}feed.xml").headers["ETag"]
    before = own.stamps()
    assert ask("GET", own.world.url + DUE).status in {403, 404}  # 403 where a stranger may not list
    plan = own.show.run("publish", "--now", LATER, "--dry-run")
    assert f"put     {DUE}  (" in plan.out
    assert own.stamps() == before
    said = own.show.run("publish", "--now", LATER)
    assert said.code == 0
    assert re.search(r"Published \d+ files .*, left \d+ files as they were\.", said.out)
    assert "held back" not in said.out
    assert ask("GET", own.world.url + DUE).status == 200
    assert "What we will try in the new year" in ask("GET", f"{own.world.url}blog/feed.xml").body.decode()
    assert ask("GET", f"{own.world.url}feed.xml").headers["ETag"] == unchanged
    sent = {key for key, stamp in own.stamps().items() if before.get(key) != stamp}
    assert f"public/{DUE}" in sent
    assert not [key for key in sent if key.endswith(".mp3")]


@pytest.mark.parametrize("name", [with_group(name) for name in ("ceph", "swift", "rclone")])
def test_a_run_with_nothing_to_do_asks_the_store_one_thing(
    name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with going_live(name, tmp_path_factory) as live, passing_on(f"{live.place.server.endpoint}/") as door:
        settings = live.show.folder / "cop-publish.toml"
        text = settings.read_text(encoding="utf-8")
        settings.write_text(text.replace(live.place.server.endpoint, door.url.rstrip("/")), encoding="utf-8")
        looked = live.show.run("publish", "--now", NOW)
        assert (looked.code, [s for s in door.seen if s.method != "GET"]) == (0, [])
        count = len(door.seen)
        assert live.show.run("publish", "--now", NOW).code == 0
        head = f"/{live.place.settings.bucket}/{HEAD}"
        assert door.since(count) == [Seen("GET", head, 304)], "and it was not even sent"
        loud = live.show.run("publish", "--now", NOW, PYTHONPROFILEIMPORTTIME="1")
        assert (loud.code, "Nothing has changed" in loud.out) == (0, True)
        assert "cop_publish.storage.signed" in loud.err
        assert not re.search(r"\| +(boto3|botocore|urllib3)\b", loud.err), "boto3 takes a third of a second"


# --- what goes wrong, and looking at the set-up ------------------------------------------------------


@pytest.mark.parametrize("live", BUCKETS, indirect=True)
@pytest.mark.parametrize("command", ["episode", "publish", "status"])
def test_a_wrong_secret_is_one_sentence_and_never_shown(live: Live, command: str) -> None:
    before = live.stamps()
    said = live.show.run(command, "--now", NOW, AWS_SECRET_ACCESS_KEY=MISTYPED)
    assert (said.code, said.out) == (60, "")
    assert re.fullmatch(
        r"The storage \S+ \(bucket cop-\w+\) refused: the secret key does not belong to the access key\. "
        r"Set AWS_SECRET_ACCESS_KEY, or your AWS profile, to the right one\.\n",
        said.err,
    )
    assert live.stamps() == before


def test_the_doctor_finds_a_folder_as_it_should_be(tmp_path_factory: pytest.TempPathFactory) -> None:
    with going_live("folder", tmp_path_factory) as live:
        said = live.show.run("doctor")
        assert said.code == 0
        assert [line[:6] for line in said.out.splitlines()] == ["ok    "] * 8
        assert f"{len(live.manifest())} files are live" in said.out


@pytest.mark.parametrize("name", [with_group(name) for name in ("ceph", "ceph-tls")])
def test_following_the_doctors_advice_lets_web_players_read(
    name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with going_live(name, tmp_path_factory) as live:
        assert "cannot read transcripts yet: `cop-publish doctor` says how" in live.said.out
        said = live.show.run("doctor")
        assert said.code == 60
        assert "MEND  The bucket does not let web players on other sites read transcripts" in said.out
        rules = json.loads(said.out[said.out.index("{") :])
        player = {"Origin": "https://player.example"}
        transcript = live.place.url + meant.episodes(REPOSITORY)[0].transcript
        assert "Access-Control-Allow-Origin" not in ask("GET", transcript, **player).headers
        client = administrator(live.place.server)
        client.put_bucket_cors(Bucket=live.place.settings.bucket, CORSConfiguration=rules)
        assert ask("GET", transcript, **player).headers["Access-Control-Allow-Origin"] == "*"
        mended = live.show.run("doctor")
        assert (mended.code, "MEND" in mended.out) == (0, False)


@pytest.mark.parametrize("live", [with_group(name) for name in ("swift", "rclone")], indirect=True)
def test_the_doctor_explains_a_bucket_that_knows_no_such_rules(live: Live) -> None:
    said = live.show.run("doctor")
    *findings, mend = said.out.split("\nMEND  ")
    assert (said.code, len(findings)) == (60, 1)
    assert re.match(r"The bucket does not (let|say whether it lets) web players on other sites read", mend)
    assert json.loads(mend[mend.index("{") :])["CORSRules"]
