"""HTML and XML as a reader, a browser and a machine each see them; the only user of lxml in the gate.

HTML is read three ways on purpose, and once as plain source: a parser may drop what a browser shows.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from lxml import etree

from cop_publish.gate.view import Unreadable, View

# Elements that start a line of their own: words on both sides of them are two words.
_BLOCKS = (
    *("address", "article", "aside", "blockquote", "br", "button", "caption", "dd", "details", "dialog"),
    *("div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5"),
    *("h6", "header", "hr", "img", "input", "label", "legend", "li", "main", "nav", "ol", "option", "p"),
    *("pre", "section", "select", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "title", "tr"),
    *("ul", "audio", "video", "iframe"),
)
_TAG = re.compile(r"<[^<>]*>")
_PAGE_END = re.compile(r"</(?:[bB][oO][dD][yY]|[hH][tT][mM][lL])\s*>")  # spelt out: so it is found fast
# A tree can be read with them in it, and takes none back (XML 1.0, section 2.2).
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DECLARED = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_JSON_LD = etree.XPath("//script[@type='application/ld+json']//text()", smart_strings=False)
_CODE = etree.XPath("//script//text() | //style//text()", smart_strings=False)
_ATTRIBUTES = etree.XPath("//@*", smart_strings=False)
_COMMENTS = etree.XPath("//comment() | //processing-instruction()")
_TEXT = etree.XPath("//text()", smart_strings=False)
_TEXT_BELOW = etree.XPath(".//text()", smart_strings=False)


def html_views(text: str) -> list[View]:
    """Every reading of an HTML page or fragment.  Raises Unreadable: the parser gave up in the middle."""
    views = [View("HTML source", text, code=True, layered=False, glued=False)]
    if not text.strip():
        return views
    root = _parsed_html(text)
    for channel, reading in HTML_READINGS.items():
        views += reading(channel, text, root)
    return views


def xml_views(text: str) -> list[View]:
    """Every reading of an XML document.  Raises Unreadable: not well formed, or with entities."""
    if _DECLARED.search(text):
        message = "declares a document type or entities of its own"
        raise Unreadable(message)
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        message = f"is not well-formed XML (line {error.lineno or 0})"
        raise Unreadable(message) from None
    views = [View("XML source", text, code=True, layered=False, glued=False)]
    for channel, reading in XML_READINGS.items():
        views += reading(channel, text, root)
    return views


def _parsed_html(text: str) -> Any:  # noqa: ANN401 - lxml's element types differ between HTML and XML
    parser: Any = etree.HTMLParser(encoding="utf-8", huge_tree=True)
    text = _PAGE_END.sub(" ", text)  # a browser shows what follows; this parser drops it
    try:
        root: Any = etree.fromstring(_fit_for_xml(text), parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        root = None
    if parser.error_log.filter_from_fatals():  # what comes after is not in the tree
        message = "holds markup that is nested too deep to be read to its end"
        raise Unreadable(message)
    # Nothing but a comment or blanks: the readings of the source hold it.
    return etree.Element("html") if root is None else root


def _fit_for_xml(text: str) -> bytes:
    """As UTF-8, with a blank for each character that XML has no place for: lxml raises where it meets one.

    They come from other decodings: `?p=12` of many an address holds one as quoted-printable.
    """
    blank = text.encode("utf-8", "replace").translate(_BLANKS)
    return blank.replace(b"\xef\xbf\xbe", b" ").replace(b"\xef\xbf\xbf", b" ")


_CONTROLS = {*range(0x20)} - set(b"\t\n\r")
_BLANKS = bytes(0x20 if byte in _CONTROLS else byte for byte in range(256))


def _spaced(channel: str, text: str, _root: object) -> list[View]:
    """Every tag as a space, taken from the source itself, whatever the parser thinks of it.

    What is encoded further, or glued, is read in the other readings, which hold the same words.
    """
    return [View(channel, html.unescape(_TAG.sub(" ", text)), code=True, layered=False, glued=False)]


def _attributes(channel: str, _text: str, root: object) -> list[View]:
    return _view(channel, _strings(_ATTRIBUTES, root))


def _comments(channel: str, _text: str, root: object) -> list[View]:
    found: Any = _COMMENTS(root)  # type: ignore[arg-type]  # any element will do
    return _view(channel, [node.text or "" for node in found])


def _json_ld(channel: str, _text: str, root: object) -> list[View]:
    return _view(channel, _strings(_JSON_LD, root))


def _code(channel: str, _text: str, root: object) -> list[View]:
    return [View(v.channel, v.text, code=True) for v in _view(channel, _strings(_CODE, root))]


def _joined(channel: str, _text: str, root: Any) -> list[View]:  # noqa: ANN401 - see _parsed_html
    """What stands on the screen: inline tags vanish, blocks part words.  Changes the tree."""
    etree.strip_elements(root, "script", "style", etree.Comment, etree.PI, with_tail=False)
    for block in root.iter(*_BLOCKS):
        try:
            block.text, block.tail = "\n" + (block.text or ""), "\n" + (block.tail or "")
        except ValueError:  # few hold what is not in XML, and a page has hundreds of blocks
            block.text = "\n" + _NOT_IN_XML.sub("", block.text or "")
            block.tail = "\n" + _NOT_IN_XML.sub("", block.tail or "")
    return [View(channel, etree.tostring(root, method="text", encoding="unicode"))]


def _without_notes(channel: str, _text: str, root: Any) -> list[View]:  # noqa: ANN401 - see _parsed_html
    """What stands around the numbers of footnotes, without them: they part what is read in one go.

    All else was read before, as text.
    """
    notes = list(root.iter("sup"))
    if not notes:
        return []
    for note in notes:
        note.tail = _NOTE + _NOT_IN_XML.sub("", note.tail or "")
    etree.strip_elements(root, "sup", with_tail=False)
    return _view(channel, _around_notes(etree.tostring(root, method="text", encoding="unicode")))


def _around_notes(text: str) -> Iterator[str]:
    """Whole paragraphs, each once: agreed words must not be cut where a name in them would stay."""
    end = 0
    place = text.find(_NOTE)
    while place >= 0:
        start = max(end, text.rfind(_PARAGRAPH, end, max(end, place - _AROUND_NOTE)))
        end = text.find(_PARAGRAPH, place + _AROUND_NOTE)
        end = len(text) if end < 0 else end
        yield text[start:end].replace(_NOTE, "")
        place = text.find(_NOTE, end)


_NOTE = "\ufdd0"  # which is no character (Unicode 23.7), and no more than a blank to the eye of the gate
_PARAGRAPH = "\n\n"  # as `_joined` leaves it between blocks
_AROUND_NOTE = 400  # characters: eight words of a passage, or a name with other words in it, and more


def _xml_text(channel: str, _text: str, root: object) -> list[View]:
    return _view(channel, _strings(_TEXT, root))


def _xml_joined(channel: str, _text: str, root: Any) -> list[View]:  # noqa: ANN401 - see _parsed_html
    return [View(channel, "".join(_strings(_TEXT, root)), gapless=True)]


def _xml_mixed(channel: str, _text: str, root: Any) -> list[View]:  # noqa: ANN401 - see _parsed_html
    """What is marked up inside a sentence, without gaps; what stands apart stays apart."""
    return _view(channel, _mixed(root))


def _mixed(element: Any) -> Iterator[str]:  # noqa: ANN401 - see _parsed_html
    if len(element) and _speaks(element):
        yield "".join(_strings(_TEXT_BELOW, element))
        return
    for child in element:
        yield from _mixed(child)


def _speaks(element: Any) -> bool:  # noqa: ANN401 - see _parsed_html
    """Whether words stand beside the elements inside it."""
    return any(text and text.strip() for text in (element.text, *(child.tail for child in element)))


def _view(channel: str, texts: Iterable[str]) -> list[View]:
    joined = "\n\n".join(texts)  # a name does not run over an empty line
    return [View(channel, joined)] if joined.strip() else []


def _strings(path: etree.XPath, root: object) -> list[str]:
    found: Any = path(root)  # type: ignore[arg-type]  # any element will do
    return list(found)


Reader = Callable[[str, str, Any], list[View]]
HTML_READINGS: dict[str, Reader] = {
    "HTML with tags as spaces": _spaced,
    "HTML attribute": _attributes,
    "HTML comment": _comments,
    "HTML JSON-LD": _json_ld,
    "HTML script or style": _code,
    "HTML text": _joined,  # it changes the tree
    "HTML text between notes": _without_notes,  # last: it takes more away
}
XML_READINGS: dict[str, Reader] = {
    "XML text": _xml_text,
    "XML text without gaps": _xml_joined,
    "XML text, marked up": _xml_mixed,
    "XML attribute": _attributes,
    "XML comment": _comments,
}
