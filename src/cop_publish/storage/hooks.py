"""What follows once the feed is live: a CDN forgets the copies that changed, and a WebSub hub is told.

::

    note(what will change) ── the release ──> run() ── done: forgotten; failed: kept for the next publish

What must be told is written down before the release begins, so that a publish that is killed between the
feed and its hooks tells it the next time.  A hook never undoes a release; it fails in one sentence.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from cop_publish.core.routes import quoted
from cop_publish.errors import StorageFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from cop_publish.settings import Settings

STATE = "hooks.json"
COMMAND_SECONDS = 120
_INDEX = "index.html"
_SUCCESS = range(200, 300)


@dataclass(frozen=True, slots=True)
class Told:
    """What came of one hook: a sentence for the producer."""

    hook: str  # cloudfront | command | websub
    ok: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Pending:
    """What one hook has still to be told; `reference` is the same when it is tried again."""

    hook: str
    reference: str
    keys: tuple[str, ...]  # below public/, sorted


@dataclass(frozen=True, slots=True)
class Hooks:
    """The hooks that the settings name; `state` is a private folder of this workspace."""

    settings: Settings
    state: Path

    def note(self, stale: Iterable[str], feeds: Iterable[str]) -> None:
        """Remember what is about to change: keys whose copies become stale, and feeds with a hub."""
        wanted = {"cloudfront": stale, "command": stale, "websub": feeds}
        known = {pending.hook: pending for pending in self.pending()}
        for hook in self._named():
            keys = {*wanted[hook], *(known[hook].keys if hook in known else ())}
            if keys:
                known[hook] = Pending(hook, secrets.token_hex(16), tuple(sorted(keys)))
        self._keep(known.values())

    def run(self) -> tuple[Told, ...]:
        """Tell what is pending; what fails stays pending.  Never raises for what a hook does."""
        told, failed = [], []
        for pending in self.pending():
            if pending.hook not in self._named():
                continue  # taken out of the settings meanwhile
            try:
                said = _TELL[pending.hook](self.settings, pending)
                told.append(Told(pending.hook, ok=True, sentence=said))
            except StorageFailed as error:
                failed.append(pending)
                told.append(Told(pending.hook, ok=False, sentence=f"{error.summary} {_AGAIN}"))
        self._keep(failed)
        return tuple(told)

    def pending(self) -> tuple[Pending, ...]:
        """What has still to be told; a damaged note counts as none."""
        try:
            rows = json.loads((self.state / STATE).read_text(encoding="utf-8"))
            return tuple(Pending(row["hook"], row["reference"], tuple(row["keys"])) for row in rows)
        except (OSError, ValueError, TypeError, KeyError):
            return ()

    def _named(self) -> tuple[str, ...]:
        storage, show = self.settings.storage, self.settings.show
        named = {"cloudfront": storage.cloudfront, "command": storage.after, "websub": show.hub}
        return tuple(hook for hook, value in named.items() if value)

    def _keep(self, pending: Iterable[Pending]) -> None:
        rows = [{"hook": p.hook, "reference": p.reference, "keys": p.keys} for p in pending]
        if not rows:
            (self.state / STATE).unlink(missing_ok=True)
            return
        unfinished = self.state / f"{STATE}.{os.getpid()}"
        unfinished.write_text(json.dumps(rows), encoding="utf-8")
        unfinished.replace(self.state / STATE)


def addresses(settings: Settings, keys: Iterable[str]) -> list[str]:
    """Every address at which a CDN may hold a copy: of an index page the one without its name too."""
    found = []
    for key in keys:
        found.append(settings.site.url + quoted(key))
        if key.rpartition("/")[2] == _INDEX:
            found.append(settings.site.url + quoted(key.removesuffix(_INDEX)))
    return found


_AGAIN = "What was published stays; the next publish tries this again."


def _tell_cloudfront(settings: Settings, pending: Pending) -> str:
    from cop_publish.storage.cloudfront import invalidate  # noqa: PLC0415 - boto3 costs a quarter of a second

    paths = [urlsplit(address).path for address in addresses(settings, pending.keys)]
    invalidate(settings.storage.cloudfront, paths, pending.reference)
    return f"CloudFront forgets {_counted(len(paths))}."


def _tell_command(settings: Settings, pending: Pending) -> str:
    import subprocess  # noqa: PLC0415 - only where a command is set, and something changed

    found = addresses(settings, pending.keys)
    program, *words = settings.storage.after
    if "/" in program:
        program = str((settings.root / program).resolve())
    try:
        done = subprocess.run(  # noqa: S603 - the producer's own words, one argument each: there is no shell
            [program, *words],
            input="".join(f"{address}\n" for address in found).encode(),
            cwd=settings.root,
            stdout=subprocess.DEVNULL,  # it may hold a token, and nobody masks it
            stderr=subprocess.DEVNULL,
            timeout=COMMAND_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        msg = f"The command of [storage] after took more than {COMMAND_SECONDS} seconds and was ended."
        raise StorageFailed(f"{msg} Run it by hand to see why.") from error
    except OSError as error:
        msg = "The command of [storage] after cannot be started. Mend its first word: a program, or its path."
        raise StorageFailed(msg) from error
    if done.returncode:
        msg = f"The command of [storage] after ended with {done.returncode}."
        raise StorageFailed(f"{msg} Run it by hand to see why: it gets addresses on standard input.")
    return f"The command of [storage] after was given {_counted(len(found))}."


def _tell_hub(settings: Settings, pending: Pending) -> str:
    """WebSub leaves this to hubs; all take PubSubHubbub 0.4's ping (`hub.url`), some want `hub.topic`."""
    from cop_publish.storage.anonymous import Stranger  # noqa: PLC0415 - an HTTP client, only where there is a hub

    form = {"Content-Type": "application/x-www-form-urlencoded"}
    with Stranger() as stranger:
        for key in pending.keys:
            topic = settings.site.url + quoted(key)
            words = urlencode({"hub.mode": "publish", "hub.url": topic, "hub.topic": topic})
            answer = stranger.ask("POST", settings.show.hub, form, words.encode())
            if answer.status not in _SUCCESS:
                msg = f"The WebSub hub of [show] hub refused the ping ({answer.status})."
                raise StorageFailed(f"{msg} Check its address.")
    return f"The WebSub hub was told of {len(pending.keys)} feed{'' if len(pending.keys) == 1 else 's'}."


def _counted(count: int) -> str:
    return f"{count} changed address" + ("" if count == 1 else "es")


_TELL: dict[str, Callable[[Settings, Pending], str]] = {
    "cloudfront": _tell_cloudfront,
    "command": _tell_command,
    "websub": _tell_hub,
}
