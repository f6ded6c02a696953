"""Rows of bad input: files without the right to them, and stores that are full, closed or somebody else's."""

# ruff: noqa: E501 - a message stands on one line, as it is printed

from __future__ import annotations

import os
import resource
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import needs
import servers
from rows import NO_REGISTRY, NO_SOUND, NO_WORKSPACE, bad
from spoil import NEW_EPISODE, all_of, change, episode, folder, folders_mode, mode, nothing, post, wav, write
from workspaces import NOW, Said, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from rows import Start

    from cop_publish.settings import StorageSettings

    Change = Callable[[StorageSettings], StorageSettings]

NEW = post("title: New")
_MOST_BYTES = 300_000
_LONG = post("title: New", body="Many words. " * 40_000)
_SETTINGS = "cop-publish.toml"


def unprivileged(root: Path, arguments: tuple[str, ...]) -> Said:
    """The installed command, started so that permissions apply to it, also for root."""
    before = []
    if os.geteuid() == 0:
        setpriv = needs.program("setpriv", debian="util-linux")
        before = [setpriv, "--bounding-set=-dac_override,-dac_read_search"]
    return _started(before, root, arguments)


def nearly_full(root: Path, arguments: tuple[str, ...]) -> Said:
    """In a process that may not write a file of more than 300 kB, which is what a full disk looks like."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (_MOST_BYTES, hard))
    try:
        return say(root, *arguments)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def bucket(
    server: str,
    settings: Change = lambda settings: settings,
    before: tuple[str, ...] = (),
    **environment: str,
) -> Start:
    """With a new bucket for the store, of which `settings` and `environment` say what is wrong."""

    def start(root: Path, arguments: tuple[str, ...]) -> Said:
        running = servers.running(server)
        with servers.new_store(running, root) as place:
            write_storage(root, settings(place.settings))
            with patch.dict(os.environ, place.environment | environment):
                said = _started(list(before), root, arguments) if before else say(root, *arguments)
            listed = servers.administrator(running).list_objects_v2(Bucket=place.settings.bucket)
            assert not listed.get("Contents")
        return said

    return start


def with_clock(offset: str) -> Start:
    """On a machine whose clock is wrong, with Ceph's gateway for the store: rclone does not mind."""

    def start(root: Path, arguments: tuple[str, ...]) -> Said:
        library = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
        if library is None:
            needs.missing("libfaketime is not installed (Debian package libfaketime)")
        before = ("env", f"LD_PRELOAD={library}", f"FAKETIME={offset}")
        return bucket("ceph", before=before)(root, arguments)

    return start


def _started(before: list[str], root: Path, arguments: tuple[str, ...]) -> Said:
    argv = [*before, sys.executable, "-m", "cop_publish", *arguments, "-C", str(root), "--now", NOW]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
    return Said(done.returncode, done.stdout, done.stderr)


def write_storage(root: Path, settings: StorageSettings) -> None:
    """Let a show publish there."""
    lines = [f"{key} = {_toml(value)}" for key, value in asdict(settings).items() if value not in {"", ()}]
    path = root / _SETTINGS
    path.write_text(path.read_text().replace('folder = "published"', "\n".join(lines)))


def _toml(value: str | bool) -> str:  # noqa: FBT001 - TOML's own two kinds
    return str(value).lower() if isinstance(value, bool) else f'"{value}"'


def _closed(settings: StorageSettings) -> StorageSettings:
    from processes import free_ports  # noqa: PLC0415 - a port that is free now, not when this is imported

    return replace(settings, endpoint=f"http://127.0.0.1:{free_ports(1)[0]}")


def _no_bucket(settings: StorageSettings) -> StorageSettings:
    return replace(settings, bucket="no-such-bucket")


ROWS = (
    # without the right to it
    bad(
        "a post that cannot be read",
        all_of(NEW, mode("posts/2026-11-22-new.md", 0)),
        20,
        "posts/2026-11-22-new.md: the file cannot be read. Check its rights: chmod u+r.",
        start=unprivileged,
    ),
    bad(
        "a folder of posts that cannot be read",
        mode("posts", 0),
        20,
        "posts: the folder cannot be read. Check its rights: chmod u+rx.",
        NO_WORKSPACE,
        start=unprivileged,
    ),
    bad(
        "a recording that cannot be read",
        all_of(episode(sound=wav()), mode(f"{NEW_EPISODE}/recording.wav", 0)),
        50,
        "episodes/014-new/recording.wav: the recording may not be read. Give yourself permission to read it.",
        start=unprivileged,
    ),
    bad(
        "a picture that cannot be read",
        mode("images/jury-hours.png", 0),
        20,
        "posts/2026-11-20-jury-lessons.md:9:…: the picture images/jury-hours.png cannot be read. Put the file there and make it readable.",
        start=unprivileged,
    ),
    bad(
        "settings that cannot be read",
        mode(_SETTINGS, 0),
        2,
        "cop-publish.toml cannot be read: check its rights.",
        start=unprivileged,
    ),
    bad(
        "a registry that cannot be read",
        mode("registry", 0),
        40,
        "registry: the registry cannot be read. Check its rights: chmod u+rx.",
        "Nothing was published: without the registry nobody has agreed to anything.",
        start=unprivileged,
    ),
    bad(
        "consents that cannot be read",
        mode("registry/consents", 0),
        20,
        "registry/consents: the folder cannot be read. Check its rights: chmod u+rx.",
        NO_REGISTRY,
        start=unprivileged,
    ),
    bad(
        "a store where no folder can be made",
        all_of(
            folder("closed"), mode("closed", 0o500), change(_SETTINGS, '"published"', '"closed/published"')
        ),
        60,
        "public/assets/player.….js could not be written in …/closed/published: permission denied. Give yourself the right to it, or set another [storage] folder.",
        start=unprivileged,
    ),
    bad(
        "a workspace that cannot be written",
        all_of(episode(sound=wav()), folders_mode(".cop-publish", 0o500)),
        50,
        ".cop-publish/masters: the folder of masters cannot be used. Make it a folder that you can write to.",
        NO_SOUND,
        start=unprivileged,
    ),
    # folders
    bad(
        "a store that is full",
        _LONG,
        60,
        "public/blog/2026/11/22/new.html could not be written in published: the disk or its quota is full. Free some space and run the command again.",
        start=nearly_full,
    ),
    bad(
        "a disk that is full before the store is",
        episode(sound=wav(30)),
        50,
        ".cop-publish/masters: the disk is full, and nothing was kept. Free some space, and run again.",
        start=nearly_full,
    ),
    bad(
        "a store that is a file",
        change(_SETTINGS, '"published"', '"about.md"'),
        60,
        "public/ could not be listed in about.md: the name is a file in one place and a folder in another. Rename one of the two.",
    ),
    bad(
        "a damaged head",
        write("published/_cop/head.json", "{"),
        60,
        "_cop/head.json in the store is damaged, or a newer cop-publish wrote it. Update cop-publish, or delete that file to have the whole site sent again.",
    ),
    # buckets
    bad(
        "a wrong secret",
        nothing,
        60,
        "The storage http://127.0.0.1:… (bucket cop-…) refused: the secret key does not belong to the access key. Set AWS_SECRET_ACCESS_KEY, or your AWS profile, to the right one.",
        start=bucket("rclone", AWS_SECRET_ACCESS_KEY="wrong"),  # noqa: S106 - and it opens nothing
        server="rclone",
    ),
    bad(
        "no credentials",
        nothing,
        60,
        "The storage http://127.0.0.1:… (bucket cop-…) cannot be used: no credentials were found. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile in AWS_PROFILE.",
        start=bucket("rclone", AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY=""),
        server="rclone",
    ),
    bad(
        "a bucket that does not exist",
        nothing,
        60,
        "The storage http://127.0.0.1:… (bucket no-such-bucket) refused: there is no such bucket. Create it, or mend [storage] bucket.",
        start=bucket("rclone", _no_bucket),
        server="rclone",
    ),
    bad(
        "an address where nobody answers",
        nothing,
        60,
        "The storage http://127.0.0.1:… (bucket cop-…) cannot be used: nothing answers at its address. Check [storage] endpoint, and that this machine is online.",
        start=bucket("rclone", _closed),
        server="rclone",
    ),
    bad(
        "a clock two hours slow",
        nothing,
        60,
        "The storage http://127.0.0.1:… (bucket cop-…) refused: the clock of this machine is 2 h 00 min slow (the server says …). Set the clock of this machine and run the command again.",
        start=with_clock("-2h"),
        server="ceph",
    ),
)
