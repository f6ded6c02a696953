"""Where in what was written a link or a picture of its page comes from: the line.

The renderers see cleared text, whose lines are no longer those of the file.  So the lines that the public
gets are read again for what could be that link, as the page writes it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING

from cop_publish.core.key_places import place_of
from cop_publish.core.marks import apply_marks
from cop_publish.core.model import Audience, EpisodeDraft
from cop_publish.core.present import texts_of
from cop_publish.core.problems import Place
from cop_publish.render.bodies import root_of
from cop_publish.render.body import Standing, as_on_its_page, shows_listed
from cop_publish.render.liquid import NO_POST, faults

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cop_publish.core.model import Draft, Text
    from cop_publish.core.problems import Problem, Problems
    from cop_publish.settings import SiteSettings

# What may be an address in Markdown and in HTML: it ends where a space, a bracket or a quotation mark is.
_ADDRESS = re.compile(r"[^\s()<>\"'\[\]]+")
_PICTURE = re.compile(
    r"!\[[^\]]*\]\(\s*<?([^)>\s]+)|<img\b[^>]*?\bsrc\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE
)
_CHAPTER = re.compile(r"(?:nothing of )?chapters\[(\d+)\]")
_KEY = re.compile(r"`?(\w+)(?:\[(\d+)\])?`? ")  # with which it begins
_NUMBERED = re.compile(r"picture (\d+) of the text")


def line_of_link(link: str, draft: Draft, page: str, site: SiteSettings) -> Place | None:
    """The first line that has a link which its page, of that key, writes as `link`; None: no line has."""
    standing = Standing(site=site.url, root=root_of(page), page=page, source=draft.where)
    return next((where for where, words in _lines(draft) if link in _as_written(words, standing)), None)


def at_their_lines(problems: Iterable[Problem], draft: Draft) -> Problems:
    """Problems of pictures, chapters, keys and Jekyll's Liquid at their lines; others as they are."""
    listed = tuple(_of_picture(problem, draft) for problem in problems)
    numbered = sorted((p for p in listed if _NUMBERED.search(p.what)), key=_number)
    places = list(_unlisted(draft))
    lines: dict[Problem, Place] = {}
    if len(places) == len(numbered):  # else one is written in a way that is not seen here
        lines = dict(zip(numbered, places, strict=True))
    body = draft.notes if isinstance(draft, EpisodeDraft) else draft.body
    liquid = [(where, what) for where, what in _liquid(body) if any(p.what == what for p in listed)]
    chapters = draft.chapters if isinstance(draft, EpisodeDraft) else ()
    for problem in (p for p in listed if not p.where.line):
        chapter, key = _CHAPTER.match(problem.what), _KEY.match(problem.what)
        if chapter and int(chapter[1]) <= len(chapters):
            lines[problem] = chapters[int(chapter[1]) - 1].where
        elif key and key[1] in draft.places.keys and problem.where.path == draft.where.path:
            values = getattr(draft, key[1], None) if key[2] else None
            number = int(key[2] or 0)
            value = values[number - 1] if isinstance(values, tuple) and number <= len(values) else ""
            lines[problem] = place_of(draft, key[1], str(value))
    told = [replace(p, where=lines[p]) if p in lines else p for p in listed]
    return tuple(each for problem in told for each in _at_each(problem, liquid))


def _at_each(problem: Problem, liquid: Iterable[tuple[Place, str]]) -> Problems:
    """A problem of Liquid at every line that it stands in."""
    places = [where for where, what in liquid if what == problem.what and not problem.where.line]
    if problem.what == NO_POST:
        places = places[:1]  # which of them it is, nobody knows here
    return tuple(replace(problem, where=where) for where in dict.fromkeys(places)) or (problem,)


def _liquid(body: Text) -> Iterator[tuple[Place, str]]:
    """Where Liquid stands that is not run here, and what is said of it; of `post_url` any may be meant."""
    marked, _ = apply_marks(body, Audience.PUBLIC)
    if marked is not None and "{" in marked.words:
        for fault in faults(marked.words, {}):
            line = marked.lines[marked.words.count("\n", 0, fault.at)]
            yield Place(body.where.path, line), fault.what


def _of_picture(problem: Problem, draft: Draft) -> Problem:
    """What is wrong with a picture's file, where the item lists it."""
    single = getattr(draft, "cover", None) or getattr(draft, "image", None)
    for image in (*draft.images, *([single] if single else ())):
        if image.file == problem.where.path:
            what = f"the picture {image.file} {problem.what}"
            return replace(problem, where=image.where, what=what)
    return problem


def _number(problem: Problem) -> int:
    found = _NUMBERED.search(problem.what)
    return int(found[1]) if found else 0


def _unlisted(draft: Draft) -> Iterator[Place]:
    """The line of every picture in the running text that the front matter does not list."""
    files = frozenset(image.file for image in draft.images)
    body = draft.notes if isinstance(draft, EpisodeDraft) else draft.body
    for where, words in _lines_of([body]):
        for found in _PICTURE.finditer(words):
            if not shows_listed(unescape(found[1] or found[2]), files, draft.where):
                yield where


def _as_written(words: str, standing: Standing) -> frozenset[str]:
    found = {address for text in (words, unescape(words)) for address in _ADDRESS.findall(text)}
    return frozenset(way for address in found for way in as_on_its_page(address, standing))


def _lines(draft: Draft) -> Iterator[tuple[Place, str]]:
    """What the public gets of it, line by line, and the addresses of its chapters."""
    yield from _lines_of(list(texts_of(draft)))
    if isinstance(draft, EpisodeDraft):
        yield from ((chapter.where, chapter.url) for chapter in draft.chapters)


def _lines_of(texts: Sequence[Text]) -> Iterator[tuple[Place, str]]:
    for text in texts:
        marked, _ = apply_marks(text, Audience.PUBLIC)
        if marked is not None:
            for line, words in zip(marked.lines, marked.words.splitlines(), strict=False):
                yield Place(text.where.path, line), words
