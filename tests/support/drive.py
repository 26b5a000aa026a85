"""Bring the toy pipeline below a folder up to date, once, in a process of its own that tests may kill.

`python -m support.drive ROOT [--processes]`; prints the outcomes.
"""

from __future__ import annotations

import sys
from pathlib import Path

from regrow.settings import Settings
from regrow.spec.load import load_pipeline
from regrow.steps.local import Taken, catch_up
from support.memory_space import InThisProcess, OutsideInMemory


def main(root: Path, processes: bool) -> None:
    settings = Settings(home=root / "home", data_root=root / "data", pipelines=root / "pipelines")
    space = (OutsideInMemory if processes else InThisProcess)(settings, workers=2)
    loaded = load_pipeline(settings.pipelines / "toy_parcels.yaml")
    for done in catch_up(space, loaded, through=None, actor="test", progress=quiet):
        print("taken" if isinstance(done, Taken) else done.outcome)
    space.close()


def quiet(line: str) -> None:
    """Progress is not what these tests read."""


if __name__ == "__main__":
    main(Path(sys.argv[1]), "--processes" in sys.argv)
