import pytest

from regrow.errors import UsageError
from regrow.spec.space import Value
from regrow.training.hyperparameters import Hyperparameter, problems, resolve

KNOWN = (
    Hyperparameter(name="rate", kinds=("float",), default=0.1, low=0, low_excluded=True, high=1),
    Hyperparameter(name="leaves", kinds=("int",), default=31, low=2),
    Hyperparameter(name="mode", kinds=("str", "none"), default=None, choices=("fast", "exact")),
    Hyperparameter(name="flag", kinds=("bool",), default=True),
    Hyperparameter(name="title", kinds=("str",), default=""),
)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        pytest.param("rate", 0, "rate is 0, allowed is a number above 0 up to 1", id="low end is out"),
        pytest.param("rate", 1.5, "rate is 1.5, allowed is", id="too high"),
        pytest.param("rate", "0.5", "rate is '0.5', allowed is a number", id="text for a number"),
        pytest.param("rate", True, "rate is True, allowed is a number", id="true is no number"),
        pytest.param("leaves", 2.5, "leaves is 2.5, allowed is a whole number from 2", id="a fraction"),
        pytest.param("mode", "fats", "mode is 'fats', allowed is 'fast', 'exact' or null; did you mean", id="word"),
        pytest.param("flag", 1, "flag is 1, allowed is true or false", id="one is not true"),
        pytest.param("title", 3, "title is 3, allowed is text", id="a number for text"),
        pytest.param("leafs", 3, "model has no hyperparameter 'leafs'; did you mean 'leaves'?", id="unknown name"),
    ],
)
def test_what_is_wrong_is_said_with_what_is_allowed(name: str, value: Value, told: str) -> None:
    ((wrong, sentence),) = problems("model", KNOWN, {name: value})
    assert wrong == name
    assert sentence.startswith(told)


def test_whole_numbers_bounds_and_null_are_right_where_allowed() -> None:
    assert problems("model", KNOWN, {"rate": 1, "leaves": 2, "mode": None, "flag": False, "title": "x"}) == ()


def test_defaults_fill_what_is_not_given() -> None:
    assert resolve("model", KNOWN, {"leaves": 7}) == {
        "flag": True,
        "leaves": 7,
        "mode": None,
        "rate": 0.1,
        "title": "",
    }


def test_resolving_tells_all_that_is_wrong_at_once() -> None:
    with pytest.raises(UsageError, match=r"rate is 2.*'what'"):
        resolve("model", KNOWN, {"rate": 2, "what": 1})
