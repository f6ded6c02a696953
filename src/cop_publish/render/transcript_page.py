"""A transcript as the podcast namespace's HTML: who (`cite`), when (`time`), what (`p`), one after the other.

The page is whole by itself, and loads nothing; the episode's own has the player.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from html import escape
from typing import TYPE_CHECKING

from cop_publish.core import routes
from cop_publish.core.revoiced import sentence
from cop_publish.render.turns import parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cop_publish.core.model import Chapter, ClearedEpisode
    from cop_publish.render.turns import Turn
    from cop_publish.settings import SiteSettings

_STYLE = (
    "body{max-width:40rem;margin:auto;padding:1rem;font:1.1rem/1.5 sans-serif}"
    "cite{font-weight:bold}a{color:inherit}"
)
_STYLE_HASH = b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'"


def transcript_page(episode: ClearedEpisode, site: SiteSettings) -> bytes:
    """Write a whole page.  Equal episodes give equal bytes."""
    key = routes.episode_page(episode)
    beside = f"../{key.rpartition('/')[2]}"
    title = escape(episode.title)
    page = [
        f'<!doctype html>\n<html lang="{escape(episode.language)}">\n<head>\n<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        f"<title>Transcript: {title}</title>",
        f'<link rel="canonical" href="{escape(routes.address(site, key))}">',
        f'<meta name="color-scheme" content="light dark">\n<style>{_STYLE}</style>\n</head>\n<body>',
        f"<main>\n<h1>{title}</h1>",
        f'<p lang="en">A transcript. <a href="{escape(routes.quoted(beside))}">Player and show notes</a></p>',
    ]
    if told := sentence(episode.revoiced):
        page.append(f'<p lang="en">{escape(told)}</p>')
    for part in parts(tuple(cue for cue in episode.cues if cue.text.strip()), episode.chapters):
        page += _heading(part.chapter)
        page += (line for turn in part.turns for line in _turn(turn))
    return "\n".join([*page, "</main>", "</body>", "</html>", ""]).encode()


def _heading(chapter: Chapter | None) -> Iterator[str]:
    if chapter is not None:
        yield f"<h2>{escape(chapter.title)}</h2>"


def _turn(turn: Turn) -> Iterator[str]:
    """The speaker stands before every paragraph: who reads one alone must know whose it is."""
    speaker = " ".join(turn.cues[0].speaker.split())
    if speaker:
        yield f"<cite>{escape(speaker)}:</cite>"
    seconds = int(turn.start_seconds)
    yield f'<time datetime="PT{seconds}S">{_clock(seconds)}</time>'
    yield f"<p>{escape(' '.join(' '.join(cue.text.split()) for cue in turn.cues), quote=False)}</p>"


def _clock(seconds: int) -> str:
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
