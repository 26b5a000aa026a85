import subprocess
import sys
from pathlib import Path

import pytest

from regrow.errors import NotFound
from regrow.spec.space import parse_space
from regrow.training import algorithms as package
from regrow.training.algorithms import algorithms, catalog
from regrow.training.trainer import Trainer

HELPERS = {"__init__", "catalog", "skops_bytes", "tabular"}


def test_every_algorithm_is_registered_and_in_the_catalog() -> None:
    files = {path.stem for path in Path(str(package.__file__)).parent.glob("*.py")} - HELPERS
    assert files == set(algorithms.names()) == set(catalog.names())


@pytest.mark.parametrize("name", algorithms.names())
def test_an_algorithm_and_the_catalog_name_the_same_hyperparameters(name: str) -> None:
    trainer: Trainer = algorithms.load(name)()
    assert catalog.known(name) == trainer.HYPERPARAMETERS
    wrong = [h.name for h in trainer.HYPERPARAMETERS if h.problem(h.default) or not h.doc]
    assert wrong == []


def test_the_catalog_imports_nothing_heavy() -> None:
    script = (
        "import sys; from regrow.training.algorithms import catalog; [catalog.known(n) for n in catalog.names()];"
        "print([m for m in ('numpy', 'polars', 'sklearn', 'lightgbm', 'pandas') if m in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", script], text=True).strip() == "[]"


def test_a_specs_spaces_are_checked_at_every_value_and_at_both_ends() -> None:
    spaces = {
        "num_leaves": parse_space({"low": 1, "high": 31}),
        "learning_rate": parse_space([0.1, 0.2, 3]),
        "n_estimator": parse_space(100),
        "max_depth": parse_space({"low": -1, "high": 8}),
    }
    assert [name for name, _ in catalog.problems("lightgbm", spaces)] == ["num_leaves", "learning_rate", "n_estimator"]


def test_an_unknown_algorithm_is_told_with_the_nearest() -> None:
    with pytest.raises(NotFound, match="did you mean 'lightgbm'"):
        catalog.problems("lightbgm", {})
    with pytest.raises(NotFound):
        catalog.known("lightbgm")
