"""From a cleared episode to the file that listeners get.

A published master is canonical: while its receipt's recipe is today's recipe, or its recording is not
here, it is what it is, and no new encoder, emptied cache or second laptop makes another one.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cop_publish.audio import faults
from cop_publish.audio.faults import Refused, Spot
from cop_publish.audio.order import Order, jingles_of, stamps_of
from cop_publish.audio.receipt import read_receipt
from cop_publish.audio.recipe import recipe_digest, tag_digest, voices_digest
from cop_publish.audio.shelf import BLOCK_BYTES, Tagged, open_shelf
from cop_publish.core.edit_checks import check_master, check_times
from cop_publish.core.model import Master
from cop_publish.core.problems import Matter
from cop_publish.core.published_time import in_published_time
from cop_publish.errors import AudioFailed, NotCleared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cop_publish.audio.faults import Fault
    from cop_publish.audio.order import Stamps
    from cop_publish.audio.receipt import MasterReceipt
    from cop_publish.audio.shelf import Encoded, Shelf
    from cop_publish.core.model import ClearedEpisode
    from cop_publish.core.timeline import Timeline
    from cop_publish.settings import Show, Sound


@dataclass(frozen=True, slots=True)
class Studio:
    """Everything around an episode that mastering needs.

    `cover_jpeg` gives the picture for the tag (at most 300 KB) and is asked only when a tag is to be written;
    `progress` takes the step in a producer's words and how much of that step is done, 0 to 1.
    """

    root: Path  # the workspace
    cache: Path  # root/.cop-publish/masters
    show: Show
    feed_url: str
    sound: Sound
    cover_jpeg: Callable[[ClearedEpisode], bytes | None]
    progress: Callable[[str, float], None]
    remaster: frozenset[str] = frozenset()  # ids of episodes to make again whatever their receipts say
    made: frozenset[str] = frozenset()  # recipes of the encodes that this run has put on the shelf already
    jobs: int = 0  # encoders at a time; 0: one for each core
    stored: frozenset[str] | None = None  # digests of what the store has; None: nobody asked it


def order(episode: ClearedEpisode, studio: Studio) -> Order | None:
    """The encode that `produce` will need, so that several can be made at once; None where it needs none.

    Raises as `produce` does.
    """
    with explained(episode, studio):
        shelf = open_shelf(studio.cache)
        recording = _recording(episode, studio.root)
        if recording is None:
            return None
        source = _source(episode, studio, shelf, recording)
        receipt = read_receipt(studio.root / "episodes" / episode.id)
        if receipt is not None and not _why_again(episode, studio, shelf, source, receipt):
            return None
        return None if _kept(episode, studio, shelf, source) else _order(episode, studio, source)


def produce(episode: ClearedEpisode, studio: Studio) -> Master:
    """The master of an episode, made only if it must be.

    Raises AudioFailed with every problem found, or NotCleared where there is only the published master, and
    what it was published under is no longer agreed.
    """
    with explained(episode, studio):
        shelf = open_shelf(studio.cache)
        receipt = read_receipt(studio.root / "episodes" / episode.id)
        recording = _recording(episode, studio.root)
        if recording is None:
            return _without_recording(episode, studio, shelf, receipt)
        source = _source(episode, studio, shelf, recording)
        if receipt is None:
            return _tagged(episode, studio, shelf, _made(episode, studio, shelf, source))
        why = _why_again(episode, studio, shelf, source, receipt)
        if not why:
            return _published(episode, receipt, shelf)
        studio.progress(f"Mastering again: {why}", 0.0)
        master = _tagged(episode, studio, shelf, _made(episode, studio, shelf, source))
        return _found_again(master, receipt) if why is _LOST else master


@contextmanager
def explained(episode: ClearedEpisode, studio: Studio) -> Iterator[None]:
    """Raise what goes wrong with an episode's sound with its place, as `failure` says it."""
    try:
        yield
    except (Refused, OSError) as error:
        raise failure(episode, error, studio) from error


def failure(episode: ClearedEpisode, error: Refused | OSError, studio: Studio) -> AudioFailed | NotCleared:
    """What went wrong with an episode's sound, with its place."""
    fault = error.fault if isinstance(error, Refused) else _of_the_system(error, studio.cache)
    source = f"episodes/{episode.id}/episode.md"
    places = {
        Spot.RECORDING: episode.recording or source,
        Spot.EPISODE: source,
        Spot.MASTERS: ".cop-publish/masters",
        Spot.SETTINGS: "cop-publish.toml",
        Spot.JINGLE: "sounds",
    }
    problem = fault.at(fault.path or places[fault.spot])
    if fault.matter is Matter.CONSENT:
        return NotCleared("The published sound may not stay as it is.", [problem])
    return AudioFailed("The sound could not be made.", [problem])


_ASKED = "it was asked for"
_CHANGED = "the recording, its edits, the voices or the sound settings changed"
_LOST = "neither this machine nor the store has the published master"


def _why_again(
    episode: ClearedEpisode, studio: Studio, shelf: Shelf, source: _Source, receipt: MasterReceipt
) -> str:
    """Why a published master is not what is wanted today; empty where it is."""
    if episode.id in studio.remaster:
        return _ASKED
    if receipt.recipe != source.recipe:
        return _CHANGED
    return _LOST if studio.stored is not None and _is_lost(receipt, shelf, studio.stored) else ""


@dataclass(frozen=True, slots=True)
class _Source:
    """What a master is made from, and the digests that say so."""

    recording: Path
    stamps: Stamps
    sha256: str
    recipe: str
    voices: str


def _source(episode: ClearedEpisode, studio: Studio, shelf: Shelf, recording: Path) -> _Source:
    sound = episode.edit.sound(studio.sound)
    stamps = stamps_of(recording, sound, studio.root)  # first: what changes from here on is noticed
    sha256 = shelf.sha256_of(recording)
    jingles = [shelf.sha256_of(path) if path else "" for path in jingles_of(sound, studio.root)]
    recipe = recipe_digest([sha256, *jingles], sound, episode.edit.sha256, episode.voices)
    return _Source(recording, stamps, sha256, recipe, voices_digest(sha256, episode.voices))


def _is_lost(receipt: MasterReceipt, shelf: Shelf, stored: frozenset[str]) -> bool:
    """Whether nobody has the published master: another store, or an emptied one, and an emptied cache."""
    return receipt.sha256 not in stored and shelf.find_master(receipt.sha256) is None


def _found_again(master: Master, receipt: MasterReceipt) -> Master:
    """The same bytes again; others are another master, and that is for the producer to ask for."""
    if master.sha256 != receipt.sha256:
        raise Refused(faults.LOST)
    return master


def _recording(episode: ClearedEpisode, root: Path) -> Path | None:
    """The recording, if it is on this machine.  A pipe in its place would be waited for without end."""
    path = root.absolute() / episode.recording if episode.recording is not None else None
    if path is None or not path.exists():
        return None
    if not path.is_file():
        raise Refused(faults.NOT_A_FILE)
    return path


def _without_recording(
    episode: ClearedEpisode, studio: Studio, shelf: Shelf, receipt: MasterReceipt | None
) -> Master:
    if receipt is None:
        raise Refused(faults.NO_RECORDING)
    if episode.id in studio.remaster:
        raise Refused(faults.NO_RECORDING_TO_REMASTER)
    if receipt.voices != voices_digest(receipt.recording, episode.voices):
        raise Refused(faults.NO_LONGER_AGREED)
    return _published(episode, receipt, shelf)


def _published(episode: ClearedEpisode, receipt: MasterReceipt, shelf: Shelf) -> Master:
    """What is public already; its bytes may be only in the store."""
    _check_times(episode, receipt.timeline)
    if held := check_master(episode, receipt.timeline):
        raise AudioFailed("The published sound may not stay as it is.", held)
    return Master(
        recipe=receipt.recipe,
        sha256=receipt.sha256,
        size_bytes=receipt.size_bytes,
        duration_seconds=receipt.duration_seconds,
        loudness=receipt.loudness,
        file=shelf.find_master(receipt.sha256),
        recording=receipt.recording,
        voices=receipt.voices,
        timeline=receipt.timeline,
    )


@dataclass(frozen=True, slots=True)
class _Made:
    """An encode, what it was made from, and whether this run made it."""

    source: _Source
    encoded: Encoded
    now: bool


def _made(episode: ClearedEpisode, studio: Studio, shelf: Shelf, source: _Source) -> _Made:
    """From the shelf, if this recording was encoded with these settings before."""
    kept = _kept(episode, studio, shelf, source)
    if kept is not None:
        return _Made(source, kept, now=source.recipe in studio.made)
    # numpy and the encoder load only here: a run with nothing to do is over before they would have loaded.
    from cop_publish.audio.crew import make_alone  # noqa: PLC0415

    return _Made(source, make_alone(_order(episode, studio, source), studio.progress), now=True)


def _kept(episode: ClearedEpisode, studio: Studio, shelf: Shelf, source: _Source) -> Encoded | None:
    is_to_be_new = episode.id in studio.remaster and source.recipe not in studio.made
    return None if is_to_be_new else shelf.find_encode(source.recipe)


def _order(episode: ClearedEpisode, studio: Studio, source: _Source) -> Order:
    return Order(
        id=episode.id,
        root=studio.root.absolute(),
        cache=studio.cache.absolute(),
        recording=source.recording,
        stamps=source.stamps,
        recipe=source.recipe,
        sound=episode.edit.sound(studio.sound),
        edit=episode.edit,
        jobs=studio.jobs,
    )


def _tagged(episode: ClearedEpisode, studio: Studio, shelf: Shelf, made: _Made) -> Master:
    """The encode with today's tags in front: a copy, cheap beside an encode; none if it is there."""
    encoded = made.encoded
    _check_times(episode, encoded.timeline)
    episode, cover = in_published_time(episode, encoded.timeline), studio.cover_jpeg(episode)
    tags = tag_digest(episode, studio.show, studio.feed_url, cover)
    tagged = encoded.tagged
    if tagged is None or tagged.tags != tags or shelf.find_master(tagged.sha256) is None:
        from cop_publish.audio.tags import tag_bytes  # noqa: PLC0415 - mutagen loads only to write a tag

        studio.progress("Writing the tags", 0.0)
        tag = tag_bytes(episode, studio.show, studio.feed_url, cover, encoded.duration_seconds)
        tagged = _write(shelf, tag, encoded, tags)
        shelf.note(replace(encoded, tagged=tagged))
        studio.progress("Writing the tags", 1.0)
    return Master(
        recipe=encoded.recipe,
        sha256=tagged.sha256,
        size_bytes=tagged.size_bytes,
        duration_seconds=encoded.duration_seconds,
        loudness=encoded.report.after,
        file=shelf.master_path(tagged.sha256),
        made_now=made.now,
        recording=made.source.sha256,
        voices=made.source.voices,
        timeline=encoded.timeline,
        report=encoded.report,
    )


def _write(shelf: Shelf, tag: bytes, encoded: Encoded, tags: str) -> Tagged:
    digest, size_bytes = hashlib.sha256(), 0
    with shelf.part() as part:
        with part.open("wb") as target, shelf.encode_path(encoded.recipe).open("rb") as sound:
            block = tag
            while block:
                target.write(block)
                digest.update(block)
                size_bytes += len(block)
                block = sound.read(BLOCK_BYTES)
        shelf.keep(part, shelf.master_path(digest.hexdigest()))
    return Tagged(tags, digest.hexdigest(), size_bytes)


def _check_times(episode: ClearedEpisode, timeline: Timeline) -> None:
    """Only the decoded recording shows where its end is."""
    late = check_times(episode, timeline.source_samples)
    if late:
        raise AudioFailed("The sound could not be made.", late)


def _of_the_system(error: OSError, cache: Path) -> Fault:
    ours = str(cache) in str(error.filename)
    return faults.MASTERS_UNUSABLE if ours and not faults.is_full(error) else faults.unreadable(error)
