"""The child process: bounded, confined, and never left behind."""

from __future__ import annotations

import os
import random
import resource
import socket
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import needs
import pytest
from sounds import ENGINE, convert, talk, write_wav
from test_published_master import python
from workshop import Workshop

from cop_publish.audio import engine
from cop_publish.audio.argv import (
    Input,
    decode_chunk_argv,
    encode_chunk_argv,
    file_input,
    hear_argv,
    meter_argv,
    probe_argv,
    raw_input,
)
from cop_publish.audio.engine import Limits, find_engine, graph_option, limits_for, run
from cop_publish.audio.proof.sketch import sketch_argv
from cop_publish.audio.recording.listen import listen_argv, rewrite_argv

if TYPE_CHECKING:
    from collections.abc import Iterator

PYTHON = [sys.executable, "-c"]
SOURCE = Input(Path("/a/b.wav"), 1, 60.0)


def everything(argv: list[str], limits: Limits) -> tuple[int, bool, bytes]:
    answer = bytearray()
    outcome = run(argv, answer.extend, lambda _: None, limits)
    return outcome.exit_code, outcome.timed_out, bytes(answer)


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

    def take(chunk: memoryview) -> None:
        seen.append(bytes(chunk))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run([*PYTHON, "import os,time; print(os.getpid(), flush=True); time.sleep(60)"], take, lambda _: None)
    with pytest.raises(ProcessLookupError):
        os.kill(int(seen[0]), 0)


COPY = [
    *PYTHON,
    "import sys\nfor piece in iter(lambda: sys.stdin.buffer.read1(), b''): sys.stdout.buffer.write(piece)",
]


def pieces(count: int, seed: int = 0) -> Iterator[bytes]:
    rng = random.Random(seed)
    yield from (rng.randbytes(rng.randrange(1, 70_000)) for _ in range(count))


def test_a_child_is_fed_while_it_answers() -> None:
    """Far more than the pipes hold, in both directions at once."""
    answer = bytearray()
    assert run(COPY, answer.extend, lambda _: None, feed=pieces(200)).ok
    assert answer == b"".join(pieces(200))


def test_a_child_that_stops_reading_early_ends_the_feeding_quietly() -> None:
    fed: list[int] = []

    def feed() -> Iterator[bytes]:
        for n in range(10_000):
            fed.append(n)
            yield bytes(65_536)

    answer = bytearray()
    outcome = run(["/usr/bin/head", "-c", "10"], answer.extend, lambda _: None, feed=feed())
    assert outcome.ok
    assert answer == bytes(10)
    assert len(fed) < 100


def test_an_error_while_feeding_ends_the_child_and_is_told() -> None:
    def feed() -> Iterator[bytes]:
        yield b"something"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(["/bin/cat"], lambda _: None, lambda _: None, feed=feed())


def test_a_child_that_neither_reads_nor_answers_is_ended() -> None:
    endless = (bytes(65_536) for _ in range(1_000_000))
    outcome = run(["/bin/sleep", "60"], lambda _: None, lambda _: None, Limits(silent_seconds=0.2), endless)
    assert outcome.timed_out


def test_an_error_while_listening_ends_the_feeding() -> None:
    def take(_: memoryview) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(COPY, take, lambda _: None, feed=(bytes(65_536) for _ in range(1_000_000)))


def test_many_runs_go_on_at_once() -> None:
    """Each gets its own input, and none keeps another's pipe open."""

    def once(seed: int) -> bool:
        answer = bytearray()
        outcome = run(COPY, answer.extend, lambda _: None, feed=pieces(20, seed))
        return outcome.ok and answer == b"".join(pieces(20, seed))

    before = set(threading.enumerate())
    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(once, range(18)))
    assert set(threading.enumerate()) <= before


def test_a_child_gets_the_open_files_it_is_given_and_no_others(tmp_path: Path) -> None:
    with (tmp_path / "given").open("w+b") as given, (tmp_path / "kept").open("w+b") as kept:
        os.set_inheritable(kept.fileno(), True)  # noqa: FBT003 - os has it so
        say = f"import os\nos.write({given.fileno()}, b'x')\nos.write({kept.fileno()}, b'x')"
        outcome = run([*PYTHON, say], lambda _: None, lambda _: None, limits_for(1.0, given.fileno()))
        assert not outcome.ok
    assert (tmp_path / "given").read_bytes() == b"x"
    assert (tmp_path / "kept").read_bytes() == b""


def test_longer_sound_may_take_longer() -> None:
    assert limits_for(0.0).processor_seconds == 60
    assert limits_for(3600.0).processor_seconds == 60 + 720


def test_a_graph_is_read_from_a_file_by_every_ffmpeg() -> None:
    for program, option in ((ENGINE, "-/filter_complex"), (needs.program("ffmpeg"), None)):
        found = graph_option(program)
        assert found == (option or found)
        with tempfile.TemporaryFile() as graph:
            graph.write(b"anullsrc=r=48000:cl=mono,atrim=end_sample=480[o]")
            graph.seek(0)
            command = [
                program,
                "-v",
                "error",
                found,
                f"pipe:{graph.fileno()}",
                "-map",
                "[o]",
                "-f",
                "f32le",
                "-",
            ]
            assert len(everything(command, limits_for(1.0, graph.fileno()))[2]) == 4 * 480


def test_a_flood_of_messages_neither_blocks_nor_stays() -> None:
    flood = "import sys\nfor n in range(50000): print('[error] x', file=sys.stderr)"
    outcome = run([*PYTHON, flood], lambda _: None, lambda _: None)
    assert outcome.ok
    assert len(outcome.said) == 40


@pytest.mark.parametrize(
    "argv",
    [
        probe_argv("ffmpeg", SOURCE.path),
        meter_argv("ffmpeg", SOURCE, (7, 8)),
        hear_argv("ffmpeg", [file_input(SOURCE)], ("-filter_complex", "graph"), 9),
        listen_argv("ffmpeg", SOURCE),
        rewrite_argv("ffmpeg", SOURCE, Path("/c/part"), 0),
        sketch_argv("ffmpeg", SOURCE),
    ],
    ids=["probe", "meter", "hear", "listen", "rewrite", "sketch"],
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


def test_every_further_input_is_confined_too() -> None:
    argv = hear_argv("ffmpeg", [file_input(SOURCE), raw_input(1, 7), file_input(SOURCE)], ("-x", "graph"), 9)
    places = [index for index, word in enumerate(argv) if word == "-i"]
    for begin, end in pairwise([0, *places]):
        before = argv[begin:end]
        protocols = before[before.index("-protocol_whitelist") + 1]
        assert protocols == ("pipe" if argv[end + 1] == "pipe:7" else "file,pipe")
        assert "-format_whitelist" in before


@pytest.mark.parametrize(
    "argv", [encode_chunk_argv("ffmpeg", 1, 96), decode_chunk_argv("ffmpeg", 7, 8)], ids=["encode", "decode"]
)
def test_a_chunk_comes_from_a_pipe_and_from_nowhere_else(argv: list[str]) -> None:
    at = argv.index("-i")
    assert argv[at + 1] == "pipe:0"
    assert argv[argv.index("-protocol_whitelist") + 1] == "pipe"
    assert argv[argv.index("-format_whitelist") + 1] == ("f32le" if "libmp3lame" in argv else "mp3")
    assert argv.count("-i") == 1
    assert "-nostdin" in argv


def test_a_run_that_ends_just_as_its_watch_looks_away_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else it is killed after two minutes of silence, which were its own end."""

    class EndedMeanwhile(threading.Event):
        def clear(self) -> None:
            watch._over = True  # noqa: SLF001 - what `end` does in another thread, at just this moment
            self.set()
            super().clear()

    events = SimpleNamespace(Event=EndedMeanwhile, Thread=threading.Thread)
    monkeypatch.setattr(engine, "threading", events)
    with subprocess.Popen([*PYTHON, "import sys; sys.stdin.read()"], stdin=subprocess.PIPE) as child:
        watch = engine._Watch(child, 3.0)  # noqa: SLF001 - the same
        watch.moved()
        watch._thread.join(20)  # noqa: SLF001 - the same
        assert not watch.fired


def test_an_encoder_hands_over_its_frames_in_bulk_and_not_one_by_one(tmp_path: Path) -> None:
    """A socket of this kind keeps apart what was written apart."""
    (tmp_path / "sound").write_bytes(talk(20).astype("<f4").tobytes())
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    argv = encode_chunk_argv(ENGINE, 1, 96)
    with ours, theirs, (tmp_path / "sound").open("rb") as sound:
        child = subprocess.Popen(argv, stdin=sound, stdout=theirs.fileno())
        theirs.close()
        sizes = [len(piece) for piece in iter(lambda: ours.recv(1 << 18), b"")]
        assert child.wait() == 0
    assert sum(sizes) > 800 * 288
    assert len(sizes) < 20


def test_the_settings_may_name_an_engine(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "ffmpeg").symlink_to(ENGINE)
    assert find_engine("", tmp_path) == ENGINE
    assert find_engine(ENGINE, tmp_path) == ENGINE
    assert find_engine("bin/ffmpeg", tmp_path) == str(tmp_path / "bin" / "ffmpeg")
    assert find_engine("no/such", tmp_path) is None


# The process's own peak is read where the kernel keeps it for this program alone: ru_maxrss of a process
# that was forked begins with its parent's, and a test worker is large.  A child's begins with ours, and says
# nothing; what ffmpeg needs does not depend on the length.
PEAK = """
import pathlib, re
shop.episode.chapters
shop.produce()
print(re.search(r"VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())[1])
"""


def test_memory_hardly_grows_with_length(tmp_path: Path) -> None:
    """Three hours would need 120 MB more than four minutes, a few chunks, do: at most 700 KiB a minute."""
    peaks = []
    for minutes in (4, 20):
        workshop = Workshop(tmp_path / str(minutes))
        short = write_wav(tmp_path / "short.wav", talk(20, rate_hz=8000), rate_hz=8000)
        convert(short, workshop.recording, "-af", f"aloop=-1:size=160000,atrim=end={60 * minutes}")
        peaks.append(int(_said(python(workshop.root, PEAK))))
    assert peaks[1] - peaks[0] < 16 * 700
    assert peaks[0] < 120_000


def _said(argv: list[str]) -> str:
    code, _, said = everything(argv, Limits(silent_seconds=100))
    assert code == 0
    return said.decode().split()[-1]


def test_the_limits_are_real_ones() -> None:
    limits = everything([*PYTHON, "import resource as r; print(r.getrlimit(r.RLIMIT_CPU)[0])"], Limits())
    assert int(limits[2]) == Limits().processor_seconds != resource.RLIM_INFINITY
