import polars as pl
import pytest

from regrow.errors import RegrowError
from regrow.training.encoding import class_texts, classes_of, encode, learn_table

TRAIN = pl.DataFrame({"word": ["b", "a", None], "n": [1, None, 3], "yes": [True, False, True], "y": [10, 2, 2]})


def test_categories_and_classes_are_those_of_training() -> None:
    table = learn_table(TRAIN, "y", None, ())
    assert [(feature.name, feature.kind, feature.categories) for feature in table.features] == [
        ("word", "categorical", ("a", "b")),
        ("n", "numeric", ()),
        ("yes", "numeric", ()),
    ]
    assert table.classes == ("2", "10")


def test_unknown_categories_are_missing_and_unknown_classes_left_out() -> None:
    table = learn_table(TRAIN, "y", None, ())
    later = pl.DataFrame({"word": ["c", "b", "a"], "n": [1, 2, 3], "yes": [True, False, True], "y": [2, 10, 3]})
    assert encode(later, table).to_dict(as_series=False) == {
        "word": [None, 1.0],
        "n": [1.0, 2.0],
        "yes": [1.0, 0.0],
        "__label__": [0, 1],
    }


def test_time_and_key_are_carried_along() -> None:
    rows = TRAIN.with_columns(t=pl.Series([1, 2, 3]), k=pl.Series(["x", "y", "z"]))
    made = encode(rows, learn_table(rows, "y", "t", ("k",)))
    assert made.columns == ["word", "n", "yes", "__label__", "__time__", "k"]
    assert made["__time__"].to_list() == [1, 2, 3]


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        pytest.param(pl.Series("y", [True, False]), ("false", "true"), id="true and false"),
        pytest.param(pl.Series("y", [1.0, 0.0]), ("0", "1"), id="whole floats"),
        pytest.param(pl.Series("y", ["b", "a"], dtype=pl.Categorical), ("a", "b"), id="categoricals"),
    ],
)
def test_classes_are_sorted_as_values_are(labels: pl.Series, classes: tuple[str, ...]) -> None:
    assert classes_of(labels) == classes


def test_fractions_and_too_many_values_are_no_classes() -> None:
    with pytest.raises(RegrowError, match="'y' has fractions"):
        class_texts(pl.Series("y", [0.5]))
    with pytest.raises(RegrowError, match="'y' has 101 values"):
        classes_of(pl.Series("y", range(101)))
