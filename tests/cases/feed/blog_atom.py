"""The blog's Atom: a post with a guid of its own, one in Welsh, one without a summary."""

from __future__ import annotations

from feed_samples import BODIES, FULL_SHOW, blog_releases
from samples import SITE

from cop_publish.render.blog_feeds import blog_atom


def made() -> bytes:
    return blog_atom(blog_releases(), FULL_SHOW, SITE, BODIES)
