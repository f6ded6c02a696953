"""Adversarial cases: sound that must not be heard, and what recorders and editors write beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from cases import DONE, REFUSED, UNTOLD, Case, case
from gate_samples import ape, frame, tag
from PIL import Image
from sounds import chunk, convert, decode, talk, write_wav
from spoil import NEW_EPISODE, all_of, episode, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sounds import Sound

PHRASES = (
    *("cut at 0", "at end", "overlapping/adjacent/reversed ranges", "cut > duration", "VBR/Xing gap"),
    *("chapter on a cut edge", "cue straddle", "overlap speech", "bleed", "stereo with one channel muted"),
    *(
        "tone mixed over speech",
        "APEv2/ID3v1/trailing bytes",
        "hidden second audio stream",
        "cover with EXIF",
    ),
    *("TXXX/PRIV/GEOB", "WAV `bext`/`LIST INFO`", "M4A `udta`", "file name with a name"),
)
SECONDS = 8
CANARY_HZ, RATE_HZ = 3150, 48_000  # a whistle that no talk of these sounds has; it stands from 3 to 5 seconds
RECORDING = f"{NEW_EPISODE}/recording"
CUES = "WEBVTT\n\n00:00.000 --> 00:02.900\n<v p-host>Hello.\n\n00:05.100 --> 00:08.000\n<v p-host>Goodbye.\n"


def recording(name: str = "wav", *options: str, sides: int = 1, quiet: float = 1.0) -> Callable[[Path], None]:
    """Eight seconds of talk with a whistle in the middle, as a file of that kind."""

    def spoil(root: Path) -> None:
        sound = whistled(sides, quiet)
        target = root / f"{RECORDING}.{name}"
        if name == "wav":
            write_wav(target, sound)
            return
        convert(write_wav(root / "made.wav", sound), target, *options)
        (root / "made.wav").unlink()

    return spoil


def whistled(sides: int, quiet: float) -> Sound:
    """In the first channel much softer where `quiet` says so: what bleeds into another's microphone."""
    times = np.arange(2 * RATE_HZ) / RATE_HZ
    whistle = 0.2 * np.sin(2 * np.pi * CANARY_HZ * times)
    channels = []
    for side in range(sides):
        sound = talk(SECONDS, -23.0, seed=side + 1)
        sound[3 * RATE_HZ : 5 * RATE_HZ] += whistle * (quiet if side == 0 else 1.0)
        channels.append(sound)
    return np.asarray(np.stack(channels, axis=1) if sides > 1 else channels[0])


def new(
    *spoils: Callable[[Path], None], edit: str = "", front: tuple[str, ...] = (), cues: str = CUES
) -> Callable[[Path], None]:
    """The new episode with a recording and an edit list."""
    edits = [write(f"{NEW_EPISODE}/edit.yaml", edit)] if edit else []
    return all_of(episode(*front, transcript=cues), *(spoils or (recording(),)), *edits)


def silent(root: Path) -> None:
    """The whistle is in no channel of what is published, and the talk is."""
    sound = _published(root)
    assert np.sqrt(np.mean(sound**2)) > 0.01
    for side in sound.T:
        assert _whistle(side) < 0.002


def whistling(root: Path) -> None:
    """The control: it is found where it was left in."""
    assert max(_whistle(side) for side in _published(root).T) > 0.02


def lasts(seconds: float) -> Callable[[Path], None]:
    def then(root: Path) -> None:
        assert abs(len(_published(root)) / RATE_HZ - seconds) < 0.2

    return then


def _published(root: Path) -> Sound:
    (path,) = (root / "published/public").rglob("014-new*.mp3")
    return np.asarray(decode(path), dtype=np.float64)


def _whistle(side: Sound) -> float:
    """The loudest quarter of a second at that pitch."""
    step = RATE_HZ // 4
    wave = np.exp(-2j * np.pi * CANARY_HZ * np.arange(step) / RATE_HZ)
    blocks = [side[n : n + step] for n in range(0, len(side) - step, step)]
    return float(max(abs(np.mean(block * wave)) for block in blocks))


def tagged(root: Path) -> None:
    """Every kind of tag that an editor leaves, each with the secret."""
    recording("mp3", "-b:a", "128k")(root)
    path = root / f"{RECORDING}.mp3"
    words = UNTOLD.encode()
    path.write_bytes(path.read_bytes() + ape(UNTOLD) + (b"TAG" + words).ljust(128, b"\0") + words)


def framed(root: Path) -> None:
    recording("mp3", "-b:a", "128k")(root)
    path = root / f"{RECORDING}.mp3"
    words = UNTOLD.encode()
    frames = (
        frame(b"TXXX", b"\x03note\0" + words),
        frame(b"PRIV", words + b"\0" + words),
        frame(b"GEOB", b"\x03text/plain\0" + words + b"\0\0" + words),
    )
    path.write_bytes(tag(*frames) + path.read_bytes())


def named_after_somebody(root: Path) -> None:
    (root / f"{RECORDING}.wav").rename(root / f"{NEW_EPISODE}/torquil-inventedson.wav")


def chunked(root: Path) -> None:
    note = chunk(b"bext", UNTOLD.encode().ljust(602, b"\0"))
    note += chunk(b"LIST", b"INFO" + chunk(b"IART", UNTOLD.encode()))
    write_wav(root / f"{RECORDING}.wav", whistled(1, 1.0), chunks=note)


def second_stream(root: Path) -> None:
    """A file with the edited talk first, and the whole of it behind."""
    clean = write_wav(root / "clean.wav", talk(SECONDS, -23.0))
    whole = write_wav(root / "whole.wav", whistled(1, 1.0))
    options = ("-i", f"file:{whole}", "-map", "0:a", "-map", "1:a", "-c:a", "aac")
    convert(clean, root / f"{RECORDING}.m4a", *options)
    clean.unlink()
    whole.unlink()


def pictured(root: Path) -> None:
    """A cover of the episode whose camera wrote who took it."""
    exif = Image.Exif()
    exif[0x013B] = UNTOLD  # Artist
    picture = root / f"{NEW_EPISODE}/cover.jpg"
    Image.new("RGB", (1400, 1400), "teal").save(picture, exif=exif, comment=UNTOLD.encode())
    assert UNTOLD.encode() in picture.read_bytes()


COVER = ("cover: cover.jpg", "cover_alt: A plain colour", "cover_people: []")
OUT = "cut:\n  - {from: 2.9, to: 5.1}\n"
CASES: tuple[Case, ...] = (
    case("cut at 0", "two seconds", new(edit="cut:\n  - {from: 0, to: 2}\n"), DONE, then=lasts(6)),
    case("at end", "three seconds", new(edit="cut:\n  - {from: 5, to: 8}\n"), DONE, then=lasts(5)),
    case(
        "overlapping/adjacent/reversed ranges",
        "overlapping",
        new(edit="cut:\n  - {from: 1, to: 3}\n  - {from: 2, to: 4}\n"),
        REFUSED,
        "cut[2] begins at 0:02, inside cut[1]",
    ),
    case(
        "overlapping/adjacent/reversed ranges",
        "adjacent",
        new(edit="cut:\n  - {from: 2.9, to: 4}\n  - {from: 4, to: 5.1}\n"),
        DONE,
        then=silent,
    ),
    case(
        "overlapping/adjacent/reversed ranges",
        "reversed",
        new(edit="cut:\n  - {from: 4, to: 2}\n"),
        REFUSED,
        "cut[1] ends at 0:02, and begins at 0:04",
    ),
    case(
        "cut > duration", "behind the end", new(edit="cut:\n  - {from: 2, to: 20}\n"), REFUSED, "edit.yaml:"
    ),
    case("cut > duration", "all of it", new(edit="cut:\n  - {from: 0, to: 8}\n"), 50, "edit.yaml"),
    case(
        "VBR/Xing gap",
        "a recording of variable rate",
        new(recording("mp3", "-q:a", "6"), edit=OUT),
        DONE,
        then=silent,
    ),
    case(
        "VBR/Xing gap",
        "its head lost",
        new(recording("mp3", "-q:a", "6", "-write_xing", "0"), edit=OUT),
        DONE,
        then=silent,
    ),
    case(
        "chapter on a cut edge",
        "at the beginning of a cut",
        new(edit=OUT, front=("chapters: [{start: 0:00, title: One}, {start: 0:02.9, title: Two of them}]",)),
        DONE,
        shows=("Two of them",),
    ),
    case(
        "cue straddle",
        "half of it is cut",
        new(edit="cut:\n  - {from: 1, to: 2}\n"),
        DONE,
        shows=("Goodbye.",),
    ),
    case(
        "overlap speech",
        "a marked cue while somebody else speaks",
        new(
            cues="WEBVTT\n\n00:00.000 --> 00:04.000\n<v p-host>Hello.\n\n"
            f"00:03.000 --> 00:05.000\n<v p-host>[[confidential: {UNTOLD} is next]]\n"
        ),
        REFUSED,
        "transcript.vtt:",
    ),
    case(
        "bleed",
        "softly in the other microphone",
        new(recording(sides=2, quiet=0.1), edit=OUT),
        DONE,
        then=silent,
    ),
    case("bleed", "the control: left in", new(recording(sides=2, quiet=0.1)), DONE, then=whistling),
    case(
        "stereo with one channel muted",
        "the other has it",
        new(recording(sides=2, quiet=0.0), edit=OUT),
        DONE,
        then=silent,
    ),
    case(
        "tone mixed over speech",
        "the tone is in its place, not over it",
        new(edit="replace:\n  - {from: 2.9, to: 5.1, with: tone}\n"),
        DONE,
        then=silent,
    ),
    case("APEv2/ID3v1/trailing bytes", "of the recording", new(tagged, edit=OUT), DONE, then=silent),
    case(
        "hidden second audio stream",
        "with what was taken out of the first",
        new(second_stream),
        DONE,
        then=silent,
    ),
    case("cover with EXIF", "and a comment", all_of(new(front=COVER), pictured), DONE),
    case("TXXX/PRIV/GEOB", "of the recording", new(framed), DONE),
    case("WAV `bext`/`LIST INFO`", "of the recording", new(chunked), DONE),
    case(
        "M4A `udta`",
        "of the recording",
        new(recording("m4a", "-metadata", f"artist={UNTOLD}", "-metadata", f"comment={UNTOLD}")),
        DONE,
    ),
    case(
        "file name with a name",
        "of the recording",
        all_of(
            new(),
            named_after_somebody,
        ),
        50,
    ),
)
