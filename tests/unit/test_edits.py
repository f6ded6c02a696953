"""``edit.yaml``: every mistake at once with its place and cure, and what of the recording is gone by it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import EPISODE

from cop_publish.core.edit_checks import check_master, check_times
from cop_publish.core.edit_file import read_edit
from cop_publish.core.edits import LONGEST_SAMPLES, Edit, gone_by
from cop_publish.core.model import Chapter, Moment
from cop_publish.core.problems import Place, Problems
from cop_publish.core.timecode import exact, short
from cop_publish.core.timeline import SAMPLE_RATE_HZ, Cut, Instead, Timeline, timeline_of, whole
from cop_publish.settings import Sound

FOLDER = "episodes/012-jury"
FILES = frozenset({f"{FOLDER}/edit.yaml", f"{FOLDER}/intro.wav", "outro.flac"})


def read(text: str) -> Edit:
    """The edit list of a file that has nothing wrong."""
    edit, problems = read_edit(text, FOLDER, FILES)
    assert problems == ()
    return edit


def faults(text: str) -> list[str]:
    return [str(p) for p in read_edit(text, FOLDER, FILES)[1]]


# --- the file -------------------------------------------------------------------------------------


def test_every_key_is_read_and_ranges_come_in_order_of_time() -> None:
    edit = read(
        "replace:\n- {from: 00:40:00.00, to: 00:40:01.10, with: tone}\n- {from: 5, to: 6.5, with: silence}\n"
        "cut: [{from: 00:12:03.20, to: 00:12:31.75}]\n"
        "accept_cut_off: yes\nintro: intro.wav\noutro: no\nleveller: 0.5\n"
    )
    assert edit == Edit(
        (
            Cut(5.0, 6.5, Instead.SILENCE),
            Cut(723.2, 751.75),
            Cut(2400.0, 2401.1, Instead.TONE),
        ),
        accepts_cut_off=True,
        intro=f"{FOLDER}/intro.wav",
        outro="",
        leveller=0.5,
    )
    assert [str(cut.where) for cut in edit.cuts] == [
        f"{FOLDER}/edit.yaml:3:3",
        f"{FOLDER}/edit.yaml:4:7",
        f"{FOLDER}/edit.yaml:2:3",
    ]


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "cut: []\n", "cut:\nreplace:\n"])
def test_a_file_that_asks_for_nothing_changes_nothing(text: str) -> None:
    assert read(text) == Edit()


def test_ranges_that_touch_are_fine() -> None:
    edit = read("cut: [{from: 1, to: 2}, {from: 2, to: 3}]\nreplace: [{from: 3, to: 4, with: tone}]\n")
    assert len(edit.cuts) == 3


BAD = {
    "cut: [{from: 0:20, to: 0:10}]": ["1:7: cut[1] ends at 0:10, and begins at 0:20"],
    "cut: [{from: 0:20, to: 0:20}]": ["1:7: cut[1] ends at 0:20, and begins at 0:20"],
    "cut: [{from: -1, to: 0:20}]": ["1:14: `cut[1].from` is not a time"],
    "cut: [{from: 0:75, to: 2:20}]": ["1:14: `cut[1].from` is not a time"],
    "cut: [{from: 0:20}]": ["1:7: `cut[1].to` is missing"],
    "cut: {from: 0:20, to: 0:21}": ["1:6: `cut` must be a list"],
    "cuts: []": ["1:1: the key `cuts` is not known"],
    "cut: [{from: 1, to: 2, with: tone}]": ["1:24: the key `with` is not known"],
    "replace: [{from: 1, to: 2}]": ["1:11: `replace[1].with` is missing"],
    "replace: [{from: 1, to: 2, with: beep}]": ["1:34: `replace[1].with` has a value that is not known"],
    "accept_cut_off: perhaps": ["1:17: `accept_cut_off` must be yes or no"],
    "leveller: 2": ["1:11: `leveller` must be a number from 0 to 1"],
    "leveller:": ["1:10: `leveller` is left empty"],
    "intro: intor.wav": ["1:1: the file that `intro` names is not in the workspace"],
    "outro: ../../../elsewhere.wav": ["1:1: the file that `outro` names is not in the workspace"],
    "cut: [{from: 1, to: 9}, {from: 3, to: 4}, {from: 5, to: 6}]\nreplace: [{from: 8, to: 10, with: tone}]": [
        "1:25: cut[2] begins at 0:03, inside cut[1]",
        "1:43: cut[3] begins at 0:05, inside cut[1]",
        "2:11: replace[1] begins at 0:08, inside cut[1]",
    ],
    "cut: [\n": ["2: this line cannot be read as `key: value`"],
    "cut:\n- {from: 1, to: 2}\u202e\n": ["2:19: there is a control character (U+202E)"],
}


@pytest.mark.parametrize(("text", "said"), BAD.items())
def test_what_is_wrong_has_its_place_and_its_cure(text: str, said: list[str]) -> None:
    _, problems = read_edit(text, FOLDER, FILES)
    assert [f"{p.where}: {p.what}" for p in problems] == [f"{FOLDER}/edit.yaml:{one}" for one in said]
    assert all(p.fix for p in problems)


def test_a_file_that_is_nearly_right_gets_a_suggestion() -> None:
    assert "Did you mean `intro.wav`?" in faults("intro: intor.wav")[0]
    assert "Did you mean `cut`?" in faults("cuts: []")[0]


def test_every_mistake_is_told_at_once() -> None:
    text = "cut:\n- {from: 9, to: 1}\n- {form: 1, to: 2}\nreplace:\n- {from: x, to: 2, with: tome}\n"
    text += "intro: a.wav\n"
    assert [f.split(":")[1] for f in faults(text)] == ["2", "3", "5", "5", "6"]


def test_an_intro_may_be_named_from_the_workspace() -> None:
    assert read("outro: /outro.flac").outro == "outro.flac"


def test_settings_of_one_episode_stand_in_for_the_shows() -> None:
    show = Sound(intro="show.wav", outro="end.wav", leveller=0.8)
    assert Edit().sound(show) == show
    mine = Edit(intro="", outro="mine.wav", leveller=0.0).sound(show)
    assert (mine.intro, mine.outro, mine.leveller) == ("", "mine.wav", 0.0)
    assert replace(mine, intro="show.wav", outro="end.wav", leveller=0.8) == show


def test_the_digest_knows_what_goes_and_not_where_it_was_written() -> None:
    one = Edit((Cut(1.0, 2.0),))
    assert Edit((Cut(1.0, 2.0, where=Place("elsewhere", 7)),), accepts_cut_off=True).sha256 == one.sha256
    others = [Edit(), Edit((Cut(1.0, 2.001),)), Edit((Cut(1.0, 2.0, Instead.TONE),))]
    assert len({edit.sha256 for edit in (one, *others)}) == 4


# --- what is gone ---------------------------------------------------------------------------------

GONE = gone_by(Edit((Cut(2.0, 4.0), Cut(6.0, 7.0, Instead.TONE), Cut(7.05, 8.0, Instead.TONE))))


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [
        (0, 2, 0),
        (0, 3, 1),
        (2.5, 3, 0.5),
        (0, 10, 4),
        (3, 6.5, 1.5),
        (4, 6, 0),
        (7.01, 7.04, 0.03),
        (8, 9, 0),
    ],
)
def test_how_much_of_a_stretch_is_gone_counts_the_blips_between_ranges(
    start: float, end: float, seconds: float
) -> None:
    assert GONE.seconds(start, end) == pytest.approx(seconds, abs=1e-9)
    assert GONE.all_of(start, end) is (seconds == pytest.approx(end - start))


def test_a_moment_at_the_edge_of_a_range_is_not_in_it() -> None:
    inside = [t for t in (1.999, 2.0, 2.001, 3.999, 4.0, 4.001, 6.5, 7.02) if GONE.gap_around(t)]
    assert inside == [2.001, 3.999, 6.5, 7.02]
    assert [t for t in inside if GONE.cut_around(t)] == [2.001, 3.999]
    assert not GONE.all_of(3.0, 3.0)


TIMES = st.integers(0, 20_000).map(lambda ms: ms / 1000)
CUTS = st.lists(st.builds(lambda a, b: Cut(min(a, b), max(a, b)), TIMES, TIMES), max_size=5)


@settings(max_examples=100)
@given(CUTS, TIMES, TIMES)
def test_what_is_gone_is_what_the_sound_does_not_hold(cuts: list[Cut], a: float, b: float) -> None:
    gone, (a, b) = gone_by(Edit(tuple(cuts))), (min(a, b), max(a, b))
    kept = [(p.start, p.end) for p in timeline_of(LONGEST_SAMPLES, cuts).pieces]
    heard = sum(max(min(b * SAMPLE_RATE_HZ, end) - max(a * SAMPLE_RATE_HZ, start), 0) for start, end in kept)
    assert gone.seconds(a, b) == pytest.approx(b - a - heard / SAMPLE_RATE_HZ, abs=1e-8)
    assert gone.all_of(a, b) is (heard < 0.5 and b > a)


# --- what only a decoded recording shows ----------------------------------------------------------


def late(seconds: float = 30.0, edit: Edit | None = None, **changed: object) -> list[str]:
    episode = replace(EPISODE, edit=edit or Edit(), **changed)  # type: ignore[arg-type]  # fields by name
    found: Problems = check_times(episode, round(seconds * SAMPLE_RATE_HZ))
    return [str(problem) for problem in found]


def test_times_within_the_recording_are_fine() -> None:
    moments = (Moment(30.0, Place("e.md", 4)),)
    assert late(edit=Edit((Cut(25.0, 30.05),)), moments=moments) == []


def test_every_time_after_the_end_is_told_with_its_place() -> None:
    cuts = (Cut(1.0, 2.0), Cut(28.0, 31.0, where=Place("e/edit.yaml", 3)), Cut(40.0, 41.0))
    moments = (Moment(30.5, Place("e/episode.md", 20)),)
    folder = f"episodes/{EPISODE.id}"
    chapters = (*EPISODE.chapters, Chapter(30.0, "Late", ""))
    after = "after the end of the recording (0:30)"
    found = late(edit=Edit(cuts), moments=moments, chapters=chapters)
    assert [problem.partition(". ")[0] for problem in found] == [
        f"e/edit.yaml:3: this range ends at 0:31, {after}",
        f"{folder}/edit.yaml: this range ends at 0:41, {after}",
        f"{folder}/episode.md: chapters[3] starts at 0:30, {after}",
        f"e/episode.md:20: the time 0:30.5 is {after}",
    ]


def test_an_edit_that_leaves_nothing_is_refused() -> None:
    assert "the edit list leaves nothing of the recording" in "".join(late(edit=Edit((Cut(0.0, 30.0),))))
    tone = Edit((Cut(0.0, 30.0, Instead.TONE),))
    assert "the edit list leaves nothing of the recording" in "".join(late(edit=tone))


def test_a_last_chapter_of_which_nothing_is_left_is_refused() -> None:
    assert late(edit=Edit((Cut(20.0, 30.0),))) == [
        f"episodes/{EPISODE.id}/episode.md: nothing of chapters[2] is left by the edit list. Delete it."
    ]
    assert late(edit=Edit((Cut(20.0, 29.5),))) == []


def held(cuts: tuple[Cut, ...], made_with: Timeline | None) -> list[str]:
    return [str(p) for p in check_master(replace(EPISODE, edit=Edit(cuts)), made_with)]


def test_a_master_that_holds_what_the_edit_list_takes_out_is_never_handed_on() -> None:
    cut = Cut(2.0, 5.0, where=Place("e/edit.yaml", 3))
    without, with_it = whole(SAMPLE_RATE_HZ * 30), timeline_of(SAMPLE_RATE_HZ * 30, [cut])
    for made_with in (None, without, timeline_of(SAMPLE_RATE_HZ * 30, [Cut(2.0, 4.9)])):
        (problem,) = held((cut,), made_with)
        assert problem.startswith("e/edit.yaml:3: the finished sound still holds what this range takes out.")
    for cuts, made_with in (((cut,), with_it), ((Cut(2.5, 4.0),), with_it), ((), without), ((), None)):
        assert held(cuts, made_with) == []
    assert held((Cut(29.0, 30.05),), timeline_of(SAMPLE_RATE_HZ * 30, [Cut(29.0, 30.0)])) == []


# --- times as people write them -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "clock", "precisely"),
    [
        (0, "0:00", "0:00"),
        (4.4, "0:04", "0:04.4"),
        (59.995, "1:00", "0:59.995"),
        (723.2, "12:03", "12:03.2"),
        (2410, "40:10", "40:10"),
        (3723.045, "1:02:03", "1:02:03.045"),
        (3599.9999, "1:00:00", "1:00:00"),
    ],
)
def test_times_are_written_as_a_player_shows_them(seconds: float, clock: str, precisely: str) -> None:
    assert (short(seconds), exact(seconds)) == (clock, precisely)
