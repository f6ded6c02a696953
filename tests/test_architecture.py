"""The house keeps its shape: who imports whom, who makes what, and how large things are."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cop_publish.core import metadata
from cop_publish.errors import CopPublishError
from cop_publish.registry import allows, calendar, ledger
from cop_publish.registry import schemas as registry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cop_publish.core.front_matter import Schema

ROOT = Path(__file__).resolve().parent.parent
SRC = ROOT / "src" / "cop_publish"
MIDDLE = {"registry", "intake", "audio", "render", "gate", "storage"}
BASE = {"settings", "errors"}
NAMES = [p.relative_to(SRC).as_posix() for p in sorted(SRC.rglob("*.py"))]

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def tree(name: str) -> ast.Module:
    return ast.parse((SRC / name).read_text("utf-8"))


@cache
def imports(name: str) -> frozenset[tuple[str, str]]:
    """Every import of a module, wherever in it: (module, name); names of whole modules are empty."""
    found: set[tuple[str, str]] = set()
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import):
            found |= {(alias.name, "") for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} imports by a relative name"
            found |= {(node.module or "", alias.name) for alias in node.names}
    return frozenset(found)


@cache
def ours(name: str) -> frozenset[str]:
    """The parts of cop_publish that a module imports: folders, and modules beside them."""
    parts = {f"{module}.{what}" if module == "cop_publish" else module for module, what in imports(name)}
    return frozenset(p.split(".")[1] for p in parts if p.startswith("cop_publish."))


def folder_of(name: str) -> str:
    return name.split("/", maxsplit=1)[0] if "/" in name else ""


def calls(name: str) -> Iterator[tuple[int, str]]:
    """Each call in a module as its line and its dotted name."""
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Call):
            yield node.lineno, dotted(node.func)


def dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "…"


def functions(name: str) -> Iterator[Function]:
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


# --- who imports whom -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", [n for n in NAMES if folder_of(n) == "core"])
def test_the_core_imports_nothing_of_the_others(name: str) -> None:
    assert ours(name) <= {"core", *BASE}


@pytest.mark.parametrize("name", [n for n in NAMES if folder_of(n) in MIDDLE])
def test_a_middle_folder_imports_the_core_and_itself_alone(name: str) -> None:
    assert ours(name) <= {"core", folder_of(name), *BASE}


STORIES = [n for n in NAMES if folder_of(n) not in {"core", *MIDDLE}]


@pytest.mark.parametrize("name", STORIES)
def test_nothing_but_the_way_in_imports_the_command_line(name: str) -> None:
    allowed = {"__main__.py": {"cli"}, "cli.py": {"console", "commands"}}.get(name, set())
    if folder_of(name) == "commands":
        allowed = {"console", "commands"}
    assert ours(name) & {"cli", "console", "__main__", "commands"} <= allowed
    if name.removesuffix(".py") in BASE:
        assert ours(name) <= {"core"}


def test_no_two_stories_import_each_other() -> None:
    """Each is read after those it is told by; what only types need is no import."""
    left = {name: {n for n in when_run(name) if n in STORIES} for name in STORIES}
    while ready := [name for name, needs in left.items() if not needs & left.keys()]:
        for name in ready:
            del left[name]
    assert left == {}


def when_run(name: str) -> set[str]:
    """The modules of ours that a module imports when it is imported."""
    top = [node for node in tree(name).body if isinstance(node, ast.ImportFrom)]
    dotted_names = {f"{node.module}.{alias.name}" for node in top for alias in node.names}
    paths = {n.removeprefix("cop_publish.").replace(".", "/") for n in dotted_names}
    return {f"{p}.py" for path in paths for p in (path, path.rpartition("/")[0])} & set(NAMES)


PURE = {
    *("__future__", "bisect", "collections", "collections.abc", "dataclasses", "datetime", "difflib", "enum"),
    *("functools", "hashlib", "hmac", "html", "itertools", "json", "math", "re", "string", "typing"),
    *("unicodedata", "urllib.parse", "uuid"),
    "array",  # numbers in a row; its files are not opened
    "codecs",  # what is done with a character that an encoding lacks; its files are not opened (see below)
    "yaml",  # composes nodes from text; nothing is read or constructed by it
}


@pytest.mark.parametrize("name", [n for n in NAMES if folder_of(n) == "core"])
def test_the_core_knows_no_files_processes_clock_environment_or_log(name: str) -> None:
    strange = {(m, what) for m, what in imports(name) if m not in PURE and not m.startswith("cop_publish.")}
    types_only = {("pathlib", "PurePosixPath"), ("pathlib", "Path")}
    assert strange <= types_only
    if ("pathlib", "Path") in strange:  # the type of a field, never called
        guarded = [n for n in tree(name).body if isinstance(n, ast.If) and dotted(n.test) == "TYPE_CHECKING"]
        assert any("from pathlib import Path" in ast.unparse(n) for n in guarded)
    assert {what for _, what in calls(name)} & {
        "open",
        "codecs.open",
        "print",
        "input",
        "exec",
        "eval",
        "__import__",
    } == set()


# A library is imported in one module a direction: one that writes, and in the gate one that reads.
LIBRARIES = {
    "ahocorasick_rs": {"gate/search.py"},
    "boto3": {"storage/s3.py", "storage/cloudfront.py"},  # two services: buckets, and the CDN in front
    "botocore": {"storage/s3.py", "storage/cloudfront.py"},
    "click": {
        "cli.py",
        "commands/agreed.py",
        "commands/consent.py",
        "commands/erase.py",
        "commands/new.py",
        "commands/options.py",
        "commands/people.py",
        "commands/sign_off.py",
        "commands/storage.py",
        "commands/withdraw.py",
    },  # one command line, in parts
    "comrak": {"render/comrak_html.py"},
    "feedgen": {"render/feed_tags.py"},
    "imageio_ffmpeg": {"audio/engine.py"},
    "jinja2": {"render/theme.py"},
    "lxml": {"render/body.py", "gate/markup.py"},
    "markdown_it": {"render/markdown_it_html.py"},
    "markupsafe": {"render/theme.py", "render/pages.py"},  # jinja2's own type for text that is markup
    "mdit_py_plugins": {"render/markdown_it_html.py"},
    "mutagen": {"audio/tags.py"},
    "nh3": {"render/markdown.py"},
    "distributed": {"audio/crew.py"},
    "pydub": {"audio/clips.py"},
    "PIL": {"render/pixels.py"},
    "rich": {"console.py"},
    # Types alone, where they are installed: s3.py hands its client on.
    "types_boto3_s3": {"storage/s3.py", "storage/lasting.py", "storage/multipart.py", "storage/purge.py"},
    "yaml": {"core/front_matter.py", "core/values.py"},  # one reader in two files: nodes, and their meanings
}


# Where samples are counted; so nothing in core, and nothing that a run without new sound loads.
ARRAYS = ("audio/hearing/", "audio/planning/", "audio/mp3/", "audio/proof/")
MORE_ARRAYS = {"audio/clips.py", "audio/excerpts.py", "audio/grid.py", "audio/pcm.py"}


def test_each_library_is_imported_only_where_it_belongs() -> None:
    found: dict[str, set[str]] = {}
    for name in NAMES:
        for module, _ in imports(name):
            library = module.split(".")[0]
            if library not in sys.stdlib_module_names and library != "cop_publish":
                found.setdefault(library, set()).add(name)
    with_arrays = found.pop("numpy")
    assert {name for name in with_arrays - MORE_ARRAYS if not name.startswith(ARRAYS)} == set()
    assert found == {library: names for library, names in LIBRARIES.items() if library in found}
    assert len(found) > 10


# --- who makes what -------------------------------------------------------------------------------

MAKERS = {
    "ClearedEpisode": "core/clear.py",
    "ClearedPost": "core/clear.py",
    "ClearedMeeting": "core/clear.py",
    "ClearedPage": "core/clear.py",
    "Credit": "core/clear.py",
    "Cue": "core/clear.py",
    "Chapter": "core/clear.py",
    "Approved": "gate/approve.py",
}


@pytest.mark.parametrize(("kind", "maker"), MAKERS.items())
def test_only_its_maker_makes_what_is_a_promise(kind: str, maker: str) -> None:
    assert {n for n in NAMES if any(c.split(".")[-1] == kind for _, c in calls(n))} == {maker}


DRAFTS = {"Draft", "EpisodeDraft", "PostDraft", "MeetingDraft", "PageDraft", "ChapterDraft", "CueDraft"}


@pytest.mark.parametrize("name", [n for n in NAMES if folder_of(n) in {"render", "audio", "gate", "storage"}])
def test_nothing_that_renders_tags_scans_or_uploads_has_heard_of_a_draft(name: str) -> None:
    from_model = {what for module, what in imports(name) if module == "cop_publish.core.model"}
    assert from_model & {*DRAFTS, "ImageDraft", "Text"} == set()


SEES_VIEWS = {
    *("core/sign_offs.py", "registry/sign_offs.py", "signing.py", "sign_off.py", "ready.py"),
    *("contributor/words.py", "contributor/pictures.py", "contributor/drafts.py"),
    *("core/relied.py", "withdrawal/person.py"),
}


def test_a_view_which_holds_an_id_never_reaches_what_makes_public_files() -> None:
    seen = {n for n in NAMES if ("cop_publish.core.view") in {module for module, _ in imports(n)}}
    assert seen == SEES_VIEWS
    pieces = {n for n in NAMES if "cop_publish.core.pieces" in {module for module, _ in imports(n)}}
    assert {folder_of(n) for n in pieces} <= {"core", "contributor", ""}


def test_only_storage_uploads_and_deletes() -> None:
    outside = [n for n in NAMES if folder_of(n) != "storage"]
    verbs = {"put", "put_object", "upload_file", "upload_fileobj", "delete_object", "purge"}
    assert [(n, line, c) for n in outside for line, c in calls(n) if c.split(".")[-1] in verbs] == []
    assert any(c.split(".")[-1] == "put" for n in NAMES if folder_of(n) == "storage" for _, c in calls(n))


CLOCK = {
    *("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"),
    *("time.localtime", "time.gmtime", "time.ctime", "time.strftime", "datetime.datetime.now"),
}


# A signature carries the real time, whatever `--now` says: servers compare it with their own.
@pytest.mark.parametrize("name", [n for n in NAMES if n not in {"commands/options.py", "storage/signed.py"}])
def test_the_clock_is_an_argument_below_the_command_line(name: str) -> None:
    assert [(line, c) for line, c in calls(name) if c in CLOCK] == []
    clocks = {"time", "time_ns", "localtime", "gmtime", "ctime", "strftime"}
    assert {what for module, what in imports(name) if module == "time"} & clocks == set()


# They read a text from its beginning: what they say of line 1 is there, or is where a text stands by default.
FROM_LINE_1 = {"core/front_matter.py", "core/items.py", "intake/workspace.py", "registry/read.py"}


@pytest.mark.parametrize("name", NAMES)
def test_nothing_names_line_1_for_want_of_a_better_one(name: str) -> None:
    """What a line says has its place in a Draft (`core/key_places.py`); what a file is, on none."""
    made = [node for node in ast.walk(tree(name)) if isinstance(node, ast.Call) and node.args]
    fixed = [
        call.lineno
        for call in made
        if dotted(call.func) == "Place"
        and any(isinstance(given, ast.Constant) and given.value == 1 for given in call.args[1:])
    ]
    whole = [
        call.lineno  # `Problem(draft.where, …)` is line 1, whatever the problem is
        for call in made
        if dotted(call.func) == "Problem" and dotted(call.args[0]).endswith("draft.where")
    ]
    assert whole == []
    assert fixed == [] or name in FROM_LINE_1


@pytest.mark.parametrize("name", [n for n in NAMES if n not in {"cli.py", "console.py", "__main__.py"}])
def test_only_the_command_line_prints(name: str) -> None:
    loud = {"print", "sys.stdout.write", "sys.stderr.write", "pprint", "logging.getLogger", "warnings.warn"}
    assert [(line, c) for line, c in calls(name) if c in loud] == []


# --- how large things are, and what they are called -----------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_files_and_functions_stay_small(name: str) -> None:
    assert len((SRC / name).read_text("utf-8").splitlines()) <= 400
    long = [(f.name, (f.end_lineno or 0) - f.lineno + 1) for f in functions(name)]
    assert [(f, lines) for f, lines in long if lines > 60] == []
    wide = [(f.name, [a.arg for a in parameters(f)]) for f in functions(name)]
    assert [(f, given) for f, given in wide if len(given) > 5] == []


def parameters(function: Function) -> list[ast.arg]:
    every = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return [a for a in every if a.arg not in {"self", "cls"}]


@pytest.mark.parametrize("name", NAMES)
def test_no_public_function_is_two_functions_behind_a_flag(name: str) -> None:
    flags = [
        f"{function.name}({argument.arg})"
        for function in functions(name)
        if not function.name.startswith("_")
        for argument, default in with_defaults(function)
        if isinstance(default, ast.Constant) and isinstance(default.value, bool)
    ]
    assert flags == []


def with_defaults(function: Function) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    given = function.args
    positional = [*given.posonlyargs, *given.args]
    yield from zip(positional[len(positional) - len(given.defaults) :], given.defaults, strict=True)
    yield from zip(given.kwonlyargs, given.kw_defaults, strict=True)


@pytest.mark.parametrize("name", [n for n in NAMES if not n.endswith("__init__.py")])
def test_everything_public_says_what_it_is(name: str) -> None:
    public = [
        node
        for node in tree(name).body
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_")
    ]
    assert ast.get_docstring(tree(name))
    assert [node.name for node in public if not ast.get_docstring(node)] == []


@pytest.mark.parametrize("name", NAMES)
def test_nothing_has_a_name_that_says_nothing(name: str) -> None:
    empty = re.compile(r"manager|handler|helper|processor|util|common|misc|stuff", re.IGNORECASE)
    assert not empty.search(name)
    vague = [
        node.name
        for node in ast.walk(tree(name))
        if isinstance(node, ast.ClassDef) and empty.search(node.name)
        if not any(dotted(base).endswith("Handler") for base in node.bases)  # http.server names it so
    ]
    assert vague == []


def test_the_exit_codes_are_those_of_the_design_and_never_that_of_a_traceback() -> None:
    kinds: list[type[CopPublishError]] = [CopPublishError, *CopPublishError.__subclasses__()]
    codes = {kind.__name__: kind.exit_code for kind in kinds}
    assert codes == {
        "CopPublishError": 70,
        "WrongUsage": 2,
        "LeakFound": 10,
        "NeedsHumanLook": 11,
        "InvalidSource": 20,
        "Unscannable": 30,
        "NotCleared": 40,
        "AudioFailed": 50,
        "StorageFailed": 60,
    }


SCHEMAS = {
    **{name: getattr(metadata, name) for name in ("IMAGE", "CHAPTER", "EPISODE", "POST", "MEETING", "PAGE")},
    **{name: getattr(metadata, name) for name in ("EDIT", "CUT", "REPLACE")},
    **{
        name: getattr(registry, name)
        for name in (
            "REGISTRY",
            "NAME",
            "ALSO",
            "PERSON",
            "ALLOW",
            "GIVEN",
            "CLEARANCE",
            "WITHDRAWN",
            "CONSENT",
        )
    },
    "PERIOD": calendar.PERIOD,
    "GUARD": ledger.GUARD,
    "ALLOWS": allows.ALLOWS,
    "one of ALLOWS": allows.ALLOW,
}


@pytest.mark.parametrize(("name", "schema"), SCHEMAS.items())
def test_every_metadata_key_is_documented_and_so_is_each_of_its_other_names(
    name: str, schema: Schema
) -> None:
    formats = (ROOT / "docs" / "formats.md").read_text("utf-8")
    keys = [key for key, spec in schema.items() for key in (key, *spec.also)]
    assert [key for key in keys if not re.search(rf"(?<![\w]){key}(?=[:`])", formats)] == [], name
    assert all(spec.about.strip().endswith((".", "}")) for spec in schema.values())


# --- what stands in the repository ----------------------------------------------------------------


@cache
def tracked() -> tuple[Path, ...]:
    """Every text file of the repository: what git knows, or in a copy without git what a release holds."""
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, text=True, check=False
    ).stdout.split("\0")
    names = [n for n in listed if n] or [
        str(p.relative_to(ROOT)) for d in ("src", "tests", "docs") for p in (ROOT / d).rglob("*")
    ]
    return tuple(ROOT / n for n in names if (ROOT / n).is_file())


def test_each_exception_to_a_check_has_its_reason_beside_it_or_above() -> None:
    mark = re.compile(
        r"#\s*(?:noqa\b(?P<codes>: [A-Z]+[0-9]+(?:, ?[A-Z]+[0-9]+)*)?|type:\s*ignore(?P<kinds>\[.+?\])?)(.*)"
    )
    bare = []
    for path in tracked():
        if path.suffix == ".py" and path.parts[len(ROOT.parts)] != "tests":  # there mypy's own words will do
            above = ""
            for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
                found = mark.search(line)
                if found and not (found["codes"] or found["kinds"]):
                    bare.append(f"{path.relative_to(ROOT)}:{number} is for every check there is")
                elif found and not re.search(r"\w{2}", found[3]) and not above.startswith("#"):
                    bare.append(f"{path.relative_to(ROOT)}:{number} has no reason")
                above = line.strip()
    assert bare == []


def test_nothing_of_the_machine_it_was_written_on_stands_in_the_repository() -> None:
    # A ~ keeps this file itself clean of them.
    named = ["py~pi.org", "python~hosted.org", "registry.~npmjs", "deb.~debian.org", "proxy.~golang.org"]
    named += ["/wo~rk/", "/ro~ot/", "/tm~p/w/"]
    variables = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "UV_INDEX_URL")
    addresses = [os.environ.get(name, "") for name in variables]
    hosts = [host for a in addresses for host in re.findall(r"//(?:[^/@\s]*@)?([\w.-]+)", a)]
    needles = [*(n.replace("~", "") for n in named), *hosts, f"{ROOT}/"]
    found = [
        f"{path.relative_to(ROOT)}: {needle}"
        for path in tracked()
        for text in [path.read_bytes().decode("utf-8", "replace")]
        for needle in needles
        if needle in text
    ]
    assert found == []


def test_no_two_modules_of_tests_have_one_name() -> None:
    """Without packages pytest knows a module by its file's name alone, and refuses the second one."""
    tests = [path for path in tracked() if path.is_relative_to(ROOT / "tests") and path.suffix == ".py"]
    names = [path.name for path in tests if path.name != "conftest.py"]
    assert sorted({name for name in names if names.count(name) > 1}) == []
