"""The filter graph that a recording is heard through: cut, cleaned, between its intro and outro.  Pure.

Only the talk is filtered, and only after what is removed has gone: a filter with a memory would otherwise
carry some of it into what is kept.  The talk as it was comes out too: in it clipping and DC are still seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cop_publish.audio.argv import readings
from cop_publish.audio.hearing.joining import RESAMPLED, Part, joined, opened
from cop_publish.core.timeline import Origin

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cop_publish.core.timeline import Piece
    from cop_publish.settings import Sound

AFFTDN_DELAY = 1200  # samples at 48 kHz, measured on ffmpeg 5.1 and 9.0: no other filter here has any
# afftdn takes bands below `nf` for noise.  Told the level of the room as heard, 5 dB above the RMS of hiss,
# it takes hiss from -75 to -40 dBFS down by what is asked; left to follow the noise itself (`tn=1`), 12 dB
# became 0.4 at -75 and 2 at -45 (measured on ffmpeg 9.0).
NOISE_REDUCTION = "afftdn=nr={reduction_db}:nf={noise_db:.1f}:tn=0"
NOISE_DB = (-80.0, -20.0)  # what afftdn takes
GATE = "agate=threshold={threshold:.6f}:range=0.25:attack=10:release=250"  # 12 dB, so that no tail is chopped
GATE_ABOVE_DB = 3.0
_NULL = "anullsrc=n=4800:r=48000:cl=mono,"
_MIDDLE = "pan=mono|c0=0.5*c0+0.5*c1"
_FLOAT = "aformat=sample_fmts=flt:channel_layouts"


@dataclass(frozen=True, slots=True)
class Guest:
    """An intro or outro: its number among the inputs, its gain, and how much of its beginning is skipped."""

    number: int
    channels: int
    gain_db: float = 0.0
    skipped: int = 0  # samples


@dataclass(frozen=True, slots=True)
class Cast:
    """What there is to hear: the recording is input 0."""

    channels: int  # 1 or 2, of the talk
    samples: int  # of the recording; a piece that ends there goes on to wherever it really ends
    tone: int = 0  # the number of the input that holds the tones, one after another; 0: there is none
    intro: Guest | None = None
    outro: Guest | None = None
    rows: tuple[tuple[float, ...], ...] = ()  # a mix that the recording is brought to first (`mix.py`)
    resampled: str = RESAMPLED  # the filter that brings the recording to 48 kHz (`argv.Input.resampled`)
    room_lufs: float = -60.0  # how loud it is where nobody speaks
    as_middle: bool = False  # two channels of talk are heard as one, their mean

    @property
    def heard_channels(self) -> int:
        """Of everything, once the talk has been filtered."""
        return 1 if self.as_middle else self.channels


def graph_of(pieces: Sequence[Piece], cast: Cast, sound: Sound, notes: tuple[int, int]) -> str:
    """From the inputs to `[sound]`, `[untouched]` and `[read]`, whose readings are written to `notes`.

    `[untouched]` is the talk alone, before any filter.  Raises ValueError where the pieces cannot be joined.
    """
    talk = [piece for piece in pieces if piece.origin in _TALK]
    heard = f"{_talk(talk, cast)},asplit=2[untouched][touched];[touched]{','.join(_filters(sound, cast))}"
    if len(talk) < len(pieces):
        heard = f"{heard}[talk];{_surrounded(pieces, cast)}"
    return f"{heard},asplit=2[sound][all];[all]{readings(*notes)}"


_TALK = {Origin.RECORDING, Origin.TONE, Origin.SILENCE}


def _talk(talk: Sequence[Piece], cast: Cast) -> str:
    """The recording without its removed ranges, with what is heard in their place."""
    form = _brought(1, cast.channels)
    chains = {
        Origin.RECORDING: opened("[0:a:0]", _recorded(cast), cast.resampled),
        Origin.TONE: opened(f"[{cast.tone}:a:0]", form),
        Origin.SILENCE: opened(_NULL, form),
    }
    used = {piece.origin for piece in talk}
    return joined([*_talk_parts(talk, cast)], {o: c for o, c in chains.items() if o in used}, "t")


def _talk_parts(talk: Sequence[Piece], cast: Cast) -> Iterator[Part]:
    """Tones and silences have no time of their own: each goes on where the last one stopped."""
    made = {Origin.TONE: 0, Origin.SILENCE: 0}
    for index, piece in enumerate(talk):
        overlap = piece.overlap if index else 0
        if piece.origin is Origin.RECORDING:
            is_open = index == len(talk) - 1 and piece.end == cast.samples and cast.outro is None
            yield Part(piece.origin, piece.start, None if is_open else piece.end, overlap)
        else:
            start = made[piece.origin]
            made[piece.origin] += piece.end - piece.start
            yield Part(piece.origin, start, made[piece.origin], overlap)


def _recorded(cast: Cast) -> str:
    """The recording in the channels of everything.

    More than two channels are mixed down by ffmpeg's own matrix; float, so nothing clips on the way.
    """
    if not cast.rows:
        return _brought(cast.channels, cast.channels)
    outputs = (
        f"c{number}=" + "".join(f"{weight:+g}*c{k}" for k, weight in enumerate(row) if weight).lstrip("+")
        for number, row in enumerate(cast.rows)
    )
    return f"{_FLOAT}={_layout(len(cast.rows[0]))},pan={_layout(cast.channels)}|{'|'.join(outputs)}"


def _filters(sound: Sound, cast: Cast) -> Iterator[str]:
    if cast.as_middle:
        yield _MIDDLE
    if sound.highpass_hz:
        # In doubles its memory fades to nothing: a stretch comes out the same wherever hearing began.
        yield f"highpass=f={sound.highpass_hz}:r=f64"
    if sound.noise_reduction_db:
        noise_db = min(max(cast.room_lufs, NOISE_DB[0]), NOISE_DB[1])
        reduction = NOISE_REDUCTION.format(reduction_db=sound.noise_reduction_db, noise_db=noise_db)
        yield f"apad=pad_len={AFFTDN_DELAY},{reduction}"
        yield f"atrim=start_sample={AFFTDN_DELAY},asetpts=N/SR/TB"
    if sound.de_ess:
        yield f"deesser=i={sound.de_ess:g}"
    if sound.gate:
        room_lufs = cast.room_lufs - sound.noise_reduction_db
        yield GATE.format(threshold=10 ** ((room_lufs + GATE_ABOVE_DB) / 20))
    yield f"{_FLOAT}={_layout(cast.heard_channels)}"


def _surrounded(pieces: Sequence[Piece], cast: Cast) -> str:
    """The talk between intro and outro."""
    talk = [index for index, piece in enumerate(pieces) if piece.origin in _TALK]
    first, last = talk[0], talk[-1]
    if len(talk) != last - first + 1:
        raise ValueError("an intro or outro in the middle of the talk")
    length = sum(p.end - p.start - p.overlap for p in pieces[first : last + 1]) + pieces[first].overlap
    middle = Part("talk", 0, None if cast.outro is None else length, pieces[first].overlap if first else 0)
    before = [_guest_part(piece, cast) for piece in pieces[:first]]
    after = [_guest_part(piece, cast) for piece in pieces[last + 1 :]]
    chains = {"talk": opened("[talk]", f"{_FLOAT}={_layout(cast.heard_channels)}")}
    chains |= {part.sound: _guest_chain(_guest(part.sound, cast), cast) for part in (*before, *after)}
    return joined([*before, middle, *after], chains, "a")


def _guest_part(piece: Piece, cast: Cast) -> Part:
    skipped = _guest(piece.origin, cast).skipped
    return Part(piece.origin, piece.start + skipped, piece.end + skipped, piece.overlap)


def _guest(origin: str, cast: Cast) -> Guest:
    guest = cast.intro if origin == Origin.INTRO else cast.outro
    if guest is None:
        raise ValueError(f"the timeline has an {origin}, and there is none")
    return guest


def _guest_chain(guest: Guest, cast: Cast) -> str:
    gain = f"volume={guest.gain_db:.4f}dB:precision=float"
    return opened(f"[{guest.number}:a:0]", f"{_brought(guest.channels, cast.heard_channels)},{gain}")


def _brought(channels: int, wanted: int) -> str:
    """Sound of so many channels in those that are wanted.

    One becomes two that are alike, and two that are alike become one of them, as loud as before from both
    loudspeakers: ffmpeg's own ways are 3 dB off.
    """
    if channels < wanted:
        return f"{_FLOAT}=mono,pan=stereo|c0=c0|c1=c0"
    middle = f",{_MIDDLE}" if channels > wanted else ""
    return f"{_FLOAT}={_layout(channels)}{middle}"


def _layout(channels: int) -> str:
    return "mono" if channels == 1 else "stereo"
