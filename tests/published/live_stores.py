"""The sample show, published by the built command to a store on a real server, and open to the world.

Clients read it through a pass-through that remembers their requests, and signs and changes nothing.
"""

from __future__ import annotations

import contextlib
import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import servers
from live_show import NOW, LiveShow, Said, live_show, point
from passing_on import Listener, passing_on
from public_prefix import Answer
from servers import administrator

from cop_publish.core.head import Head
from cop_publish.storage.pack import Pack, pack_key
from cop_publish.storage.traits import HEAD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _pytest.mark import ParameterSet

    from cop_publish.core.output import Entry

# Two doors of one server: their tests stay on one worker, so that it is started once.
_SERVER = {"ceph-tls": "ceph", "rclone-tls": "rclone"}


def with_group(name: str) -> ParameterSet:
    return pytest.param(name, marks=pytest.mark.xdist_group(_SERVER.get(name, name)))


STORES = [with_group(name) for name in servers.NAMES]
BUCKETS = [with_group(name) for name in servers.BUCKETS]


@dataclass(frozen=True)
class Live:
    """A published show: `world` is where everyone reads it, `said` what its first publish printed."""

    place: servers.RunningStore
    show: LiveShow
    world: Listener
    said: Said

    @property
    def is_bucket(self) -> bool:
        return bool(self.place.settings.bucket)

    @property
    def origin(self) -> str:
        """The bucket's own address, for strangers to knock at."""
        return f"{self.place.server.endpoint}/{self.place.settings.bucket}"

    def sounds(self) -> dict[str, str]:
        """Where the world hears each episode, by its folder."""
        masters = self.show.masters().items()
        return {name: f"{self.world.url}media/{name}.{m['sha256']!s:.8}.mp3" for name, m in masters}

    def stamps(self) -> dict[str, tuple[object, ...]]:
        """Every key in the store, with what would be another one if it were written again."""
        if not self.is_bucket:
            folder = self.show.folder / "published"
            files = [path for path in folder.rglob("*") if path.is_file() and path.name != ".lock"]
            found = {path.relative_to(folder).as_posix(): path.stat() for path in files}
            return {key: (stat.st_mtime_ns, stat.st_ino) for key, stat in found.items()}
        client = administrator(self.place.server)
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=self.place.settings.bucket)
        objects = [one for page in pages for one in page.get("Contents", [])]
        return {one["Key"]: (one["LastModified"], one["ETag"]) for one in objects}

    def manifest(self) -> dict[str, Entry]:
        """What the store says that it holds, by key."""
        key = self.pack()
        record = Pack(key, self.private(key)).record()
        return {entry.key: entry for entry in record.manifest.entries}

    def pack(self) -> str:
        """The key of the pack of the release that is public."""
        head = Head.from_json(self.private(HEAD).decode())
        return pack_key(head.seq, head.release)

    def private(self, key: str) -> bytes:
        """A file that only the producer may read."""
        if not self.is_bucket:
            return (self.show.folder / "published" / key).read_bytes()
        client = administrator(self.place.server)
        return client.get_object(Bucket=self.place.settings.bucket, Key=key)["Body"].read()


@contextlib.contextmanager
def going_live(name: str, factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Publish a copy of the sample show to a new store on the named server."""
    server = servers.running(name)
    folder = factory.mktemp(name) / "show"
    with servers.new_store(server, folder) as place, passing_on(place.url) as world:
        show = live_show(factory, folder, server.environment)
        point(show, place.settings, world.url)
        said = show.run("episode", "--now", NOW)
        assert said.code == 0, said.err
        yield Live(place, show, world, said)


def ask(method: str, url: str, ca_file: str = "", **headers: str) -> Answer:
    """What a stranger gets at an address; a status that is an error is an answer too."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, headers=named, method=method)  # noqa: S310 - our own servers
    trust = ssl.create_default_context(cafile=ca_file) if ca_file else None
    try:
        with urllib.request.urlopen(request, context=trust) as found:  # noqa: S310 - as above
            return Answer(found.status, dict(found.headers), found.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, dict(error.headers), error.read())
