"""What a fingerprint covers, on the steps that there are."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from regrow.errors import NotFound
from regrow.ledger.closure import PACKAGE, module_hashes
from regrow.ledger.fingerprint import fingerprint, kernel_modules
from regrow.ledger.port import InputRef
from regrow.steps.contract import StepRequest
from regrow.steps.kinds import kinds

STEPS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "snapshot": ("snapshot", {}),
    "gate": ("gate", {"checks": ["completeness(arr_delay) > 0.8"]}),
    "gate on timeliness": ("gate", {"checks": ["timeliness > 0.99"]}),
    "features": ("features", {}),
    "split": ("split", {}),
    "ask by grid": ("ask", {"search": "grid", "algorithms": [{"name": "lightgbm"}]}),
    "ask by random": ("ask", {"search": "grid", "algorithms": [{"name": "lightgbm", "search": {"kind": "random"}}]}),
    "trial of lightgbm": ("trial", {"algorithm": "lightgbm"}),
    "trial of logistic regression": ("trial", {"algorithm": "logistic_regression"}),
    "tell": ("tell", {}),
    "select": ("select", {}),
}
TRIALS = {"trial of lightgbm", "trial of logistic regression"}
Prints = dict[str, dict[str, str]]
GATES = {"gate", "gate on timeliness"}


def a_request(**changes: Any) -> StepRequest:
    values: dict[str, Any] = {
        "kind": "trial",
        "step": "trial r0 k00",
        "pipeline": "flights",
        "run_id": "run-1",
        "spec_digest": "s" * 64,
        "params": {"algorithm": "lightgbm", "hyperparameters": {"a": 1, "b": 2}},
        "inputs": (
            InputRef(role="split", key="all", digest="d" * 64),
            InputRef(role="tell", key="r0", digest="e" * 64),
        ),
        "seed": 7,
        "code": "c" * 64,
        "code_entry": "flights.py",
    }
    return StepRequest(**{**values, **changes})


def print_of(request: StepRequest, environment: str = "e", **kernels: str) -> str:
    return fingerprint(request, environment, kernels or {"regrow.training.trial": "k"}, {"flights.py": "c"})


@pytest.mark.parametrize(
    "changes",
    [
        {"step": "trial r1 k09"},
        {"run_id": "run-2"},
        {"pipeline": "trains"},
        {"spec_digest": "t" * 64},
        {"environment": "e" * 64},
        {"fingerprint": "f" * 64},
        {"code": "packed otherwise"},
        {"params": {"hyperparameters": {"b": 2, "a": 1}, "algorithm": "lightgbm"}},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_who_asks_and_how_it_is_written_does_not_count(changes: Mapping[str, Any]) -> None:
    assert print_of(a_request(**changes)) == print_of(a_request())


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "split"},
        {"params": {"algorithm": "lightgbm"}},
        {"seed": 8},
        {"inputs": a_request().inputs[:1]},
        {"inputs": a_request().inputs[::-1]},
        {"code_entry": "trains.py"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_is_asked_counts(changes: Mapping[str, Any]) -> None:
    assert print_of(a_request(**changes)) != print_of(a_request())


@pytest.mark.parametrize("part", ["role", "key", "digest"])
def test_every_part_of_an_input_counts(part: str) -> None:
    first, second = a_request().inputs
    assert print_of(a_request(inputs=(first.model_copy(update={part: "x"}), second))) != print_of(a_request())


def test_environment_kernels_and_code_count() -> None:
    request, kernels, code = a_request(), {"m": "k"}, {"flights.py": "c"}
    prints = {
        fingerprint(request, "e", kernels, code),
        fingerprint(request, "f", kernels, code),
        fingerprint(request, "e", {"m": "l"}, code),
        fingerprint(request, "e", {"n": "k"}, code),
        fingerprint(request, "e", kernels, {"flights.py": "d"}),
        fingerprint(request, "e", kernels, {}),
    }
    assert len(prints) == 6


def test_a_fingerprint_is_a_sha256() -> None:
    assert len(bytes.fromhex(print_of(a_request()))) == 32


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of our own sources: an editor at work beside the tests must not matter."""
    target = tmp_path_factory.mktemp("sources") / "regrow"
    for source in PACKAGE.rglob("*.py"):
        (target / source.relative_to(PACKAGE)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target / source.relative_to(PACKAGE))
    return target


@pytest.fixture
def copy(original: Path) -> Iterator[Path]:
    """The copy to edit; edits are undone."""
    kept = {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in original.rglob("*.py")}
    yield original
    for file, (content, time) in kept.items():
        if file.read_bytes() != content:
            file.write_bytes(content)
            os.utime(file, ns=(time, time))


def kernels_of(package: Path) -> Prints:
    return {step: module_hashes(kernel_modules(kind, params), package) for step, (kind, params) in STEPS.items()}


@pytest.fixture(scope="module")
def before(original: Path) -> Prints:
    return kernels_of(original)


def append(file: Path, text: str) -> None:
    file.write_text(f"{file.read_text()}\n{text}\n")


def changed(before: Prints, package: Path) -> set[str]:
    after = kernels_of(package)
    return {step for step in before if before[step] != after[step]}


def test_every_kind_of_step_is_looked_at() -> None:
    assert {kind for kind, _ in STEPS.values()} == set(kinds.names())


@pytest.mark.parametrize(
    "registry",
    [
        "training/algorithms/__init__.py",
        "training/algorithms/catalog.py",
        "training/searches/__init__.py",
        "validation/dimensions/__init__.py",
        "serving/formats/__init__.py",
        "steps/kinds.py",
    ],
)
def test_adding_an_entry_to_a_registry_changes_no_step(before: Prints, copy: Path, registry: str) -> None:
    file = copy / registry
    added = file.read_text().replace("\n    [\n", '\n    [\n        ("another", "regrow.another:run"),\n', 1)
    assert added != file.read_text()
    file.write_text(added)
    assert changed(before, copy) == set()


def test_wording_an_error_changes_no_step(before: Prints, copy: Path) -> None:
    file = copy / "errors.py"
    file.write_text(file.read_text().replace("there is no ", "we have no "))
    append(file, "class Another(RegrowError):\n    code = 'another'")
    assert changed(before, copy) == set()


def test_wording_comments_and_docstrings_everywhere_changes_no_step(before: Prints, copy: Path) -> None:
    for file in copy.rglob("*.py"):
        append(file, '# a comment\n"""And a text that nobody reads."""')
    assert changed(before, copy) == set()


@pytest.mark.parametrize(
    ("kernel", "steps"),
    [
        ("data/snapshot.py", {"snapshot"}),
        ("validation/gate.py", GATES),
        ("validation/dimensions/completeness.py", GATES),
        ("validation/dimensions/timeliness.py", {"gate on timeliness"}),
        ("training/algorithms/lightgbm.py", {"trial of lightgbm"}),
        ("training/algorithms/logistic_regression.py", {"trial of logistic regression"}),
        ("training/trial.py", TRIALS),
        ("training/searches/random.py", {"ask by random"}),
        ("training/ask.py", {"ask by grid", "ask by random"}),
        ("evaluation/select.py", {"select"}),
        ("serving/formats/lightgbm_text.py", {"select"}),
        ("training/table.py", {"split", "select", *TRIALS}),
        ("spec/comparison.py", {"select", *GATES}),
    ],
)
def test_editing_a_kernel_changes_exactly_the_steps_that_use_it(
    before: Prints, copy: Path, kernel: str, steps: set[str]
) -> None:
    append(copy / kernel, "def edited() -> int:\n    return 1")
    assert changed(before, copy) == steps


def test_an_unknown_algorithm_is_not_found_with_the_known_ones() -> None:
    with pytest.raises(NotFound, match="lightgbm"):
        kernel_modules("trial", {"algorithm": "lihgtgbm"})


def test_no_kernel_is_imported_for_a_fingerprint() -> None:
    asked = [list(step) for step in STEPS.values()]
    script = (
        "import sys\n"
        "from regrow.ledger.closure import module_hashes\n"
        "from regrow.ledger.fingerprint import kernel_modules\n"
        f"for kind, params in {asked!r}:\n"
        "    module_hashes(kernel_modules(kind, params))\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & {'polars', 'numpy', 'lightgbm', 'sklearn'}))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
