"""`kill -9` at every step boundary: the next start goes on and ends exactly where an undisturbed run ends.

CI size: every kind of step after its outputs are stored, and every boundary of an effect. Full size (REGROW_SOAK=1):
every kind at all four boundaries, in processes too.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from regrow.ledger.open import open_ledger
from regrow.steps.kinds import kinds
from support.toy import Toy

SOAK = os.environ.get("REGROW_SOAK") == "1"
BOUNDARIES = ("before-work", "after-work", "after-put", "after-record")
STEPS = [f"{point}:{kind}" for kind in kinds.names() for point in (BOUNDARIES if SOAK else ("after-put",))]
EFFECTS = ["after-registry", "after-ledger", "after-stage"]

pytestmark = pytest.mark.fault


def drive(root: Path, failpoint: str = "", processes: bool = False) -> int:
    command = [sys.executable, "-m", "support.drive", str(root), *(["--processes"] if processes else [])]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), "REGROW_FAILPOINT": failpoint}
    return subprocess.run(command, env=environment, check=False, capture_output=True, timeout=120).returncode


def left_behind(root: Path) -> dict[str, object]:
    """What must be equal however often it was killed: outputs by step, versions, champion, promotions."""
    ledger = open_ledger(f"sqlite:///{root / 'home' / 'ledger.db'}")
    records = [ledger.records.find(use.fingerprint) for use in ledger.records.uses(pipeline="toy-parcels")]
    champion = ledger.models.champion("toy-parcels")
    found = {
        "outputs": {r.step: (r.fingerprint, r.output) for r in records if r and r.kind != "snapshot"},
        "snapshots": {r.step: r.output for r in records if r and r.kind == "snapshot"},
        "versions": [(version.version, version.record) for version in ledger.models.versions("toy-parcels")],
        "champion": champion and (champion.version, champion.epoch),
        "promotions": sum(entry.action == "champion.promoted" for entry in ledger.audit.entries()),
        "unfinished": [run.run_id for run in ledger.runs.recent("toy-parcels", 100) if run.outcome == "running"],
    }
    ledger.close()
    return found


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("project")
    Toy(root).arrive(range(3))
    return root


@pytest.fixture(scope="module")
def undisturbed(project: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    root = _copy(project, tmp_path_factory.mktemp("undisturbed"))
    assert drive(root) == 0
    found = left_behind(root)
    assert found["champion"] == ("1.0.0", 1)
    return found


@pytest.mark.parametrize("failpoint", STEPS + EFFECTS)
def test_a_killed_run_ends_where_an_undisturbed_one_ends(
    failpoint: str, project: Path, undisturbed: dict[str, object], tmp_path: Path
) -> None:
    root = _copy(project, tmp_path)
    assert drive(root, failpoint) == -signal.SIGKILL
    assert drive(root) == 0
    assert left_behind(root) == undisturbed


@pytest.mark.parametrize("failpoint", STEPS if SOAK else ["after-work:trial"])
def test_a_killed_step_process_is_named_and_the_next_start_ends_the_same(
    failpoint: str, project: Path, undisturbed: dict[str, object], tmp_path: Path
) -> None:
    root = _copy(project, tmp_path)
    drive(root, failpoint, processes=True)
    assert drive(root, processes=True) == 0
    assert left_behind(root) == undisturbed


def _copy(project: Path, into: Path) -> Path:
    """With the files' times: a partition's listing is part of its snapshot's fingerprint."""
    return Path(shutil.copytree(project, into / "project"))
