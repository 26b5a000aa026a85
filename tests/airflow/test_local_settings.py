"""What the scheduler imports before it forks."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("mlflow", "pandas", "sklearn", "lightgbm", "scipy", "optuna", "great_expectations", "evidently")

LOAD = f"""\
import sys
from regrow_airflow.local_settings import *
print("regrow_airflow.operators.step" in sys.modules, [name for name in {HEAVY!r} if name in sys.modules])
"""


def test_it_preloads_what_tasks_need_and_nothing_heavy() -> None:
    found = subprocess.run([sys.executable, "-c", LOAD], capture_output=True, text=True, check=True)
    assert found.stdout.splitlines()[-1] == "True []", found.stdout


def test_where_steps_run_as_pods_their_operator_is_there_too(monkeypatch: pytest.MonkeyPatch) -> None:
    look = "print('regrow_airflow.operators.pod' in sys.modules)"
    code = f"import sys; from regrow_airflow.local_settings import *; {look}"
    monkeypatch.setenv("REGROW_RUNNER", "kubernetes")
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.splitlines()[-1] == "True"
