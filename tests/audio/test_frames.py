"""Which frames an encoder makes, where they stand, and what is no frame."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cop_publish.audio.grid import BLOCK, CHUNK_FRAMES, FRAME
from cop_publish.audio.mp3 import frames
from cop_publish.audio.mp3.frames import (
    BrokenFrames,
    Chunk,
    check_frames,
    chunks_of,
    chunks_touching,
    frame_bytes,
    frames_for,
    parse_header,
    walk,
)

MONO_96 = bytes((0xFF, 0xFB, 0x74, 0xC4, 0, 0))  # header and the start of the side information
STEREO_128 = bytes((0xFF, 0xFB, 0x94, 0x44, 0, 0))


def frame(start: bytes, size: int) -> bytes:
    return start + bytes(size - len(start))


def test_a_header_says_how_long_its_frame_is() -> None:
    assert parse_header(MONO_96) == frames.Header(96, 48_000, 0, 1, 0)
    assert parse_header(STEREO_128) == frames.Header(128, 48_000, 0, 2, 0)
    assert parse_header(MONO_96).size_bytes == frame_bytes(96) == 288
    assert parse_header(STEREO_128).size_bytes == frame_bytes(128) == 384
    padded = parse_header(bytes((0xFF, 0xFB, 0x92, 0x44, 0, 0)))  # 44.1 kHz, where sizes alternate
    assert (padded.rate_hz, padded.size_bytes) == (44_100, 418)


def test_a_frame_that_borrows_from_others_is_known() -> None:
    assert parse_header(bytes((0xFF, 0xFB, 0x74, 0xC4, 0x01, 0x80))).borrowed_bytes == 3
    stream = frame(MONO_96, 288) + frame(bytes((0xFF, 0xFB, 0x74, 0xC4, 0x01, 0x80)), 288)
    with pytest.raises(BrokenFrames, match="frame 1"):
        check_frames(stream, 96, 1)


@pytest.mark.parametrize(
    "stream",
    [
        b"ID3\x03" + bytes(300),
        frame(MONO_96, 288) + b"junk in between" + frame(MONO_96, 288),
        frame(MONO_96, 288) + frame(MONO_96, 287),
        frame(MONO_96, 288) + b"\xff",
        frame(bytes((0xFF, 0xFB, 0xF4, 0xC4, 0, 0)), 288),  # no such bit rate
        frame(bytes((0xFF, 0xFB, 0x7C, 0xC4, 0, 0)), 288),  # no such sample rate
        frame(bytes((0xFF, 0xFD, 0x74, 0xC4, 0, 0)), 288),  # layer II
    ],
    ids=["tag", "junk", "cut off", "a byte more", "bit rate", "sample rate", "layer"],
)
def test_what_is_no_frame_is_refused(stream: bytes) -> None:
    with pytest.raises(BrokenFrames):
        list(walk(stream))


def test_frames_that_are_not_all_alike_are_refused() -> None:
    assert check_frames(3 * frame(MONO_96, 288), 96, 1) == 3
    assert check_frames(b"", 96, 1) == 0
    for other in (frame(STEREO_128, 384), frame(bytes((0xFF, 0xFB, 0x94, 0xC4, 0, 0)), 384)):
        with pytest.raises(BrokenFrames, match="frame 1"):
            check_frames(frame(MONO_96, 288) + other, 96, 1)


@given(st.integers(1, 10**10))
def test_the_last_frame_holds_the_last_sample_after_both_delays(samples: int) -> None:
    count = frames_for(samples)
    assert (count - 1) * FRAME < samples + 576 + 529 <= count * FRAME


@given(st.integers(1, 10**6), st.integers(200, 10_000))
def test_chunks_are_all_frames_once_in_order_and_on_the_grid_of_blocks(count: int, longest: int) -> None:
    chunks = chunks_of(count, longest // 25 * 25)
    assert chunks[0].first == 0
    assert chunks[-1].stop == count
    assert all(a.stop == b.first for a, b in pairwise(chunks))
    assert all(c.first * FRAME % BLOCK == 0 and 0 < c.stop - c.first <= longest + 25 for c in chunks)


def test_short_episodes_keep_several_encoders_busy_and_long_ones_have_chunks_of_a_usual_length() -> None:
    assert [len(chunks_of(n)) for n in (1, 499, 999, 1000, 1999, 2000, 5000, 16_701)] == [
        *(1, 1, 1, 2, 2, 4, 4, 4)
    ]
    hours = chunks_of(450_000)
    assert len(hours) == 72
    assert all(6225 <= c.stop - c.first <= CHUNK_FRAMES for c in hours)


@given(
    st.lists(
        st.tuples(st.integers(0, 40_000_000), st.integers(1, 60_000)).map(lambda r: (r[0], r[0] + r[1])),
        min_size=1,
        max_size=20,
    )
)
def test_what_is_made_again_holds_every_frame_that_a_change_can_reach(ranges: list[tuple[int, int]]) -> None:
    count = 40_000
    again = chunks_touching(ranges, count)
    assert all(c.first * FRAME % BLOCK == 0 and c.first < c.stop <= count for c in again)
    assert all(a.stop <= b.first for a, b in pairwise(again))
    made = {n for c in again for n in range(c.first, c.stop)}
    for start, stop in ranges:
        reached = range(max(0, start // FRAME - 3), min(count, stop // FRAME + frames.PREROLL_FRAMES))
        assert made.issuperset(reached)


def test_a_change_makes_little_again() -> None:
    assert chunks_touching([(48_000_000, 48_001_000)], 100_000) == (Chunk(41_650, 41_800),)
    assert chunks_touching([], 100_000) == ()
