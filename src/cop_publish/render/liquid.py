r"""What is left of Jekyll's Liquid in Markdown: addresses, code as it is, and a sentence for all the rest.

==============================================  ============================================================
``{{ site.url }}``, ``{{ site.baseurl }}``      the site's root, written one after the other too
``{{ "/about.html" | relative_url }}``          that address
``{% post_url 2026-11-20-words %}``             that post's address
``{% raw %}…{% endraw %}``                      what it encloses, as it is
``{% highlight ruby %}…{% endhighlight %}``     a block of code
``\{{``, ``\{%``                                the signs themselves
any other tag, ``{{ page.x }}`` and its like    in code the signs themselves; elsewhere a problem
==============================================  ============================================================

There is no Liquid engine.  ``{% comment %}`` is a problem in code too, for Jekyll hides what it encloses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cop_publish.core.code_in_text import code_lines, code_spans

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_TOKEN = re.compile(
    r"\\(?P<signs>\{\{|\{%|\{t:)"
    r"|\{%-?\s*raw\s*-?%\}(?P<verbatim>.*?)\{%-?\s*endraw\s*-?%\}"
    r"|^(?P<indent>[ \t>]*)\{%-?\s*highlight\s+(?P<language>[\w+#.-]+)[^%\n]*%\}[ \t]*+(?P<below>\n?)"
    r"(?P<code>.*?)\s*\{%-?\s*endhighlight\s*-?%\}"
    r"|(?P<root>(?:\{\{-?\s*site\.(?:baseurl|url)\s*-?\}\})+/?)"
    r"|\{\{-?\s*(?P<quote>[\"'])(?P<path>[^\"'{}\s]*)(?P=quote)\s*"
    r"(?:\|\s*(?:relative_url|absolute_url|prepend:\s*site\.(?:baseurl|url))\s*)+-?\}\}"
    r"|\{%\s*post_url\s+(?:\S*/)?(?P<post>[\w.-]+)\s*%\}"
    r"|\{%-?\s*(?P<tag>\w+|#)"
    r"|\{\{-?\s*(?P<object>site|page|include|layout)\.\w"
    r"|\{\{-?\s*(?P<filtered>[\w\"'])[^{}\n|]*\|\s*[a-z_]+\b[^{}\n]*\}\}",
    re.DOTALL | re.MULTILINE,
)
_TAGS = frozenset(
    """
    assign break capture case comment continue cycle decrement else elsif endcapture endcase endcomment endfor
    endhighlight endif endraw endtablerow endunless feed_meta for gist highlight if include include_cached
    include_relative increment link post_url raw render seo tablerow unless when
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
_HIDES = frozenset({"comment", "endcomment", "#"})
_PAIRED = frozenset({"raw", "endraw", "highlight", "endhighlight"})
_CHOOSES = frozenset({"case", "else", "elsif", "endcase", "endfor", "endif", "endunless", "for", "if"})
_RUN = re.compile("`+")


@dataclass(frozen=True, slots=True)
class Fault:
    """Liquid that is not run here: where it begins in the text, what is wrong, and the cure."""

    at: int
    what: str
    fix: str


_NOT_RUN = "is Jekyll's Liquid, which is not run here"
NO_POST = "`post_url` names a post that is not public"


def faults(markdown: str, posts: Mapping[str, str]) -> tuple[Fault, ...]:
    """Give every piece of Liquid that stands for nothing here, in order."""
    return _Reading(markdown, posts).read()[1]


def resolved(markdown: str, posts: Mapping[str, str]) -> str:
    """Give the Markdown without Liquid; `posts` maps a post's id to its key.  What is a fault stays."""
    return _Reading(markdown, posts).read()[0]


@dataclass(slots=True)
class _Reading:
    markdown: str
    posts: Mapping[str, str]
    code: Sequence[tuple[int, int]] = ()
    found: list[Fault] = field(default_factory=list)
    opened: set[str] = field(default_factory=set)  # tags that are told

    def read(self) -> tuple[str, tuple[Fault, ...]]:
        self.code = list(_code(self.markdown))
        return _TOKEN.sub(self._resolve, self.markdown), tuple(self.found)

    def _resolve(self, token: re.Match[str]) -> str:
        for kind in ("signs", "verbatim"):
            if token[kind] is not None:
                return str(token[kind])
        if token["code"] is not None:
            return self._listing(token)
        if token["root"] or token["path"] is not None:
            return f"/{(token['path'] or '').lstrip('/')}"
        if token["post"]:
            return self._address(token)
        self._look_at(token)
        return token[0]

    def _listing(self, token: re.Match[str]) -> str:
        """A fence of code that nothing in it closes."""
        inner = _Reading(f"```\n{token['code']}\n```", self.posts)
        code = inner.read()[0].removeprefix("```\n").removesuffix("\n```")
        self.found += (Fault(token.start(), fault.what, fault.fix) for fault in inner.found)
        longest = max(map(len, _RUN.findall(code)), default=0)
        fence, indent = "`" * max(3, longest + 1), token["indent"]
        code = code if token["below"] else f"{indent}{code}"
        return f"{indent}{fence}{token['language']}\n{code}\n{indent}{fence}"

    def _address(self, token: re.Match[str]) -> str:
        key = self.posts.get(token["post"])
        if key is None:
            self.found.append(Fault(token.start(), NO_POST, "Name a published post's file."))
        return f"/{key or ''}"

    def _look_at(self, token: re.Match[str]) -> None:
        tag = token["tag"]
        if tag and tag.startswith("end") and tag.removeprefix("end") in self.opened:
            return  # told with the tag that it ends
        if tag not in _HIDES and any(first <= token.start() < last for first, last in self.code):
            return
        what, fix = _said_of(tag) if tag else _of_output(token["object"])
        self.opened.add(tag or "")
        self.found.append(Fault(token.start(), what, fix))


def _said_of(tag: str) -> tuple[str, str]:
    shown = f"`{{% {tag if tag in _TAGS else '…'} %}}`"
    return f"{shown} stands alone" if tag in _PAIRED else f"{shown} {_NOT_RUN}", _cure(tag)


def _of_output(name: str | None) -> tuple[str, str]:
    shown = f"`{{{{ {name}.… }}}}`" if name else "`{{ … | … }}`"
    return f"{shown} {_NOT_RUN}", r"Write what it stands for; as text, write `\{{`."


def _cure(tag: str) -> str:
    if tag in _HIDES:
        return (
            "Take it out with what it encloses, which Jekyll hides and here would be public; "
            r"as text, write `\{%`."
        )
    if tag in _PAIRED:
        name = tag.removeprefix("end")
        return rf"Write `{{% {name} %}}` and `{{% end{name} %}}`, or neither; as text, write `\{{%`."
    if tag in _CHOOSES:
        return r"Keep the words that are meant, without the tags; as text, write `\{%`."
    return r"Write what it stands for; as text, write `\{%`."


def _code(markdown: str) -> Iterator[tuple[int, int]]:
    """Where lines of code and code between back-ticks stand."""
    lines = markdown.splitlines(keepends=True)
    at = 0
    for line, is_code in zip(lines, code_lines(lines), strict=True):
        if is_code:
            yield at, at + len(line)
        at += len(line)
    yield from code_spans(markdown)
