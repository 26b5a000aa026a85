"""Airflow as a part of Regrow: its home on this machine, made once and kept.

Its configuration is a file that only the owner may read, so that secrets are in no process's environment, and
`AIRFLOW_HOME=… airflow …` at a shell sees what the services see.
"""

from __future__ import annotations

import base64
import configparser
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from regrow.platform.ports import Ports
from regrow.settings import Settings

USER = "admin"

_PRELOAD = "from regrow_airflow.local_settings import *\n"


def prepare(settings: Settings, ports: Ports) -> Path:
    """Write Airflow's home; secrets that are there stay. Returns the folder."""
    home = settings.airflow
    (home / "config").mkdir(parents=True, exist_ok=True)
    home.chmod(0o700)
    _keep(passwords_file(settings), json.dumps({USER: secrets.token_urlsafe(12)}))
    (home / "config" / "airflow_local_settings.py").write_text(_PRELOAD, encoding="utf-8")
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_dict(_secrets(home))
    parser.read_dict(config(settings, ports))
    with _private(home / "airflow.cfg") as file:
        parser.write(file)
    return home


def password(settings: Settings) -> str:
    """Of USER. The file is made at the first start."""
    return str(json.loads(passwords_file(settings).read_text(encoding="utf-8"))[USER])


def passwords_file(settings: Settings) -> Path:
    return settings.airflow / "passwords.json"


def environment(settings: Settings) -> dict[str, str]:
    """Besides the workspace's variables."""
    return {"AIRFLOW_HOME": str(settings.airflow), "REGROW_PIPELINES": str(settings.pipelines.resolve())}


def project(settings: Settings) -> Path:
    """The folder that dags/ and plugins/ lie in."""
    return settings.pipelines.resolve().parents[1]


def config(settings: Settings, ports: Ports) -> Mapping[str, Mapping[str, str]]:
    """Every option that differs from Airflow's own default, without the secrets."""
    home, here = settings.airflow, project(settings)
    address = f"http://{settings.host}:{ports.airflow}"
    return {
        "core": {
            "dags_folder": str(here / "dags"),
            "plugins_folder": str(here / "plugins"),
            "executor": "regrow_airflow.executor.DeferSafeLocalExecutor",
            "parallelism": "16",
            "load_examples": "False",
            "dags_are_paused_at_creation": "False",
            "execution_api_server_url": f"{address}/execution/",
            "simple_auth_manager_users": f"{USER}:admin",
            "simple_auth_manager_passwords_file": str(passwords_file(settings)),
        },
        "database": {"sql_alchemy_conn": f"sqlite:///{home / 'airflow.db'}"},
        "api": {"host": settings.host, "port": str(ports.airflow), "base_url": address, "workers": "1"},
        "scheduler": {
            "scheduler_idle_sleep_time": "0.25",
            "trigger_timeout_check_interval": "3",
            # A task whose process was killed is tried again after so many seconds of silence; heartbeats come every 5.
            "task_instance_heartbeat_timeout": "60",
            # And those of a scheduler that was killed, after so many.
            "orphaned_tasks_check_interval": "60",
        },
        "dag_processor": {
            "parsing_processes": "1",
            "min_file_process_interval": "30",
            "refresh_interval": "10",
        },
        "logging": {
            "base_log_folder": str(settings.root / "logs" / "airflow"),
            "uvicorn_logging_level": "WARNING",
            "namespace_levels": "great_expectations=WARNING",
        },
    }


def _secrets(home: Path) -> Mapping[str, Mapping[str, str]]:
    """The ones of before, or new ones. Airflow would make up others in each of its processes."""
    before = configparser.ConfigParser(interpolation=None)
    before.read(home / "airflow.cfg")
    new = {
        ("core", "fernet_key"): base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        ("api", "secret_key"): secrets.token_urlsafe(64),
        ("api_auth", "jwt_secret"): secrets.token_urlsafe(64),
    }
    found: dict[str, dict[str, str]] = {}
    for (section, option), value in new.items():
        found.setdefault(section, {})[option] = before.get(section, option, fallback=value)
    return found


def _keep(path: Path, text: str) -> None:
    if not path.exists():
        with _private(path) as file:
            file.write(text)


def _private(path: Path) -> TextIO:
    """A file to write that nobody else may read, from its first byte on."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8")
