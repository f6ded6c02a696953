"""Carrying out the steps of a plan, wave by wave, from wherever their bytes are."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from cop_publish.core.output import FileClass, Headers
from cop_publish.core.plan import Action, Step, by_wave
from cop_publish.errors import CopPublishError
from cop_publish.storage.base import PUBLIC
from cop_publish.storage.checked import opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from cop_publish.core.output import Approved, Entry
    from cop_publish.storage.base import Body
    from cop_publish.storage.pack import Pack
    from cop_publish.storage.turn import Turn

    Progress = Callable[[Step], None]
    Send = Callable[[Step], str]


class Source(Protocol):
    """Where the bytes of a release are: an approved site, or packs."""

    def opened(self, entry: Entry) -> AbstractContextManager[Body]:
        """The bytes of an entry, and no others: checked against its digest."""


class FromApproved:
    """The files that the gate has read."""

    def __init__(self, approved: Approved) -> None:
        self._files = {file.key: file for file in approved.files}

    def opened(self, entry: Entry) -> AbstractContextManager[Body]:
        return opened(self._files[entry.key], entry)


class FromPacks:
    """Files that were approved when their packs were written; a pack is read when first needed."""

    def __init__(self, pack_of: Mapping[str, str], read: Callable[[str], Pack]) -> None:
        self._pack_of = pack_of  # the key of a file -> the key of its pack
        self._read = read
        self._packs: dict[str, Pack] = {}
        self._alone = Lock()  # with them: whoever sends files side by side reads each pack once

    @contextmanager
    def opened(self, entry: Entry) -> Iterator[Body]:
        name = self._pack_of.get(entry.key)
        if name is None:
            msg = f"{entry.key} is in no pack and was about to be sent."
            raise CopPublishError(msg)
        with self._alone:
            if name not in self._packs:
                self._packs[name] = self._read(name)
        yield self._packs[name].file(entry)


@dataclass(frozen=True)
class Load:
    """What there is to do between begin and commit."""

    steps: tuple[Step, ...]  # in order
    source: Source
    expects: Mapping[str, str]  # what each key that is put holds now; empty for nothing
    goes: tuple[str, ...] = ()  # keys of the store that are deleted with the rest


def carry_out(turn: Turn, load: Load) -> Iterator[tuple[Step, str]]:
    """Do it; gives each step when it is done, with the ETag of what was put.

    Raises at the first fault: nothing of a later wave is sent then.
    """

    def send(step: Step) -> str:
        entry = step.entry
        with load.source.opened(entry) as body:
            headers = Headers(entry.content_type, entry.cache_control)
            return turn.put(PUBLIC + entry.key, body, headers, load.expects[entry.key])

    goes = list(load.goes)
    waves = by_wave(load.steps)
    for wave in waves:
        turn.before_wave(feeds=wave[0].entry.file_class is FileClass.FEED)
        if wave[0].action is Action.PUT:
            for step, etag in side_by_side(wave, send, turn.workers):
                turn.prolong_if_due()
                yield step, etag
            continue
        last = goes if wave is waves[-1] else []
        turn.delete([*(PUBLIC + step.entry.key for step in wave), *last])
        goes = [] if last else goes
        yield from ((step, "") for step in wave)
    if goes:
        turn.delete(goes)


def side_by_side(steps: tuple[Step, ...], send: Send, workers: int) -> Iterator[tuple[Step, str]]:
    """Send files at the same time; gives each with its ETag, in the calling thread, when it is done."""
    if workers == 1 or len(steps) == 1:
        for step in steps:
            yield step, send(step)
        return
    from concurrent.futures import ThreadPoolExecutor, as_completed  # noqa: PLC0415 - only for a bucket

    with ThreadPoolExecutor(min(workers, len(steps))) as pool:
        running = {pool.submit(send, step): step for step in steps}
        try:
            for done in as_completed(running):
                yield running[done], done.result()
        finally:
            pool.shutdown(cancel_futures=True)
