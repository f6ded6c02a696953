"""The last line of a refused command is true of that command."""

from __future__ import annotations

import pytest

from cop_publish.closing import closing, stopped
from cop_publish.core.problems import Place, Problem
from cop_publish.errors import CopPublishError, InvalidSource, LeakFound, StorageFailed, WrongUsage

ONE = Problem(Place("posts/a.md", 2), "a", "B.")
TWO = Problem(Place("posts/a.md", 3), "a", "B.")
REFUSED = InvalidSource("Nothing was published: the workspace has problems.", [ONE])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("publish", "Nothing was published: the workspace has problems."),
        ("episode episodes/012", "Nothing was published: the workspace has problems."),
        ("post", "Nothing was published: the workspace has problems."),
        ("publish --dry-run", "Nothing can be published as it is: the workspace has problems."),
        ("publish --abandon", "Nothing was changed: the workspace has problems."),
        ("build", "Nothing was built: the workspace has problems."),
        ("preview", "Nothing is shown: the workspace has problems."),
        ("status", "The state of the show cannot be told: the workspace has problems."),
        ("withdraw posts/a.md", "Nothing public was changed: the workspace has problems."),
        ("withdraw posts/a.md --dry-run", "Nothing was changed by this dry run: the workspace has problems."),
        ("rollback 3", "Nothing was changed: the workspace has problems."),
        ("unmark posts/a.md", "Nothing was unmarked: the workspace has problems."),
        ("allow 0a", "Nothing was allowed: the workspace has problems."),
        ("sign-off a p-7f3k", "Nothing was written or recorded: the workspace has problems."),
        ("new consent p-7f3k a", "Nothing was written: the workspace has problems."),
        ("check", "1 problem. Mend it, and check again: more may show then."),
    ],
)
def test_each_command_says_what_it_did_not_do(typed: str, said: str) -> None:
    assert closing(REFUSED, typed.split()) == said


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            InvalidSource("Nothing was published. Live until this is mended: a.", [ONE, TWO]),
            "2 problems. Live until this is mended: a. Mend them, and check again: more may show then.",
        ),
        (
            LeakFound("1 place holds what must not be public. Nothing was published.", [ONE]),
            "1 place holds what must not be public. Mend or allow it, and check again: more may show then.",
        ),
        (
            WrongUsage("The settings have problems; nothing was done.", [ONE]),
            "The settings have problems; nothing was done.",
        ),
        (
            StorageFailed("Nothing was published. The disk is full."),
            "Nothing can be published. The disk is full.",
        ),
    ],
)
def test_a_check_counts_what_is_to_be_mended_and_never_speaks_of_publishing(
    error: CopPublishError, said: str
) -> None:
    assert closing(error, ["check"]) == said


def test_whoever_breaks_off_hears_what_that_command_could_have_left() -> None:
    assert stopped(["new", "person"]) == "Stopped. Run the command again to finish."
    assert stopped([]) == "Stopped. Run the command again to finish."
    assert "part of it may be public" in stopped(["publish"])
    assert "may be public still" in stopped(["withdraw", "posts/a.md"])
