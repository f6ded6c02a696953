"""Every tag: an own cover, chapters, a transcript, people, a bonus, a trailer, a hub."""

from __future__ import annotations

from feed_samples import feed_of, full_releases


def made() -> bytes:
    return feed_of(full_releases())
