"""What a producer is told of a recording that is used, although not everything about it is as it should be.

Each is a sentence without its full stop, and none quotes the file.
"""

from __future__ import annotations

from cop_publish.audio.faults import clock

MOST_PLACES = 5
CUT_OFF = "the recording is cut off at its end, which edit.yaml accepts"
BAD_TAG = "the recording's tag is damaged, and was skipped"
UNEVEN = (
    "the recording consists of parts with different sample rates or channels:"
    " listen to the result where they meet"
)


def mixed_down(channels: int) -> str:
    """Surround sound, or several microphones that ffmpeg takes for it."""
    return (
        f"the recording's {channels} channels were mixed down to two, as surround sound is;"
        " if each is a microphone of its own, export a mix of them instead"
    )


def first_of(tracks: int) -> str:
    """Two languages, or a call with a track for each side."""
    return f"the file holds {tracks} sound tracks, and the first one is used"


def cut_off(found_seconds: float, declared_seconds: float) -> str:
    """The producer said that this is all there is."""
    return f"{CUT_OFF}: {found_seconds:.1f} s can be read of {declared_seconds:.1f} s"


def damaged(places_seconds: tuple[float, ...]) -> str:
    """Where to listen; the times are the recording's own."""
    times = [clock(place) for place in places_seconds[:MOST_PLACES]]
    more = len(places_seconds) - len(times)
    places = ", ".join(times) + (f" and in {more} more places" if more else "")
    return f"the recording is damaged at {places} (its own time): listen to the result there"
