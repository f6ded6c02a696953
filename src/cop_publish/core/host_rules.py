"""Rules for web hosts: 410 Gone for what was withdrawn for good, and addresses without an extension.

A store that is served as it is answers 404 for what is gone, as it does for a slip of the pen; 410 says that
it will not come back.  The addresses may hold a name: rules are for the host's own settings, outside of what
it serves.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

# Amazon CloudFront, Developer Guide, "Quotas on CloudFront Functions": maximum function size.
CLOUDFRONT_BYTES = 10_240
_SAFE = re.compile(r"[A-Za-z0-9._~@,=/-]+")
_BODY = "This was withdrawn and will not come back."
_SHORT = "public, max-age=300"


class Host(StrEnum):
    """Whose settings the rules are for."""

    NGINX = "nginx"
    CADDY = "caddy"
    NETLIFY = "netlify"
    CLOUDFRONT = "cloudfront"


@dataclass(frozen=True, slots=True)
class HostRules:
    """What a host must answer: 410 at `gone`, paths as they are asked for; `top` is the site's own."""

    gone: tuple[str, ...]
    top: str = "/"
    hides_extensions: bool = False  # pages lie in `.html` files and are asked for without


def gone_paths(keys: Iterable[str], live: Collection[str], top: str) -> tuple[str, ...]:
    """The paths at which something withdrawn was asked for; `keys`: public keys or paths, `top`: of the site.

    A folder's page has two, and so has a page without an extension; nothing that is live is among them.
    """
    found: set[str] = set()
    for key in {key.lstrip("/") for key in keys} - {""}:
        found.add(key)
        if key.endswith("/index.html"):
            found.add(key.removesuffix("index.html"))
        elif "." not in key.rpartition("/")[2] and not key.endswith("/"):
            found.add(f"{key}.html")
    folders = {key.removesuffix("index.html") for key in live if key.endswith("index.html")}
    return tuple(sorted(top + key for key in found - set(live) - folders))


def unsafe_in(paths: Iterable[str]) -> tuple[str, ...]:
    """Those that no rule can hold as they are: with spaces, quotes, or signs that hosts read as patterns."""
    return tuple(path for path in paths if not _SAFE.fullmatch(path))


def rules_for(host: Host, rules: HostRules) -> str:
    """The text of the rules; every path must be safe."""
    writers = {
        Host.NGINX: _nginx,
        Host.CADDY: _caddy,
        Host.NETLIFY: _netlify,
        Host.CLOUDFRONT: _cloudfront,
    }
    return "\n".join(writers[host](rules)) + "\n"


def _about(host: Host, rules: HostRules, where: str, sign: str) -> list[str]:
    count = f"{len(rules.gone)} addresses" if rules.gone else "nothing yet"
    return [
        f"{sign} Withdrawn for good: {count}. Made by `cop-publish storage rules --for {host}`;",
        f"{sign} make it again after each withdrawal.",
        f"{sign} These addresses may hold a name: keep this out of what is served.",
        f"{sign} {where}",
    ]


def _nginx(rules: HostRules) -> list[str]:
    lines = _about(Host.NGINX, rules, "Include it in the site's `server` block.", "#")
    lines += [f"location = {path} {{ return 410; }}" for path in rules.gone]
    if rules.hides_extensions:
        lines += [
            "# Pages without an extension; put this in place of a block of your own for the same path.",
            f"location {rules.top} {{ try_files $uri $uri.html $uri/ =404; }}",
        ]
    return lines


def _caddy(rules: HostRules) -> list[str]:
    lines = _about(Host.CADDY, rules, "Import it in the site's block.", "#")
    if rules.gone:
        paths = [f"  path {path}" for path in rules.gone]
        lines += ["@withdrawn {", *paths, "}", f'respond @withdrawn "{_BODY}" 410']
    if rules.hides_extensions:
        lines += ["# Pages without an extension.", "try_files {path} {path}.html"]
    return lines


def _netlify(rules: HostRules) -> list[str]:
    where = "Save it as netlify/edge-functions/withdrawn.js, beside the folder that is published."
    lines = _about(Host.NETLIFY, rules, where, "//")
    if not rules.gone:
        return lines
    headers = json.dumps({"content-type": "text/plain; charset=utf-8", "cache-control": _SHORT})
    return [
        *lines,
        f"export default () => new Response({json.dumps(_BODY)}, {{ status: 410, headers: {headers} }});",
        "export const config = {",
        f"  path: {_listed(rules.gone, '  ')},",
        "};",
    ]


def _cloudfront(rules: HostRules) -> list[str]:
    where = "A CloudFront Function (runtime 2.0) for the event viewer-request."
    return [
        *_about(Host.CLOUDFRONT, rules, where, "//"),
        f"var withdrawn = {_listed(rules.gone, '')};",
        "function handler(event) {",
        "  if (withdrawn.indexOf(event.request.uri) < 0) {",
        "    return event.request;",
        "  }",
        "  return {",
        "    statusCode: 410,",
        "    statusDescription: 'Gone',",
        "    headers: {",
        "      'content-type': { value: 'text/plain; charset=utf-8' },",
        f"      'cache-control': {{ value: '{_SHORT}' }},",
        "    },",
        f"    body: {{ encoding: 'text', data: '{_BODY}' }},",
        "  };",
        "}",
    ]


def _listed(paths: tuple[str, ...], indent: str) -> str:
    if not paths:
        return "[]"
    lines = ",\n".join(f"{indent} {json.dumps(path)}" for path in paths)
    return f"[\n{lines}\n{indent}]"
