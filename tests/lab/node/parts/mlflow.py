"""MLflow's server, before the lab's PostgreSQL and S3: host and pods need its address alone."""

from __future__ import annotations

import sys
from pathlib import Path

from lab.node import addresses, probes
from lab.node.part import Part
from lab.node.parts import postgres, s3
from lab.node.process import Process

URI = f"http://{addresses.NODE}:{addresses.MLFLOW}"
_NAMES = (addresses.NODE, "mlflow.lab", "localhost")


def process() -> Process:
    return Process("mlflow", _command, probes.answers(f"{URI}/health"), environment=_environment())


def _command() -> list[str | Path]:
    hosts = [*_NAMES, *(f"{name}:{addresses.MLFLOW}" for name in _NAMES), "mlflow.*", "mlflow.*:*"]
    return [
        *(sys.executable, "-m", "mlflow", "server"),
        *("--host", addresses.NODE, "--port", str(addresses.MLFLOW), "--workers", "1"),
        *("--backend-store-uri", postgres.url("mlflow")),
        *("--artifacts-destination", "s3://mlflow/artifacts", "--serve-artifacts"),
        *("--allowed-hosts", ",".join(hosts)),
    ]


def _environment() -> dict[str, str]:
    return {
        **s3.ENVIRONMENT,
        "MLFLOW_S3_ENDPOINT_URL": s3.ENDPOINT,
        # Its job runner starts processes that nobody asked for; its telemetry calls out.
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "DO_NOT_TRACK": "true",
    }


PART = Part("mlflow", process, after=("network", "postgres", "s3"))
