"""Every kind of step by name. One line each; loaded when it runs."""

from __future__ import annotations

from regrow.registries import Registry

kinds = Registry(
    "kind of step",
    [
        ("snapshot", "regrow.data.snapshot:run"),
        ("gate", "regrow.validation.gate:run"),
        ("features", "regrow.training.features:run"),
        ("split", "regrow.training.split:run"),
        ("ask", "regrow.training.ask:run"),
        ("trial", "regrow.training.trial:run"),
        ("tell", "regrow.training.tell:run"),
        ("select", "regrow.evaluation.select:run"),
    ],
)
"""Adding one: its file, its test, this line."""

_LIGHT = frozenset({"snapshot", "gate"})

HEAVY = frozenset({"features", "split", "trial", "select"})
"""What runs in a pod where steps do. A snapshot needs the source where it is asked for, the others take a moment."""


def extra_of(kind: str) -> str:
    """The extra whose packages the kind's steps may import: what its environment hash covers."""
    return "data" if kind in _LIGHT else "training"
