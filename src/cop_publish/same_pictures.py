"""Find files of equal bytes among the pictures of a workspace, and who has not agreed to be in them."""

from __future__ import annotations

from collections import defaultdict
from hashlib import sha256
from typing import TYPE_CHECKING

from cop_publish.core.left_out import images_of
from cop_publish.core.same_picture import check_same_pictures

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from cop_publish.core.consents import Consents
    from cop_publish.core.model import Draft
    from cop_publish.core.problems import Problems
    from cop_publish.intake.workspace import ItemRead


def find_unasked(root: Path, items: Iterable[ItemRead], consents: Consents, *, today: date) -> Problems:
    """Report whoever another item recognises in a picture, by its path or bytes, and was not asked here."""
    drafts = [item.draft for item in items if item.draft is not None]
    return tuple(check_same_pictures(drafts, _same(root, drafts), consents, today=today))


def _same(root: Path, drafts: Iterable[Draft]) -> Mapping[str, str]:
    """Give by file the digest of its bytes, where another is as large; one that cannot be read is left out.

    Nothing is read where nobody is in any picture.
    """
    images = [image for draft in drafts for image in images_of(draft)]
    peopled = {image.file for image in images if image.people}
    by_size: dict[int, list[str]] = defaultdict(list)
    for file in sorted({image.file for image in images}) if peopled else ():
        path = root / file
        if path.is_file():
            by_size[path.stat().st_size].append(file)
    alike = (
        f for files in by_size.values() if len(files) > 1 and not peopled.isdisjoint(files) for f in files
    )
    return {file: digest for file in alike if (digest := _digest(root / file))}


def _digest(path: Path) -> str:
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError:  # said when the pictures are made
        return ""
