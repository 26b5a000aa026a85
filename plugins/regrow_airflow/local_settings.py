"""For Airflow's `airflow_local_settings`: `from regrow_airflow.local_settings import *`.

The scheduler imports it before it forks, so that each task's process finds these modules already there. Nothing heavy
is among them: the kernels run in processes of their own.
"""

import regrow_airflow.dag_factory
import regrow_airflow.operators.step
import regrow_airflow.sensors.arrival  # noqa: F401

__all__: list[str] = []
