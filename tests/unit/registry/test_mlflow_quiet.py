from __future__ import annotations

import logging
import warnings

import pytest
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import (
    INVALID_PARAMETER_VALUE,
    RESOURCE_DOES_NOT_EXIST,
    TEMPORARILY_UNAVAILABLE,
)
from sqlalchemy.exc import OperationalError

from regrow.errors import NotFound, Transient, Unreachable
from regrow.registry.mlflow_quiet import RegistryFailed, quiet


@pytest.mark.parametrize(
    ("raised", "meant", "words"),
    [
        (MlflowException("API request to http://x failed with exception refused"), Unreachable, "does not answer"),
        (MlflowException("(sqlite3) database is locked", TEMPORARILY_UNAVAILABLE), Transient, "is busy"),
        (MlflowException("Run 'x' not found", RESOURCE_DOES_NOT_EXIST), NotFound, "Run 'x' not found"),
        (MlflowException("bad name", INVALID_PARAMETER_VALUE), RegistryFailed, "refused: bad name"),
        (OperationalError("SELECT", {}, Exception("unable to open")), Unreachable, "unable to open"),
    ],
)
def test_each_error_of_mlflow_means_one_of_ours(raised: Exception, meant: type[Exception], words: str) -> None:
    with pytest.raises(meant, match=words) as found, quiet("there"):
        raise raised
    assert type(found.value) is meant
    assert found.value.__cause__ is raised


@pytest.mark.parametrize("error", [NotFound("thing", "x"), ZeroDivisionError("no")])
def test_what_is_not_mlflows_stays_as_it_is(error: Exception) -> None:
    with pytest.raises(type(error)) as found, quiet("there"):
        raise error
    assert found.value is error


def test_inside_there_is_no_chatter_and_outside_all_is_as_before() -> None:
    import mlflow

    logger = logging.getLogger(mlflow.__name__)
    before = logger.level
    with quiet("there"):
        warnings.warn("deprecated", DeprecationWarning, stacklevel=1)
        assert not logger.isEnabledFor(logging.WARNING)
    assert logger.level == before
