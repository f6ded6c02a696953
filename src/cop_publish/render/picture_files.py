"""Pictures as public files: each size once, with the ids of the items that show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cop_publish.core.output import DAY_LIVED, FileClass, Headers, PublicFile

if TYPE_CHECKING:
    from cop_publish.core.model import Cleared, Image, Releases
    from cop_publish.render.images import Made


def picture_files(releases: Releases, made: Made) -> tuple[PublicFile, ...]:
    """Every picture and cover; the show's own cover belongs to no item."""
    users = _users(releases)
    contents: dict[str, PublicFile] = {}
    for file, picture in (*made.pictures.items(), *made.covers.items()):
        for variant in picture.variants:
            # Two workspace files may hold the same picture: it is one public file, shown by both's items.
            before = contents[variant.key].items if variant.key in contents else frozenset()
            ids = before | frozenset(users.get(file, ()))
            headers = Headers(variant.content_type, DAY_LIVED)
            contents[variant.key] = PublicFile(variant.key, variant.content, headers, FileClass.MEDIA, ids)
    return tuple(contents.values())


def _users(releases: Releases) -> dict[str, set[str]]:
    """Workspace file of a picture -> ids of the items that list it."""
    shown: list[tuple[Image | None, str]] = [
        *((post.image, post.id) for post in releases.posts),
        *((r.episode.cover, r.episode.id) for r in releases.episodes),
    ]
    items: tuple[Cleared, ...] = (
        *(r.episode for r in releases.episodes),
        *releases.posts,
        *releases.meetings,
        *releases.pages,
    )
    shown += [(image, item.id) for item in items for image in item.images]
    users: dict[str, set[str]] = {}
    for image, item_id in shown:
        if image is not None:
            users.setdefault(image.file, set()).add(item_id)
    return users
