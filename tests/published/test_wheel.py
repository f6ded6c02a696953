"""What a newcomer installs: the wheel alone, in an empty environment, makes a show that builds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`cop-publish` from the wheel: nothing of the repository is on its path."""
    home = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    _run([*pip, "wheel", "--no-deps", "--wheel-dir", str(home / "dist"), str(ROOT)], home)
    _run([sys.executable, "-m", "venv", str(home / "venv")], home)
    install = [str(home / "venv/bin/python"), *pip[1:], "install"]
    _run([*install, "--require-hashes", "--requirement", str(ROOT / "requirements/runtime.txt")], home)
    _run([*install, "--no-deps", *map(str, (home / "dist").glob("*.whl"))], home)
    return home / "venv/bin/cop-publish"


def test_a_show_made_by_the_wheel_builds_with_a_post_and_a_meeting(program: Path, tmp_path: Path) -> None:
    _run([str(program), "new", "show", "my-show"], tmp_path)
    show = tmp_path / "my-show"
    _run([str(program), "new", "post", "First", "words"], show)
    _run([str(program), "new", "meeting", "2026-12-09", "A first meeting"], show)
    for path in (*show.glob("posts/*.md"), *show.glob("meetings/*.md")):
        path.write_text(path.read_text(encoding="utf-8").replace("published: no", "published: yes"), "utf-8")
    said = _run([str(program), "build", "--now", "2030-01-01T00:00+00:00"], show)
    public = show / ".cop-publish/build/public"
    assert "Built and checked" in said
    assert "A first meeting" in (public / "meetings/2026-12-09.html").read_text(encoding="utf-8")
    posts = list(public.glob("blog/20*/*/*/first-words.html"))
    assert len(posts) == 1
    assert list(public.glob("assets/style.*.css"))


def test_the_wheel_carries_the_very_templates_of_the_repository(program: Path) -> None:
    (installed,) = program.parent.parent.glob("lib/python*/site-packages/cop_publish/templates")
    ours = {p.name: p.read_bytes() for p in (ROOT / "templates").iterdir() if p.is_file()}
    assert {p.name: p.read_bytes() for p in installed.iterdir() if p.is_file()} == ours
    assert "base.html" in ours


def _run(argv: list[str], folder: Path) -> str:
    done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
