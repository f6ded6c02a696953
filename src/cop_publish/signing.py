"""Who must sign off what: the views of a workspace, and whether the registry holds a yes to each.

Asked twice: when the workspace is read, so that an item waits; and again by the gate, from the registry as it
is then and the sound that was really made, so that an answer taken back meanwhile still counts.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from cop_publish.audio.receipt import read_receipt
from cop_publish.audio.shelf import open_shelf
from cop_publish.core.consents import TakenBack
from cop_publish.core.ended import day_words
from cop_publish.core.key_places import place_of_person
from cop_publish.core.model import ClearedEpisode
from cop_publish.core.pieces import may_be_in, pieces_of
from cop_publish.core.sign_offs import SignOffs, State, must_sign_off, unsigned
from cop_publish.core.view import Traces, pictures_of, view_of
from cop_publish.errors import AudioFailed
from cop_publish.registry.sign_offs import read_sign_offs
from cop_publish.registry.upheld import lost_answers
from cop_publish.unchanged import state_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from cop_publish.core.consents import Consent, Consents, PersonId
    from cop_publish.core.model import Cleared, Draft
    from cop_publish.core.pieces import Pieces
    from cop_publish.core.problems import Problem
    from cop_publish.core.view import View
    from cop_publish.settings import Settings


def signers(draft: Draft, cleared: Cleared, consents: Consents, now: datetime) -> Iterator[Consent]:
    """Give the consents of those who must sign off an item, in the order of their IDs."""
    with_sound = has_sound(cleared)
    records = [consents.of(p, cleared.id, today=now.date()) for p in sorted(may_be_in(draft))]
    records = [record for record in records if must_sign_off(record, with_sound=with_sound)]
    if records:
        people = pieces_of(draft, cleared).people
        yield from (record for record in records if record.person in people)


def has_sound(item: Cleared) -> bool:
    """Whether there is a voice to be heard in an item."""
    return isinstance(item, ClearedEpisode)


def views_to_sign(
    pairs: Iterable[tuple[Draft, Cleared]], consents: Consents, settings: Settings, *, now: datetime
) -> tuple[View, ...]:
    """Give the view of everyone who must sign something off."""
    return tuple(
        view_of(draft, cleared, record, traces(draft, cleared, record.person, settings))
        for draft, cleared in pairs
        for record in signers(draft, cleared, consents, now)
    )


def find_unsigned(
    views: Iterable[View], answers: SignOffs, drafts: Mapping[str, Draft], consents: Consents
) -> dict[str, list[Problem]]:
    """Say what stands in the way of each item that somebody has not signed off."""
    found: dict[str, list[Problem]] = {}
    for view in views:
        for problem in unsigned_by(view, answers, drafts[view.item], consents):
            found.setdefault(view.item, []).append(problem)
    return found


def unsigned_by(view: View, answers: SignOffs, draft: Draft, consents: Consents) -> tuple[Problem, ...]:
    """What stands in the way of one person's part: of who took something back, first that it must go.

    A withdrawal waits for no answer; one that was cut off has left what is live as it was.
    """
    problems = unsigned(view, answers.state_of(view), place_of_person(draft, view.person))
    known = consents.consents
    record = known.get((view.person, view.item)) or known.get((view.person, None))
    if record is None or record.withdrawn_on is None:
        return problems
    return tuple(replace(problem, fix=_end_first(record, draft, problem.fix)) for problem in problems)


def _end_first(record: Consent, draft: Draft, fix: str) -> str:
    part = next((words for scope, words in _PARTS.items() if scope in record.withdrawn), "")
    if not part:
        return fix
    item = draft.where.path.removesuffix("/episode.md")
    command = f"`cop-publish withdraw --person {record.person} --scope {part} {item}`"
    taken = f"They took their {part} back on {day_words(record.withdrawn_on)}" if record.withdrawn_on else ""
    return f"{taken}: if what is live still has it, run {command} first, which waits for no answer. {fix}"


_PARTS = {TakenBack.ATTRIBUTION: "attribution", TakenBack.VOICE: "voice", TakenBack.PHOTO: "photograph"}


def unsigned_now(views: Iterable[View], settings: Settings, recordings: Mapping[str, str]) -> frozenset[str]:
    """Give the items that the registry, read again, has not everyone's yes to.

    `recordings` holds by episode the SHA-256 of the recording that its master was really made from.
    """
    answers = answers_of(settings)
    return frozenset(
        view.item
        for view in views
        if answers.state_of(view) is not State.SIGNED
        or recordings.get(view.item, view.recording_sha256) != view.recording_sha256
    )


def answers_of(settings: Settings) -> SignOffs:
    """Read the registry's sign-offs, and which of them were lost; a show without a registry has none."""
    if settings.registry is None:
        return SignOffs()
    found = read_sign_offs(settings.registry)
    return replace(found, lost=lost_answers(settings.registry, found))


def traces(draft: Draft, cleared: Cleared, person: PersonId, settings: Settings) -> Traces:
    """Digest the recording of an episode, and the pixels of every picture that a person is in."""
    recording = _recording(cleared, settings) if isinstance(cleared, ClearedEpisode) else ""
    has_pictures = bool(draft.images) or any(getattr(draft, key, None) for key in ("cover", "image"))
    pixels = _pixels(pieces_of(draft, cleared), person, settings) if has_pictures else {}
    return Traces(recording, pixels)


def _recording(episode: ClearedEpisode, settings: Settings) -> str:
    """The recording's own digest, or where it is not here that which the published master was made from."""
    root = settings.root.absolute()
    with suppress(OSError):  # what is wrong with a recording is said when its master is made
        if episode.recording is not None and (root / episode.recording).is_file():
            shelf = open_shelf(state_folder(settings.root) / "masters")
            return shelf.sha256_of(root / episode.recording)
    with suppress(AudioFailed):
        receipt = read_receipt(settings.root / "episodes" / episode.id)
        return receipt.recording if receipt is not None else ""
    return ""


def _pixels(pieces: Pieces, person: PersonId, settings: Settings) -> dict[str, str]:
    files = [picture.file for picture in pictures_of(pieces, person)]
    if not files:
        return {}
    from cop_publish.render.images import BadImageError  # noqa: PLC0415 - Pillow, where somebody is in a picture
    from cop_publish.render.pixels import pixels_sha256  # noqa: PLC0415 - the same

    found = {}
    for file in files:
        with suppress(OSError, BadImageError):  # said when the pictures are made
            source = (settings.root / file).read_bytes()
            found[file] = pixels_sha256(source, PurePosixPath(file).suffix.lower())
    return found
