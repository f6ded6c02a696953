"""What a contributor's page says, drawn from their view, the pieces of the item and the searched output."""

from __future__ import annotations

from datetime import timedelta
from html import escape
from typing import TYPE_CHECKING

from cop_publish.contributor.places import is_told_by
from cop_publish.core import routes
from cop_publish.core.consents import FEW_ALIKE, Level
from cop_publish.core.moments import put_times
from cop_publish.core.sign_offs import State
from cop_publish.core.view import part_of
from cop_publish.render.body import plain_text
from cop_publish.render.contributor_page import Passage, Spot
from cop_publish.render.markdown import to_plain_html
from cop_publish.render.wording import day, duration

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    from cop_publish.contributor.places import Found, Sought
    from cop_publish.core.model import EpisodeRelease
    from cop_publish.core.pieces import Heard, Pieces
    from cop_publish.sign_off import Asked

HOW = {
    Level.NAMED: "by name",
    Level.ORGANISATION: "by your organisation, without your name",
    Level.ROLE: "by your role, without your name or your organisation",
    Level.ANONYMOUS: "without your name, your role or your organisation",
}


def agreed_words(asked: Asked) -> str:
    """Say when, how and after which text they told us what may be public; empty: nothing is on record."""
    consent = asked.consent
    if consent.given_on is None:
        return ""
    how = f" ({consent.given_how})" if consent.given_how else ""
    shown = f", after you had been shown “{consent.shown}”" if consent.shown else ""
    return f"You told us on {day(consent.given_on)}{how} what may be public of you{shown}."


def asks_words(state: State, *, is_live: bool | None) -> str:
    """Say whether anything waits for their answer; `is_live` None: it is not known what is public."""
    if state is State.NOT_NEEDED:
        return "Your consent covers this, so it does not wait for you; if you want a change, tell us."
    if state is State.SIGNED:
        return "You have said yes to exactly this."
    if is_live:
        return "This is public already, perhaps in other words: if you do not answer, nothing of it changes."
    not_yet = "Nothing of it is public yet. " if is_live is False else ""
    return f"{not_yet}If you do not answer, nothing of this is published."


def planned_words(due_at: datetime | None, answer_by: date | None, kind: str) -> str:
    """Say when it is to come out, and by when we ask for an answer; `due_at` is in the site's time zone."""
    said = f"This {kind} is to come out on {day(due_at)}. " if due_at else ""
    if answer_by is not None:
        return f"{said}Please answer by {day(answer_by)}."
    return f"{said}Please answer before that day." if due_at else ""


def department_words(asked: Asked, due_at: datetime | None) -> Iterator[str]:
    """Say what their department has said, and whether an election pauses what is new, on its day if known."""
    consent, ready = asked.consent, asked.ready
    clearance = consent.clearance
    if consent.capacity:
        yield f"You told us that you speak in {_CAPACITIES[consent.capacity]}."
    if clearance is None:
        yield "If your department or your press office has to agree first, ask them before you answer."
    elif not clearance.needed:
        yield "You told us that your department need not agree."
    elif clearance.on is None:
        yield "Your department has to agree, and has not yet. We publish nothing of yours until it has."
    else:
        known = " ".join(word for word in (clearance.by, clearance.ref) if word)
        yield f"Your department agreed on {day(clearance.on)}{f' ({known})' if known else ''}."
    waits = ready.rules.periods if ready.rules is not None else ()
    employer = ready.consents.people[asked.view.person].employer
    now = [p for p in waits if p.ends_at > ready.now and p.holds_for(employer)]
    for period in now:
        last = period.ends_at - timedelta(microseconds=1)  # a day at the end counts whole
        spans = f"{day(period.starts_at)} to {day(last)}"
        yield f"From {spans} an election holds back what is new; what is public by then stays."
    if not now:
        on = f" on {day(due_at.astimezone(ready.now.tzinfo))}" if due_at else ""
        yield f"We know of no election that holds this back{on}. If one is called, tell us."


_CAPACITIES = {"official": "your official capacity", "personal": "a personal capacity"}


def guess_words(asked: Asked) -> str:
    """Say from whom they want not to be known, and how many people their description fits, as they said."""
    consent = asked.consent
    size = consent.group_size if consent.display else None
    said = []
    if consent.anonymous_from == "colleagues":
        said.append("You told us that your colleagues, too, should not know that it is you.")
    if size:
        few = " That is not many." if size < FEW_ALIKE else ""
        said.append(f"You told us that about {size} people fit your description.{few}")
    return " ".join(said)


def shared_words(asked: Asked) -> str:
    """Say that others without a name are called the same; empty for words agreed with them alone."""
    if asked.consent.display or not asked.view.value["as"][1]:
        return ""
    return (
        "Everybody without a name is called so, in each item anew: on a page that shows other items too, "
        "these words need not be about you."
    )


def in_order(found: Iterable[Found], own_page: str) -> list[Found]:
    """The item's own page first, then what shows this item alone, then what shows several."""
    return sorted(found, key=lambda one: (one.key != own_page, len(one.items) != 1))


def spots(found: Iterable[Found], own_page: str) -> list[Spot]:
    """Give each place as a reader calls it; the transcript is one place, in however many forms."""
    forms: dict[str, list[Found]] = {}
    for one in in_order(found, own_page):
        folder, _, name = one.key.rpartition("/")
        forms.setdefault(folder if name.startswith("transcript.") else one.key, []).append(one)
    return [_spot(same, own_page) for same in forms.values()]


def _spot(same: list[Found], own_page: str) -> Spot:
    most = max(same, key=lambda one: (len(one.excerpts), one.sentences))
    name = place_name(most.key, own_page)
    if len(same) > 1:
        name = f"The transcript, in {_NUMBERS.get(len(same), len(same))} forms"
    return Spot(
        name,
        ", ".join(one.key for one in same),
        max(one.described for one in same),
        max(one.sentences for one in same),
        max(one.employed for one in same),
        most.items,
        most.excerpts,
    )


_NUMBERS = {2: "two", 3: "three", 4: "four"}


def theirs(pieces: Pieces, asked: Asked) -> Iterator[str]:
    """Every cue of theirs, and every paragraph that mentions them, without Markdown's signs."""
    person = asked.view.person
    yield from (heard.piece.words for heard in own(pieces, asked))
    yield from (plain_text(to_plain_html(p.words)) for p in pieces.text if person in p.people)


def own(pieces: Pieces, asked: Asked) -> list[Heard]:
    """The cues that they say themselves, and that are heard."""
    return [h for h in pieces.talk if h.said_by == asked.view.person and not h.is_cut]


def name_words(sought: Sought, level: Level) -> str:
    """Say where their name, an address or a handle of theirs was found."""
    if sought.named_in:
        known = "as you agreed" if level is Level.NAMED else "which must not be: tell us"
        return f"in {_files(len(sought.named_in))}, {known}"
    return "nowhere"


def employer_words(sought: Sought, asked: Asked) -> str:
    """Say where what people call their employer was found, and whether that is because of their own words."""
    person = asked.ready.consents.people[asked.view.person]
    if not person.organisations:
        return "we have not written down what it is called, so we did not look for it"
    if not sought.employed_in:
        return "nowhere"
    count, kind = _files(len(sought.employed_in)), kind_of(asked)
    others = sum(found.employed > 0 for found in sought.found)
    if is_told_by(asked.view.value["as"][1], person):
        words = f"in {count}, for it stands in the words that you agreed to"
        return f"{words}, and in {_files(others)} beside them: see below" if others else words
    if not others:
        return f"in {count}, none of which shows this {kind}"
    which = f"show{'s' if others == 1 else ''} this {kind}: could it be taken for yours? See below"
    return (
        f"in {count} that {which}"
        if others == len(sought.employed_in)
        else f"in {count}, {others} of which {which}"
    )


def kind_of(asked: Asked) -> str:
    """Say what the item is: an episode, a post, a meeting or a page."""
    return type(asked.cleared).__name__.removeprefix("Cleared").lower()


def voice_words(pieces: Pieces, asked: Asked) -> str:
    """Say whether they are heard, and for how long."""
    spoken = own(pieces, asked)
    if not spoken:
        return "not heard"
    seconds = sum(heard.end_seconds - heard.start_seconds for heard in spoken)
    if asked.view.person in getattr(asked.draft, "revoiced", ()):
        return f"read by somebody else, and we say so, for {duration(seconds)}"
    return f"your own, for {duration(seconds)}"


def listening_words(level: Level) -> str:
    """Say what to listen for to somebody who is not named: no program hears a name that is said aloud."""
    if level is Level.NAMED:
        return ""
    return "If you hear your name, or anything else that tells who you are, say so, and it is cut."


def place_name(key: str, own_page: str) -> str:
    """What a reader calls a file."""
    fixed = {
        own_page: "The page itself",
        routes.HOME: "The home page",
        routes.FEED: "The podcast feed, which apps show",
        routes.EPISODES: "The list of episodes",
        routes.BLOG: "The list of posts",
        routes.BLOG_RSS: "The blog's feed (RSS)",
        routes.BLOG_ATOM: "The blog's feed (Atom)",
        routes.MEETINGS: "The list of meetings",
    }
    endings = {
        ".mp3": "The labels inside the sound file",
        "transcript.html": "The transcript as a page",
        ".vtt": "The transcript as subtitles, for players",
        ".srt": "The transcript as subtitles, for older players",
        "transcript.json": "The transcript for apps",
        "chapters.json": "The chapters",
        ".ics": "A calendar file",
    }
    other = next((name for end, name in endings.items() if key.endswith(end)), "")
    return fixed.get(key) or other or ("A web page" if key.endswith(".html") else "A file")


def passages(pieces: Pieces, asked: Asked, release: EpisodeRelease | None) -> Iterator[Passage]:
    """Their paragraphs and cues with their neighbours, as in the view, and what was taken out of them."""
    person = asked.view.person
    part = part_of(asked.draft, pieces, person)
    at = release.master.timeline.published_seconds if release and release.master.timeline else float
    for piece in part.text:
        html = to_plain_html(put_times(piece.words, at))
        yield Passage(html, is_theirs=person in piece.people, removed="a passage" if piece.withheld else "")
    spoken = own(pieces, asked)
    cut = (heard for heard in pieces.talk if heard.is_cut and person in heard.piece.people)
    for heard in sorted((*part.talk, *cut), key=lambda heard: heard.start_seconds):
        if heard.is_cut:
            gone = duration(heard.end_seconds - heard.start_seconds)
            yield Passage("", is_theirs=True, removed=gone)
        else:
            is_theirs = person in heard.piece.people
            about = " (you)" if heard in spoken else " (about you)" if is_theirs else ""
            yield Passage(escape(heard.piece.words), f"{heard.piece.speaker}{about}", is_theirs)


def _files(count: int) -> str:
    return f"{count} file" + ("" if count == 1 else "s")
