"""markdown-it-py, and nothing else: stands in for comrak where that has no wheel.

Known differences, all of the eye only: dashes stay as typed, and footnote marks have brackets.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

if TYPE_CHECKING:
    from markdown_it.rules_core import StateCore

_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>]+[^\s<>.,;:!?'\"’”)\]]")


def raw_html(markdown: str) -> str:
    """HTML that may still hold anything its author wrote."""
    return str(_MARKDOWN.render(markdown))


def _link_addresses(state: StateCore) -> None:
    """GFM's autolinks: a bare web address becomes a link, but not inside one."""
    for block in state.tokens:
        if block.type != "inline":
            continue
        depth, children = 0, list[Token]()
        for token in block.children or []:
            depth += {"link_open": 1, "link_close": -1}.get(token.type, 0)
            children.extend(_with_links(token) if token.type == "text" and not depth else [token])
        block.children = children


def _with_links(token: Token) -> list[Token]:
    found, end = list[Token](), 0
    for match in _ADDRESS.finditer(token.content):
        address = match[0] if match[0].startswith("http") else f"http://{match[0]}"
        found += [
            Token("text", "", 0, content=token.content[end : match.start()]),
            Token("link_open", "a", 1, attrs={"href": address}),
            Token("text", "", 0, content=match[0]),
            Token("link_close", "a", -1),
        ]
        end = match.end()
    return [*found, Token("text", "", 0, content=token.content[end:])]


_MARKDOWN = (
    MarkdownIt("commonmark", {"html": True, "typographer": True})
    .enable(["table", "strikethrough", "smartquotes"])
    .use(footnote_plugin)
)
_MARKDOWN.core.ruler.after("inline", "link_addresses", _link_addresses)
# nh3 decides what a link may be, so that both renderers answer alike.
_MARKDOWN.validateLink = bool  # type: ignore[method-assign, assignment]
