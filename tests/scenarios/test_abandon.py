"""A publish that is killed amid its pages, and taken back by hand: what comes back, and what may not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from hashlib import sha256
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
import servers
import workspaces
from bad_stores import write_storage
from workspaces import NOW, say, sign

from cop_publish.intake.settings_file import read_settings
from cop_publish.storage.base import read
from cop_publish.storage.open import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

POST = "posts/2026-11-22-two-lessons.md"
PAGE = "public/blog/2026/11/22/two-lessons.html"
CONSENT = "registry/consents/2026-11-22-two-lessons/p-k2m9.yaml"
NAMED = """level: named
display: Torquil Inventedson
allow: {words: yes, voice: no, photo: no}
given: {on: 2026-11-20, how: e-mail}
"""
KILLED = """
import os, signal, sys
left = int(sys.argv.pop(1))
def watch(event, arguments):
    global left
    sent = event == "http.client.send" and bytes(arguments[1][:4]) == b"PUT "
    if sent or (event == "os.rename" and "published/" in str(arguments[1])):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
from cop_publish.__main__ import main
main()
"""


@pytest.fixture(params=["folder", "ceph"])
def show(
    request: pytest.FixtureRequest, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """The sample show with a post that names somebody, published to each kind of store."""
    root = tmp_path / "show"
    server = servers.running(request.param)
    with servers.new_store(server, root) as place, patch.dict(os.environ, place.environment):
        workspaces.unpublished_sample(tmp_path_factory, root)
        if place.settings.bucket:
            write_storage(root, place.settings)
        _write(
            root,
            POST,
            "---\ntitle: Two lessons\nsummary: Of two meetings.\npeople: [p-k2m9]\n---\nAs @{p-k2m9} said.\n",
        )
        _write(root, CONSENT, NAMED)
        assert say(root, "publish").code == 0
        yield root


def _write(root: Path, name: str, text: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text, encoding="utf-8")


def change(root: Path, name: str, old: str, new: str) -> None:
    text = (root / name).read_text(encoding="utf-8")
    assert text.count(old) == 1
    (root / name).write_text(text.replace(old, new), encoding="utf-8")


def killed_amid_its_pages(root: Path) -> None:
    """A publish that wrote its pack, its head and some pages."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED, "5", "publish", "--now", NOW],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == -signal.SIGKILL, done


def public(root: Path) -> dict[str, str]:
    settings = read_settings(root)
    store = open_store(settings.storage, settings.root)
    return {line.key: sha256(_bytes(root, line.key)).hexdigest() for line in store.list("public/")}


def _bytes(root: Path, key: str) -> bytes:
    settings = read_settings(root)
    found = read(open_store(settings.storage, settings.root), key)
    assert found is not None
    return found.content


def test_what_was_public_comes_back_exactly_and_the_next_publish_brings_the_change(show: Path) -> None:
    before = public(show)
    change(show, POST, "title: Two lessons", "title: A slip of the pen")
    killed_amid_its_pages(show)
    assert public(show) != before
    amid = public(show)

    planned = say(show, "publish", "--abandon", "--dry-run")
    assert (planned.code, planned.out.splitlines()[-1]) == (0, "Nothing was changed: this was a dry run.")
    assert any(
        line.startswith("put ") and "an earlier publish was cut off" in line
        for line in planned.out.splitlines()
    )
    assert public(show) == amid

    undone = say(show, "publish", "--abandon")
    assert undone.code == 0, undone.err
    assert undone.out.startswith("Went back: ")
    assert public(show) == before
    again = say(show, "publish", "--abandon")
    assert again.code == 60
    assert again.err.splitlines()[-1].startswith("No publish was cut off: there is nothing to finish")

    assert say(show, "publish").code == 0
    assert b"A slip of the pen" in _bytes(show, PAGE)


def test_somebody_elses_turn_is_not_taken_back(show: Path) -> None:
    change(show, POST, "title: Two lessons", "title: A slip of the pen")
    killed_amid_its_pages(show)
    amid = public(show)
    for name in ("installation", "head", "record"):  # as on a colleague's machine
        for path in (show / ".cop-publish").rglob(name):
            path.unlink()
    said = say(show, "publish", "--abandon")
    assert said.code == 60
    assert "has been publishing since" in said.err
    assert public(show) == amid


def test_bytes_that_name_somebody_who_is_named_no_longer_do_not_come_back(show: Path) -> None:
    change(
        show, CONSENT, "level: named\ndisplay: Torquil Inventedson", "level: role\ndisplay: a policy adviser"
    )
    sign(show, "2026-11-22-two-lessons", "p-k2m9")
    killed_amid_its_pages(show)
    amid = public(show)
    for more in (["--dry-run"], []):
        said = say(show, "publish", "--abandon", *more)
        assert said.code == 10
        assert "holds the full name of p-k2m9, who is withheld here" in said.err
        assert "Inventedson" not in said.out + said.err
        assert public(show) == amid
    assert say(show, "publish").code == 0
    assert b"Inventedson" not in _bytes(show, PAGE)


def test_nothing_comes_back_from_before_the_day_on_which_a_yes_ended(show: Path) -> None:
    change(show, POST, "title: Two lessons", "title: A slip of the pen")
    killed_amid_its_pages(show)
    amid = public(show)
    standing = "registry/consents/standing/p-host.yaml"
    given = "given: {on: 2026-01-12, how: signed form}"
    change(show, standing, given, f"{given}\nwithdrawn: 2099-01-01")
    said = say(show, "publish", "--abandon")
    assert said.code == 40
    assert "p-host: a yes of theirs has ended since that release." in said.err
    assert public(show) == amid


def test_a_passage_that_was_marked_in_what_was_cut_off_does_not_come_back(show: Path) -> None:
    change(
        show,
        POST,
        "As @{p-k2m9} said.",
        "As @{p-k2m9} said.\n\nThe scoring ends in March, and no tenant of the borough knows.",
    )
    assert say(show, "publish").code == 0
    change(
        show,
        POST,
        "The scoring ends in March, and no tenant of the borough knows.",
        "[[confidential: The scoring ends in March, and no tenant of the borough knows.]]",
    )
    killed_amid_its_pages(show)
    amid = public(show)
    said = say(show, "publish", "--abandon")
    assert said.code == 10
    assert "a passage that was marked confidential" in said.err
    assert public(show) == amid
    assert say(show, "publish").code == 0
    assert b"no tenant of the borough" not in _bytes(show, PAGE)
