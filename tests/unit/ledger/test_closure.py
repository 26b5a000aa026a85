"""Which of our sources a step's fingerprint covers."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from regrow.errors import NotFound
from regrow.ledger.closure import is_contract, module_hashes

TREE = {
    "__init__.py": '"""The package."""\n__version__ = "1"\n',
    "errors.py": "class NotFound(Exception):\n    sentence = 'there is none'\n",
    "registries.py": "class Registry:\n    pass\n",
    "ledger/__init__.py": "",
    "ledger/port.py": "import regrow.training.scores\n",
    "spec/__init__.py": "",
    "spec/model.py": "import regrow.training.scores\n",
    "spec/comparison.py": "def holds():\n    return True\n",
    "training/__init__.py": '"""Words alone."""\n',
    "training/trial.py": (
        "from regrow.errors import NotFound\nfrom regrow.ledger.port import Record\n"
        "from regrow.spec.model import Spec\n"
        "from regrow.spec.comparison import holds\nfrom regrow.training import scores\n"
        "from regrow.training.algorithms import algorithms\n\n\ndef run():\n    return scores.score()\n"
    ),
    "training/scores.py": "from .helpers.sums import total\n\n\ndef score():\n    return total()\n",
    "training/helpers/__init__.py": "unit = 1\n",
    "training/helpers/sums.py": "def total():\n    return 1\n",
    "training/algorithms/__init__.py": (
        "from regrow.registries import Registry\n\nalgorithms = Registry('algorithm', [('boost', 'x:y')])\n"
    ),
    "training/algorithms/boost.py": "def fit():\n    from regrow.training import trees\n",
    "training/algorithms/linear.py": "def fit():\n    pass\n",
    "training/trees.py": "depth = 3\n",
}

Edit = Callable[[str, str, str], None]


@pytest.fixture
def package(tmp_path: Path) -> Path:
    package = tmp_path / "regrow"
    for name, text in TREE.items():
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text(text)
    return package


@pytest.fixture
def edit(package: Path) -> Edit:
    def replace(name: str, old: str, new: str) -> None:
        path = package / name
        before = path.stat().st_mtime_ns
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))
        os.utime(path, ns=(before, before + 1))

    return replace


def modules(package: Path, *entries: str) -> list[str]:
    return [name.removeprefix("regrow.") for name in module_hashes(entries, package)]


def test_imports_are_followed_through_kernels_and_not_into_contracts_or_registries(package: Path) -> None:
    assert modules(package, "regrow.training.trial") == [
        "spec.comparison",
        "training.helpers",
        "training.helpers.sums",
        "training.scores",
        "training.trial",
    ]


def test_imports_inside_functions_are_followed(package: Path) -> None:
    assert modules(package, "regrow.training.algorithms.boost") == ["training.algorithms.boost", "training.trees"]


def test_an_entry_counts_even_where_it_is_a_registry(package: Path) -> None:
    assert modules(package, "regrow.training.algorithms") == ["training.algorithms"]


def test_an_unknown_entry_is_not_found(package: Path) -> None:
    with pytest.raises(NotFound):
        module_hashes(["regrow.training.tiral"], package)
    with pytest.raises(NotFound):
        module_hashes(["json"], package)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        pytest.param("errors.py", "there is none", "it is not there", id="an error's wording"),
        pytest.param("ledger/port.py", "import", "import regrow.training.trees\nimport", id="a port"),
        pytest.param("spec/model.py", "scores", "trees", id="the spec"),
        pytest.param(
            "training/algorithms/__init__.py", "[(", "[('linear', 'x:z'), (", id="another entry in a registry"
        ),
        pytest.param("training/__init__.py", "Words alone.", "Other words.", id="a docstring"),
        pytest.param("training/scores.py", "def score", "# faster now\n\n\ndef score", id="a comment"),
        pytest.param("training/algorithms/linear.py", "pass", "return 2", id="a kernel that is not used"),
    ],
)
def test_what_does_not_compute_a_step_changes_nothing_of_it(
    package: Path, edit: Edit, file: str, old: str, new: str
) -> None:
    entries = ["regrow.training.trial", "regrow.training.algorithms.boost"]
    before = module_hashes(entries, package)
    edit(file, old, new)
    assert module_hashes(entries, package) == before


@pytest.mark.parametrize(
    ("file", "old", "new", "changed"),
    [
        ("training/trial.py", "scores.score()", "scores.score() + 1", "training.trial"),
        ("training/helpers/sums.py", "return 1", "return 2", "training.helpers.sums"),
        ("training/helpers/__init__.py", "unit = 1", "unit = 2", "training.helpers"),
        ("spec/comparison.py", "return True", "return False", "spec.comparison"),
    ],
)
def test_editing_a_kernel_changes_its_hash_alone_and_only_where_it_is_used(
    package: Path, edit: Edit, file: str, old: str, new: str, changed: str
) -> None:
    trial, boost = ["regrow.training.trial"], ["regrow.training.algorithms.boost"]
    before, other = module_hashes(trial, package), module_hashes(boost, package)
    edit(file, old, new)
    after = module_hashes(trial, package)
    assert {name for name in before if before[name] != after[name]} == {f"regrow.{changed}"}
    assert module_hashes(boost, package) == other


@pytest.mark.parametrize(
    "module",
    [
        "regrow",
        "regrow.errors",
        "regrow.frozen",
        "regrow.ledger.sql",
        "regrow.store.folder",
        "regrow.steps.contract",
        "regrow.spec",
        "regrow.spec.model",
        "regrow.serving.port",
    ],
)
def test_contracts_are_known_by_name(module: str) -> None:
    assert is_contract(module)


@pytest.mark.parametrize(
    "module", ["regrow.spec.comparison", "regrow.spec.space", "regrow.training.table", "regrow.data.snapshot"]
)
def test_kernels_are_no_contracts(module: str) -> None:
    assert not is_contract(module)
