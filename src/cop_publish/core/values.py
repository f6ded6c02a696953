"""How each kind of metadata value is read from a YAML node: the schema's types.

Each reader takes the node, the `Reader` that collects problems, and the key's name for messages; it
gives the value, or None after reporting what is wrong.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import yaml

from cop_publish.core.consents import PersonId
from cop_publish.core.front_matter import FORBIDDEN, Fields, Reader, Schema, is_null, is_plain, read_mapping
from cop_publish.core.model import Text
from cop_publish.core.suggest import suggest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from enum import Enum

    from cop_publish.core.problems import Place

    E = TypeVar("E", bound=Enum)

PERSON_ID = re.compile(r"p-[a-z0-9]{4,12}")
_ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s<>\"]+", re.IGNORECASE)
_TIMECODE = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{1,2}(?:\.\d{1,3})?)|(\d{1,6}(?:\.\d{1,3})?)")
_SECONDS_IN_MINUTE = 60
_YEARS = range(1970, 3000)  # beyond it is a slip, and years 1 and 9999 overflow where offsets are taken off


def text(node: yaml.Node, reader: Reader, key: str) -> Text | None:
    """Words that people will read; marks and person IDs are still in them.  Nothing but spaces is none."""
    value = scalar(node, reader, key)
    if value is None:
        return None
    if _loses_comment(node, reader):
        reader.fail(
            node, f"the words of `{key}` after # would be lost", "Put the whole value in double quotes."
        )
        return None
    return Text(" ".join(value.split()), reader.place(node)) if value.strip() else None


def word(node: yaml.Node, reader: Reader, key: str) -> str | None:
    """A plain value that is not free text: an address, a file, a language.  Nothing but spaces is none."""
    value = scalar(node, reader, key)
    return (value.strip() or None) if value else None


def address(node: yaml.Node, reader: Reader, key: str) -> str | None:
    """A link: nothing but the web and e-mail, so that no `javascript:` ever becomes one."""
    value = word(node, reader, key)
    if value is None or (_ADDRESS.fullmatch(value) and _can_be_taken_apart(value)):
        return value
    reader.fail(node, f"`{key}` is not an address", "Write it whole, from https:// or mailto: on.")
    return None


def _can_be_taken_apart(value: str) -> bool:
    """Whether every later reader will find its host and port: ``https://[x`` has neither."""
    try:
        parts = urlsplit(value)
        return parts.scheme == "mailto" or (bool(parts.hostname) and parts.port != 0)
    except ValueError:
        return False


def scalar(node: yaml.Node, reader: Reader, key: str) -> str | None:
    """The text of a scalar as it is written, whatever YAML would make of it.

    Escapes inside double quotes can spell what a file itself may not hold (`check_characters`).
    """
    if not isinstance(node, yaml.ScalarNode):
        reader.fail(
            node, f"`{key}` must be a single value", "Write it on one line; quote it if it has brackets."
        )
        return None
    spelt = FORBIDDEN.search(node.value)
    if spelt:
        what = f"`{key}` spells a control character (U+{ord(spelt[0]):04X})"
        reader.fail(node, what, "Take its escape out; right-to-left words need no such character.")
        return None
    return str(node.value)


def ignored(node: yaml.Node, reader: Reader, key: str) -> None:
    """A key that others use and that changes nothing here."""


def refused(node: yaml.Node, reader: Reader, key: str) -> None:
    """A key that means something elsewhere and that nothing here would heed; its `about` is the cure."""
    reader.fail(node, f"`{key}` does nothing here", reader.cure)


def integer(node: yaml.Node, reader: Reader, key: str) -> int | None:
    """A whole number from 1."""
    value = scalar(node, reader, key)
    if value is None:
        return None
    if not re.fullmatch(r"[1-9][0-9]{0,5}", value):
        reader.fail(node, f"`{key}` must be a whole number from 1", "Write it in digits, or remove the key.")
        return None
    return int(value)


def share(node: yaml.Node, reader: Reader, key: str) -> float | None:
    """A number from 0 to 1."""
    value = scalar(node, reader, key)
    if value is None or re.fullmatch(r"0(?:\.[0-9]{1,3})?|1(?:\.0{1,3})?", value):
        return None if value is None else float(value)
    reader.fail(node, f"`{key}` must be a number from 0 to 1", "Write it like 0.8.")
    return None


def boolean(node: yaml.Node, reader: Reader, key: str) -> bool | None:
    """Yes or no, in YAML's usual spellings."""
    value = scalar(node, reader, key)
    if value is None:
        return None
    if value.lower() in {"true", "yes", "on"}:
        return True
    if value.lower() in {"false", "no", "off"}:
        return False
    reader.fail(node, f"`{key}` must be yes or no", "Write `yes` or `no`.")
    return None


def choice(*allowed: str) -> Callable[[yaml.Node, Reader, str], str | None]:
    """One word of a closed list."""

    def read(node: yaml.Node, reader: Reader, key: str) -> str | None:
        value = scalar(node, reader, key)
        if value is None or value in allowed:
            return value
        close = suggest(value, allowed)
        hint = f"Did you mean `{close}`? " if close else ""
        reader.fail(node, f"`{key}` has a value that is not known", f"{hint}It can be {_either(allowed)}.")
        return None

    return read


def choices(*allowed: str) -> Callable[[yaml.Node, Reader, str], tuple[str, ...]]:
    """Several words of a closed list, or one."""
    read = choice(*allowed)
    return lambda node, reader, key: tuple(w for w in (read(n, reader, key) for n in _items(node)) if w)


def spelt(spellings: Mapping[str, str]) -> Callable[[yaml.Node, Reader, str], str | None]:
    """One word of a closed list, some of which can be written in several ways, in whatever case."""

    def read(node: yaml.Node, reader: Reader, key: str) -> str | None:
        value = scalar(node, reader, key)
        found = None if value is None else spellings.get(value.lower())
        if value is not None and found is None:
            close = suggest(value, spellings)
            hint = f"Did you mean `{close}`? " if close else ""
            known = _either(tuple(dict.fromkeys(spellings.values())))
            reader.fail(node, f"`{key}` has a value that is not known", f"{hint}It can be {known}.")
        return found

    return read


def moment(node: yaml.Node, reader: Reader, key: str) -> datetime | None:
    """A date with or without a time; without an offset it is in the site's time zone (RFC 3339 otherwise)."""
    value = scalar(node, reader, key)
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(re.sub(r"\s+(?=[+-]\d\d:?\d\d$|Z$)", "", value.strip()))
    except ValueError:
        reader.fail(node, f"`{key}` is not a date", "Write it like 2026-11-20 or 2026-11-20 07:00.")
        return None
    if found.year not in _YEARS:
        reader.fail(node, f"`{key}` is in a year that cannot be meant", "Mend the year.")
        return None
    if found.tzinfo is not None:
        return found
    trouble = clock_trouble(found, reader.tz)
    if trouble:
        reader.fail(node, f"`{key}` is a time that {trouble}", _CLOCK_FIXES[trouble])
        return None
    return found.replace(tzinfo=reader.tz)


def until(node: yaml.Node, reader: Reader, key: str) -> datetime | None:
    """The instant at which something ends: a day counts whole."""
    found = moment(node, reader, key)
    if found is None or not _DAY.fullmatch(str(node.value).strip()):
        return found
    return datetime.combine(found.date() + timedelta(days=1), time(), reader.tz)


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def clock_trouble(naive: datetime, tz: tzinfo) -> str:
    """Why a local time does not name one instant: the hour that the clocks repeat or skip; else empty."""
    first, second = (naive.replace(tzinfo=tz, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return ""
    skipped = (first.utcoffset() or first.dst()) < (second.utcoffset() or second.dst())  # type: ignore[operator]  # tz is aware
    return _SKIPPED if skipped else _TWICE


_SKIPPED = "does not exist, the clocks go forward"
_TWICE = "comes twice, the clocks go back"
_CLOCK_FIXES = {_SKIPPED: "Write another hour.", _TWICE: "Add the offset: 2026-10-25 01:30 +01:00."}


def day(node: yaml.Node, reader: Reader, key: str) -> date | None:
    """A calendar day."""
    value = scalar(node, reader, key)
    try:
        return None if value is None else date.fromisoformat(value.strip())
    except ValueError:
        reader.fail(node, f"`{key}` is not a day", "Write it like 2026-11-20.")
        return None


def day_or(schema: Schema) -> Callable[[yaml.Node, Reader, str], Fields | None]:
    """A mapping by `schema`, or its `on` alone: a day."""

    def read(node: yaml.Node, reader: Reader, key: str) -> Fields | None:
        if isinstance(node, yaml.MappingNode):
            return read_mapping(node, reader, schema, f"{key}.")
        on, place = day(node, reader, key), reader.place(node)
        return None if on is None else Fields({"on": on}, {"on": place}, place)

    return read


def seconds(node: yaml.Node, reader: Reader, key: str) -> float | None:
    """A time in the sound: `1:05`, `0:01:05.5` or seconds."""
    written = scalar(node, reader, key)
    value = None if written is None else seconds_of(written.strip())
    if written is not None and value is None:
        reader.fail(node, f"`{key}` is not a time", "Write it like 1:05 or 0:41:07.5.")
    return value


def seconds_of(written: str) -> float | None:
    """Seconds of a time as people write it; None if it is none."""
    found = _TIMECODE.fullmatch(written)
    if found is None:
        return None
    hours, minutes, rest, plain = found.groups()
    if plain:
        return float(plain)
    if float(rest) >= _SECONDS_IN_MINUTE or (hours and int(minutes) >= _SECONDS_IN_MINUTE):
        return None
    return int(hours or 0) * 3600 + int(minutes) * 60 + float(rest)


def person(node: yaml.Node, reader: Reader, key: str) -> PersonId | None:
    """One person's ID."""
    value = scalar(node, reader, key)
    if value is None:
        return None
    if not PERSON_ID.fullmatch(value):
        reader.fail(
            node,
            f"`{key}` must hold person IDs",
            "Write the ID from the registry, such as p-7f3k, not a name.",
        )
        return None
    return PersonId(value)


def people(node: yaml.Node, reader: Reader, key: str) -> tuple[PersonId, ...]:
    """Several persons' IDs, or one; nobody twice."""
    return tuple(dict.fromkeys(p for p in (person(n, reader, key) for n in _items(node)) if p))


def words(node: yaml.Node, reader: Reader, key: str) -> tuple[str, ...]:
    """Several short words, or one; null items, which Jekyll archives hold, are passed over."""
    return tuple(w.strip() for w in (scalar(n, reader, key) for n in _items(node)) if w and w.strip())


def placed_words(node: yaml.Node, reader: Reader, key: str) -> tuple[tuple[str, Place], ...]:
    """Several values that need a place of their own in a message."""
    pairs = ((scalar(n, reader, key), reader.place(n)) for n in _items(node))
    return tuple((w.strip(), place) for w, place in pairs if w and w.strip())


def each(schema: Schema) -> Callable[[yaml.Node, Reader, str], tuple[Fields, ...]]:
    """A list of mappings."""

    def read(node: yaml.Node, reader: Reader, key: str) -> tuple[Fields, ...]:
        if not isinstance(node, yaml.SequenceNode):
            reader.fail(node, f"`{key}` must be a list", "Begin each entry with a dash on a line of its own.")
            return ()
        return tuple(read_mapping(n, reader, schema, f"{key}[{i}].") for i, n in enumerate(node.value, 1))

    return read


def one(schema: Schema) -> Callable[[yaml.Node, Reader, str], Fields]:
    """One mapping."""

    def read(node: yaml.Node, reader: Reader, key: str) -> Fields:
        return read_mapping(node, reader, schema, f"{key}.")

    return read


def _items(node: yaml.Node) -> list[Any]:
    items = node.value if isinstance(node, yaml.SequenceNode) else [node]
    return [n for n in items if not is_null(n)]


def _loses_comment(node: yaml.Node, reader: Reader) -> bool:
    return is_plain(node) and re.match(r"[ \t]+#", reader.rest_of_line(node)) is not None


def _either(allowed: tuple[str, ...]) -> str:
    return ", ".join(allowed[:-1]) + f" or {allowed[-1]}" if len(allowed) > 1 else allowed[0]
