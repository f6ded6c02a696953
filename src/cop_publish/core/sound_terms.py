"""What the file that listeners keep was agreed under, as one digest: its tags and cover too.  Pure."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cop_publish.core.consents import Consent


def terms_digest(about: Iterable[tuple[Consent, str]], shown: Iterable[Consent], gone: Iterable[str]) -> str:
    """SHA-256 of whom it is about with their labels, who is on its cover, and which words went from its tags.

    A published file that was made for another digest may hold a name, a face or words taken back since.  The
    recipe adds the recording's own digest.
    """
    rows: list[tuple[object, ...]] = [
        *((c.person, int(c.level), c.voice, label) for c, label in about),
        *((c.person, "on the cover", c.photo) for c in shown),
        *(("withheld", words) for words in gone),
    ]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()
