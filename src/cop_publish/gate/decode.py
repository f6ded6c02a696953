"""Encodings undone, round after round, until nothing changes.  Each decoder is a line of the table."""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
import zlib
from dataclasses import dataclass
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

    trigger: re.Pattern[str]
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
            if decoder.trigger.search(text):
                decoded = decoder.decode(text)
                if decoded != text:
                    text = decoded
                    yield View(f"{view.channel} ({name})", text, view.code)
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
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8" or _is_utf16(data):
            plain = text.replace("\n", " ").replace("\r", " ").replace("\t", " ").removeprefix("\ufeff")
            if plain.isprintable():
                return text
    return None


def _is_utf16(data: bytes) -> bool:
    """Any two bytes are a letter of some script; Latin text has a zero beside each of its own."""
    return data.startswith((b"\xff\xfe", b"\xfe\xff")) or data.count(0) * 3 >= len(data)


_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
_SHORT_ESCAPES = re.compile(r'\\(?:u\{([0-9a-fA-F]{1,6})\}|x([0-9a-fA-F]{2})|([/"]))')
_UTF16_ESCAPES = re.compile(r"(?:\\u[0-9a-fA-F]{4})+")
_CSS_ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})[ \t\r\n]?")


def _escapes(text: str) -> str:
    r"""``\\u0041`` of JSON and JavaScript, surrogate pairs joined; ``\\x41``, ``\\u{41}``, ``\\/``."""
    text = _UTF16_ESCAPES.sub(lambda run: str(json.loads(f'"{run[0]}"')), text)
    return _SHORT_ESCAPES.sub(lambda escape: escape[3] or _character(escape[1] or escape[2]), text)


def _css_escapes(text: str) -> str:
    return _CSS_ESCAPE.sub(lambda escape: _character(escape[1]), text)


def _character(digits: str) -> str:
    code = int(digits, 16)
    return chr(code) if code <= 0x10FFFF else " "  # noqa: PLR2004 - the last code point of Unicode


def _quoted_printable(text: str) -> str:
    return binascii.a2b_qp(text.encode("utf-8", "replace")).decode("utf-8", "replace")


def _base64(text: str) -> str:
    """Runs that decode to readable text are replaced by it; all others stay."""
    return _BASE64.sub(_base64_run, text)


def _base64_run(run: re.Match[str]) -> str:
    if run[0].islower():
        return run[0]  # a long word or a slug: base64 of nine letters or more has capitals
    letters = run[0].rstrip("=").replace("-", "+").replace("_", "/")
    try:
        data = base64.b64decode(letters + "=" * (-len(letters) % 4))
    except ValueError:
        return run[0]
    text = as_text(data)
    return run[0] if text is None else f" {text} "


DECODERS: dict[str, Decoder] = {
    "HTML entities": Decoder(re.compile(r"&(?:#|\w{2,31};?)"), html.unescape),
    "percent-encoding": Decoder(re.compile(r"%[0-9a-fA-F]{2}"), unquote),
    "backslash escapes": Decoder(re.compile(r"\\[ux/\"]"), _escapes),
    "CSS escapes": Decoder(_CSS_ESCAPE, _css_escapes),
    "quoted-printable": Decoder(re.compile(r"=(?:[0-9a-fA-F]{2}|\r?\n)"), _quoted_printable),
    "base64": Decoder(_BASE64, _base64),
}
