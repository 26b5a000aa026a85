"""What S3 says, in our words."""

from __future__ import annotations

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    CredentialRetrievalError,
    HTTPClientError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
)
from botocore.parsers import ResponseParserError
from urllib3.exceptions import HTTPError

from regrow.errors import NotFound, Refused, RegrowError, Unreachable, UsageError
from regrow.store.s3_address import Place

FAULTS = (BotoCoreError, ClientError, ResponseParserError, HTTPError, OSError)
"""What a call, or reading its answer, may end with."""

NO_SUCH_RANGE = "InvalidRange"
_MISSING = {"NoSuchKey", "NoSuchUpload", "NotFound", "404"}
_KEYS = {"InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "AuthorizationHeaderMalformed"}
_DAMAGED = {"BadDigest", "IncompleteBody", "RequestTimeout", "XAmzContentSHA256Mismatch", "SlowDown", "Throttling"}
"""Requests that did not arrive as they were sent, or not at all."""
_NO_KEYS = (NoCredentialsError, PartialCredentialsError, CredentialRetrievalError)


def ours(error: Exception, place: Place, key: str, endpoint: str) -> RegrowError:
    """NotFound for a missing key, Unreachable for what is worth another try, Refused or UsageError for the rest."""
    if isinstance(error, ClientError):
        return _answered(error, place, key, endpoint)
    if isinstance(error, _NO_KEYS):
        return Refused(f"{place.address(key)} needs credentials: {error}; set REGROW_S3__ACCESS_KEY and SECRET_KEY")
    if isinstance(error, ParamValidationError):
        return UsageError(f"{place.address(key)} is no address in S3: {_line(error)}")
    if isinstance(error, BotoCoreError) and not isinstance(error, (ConnectionError, HTTPClientError)):
        return Refused(f"{place.address(key)} cannot be asked for: {_line(error)}; check the settings of REGROW_S3__*")
    return unreachable(endpoint, error)


def unreachable(endpoint: str, reason: object) -> Unreachable:
    return Unreachable(service="the store", address=endpoint, reason=_line(reason))


def _answered(error: ClientError, place: Place, key: str, endpoint: str) -> RegrowError:
    told = error.response.get("Error", {})
    code, status = str(told.get("Code", "")), error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    where = place.address(key)
    if code == "NoSuchBucket":
        return Refused(f"there is no bucket {place.bucket} at {endpoint}; make it, or correct REGROW_STORE_URL")
    if code in _MISSING:
        return NotFound("object", where)
    if status >= 500 or status == 429 or code in _DAMAGED:
        return unreachable(endpoint, error)
    if code in _KEYS:
        return Refused(f"{endpoint} does not take these credentials for {where}: {code}; correct REGROW_S3__*")
    if status == 403:
        return Refused(_denied(error, where, place.bucket))
    return Refused(f"{endpoint} refused {where}: {_line(error)}", code=code)


def _denied(error: ClientError, where: str, bucket: str) -> str:
    """A key that is missing is forbidden too where the bucket may not be listed."""
    return (
        f"{error.operation_name} of {where} is denied; allow these credentials s3:GetObject and s3:PutObject below it "
        f"and s3:ListBucket on {bucket}"
    )


def _line(reason: object) -> str:
    return " ".join(str(reason).split())[:500]
