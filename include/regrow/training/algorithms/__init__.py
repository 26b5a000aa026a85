"""Every algorithm by name. One line each; loaded when it trains."""

from regrow.registries import Registry

algorithms = Registry(
    "algorithm",
    [
        ("lightgbm", "regrow.training.algorithms.lightgbm:LightGbm"),
        ("logistic_regression", "regrow.training.algorithms.logistic_regression:LogisticRegression"),
    ],
)
"""Adding one: its file, its options, its test, this line and the catalog's."""
