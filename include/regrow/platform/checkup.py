"""Is this machine fit to run Regrow? Each check says what it found and, where it fails, the command that mends it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from regrow.platform import checkup_cluster
from regrow.platform.finding import Finding
from regrow.platform.ports import WISHED, free, kept
from regrow.platform.supervisor import Supervisor
from regrow.settings import Settings

MODULES = (
    "airflow",
    "mlflow",
    "lightgbm",
    "sklearn",
    "optuna",
    "polars",
    "great_expectations",
    "evidently",
    "supervisor",
)
NEEDED_SPACE = 3_000_000_000
"""Bytes: the example's data, its store and the logs of a month."""

_BOOTSTRAP = "sh tools/bootstrap.sh"


def check_up(settings: Settings) -> tuple[Finding, ...]:
    """All checks, in the order in which their failures explain each other."""
    serving = (envoy,) if settings.serving_backend == "local" else ()
    checks: Sequence[Callable[[Settings], Finding]] = (
        *(python, space, ports, packages, *serving, ledger, clock),
        *checkup_cluster.checks(settings),
    )
    return tuple(check(settings) for check in checks)


def check_quickly(settings: Settings) -> tuple[Finding, ...]:
    """Those that take no time."""
    quick = (python, space, ports, *((envoy,) if settings.serving_backend == "local" else ()))
    return tuple(check(settings) for check in quick)


def python(settings: Settings) -> Finding:
    found = ".".join(str(part) for part in sys.version_info[:3])
    ok = (3, 11) <= sys.version_info[:2] <= (3, 13)
    return Finding(name="python", ok=ok, told=found, fix=f"PYTHON=/path/to/python3.12 {_BOOTSTRAP}")


def space(settings: Settings, needed: int = NEEDED_SPACE) -> Finding:
    where = next(folder for folder in (settings.root, *settings.root.parents) if folder.exists())
    left = shutil.disk_usage(where).free
    told = f"{left / 1e9:.1f} GB free, {needed / 1e9:.1f} GB are enough"
    return Finding(name="disk", ok=left >= needed, told=told, fix="REGROW_HOME=/a/roomier/folder regrow up")


def ports(settings: Settings) -> Finding:
    """Ours while our supervisor lives; otherwise free, or one beside it is."""
    chosen = kept(settings)
    if chosen is not None and Supervisor(settings.root).alive:
        listed = ", ".join(f"{name} {port}" for name, port in chosen.model_dump().items())
        return Finding(name="ports", ok=True, told=f"ours: {listed}")
    held = [f"{name} {port}" for name, port in WISHED.items() if not free(settings.host, port)]
    told = f"held by others: {', '.join(held)}; the next free ones will be taken" if held else "free"
    return Finding(name="ports", ok=True, told=told)


def packages(settings: Settings) -> Finding:
    """Imports each one in a process of its own: what resolves may still not import."""
    script = "import importlib, sys\nfor name in sys.argv[1:]:\n    importlib.import_module(name)\n"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script, *MODULES], capture_output=True, text=True, check=False
    )
    last = (done.stderr.strip().splitlines() or [""])[-1]
    return Finding(
        name="packages", ok=done.returncode == 0, told=last if done.returncode else "all import", fix=_BOOTSTRAP
    )


def envoy(settings: Settings) -> Finding:
    binary = Path(sys.executable).with_name("envoy")
    if not binary.exists():
        return Finding(name="envoy", ok=False, told=f"{binary} is missing", fix=_BOOTSTRAP)
    done = subprocess.run([str(binary), "--version"], capture_output=True, text=True, check=False)
    told = done.stdout.split()[-1] if done.stdout.strip() else done.stderr.strip()
    return Finding(name="envoy", ok=done.returncode == 0, told=told, fix=_BOOTSTRAP)


def ledger(settings: Settings) -> Finding:
    from regrow.platform.workspace import open_workspace

    workspace = open_workspace(settings)
    try:
        runs = len(workspace.ledger.runs.recent(limit=1000))
    except Exception as error:
        fix = f"look at {settings.ledger}; a copy of it can be put in its place"
        return Finding(name="ledger", ok=False, told=f"{type(error).__name__}: {error}", fix=fix)
    finally:
        workspace.close()
    return Finding(name="ledger", ok=True, told=f"opens, {runs} runs")


def clock(settings: Settings) -> Finding:
    """Leases and tokens fail on a clock that is years off or steps back."""
    before = time.time()
    first, year = time.monotonic(), time.gmtime(before).tm_year
    steady = time.time() - before >= -0.001 and time.monotonic() >= first
    ok = steady and 2025 <= year < 2100
    return Finding(
        name="clock",
        ok=ok,
        told=time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(before)),
        fix="timedatectl set-ntp true",
    )
