"""Read the transcripts of Podcasting 2.0 (JSON, version 1.0.0): segments of words with their times.

Tools that recognise speech write a segment for each word: such words are joined into cues of a sentence of
one speaker, of ten seconds at most.  A segment without `endTime` ends where the next begins.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from cop_publish.core.fences import looks_like_fence
from cop_publish.core.front_matter import FORBIDDEN
from cop_publish.core.json_pieces import NotJson, Piece, read_pieces
from cop_publish.core.lookalikes import fold
from cop_publish.core.problems import Place
from cop_publish.core.spoken import Found, Manner, Spoken

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LONGEST_CUE_SECONDS = 10.0
LONGEST_PAUSE_SECONDS = 2.0  # a longer one between two words ends a cue
LATEST_SECONDS = 100 * 60 * 60.0
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]]*$")  # noqa: RUF001 - full stops of other scripts
_SIGNS = re.compile(r"[,.;:!?…%)\]”’]+")  # stand at the end of the word before
_BODY = re.compile(r'"body"\s*:\s*"')
_SPACES = re.compile(r"[ \t\r\n]+")
_KEYS = frozenset({"speaker", "startTime", "endTime", "body"})
_SHAPE = 'A segment is `{"speaker": "p-7f3k", "startTime": 1.5, "endTime": 4.25, "body": "words"}`.'


def read_json_transcript(text: str, path: str) -> Found:
    """Give everything that is said, in file order, and everything that is wrong."""
    reading = _Reading(Found(path, Manner.BY_MACHINE, names_in_words=True), text)
    try:
        pieces = read_pieces(text, "segments")
    except NotJson as fault:
        line = reading.place(fault.at).line
        reading.found.problem(line, fault.what, fault.fix)
        return reading.found
    if pieces.listed is None:
        reading.found.problem(1, "this JSON has no list of `segments`", _SHAPE)
        return reading.found
    for dropped in _strings(pieces.others):
        reading.found.refuse_mark(1, dropped)
    said = [segment for piece in pieces.listed if (segment := reading.segment(piece)) is not None]
    ended = [segment for segment in reading.with_ends(said) if segment.words]
    reading.found.spoken = [reading.spoken(s) for s in (_sentences(ended) if _is_by_word(ended) else ended)]
    reading.tell()
    return reading.found


@dataclass(frozen=True, slots=True)
class _Segment:
    """A segment whose values are of the right kind."""

    start_seconds: float
    end_seconds: float  # NaN: not given
    voice: str | None
    words: str
    where: Place  # of the words
    piece: Place


@dataclass(slots=True)
class _Reading:
    """One file being read."""

    found: Found
    text: str
    faults: dict[tuple[str, str], list[Place]] = field(default_factory=dict)
    _lines: list[int] = field(default_factory=list)  # where each line starts

    def __post_init__(self) -> None:
        self._lines = [0, *(found.end() for found in re.finditer(r"\n", self.text))]

    def place(self, at: int) -> Place:
        line = bisect_right(self._lines, at)
        return Place(self.found.path, line, at - self._lines[line - 1] + 1)

    def fault(self, where: Place, what: str, fix: str = _SHAPE) -> None:
        self.faults.setdefault((what, fix), []).append(where)

    def tell(self) -> None:
        """Report each kind of fault once: what a tool does wrong, it does in every segment."""
        for (what, fix), places in self.faults.items():
            more = f" (and {len(places) - 1} more of this kind)" if len(places) > 1 else ""
            self.found.problem(places[0].line, what + more, fix)

    def segment(self, piece: Piece) -> _Segment | None:
        where = self.place(piece.start)
        if not isinstance(piece.value, Mapping):
            self.fault(where, "this segment is not an object")
            return None
        value: Mapping[str, object] = piece.value
        for key in value.keys() - _KEYS:
            for dropped in _strings({key: value[key]}):
                self.found.refuse_mark(where.line, dropped)
        start, end = self._time(value, "startTime", where), self._time(value, "endTime", where)
        body, voice = value.get("body"), value.get("speaker")
        if not isinstance(body, str) or not isinstance(voice, str | None):
            self.fault(where, "this segment's `body` or `speaker` is not text")
            return None
        if start is None:
            if value.get("startTime") is None:
                self.fault(where, "this segment has no `startTime`")
            return None
        words = self._words(body, where)
        spoken_at = self._where_words_start(piece, words)
        given = float("nan") if end is None else end
        return _Segment(start, given, voice.strip() if voice else None, words, spoken_at, where)

    def _time(self, value: Mapping[str, object], key: str, where: Place) -> float | None:
        time = value.get(key)
        if time is None:
            return None
        if not isinstance(time, float) or not 0 <= time <= LATEST_SECONDS:
            self.fault(where, f"this segment's `{key}` is not a number of seconds")
            return None
        return round(time, 3)

    def _words(self, body: str, where: Place) -> str:
        if FORBIDDEN.search(body):
            what = "this segment spells a control character"
            self.fault(where, what, "Take its escape out; right-to-left words need no such character.")
        if any(looks_like_fence(fold(line)) for line in body.splitlines()):
            what = "a block mark stands inside a segment"
            self.fault(where, what, "Mark the words themselves: `[[confidential: …]]`.")
        return _SPACES.sub(" ", unicodedata.normalize("NFC", body)).strip(" ")

    def _where_words_start(self, piece: Piece, words: str) -> Place:
        """Give a column only where the words stand in the file as they are."""
        body = _BODY.search(self.text, piece.start, piece.end)
        place = self.place(body.end() if body else piece.start)
        is_there = body is not None and self.text.startswith(f'{words}"', body.end())
        return place if is_there else Place(place.path, place.line)

    def with_ends(self, segments: Sequence[_Segment]) -> Iterator[_Segment]:
        for segment, following in pairwise([*segments, None]):
            if segment is None:  # never: only the last of the pairs is None
                continue
            if segment.end_seconds == segment.end_seconds:
                yield segment
            elif following is not None and following.start_seconds > segment.start_seconds:
                yield replace(segment, end_seconds=following.start_seconds)
            else:
                self.fault(segment.piece, "this segment has no `endTime`, and nothing says when it ends")

    def spoken(self, segment: _Segment) -> Spoken:
        if segment.end_seconds <= segment.start_seconds:
            what = "this segment ends before it has begun"
            self.fault(segment.piece, what, "Write the earlier time first.")
        times = segment.start_seconds, segment.end_seconds
        return Spoken(*times, segment.voice, (segment.words,), segment.where, segment.piece)


def _is_by_word(segments: Sequence[_Segment]) -> bool:
    return 2 * sum(" " not in segment.words for segment in segments) > len(segments)


def _sentences(segments: Sequence[_Segment]) -> Iterator[_Segment]:
    joined: _Segment | None = None
    for segment in segments:
        if joined is not None and _go_together(joined, segment):
            glue = "" if _SIGNS.fullmatch(segment.words) else " "
            joined = replace(
                joined,
                end_seconds=max(joined.end_seconds, segment.end_seconds),
                words=joined.words + glue + segment.words,
                where=Place(joined.where.path, joined.where.line),
            )
        else:
            if joined is not None:
                yield joined
            joined = segment
    if joined is not None:
        yield joined


def _go_together(before: _Segment, after: _Segment) -> bool:
    if before.voice != after.voice:
        return False
    if before.words.count("[[") > before.words.count("]]"):  # a mark must not be torn
        return True
    return (
        _SENTENCE_END.search(before.words) is None
        and -LONGEST_PAUSE_SECONDS <= after.start_seconds - before.end_seconds <= LONGEST_PAUSE_SECONDS
        and after.end_seconds - before.start_seconds <= LONGEST_CUE_SECONDS
    )


def _strings(value: object) -> Iterator[str]:
    """Every string in a value, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield key
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
