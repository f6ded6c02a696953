"""What is told of a master when it is made: numbers of before and after, what was done, what was proved."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cop_publish.audio.planning.gating import integrated_lufs, minutes_lufs, noise_floor_lufs, range_lu
from cop_publish.core.loudness import SoundReport
from cop_publish.core.model import Loudness
from cop_publish.core.timeline import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from cop_publish.audio.mp3.render import Rendered
    from cop_publish.audio.proof.prove import Cast
    from cop_publish.core.loudness import Proof
    from cop_publish.core.timeline import Timeline
    from cop_publish.settings import Sound

ONE_SPEAKER_LU = 10 * math.log10(2)  # a plain meter hears a mono file from one loudspeaker


def tell(sound: Sound, cast: Cast, peak_dbtp: float, rendered: Rendered, proof: Proof) -> SoundReport:
    """The report of a master; `peak_dbtp` is the recording's."""
    heard, plan, after = cast.heard, rendered.plan, rendered.loudness
    channels = plan.mix.channels
    least_db, most_db = plan.leveller_range_db
    totals = cast.timeline.totals
    return SoundReport(
        before=Loudness(integrated_lufs(heard.momentary), peak_dbtp, range_lu(heard.short_term)),
        after=after,
        plain_lufs=after.integrated_lufs - (ONE_SPEAKER_LU if channels == 1 else 0.0),
        channels=channels,
        kbps=plan.kbps,
        minutes_before_lufs=minutes_lufs(heard.momentary),
        minutes_lufs=minutes_lufs(rendered.heard.momentary),
        noise_floor_before_lufs=noise_floor_lufs(heard.momentary),
        noise_floor_lufs=noise_floor_lufs(rendered.heard.momentary),
        leveller_least_db=least_db,
        leveller_most_db=most_db,
        limited_most_db=plan.limited_most_db,
        limited_seconds=plan.limited_seconds,
        clipped_samples=heard.clipped_samples,
        dc_offset=heard.dc_offset,
        cut_seconds=totals.cut_seconds,
        cuts=totals.cuts,
        replaced=totals.replaced,
        pauses=totals.pauses,
        pause_seconds=totals.pause_seconds,
        remarks=cast.remarks,
        proof=proof,
        target_lufs=sound.target_lufs,
        cut_marks_seconds=_cut_marks_seconds(cast.timeline),
    )


def _cut_marks_seconds(timeline: Timeline) -> tuple[float, ...]:
    """Where something was cut or replaced, in published time."""
    places = (gap.start / SAMPLE_RATE_HZ for gap in timeline.gaps if not gap.is_pause)
    return tuple(round(timeline.published_seconds(place), 3) for place in places)
