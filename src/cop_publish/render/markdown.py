"""Contributors' Markdown as HTML that is safe, accessible and right wherever it stands.

comrak (GFM tables, strikethrough, autolinks, footnotes) -> nh3 (no script, frame, style, form, svg)
-> one pass over the tree (`body.py`).  Where comrak has no wheel, markdown-it-py does its part.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import nh3

from cop_publish.core.problems import Place
from cop_publish.errors import InvalidSource
from cop_publish.render.body import Standing, finish
from cop_publish.render.source import mend

try:
    from cop_publish.render.comrak_html import raw_html
except ImportError:  # Windows before Python 3.14: comrak 0.0.16 has no wheel there
    from cop_publish.render.markdown_it_html import raw_html

if TYPE_CHECKING:
    from cop_publish.core.problems import Problems

_TAGS = set(
    """
    a abbr b blockquote br caption cite code dd del details dfn div dl dt em figcaption figure h1 h2 h3 h4
    h5 h6 hr i img ins kbd li mark ol p pre q s samp section small span strong sub summary sup table tbody
    td tfoot th thead time tr u ul var wbr
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
_ATTRIBUTES = {
    "*": {"id", "lang", "dir"},
    "a": {"href", "title", "aria-label"},
    "abbr": {"title"},
    "details": {"open"},
    "img": {"src", "alt", "title"},
    "ol": {"start", "reversed"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
_CLASSES = {"a": {"footnote-backref"}, "section": {"footnotes"}, "sup": {"footnote-ref"}}
# Gone with everything in them; any other tag that is not allowed goes and leaves its words.
_CONTENT_GOES = {
    *("button", "embed", "iframe", "math", "noscript", "object", "option", "script", "select", "style"),
    *("svg", "template", "textarea", "title"),
}
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ATTRIBUTES,
    allowed_classes=_CLASSES,
    clean_content_tags=_CONTENT_GOES,
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel=None,
)
_FRAME_START = re.compile("<[iI][fF]")  # a few microseconds, and most texts have no frame
_FRAME = re.compile(
    r"<iframe\b[^>]*?\bsrc\s*=\s*[\"']?(?P<src>[^\"'\s>]+)[^>]*>(?:.*?</iframe\s*>)?",
    re.IGNORECASE | re.DOTALL,
)
_YOUTUBE = re.compile(r"https?://(?:www\.)?youtube(?:-nocookie)?\.com/embed/([\w-]+).*")


def render(markdown: str, standing: Standing) -> tuple[str, Problems]:
    """HTML, and what is wrong with the text's pictures and links; every problem at once."""
    source, problems = mend(markdown, posts=standing.posts, where=standing.source)
    raw = raw_html(source)
    if _FRAME_START.search(raw):
        raw = _FRAME.sub(_link_instead, raw)
    html, more = finish(_CLEANER.clean(raw), standing)
    return html, problems + more


def to_html(markdown: str, *, base: str) -> str:
    """HTML whose links are absolute below the site's address `base`, for a feed or a mail; no pictures.

    Raises InvalidSource: every picture and every link that cannot be followed.
    """
    html, problems = render(markdown, Standing(site=base, root=base))
    if problems:
        summary = "Nothing was published: a text has links or pictures that cannot be."
        raise InvalidSource(summary, problems)
    return html


def to_plain_html(markdown: str) -> str:
    """One paragraph as it reads, for a page that stands by itself: no link and no picture leads away."""
    source, _ = mend(markdown, posts={}, where=Place(""))
    html = _PICTURE.sub(lambda found: f"({found['alt']})" if found["alt"] else "", raw_html(source))
    html = _LEADS_AWAY.sub("", _CLEANER.clean(html))
    return _HEADING.sub(r"<p><strong>\1</strong></p>", _ID.sub("", html))


_PICTURE = re.compile(r"<img\b[^>]*?\balt=\"(?P<alt>[^\"]*)\"[^>]*>")
_LEADS_AWAY = re.compile(r"</?(?:a|img|sup|section)\b[^>]*>")
_HEADING = re.compile(r"<h[1-6]\b[^>]*>(.*?)</h[1-6]>", re.DOTALL)
_ID = re.compile(r"(?<=\w) id=\"[^\"]*\"(?=[^<>]*>)")


def _link_instead(match: re.Match[str]) -> str:
    """A link where another site's frame stood: nothing of third parties loads on our pages."""
    source = match["src"]
    if source.startswith("//"):
        source = f"https:{source}"
    source = _YOUTUBE.sub(r"https://www.youtube.com/watch?v=\1", source)
    try:
        host = urlsplit(source).hostname or ""
    except ValueError:  # such as a bracket in a host's name
        host = ""
    if not host:
        return ""
    return f'<p><a href="{source}">Open on {escape(host.removeprefix("www."))}</a></p>'
