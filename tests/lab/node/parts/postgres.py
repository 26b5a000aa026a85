"""PostgreSQL, one server with a database and an owner for each service that keeps its own."""

from __future__ import annotations

import os
import pwd
import signal
from pathlib import Path

from lab.node import addresses, packages, passwords, places, shell
from lab.node.part import Part
from lab.node.process import Process

DATABASES = ("mlflow", "ledger", "airflow")
_USER = "postgres"
"""It refuses to run as root; Debian's package made this user."""

_ACCESS = f"""\
local all {_USER} peer
host all all {addresses.PODS} scram-sha-256
"""


def url(database: str) -> str:
    """For SQLAlchemy with psycopg."""
    word = passwords.password(f"postgres-{database}")
    return f"postgresql+psycopg://{database}:{word}@{addresses.NODE}:{addresses.POSTGRES}/{database}"


def process() -> Process:
    # SIGINT ends it at once; SIGTERM would wait for every client.
    return Process("postgres", _command, _answers, user=_USER, stop_signal=signal.SIGINT)


def _command() -> list[str | Path]:
    settings = {
        "listen_addresses": addresses.NODE,
        "port": str(addresses.POSTGRES),
        "unix_socket_directories": str(_sockets()),
        "max_connections": "300",
        # The lab's data need not survive a loss of power, only of processes; a commit that waits in the server's own
        # memory, as it does without synchronous_commit, survives neither.
        "fsync": "off",
        "full_page_writes": "off",
    }
    given = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    return [packages.postgres("postgres"), "-D", _folder(), *given]


def _answers() -> bool:
    host = ("-h", addresses.NODE, "-p", str(addresses.POSTGRES), "-t", "2")
    return shell.succeeds(packages.postgres("pg_isready"), "-q", *host)


def _prepare() -> None:
    for folder in (_folder(), _sockets()):
        _owned(folder)
    if not (_folder() / "PG_VERSION").exists():
        _as_postgres(packages.postgres("initdb"), "-D", str(_folder()), "--auth=peer", "--no-sync", "--encoding=UTF8")
        (_folder() / "pg_hba.conf").write_text(_ACCESS)
    if process().pid is None:
        # A server that was killed and that nobody has buried yet counts as running for the next one.
        (_folder() / "postmaster.pid").unlink(missing_ok=True)


def _settle() -> None:
    for name in DATABASES:
        if not _query(f"SELECT 1 FROM pg_roles WHERE rolname = '{name}'"):
            _query(f"CREATE ROLE {name} LOGIN PASSWORD '{passwords.password(f'postgres-{name}')}'")
        if not _query(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):
            _query(f"CREATE DATABASE {name} OWNER {name}")


def _query(statement: str) -> str:
    """Over standard input: a password in the arguments is there for every process to read."""
    where = ("-h", str(_sockets()), "-p", str(addresses.POSTGRES), "-d", "postgres")
    options = ("-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1")
    return _as_postgres(packages.postgres("psql"), *where, *options, given=statement).strip()


def _as_postgres(*command: str | Path, given: str | None = None) -> str:
    become = ("setpriv", f"--reuid={_USER}", f"--regid={_USER}", "--init-groups")
    return shell.run(*become, *command, given=given, folder=Path("/"))


def _owned(folder: Path) -> None:
    entry = pwd.getpwnam(_USER)
    places.made(folder).chmod(0o700)
    os.chown(folder, entry.pw_uid, entry.pw_gid)


def _folder() -> Path:
    return places.home() / "data" / "postgres"


def _sockets() -> Path:
    return places.home() / "run" / "postgres"


PART = Part("postgres", process, _prepare, _settle, after=("network",))
