"""The DAG of a pipeline whose YAML is broken: it is there, it says what is wrong, and it does nothing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from airflow.sdk import DAG, BaseOperator
from airflow.sdk.exceptions import AirflowFailException

_PLACE = re.compile(r"^(?:.*/)?([\w.-]{1,80}:\d+:\d+)(?=:)", re.MULTILINE)


class BrokenSpecOperator(BaseOperator):
    """Fails with the problems of the YAML, for who triggers it all the same."""

    ui_color = "#f6e3e0"

    def __init__(self, *, problems: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.problems = problems

    def execute(self, context: Any) -> None:
        raise AirflowFailException(
            f"this pipeline's YAML is broken; mend it and Airflow builds it anew\n{self.problems}"
        )


def placeholder(path: Path, problems: str) -> DAG:
    """Unscheduled, with the id that the mended pipeline will have. `problems` begin with `file:line:column` each."""
    fenced = f"```text\n{problems.replace('```', chr(39) * 3)}\n```\n"
    dag = DAG(
        dag_id=dag_id_of(path),
        schedule=None,
        doc_md=f"## {path.name} is broken\n\n{fenced}\nMend it; `regrow validate {path.name}` says the same.\n",
        description=f"Broken: {_first_line(problems)}",
        tags=["regrow", "broken", *_places(problems)],
        catchup=False,
    )
    with dag:
        BrokenSpecOperator(task_id="broken", problems=problems, doc_md=fenced, retries=0)
    return dag


def dag_id_of(path: Path) -> str:
    return path.stem.replace("_", "-")


def _places(problems: str) -> list[str]:
    """The first few `file.yaml:line:column`, without folders: what fits into tags."""
    return list(dict.fromkeys(_PLACE.findall(problems)))[:5]


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")[:200]
