"""One row a fault: the linter must name it, at its place; the clean sample has none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from inspect import getdoc
from typing import TYPE_CHECKING

import pytest
from feed_samples import FULL_SHOW, episode, full_releases, only, releases_of, sounding
from samples import EPISODE, MASTER, NOW, POST, RELEASE, RELEASES, SHOW, SITE

from cop_publish.core.consents import Level
from cop_publish.core.feed_advice import ADVICE
from cop_publish.core.feed_rules import (
    BLOG_RULES,
    RULES,
    advise_feed,
    advise_size,
    check_before_sound,
    check_blog,
    check_feed,
    check_size,
)
from cop_publish.core.feed_text import Feed
from cop_publish.core.languages import is_language_tag
from cop_publish.core.model import Chapter, Credit, Cue, EpisodeKind, EpisodeRelease, Image, Part, Releases
from cop_publish.core.rrule import rrule_fault
from cop_publish.settings import UpdateFrequency

if TYPE_CHECKING:
    from cop_publish.settings import Show, SiteSettings

EPISODE_FILE = "episodes/012-citizens-jury/episode.md"
VTT_FILE = "episodes/012-citizens-jury/transcript.vtt"
TOML = "cop-publish.toml"


@dataclass(frozen=True)
class Fault:
    """A feed with one thing wrong, the rule that must see it, and words of what it must say."""

    rule: str
    where: str
    says: str
    releases: Releases = RELEASES
    show: Show = SHOW
    site: SiteSettings = SITE


def chapters(*starts: float, title: str = "Part", url: str = "") -> Releases:
    return only(chapters=tuple(Chapter(start, title, url) for start in starts))


def cues(*times: tuple[float, float]) -> Releases:
    return only(cues=tuple(Cue(start, end, "", "Words.") for start, end in times))


def credit(label: str) -> Releases:
    return only(credits=(Credit(label, Level.NAMED, Part.GUEST),))


def frequency(text: str = "Monthly", rrule: str = "") -> Show:
    return replace(SHOW, update_frequency=UpdateFrequency(text, rrule))


def show(**changes: object) -> Show:
    return replace(SHOW, **changes)  # type: ignore[arg-type]  # fields by name


FAULTS = [
    Fault(
        "f01",
        EPISODE_FILE,
        "`title` holds the control character U+0007 at character 3",
        only(title="ab\x07c"),
    ),
    Fault("f01", EPISODE_FILE, "U+0000 at line 2, character 1", only(notes="a\n\x00b")),
    Fault("f01", EPISODE_FILE, "`summary` holds the control character U+FFFE", only(summary="a\ufffe")),
    Fault("f01", EPISODE_FILE, "U+D83D", only(title="half \ud83d")),
    Fault("f01", EPISODE_FILE, "`chapters[1].title`", chapters(0.0, title="a\x1bb")),
    Fault("f01", EPISODE_FILE, "`people[1]`", credit("Alys\x08 Example")),
    Fault("f01", EPISODE_FILE, "`cover_alt`", only(cover=Image("a.jpg", "x\x01"))),
    Fault("f01", VTT_FILE, "`cues[1]`", only(cues=(Cue(0, 1, "", "a\x0cb"),))),
    Fault("f01", TOML, "`show.description`", show=show(description="a\x0bb")),
    Fault("f01", TOML, "`show.ai_content`", show=show(ai_content="a\uffff")),
    Fault("f02", EPISODE_FILE, "U+202E", only(title="abc\u202egpj.exe")),
    Fault("f02", EPISODE_FILE, "`chapters[1].title`", chapters(0.0, title="a\u2066b")),
    Fault("f02", TOML, "`show.title`", show=show(title="The \u202dCommons")),
    Fault("f03", EPISODE_FILE, "256 characters", only(title="x" * 256)),
    Fault("f03", EPISODE_FILE, "spaces around", only(title=" A jury")),
    Fault("f03", EPISODE_FILE, "`title` is empty", only(title="")),
    Fault("f03", EPISODE_FILE, "more than one line", only(title="One\ntwo")),
    Fault("f03", TOML, "`show.author` is empty", show=show(author=" ")),
    Fault("f03", EPISODE_FILE, "`chapters[1].title` is empty", chapters(0.0, title="")),
    Fault("f04", TOML, "`show.copyright` has spaces", show=show(copyright="Us ")),
    Fault("f04", EPISODE_FILE, "`guid` has 300 characters", only(guid="g" * 300)),
    Fault("f10", TOML, "4001 bytes", show=show(description="é" * 2000 + "x")),
    Fault("f10", TOML, "`show.description` is empty", show=show(description="")),
    Fault("f11", TOML, "`show.language`", show=show(language="en-uk")),
    Fault("f11", EPISODE_FILE, "`language`", only(language="english")),
    Fault("f12", TOML, "`show.categories` is empty", show=show(categories=())),
    Fault("f12", TOML, "Did you mean `Government`?", show=show(categories=(("government",),))),
    Fault("f12", TOML, "`Society & Culture`", show=show(categories=(("Society & culture",),))),
    Fault(
        "f12", TOML, "`show.categories[2]`", show=show(categories=(("Science",), ("Education", "Physics")))
    ),
    Fault("f12", TOML, "two levels", show=show(categories=(("Science", "Physics", "Optics"),))),
    Fault("f13", TOML, "`show.guid`", show=show(guid="0199e0b2-7c1e-7d55-9a53-1f2e3d4c5b6a")),
    Fault("f13", TOML, "`show.guid`", show=show(guid="")),
    Fault("f13", TOML, "`show.guid`", show=show(guid=SHOW.guid.upper())),
    Fault("f14", TOML, "`show.owner_email`", show=show(owner_email="podcast at commons.example")),
    Fault("f14", TOML, "`show.owner_email`", show=show(owner_email="")),
    Fault("f15", TOML, "`show.cover` is missing", show=show(cover="")),
    Fault("f15", TOML, "neither JPEG nor PNG", show=show(cover="cover.gif")),
    Fault("f15", TOML, "`show.cover_alt`", show=show(cover_alt=" ")),
    Fault("f16", TOML, "`show.kind`", show=show(kind="series")),
    Fault("f17", TOML, "Did you mean `cc-by-4.0`?", show=show(license="CC-BY-4.0", license_url="")),
    Fault("f17", TOML, "`show.license_url` is empty", show=show(license="our-own-terms", license_url="")),
    Fault("f17", TOML, "longer than 128", show=show(license="x" * 129)),
    Fault("f17", TOML, "without `show.license`", show=show(license="")),
    Fault("f18", TOML, "longer than 128", show=frequency("x" * 129)),
    Fault("f18", TOML, "has no FREQ", show=frequency(rrule="INTERVAL=2")),
    Fault("f19", TOML, "not https", site=replace(SITE, url="http://commons.example/")),
    Fault("f19", TOML, "ends in a slash", site=replace(SITE, url="https://commons.example")),
    Fault("f19", TOML, "`site.url`", site=replace(SITE, url="https://cömmons.example/")),
    Fault("f19", TOML, "`site.url`", site=replace(SITE, url="https://commons.example/?a=/")),
    Fault("f19", TOML, "`show.hub`", show=show(hub="hub.example")),
    Fault("f19", TOML, "`show.license_url`", show=show(license_url="licence.html")),
    Fault("f20", TOML, "4000 characters", show=show(ai_content="x" * 4001)),
    Fault("f30", EPISODE_FILE, "`summary` is empty", only(summary="  ")),
    Fault("f30", EPISODE_FILE, "2005 bytes", only(summary="&" * 401)),
    Fault("f31", EPISODE_FILE, "in the future", only(published_at=NOW + timedelta(seconds=1))),
    Fault("f31", EPISODE_FILE, "no time zone", only(published_at=NOW.replace(tzinfo=None))),
    Fault("f32", EPISODE_FILE, "`number` is 0", only(number=0)),
    Fault("f32", EPISODE_FILE, "`season` is -1", only(season=-1)),
    Fault("f32", EPISODE_FILE, "`number` is missing", only(number=None), show(kind="serial")),
    Fault(
        "f33",
        "episodes/002-made-up/episode.md",
        "second trailer",
        releases_of(*(episode(n, number=None, kind=EpisodeKind.TRAILER) for n in (3, 2))),
    ),
    Fault("f34", EPISODE_FILE, "`people[1]`", credit(" ")),
    Fault("f34", EPISODE_FILE, "128 characters", credit("x" * 129)),
    Fault("f35", EPISODE_FILE, "neither JPEG nor PNG", only(cover=Image("a/cover.gif", "Cards"))),
    Fault("f35", EPISODE_FILE, "`cover_alt` is missing", only(cover=Image("a/cover.jpg", ""))),
    Fault("f36", EPISODE_FILE, "chapters[2] starts at 80.25 s, outside", chapters(0, 80.25)),
    Fault("f36", EPISODE_FILE, "chapters[1] starts at -1 s", chapters(-1, 2)),
    Fault("f36", EPISODE_FILE, "chapters[3] does not start after", chapters(0, 5, 4)),
    Fault("f36", EPISODE_FILE, "chapters[2] does not start after", chapters(0, 0)),
    Fault("f36", EPISODE_FILE, "no web address", chapters(0, url="javascript:alert(1)")),
    Fault("f36", EPISODE_FILE, "256 chapters", chapters(*(n / 10 for n in range(256)))),
    Fault("f37", VTT_FILE, "cue 1 does not end", cues((2, 2))),
    Fault("f37", VTT_FILE, "cue 1 does not end", cues((-1, 2))),
    Fault("f37", VTT_FILE, "cue 2 starts before", cues((5, 6), (4, 5))),
    Fault("f37", VTT_FILE, "cue 1 starts after the sound", cues((81, 82))),
    Fault("f38", EPISODE_FILE, "16383 bytes", sounding(size_bytes=16_383)),
    Fault("f38", EPISODE_FILE, "lasts 0 s", sounding(duration_seconds=0.0)),
    Fault("f38", EPISODE_FILE, "lasts 86401 s", sounding(duration_seconds=86_401.0)),
    Fault("f39", EPISODE_FILE, "`guid` is empty", only(guid="")),
    Fault("f39", EPISODE_FILE, "holds a space", only(guid="a b")),
    Fault(
        "f39",
        "episodes/003-made-up/episode.md",
        EPISODE_FILE,
        releases_of(RELEASE, episode(3, guid=EPISODE.guid)),
    ),
    Fault("f40", "episodes/a b?/episode.md", "folder's name", only(id="a b?")),
    Fault("f40", "episodes/jury é/episode.md", "folder's name", only(id="jury é")),
    Fault("f40", EPISODE_FILE, "same sound address", releases_of(RELEASE, only(guid="other").episodes[0])),
    Fault("f41", TOML, "would be empty", releases_of()),
    Fault("f42", "episodes/003-made-up/episode.md", "older", releases_of(episode(2), episode(3))),
]

Check = Callable[["Show", "SiteSettings", Releases], object]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.rule} {fault.says}")
def test_the_linter_names_a_fault_by_its_own_rule(fault: Fault) -> None:
    feed = Feed(fault.show, fault.site, fault.releases)
    (rule,) = [r for r in RULES if r.__name__.startswith(fault.rule)]
    found = [p for p in rule(feed) if p.where.path == fault.where and fault.says in str(p)]
    assert found, [str(p) for p in rule(feed)]
    assert set(found) <= set(check_feed(fault.show, fault.site, fault.releases))


def test_clean_feeds_have_no_problems() -> None:
    assert check_feed(SHOW, SITE, RELEASES) == ()
    assert check_feed(FULL_SHOW, SITE, full_releases()) == ()
    assert check_blog(SHOW, SITE, RELEASES) == ()
    assert advise_feed(FULL_SHOW, SITE, full_releases()) == ()


def test_every_rule_has_a_fault_that_shows_it_and_says_what_it_asks() -> None:
    shown = {fault.rule for fault in FAULTS}
    assert [r.__name__ for r in RULES if r.__name__[:3] not in shown] == []
    everything = (*RULES, *BLOG_RULES, *ADVICE)
    assert len({r.__name__[:3] for r in everything}) == len(everything)
    assert all(getdoc(rule) for rule in everything)


def test_every_problem_is_told_at_once() -> None:
    broken = only(title="", guid="", language="xx", chapters=(Chapter(90, "Late", ""),))
    told = "\n".join(str(p) for p in check_feed(show(cover="", guid=""), SITE, broken))
    for key in ("title", "guid", "language", "chapters[1]", "show.cover", "show.guid"):
        assert key in told


def test_no_problem_quotes_what_people_wrote() -> None:
    name = "Zebedee"
    words = f" {name}\x07\u202e"
    broken = only(
        title=words,
        summary=words,
        guid=words,
        language=name,
        notes=words,
        chapters=(Chapter(99, words, name),),
    )
    named = show(license=name, license_url="", categories=((name,),), guid=name, owner_email=name)
    told = "\n".join(str(p) for p in check_feed(named, SITE, broken))
    assert told.count("\n") > 8
    assert name not in told


@pytest.mark.parametrize(
    ("release", "rule", "says"),
    [
        (only(title="Q&A <AI>"), "a01", "holds `<`"),
        (releases_of(RELEASE, only(id="again", guid="b").episodes[0]), "a02", "only one"),
        (only(title="Episode 12: a jury"), "a03", "its own number"),
        (only(title="12. A jury"), "a03", "its own number"),
        (RELEASES, "a04", "owner's name"),
        (releases_of(RELEASE, only(id="again", guid="b").episodes[0]), "a05", "byte for byte"),
        (releases_of(RELEASE, episode(3, number=12)), "a06", "has the number"),
    ],
)
def test_advice_tells_and_never_refuses(release: Releases, rule: str, says: str) -> None:
    (advice,) = [a for a in ADVICE if a.__name__.startswith(rule)]
    assert [p for p in advice(Feed(SHOW, SITE, release)) if says in str(p)]
    assert check_feed(SHOW, SITE, release) == ()


@pytest.mark.parametrize(
    ("changes", "rule", "says"),
    [
        ({"body": "a\x07"}, "f60", "`body`"),
        ({"topics": ("a\x00",)}, "f60", "`topics[0]`"),
        ({"credits": (Credit("a\x07", Level.ANONYMOUS, Part.AUTHOR),)}, "f60", "`author[0]`"),
        ({"title": ""}, "f61", "`title` is empty"),
        ({"title": "a\u202eb"}, "f61", "U+202E"),
        ({"title": "a\x07b"}, "f61", "U+0007"),
        ({"published_at": NOW + timedelta(days=1)}, "f62", "future"),
        ({"published_at": NOW.replace(tzinfo=None)}, "f62", "no time zone"),
        ({"language": "en-uk"}, "f62", "`language`"),
        ({"id": "again"}, "f63", "the guid or the address of posts/2026-11-20-jury-lessons.md"),
    ],
)
def test_a_post_that_no_feed_can_hold_is_refused(changes: dict[str, object], rule: str, says: str) -> None:
    posts = (replace(POST, **changes),)  # type: ignore[arg-type]  # fields by name
    releases = replace(RELEASES, posts=(POST, *posts) if rule == "f63" else posts)
    (named,) = [r for r in BLOG_RULES if r.__name__.startswith(rule)]
    assert [p for p in named(Feed(SHOW, SITE, releases)) if says in str(p)]
    assert any(says in str(p) for p in check_blog(SHOW, SITE, releases))


def test_a_preview_on_this_machine_needs_no_tls() -> None:
    for host in ("localhost:8000", "127.0.0.1:8000", "[::1]:8000"):
        assert check_feed(SHOW, replace(SITE, url=f"http://{host}/"), RELEASES) == ()


def test_what_needs_no_sound_is_checked_before_there_is_any() -> None:
    late = replace(EPISODE, chapters=(Chapter(4000, "Far on", ""),))
    assert check_before_sound(SHOW, SITE, (late,), now=NOW) == ()
    assert check_before_sound(SHOW, SITE, (), now=NOW) == ()
    twin = replace(EPISODE, id="twin", title="")
    told = "\n".join(str(p) for p in check_before_sound(show(guid=""), SITE, (EPISODE, twin), now=NOW))
    assert "`title` is empty" in told
    assert "has the guid of" in told
    assert "`show.guid`" in told


def test_the_size_of_a_feed_is_told_before_it_is_refused() -> None:
    assert advise_size(512 * 1024) == check_size(2 * 1024 * 1024) == ()
    assert advise_size(512 * 1024 + 1)
    assert check_size(2 * 1024 * 1024 + 1)


@pytest.mark.parametrize(
    ("tag", "known"),
    [
        *((tag, True) for tag in ("en-gb", "en", "cy", "sco", "zh-Hant-TW", "es-419")),
        *((tag, False) for tag in ("en_GB", "en-uk", "english", "xx", "", "en-")),
    ],
)
def test_language_tags(tag: str, known: bool) -> None:  # noqa: FBT001 - a column of the table
    assert is_language_tag(tag) is known


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ("FREQ=MONTHLY", ""),
        ("FREQ=MONTHLY;BYDAY=2WE;INTERVAL=2", ""),
        ("FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20271231T000000Z", ""),
        ("FREQ=FORTNIGHTLY", "FREQ"),
        ("FREQ=MONTHLY;INTERVAL=0", "INTERVAL"),
        ("FREQ=WEEKLY;BYDAY=XX", "BYDAY"),
        ("FREQ=WEEKLY;COUNT=3", "COUNT"),
        ("FREQ=WEEKLY;FREQ=DAILY", "twice"),
        ("INTERVAL=2", "no FREQ"),
        ("monthly", "does not know"),
        ("FREQ=MONTHLY;", "does not know"),
    ],
)
def test_recurrence_rules(rule: str, fault: str) -> None:
    found = rrule_fault(rule)
    assert fault in found
    assert bool(found) is bool(fault)


def test_the_sample_master_stands_for_a_real_one() -> None:
    """The rows above change one thing each, so what they start from must be right."""
    assert check_feed(SHOW, SITE, releases_of(EpisodeRelease(EPISODE, MASTER))) == ()
