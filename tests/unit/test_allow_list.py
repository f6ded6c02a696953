"""Single records of the list of allows are renewed and taken out; what else somebody wrote there stays."""

from __future__ import annotations

import stat
from datetime import date
from typing import TYPE_CHECKING

import pytest

from cop_publish.errors import InvalidSource
from cop_publish.registry.allow_list import remove_allows, renew_allows
from cop_publish.registry.allows import every_allow, read_allows

if TYPE_CHECKING:
    from pathlib import Path

LIST = """\
# ours
allows:  # each was looked at

  # the poet
  - {fingerprints: [aaaa, bbbb], item: ep-1, rule: given name alone, person: p-4c4c,
     reason: "a poet # of that name", by: p-host, on: 2026-11-01, expires: 2027-11-01}  # twice
  # the pub
  - fingerprints:
      - cccc
      # the second sentence
      - dddd
    item: ep-2
    rule: full name
    reason: it's a pub
    by: p-host
    second: p-r8w3
    on: 2026-11-01
    expires: 2026-12-01   # soon

  # nothing else
"""
ONE = "{fingerprints: [aaaa], item: a, rule: r, reason: x, by: p, on: 2026-01-01, expires: 2027-01-01}"
LOOK = {"reason": 'still: a "poet"', "by": "p-r8w3", "on": date(2026, 11, 23), "expires": date(2028, 1, 1)}
POET = (
    '  - {"fingerprints": ["aaaa", "bbbb"], "item": "ep-1", "rule": "given name alone", "person": "p-4c4c", '
    '"reason": "still: a \\"poet\\"", "by": "p-r8w3", "on": "2026-11-23", "expires": "2028-01-01"}  # twice\n'
)


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    (tmp_path / "allows.yaml").write_text(LIST, encoding="utf-8")
    return tmp_path


def text(registry: Path) -> str:
    return (registry / "allows.yaml").read_text("utf-8")


def test_a_renewed_record_has_the_new_look_on_one_line_and_every_comment_stays(registry: Path) -> None:
    ((before, marks),) = renew_allows(registry, {"bbbb", "aaaa"}, LOOK)
    assert (before.item, before.expires, marks) == ("ep-1", date(2027, 11, 1), ("aaaa", "bbbb"))
    start, end = LIST.index("  - {finger"), LIST.index("  # the pub")
    assert text(registry) == LIST[:start] + POET + LIST[end:]
    assert stat.S_IMODE((registry / "allows.yaml").stat().st_mode) == 0o600
    first, second = every_allow(registry)
    assert (first.fingerprints, first.expires, first.person) == (("aaaa", "bbbb"), date(2028, 1, 1), "p-4c4c")
    assert second.expires == date(2026, 12, 1)


def test_a_record_over_many_lines_keeps_its_comments_and_needs_the_second_again(registry: Path) -> None:
    renew_allows(registry, {"cccc", "dddd"}, {**LOOK, "second": "p-7f3k"})
    assert LIST[: LIST.index("  - fingerprints")] in text(registry)
    assert "  # soon\n" in text(registry).replace("}  # the second sentence", "")
    assert text(registry).endswith("}  # the second sentence\n\n  # nothing else\n")
    assert [(a.second, a.expires) for a in every_allow(registry)][1] == ("p-7f3k", date(2028, 1, 1))
    renew_allows(registry, {"cccc", "dddd"}, LOOK)
    assert every_allow(registry)[1].second == ""


def test_of_a_record_with_several_fingerprints_the_others_stay_as_they_were(registry: Path) -> None:
    renew_allows(registry, {"bbbb", "dddd"}, LOOK)
    found = [(a.fingerprints, a.item, a.second, a.expires) for a in every_allow(registry)]
    assert found == [
        (("aaaa",), "ep-1", "", date(2027, 11, 1)),
        (("bbbb",), "ep-1", "", date(2028, 1, 1)),
        (("cccc",), "ep-2", "p-r8w3", date(2026, 12, 1)),
        (("dddd",), "ep-2", "", date(2028, 1, 1)),
    ]
    assert "a poet # of that name" in text(registry)


def test_what_is_removed_is_gone_and_its_comments_stay(registry: Path) -> None:
    ((before, marks),) = remove_allows(registry, {"aaaa"})
    assert (before.fingerprints, marks) == (("aaaa", "bbbb"), ("aaaa",))
    assert every_allow(registry)[0].fingerprints == ("bbbb",)
    remove_allows(registry, {"bbbb"})
    start, end = LIST.index("  - {finger"), LIST.index("  # the pub")
    assert text(registry) == LIST[:start] + "  # twice\n" + LIST[end:]
    remove_allows(registry, {"cccc", "dddd"})
    assert every_allow(registry) == ()
    assert read_allows(registry, today=date(2030, 1, 1)) == ()
    assert "# ours\nallows:  # each was looked at\n" in text(registry)
    assert "reason" not in text(registry)


@pytest.mark.parametrize(
    "written",
    [
        LIST.replace("  - {", "  -\n   {"),
        f"allows: [{ONE},\n  {ONE.replace('aaaa', 'bbbb')}]\n",
    ],
)
def test_a_list_that_cannot_be_changed_by_its_lines_stays_as_it_is(tmp_path: Path, written: str) -> None:
    (tmp_path / "allows.yaml").write_text(written, encoding="utf-8")
    with pytest.raises(InvalidSource, match="each record below it"):
        remove_allows(tmp_path, {"aaaa"})
    with pytest.raises(InvalidSource, match="each record below it"):
        renew_allows(tmp_path, {"aaaa"}, LOOK)
    assert (tmp_path / "allows.yaml").read_text("utf-8") == written


def test_lines_that_end_as_on_windows_are_changed_too(tmp_path: Path) -> None:
    (tmp_path / "allows.yaml").write_bytes(LIST.replace("\n", "\r\n").encode())
    renew_allows(tmp_path, {"aaaa", "bbbb"}, LOOK)
    remove_allows(tmp_path, {"cccc"})
    assert [(a.fingerprints, a.expires) for a in every_allow(tmp_path)] == [
        (("aaaa", "bbbb"), date(2028, 1, 1)),
        (("dddd",), date(2026, 12, 1)),
    ]
