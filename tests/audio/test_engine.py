"""The child process: bounded, confined, and never left behind."""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

import pytest
from sounds import ENGINE, convert, talk, write_wav
from test_published_master import python
from workshop import Workshop

from cop_publish.audio.argv import Input, encode_argv, measure_argv, probe_argv
from cop_publish.audio.engine import Limits, find_engine, run
from cop_publish.audio.planning.plan import AS_IT_IS_MONO, Plan

PYTHON = [sys.executable, "-c"]
SOURCE = Input(Path("/a/b.wav"), 1, 60.0)


def everything(argv: list[str], limits: Limits) -> tuple[int, bool, bytes]:
    pieces: list[bytes] = []
    outcome = run(argv, pieces.append, lambda _: None, limits)
    return outcome.exit_code, outcome.timed_out, b"".join(pieces)


def test_a_child_that_hangs_is_ended() -> None:
    code, timed_out, _ = everything(["/bin/sleep", "60"], Limits(silent_seconds=0.2))
    assert timed_out
    assert code != 0


def test_a_child_that_keeps_talking_is_not() -> None:
    talk_on = "import sys,time\nfor n in range(12): print(n, flush=True); time.sleep(0.05)"
    assert everything([*PYTHON, talk_on], Limits(silent_seconds=0.45))[:2] == (0, False)


def test_a_child_that_takes_all_memory_is_refused_it() -> None:
    code, _, said = everything([*PYTHON, "bytearray(3 << 30); print('got it')"], Limits(memory_bytes=1 << 30))
    assert code != 0
    assert said == b""


def test_a_child_that_computes_without_end_is_ended() -> None:
    code, timed_out, _ = everything([*PYTHON, "while True: pass"], Limits(processor_seconds=1))
    assert code < 0
    assert not timed_out


def test_a_child_gets_no_secrets_and_writes_in_private(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a secret")
    monkeypatch.setenv("http_proxy", "http://proxy.example")
    said = everything(
        [*PYTHON, f"import os; print(sorted(os.environ)); open({str(tmp_path / 'x')!r}, 'w')"], Limits()
    )
    assert b"AWS" not in said[2]
    assert b"proxy" not in said[2]
    assert (tmp_path / "x").stat().st_mode & 0o777 == 0o600


def test_an_error_while_listening_ends_the_child() -> None:
    seen: list[bytes] = []

    def take(chunk: bytes) -> None:
        seen.append(chunk)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run([*PYTHON, "import os,time; print(os.getpid(), flush=True); time.sleep(60)"], take, lambda _: None)
    with pytest.raises(ProcessLookupError):
        os.kill(int(seen[0]), 0)


def test_a_flood_of_messages_neither_blocks_nor_stays() -> None:
    flood = "import sys\nfor n in range(50000): print('[error] x', file=sys.stderr)"
    outcome = run([*PYTHON, flood], lambda _: None, lambda _: None)
    assert outcome.ok
    assert len(outcome.said) == 40


@pytest.mark.parametrize(
    "argv",
    [
        probe_argv("ffmpeg", SOURCE.path),
        measure_argv("ffmpeg", SOURCE),
        encode_argv("ffmpeg", SOURCE, Plan(AS_IT_IS_MONO, 96, 1.0, -1.7, 480), Path("/c/part")),
    ],
    ids=["probe", "measure", "encode"],
)
def test_every_command_is_confined(argv: list[str]) -> None:
    at = argv.index("-i")
    assert argv[at + 1] == "file:/a/b.wav"
    before = argv[:at]
    assert before[before.index("-protocol_whitelist") + 1] == "file,pipe"
    demuxers = before[before.index("-format_whitelist") + 1].split(",")
    assert not {"concat", "hls", "dash", "image2", "lavfi", "sdp", "applehttp"} & set(demuxers)
    assert "-nostdin" in before
    for option in ("-map_metadata", "-map_chapters"):
        assert argv[argv.index(option) + 1] == "-1"
    assert {"-vn", "-sn", "-dn"} <= set(argv)


def test_the_limiter_is_left_out_where_nothing_is_limited() -> None:
    with_it = encode_argv("ffmpeg", SOURCE, Plan(AS_IT_IS_MONO, 96, 1.0, -1.7, 480), Path("/c"))
    without = encode_argv("ffmpeg", SOURCE, Plan(AS_IT_IS_MONO, 96, 1.0, None, 480), Path("/c"))
    assert "alimiter=limit=0.822243" in " ".join(with_it)
    assert "alimiter" not in " ".join(without)


def test_the_settings_may_name_an_engine(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "ffmpeg").symlink_to(ENGINE)
    assert find_engine("", tmp_path) == ENGINE
    assert find_engine(ENGINE, tmp_path) == ENGINE
    assert find_engine("bin/ffmpeg", tmp_path) == str(tmp_path / "bin" / "ffmpeg")
    assert find_engine("no/such", tmp_path) is None


# The process's own peak is read where the kernel keeps it for this program alone: ru_maxrss of a process
# that was forked begins with its parent's, and a test worker is large.
PEAK = """
import pathlib, re, resource
shop.episode.chapters
shop.produce()
own = int(re.search(r"VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())[1])
print(own + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def test_memory_does_not_grow_with_length(tmp_path: Path) -> None:
    """Twenty minutes need no more than twenty seconds do (both processes at their highest, in KiB)."""
    peaks = []
    for seconds in (20, 1200):
        workshop = Workshop(tmp_path / str(seconds))
        short = write_wav(tmp_path / "short.wav", talk(20, rate_hz=8000), rate_hz=8000)
        convert(short, workshop.recording, "-af", f"aloop=-1:size=160000,atrim=end={seconds}")
        peaks.append(int(_said(python(workshop.root, PEAK))))
    assert peaks[1] < peaks[0] + 16_000
    assert peaks[1] < 250_000


def _said(argv: list[str]) -> str:
    code, _, said = everything(argv, Limits(silent_seconds=100))
    assert code == 0
    return said.decode().split()[-1]


def test_the_limits_are_real_ones() -> None:
    limits = everything([*PYTHON, "import resource as r; print(r.getrlimit(r.RLIMIT_CPU)[0])"], Limits())
    assert int(limits[2]) == Limits().processor_seconds != resource.RLIM_INFINITY
