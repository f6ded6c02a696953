"""The metadata keys of episodes, posts, meetings and pages: docs/formats.md is checked against them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cop_publish.core import values as v
from cop_publish.core.front_matter import Key
from cop_publish.core.model import EpisodeKind, MeetingStatus

if TYPE_CHECKING:
    from cop_publish.core.front_matter import Schema

IMAGE: Schema = {
    "file": Key(
        v.word, "The image's path, beside the item or from the workspace with a leading slash.", required=True
    ),
    "alt": Key(v.text, "What the image shows, for those who cannot see it.", required=True),
    "people": Key(v.people, "The IDs of everyone who can be recognised: [] if nobody can.", required=True),
}
CHAPTER: Schema = {
    "start": Key(v.seconds, "When it begins in the recording, such as 1:05.", required=True),
    "title": Key(v.text, "What it is about.", required=True),
    "url": Key(v.address, "An address to go with it."),
}
CUT: Schema = {
    "from": Key(v.seconds, "Where it begins in the recording, such as 12:03.2.", required=True),
    "to": Key(v.seconds, "Where it ends in the recording, such as 12:31.75.", required=True),
}
REPLACE: Schema = {
    **CUT,
    "with": Key(v.choice("tone", "silence"), "tone or silence: what is heard there instead.", required=True),
}
EDIT: Schema = {
    "cut": Key(v.each(CUT), "What is taken out; everything after it moves up."),
    "replace": Key(v.each(REPLACE), "What is covered; nothing moves."),
    "accept_cut_off": Key(
        v.boolean, "yes if the recording ends too early, and that is all there is.", filled=True
    ),
    "intro": Key(v.word, "Another sound file before this episode than the show's, or no.", filled=True),
    "outro": Key(v.word, "Another sound file after it, or no.", filled=True),
    "marked": Key(
        v.choice("nothing", "tone", "silence"),
        "What is heard where a marked cue goes: nothing (it is cut), tone or silence.",
        filled=True,
    ),
    "leveller": Key(v.share, "How evenly loud speakers become in this episode, from 0 to 1.", filled=True),
}
_SHARED: Schema = {
    "title": Key(v.text, "Give it a title; put it in double quotes if it begins with #.", required=True),
    "summary": Key(v.text, "One plain paragraph, no Markdown.", also=("description", "excerpt")),
    "people": Key(v.people, "The IDs of those who can be heard or are credited."),
    "audience": Key(
        v.choice("public", "network"), "public, or network: left out of everything public.", filled=True
    ),
    "topics": Key(v.words, "Short topic words.", also=("tags",)),
    "images": Key(v.each(IMAGE), "Every image that the text shows."),
    "published": Key(v.boolean, "no: a draft, left out everywhere.", filled=True),
}
_DATED: Schema = {
    "language": Key(v.word, "A BCP 47 language tag; the show's if left out."),
    "meeting": Key(v.word, "The meeting it comes from: the name of a file in meetings/ without .md."),
    "embargo": Key(
        v.moment, "Not before this instant, such as 2026-12-01 00:01, whatever the date.", filled=True
    ),
}
EPISODE: Schema = {
    **_SHARED,
    **_DATED,
    "guid": Key(
        v.word, "The episode's identity for apps; `cop-publish new episode` writes one.", required=True
    ),
    "summary": Key(v.text, "One plain paragraph, no Markdown.", required=True, also=("description",)),
    "date": Key(v.moment, "When it becomes public, such as 2026-11-20 07:00.", required=True),
    "number": Key(v.integer, "The episode's number."),
    "season": Key(v.integer, "The season's number."),
    "type": Key(v.choice(*EpisodeKind), "full, trailer or bonus."),
    "explicit": Key(v.boolean, "yes if it holds strong language."),
    "revoiced": Key(v.people, "The IDs of those whose words another voice says, which listeners are told."),
    "recording": Key(v.word, "The recording's file, if it is not the only recording.* in the folder."),
    "cover": Key(v.word, "A square picture of its own, 1400 to 3000 pixels."),
    "cover_alt": Key(v.text, "What the cover shows."),
    "cover_people": Key(v.people, "The IDs of everyone who can be recognised in it: [] if nobody can."),
    "chapters": Key(v.each(CHAPTER), "Where its parts begin."),
}
POST: Schema = {
    **_SHARED,
    **_DATED,
    "title": Key(v.text, "Its title; made from the file's name, as Jekyll does, if left out."),
    "date": Key(v.moment, "The time of day, when the day in the file's name is not enough."),
    "author": Key(
        v.placed_words, "Who wrote it: an ID, several, or a name that the registry knows.", also=("authors",)
    ),
    "category": Key(v.words, "The first part of its address; blog if left out.", also=("categories",)),
    "projects": Key(v.words, "More topic words, as Jekyll archives have them."),
    "image": Key(v.word, "The image that stands for the post; needs `image_alt`."),
    "image_alt": Key(v.text, "What that image shows."),
    "image_people": Key(v.people, "The IDs of everyone who can be recognised in it: [] if nobody can."),
    "redirect_from": Key(v.words, "Old addresses that lead here, from the site's root."),
    "guid": Key(v.word, "Its identity in feeds, when that is not its address."),
    "slug": Key(v.word, "The last part of its address, when that is not in the file's name."),
    "layout": Key(v.ignored, "Jekyll's; changes nothing here."),
    "featured": Key(v.ignored, "Jekyll's; changes nothing here."),
    "comments": Key(v.ignored, "Jekyll's; changes nothing here."),
}
MEETING: Schema = {
    **_SHARED,
    "date": Key(v.moment, "When it begins, such as 2026-12-09 14:00.", required=True),
    "end": Key(v.moment, "When it ends; an hour and a half after it begins if left out."),
    "place": Key(v.text, "Where; Online if left out."),
    "link": Key(v.address, "Where to sign up; the mailing list if left out."),
    "status": Key(v.choice(*MeetingStatus), "confirmed, tentative or cancelled."),
}
PAGE: Schema = {
    **_SHARED,
    "audience": Key(
        v.choice("public", "network"), "public alone: a page of the site is for everybody.", filled=True
    ),
}
