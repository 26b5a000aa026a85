"""What Regrow costs: the same trials on the same rows, by a bare script and by Regrow in process.

Both sides train every trial of the example's study on the first half of 2013, two at once, one thread each, on this
machine, in turns. The bare side is what a careful person would write without a platform: read the rows, make the
features once, split, fit, score, save the model files. Nothing is recorded, compared or registered there. At the end
the same run is made once under Airflow.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).parent
ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS")}


def timed(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=os.environ | ONE_THREAD)
    return time.perf_counter() - started


def side(name: str, root: Path, *more: str) -> list[str]:
    return [sys.executable, str(HERE / "overhead_side.py"), name, str(root), *more]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-airflow", action="store_true", help="leave the run under Airflow out")
    options = parser.parse_args()
    with TemporaryDirectory(prefix="regrow-bench-") as folder:
        root = Path(folder)
        subprocess.run(side("prepare", root), check=True)
        bares, ratios = [], []
        for number in range(options.rounds):
            bare = timed(side("bare", root, str(number)))
            subprocess.run(side("fresh", root, str(number)), check=True)
            ours = timed(side("regrow", root, str(number)))
            bares.append(bare)
            ratios.append(ours / bare)
            print(
                f"round {number}: bare {bare:.1f} s, regrow in process {ours:.1f} s, ratio {ours / bare:.2f}",
                flush=True,
            )
        if not options.no_airflow:
            told = subprocess.run(side("airflow", root), check=True, stdout=subprocess.PIPE, text=True).stdout
            seconds = float(told.split()[-1])
            print(f"under Airflow: {seconds:.1f} s, {seconds / statistics.median(bares):.2f}x of a bare script")
    print(f"overhead: {statistics.median(ratios):.2f}x of a bare script (lower is better)")


if __name__ == "__main__":
    main()
