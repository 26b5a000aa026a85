"""A private PostgreSQL on a free port of this machine, with a password, gone with the tests."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import LiteralString
from uuid import uuid4

import psycopg
from psycopg import sql

from support.local_serving import free_port

PASSWORD = "geheim-4711"
_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "60",
    "shared_buffers": "16MB",
    "autovacuum": "off",
    "jit": "off",
    "lc_messages": "C",
}


def programs() -> Path | None:
    """The folder of initdb and postgres: on the PATH, or the newest of Debian's."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else found[-1].parent if found else None


def missing() -> str | None:
    """Why there can be no PostgreSQL here."""
    return None if programs() else "PostgreSQL is not installed (apt-get install postgresql)"


def _as_user(command: list[str]) -> list[str]:
    """PostgreSQL does not run as root."""
    if os.geteuid() != 0:
        return command
    known = {entry.pw_name for entry in pwd.getpwall()}
    user = "postgres" if "postgres" in known else "nobody"
    return ["setpriv", f"--reuid={user}", f"--regid={pwd.getpwnam(user).pw_gid}", "--clear-groups", *command]


class Postgres:
    def __init__(self, folder: Path) -> None:
        self.port, self._folder, self._data = free_port(), folder, folder / "data"
        programs_here = programs()
        assert programs_here
        self._programs = programs_here
        self._initialise()
        self.start()
        self.execute("CREATE DATABASE prepared")

    def _initialise(self) -> None:
        (self._folder / "password").write_text(PASSWORD, encoding="utf-8")
        if os.geteuid() == 0:
            self._folder.chmod(0o755)
            owner = _as_user(["x"])[1].partition("=")[2]
            self._data.mkdir()
            shutil.chown(self._data, owner)
        command = [str(self._programs / "initdb"), "-D", str(self._data), "-A", "scram-sha-256", "-U", "regrow"]
        done = subprocess.run(
            _as_user([*command, f"--pwfile={self._folder / 'password'}", "--no-sync", "--locale=C.UTF-8"]),
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
        )
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        """Again and again while the processes of a killed one still end."""
        deadline = time.monotonic() + 60
        while not self._started():
            assert time.monotonic() < deadline, (self._folder / "log").read_text(encoding="utf-8")[-2000:]

    def _started(self) -> bool:
        options = [word for name, value in _SETTINGS.items() for word in ("-c", f"{name}={value}")]
        command = [str(self._programs / "postgres"), "-D", str(self._data), "-p", str(self.port), *options]
        with (self._folder / "log").open("ab") as log:
            self._server = subprocess.Popen(_as_user(command), stdout=log, stderr=log, cwd="/")
        while self._server.poll() is None:
            try:
                self.execute("SELECT 1")
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return True
        time.sleep(0.1)
        return False

    def kill(self) -> None:
        """As by `kill -9` of the server; its children end by themselves when they notice."""
        self._server.send_signal(signal.SIGKILL)
        self._server.wait()

    def stop(self) -> None:
        self._server.send_signal(signal.SIGQUIT)
        self._server.wait()

    def execute(self, statement: LiteralString, *names: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """`names` stand for {} in the statement."""
        query = sql.SQL(statement).format(*map(sql.Identifier, names))
        with psycopg.connect(self.address(database), autocommit=True, connect_timeout=5) as connection:
            cursor = connection.execute(query)
            return cursor.fetchall() if cursor.description else []

    def address(self, database: str, password: str = PASSWORD) -> str:
        return f"postgresql://regrow:{password}@127.0.0.1:{self.port}/{database}"

    def database(self, template: str = "template0") -> str:
        """The address of a new database."""
        name = f"ledger_{uuid4().hex}"
        self.execute("CREATE DATABASE {} TEMPLATE {}", name, template)
        return self.address(name)

    def drop(self, address: str) -> None:
        self.execute("DROP DATABASE {} WITH (FORCE)", address.rpartition("/")[2])


@contextmanager
def postgres() -> Iterator[Postgres]:
    folder = Path(tempfile.mkdtemp(prefix="regrow-postgres-"))
    server = Postgres(folder)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
