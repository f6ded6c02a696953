"""What a store remembers of its releases, and what of them may go: pure values."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cop_publish.core.head import Head, RegistryMark, RegistryState, State, Withdrawn, turn
from cop_publish.core.output import Entry, FileClass, Manifest
from cop_publish.core.plan import Action
from cop_publish.core.record import Kept, Move, PackUse, Record, Retired, Rewrite, Stored
from cop_publish.core.retention import Retention, due, kept_releases, needed_packs

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
SOUND = Entry("media/jury.abc.mp3", "a1", 900, "audio/mpeg", "public, max-age=86400", FileClass.MEDIA)
PAGE = Entry("episodes/jury.html", "b1", 90, "text/html; charset=utf-8", "public", FileClass.PAGE)
HEAD = Head(7, "abc", "digest", "record", NOW)


def test_a_head_is_read_as_it_was_written() -> None:
    busy = replace(
        HEAD,
        lease=turn("3f9a2c01", "nonce", NOW, 900),
        withdrawn=Withdrawn(frozenset({"a1"}), frozenset({"media/jury.mp3"})),
        registry=RegistryMark.of(RegistryState(4, "digest"), "salt"),
        honours_conditions=True,
        etags_known=False,
    )
    for head, state in ((HEAD, State.DONE), (busy, State.BUSY)):
        assert head.state is state
        assert Head.from_json(head.to_json()) == head


@pytest.mark.parametrize("change", [{"version": 2}, {"state": "busy"}, {"at": "soon"}, {"more": 1}])
def test_a_head_that_says_something_else_is_refused(change: dict[str, object]) -> None:
    with pytest.raises((ValueError, TypeError, KeyError)):
        Head.from_json(json.dumps(json.loads(HEAD.to_json()) | change))


@pytest.mark.parametrize(
    ("owner", "after_seconds", "free"),
    [("me", 0, False), ("me", 899, False), ("me", 900, True), ("them", 0, True)],
)
def test_a_turn_is_for_its_owner_until_it_ends(owner: str, after_seconds: float, free: bool) -> None:  # noqa: FBT001 - of a table
    busy = replace(HEAD, lease=turn("them", "nonce", NOW, 900))
    assert busy.is_free_for(owner, NOW + timedelta(seconds=after_seconds)) is free
    assert HEAD.is_free_for(owner, NOW)


def test_a_record_is_read_as_it_was_written() -> None:
    record = Record(
        seq=7,
        id="abc",
        base=Kept(6, "base", NOW),
        manifest=Manifest((PAGE, SOUND)),
        stored={PAGE.key: Stored("e1", 7, packed=True), SOUND.key: Stored("e2-3", 2, packed=False)},
        retired=(Retired(replace(SOUND, key="media/old.mp3"), Stored("e3", 1, packed=False), 5, NOW),),
        kept=(Kept(5, "five", NOW), Kept(6, "base", NOW)),
        packs={6: PackUse("base", 7), 7: PackUse("abc", 7)},
        moves=(Move(Action.PUT, PAGE.key, 9, "", FileClass.PAGE),),
        goes=("_cop/releases/000001-one.zip",),
        purge=("media/gone.mp3",),
        rewrites=(Rewrite("old", "new", ("episodes/jury.html",), keeps_record=False),),
        shows={PAGE.key: ("jury",), "feed.xml": ("jury", "later"), SOUND.key: ("jury",)},
    )
    again = Record.from_json(record.to_json())
    assert again == record
    assert again.sha256 == record.sha256
    assert [step.entry for step in again.steps()] == [PAGE]


def test_a_record_from_before_it_was_written_down_what_a_file_shows_is_read_as_not_knowing() -> None:
    written = json.loads(Record(1, "abc", None, Manifest(()), {}).to_json())
    del written["shows"]
    assert Record.from_json(json.dumps(written)).shows is None


def releases(count: int) -> list[Kept]:
    first = datetime(2026, 1, 1, tzinfo=UTC)
    return [Kept(n, f"r{n}", first + timedelta(days=10 * n)) for n in range(1, count)]


def test_the_newest_are_kept_and_of_the_older_ones_the_last_of_each_month() -> None:
    kept = kept_releases(releases(30), Retention(releases=3))
    assert [k.seq for k in kept[-3:]] == [27, 28, 29]
    months = [k.at.strftime("%Y-%m") for k in kept[:-3]]
    assert months == sorted(set(months))
    assert len({k.at.month for k in kept}) == 10
    assert [k.seq for k in kept_releases(releases(30), Retention(releases=1, months=0))] == [29]
    assert kept_releases([], Retention()) == ()


def test_retired_media_wait_for_their_days_and_for_every_release_that_names_them() -> None:
    gone = Retired(SOUND, Stored("e", 3, packed=False), 5, NOW - timedelta(days=30))
    record = Record(9, "abc", None, Manifest(()), {}, retired=(gone,))
    rule = Retention()
    assert due(record, [], rule, now=NOW) == {SOUND.key}
    assert due(record, [], rule, now=NOW - timedelta(seconds=1)) == set()
    for seq in (3, 4, 5):
        assert due(record, [Kept(seq, "r", NOW)], rule, now=NOW) == set()
    for seq in (2, 6):
        assert due(record, [Kept(seq, "r", NOW)], rule, now=NOW) == {SOUND.key}


def test_a_pack_is_needed_while_a_kept_release_or_the_current_one_has_files_from_it() -> None:
    packs = {1: PackUse("one", 4), 2: PackUse("two", 2), 5: PackUse("five", 9)}
    needed, others = needed_packs(packs, [Kept(4, "four", NOW)], 9)
    assert (set(needed), set(others)) == ({1, 5}, {2})
    needed, others = needed_packs(packs, [], 9)
    assert (set(needed), set(others)) == ({5}, {1, 2})


@pytest.mark.parametrize(
    ("mine", "words"),
    [
        (RegistryState(4, "digest"), ""),
        (RegistryState(5, "other"), ""),
        (RegistryState(3, "digest"), "is older (serial 3)"),
        (RegistryState(4, "other"), "have been changed apart"),
    ],
)
def test_only_the_newest_registry_may_publish(mine: RegistryState, words: str) -> None:
    refusal = RegistryMark.of(RegistryState(4, "digest"), "salt").refusal(mine)
    assert words in refusal
    assert bool(words) is bool(refusal)
