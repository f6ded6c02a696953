"""Encodings undone, round after round, until nothing changes.  Each decoder is a line of the table."""

from __future__ import annotations

import base64
import html
import json
import re
import unicodedata
import zlib
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import unquote

from cop_publish.gate.view import Unreadable, View

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROUNDS = 4  # what is encoded deeper than this is refused, not guessed
GUNZIPPED_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Decoder:
    """`trigger` is cheap and must match wherever `decode` would change something."""

    trigger: Callable[[str], object]
    decode: Callable[[str], str]


def layers(view: View) -> Iterator[View]:
    """The view, and what each decoder in turn makes of it.  Raises Unreadable when there is no end to it."""
    yield view
    if not view.layered:
        return
    text = view.text
    for _ in range(ROUNDS + 1):
        before = text
        for name, decoder in DECODERS.items():
            if decoder.trigger(text):
                decoded = decoder.decode(text)
                if decoded != text:
                    text = decoded
                    yield replace(view, channel=f"{view.channel} ({name})", text=text)
        if text == before:
            return
    message = f"{view.channel} is encoded more than {ROUNDS} times over"
    raise Unreadable(message)


def gunzip(data: bytes) -> bytes:
    """Raises Unreadable when it is not whole, goes on after its end, or is too large to be honest."""
    inflater = zlib.decompressobj(31)
    try:
        plain = inflater.decompress(data, GUNZIPPED_BYTES)
    except zlib.error:
        message = "holds gzip that cannot be unpacked"
        raise Unreadable(message) from None
    if not inflater.eof or inflater.unused_data:
        message = "holds gzip that is cut off, has bytes after its end, or unpacks to too much"
        raise Unreadable(message)
    return plain


def as_text(data: bytes) -> str | None:
    """Bytes that are readable text in UTF-8 or UTF-16, gzipped or not; None: they are something else."""
    if data.startswith(b"\x1f\x8b"):
        try:
            data = gunzip(data)
        except Unreadable:
            return None
    big_end_first = data[::2].count(0) > data[1::2].count(0)  # else Latin text reads as Chinese
    for encoding in ("utf-8", *(("utf-16-be", "utf-16-le") if big_end_first else ("utf-16-le", "utf-16-be"))):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if (encoding == "utf-8" or _is_utf16(data)) and _is_readable(text):
            return text
    return None


def _is_readable(text: str) -> bool:
    """No control characters and nothing unassigned; what is blank or unseen may stand there."""
    if text.isprintable():
        return True
    unseen = {character for character in text if not character.isprintable()}
    return all(c in "\n\r\t" or unicodedata.category(c) in _UNSEEN for c in unseen)


_UNSEEN = {"Cf", "Zs", "Zl", "Zp"}  # format characters and blanks, which `isprintable` does not count


def _is_utf16(data: bytes) -> bool:
    """Any two bytes are a letter of some script; Latin text has a zero beside each of its own."""
    return data.startswith((b"\xff\xfe", b"\xfe\xff")) or data.count(0) * 3 >= len(data)


SHORTEST_BASE64 = 12
MOST_SLASHES = 8  # in one run: an address has few, and base64 has one in 64 letters
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,}=*")
_RUN_BYTES = frozenset(b"+/_-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_RUNS = bytes(byte if byte in _RUN_BYTES else 0x20 for byte in range(256))
_LONG_RUN = re.compile(rb" ([^ ]{12,})")  # tried where a blank is, and not at every letter of short words
_SHORT_ESCAPES = re.compile(r'\\(?:u\{([0-9a-fA-F]+)\}|x([0-9a-fA-F]{2})|([/"])|[nrt])')
# RFC 2045, section 6.7.  There "=" itself is always escaped: in a row of them, such as what underlines a
# heading, the last one ends no line softly.
_QP_ESCAPE = re.compile(r"=(?:([0-9a-fA-F]{2})|(?<!==)[ \t]*\r?\n)")
_QP_BYTES = re.compile(_QP_ESCAPE.pattern.encode())
_UTF16_ESCAPES = re.compile(r"(?:\\u[0-9a-fA-F]{4})+")
_CSS_ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})([ \t\r\n]?)")


def _escapes(text: str) -> str:
    r"""``\\u0041`` of JSON and JavaScript, surrogates joined; ``\\x41``, ``\\u{41}``, ``\\/``, ``\\n``."""
    text = _UTF16_ESCAPES.sub(lambda run: str(json.loads(f'"{run[0]}"')), text)
    return _SHORT_ESCAPES.sub(_short_escape, text)


def _short_escape(escape: re.Match[str]) -> str:
    digits = escape[1] or escape[2]
    return _character(digits) if digits else escape[3] or "\n"


def _css_escapes(text: str) -> str:
    """A style sheet swallows one blank after each, elsewhere it is one: both readings, if they differ."""
    swallowed = _CSS_ESCAPE.sub(lambda escape: _character(escape[1]), text)
    kept = _CSS_ESCAPE.sub(lambda escape: _character(escape[1]) + escape[2], text)
    return swallowed if kept == swallowed else f"{swallowed}\n\n{kept}"


def _character(digits: str) -> str:
    code = int(digits, 16)
    return chr(code) if code <= 0x10FFFF else " "  # noqa: PLR2004 - the last code point of Unicode


def _quoted_printable(text: str) -> str:
    """Left as it is where none of it is UTF-8: ``width=device-width`` stands in the head of every page."""
    encoded = text.encode("utf-8", "replace")
    plain = _QP_BYTES.sub(lambda found: bytes.fromhex((found[1] or b"").decode()), encoded)
    decoded = plain.decode("utf-8", "replace")
    spoilt = decoded.count("\ufffd") - text.count("\ufffd")
    is_none_utf8 = len(text) - len(decoded) == 2 * spoilt  # one letter, and a spoilt one, for three of each
    return text if is_none_utf8 else decoded


def _base64(text: str) -> str:
    """Runs that decode to readable text are replaced by it; all others stay."""
    return _BASE64.sub(lambda run: _base64_run(run[0]), text)


def _holds_base64(text: str) -> bool:
    """Tries the runs themselves: in bytes with a blank for all else they are found fastest."""
    runs = set(_LONG_RUN.findall(b" " + text.encode("ascii", "replace").translate(_RUNS)))
    wanted = [run.decode() for run in runs if not run.islower()]
    return any(_base64_run(run) != run for run in wanted)


@lru_cache(maxsize=16384)
def _base64_run(whole: str) -> str:
    """The run whole, or else what stands between slashes in it: in an address it is a part of the path."""
    text = _debased(whole)
    if text is not None:
        return f"\n{text}\n"
    if "/" not in whole:
        return whole
    starts = [slash.end() for slash in islice(re.finditer("/", whole), MOST_SLASHES)]
    closed, end_of_all = f"{whole}/", len(whole.rstrip("/"))
    spans = [(start, end_of_all) for start in starts]
    spans += [(start, closed.index("/", start)) for start in (*starts, 0)]
    spans.append((0, end_of_all))
    for start, end in spans:
        text = _debased(whole[start:end])
        if text is not None:
            return f"{whole[:start]}\n{text}\n{whole[end:]}"
    return whole


def _debased(letters: str) -> str | None:
    if len(letters) < SHORTEST_BASE64 or letters.islower():
        return None  # a long word or a slug
    plain = letters.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        data = base64.b64decode(plain + "=" * (-len(plain) % 4))
    except ValueError:
        return None
    return as_text(data)


DECODERS: dict[str, Decoder] = {
    "HTML entities": Decoder(re.compile(r"&(?:#|\w\w)").search, html.unescape),
    "percent-encoding": Decoder(re.compile(r"%[0-9a-fA-F]{2}").search, unquote),
    "backslash escapes": Decoder(re.compile(r"\\[ux/\"nrt]").search, _escapes),
    "CSS escapes": Decoder(_CSS_ESCAPE.search, _css_escapes),
    "base64": Decoder(
        _holds_base64, _base64
    ),  # before the next, which takes the "=" at the end of a line away
    "quoted-printable": Decoder(_QP_ESCAPE.search, _quoted_printable),
}
