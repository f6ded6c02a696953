"""How a name may be written: each way is a line of a table, promised to be found or held out.

A way gives the text and what it is: plain words, which a channel escapes as it must, or something that is
encoded already and stands as it is.  It gives None where it makes no sense for a name.  What is promised is
what the gate is held to; the rest is here so that its rate of discovery is known, and nothing is tuned to it.
"""

# ruff: noqa: RUF001 - characters that are easily taken for others are what this file is about

from __future__ import annotations

import base64
import codecs
import gzip
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from people import Somebody, ascii_letters

if TYPE_CHECKING:
    from collections.abc import Iterable

PLAIN = "plain"  # words: the channel escapes them
CODED = "coded"  # ASCII that stands as it is in any text: letters, digits, % & # ; \\ = + / _ -
TAGS = "tags"  # well-formed markup: only where markup may stand
SHORTEST_GLUED = 8  # letters: what is shorter stands across other words by chance (a limit that is told)
SHORTEST_SURNAME = 4  # letters, of "J Smith": the same


@dataclass(frozen=True, slots=True)
class Written:
    """A name as it will stand in a file."""

    text: str
    form: str = PLAIN


Way = Callable[[Somebody], "Written | None"]


def plain(make: Callable[[Somebody], str | None]) -> Way:
    """A way that gives words."""

    def way(person: Somebody) -> Written | None:
        text = make(person)
        return Written(text) if text else None

    return way


def coded(make: Callable[[str], str], form: str = CODED) -> Way:
    """A way that encodes the full name."""
    return lambda person: Written(make(person.name), form)


# --- words ---------------------------------------------------------------------------------------


def _is_short_single(person: Somebody) -> bool:
    """One name that is short enough to be a word: it is looked for with a capital only (told as a limit)."""
    return not person.family and len(person.given) < SHORTEST_GLUED


def _cased(make: Callable[[str], str]) -> Way:
    return plain(lambda p: None if _is_short_single(p) else make(p.name))


def _alternating(text: str) -> str:
    return "".join(c.upper() if n % 2 else c.lower() for n, c in enumerate(text))


def _is_greek(person: Somebody) -> bool:
    """Its capitals look like other letters than its small ones: both are found, a mixture is not (told)."""
    return unicodedata.name(person.given[0]).startswith("GREEK")


def _between(mark: str) -> Way:
    return plain(lambda p: mark.join(p.name.split(" ")) if " " in p.name else None)


def _within(mark: str) -> Way:
    """A mark inside every word of three letters or more."""
    return plain(lambda p: " ".join(w[:2] + mark + w[2:] if len(w) > 2 else w for w in p.name.split(" ")))  # noqa: PLR2004 - as said


def _surname_is_long(person: Somebody) -> bool:
    return len(_letters(person.family)) >= SHORTEST_SURNAME


def _letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if c.isalpha())


_ALSO_WORDS = "AIΑΙ"  # as an initial without a dot: "A Young person" (a limit that is told)


def _initial(pattern: str, but: str = "") -> Way:
    def way(person: Somebody) -> str | None:
        letter = unicodedata.normalize("NFD", _letters(person.given))[0].upper()
        if not person.family or not _surname_is_long(person) or letter in but:
            return None
        return pattern.format(letter, person.family)

    return plain(way)


def _half(which: int) -> Way:
    def way(person: Somebody) -> str | None:
        halves = person.family.split("-")
        usable = len(halves) == 2 and all(len(half) > 3 for half in halves)  # noqa: PLR2004 - two halves, no particle
        return f"{person.given} {halves[which]}" if usable else None

    return plain(way)


def _middle(middle: str) -> Way:
    return plain(lambda p: f"{p.given} {middle} {p.family}" if p.family else None)


def _without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")


def _more_accents(text: str) -> str:
    return "".join(c + "\u0308" if c in "aeiou" else c for c in text)


_CYRILLIC = str.maketrans("aceopxyABCEHKMOPTX", "асеорхуАВСЕНКМОРТХ")
_GREEK = str.maketrans("oABEHIKMNOPTXYZ", "οΑΒΕΗΙΚΜΝΟΡΤΧΥΖ")
_FULLWIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}


def _mapped(capital: int, small: int) -> Callable[[str], str]:
    """Letters of another block of Unicode, for A to Z and a to z."""
    table = {65 + n: capital + n for n in range(26)} | {97 + n: small + n for n in range(26)}
    return lambda text: text.translate(table)


def _changed(make: Callable[[str], str]) -> Way:
    """Only where it changes anything."""
    return plain(lambda p: made if (made := make(p.name)) != p.name else None)


def _glued(make: Callable[[Somebody], str | None]) -> Way:
    """Without its spaces a short name is no longer looked for: a limit that is told."""
    return plain(lambda p: make(p) if len(_letters(p.name)) >= SHORTEST_GLUED and p.family else None)


def _only_letters(text: str) -> str:
    return "".join(c for c in text if c.isalpha() or unicodedata.category(c) == "Mn")


def _slug(mark: str) -> Way:
    def way(person: Somebody) -> str | None:
        words = [ascii_letters(word) for word in person.name.replace("-", " ").split(" ")]
        if not person.family or not all(words) or not person.name.isascii():
            return None
        return mark.join(words)

    return plain(way)


def _umlauts(text: str) -> str:
    for umlaut, spelt in {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "Ö": "Oe"}.items():
        text = text.replace(umlaut, spelt)
    return text


# --- encodings -----------------------------------------------------------------------------------


def _utf16_escapes(text: str) -> str:
    units = text.encode("utf-16-be").hex()
    return "".join(f"\\u{units[n : n + 4]}" for n in range(0, len(units), 4))


def _percent(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def _quoted_printable(text: str) -> str:
    return "".join(f"={byte:02X}" for byte in text.encode())


def _decimal(text: str) -> str:
    return "".join(f"&#{ord(c)};" for c in text)


def _hexadecimal(text: str) -> str:
    return "".join(f"&#x{ord(c):X};" for c in text)


def _base64(text: str) -> str:
    return base64.b64encode(f"written by {text} of late".encode()).decode()


def _base64_url(text: str) -> str:
    return base64.urlsafe_b64encode(f"written by {text}?".encode()).decode().rstrip("=")


def _gzip_base64(text: str) -> str:
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()


def _split_by(opening: str, closing: str) -> Callable[[str], str]:
    """Markup inside each word, which a reader's eye does not see."""
    return lambda text: " ".join(
        f"{_entity(w[:1])}{opening}{_entity(w[1:])}{closing}" for w in text.split(" ")
    )


def _entity(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("'", "&#39;")


def _only_latin_1(make: Callable[[str], str]) -> Way:
    return lambda p: Written(make(p.name), CODED) if all(ord(c) < 256 for c in p.name) else None  # noqa: PLR2004 - Latin-1


PROMISED: dict[str, Way] = {
    "as it is": plain(lambda p: p.name),
    "capitals": plain(lambda p: p.name.upper()),
    "small letters": _cased(str.lower),
    "alternating case": plain(
        lambda p: None if _is_short_single(p) or _is_greek(p) else _alternating(p.name)
    ),
    "family name first, comma": plain(lambda p: f"{p.family}, {p.given}" if p.family else None),
    "family name first": plain(lambda p: f"{p.family.upper()} {p.given}" if p.family else None),
    "possessive": plain(lambda p: f"{p.name}'s"),
    "possessive, curly": plain(lambda p: f"{p.name}’s"),
    "a title before it": plain(lambda p: f"Dr {p.name}"),
    "initial with a dot": _initial("{}. {}"),
    "initial without a dot": _initial("{} {}", but=_ALSO_WORDS),
    "initial behind": _initial("{1}, {0}."),
    "other given name": plain(lambda p: f"{p.known_as} {p.family}" if p.known_as and p.family else None),
    "first half of a double name": _half(0),
    "second half of a double name": _half(1),
    "middle name": _middle("Bryn"),
    "middle initial": _middle("Q."),
    "no-break space": _between("\u00a0"),
    "thin space": _between("\u202f"),
    "two spaces and a tab": _between(" \t "),
    "line break": _between("\n"),
    "emoji between": _between(" 🎉 "),
    "zero-width space": _within("\u200b"),
    "word joiner": _within("\u2060"),
    "soft hyphen": _within("\u00ad"),
    "variation selector": _within("\ufe0f"),
    "bidi marks": _within("\u200e"),
    "tag characters": _within("\U000e0061"),
    "combining grapheme joiner": _within("\u034f"),
    "accents apart (NFD)": _changed(lambda t: unicodedata.normalize("NFD", t)),
    "accents left out": _changed(_without_accents),
    "accents too many": _changed(_more_accents),
    "Cyrillic lookalikes": _changed(lambda t: t.translate(_CYRILLIC)),
    "Greek lookalikes": _changed(lambda t: t.translate(_GREEK)),
    "fullwidth": _changed(lambda t: t.translate(_FULLWIDTH)),
    "mathematical bold": _changed(_mapped(0x1D400, 0x1D41A)),
    "circled letters": _changed(_mapped(0x24B6, 0x24D0)),
    "apostrophe left out": _changed(lambda t: t.replace("'", "").replace("’", "").replace("ʻ", "")),
    "apostrophe as a grave": _changed(lambda t: t.replace("'", "`").replace("’", "`")),
    "hyphen left out": _changed(lambda t: t.replace("-", " ")),
    "hyphen that does not break": _changed(lambda t: t.replace("-", "\u2011")),
    "dash for the hyphen": _changed(lambda t: t.replace("-", "–")),
    "umlauts spelt out": _changed(_umlauts),
    "underscores": _slug("_"),
    "hyphens": _slug("-"),
    "dots": _slug("."),
    "plus signs": _slug("+"),
    "camel case": _glued(lambda p: "".join(w[:1].upper() + w[1:] for w in p.name.split(" "))),
    "squashed": _glued(lambda p: p.name.replace(" ", "").lower()),
    "within a longer word": _glued(lambda p: f"meet{_only_letters(p.name)}now"),
    "spaced out": _glued(lambda p: " ".join(p.name.replace(" ", ""))),
    "digits behind": _glued(lambda p: f"{p.name.replace(' ', '-')}99"),
    "e-mail address": plain(lambda p: p.email),
    "e-mail name": plain(lambda p: p.email.split("@")[0]),
    "handle": plain(lambda p: p.handle),
    "web address": plain(lambda p: p.url.removeprefix("https://")),
    "ID": plain(lambda p: p.id),
    "entities, decimal": coded(_decimal),
    "entities, hexadecimal": coded(_hexadecimal),
    "entities twice": coded(lambda t: _decimal(t).replace("&", "&amp;")),
    "percent": coded(_percent),
    "percent twice": coded(lambda t: _percent(t).replace("%", "%25")),
    "backslash u": coded(_utf16_escapes),
    "backslash x": _only_latin_1(lambda t: "".join(f"\\x{ord(c):02x}" for c in t)),
    "CSS escapes": coded(lambda t: "".join(f"\\{ord(c):06x}" for c in t)),
    "quoted-printable": coded(_quoted_printable),
    "base64": coded(_base64),
    "base64 twice": coded(lambda t: base64.b64encode(_base64(t).encode()).decode()),
    "base64 for addresses": coded(_base64_url),
    "gzip in base64": coded(_gzip_base64),
    "percent in base64": coded(lambda t: base64.b64encode(_percent(t).encode()).decode()),
    "tag inside each word": coded(_split_by("<b>", "</b>"), TAGS),
    "comment inside each word": coded(_split_by("<!-- x -->", ""), TAGS),
    "tag between the words": coded(lambda t: " ".join(f"<b>{_entity(w)}</b>" for w in t.split(" ")), TAGS),
}


# Words that tell who somebody is without their name; looked for where a file shows an item of theirs.
TELLING: dict[str, Way] = {
    "role": plain(lambda p: p.role),
    "role, small letters": plain(lambda p: p.role.lower()),
    "role, capitals": plain(lambda p: p.role.upper()),
    "role, over a line": plain(lambda p: p.role.replace(" ", "\n")),
    "role, hyphens": plain(lambda p: p.role.replace(" ", "-")),
    "role, zero-width space": plain(lambda p: p.role[:3] + "\u200b" + p.role[3:]),
    "organisation": plain(lambda p: p.organisation),
    "organisation, small letters": plain(lambda p: p.organisation.lower()),
    "organisation, possessive": plain(lambda p: f"{p.organisation}’s"),
    "organisation, no-break space": plain(lambda p: p.organisation.replace(" ", "\u00a0")),
    "organisation, Cyrillic lookalikes": plain(lambda p: p.organisation.translate(_CYRILLIC)),
}


# --- held out: not promised, not tuned to ----------------------------------------------------------

_LEET = str.maketrans("aeiost", "431057")
_SOUNDS = (
    ("ph", "f"),
    ("ck", "k"),
    ("ee", "i"),
    ("oo", "u"),
    ("y", "i"),
    ("c", "k"),
    ("th", "t"),
    ("s", "z"),
)


def _typo(person: Somebody) -> str | None:
    word = person.family or person.given
    return person.name.replace(word, word[:2] + word[3:2:-1] + word[4:]) if len(word) > 4 else None  # noqa: PLR2004 - two letters change places


def _lost_letter(person: Somebody) -> str | None:
    word = person.family or person.given
    return person.name.replace(word, word[:3] + word[4:]) if len(word) > 4 else None  # noqa: PLR2004 - the fourth


def _as_heard(person: Somebody) -> str | None:
    text = _without_accents(person.name)
    for written, heard in _SOUNDS:
        text = text.replace(written, heard)
    return text if text != person.name and text.isascii() else None


def _rot13(text: str) -> str:
    return codecs.encode(text, "rot13")


def _initials(person: Somebody) -> str | None:
    return "".join(f"{w[0]}." for w in person.name.replace("-", " ").split(" ")) if person.family else None


HELD_OUT: dict[str, Way] = {
    "two letters swapped": plain(_typo),
    "a letter lost": plain(_lost_letter),
    "as a machine heard it": plain(_as_heard),
    "leet": _changed(lambda t: t.translate(_LEET)),
    "given name alone": plain(lambda p: p.given if p.family else None),
    "family name alone": plain(lambda p: p.family or None),
    "initials alone": plain(_initials),
    "backwards": _changed(lambda t: t[::-1]),
    "rot13": _changed(_rot13),
    "hexadecimal digits": coded(lambda t: t.encode().hex()),
    "base32": coded(lambda t: base64.b32encode(t.encode()).decode()),
    "other words between": plain(
        lambda p: f"{p.given}, who came from the coast, and not a {p.family} by birth" if p.family else None
    ),
    "squashed, short": plain(
        lambda p: (
            p.name.replace(" ", "").lower() if p.family and len(_letters(p.name)) < SHORTEST_GLUED else None
        )
    ),
    "initial and a short family name": plain(
        lambda p: f"{p.given[0]} {p.family}" if p.family and not _surname_is_long(p) else None
    ),
    "a word in small letters": plain(lambda p: p.name.lower() if _is_short_single(p) else None),
}


def usable(ways: dict[str, Way], person: Somebody) -> Iterable[tuple[str, Written]]:
    """Every way that makes sense for this name."""
    for name, way in ways.items():
        written = way(person)
        if written is not None:
            yield name, written
