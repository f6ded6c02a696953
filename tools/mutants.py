"""Small changes to a module, one at a time: what `mutate_gate.py` tries on the gate.

Each `Mutant` has a name that does not change when lines move: its file, the function and what is changed.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from mutant_words import without_parts

Change = Callable[[], None]
Site = tuple[str, ast.AST, str, Change]  # function (empty: the module's own), node, what is changed, how
_PAIRS: tuple[tuple[type[ast.cmpop], type[ast.cmpop]], ...] = (
    *((ast.Lt, ast.LtE), (ast.Gt, ast.GtE), (ast.Eq, ast.NotEq), (ast.In, ast.NotIn), (ast.Is, ast.IsNot)),
)
_OTHER = dict(_PAIRS) | {other: one for one, other in _PAIRS}
_NEGATIONS = (ast.Eq, ast.NotEq, ast.In, ast.NotIn, ast.Is, ast.IsNot)  # changed, they say the contrary
_DELETED = (
    *(ast.Expr, ast.AugAssign, ast.Return, ast.Raise, ast.If, ast.For, ast.While, ast.Continue, ast.Break),
    ast.Delete,
)
_EMPTY = {"bool": "False", "str": "''", "bytes": "b''", "int": "0", "tuple": "()", "list": "[]", "dict": "{}"}
_EMPTY |= {"frozenset": "frozenset()", "set": "set()", "Sequence": "()"}
_SHOWN = 60  # characters of a changed expression


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change; `number` is its place among those of its file."""

    path: str  # below src/cop_publish
    line: int
    owner: str
    what: str
    number: int

    @property
    def name(self) -> str:
        """By which a list may know it: it has no line."""
        return f"{self.path} {self.owner or '(module)'}: {self.what}"


def mutants_of(path: str, source: str) -> list[Mutant]:
    """Every mutant of a module, in the order of its lines as nearly as the tree allows."""
    met: Counter[tuple[str, str]] = Counter()
    found = []
    for number, (owner, node, what, _) in enumerate(_sites(ast.parse(source))):
        met[owner, what] += 1
        count = met[owner, what]
        what_here = what if count == 1 else f"{what} ({count})"
        found.append(Mutant(path, _line(node), owner, what_here, number))
    return found


def mutated(source: str, number: int) -> ast.Module:
    """The module's tree with one change; lines stay where they are."""
    tree = ast.parse(source)
    for here, (_, _, _, change) in enumerate(_sites(tree)):
        if here == number:
            change()
            return ast.fix_missing_locations(tree)
    message = f"there is no mutant {number}"
    raise IndexError(message)


def _sites(tree: ast.Module) -> Iterator[Site]:
    for statement in tree.body:
        if not _is_for_types(statement):
            yield from _within(statement, "")
    if any(isinstance(statement, ast.AugAssign) for statement in tree.body):
        yield from _deletions(tree.body, "")


def _is_for_types(node: ast.AST) -> bool:
    """Imports and exports, what only a type checker reads, and names of types."""
    if isinstance(node, (ast.Import, ast.ImportFrom)) or ast.unparse(node).startswith("__all__"):
        return True
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript | ast.BinOp):
        return any(
            isinstance(n, ast.Name) and n.id in {"Callable", "tuple", "dict", "bytes"} for n in ast.walk(node)
        )
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def _within(node: ast.AST, owner: str) -> Iterator[Site]:
    """The changes to a node, then those to what it is made of, but for annotations and decorators."""
    if isinstance(node, ast.ClassDef | ast.FunctionDef):
        owner = f"{owner}.{node.name}".lstrip(".")
    if isinstance(node, ast.FunctionDef):
        yield from _returns_early(node, owner)
        yield from _deletions(node.body, owner)
    elif owner and isinstance(node, ast.If | ast.For | ast.While | ast.Try | ast.With):
        for name in ("body", "orelse"):
            yield from _deletions(getattr(node, name, []), owner)
    for what, change in _changes(node, owner):
        yield owner, node, what, change
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list", "bases", "type_params"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_docstring(child):
                yield from _within(child, owner)


def _is_docstring(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _deletions(body: list[ast.stmt], owner: str) -> Iterator[Site]:
    for place, statement in enumerate(body):
        is_stored = isinstance(statement, ast.Assign) and not isinstance(
            statement.targets[0], ast.Name | ast.Tuple
        )
        if (
            not (is_stored or isinstance(statement, _DELETED))
            or _is_docstring(statement)
            or _is_for_types(statement)
        ):
            continue

        def change(place: int = place, statement: ast.stmt = statement) -> None:
            body[place] = ast.copy_location(ast.Pass(), statement)

        yield owner, statement, f"without {_shown(statement)}", change


def _returns_early(function: ast.FunctionDef, owner: str) -> Iterator[Site]:
    """Whatever it was asked: nothing, in the type that it gives."""
    body = [statement for statement in function.body if not _is_docstring(statement)]
    if function.name.startswith("__") or isinstance(body[0], ast.Pass):
        return
    wanted = ast.unparse(function.returns) if function.returns else "None"
    kind = wanted.split("[", maxsplit=1)[0]
    is_generator = any(isinstance(node, ast.Yield | ast.YieldFrom) for node in ast.walk(function))
    empty = "iter(())" if kind in {"Iterator", "Iterable"} else _EMPTY.get(kind, "None")

    def change() -> None:
        text = "return\n yield" if is_generator else f"return {empty}"
        function.body = [
            ast.copy_location(node, body[0])
            for node in ast.parse(f"def f():\n {text}").body[0].body  # type: ignore[attr-defined]  # a function's
        ]

    yield owner, body[0], f"gives {'nothing' if is_generator else empty} at once", change


def _changes(node: ast.AST, owner: str) -> Iterator[tuple[str, Change]]:
    """What may be changed in a node itself."""
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            other = _OTHER[type(operator)]
            yield f"{other.__name__} for {_shown(node)}", _setting(node.ops, place, other())
    elif isinstance(node, ast.BoolOp):
        for place, value in enumerate(node.values):
            neutral = ast.Constant(isinstance(node.op, ast.And))
            yield f"{_shown(node)} without {_shown(value)}", _setting(node.values, place, neutral)
    elif isinstance(node, ast.List | ast.Set | ast.Dict | ast.Tuple):
        yield from _elements(node, owner)
    if isinstance(node, ast.JoinedStr):
        for part in node.values:
            if isinstance(part, ast.Constant):
                yield from _texts(part, whole=False)
    elif not isinstance(node, ast.Expr):
        yield from _negations(node)
        yield from _parts(node)


def _negations(node: ast.AST) -> Iterator[tuple[str, Change]]:
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        yield from _negation(node, "test")
    elif isinstance(node, ast.comprehension):
        for place in range(len(node.ifs)):
            yield from _negation(node.ifs, place)


def _parts(node: ast.AST) -> Iterator[tuple[str, Change]]:
    """What may be changed in the constants, and the negations, that a node is made of."""
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list", "targets", "format_spec"}:
            continue
        holder: Any = value if isinstance(value, list) else node
        for place, child in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(child, ast.Constant):
                yield from _constants(child, node)
            elif isinstance(child, ast.UnaryOp) and isinstance(child.op, ast.Not):
                key: Any = place if isinstance(value, list) else name
                yield f"{_shown(child.operand)} for {_shown(child)}", _setting(holder, key, child.operand)


def _setting(holder: Any, key: Any, value: object) -> Change:  # noqa: ANN401 - a list or a node
    if isinstance(holder, list):
        return lambda: holder.__setitem__(key, value)
    return lambda: setattr(holder, key, value)


def _removing(values: list[Any], place: int) -> Change:
    return lambda: values.__delitem__(place)


def _negation(holder: Any, key: Any) -> Iterator[tuple[str, Change]]:  # noqa: ANN401 - a list or a node
    test = holder[key] if isinstance(holder, list) else getattr(holder, key)
    is_told = isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], _NEGATIONS)
    if not is_told and not isinstance(test, ast.UnaryOp):
        yield f"not ({_shown(test)})", _setting(holder, key, ast.UnaryOp(ast.Not(), test))


def _elements(node: ast.List | ast.Set | ast.Dict | ast.Tuple, owner: str) -> Iterator[tuple[str, Change]]:
    if isinstance(node, ast.Dict):
        for place, (key, value) in enumerate(zip(node.keys, node.values, strict=True)):

            def change(place: int = place) -> None:
                del node.keys[place], node.values[place]

            yield f"a dict without {_shown(key or value)}", change
        return
    is_plain = all(isinstance(element, ast.Constant | ast.Starred) for element in node.elts)
    if isinstance(node, ast.Tuple) and not isinstance(node.ctx, ast.Load):
        return
    if len(node.elts) > 1 and (is_plain or not owner or not isinstance(node, ast.Tuple)):
        for place, element in enumerate(node.elts):
            what = f"a {type(node).__name__.lower()} without {_shown(element)}"
            yield (f"{what} before {_shown(node)[:20]}" if owner else what), _removing(node.elts, place)


def _constants(constant: ast.Constant, parent: ast.AST) -> Iterator[tuple[str, Change]]:
    value = constant.value
    if isinstance(value, bool):
        yield f"{not value} for {value} in {_shown(parent)}", _setting(constant, "value", not value)
    elif isinstance(value, int):
        yield f"{value + 1} for {value} in {_shown(parent)}", _setting(constant, "value", value + 1)
    else:
        is_list = isinstance(parent, ast.Attribute) and parent.attr == "split"
        is_list = is_list or (isinstance(parent, ast.Call) and ast.unparse(parent.func) == "re.findall")
        yield from _texts(constant, is_list=is_list)


def _texts(
    constant: ast.Constant, *, whole: bool = True, is_list: bool = False
) -> Iterator[tuple[str, Change]]:
    if isinstance(constant.value, str | bytes):
        for what, text in without_parts(constant.value, whole=whole, is_list=is_list):
            yield what, _setting(constant, "value", text)


def _line(node: ast.AST) -> int:
    return node.target.lineno if isinstance(node, ast.comprehension) else getattr(node, "lineno", 0)


def _shown(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return f"`{text if len(text) <= _SHOWN else text[: _SHOWN - 1] + '…'}`"
