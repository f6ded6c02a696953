"""What loads when: nothing heavy before it is needed, and no disk, network or process in the core."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SRC = ROOT / "src" / "cop_publish"

HEAVY = {
    *("boto3", "botocore", "feedgen", "pydub", "jinja2", "lxml", "PIL", "numpy", "mutagen", "nh3", "comrak"),
    *("markdown_it", "ahocorasick_rs", "imageio_ffmpeg", "icalendar", "rich", "yaml"),
}
RUN = """
import sys
from cop_publish.__main__ import main
sys.argv = ["cop-publish", *sys.argv[1:]]
try:
    main()
except SystemExit as left:
    assert not left.code, left.code
finally:
    roots = sorted({name.split(".")[0] for name in sys.modules})
    print("LOADED", *roots, *(n for n in sys.modules if n.startswith("cop_publish.")))
"""


def run(*arguments: str, here: Path = ROOT) -> tuple[str, set[str]]:
    """Run a command in a process of its own; give what it said and which modules it loaded."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, *arguments],
        cwd=here,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    said, _, loaded = done.stdout.rpartition("LOADED")
    return said, set(loaded.split())


def test_the_version_loads_nothing_at_all() -> None:
    said, loaded = run("--version")
    assert said.startswith("cop-publish ")
    assert loaded & {*HEAVY, "click", "dataclasses", "cop_publish.cli"} == set()


@pytest.mark.parametrize("arguments", [["--help"], ["episode", "--help"], ["new", "show", "--help"]])
def test_help_loads_click_and_nothing_heavy(arguments: list[str]) -> None:
    said, loaded = run(*arguments)
    assert said.startswith("Usage: cop-publish")
    assert loaded & HEAVY == set()
    assert {n for n in loaded if n.startswith("cop_publish.")} <= {
        "cop_publish.__main__",
        "cop_publish.cli",
        "cop_publish.commands",
        "cop_publish.commands.agreed",
        "cop_publish.commands.consent",
        "cop_publish.commands.erase",
        "cop_publish.commands.new",
        "cop_publish.commands.options",
        "cop_publish.commands.people",
        "cop_publish.commands.sign_off",
        "cop_publish.commands.storage",
        "cop_publish.commands.withdraw",
        "cop_publish.console",
        "cop_publish.errors",
    }


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """The sample show with one of its episodes, in a folder of its own, published once."""
    folder = tmp_path / "show"
    left_out = shutil.ignore_patterns("master.json", "013-*")
    for name in ("episodes", "posts", "meetings", "images", "registry"):
        shutil.copytree(ROOT / name, folder / name, ignore=left_out)
    for name in ("cop-publish.toml", "about.md", "cover.png", "withdrawn.yaml"):
        shutil.copy2(ROOT / name, folder / name)
    run("episode", "--now", "2026-11-23T09:00+00:00", here=folder)
    return folder


def test_a_run_with_nothing_to_do_says_so_and_loads_nothing_heavy(sample: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in (sample / "published").rglob("*")}
    for command in ("episode", "post", "publish"):
        run(command, "--now", "2026-11-23T09:00+00:00", here=sample)
        said, loaded = run(command, "--now", "2026-11-23T09:30+00:00", here=sample)
        assert said.startswith("Nothing has changed since the last publish")
        assert loaded & HEAVY == set()
    assert {p: p.stat().st_mtime_ns for p in (sample / "published").rglob("*")} == before


NO_DISK = """
import sys, importlib
from datetime import UTC, datetime
writes = {"socket.connect", "socket.bind", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn",
          "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.chmod", "os.symlink", "os.link"}
strict = False
def watch(event, arguments):
    if event == "open" and (strict or not isinstance(arguments[2], int) or arguments[2] & 3):
        raise RuntimeError(f"the core opened {arguments[0]}")
    if event in writes or (strict and event in {"import", "os.listdir", "os.scandir"}):
        raise RuntimeError(f"the core did {event} {arguments[:1]}")
sys.addaudithook(watch)
for name in sys.argv[1:]:
    importlib.import_module(name)
from cop_publish.core import clear, consents, items
def story():
    around = items.Around(UTC, "en", frozenset({"episodes/a/episode.md"}), lambda name: None)
    front = "guid: g\\ntitle: A\\nsummary: B\\ndate: 2026-11-20 07:00\\npeople: [p-host]\\n"
    front = f"---\\n{front}---\\nBy @{{p-host}}.\\n"
    vtt = "WEBVTT\\n\\n00:00.000 --> 00:01.000\\n<v p-host>Hello.\\n"
    draft, problems = items.read_episode("episodes/a", front, vtt, around)
    assert not problems, problems
    host = consents.PersonId("p-host")
    yes = consents.Consent(host, None, consents.Level.NAMED, "A Madeup", words=True, voice=True)
    known = consents.Consents({host: consents.Person(host, "A", "Madeup")}, {(host, None): yes})
    return clear.clear(draft, known, (host,), now=datetime(2026, 11, 23, tzinfo=UTC))
story()
strict = True
cleared, problems = story()
assert cleared.notes == "By A Madeup.\\n", problems
print("pure")
"""


def test_the_core_works_without_a_disk_a_network_or_a_process() -> None:
    modules = [f"cop_publish.core.{p.stem}" for p in sorted((SRC / "core").glob("*.py"))]
    modules.remove("cop_publish.core.__init__")
    done = subprocess.run(
        [sys.executable, "-B", "-c", NO_DISK, *modules],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stdout == "pure\n", done.stderr
