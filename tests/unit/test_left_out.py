"""A photograph that was taken back is left out wherever it is shown; one never agreed to refuses its item."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_clear import (
    ADVISER,
    EPISODE,
    GUEST,
    HOST,
    MEETING,
    NOW,
    PAGE,
    POST,
    cue,
    image,
    registry,
    text,
)

from cop_publish.core.clear import clear
from cop_publish.core.consents import Consent, Level, TakenBack
from cop_publish.core.left_out import advise_left_out
from cop_publish.core.model import ClearedEpisode, ClearedPost, Text
from cop_publish.core.problems import Place
from cop_publish.core.view import Traces, view_of
from cop_publish.core.words import words_of

if TYPE_CHECKING:
    from cop_publish.core.consents import Consents
    from cop_publish.core.model import Cleared, Draft
    from cop_publish.core.problems import Problems

MAP = "![The map](/images/map.png)"
YES = Consent(GUEST, "jury", Level.NAMED, "Siân Ap-Example", words=True, voice=True, photo=True)


def back(*scopes: TakenBack, record: Consent = YES) -> Consents:
    return registry(replace(record, withdrawn_on=date(2026, 11, 20), withdrawn=frozenset(scopes)))


def cleared(draft: Draft, consents: Consents) -> tuple[Cleared | None, Problems]:
    return clear(draft, consents, (HOST,), now=NOW)


def passed(draft: Draft, consents: Consents) -> Cleared:
    found, problems = cleared(draft, consents)
    assert found is not None, problems
    return found


SHOWN = (image("@{p-7f3k} by the map", GUEST),)


@pytest.mark.parametrize(
    "draft",
    [
        replace(EPISODE, people=(HOST,), images=SHOWN, notes=text(f"One.\n\n{MAP}\n\nTwo.\n")),
        replace(POST, images=SHOWN, body=text(f"One.\n\n{MAP}\n\nTwo.\n")),
        replace(MEETING, images=SHOWN, body=text(f"One.\n\n{MAP}\n\nTwo.\n")),
        replace(PAGE, images=SHOWN, body=text(f"One.\n\n{MAP}\n\nTwo.\n")),
    ],
)
def test_every_kind_of_item_goes_on_without_it(draft: Draft) -> None:
    assert passed(draft, registry(YES)).images != ()
    found = passed(draft, back(TakenBack.PHOTO))
    assert found.images == ()
    assert "map" not in words_of(found)
    assert "One." in words_of(found)
    assert "Two." in words_of(found)


@pytest.mark.parametrize(
    "path", ["/images/map.png", "images/map.png", "../images/map.png", "../images/./map.png"]
)
def test_a_path_counts_as_it_does_on_the_page(path: str) -> None:
    body = Text(f"![x]({path})\n\nWords.\n", Place("posts/2026-11-20-a.md", 9))
    found = passed(replace(POST, images=SHOWN, body=body), back(TakenBack.PHOTO))
    assert isinstance(found, ClearedPost)
    assert found.body.strip() == "Words."


@pytest.mark.parametrize("scope", [TakenBack.PHOTO, TakenBack.ATTRIBUTION, TakenBack.ITEM])
def test_with_a_name_or_with_everything_the_photograph_goes_too(scope: TakenBack) -> None:
    draft = replace(POST, images=(image("A map", GUEST),), body=text(f"{MAP}\n\nWords.\n"))
    assert passed(draft, back(scope)).images == ()
    _, problems = cleared(draft, back(TakenBack.VOICE, record=replace(YES, photo=False)))
    assert [p.what for p in problems] == ["p-7f3k has not agreed to a photograph in jury"]


def test_one_that_was_never_agreed_to_refuses_whatever_else_was_taken_back() -> None:
    draft = replace(POST, images=(image("A map", GUEST),))
    for scope in TakenBack:
        _, problems = cleared(draft, back(scope, record=replace(YES, photo=False)))
        assert [p.what for p in problems] == ["p-7f3k has not agreed to a photograph in jury"]
    _, problems = cleared(draft, registry(replace(YES, expires_on=date(2026, 11, 1))))
    assert [p.what for p in problems] == ["p-7f3k has not agreed to a photograph in jury"]


def test_somebody_elses_missing_yes_still_refuses_another_picture() -> None:
    two = (image("A map", GUEST), image("A table", ADVISER, file="images/table.png"))
    _, problems = cleared(replace(POST, images=two), back(TakenBack.PHOTO))
    assert [p.what for p in problems] == ["p-k2m9 has not agreed to a photograph in jury"]


def test_the_items_own_record_decides_alone() -> None:
    standing = replace(
        YES, item=None, withdrawn_on=date(2026, 11, 20), withdrawn=frozenset({TakenBack.PHOTO})
    )
    draft = replace(POST, images=(image("A map", GUEST),))
    assert passed(draft, registry(standing, YES)).images != ()
    own = Consent(HOST, None, Level.NAMED, "Alys Example", words=True, photo=True)
    gone = replace(own, withdrawn_on=date(2026, 11, 20), withdrawn=frozenset({TakenBack.PHOTO}))
    assert passed(replace(POST, images=(image("A map", HOST),)), registry(gone)).images == ()


def test_a_cover_or_a_head_that_goes_leaves_none() -> None:
    episode = replace(EPISODE, cover=image("Us", GUEST), images=(image("A map"),))
    whole = passed(episode, registry(YES))
    found = passed(episode, back(TakenBack.PHOTO))
    assert isinstance(found, ClearedEpisode)
    assert isinstance(whole, ClearedEpisode)
    assert (found.cover, found.images) == (None, ()), "the file goes wherever the item lists it"
    assert found.voices != whole.voices, "the sound's own cover shows them: it is made again"
    post = passed(replace(POST, image=image("Us", GUEST)), back(TakenBack.PHOTO))
    assert isinstance(post, ClearedPost)
    assert post.image is None


def test_where_html_shows_it_the_line_is_told() -> None:
    body = text('One.\n\n<img src="/images/map.png" alt="x">\n', 9)
    _, problems = cleared(replace(POST, images=(image("A map", GUEST),), body=body), back(TakenBack.PHOTO))
    assert [(p.where.line, p.what) for p in problems] == [
        (
            11,
            "a picture is shown here in a way that cannot be taken out, and p-7f3k took the photograph back",
        )
    ]


def test_it_is_said_which_picture_was_left_out_and_of_whom() -> None:
    draft = replace(POST, images=(image("A map", GUEST, HOST), image("B", ADVISER, file="images/b.png")))
    assert list(advise_left_out([draft], back(TakenBack.PHOTO))) == [
        "the/file.md: images/map.png is left out: p-7f3k took the photograph back."
    ]


# --- what others agreed to -----------------------------------------------------------------------------

NOTES = "First.\n\n@{p-k2m9} wrote guidance.\n\nNear.\n\nFar.\n\n%s\n\nLast.\n"


def view_digest(draft: Draft, consents: Consents) -> str:
    found = passed(draft, consents)
    record = consents.of(ADVISER, "jury", today=NOW.date())
    return view_of(draft, found, record, Traces("", {"images/map.png": "cd" * 32})).digest


def test_a_yes_stands_where_the_picture_was_not_theirs_and_stood_far_away() -> None:
    draft = replace(EPISODE, people=(HOST, ADVISER), cues=(cue(HOST),), images=SHOWN, notes=text(NOTES % MAP))
    assert view_digest(draft, registry(YES)) == view_digest(draft, back(TakenBack.PHOTO))


def test_who_was_in_the_same_picture_is_asked_again() -> None:
    both = (image("A map", GUEST, ADVISER),)
    adviser = Consent(ADVISER, "jury", Level.NAMED, "Torquil Inventedson", words=True, voice=True, photo=True)
    draft = replace(EPISODE, people=(HOST, ADVISER), cues=(cue(HOST),), images=both, notes=text(NOTES % MAP))
    known = registry(YES, adviser)
    gone = back(TakenBack.PHOTO)
    gone = replace(gone, consents={**gone.consents, (ADVISER, "jury"): adviser})
    assert view_digest(draft, known) != view_digest(draft, gone)


# --- marks hold as before ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        f"::: confidential\nSECRET\n{MAP}::: end\nSECRET\n::: end\n",
        '[[confidential: x ![The map](/images/map.png "]]") SECRET]]\n',
        f"[[confid{MAP}ential: SECRET]]\n",
        f"::: confid{MAP}ential\nSECRET\n::: end\n",
        f"[{MAP}[confidential: SECRET]]\n",
    ],
)
def test_no_damaged_mark_becomes_whole_because_a_picture_goes(body: str) -> None:
    draft = replace(POST, images=(image("A map", GUEST),), body=text(body))
    for consents in (registry(YES), back(TakenBack.PHOTO)):
        found, problems = cleared(draft, consents)
        assert found is None
        assert problems


def test_a_mark_around_or_in_a_picture_holds() -> None:
    body = f"A [[confidential: SECRET {MAP}]] b.\n\n![x [[confidential: SECRET]] y](/images/map.png)\n"
    draft = replace(POST, images=(image("A map", GUEST),), body=text(body))
    found = passed(draft, back(TakenBack.PHOTO))
    assert isinstance(found, ClearedPost)
    assert found.body.split() == ["A", "b."]


_MARKS = ("[[confidential: ", "]]", "\n::: confidential\n", "\n::: end\n", "[[", " |say| ")
_PICTURES = (MAP, MAP, "![", "](/images/map.png)", '](/images/map.png "', "(", ")", "[", "]", '"')
_WORDS = ("SECRET ", "word ", "\n\n", "`", "\\", "\n> ")
_TOKENS = st.sampled_from((*_MARKS, *_PICTURES, *_WORDS))


@given(st.lists(_TOKENS, max_size=14).map("".join))
@settings(max_examples=3000, deadline=None)
def test_nothing_that_was_refused_passes_and_nothing_withheld_shows_because_a_picture_goes(body: str) -> None:
    draft = replace(POST, images=(image("A map", GUEST),), body=text(body))
    before, _ = cleared(draft, registry(YES))
    after, _ = cleared(draft, back(TakenBack.PHOTO))
    if before is None:
        assert after is None, body
    elif isinstance(before, ClearedPost) and isinstance(after, ClearedPost):
        assert after.body.count("SECRET") <= before.body.count("SECRET"), body
        assert after.body.count("word") <= before.body.count("word"), body
