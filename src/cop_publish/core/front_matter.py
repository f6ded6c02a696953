"""Front matter read by schema, from positions: the field's type decides what a scalar means.

``title: Yes``, ``12:30`` and ``010`` stay text because the schema says text; a duplicate key is seen,
an unknown one gets a suggestion, and every problem carries ``file:line:column``.  YAML 1.1 is parsed by
PyYAML's composer, which gives nodes with marks and never constructs a Python object.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from cop_publish.core.problems import Place, Problem, Problems
from cop_publish.core.suggest import suggest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import tzinfo

# The C parser is 20 times faster; the pure one gives the same nodes, but for a plain scalar's style: None
# there and "" here, so `is_plain` asks.  Deep nesting ends the C one's process, and raises in the pure one.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_OPENS_LEVEL = re.compile(r"[\[{]|[-?:][ \t]")
_SAFE_LEVELS = 1000  # the C parser overflows its stack between 10,000 and 30,000
_NULL = "tag:yaml.org,2002:null"
_FENCE = re.compile(r"^---[ \t]*$", re.MULTILINE)


@dataclass(slots=True)
class Reader:
    """Collects what goes wrong while the nodes of one file are read."""

    path: str
    tz: tzinfo
    first_line: int = 1  # of the YAML within its file
    lines: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    cure: str = ""  # what the schema says of the key that is being read
    values: dict[tuple[str, str], Place] = field(default_factory=dict)  # where each value of a key first is

    def place(self, node: yaml.Node) -> Place:
        mark = node.start_mark
        return Place(self.path, mark.line + self.first_line, mark.column + 1)

    def rest_of_line(self, node: yaml.Node) -> str:
        """What stands behind a node's value: a comment, the end of a list, or nothing."""
        end = node.end_mark
        return self.lines[end.line][end.column :] if end.line < len(self.lines) else ""

    def fail(self, node: yaml.Node, what: str, fix: str) -> None:
        self.problems.append(Problem(self.place(node), what, fix))


@dataclass(frozen=True, slots=True)
class Key:
    """One metadata key: how it is read, what it means, and by which other names it goes."""

    read: Callable[[yaml.Node, Reader, str], Any]
    about: str
    required: bool = False
    also: tuple[str, ...] = ()
    filled: bool = False  # `key:` with nothing behind it must not pass for the default


Schema = dict[str, Key]


@dataclass(frozen=True, slots=True)
class Fields:
    """The values of one mapping by key, and where each stands."""

    values: Mapping[str, Any]
    places: Mapping[str, Place]
    where: Place
    # Where each value of a key stands, all through the file.
    held: Mapping[tuple[str, str], Place] = field(default_factory=dict)

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ANN401 - the schema gives the type, not Python
        value = self.values.get(key)
        return default if value is None else value

    def place(self, key: str) -> Place:
        return self.places.get(key, self.where)


def read_front_matter(
    text: str, path: str, schema: Schema, tz: tzinfo
) -> tuple[Fields, str, Place, Problems]:
    """Give a file's front matter by `schema`, its body, the body's place, and the problems."""
    clean, problems = check_characters(text, path)
    if problems:
        return Fields({}, {}, Place(path, 1)), "", Place(path, 1), problems
    fences = _fences(clean)
    if not fences:
        missing = Problem(
            Place(path, 1), "there is no front matter", "Begin the file with a line of three dashes: ---."
        )
        return Fields({}, {}, Place(path, 1)), "", Place(path, 1), (missing,)
    if len(fences) == 1:
        unclosed = Problem(
            Place(path, 1), "the front matter is not closed", "Put a line of three dashes after its last key."
        )
        return Fields({}, {}, Place(path, 1)), "", Place(path, 1), (unclosed,)
    front = clean[fences[0].end() + 1 : fences[1].start()]
    fields, problems = read_yaml(front, path, schema, tz, first_line=2)
    return fields, *_body(clean, path, fences[1]), problems


def body_of(text: str, path: str) -> tuple[str, Place]:
    """Give what follows the front matter, whatever that holds, and its place; nothing if it is not closed."""
    clean, problems = check_characters(text, path)
    fences = () if problems else _fences(clean)
    return _body(clean, path, fences[1]) if len(fences) > 1 else ("", Place(path, 1))


def _fences(clean: str) -> tuple[re.Match[str], ...]:
    """The lines of dashes round the front matter: both, the first alone, or none."""
    opening = _FENCE.match(clean)
    closing = _FENCE.search(clean, opening.end()) if opening else None
    return tuple(found for found in (opening, closing) if found)


def _body(clean: str, path: str, closing: re.Match[str]) -> tuple[str, Place]:
    return clean[closing.end() + 1 :], Place(path, clean.count("\n", 0, closing.end()) + 2)


def read_yaml(
    text: str, path: str, schema: Schema, tz: tzinfo, *, first_line: int = 1
) -> tuple[Fields, Problems]:
    """Read one YAML mapping by `schema`; unknown keys are refused."""
    reader = Reader(path, tz, first_line, tuple(text.split("\n")))
    try:
        node = yaml.compose(text, Loader=_loader_for(text))
    except yaml.MarkedYAMLError as error:
        line = _broken_line(error) + first_line
        is_escape = "escape" in (error.problem or "")  # both loaders of PyYAML call it so
        problem = _escaped(path, line) if is_escape else _broken(path, line)
        return Fields({}, {}, Place(path, line)), (problem,)
    except (yaml.YAMLError, RecursionError):
        return Fields({}, {}, Place(path, first_line)), (_broken(path, first_line),)
    if node is None:
        node = yaml.MappingNode("tag:yaml.org,2002:map", [], yaml.Mark(path, 0, 0, 0, "", 0))
    fields = read_mapping(node, reader, schema)
    return fields, tuple(reader.problems)


def read_mapping(node: yaml.Node, reader: Reader, schema: Schema, inside: str = "") -> Fields:
    """Read a mapping node by `schema`, collecting every problem in `reader`."""
    here = reader.place(node)
    if not isinstance(node, yaml.MappingNode):
        reader.fail(node, f"{inside or 'this'} must be keys with values", "Write one `key: value` a line.")
        return Fields({}, {}, here)
    names = {name: key for key, spec in schema.items() for name in (key, *spec.also)}
    values: dict[str, Any] = {}
    places: dict[str, Place] = {}
    meant: set[str] = set()  # by a key that is not known: it is not missing too
    for key_node, value_node in node.value:
        name = str(key_node.value)
        key = names.get(name)
        if key is None:
            close = suggest(name, names)
            meant |= {names[close]} if close else set()
            reader.fail(key_node, f"the key `{_shown(name, reader)}` is not known", _did_you_mean(close))
        elif key in places:
            reader.fail(
                key_node,
                f"`{key}` stands here a second time (first on line {places[key].line})",
                "Keep one of the two.",
            )
        else:
            places[key] = reader.place(key_node)
            values[key] = _value(value_node, reader, schema[key], inside + key)
    for key, spec in schema.items():
        is_missing = spec.required and values.get(key) is None and key not in meant
        if is_missing and _unreported(reader, places.get(key)):
            reader.problems.append(
                Problem(places.get(key, here), f"`{inside}{key}` is missing", f"{spec.about}")
            )
    return Fields(values, places, here, reader.values)


def _value(node: yaml.Node, reader: Reader, spec: Key, key: str) -> Any:  # noqa: ANN401 - as the schema says
    if not is_null(node):
        reader.cure = spec.about
        return spec.read(node, reader, key)
    if spec.filled and not node.value:
        reader.fail(node, f"`{key}` is left empty", spec.about)
    elif not node.value and re.match(r"[ \t]+#[^\s#]", reader.rest_of_line(node)):
        reader.fail(
            node, f"the value of `{key}` begins with #, and would be lost", "Put it in double quotes."
        )
    return None


def check_characters(text: str, path: str) -> tuple[str, Problems]:
    """Normalise newlines and accents (NFC); refuse what no XML or page may hold, or what deceives."""
    clean = unicodedata.normalize(
        "NFC", text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    )
    if not FORBIDDEN.search(clean):
        return clean, ()
    problems = []
    for number, line in enumerate(clean.split("\n"), 1):
        found = FORBIDDEN.findall(line)
        if found:
            place = Place(path, number, line.index(found[0]) + 1)
            kind = f"U+{ord(found[0]):04X}"
            what = (
                f"there is a control character ({kind})"
                if len(found) == 1
                else f"there are {len(found)} control characters on this line (the first is {kind})"
            )
            problems.append(Problem(place, what, "Delete it; it may be invisible in your editor."))
    return clean, tuple(problems)


# XML 1.0 section 2.2 forbids these in any feed; NEL and the C1 controls come from broken conversions.
# Embeddings, overrides and isolates (Unicode TR9, explicit directional formatting) make one name read as
# another; the marks U+200E and U+200F do not.  U+2028 and U+2029 end a line for some readers only.
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]"
)


def is_plain(node: yaml.Node) -> bool:
    """Whether the value is a scalar without quotes or block signs."""
    return isinstance(node, yaml.ScalarNode) and not node.style


def is_null(node: yaml.Node) -> bool:
    """Whether the value is left empty, or is YAML's null."""
    return is_plain(node) and node.tag == _NULL


def _loader_for(text: str) -> Any:  # noqa: ANN401 - a class of PyYAML, which has no common type for them
    return yaml.SafeLoader if len(_OPENS_LEVEL.findall(text)) > _SAFE_LEVELS else _Loader


def _broken_line(error: yaml.MarkedYAMLError) -> int:
    """The line to mend, from 0: where quotes or brackets open that nothing closes, else where it stops."""
    opened = error.context and error.context.startswith(("while scanning a quoted", "while parsing a flow"))
    mark = error.context_mark if opened and error.context_mark else error.problem_mark
    return mark.line if mark else 0


def _unreported(reader: Reader, place: Place | None) -> bool:
    return place is None or not any(p.where.line == place.line for p in reader.problems)


def _broken(path: str, line: int) -> Problem:
    return Problem(
        Place(path, line),
        "this line cannot be read as `key: value`",
        "Put the value in double quotes if it holds a colon or begins with @, *, &, %, [, { or a quotation "
        "mark; indent with spaces, not tabs.",
    )


def _escaped(path: str, line: int) -> Problem:
    what = "a backslash stands between double quotes, where YAML reads it itself"
    return Problem(Place(path, line), what, "Put the value in single quotes; a single one in it is doubled.")


def _shown(name: str, reader: Reader) -> str:
    """Show a key only if it looks like one: anything else could be a name, or words without quotes.

    In the registry's files even that could be a name, and while they cannot be read nobody can mask it.
    """
    is_private = reader.path.startswith(_REGISTRY)
    return name if re.fullmatch(r"[a-z][a-z0-9_-]{0,30}", name) and not is_private else "…"


_REGISTRY = "registry/"  # how the paths of its files are shown


def _did_you_mean(close: str | None) -> str:
    return (
        f"Did you mean `{close}`?" if close else "Remove it, or see docs/formats.md for the keys there are."
    )
