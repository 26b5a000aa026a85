"""The six quality dimensions by name; each one a file, loaded when it is measured.

A dimension is a function `measure(facts: BatchFacts, column: str | None) -> Measure`. Adding one: its file, its test,
this line.
"""

from regrow.registries import Registry

dimensions = Registry(
    "quality dimension",
    [
        ("completeness", "regrow.validation.dimensions.completeness:measure"),
        ("uniqueness", "regrow.validation.dimensions.uniqueness:measure"),
        ("validity", "regrow.validation.dimensions.validity:measure"),
        ("consistency", "regrow.validation.dimensions.consistency:measure"),
        ("accuracy", "regrow.validation.dimensions.accuracy:measure"),
        ("timeliness", "regrow.validation.dimensions.timeliness:measure"),
    ],
)

narrowed_by_column = frozenset({"completeness"})
"""Those that take a column in brackets."""
