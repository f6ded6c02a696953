"""The licences that a feed may name by a slug alone; every other needs the address of its text.

The podcast namespace's list, in lower case as its tag wants it.
"""

from __future__ import annotations

_CREATIVE_COMMONS = {
    f"cc-{terms}-{version}"
    for terms in ("by", "by-sa", "by-nc", "by-nd", "by-nc-sa", "by-nc-nd")
    for version in ("1.0", "2.0", "2.5", "3.0", "4.0")
}

LICENSES = frozenset(
    {
        *_CREATIVE_COMMONS,
        "arr",  # all rights reserved
        "cc0-1.0",
        "gpl-2.0",
        "gpl-3.0",
        "agpl-3.0",
        "unlicense",
        "v4v-1.0",
    }
)
