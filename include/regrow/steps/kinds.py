"""Every kind of step by name. One line each; loaded when it runs.

`kernels` of a kind's module, where it has one, names further modules that its parameters select:
`kernels(params) -> tuple of dotted module names`.
"""

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
