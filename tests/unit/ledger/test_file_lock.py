"""The lock between processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from regrow.errors import TimedOut
from regrow.ledger.file_lock import locked

HOLDER = """
import sys
from pathlib import Path
from regrow.ledger.file_lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_a_held_lock_keeps_others_out_until_its_holder_dies(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(TimedOut, match=r"0\.05 s"), locked(path, seconds=0.05):
            pass
        holder.kill()
    with locked(path, seconds=5):
        assert path.exists()


def test_a_lock_can_be_taken_again_after_its_holder_failed(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="inside"), locked(tmp_path / "lock"):
        raise ValueError("inside")
    with locked(tmp_path / "lock", seconds=0):
        assert (tmp_path / "lock").exists()
