"""Starting and stopping everything on this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from importlib.metadata import version
from pathlib import Path

from regrow.errors import RegrowError
from regrow.frozen import Frozen
from regrow.platform import airflow_home
from regrow.platform.health import airflow_lacks, http_lacks, until
from regrow.platform.ports import Ports, chosen, kept
from regrow.platform.services import AIRFLOW, MLFLOW_ENVIRONMENT, SCHEDULER, own_mlflow, services
from regrow.platform.supervisor import Supervisor
from regrow.platform.workspace import Workspace, open_workspace
from regrow.settings import Settings
from regrow.steps.runner import Progress


class Link(Frozen):
    name: str
    address: str
    about: str

    def row(self) -> dict[str, str]:
        return {"service": self.name, "address": self.address, "about": self.about}


def bring_up(settings: Settings, *, timeout: float, progress: Progress) -> tuple[Link, ...]:
    """Start what does not run, wait until all of it answers, restore what was served. Idempotent. Raises TimedOut."""
    ports = ensure_supervisor(settings, progress)
    supervisor = Supervisor(settings.root)
    _prepare_databases(settings, ports, progress)
    _start(supervisor, settings, ports, timeout, progress)
    workspace = open_workspace(settings)
    try:
        _restore(workspace, progress)
        return links(workspace)
    finally:
        workspace.close()


def bring_down(settings: Settings, *, progress: Progress) -> None:
    """Stop all processes and keep the data. Nothing happens where none runs."""
    supervisor = Supervisor(settings.root)
    running = [state.name for state in supervisor.states().values() if state.state in ("RUNNING", "STARTING")]
    if not supervisor.alive:
        progress("nothing runs")
        return
    progress(f"stopping {', '.join(sorted(running)) or 'the supervisor'}")
    supervisor.stop()
    progress(f"all stopped; the data stays in {settings.root}")


def ensure_supervisor(settings: Settings, progress: Progress) -> Ports:
    """The supervisor with every program known, none but Envoy and the predictors started."""
    supervisor = Supervisor(settings.root)
    before = kept(settings)
    if supervisor.alive and before is not None:
        return before
    ports = chosen(settings)
    airflow_home.prepare(settings, ports)
    workspace = open_workspace(settings)
    environment = {
        **workspace.environment(),
        **airflow_home.environment(settings),
        **MLFLOW_ENVIRONMENT,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    progress(f"starting the supervisor; logs in {settings.root / 'logs'}")
    supervisor.start(services(settings, ports), airflow_home.project(settings), environment)
    return ports


def links(workspace: Workspace) -> tuple[Link, ...]:
    """Where everything answers: Airflow, MLflow, and each model that has a champion."""
    settings = workspace.settings
    host, ports = settings.host, kept(settings)
    assert ports is not None
    where = f"user {airflow_home.USER}, password in {airflow_home.passwords_file(settings)}"
    served = [
        Link(name=model, address=workspace.router.address(model), about=f"version {champion.version}")
        for model in sorted({known.model for known in workspace.ledger.models.versions()})
        if (champion := workspace.ledger.models.champion(model)) is not None
    ]
    return (
        Link(name="airflow", address=f"http://{host}:{ports.airflow}", about=where),
        Link(name="mlflow", address=_mlflow(settings, ports), about="experiments and versions"),
        *served,
    )


def _prepare_databases(settings: Settings, ports: Ports, progress: Progress) -> None:
    """Each database is initialised once, by one process, before anything uses it; the store is swept."""
    workspace = open_workspace(settings)
    workspace.registry.prepare()
    workspace.store.sweep()
    stamp, wanted = settings.airflow / "migrated", version("apache-airflow-core")
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    progress("preparing Airflow's database")
    environment = {**os.environ, **airflow_home.environment(settings)}
    command = [sys.executable, "-m", "airflow", "db", "migrate"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RegrowError(f"Airflow's database could not be prepared: {done.stderr.strip()[-500:]}")
    stamp.write_text(wanted, encoding="utf-8")


def _start(supervisor: Supervisor, settings: Settings, ports: Ports, timeout: float, progress: Progress) -> None:
    """The scheduler last: the api-server builds what tasks talk to at a first request, and a task would not wait."""
    airflow, mlflow = f"http://{settings.host}:{ports.airflow}", _mlflow(settings, ports)
    wait = partial(until, timeout=timeout, progress=progress, next_step=f"see the logs in {settings.root / 'logs'}")
    for name in (*(("mlflow",) if own_mlflow(settings) else ()), *AIRFLOW):
        if name != SCHEDULER:
            supervisor.start_process(name)
    wait(lambda: http_lacks("the api-server", f"{airflow}/execution/health/ping", timeout=60), what="Airflow")
    supervisor.start_process(SCHEDULER)
    wait(lambda: airflow_lacks(airflow), what="Airflow")
    wait(lambda: http_lacks("an answer", f"{mlflow}/health"), what="MLflow")


def _mlflow(settings: Settings, ports: Ports) -> str:
    return f"http://{settings.host}:{ports.mlflow}" if own_mlflow(settings) else settings.mlflow.rstrip("/")


def _restore(workspace: Workspace, progress: Progress) -> None:
    """Bring back what the ledger says is served."""
    from regrow.rollout.execute import restore

    for model in sorted({known.model for known in workspace.ledger.models.versions()}):
        if workspace.ledger.models.champion(model) is not None:
            restore(workspace.ledger, workspace.deployer, workspace.router, model=model, progress=progress)
