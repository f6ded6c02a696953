"""The tables for people, in Markdown."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

import contenders as who
from targets import error_lu, is_ours, peak_dbtp, targets, wall_seconds

if TYPE_CHECKING:
    from judges import Verdict
    from results import Results


def print_all(results: Results) -> None:
    """Every sound's tables, then what was asked for and whether it was reached."""
    about = ", ".join(f"{name} {value}" for name, value in results.machine.items() if value)
    print(f"\nMeasured on: {about}")
    for sound in results.sounds:
        _print_speed(results, sound)
        _print_quality(results.verdicts.get(sound, {}))
        _print_search(results.verdicts.get(sound, {}))
    print("\n## Asked for, and reached?")
    for line in targets(results):
        print(f"- {line}")
    if len({run.program for run in results.runs if is_ours(run.contender)}) > 1:
        print("\nRuns of ours differ in the program: `--forget ours` measures them again.")


def _print_speed(results: Results, sound: str) -> None:
    about = results.sounds[sound]
    seconds = about["seconds"]
    print(f"\n## {sound}: {seconds:.0f} s, {about['channels']} channels, sha256 {about['sha256'][:12]}\n")
    print("| | runs | wall s | × real time | × as fast as ffn | CPU s | peak PSS MB | bytes of runs |")
    print("|---|---|---|---|---|---|---|---|")
    usual = wall_seconds(results, sound, who.FFN.name)
    for contender in dict.fromkeys(run.contender for run in results.runs if run.sound == sound):
        runs = results.of(sound, contender)
        wall = wall_seconds(results, sound, contender)
        if wall is None:
            print(f"| {contender} | failed |||||||")
            continue
        cpu = statistics.median(run.taken.cpu_seconds for run in runs)
        pss_mb = max(run.taken.peak_pss_bytes for run in runs) / 1e6
        same = "equal" if len({run.sha256 for run in runs}) == 1 else "DIFFERENT"
        faster = f"{usual / wall:.2f}" if usual else ""
        print(
            f"| {contender} | {len(runs)} | {wall:.2f} | {seconds / wall:.0f} | {faster} | {cpu:.1f} "
            f"| {pss_mb:.0f} | {same} |"
        )


def _print_quality(verdicts: dict[str, Verdict]) -> None:
    print("\n| | ch, kb/s | LUFS as heard | off by | dBTP, most | LRA | spread LU ", end="")
    print("| samples off | mp3val | leaked | tags |\n|---|---|---|---|---|---|---|---|---|---|---|")
    for name, verdict in verdicts.items():
        low, high = min(verdict.heard_lufs.values()), max(verdict.heard_lufs.values())
        warned = "not here" if verdict.mp3val is None else ", ".join(verdict.mp3val) or "clean"
        print(
            f"| {name} | {verdict.channels}, {verdict.kbps} | {low:.2f} … {high:.2f} "
            f"| {error_lu(verdict):.2f} | {peak_dbtp(verdict):.2f} | {verdict.range_lu:.1f} "
            f"| {verdict.spread_before_lu:.1f} → {verdict.spread_lu:.1f} | {verdict.samples_off} "
            f"| {warned} | {len(verdict.leaked)} | {len(verdict.tags)} |"
        )


def _print_search(verdicts: dict[str, Verdict]) -> None:
    searched = {name: verdict for name, verdict in verdicts.items() if verdict.planted is not None}
    if searched:
        print("\n| best match, 0 to 1 | of the planted stretch | worst of a kept one |\n|---|---|---|")
    for name, verdict in searched.items():
        print(f"| {name} | {verdict.planted:.2f} | {verdict.control:.2f} |")
