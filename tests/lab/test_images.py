"""Our images as the cluster runs them: read-only, without rights, without network."""

from __future__ import annotations

import json
import shutil
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import product_images as ours
from lab.node import images
from lab.node.errors import CommandFailed
from regrow.ledger.closure import module_hashes
from regrow.ledger.environment import environment_hash, packages
from regrow.ledger.requirements import canonical_name
from support.serving_models import ROW, write_slot
from support.waiting import wait_for

pytestmark = pytest.mark.lab

_FOLDER = "/mnt/models"
_ASK = """
import sys, urllib.request as r
body = sys.argv[2].encode() if sys.argv[2:] else None
print(r.urlopen(r.Request(sys.argv[1], body, {"content-type": "application/json"}), timeout=5).read().decode())
"""


@pytest.fixture(scope="module")
def trainer(facts: object) -> str:
    return ours.build("trainer")


@pytest.fixture(scope="module")
def predictor(facts: object) -> str:
    return ours.build("predictor")


@pytest.mark.parametrize("extra", ["training", "data"])
def test_the_trainer_has_the_environment_of_this_checkout(trainer: str, extra: str) -> None:
    assert ours.python_says(trainer, extra) == environment_hash(extra)


def test_each_image_is_labelled_with_what_it_computes_itself(trainer: str, predictor: str) -> None:
    assert ours.environment_label(trainer, "training") == ours.python_says(trainer, "training")
    assert ours.environment_label(predictor, "serving") == ours.python_says(predictor, "serving")


def test_the_same_sources_have_the_same_hashes_in_the_image(trainer: str) -> None:
    code = (
        "import json; from regrow.ledger.closure import module_hashes; "
        "print(json.dumps(module_hashes(['regrow.training.trial', 'regrow.evaluation.select'])))"
    )
    assert json.loads(ours.run(trainer, "python", "-c", code)) == module_hashes(
        ["regrow.training.trial", "regrow.evaluation.select"]
    )


def test_a_step_can_be_asked_for_without_rights_network_or_disk(trainer: str) -> None:
    assert json.loads(ours.run(trainer, "python", "-m", "regrow", "step", "--schema"))["title"] == "StepRequest"


@pytest.mark.parametrize("what", ["lightgbm", "xgboost", "sklearn.ensemble", "optuna", "pandas", "boto3", "psycopg"])
def test_the_trainer_imports_what_steps_import(trainer: str, what: str) -> None:
    ours.run(trainer, "python", "-W", "error", "-c", f"import {what}")


def test_the_predictor_holds_neither_airflow_nor_mlflow_pandas_or_polars(predictor: str) -> None:
    code = "import importlib.metadata as m; print(*[d.name for d in m.distributions()])"
    found = {canonical_name(name) for name in ours.run(predictor, "python", "-c", code).split()}
    assert not found & {"apache-airflow", "mlflow", "pandas", "polars", "xgboost-cpu", "pip", "setuptools"}
    locked = {name for name in packages("serving") if not name.startswith("polars")}
    assert {name.partition("==")[0] for name in locked} <= found


def test_what_fetches_models_needs_nothing_that_the_image_lacks(predictor: str) -> None:
    ours.run(predictor, "python", "-c", "import regrow.serving.bring, regrow.store.s3, regrow.serving.predictor.server")


def test_no_image_can_be_written_to_or_run_as_root(trainer: str, predictor: str) -> None:
    code = "import os, pathlib; pathlib.Path('/tmp/x').touch(); print(os.getuid(), os.access('/opt/regrow', os.W_OK))"
    for image in (trainer, predictor):
        assert ours.run(image, "python", "-c", code).split() == ["65532", "False"]
        user = images.podman("image", "inspect", "--format", "{{.Config.User}}", image)
        assert user.strip() == "65532:65532"


@pytest.fixture
def served(predictor: str, tmp_path: Path) -> Iterator[str]:
    """A running container of the predictor, by name, with a real model in its folder."""
    slot = write_slot(tmp_path / "slot")
    for path in (slot, *slot.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    readable = Path("/var/tmp") / f"regrow-slot-{uuid.uuid4().hex[:8]}"
    shutil.copytree(slot, readable)
    name = f"regrow-test-{uuid.uuid4().hex[:8]}"
    told = {"MODEL": "flights", "VERSION": "1.2.0", "SLOT": "a"}
    variables = [word for key, value in told.items() for word in ("--env", f"REGROW_PREDICTOR_{key}={value}")]
    volume = ("--volume", f"{readable}:{_FOLDER}:ro")
    images.podman(*("run", "--detach", "--name", name), *ours.CONFINED, *variables, *volume, predictor)
    yield name
    images.podman("rm", "--force", "--time", "5", name)
    shutil.rmtree(readable)


def test_the_predictor_serves_a_slots_folder(served: str) -> None:
    def says(path: str, *body: str) -> str:
        try:
            return images.podman("exec", served, "python", "-c", _ASK, f"http://127.0.0.1:8080{path}", *body)
        except CommandFailed:
            return ""

    wait_for(lambda: says("/v2/health/ready"), 60, "the predictor in its container")
    answer = json.loads(says("/v1/models/flights:predict", json.dumps({"instances": [ROW]})))
    assert answer["predictions"] == [answer["predictions"][0]]
    assert "1.2.0" in says("/v2/models/flights")


def test_the_image_runs_the_python_that_this_checkout_runs(trainer: str) -> None:
    found = ours.run(trainer, "python", "-c", "import sys; print(*sys.version_info[:2])")
    assert tuple(map(int, found.split())) == sys.version_info[:2]
