"""Somebody has been at the store: what was altered, cut short or removed is named, and then mended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from live_fixtures import own  # noqa: F401 - a fixture
from servers import administrator

if TYPE_CHECKING:
    from live_stores import Live


def spoil(live: Live, key: str, content: bytes | None) -> None:
    """Write into the store past the program, as its host or a thief can; None: delete."""
    if not live.is_bucket:
        path = live.show.folder / "published" / "public" / key
        path.unlink() if content is None else path.write_bytes(content)
        return
    client, bucket = administrator(live.place.server), live.place.settings.bucket
    if content is None:
        client.delete_object(Bucket=bucket, Key=f"public/{key}")
    else:
        client.put_object(Bucket=bucket, Key=f"public/{key}", Body=content, ContentType="text/html")


@pytest.mark.usefixtures("own")
def test_what_was_spoiled_is_named_and_sent_again(own: Live) -> None:  # noqa: F811 - the fixture
    sound = own.sounds()["012-citizens-jury"].removeprefix(own.world.url)
    spoil(own, sound, b"not sound at all")
    spoil(own, "subscribe.html", b"<p>Subscribe to somebody else")
    spoil(own, "blog/index.html", None)
    spoil(own, "stranger.html", b"<p>Buy!")
    said = own.show.run("verify", "--deep")
    assert said.code == 60
    for words in (
        f"{sound}: it is cut short: 16 of ",
        "subscribe.html: it is cut short: ",
        "blog/index.html: it is not in the store. ",
        "public/stranger.html: no release put it there. ",
    ):
        assert words in said.out, said.out
    mended = own.show.run("publish", "--reconcile", "--prune", "--now", "2026-11-23T09:00+00:00")
    assert mended.code == 0, mended.err
    assert "Published 3 files" in mended.out
    assert "Removed public/stranger.html: no release had put it there." in mended.out
    said = own.show.run("verify", "--deep")
    assert (said.code, said.err.count("\n")) == (0, 1), said
