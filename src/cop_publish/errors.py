"""The exception tree: each kind with its exit code and whose move is next.

::

    CopPublishError           70  ours: a bug, or a canary that the gate missed
    ├── WrongUsage             2  producer: the command line or the settings
    ├── LeakFound             10  producer: something withheld was about to become public
    ├── NeedsHumanLook        11  producer: read it and decide
    ├── InvalidSource         20  producer or contributor: mend the named lines
    ├── Unscannable           30  producer: a file the gate cannot read all of
    ├── NotCleared            40  contributor: a consent or a sign-off is missing
    ├── AudioFailed           50  producer: the recording or the encoder
    └── StorageFailed         60  producer or host: the bucket, the disk or the network
        ├── Conflict          60  producer: somebody else wrote there meanwhile
        └── Busy              60  producer: somebody else is publishing; wait, and run it again

1 is never used: Python itself exits with 1 on a traceback.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cop_publish.core.problems import Problem

# True wherever a publish was cut off, the first one of a show too: new files go up before old ones change.
MAY_BE_PARTLY_UP = "If a publish was under way, part of it may be public; the gate had passed all of it."


class CopPublishError(Exception):
    """The root; ``problems`` lists everything that is wrong, in file order."""

    exit_code: ClassVar[int] = 70

    def __init__(self, summary: str, problems: Iterable[Problem] = ()) -> None:
        super().__init__(summary)
        self.summary = summary
        self.problems = tuple(sorted(set(problems)))

    def __str__(self) -> str:
        return "\n".join([*(str(problem) for problem in self.problems), self.summary])


class WrongUsage(CopPublishError):
    """The command line or the settings cannot be followed."""

    exit_code = 2


class LeakFound(CopPublishError):
    """A withheld name, address or passage stands in bytes that were about to be public."""

    exit_code = 10


class NeedsHumanLook(CopPublishError):
    """The gate cannot decide alone."""

    exit_code = 11


class InvalidSource(CopPublishError):
    """Front matter, marks, transcripts, images or settings that are not as they must be."""

    exit_code = 20


class Unscannable(CopPublishError):
    """A file that no extractor of the gate reads whole."""

    exit_code = 30


class NotCleared(CopPublishError):
    """A recorded yes is missing for a voice, words, a photograph or an attribution."""

    exit_code = 40


class AudioFailed(CopPublishError):
    """The recording cannot be read, or the master is not what it must be."""

    exit_code = 50


class StorageFailed(CopPublishError):
    """The store refused, is full, or cannot be reached."""

    exit_code = 60


class Conflict(StorageFailed):
    """A file in the store is not what a conditional write expected; nothing was written."""


class Busy(StorageFailed):
    """Somebody else has the turn to publish, or took it over; nothing more was sent."""
