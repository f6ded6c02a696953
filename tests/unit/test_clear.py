"""The rules of core/clear.py, numbered as there: what may be public of a draft, and what refuses it."""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cop_publish.core.clear import clear
from cop_publish.core.consents import Consent, Consents, Level, Person, PersonId
from cop_publish.core.model import (
    Audience,
    ChapterDraft,
    Cleared,
    ClearedEpisode,
    ClearedMeeting,
    ClearedPage,
    ClearedPost,
    Credit,
    CueDraft,
    Draft,
    EpisodeDraft,
    EpisodeKind,
    ImageDraft,
    MeetingDraft,
    MeetingStatus,
    PageDraft,
    Part,
    PostDraft,
    Text,
)
from cop_publish.core.problems import Matter, Place, Problem, Problems
from cop_publish.render.markdown import to_html

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOST, GUEST, ADVISER, QUIET, SILENT = map(PersonId, ("p-host", "p-7f3k", "p-k2m9", "p-q4d7", "p-t6h8"))
PEOPLE = {
    HOST: Person(HOST, "Alys", "Example"),
    GUEST: Person(GUEST, "Siân", "Ap-Example"),
    ADVISER: Person(ADVISER, "Torquil", "Inventedson"),
    QUIET: Person(QUIET, "Oluwaseun", "Fictitious"),
    SILENT: Person(SILENT, "Bartholomew", "O’Fabricate"),
}
YES: dict[str, Any] = {"words": True, "voice": True}
RECORDS = (
    Consent(HOST, None, Level.NAMED, "Alys Example", photo=True, **YES),
    Consent(GUEST, "jury", Level.NAMED, "Siân Ap-Example", **YES),
    Consent(ADVISER, "jury", Level.ROLE, "a policy adviser in central government", **YES),
    Consent(QUIET, "jury", Level.ANONYMOUS, **YES),
)


def registry(*records: Consent, people: dict[PersonId, Person] | None = None) -> Consents:
    """The sample's people and consents; a record given here takes the place of one for the same item."""
    consents = {(r.person, r.item): r for r in (*RECORDS, *records)}
    return Consents(PEOPLE if people is None else people, consents)


def text(raw: str, line: int = 9) -> Text:
    return Text(raw, Place("the/file.md", line, 1))


def cue(speaker: PersonId | None, words: str = "Welcome.", line: int = 4) -> CueDraft:
    return CueDraft(0.0, 4.0, speaker, Text(words, Place("the/transcript.vtt", line, 1)))


def image(alt: str = "A map", *people: PersonId, file: str = "images/map.png") -> ImageDraft:
    return ImageDraft(file, text(alt), people, Place("the/file.md", 7))


EPISODE = EpisodeDraft(
    id="jury",
    where=Place("the/file.md", 1),
    guid="0199e0b2",
    title=text("The jury", 2),
    summary=text("What changed.", 3),
    published_at=NOW,
    number=1,
    season=None,
    kind=EpisodeKind.FULL,
    explicit=False,
    language="en-gb",
    people=(HOST, GUEST),
    audience=Audience.PUBLIC,
    topics=("juries",),
    meeting=None,
    chapters=(ChapterDraft(0.0, text("Welcome", 5), "", Place("the/file.md", 5)),),
    cues=(cue(HOST),),
    notes=text("Notes.\n"),
    cover=None,
    images=(),
    recording="the/recording.flac",
)
POST = PostDraft(
    id="jury",
    where=Place("the/file.md", 1),
    guid="",
    title=text("Lessons", 2),
    summary=text("", 1),
    published_at=NOW,
    category="blog",
    slug="jury",
    authors=(HOST,),
    people=(),
    audience=Audience.PUBLIC,
    topics=(),
    meeting=None,
    redirect_from=(),
    language="en-gb",
    body=text("Body.\n"),
    image=None,
    images=(),
)
MEETING = MeetingDraft(
    id="jury",
    where=Place("the/file.md", 1),
    title=text("Winter", 2),
    summary=text("", 1),
    starts_at=NOW,
    ends_at=NOW + timedelta(hours=1),
    place=text("Online", 1),
    link="https://commons.example/join",
    status=MeetingStatus.CONFIRMED,
    people=(),
    audience=Audience.PUBLIC,
    topics=(),
    body=text("Agenda.\n"),
    images=(),
)
PAGE = PageDraft("jury", Place("the/file.md", 1), text("About", 2), text("", 1), (), text("We.\n"), ())


def cleared(draft: Draft, consents: Consents | None = None, *, now: datetime = NOW) -> Any:  # noqa: ANN401 - the cleared kind of the draft's
    """What is public of a draft that must have no problems."""
    found, problems = clear(draft, consents or registry(), (HOST,), now=now)
    assert problems == ()
    assert found is not None
    return found


def refused(draft: Draft, consents: Consents | None = None, *, now: datetime = NOW) -> Problems:
    """The problems of a draft that must not be cleared."""
    found, problems = clear(draft, consents or registry(), (HOST,), now=now)
    assert found is None
    assert problems
    return problems


def said(problems: Problems) -> list[str]:
    return [p.what for p in problems]


def every_word(value: Any) -> str:  # noqa: ANN401 - any value of a cleared item
    """All text that a cleared value holds, wherever it stands."""
    if isinstance(value, dict):
        return "\n".join(map(every_word, value.values()))
    if isinstance(value, list | tuple):
        return "\n".join(map(every_word, value))
    return value if isinstance(value, str) else ""


# --- what passes ----------------------------------------------------------------------------------


def test_an_episode_with_every_yes_passes_whole() -> None:
    found: ClearedEpisode = cleared(
        replace(
            EPISODE,
            cover=image("Cards"),
            images=(image("Hall", HOST),),
            cues=(cue(HOST), cue(None, "[music]")),
        )
    )
    assert isinstance(found, ClearedEpisode)
    assert found.credits == (
        Credit("Alys Example", Level.NAMED, Part.HOST),
        Credit("Siân Ap-Example", Level.NAMED, Part.GUEST),
    )
    assert [(c.speaker, c.text) for c in found.cues] == [("Alys Example", "Welcome."), ("", "[music]")]
    assert found.cover is not None
    assert (found.cover.alt, found.images[0].alt, found.notes) == ("Cards", "Hall", "Notes.\n")


def test_posts_meetings_and_pages_pass_with_their_people() -> None:
    post: ClearedPost = cleared(
        replace(POST, authors=(HOST, QUIET), body=text("One.\n\n<!--more-->\n\nTwo.\n"))
    )
    assert [c.label for c in post.credits] == ["Alys Example", "a contributor"]
    assert {c.part for c in post.credits} == {Part.AUTHOR}
    assert (post.excerpt, post.body) == ("One.\n", "One.\n\n\n\nTwo.\n")
    meeting: ClearedMeeting = cleared(replace(MEETING, people=(HOST, ADVISER)))
    assert [(c.label, c.part) for c in meeting.credits] == [
        ("Alys Example", Part.HOST),
        ("a policy adviser in central government", Part.GUEST),
    ]
    page: ClearedPage = cleared(replace(PAGE, body=text("Led by @{p-host}.\n"), people=(HOST,)))
    assert page.body == "Led by Alys Example.\n"


@pytest.mark.parametrize("body", ["<!--more-->\nAll.\n", "All.\n"])
def test_without_words_before_the_more_sign_there_is_no_excerpt(body: str) -> None:
    assert cleared(replace(POST, body=text(body))).excerpt == ""


# --- rule 1: default is deny ----------------------------------------------------------------------

NO = Consents(PEOPLE, {})
ABOUT_SILENT = {
    "heard": replace(EPISODE, people=(SILENT,), cues=()),
    "speaking in a cue": replace(EPISODE, cues=(cue(SILENT),), people=(HOST, SILENT)),
    "author": replace(POST, authors=(SILENT,)),
    "quoted in a post": replace(POST, people=(SILENT,)),
    "named in a post": replace(POST, body=text("As @{p-t6h8} said.\n")),
    "named in a title": replace(EPISODE, title=text("With @{p-t6h8}")),
    "named in a summary": replace(POST, summary=text("With @{p-t6h8}")),
    "named in a chapter": replace(
        EPISODE, chapters=(ChapterDraft(0.0, text("@{p-t6h8}"), "", Place("the/file.md", 5)),)
    ),
    "named in show notes": replace(EPISODE, notes=text("@{p-t6h8} ran it.\n")),
    "named in an alt text": replace(POST, images=(image("@{p-t6h8} speaking"),)),
    "named in a cover's alt text": replace(EPISODE, cover=image("@{p-t6h8} speaking")),
    "in a photograph": replace(POST, image=image("A speaker", SILENT)),
    "in an episode's cover": replace(EPISODE, cover=image("A speaker", SILENT)),
    "at a meeting": replace(MEETING, people=(SILENT,)),
    "named at a meeting": replace(MEETING, body=text("@{p-t6h8} will speak.\n")),
    "host of a meeting place": replace(MEETING, place=text("At @{p-t6h8}’s")),
    "named on a page": replace(PAGE, body=text("@{p-t6h8} founded it.\n")),
    "listed on a page": replace(PAGE, people=(SILENT,)),
}


@pytest.mark.parametrize("draft", ABOUT_SILENT.values(), ids=ABOUT_SILENT.keys())
def test_whoever_has_no_record_refuses_the_item_and_it_is_their_move(draft: Draft) -> None:
    problems = refused(draft)
    assert {p.matter for p in problems} == {Matter.CONSENT}
    assert any("p-t6h8 has not agreed" in p.what for p in problems)
    assert "Bartholomew" not in "".join(map(str, problems))


def test_without_any_record_not_even_the_host_is_heard_or_named() -> None:
    assert {p.matter for p in refused(EPISODE, NO)} == {Matter.CONSENT}
    assert refused(POST, NO)


@pytest.mark.parametrize(
    ("record", "what"),
    [
        (
            Consent(GUEST, "jury", Level.NAMED, "Siân", words=True),
            "p-7f3k has not agreed to their voice in jury",
        ),
        (
            Consent(GUEST, "jury", Level.NAMED, "Siân", voice=True),
            "p-7f3k has not agreed to their words in jury",
        ),
        (
            Consent(GUEST, "jury", Level.NAMED, "Siân"),
            "p-7f3k has not agreed to their voice and words in jury",
        ),
        (Consent(GUEST, "jury", photo=True), "p-7f3k has not agreed to their voice and words in jury"),
    ],
)
def test_someone_heard_needs_a_yes_to_their_voice_and_to_their_words(record: Consent, what: str) -> None:
    assert what in said(refused(EPISODE, registry(record)))


def test_an_author_needs_a_yes_to_their_words_whatever_their_level() -> None:
    record = Consent(GUEST, "jury", Level.NAMED, "Siân Ap-Example", voice=True, photo=True)
    problems = refused(replace(POST, authors=(GUEST,)), registry(record))
    assert said(problems) == ["p-7f3k has not agreed to their words in jury"]


def test_a_photograph_needs_a_yes_of_its_own_from_everyone_in_it() -> None:
    problems = refused(replace(POST, images=(image("A table", HOST, GUEST, ADVISER),)))
    assert said(problems) == [
        "p-7f3k has not agreed to a photograph in jury",
        "p-k2m9 has not agreed to a photograph in jury",
    ]
    assert all(p.where == Place("the/file.md", 7) and p.matter is Matter.CONSENT for p in problems)


TODAY = NOW.date()


@pytest.mark.parametrize(
    ("change", "holds"),
    [
        ({"expires_on": TODAY + timedelta(days=1)}, True),
        ({"expires_on": TODAY}, False),  # the first day on which it no longer holds
        ({"expires_on": TODAY - timedelta(days=400)}, False),
        ({"withdrawn_on": TODAY}, False),
        ({"withdrawn_on": TODAY - timedelta(days=1)}, False),
        ({"withdrawn_on": TODAY + timedelta(days=1)}, False),
        ({"expires_on": date(2030, 1, 1), "withdrawn_on": TODAY}, False),
    ],
)
def test_a_yes_holds_until_the_day_it_expires_or_is_taken_back(change: dict[str, Any], holds: bool) -> None:  # noqa: FBT001 - a column of the table
    consents = registry(replace(RECORDS[1], **change))
    assert (clear(EPISODE, consents, (HOST,), now=NOW)[0] is not None) is holds


def test_a_standing_yes_holds_in_every_item_and_an_items_own_record_decides_alone() -> None:
    other = replace(EPISODE, id="another", people=(HOST,))
    assert cleared(other).credits[0].label == "Alys Example"
    less = Consent(HOST, "another", Level.ROLE, "a host", **YES)
    assert cleared(other, registry(less)).credits == (Credit("a host", Level.ROLE, Part.HOST),)
    silent = Consent(HOST, "another", Level.NAMED, "Alys Example", words=True)
    assert said(refused(other, registry(silent)))[0] == "p-host has not agreed to their voice in another"


def test_taking_back_an_items_own_yes_does_not_fall_back_to_the_standing_one() -> None:
    gone = Consent(HOST, "jury", Level.NAMED, "Alys Example", withdrawn_on=TODAY, **YES)
    assert refused(EPISODE, registry(gone))


def test_a_yes_for_one_item_is_none_for_another() -> None:
    assert "p-7f3k has not agreed to their voice and words in another" in said(
        refused(replace(EPISODE, id="another"))
    )


# --- rule 2: marks --------------------------------------------------------------------------------

BLOCK = "One.\n\n::: confidential\nThe minister, @{p-t6h8} and p-t6h8, @{p-nobd}.\n::: end\n\nTwo.\n"


@pytest.mark.parametrize("mark", ["confidential", "network-only"])
def test_a_marked_passage_goes_and_whoever_it_names_is_no_problem(mark: str) -> None:
    draft = replace(POST, body=text(BLOCK.replace("confidential", mark)))
    assert cleared(draft).body == "One.\n\nTwo.\n"
    inline = replace(POST, body=text("It [[confidential: cost @{p-t6h8} £4 |say| was dear]].\n"))
    assert cleared(inline).body == "It was dear.\n"


def test_what_is_said_instead_of_a_passage_may_name_only_who_agreed() -> None:
    draft = replace(POST, body=text("It [[confidential: x |say| was told by @{p-t6h8}]].\n"))
    assert said(refused(draft)) == ["p-t6h8 has not agreed to be part of jury"]


@pytest.mark.parametrize(
    "place",
    ["title", "summary", "body"],
)
def test_marks_hold_in_front_matter_as_in_the_body(place: str) -> None:
    words: dict[str, Any] = {place: text("The jury [[confidential: on schools]] met")}
    found = cleared(replace(POST, **words))
    assert getattr(found, place) == "The jury met"


@pytest.mark.parametrize(
    "damaged",
    [
        "::: confidental\nSecret.\n::: end\n",
        "::: confidential\nSecret.\n",
        "Secret.\n::: end\n",
        "[[confidential: secret]\n",
        "[[confidental: secret]]\n",
        "[[confidential: secret\n\nmore]]\n",
    ],
)
def test_a_damaged_mark_refuses_and_whoever_wrote_it_must_mend_it(damaged: str) -> None:
    for draft in (
        replace(POST, body=text(damaged)),
        replace(EPISODE, notes=text(damaged)),
        replace(EPISODE, cues=(cue(HOST, damaged),)),
        replace(POST, images=(image(damaged),)),
    ):
        problems = refused(draft)
        assert {p.matter for p in problems} == {Matter.CONTENT}
        assert "ecret" not in "".join(map(str, problems))


def test_a_title_of_which_nothing_is_left_is_refused() -> None:
    problems = refused(replace(POST, title=text("[[confidential: The jury]]", 2)))
    assert [(p.what, p.where.line) for p in problems] == [
        ("nothing is left of this when the marked words go", 2)
    ]
    assert cleared(replace(POST, summary=text("[[confidential: The jury]]"))).summary == ""


@pytest.mark.parametrize(
    ("key", "draft"),
    [
        ("topics", replace(POST, topics=("juries", "[[confidential: schools]]"))),
        ("topics", replace(EPISODE, topics=("juries", "with @{p-host}"))),
        ("topics", replace(MEETING, topics=("p-7f3k",))),
        ("topics", replace(POST, topics=("P-7F3K",))),
        ("link", replace(MEETING, link="https://x.example/[[confidential: y]]")),
        ("link", replace(MEETING, link="https://x.example/p-7f3k")),
        (
            "chapters",
            replace(EPISODE, chapters=(replace(EPISODE.chapters[0], url="https://x.example/p-7f3k"),)),
        ),
        ("images", replace(POST, images=(image(file="images/p-7f3k.jpg"),))),
        ("redirect_from", replace(POST, redirect_from=("/people/p-7f3k",))),
        ("slug", replace(POST, slug="with-p-7f3k")),
        ("category", replace(POST, category="p-7f3k")),
        ("id", replace(EPISODE, id="012-p-7f3k", people=(HOST,))),
        ("id", replace(PAGE, id="p-7f3k")),
        ("guid", replace(EPISODE, guid="tag:p-7f3k")),
    ],
)
def test_a_value_that_is_public_as_it_stands_holds_no_mark_and_no_id(key: str, draft: Draft) -> None:
    problems = refused(draft)
    assert said(problems) == [f"`{key}` holds a mark or a person's ID, and is public as it stands"]
    assert {p.matter for p in problems} == {Matter.CONTENT}


# --- rule 3: wordings -----------------------------------------------------------------------------


def test_people_are_called_by_the_exact_agreed_words_everywhere() -> None:
    found: ClearedEpisode = cleared(
        replace(
            EPISODE,
            people=(HOST, ADVISER),
            title=text("A word with @{p-k2m9}"),
            notes=text("@{p-k2m9} was there. So was @{p-host}.\n"),
            cues=(cue(ADVISER, "I advise. I read @{p-host}."),),
        )
    )
    role = "a policy adviser in central government"
    assert found.title == f"A word with {role}"
    assert found.notes == f"A{role[1:]} was there. So was Alys Example.\n"
    assert (found.cues[0].speaker, found.cues[0].text) == (role, "I advise. I read Alys Example.")
    assert found.credits[1] == Credit(role, Level.ROLE, Part.GUEST)


def test_the_nameless_are_numbered_within_an_item_and_keep_their_number_there() -> None:
    ids = [PersonId(f"p-anon{n}") for n in range(6)]
    people = {p: Person(p, f"Given{n}", "Madeup") for n, p in enumerate(ids)}
    records: dict[tuple[PersonId, str | None], Consent] = {
        (p, "jury"): Consent(p, "jury", words=True) for p in ids
    }
    body = " ".join(f"@{{{p}}}" for p in (*ids, *ids[:2]))
    found = cleared(replace(POST, authors=(), body=text(f"With {body}\n")), Consents(people, records))
    assert found.body == (
        "With a contributor a second contributor a third contributor a fourth contributor another contributor"
        " another contributor a contributor a second contributor\n"
    )


def test_an_anonymous_label_says_nothing_that_is_the_same_in_another_item() -> None:
    both = [Consent(p, item, words=True) for p in (QUIET, SILENT) for item in ("jury", "two")]
    consents = registry(*both)
    first = cleared(replace(POST, body=text("x @{p-q4d7} y @{p-t6h8}\n")), consents)
    second = cleared(replace(POST, id="two", body=text("x @{p-t6h8} y @{p-q4d7}\n")), consents)
    assert first.body == second.body == "x a contributor y a second contributor\n"


def test_an_anonymous_record_never_shows_the_words_that_it_may_hold() -> None:
    record = Consent(QUIET, "jury", Level.ANONYMOUS, "Oluwaseun Fictitious", words=True)
    found = cleared(replace(POST, authors=(QUIET,), body=text("By @{p-q4d7}.\n")), registry(record))
    assert "Oluwaseun" not in every_word(asdict(found))


def test_a_name_that_may_be_said_needs_no_yes_to_words() -> None:
    record = Consent(GUEST, "jury", Level.ORGANISATION, "someone from a council")
    assert cleared(replace(POST, body=text("Thanks to @{p-7f3k}.\n")), registry(record)).body == (
        "Thanks to someone from a council.\n"
    )


HOSTILE = (
    "*Siân* _Ap_ **Example**",
    "[Siân](https://evil.example/)",
    "![x](https://evil.example/x.png)",
    "<script>alert(1)</script>",
    "<b>Siân</b> & Co",
    "Siân &amp; &#60;",
    "www.evil.example",
    "https://evil.example/?a=b",
    "sian@juries.example",
    "# Siân",
    "- Siân",
    "1. Siân",
    "> Siân",
    "`Siân`",
    "~~Siân~~ | x |",
    "Siân\\",
    "[^1] :::",
    "$x$ {y}",
)


@pytest.mark.parametrize("display", HOSTILE)
def test_an_agreed_wording_cannot_become_markup(display: str) -> None:
    consents = registry(Consent(GUEST, "jury", Level.NAMED, display, **YES))
    for before in ("", "With "):
        body = cleared(replace(POST, body=text(f"{before}@{{p-7f3k}}\n\nEnd.\n")), consents).body
        html = to_html(body, base="x/")
        shown = re.sub(r"<[^>]*>", "", html).replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')
        assert shown.replace("&amp;", "&").split("\n")[0] == before + display
        assert re.findall(r"<(\w+)", html) == ["p", "p"]


@settings(max_examples=60)
@given(
    st.text(st.sampled_from("*_[]()<>&`~|\\#-+.!1 a:/@{}\"'=^$"), min_size=1, max_size=12).filter(str.strip)
)
def test_no_wording_whatever_becomes_markup(display: str) -> None:
    agreed = " ".join(display.split())
    consents = registry(Consent(GUEST, "jury", Level.NAMED, agreed, **YES))
    html = to_html(cleared(replace(POST, body=text("With @{p-7f3k} x\n")), consents).body, base="x/")
    assert re.findall(r"<(\w+)", html) == ["p"]


# --- rule 4: voices and cues ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "So [[confidential: the minister]] said.",
        "So [[confidential: x |say| y]] said.",
        "::: confidential\nThe minister.\n::: end",
        "::: network-only\nThe minister.\n::: end",
    ],
)
def test_a_marked_cue_goes_with_its_sound(words: str) -> None:
    found = cleared(replace(EPISODE, cues=(cue(HOST, words),)))
    assert found.cues == ()
    assert [(cut.start_seconds, cut.end_seconds) for cut in found.edit.cuts] == [(0.0, 4.15)]
    assert found.derived_cuts == (Place("the/transcript.vtt", 4, 1),)


@pytest.mark.parametrize(
    "words",
    [
        "Hello.",
        "[music] Hello, I am here [music]",
        "[music] Hello",
        "Hello [music]",
        "[[x]]",
        "[]",
        "[music",
        "[I was in the room]",
        "[I was] [in the room]",
        "[a@b.example]",
        "[music: by someone]",
        "[the pay is £4m?]",
        "[p-n5v2]",
        "[P-N5V2 laughs]",
        "[@{p-7f3k}]",
        "[confidential: x]",
        "[_]",
        "[music\u2028speech]",
    ],
)
def test_words_that_nobody_is_said_to_speak_are_refused(words: str) -> None:
    problems = refused(replace(EPISODE, cues=(cue(None, words),)))
    assert "nobody is said to speak here" in said(problems)


@pytest.mark.parametrize(
    "words",
    [
        "[music]",
        " [music] ",
        "[music] [laughter]",
        "[music]\n[applause]",
        "[quiet music fades out]",
        "[café noise, 10 seconds]",
        "[someone's phone buzzes!]",
    ],
)
def test_a_sound_needs_no_speaker(words: str) -> None:
    assert cleared(replace(EPISODE, cues=(cue(None, words),))).cues[0].speaker == ""


def test_a_speaker_must_be_listed_known_and_heard_by_consent() -> None:
    problems = refused(replace(EPISODE, people=(HOST,), cues=(cue(GUEST),)))
    assert said(problems) == ["p-7f3k speaks here but is not in `people`"]
    problems = refused(replace(EPISODE, cues=(cue(PersonId("p-7f3j")),)))
    assert said(problems) == ["p-7f3j is not in the registry"]


def test_the_digest_of_voices_changes_with_who_is_heard_and_how_they_are_called() -> None:
    base = cleared(EPISODE).voices
    assert cleared(replace(EPISODE, notes=text("Other.\n"), title=text("Other"))).voices == base
    assert cleared(replace(EPISODE, people=(GUEST, HOST))).voices == base
    assert cleared(replace(EPISODE, people=(HOST,))).voices != base
    other = Consent(GUEST, "jury", Level.NAMED, "Siân", **YES)
    assert cleared(EPISODE, registry(other)).voices != base
    role = Consent(GUEST, "jury", Level.ROLE, "Siân Ap-Example", **YES)
    assert cleared(EPISODE, registry(role)).voices != base


@pytest.mark.parametrize("where", ["title", "summary", "chapters"])
def test_the_digest_of_voices_knows_everyone_whom_the_tags_of_the_sound_name(where: str) -> None:
    def saying(words: str) -> EpisodeDraft:
        if where == "chapters":
            return replace(EPISODE, chapters=(replace(EPISODE.chapters[0], title=text(words)),))
        return (
            replace(EPISODE, title=text(words)) if where == "title" else replace(EPISODE, summary=text(words))
        )

    named = Consent(ADVISER, "jury", Level.NAMED, "Torquil Inventedson")  # is only spoken of
    digests = [
        cleared(saying("Without"), registry(named)).voices,
        cleared(saying("With @{p-k2m9}"), registry(named)).voices,
        cleared(saying("With @{p-k2m9}")).voices,
        cleared(saying("With @{p-k2m9}"), registry(replace(named, display="T. I."))).voices,
        cleared(saying("With [[confidential:@{p-k2m9}]]"), registry(named)).voices,
        cleared(saying("With [[confidential:@{p-k2m9}|say| them]]"), registry(named)).voices,
    ]
    assert len(set(digests[:5])) == 5
    assert digests[4] == digests[5]
    assert digests[0] == cleared(EPISODE, registry(named)).voices
    assert digests[0] == cleared(replace(EPISODE, notes=text("With @{p-k2m9}\n")), registry(named)).voices


def test_the_digest_of_voices_knows_whose_face_is_on_the_cover() -> None:
    base = cleared(EPISODE).voices
    assert cleared(replace(EPISODE, cover=image("Cards"))).voices == base
    assert cleared(replace(EPISODE, cover=image("Cards", HOST))).voices != base


# --- rule 5: the network's ------------------------------------------------------------------------


@pytest.mark.parametrize("draft", [EPISODE, POST, MEETING])
def test_what_is_for_the_network_only_gives_nothing_at_all_not_even_problems(
    draft: EpisodeDraft | PostDraft | MeetingDraft,
) -> None:
    private = replace(draft, audience=Audience.NETWORK, title=text("@{p-t6h8} ::: [[damaged"))
    assert clear(private, NO, (HOST,), now=NOW) == (None, ())


# --- rule 6: IDs ----------------------------------------------------------------------------------


def all_kinds() -> tuple[Cleared, ...]:
    words = text("With @{p-host}, @{p-7f3k}, @{p-k2m9} and @{p-q4d7}.\n")
    return (
        cleared(
            replace(
                EPISODE,
                people=(HOST, GUEST, ADVISER, QUIET),
                title=words,
                summary=words,
                notes=words,
                cues=(cue(GUEST, "With @{p-host} and @{p-7f3k}."), cue(QUIET)),
                images=(image(words.raw, HOST),),
                chapters=(replace(EPISODE.chapters[0], title=words),),
            )
        ),
        cleared(replace(POST, authors=(GUEST, QUIET), people=(ADVISER,), body=words, summary=words)),
        cleared(replace(MEETING, people=(GUEST, ADVISER), body=words, place=words)),
        cleared(replace(PAGE, people=(HOST,), body=words)),
    )


def test_no_id_and_no_withheld_name_is_in_any_cleared_thing() -> None:
    for found in all_kinds():
        words = every_word(asdict(found))
        assert "Alys Example" in words
        for person in (ADVISER, QUIET):
            assert PEOPLE[person].given not in words
            assert PEOPLE[person].family not in words
        for person in PEOPLE:
            assert person not in words


@pytest.mark.parametrize(
    "words",
    [
        "Thanks to p-7f3k.",
        "Thanks to P-7F3K.",
        "Thanks to `p-7f3k`.",
        "See https://x.example/p-7f3k/.",
        "Thanks to p\u20117f3k.",
        "Thanks to p-7f\u200b3k.",
        "Thanks to @p-7f3k.",
        "Thanks to @{P-7f3k}.",
        "Thanks to @{ p-7f3k }.",
        "Thanks to {p-7f3k}.",
        "Thanks to @p-host.",
        "Thanks to p-host.",
    ],
)
def test_an_id_that_stands_in_the_text_as_it_is_refuses(words: str) -> None:
    for draft in (replace(POST, body=text(words)), replace(POST, title=text(words))):
        assert {p.matter for p in refused(draft)} == {Matter.CONTENT}


# --- people who are not there ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "draft",
    [
        replace(EPISODE, people=(HOST, PersonId("p-7f3j"))),
        replace(EPISODE, cues=(cue(PersonId("p-7f3j")),), people=(HOST, PersonId("p-7f3j"))),
        replace(POST, authors=(PersonId("p-7f3j"),)),
        replace(POST, people=(PersonId("p-7f3j"),)),
        replace(POST, images=(image("A", PersonId("p-7f3j")),)),
        replace(MEETING, people=(PersonId("p-7f3j"),)),
        replace(PAGE, people=(PersonId("p-7f3j"),)),
    ],
)
def test_an_unknown_person_gets_a_suggestion_and_is_the_writers_to_mend(draft: Draft) -> None:
    problems = [p for p in refused(draft) if "is not in the registry" in p.what]
    assert {(p.what, p.fix, p.matter) for p in problems} == {
        (
            "p-7f3j is not in the registry",
            "Did you mean p-7f3k? Else add them with `cop-publish new person`.",
            Matter.CONTENT,
        )
    }


def test_an_unknown_person_in_the_text_is_refused() -> None:
    problems = refused(replace(POST, body=text("With @{p-zzzz9}.\n")))
    assert said(problems) == ["p-zzzz9 is not known here"]


def test_an_id_that_begins_like_another_ones_asks_only_the_one_that_is_meant() -> None:
    longer = PersonId("p-t6h8x")
    people = {**PEOPLE, longer: Person(longer, "Ada", "Madeup")}
    consents = registry(Consent(longer, "jury", Level.NAMED, "Ada Madeup"), people=people)
    assert cleared(replace(POST, body=text("With @{p-t6h8x}.\n")), consents).body == "With Ada Madeup.\n"


def test_every_problem_is_told_at_once_sorted_and_only_once() -> None:
    draft = replace(
        EPISODE,
        people=(HOST, SILENT, PersonId("p-zzzz9")),
        title=text("With @{p-t6h8}", 2),
        notes=text("::: confidental\nx\n::: end\n", 12),
        cues=(cue(SILENT, "Yes.", 4), cue(SILENT, "No.", 8)),
    )
    problems = refused(draft)
    assert list(problems) == sorted(set(problems))
    assert {p.matter for p in problems} == {Matter.CONTENT, Matter.CONSENT}
    assert {p.where.line for p in problems} >= {2, 4, 8, 12}  # and the file, which lists nobody here
    assert all(isinstance(p, Problem) and p.fix for p in problems)


def test_words_that_another_voice_says_are_published_once_the_episode_lists_whose_they_are() -> None:
    consents = registry(Consent(GUEST, "jury", Level.NAMED, "Siân Ap-Example", words=True, revoiced=True))
    draft = replace(EPISODE, cues=(cue(GUEST),))
    cleared, problems = clear(draft, consents, (HOST,), now=NOW)
    assert cleared is None
    assert {p.what for p in problems} == {"p-7f3k has not agreed to their own voice in jury"}
    assert {p.matter for p in problems} == {Matter.CONSENT}
    assert all("`revoiced`" in p.fix for p in problems)
    cleared, problems = clear(replace(draft, revoiced=(GUEST,)), consents, (HOST,), now=NOW)
    assert isinstance(cleared, ClearedEpisode), problems
    assert cleared.revoiced == ("Siân Ap-Example",)


def test_whose_words_another_reads_is_told_of_those_who_are_heard_by_what_they_are_called() -> None:
    consents = registry(Consent(GUEST, "jury", Level.ANONYMOUS, words=True, revoiced=True))
    spoken = replace(EPISODE, cues=(cue(HOST), cue(GUEST)), revoiced=(GUEST,))
    silent = replace(spoken, cues=(cue(HOST),))
    unwritten = replace(spoken, cues=())
    told = []
    for draft in (spoken, silent, unwritten):
        cleared, problems = clear(draft, consents, (HOST,), now=NOW)
        assert isinstance(cleared, ClearedEpisode), problems
        told.append(cleared.revoiced)
    assert told == [("a contributor",), (), ("a contributor",)]


def test_an_id_in_revoiced_that_is_nobody_of_the_episode_is_a_problem() -> None:
    (problem,) = refused(replace(EPISODE, revoiced=(SILENT,)))
    assert problem.what == f"`revoiced` lists {SILENT}, who is not in `people`"
