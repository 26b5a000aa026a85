import os
import subprocess
import sys
from pathlib import Path

import polars as pl

from regrow.training.frames import read_frame, write_frame


def test_equal_rows_are_equal_bytes_however_they_were_put_together(tmp_path: Path) -> None:
    parts = [pl.DataFrame({"x": range(start, start + 1000)}) for start in range(0, 5000, 1000)]
    write_frame(pl.concat(parts, rechunk=False), tmp_path / "parts.parquet")
    write_frame(pl.DataFrame({"x": range(5000)}), tmp_path / "whole.parquet")
    assert (tmp_path / "parts.parquet").read_bytes() == (tmp_path / "whole.parquet").read_bytes()
    assert read_frame(tmp_path / "parts.parquet")["x"].to_list() == list(range(5000))


def test_the_number_of_threads_changes_no_byte(tmp_path: Path) -> None:
    script = (
        "import sys, polars as pl; from pathlib import Path; from regrow.training.frames import write_frame;"
        "write_frame(pl.DataFrame({c: pl.Series(range(300_000)) * 1.5 for c in 'abc'}), Path(sys.argv[1]))"
    )
    for threads in ("1", "3"):
        environment = {**os.environ, "POLARS_MAX_THREADS": threads}
        subprocess.run([sys.executable, "-c", script, str(tmp_path / threads)], check=True, env=environment)
    assert (tmp_path / "1").read_bytes() == (tmp_path / "3").read_bytes()
