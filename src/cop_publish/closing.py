"""The last line of a command that was refused: what did not happen, in that command's own words.

Whatever is read on the way (the registry, the workspace, the gate) says that nothing was published, which is
what matters to who publishes.  Who only looks, builds, allows or goes back was not going to publish.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cop_publish.errors import MAY_BE_PARTLY_UP, WrongUsage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cop_publish.errors import CopPublishError

_PUBLISHED = "Nothing was published"
_INSTEAD = {
    "allow": "Nothing was allowed",
    "build": "Nothing was built",
    "new": "Nothing was written",
    "preview": "Nothing is shown",
    "rollback": "Nothing was changed",
    "sign-off": "Nothing was written or recorded",
    "status": "The state of the show cannot be told",
    "unmark": "Nothing was unmarked",
    "withdraw": "Nothing public was changed",
}
_DRY = "Nothing can be published as it is"


def closing(error: CopPublishError, arguments: Sequence[str]) -> str:
    """Give the last line for the command that these arguments begin with."""
    command = arguments[0] if arguments else ""
    if command == "check":
        return _checked(error)
    instead = _INSTEAD.get(command, _PUBLISHED)
    if "--dry-run" in arguments:
        instead = _DRY if instead == _PUBLISHED else "Nothing was changed by this dry run"
    if command == "publish" and "--abandon" in arguments:
        instead = "Nothing was changed"
    return error.summary.replace(_PUBLISHED, instead)


def stopped(arguments: Sequence[str]) -> str:
    """Give the line for a command that was broken off by whoever started it."""
    what = _LEFT.get(arguments[0], "") if arguments else ""
    return f"Stopped. {what}Run the command again to finish."


_LEFT = {
    **dict.fromkeys(("episode", "post", "publish", "rollback"), f"{MAY_BE_PARTLY_UP} "),
    "withdraw": "What was to go may be public still. ",
}


def _checked(error: CopPublishError) -> str:
    """How much there is to mend; what rests on it could not be looked at."""
    if not error.problems or isinstance(error, WrongUsage):
        return error.summary.replace(_PUBLISHED, "Nothing can be published")
    said = re.sub(rf" ?{_PUBLISHED}(?:: [^.]*)?\.", "", error.summary)
    each = "it" if len(error.problems) == 1 else "them"
    if _GATE.match(said):
        return f"{said} Mend or allow {each}, and check again: more may show then."
    count = problems_words(len(error.problems))
    told = " ".join(filter(None, (f"{count}.", said.strip())))
    return f"{told} Mend {each}, and check again: more may show then."


_GATE = re.compile(r"\d+ place|The gate ")  # which says itself how much it found


def problems_words(count: int) -> str:
    """Count problems for people."""
    return f"{count} problem{'' if count == 1 else 's'}"
