from pathlib import Path
from typing import Any

import orjson
import polars as pl
import pytest

from regrow.errors import RegrowError
from regrow.training import split
from regrow.training.frames import read_frame, write_frame
from regrow.training.matrix import read_matrix
from regrow.verdicts import Verdict

PARAMS: dict[str, Any] = {"kind": "auto", "label": "late", "time_column": "day", "key": ["id"]}


def partitions(folder: Path, *frames: pl.DataFrame) -> dict[str, dict[str, Path]]:
    for number, frame in enumerate(frames):
        write_frame(frame, folder / f"p{number}" / "features.parquet")
    return {"features": {f"p{number}": folder / f"p{number}" for number in range(len(frames))}}


def test_rows_of_all_partitions_are_split_by_time(tmp_path: Path, run_step: Any, learnable: Any) -> None:
    rows = learnable(400)
    out, outcome = run_step(split.run, PARAMS, partitions(tmp_path, rows[200:], rows[:200]))
    parts = [read_frame(out / f"{part}.parquet") for part in ("train", "validation", "test")]
    assert [part.height for part in parts] == [240, 80, 80]
    assert pl.concat(parts)["id"].to_list() == rows["id"].to_list()
    assert parts[0].columns == ["x", "noise", "colour", "__label__", "__time__", "id"]
    assert parts[0].schema["colour"] == pl.Float64
    assert outcome.facts["kind"] == "temporal"
    assert outcome.facts["spans"]["test"] == ["32", "39"]


def test_without_a_time_column_the_split_is_drawn(tmp_path: Path, run_step: Any, learnable: Any) -> None:
    inputs = partitions(tmp_path, learnable(300).drop("day"))
    outs = [run_step(split.run, PARAMS | {"time_column": None}, inputs, seed=seed)[0] for seed in (1, 1, 2)]
    first, again, other = ((out / "test.parquet").read_bytes() for out in outs)
    assert first == again != other


def test_a_matrix_is_read_in_the_tables_order(split_folder: Any) -> None:
    folder = split_folder()
    matrix = read_matrix(folder, "validation")
    frame = read_frame(folder / "validation.parquet")
    assert matrix.x.shape == (80, 3)
    assert matrix.x[:, 2].tolist() == frame["colour"].to_list()
    assert matrix.y.tolist() == frame["__label__"].to_list()
    assert matrix.table.classes == ("0", "1")
    with pytest.raises(RegrowError, match="not 'tests'"):
        read_matrix(folder, "tests")


def test_a_leak_is_a_warning(tmp_path: Path, run_step: Any, learnable: Any) -> None:
    rows = learnable(400).with_columns(leak=pl.col("late") * 10 + pl.col("noise") / 10)
    out, outcome = run_step(split.run, PARAMS, partitions(tmp_path, rows))
    (warning,) = orjson.loads((out / "warnings.json").read_bytes())
    assert "'leak'" in warning
    assert outcome.facts["warnings"] == [warning]
    assert outcome.verdict is None


def test_a_class_that_only_comes_later_is_left_out_with_a_warning(
    tmp_path: Path, run_step: Any, learnable: Any
) -> None:
    rows = learnable(400).with_columns(late=pl.when(pl.col("id") == "row 0399").then(5).otherwise("late"))
    out, outcome = run_step(split.run, PARAMS, partitions(tmp_path, rows))
    assert read_frame(out / "test.parquet").height == 79
    assert "1 rows are of classes that no training row has" in outcome.facts["warnings"][0]


def test_rows_without_a_label_are_left_out(tmp_path: Path, run_step: Any, learnable: Any) -> None:
    rows = learnable(400).with_columns(late=pl.when(pl.col("day") != 20).then("late"))
    _, outcome = run_step(split.run, PARAMS, partitions(tmp_path, rows))
    assert sum(outcome.facts["rows"].values()) == 390


def test_nothing_is_learned_from_no_rows(tmp_path: Path, run_step: Any, learnable: Any) -> None:
    _, outcome = run_step(split.run, PARAMS, partitions(tmp_path, learnable(20).with_columns(late=None)))
    assert outcome.verdict is Verdict.NO_DATA
    _, nothing = run_step(split.run, PARAMS, {})
    assert nothing.verdict is Verdict.NO_DATA


def test_one_class_is_refused_in_words(tmp_path: Path, run_step: Any, learnable: Any) -> None:
    _, outcome = run_step(split.run, PARAMS, partitions(tmp_path, learnable(40).with_columns(late=1)))
    assert (outcome.verdict, outcome.reason) == (
        Verdict.FAIL,
        "the label 'late' is 1 in all 40 rows: nothing to tell apart",
    )


def test_a_part_with_one_class_is_refused_in_words(tmp_path: Path, run_step: Any, learnable: Any) -> None:
    rows = learnable(400).with_columns(late=pl.when(pl.col("day") < 35).then("late").otherwise(0))
    rows = rows.filter((pl.col("day") < 30) | (pl.col("day") >= 35))
    _, outcome = run_step(split.run, PARAMS | {"test": 0.1}, partitions(tmp_path, rows))
    assert outcome.verdict is Verdict.FAIL
    assert outcome.reason.startswith("the test rows have fewer than two classes")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        pytest.param({"kind": "temporal", "time_column": None}, "a temporal split needs a time column", id="no time"),
        pytest.param({"validation": 0.6, "test": 0.5}, "leave no rows to train on", id="shares"),
    ],
)
def test_impossible_splits_are_told(
    tmp_path: Path, run_step: Any, learnable: Any, changed: dict[str, Any], told: str
) -> None:
    with pytest.raises(RegrowError, match=told):
        run_step(split.run, PARAMS | changed, partitions(tmp_path, learnable(40)))
