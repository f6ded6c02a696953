"""The loudness of an episode, minute by minute, as a picture for its producer; never on the public site.

One file that needs nothing else: no script, no font, no style from elsewhere.  It is readable in light and
dark, says in words what it shows, and tells its two lines apart by more than colour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cop_publish.core.sound_words import HIGH_LU, LOW_LU, SILENT_LUFS, minutes_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cop_publish.core.loudness import SoundReport

WIDTH, HEIGHT = 720, 280
LEFT, RIGHT, TOP, BOTTOM = 56, 16, 40, 44
COLUMNS: Final = 320  # what the eye can tell apart
_STEPS = (1, 2, 5, 10, 20, 30, 60, 120)  # minutes between two labels
_LABELS = 13
_STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #14282e; --soft: #4a5c62; --line: #d3dddc;
  --now: #0d5c68; --cut: #a73f1e }
@media (prefers-color-scheme: dark) { :root { --paper: #15262b; --ink: #e7efed; --soft: #a8babb;
  --line: #2c4248; --now: #86d3d6; --cut: #f2a284 } }
.paper { fill: var(--paper) } text { fill: var(--ink); font: 12px system-ui, sans-serif }
path { fill: none; stroke-linejoin: round } .grid { stroke: var(--line) }
.before { stroke: var(--soft); stroke-width: 1.5; stroke-dasharray: 2 3 }
.after { stroke: var(--now); stroke-width: 2.5 }
.target { stroke: var(--ink); stroke-dasharray: 8 5 } .cut { stroke: var(--cut); stroke-width: 2 }
""".strip()


def loudness_svg(report: SoundReport) -> bytes:
    """Before as dots, after as a line, the target as dashes, and a tick wherever something was taken out."""
    width, before = minutes_of(report.minutes_before_lufs, COLUMNS)
    _, after = minutes_of(report.minutes_lufs, COLUMNS)
    minutes = max(len(report.minutes_lufs), 1)
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title desc">',
        '<title id="title">Loudness, minute by minute</title>',
        f'<desc id="desc">{_described(report, minutes)}</desc>',
        f"<style>{_STYLE}</style>",
        f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}"/>',
        *_scale(report.target_lufs, minutes),
        _path("before", _steps(before, width, minutes, report.target_lufs)),
        _path("after", _steps(after, width, minutes, report.target_lufs)),
        *_cuts(report, minutes),
        *_legend(report),
        "</svg>",
    ]
    return "\n".join(part for part in parts if part).encode()


def _described(report: SoundReport, minutes: int) -> str:
    heard = [lufs for lufs in report.minutes_lufs if lufs > SILENT_LUFS]
    between = f", each minute between {min(heard):.1f} and {max(heard):.1f}" if heard else ""
    marks = len(report.cut_marks_seconds)
    taken = f" Something was taken out at {marks} place{'' if marks == 1 else 's'}." if marks else ""
    return (
        f"{minutes} minute{'' if minutes == 1 else 's'}. "
        f"Before: {report.before.integrated_lufs:.1f} LUFS. "
        f"After: {report.after.integrated_lufs:.1f} LUFS{between}. "
        f"Target: {report.target_lufs:g} LUFS.{taken}"
    )


def _scale(target_lufs: float, minutes: int) -> Iterator[str]:
    """Lines every 6 LU with their level, and minutes along the bottom."""
    for below in range(-int(HIGH_LU), int(LOW_LU) + 1, 6):
        level = target_lufs - below
        y = _y(level, target_lufs)
        yield _path("target" if below == 0 else "grid", f"M{LEFT} {y}H{WIDTH - RIGHT}")
        words = f"{level:g}".replace("-", "−")
        yield f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{words}</text>'
    step = next((s for s in _STEPS if minutes / s < _LABELS), _STEPS[-1])
    for minute in range(0, minutes + 1, step):
        x = _x(minute, minutes)
        yield f'<text x="{x}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{minute}</text>'
    yield f'<text x="{LEFT}" y="{HEIGHT - 6}">LUFS as heard, by minute</text>'


def _steps(values: Sequence[float], width: int, minutes: int, target_lufs: float) -> str:
    """A line with a tread for every column; broken where it is silent."""
    drawn, is_down = [], False
    for column, lufs in enumerate(values):
        if lufs > SILENT_LUFS:
            start, end = (_x(min(m, minutes), minutes) for m in (column * width, (column + 1) * width))
            y = _y(lufs, target_lufs)
            drawn.append(f"V{y}H{end}" if is_down else f"M{start} {y}H{end}")
        is_down = lufs > SILENT_LUFS
    return "".join(drawn)


def _cuts(report: SoundReport, minutes: int) -> Iterator[str]:
    foot = HEIGHT - BOTTOM
    for seconds in report.cut_marks_seconds:
        yield _path("cut", f"M{_x(seconds / 60, minutes)} {foot - 10}V{foot + 4}")


def _legend(report: SoundReport) -> Iterator[str]:
    entries = [("before", "before"), ("after", "after"), ("target", f"target {report.target_lufs:g}")]
    if report.cut_marks_seconds:
        entries.append(("cut", "taken out"))
    for place, (kind, words) in enumerate(entries):
        x = LEFT + 130 * place
        mark = f"M{x + 12} 12V26" if kind == "cut" else f"M{x} 19H{x + 24}"
        yield _path(kind, mark)
        yield f'<text x="{x + 32}" y="23">{words.replace("-", "−")}</text>'


def _path(kind: str, drawn: str) -> str:
    return f'<path class="{kind}" d="{drawn}"/>' if drawn else ""


def _x(minute: float, minutes: int) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT) * min(minute, minutes) / minutes, 1)


def _y(lufs: float, target_lufs: float) -> float:
    place = (target_lufs + HIGH_LU - lufs) / (LOW_LU + HIGH_LU)
    return round(TOP + (HEIGHT - TOP - BOTTOM) * min(max(place, 0.0), 1.0), 1)
