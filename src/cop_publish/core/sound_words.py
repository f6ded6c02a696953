"""A sound report as a producer reads it: a few lines that fit a terminal, and numbers for scripts.

Nothing is said of what was not done, and no word of the recording is here.
"""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cop_publish.core.loudness import Proof, SoundReport
    from cop_publish.core.model import Loudness

COLUMNS: Final = 80
SILENT_LUFS: Final = -70.0  # BS.1770's absolute gate: below it a meter hears nothing
LOW_LU, HIGH_LU = 18.0, 6.0  # of the picture, below and above the target
AUDIBLE_OFFSET: Final = 0.01  # of full scale; a microphone's own is far less
_BARS = "▁▂▃▄▅▆▇█"
_INDENT = "  "
_PICTURE_COLUMNS = COLUMNS - len("  before    ") - len("  a block is 10 minutes")
_PLAIN = str.maketrans({**dict(zip(_BARS, "_.:-=+*#", strict=True)), "−": "-", "’": "'"})
_MONO = 1


def report_lines(report: SoundReport, episode_id: str, duration_seconds: float) -> list[str]:
    """Lines of at most 80 columns, if the id is not a long one."""
    layout = "mono" if report.channels == _MONO else "stereo"
    head = f"{episode_id}  {_clock(duration_seconds)}  {layout} {report.kbps} kb/s"
    said = [f"came in   {_levels(report.before, report.noise_floor_before_lufs)}"]
    said += [f"went out  {_levels(report.after, report.noise_floor_lufs)}"]
    said += _wrapped(_plain_reading(report))
    said += _pictures(report)
    for sentence in (_done(report), _taken_out(report), *_found(report), _proved(report.proof)):
        said += _wrapped(sentence)
    return [head, *(_INDENT + line for line in said)]


def in_ascii(lines: Iterable[str]) -> list[str]:
    """The same lines for a terminal that cannot show more."""
    return [line.translate(_PLAIN).encode("ascii", "replace").decode() for line in lines]


def report_json(report: SoundReport) -> dict[str, Any]:
    """Numbers and hashes for scripts; what is not finite (a silent minute) is null."""
    value: dict[str, Any] = _finite(asdict(report))
    del value["remarks"]
    return value


def minutes_of(seconds: Sequence[float], columns: int) -> tuple[int, tuple[float, ...]]:
    """Loudness by minute in at most so many columns: minutes a column, and each column's loudness."""
    width = next(w for w in _WIDTHS if math.ceil(len(seconds) / w) <= columns)
    parts = [seconds[start : start + width] for start in range(0, len(seconds), width)]
    return width, tuple(_mean_lufs(part) for part in parts)


_WIDTHS = (1, 2, 5, 10, 20, 30, 60, 120, 1440)


def _levels(loudness: Loudness, noise_lufs: float) -> str:
    noise = f", noise {_level(noise_lufs, 0)}" if noise_lufs > SILENT_LUFS else ""
    return (
        f"{_level(loudness.integrated_lufs):>5} LUFS, range {loudness.range_lu:4.1f} LU,"
        f" peak {_level(loudness.true_peak_dbtp):>5} dBTP{noise}"
    )


def _plain_reading(report: SoundReport) -> str:
    if report.channels != _MONO:
        return ""
    return f"(a plain meter reads {_level(report.plain_lufs)}: it is mono, and heard from two loudspeakers)"


def _pictures(report: SoundReport) -> Iterator[str]:
    """Two rows of blocks on one scale; of less than two minutes there is nothing to see."""
    if len(report.minutes_lufs) < 2:  # noqa: PLR2004 - as the docstring says
        return
    width, before = minutes_of(report.minutes_before_lufs, _PICTURE_COLUMNS)
    _, after = minutes_of(report.minutes_lufs, _PICTURE_COLUMNS)
    unit = "a minute" if width == 1 else f"{width} minutes"
    yield f"before    {''.join(_bar(x, report.target_lufs) for x in before)}"
    yield f"after     {''.join(_bar(x, report.target_lufs) for x in after)}  a block is {unit}"


def _bar(lufs: float, target_lufs: float) -> str:
    """One of eight blocks, 3 LU each; a silent minute is a gap."""
    if not lufs > SILENT_LUFS:
        return " "
    place = (lufs - target_lufs + LOW_LU) / (LOW_LU + HIGH_LU)
    return _BARS[min(max(int(place * len(_BARS)), 0), len(_BARS) - 1)]


def _done(report: SoundReport) -> str:
    done = []
    least, most = _rounded(report.leveller_least_db), _rounded(report.leveller_most_db)
    if least or most:
        done.append(f"levelled by {_change(least)} to {_change(most)} dB")
    if report.limited_most_db > 0:
        seconds, depth = report.limited_seconds, report.limited_most_db
        done.append(f"limited for {_seconds(seconds)}, at most by {depth:.1f} dB")
    return ", ".join(done)


def _taken_out(report: SoundReport) -> str:
    out = []
    if report.cuts:
        out.append(f"{_count(report.cuts, 'cut')} ({_seconds(report.cut_seconds)})")
    if report.replaced:
        out.append(f"{_count(report.replaced, 'range')} replaced by a tone or silence")
    if report.pauses:
        out.append(f"{_count(report.pauses, 'pause')} shortened ({_seconds(report.pause_seconds)})")
    return ", ".join(out)


def _found(report: SoundReport) -> Iterator[str]:
    yield from report.remarks
    if report.clipped_samples:
        samples = _count(report.clipped_samples, "sample")
        yield f"the recording is clipped ({samples}): record with more room above the voice"
    if abs(report.dc_offset) >= AUDIBLE_OFFSET:
        offset = f"{abs(report.dc_offset):.0%}"
        yield f"the recording's zero line is off by {offset} of full scale: look at the sound card or cable"


def _proved(proof: Proof) -> str:
    words = f"proved: {proof.blocks_accounted:,} of {proof.blocks:,} blocks accounted for"
    scores = [r.score for r in proof.removed if r.score is not None]
    if scores and proof.control is not None:
        words += f"; {_count(len(scores), 'removed range')} not found anywhere (highest {max(scores):.2f}"
        words += f", a kept second scored {proof.control:.2f})"
    if unsearched := len(proof.removed) - len(scores):
        words += (
            f"; {_count(unsearched, 'range')} too short or silent to search for: length and blocks cover it"
        )
    return words


def _wrapped(sentence: str) -> list[str]:
    """Lines that fit, the later ones set in."""
    lines: list[str] = []
    for word in sentence.split():
        if lines and len(_INDENT) + len(lines[-1]) + 1 + len(word) <= COLUMNS:
            lines[-1] += f" {word}"
        else:
            lines.append(f"{_INDENT}{word}" if lines else word)
    return lines


def _mean_lufs(values: Sequence[float]) -> float:
    energy = sum(10 ** (v / 10) for v in values if v > SILENT_LUFS) / len(values)
    return round(10 * math.log10(energy), 2) if energy > 0 else -math.inf


def _finite(value: Any) -> Any:  # noqa: ANN401 - any value that JSON has
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    return [_finite(inner) for inner in value] if isinstance(value, list | tuple) else value


def _level(value: float, digits: int = 1) -> str:
    """A level with a true minus sign, as meters have it."""
    if not math.isfinite(value):
        return "silent"
    return f"{_rounded(value, digits):.{digits}f}".replace("-", "−")


def _change(value: float) -> str:
    return f"{value:+.1f}".replace("-", "−") if value else "0"


def _rounded(value: float, digits: int = 1) -> float:
    return round(value, digits) + 0.0  # never minus zero


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 60 else _clock(seconds)  # noqa: PLR2004 - a minute


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
