"""The story of an episode's sound: what was cleared gets its master, and the master its receipt.

    episode.md, transcript.vtt ─read─> Draft ─clear─> ClearedEpisode ─produce─> EpisodeRelease

Reading and clearing are in `ready.py`, for every kind of item at once; rendering is in `site.py`.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from cop_publish.audio.master import Studio, failure, order, produce
from cop_publish.audio.receipt import read_receipt, write_receipt
from cop_publish.audio.shelf import replace_text
from cop_publish.core import routes
from cop_publish.core.model import ClearedEpisode, EpisodeRelease
from cop_publish.core.published_time import in_published_time
from cop_publish.core.sound_words import report_json
from cop_publish.errors import AudioFailed, NotCleared
from cop_publish.render.images import cover_jpeg
from cop_publish.unchanged import sound_picture, state_folder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from cop_publish.audio.order import Order
    from cop_publish.core.problems import Problems
    from cop_publish.core.timeline import Gap, Timeline
    from cop_publish.publish import Errand
    from cop_publish.settings import Settings


def master_episodes(
    episodes: tuple[ClearedEpisode, ...], errand: Errand, settings: Settings, stored: frozenset[str] | None
) -> tuple[tuple[EpisodeRelease, ...], dict[str, Problems]]:
    """Give every episode its master, made only where it must be; and what is wrong with a sound, by id.

    What must be encoded is encoded first, several episodes at a time.  `stored` holds the digests of what the
    store has; None where nobody asked it.
    """
    releases: list[EpisodeRelease] = []
    studios = {e.id: replace(_studio(e, errand, settings), stored=stored) for e in episodes}
    made, failed = _made_first(episodes, studios, errand)
    for episode in (e for e in episodes if e.id not in failed):
        try:
            master = produce(episode, replace(studios[episode.id], made=made))
            release = EpisodeRelease(in_published_time(episode, master.timeline), master)
            _write_story(release, settings)
            releases.append(release)
        except (AudioFailed, NotCleared) as fault:
            failed[episode.id] = fault.problems
    return tuple(releases), failed


def foretell_episodes(
    episodes: tuple[ClearedEpisode, ...], errand: Errand, settings: Settings
) -> tuple[tuple[EpisodeRelease, ...], dict[str, Problems]]:
    """Give every episode as far as it can be told without making sound; and what is wrong with one, by id."""
    from cop_publish.audio.foretold import foretell  # noqa: PLC0415 - ffmpeg, only to check

    releases: list[EpisodeRelease] = []
    failed: dict[str, Problems] = {}
    for episode in episodes:
        try:
            master = foretell(episode, _studio(episode, errand, settings))
            releases.append(EpisodeRelease(in_published_time(episode, master.timeline), master))
        except (AudioFailed, NotCleared) as fault:
            failed[episode.id] = fault.problems
    return tuple(releases), failed


def _made_first(
    episodes: tuple[ClearedEpisode, ...], studios: dict[str, Studio], errand: Errand
) -> tuple[frozenset[str], dict[str, Problems]]:
    """Make the encodes that are wanted; gives their recipes, and what went wrong, by id."""
    orders: list[Order] = []
    failed: dict[str, Problems] = {}
    for episode in episodes:
        try:
            asked = order(episode, studios[episode.id])
        except (AudioFailed, NotCleared) as fault:
            failed[episode.id] = fault.problems
        else:
            orders += [asked] if asked else []
    if not orders:
        return frozenset(), failed
    from cop_publish.audio.crew import carry_out  # noqa: PLC0415 - numpy, only where a master is made

    faults = carry_out(orders, errand.crew, errand.progress)
    by_id = {episode.id: episode for episode in episodes}
    failed |= {id_: failure(by_id[id_], fault, studios[id_]).problems for id_, fault in faults.items()}
    return frozenset(o.recipe for o in orders if o.id not in faults), failed


def write_receipts(releases: Iterable[EpisodeRelease], settings: Settings) -> None:
    """Record in each episode's folder which master is public now; call it only after publishing."""
    for release in releases:
        folder = settings.root / "episodes" / release.episode.id
        write_receipt(folder, release.master, release.episode.chapters)


def told_too_much(releases: Iterable[EpisodeRelease], root: Path) -> frozenset[str]:
    """Give the ids of episodes whose earlier sound must go at once, and not stay for apps with an old feed.

    It may stay where the same recording was mastered anew under the same edits and consents.  Otherwise
    something was taken out of it, or nobody can tell: then it goes.  Ask before `write_receipts`.
    """
    return frozenset(r.episode.id for r in releases if not _says_the_same(r, root))


def _says_the_same(release: EpisodeRelease, root: Path) -> bool:
    before, now = read_receipt(root / "episodes" / release.episode.id), release.master
    if before is None:
        return False
    same = (before.recording, before.voices) == (now.recording, now.voices)
    return same and _removed(before.timeline) == _removed(now.timeline)


def _removed(timeline: Timeline | None) -> tuple[Gap, ...]:
    """What somebody took out; how long pauses are is a matter of taste."""
    return tuple(gap for gap in timeline.gaps if not gap.is_pause) if timeline else ()


def _write_story(release: EpisodeRelease, settings: Settings) -> None:
    """Put the report of a new master beside it, as numbers and as a picture."""
    report = release.master.report
    if report is None or not release.master.made_now:
        return
    from cop_publish.render.loudness_svg import loudness_svg  # noqa: PLC0415 - only for a new master

    picture = settings.root / sound_picture(release.episode.id)
    picture.parent.mkdir(mode=0o700, exist_ok=True)
    replace_text(picture, loudness_svg(report).decode())
    replace_text(picture.with_suffix(".json"), json.dumps(report_json(report), indent=1) + "\n")


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
        jobs=errand.crew.jobs,
    )


def _cover(settings: Settings, episode: ClearedEpisode) -> bytes:
    file = episode.cover.file if episode.cover else settings.show.cover
    return cover_jpeg(settings.root / file, cache=state_folder(settings.root) / "pictures")
