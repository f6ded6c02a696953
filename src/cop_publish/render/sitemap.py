"""What search engines read: the sitemap (sitemaps.org 0.9) and robots.txt."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from cop_publish.core import routes
from cop_publish.core.output import SHORT_LIVED, FileClass, Headers, PublicFile

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from cop_publish.settings import SiteSettings


def sitemap_files(pages: Iterable[tuple[str, date | None]], site: SiteSettings) -> tuple[PublicFile, ...]:
    """``sitemap.xml`` of each page's key and the day of its last change where one is known; robots.txt."""
    return (
        PublicFile(
            routes.SITEMAP,
            _sitemap(pages, site).encode(),
            Headers("application/xml; charset=utf-8", SHORT_LIVED),
            FileClass.INDEX,
        ),
        PublicFile(
            routes.ROBOTS,
            f"User-agent: *\nAllow: /\n\nSitemap: {routes.address(site, routes.SITEMAP)}\n".encode(),
            Headers("text/plain; charset=utf-8", SHORT_LIVED),
            FileClass.INDEX,
        ),
    )


def _sitemap(pages: Iterable[tuple[str, date | None]], site: SiteSettings) -> str:
    lines = [
        f"<url><loc>{escape(routes.address(site, key))}</loc>"
        f"{f'<lastmod>{day.isoformat()}</lastmod>' if day else ''}</url>"
        for key, day in sorted(pages, key=lambda page: page[0])
    ]
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
            *lines,
            "</urlset>\n",
        ]
    )
