"""Pieces of several sounds become one: the text of an ffmpeg filter graph, exact to the sample.  Pure.

A sound is split once into the stretches that are heard, and these are strung together by one `concat`.  Where
two parts sound together, the last samples of one and the first of the next are stretches of their own, mixed
by `acrossfade`.  So nothing outside a part is ever read past its `atrim`, and hundreds of cuts cost little
more than none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cop_publish.audio.argv import LARGE_FRAMES
from cop_publish.core.timeline import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

FAN = 16  # outputs of one split: a frame meets some dozens of filters, and not one for every cut
COUNTED = "asetpts=N/SR/TB"  # time stamps by the number of samples, whatever they were


@dataclass(frozen=True, slots=True)
class Part:
    """Samples `start` to `end` (None: all) of a sound, `overlap` of them together with the part before."""

    sound: str
    start: int
    end: int | None
    overlap: int = 0


RESAMPLED = f"aresample={SAMPLE_RATE_HZ}"


def opened(source: str, form: str, resampled: str = RESAMPLED) -> str:
    """The beginning of a chain that `joined` can split: at 48 kHz, its samples counted from 0."""
    return f"{source}{resampled},{form},asetpts=N,{LARGE_FRAMES}"


def joined(parts: Sequence[Part], chains: Mapping[str, str], name: str) -> str:
    """The parts one after another: a graph that ends in an open chain.

    `chains` begin each sound, as `opened` does; `name` keeps the labels of several joins apart.  Raises
    ValueError where nothing is heard or a part is shorter than its overlaps.
    """
    _check(parts)
    stretches: list[tuple[Part, str]] = []
    fades, heard = [], []
    for index, (stretch, fades_into) in enumerate(_laid_out(parts)):
        label = f"[{name}{index}]"
        if fades_into is None:
            stretches.append((stretch, label))
        else:
            ending, beginning = f"[{name}{index}e]", f"[{name}{index}b]"
            stretches += [(stretch, ending), (fades_into, beginning)]
            fades.append(_crossfade(ending, beginning, _length(stretch), label))
        heard.append(label)
    texts = [_split(chain, [s for s in stretches if s[0].sound == sound]) for sound, chain in chains.items()]
    return ";".join([*texts, *fades, f"{''.join(heard)}concat=n={len(heard)}:v=0:a=1,{COUNTED}"])


def _check(parts: Sequence[Part]) -> None:
    if not parts:
        raise ValueError("a timeline in which nothing is heard")
    for index, part in enumerate(parts):
        after = parts[index + 1].overlap if index + 1 < len(parts) else 0
        too_short = part.end is not None and part.end - part.start < part.overlap + after
        if too_short or (part.end is None and after) or (index == 0 and part.overlap):
            raise ValueError(f"piece {index} is shorter than its crossfades")


def _laid_out(parts: Sequence[Part]) -> Iterator[tuple[Part, Part | None]]:
    """A stretch that is heard alone, or the end of one part with the beginning of the next."""
    for index, part in enumerate(parts):
        after = parts[index + 1].overlap if index + 1 < len(parts) else 0
        begin = part.start + part.overlap
        if part.overlap:
            before = parts[index - 1]
            assert before.end is not None  # noqa: S101 - for the type checker: `_check` has seen to it
            ending = Part(before.sound, before.end - part.overlap, before.end)
            yield ending, Part(part.sound, part.start, begin)
        end = None if part.end is None else part.end - after
        if end is None or begin < end:
            yield Part(part.sound, begin, end), None


def _crossfade(ending: str, beginning: str, samples: int, label: str) -> str:
    """Mix two stretches of the same length.

    The second must not end while the first is looked at: ffmpeg 5.1 then forgets them both.  Hence the
    silence after it, which the trim takes off again.
    """
    held = f"{beginning}apad{beginning[:-1]}p]"
    return f"{held};{ending}{beginning[:-1]}p]acrossfade=ns={samples},atrim=end_sample={samples}{label}"


def _split(chain: str, stretches: Sequence[tuple[Part, str]]) -> str:
    """A sound's stretches, by a tree of splits."""
    ordered = sorted(stretches, key=lambda s: (s[0].start, s[0].end is None, s[0].end))
    if len(ordered) == 1:
        return f"{_going_on(chain)}{_trim(ordered)}{ordered[0][1]}"
    step = -(-len(ordered) // FAN)
    groups = [ordered[first : first + step] for first in range(0, len(ordered), step)]
    labels = [f"{group[0][1][:-1]}s{len(group)}]" for group in groups]
    split = f"{_going_on(chain)}{_trim(ordered)},asplit={len(groups)}{''.join(labels)}"
    return ";".join([split, *(_split(x, group) for x, group in zip(labels, groups, strict=True))])


def _going_on(chain: str) -> str:
    return chain if chain.endswith("]") else f"{chain},"


def _trim(stretches: Sequence[tuple[Part, str]]) -> str:
    """From the first sample of them all to the last: by time stamps, which count samples since `opened`."""
    ends = [part.end for part, _ in stretches if part.end is not None]
    end = f":end_pts={max(ends)}" if len(ends) == len(stretches) else ""
    return f"atrim=start_pts={min(part.start for part, _ in stretches)}{end}"


def _length(part: Part) -> int:
    assert part.end is not None  # noqa: S101 - for the type checker: what fades has an end
    return part.end - part.start
