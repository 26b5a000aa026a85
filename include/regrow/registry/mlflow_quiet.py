"""MLflow without its chatter and telemetry, and its errors in Regrow's words."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from regrow.errors import NotFound, RegrowError, Transient, Unreachable

_ENVIRONMENT = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "false",
    # Airflow retries; what waits here for minutes would only hide that nobody answers.
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
}


class RegistryFailed(RegrowError):
    code = "registry_failed"


@contextmanager
def quiet(address: str) -> Iterator[None]:
    """Run MLflow's calls inside. Raises Unreachable, Transient, NotFound or RegistryFailed for what MLflow raises."""
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import mlflow  # noqa: F401 - it sets its loggers' levels when it is imported, so that comes before ours

        levels = [(logging.getLogger(name), logging.getLogger(name).level) for name in ("mlflow", "alembic")]
        for logger, _ in levels:
            logger.setLevel(logging.ERROR)
        try:
            yield
        except RegrowError:
            raise
        except Exception as error:
            raise translated(error, address) from error
        finally:
            for logger, level in levels:
                logger.setLevel(level)


def translated(error: Exception, address: str) -> Exception:
    """What `error` means to Regrow; errors that are not MLflow's or its database's stay as they are."""
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import OperationalError

    if isinstance(error, OperationalError):
        return Unreachable(service="MLflow's database", address=address, reason=_short(error.orig))
    if not isinstance(error, MlflowException):
        return error
    if "API request to" in error.message and "failed with" in error.message:
        return Unreachable(service="MLflow", address=address, reason=_short(error.message))
    if error.error_code == "TEMPORARILY_UNAVAILABLE":
        return Transient(f"MLflow at {address} is busy: {_short(error.message)}")
    if error.error_code == "RESOURCE_DOES_NOT_EXIST":
        return NotFound("entry in MLflow", _short(error.message))
    return RegistryFailed(f"MLflow at {address} refused: {_short(error.message)}", error_code=error.error_code)


def _short(text: Any) -> str:
    return str(text).strip().splitlines()[0][:300] if str(text).strip() else "no message"
