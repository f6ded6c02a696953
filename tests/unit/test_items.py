"""Files become Drafts: what each kind of item needs, and what is said when it is not there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from cop_publish.core.consents import PersonId
from cop_publish.core.items import Around, read_episode, read_meeting, read_page, read_post, slug_of
from cop_publish.core.model import (
    Audience,
    EpisodeDraft,
    EpisodeKind,
    MeetingDraft,
    MeetingStatus,
    PageDraft,
    PostDraft,
)

if TYPE_CHECKING:
    from cop_publish.core.problems import Problems

FOLDER = "episodes/012-jury"
VTT = "WEBVTT\n\n00:00.000 --> 00:04.000\n<v p-host>Welcome.\n"
NEEDED = "guid: 0199e0b2\ntitle: The jury\nsummary: What changed.\ndate: 2026-11-20 07:00\n"
AROUND = Around(
    ZoneInfo("Europe/London"),
    "en-gb",
    frozenset(
        {
            f"{FOLDER}/episode.md",
            f"{FOLDER}/transcript.vtt",
            f"{FOLDER}/recording.flac",
            f"{FOLDER}/cover.png",
            "images/map.png",
            "posts/beside.jpg",
        }
    ),
    lambda name: PersonId("p-r8w3") if name == "Rowan T. Madeup" else None,
)


def episode(
    front: str = NEEDED, *, folder: str = FOLDER, transcript: str | None = VTT, around: Around = AROUND
) -> tuple[EpisodeDraft | None, Problems]:
    draft, problems = read_episode(folder, f"---\n{front}---\nNotes.\n", transcript, around)
    assert draft is None or isinstance(draft, EpisodeDraft)
    return draft, problems


def post(front: str, path: str = "posts/2026-11-20-Jury-lessons.md") -> tuple[PostDraft | None, Problems]:
    draft, problems = read_post(path, f"---\n{front}---\nBody.\n", AROUND)
    assert draft is None or isinstance(draft, PostDraft)
    return draft, problems


def meeting(front: str, path: str = "meetings/2026-12-09.md") -> tuple[MeetingDraft | None, Problems]:
    draft, problems = read_meeting(path, f"---\n{front}---\nAgenda.\n", AROUND)
    assert draft is None or isinstance(draft, MeetingDraft)
    return draft, problems


def said(problems: Problems) -> list[str]:
    return [f"{p.where.path.rsplit('/', 1)[-1]}:{p.where.line}: {p.what}" for p in problems]


def test_an_episode_with_what_it_needs_is_read_with_the_shows_defaults() -> None:
    draft, problems = episode()
    assert problems == ()
    assert draft is not None
    assert (draft.id, draft.guid, draft.title.raw, draft.notes.raw) == (
        "012-jury",
        "0199e0b2",
        "The jury",
        "Notes.\n",
    )
    assert draft.published_at == datetime(2026, 11, 20, 7, tzinfo=UTC)
    assert (draft.kind, draft.explicit, draft.language, draft.audience) == (
        EpisodeKind.FULL,
        False,
        "en-gb",
        Audience.PUBLIC,
    )
    assert (draft.number, draft.season, draft.people, draft.cover, draft.images) == (None, None, (), None, ())
    assert draft.recording == f"{FOLDER}/recording.flac"
    assert [c.speaker for c in draft.cues] == ["p-host"]
    assert draft.notes.where.line == 7


def test_every_key_of_an_episode_reaches_its_draft() -> None:
    draft, problems = episode(
        NEEDED
        + "number: 12\nseason: 2\ntype: bonus\nexplicit: yes\nlanguage: cy\npeople: [p-host, p-7f3k]\n"
        + "audience: network\ntags: [juries]\nmeeting: 2026-10-14\nrecording: recording.flac\n"
        + "cover: cover.png\ncover_alt: Cards\ncover_people: [p-7f3k]\n"
        + "chapters:\n  - {start: 0:00, title: Welcome}\n  - {start: 1:05, title: Two, url: https://x.example/}\n"
        + "images:\n  - {file: /images/map.png, alt: A map, people: []}\n"
    )
    assert problems == ()
    assert draft is not None
    assert (draft.number, draft.season, draft.kind, draft.explicit, draft.language) == (
        12,
        2,
        EpisodeKind.BONUS,
        True,
        "cy",
    )
    assert (draft.people, draft.audience, draft.topics, draft.meeting) == (
        ("p-host", "p-7f3k"),
        Audience.NETWORK,
        ("juries",),
        "2026-10-14",
    )
    assert [(c.start_seconds, c.title.raw, c.url, c.where.line) for c in draft.chapters] == [
        (0.0, "Welcome", "", 20),
        (65.0, "Two", "https://x.example/", 21),
    ]
    assert draft.cover is not None
    assert (draft.cover.file, draft.cover.alt.raw, draft.cover.people) == (
        f"{FOLDER}/cover.png",
        "Cards",
        ("p-7f3k",),
    )
    assert [(i.file, i.alt.raw, i.people) for i in draft.images] == [("images/map.png", "A map", ())]


@pytest.mark.parametrize("key", ["guid", "title", "summary", "date"])
def test_an_episode_without_a_key_that_it_needs_says_which(key: str) -> None:
    front = "".join(line for line in NEEDED.splitlines(keepends=True) if not line.startswith(key))
    draft, problems = episode(front)
    assert draft is None
    assert said(problems) == [f"episode.md:2: `{key}` is missing"]


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ('guid2: ""\n', "episode.md:6: the key `guid2` is not known"),
        ("cover: cover.png\n", "episode.md:6: `cover` is not described"),
        ("cover: cover.png\ncover_alt: Cards\n", "episode.md:6: `cover` is not described"),
        ("cover: cover.png\ncover_alt: ''\ncover_people: []\n", "episode.md:6: `cover` is not described"),
        (
            "cover: covr.png\ncover_alt: C\ncover_people: []\n",
            "episode.md:6: the file it names is not in the workspace",
        ),
        (
            "cover: ../../x.png\ncover_alt: C\ncover_people: []\n",
            "episode.md:6: the path leads upwards with `..`",
        ),
        (
            "images: [{file: /../x.png, alt: A, people: []}]\n",
            "episode.md:6: the path leads upwards with `..`",
        ),
        (
            "images: [{file: /etc/passwd, alt: A, people: []}]\n",
            "episode.md:6: the file it names is not in the workspace",
        ),
        ("images: [{file: '', alt: A, people: []}]\n", "episode.md:6: `images[1].file` is missing"),
        ("images: [{file: /images/map.png, people: []}]\n", "episode.md:6: `images[1].alt` is missing"),
        ("images: [{file: /images/map.png, alt: A}]\n", "episode.md:6: `images[1].people` is missing"),
        (
            "images: [{file: /images/map.png, alt: A, people: }]\n",
            "episode.md:6: `images[1].people` is missing",
        ),
        ("recording: recording.wav\n", "episode.md:6: the file it names is not in the workspace"),
        ("recording: ../013/recording.flac\n", "episode.md:6: the path leads upwards with `..`"),
        ("chapters: [{title: A}]\n", "episode.md:6: `chapters[1].start` is missing"),
        ("chapters: [{start: 0:00}]\n", "episode.md:6: `chapters[1].title` is missing"),
        ("chapters: [{start: 0:00, title: ''}]\n", "episode.md:6: `chapters[1].title` is missing"),
        ("type: teaser\n", "episode.md:6: `type` has a value that is not known"),
        ("audience: netwrk\n", "episode.md:6: `audience` has a value that is not known"),
        ("audience:\n", "episode.md:6: `audience` is left empty"),
        ("published:\n", "episode.md:6: `published` is left empty"),
        ("people: Alys Example\n", "episode.md:6: `people` must hold person IDs"),
        ("number: 0\n", "episode.md:6: `number` must be a whole number from 1"),
        ("date: 2026-11-21\n", "episode.md:6: `date` stands here a second time (first on line 5)"),
    ],
)
def test_each_slip_in_an_episode_is_said_with_its_line_and_makes_no_draft(more: str, what: str) -> None:
    draft, problems = episode(NEEDED + more)
    assert draft is None
    assert said(problems) == [what]


def test_a_file_that_is_nearly_named_gets_a_suggestion() -> None:
    _, problems = episode(NEEDED + "recording: recordng.flac\n")
    assert [p.fix for p in problems] == ["Did you mean `recording.flac`?"]


@pytest.mark.parametrize("name", ["012_jury", "012--jury", "-jury", "Jury", "jury ", "juré", "a.b", "陪審"])
def test_a_folder_that_cannot_be_part_of_an_address_is_refused(name: str) -> None:
    draft, problems = episode(folder=f"episodes/{name}")
    assert draft is None
    assert [p.what for p in problems] == ["the name cannot be part of an address"]


def test_two_recordings_are_a_question_and_none_is_fine() -> None:
    two = replace(AROUND, files=AROUND.files | {f"{FOLDER}/recording.WAV"})
    assert said(episode(around=two)[1]) == ["episode.md:2: there is more than one recording in the folder"]
    chosen, problems = episode(NEEDED + "recording: recording.WAV\n", around=two)
    assert problems == ()
    assert chosen is not None
    assert chosen.recording == f"{FOLDER}/recording.WAV"
    none = replace(AROUND, files=AROUND.files - {f"{FOLDER}/recording.flac"})
    draft, problems = episode(around=none)
    assert problems == ()
    assert draft is not None
    assert draft.recording is None


def test_an_episode_without_a_transcript_is_refused_and_its_problems_join_the_others() -> None:
    assert said(episode(transcript=None)[1]) == ["episode.md:2: there is no transcript.vtt, .srt or .json"]
    _, problems = episode("titel: x\n" + NEEDED, transcript="no header", folder="episodes/A b")
    assert {p.where.path.rsplit("/", 1)[-1] for p in problems} == {"episode.md", "transcript.vtt"}
    assert "the name cannot be part of an address" in [p.what for p in problems]


def test_a_transcript_may_be_of_any_kind_and_knows_the_registrys_names() -> None:
    files = AROUND.files - {f"{FOLDER}/transcript.vtt"}
    spoken = "1\n00:00:01,000 --> 00:00:02,000\nRowan T. Madeup: Hello.\n"
    draft, problems = episode(
        transcript=spoken, around=replace(AROUND, files=files | {f"{FOLDER}/transcript.srt"})
    )
    assert problems == ()
    assert draft is not None
    assert [(c.speaker, c.text.raw) for c in draft.cues] == [("p-r8w3", "Hello.")]


def test_two_transcripts_are_a_question_that_names_both() -> None:
    two = replace(AROUND, files=AROUND.files | {f"{FOLDER}/transcript.json"})
    draft, problems = episode(transcript=None, around=two)
    assert draft is None
    assert said(problems) == [
        "episode.md:2: there is more than one transcript: transcript.vtt and transcript.json"
    ]


HEADED = "WEBVTT\n\nNOTE # Wel[[confidential: x |say| come]]\n\n00:03.000 --> 00:04.000\n<v p-host>Welcome.\n"


def test_headings_of_a_transcript_are_its_chapters() -> None:
    draft, problems = episode(transcript=HEADED)
    assert problems == ()
    assert draft is not None
    (chapter,) = draft.chapters
    assert (chapter.start_seconds, chapter.title.raw) == (3.0, "Wel[[confidential: x |say| come]]")
    assert str(chapter.title.where) == str(chapter.where) == f"{FOLDER}/transcript.vtt:3:8"


def test_chapters_in_two_places_are_a_question() -> None:
    draft, problems = episode(NEEDED + "chapters: [{start: 0:00, title: A}]\n", transcript=HEADED)
    assert draft is None
    assert said(problems) == ["episode.md:6: there are chapters here, and in the transcript too (line 3)"]


def test_an_unpublished_item_gives_nothing_and_still_says_its_problems() -> None:
    assert episode(NEEDED + "published: no\n") == (None, ())
    assert post("title: A\npublished: false\n") == (None, ())
    assert said(post("titel: A\npublished: false\n")[1]) == [
        "2026-11-20-Jury-lessons.md:2: the key `titel` is not known"
    ]


def test_a_post_takes_day_slug_and_title_from_its_name_as_jekyll_does() -> None:
    draft, problems = post("layout: post\nfeatured: true\ncomments: false\n")
    assert problems == ()
    assert draft is not None
    assert (draft.id, draft.slug, draft.title.raw, draft.category) == (
        "2026-11-20-Jury-lessons",
        "jury-lessons",
        "Jury Lessons",
        "blog",
    )
    assert draft.published_at == datetime(2026, 11, 20, tzinfo=ZoneInfo("Europe/London"))
    assert (draft.guid, draft.authors, draft.summary.raw, draft.image) == ("", (), "", None)


@pytest.mark.parametrize(
    ("front", "category", "topics"),
    [
        ("category: Weeknotes\n", "weeknotes", ()),
        ("categories: [news, blog]\n", "news", ()),
        ("category: []\n", "blog", ()),
        ("category: [null]\n", "blog", ()),
        ("category:\n", "blog", ()),
        ("category: '!!'\n", "blog", ()),
        ("tags: [a, null]\nprojects: [b, a]\n", "blog", ("a", "b")),
        ("topics: a\nprojects:\n", "blog", ("a",)),
    ],
)
def test_categories_topics_and_projects_of_old_archives_are_read(
    front: str, category: str, topics: tuple[str, ...]
) -> None:
    draft, problems = post(front)
    assert problems == ()
    assert draft is not None
    assert (draft.category, draft.topics) == (category, topics)


def test_a_category_that_is_no_word_is_a_problem_and_not_a_crash() -> None:
    assert said(post("category: {a: b}\n")[1]) == [
        "2026-11-20-Jury-lessons.md:2: `category` must be a single value"
    ]


def test_an_author_is_an_id_or_a_name_that_the_registry_knows() -> None:
    draft, problems = post("author: [p-host, Rowan T. Madeup, p-r8w3]\n")
    assert problems == ()
    assert draft is not None
    assert draft.authors == ("p-host", "p-r8w3")
    for unknown in ("Helena Holis", '"Rowan T. Madeup, p-host"', "[p-host, Someone Else]"):
        draft, problems = post(f"author: {unknown}\n")
        assert draft is None
        assert [p.what for p in problems] == ["`author` is a name that the registry does not know"]
        assert not any(word in str(problems) for word in ("Helena", "Rowan", "Someone"))


@pytest.mark.parametrize(
    ("path", "front", "what"),
    [
        ("posts/undated.md", "title: A\n", "there is no date"),
        ("posts/2026-02-30-x.md", "title: A\n", "the file's name begins with a day that does not exist"),
        ("posts/2026-11-20-😀.md", "title: A\n", "the file's name gives no address"),
        ("posts/2026-11-20-مرحبا.md", "title: A\n", "the file's name gives no address"),
        ("posts/2026-11-20-x.md", "slug: '!'\n", "the file's name gives no address"),
        (
            "posts/2026-11-20-x.md",
            "slug: 'a [[confidential: minister]]'\n",
            "`slug` holds a mark, and is public as it stands",
        ),
        (
            "posts/2026-11-20-x.md",
            "category: '[[confidental: minister]'\n",
            "`category` holds a mark, and is public as it stands",
        ),
        ("posts/2026-11-20-[[confidential: x]].md", "", "`slug` holds a mark, and is public as it stands"),
        ("posts/2026-11-20-x.md", "image: /images/map.png\n", "`image` is not described"),
        (
            "posts/2026-11-20-x.md",
            "image: map.png\nimage_alt: A\nimage_people: []\n",
            "the file it names is not in the workspace",
        ),
    ],
)
def test_each_slip_in_a_post_is_said(path: str, front: str, what: str) -> None:
    draft, problems = post(front, path)
    assert draft is None
    assert [p.what for p in problems] == [what]


def test_a_post_with_a_date_of_its_own_needs_none_in_its_name() -> None:
    draft, problems = post("date: 2026-11-20 16:30\n", "posts/jury.md")
    assert problems == ()
    assert draft is not None
    assert (draft.slug, draft.published_at) == ("jury", datetime(2026, 11, 20, 16, 30, tzinfo=UTC))


def test_a_posts_image_may_be_described_by_its_entry_in_images() -> None:
    draft, problems = post("image: beside.jpg\nimages: [{file: beside.jpg, alt: A hall, people: [p-7f3k]}]\n")
    assert problems == ()
    assert draft is not None
    assert draft.image is not None
    assert (draft.image.file, draft.image.alt.raw, draft.image.people) == (
        "posts/beside.jpg",
        "A hall",
        ("p-7f3k",),
    )


def test_a_meeting_lasts_an_hour_and_a_half_and_is_online_unless_it_says_so() -> None:
    draft, problems = meeting("title: Winter\ndate: 2026-12-09 14:00\n")
    assert problems == ()
    assert draft is not None
    assert draft.ends_at - draft.starts_at == timedelta(minutes=90)
    assert (draft.place.raw, draft.link, draft.status) == ("Online", "", MeetingStatus.CONFIRMED)


@pytest.mark.parametrize(
    ("front", "what"),
    [
        (
            "title: A\ndate: 2026-12-09 14:00\nend: 2026-12-09 14:00\n",
            "2026-12-09.md:4: `end` is not after `date`",
        ),
        ("title: A\ndate: 2026-12-09 14:00\nend: 2026-12-08\n", "2026-12-09.md:4: `end` is not after `date`"),
        ("title: A\n", "2026-12-09.md:2: `date` is missing"),
        ("date: 2026-12-09\n", "2026-12-09.md:2: `title` is missing"),
        (
            "title: A\ndate: 2026-12-09\nstatus: off\n",
            "2026-12-09.md:4: `status` has a value that is not known",
        ),
    ],
)
def test_each_slip_in_a_meeting_is_said(front: str, what: str) -> None:
    draft, problems = meeting(front)
    assert draft is None
    assert said(problems) == [what]


def test_a_page_is_its_title_and_its_words() -> None:
    draft, problems = read_page("about.md", "---\ntitle: About\n---\nWe.\n", AROUND)
    assert problems == ()
    assert isinstance(draft, PageDraft)
    assert (draft.id, draft.title.raw, draft.body.raw, draft.people) == ("about", "About", "We.\n", ())


def test_a_page_for_the_network_is_refused_and_never_public() -> None:
    front = "---\ntitle: About\naudience: network\n"
    draft, problems = read_page("about.md", f"{front}---\nFor members.\n", AROUND)
    assert draft is None
    assert said(problems) == ["about.md:3: a page of the site is for everybody"]
    assert read_page("about.md", f"{front}published: no\n---\nFor members.\n", AROUND) == (None, ())


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        ("Jury lessons", "jury-lessons"),
        ("2022-05-06 Jeni's  notes!", "2022-05-06-jeni-s-notes"),
        ("--a--", "a"),
        ("café", "caf"),
        ("😀", ""),
    ],
)
def test_slugs_are_jekylls(words: str, slug: str) -> None:
    assert slug_of(words) == slug


def test_every_metadata_key_of_the_sample_show_is_read(pytestconfig: pytest.Config) -> None:
    root = Path(pytestconfig.rootpath)
    files = frozenset(p.relative_to(root).as_posix() for p in root.glob("[eimp]*/**/*.*") if p.is_file())
    around = replace(AROUND, files=files)
    for path in sorted(root.glob("episodes/*/episode.md")):
        folder = path.parent.relative_to(root).as_posix()
        transcript = path.with_name("transcript.vtt").read_text("utf-8")
        draft, problems = read_episode(folder, path.read_text("utf-8"), transcript, around)
        assert problems == ()
        assert draft is not None
