"""Addresses of the form s3://bucket/prefix."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from regrow.errors import UsageError


@dataclass(frozen=True)
class Place:
    bucket: str
    prefix: str
    """Empty, or ending in a slash."""

    def address(self, key: str = "") -> str:
        return f"s3://{self.bucket}/{key or self.prefix}"

    def object(self, sha256: str) -> str:
        return f"{self.prefix}objects/{sha256[:2]}/{sha256}"

    def manifest(self, digest: str) -> str:
        return f"{self.prefix}manifests/{digest[:2]}/{digest}.json"


def read_address(url: str) -> Place:
    """Raises UsageError. Credentials have no place in an address: it is shown and logged."""
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.netloc or set(parts.netloc) & set("@:") or parts.query or parts.fragment:
        shown = url.rpartition("@")[2] if "@" in url else url
        raise UsageError(f"{shown!r} is no address of a store; write s3://bucket/prefix, its keys go into REGROW_S3__*")
    prefix = parts.path.strip("/")
    return Place(parts.netloc, f"{prefix}/" if prefix else "")
