from __future__ import annotations

import pytest
from pydantic import ValidationError

from regrow.validation.params import kernels, read_params


def test_the_measured_dimensions_are_the_basic_ones_and_those_that_are_set_up() -> None:
    assert read_params({}).measured == ("completeness", "consistency", "uniqueness", "validity")
    asked = {
        "accuracy": {"reference": "planes", "match": ["id"], "agree": ["built"]},
        "timeliness": {"column": "day", "max_age_hours": 24},
    }
    assert set(read_params(asked).measured) >= {"accuracy", "timeliness"}
    assert "accuracy" in read_params({"checks": ["accuracy > 0.9"]}).measured


def test_the_kernels_are_the_modules_of_what_is_measured() -> None:
    assert kernels({}) == tuple(
        f"regrow.validation.dimensions.{name}" for name in ("completeness", "consistency", "uniqueness", "validity")
    )


def test_an_unknown_parameter_is_refused() -> None:
    with pytest.raises(ValidationError):
        read_params({"chekcs": []})
