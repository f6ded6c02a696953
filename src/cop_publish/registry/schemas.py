"""The keys of the registry's files; docs/formats.md is checked against them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cop_publish.core import values as v
from cop_publish.core.consents import OnExpiry, TakenBack
from cop_publish.core.front_matter import Key

if TYPE_CHECKING:
    from cop_publish.core.front_matter import Schema

# As plain yes and no are written elsewhere: `yes` is their own voice.
_VOICES = {"yes": "own", "own": "own", "true": "own", "on": "own", "revoiced": "revoiced"}
_VOICES |= dict.fromkeys(("no", "false", "off"), "no")

REGISTRY: Schema = {
    "version": Key(v.integer, "Write `version: 1`.", required=True),
    "fictional": Key(v.boolean, "yes only where every person in it is made up."),
    "serial": Key(v.integer, "Where the count of changes begins; the tool counts on in head.json."),
}
NAME: Schema = {
    "given": Key(v.word, "The given name, or the only one.", required=True),
    "family": Key(v.word, "The family name."),
    "known_as": Key(v.words, "Other given names they go by."),
}
ALSO: Schema = {
    "emails": Key(v.words, "Their e-mail addresses."),
    "handles": Key(v.words, "Their names on social media."),
    "urls": Key(v.words, "Addresses of pages about them."),
    "roles": Key(v.words, "Words for what they do, withheld wherever they agreed to less than a role."),
    "organisations": Key(
        v.words,
        "What people call where they do it, withheld wherever they agreed to less than an organisation.",
    ),
    "aliases": Key(v.words, "Their name as it stands in other files, such as Jekyll's author."),
}
PERSON: Schema = {
    "name": Key(v.one(NAME), "name: {given: …, family: …}.", required=True),
    "also": Key(v.one(ALSO), "Addresses and other names, so that the gate finds them."),
    "employer": Key(v.word, "A short word for where they work, as calendar.yaml has it.", filled=True),
    "never_mention": Key(
        v.boolean, "yes: nothing of theirs is public, whatever any record says.", filled=True
    ),
}
ALLOW: Schema = {
    "words": Key(v.boolean, "What they said or wrote may be published."),
    "voice": Key(
        v.spelt(_VOICES), "Their voice may be heard: yes; revoiced: their words in another voice; no."
    ),
    "photo": Key(v.boolean, "A photograph of them may be shown."),
    # Asked for elsewhere, and nothing here would heed them: a no that is passed over is worse than none.
    "transcript": Key(v.refused, "`words` decides for the transcript too: remove it, or write `words: no`."),
    "social": Key(v.refused, "Nothing is posted to social media from here: keep that note elsewhere."),
    "newsletter": Key(v.refused, "No newsletter is sent from here: keep that note elsewhere."),
    "archive": Key(v.refused, "Nothing is given to an archive from here: keep that note elsewhere."),
}
GIVEN: Schema = {
    "on": Key(v.day, "The day they agreed.", required=True),
    "how": Key(v.word, "How they agreed, such as e-mail."),
    "shown": Key(v.word, "What they were shown before: the name of a text in the registry's shown/."),
    "shown_sha256": Key(v.word, "The SHA-256 of that text, so that a changed one is not taken for it."),
}
CLEARANCE: Schema = {
    "needed": Key(v.boolean, "Whether their department must agree: yes or no.", required=True),
    "by": Key(v.word, "Who there agrees, such as the press office."),
    "ref": Key(v.word, "The department's own reference."),
    "on": Key(v.day, "The day it agreed; left out: not yet.", filled=True),
}
WITHDRAWN: Schema = {
    "on": Key(v.day, "The day they took it back.", required=True),
    "scope": Key(
        v.choices(*TakenBack),
        "attribution, voice, photo, or item for everything; several in brackets.",
        filled=True,
    ),
}
CONSENT: Schema = {
    "level": Key(
        v.choice("anonymous", "role", "organisation", "named"),
        "level: anonymous, role, organisation or named.",
        required=True,
    ),
    "display": Key(v.word, "The exact words they agreed to be called by."),
    "group_size": Key(v.integer, "How many people those words fit, by their own estimate.", filled=True),
    "anonymous_from": Key(
        v.choice("public", "colleagues"),
        "From whom: the public, or colleagues, who know a voice.",
        filled=True,
    ),
    "allow": Key(v.one(ALLOW), "allow: {words: yes, voice: no, photo: no}."),
    "sign_off": Key(v.boolean, "yes: they want to approve what is made of them before it is public."),
    "capacity": Key(
        v.choice("official", "personal"),
        "official: they speak for where they work, so `dept_clearance` says what it wants; or personal.",
        filled=True,
    ),
    "dept_clearance": Key(
        v.one(CLEARANCE),
        "dept_clearance: {needed: yes, by: press office, ref: PO-2211, on: 2026-11-18}.",
        filled=True,
    ),
    "given": Key(v.one(GIVEN), "given: {on: 2026-11-10, how: e-mail}.", required=True),
    "expires": Key(v.day, "The first day on which it no longer holds.", filled=True),
    "review_by": Key(v.refused, "It is called `expires` here: the first day on which this no longer holds."),
    "on_expiry": Key(
        v.choice(*OnExpiry),
        "refuse: nothing is left of it then; anonymous: all but who they are.",
        filled=True,
    ),
    "withdrawn": Key(
        v.day_or(WITHDRAWN),
        "The day they took it back; it no longer holds, whatever the day. Or {on: …, scope: …}.",
        filled=True,
    ),
}
