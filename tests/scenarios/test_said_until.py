"""A name that may be said until a day: told well before it, refused from then on, and never quietly kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workspaces import published_sample, say, sign, tree

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

EPISODE, ADVISER = "012-citizens-jury", "p-k2m9"
DAY = "2026-12-19T00:00+00:00"
CUE = f"episodes/{EPISODE}/transcript.vtt:10"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1, f"{path.name} does not hold it exactly once"
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_words_for_somebody_that_end_are_told_before_and_stop_what_still_says_them(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    show = published_sample(tmp_path_factory, tmp_path / "show")
    record = show / f"registry/consents/{EPISODE}/{ADVISER}.yaml"
    edit(record, "expires: 2036-10-19", "expires: 2026-12-19\non_expiry: anonymous")
    assert "soon" not in say(show, "status", now="2026-10-19T09:00+00:00").out
    told = say(show, "status").out
    assert (
        f'soon        registry/consents/…/{ADVISER}.yaml: from 2026-12-19 on they are "a contributor"' in told
    )
    assert CUE in told
    published = say(show, "publish")
    assert published.code == 0, published.err
    assert CUE in published.out, "a publish tells it too"
    before = tree(show / "published")

    on_the_day = say(show, "publish", now=DAY)
    assert on_the_day.code == 40
    assert f"{ADVISER} no longer agrees to what they are called in {EPISODE}, which is live" in on_the_day.err
    assert tree(show / "published") == before

    sign(show, EPISODE, ADVISER, now=DAY)
    mended = say(show, "publish", now=DAY)
    assert mended.code == 0, mended.err
    public = show / "published/public/episodes"
    assert "policy adviser" not in (public / f"{EPISODE}.html").read_text("utf-8")
    assert "With me are" not in (public / EPISODE / "transcript.vtt").read_text("utf-8")
