"""Old addresses (Jekyll's `redirect_from`) as small pages that lead to the new one, on any host."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cop_publish.core import routes
from cop_publish.core.checks import LONGEST_PART_BYTES, has_long_part
from cop_publish.core.output import FileClass
from cop_publish.core.problems import Place, Problem, Problems
from cop_publish.render.bodies import source_file
from cop_publish.render.theme import Page

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cop_publish.core.model import ClearedPost
    from cop_publish.settings import SiteSettings

_PATH = re.compile(r"/?(?:[A-Za-z0-9._~-]+/)*[A-Za-z0-9._~-]*")
# What other modules write.
_OTHER_FILES = {
    *(routes.FEED, routes.BLOG_RSS, routes.BLOG_ATOM),
    *(routes.CALENDAR, routes.SITEMAP, routes.ROBOTS),
}
_OTHER_FOLDERS = {"assets", "images", "media"}


def redirect_pages(
    posts: Iterable[ClearedPost], pages: Iterable[Page], site: SiteSettings
) -> tuple[tuple[Page, ...], Problems]:
    """A page for each old address; an address that is taken, or is none, is a problem."""
    taken = {page.key for page in pages} | _OTHER_FILES
    # An item's side files lie in a folder beside its page: episodes/012-x.html, episodes/012-x/chapters.json.
    beside = {key.removesuffix(".html") for key in taken if key.endswith(".html")}
    folders = {folder for key in taken for folder in _folders(key)} | _OTHER_FOLDERS | beside
    moved: list[Page] = []
    leads_to: dict[str, str] = {}  # the old addresses, and the posts that they lead to
    problems: list[Problem] = []
    for post in posts:
        for number, path in enumerate(post.redirect_from, 1):
            key = _key(path)
            fault = _fault(key, taken, folders)
            if not fault and (twin := _twin(key)) in taken and leads_to.get(twin) != post.id:
                fault = "is the address of another page, but for its .html, which many hosts hide"
            if fault:
                where = Place(source_file(post))
                problems.append(
                    Problem(where, f"redirect_from[{number}] {fault}", "Correct it or take it out.")
                )
                continue
            taken.add(key)
            leads_to[key] = post.id
            folders.update(_folders(key))
            moved.append(_moved(post, key, site))
    return tuple(moved), tuple(problems)


def _key(path: str) -> str:
    """The key that answers at an old path, or nothing where it is not a path of ours."""
    if not path or not _PATH.fullmatch(path) or {".", ".."} & set(path.split("/")):
        return ""
    return f"{path}index.html".lstrip("/") if path.endswith("/") else path.lstrip("/")


def _twin(key: str) -> str:
    """The key that is the same file in a store that hides extensions."""
    return key.removesuffix(".html") if key.endswith(".html") else f"{key}.html"


def _fault(key: str, taken: set[str], folders: set[str]) -> str:
    if not key:
        return "is not a path from the site's root in plain letters, digits and hyphens"
    if has_long_part(key):
        return f"has a part longer than {LONGEST_PART_BYTES} characters, which not every store takes"
    if key in taken:
        return "is the address of another page"
    # No key is both a file and a folder: file-backed stores refuse that.
    if key in folders or taken & set(_folders(key)):
        return "is both a page and a folder of pages"
    return ""


def _folders(key: str) -> list[str]:
    parts = key.split("/")[:-1]
    return ["/".join(parts[: n + 1]) for n in range(len(parts))]


def _moved(post: ClearedPost, key: str, site: SiteSettings) -> Page:
    return Page(
        template="moved.html",
        key=key,
        title=post.title,
        description="",
        shows={"post": post, "target": routes.page(post, site)},
        file_class=FileClass.PAGE,
        listed=False,
    )
