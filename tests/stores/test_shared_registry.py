"""Producers who share a registry through a private bucket: nobody's yes is lost, and nobody else reads it."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import servers
from one_machine import KILLED, PREFIX, copy_of, run_apart, set_up, set_up_at
from processes import free_ports
from workspaces import published_sample, say

from cop_publish.errors import StorageFailed
from cop_publish.in_step import in_step
from cop_publish.intake.settings_file import read_settings
from cop_publish.people import Newcomer, add_person
from cop_publish.publish import Errand, publish
from cop_publish.registry.audit import read_chain
from cop_publish.registry.copies import read_contents, unpacked
from cop_publish.registry.ledger import read_ledger
from cop_publish.registry.read import read_registry
from cop_publish.scope import EVERYTHING
from cop_publish.shared_registry import require_newest

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("Plantedone", "Plantedtwo", "Plantedthree")
HONEST = {"ceph", "ceph-tls"}


@pytest.fixture
def own_credentials(
    bucket: servers.RunningStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> servers.RunningStore:
    """A bucket whose keys stand in a profile alone; the usual ones are for something else."""
    keys = tmp_path / "credentials"
    keys.write_text(
        f"[registry]\naws_access_key_id={bucket.server.access_key}\naws_secret_access_key={bucket.server.secret_key}\n"
    )
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(keys))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKELSEWHERE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-the-registrys")
    monkeypatch.delenv("COP_PUBLISH_REGISTRY", raising=False)
    return bucket


@pytest.fixture
def machines(own_credentials: servers.RunningStore, tmp_path: Path) -> tuple[Path, Path]:
    """Two producers' shows; the bucket holds a registry with one person, sent there by the first."""
    one, other = (set_up(tmp_path, name, own_credentials) for name in ("one", "other"))
    said = add(one, NAMES[0])
    assert said == 0
    return one, other


only_ceph = pytest.mark.parametrize("bucket", ["ceph"], indirect=True)


def add(show: Path, name: str) -> int:
    said = say(show, "new", "person", "--given", name, now="")
    assert not any(word in said.out + said.err for word in NAMES)
    return said.code


def names(show: Path) -> set[str]:
    return {person.given for person in read_registry(copy_of(show)).people.values()}


def brought_up_to_date(show: Path) -> set[str]:
    said = say(show, "check")
    assert said.code == 0, said.err
    assert not read_chain(copy_of(show)).problems
    return names(show)


def test_what_one_records_the_other_has_before_the_next_command(machines: tuple[Path, Path]) -> None:
    one, other = machines
    assert brought_up_to_date(other) == {NAMES[0]}
    assert add(other, NAMES[1]) == 0
    assert brought_up_to_date(one) == set(NAMES[:2])
    assert read_contents(copy_of(one)) == read_contents(copy_of(other))
    files = [path for path in copy_of(other).rglob("*") if path.is_file()]
    records = [path for path in files if path.name != "storage-check.json"]  # it says what the bucket does
    assert {path.stat().st_mode & 0o777 for path in records} == {0o600}
    folders = {
        path.stat().st_mode & 0o777 for path in [copy_of(other), *copy_of(other).rglob("*")] if path.is_dir()
    }
    assert folders == {0o700}


def test_whoever_is_slower_is_told_and_nothing_of_theirs_is_left_half_recorded(
    machines: tuple[Path, Path],
) -> None:
    one, other = machines
    brought_up_to_date(other)
    before = read_contents(copy_of(other))
    now = datetime.now(UTC)

    def slowly() -> None:
        with in_step(other, now=now):
            assert add(one, NAMES[1]) == 0
            add_person(other, Newcomer(NAMES[2], ""), now=now)

    with pytest.raises(StorageFailed, match=r"^Somebody else has changed the registry meanwhile") as told:
        slowly()
    assert not any(name in str(told.value) for name in NAMES)
    assert "What it had changed lies in other-private/.cop-publish/taken-back/." in str(told.value)
    assert read_contents(copy_of(other)) == before
    aside = read_contents(copy_of(other) / ".cop-publish/taken-back")
    assert any(NAMES[2].encode() in content for content in aside.values())
    assert add(other, NAMES[2]) == 0
    assert brought_up_to_date(one) == brought_up_to_date(other) == set(NAMES)


def test_what_was_taken_back_still_lies_there_where_the_command_gives_up_too(
    machines: tuple[Path, Path],
) -> None:
    one, other = machines
    brought_up_to_date(other)
    (copy_of(other) / "guard.yaml").write_text("terms: [Project Falcon]\n")  # by hand, before the command
    now = datetime.now(UTC)

    def slowly() -> None:
        with in_step(other, now=now):
            add_person(other, Newcomer(NAMES[2], ""), now=now)
            assert add(one, NAMES[1]) == 0
            require_newest(read_settings(other))

    with pytest.raises(StorageFailed, match="taken-back"):
        slowly()
    aside = read_contents(copy_of(other) / ".cop-publish/taken-back")
    assert any(NAMES[2].encode() in content for content in aside.values())
    assert (copy_of(other) / "guard.yaml").is_file()
    assert brought_up_to_date(other) == {NAMES[0], NAMES[1]}


def test_what_two_write_by_hand_in_different_files_is_joined(machines: tuple[Path, Path]) -> None:
    one, other = machines
    brought_up_to_date(other)
    (person,) = read_registry(copy_of(one)).people
    (copy_of(one) / "guard.yaml").write_text("terms: [Project Falcon]\n")
    (copy_of(other) / f"people/{person}.yaml").write_text(f"name: {{given: {NAMES[1]}}}\n")
    assert brought_up_to_date(one) == {NAMES[0]}
    assert brought_up_to_date(other) == brought_up_to_date(one) == {NAMES[1]}
    assert (copy_of(other) / "guard.yaml").is_file()
    (copy_of(one) / "guard.yaml").unlink()
    brought_up_to_date(one)
    brought_up_to_date(other)
    assert not (copy_of(other) / "guard.yaml").exists()


def test_what_two_write_by_hand_in_one_file_is_refused_with_the_way_out(machines: tuple[Path, Path]) -> None:
    one, other = machines
    brought_up_to_date(other)
    (person,) = read_registry(copy_of(one)).people
    for show, name in ((one, NAMES[1]), (other, NAMES[2])):
        (copy_of(show) / f"people/{person}.yaml").write_text(f"name: {{given: {name}}}\n")
        (copy_of(show) / "guard.yaml").write_text(f"terms: [Project {name}]\n")
        (copy_of(show) / "consents/Planted").mkdir(parents=True)
        (copy_of(show) / "consents/Planted/notes.txt").write_text(f"{name}\n")
    assert say(one, "check").code == 20  # a file that is no record; it is shared all the same
    said = say(other, "check")
    assert said.code == 60
    clash = f"have both changed registry/consents/…, registry/guard.yaml, registry/people/{person}.yaml."
    assert f"{clash} Rename your folder" in said.err
    assert (copy_of(other) / "guard.yaml").read_text() == f"terms: [Project {NAMES[2]}]\n"
    assert "Planted" not in said.err
    copy_of(other).rename(copy_of(other).with_name("mine"))
    assert say(other, "check").code == 20
    assert (copy_of(other) / "guard.yaml").read_text() == f"terms: [Project {NAMES[1]}]\n"


def test_a_bucket_that_has_lost_the_registry_is_not_filled_again_unasked(
    machines: tuple[Path, Path], bucket: servers.RunningStore
) -> None:
    one, other = machines
    servers.administrator(bucket.server).delete_object(
        Bucket=bucket.settings.bucket, Key=f"{PREFIX}_cop/registry.zip"
    )
    said = say(one, "check")
    assert said.code == 60
    assert "no longer holds the registry" in said.err
    assert "delete one-private/.cop-publish" in said.err
    assert say(other, "check").code == 40  # on a new machine there is none
    shutil.rmtree(copy_of(one) / ".cop-publish")
    assert add(one, NAMES[1]) == 0
    assert brought_up_to_date(other) == set(NAMES[:2])


def test_no_registry_in_the_bucket_and_none_here_denies_everything(
    own_credentials: servers.RunningStore, tmp_path: Path
) -> None:
    show = set_up(tmp_path, "one", own_credentials)
    said = say(show, "check")
    assert said.code == 40
    assert "the registry is not there" in said.err


def test_a_damaged_object_is_refused_and_the_copy_stays(
    machines: tuple[Path, Path], bucket: servers.RunningStore
) -> None:
    one, other = machines
    brought_up_to_date(other)
    before = read_contents(copy_of(other))
    client, name = servers.administrator(bucket.server), f"{PREFIX}_cop/registry.zip"
    client.put_object(Bucket=bucket.settings.bucket, Key=name, Body=b"PK\x03\x04 nothing")
    for show in (one, other):
        said = say(show, "check")
        assert said.code == 60
        assert "is no registry, or is damaged" in said.err
    assert read_contents(copy_of(other)) == before


def test_the_doctor_says_what_the_bucket_cannot_promise(
    machines: tuple[Path, Path], bucket: servers.RunningStore
) -> None:
    one, _ = machines
    said = say(one, "doctor", now="")
    assert "ok    the registry is shared through a bucket, and this copy is up to date" in said.out
    assert said.code == 0, said.out
    is_honest = bucket.server.name in HONEST
    assert ("Let one producer at a time change the registry" in said.out) is not is_honest


def test_nothing_is_sent_and_nothing_written_where_nothing_changed(machines: tuple[Path, Path]) -> None:
    one, _ = machines
    brought_up_to_date(one)
    before = {path: path.stat().st_mtime_ns for path in copy_of(one).rglob("*")}
    etag = json.loads((copy_of(one) / ".cop-publish/synced.json").read_text())["etag"]
    brought_up_to_date(one)
    assert {path: path.stat().st_mtime_ns for path in copy_of(one).rglob("*")} == before
    assert json.loads((copy_of(one) / ".cop-publish/synced.json").read_text())["etag"] == etag


def test_a_publish_shares_what_it_recorded_before_anything_is_public(machines: tuple[Path, Path]) -> None:
    one, other = machines
    marked = "[[confidential: The pilot ends in March 2031 |say| It]]"
    post = f"---\ntitle: A post\nauthor: []\n---\nWords. {marked} ends.\n"
    for show in machines:
        (show / "posts/2026-11-20-a-post.md").write_text(post)
    said = say(one, "publish")
    assert said.code == 0, said.err
    assert brought_up_to_date(other) == {NAMES[0]}
    assert (copy_of(other) / "passages.jsonl").is_file()
    assert stat.S_IMODE((copy_of(other) / "passages.filter").stat().st_mode) == 0o600
    assert not read_ledger(copy_of(other)).pairs.passes_all
    said = say(other, "publish")
    assert said.code == 0, said.err
    assert read_contents(copy_of(one)) == read_contents(copy_of(other))


def test_nothing_is_public_while_somebody_else_was_faster(machines: tuple[Path, Path]) -> None:
    one, other = machines
    brought_up_to_date(other)
    now = datetime.now(UTC)
    people = read_registry(copy_of(other))
    errand = Errand(other, EVERYTHING, now, lambda *_: None, lambda _: None)

    def slowly() -> None:
        with in_step(other, now=now):
            assert add(one, NAMES[1]) == 0
            publish(errand)

    with pytest.raises(StorageFailed, match="Somebody else has changed the registry meanwhile"):
        slowly()
    assert read_registry(copy_of(other)) == people
    assert not (other.parent / "published/public").exists()
    assert say(other, "publish").code == 0
    assert (other.parent / "published/public/index.html").exists()


def test_a_dry_run_fetches_and_sends_nothing(machines: tuple[Path, Path]) -> None:
    one, other = machines
    brought_up_to_date(other)
    (copy_of(one) / "guard.yaml").write_text("terms: [Project Falcon]\n")
    assert add(other, NAMES[1]) == 0
    assert say(one, "publish", "--dry-run").code == 0
    assert names(one) == set(NAMES[:2])
    brought_up_to_date(other)
    assert not (copy_of(other) / "guard.yaml").exists()
    brought_up_to_date(one)
    brought_up_to_date(other)
    assert (copy_of(other) / "guard.yaml").exists()


def unreachable(show: Path, endpoint: str) -> None:
    settings = show / "cop-publish.toml"
    bucket = f'path = "registry"\nbucket = "people"\nendpoint = "{endpoint}"\nregion = "us-east-1"'
    written = settings.read_text("utf-8").replace('path = "registry"', bucket)
    settings.write_text(written, "utf-8")


def test_a_withdrawal_waits_for_no_registry_and_a_publish_does(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    show = published_sample(tmp_path_factory, tmp_path / "show")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKNOBODY")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nobodys")
    (port,) = free_ports(1)
    unreachable(show, f"http://127.0.0.1:{port}")
    said = say(show, "publish")
    assert said.code == 60
    said = say(show, "withdraw", "2026-11-20-jury-lessons")
    assert said.code == 0, said.err
    assert not (show / "published/public/blog/2026/11/20/jury-lessons.html").exists()


def test_a_registry_does_not_travel_where_others_can_read_it(tmp_path: Path) -> None:
    show = set_up_at(tmp_path, "one", "http://storage.example")
    said = say(show, "check")
    assert said.code == 60
    assert "begins with https://" in said.err


@only_ceph
def test_a_bucket_that_strangers_can_read_gets_no_registry(
    own_credentials: servers.RunningStore, tmp_path: Path
) -> None:
    place = own_credentials
    open_to_all = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": "*",
                "Action": "s3:GetObject",
                "Resource": f"arn:aws:s3:::{place.settings.bucket}/*",
            }
        ],
    }
    client = servers.administrator(place.server)
    client.put_bucket_policy(Bucket=place.settings.bucket, Policy=json.dumps(open_to_all))
    show = set_up(tmp_path, "one", place)
    said = say(show, "new", "person", "--given", NAMES[0], now="")
    assert said.code == 60
    assert "The registry was not sent to its bucket, in which nobody but its producers may read" in said.err
    assert "Anyone can read" in said.err
    held = client.list_objects_v2(Bucket=place.settings.bucket, Prefix=PREFIX).get("Contents", [])
    assert [line["Key"] for line in held if line["Key"].endswith(".zip")] == []


@only_ceph
def test_no_secret_and_no_name_is_said_and_the_bucket_s_keys_tell_nothing(
    machines: tuple[Path, Path], bucket: servers.RunningStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _ = machines
    client = servers.administrator(bucket.server)
    keys = {line["Key"] for line in client.list_objects_v2(Bucket=bucket.settings.bucket)["Contents"]}
    assert keys == {f"{PREFIX}_cop/registry.zip", f"{PREFIX}_cop/store.json"}
    found = client.get_object(Bucket=bucket.settings.bucket, Key=f"{PREFIX}_cop/registry.zip")["Body"].read()
    assert any(NAMES[0].encode() in content for content in unpacked(found).values())
    secret = bucket.server.secret_key
    assert not any(secret.encode() in path.read_bytes() for path in copy_of(one).rglob("*") if path.is_file())
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    said = say(one, "check")
    assert said.code == 60
    assert secret not in said.err


@only_ceph
@pytest.mark.parametrize("command", ["new person", "check"])
def test_a_machine_that_dies_at_any_moment_harms_nobody_and_goes_on(
    machines: tuple[Path, Path], command: str, bucket: servers.RunningStore
) -> None:
    one, other = machines
    brought_up_to_date(other)
    assert say(other, "doctor", now="").code == 0  # it knows the bucket now: the look is not what is tried
    client, name = servers.administrator(bucket.server), f"{PREFIX}_cop/registry.zip"
    if command == "check":  # which fetches what the other one has recorded since
        assert add(one, NAMES[1]) == 0
    arguments = ["new", "person", "--given", NAMES[2]] if command == "new person" else ["check"]
    kept = shutil.copytree(copy_of(other), copy_of(other).with_name("kept"))
    held = client.get_object(Bucket=bucket.settings.bucket, Key=name)["Body"].read()
    killed = 0
    for event in range(1, 200):
        client.put_object(Bucket=bucket.settings.bucket, Key=name, Body=held)
        shutil.rmtree(copy_of(other))
        shutil.copytree(kept, copy_of(other))
        done = run_apart(other, *arguments, event=event)
        if done.returncode != KILLED:
            assert done.returncode == 0, done.stderr
            break
        killed += 1
        mine, theirs = brought_up_to_date(other), brought_up_to_date(one)
        assert mine == theirs, event
        assert mine - {NAMES[2]} == ({NAMES[0], NAMES[1]} if command == "check" else {NAMES[0]})
        assert read_contents(copy_of(one)) == read_contents(copy_of(other))
    assert killed > 5


@only_ceph
def test_two_who_record_at_the_same_time_lose_nothing(machines: tuple[Path, Path]) -> None:
    rounds = 4
    script = (
        "import subprocess, sys\n"
        "for n in range(int(sys.argv[2])):\n"
        "    for _ in range(40):\n"
        "        words = ['new', 'person', '--given', f'{sys.argv[1]}{n}']\n"
        "        argv = [sys.executable, '-m', 'cop_publish', *words]\n"
        "        done = subprocess.run(argv, capture_output=True, text=True)\n"
        "        if done.returncode == 0: break\n"
        "        assert 'meanwhile' in done.stderr, done.stderr\n"
        "    else: sys.exit(3)\n"
    )
    argv = [[sys.executable, "-c", script, show.name, str(rounds)] for show in machines]
    running = [subprocess.Popen(words, cwd=show) for words, show in zip(argv, machines, strict=True)]
    assert [process.wait(timeout=300) for process in running] == [0, 0]
    wanted = {NAMES[0], *(f"{show.name}{n}" for show in machines for n in range(rounds))}
    for show in machines:
        assert brought_up_to_date(show) == wanted
        assert [entry["n"] for entry in read_chain(copy_of(show)).entries] == list(range(1, 2 + 2 * rounds))
