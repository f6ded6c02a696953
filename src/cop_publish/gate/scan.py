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
from cop_publish.gate import kinds, tripwires
from cop_publish.gate.decode import layers
from cop_publish.gate.fold import Reading, folded, read, squash
from cop_publish.gate.forms import Form, Guarded, is_role_address
from cop_publish.gate.markup import html_views
from cop_publish.gate.search import Hit, Search, is_confirmed
from cop_publish.gate.view import Extraction, Unreadable, View, raw_views

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from cop_publish.core.consents import PersonId
    from cop_publish.gate.guard import Terms
    from cop_publish.gate.view import Bytes

NOISE_LETTERS = 10  # of a form that is looked for in compressed bytes: shorter ones stand there by chance
NESTED = 4  # files within texts within files; deeper is refused
LOST_CAUSE_BYTES = 1 << 20  # of an unreadable file that are searched all the same

_MARKUP = re.compile(r"<[a-zA-Z/!]")
_EMBEDDED = re.compile(r"data:[\w/.+-]*(?:;[\w=.-]+)*;base64,([A-Za-z0-9+/_=-]{4,})")


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something withheld, and the channel it stands in; never what it says."""

    channel: str
    rule: str
    person: str  # an ID, or empty


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a scan looks for."""

    search: Search
    ids: frozenset[PersonId]


@dataclass(slots=True)
class Verdict:
    """What a scan found; clean when it found nothing and read everything."""

    findings: set[Finding] = field(default_factory=set)
    unread: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not self.findings and not self.unread


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
        self._seen: set[str] = set()

    def look_through(self, extraction: Extraction, depth: int = 0) -> None:
        self._verdict.unread += extraction.unread
        for view in extraction.views:
            self._look_at(view, depth)

    def _look_at(self, view: View, depth: int) -> None:
        try:
            for layer in layers(view):
                if layer.text in self._seen:
                    continue
                self._seen.add(layer.text)
                self._verdict.findings.update(_findings(layer, self._terms, self._wanted))
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
        views = [replace(v, channel=f"{view.channel}: {v.channel}", code=v.code or view.code) for v in inner]
        yield Extraction(views, 0)


def _data_uri(view: View) -> Iterator[Extraction]:
    """Files in ``data:`` addresses: an embedded image obeys the rules for images."""
    if "base64," in view.text:
        for found in _EMBEDDED.finditer(view.text):
            yield kinds.read_enclosed(f"{view.channel}: data: URI", _bytes_of(found[1]))


ENCLOSURES = {"markup": _markup, "data: URI": _data_uri}


def _findings(view: View, terms: Terms, wanted: Wanted) -> Iterator[Finding]:
    reading = read(view.text)
    agreed: _Agreed | None = None
    confirmed: dict[str, bool] = {}
    for hit in _hits(view, reading, wanted.search):
        for form in hit.forms:
            if not _is_wanted(form, terms, wanted):
                continue
            if view.noise and len(form.words) < NOISE_LETTERS:
                continue
            if not _stands(form, reading, confirmed):
                continue
            agreed = agreed or _Agreed(reading, terms)
            if not agreed.covers(hit, form):
                yield Finding(view.channel, form.rule, form.person or "")
    if not view.noise:
        for rule, tripwire in tripwires.TRIPWIRES.items():
            if tripwire(reading.loose, view):
                yield Finding(view.channel, rule, "")


def _is_wanted(form: Form, terms: Terms, wanted: Wanted) -> bool:
    if form.guarded is Guarded.NAME and form.person in terms.named:
        return False
    return form.person is None or form.person in wanted.ids


def _hits(view: View, reading: Reading, search: Search) -> Iterator[Hit]:
    yield from search.hits(reading)
    if view.glued:
        yield from search.glued_hits(reading)
    if not (view.code or view.noise or view.gapless):  # there words with capitals stand together by chance
        yield from search.parted_hits(reading)


def _stands(form: Form, reading: Reading, confirmed: dict[str, bool]) -> bool:
    """Whether a form is confirmed, looked for once: a surname may stand in a text a hundred times."""
    if form.confirm not in confirmed:
        confirmed[form.confirm] = is_confirmed(form, reading)
    return confirmed[form.confirm]


class _Agreed:
    """Where agreed words stand in a text; looked up only once something was hit."""

    def __init__(self, reading: Reading, terms: Terms) -> None:
        self._named = terms.named
        self._wordings = _spans(terms.wordings, reading.folded)
        roles = [address for address in terms.addresses if is_role_address(address)]
        self._addresses = _spans(roles, reading.folded)

    def covers(self, hit: Hit, form: Form) -> bool:
        """Whether a hit lies inside agreed words.

        Words agreed for one person do not cover the name of another, unless someone who may be named
        goes by it as well.  A role address covers what is part of it, such as somebody's web address,
        but no name, and never an address that is somebody's own.
        """
        span = (hit.start, hit.end)
        if (
            form.guarded is Guarded.CONTACT
            and span not in self._addresses
            and _is_within(hit, self._addresses)
        ):
            return True
        if form.given and span in self._wordings:  # "Ann Bea Lee" agreed to hers, where Ann Lee did not
            return True
        if form.guarded is Guarded.NAME and not any(form.person in self._named for form in hit.forms):
            return False
        return form.guarded is not Guarded.MARKING and _is_within(hit, self._wordings)


def _is_within(hit: Hit, spans: list[tuple[int, int]]) -> bool:
    return any(start <= hit.start and hit.end <= end for start, end in spans)


def _spans(texts: Iterable[str], folded_text: bytes) -> list[tuple[int, int]]:
    """Where each text stands as whole words, or as one word."""
    padded = b" " + folded_text + b" "
    spans = []
    for words in {way for text in texts for way in (folded(text), squash(folded(text))) if way}:
        start = padded.find(b" " + words + b" ")
        while start >= 0:
            spans.append((start, start + len(words)))
            start = padded.find(b" " + words + b" ", start + 1)
    return spans


def _bytes_of(letters: str) -> bytes:
    """Base64 in either alphabet, its padding right or not.  Raises Unreadable."""
    plain = letters.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4))
    except ValueError:
        message = "holds a data: URI that cannot be decoded"
        raise Unreadable(message) from None
