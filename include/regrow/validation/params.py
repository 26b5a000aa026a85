"""What the gate's step is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from regrow.frozen import Frozen, canonical
from regrow.spec.comparison import Check, parse_check
from regrow.validation.dimensions import dimensions


class RuleParams(Frozen):
    name: str
    expression: str


class AccuracyParams(Frozen):
    reference: str
    match: tuple[str, ...]
    agree: tuple[str, ...]


class TimelinessParams(Frozen):
    column: str
    max_age_hours: float


class GateParams(Frozen):
    partition: str = "all"
    row_schema: dict[str, Any] | None = None
    key: tuple[str, ...] = ()
    time_column: str | None = None
    checks: tuple[str, ...] = ()
    rules: tuple[RuleParams, ...] = ()
    accuracy: AccuracyParams | None = None
    timeliness: TimelinessParams | None = None
    max_quarantined: float = 0.1
    min_rows: int = 1
    format: Literal["csv"] = "csv"

    @property
    def parsed_checks(self) -> tuple[Check, ...]:
        return tuple(parse_check(text) for text in self.checks)

    @property
    def measured(self) -> tuple[str, ...]:
        """The dimensions that this batch is measured by: those that need nothing more, and those that are set up."""
        names = {"completeness", "uniqueness", "validity", "consistency"}
        names |= {check.measure for check in self.parsed_checks}
        names |= {"accuracy"} if self.accuracy else set()
        names |= {"timeliness"} if self.timeliness else set()
        return tuple(sorted(names))


def read_params(params: Mapping[str, Any]) -> GateParams:
    """Raises pydantic's ValidationError for a name or a type that is not known."""
    renamed = {"row_schema" if name == "schema" else name: value for name, value in params.items()}
    return GateParams.model_validate_json(canonical(renamed))


def kernels(params: Mapping[str, Any]) -> tuple[str, ...]:
    """The modules of the dimensions that these parameters select. Light: nothing of theirs is loaded."""
    return tuple(dimensions.module(name) for name in read_params(params).measured)
