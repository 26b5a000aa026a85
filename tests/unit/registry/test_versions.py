from __future__ import annotations

import pytest

from regrow.registry.versions import Identity, Numbered, highest, next_version, parse

BASE = Identity(
    inputs=(("delay", "numeric"), ("carrier", "categorical")),
    label="late",
    outputs=("no", "yes"),
    spaces={"lightgbm": "s1", "logistic_regression": "s2"},
    features_code="c1",
    family="lightgbm",
)


def after(version: str = "1.2.3", **changes: object) -> tuple[str, str]:
    return next_version(Numbered(version=version, identity=BASE), BASE.model_copy(update=changes))


def test_the_first_version_is_1_0_0() -> None:
    assert next_version(None, BASE) == ("1.0.0", "the first version")


def test_new_data_only_is_a_patch() -> None:
    assert after() == ("1.2.4", "patch: new data only")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"spaces": {**BASE.spaces, "svm": "s3"}}, "algorithm svm was added"),
        ({"spaces": {"lightgbm": "s1"}}, "algorithm logistic_regression was removed"),
        ({"spaces": {**BASE.spaces, "lightgbm": "s9"}}, "search space of lightgbm changed"),
        ({"features_code": "c2"}, "the feature code changed"),
        ({"family": "logistic_regression"}, "the winning family changed from lightgbm to logistic_regression"),
    ],
)
def test_another_recipe_is_a_minor(changes: dict[str, object], words: str) -> None:
    assert after(**changes) == ("1.3.0", f"minor: {words}")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"inputs": (*BASE.inputs, ("gust", "numeric"))}, "input gust was added"),
        ({"inputs": BASE.inputs[:1]}, "input carrier was removed"),
        ({"inputs": (("delay", "categorical"), BASE.inputs[1])}, "input delay changed"),
        ({"inputs": BASE.inputs[::-1]}, "the order of inputs changed"),
        ({"outputs": ("no", "yes", "maybe")}, "classes changed from no/yes to no/yes/maybe"),
        ({"label": "cancelled"}, "the label changed from late to cancelled"),
    ],
)
def test_another_signature_is_a_major_whatever_else_changed(changes: dict[str, object], words: str) -> None:
    assert after(**changes) == ("2.0.0", f"major: {words}")
    assert after(**changes, features_code="c2", family="svm") == ("2.0.0", f"major: {words}")


def test_every_change_of_the_deciding_kind_is_named() -> None:
    _, reason = after(features_code="c2", family="svm")
    assert reason == "minor: the feature code changed, the winning family changed from lightgbm to svm"


def test_the_highest_is_by_number_and_not_by_text() -> None:
    numbered = [Numbered(version=v, identity=BASE) for v in ("1.9.0", "1.10.0", "1.2.30")]
    found = highest(numbered)
    assert found is not None
    assert found.version == "1.10.0"
    assert highest([]) is None


@pytest.mark.parametrize("text", ["1.0", "1.0.0.0", "one.two.three", ""])
def test_what_is_no_version_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse(text)


def test_an_identity_survives_json() -> None:
    assert Identity.model_validate_json(BASE.canonical()) == BASE
