"""A recording that a full card or a broken copy cut off is refused in every format, or used when asked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import needs
import pytest
from sounds import ENGINE, cut_short, garble, make, uneven_stereo, write_wav
from workshop import Workshop

from cop_publish.audio.faults import Refused
from cop_publish.audio.recording import probe as probing
from cop_publish.audio.recording.listen import listen
from cop_publish.audio.recording.probe import CutOff, Source, probe
from cop_publish.audio.recording.whole import check_whole
from cop_publish.errors import AudioFailed

SECONDS = 4.0
SOUND = uneven_stereo(SECONDS)

FORMATS: dict[str, tuple[str, tuple[str, ...]]] = {  # suffix, how it is made
    "WAV": (".wav", ()),
    "WAV of 32-bit floats": (".wav", ("-c:a", "pcm_f32le")),
    "compressed WAV": (".wav", ("-c:a", "adpcm_ima_wav")),
    "RF64": (".wav", ("-rf64", "always")),
    "Wave64": (".w64", ()),
    "AIFF": (".aiff", ()),
    "AU": (".au", ()),
    "CAF": (".caf", ()),
    "FLAC": (".flac", ()),
    "FLAC in Ogg": (".ogg", ("-c:a", "flac")),
    "Opus": (".opus", ()),
    "Vorbis": (".ogg", ("-c:a", "libvorbis")),
    "MP3 with an Info frame": (".mp3", ()),
    "MP3 of variable rate": (".mp3", ("-q:a", "4")),
    "MP3 without an Info frame": (".mp3", ("-write_xing", "0")),
    "MP3 of variable rate without one": (".mp3", ("-q:a", "4", "-write_xing", "0")),
    "MP3 with a tag and nothing else": (".mp3", ("-write_xing", "0", "-metadata", "title=x")),
    "MP2": (".mp2", ("-f", "mp2")),
    "M4A, index first": (".m4a", ("-movflags", "+faststart")),
    "MP4 in fragments": (
        ".mp4",
        ("-movflags", "+frag_keyframe+empty_moov", "-frag_duration", "1000000"),
    ),
    "AAC": (".aac", ()),
    "Matroska": (".mka", ()),
    "WebM": (".webm", ()),
    "a live WebM": (".webm", ("-live", "1")),
    "MPEG-TS": (".ts", ()),
    "AVI": (".avi", ()),
    "WMA": (".wma", ()),
    "AMR": (".amr", ("-ar", "8000", "-ac", "1")),
    "WavPack": (".wv", ()),
}


@cache
def content_of(what: str) -> bytes:
    suffix, options = FORMATS[what]
    with TemporaryDirectory() as folder:
        return make(Path(folder) / f"talk{suffix}", SOUND, *options).read_bytes()


@dataclass(frozen=True)
class Shop:
    """A folder to make recordings in, and an engine to open them with."""

    folder: Path
    engine: str

    def recording(self, what: str) -> Path:
        path = self.folder / f"talk{FORMATS[what][0]}"
        path.write_bytes(content_of(what))
        return path

    def judge(self, path: Path, cut_off: CutOff = CutOff.REFUSED) -> tuple[Source, float, tuple[str, ...]]:
        """Everything that is asked before a recording is used."""
        source = probe(self.engine, path, cut_off, self.folder / "room.wav")
        damage = listen(self.engine, source.input)
        return source, damage.seconds, (*source.remarks, *check_whole(source, damage.seconds, damage))


@pytest.fixture(params=["the wheel's ffmpeg", "the system's ffmpeg"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Shop:
    ours = request.param == "the wheel's ffmpeg"
    return Shop(tmp_path, ENGINE if ours else needs.program("ffmpeg"))


@pytest.mark.parametrize("what", FORMATS)
def test_a_whole_recording_is_whole(what: str, shop: Shop) -> None:
    source, found, remarks = shop.judge(shop.recording(what))
    assert remarks == ()
    assert found == pytest.approx(SECONDS, abs=0.1)
    assert source.declared_seconds is None or source.declared_seconds == pytest.approx(SECONDS, abs=0.1)


@pytest.mark.parametrize("what", FORMATS)
def test_one_that_was_cut_off_is_refused(what: str, shop: Shop) -> None:
    with pytest.raises(Refused, match=r"the recording is cut off: ") as refusal:
        shop.judge(cut_short(shop.recording(what), 0.4))
    assert "`accept_cut_off: yes`" in refusal.value.fault.fix


@pytest.mark.parametrize("what", FORMATS)
def test_one_that_was_cut_off_is_used_when_that_is_all_there_is(what: str, tmp_path: Path) -> None:
    shop = Shop(tmp_path, ENGINE)
    _, found, remarks = shop.judge(cut_short(shop.recording(what), 0.4), CutOff.ACCEPTED)
    assert 0.9 < found < 2
    assert remarks
    assert all("cut off" in remark or "damaged" in remark for remark in remarks)


SEEN_AT_ONCE = [
    *(
        "WAV",
        "RF64",
        "Wave64",
        "CAF",
        "FLAC in Ogg",
        "Opus",
        "Vorbis",
        "AVI",
        "WMA",
        "MP4 in fragments",
        "AAC",
    ),
    *("MP3 without an Info frame", "MP3 of variable rate without one", "MP2"),
]


@pytest.mark.parametrize("what", SEEN_AT_ONCE)
def test_most_cuts_are_seen_in_the_bytes_before_anything_is_decoded(what: str, tmp_path: Path) -> None:
    shop = Shop(tmp_path, ENGINE)
    with pytest.raises(Refused, match="the recording is cut off: "):
        probe(ENGINE, cut_short(shop.recording(what), 0.4))


@pytest.mark.parametrize("share", [0.97, 0.9, 0.1])
@pytest.mark.parametrize("what", ["WAV", "Wave64", "Opus", "MP3 without an Info frame", "FLAC"])
def test_little_and_much_that_is_missing_is_noticed(what: str, share: float, tmp_path: Path) -> None:
    shop = Shop(tmp_path, ENGINE)
    with pytest.raises(Refused, match="cut off"):
        shop.judge(cut_short(shop.recording(what), share))


LOSSY = {
    "MP3 with an Info frame": "is lost",
    "MP3 without an Info frame": "is lost",
    "MP3 of variable rate without one": "is lost",
    "AAC": "is lost",
    "Opus": r"2\.\d s can be read of 4\.0 s",
    "Vorbis": r"can be read of 4\.0 s",
    "FLAC": r"can be read of 4\.0 s",
    "M4A, index first": "is lost",
    "MPEG-TS": "is lost",
}


@pytest.mark.parametrize("what", LOSSY)
def test_one_with_garbage_inside_is_refused_for_what_is_missing(what: str, shop: Shop) -> None:
    with pytest.raises(Refused, match=LOSSY[what]):
        shop.judge(garble(shop.recording(what), 0.4, 0.6))


@pytest.mark.parametrize("what", ["MP3 with an Info frame", "MP3 without an Info frame", "FLAC", "MPEG-TS"])
def test_one_with_a_little_garbage_is_used_and_the_place_is_named(what: str, shop: Shop) -> None:
    _, _, remarks = shop.judge(garble(shop.recording(what), 0.6, 0.606))
    (remark,) = remarks
    assert remark in (
        f"the recording is damaged at 0:0{place} (its own time): listen to the result there"
        for place in (1, 2)
    )


def test_a_cut_recording_stops_the_master(tmp_path: Path) -> None:
    """Known from its bytes alone, before anything is decoded."""
    workshop = Workshop(tmp_path, "recording.opus")
    make(workshop.recording, uneven_stereo(4))
    assert workshop.produce().duration_seconds == pytest.approx(4, abs=0.02)
    cut_short(workshop.recording, 0.5)
    with pytest.raises(AudioFailed, match=r"recording\.opus: the recording is cut off: the file ends"):
        workshop.produce()


def test_what_declares_more_than_six_hours_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    small = ("-ar", "8000", "-ac", "1", "-b:a", "8k", "-write_xing", "0")
    frame = make(tmp_path / "x.mp3", 0 * uneven_stereo(0.5), *small)
    silence = frame.read_bytes()[-2 * 72 : -72]
    frame.write_bytes(silence * (6 * 3600 * 1000 // 72 + 100))
    with pytest.raises(Refused, match="longer than 6 hours"):
        probe(ENGINE, frame)
    with frame.open("ab") as file:
        file.write(content_of("MP3 without an Info frame"))  # so that it would be written anew first
    with pytest.raises(Refused, match="longer than 6 hours"):
        probe(ENGINE, frame, room=tmp_path / "room")
    assert not (tmp_path / "room").exists()


def test_a_bomb_of_unknown_length_is_decoded_no_further_than_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A minute of silence in a few hundred bytes, which say nothing of their length; here 2 s are allowed."""
    monkeypatch.setattr(probing, "LONGEST_SECONDS", 2.0)
    bomb = make(tmp_path / "x.flac", 0 * uneven_stereo(60), "-ar", "8000", "-ac", "1")
    content = bytearray(bomb.read_bytes())
    content[21] &= 0xF0  # of STREAMINFO: the number of samples, 36 bits
    content[22:26] = bytes(4)
    bomb.write_bytes(content)
    source = probe(ENGINE, bomb)
    assert source.declared_seconds is None
    assert listen(ENGINE, source.input).seconds == pytest.approx(3.0, abs=0.6)


def test_a_whole_second_less_than_a_wave64_says_is_said_in_numbers(tmp_path: Path) -> None:
    path = cut_short(make(tmp_path / "x.w64", SOUND), 0.5)
    with pytest.raises(Refused, match=r"2\.0 s can be read of 4\.0 s"):
        probe(ENGINE, path)


def test_the_recording_itself_is_never_touched(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "x.wav", SOUND)
    before = path.read_bytes()
    probe(ENGINE, path, room=tmp_path / "room.wav")
    assert path.read_bytes() == before
    assert not (tmp_path / "room.wav").exists()
