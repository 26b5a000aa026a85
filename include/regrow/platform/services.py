"""The processes of one machine, by name. Predictors come and go beside them, through conf.d/."""

from __future__ import annotations

import sys

from regrow.platform.ports import Ports
from regrow.platform.programs import Program
from regrow.settings import Settings

SCHEDULER = "airflow-scheduler"
AIRFLOW = ("airflow-api-server", SCHEDULER, "airflow-dag-processor", "airflow-triggerer")


def services(settings: Settings, ports: Ports) -> tuple[Program, ...]:
    """What this machine itself has to run: a part that is somebody else's is not among them."""
    envoy = (_envoy(settings),) if settings.serving_backend == "local" else ()
    mlflow = (_mlflow(settings, ports),) if own_mlflow(settings) else ()
    return (*envoy, *mlflow, *_airflow())


def own_mlflow(settings: Settings) -> bool:
    """Whether MLflow's server is this home's own, in front of its database."""
    return not settings.mlflow.startswith(("http://", "https://"))


def _envoy(settings: Settings) -> Program:
    """Starts with the supervisor: whoever deploys a version needs it, and the champion must answer first of all."""
    from regrow.serving.open import open_data_plane

    plane = open_data_plane(settings)
    plane.prepare()
    return Program(name="envoy", command=plane.command(), stop_seconds=20, priority=50)


def _airflow() -> tuple[Program, ...]:
    """The four parts of Airflow, each kept by itself.

    Log servers are off: they would bind to every address, and on one machine the api-server reads the files itself.
    SIGINT, because SIGTERM leaves children behind.
    """
    flags = {SCHEDULER: ("--skip-serve-logs",), "airflow-triggerer": ("--skip-serve-logs",)}
    return tuple(
        Program(
            name=name,
            command=(sys.executable, "-m", "airflow", name.removeprefix("airflow-"), *flags.get(name, ())),
            starts_by_itself=False,
            stop_signal="INT",
            stop_seconds=30,
            start_seconds=3,
            priority=200,
        )
        for name in AIRFLOW
    )


def _mlflow(settings: Settings, ports: Ports) -> Program:
    where = settings.root / "mlflow"
    names = (settings.host, "localhost", f"{settings.host}:{ports.mlflow}", f"localhost:{ports.mlflow}")
    return Program(
        name="mlflow",
        command=(
            *(sys.executable, "-m", "mlflow", "server"),
            *("--host", settings.host, "--port", str(ports.mlflow), "--workers", "1"),
            *("--backend-store-uri", settings.mlflow),
            *("--artifacts-destination", str(where / "artifacts"), "--serve-artifacts"),
            *("--allowed-hosts", ",".join(names)),
        ),
        starts_by_itself=False,
        stop_seconds=15,
        priority=150,
    )


MLFLOW_ENVIRONMENT = {
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
}
"""Its job runner starts processes that nobody asked for; its telemetry calls out."""
