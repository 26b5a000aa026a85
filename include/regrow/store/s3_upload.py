"""Files on their way into S3: looked at once for their hashes, then sent, in parts where they are large.

Each part is hashed again as it is read for sending: what arrives is what was hashed, although the file may change in
between. The service gets the hashes too and refuses what came differently, where it knows them.
"""

from __future__ import annotations

import base64
import hashlib
import io
import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from regrow.errors import Conflict, RegrowError
from regrow.store.s3_bucket import PARTS, Bucket
from regrow.store.s3_client import Deadline
from regrow.store.s3_faults import unreachable

PART = 8 << 20
_MOST_PARTS = 10_000


@dataclass(frozen=True)
class Source:
    """A file as it was looked at."""

    path: Path
    size: int
    sha256: str
    part_size: int
    parts: tuple[bytes, ...]
    """SHA-256 of each part; of an empty file, its one."""

    @property
    def print_of_parts(self) -> str:
        """The SHA-256 over theirs, as S3 computes it."""
        return _base64(hashlib.sha256(b"".join(self.parts)).digest())

    def read(self) -> Iterator[bytes]:
        """The parts. Raises Conflict where the file is not what it was."""
        with self.path.open("rb") as file:
            for expected in self.parts:
                content = file.read(self.part_size)
                if (found := hashlib.sha256(content)).digest() != expected:
                    raise Conflict(subject=f"the file {self.path}", expected=expected.hex(), found=found.hexdigest())
                yield content


def look_at(path: Path, part_size: int = PART) -> Source:
    part_size = max(part_size, math.ceil(path.stat().st_size / _MOST_PARTS))
    whole, size = hashlib.sha256(), 0
    parts: list[bytes] = []
    with path.open("rb") as file:
        while (content := file.read(part_size)) or not parts:
            whole.update(content)
            size += len(content)
            parts.append(hashlib.sha256(content).digest())
            if len(content) < part_size:
                break
    return Source(path, size, whole.hexdigest(), part_size, tuple(parts))


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


class _Body(io.BytesIO):
    """Bytes that refuse to be sent too slowly: a time-out counts each block alone."""

    def __init__(self, content: bytes, deadline: Deadline, endpoint: str) -> None:
        super().__init__(content)
        self._deadline, self._endpoint = deadline, endpoint

    def read(self, size: int | None = -1, /) -> bytes:
        if self._deadline.passed:
            raise unreachable(self._endpoint, f"{self.getbuffer().nbytes:,} bytes could not be sent in time")
        return super().read(size)


def put_bytes(bucket: Bucket, key: str, content: bytes) -> None:
    _send(bucket, "put_object", key, content, bucket.limits.deadline(len(content)))


def upload(bucket: Bucket, key: str, source: Source) -> None:
    """Visible at once and whole, also in parts. Raises Unreachable, Refused, Conflict."""
    deadline = bucket.limits.deadline(source.size)
    if len(source.parts) == 1:
        _send(bucket, "put_object", key, next(source.read()), deadline)
        return
    claim = {PARTS: source.print_of_parts}
    told = bucket.call("create_multipart_upload", key, Key=key, ChecksumAlgorithm="SHA256", Metadata=claim)
    here = {"Key": key, "UploadId": told["UploadId"]}
    try:
        parts = [
            _part(number, _send(bucket, "upload_part", key, content, deadline, PartNumber=number, **here))
            for number, content in enumerate(source.read(), start=1)
        ]
        bucket.call("complete_multipart_upload", key, deadline, MultipartUpload={"Parts": parts}, **here)
    except BaseException:
        with suppress(RegrowError):
            bucket.call("abort_multipart_upload", key, Deadline(0), **here)
        raise


def _send(bucket: Bucket, operation: str, key: str, content: bytes, deadline: Deadline, **more: Any) -> Any:
    body = _Body(content, deadline, bucket.endpoint)
    checksum = _base64(hashlib.sha256(content).digest())
    arguments = {**more, "Key": key, "Body": body, "ContentLength": len(content)}
    return bucket.call(operation, key, deadline, **arguments, ChecksumAlgorithm="SHA256", ChecksumSHA256=checksum)


def _part(number: int, told: Any) -> dict[str, Any]:
    """A service that does not know checksums must not be asked for them again."""
    known = {"ChecksumSHA256": told["ChecksumSHA256"]} if "ChecksumSHA256" in told else {}
    return {"PartNumber": number, "ETag": told["ETag"], **known}
