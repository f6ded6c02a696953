"""A published master stays what it is, and nothing is encoded twice (invariants 7 and 8)."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from samples import EPISODE
from sounds import talk, write_wav
from workshop import COVER, Workshop

from cop_publish.audio.receipt import read_receipt
from cop_publish.core.problems import Matter
from cop_publish.errors import AudioFailed, NotCleared
from cop_publish.settings import Sound

if TYPE_CHECKING:
    from cop_publish.core.model import Master

SECONDS = 3.0


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    workshop = Workshop(tmp_path)
    write_wav(workshop.recording, talk(SECONDS))
    return workshop


@pytest.fixture
def master(workshop: Workshop) -> Master:
    return workshop.produce()


def published(workshop: Workshop) -> Master:
    master = workshop.produce()
    workshop.publish(master)
    return master


def sound_of(path: Path | None) -> bytes:
    """The file without its tag."""
    assert path is not None
    content = path.read_bytes()
    size = int("".join(f"{byte:07b}" for byte in content[6:10]), 2)
    return content[10 + size :]


def test_what_it_says_of_the_file_is_true_of_the_file(master: Master) -> None:
    assert master.file is not None
    content = master.file.read_bytes()
    assert master.sha256 == hashlib.sha256(content).hexdigest()
    assert master.size_bytes == len(content)
    assert master.duration_seconds == SECONDS


def test_a_second_run_starts_no_encoder(workshop: Workshop, master: Master) -> None:
    workshop.take_away_engine()
    again = workshop.produce()
    assert again == replace(master, made_now=False)
    assert workshop.steps == []


def test_a_new_title_is_tagged_onto_the_same_sound(workshop: Workshop, master: Master) -> None:
    workshop.take_away_engine()
    workshop.episode = replace(workshop.episode, title="Another title")
    again = workshop.produce()
    assert again.sha256 != master.sha256
    assert sound_of(again.file) == sound_of(master.file)
    assert workshop.steps == ["Writing the tags"]


def test_two_folders_give_equal_bytes(workshop: Workshop, master: Master, tmp_path: Path) -> None:
    other = Workshop(tmp_path / "somewhere else", "aufnahme.wav")
    shutil.copyfile(workshop.recording, other.recording)
    assert other.produce().sha256 == master.sha256


def test_a_master_is_private_until_it_is_published(workshop: Workshop, master: Master) -> None:
    assert master.made_now
    assert {path.stat().st_mode & 0o777 for path in workshop.cache.iterdir()} == {0o600}
    assert workshop.cache.stat().st_mode & 0o777 == 0o700
    assert read_receipt(workshop.folder) is None  # producing is not publishing


def test_the_receipt_holds_no_words(workshop: Workshop) -> None:
    master = published(workshop)
    text = (workshop.folder / "master.json").read_text()
    receipt = json.loads(text)
    assert receipt["chapters"] == [0.0, 0.5]
    assert receipt["bytes"] == master.size_bytes
    assert workshop.episode.voices not in text  # without the recording's digest, names could be tried on it
    for words in (EPISODE.title, EPISODE.summary, "Welcome", "Alys", "recording.wav", "adviser"):
        assert words not in text


@pytest.mark.parametrize("what", ["a new encoder", "a colleague without the recording", "a new title"])
def test_nothing_of_this_touches_a_published_master(workshop: Workshop, what: str) -> None:
    master = published(workshop)
    workshop.take_away_engine()
    if what == "a colleague without the recording":
        workshop.recording.unlink()
        workshop.sound = replace(workshop.sound, target_lufs=-14.0)
    if what == "a new title":
        workshop.episode = replace(workshop.episode, title="Another title")
    again = workshop.produce()
    assert (again.sha256, again.size_bytes, again.recipe) == (master.sha256, master.size_bytes, master.recipe)
    assert again.duration_seconds == master.duration_seconds
    assert again.loudness.integrated_lufs == pytest.approx(master.loudness.integrated_lufs, abs=0.01)
    assert again.file == master.file
    assert not again.made_now


def test_an_emptied_cache_leaves_the_published_master_to_the_store(workshop: Workshop) -> None:
    master = published(workshop)
    shutil.rmtree(workshop.cache)
    workshop.take_away_engine()
    again = workshop.produce()
    assert again.sha256 == master.sha256
    assert again.file is None


def test_a_cached_file_with_other_bytes_is_not_the_master(workshop: Workshop) -> None:
    master = published(workshop)
    assert master.file is not None
    content = bytearray(master.file.read_bytes())
    content[-100] ^= 1
    master.file.write_bytes(content)
    assert workshop.produce().file is None


def test_a_damaged_encode_is_made_again(workshop: Workshop, master: Master) -> None:
    assert master.file is not None
    encode = workshop.cache / f"{master.recipe}.mp3"
    encode.write_bytes(encode.read_bytes()[:-500])
    master.file.unlink()
    assert workshop.produce().sha256 == master.sha256
    assert "Encoding" in workshop.steps


@pytest.mark.parametrize("what", ["recording", "sound settings", "voices"])
def test_a_change_that_listeners_hear_makes_a_new_master(workshop: Workshop, what: str) -> None:
    master = published(workshop)
    if what == "recording":
        write_wav(workshop.recording, talk(SECONDS, seed=2))
    if what == "sound settings":
        workshop.sound = Sound(target_lufs=-18.0)
    if what == "voices":
        workshop.episode = replace(workshop.episode, voices="1" * 64)
    again = workshop.produce()
    assert again.recipe != master.recipe
    assert again.made_now
    assert workshop.steps[0].startswith("Mastering again: ")


def test_tags_that_are_no_longer_agreed_refuse_where_the_recording_is_not(workshop: Workshop) -> None:
    published(workshop)
    workshop.recording.unlink()
    workshop.produce()  # nothing was taken back
    workshop.episode = replace(workshop.episode, voices="1" * 64)
    with pytest.raises(NotCleared) as refusal:
        workshop.produce()
    (problem,) = refusal.value.problems
    assert refusal.value.exit_code == 40
    assert (problem.where.path, problem.matter) == ("episodes/012-citizens-jury/episode.md", Matter.CONSENT)
    assert "no longer agreed" in problem.what
    assert "--remaster" in problem.fix


def test_a_colleague_hands_on_what_was_agreed_when_it_was_published(workshop: Workshop) -> None:
    published(workshop)
    before = (workshop.folder / "master.json").read_text()
    workshop.recording.unlink()
    published(workshop)
    assert (workshop.folder / "master.json").read_text() == before


def test_an_episode_is_mastered_again_when_asked(workshop: Workshop) -> None:
    master = published(workshop)
    workshop.remaster = frozenset({"another-episode"})
    assert not workshop.produce().made_now
    workshop.remaster = frozenset({workshop.episode.id})
    again = workshop.produce()
    assert again.made_now
    assert again.recipe == master.recipe
    assert workshop.steps[:2] == ["Mastering again: it was asked for", "Listening to the recording"]


@pytest.mark.parametrize("asked", ["", "012-citizens-jury"])
def test_without_a_recording_nothing_new_can_be_made(workshop: Workshop, asked: str) -> None:
    if asked:
        published(workshop)
        workshop.remaster = frozenset({asked})
    workshop.recording.unlink()
    with pytest.raises(AudioFailed) as failure:
        workshop.produce()
    (problem,) = failure.value.problems
    assert problem.where.path == "episodes/012-citizens-jury/episode.md"
    assert "recording" in problem.what
    assert failure.value.exit_code == 50


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"version": 2}', "null"],
    ids=["empty", "cut", "list", "bare", "null"],
)
def test_a_damaged_receipt_stops_rather_than_starts_anew(workshop: Workshop, text: str) -> None:
    (workshop.folder / "master.json").write_text(text)
    with pytest.raises(AudioFailed, match=r"episodes/012-citizens-jury/master\.json: .*Bring it back"):
        workshop.produce()


@pytest.mark.parametrize("version", [1, 3, "2"])
def test_a_receipt_of_another_version_is_not_guessed_at(workshop: Workshop, version: object) -> None:
    published(workshop)
    receipt = workshop.folder / "master.json"
    receipt.write_text(json.dumps({**json.loads(receipt.read_text()), "version": version}))
    with pytest.raises(AudioFailed, match="was written by another version of cop-publish"):
        workshop.produce()


@pytest.mark.parametrize(
    "pieces",
    [[["recording", 0]], [["recording", 0, -5, 0]], [["recording", 0, 9, 10]], [["else", 0, 9, 0]], 7],
    ids=["short", "negative", "fades", "unknown", "number"],
)
def test_a_receipt_whose_timeline_cannot_be_is_damaged(workshop: Workshop, pieces: object) -> None:
    published(workshop)
    receipt = workshop.folder / "master.json"
    value = json.loads(receipt.read_text())
    assert value["timeline"]["pieces"] == [["recording", 0, SECONDS * 48_000, 0]]
    value["timeline"]["pieces"] = pieces
    receipt.write_text(json.dumps(value))
    with pytest.raises(AudioFailed, match=r"master\.json: this receipt cannot be read"):
        workshop.produce()


def test_a_receipt_cannot_name_a_file_elsewhere(workshop: Workshop) -> None:
    published(workshop)
    receipt = workshop.folder / "master.json"
    changed = {**json.loads(receipt.read_text()), "sha256": "../" * 21 + "x"}
    receipt.write_text(json.dumps(changed))
    with pytest.raises(AudioFailed):
        workshop.produce()


def test_every_chapter_past_the_end_is_named(workshop: Workshop) -> None:
    first, second = workshop.episode.chapters
    late = (first, replace(second, start_seconds=SECONDS), replace(second, start_seconds=3700.0))
    workshop.episode = replace(workshop.episode, chapters=late)
    with pytest.raises(AudioFailed) as failure:
        workshop.produce()
    said = [problem.what for problem in failure.value.problems]
    assert said == [
        "chapters[2] starts at 0:03, after the end of the recording (0:03)",
        "chapters[3] starts at 1:01:40, after the end of the recording (0:03)",
    ]
    assert {p.where.path for p in failure.value.problems} == {"episodes/012-citizens-jury/episode.md"}


def test_the_receipt_is_left_alone_when_it_says_the_same(workshop: Workshop) -> None:
    master = published(workshop)
    before = (workshop.folder / "master.json").stat().st_mtime_ns
    workshop.publish(master)
    assert (workshop.folder / "master.json").stat().st_mtime_ns == before


RUN = """
import sys
sys.path[:0] = {paths!r}
from pathlib import Path
from workshop import Workshop
shop = Workshop(Path({root!r}))
{then}
"""


def python(root: Path, then: str) -> list[str]:
    paths = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
    return [sys.executable, "-c", RUN.format(paths=paths, root=str(root), then=then)]


def test_a_run_with_nothing_to_do_loads_nothing_heavy(workshop: Workshop) -> None:
    published(workshop)
    then = "shop.produce(); print(sorted({'numpy', 'mutagen', 'imageio_ffmpeg'} & set(sys.modules)))"
    said = subprocess.run(python(workshop.root, then), check=True, capture_output=True, text=True, timeout=60)
    assert said.stdout.strip() == "[]"


def test_a_killed_run_leaves_nothing_half_made(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path)
    write_wav(workshop.recording, talk(90, rate_hz=16_000), rate_hz=16_000)
    then = (
        "Workshop._progress = lambda self, step, fraction: print(step, fraction, flush=True)\nshop.produce()"
    )
    with subprocess.Popen(python(tmp_path, then), stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        for line in run.stdout:
            if line.startswith("Encoding") and not line.endswith(" 0.0\n"):
                run.kill()
                break
    left = {path.name for path in workshop.cache.iterdir()} - {"hashes.json"}
    assert left
    assert all(name.startswith("part-") for name in left)
    master = workshop.produce()
    assert master.made_now
    assert master.duration_seconds == 90
    assert not list(workshop.cache.glob("part-*"))


@pytest.mark.parametrize("limit_bytes", [20_000, 60_000], ids=["while encoding", "while tagging"])
def test_a_full_disk_is_said_and_leaves_nothing(workshop: Workshop, limit_bytes: int) -> None:
    """A limit on file sizes stops a write as a full disk does, and needs no special rights."""
    then = (
        f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit_bytes},) * 2); import workshop\n"
    )
    then += f"workshop.COVER = b'x' * {limit_bytes // 2}\nfrom cop_publish.errors import AudioFailed\n"
    then += "try: shop.produce()\nexcept AudioFailed as failure: print(failure)"
    said = subprocess.run(python(workshop.root, then), check=True, capture_output=True, text=True, timeout=60)
    assert said.stdout.splitlines()[0] == (
        ".cop-publish/masters: the disk is full, and nothing was kept. Free some space, and run again."
    )
    assert not list(workshop.cache.glob("part-*"))
    assert workshop.produce().duration_seconds == SECONDS


def test_a_folder_of_masters_that_cannot_be_used_is_named(workshop: Workshop) -> None:
    workshop.cache.parent.mkdir()
    workshop.cache.write_text("a file in its place")
    with pytest.raises(AudioFailed, match=r"\.cop-publish/masters: the folder of masters cannot be used"):
        workshop.produce()


def test_two_runs_at_once_do_not_harm_each_other(workshop: Workshop) -> None:
    run = python(workshop.root, "print(shop.produce().sha256)")
    both = [subprocess.Popen(run, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [each.communicate(timeout=60)[0].strip() for each in both]
    assert said[0] == said[1] == workshop.produce().sha256
    assert [each.returncode for each in both] == [0, 0]


def test_the_recording_is_hashed_once(workshop: Workshop, master: Master) -> None:
    """A run with nothing to do must not read 500 MB: it is recognised by size and times."""
    os.utime(workshop.recording)
    kept = workshop.recording.stat()
    assert workshop.produce().recipe == master.recipe  # other times: read again
    hashes = workshop.cache / "hashes.json"
    known = json.loads(hashes.read_text())
    assert known[str(workshop.recording)][:3] == [kept.st_size, kept.st_mtime_ns, kept.st_ctime_ns]
    known[str(workshop.recording)][3] = "f" * 64
    hashes.write_text(json.dumps(known))
    assert workshop.produce().recipe != master.recipe  # it was not read


def test_the_cover_is_part_of_the_tag(master: Master) -> None:
    assert master.file is not None
    assert COVER in master.file.read_bytes()


def test_a_receipt_whose_timeline_is_of_another_length_is_damaged(workshop: Workshop) -> None:
    workshop.publish(workshop.produce())
    path = workshop.folder / "master.json"
    told = json.loads(path.read_text())
    told["timeline"]["pieces"] = []
    path.write_text(json.dumps(told))
    with pytest.raises(AudioFailed, match=r"master\.json: this receipt cannot be read"):
        workshop.produce()
