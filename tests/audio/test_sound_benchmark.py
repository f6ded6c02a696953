"""What the sound benchmark rests on: its sounds, its readers of other programs' words, its search."""

from __future__ import annotations

import io
import os
import sys
from dataclasses import replace
from pathlib import Path

import needs
import numpy as np
import pytest
from by_loudnorm import measured_in
from contenders import OURS_MONO, PYDUB, engine
from generated_sound import Asked, Kind, Turn, make
from judges import Verdict, channels_of, judge, leaked, tag_names, warnings_in
from meters import gated_lufs, hear, parse_bs1770gain, parse_ebur128, parse_loudgain, spread_lu
from results import Results, Run, load
from search import RATE_HZ, best_match, scores
from sounds import convert, decode
from targets import error_lu, peak_dbtp, targets, wall_seconds
from watch import Taken, parent_in, run
from wav_file import SECRET, write_header

VERDICT = Verdict(
    channels=1,
    kbps=96,
    heard_lufs={"a meter": -16.01, "another": -15.98},
    true_peak_dbtp={"a meter": -1.2, "another": -1.1},
    range_lu=3.0,
    spread_before_lu=12.0,
    spread_lu=0.5,
    samples_off=0,
    mp3val=[],
    leaked=[],
    tags=[],
    planted=None,
    control=None,
)
DIGESTS = {  # of the sound behind the header: equal on every machine
    Kind.EPISODE: "d5ad38d8778b29d7726d4e7368c1a4400566b82c4ad75ba11c21c65f0a9409d6",
    Kind.HITS: "1d6b62d408b67937e30f30a3e99181c0e4261dec5f6c1a73f26eaf3656aa6b05",
    Kind.PLANTED: "d599601b131d151c2e4a70a3c8b2ac8728748ce69518e2a0a02ceb3688cffabe",
}


@pytest.mark.parametrize("kind", list(DIGESTS))
def test_a_test_sound_is_the_same_on_every_machine(kind: Kind, tmp_path: Path) -> None:
    assert make(Asked("it", kind, 64), tmp_path).sha256 == DIGESTS[kind]


def test_a_sound_in_the_folder_is_taken_with_its_truth_and_one_of_another_length_is_made_anew(
    tmp_path: Path,
) -> None:
    asked = Asked("it", Kind.EPISODE, 30)
    made = make(asked, tmp_path)
    written = made.path.stat().st_mtime_ns
    assert make(asked, tmp_path) == made
    assert made.path.stat().st_mtime_ns == written
    assert make(replace(asked, seconds=31), tmp_path).samples == 31 * 48_000


def test_the_speakers_of_an_episode_are_twelve_lu_apart_and_its_truth_says_when_they_speak(
    tmp_path: Path,
) -> None:
    sound = make(Asked("it", Kind.EPISODE, 70), tmp_path)
    heard = hear(engine(), sound.path)
    assert {turn.speaker for turn in sound.turns} == {0, 1, 2, 3}
    assert spread_lu(heard.momentary_lufs, sound.turns) == pytest.approx(12.0, abs=0.6)


def test_the_recording_names_its_maker_and_a_plain_encode_is_caught_with_the_name(tmp_path: Path) -> None:
    sound = make(Asked("it", Kind.EPISODE, 14), tmp_path)
    plain = convert(sound.path, tmp_path / "plain.mp3", "-b:a", "96k")
    bare = convert(
        sound.path, tmp_path / "bare.mp3", "-map_metadata", "-1", "-id3v2_version", "0", "-ac", "1"
    )
    assert SECRET in leaked(plain)
    assert leaked(bare) == []
    assert (channels_of(plain), channels_of(bare)) == (2, 1)


def test_a_header_is_as_long_as_it_says() -> None:
    file = io.BytesIO()
    write_header(file, 48_000, 2, 1000)
    head = file.getvalue()
    assert int.from_bytes(head[4:8], "little") + 8 == len(head) + 4000
    assert head.index(b"data") == len(head) - 8


def test_a_stretch_that_was_left_in_is_found_and_one_that_was_cut_is_not(tmp_path: Path) -> None:
    sound = make(Asked("it", Kind.PLANTED, 54), tmp_path)
    assert sound.planted is not None
    start, end = sound.planted
    graph = (
        f"asplit[a][b];[a]atrim=end={start}[c];"
        f"[b]atrim=start={end},asetpts=PTS-STARTPTS[d];[c][d]concat=v=0:a=1"
    )
    kept = convert(sound.path, tmp_path / "kept.mp3", "-b:a", "96k")
    cut = convert(sound.path, tmp_path / "cut.mp3", "-b:a", "96k", "-filter_complex", graph)
    cut_samples = round((end - start) * 48_000)
    found = judge(engine(), sound, kept, cut_samples=0)
    clean = judge(engine(), sound, cut, cut_samples=cut_samples)
    assert found.planted is not None
    assert clean.planted is not None
    assert clean.control is not None
    assert found.planted > 0.9
    assert clean.planted < 0.6
    assert clean.control > 0.9
    assert (found.samples_off, clean.samples_off) == (0, 0)
    assert len(decode(cut)) == sound.samples - cut_samples


def test_a_window_is_found_wherever_it_stands_and_however_loud() -> None:
    noise = np.random.default_rng(1).standard_normal(40 * RATE_HZ)
    window = noise[-RATE_HZ:]  # across the last of the blocks that are searched
    assert best_match(window, 0.1 * noise) == pytest.approx(1.0, abs=1e-6)
    assert best_match(window, noise[:-RATE_HZ]) < 0.1
    assert best_match(window, np.zeros(2 * RATE_HZ)) == 0.0
    assert len(scores(noise, (1.0, 3.0), noise)) == 2


def test_speakers_are_measured_in_their_own_turns_and_without_their_pauses() -> None:
    blocks = [-20.0] * 20 + [-90.0] * 20 + [-30.0] * 20
    turns = [Turn(0, 0.0, 4.0), Turn(1, 4.0, 6.0)]
    assert spread_lu(blocks, turns) == pytest.approx(10.0)
    assert gated_lufs([-20.0, -20.0, -45.0]) == pytest.approx(-20.0)
    assert gated_lufs([]) < -100


def test_the_last_word_of_a_meter_counts() -> None:
    said = ["lavfi.r128.M=-20.5", "lavfi.r128.I=-70.0", "frame:1 pts:4800", "lavfi.r128.M=nan"]
    said += ["lavfi.r128.I=-16.02", "lavfi.r128.true_peaks_ch0=0.891", "lavfi.r128.true_peaks_ch1=0.5"]
    heard = parse_ebur128(said)
    assert heard.integrated_lufs == -16.02
    assert heard.momentary_lufs == [-20.5, -120.0]
    assert heard.reading("it").true_peak_dbtp == pytest.approx(-1.0, abs=0.01)


def test_other_meters_are_read_from_what_they_print() -> None:
    table = "File\tLoudness\tRange\tTrue_Peak\nit.mp3\t-16.02 LUFS\t3.10 dB\t0.500000\n"
    xml = (
        '<!-- analyzing ... --><bs1770gain norm="-23.00"><track total="1" number="1" file="it.mp3">'
        '<integrated lufs="-16.03" lu="1"/><true-peak tpfs="-6.02" amplitude="0.5"/></track></bs1770gain>'
    )
    assert parse_loudgain(table).plain_lufs == -16.02
    assert parse_loudgain(table).true_peak_dbtp == pytest.approx(-6.02, abs=0.01)
    assert parse_bs1770gain(xml).plain_lufs == -16.03
    assert parse_bs1770gain(xml).true_peak_dbtp == pytest.approx(-6.02, abs=0.01)


def test_a_missing_tag_is_no_warning_but_a_broken_frame_is() -> None:
    said = 'WARNING: "/a/b.mp3": No supported tags in the file\nWARNING: "/a/b.mp3" (offset 0x1): Garbage\n'
    assert warnings_in('WARNING: "/a/b.mp3": No supported tags in the file\nDone!\n') == []
    assert len(warnings_in(said)) == 1


def test_tags_are_counted_but_the_one_that_ffmpeg_writes_of_itself() -> None:
    assert tag_names(";FFMETADATA1\nartist=Recordist Example\nencoder=Lavf\n") == ["artist"]


def test_the_second_pass_is_told_what_the_first_measured() -> None:
    said = '[Parsed_loudnorm_0]\n{ "input_i" : "-26.1", "input_tp" : "-3.2", "input_lra" : "12.0",'
    said += ' "input_thresh" : "-37.0", "target_offset" : "0.4" }\n'
    assert measured_in(said) == (
        "measured_I=-26.1:measured_TP=-3.2:measured_LRA=12.0:measured_thresh=-37.0:offset=0.4"
    )


def test_a_parent_is_found_behind_any_name() -> None:
    assert parent_in("17 (a (very) odd name) S 4 17 17 0") == 4


def test_the_memory_and_processor_time_of_a_child_are_those_of_the_program(tmp_path: Path) -> None:
    if not Path("/proc/self/smaps_rollup").exists():
        needs.missing("the benchmark counts memory as Linux does, in /proc")
    child = "import sys,time; x = bytearray(60_000_000); x[::4096] = b'1' * len(x[::4096]); time.sleep(0.6)"
    program = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"

    taken = run([sys.executable, "-c", program], os.environ, tmp_path / "log")
    assert taken.exit_code == 0
    assert 60_000_000 < taken.peak_pss_bytes < 120_000_000
    assert taken.wall_seconds > 0.6
    assert 0.01 < taken.cpu_seconds < taken.wall_seconds


def test_a_stopped_benchmark_goes_on_and_forgets_only_what_it_is_told_to(tmp_path: Path) -> None:
    results = _results(tmp_path)
    results.runs.append(replace(results.runs[0], round=2, sha256=""))  # it failed
    results.save()
    again = load(results.path, {"cpu": "made up", "date": "later"})
    assert (again.runs, again.verdicts) == (results.runs[:2], results.verdicts)
    assert again.has("episode-1", PYDUB.name, 1)
    again.forget(["ours"])
    assert not again.has("episode-1", OURS_MONO.name, 1)
    assert again.has("episode-1", PYDUB.name, 1)
    assert again.verdicts["episode-1"] == {}
    with pytest.raises(SystemExit, match="elsewhere"):
        load(results.path, {"cpu": "another", "date": ""})


def test_a_target_that_was_missed_is_called_so(tmp_path: Path) -> None:
    results = _results(tmp_path)
    assert wall_seconds(results, "episode-1", PYDUB.name) == 4.0
    assert error_lu(VERDICT) == pytest.approx(0.02)
    assert peak_dbtp(VERDICT) == -1.1
    assert not [line for line in targets(results) if line.startswith("NOT")]
    del results.verdicts["episode-1"][OURS_MONO.name]
    assert [line for line in targets(results) if "not judged" in line]
    loud = replace(VERDICT, true_peak_dbtp={"a meter": -1.2, "another": -0.9}, channels=2)
    results.verdicts["episode-1"][OURS_MONO.name] = loud
    missed = [line for line in targets(results) if line.startswith("NOT")]
    assert len(missed) == 2
    assert "true peak" in missed[0]
    assert "channels" in missed[1]


def _results(folder: Path) -> Results:
    ours = Run("episode-1", OURS_MONO.name, 1, "ab", Taken(2.0, 3.0, 100_000_000, 0, ""), "p")
    pydub = Run("episode-1", PYDUB.name, 1, "cd", Taken(4.0, 4.0, 300_000_000, 0, ""), "p")
    results = Results(folder / "results.json", {"cpu": "made up", "date": ""})
    results.sounds["episode-1"] = {"seconds": 60.0, "channels": 2, "sha256": "ef"}
    results.runs += [ours, pydub]
    results.verdicts["episode-1"] = {OURS_MONO.name: VERDICT}
    return results


SHARED = """
import ctypes, time
held, stack = b"x" * 100_000_000, ctypes.create_string_buffer(1 << 16)
libc = ctypes.CDLL(None)
child = ctypes.cast(libc.sleep, ctypes.c_void_p), ctypes.c_void_p(ctypes.addressof(stack) + (1 << 16))
assert libc.clone(*child, 0x100 | 17, ctypes.c_void_p(1)) > 0  # CLONE_VM, SIGCHLD
time.sleep(0.7)
"""


def test_memory_that_a_process_shares_with_the_one_that_is_starting_it_is_counted_once(
    tmp_path: Path,
) -> None:
    """Like a child of `vfork` that has not yet become its program; this one stays so for a second."""
    if not Path("/proc/self/smaps_rollup").exists():
        needs.missing("the benchmark counts memory as Linux does, in /proc")
    taken = run([sys.executable, "-c", SHARED], os.environ, tmp_path / "log")
    assert taken.exit_code == 0, taken.said
    assert 100_000_000 < taken.peak_pss_bytes < 150_000_000
