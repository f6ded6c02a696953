"""jinja2, and nothing else: the templates of a workspace before the packaged ones, and their assets."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from jinja2 import (
    Environment,
    FileSystemBytecodeCache,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateSyntaxError,
    pass_context,
)
from markupsafe import Markup

from cop_publish.core import routes
from cop_publish.core.kept import Kept
from cop_publish.core.model import (
    ClearedEpisode,
    ClearedMeeting,
    ClearedPage,
    ClearedPost,
    EpisodeRelease,
)
from cop_publish.core.output import DAY_LIVED, SHORT_LIVED, FileClass, Headers, PublicFile
from cop_publish.core.problems import Place, Problem
from cop_publish.errors import InvalidSource
from cop_publish.render import structured, wording
from cop_publish.render.bodies import root_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime

    from jinja2.runtime import Context

    from cop_publish.render.images import Picture
    from cop_publish.settings import Settings

_PROGRAM = Path(__file__).parent.parent
PACKAGED = _PROGRAM / "templates"
HTML = Headers("text/html; charset=utf-8", SHORT_LIVED)
_ASSETS = {
    "style": ("style", "css", "text/css; charset=utf-8"),
    "script": ("player", "js", "text/javascript; charset=utf-8"),
}
# Everything comes from the site itself; a page that was tampered with on the way could load nothing else.
_POLICY = (
    "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'self'; script-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a page is, before a template has written it.

    A template sees nothing of any item but what stands in `shows`: that is how `items` of the finished
    file are known to be all of them.
    """

    template: str
    key: str
    title: str  # without the show's
    description: str
    shows: Mapping[str, object]
    section: str = ""  # key of the entry of the navigation it belongs to
    file_class: FileClass = FileClass.INDEX
    image: Picture | None = None
    kind: str = "website"  # og:type
    things: tuple[structured.Thing, ...] = ()
    changed: date | None = None
    listed: bool = True  # in the sitemap, and for search engines


class Theme:
    """Every template, compiled once, and what all pages share."""

    def __init__(
        self, settings: Settings, common: Mapping[str, object], *, cache: Path | None = None
    ) -> None:
        self._settings = settings
        self._common = dict(common)
        self._environment = _environment(settings, cache)
        self.assets = {name: self._asset(*parts) for name, parts in _ASSETS.items()}
        self._environment.globals |= {
            "show": settings.show,
            "site": settings.site,
            "routes": routes,
            "policy": _POLICY,
            "assets": {name: file.key for name, file in self.assets.items()},
        }

    def write(self, page: Page) -> PublicFile:
        """The page's file, with the ids of every item whose words stand on it.

        Raises InvalidSource where a template of the workspace's own cannot be used.
        """
        shown = self._common | dict(page.shows)
        try:
            html = self._render(page, shown)
        except Exception as error:
            refused = _own_template_refused(error, self._settings.root)
            if refused is None:
                raise
            raise refused from error
        return PublicFile(page.key, html.encode(), HTML, page.file_class, frozenset(ids_in(shown)))

    def _render(self, page: Page, shown: Mapping[str, object]) -> str:
        site = self._settings.site
        return self._environment.get_template(page.template).render(
            shown,
            page=page,
            # Hosts show this page at any depth, so its links start from the host's root.
            root=urlsplit(site.url).path if page.key == routes.NOT_FOUND else root_of(page.key),
            canonical=routes.address(site, page.key),
            linked_data=Markup(structured.to_json(page.things)),  # noqa: S704 - to_json leaves no <, > or &
        )

    def _asset(self, stem: str, extension: str, content_type: str) -> PublicFile:
        loader = self._environment.loader
        if loader is None:
            message = "an environment without a loader"
            raise RuntimeError(message)
        text = loader.get_source(self._environment, f"{stem}.{extension}")[0]
        content = text.encode()
        key = routes.hashed("assets", stem, hashlib.sha256(content).hexdigest(), extension)
        return PublicFile(key, content, Headers(content_type, DAY_LIVED), FileClass.MEDIA)


def write_alone(template: str, shown: Mapping[str, object], settings: Settings) -> str:
    """Write a page that belongs to no site: it stands by itself, in a file or in an e-mail.

    Raises InvalidSource where a template of the workspace's own cannot be used.
    """
    environment = _environment(settings, None)
    try:
        return environment.get_template(template).render(shown, show=settings.show)
    except Exception as error:
        refused = _own_template_refused(error, settings.root)
        if refused is None:
            raise
        raise refused from error


def _own_template_refused(error: Exception, root: Path) -> InvalidSource | None:
    """The fault as a producer's, at its line, if the template is the workspace's own; others' are ours."""
    spots = [(error.filename or "", error.lineno)] if isinstance(error, TemplateSyntaxError) else []
    trace = error.__traceback__
    while trace:  # jinja2 writes the template's own file and line into the frames
        spots.append((trace.tb_frame.f_code.co_filename, trace.tb_lineno))
        trace = trace.tb_next
    last = Path(spots[-1][0])
    if not isinstance(error, TemplateError) and last.suffix == ".py" and last.is_relative_to(_PROGRAM):
        return None  # what a template called and we wrote
    own = (root / "templates").resolve()
    found = [(Path(file).resolve(), line) for file, line in spots]
    theirs = [(file, line) for file, line in found if file.is_relative_to(own)]
    if not theirs:
        return None
    file, line = theirs[-1]  # a block of theirs is called by the template that it extends
    place = Place(f"templates/{file.relative_to(own).as_posix()}", line)
    problem = Problem(place, f"this template cannot be used ({type(error).__name__})", f"Mend it, {_OR}")
    return InvalidSource(_BROKEN, [problem])


def _refuse_unreadable(own: Path) -> None:
    """Raise InvalidSource for templates of the workspace's own that are no text as we read it."""
    files = sorted(file for file in own.rglob("*") if file.suffix in _TEXTS and file.is_file())
    problems = [problem for file in files for problem in _unreadable(file, own)]
    if problems:
        raise InvalidSource(_BROKEN, problems)


def _unreadable(file: Path, own: Path) -> Iterator[Problem]:
    shown = f"templates/{file.relative_to(own).as_posix()}"
    try:
        file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        place = Place(shown, error.object[: error.start].count(b"\n") + 1)
        yield Problem(place, "the file is not UTF-8 text", f"Save it as UTF-8, {_OR}")
    except OSError:
        yield Problem(Place(shown), "the file cannot be read", f"Give yourself the right to read it, {_OR}")


_BROKEN = "Nothing was published: a template of this show is broken."
_OR = "or delete the file: the packaged template takes its place."
_TEXTS = {".html", ".css", ".js"}


def ids_in(value: object) -> Iterator[str]:
    """The id of every item in what a template is given."""
    if isinstance(value, EpisodeRelease):
        yield value.episode.id
    elif isinstance(value, ClearedEpisode | ClearedPost | ClearedMeeting | ClearedPage | Kept):
        yield value.id
    elif isinstance(value, dict):
        for part in value.values():
            yield from ids_in(part)
    elif isinstance(value, tuple | list):
        for part in value:
            yield from ids_in(part)


def _environment(settings: Settings, cache: Path | None) -> Environment:
    _refuse_unreadable(settings.root / "templates")
    environment = Environment(
        loader=FileSystemLoader([settings.root / "templates", PACKAGED]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        bytecode_cache=_compiled(cache),
    )
    zone = ZoneInfo(settings.site.timezone)

    def local(when: datetime) -> datetime:
        return when.astimezone(zone)

    def key(item: Any) -> str:  # noqa: ANN401 - any item of the model
        return routes.page(item.episode if isinstance(item, EpisodeRelease) else item, settings.site)

    @pass_context
    def href(context: Context, key: str) -> str:
        """A key's address as a link from the page that is being written."""
        return str(context["root"]) + routes.quoted(key)

    environment.filters |= {
        "local": local,
        "key": key,
        "href": href,
        "whole": lambda key: routes.address(settings.site, key),
        "calendar_key": routes.meeting_calendar,
        "locale": _locale,
        "sign_up": _sign_up,
        "host": lambda address: urlsplit(address).hostname or address,
        "paragraphs": lambda text: [p.strip() for p in text.split("\n\n") if p.strip()],
        "day": wording.day,
        "weekday": wording.weekday,
        "short_month": wording.short_month,
        "clock": wording.clock,
        "duration": wording.duration,
        "iso_duration": wording.iso_duration,
        "size": wording.size,
        "fragment": wording.seconds,
    }
    environment.globals |= {"hours": lambda m: wording.hours(local(m.starts_at), local(m.ends_at))}
    return environment


def _compiled(cache: Path | None) -> FileSystemBytecodeCache | None:
    """Compiled templates, kept by the digest of their source: a third of the time of a small site."""
    if cache is None:
        return None
    cache.mkdir(parents=True, exist_ok=True)
    return FileSystemBytecodeCache(str(cache))


def _sign_up(address: str) -> str:
    """A link to where people sign up: a page, or a letter to an e-mail address."""
    return f"mailto:{address}" if "@" in address and "://" not in address else address


def _locale(language: str) -> str:
    """Open Graph's form of a language: ``en-gb`` is ``en_GB``."""
    name, _, region = language.partition("-")
    return f"{name.lower()}_{region.upper()}" if region else name.lower()
