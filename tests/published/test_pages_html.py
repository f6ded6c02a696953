"""The Nu Html Checker reads every page, as the W3C's own validator does."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import needs

if TYPE_CHECKING:
    from pathlib import Path


def complaints(npm: Path, pages: list[Path]) -> list[str]:
    java = needs.program("java", debian="default-jre-headless")
    argv = [java, "-Xss4m", "-jar", str(npm / "vnu-jar" / "build" / "dist" / "vnu.jar"), "--format", "json"]
    done = subprocess.run([*argv, *map(str, pages)], capture_output=True, text=True, check=False)
    messages = json.loads(done.stderr)["messages"]
    return [
        f"{m['url'].rsplit('/', 1)[1]}:{m.get('lastLine')}: {m['message']}"
        for m in messages
        if m["type"] == "error"
    ]


def test_no_page_has_an_error(npm: Path, html_pages: list[Path]) -> None:
    assert len(html_pages) >= 26
    assert complaints(npm, html_pages) == []


def test_the_checker_would_have_found_one(npm: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.html"
    bad.write_text('<!doctype html><html lang="en"><title>x</title><img src="x"><p id="a"><p id="a">')
    assert len(complaints(npm, [bad])) >= 2
