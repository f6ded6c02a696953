"""A contributor's page quotes whole sentences of what is public, whatever signs stand in them."""

from __future__ import annotations

import pytest

from cop_publish.contributor.quotes import _blocks


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("<p>Write &lt;/ and then a name.</p>", ["Write </ and then a name."]),
        ("<p>&lt;p>One.&lt;/p>&lt;p>Two.&lt;/p></p>", ["One.", "Two."]),
    ],
)
def test_what_looks_like_markup_and_is_none_ends(text: str, blocks: list[str]) -> None:
    assert list(_blocks(text)) == blocks
