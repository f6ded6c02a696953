"""Who could be told by elimination: from the page of an item's meeting, or as the last one without a name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import pytest

from cop_publish.core.clear import clear
from cop_publish.core.consents import Consent, Consents, Level, OnExpiry, Person, PersonId
from cop_publish.core.jigsaw import Jigsaw, find_jigsaws
from cop_publish.core.model import Audience, Cleared, Draft, MeetingDraft, MeetingStatus, PostDraft, Text
from cop_publish.core.problems import Place

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOST, ANNE, BEA, CARYS, DAN, EMYR = (
    PersonId(f"p-{name}") for name in ("host", "aaaa", "bbbb", "cccc", "dddd", "eeee")
)
NAMES = {HOST: "Alys", ANNE: "Anne", BEA: "Bea", CARYS: "Carys", DAN: "Dan", EMYR: "Emyr"}
HERE, THERE = Place("posts/p.md"), Place("meetings/m.md")  # these drafts have no lines


@dataclass(frozen=True)
class Case:
    """Who is in a post and at its meeting, and what they agreed to in each; else they are anonymous."""

    post: tuple[PersonId, ...]
    meeting: tuple[PersonId, ...]
    named_here: tuple[PersonId, ...] = ()
    named_there: tuple[PersonId, ...] = ()
    role: tuple[PersonId, ...] = ()  # in the post
    group_size: int | None = None  # of theirs
    post_words: str = "Words."
    meeting_words: str = "An agenda."
    link: str | None = "m"
    hosts: tuple[PersonId, ...] = ()


def record(person: PersonId, item: str | None, level: Level, size: int | None = None) -> Consent:
    display = {Level.NAMED: f"{NAMES[person]} Example", Level.ROLE: f"somebody who knows {person[-1]}"}
    return Consent(person, item, level, display.get(level, ""), words=True, group_size=size)


def consents(case: Case) -> Consents:
    records = [record(p, "p", Level.ANONYMOUS) for p in NAMES]
    records += [record(p, "m", Level.ANONYMOUS) for p in NAMES]
    records += [record(p, "p", Level.ROLE, case.group_size) for p in case.role]
    records += [record(p, "p", Level.NAMED) for p in case.named_here]
    records += [record(p, "m", Level.NAMED) for p in case.named_there]
    records += [record(p, None, Level.NAMED) for p in case.hosts]
    people = {p: Person(p, name, "Example") for p, name in NAMES.items()}
    return Consents(people, {(r.person, r.item): r for r in records})


def drafts(case: Case) -> tuple[PostDraft, MeetingDraft]:
    post = PostDraft(
        id="p",
        where=HERE,
        guid="",
        title=Text("A post", HERE),
        summary=Text("About it.", HERE),
        published_at=NOW,
        category="blog",
        slug="p",
        authors=case.post,
        people=(),
        audience=Audience.PUBLIC,
        topics=(),
        meeting=case.link,
        redirect_from=(),
        language="en",
        body=Text(case.post_words, HERE),
        image=None,
        images=(),
    )
    meeting = MeetingDraft(
        id="m",
        where=THERE,
        title=Text("A meeting", THERE),
        summary=Text("About it.", THERE),
        starts_at=NOW,
        ends_at=NOW,
        place=Text("Online", THERE),
        link="",
        status=MeetingStatus.CONFIRMED,
        people=case.meeting,
        audience=Audience.PUBLIC,
        topics=(),
        body=Text(case.meeting_words, THERE),
        images=(),
    )
    return post, meeting


def found(case: Case, known: Consents | None = None) -> list[Jigsaw]:
    known = known or consents(case)
    pairs: list[tuple[Draft, Cleared]] = []
    for draft in drafts(case):
        cleared, problems = clear(draft, known, case.hosts, now=NOW)
        assert cleared is not None, problems
        pairs.append((draft, cleared))
    return list(find_jigsaws(pairs, known, case.hosts, today=date(2026, 11, 23)))


FIVE = (ANNE, BEA, CARYS, DAN, EMYR)
LISTED = Case(post=(ANNE,), meeting=(BEA, CARYS), named_there=(BEA, CARYS))
LAST = Case(post=FIVE, meeting=(), named_here=FIVE[1:])


def test_a_meeting_that_names_people_whom_the_item_does_not_is_told_and_names_nobody() -> None:
    (jigsaw,) = found(LISTED)
    assert (jigsaw.item, jigsaw.meeting, jigsaw.where, jigsaw.others) == ("p", "m", HERE, 2)
    assert jigsaw.unnamed == ((ANNE, 0),)
    assert "names 2 people whom it does not" in jigsaw.what
    assert jigsaw.cure == "Name nobody there, or take `meeting:` out"
    assert not any(name in f"{jigsaw.what} {jigsaw.cure}" for name in NAMES.values())


def test_somebody_who_is_named_at_the_meeting_and_not_in_the_item_is_told() -> None:
    (jigsaw,) = found(Case(post=(ANNE,), meeting=(ANNE,), named_there=(ANNE,)))
    assert "names 1 person whom it does not" in jigsaw.what


@pytest.mark.parametrize("who", [1, 2])
def test_all_but_one_or_two_who_are_named_leave_those_to_be_told(who: int) -> None:
    (jigsaw,) = found(replace(LAST, named_here=FIVE[who:]))
    assert (jigsaw.others, len(jigsaw.left)) == (0, who)
    assert f"everybody but {'one' if who == 1 else 'two'} is named" in jigsaw.what
    assert jigsaw.cure == "Take `meeting:` out, or name fewer"


def test_somebody_who_is_at_the_meeting_alone_counts_as_one_who_is_left() -> None:
    case = Case(post=(ANNE, BEA), meeting=(CARYS, DAN, EMYR), named_here=(BEA,), named_there=(CARYS, DAN))
    assert found(case)[0].others == 2
    known = replace(case, post=(ANNE, BEA, CARYS, DAN), named_here=(BEA, CARYS, DAN))
    jigsaw, at_the_meeting = found(known)
    assert (jigsaw.item, jigsaw.others, jigsaw.left) == ("p", 0, (ANNE, EMYR))
    assert (at_the_meeting.item, at_the_meeting.left) == ("m", (EMYR,))


@pytest.mark.parametrize(
    ("size", "is_told"), [(None, True), (5, True), (19, True), (20, False), (400, False)]
)
def test_whose_words_fit_twenty_or_more_is_not_told_as_the_last_one(
    size: int | None,
    is_told: bool,  # noqa: FBT001 - a column of the table
) -> None:
    case = replace(LAST, role=(ANNE,), group_size=size)
    assert bool(found(case)) is is_told
    assert all("`group_size`" in jigsaw.cure for jigsaw in found(case))


def test_of_a_meeting_that_names_others_a_wide_group_says_nothing() -> None:
    assert len(found(replace(LISTED, role=(ANNE,), group_size=400))) == 1


@pytest.mark.parametrize(
    "case",
    [
        replace(LISTED, named_there=()),  # a page that names nobody
        replace(LISTED, named_here=(ANNE,)),  # an item where nobody is unnamed
        replace(LISTED, meeting=()),  # who could be named there is not on the page
        replace(LISTED, link=None),
        replace(LAST, link=None),
        replace(LAST, named_here=FIVE[3:]),  # three are left
        Case(post=(ANNE, BEA), meeting=(BEA,), named_here=(BEA,), named_there=(BEA,)),  # one and one
        Case(post=(ANNE,), meeting=(HOST,), named_there=(HOST,), hosts=(HOST,)),  # the host chaired
    ],
)
def test_a_friendly_show_is_not_bothered(case: Case) -> None:
    assert found(case) == []


def test_a_host_who_is_not_named_in_the_item_is_told_by_the_meeting_as_anybody_is() -> None:
    case = Case(post=(HOST,), meeting=(HOST,), named_there=(HOST,), hosts=(HOST,))
    assert len(found(case)) == 1


def test_only_what_is_public_of_the_meeting_counts() -> None:
    secret = replace(
        LISTED,
        meeting=(),
        meeting_words="Hello.\n\n::: network-only\n@{p-bbbb} and Carys Example were there.\n::: end\n",
    )
    assert found(secret) == []
    open_ = replace(secret, meeting_words="Hello.\n\n@{p-bbbb} was there, and so was Carys Example.\n")
    assert found(open_)[0].others == 2


def weighed(case: Case) -> bytes:
    (jigsaw,) = (one for one in found(case) if one.item == "p")
    return jigsaw.weighed


@pytest.mark.parametrize(
    "other",
    [
        replace(LISTED, post=(DAN,)),
        replace(LISTED, post=(ANNE, DAN)),
        replace(LISTED, post=(ANNE, DAN), named_here=(DAN,)),
        replace(LISTED, role=(ANNE,)),
        replace(LISTED, named_there=(BEA,)),
        replace(LISTED, meeting=(BEA, CARYS, DAN)),
        replace(LISTED, meeting=(BEA, CARYS, DAN), named_there=(BEA, CARYS, DAN)),
    ],
)
def test_what_was_weighed_is_another_thing_when_who_is_named_or_unnamed_changes(other: Case) -> None:
    assert weighed(other) != weighed(LISTED)


def test_what_was_weighed_is_the_same_when_the_words_around_change() -> None:
    other = replace(LISTED, post_words="Other words, with a comma.", meeting_words="Another agenda.")
    assert weighed(other) == weighed(LISTED)
    back = replace(LISTED, meeting=(CARYS, BEA))
    assert weighed(back) == weighed(LISTED)


def test_words_that_have_run_out_are_as_wide_as_they_were() -> None:
    size = 400
    role = replace(record(ANNE, "p", Level.ROLE, size), expires_on=date(2026, 11, 1))
    known = consents(replace(LAST, role=(ANNE,), group_size=size))
    over = {**known.consents, (ANNE, "p"): replace(role, on_expiry=OnExpiry.ANONYMOUS)}
    assert found(LAST, replace(known, consents=over)) == []
    narrow = {**over, (ANNE, "p"): replace(role, on_expiry=OnExpiry.ANONYMOUS, group_size=None)}
    assert len(found(LAST, replace(known, consents=narrow))) == 1


def test_of_those_at_a_meeting_the_last_one_without_a_name_is_told_from_its_own_page() -> None:
    (jigsaw,) = found(Case(post=(), meeting=FIVE, named_there=FIVE[1:], link=None))
    assert (jigsaw.item, jigsaw.where, jigsaw.others, jigsaw.left) == ("m", THERE, 0, (ANNE,))
    assert jigsaw.what == "everybody but one is named here: could a reader tell who is left"
    assert jigsaw.cure == "Leave them out, or name fewer"
    assert found(Case(post=(), meeting=FIVE, named_there=FIVE[3:], link=None)) == []
    assert found(Case(post=(), meeting=FIVE, named_there=FIVE, link=None)) == []
