"""What a host must answer 410 for: all that withdrawn.yaml and the store say was withdrawn for good."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cop_publish.core.host_rules import CLOUDFRONT_BYTES, Host, HostRules, gone_paths, rules_for, unsafe_in
from cop_publish.core.problems import Place, Problem
from cop_publish.errors import InvalidSource, WrongUsage
from cop_publish.intake.settings_file import read_settings
from cop_publish.intake.workspace import WITHDRAWN, withdrawn_paths
from cop_publish.storage.live import Publisher, look
from cop_publish.storage.open import open_store

if TYPE_CHECKING:
    from pathlib import Path


def host_rules(root: Path, host: Host) -> str:
    """The rules for a host; they may hold names, for they are for its settings alone.

    Raises InvalidSource for a path that no rule can hold, StorageFailed where the store cannot be asked, and
    WrongUsage where there are too many for CloudFront.
    """
    settings = read_settings(root)
    listed, problems = withdrawn_paths(root)
    if problems:
        raise InvalidSource(f"No rules were made: {WITHDRAWN} has problems.", problems)
    live = look(Publisher(open_store(settings.storage, settings.root)))
    kept = live.head.withdrawn.keys if live.head else frozenset[str]()
    top = urlsplit(settings.site.url).path
    public = frozenset(entry.key for entry in live.manifest.entries)
    gone = gone_paths(listed | kept, public, top)
    _refuse_unsafe(gone)
    hides = (
        not settings.storage.bucket and bool(settings.site.permalink) and "." not in settings.site.permalink
    )
    text = rules_for(host, HostRules(gone, top, hides))
    if host is Host.CLOUDFRONT and len(text.encode()) > CLOUDFRONT_BYTES:
        size = f"CloudFront takes functions of at most {CLOUDFRONT_BYTES} bytes, and this one has {len(text)}"
        raise WrongUsage(f"{size}: give the rules to the host behind it, or leave these addresses at 404.")
    return text


def _refuse_unsafe(paths: tuple[str, ...]) -> None:
    """Where they stand is not told by what they say: that may be a name."""
    if unsafe_in(paths):
        what = "a path holds signs that hosts read as something else"
        fix = "Write letters, figures and . _ ~ @ , = / - alone; percent signs and spaces cannot stand there."
        raise InvalidSource("No rules were made.", [Problem(Place(WITHDRAWN), what, fix)])
