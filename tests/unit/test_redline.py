"""What changed, word by word, and no more of the rest than is needed to find it."""

from __future__ import annotations

import pytest

from cop_publish.core.redline import hide, redline


def told(before: str, after: str) -> list[tuple[str, str]]:
    return [(s.kind.value, s.words) for s in redline(before, after)]


@pytest.mark.parametrize(("before", "after"), [("", ""), ("a b", "a  b"), ("a\nb", "a b")])
def test_nothing_changed_is_nothing_told(before: str, after: str) -> None:
    assert told(before, after) == []


def test_words_that_went_and_words_that_came_stand_beside_each_other() -> None:
    assert told("the pilot costs £4.1m now", "the pilot is not cheap now") == [
        ("same", "the pilot"),
        ("gone", "costs £4.1m"),
        ("new", "is not cheap"),
        ("same", "now"),
    ]


def test_something_new_and_something_gone_altogether() -> None:
    assert told("", "all new") == [("new", "all new")]
    assert told("all gone", "") == [("gone", "all gone")]


def test_long_stretches_that_stayed_are_shortened_to_what_stands_next_to_a_change() -> None:
    numbers = [str(n) for n in range(60)]
    before, after = " ".join(numbers), " ".join([*numbers[:30], "x", *numbers[31:]])
    first, gone, new, last = redline(before, after)
    assert (gone.words, new.words) == ("30", "x")
    assert first.words == "… 22 23 24 25 26 27 28 29"
    assert last.words == "31 32 33 34 35 36 37 38 …"


def test_what_is_told_can_be_put_together_again() -> None:
    before, after = "a b c d e f", "a c d x e f g"
    stretches = redline(before, after)
    assert " ".join(s.words for s in stretches if s.kind.value != "new") == before
    assert " ".join(s.words for s in stretches if s.kind.value != "gone") == after


def test_what_is_withheld_now_is_not_shown_again_as_what_went() -> None:
    before = "We had eleven drafts, of the record and it costs £4.1m now."
    shown = hide(redline(before, "We had ten of the record and it is cheap now."), ["Eleven drafts", "£4.1m"])
    assert [(s.kind.value, s.words) for s in shown if s.kind.value in {"gone", "withheld"}] == [
        ("withheld", ""),
        ("gone", "costs"),
        ("withheld", ""),
    ]
    assert "drafts" not in " ".join(s.words for s in shown)


def test_words_that_only_look_like_withheld_ones_stay() -> None:
    shown = hide(redline("a drafts b eleven c", ""), ["eleven drafts"])
    assert [s.words for s in shown] == ["a drafts b eleven c"]
