"""Deleting a home: only what Regrow put there, and only where it is one."""

from __future__ import annotations

import shutil
from pathlib import Path

from regrow.errors import Refused

OURS = ("ledger.db", "store", "mlflow", "airflow", "serving", "captures", "run", "logs", "data", "demo")


def listed(root: Path) -> list[str]:
    """A line for each thing that `delete` would take, with its size."""
    return [f"{path}  {_size(path) / 1e6:,.1f} MB" for path in _found(root)] or [f"{root} is empty"]


def delete(root: Path) -> None:
    """Raises Refused for a folder that cannot be a home."""
    if root in (Path.home(), Path("/")) or (root / ".git").exists():
        raise Refused(f"{root} is no home of Regrow's: nothing was deleted; set REGROW_HOME")
    for path in _found(root):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    if root.is_dir() and not any(root.iterdir()):
        root.rmdir()


def _found(root: Path) -> list[Path]:
    if not root.is_dir():
        return []
    return sorted(path for path in root.iterdir() if any(path.name.startswith(name) for name in OURS))


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.lstat().st_size for file in files if file.is_file())
