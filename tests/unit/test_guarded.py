"""Every text of a draft is looked through: for what its marks withhold, and for what was marked once."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from test_clear import EPISODE
from test_ledger import guarded_by, page, spoken

from cop_publish.core.guarded import find_standing, withheld_in
from cop_publish.core.model import (
    Audience,
    ChapterDraft,
    Draft,
    ImageDraft,
    MeetingDraft,
    MeetingStatus,
    PostDraft,
    Text,
)
from cop_publish.core.problems import Place

WHERE = Place("a.md", 3)
NOW = datetime(2026, 11, 27, tzinfo=UTC)
LEDGER = guarded_by("", "Project Falcon")


def text(words: str) -> Text:
    return Text(words, WHERE)


def image(alt: str) -> ImageDraft:
    return ImageDraft("a.jpg", text(alt), (), WHERE)


POST = PostDraft(
    id="a",
    where=WHERE,
    guid="",
    title=text("x"),
    summary=text("x"),
    published_at=NOW,
    category="blog",
    slug="a",
    authors=(),
    people=(),
    audience=Audience.PUBLIC,
    topics=(),
    meeting=None,
    redirect_from=(),
    language="en",
    body=text("x"),
    image=None,
    images=(),
)
MEETING = MeetingDraft(
    id="a",
    where=WHERE,
    title=text("x"),
    summary=text("x"),
    starts_at=NOW,
    ends_at=NOW,
    place=text("x"),
    link="",
    status=next(iter(MeetingStatus)),
    people=(),
    audience=Audience.PUBLIC,
    topics=(),
    body=text("x"),
    images=(),
)
PAGE = page("x")
CHAPTER = ChapterDraft(0, text("x"), "", WHERE)


def with_words(words: str) -> dict[str, Draft]:
    """A draft for each text that a draft has, which says these words there alone."""
    told, seen = text(words), image(words)
    made: dict[str, Draft] = {}
    for draft in (EPISODE, POST, MEETING, PAGE):
        name = type(draft).__name__
        for field in fields(draft):
            if isinstance(getattr(draft, field.name), Text):
                changed: dict[str, Any] = {field.name: told}
                made[f"{name} {field.name}"] = replace(draft, **changed)
        made[f"{name} images"] = replace(draft, images=(image("x"), seen))
    made["EpisodeDraft cover"] = replace(EPISODE, cover=seen)
    made["EpisodeDraft chapters"] = replace(EPISODE, chapters=(CHAPTER, replace(CHAPTER, title=told)))
    made["EpisodeDraft cues"] = spoken("x", words)
    made["PostDraft image"] = replace(POST, image=seen)
    return made


def with_addresses(words: str) -> dict[str, Draft]:
    """The same for what has no marks, as it becomes part of an address."""
    return {
        "id": replace(EPISODE, id=words),
        "slug": replace(POST, slug=words),
        "category": replace(POST, category=words),
        "topics": replace(MEETING, topics=("x", words)),
        "redirect_from": replace(POST, redirect_from=("/x.html", f"/{words}.html")),
    }


@pytest.mark.parametrize("where", with_words("x"))
def test_what_was_marked_once_is_found_in_every_text(where: str) -> None:
    assert list(find_standing(with_words("x")[where], LEDGER)) == []
    assert len(list(find_standing(with_words("on project falcon")[where], LEDGER))) >= 1


@pytest.mark.parametrize("where", with_addresses("x"))
def test_what_was_marked_once_is_found_in_every_part_of_an_address(where: str) -> None:
    assert list(find_standing(with_addresses("x")[where], LEDGER)) == []
    assert len(list(find_standing(with_addresses("on-project-falcon")[where], LEDGER))) == 1


@pytest.mark.parametrize("where", with_words("x"))
def test_what_marks_withhold_is_learnt_from_every_text(where: str) -> None:
    draft = with_words("Before [[confidential: Project Falcon |say| it]] after.")[where]
    assert [passage.words for passage in withheld_in(draft)] == ["Project Falcon"]
    assert list(withheld_in(with_words("x")[where])) == []
