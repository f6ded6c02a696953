"""What a producer is told of the sound: in lines, in numbers, in a picture."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from cop_publish.core.loudness import Proof, Removed, SoundReport
from cop_publish.core.model import Loudness
from cop_publish.core.sound_words import in_ascii, minutes_of, report_json, report_lines
from cop_publish.render.loudness_svg import loudness_svg

PROOF = Proof(
    edits_sha256="e" * 64,
    samples=69_600_000,
    blocks=14_500,
    blocks_accounted=14_500,
    weakest_block=0.81,
    removed=(
        Removed(60.0, 66.0, "nothing", 0.21),
        Removed(90.0, 96.4, "tone", 0.12),
        Removed(99.0, 99.2, "nothing", None),
    ),
    control=0.998,
)
REPORT = SoundReport(
    before=Loudness(-26.5, -8.2, 14.2),
    after=Loudness(-16.0, -1.2, 3.1),
    plain_lufs=-19.0,
    channels=1,
    kbps=96,
    minutes_before_lufs=(-33.0, -30.0, -22.0, -math.inf, -26.0, -15.0),
    minutes_lufs=(-17.0, -16.2, -15.8, -math.inf, -16.0, -15.9),
    noise_floor_before_lufs=-61.2,
    noise_floor_lufs=-58.8,
    leveller_least_db=-3.02,
    leveller_most_db=9.0,
    limited_most_db=3.2,
    limited_seconds=0.84,
    clipped_samples=0,
    dc_offset=0.0001,
    cut_seconds=12.4,
    cuts=2,
    replaced=1,
    pauses=31,
    pause_seconds=82.0,
    remarks=("one channel was upside down, and is turned back",),
    proof=PROOF,
    cut_marks_seconds=(60.0, 84.0),
)


def test_a_producer_reads_what_came_in_what_went_out_and_what_was_done() -> None:
    assert report_lines(REPORT, "012-citizens-jury", 1450.2) == [
        "012-citizens-jury  24:10  mono 96 kb/s",
        "  came in   −26.5 LUFS, range 14.2 LU, peak  −8.2 dBTP, noise −61",
        "  went out  −16.0 LUFS, range  3.1 LU, peak  −1.2 dBTP, noise −59",
        "  (a plain meter reads −19.0: it is mono, and heard from two loudspeakers)",
        "  before    ▁▂▅ ▃▇",
        "  after     ▆▆▇ ▇▇  a block is a minute",
        "  levelled by −3.0 to +9.0 dB, limited for 0.8 s, at most by 3.2 dB",
        "  2 cuts (12.4 s), 1 range replaced by a tone or silence, 31 pauses shortened",
        "    (1:22)",
        "  one channel was upside down, and is turned back",
        "  proved: 14,500 of 14,500 blocks accounted for; 2 removed ranges not found",
        "    anywhere (highest 0.21, a kept second scored 1.00); 1 range too short or",
        "    silent to search for: length and blocks cover it",
    ]


QUIET = replace(
    REPORT,
    channels=2,
    kbps=128,
    plain_lufs=-16.0,
    minutes_before_lufs=(-20.0,),
    minutes_lufs=(-16.0,),
    leveller_least_db=0.0,
    leveller_most_db=0.0,
    limited_most_db=0.0,
    limited_seconds=0.0,
    cuts=0,
    cut_seconds=0.0,
    replaced=0,
    pauses=0,
    pause_seconds=0.0,
    remarks=(),
    noise_floor_before_lufs=-math.inf,
    noise_floor_lufs=-70.0,
    proof=replace(PROOF, removed=(), control=None),
    cut_marks_seconds=(),
)


def test_nothing_is_said_of_what_was_not_done() -> None:
    assert report_lines(QUIET, "013-short", 59.6) == [
        "013-short  1:00  stereo 128 kb/s",
        "  came in   −26.5 LUFS, range 14.2 LU, peak  −8.2 dBTP",
        "  went out  −16.0 LUFS, range  3.1 LU, peak  −1.2 dBTP",
        "  proved: 14,500 of 14,500 blocks accounted for",
    ]


def test_a_clipped_recording_and_an_offset_are_named_with_their_cure() -> None:
    said = " ".join(report_lines(replace(QUIET, clipped_samples=1, dc_offset=-0.3), "x", 10.0))
    assert "the recording is clipped (1 sample): record with more room above the voice" in said
    assert "zero line is off by 30% of full scale" in said


@pytest.mark.parametrize("minutes", [2, 24, 47, 48, 95, 180, 360, 1440])
def test_every_line_fits_eighty_columns_however_long_the_episode(minutes: int) -> None:
    long = replace(REPORT, minutes_lufs=(-16.0,) * minutes, minutes_before_lufs=(-60.0,) * minutes)
    for lines in (report_lines(long, "012-citizens-jury", 60.0 * minutes), report_lines(REPORT, "i", 9.0)):
        assert max(map(len, lines)) <= 80
    assert any("█" in line or "▇" in line for line in report_lines(long, "i", 9.0))


def test_a_terminal_without_blocks_gets_plain_characters() -> None:
    told = report_lines(REPORT, "012-citizens-jury", 1450.2)
    lines = in_ascii(told)
    assert all(line.isascii() for line in lines)
    assert "?" not in "".join(lines)
    assert lines[1].startswith("  came in   -26.5 LUFS")
    assert [len(line) for line in lines] == [len(line) for line in told]


def test_minutes_that_share_a_column_are_averaged_as_energy() -> None:
    width, columns = minutes_of([-20.0, -math.inf, -20.0, -10.0], 2)
    assert width == 2
    assert columns == pytest.approx((-23.01, -12.6), abs=0.01)


def test_scripts_get_numbers_and_hashes_and_no_sentence() -> None:
    value = report_json(REPORT)
    assert value == json.loads(json.dumps(value, allow_nan=False))
    assert value["proof"]["removed"][1] == {
        "start_seconds": 90.0,
        "end_seconds": 96.4,
        "instead": "tone",
        "score": 0.12,
    }
    assert value["minutes_lufs"][3] is None
    assert value["after"]["integrated_lufs"] == -16.0
    assert "upside" not in json.dumps(value)


# --- the picture ----------------------------------------------------------------------------------

_SVG = "{http://www.w3.org/2000/svg}"


def test_the_picture_says_in_words_what_it_shows_and_needs_nothing_from_elsewhere() -> None:
    picture = loudness_svg(REPORT)
    root = ET.fromstring(picture)  # noqa: S314 - we wrote it
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", "title desc")
    said = root.findtext(f"{_SVG}desc") or ""
    assert "Before: -26.5 LUFS. After: -16.0 LUFS, each minute between -17.0 and -15.8." in said
    assert "Something was taken out at 2 places." in said
    assert root.findtext(f"{_SVG}title") == "Loudness, minute by minute"
    text = picture.decode()
    assert "prefers-color-scheme: dark" in text
    assert not re.search(r"<script|<image|<use|href|@import|url\(|on\w+=", text)
    assert text.count("http") == 1  # the name of SVG itself


def test_before_after_target_and_cuts_are_drawn_where_they_belong() -> None:
    root = ET.fromstring(loudness_svg(REPORT))  # noqa: S314 - we wrote it
    drawn: dict[str, list[str]] = {}
    for path in root.iter(f"{_SVG}path"):
        drawn.setdefault(path.get("class", ""), []).append(path.get("d", ""))
    target, after = drawn["target"][0], drawn["after"][0]
    level = float(re.findall(r"M56 ([\d.]+)H", target)[0])
    assert float(after.split("M")[2].split(" ")[1].split("H")[0]) == level  # the minute at -16.0
    assert after.count("M") == 2  # broken where it is silent
    assert len(drawn["cut"]) == 3  # two places, and the legend
    assert drawn["cut"][0].startswith("M164.0 ")  # one minute of six
    numbers = [n for paths in drawn.values() for d in paths for n in re.findall(r"[\d.]+", d)]
    assert all(0 <= float(n) <= 720 for n in numbers)


@pytest.mark.parametrize("minutes", [0, 1, 180, 1440])
def test_any_length_makes_a_picture_of_one_size(minutes: int) -> None:
    of = replace(REPORT, minutes_lufs=(-16.0,) * minutes, minutes_before_lufs=(-math.inf,) * minutes)
    picture = loudness_svg(of)
    assert picture == loudness_svg(of)
    assert len(picture) < 20_000
    assert len(list(ET.fromstring(picture).iter(f"{_SVG}text"))) < 30  # noqa: S314 - we wrote it


def test_every_text_and_line_can_be_told_from_its_paper_in_light_and_dark() -> None:
    """WCAG 2.2: 4.5 to 1 for text, 3 to 1 for lines that mean something."""
    text = loudness_svg(REPORT).decode()
    colours = re.findall(r"--(\w+): (#\w+)", text)
    for half in (dict(colours[:6]), dict(colours[6:])):
        assert {"paper", "ink", "soft", "now", "cut"} <= half.keys()
        for name in ("ink", "soft", "now", "cut"):
            assert _contrast(half[name], half["paper"]) >= 4.5


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * c for c in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
