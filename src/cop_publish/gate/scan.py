"""One file: opened by the reader of its kind, every view decoded and searched."""

from __future__ import annotations

import base64
import hashlib
import mmap
import re
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cop_publish.core.output import OnDisk, PublicFile
from cop_publish.gate import kinds
from cop_publish.gate.decode import layers
from cop_publish.gate.find import Finding, Wanted, findings
from cop_publish.gate.markup import html_views
from cop_publish.gate.view import Extraction, Unreadable, View, raw_views

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cop_publish.gate.guard import Terms
    from cop_publish.gate.view import Bytes

NESTED = 4  # files within texts within files; deeper is refused
LOST_CAUSE_BYTES = 1 << 20  # of an unreadable file that are searched all the same

_MARKUP = re.compile(r"<[a-zA-Z/!]")
_EMBEDDED = re.compile(r"data:[\w/.+-]*(?:;[\w=.-]+)*;base64,([A-Za-z0-9+/_=-]{4,})")


@dataclass(slots=True)
class Verdict:
    """What a scan found; clean when it found nothing and read everything."""

    findings: dict[Finding, set[str]] = field(default_factory=dict)  # each with its fingerprints
    unread: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)  # fingerprints of what would have been found and is allowed

    @property
    def clean(self) -> bool:
        return not self.findings and not self.unread

    def add(self, finding: Finding, mark: str, allowed: frozenset[tuple[str, str]]) -> None:
        """A finding with its fingerprint, which may be empty."""
        if (mark, finding.rule) in allowed:  # a name that is allowed as a doubt has been seen by one alone
            self.used.add(mark)
        else:
            self.findings.setdefault(finding, set()).update({mark} - {""})


def scan(file: PublicFile, content: Bytes, terms: Terms, wanted: Wanted) -> Verdict:
    """Everything that is wrong with one file whose bytes are at hand."""
    verdict = scan_address(file, terms, wanted)
    scanner = _Scanner(terms, wanted, verdict)
    try:
        kind = kinds.kind_of(file.key, file.headers.content_type, content[: kinds.SNIFFED_BYTES])
        extraction = kind.read(content)
    except Unreadable as reason:
        views = raw_views("unreadable file", content[:LOST_CAUSE_BYTES])
        extraction = Extraction(views, len(content), (str(reason),))
    scanner.look_through(extraction)
    if extraction.read_bytes != file.size_bytes:
        verdict.unread.append(f"has {file.size_bytes} bytes, of which the gate read {extraction.read_bytes}")
    return verdict


def scan_address(file: PublicFile, terms: Terms, wanted: Wanted) -> Verdict:
    """The key and the headers: all that can be read of a file which only the store has."""
    verdict = Verdict()
    headers = f"{file.headers.content_type}\n{file.headers.cache_control}"
    # Names of one word count with a capital only, which keys have not: both readings are given.
    views = [View("address", f"{file.key}\n{file.key.title()}"), View("header", headers)]
    _Scanner(terms, wanted, verdict).look_through(Extraction(views, 0))
    return verdict


@contextmanager
def opened(file: PublicFile) -> Iterator[Bytes]:
    """The bytes of a file, mapped if they are on disk.  Raises Unreadable: not as claimed."""
    if isinstance(file.content, bytes):
        yield file.content
        return
    if not isinstance(file.content, OnDisk):
        message = "is only in the store"
        raise Unreadable(message)
    with _mapped(file.content.path) as content:
        if len(content) != file.content.size_bytes or hashlib.sha256(content).hexdigest() != file.sha256:
            message = "is not the file on disk that was announced: its size or digest differs"
            raise Unreadable(message)
        yield content


@contextmanager
def _mapped(path: Path) -> Iterator[Bytes]:
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            yield content
    except (OSError, ValueError):  # mmap's ValueError: the file is empty
        message = "cannot be opened on disk, or is empty"
        raise Unreadable(message) from None


class _Scanner:
    """Goes through the views of one file, opening what they enclose, each text once."""

    def __init__(self, terms: Terms, wanted: Wanted, verdict: Verdict) -> None:
        self._terms = terms
        self._wanted = wanted
        self._verdict = verdict
        self._seen: dict[str, list[View]] = {}  # by text

    def look_through(self, extraction: Extraction, depth: int = 0) -> None:
        self._verdict.unread += extraction.unread
        for view in extraction.views:
            self._look_at(view, depth)

    def _look_at(self, view: View, depth: int) -> None:
        try:
            for layer in layers(view):
                seen = self._seen.setdefault(layer.text, [])
                if any(earlier.covers(layer) for earlier in seen):
                    continue
                seen.append(layer)
                for finding, mark in findings(layer, self._terms, self._wanted):
                    self._verdict.add(finding, mark, self._wanted.allowed)
                for inner in _enclosed(layer):
                    self._open(inner, layer, depth)
        except Unreadable as reason:
            self._verdict.unread.append(str(reason))

    def _open(self, inner: Extraction, layer: View, depth: int) -> None:
        if depth == NESTED:
            message = f"{layer.channel} holds files within files more than {NESTED} deep"
            raise Unreadable(message)
        self.look_through(inner, depth + 1)


def _enclosed(view: View) -> Iterator[Extraction]:
    """Markup and files that stand inside a text."""
    if not view.layered:
        return
    for enclosure in ENCLOSURES.values():
        yield from enclosure(view)


def _markup(view: View) -> Iterator[Extraction]:
    """Escaped HTML in feeds, `srcdoc`, comments, scripts and search indexes."""
    if "<" in view.text and _MARKUP.search(view.text):
        inner = (v for v in html_views(view.text) if v.text != view.text)
        yield Extraction([_within(view, v) for v in inner], 0)


def _within(view: View, inner: View) -> View:
    """A reading of markup as one of the text that holds it."""
    channel, code = f"{view.channel}: {inner.channel}", inner.code or view.code
    return replace(inner, channel=channel, code=code, gapless=view.gapless, timed=view.timed)


def _data_uri(view: View) -> Iterator[Extraction]:
    """Files in ``data:`` addresses: an embedded image obeys the rules for images."""
    if "base64," in view.text:
        for found in _EMBEDDED.finditer(view.text):
            yield kinds.read_enclosed(f"{view.channel}: data: URI", _bytes_of(found[1]))


ENCLOSURES = {"markup": _markup, "data: URI": _data_uri}


def _bytes_of(letters: str) -> bytes:
    """Base64 in either alphabet, its padding right or not.  Raises Unreadable."""
    plain = letters.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4))
    except ValueError:
        message = "holds a data: URI that cannot be decoded"
        raise Unreadable(message) from None
