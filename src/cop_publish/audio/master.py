"""From a cleared episode to the file that listeners get.

A published master is canonical: while its receipt's recipe is today's recipe, or its recording is not
here, it is what it is, and no new encoder, emptied cache or second laptop makes another one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cop_publish.audio import faults
from cop_publish.audio.faults import Refused, Spot
from cop_publish.audio.receipt import read_receipt
from cop_publish.audio.recipe import recipe_digest, tag_digest, voices_digest
from cop_publish.audio.shelf import BLOCK_BYTES, Tagged, open_shelf
from cop_publish.core.model import Master
from cop_publish.core.problems import Matter
from cop_publish.errors import AudioFailed, NotCleared

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cop_publish.audio.faults import Fault
    from cop_publish.audio.receipt import MasterReceipt
    from cop_publish.audio.shelf import Encoded, Shelf
    from cop_publish.core.model import ClearedEpisode
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
    stored: frozenset[str] | None = None  # digests of what the store has; None: nobody asked it


def produce(episode: ClearedEpisode, studio: Studio) -> Master:
    """The master of an episode, made only if it must be.

    Raises AudioFailed with every problem found, or NotCleared where there is only the published master, and
    what it was published under is no longer agreed.
    """
    try:
        return _produce(episode, studio)
    except Refused as refusal:
        raise _failed(episode, [refusal.fault]) from refusal
    except OSError as error:
        raise _failed(episode, [_of_the_system(error, studio.cache)]) from error


def _produce(episode: ClearedEpisode, studio: Studio) -> Master:
    shelf = open_shelf(studio.cache)
    receipt = read_receipt(studio.root / "episodes" / episode.id)
    recording = _recording(episode, studio.root)
    if recording is None:
        return _without_recording(episode, studio, shelf, receipt)
    source = _source(episode, studio, shelf, recording)
    if receipt is None:
        return _tagged(episode, studio, shelf, _encoded(studio, shelf, source))
    if episode.id in studio.remaster:
        studio.progress("Mastering again, as asked", 0.0)
        return _tagged(episode, studio, shelf, _encode(studio, shelf, source))
    if receipt.recipe != source.recipe:
        studio.progress("Mastering again: the recording, the voices or the sound settings changed", 0.0)
        return _tagged(episode, studio, shelf, _encoded(studio, shelf, source))
    if studio.stored is not None and _is_lost(receipt, shelf, studio.stored):
        studio.progress("Mastering again: neither this machine nor the store has the published master", 0.0)
        return _found_again(_tagged(episode, studio, shelf, _encoded(studio, shelf, source)), receipt)
    return _published(episode, receipt, shelf)


@dataclass(frozen=True, slots=True)
class _Source:
    """What a master is made from, and the digests that say so."""

    recording: Path
    sha256: str
    recipe: str
    voices: str


def _source(episode: ClearedEpisode, studio: Studio, shelf: Shelf, recording: Path) -> _Source:
    sha256 = shelf.sha256_of(recording)
    recipe = recipe_digest(sha256, studio.sound, episode.voices)
    return _Source(recording, sha256, recipe, voices_digest(sha256, episode.voices))


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
    _check_chapters(episode, receipt.duration_seconds)
    return Master(
        recipe=receipt.recipe,
        sha256=receipt.sha256,
        size_bytes=receipt.size_bytes,
        duration_seconds=receipt.duration_seconds,
        loudness=receipt.loudness,
        file=shelf.find_master(receipt.sha256),
        recording=receipt.recording,
        voices=receipt.voices,
    )


@dataclass(frozen=True, slots=True)
class _Made:
    """An encode, what it was made from, and whether this run made it."""

    source: _Source
    encoded: Encoded
    now: bool


def _encoded(studio: Studio, shelf: Shelf, source: _Source) -> _Made:
    """From the shelf, if this recording was encoded with these settings before."""
    kept = shelf.find_encode(source.recipe)
    return _Made(source, kept, now=False) if kept else _encode(studio, shelf, source)


def _encode(studio: Studio, shelf: Shelf, source: _Source) -> _Made:
    # numpy and the encoder load only here: a run with nothing to do is over before they would have loaded.
    from cop_publish.audio.encode import encode, set_up_bench  # noqa: PLC0415

    bench = set_up_bench(shelf, studio.sound, studio.root, studio.progress)
    return _Made(source, encode(bench, source.recording, source.recipe), now=True)


def _tagged(episode: ClearedEpisode, studio: Studio, shelf: Shelf, made: _Made) -> Master:
    """The encode with today's tags in front: a copy, cheap beside an encode; none if it is there."""
    encoded = made.encoded
    _check_chapters(episode, encoded.duration_seconds)
    cover = studio.cover_jpeg(episode)
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
        loudness=encoded.loudness,
        file=shelf.master_path(tagged.sha256),
        made_now=made.now,
        before=encoded.before if made.now else None,
        recording=made.source.sha256,
        voices=made.source.voices,
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


def _check_chapters(episode: ClearedEpisode, duration_seconds: float) -> None:
    """Only the finished sound knows where the end is."""
    late = [
        faults.chapter_after_end(index, chapter.start_seconds, duration_seconds)
        for index, chapter in enumerate(episode.chapters, 1)
        if chapter.start_seconds >= duration_seconds
    ]
    if late:
        raise _failed(episode, late)


def _of_the_system(error: OSError, cache: Path) -> Fault:
    ours = str(cache) in str(error.filename)
    return faults.MASTERS_UNUSABLE if ours and not faults.is_full(error) else faults.unreadable(error)


def _failed(episode: ClearedEpisode, found: list[Fault]) -> AudioFailed | NotCleared:
    source = f"episodes/{episode.id}/episode.md"
    places = {
        Spot.RECORDING: episode.recording or source,
        Spot.EPISODE: source,
        Spot.MASTERS: ".cop-publish/masters",
        Spot.SETTINGS: "cop-publish.toml",
    }
    problems = [fault.at(places[fault.spot]) for fault in found]
    if all(fault.matter is Matter.CONSENT for fault in found):
        return NotCleared("The published sound may not stay as it is.", problems)
    return AudioFailed("The sound could not be made.", problems)
