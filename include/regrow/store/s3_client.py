"""How long S3 is waited for, and the client that does it."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass
from typing import Any

from regrow.errors import UsageError
from regrow.settings import S3Settings


class Deadline:
    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._at = time.monotonic() + seconds

    @property
    def passed(self) -> bool:
        return time.monotonic() >= self._at

    def pause(self, turn: int) -> None:
        """Longer with every turn, never beyond the deadline."""
        time.sleep(max(0.0, min(0.1 * 2**turn, 2.0, self._at - time.monotonic())))


@dataclass(frozen=True)
class Limits:
    """Of one call: boto3 tries `attempts` times with its time-outs, and that again until `patience` is over. A service
    that takes connections and never answers is given up after patience + attempts * read seconds at the latest.
    """

    connect: float = 5.0
    """Seconds."""
    read: float = 30.0
    """Seconds without a byte."""
    attempts: int = 3
    patience: float = 20.0
    """Seconds in which a failed call is made again."""
    slowest: float = 50_000.0
    """Bytes in a second: an object has its size by this in addition, a slower service counts as not answering."""

    def deadline(self, size: int = 0) -> Deadline:
        return Deadline(self.patience + size / self.slowest)


class Clients:
    """One client for each process: its connections must not be used on the other side of a fork."""

    def __init__(self, settings: S3Settings, limits: Limits) -> None:
        self._settings, self._limits = settings, limits
        self._lock = threading.Lock()
        self._made: tuple[int, Any] = (0, None)

    def get(self) -> Any:
        with self._lock:
            if self._made[0] != os.getpid():
                self._made = (os.getpid(), self._make())
            return self._made[1]

    def _make(self) -> Any:
        try:
            return _client(self._settings, self._limits)
        except ValueError as error:
            raise UsageError(f"S3 cannot be reached as REGROW_S3__* say: {error}") from error


def _client(settings: S3Settings, limits: Limits) -> Any:
    import boto3

    return boto3.session.Session().client(
        "s3",
        endpoint_url=settings.endpoint,
        region_name=settings.region,
        aws_access_key_id=settings.access_key,
        aws_secret_access_key=settings.secret_key and settings.secret_key.get_secret_value(),
        aws_session_token=settings.session_token and settings.session_token.get_secret_value(),
        config=_config(settings, limits),
    )


def _config(settings: S3Settings, limits: Limits) -> Any:
    """Services other than Amazon's mostly do not have a name for each bucket, nor know checksums that were not asked
    for; ours are asked for where they matter.
    """
    from botocore.config import Config

    elsewhere = settings.endpoint or os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    return Config(
        connect_timeout=limits.connect,
        read_timeout=limits.read,
        retries={"mode": "standard", "total_max_attempts": limits.attempts},
        s3={"addressing_style": "path"} if elsewhere else None,
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        user_agent_extra="regrow",
    )
