"""``[registry]``: where the private folder is, and the bucket through which several producers share it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cop_publish.settings import RegistryStore, StorageSettings

Fail = Callable[[str, str, str], None]  # key, what is wrong, the cure


@dataclass(frozen=True, slots=True)
class RegistrySettings:
    """The table as it is written; credentials never stand here."""

    path: str = ""  # the folder; with a bucket it is this machine's copy
    bucket: str = ""
    prefix: str = ""  # inside the bucket, empty or ending in a slash
    endpoint: str = ""  # empty: AWS
    region: str = ""
    path_style: bool = False
    ca_file: str = ""
    profile: str = ""  # of the AWS configuration

    @property
    def is_shared(self) -> bool:
        """Whether anything is said of a bucket."""
        words = (self.bucket, self.prefix, self.endpoint, self.region, self.ca_file, self.profile)
        return any(words) or self.path_style


def registry_store(written: RegistrySettings, public: StorageSettings, fail: Fail) -> RegistryStore:
    """Give the bucket that the table names; `public` is where the site is published."""
    if not written.bucket:
        fail("registry.bucket", "`registry.bucket` is missing", "Add it, or leave only `path`.")
    if not written.path:
        fail("registry.path", "`registry.path` is missing", "Say where this machine's copy is to lie.")
    if written.prefix and not written.prefix.endswith("/"):
        what = "`registry.prefix` must end in a slash"
        fail("registry.prefix", what, f'Such as "{written.prefix}/".')
    if _overlaps(written, public):
        what = "the registry would lie among the files of the site"
        fail("registry.prefix", what, "Give it a prefix of its own, or better a bucket of its own.")
    shared = ("bucket", "prefix", "endpoint", "region", "path_style", "ca_file")
    storage = StorageSettings(folder="", **{name: getattr(written, name) for name in shared})
    return RegistryStore(storage, written.profile)


def _overlaps(written: RegistrySettings, public: StorageSettings) -> bool:
    """Whether the registry would lie in what the site takes for its own: public/ and _cop/ of its prefix."""
    if (written.bucket, written.endpoint) != (public.bucket, public.endpoint):
        return False
    own = [f"{public.prefix}{name}/" for name in ("public", "_cop")]
    return written.prefix == public.prefix or any(written.prefix.startswith(name) for name in own)
