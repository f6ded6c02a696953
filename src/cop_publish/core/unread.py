"""What can be said of a text whose front matter cannot be read: damaged marks need not wait for that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cop_publish.core.front_matter import body_of
from cop_publish.core.marks import apply_marks
from cop_publish.core.model import Audience, Text

if TYPE_CHECKING:
    from cop_publish.core.problems import Problems


def faults_of_marks(text: str, path: str) -> Problems:
    """Report the damaged marks of a Markdown file's body; of none where its body cannot be found."""
    body, where = body_of(text, path)
    return apply_marks(Text(body, where), Audience.PUBLIC)[1]
