"""Uploads in parts that nobody will complete: they cost space and are seen by nobody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from regrow.errors import NotFound
from regrow.store.s3_bucket import Bucket


def sweep_uploads(bucket: Bucket, older_than: timedelta) -> int:
    """End those of this store that began that long ago, by the service's own clock; how many they were."""
    swept = 0
    for upload in list(_stale(bucket, older_than)):
        with suppress(NotFound):
            bucket.call("abort_multipart_upload", upload["Key"], Key=upload["Key"], UploadId=upload["UploadId"])
            swept += 1
    return swept


def _stale(bucket: Bucket, older_than: timedelta) -> Iterator[dict[str, Any]]:
    prefix, marker = f"{bucket.place.prefix}objects/", dict[str, Any]()
    while True:
        told = bucket.call("list_multipart_uploads", prefix, Prefix=prefix, **marker)
        limit = _time_of(told) - older_than
        yield from (upload for upload in told.get("Uploads", []) if upload["Initiated"] < limit)
        if not told.get("IsTruncated"):
            return
        marker = {"KeyMarker": told["NextKeyMarker"], "UploadIdMarker": told["NextUploadIdMarker"]}


def _time_of(told: Any) -> datetime:
    date = told["ResponseMetadata"]["HTTPHeaders"].get("date")
    return parsedate_to_datetime(date) if date else datetime.now(UTC)
