"""The tags that listeners' apps show, read back by two readers that are not the writer's code path."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import mutagen.id3
import needs
import pytest
from samples import EPISODE, SHOW
from sounds import ENGINE, chunk, convert, talk, write_wav
from workshop import COVER, Workshop

from cop_publish.audio.tags import tag_bytes
from cop_publish.core.model import Chapter

if TYPE_CHECKING:
    from pathlib import Path

    from cop_publish.core.model import ClearedEpisode

CHAPTERS = (  # the longest title first and not in order: mutagen would sort them by size
    Chapter(0.0, "A first chapter whose title is a good deal longer than any of the other ones", ""),
    Chapter(61.5, "Öffentlich 🎙️ שלום", "https://commons.example/jury"),
    Chapter(30.0, "B", ""),
    Chapter(95.0004, "The very last one", ""),
)
FEED = "https://commons.example/feed.xml"
PODCAST = ("PCST", "TGID", "TDES", "WFED")
RECORDER = "Zoom H5 serial 123"
OWNER = "J Smith-Madeup (a fictional office)"


@pytest.fixture(scope="module")
def tagged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tag of ours before a moment of sound."""
    folder = tmp_path_factory.mktemp("tagged")
    sound = convert(write_wav(folder / "a.wav", talk(1)), folder / "a.mp3", "-id3v2_version", "0")
    path = folder / "master.mp3"
    path.write_bytes(
        tag_bytes(replace(EPISODE, chapters=CHAPTERS), SHOW, FEED, COVER, 120.0) + sound.read_bytes()
    )
    return path


def frames_of(tag: mutagen.id3.ID3, name: str) -> list[Any]:
    return list(tag.getall(name))  # type: ignore[no-untyped-call]  # mutagen has no types here


def read(episode: ClearedEpisode, tmp_path: Path) -> mutagen.id3.ID3:
    path = tmp_path / "tag"
    path.write_bytes(tag_bytes(episode, SHOW, FEED, None, 120.0))
    return mutagen.id3.ID3(path, translate=False)  # type: ignore[no-untyped-call]  # mutagen has no types here


def test_mutagen_reads_back_every_fact(tagged: Path) -> None:
    tag = mutagen.id3.ID3(tagged, translate=False)  # type: ignore[no-untyped-call]  # as above
    assert tag.version == (2, 3, 0)
    texts = {
        name: str(tag[name])
        for name in ("TIT2", "TALB", "TPE1", "TRCK", "TPOS", "TCON", "TLAN", "TYER", "TDAT")
    }
    assert texts == {
        "TIT2": "What the citizens’ jury changed", "TALB": "The Made-up Commons",
        "TPE1": "A fictional community of practice", "TRCK": "12", "TPOS": "2", "TCON": "Podcast",
        "TLAN": "eng", "TYER": "2026", "TDAT": "2011",
    }  # fmt: skip
    assert str(tag["COMM::eng"]) == EPISODE.summary
    (picture,) = frames_of(tag, "APIC")
    assert (picture.mime, picture.type, picture.data) == ("image/jpeg", 3, COVER)
    chapters = {"CTOC:toc", *(f"CHAP:chp{n:03}" for n in range(4))}
    assert set(tag) == {*texts, *PODCAST, *chapters, "IPLS", "COMM::eng", "APIC:"}


def test_an_app_sees_a_podcast_and_the_people_as_agreed(tagged: Path) -> None:
    tag = mutagen.id3.ID3(tagged, translate=False)  # type: ignore[no-untyped-call]  # as above
    assert (str(tag["TGID"]), str(tag["TDES"]), tag["WFED"].url) == (EPISODE.guid, EPISODE.summary, FEED)
    assert tag["PCST"].value == 0
    assert tag["IPLS"].people == [
        ["host", "Alys Example"],
        ["guest", "a policy adviser in central government"],
    ]


def test_the_table_of_contents_is_on_top_and_in_order(tagged: Path) -> None:
    tag = mutagen.id3.ID3(tagged)  # type: ignore[no-untyped-call]  # as above
    contents = tag["CTOC:toc"]
    assert contents.flags == mutagen.id3.CTOCFlags.TOP_LEVEL | mutagen.id3.CTOCFlags.ORDERED
    chapters = [tag[f"CHAP:{name}"] for name in contents.child_element_ids]
    times = [(chapter.start_time, chapter.end_time) for chapter in chapters]
    assert times == [(0, 30_000), (30_000, 61_500), (61_500, 95_000), (95_000, 120_000)]
    assert str(chapters[2].sub_frames["TIT2"]) == "Öffentlich 🎙️ שלום"
    assert chapters[2].sub_frames["WXXX:"].url == "https://commons.example/jury"


def test_an_address_in_any_script_is_written_as_browsers_ask_for_it(tmp_path: Path) -> None:
    url = "https://commons.example/wiki/Bürgerrat_(Україна)?a=b%20c&d=[e]#f"
    tag = read(replace(EPISODE, chapters=(Chapter(0.0, "A", url),)), tmp_path)
    written = tag["CHAP:chp000"].sub_frames["WXXX:"].url
    assert written.isascii()
    assert unquote(written) == unquote(url)
    assert "%25" not in written


def test_chapters_lie_in_the_file_in_time_order(tagged: Path) -> None:
    """Players list them as they find them."""
    content = tagged.read_bytes()
    found = []
    at = content.find(b"CHAP")
    while at >= 0:
        found.append(content[at + 10 : at + 16])
        at = content.find(b"CHAP", at + 1)
    assert found == [b"chp000", b"chp001", b"chp002", b"chp003"]


def test_ffprobe_reads_the_same(tagged: Path) -> None:
    command = [needs.program("ffprobe", debian="ffmpeg"), "-v", "error", "-of", "json"]
    command += ["-show_format", "-show_chapters", str(tagged)]
    said = json.loads(subprocess.run(command, check=True, capture_output=True, timeout=60).stdout)
    assert said["format"]["tags"] == {
        "title": EPISODE.title, "album": SHOW.title, "artist": SHOW.author, "track": "12", "disc": "2",
        "genre": "Podcast", "language": "eng", "date": "2026-11-20", "comment": EPISODE.summary,
        "TDES": EPISODE.summary, "TGID": EPISODE.guid,
    }  # fmt: skip
    assert [(c["start"], c["end"]) for c in said["chapters"]] == [
        (0, 30_000),
        (30_000, 61_500),
        (61_500, 95_000),
        (95_000, 120_000),
    ]
    assert [c["tags"]["title"] for c in said["chapters"]] == [CHAPTERS[n].title for n in (0, 2, 1, 3)]


def test_ffmpeg_finds_the_chapters_and_the_cover(tagged: Path) -> None:
    command = [ENGINE, "-nostdin", "-v", "error", "-i", str(tagged), "-f", "ffmetadata", "-"]
    said = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout.decode()
    starts = [line for line in said.splitlines() if line.startswith("START=")]
    assert [int(start[6:]) for start in starts] == pytest.approx(
        [0, 30_000, 61_500, 95_000], abs=30
    )  # less the delay
    assert f"title={EPISODE.title}" in said


def test_what_an_episode_does_not_have_is_not_tagged(tmp_path: Path) -> None:
    bare = replace(EPISODE, number=None, season=None, chapters=(), credits=(), language="tlh-x-odd")
    tag = read(replace(bare, language="x-unknown"), tmp_path)
    assert set(tag) == {"TIT2", "TALB", "TPE1", "TCON", "TYER", "TDAT", "COMM::XXX", *PODCAST}
    assert str(read(bare, tmp_path)["TLAN"]) == "tlh"


def test_the_date_is_the_producers_own(tmp_path: Path) -> None:
    tag = read(replace(EPISODE, published_at=datetime(2027, 1, 2, 23, 59, tzinfo=UTC)), tmp_path)
    assert (str(tag["TYER"]), str(tag["TDAT"])) == ("2027", "0201")


def test_many_chapters_stay_in_order(tmp_path: Path) -> None:
    chapters = tuple(Chapter(float(n), "x" * (200 - n), "") for n in range(119))
    (tmp_path / "tag").write_bytes(
        content := tag_bytes(replace(EPISODE, chapters=chapters), SHOW, FEED, None, 120.0)
    )
    starts = [int.from_bytes(part[13:17], "big") for part in content.split(b"CHAP")[1:]]
    assert starts == [1000 * n for n in range(119)]
    tag = mutagen.id3.ID3(tmp_path / "tag")  # type: ignore[no-untyped-call]  # as above
    assert len(frames_of(tag, "CHAP")) == 119


def from_a_recorder(path: Path) -> None:
    bext = OWNER.encode().ljust(256, b"\0") + RECORDER.encode().ljust(32, b"\0") + bytes(314)
    info = b"INFO" + chunk(b"IART", OWNER.encode()) + chunk(b"ICMT", RECORDER.encode())
    write_wav(path, talk(2), chunks=chunk(b"bext", bext) + chunk(b"LIST", info))


def from_a_telephone(path: Path) -> None:
    said = [
        "-metadata",
        f"artist={OWNER}",
        "-metadata",
        f"comment={RECORDER}",
        "-metadata:s:a:0",
        f"handler_name={OWNER}",
    ]
    m4a = convert(write_wav(path.with_name("plain.wav"), talk(2)), path.with_suffix(".m4a"), *said)
    m4a.rename(path)


def from_a_tagged_mp3(path: Path) -> None:
    chapters = path.with_name("chapters.txt")
    chapters.write_text(
        f";FFMETADATA1\nartist={OWNER}\n[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=1\ntitle={RECORDER}\n"
    )
    plain = write_wav(path.with_name("plain.wav"), talk(2))
    options = ["-i", str(chapters), "-map_metadata", "1", "-write_id3v1", "1"]
    convert(plain, path.with_suffix(".mp3"), *options).rename(path)


@pytest.mark.parametrize("source", [from_a_recorder, from_a_telephone, from_a_tagged_mp3])
def test_nothing_the_source_says_of_itself_reaches_the_master(source: object, tmp_path: Path) -> None:
    assert callable(source)
    workshop = Workshop(tmp_path)
    source(workshop.recording)
    planted = workshop.recording.read_bytes()
    assert OWNER.encode() in planted or OWNER.encode("utf-16-le") in planted
    master = workshop.produce()
    assert master.file is not None
    for path in workshop.cache.iterdir():
        content = path.read_bytes()
        for words in (OWNER, RECORDER, OWNER[:25], "Smith", "Zoom"):
            for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
                assert words.encode(encoding) not in content
