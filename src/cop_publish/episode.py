"""The story of an episode's sound: what was cleared gets its master, and the master its receipt.

    episode.md, transcript.vtt ─read─> Draft ─clear─> ClearedEpisode ─produce─> EpisodeRelease

Reading and clearing are in `ready.py`, for every kind of item at once; rendering is in `site.py`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from cop_publish.audio.master import Studio, produce
from cop_publish.audio.receipt import write_receipt
from cop_publish.core import routes
from cop_publish.core.edit_checks import check_master
from cop_publish.core.model import ClearedEpisode, EpisodeRelease
from cop_publish.core.published_time import in_published_time
from cop_publish.errors import AudioFailed, NotCleared
from cop_publish.render.images import cover_jpeg
from cop_publish.unchanged import state_folder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cop_publish.core.problems import Problems
    from cop_publish.publish import Errand
    from cop_publish.settings import Settings


def master_episodes(
    episodes: tuple[ClearedEpisode, ...], errand: Errand, settings: Settings, stored: frozenset[str] | None
) -> tuple[tuple[EpisodeRelease, ...], dict[str, Problems]]:
    """Give every episode its master, made only where it must be; and what is wrong with a sound, by id.

    `stored` holds the digests of what the store has; None where nobody asked it.
    """
    releases: list[EpisodeRelease] = []
    failed: dict[str, Problems] = {}
    for episode in episodes:
        studio = replace(_studio(episode, errand, settings), stored=stored)
        try:
            master = produce(episode, studio)
        except (AudioFailed, NotCleared) as fault:
            failed[episode.id] = fault.problems
            continue
        problems = check_master(episode, master.timeline)
        if problems:
            failed[episode.id] = problems
        else:
            releases.append(EpisodeRelease(in_published_time(episode, master.timeline), master))
    return tuple(releases), failed


def write_receipts(releases: Iterable[EpisodeRelease], settings: Settings) -> None:
    """Record in each episode's folder which master is public now; call it only after publishing."""
    for release in releases:
        folder = settings.root / "episodes" / release.episode.id
        write_receipt(folder, release.master, release.episode.chapters)


def _studio(episode: ClearedEpisode, errand: Errand, settings: Settings) -> Studio:
    state = state_folder(settings.root)
    return Studio(
        root=settings.root,
        cache=state / "masters",
        show=settings.show,
        feed_url=settings.site.url + routes.FEED,
        sound=settings.sound,
        cover_jpeg=partial(_cover, settings),
        progress=lambda step, done: errand.progress(f"{episode.id}: {step}", done),
        remaster=errand.remaster,
    )


def _cover(settings: Settings, episode: ClearedEpisode) -> bytes:
    file = episode.cover.file if episode.cover else settings.show.cover
    return cover_jpeg(settings.root / file, cache=state_folder(settings.root) / "pictures")
