"""The composition root in Airflow: a pipeline's YAML becomes its two DAGs, or, if it is broken, a placeholder."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path

from airflow.sdk import DAG

from regrow.errors import RegrowError
from regrow.settings import Settings
from regrow.spec.load import LoadedPipeline, load_pipeline
from regrow_airflow.arrival_dag import arrival_dag
from regrow_airflow.placeholder import dag_id_of, placeholder
from regrow_airflow.retraining_dag import retraining_dag


def build(path: Path, only: str | None = None) -> list[DAG]:
    """The DAGs of the pipeline in `path`, or just the one called `only`."""
    name = dag_id_of(path)
    settings = _settings(_environment())
    makers: dict[str, Callable[[LoadedPipeline], DAG]] = {
        name: partial(retraining_dag, settings=settings),
        f"{name}--arrival": arrival_dag,
    }
    wanted = [make for dag_id, make in makers.items() if only in (None, dag_id)]
    if not wanted:
        return []
    try:
        loaded = load_pipeline(path, settings)
    except (RegrowError, OSError) as error:
        return [placeholder(path, str(error))]
    return [make(loaded) for make in wanted]


@lru_cache(maxsize=1)
def _settings(environment: tuple[tuple[str, str], ...]) -> Settings:
    """Read once for all pipelines, not for each; anew where the environment that they come from has changed."""
    return Settings()


def _environment() -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, value) for name, value in os.environ.items() if name.upper().startswith("REGROW_")))
