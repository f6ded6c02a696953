"""How ffmpeg's lines become the places where a recording is damaged, and these a remark or a refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sounds import ENGINE, talk, write_wav

from cop_publish.audio.faults import Refused
from cop_publish.audio.recording.listen import Damage, Ear
from cop_publish.audio.recording.probe import Source, probe
from cop_publish.audio.recording.whole import check_whole

if TYPE_CHECKING:
    from pathlib import Path

VOICE = talk(1)
OPENED = ["[info] Input #0, mp3, from 'x':"]


def frames(count: int, start: float = 0.0, each: float = 0.5) -> list[str]:
    return [
        f"[Parsed_ametadata_2 @ 0x5] [info] frame:{index:<4} pts:{index:<7} pts_time:{start + index * each}"
        for index in range(count)
    ]


def heard(*lines: str) -> Damage:
    ear = Ear()
    for line in lines:
        ear.hear(line)
    return ear.damage()


def test_the_ear_counts_what_was_decoded() -> None:
    assert heard(*OPENED, *frames(10)) == Damage(5.0, (), 1, 0.5)


def test_the_ear_goes_on_counting_where_the_filters_were_built_anew() -> None:
    assert heard(*OPENED, *frames(10), *frames(4)) == Damage(7.0, (), 2, 0.5)


def test_faults_close_together_are_one_place() -> None:
    fault = "[mp3float @ 0x1] [error] Header missing"
    lines = [*frames(4), fault, fault, *frames(1, 2.0), fault, *frames(4, 2.5), fault]
    assert heard(*OPENED, *lines).places_seconds == (2.0, 4.5)


DAMAGE = [
    "[aac @ 0x1] [error] Input buffer exhausted",
    "[in#0/wav @ 0x1] [warning] Packet corrupt (stream = 0, dts = NOPTS).",
    "[info]     comment         : [error] x",  # a file that lies costs itself a remark, and nothing else
]
NO_DAMAGE = [
    "[in#0/mp3 @ 0x1] [warning] Estimating duration from bitrate",
    "[f32le @ 0x1] [error] Application provided invalid, non monotonically increasing dts",
]


@pytest.mark.parametrize("line", DAMAGE)
def test_what_could_not_be_decoded_is_damage(line: str) -> None:
    assert heard(*OPENED, *frames(3), line).places_seconds == (1.5,)


@pytest.mark.parametrize("line", NO_DAMAGE)
def test_a_guess_and_a_joint_are_no_damage(line: str) -> None:
    assert heard(*OPENED, *frames(3), line).places_seconds == ()


def test_faults_while_opening_are_not_counted_twice() -> None:
    assert heard("[in#0 @ 0x1] [error] CRC mismatch!", *OPENED, *frames(3)).places_seconds == ()


def source_of(declared_seconds: float | None, path: Path) -> Source:
    return Source(
        probe(ENGINE, path).input, declared_seconds, with_video=False, end_known=declared_seconds is not None
    )


def test_many_places_are_summed_up(tmp_path: Path) -> None:
    source = source_of(100.0, write_wav(tmp_path / "x.wav", VOICE))
    places = tuple(float(10 * n) for n in range(1, 9))
    (remark,) = check_whole(source, 100.0, Damage(100.0, places, 1, 0.024))
    assert "at 0:10, 0:20, 0:30, 0:40, 0:50 and in 3 more places" in remark


def test_silence_filled_in_for_lost_sound_is_not_taken_for_sound(tmp_path: Path) -> None:
    source = source_of(100.0, write_wav(tmp_path / "x.wav", VOICE))
    with pytest.raises(
        Refused, match=r"first at 0:10, and part of it is lost: 90\.0 s can be read of 100\.0 s"
    ):
        check_whole(source, 100.0, Damage(90.0, (10.0,), 1, 0.024))
