"""Ready is who answers a prediction as the version that is meant."""

from __future__ import annotations

from pathlib import Path

from regrow.serving.local.loopback import Answer
from regrow.serving.local.readiness import probe
from regrow.serving.port import Served
from regrow.serving.probing import judge
from support.local_serving import free_port
from support.serving_models import write_slot

SERVED = Served(model="flights", slot="a", version="1.2.0", artifact="0", endpoint="127.0.0.1:1")


def test_another_version_at_the_endpoint_is_not_ready() -> None:
    found = judge(SERVED, Answer(200, {"x-served-version": "1.1.0"}, b""))
    assert (found.ready, found.reason) == (False, "127.0.0.1:1 serves version 1.1.0, not 1.2.0")


def test_an_example_that_is_refused_is_told() -> None:
    found = judge(SERVED, Answer(422, {"x-served-version": "1.2.0"}, b"no such column"))
    assert not found.ready
    assert found.reason.endswith("with 422: no such column")


def test_the_right_version_is_ready() -> None:
    assert judge(SERVED, Answer(200, {"x-served-version": "1.2.0"}, b"")).ready


def test_nobody_there_is_not_ready_and_may_become_so(tmp_path: Path) -> None:
    slot = write_slot(tmp_path / "a")
    found = probe(SERVED.model_copy(update={"endpoint": f"127.0.0.1:{free_port()}"}), slot)
    assert (found.ready, found.failed) == (False, False)
    assert "does not answer" in found.reason
