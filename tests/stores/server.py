"""What a running server is to a test."""

from __future__ import annotations

from dataclasses import dataclass

from processes import BLANK_ENVIRONMENT


@dataclass(frozen=True)
class Server:
    """A running server; no endpoint: a folder."""

    name: str
    endpoint: str = ""
    access_key: str = ""
    secret_key: str = ""
    ca_file: str = ""
    anonymous: str = ""  # where a bucket policy lets the world read: the plain HTTP endpoint

    @property
    def environment(self) -> dict[str, str]:
        keys = {"AWS_ACCESS_KEY_ID": self.access_key, "AWS_SECRET_ACCESS_KEY": self.secret_key}
        return BLANK_ENVIRONMENT | (keys if self.endpoint else {})
