"""Bad input of every kind: one clear sentence with its place, the exit code, and nothing half-published.

The rows stand in ``bad_*.py``.  Each spoils a copy of the published sample show.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import bad_files
import bad_people
import bad_stores
import bad_texts
import pytest
from run import matches
from workspaces import Said, published_sample, tree

if TYPE_CHECKING:
    from pathlib import Path

    from _pytest.mark import ParameterSet
    from rows import Bad

ROWS: tuple[Bad, ...] = (*bad_texts.ROWS, *bad_people.ROWS, *bad_files.ROWS, *bad_stores.ROWS)

# What a command says whatever is wrong: progress, what is as it was, and the lines round a fault.
_STAYS = re.compile(r" is live and stays as it is until this is mended:$", re.MULTILINE)
_USUAL = re.compile(
    r"\d{3}-[a-z-]+: [A-Z].*"
    r"|making the pages and feeds|checking every byte that would be public|publishing"
    r"|\S+: \d+:\d\d, −.*master unchanged"
    r"|\S+ is held back until .*"
    r"|.+ is not ready:|\S+ leaves out \S+ until it is mended\."
    r"|Published \d+ files .*|It lies in .*|Look and listen: .*"
    r"|.+ is live and stays as it is until this is mended:"
    r"|Nothing has changed: every file in the store is as it should be\. Nothing was uploaded\."
    r"|Usage: .*|Try 'cop-publish .*|"
)
# Words that only the workspace's private parts hold, or that a row planted where nothing may quote them.
_NEVER = (
    "planted",
    "morwenna",
    "pretendington",
    "torquil",
    "inventedson",
    "AKRCLONE",
    "SKRCLONE",
    "AKCEPH",
    "SKCEPH",
)


def _case(bad: Bad) -> ParameterSet:
    marks = [pytest.mark.xdist_group(bad.server)] if bad.server else []
    return pytest.param(bad, id=bad.name, marks=marks)


@pytest.mark.parametrize("bad", [_case(bad) for bad in ROWS])
def test_bad_input_is_named_with_its_cure_and_publishes_nothing(
    bad: Bad, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = published_sample(tmp_path_factory, tmp_path / "show")
    bad.spoil(root)
    before = tree(root / "published" / "public")
    said = bad.start(root, bad.arguments)
    assert said.code == bad.code, said
    assert not (why := matches(list(bad.says), "".join(f"{line}\n" for line in faults(said)))), (why, said)
    assert not [word for word in _NEVER if word.lower() in f"{said.out}{said.err}".lower()]
    after = tree(root / "published" / "public")
    if _STAYS.search(said.out):  # lists may lose it; its own page is as it was, and nothing new is there
        assert {key for key in after if key.endswith(".html")} == {k for k in before if k.endswith(".html")}
    else:
        assert after == before


def faults(said: Said) -> list[str]:
    """The lines that tell of a fault; a traceback would be among them."""
    lines = (line.strip() for line in [*said.err.splitlines(), *said.out.splitlines()])
    return [line for line in lines if not _USUAL.fullmatch(line)]


def test_there_are_enough_rows_and_none_twice() -> None:
    assert len(ROWS) == len({bad.name for bad in ROWS}) > 100


# A text of a producer's, with the lines that a message names behind it, and what it says.
_OF_A_TEXT = re.compile(r"(\S+\.(?:md|ya?ml|toml|vtt|srt|json|html))((?::\d+)*): (.*)")
# What is so of a whole file, of its name, or of what lies beside it, so that there is no line to look at.
_OF_THE_FILE = re.compile(
    r"the file is empty|the file cannot be read|this receipt cannot be read|p-\w+ has no file in people/"
    r"|the (?:file's )?name (?:cannot|gives|begins)|\S+ has the same name|has the same address"
    r"|there is no transcript|there is more than one recording|there is neither a recording"
    r"|this page is public and would be gone|holds .* \(address, text\)"
)
# What does begin in the first line.
_OF_LINE_1 = re.compile(
    r"there is no front matter|the front matter is not closed|this is not WebVTT|the file is not UTF-8 text"
    r"|this line cannot be read|this template cannot be used"
)


@pytest.mark.parametrize("bad", [pytest.param(bad, id=bad.name) for bad in ROWS])
def test_what_is_wrong_on_a_line_names_that_line(bad: Bad) -> None:
    """No row may come to expect a file alone, or its first line for want of a better one."""
    for found in filter(None, map(_OF_A_TEXT.match, bad.says)):
        if found[2] in {"", ":1"}:
            assert (_OF_LINE_1 if found[2] else _OF_THE_FILE).match(found[3]), found[0]
