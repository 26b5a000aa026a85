from pathlib import Path
from typing import Any

import polars as pl
import pytest

from regrow.errors import RegrowError
from regrow.training import features
from regrow.training.frames import read_frame, write_frame
from regrow.verdicts import Verdict

ROWS = pl.DataFrame({"_row": [0, 1, 2], "x": [1, 2, 3], "when": ["2013-02-08T10:00:00Z"] * 3, "kind": ["a", "b", "a"]})
SCHEMA = {"x": {"type": "integer"}, "when": {"type": "string"}, "kind": {"x-regrow-role": "target"}}


def gate(folder: Path, rows: pl.DataFrame = ROWS) -> Path:
    write_frame(rows, folder / "gate" / "accepted.parquet")
    write_frame(pl.DataFrame({"wind": [9]}), folder / "gate" / "references" / "weather.parquet")
    return folder / "gate"


def params(**changed: Any) -> dict[str, Any]:
    return {"partition": "2013-02-08", "function": "build", "label": "kind", "time_column": None, "key": []} | changed


def test_the_module_makes_the_features(tmp_path: Path, run_step: Any) -> None:
    entry = tmp_path / "module.py"
    entry.write_text(
        "def build(rows, references):\n"
        "    assert '_row' not in rows.columns\n"
        "    return rows.with_columns(wind=references['weather']['wind'][0]).drop('when')\n"
    )
    out, outcome = run_step(features.run, params(), {"gate": {"d": gate(tmp_path)}}, code=entry)
    assert read_frame(out / "features.parquet").to_dict(as_series=False) == {
        "x": [1, 2, 3],
        "kind": ["a", "b", "a"],
        "wind": [9, 9, 9],
    }
    assert outcome.reason == "3 rows of 2013-02-08, 3 of them labelled"
    assert outcome.facts == {"rows": 3, "labelled": 3, "labels": {"a": 2, "b": 1}}


def test_without_a_module_the_schema_names_features_and_target(tmp_path: Path, run_step: Any) -> None:
    asked = params(label=None, columns=SCHEMA, time_column="when", function="")
    out, _ = run_step(features.run, asked, {"gate": {"d": gate(tmp_path)}})
    made = read_frame(out / "features.parquet")
    assert made.columns == ["x", "when", "kind"]
    assert made.schema["when"] == pl.Datetime("us", "UTC")


def test_a_schema_without_a_target_is_refused(tmp_path: Path, run_step: Any) -> None:
    with pytest.raises(RegrowError, match="no column is to be predicted"):
        run_step(features.run, params(label=None, columns={"x": {}}), {"gate": {"d": gate(tmp_path)}})


def test_a_time_that_is_no_time_is_refused(tmp_path: Path, run_step: Any) -> None:
    folder = gate(tmp_path, ROWS.with_columns(when=pl.lit("soon")))
    with pytest.raises(RegrowError, match="'when' is text that is no time"):
        run_step(features.run, params(time_column="when"), {"gate": {"d": folder}})


def test_a_batch_without_rows_is_no_data(tmp_path: Path, run_step: Any) -> None:
    _, outcome = run_step(features.run, params(), {"gate": {"d": gate(tmp_path, ROWS.clear())}})
    assert outcome.verdict is Verdict.NO_DATA


def test_the_share_of_a_label_that_is_true_or_false_is_a_fact(tmp_path: Path, run_step: Any) -> None:
    rows = ROWS.with_columns(kind=pl.Series([True, False, None]))
    _, outcome = run_step(features.run, params(), {"gate": {"d": gate(tmp_path, rows)}})
    assert outcome.facts["label_rate"] == 0.5
    assert outcome.facts["labelled"] == 2


def test_the_same_rows_make_the_same_bytes(tmp_path: Path, run_step: Any) -> None:
    folder = gate(tmp_path)
    outs = [run_step(features.run, params(), {"gate": {"d": folder}})[0] for _ in range(2)]
    assert (outs[0] / "features.parquet").read_bytes() == (outs[1] / "features.parquet").read_bytes()
