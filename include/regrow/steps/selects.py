"""Which modules a step's parameters select: its fingerprint covers them though no import leads there.

Nothing heavy is imported here: registries know modules by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Params = Mapping[str, Any]


def _trial(params: Params) -> tuple[str, ...]:
    from regrow.training.algorithms import algorithms

    return (algorithms.module(params["algorithm"]),)


def _ask(params: Params) -> tuple[str, ...]:
    """The searches in use; an algorithm's own, where it has one, stands in for the study's."""
    from regrow.training.searches import searches

    asked = [params.get("search"), *(algorithm.get("search") for algorithm in params["algorithms"])]
    return tuple(sorted({searches.module(_name(search)) for search in asked if search}))


def _name(search: str | Mapping[str, Any]) -> str:
    return search if isinstance(search, str) else str(search["kind"])


def _gate(params: Params) -> tuple[str, ...]:
    """Every dimension that is measured, named by a check or not."""
    from regrow.validation.params import kernels

    return kernels(params)


def _select(params: Params) -> tuple[str, ...]:
    """The readers of the model files compute the predictions that are compared. A request names the formats in it."""
    from regrow.serving.formats import formats

    return tuple(sorted(formats.module(name) for name in params.get("formats", ("lightgbm-text", "skops"))))


SELECTS: Mapping[str, Callable[[Params], tuple[str, ...]]] = {
    "trial": _trial,
    "ask": _ask,
    "gate": _gate,
    "select": _select,
}
"""Kinds whose parameters name code. All others are covered by the imports of their own module."""
