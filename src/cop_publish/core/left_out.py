"""Pictures of somebody who took their photograph back: left out wherever an item shows them.

A photograph that was never agreed to refuses its item, lest a forgotten record should quietly take a picture
out.  One that was taken back, by a day in the record, is no slip: the picture goes, and it is said.  Nobody
is anonymous in a photograph, so it goes with an attribution, and with everything, too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

from cop_publish.core.captions import captions_beside
from cop_publish.core.consents import TakenBack
from cop_publish.core.marks import apply_marks
from cop_publish.core.model import Audience, EpisodeDraft, PostDraft
from cop_publish.core.pictures_in_text import Taken, without_shown
from cop_publish.core.problems import Matter, Place, Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from cop_publish.core.consents import Consents, PersonId
    from cop_publish.core.model import Cleared, Draft, ImageDraft, Text
    from cop_publish.core.pictures_in_text import Goes
    from cop_publish.core.problems import Problems

_WITH_A_PHOTOGRAPH = {TakenBack.PHOTO, TakenBack.ATTRIBUTION, TakenBack.ITEM}


@dataclass(frozen=True, slots=True, order=True)
class LeftOut:
    """A picture, by its workspace file, and who of those in it took it back."""

    file: str
    people: tuple[PersonId, ...]


def taken_back_in(draft: Draft, consents: Consents) -> tuple[LeftOut, ...]:
    """The pictures of an item that show somebody who took that back."""
    found: dict[str, set[PersonId]] = {}
    for image in images_of(draft):
        for person in image.people:
            if _took_back(person, draft.id, consents):
                found.setdefault(image.file, set()).add(person)
    return tuple(LeftOut(file, tuple(sorted(people))) for file, people in sorted(found.items()))


def _took_back(person: PersonId, item: str, consents: Consents) -> bool:
    known = consents.consents
    record = known.get((person, item)) or known.get((person, None))
    if record is None or not record.photo or record.withdrawn_on is None:
        return False
    return bool(record.withdrawn & _WITH_A_PHOTOGRAPH)


def without_left_out(draft: Draft, left: Iterable[LeftOut]) -> tuple[Draft, Problems]:
    """The item without these pictures, and a problem for each line that shows one and cannot be changed."""
    gone = {one.file: one.people for one in left}
    if not gone:
        return draft, ()
    images = tuple(image for image in draft.images if image.file not in gone)
    if isinstance(draft, EpisodeDraft):
        cover = draft.cover if draft.cover and draft.cover.file not in gone else None
        notes, problems = _text_without(draft.notes, gone)
        return replace(draft, images=images, cover=cover, notes=notes), problems
    body, problems = _text_without(draft.body, gone)
    if isinstance(draft, PostDraft):
        image = draft.image if draft.image and draft.image.file not in gone else None
        return replace(draft, images=images, image=image, body=body), problems
    return replace(draft, images=images, body=body), problems


def left_out_of(draft: Draft, cleared: Cleared) -> tuple[LeftOut, ...]:
    """The pictures that clearing left out of an item; of whom is not asked."""
    shown = {image.file for image in cleared.images}
    for key in ("cover", "image"):
        if (one := getattr(cleared, key, None)) is not None:
            shown.add(one.file)
    return tuple(LeftOut(file, ()) for file in sorted({i.file for i in images_of(draft)} - shown))


def advise_left_out(drafts: Iterable[Draft], consents: Consents) -> Iterator[str]:
    """Say which pictures are left out of items that are public, of whom, and what may be a caption."""
    for draft in drafts:
        left = taken_back_in(draft, consents)
        for one in left:
            took = f"{' and '.join(one.people)} took the photograph back"
            yield f"{draft.where.path}: {one.file} is left out: {took}."
        for place in _captions(draft, {one.file for one in left}):
            what = "this stands beside a picture that is left out, and stays"
            yield f"{place}: {what}. Read whether it says who was in it, and take it out if it does."


def _captions(draft: Draft, gone: Collection[str]) -> Iterator[Place]:
    body = draft.notes if isinstance(draft, EpisodeDraft) else draft.body
    marked, _ = apply_marks(body, Audience.PUBLIC) if gone else (None, ())
    if marked is None:
        return
    taken = without_shown(marked.words, _is_one_of(gone, body.where.path))
    for index in sorted(set(captions_beside(marked.words.split("\n"), taken.words.split("\n")))):
        yield Place(body.where.path, marked.lines[min(index, len(marked.lines) - 1)])


def images_of(draft: Draft) -> list[ImageDraft]:
    """Every picture that an item lists, or has as its own."""
    single = draft.cover if isinstance(draft, EpisodeDraft) else None
    single = draft.image if isinstance(draft, PostDraft) else single
    return [*draft.images, *([single] if single is not None else [])]


def _text_without(text: Text, gone: dict[str, tuple[PersonId, ...]]) -> tuple[Text, Problems]:
    """Whatever the marks withhold stays withheld: without the pictures they must leave the same words."""
    goes = _is_one_of(gone, text.where.path)
    taken = without_shown(text.raw, goes)
    before, _ = apply_marks(text, Audience.PUBLIC)
    if before is None:
        return text, ()  # a damaged mark is told where the text is cleared
    shorter = replace(text, raw=taken.words)
    after, _ = apply_marks(shorter, Audience.PUBLIC)
    if after is None or _letters(after.words) != _letters(without_shown(before.words, goes).words):
        return text, _refused(text, Taken(text.raw, (0,)), gone)
    left = without_shown(after.words, goes).left
    return shorter, _refused(text, Taken("", tuple(after.lines[n] - text.where.line for n in left)), gone)


def _is_one_of(files: Collection[str], source: str) -> Goes:
    """Paths count as on the page: from the workspace's top, or from the text's own folder."""

    def goes(path: str) -> bool:
        parts = urlsplit(path)
        if parts.scheme or parts.netloc:
            return False
        beside = urljoin(f"/{source}", parts.path)
        return any(unquote(way).lstrip("/") in files for way in (parts.path, beside))

    return goes


def _letters(words: str) -> str:
    return "".join(words.split())


def _refused(text: Text, taken: Taken, gone: dict[str, tuple[PersonId, ...]]) -> Problems:
    people = " and ".join(sorted({person for one in gone.values() for person in one}))
    what = f"a picture is shown here in a way that cannot be taken out, and {people} took the photograph back"
    fix = "Take it out of the text, with its caption."
    lines = sorted(set(taken.left))
    return tuple(Problem(text.where.down(line), what, fix, Matter.CONSENT) for line in lines)
