from datetime import date
from typing import Any

import polars as pl
import pytest

from regrow.errors import RegrowError
from regrow.training.feature_checks import check_features

GOOD: dict[str, Any] = {"late": [True, None], "day": [1, 2], "id": ["a", "b"], "x": [0.5, None], "word": ["u", None]}


def test_missing_values_labels_and_texts_are_fine() -> None:
    check_features(pl.DataFrame(GOOD), "late", "day", ["id"])


@pytest.mark.parametrize(
    ("changed", "label", "told"),
    [
        pytest.param({}, "lat", "no label column 'lat'; did you mean 'late'?", id="label"),
        pytest.param({"day": [1, None]}, "late", "the time column 'day' is empty in 1 rows", id="empty time"),
        pytest.param({"x": [0.5, float("inf")]}, "late", "'x' is not finite in 1 of 2 rows", id="infinite"),
        pytest.param({"x": [float("nan")] * 2}, "late", "'x' is not finite in 2 of 2 rows", id="not a number"),
        pytest.param({"x": [date(2013, 1, 1)] * 2}, "late", "'x' holds Date; make it a number", id="a date"),
        pytest.param({"x": [[1], [2]]}, "late", "'x' holds List(Int64)", id="a list"),
        pytest.param({"__time__": [1, 2]}, "late", "'__time__' has a name that Regrow keeps", id="reserved"),
    ],
)
def test_what_is_wrong_names_the_column(changed: dict[str, Any], label: str, told: str) -> None:
    with pytest.raises(RegrowError) as caught:
        check_features(pl.DataFrame({**GOOD, **changed}), label, "day", ["id"])
    assert told in caught.value.sentence


def test_a_missing_key_or_time_column_is_named_by_its_role() -> None:
    frame = pl.DataFrame(GOOD)
    with pytest.raises(RegrowError, match="no key column 'ident'"):
        check_features(frame, "late", "day", ["ident"])
    with pytest.raises(RegrowError, match="no time column 'hour'"):
        check_features(frame, "late", "hour", ["id"])


def test_a_table_without_features_is_refused() -> None:
    with pytest.raises(RegrowError, match="no feature is left"):
        check_features(pl.DataFrame({"late": [1], "day": [1]}), "late", "day", [])
