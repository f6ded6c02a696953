"""What is printed says no more and no less than it seems to."""

from __future__ import annotations

import io
import json

import pytest

from cop_publish.cli import run
from cop_publish.console import Console


def printed(*lines: str) -> str:
    out = io.StringIO()
    Console(out, io.StringIO()).say(*lines)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("posts/a\nAll is well.md", r"posts/a\u000aAll is well.md"),
        ("a\r\tb\x1b[2K.md", r"a\u000d\u0009b\u001b[2K.md"),
        ("a\u202egpj.md", r"a\u202egpj.md"),
        ("a\u2066b\u2069\u200b\u2028\u0085.md", r"a\u2066b\u2069\u200b\u2028\u0085.md"),
        ("a\udcff.md", r"a\udcff.md"),
        ("posts/żółw – “ok”.md", "posts/żółw – “ok”.md"),
    ],
)
def test_a_file_name_cannot_fake_or_hide_a_line(name: str, shown: str) -> None:
    assert printed(f"wrote {name}", "end") == f"wrote {shown}\nend\n"
    err = io.StringIO()
    console = Console(io.StringIO(), err)
    console.complain(f"{name}: it is wrong.", "Nothing was published.")
    console.progress(name, 0.0)
    assert err.getvalue() == f"{shown}: it is wrong.\nNothing was published.\n{shown}\n"


def test_json_stays_json_whatever_a_name_holds() -> None:
    value = {"path": "a\u202e\n\x85b", "rows": [1]}
    out = io.StringIO()
    Console(out, io.StringIO()).result(value)
    assert "\u202e" not in out.getvalue()
    assert json.loads(out.getvalue()) == value


def test_after_ctrl_c_no_more_is_promised_than_is_true(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("cop_publish.cli.commands.main", interrupted)
    assert run(["publish"]) == 2
    said = capsys.readouterr().err
    assert "part of it may be public" in said
    assert "Run the command again to finish." in said
