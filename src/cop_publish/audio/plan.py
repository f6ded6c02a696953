"""How a recording becomes a master: mix, bit rate, gain and limit, from what the meter read.  Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cop_publish.audio.one_pass import Reading
    from cop_publish.core.model import Loudness
    from cop_publish.settings import Sound

TOLERANCE_LU = 0.5  # what we promise
AIM_LU = 0.1  # what one more round is worth
PEAK_RESERVE_DB = 0.1  # a meter that looks 4 times a sample may read up to this much too low on speech
ONE_SPEAKER_DB = 10 * math.log10(2)  # a channel alone, then heard from both loudspeakers
MONO_SIDE_DB = -25.0  # sides weaker than this against the middle carry nothing
DEAD_CHANNEL_DB = -35.0
INVERTED_CORRELATION = -0.5


@dataclass(frozen=True, slots=True)
class Energies:
    """Sums over a whole stereo recording: left squared, right squared, left times right."""

    left: float
    right: float
    cross: float


@dataclass(frozen=True, slots=True)
class Mix:
    """Which channels the master has; `pan` in ffmpeg's words, empty where nothing is mixed."""

    channels: int
    pan: str = ""
    louder_db: float = 0.0  # how much louder it is heard than the recording was
    remark: str = ""  # for the producer, where the recording was not as it should be


AS_IT_IS_MONO = Mix(1)
AS_IT_IS_STEREO = Mix(2)
MIDDLE = Mix(1, "mono|c0=0.5*c0+0.5*c1")
LEFT_ONLY = Mix(1, "mono|c0=c0", ONE_SPEAKER_DB, "the right channel is silent, so the left one is used")
RIGHT_ONLY = Mix(1, "mono|c0=c1", ONE_SPEAKER_DB, "the left channel is silent, so the right one is used")
_TURNED = "one channel was upside down, and is turned back"
MIDDLE_TURNED = Mix(1, "mono|c0=0.5*c0-0.5*c1", remark=_TURNED)
STEREO_TURNED = Mix(2, "stereo|c0=c0|c1=-1*c1", remark=_TURNED)


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that one encode needs to know."""

    mix: Mix
    kbps: int
    gain_db: float
    ceiling_dbtp: float | None  # the limiter's, before the encoder; None: nothing to limit
    samples: int  # at 48 kHz

    @property
    def encoder_db(self) -> float:
        """Gives back what LAME takes.

        It scales its input by 0.95 up to 160 kb/s and by 0.97 up to 192 kb/s before encoding at a constant
        rate; measured, and the reason why MP3s of other tools are 0.4 LU too quiet.
        """
        if self.kbps <= 160:  # noqa: PLR2004 - LAME's own steps, named above
            return -20 * math.log10(0.95)
        return -20 * math.log10(0.97) if self.kbps <= 192 else 0.0  # noqa: PLR2004 - as above


def choose_mix(energies: Energies | None) -> Mix:
    """Stereo only where the sides carry something; None for a recording of one channel.

    A dead channel is left out and an inverted one turned, because on one loudspeaker they would halve the
    voice or cancel it.
    """
    if energies is None:
        return AS_IT_IS_MONO
    left, right, cross = energies.left, energies.right, energies.cross
    if _decibels(right, left) < DEAD_CHANNEL_DB:
        return LEFT_ONLY
    if _decibels(left, right) < DEAD_CHANNEL_DB:
        return RIGHT_ONLY
    turned = cross < INVERTED_CORRELATION * math.sqrt(left * right)
    middle, side = left + right + 2 * abs(cross), left + right - 2 * abs(cross)
    if cross < 0 and not turned:
        middle, side = side, middle
    narrow = _decibels(side, middle) < MONO_SIDE_DB
    if turned:
        return MIDDLE_TURNED if narrow else STEREO_TURNED
    return MIDDLE if narrow else AS_IT_IS_STEREO


def first_plan(reading: Reading, sound: Sound) -> Plan:
    """The plan from the recording alone; the MP3 then tells how it came out (`next_plan`)."""
    mix = choose_mix(reading.energies)
    kbps = sound.mono_kbps if mix.channels == 1 else sound.stereo_kbps
    gain = sound.target_lufs - reading.loudness.integrated_lufs - mix.louder_db
    ceiling = sound.true_peak_dbtp - _overshoot_db(mix.channels, kbps)
    loud = reading.loudness.true_peak_dbtp + gain > ceiling
    return Plan(mix, kbps, gain, ceiling if loud else None, reading.samples)


def next_plan(plan: Plan, heard: Loudness, sound: Sound) -> Plan | None:
    """A better plan, from what the decoded MP3 measures; None when it is as good as we aim for."""
    over = heard.true_peak_dbtp - (sound.true_peak_dbtp - PEAK_RESERVE_DB)
    short = sound.target_lufs - heard.integrated_lufs
    if over <= 0 and abs(short) <= AIM_LU:
        return None
    ceiling = plan.ceiling_dbtp
    if over > 0:
        before = sound.true_peak_dbtp - _overshoot_db(plan.mix.channels, plan.kbps)
        ceiling = (before if ceiling is None else ceiling) - over - 0.05
    # Part of every decibel put into a limiter comes out as limiting and not as loudness.
    yields = 1.0 if ceiling is None else 0.8
    return replace(plan, gain_db=plan.gain_db + short / yields, ceiling_dbtp=ceiling)


def keeps_promise(heard: Loudness, sound: Sound) -> bool:
    """Whether the finished MP3 may be published."""
    near = abs(heard.integrated_lufs - sound.target_lufs) <= TOLERANCE_LU
    return near and heard.true_peak_dbtp <= sound.true_peak_dbtp


def _overshoot_db(channels: int, kbps: int) -> float:
    """How far LAME's output usually rises above its input, measured on speech and music."""
    per_channel = kbps / channels
    if per_channel <= 48:  # noqa: PLR2004 - the measured steps
        return 1.0
    return 0.5 if kbps >= 128 else 0.7  # noqa: PLR2004 - as above


def _decibels(power: float, against: float) -> float:
    if against <= 0:
        return 0.0
    return 10 * math.log10(power / against) if power > 0 else -math.inf
