"""What the plan decides: pure values in, pure values out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cop_publish.core.output import Entry, FileClass, Manifest
from cop_publish.core.plan import (
    BEGUN_CHANGE,
    BEGUN_DELETE,
    BEGUN_NEW,
    FOUND,
    Action,
    Aside,
    Plan,
    interrupted,
    plan,
)
from cop_publish.errors import StorageFailed

SOUND = Entry("media/jury.abc.mp3", "a1", 900, "audio/mpeg", "public, max-age=86400", FileClass.MEDIA)
PAGE = Entry("episodes/jury.html", "b1", 90, "text/html; charset=utf-8", "public", FileClass.PAGE)
LIST = Entry("episodes/index.html", "c1", 80, "text/html; charset=utf-8", "public", FileClass.INDEX)
HOME = Entry("index.html", "d1", 70, "text/html; charset=utf-8", "public", FileClass.INDEX)
FEED = Entry("feed.xml", "e1", 60, "application/rss+xml; charset=utf-8", "public", FileClass.FEED)
ALL = (SOUND, PAGE, LIST, HOME, FEED)


def manifest(*entries: Entry) -> Manifest:
    return Manifest(tuple(sorted(entries, key=lambda e: e.key)))


def changed(*entries: Entry) -> Manifest:
    return manifest(*(replace(e, sha256="new") for e in entries))


def keys(todo: Plan) -> list[str]:
    return [step.entry.key for step in todo.changes]


@pytest.mark.parametrize(
    ("wanted", "held", "action", "reason"),
    [
        (PAGE, None, Action.PUT, "new"),
        (PAGE, PAGE, Action.KEEP, "unchanged"),
        (PAGE, replace(PAGE, sha256="old"), Action.PUT, "changed: bytes"),
        (PAGE, replace(PAGE, content_type="text/html"), Action.PUT, "changed: Content-Type"),
        (PAGE, replace(PAGE, cache_control="no-store"), Action.PUT, "changed: Cache-Control"),
        (
            PAGE,
            replace(PAGE, sha256="old", cache_control="no-store"),
            Action.PUT,
            "changed: bytes, Cache-Control",
        ),
        (PAGE, replace(PAGE, file_class=FileClass.INDEX), Action.KEEP, "unchanged"),
        (PAGE, replace(PAGE, sha256=BEGUN_NEW), Action.PUT, "an earlier publish was cut off"),
        (PAGE, replace(PAGE, sha256=BEGUN_CHANGE), Action.PUT, "an earlier publish was cut off"),
        (PAGE, replace(PAGE, sha256=BEGUN_DELETE), Action.PUT, "an earlier publish was cut off"),
        (PAGE, replace(PAGE, sha256=FOUND), Action.PUT, "no manifest knows it"),
        (None, PAGE, Action.DELETE, "no longer part of the site"),
        (None, replace(PAGE, sha256=BEGUN_NEW), Action.DELETE, "no longer part of the site"),
    ],
)
def test_each_file_is_put_kept_or_deleted_for_a_reason(
    wanted: Entry | None, held: Entry | None, action: Action, reason: str
) -> None:
    todo = plan(manifest(*filter(None, [wanted])), manifest(*filter(None, [held])))
    assert [(step.action, step.reason) for step in todo.steps] == [(action, reason)]


def test_new_files_go_class_by_class_and_the_home_page_opens_last() -> None:
    todo = plan(manifest(*ALL), None)
    assert keys(todo) == [SOUND.key, PAGE.key, LIST.key, FEED.key, HOME.key]
    assert len(todo.waves()) == 5


def test_changed_files_go_class_by_class_and_the_feed_last() -> None:
    todo = plan(changed(*ALL), manifest(*ALL))
    assert keys(todo) == [SOUND.key, PAGE.key, LIST.key, HOME.key, FEED.key]
    assert len(todo.waves()) == 4


def test_whatever_is_new_comes_before_whatever_changes() -> None:
    todo = plan(manifest(*ALL), manifest(replace(PAGE, sha256="old"), replace(SOUND, sha256="old")))
    assert keys(todo) == [LIST.key, FEED.key, HOME.key, SOUND.key, PAGE.key]


def test_what_goes_goes_last_and_in_the_opposite_order() -> None:
    new = replace(PAGE, key="about.html")
    todo = plan(manifest(new), manifest(*ALL))
    assert keys(todo) == [new.key, FEED.key, LIST.key, HOME.key, PAGE.key]
    assert [step.action for step in todo.changes[1:]] == [Action.DELETE] * 4
    assert [[s.entry.key for s in wave] for wave in todo.waves()[1:]] == [
        [FEED.key],
        [LIST.key, HOME.key, PAGE.key],
    ], "one request, but for feeds"


def test_media_that_the_site_no_longer_names_are_retired_and_go_when_they_are_due() -> None:
    other = replace(SOUND, key="media/maps.mp3", sha256="m1")
    todo = plan(manifest(PAGE), manifest(PAGE, SOUND))
    assert [(s.action, s.entry.key) for s in todo.steps if s.action is not Action.KEEP] == [
        (Action.RETIRE, SOUND.key)
    ]
    assert not todo.changes
    assert not todo.nothing_to_do, "the manifest is another one"
    todo = plan(manifest(PAGE), manifest(PAGE), aside=Aside((SOUND, other), frozenset({SOUND.key})))
    assert [(s.action, s.entry.key) for s in todo.changes] == [(Action.DELETE, SOUND.key)]


def test_retired_media_that_come_back_are_not_sent_again() -> None:
    todo = plan(manifest(PAGE, SOUND), manifest(PAGE), aside=Aside((SOUND,), frozenset({SOUND.key})))
    assert [step.action for step in todo.steps] == [Action.KEEP, Action.KEEP]


def test_what_was_withdrawn_goes_at_once_media_or_not() -> None:
    todo = plan(manifest(FEED), manifest(*ALL), aside=Aside(going=frozenset({SOUND.key})))
    assert keys(todo)[-1] == SOUND.key
    assert todo.count(Action.RETIRE) == 0


def test_what_a_cut_publish_was_doing_decides_its_turn() -> None:
    """What may be missing comes before what is there, so that no page that is there can miss it."""
    pages = {
        name: replace(PAGE, key=f"{name}.html", sha256=name)
        for name in (BEGUN_CHANGE, BEGUN_DELETE, BEGUN_NEW, FOUND)
    }
    wanted = changed(*pages.values(), replace(PAGE, key="new.html"))
    todo = plan(wanted, manifest(*pages.values()))
    assert [[step.entry.key for step in wave] for wave in todo.waves()] == [
        ["new.html"],
        [f"{BEGUN_NEW}.html"],
        [f"{BEGUN_DELETE}.html"],
        [f"{BEGUN_CHANGE}.html", f"{FOUND}.html"],
    ]


def test_a_plan_under_way_claims_no_digest_that_it_may_have_changed() -> None:
    gone, new = replace(PAGE, key="old.html"), replace(PAGE, key="about.html")
    held = manifest(SOUND, PAGE, gone)
    begun = interrupted(held, plan(changed(PAGE, new), held).changes)
    assert {e.key: e.sha256 for e in begun.entries} == {
        SOUND.key: SOUND.sha256,  # retired: it is not touched
        PAGE.key: BEGUN_CHANGE,
        gone.key: BEGUN_DELETE,
        new.key: BEGUN_NEW,
    }
    assert list(begun.entries) == sorted(begun.entries, key=lambda e: e.key)
    assert interrupted(held, plan(held, held).changes) == held


@pytest.mark.parametrize("marker", [BEGUN_NEW, BEGUN_DELETE])
def test_what_may_be_missing_stays_so_through_a_second_cut(marker: str) -> None:
    held = manifest(replace(PAGE, sha256=marker))
    for wanted in (manifest(PAGE), manifest()):
        assert interrupted(held, plan(wanted, held).changes) == held


def test_a_master_that_only_the_store_has_is_kept_with_the_headers_it_has() -> None:
    held = replace(SOUND, cache_control="public, max-age=60")
    todo = plan(manifest(SOUND, PAGE), manifest(held), only_in_store={SOUND.key})
    assert keys(todo) == [PAGE.key]
    assert held in todo.result.entries, "the manifest says what is really there"


@pytest.mark.parametrize("held", [None, replace(SOUND, sha256="other"), replace(SOUND, sha256=BEGUN_CHANGE)])
def test_every_master_that_nobody_has_is_named(held: Entry | None) -> None:
    other = replace(SOUND, key="media/maps.def.mp3")
    with pytest.raises(StorageFailed) as refused:
        plan(
            manifest(SOUND, other, PAGE),
            manifest(*filter(None, [held])),
            only_in_store={SOUND.key, other.key},
        )
    assert str(refused.value).splitlines() == [
        f"{key}: The master is not here and not in the store. "
        "Publish from the machine where its recording is."
        for key in (SOUND.key, other.key)
    ] + ["Nothing was published."]


def test_nothing_to_do_is_known_from_the_manifests_alone() -> None:
    todo = plan(manifest(*ALL), manifest(*ALL))
    assert todo.nothing_to_do
    assert todo.lines() == ("0 to send (0 bytes), 0 to delete, 5 unchanged",)
    assert todo.put_bytes == 0
    assert not plan(manifest(), None).nothing_to_do, "an empty site has a manifest too"


def test_the_printed_plan_has_every_change_with_its_reason_and_a_summary() -> None:
    todo = plan(manifest(PAGE, replace(FEED, sha256="e2")), manifest(SOUND, PAGE, FEED))
    assert todo.lines() == (
        "put     feed.xml  (60 bytes)  changed: bytes",
        "retire  media/jury.abc.mp3  (900 bytes)  replaced; stays for a while, for apps with an old feed",
        "1 to send (60 bytes), 0 to delete, 1 unchanged",
    )
