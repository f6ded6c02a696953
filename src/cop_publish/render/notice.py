"""What stands in the feed for an episode that was withdrawn, and what is heard there: nothing of the episode.

Apps that keep what left a feed still take a new title and new notes from one that is in it.  So for a month
the guid stays, with these words and two tones; then it leaves the feed by itself.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from cop_publish.core import routes
from cop_publish.core.output import DAY_LIVED, FileClass, Headers, PublicFile
from cop_publish.render.feed_values import Item, Sound, explicit

if TYPE_CHECKING:
    from cop_publish.core.model import Notice
    from cop_publish.settings import SiteSettings

SOUND = Path(__file__).with_name("episode-withdrawn.mp3")  # made by tools/make_notice.py
SECONDS = 3
TITLE = "Episode withdrawn"
WORDS = "<p>This episode was withdrawn.</p>"  # with none at all, some apps would keep the old ones


@cache
def notice_file() -> PublicFile:
    """The two tones, under a name that holds their digest."""
    headers = Headers("audio/mpeg", DAY_LIVED)
    file = PublicFile("", SOUND.read_bytes(), headers, FileClass.MEDIA)
    key = routes.hashed("media", "episode-withdrawn", file.sha256, "mp3")
    return PublicFile(key, file.content, headers, FileClass.MEDIA)


def notice_item(notice: Notice, site: SiteSettings) -> Item:
    """The item: its guid and its day are all that is left."""
    file = notice_file()
    sound = Sound(routes.address(site, file.key), file.size_bytes, SECONDS, "full")
    return Item(
        guid=notice.guid,
        guid_is_address=False,
        title=TITLE,
        link=routes.address(site, routes.HOME),
        description=WORDS,
        content=WORDS,
        published_at=notice.published_at,
        sound=sound,
        tags=(explicit(value=False),),
    )
