"""How the files of episodes, posts, meetings and pages become Drafts.

Everything here is pure: the text of the files and the names of the files around them go in, a Draft or
problems come out.  Which keys there are stands in `core/metadata.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable  # noqa: TC003 - a dataclass field's type
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from cop_publish.core import values as v
from cop_publish.core.consents import PersonId
from cop_publish.core.front_matter import Fields, read_front_matter
from cop_publish.core.metadata import EPISODE, MEETING, PAGE, POST
from cop_publish.core.model import (
    Audience,
    ChapterDraft,
    Draft,
    EpisodeDraft,
    EpisodeKind,
    ImageDraft,
    MeetingDraft,
    MeetingStatus,
    PageDraft,
    PostDraft,
    Text,
)
from cop_publish.core.problems import Place, Problem, Problems
from cop_publish.core.suggest import suggest
from cop_publish.core.transcripts import Transcript, parse_transcript, transcripts_in
from cop_publish.core.unmarked import is_unmarked

if TYPE_CHECKING:
    from collections.abc import Iterable

RECORDINGS = (
    ".wav",
    ".flac",
    ".mp3",
    ".m4a",
    ".opus",
    ".ogg",
    ".aac",
    ".aiff",
    ".mp4",
    ".mov",
    ".mkv",
    ".webm",
    ".w64",
    ".caf",
)
_RECEIPT = "master.json"  # of a published master; `audio/receipt.py` writes it
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_POST_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})-(.+)")
_USUAL_LENGTH = timedelta(minutes=90)


@dataclass(frozen=True, slots=True)
class Around:
    """What the reader of one item needs to know of the workspace."""

    tz: tzinfo
    language: str
    files: frozenset[str]  # every file of the workspace, POSIX, relative to it
    alias: Callable[[str], PersonId | None]


Read = tuple[Draft | None, Problems]


def read_episode(folder: str, text: str, transcript: str | None, around: Around) -> Read:
    """Read ``episodes/ID/episode.md`` and its transcript; `folder` is relative to the workspace."""
    path = f"{folder}/episode.md"
    fields, body, body_place, problems = read_front_matter(text, path, EPISODE, around.tz)
    found = list(problems)
    item = _Item(PurePosixPath(folder).name, folder, fields, around, found)
    said = _transcript(item, transcript)
    _check_slug(item)
    _check_chapters(item)
    recording = _recording(item)
    images, cover = item.images(), item.single_image("cover")
    if found or fields.get("published") is False:
        return None, tuple(found)
    title: Text = fields.get("title")
    return (
        EpisodeDraft(
            id=item.id,
            where=Place(path, 1),
            guid=fields.get("guid"),
            title=title,
            summary=fields.get("summary"),
            published_at=fields.get("date"),
            number=fields.get("number"),
            season=fields.get("season"),
            kind=EpisodeKind(fields.get("type", "full")),
            explicit=fields.get("explicit", False),
            language=fields.get("language", around.language),
            people=fields.get("people", ()),
            audience=item.audience,
            topics=fields.get("topics", ()),
            meeting=fields.get("meeting"),
            chapters=said.chapters
            or tuple(
                ChapterDraft(c.get("start"), c.get("title"), c.get("url", ""), c.where)
                for c in fields.get("chapters", ())
            ),
            cues=said.cues,
            notes=Text(body, body_place),
            cover=cover,
            images=images,
            recording=recording,
            transcript=said.name,
            revoiced=fields.get("revoiced", ()),
            embargo=fields.get("embargo"),
        ),
        tuple(found),
    )


def read_post(path: str, text: str, around: Around) -> Read:
    """Read a post; its day and slug come from its name, as in Jekyll."""
    fields, body, body_place, problems = read_front_matter(text, path, POST, around.tz)
    found = list(problems)
    stem = PurePosixPath(path).stem
    item = _Item(stem, str(PurePosixPath(path).parent), fields, around, found)
    dated = _POST_NAME.fullmatch(stem)
    words = fields.get("slug") or (dated.group(2) if dated else stem)
    published_at, slug = _post_date(item, dated), slug_of(words)
    _refuse_marks(item, "slug", words)
    _refuse_marks(item, "category", *fields.get("category", ()))
    if not slug:
        item.fail("the file's name gives no address", "Add `slug: some-words` in a-z, 0-9 and dashes.")
    authors = _authors(item)
    category = slug_of((fields.get("category") or ("blog",))[0]) or "blog"
    images, image = item.images(), item.single_image("image")
    if found or published_at is None or fields.get("published") is False:
        return None, tuple(found)
    return (
        PostDraft(
            id=stem,
            where=Place(path, 1),
            guid=fields.get("guid", ""),
            title=fields.get("title", Text(slug.replace("-", " ").title(), Place(path, 1))),
            summary=fields.get("summary", Text("", Place(path, 1))),
            published_at=published_at,
            category=category,
            slug=slug,
            authors=authors,
            people=fields.get("people", ()),
            audience=item.audience,
            topics=tuple(dict.fromkeys((*fields.get("topics", ()), *fields.get("projects", ())))),
            meeting=fields.get("meeting"),
            redirect_from=fields.get("redirect_from", ()),
            language=fields.get("language", around.language),
            body=Text(body, body_place),
            image=image,
            images=images,
            embargo=fields.get("embargo"),
        ),
        tuple(found),
    )


def read_meeting(path: str, text: str, around: Around) -> Read:
    """Read ``meetings/2026-12-09.md``."""
    fields, body, body_place, problems = read_front_matter(text, path, MEETING, around.tz)
    found = list(problems)
    item = _Item(PurePosixPath(path).stem, str(PurePosixPath(path).parent), fields, around, found)
    _check_slug(item)
    starts_at: datetime | None = fields.get("date")
    ends_at = fields.get("end") or (starts_at + _USUAL_LENGTH if starts_at else None)
    if starts_at and ends_at and ends_at <= starts_at:
        item.fail("`end` is not after `date`", "Give the time at which it ends.", "end")
    images = item.images()
    if found or starts_at is None or ends_at is None or fields.get("published") is False:
        return None, tuple(found)
    return (
        MeetingDraft(
            id=item.id,
            where=Place(path, 1),
            title=fields.get("title"),
            summary=fields.get("summary", Text("", Place(path, 1))),
            starts_at=starts_at,
            ends_at=ends_at,
            place=fields.get("place", Text("Online", Place(path, 1))),
            link=fields.get("link", ""),
            status=MeetingStatus(fields.get("status", "confirmed")),
            people=fields.get("people", ()),
            audience=item.audience,
            topics=fields.get("topics", ()),
            body=Text(body, body_place),
            images=images,
        ),
        tuple(found),
    )


def read_page(path: str, text: str, around: Around) -> Read:
    """Read a page of the site's own text, such as ``about.md``."""
    fields, body, body_place, problems = read_front_matter(text, path, PAGE, around.tz)
    found = list(problems)
    item = _Item(PurePosixPath(path).stem, str(PurePosixPath(path).parent), fields, around, found)
    images = item.images()
    if item.audience is not Audience.PUBLIC and fields.get("published") is not False:
        item.fail(
            "a page of the site is for everybody", "Take this out, or write `published: no`.", "audience"
        )
    if found or fields.get("published") is False:
        return None, tuple(found)
    summary = fields.get("summary", Text("", Place(path, 1)))
    people = fields.get("people", ())
    page = PageDraft(
        item.id, Place(path, 1), fields.get("title"), summary, people, Text(body, body_place), images
    )
    return page, tuple(found)


def slug_of(words: str) -> str:
    """Jekyll's slug: lower case, everything but a-z and 0-9 a dash."""
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")


@dataclass(frozen=True, slots=True)
class _Item:
    """One item while it is being read."""

    id: str
    folder: str
    fields: Fields
    around: Around
    found: list[Problem]

    @property
    def audience(self) -> Audience:
        return Audience(self.fields.get("audience", "public"))

    def fail(self, what: str, fix: str, key: str = "") -> None:
        self.found.append(Problem(self.fields.place(key), what, fix))

    def file(self, name: str, place: Place) -> str:
        """The workspace path of a file that a value names; a problem when it is not there."""
        path = name.lstrip("/") if name.startswith("/") else f"{self.folder}/{name}".removeprefix("./")
        parts: list[str] = []
        for part in PurePosixPath(path).parts:
            if part == "..":
                self.found.append(
                    Problem(place, "the path leads upwards with `..`", "Keep the file inside the workspace.")
                )
                return path
            parts.append(part)
        path = "/".join(parts)
        if path not in self.around.files:
            here = [f for f in self.around.files if PurePosixPath(f).parent == PurePosixPath(path).parent]
            close = suggest(path, here)
            hint = (
                f"Did you mean `{PurePosixPath(close).name}`?" if close else "Put it there, or mend the path."
            )
            self.found.append(Problem(place, "the file it names is not in the workspace", hint))
        return path

    def images(self) -> tuple[ImageDraft, ...]:
        return tuple(
            ImageDraft(self.file(i.get("file"), i.place("file")), i.get("alt"), i.get("people", ()), i.where)
            for i in self.fields.get("images", ())
            if i.get("file") and i.get("alt")
        )

    def single_image(self, key: str) -> ImageDraft | None:
        """An image with a key of its own: described there, or by its entry in `images`."""
        name: str | None = self.fields.get(key)
        if name is None:
            return None
        where = self.fields.place(key)
        path = self.file(name, where)
        listed = next((i for i in self.images_quietly() if i.file == path), None)
        alt: Text | None = self.fields.get(f"{key}_alt") or (listed.alt if listed else None)
        people = self.fields.get(f"{key}_people", listed.people if listed else None)
        if alt is None or people is None:
            missing = f"`{key}_alt`" if alt is None else f"`{key}_people`"
            self.fail(f"`{key}` is not described", f"Add {missing}, or list the image in `images`.", key)
            return None
        return ImageDraft(path, alt, people, where)

    def images_quietly(self) -> tuple[ImageDraft, ...]:
        """The listed images, without reporting their problems a second time."""
        return _Item(self.id, self.folder, self.fields, self.around, []).images()


def _refuse_marks(item: _Item, key: str, *values: str) -> None:
    """Refuse a mark in what becomes part of an address, where nothing of it could be seen any more."""
    if not all(map(is_unmarked, values)):
        item.fail(f"`{key}` holds a mark, and is public as it stands", "Take it out.", key)


def _check_slug(item: _Item) -> None:
    if not _SLUG.fullmatch(item.id):
        item.fail("the name cannot be part of an address", "Use a-z, 0-9 and single dashes only.")


def _transcript(item: _Item, text: str | None) -> Transcript:
    """Read the one transcript of an episode; its headings are chapters where the front matter has none."""
    paths = transcripts_in(item.folder, item.around.files)
    if len(paths) > 1:
        names = " and ".join(PurePosixPath(path).name for path in paths)
        item.fail(f"there is more than one transcript: {names}", "Keep the one that is right.")
        return Transcript()
    if text is None:
        if not item.found:
            what = "there is no transcript.vtt, .srt or .json"
            item.fail(what, "Write one: some people read what others hear.")
        return Transcript()
    said, problems = parse_transcript(
        text, paths[0] if paths else f"{item.folder}/transcript.vtt", item.around.alias
    )
    item.found.extend(problems)
    if said.chapters and item.fields.get("chapters"):
        what = f"there are chapters here, and in the transcript too (line {said.chapters[0].where.line})"
        item.fail(what, "Keep these, or the headings of the transcript.", "chapters")
    return said


def _check_chapters(item: _Item) -> None:
    last = -1.0
    for n, chapter in enumerate(item.fields.get("chapters", ()), 1):
        start = chapter.get("start")
        if start is not None and start <= last:
            what = f"chapters[{n}] does not start after the one before it"
            item.found.append(Problem(chapter.where, what, "Put the chapters in the order of their times."))
        last = last if start is None else start


def _recording(item: _Item) -> str | None:
    named: str | None = item.fields.get("recording")
    beside = [f for f in item.around.files if PurePosixPath(f).parent == PurePosixPath(item.folder)]
    sounds = sorted(f for f in beside if PurePosixPath(f).suffix.lower() in RECORDINGS)
    if named is not None:
        # A colleague's copy has no recordings; the receipt of the published master is enough (invariant 8).
        only_receipt = f"{item.folder}/{_RECEIPT}" in beside and not sounds
        return None if only_receipt else item.file(named, item.fields.place("recording"))
    found = [f for f in sounds if PurePosixPath(f).stem == "recording"]
    if len(found) > 1:
        item.fail("there is more than one recording in the folder", "Say which with `recording: NAME`.")
    return found[0] if len(found) == 1 else None


def _post_date(item: _Item, dated: re.Match[str] | None) -> datetime | None:
    given: datetime | None = item.fields.get("date")
    if given is not None:
        return given
    if dated is None:
        item.fail("there is no date", "Name the file YYYY-MM-DD-some-words.md, or add `date: 2026-11-20`.")
        return None
    try:
        return datetime.fromisoformat(dated.group(1)).replace(tzinfo=item.around.tz)
    except ValueError:
        item.fail(
            "the file's name begins with a day that does not exist", "Rename it: YYYY-MM-DD-some-words.md."
        )
        return None


def _authors(item: _Item) -> tuple[PersonId, ...]:
    """IDs as they are; names through the registry's aliases, never shown in a message."""
    pairs: Iterable[tuple[str, Place]] = item.fields.get("author", ())
    found: list[Any] = []
    for name, place in pairs:
        known = PersonId(name) if v.PERSON_ID.fullmatch(name) else item.around.alias(name)
        if known is None:
            item.found.append(
                Problem(
                    place,
                    "`author` is a name that the registry does not know",
                    "Write the person's ID, or add the name to their `aliases` in the registry.",
                )
            )
        else:
            found.append(known)
    return tuple(dict.fromkeys(found))
