"""What Regrow costs: the same trials on the same rows, by a bare script and by Regrow in process.

Both sides train every trial of the example's study on January and February 2013, two at once, on this machine, in
turns. The bare side is what a careful person would write without a platform: read the rows, make the features once,
split, fit, score, save the model files. Nothing is validated, recorded, compared or registered there.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).parent


def timed(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    with TemporaryDirectory(prefix="regrow-bench-") as folder:
        root = Path(folder)
        subprocess.run([sys.executable, str(HERE / "overhead_side.py"), "prepare", str(root)], check=True)
        ratios = []
        for number in range(rounds):
            bare = timed([sys.executable, str(HERE / "overhead_side.py"), "bare", str(root), str(number)])
            ours = timed([sys.executable, str(HERE / "overhead_side.py"), "regrow", str(root), str(number)])
            ratios.append(ours / bare)
            print(f"round {number}: bare {bare:.1f} s, regrow in process {ours:.1f} s, ratio {ours / bare:.2f}")
    print(f"overhead: {statistics.median(ratios):.2f}x of a bare script (lower is better)")


if __name__ == "__main__":
    main()
