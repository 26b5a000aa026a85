"""For Airflow's `airflow_local_settings`: `from regrow_airflow.local_settings import *`.

The scheduler imports it before it forks, so that each task's process finds these modules already there. Nothing heavy
is among them: the kernels run in processes of their own. The client of Kubernetes is, where steps run as pods: a task
that imports it by itself waits seconds for it.
"""

from importlib import import_module

import regrow_airflow.dag_factory
import regrow_airflow.operators.step
import regrow_airflow.sensors.arrival  # noqa: F401
from regrow.settings import Settings

if Settings().runner == "kubernetes":
    import_module("regrow_airflow.operators.pod")

__all__: list[str] = []
