"""The one pass over a contributor's cleaned HTML: ids, heading levels, links, pictures, tables."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from lxml import etree

from cop_publish.core.problems import Place, Problem, Problems

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from lxml.etree import _Element as Element

    from cop_publish.render.images import Picture

_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_EXPLICIT_ID = re.compile(r"\s*\{#([\w:-]+)\}\s*$")
_NOT_IN_ID = re.compile(r"[^\w\- ]")
# The pages' own anchors; a heading of the same name gets a number.
_PAGE_IDS = ("main", "player", "chapters", "transcript", "show-notes")
_SIZES = "(min-width: 48rem) 44rem, calc(100vw - 2.5rem)"


_WITH_ID = etree.XPath("descendant::*[@id]")
_ABROAD = re.compile(r"https?://[a-z0-9.-]+(?:[/?#]\S*)?")

_NOWHERE = Place("")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a text stands: what its links, pictures and problems refer to."""

    site: str  # the site's public address, ending in a slash
    root: str  # what is written for it: the address itself in a feed, `../../` on a page
    page: str = ""  # the page's key; its folder is where relative links start
    source: Place = _NOWHERE  # the workspace file; its folder is where image paths start
    pictures: Mapping[str, Picture] = field(default_factory=dict)  # by workspace file: the listed ones
    posts: Mapping[str, str] = field(default_factory=dict)  # a post's id -> its key
    top_heading: int = 2


def finish(html: str, standing: Standing) -> tuple[str, Problems]:
    """The HTML made right for its page.  `html` is clean: nh3 has been over it."""
    if not html.strip():
        return "", ()
    root = etree.fromstring(f"<div>{html}</div>", _PARSER)[0][0]
    found = _by_tag(root)
    headings = [heading for heading in found["h"] if not _dropped_as_empty(heading)]
    _shift_headings(headings, standing.top_heading)
    ids = _give_ids(root, headings)
    problems = _place_pictures(found["img"], standing)
    for link in found["a"]:
        _place_link(link, standing, ids)
    for table in found["table"]:
        _frame_table(table)
    return _inner_html(root), tuple(problems)


def plain_text(html: str) -> str:
    """The words of an HTML fragment on one line."""
    if not html.strip():
        return ""
    root = etree.fromstring(f"<div>{html}</div>", _PARSER)
    return " ".join("".join(str(text) for text in root.itertext()).split())


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, cut at a word, an ellipsis where something is missing."""
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,;:–—-") + "…"


_PARSER: etree.HTMLParser[Element] = etree.HTMLParser(huge_tree=True, remove_comments=True, encoding=None)


def _inner_html(root: Element) -> str:
    whole = etree.tostring(root, method="html", encoding="unicode")
    return whole.removeprefix("<div>").removesuffix("</div>").strip()


def _by_tag(root: Element) -> dict[str, list[Element]]:
    """The elements that are made right one by one, in reading order; `h` holds the headings of any level."""
    found: dict[str, list[Element]] = {"img": [], "a": [], "table": [], "h": []}
    for element in root.iter("img", "a", "table", *_HEADINGS):
        found.get(str(element.tag), found["h"]).append(element)
    return found


def _dropped_as_empty(heading: Element) -> bool:
    if _has_words(heading) or heading.find(".//img") is not None:
        return False
    _drop(heading)
    return True


def _shift_headings(headings: list[Element], top: int) -> None:
    """The first heading is `top`, and none is more than one level below the one before it."""
    open_levels: list[tuple[int, int]] = []  # as written, as shown
    for heading in headings:
        written = _HEADINGS[str(heading.tag)]
        while open_levels and open_levels[-1][0] >= written:
            open_levels.pop()
        shown = min(open_levels[-1][1] + 1 if open_levels else top, 6)
        open_levels.append((written, shown))
        heading.tag = f"h{shown}"


def _give_ids(root: Element, headings: list[Element]) -> set[str]:
    """Ids of headings as kramdown's GFM gives them, or ``{#id}``; no id twice on a page."""
    seen = set(_PAGE_IDS)
    for element in _WITH_ID(root):
        given = element.get("id", "")
        if given in seen or not given or " " in given:
            del element.attrib["id"]
        else:
            seen.add(given)
    for heading in headings:
        wanted = _explicit_id(heading) or heading.get("id") or heading_id(_words(heading))
        if heading.get("id") != wanted:
            heading.set("id", _free(wanted or "section", seen))
    return seen


def heading_id(text: str) -> str:
    """The id that kramdown-parser-gfm gives a heading of this text."""
    return _NOT_IN_ID.sub("", text.strip().lower()).replace(" ", "-")


def _explicit_id(heading: Element) -> str:
    last = heading[-1] if len(heading) else None
    text = (heading.text if last is None else last.tail) or ""
    match = _EXPLICIT_ID.search(text)
    if match is None:
        return ""
    if last is None:
        heading.text = text[: match.start()]
    else:
        last.tail = text[: match.start()]
    return match[1]


def _free(wanted: str, seen: set[str]) -> str:
    name, number = wanted, 0
    while name in seen:
        number += 1
        name = f"{wanted}-{number}"
    seen.add(name)
    return name


def _place_pictures(images: list[Element], standing: Standing) -> list[Problem]:
    problems = []
    for number, image in enumerate(images, 1):
        path = image.get("src", "")
        picture = _listed(path, standing)
        if picture is None:
            problems.append(_unlisted(number, path, standing))
        else:
            _show(image, picture, standing)
    return problems


def _listed(path: str, standing: Standing) -> Picture | None:
    files = _files_at(path, standing.source)
    return next((standing.pictures[file] for file in files if file in standing.pictures), None)


def shows_listed(path: str, listed: Collection[str], source: Place) -> bool:
    """Whether a picture's path, as it is written in the file at `source`, is that of a listed file."""
    return any(file in listed for file in _files_at(path, source))


def _files_at(path: str, source: Place) -> tuple[str, ...]:
    """The workspace files that a path may mean: from the root, or beside the text."""
    parts = None if path.startswith("//") else urlsplit(path)  # the former may be no address at all
    if parts is None or parts.scheme:
        return ()
    file = unquote(parts.path)
    beside = posixpath.normpath(posixpath.join(posixpath.dirname(source.path), file))
    return file.lstrip("/"), beside


def _unlisted(number: int, path: str, standing: Standing) -> Problem:
    """The picture's place in the text, not its path: that may hold a name, or a swapped alt text."""
    if path.startswith("//") or urlsplit(path).scheme:
        what = f"picture {number} of the text comes from another site"
        return Problem(standing.source, what, "Save it beside the text and list it under `images:`.")
    what = f"picture {number} of the text is not listed"
    return Problem(standing.source, what, "List it under `images:` with `alt:` and `people:`.")


def _show(image: Element, picture: Picture, standing: Standing) -> None:
    caption = image.get("title", "")
    shown = picture.variants[-1]
    image.attrib.clear()
    image.set("src", standing.root + shown.key)
    if len(picture.variants) > 1:
        image.set("srcset", ", ".join(f"{standing.root}{v.key} {v.width}w" for v in picture.variants))
        image.set("sizes", _SIZES)
    image.set("alt", picture.alt)
    image.set("width", str(shown.width))
    image.set("height", str(shown.height))
    image.set("loading", "lazy")
    parent = image.getparent()
    alone = parent is not None and parent.tag == "p" and len(parent) == 1 and not _has_words(parent)
    if caption and alone and parent is not None:
        parent.tag = "figure"
        etree.SubElement(parent, "figcaption").text = caption


def _words(element: Element) -> str:
    return (element.text or "") if not len(element) else "".join(map(str, element.itertext()))


def _has_words(element: Element) -> bool:
    return bool(_words(element).strip())


def _place_link(link: Element, standing: Standing, ids: set[str]) -> None:
    href = link.get("href")
    if href is None:
        return
    if not _has_words(link) and link.find(".//img") is None:
        link.text = href
    if _ABROAD.fullmatch(href) and not href.startswith(standing.site):  # as most links: nothing to resolve
        link.set("rel", "noopener")
        return
    try:
        written = _resolve(href.strip(), standing, ids)
        is_abroad = urlsplit(written).scheme in {"http", "https"} and not _is_own(href, standing)
    except ValueError:  # such as a bracket in a host's name: the words stay, and lead nowhere
        del link.attrib["href"]
        return
    link.set("href", written)
    if is_abroad:
        link.set("rel", "noopener")


def _is_own(href: str, standing: Standing) -> bool:
    return href.startswith(standing.site) or not urlsplit(href).netloc


def as_on_its_page(href: str, standing: Standing) -> tuple[str, ...]:
    """How a link that is written as `href` may stand on its page; nothing where it cannot be one."""
    try:
        written = _resolve(href, standing, set())
        named = _in_page(href[1:], standing, {heading_id(unquote(href[1:]))}) if href.startswith("#") else ""
    except ValueError:  # such as a bracket in a host's name
        return ()
    return (written, named) if named else (written,)


def _resolve(href: str, standing: Standing, ids: set[str]) -> str:
    """A link as it must be written on its page."""
    if href.startswith("#"):
        return _in_page(href[1:], standing, ids)
    if href.startswith("//"):
        return f"https:{href}"
    if href.startswith(standing.site):
        href = "/" + href[len(standing.site) :]
    parts = urlsplit(href)
    if parts.scheme:
        return href
    path = parts.path if parts.path.startswith("/") else f"/{posixpath.dirname(standing.page)}/{parts.path}"
    key = posixpath.normpath(path).lstrip("/")
    if not parts.path.removeprefix("/") or parts.path.endswith("/"):
        key = posixpath.join(key, "index.html")
    rest = href[len(parts.path) :]
    return standing.root + key + rest


def _in_page(name: str, standing: Standing, ids: set[str]) -> str:
    """A link within the text; one written with the heading's punctuation finds the heading still."""
    folded = heading_id(unquote(name))
    name = folded if unquote(name) not in ids and folded in ids else name
    on_its_page = "://" not in standing.root
    return f"#{name}" if on_its_page else f"{standing.root}{standing.page}#{name}"


def _frame_table(table: Element) -> None:
    """Wide tables scroll in a frame of their own, which the keyboard reaches; `align` becomes a class."""
    for cell in table.iter("td", "th"):
        align = cell.attrib.pop("align", "")
        if align in {"right", "center"}:
            cell.set("class", align)
    parent = table.getparent()
    if parent is None:
        return
    frame = etree.Element("div", {"class": "wide", "role": "group", "aria-label": "Table", "tabindex": "0"})
    frame.tail, table.tail = table.tail, None
    parent.replace(table, frame)
    frame.append(table)


def _drop(element: Element) -> None:
    """Take an element out and leave the words that follow it."""
    parent = element.getparent()
    if parent is None:
        return
    tail, before = element.tail or "", element.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(element)
