"""Apply consents and marks: the only place where a Draft becomes Cleared.

Rules, each one a test:

1. Default is deny.  Without a record that allows words, nothing of a person's stands in an item.
2. Marked passages go; a damaged mark is a problem, and a problem means nothing is made (fail closed).
3. A person is called by the exact agreed words, or by a label of that item ("a contributor").
4. A marked cue goes from the sound too (`derived.py`), and so does one that calls somebody who is not named,
   or is of somebody uncredited who may not be heard; who is credited and may not be heard refuses the
   episode.  What is taken out whole is gone with its words, its voice and its marks, and asks nobody.
5. What is for the network only leaves here: such an item gives nothing at all.  A photograph that was taken
   back leaves here too (`left_out.py`); one that was never agreed to refuses the item.
6. No person's ID leaves: a stable ID would link someone's anonymous appearances.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cop_publish.core.bare_values import values_as_they_stand
from cop_publish.core.consents import OWN_VOICE, REVOICE, Consent, Consents, Level, PersonId
from cop_publish.core.derived import May, derive
from cop_publish.core.edit_checks import check_chapters, check_moments
from cop_publish.core.edits import gone_by
from cop_publish.core.heard import heard_of
from cop_publish.core.left_out import taken_back_in, without_left_out
from cop_publish.core.lookalikes import skim
from cop_publish.core.marks import apply_marks
from cop_publish.core.missing_yes import how_to_record, missing_photograph
from cop_publish.core.model import (
    Audience,
    Chapter,
    ChapterDraft,
    Cleared,
    ClearedEpisode,
    ClearedMeeting,
    ClearedPage,
    ClearedPost,
    Credit,
    Cue,
    CueDraft,
    Draft,
    EpisodeDraft,
    Image,
    ImageDraft,
    MeetingDraft,
    Moment,
    PageDraft,
    Part,
    PostDraft,
    Text,
)
from cop_publish.core.moments import find_moments, holds_moment
from cop_publish.core.problems import Matter, Place, Problem, Problems
from cop_publish.core.revoiced import labels_of, not_listed
from cop_publish.core.silenced import silenced_in
from cop_publish.core.sound_terms import terms_digest
from cop_publish.core.sounds import is_sound
from cop_publish.core.suggest import suggest
from cop_publish.core.timecode import exact
from cop_publish.core.values import PERSON_ID
from cop_publish.core.wording import markdown_escape, nameless_label, plain, put_wordings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from cop_publish.core.edits import Gone
    from cop_publish.core.heard import Heard

MORE = "<!--more-->"
_REFERENCE = re.compile(r"@\{(" + PERSON_ID.pattern + r")\}")
_UNTIL = "; until then, leave them out."


def clear(
    draft: Draft, consents: Consents, hosts: tuple[PersonId, ...], *, now: datetime
) -> tuple[Cleared | None, Problems]:
    """Give what may be public of a draft at `now`; None where it is not public at all, or has problems."""
    if not isinstance(draft, PageDraft) and draft.audience is Audience.NETWORK:
        return None, ()
    draft, kept = without_left_out(draft, taken_back_in(draft, consents))
    desk = _Desk(draft.id, draft.where, consents, hosts, now, getattr(draft, "revoiced", ()), [*kept])
    for key, value in values_as_they_stand(draft):
        desk.refuse_secrets(key, value)
    if isinstance(draft, EpisodeDraft):
        cleared: Cleared = _episode(draft, desk)
    elif isinstance(draft, PostDraft):
        cleared = _post(draft, desk)
    elif isinstance(draft, MeetingDraft):
        cleared = _meeting(draft, desk)
    else:
        cleared = _page(draft, desk)
    problems = tuple(sorted(set(desk.problems)))
    return (None if problems else cleared), problems


def _episode(draft: EpisodeDraft, desk: _Desk) -> ClearedEpisode:
    silenced, nowhere = silenced_in(draft, desk.consent)
    desk.problems += (*nowhere, *not_listed(draft))
    for person in (p for p in draft.people if p not in silenced):
        desk.require_voice(person, draft.where)
    derived = derive(draft, desk.may(draft.people), silenced)
    desk.problems += derived.problems
    gone, heard = gone_by(derived.edit), heard_of(draft.edit, derived)
    title, summary = desk.tag(draft.title), desk.tag(draft.summary)
    credited = desk.credits(draft.people, Part.GUEST)  # first: labels count in the order of `people`
    chapters, cues = desk.chapters(draft.chapters, gone), desk.cues(draft, heard)
    notes, moments = desk.notes(draft.notes, gone)
    lost = (c.text.where for c in draft.cues if heard.is_crowded_out(c))
    crowded = tuple(where for where in lost if where not in derived.places)
    return ClearedEpisode(
        id=draft.id,
        guid=draft.guid,
        title=title,
        summary=summary,
        published_at=draft.published_at,
        number=draft.number,
        season=draft.season,
        kind=draft.kind,
        explicit=draft.explicit,
        language=draft.language,
        credits=credited,
        topics=draft.topics,
        meeting=draft.meeting,
        chapters=chapters,
        cues=cues,
        notes=notes,
        cover=desk.image(draft.cover) if draft.cover else None,
        images=desk.images(draft.images),
        recording=draft.recording,
        voices=desk.voices(draft.people, draft.cover),
        edit=derived.padded,
        derived_cuts=derived.places,
        moments=moments,
        dropped_cues=len(draft.cues) - len(cues),
        crowded_cues=crowded,
        transcript=draft.transcript,
        revoiced=labels_of(draft, cues, desk.label),
    )


def _post(draft: PostDraft, desk: _Desk) -> ClearedPost:
    for person in draft.authors:
        desk.require_words(person, draft.where)
    desk.require_mention(draft.people, draft.where)
    body = desk.markdown(draft.body)
    before, more, after = body.partition(MORE)
    return ClearedPost(
        id=draft.id,
        guid=draft.guid,
        title=desk.line(draft.title),
        summary=desk.line_or_nothing(draft.summary),
        published_at=draft.published_at,
        category=draft.category,
        slug=draft.slug,
        credits=desk.credits(draft.authors, Part.AUTHOR),
        topics=draft.topics,
        meeting=draft.meeting,
        redirect_from=draft.redirect_from,
        language=draft.language,
        body=before + after.replace(MORE, ""),
        excerpt=before.strip() + "\n" if more and before.strip() else "",
        image=desk.image(draft.image) if draft.image else None,
        images=desk.images(draft.images),
        file=draft.where.path,
    )


def _meeting(draft: MeetingDraft, desk: _Desk) -> ClearedMeeting:
    return ClearedMeeting(
        id=draft.id,
        title=desk.line(draft.title),
        summary=desk.line_or_nothing(draft.summary),
        starts_at=draft.starts_at,
        ends_at=draft.ends_at,
        place=desk.line(draft.place),
        link=draft.link,
        status=draft.status,
        credits=desk.credits(draft.people, Part.GUEST),
        topics=draft.topics,
        body=desk.markdown(draft.body),
        images=desk.images(draft.images),
        file=draft.where.path,
    )


def _page(draft: PageDraft, desk: _Desk) -> ClearedPage:
    desk.require_mention(draft.people, draft.where)
    return ClearedPage(
        id=draft.id,
        title=desk.line(draft.title),
        summary=desk.line_or_nothing(draft.summary),
        body=desk.markdown(draft.body),
        images=desk.images(draft.images),
    )


@dataclass(slots=True)
class _Desk:
    """Where one item is cleared: who may be called what, and everything that stands in the way."""

    item: str
    where: Place
    consents: Consents
    hosts: tuple[PersonId, ...]
    now: datetime
    revoiced: tuple[PersonId, ...] = ()  # whose words the recording holds in another voice
    problems: list[Problem] = field(default_factory=list)
    _labels: dict[PersonId, str] = field(default_factory=dict)
    _tagged: set[PersonId] = field(default_factory=set)  # everyone the tags of the sound speak of
    _untagged: set[str] = field(default_factory=set)  # the passages that must not be in those tags

    def consent(self, person: PersonId) -> Consent:
        return self.consents.of(person, self.item, today=self.now.date())

    def line_or_nothing(self, text: Text) -> str:
        """Clear one line of plain words, of which nothing needs to be left."""
        return " ".join(self._cleared(text, plain).split())

    def line(self, text: Text) -> str:
        """Clear one line of plain words."""
        before = len(self.problems)
        words = self.line_or_nothing(text)
        if not words and text.raw.strip() and len(self.problems) == before:
            what = "nothing is left of this when the marked words go"
            self.refuse(text.where, what, "Write words that may be public.")
        return words

    def tag(self, text: Text) -> str:
        """Clear a line that the tags of the sound hold too, and note what its file depends on."""
        marked, _ = apply_marks(text, Audience.PUBLIC)
        if marked is not None:
            self._tagged.update(map(PersonId, _REFERENCE.findall(marked.words)))
            self._untagged.update(passage.words for passage in marked.withheld)
        return self.line(text)

    def markdown(self, text: Text) -> str:
        """Clear Markdown; agreed wordings cannot become markup."""
        return self._cleared(text, markdown_escape)

    def notes(self, text: Text, gone: Gone) -> tuple[str, tuple[Moment, ...]]:
        """Clear Markdown that may hold times of the recording, none of them in what is gone."""
        words = self._worded(text, markdown_escape)
        marked, _ = apply_marks(text, Audience.PUBLIC)
        moments, problems = find_moments(words, text.where, marked.lines if marked else ())
        self.problems += (*problems, *check_moments(moments, gone))
        return words, moments

    def _cleared(self, text: Text, escape: Callable[[str], str]) -> str:
        words = self._worded(text, escape)
        if holds_moment(words):
            what = "a time of a recording stands here, and only show notes can hold one"
            self.refuse(text.where, what, "Take it out, or write `\\{t:` for the signs themselves.")
        return words

    def _worded(self, text: Text, escape: Callable[[str], str]) -> str:
        marked, problems = apply_marks(text, Audience.PUBLIC)
        self.problems += problems
        if marked is None:
            return ""
        labels = self._known_labels(marked.words, text.where)
        words, problems = put_wordings(marked.words, labels, text.where, escape, marked.lines)
        self.problems += problems
        return words

    def _known_labels(self, words: str, where: Place) -> dict[PersonId, str]:
        """Label everyone the words name; an ID that stands bare gets an empty one, for it is refused."""
        people = self.consents.people
        named = [p for p in map(PersonId, dict.fromkeys(_REFERENCE.findall(words))) if p in people]
        self.require_mention(named, where)
        seen = skim(_REFERENCE.sub(" ", words))
        bare = [p for p in people if p in seen] if "p-" in seen else []
        return {**dict.fromkeys(bare, ""), **{p: self.label(p) for p in named}}

    def require_mention(self, people: Iterable[PersonId], where: Place) -> None:
        """Being part of an item at all needs a yes: to a name of some kind, or to the words."""
        for person in people:
            record = self.consent(person)
            if self._known(person, where) and not (record.words or record.level > Level.ANONYMOUS):
                refusal = f"{person} has not agreed to "
                same = f"{refusal}their words "  # of an author, said at the top of the post
                said = (
                    p.where == where or p.what.startswith(same)
                    for p in self.problems
                    if p.what.startswith(refusal)
                )
                if not any(said):
                    self.withhold(where, f"{refusal}be part of {self.item}", self.ask(person))

    def refuse_secrets(self, key: str, value: str) -> None:
        """Refuse a mark or a person's ID in a value that is public as it stands (rules 2 and 6)."""
        before = len(self.problems)
        if self._cleared(Text(value, self.where), plain) != plain(value):
            del self.problems[before:]
            what = f"`{key}` holds a mark or a person's ID, and is public as it stands"
            self.refuse(self.where, what, "Take it out.")

    def label(self, person: PersonId) -> str:
        """The agreed words, or a label of this item only: a stable one would link people across items."""
        if person not in self._labels:
            record = self.consent(person)
            nameless = sum(self.consent(p).level is Level.ANONYMOUS for p in self._labels)
            words = record.display if record.level > Level.ANONYMOUS else nameless_label(nameless)
            self._labels[person] = words
        return self._labels[person]

    def credits(self, people: tuple[PersonId, ...], part: Part) -> tuple[Credit, ...]:
        self.require_mention(people, self.where)
        return tuple(self.credit(p, part) for p in people)

    def credit(self, person: PersonId, part: Part) -> Credit:
        is_host = part is Part.GUEST and person in self.hosts
        return Credit(self.label(person), self.consent(person).level, Part.HOST if is_host else part)

    def chapters(self, drafts: tuple[ChapterDraft, ...], gone: Gone) -> tuple[Chapter, ...]:
        self.problems += check_chapters(drafts, gone)
        return tuple(Chapter(d.start_seconds, self.tag(d.title), d.url) for d in drafts)

    def cues(self, draft: EpisodeDraft, heard: Heard) -> tuple[Cue, ...]:
        """Clear the cues that are heard; one that is cut in the middle is checked, and its words go."""
        waiting = {p.where for p in self.problems if p.matter is Matter.LOOK}  # refused as they are
        clear = [c for c in draft.cues if c.text.where not in waiting and heard.has_any(c)]
        return tuple(cue for c in clear if (cue := self.cue(c, draft.people)) and heard.keeps_words(c))

    def cue(self, draft: CueDraft, people: tuple[PersonId, ...]) -> Cue:
        """Clear a cue; what is marked in it can still be heard, so a mark refuses the episode."""
        where = draft.text.where
        span = f"{{from: {exact(draft.start_seconds)}, to: {exact(draft.end_seconds)}}}"
        marked, problems = apply_marks(draft.text, Audience.PUBLIC)
        if not problems and marked is not None and marked.withheld:
            what = "a passage of the transcript is marked, and the recording still holds it"
            self.withhold(where, what, f"Cut the whole cue in edit.yaml: {span}.")
        speaker = ""
        if draft.speaker is not None and self._known(draft.speaker, where):
            what = f"{draft.speaker} speaks here but is not in `people`"
            if draft.speaker not in people and not any(p.what == what for p in self.problems):  # once
                self.refuse(where, what, "Add the ID to `people`.")
            self.require_voice(draft.speaker, where, f"; or cut the cue in edit.yaml: {span}.")
            speaker = self.label(draft.speaker)
        elif draft.speaker is None and not is_sound(draft.text.raw):
            fix = "Write `<v p-…>` before the words, or [music] for a sound."
            self.refuse(where, "nobody is said to speak here", fix)
        return Cue(draft.start_seconds, draft.end_seconds, speaker, self.line(draft.text))

    def may(self, people: tuple[PersonId, ...]) -> May:
        """Nobody knows of a stranger; that is said where their cue is cleared."""
        known, of = self.consents.people, self.consent
        return May(
            lambda person: person not in known or not of(person).missing_voice(self.revoiced),
            lambda person: person not in known or of(person).level is Level.NAMED,
            tuple(filter(None, (of(person).formerly for person in people))),
        )

    def require_voice(self, person: PersonId, where: Place, until: str = _UNTIL) -> None:
        missing = self.consent(person).missing_voice(self.revoiced)
        if self._known(person, where) and missing:
            cure = REVOICE if missing == OWN_VOICE else self.ask(person, until)
            self.withhold(where, f"{person} has not agreed to {missing} in {self.item}", cure)

    def require_words(self, person: PersonId, where: Place) -> None:
        if self._known(person, where) and not self.consent(person).words:
            self.withhold(where, f"{person} has not agreed to their words in {self.item}", self.ask(person))

    def images(self, drafts: Iterable[ImageDraft]) -> tuple[Image, ...]:
        return tuple(self.image(d) for d in drafts)

    def image(self, draft: ImageDraft) -> Image:
        for person in draft.people:
            if self._known(person, draft.where) and not self.consent(person).photo:
                self.withhold(draft.where, *missing_photograph(self.consents, person, self.item))
        return Image(draft.file, self.line(draft.alt))

    def voices(self, people: tuple[PersonId, ...], cover: ImageDraft | None) -> str:
        """Digest what the file that listeners keep was agreed under."""
        about = [(self.consent(p), self.label(p)) for p in sorted({*people, *self._tagged})]
        shown = [self.consent(p) for p in sorted(cover.people)] if cover else []
        return terms_digest(about, shown, sorted(self._untagged))

    def _known(self, person: PersonId, where: Place | None = None) -> bool:
        if person in self.consents.people:
            return True
        close = suggest(person, self.consents.people)
        hint = f"Did you mean {close}? " if close else ""
        fix = f"{hint}Add them with `cop-publish new person`."
        self.refuse(where or self.where, f"{person} is not in the registry", fix)
        return False

    def refuse(self, where: Place, what: str, fix: str) -> None:
        self.problems.append(Problem(where, what, fix))

    def ask(self, person: PersonId, until: str = _UNTIL) -> str:
        return f"{how_to_record(self.consents, person, self.item)}{until}"

    def withhold(self, where: Place, what: str, fix: str) -> None:
        """Report a missing yes; it is the contributor's move."""
        self.problems.append(Problem(where, what, fix, Matter.CONSENT))
