"""An episode as an item of the podcast feed."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from cop_publish.core import routes
from cop_publish.core.consents import Level
from cop_publish.core.feed_rules_show import DESCRIPTION_LIMIT_BYTES
from cop_publish.core.model import Part
from cop_publish.render.chapters import clock
from cop_publish.render.feed_values import PSC, Item, Sound, Tag, artwork, explicit, podcast
from cop_publish.render.short_notes import shorten
from cop_publish.render.transcripts import KINDS

if TYPE_CHECKING:
    from cop_publish.core.model import ClearedEpisode, EpisodeRelease, Image
    from cop_publish.settings import SiteSettings

# Notes beyond it stand on the episode's page: one long page must not fill every listener's feed.
CONTENT_LIMIT_BYTES = 64 * 1024

# Role and group of the podcast namespace's taxonomy; `host` and the group `cast` are the defaults.
_ROLES = {
    Part.HOST: {"role": "host"},
    Part.GUEST: {"role": "guest"},
    Part.AUTHOR: {"role": "author", "group": "writing"},
}


def episode_item(release: EpisodeRelease, site: SiteSettings, notes: str, image: str) -> Item:
    """Describe an episode; `notes` is sanitised HTML, `image` the address of its own cover, or empty."""
    episode = release.episode
    page = routes.address(site, routes.episode_page(episode))
    summary, link = _paragraph(" ".join(episode.summary.split())), _link_to(page, episode)
    return Item(
        guid=episode.guid,
        guid_is_address=False,
        title=episode.title,
        link=page,
        description=summary + shorten(notes, DESCRIPTION_LIMIT_BYTES - len((summary + link).encode())) + link,
        content=summary + _full(notes) + link,
        published_at=episode.published_at,
        sound=_sound(release, site, image),
        tags=_item_tags(episode, site, image),
    )


def _paragraph(words: str) -> str:
    return f"<p>{escape(words, quote=False)}</p>"


def _link_to(page: str, episode: ClearedEpisode) -> str:
    words = "Full notes and transcript" if episode.cues else "Full notes"
    return f'<p><a href="{escape(page)}">{words}</a></p>'


def _full(notes: str) -> str:
    return notes if len(notes.encode()) <= CONTENT_LIMIT_BYTES else shorten(notes, CONTENT_LIMIT_BYTES)


def _sound(release: EpisodeRelease, site: SiteSettings, image: str) -> Sound:
    return Sound(
        address=routes.address(site, routes.episode_sound(release)),
        size_bytes=release.master.size_bytes,
        duration_seconds=round(release.master.duration_seconds),
        kind=release.episode.kind,
        season=release.episode.season,
        number=release.episode.number,
        image=image,
    )


def _item_tags(episode: ClearedEpisode, site: SiteSettings, image: str) -> tuple[Tag, ...]:
    return (
        explicit(episode.explicit),
        *_numbers(episode),
        *_transcripts(episode, site),
        *_chapters(episode, site),
        *_people(episode),
        *_item_image(episode.cover, image),
    )


def _numbers(episode: ClearedEpisode) -> tuple[Tag, ...]:
    numbers = (("season", episode.season), ("episode", episode.number))
    return tuple(podcast(name, str(number)) for name, number in numbers if number is not None)


def _transcripts(episode: ClearedEpisode, site: SiteSettings) -> tuple[Tag, ...]:
    """Every kind of transcript; `rel="captions"` says that times stand in it, whatever its type."""
    return tuple(
        podcast(
            "transcript",
            url=routes.address(site, routes.episode_transcript(episode, kind.extension)),
            type=kind.media_type,
            language=episode.language,
            **({"rel": "captions"} if kind.captions else {}),
        )
        for kind in (KINDS if episode.cues else ())
    )


def _chapters(episode: ClearedEpisode, site: SiteSettings) -> tuple[Tag, ...]:
    if not episode.chapters:
        return ()
    address = routes.address(site, routes.episode_chapters(episode))
    simple = tuple(
        Tag(
            f"{{{PSC}}}chapter",
            None,
            {"start": clock(c.start_seconds), "title": c.title, **({"href": c.url} if c.url else {})},
        )
        for c in episode.chapters
    )
    return (
        podcast("chapters", url=address, type="application/json+chapters"),
        Tag(f"{{{PSC}}}chapters", None, {"version": "1.2"}, simple),
    )


def _people(episode: ClearedEpisode) -> tuple[Tag, ...]:
    """A podcast:person is a name: whoever agreed to less is in no such tag."""
    return tuple(
        podcast("person", credit.label, **_ROLES[credit.part])
        for credit in episode.credits
        if credit.level is Level.NAMED
    )


def _item_image(cover: Image | None, address: str) -> tuple[Tag, ...]:
    return (artwork(address, cover.alt),) if cover else ()
