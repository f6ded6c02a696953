"""comrak, and nothing else: GitHub's Markdown with footnotes, raw HTML passed on to the cleaner."""

from __future__ import annotations

import comrak

_EXTENSIONS = comrak.ExtensionOptions()
_EXTENSIONS.table = True
_EXTENSIONS.strikethrough = True
_EXTENSIONS.autolink = True
_EXTENSIONS.footnotes = True
_PARSE = comrak.ParseOptions()
_PARSE.smart = True  # kramdown's default: curly quotes, and dashes from -- and ---
_RENDER = comrak.RenderOptions()
_RENDER.unsafe_ = True  # nh3 comes next, always


def raw_html(markdown: str) -> str:
    """HTML that may still hold anything its author wrote."""
    return comrak.render_markdown(markdown, _EXTENSIONS, _PARSE, _RENDER)
