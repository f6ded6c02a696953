"""The least that a feed can say: no licence, no frequency, no notes, no transcript, no number."""

from __future__ import annotations

from dataclasses import replace

from feed_samples import PARTS, feed_of, only
from samples import SHOW

from cop_publish.render.feed import FeedParts


def made() -> bytes:
    show = replace(SHOW, copyright="", license="", license_url="", ai_content="", update_frequency=None)
    bare = only(number=None, season=None, credits=(), chapters=(), cues=(), notes="")
    return feed_of(bare, show, FeedParts({}, PARTS.covers))
