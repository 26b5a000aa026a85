"""The few verbs that the store needs of a bucket, each tried for a bounded time."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from regrow.errors import NotFound, Refused, Unreachable
from regrow.settings import S3Settings
from regrow.store.s3_address import Place
from regrow.store.s3_client import Clients, Deadline, Limits
from regrow.store.s3_faults import FAULTS, NO_SUCH_RANGE, ours, unreachable

CHUNK = 1 << 20
PARTS = "regrow-parts"
"""Metadata of an object that came in parts: the SHA-256 over its parts' SHA-256 as its writer computed it."""


@dataclass(frozen=True)
class Found:
    """What a service says of an object without sending it."""

    size: int
    etag: str
    changed_at: datetime | None
    checksum: str
    """The SHA-256 that the service computed from what it received, where it does; of parts, over those of the parts."""
    parts: str

    def vouches_for(self, sha256: str) -> bool:
        """S3 writes the number of parts behind a checksum over parts."""
        whole, known = base64.b64encode(bytes.fromhex(sha256)).decode(), self.checksum.partition("-")[0]
        return known != "" and known in (whole, self.parts)


class Bucket:
    def __init__(self, place: Place, settings: S3Settings, limits: Limits) -> None:
        self.place, self.limits = place, limits
        self._clients = Clients(settings, limits)

    @property
    def endpoint(self) -> str:
        return str(self._clients.get().meta.endpoint_url)

    def call(self, operation: str, key: str, deadline: Deadline | None = None, **arguments: Any) -> Any:
        """The answer. Raises NotFound, Refused, UsageError, or Unreachable once the deadline has passed."""
        deadline, turn = deadline or self.limits.deadline(), 0
        while True:
            try:
                return self._once(operation, key, arguments)
            except Unreachable:
                if deadline.passed:
                    raise
            deadline.pause(turn)
            turn += 1

    def _once(self, operation: str, key: str, arguments: dict[str, Any]) -> Any:
        try:
            return getattr(self._clients.get(), operation)(Bucket=self.place.bucket, **arguments)
        except FAULTS as error:
            raise ours(error, self.place, key, self._address()) from error

    def _address(self) -> str:
        try:
            return self.endpoint
        except FAULTS:
            return "S3"

    def head(self, key: str) -> Found | None:
        try:
            told = self.call("head_object", key, Key=key, ChecksumMode="ENABLED")
        except NotFound:
            return None
        metadata = {name.lower(): value for name, value in told.get("Metadata", {}).items()}
        return Found(
            size=told["ContentLength"],
            etag=told.get("ETag", ""),
            changed_at=told.get("LastModified"),
            checksum=told.get("ChecksumSHA256", ""),
            parts=metadata.get(PARTS, ""),
        )

    def stream(self, key: str, start: int, deadline: Deadline) -> Iterator[bytes]:
        """The bytes from `start` on, none where it has no more. Raises NotFound, Unreachable, also in the middle."""
        try:
            told = self.call("get_object", key, deadline, Key=key, **({"Range": f"bytes={start}-"} if start else {}))
        except Refused as error:
            if error.facts.get("code") == NO_SUCH_RANGE:
                return
            raise
        yield from self._chunks(told["Body"], told["ContentLength"], key, deadline)

    def _chunks(self, body: Any, left: int, key: str, deadline: Deadline) -> Iterator[bytes]:
        """What is there is taken as it comes: waiting for a full chunk, a service that drips would never be late."""
        with body:
            while chunk := self._chunk(body, key):
                left -= len(chunk)
                yield chunk
                if deadline.passed and left:
                    raise unreachable(self.endpoint, f"{key} came too slowly for {deadline.seconds:.0f} s")
        if left:
            raise unreachable(self.endpoint, f"{key} broke off, {left:,} bytes before its end")

    def _chunk(self, body: Any, key: str) -> bytes:
        try:
            return bytes(body._raw_stream.read1(CHUNK))
        except FAULTS as error:
            raise ours(error, self.place, key, self.endpoint) from error
