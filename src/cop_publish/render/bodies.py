"""Texts of items as HTML: pages get relative links, which work from a file browser; feeds whole ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING

from cop_publish.core import routes
from cop_publish.core.kept import KeptPost
from cop_publish.core.model import ClearedEpisode, ClearedMeeting, ClearedPost
from cop_publish.core.problems import Place
from cop_publish.core.revoiced import sentence
from cop_publish.render.body import Standing
from cop_publish.render.markdown import render

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cop_publish.core.model import Cleared, Releases
    from cop_publish.core.problems import Problems
    from cop_publish.render.images import Made, Picture
    from cop_publish.settings import SiteSettings


@dataclass(frozen=True)
class Bodies:
    """Renders the text of any item; each call does the work again."""

    releases: Releases
    site: SiteSettings
    made: Made

    def on_page(self, item: Cleared) -> tuple[str, Problems]:
        """For the item's own page: every link within the site is relative to it."""
        return self._render(item, root_of(routes.page(item, self.site)))

    def in_feed(self, item: Cleared) -> tuple[str, Problems]:
        """For feeds and mail: every link and picture has its whole address."""
        html, problems = self._render(item, self.site.url)
        told = sentence(item.revoiced) if isinstance(item, ClearedEpisode) else ""
        return f"<p>{escape(told, quote=False)}</p>\n{html}" if told else html, problems

    def pictures(self, item: Cleared) -> Mapping[str, Picture]:
        """The pictures that an item lists, by workspace file, with the words for them."""
        made = self.made.pictures
        return {i.file: replace(made[i.file], alt=i.alt) for i in item.images if i.file in made}

    @cached_property
    def _posts(self) -> Mapping[str, str]:
        kept = {post.id: post.page for post in self.releases.kept if isinstance(post, KeptPost)}
        return kept | {post.id: routes.post_page(post, self.site) for post in self.releases.posts}

    def _render(self, item: Cleared, root: str) -> tuple[str, Problems]:
        standing = Standing(
            site=self.site.url,
            root=root,
            page=routes.page(item, self.site),
            source=Place(source_file(item)),
            pictures=self.pictures(item),
            posts=self._posts,
            top_heading=3 if isinstance(item, ClearedEpisode) else 2,
        )
        return render(item.notes if isinstance(item, ClearedEpisode) else item.body, standing)


def source_file(item: Cleared) -> str:
    """The workspace file in which an item was written."""
    if isinstance(item, ClearedEpisode):
        return f"episodes/{item.id}/episode.md"
    if isinstance(item, ClearedPost):
        return item.file or f"posts/{item.id}.md"
    if isinstance(item, ClearedMeeting):
        return item.file or f"meetings/{item.id}.md"
    return f"{item.id}.md"


def root_of(key: str) -> str:
    """The way from a page up to the site's root: ``../../``, or nothing."""
    return "../" * key.count("/")
