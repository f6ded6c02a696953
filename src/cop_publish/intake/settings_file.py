"""Read ``cop-publish.toml`` into the frozen types of `settings.py`, with every problem at once."""

from __future__ import annotations

import dataclasses
import os
import re
import tomllib
import types
import typing
from typing import TYPE_CHECKING, Any

from cop_publish.core import routes
from cop_publish.core.consents import PersonId
from cop_publish.core.problems import Place, Problem
from cop_publish.core.suggest import suggest
from cop_publish.errors import WrongUsage
from cop_publish.intake.registry_settings import RegistrySettings, registry_store
from cop_publish.intake.sound_settings import sound_faults
from cop_publish.settings import App, Settings, Show, SiteSettings, Sound, StorageSettings, UpdateFrequency

if TYPE_CHECKING:
    from pathlib import Path

NAME = "cop-publish.toml"
REGISTRY_VARIABLE = "COP_PUBLISH_REGISTRY"
_LONG_STRING = re.compile(r'"""[\s\S]*?"""|\'\'\'[\s\S]*?\'\'\'')


def read_settings(root: Path) -> Settings:
    """Read the settings of the workspace at `root`; raises WrongUsage listing every problem."""
    path = root / NAME
    try:
        text = path.read_text(encoding="utf-8-sig")  # some editors begin every file with a mark of UTF-8
        data = tomllib.loads(text)
    except FileNotFoundError:
        raise WrongUsage(
            f"There is no {NAME} here: go to your show's folder, or make one with `cop-publish new show`."
        ) from None
    except OSError:
        raise WrongUsage(f"{NAME} cannot be read: check its rights.") from None
    except UnicodeDecodeError:
        raise WrongUsage(f"{NAME} is not UTF-8 text: save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        place = Place(NAME, int(line.group(1)) if line else 0)
        bad = Problem(place, "this is not TOML", 'Write `key = "value"`, with the value in double quotes.')
        raise WrongUsage("The settings cannot be read.", [bad]) from None
    table = _Table(_without_long_strings(text), [])
    settings = _settings(root, data, table)
    if settings is None or table.problems:
        raise WrongUsage("The settings have problems; nothing was done.", table.problems)
    return settings


def _settings(root: Path, data: dict[str, Any], table: _Table) -> Settings | None:
    known = {"show", "site", "sound", "storage", "registry", "disclosure"}
    for name in data.keys() - known:
        table.unknown(name, known)
    show = table.read(Show, data.get("show", {}), "show")
    site = table.read(SiteSettings, data.get("site", {}), "site")
    sound = table.read(Sound, data.get("sound", {}), "sound")
    storage = table.read(StorageSettings, data.get("storage", {}), "storage")
    registry = table.read(RegistrySettings, data.get("registry", {}), "registry")
    disclosure = table.read(_Disclosure, data.get("disclosure", {}), "disclosure")
    if show and show.kind not in {"episodic", "serial"}:
        table.fail("show.kind", "`show.kind` is not known", "Write episodic or serial.")
    if site:
        _check_site(site, table)
    for key, what, fix in sound_faults(sound, root) if sound else ():
        table.fail(f"sound.{key}", f"`sound.{key}` {what}", fix)
    if storage:
        _check_storage(storage, table)
    if disclosure and disclosure.images != "listed":
        table.fail("disclosure.images", "`disclosure.images` is not known", 'It can only be "listed" yet.')
    if not (show and site and sound and storage and registry and disclosure):
        return None
    folder = os.environ.get(REGISTRY_VARIABLE) or registry.path
    private = root / os.path.expanduser(folder) if folder else None  # noqa: PTH111 - Path's raises for ~nobody
    written = dataclasses.replace(registry, path=folder)
    shared = registry_store(written, storage, table.fail) if registry.is_shared else None
    return Settings(root, show, site, sound, storage, private, disclosure.images, shared)


def _check_site(site: SiteSettings, table: _Table) -> None:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415 - the data is read only here

    if not re.fullmatch(r"https?://[^\s?#]+/", site.url):
        table.fail(
            "site.url",
            "`site.url` must be an address that ends in a slash",
            'Such as "https://example.org/".',
        )
    try:
        ZoneInfo(site.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder of the zones, such as "Europe"
        table.fail("site.timezone", "`site.timezone` is not a time zone", 'Such as "Europe/London".')
    if site.permalink:
        _check_permalink(site.permalink, table)
    if site.posts_per_page < 1:
        table.fail("site.posts_per_page", "`site.posts_per_page` must be at least 1", "Such as 20.")


def _check_storage(storage: StorageSettings, table: _Table) -> None:
    if storage.prefix and not storage.prefix.endswith("/"):
        table.fail("storage.prefix", "`storage.prefix` must end in a slash", f'Such as "{storage.prefix}/".')
    if not re.fullmatch(r"[A-Z0-9]*", storage.cloudfront):
        what = "`storage.cloudfront` must be the ID of a distribution"
        table.fail("storage.cloudfront", what, 'Such as "E1EXAMPLE234567".')
    if storage.after and not storage.after[0]:
        what = "`storage.after` must begin with a program"
        table.fail("storage.after", what, 'Such as ["./purge", "--quietly"].')


def _check_permalink(form: str, table: _Table) -> None:
    parts = set(re.findall(r":[a-z_]+", form))
    for part in sorted(parts - routes.PERMALINK_PARTS):
        close = suggest(part, routes.PERMALINK_PARTS)
        hint = f"Did you mean {close}?" if close else "It can be that of Jekyll: /:category/:year/:slug."
        table.fail("site.permalink", f"`site.permalink` has the part {part}, which is not known", hint)
    if not form.startswith("/") or not parts & {":slug", ":title"}:
        what = "`site.permalink` must begin with a slash and hold :slug or :title"
        table.fail("site.permalink", what, 'Such as "/:category/:year/:month/:day/:slug".')


@dataclasses.dataclass(frozen=True, slots=True)
class _Disclosure:
    images: str = "listed"


# What looks like a key may be told; anything else could be somebody's name.
_KEY = re.compile("[a-z_-]{1,24}")


@dataclasses.dataclass(slots=True)
class _Table:
    """One TOML table while its values become a dataclass."""

    text: str  # only to find the lines of keys: without strings of several lines
    problems: list[Problem]

    def read(self, kind: type[Any], data: object, inside: str) -> Any:  # noqa: ANN401 - one of the settings types
        if not isinstance(data, dict):
            self.fail(inside, f"`{inside}` must be a table", f"Write [{inside}] on a line of its own.")
            return None
        hints = typing.get_type_hints(kind, globalns={**globals(), "PersonId": PersonId})
        fields = {f.name: f for f in dataclasses.fields(kind)}
        for name in data.keys() - fields.keys():
            self.unknown(name, fields, f"{inside}.")
        values = {n: self.value(data[n], hints[n], f"{inside}.{n}") for n in fields if n in data}
        missing = [n for n, f in fields.items() if f.default is dataclasses.MISSING and n not in data]
        for name in missing:
            self.fail(inside, f"`{inside}.{name}` is missing", "Add it.")
        if missing or any(value is None for value in values.values()):
            return None
        return kind(**values)

    def value(self, value: object, hint: Any, key: str) -> Any:  # noqa: ANN401 - what the type hint says
        if isinstance(hint, types.UnionType):  # only ever `X | None`
            hint = next(h for h in typing.get_args(hint) if h is not type(None))
        if typing.get_origin(hint) is tuple:
            if not isinstance(value, list):
                return self.fail(key, f"`{key}` must be a list", "Put the values in square brackets.")
            items = tuple(self.value(v, typing.get_args(hint)[0], key) for v in value)
            return None if None in items else items
        if dataclasses.is_dataclass(hint):
            return self.read(hint if isinstance(hint, type) else type(hint), value, key)
        wanted = getattr(hint, "__supertype__", hint)
        if wanted is float and isinstance(value, int) and not isinstance(value, bool):
            return float(value)
        if type(value) is not wanted:
            kinds = {
                str: "text in double quotes",
                int: "a whole number",
                float: "a number",
                bool: "true or false",
            }
            return self.fail(key, f"`{key}` must be {kinds[wanted]}", "Mend the value.")
        return value

    def unknown(self, name: str, known: typing.Iterable[str], inside: str = "") -> None:
        close = suggest(name, known)
        self.fail(
            f"{inside}{name}",
            f"the key `{name if _KEY.fullmatch(name) else '…'}` is not known",
            f"Did you mean `{close}`?" if close else "Remove it.",
        )

    def fail(self, key: str, what: str, fix: str) -> None:
        """Report a fault at the line of `key`, a name with its tables: after its table's own line."""
        self.problems.append(Problem(Place(NAME, _line_of(self.text, key)), what, fix))


def place_of(root: Path, key: str) -> Place:
    """Give the line of a key such as ``show.description`` in the settings of the workspace at `root`."""
    return Place(NAME, _line_of(_without_long_strings((root / NAME).read_text("utf-8-sig")), key))


def _line_of(text: str, key: str) -> int:
    at, line = 0, 0
    for name in map(re.escape, key.split(".")):
        written = re.compile(rf"^[ \t]*(?:\[+[\w.]*\"?\b{name}\"?\]|\"?{name}\"?[ \t]*=)", re.MULTILINE)
        found = written.search(text, at)
        if found:
            at, line = found.start(), text.count("\n", 0, found.start()) + 1
    return line


def _without_long_strings(text: str) -> str:
    return _LONG_STRING.sub(lambda found: "\n" * found[0].count("\n"), text)


_TYPES = (App, UpdateFrequency)  # named in hints of the settings types
