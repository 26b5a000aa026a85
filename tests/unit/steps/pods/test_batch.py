"""Requests on their way to a pod, and the words that come back: never more than a kubelet keeps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from contract.runner_contract import ask
from regrow.steps.contract import StepRequest, StepResult
from regrow.steps.pods import batch
from regrow.store.memory import MemoryStore


def requests(count: int, **changes: Any) -> list[StepRequest]:
    return [ask(f"ask r{n}", seed=n).model_copy(update=changes) for n in range(count)]


def done(request: StepRequest, reused: bool = False) -> StepResult:
    return StepResult(step=request.step, kind=request.kind, fingerprint="f" * 64, output="o" * 64, reused=reused)


def failed(request: StepRequest, reason: str = "it broke", code: int = 1) -> StepResult:
    return StepResult(step=request.step, kind=request.kind, reason=reason, exit_code=code, error="unexpected")


def test_requests_come_out_of_the_store_as_they_went_in_and_in_order() -> None:
    store, asked = MemoryStore(), requests(1002)
    assert list(batch.read(store, batch.put(store, asked))) == asked


def test_equal_requests_have_one_address() -> None:
    store = MemoryStore()
    assert batch.put(store, requests(2)) == batch.put(store, requests(2)) != batch.put(store, requests(3))


@pytest.mark.parametrize(
    ("codes", "expected"),
    [([], 0), ([0, 0], 0), ([0, 10], 10), ([10, 20], 20), ([0, 1, 20, 10], 1), ([137, 20], 1)],
)
def test_the_worst_of_a_batch_is_its_exit_code(codes: list[int], expected: int) -> None:
    assert batch.exit_code([failed(ask(), code=code) for code in codes]) == expected


def test_what_left_no_record_is_told_with_its_reason() -> None:
    asked = requests(3, fingerprint="f" * 64)
    told = batch.told(batch.written(asked, [done(asked[0], True), failed(asked[1]), done(asked[2])]).decode())
    assert (told.count, told.reused, told.fingerprints) == (3, (0,), {})
    (one,) = told.unrecorded
    assert (one.n, one.exit_code, one.error, one.reason) == (1, 1, "unexpected", "it broke")


def test_a_fingerprint_that_nobody_named_is_told() -> None:
    asked = requests(2)
    told = batch.told(batch.written(asked, [done(asked[0]), failed(asked[1])]).decode())
    assert told.fingerprints == {"0": "f" * 64}


@pytest.mark.parametrize("reason", ["x" * 100_000, 'é"\n\x01' * 5000, "short"])
@pytest.mark.parametrize("count", [1, 7, 60, 2000])
def test_it_always_fits(reason: str, count: int) -> None:
    asked = requests(count, fingerprint="f" * 64)
    ended = StepResult(step="", kind="", reason=reason, error="transient", exit_code=20)
    content = batch.written(asked, [failed(one, reason) for one in asked], ended)
    assert len(content) <= batch.LIMIT
    told = batch.told(content.decode())
    assert told.count == count
    assert told.ended is not None
    if count <= 7:
        assert told.unrecorded[-1].reason[:5] == reason[:5]


def test_hundreds_of_steps_that_went_well_are_told_in_full() -> None:
    asked = requests(400, fingerprint="f" * 64)
    told = batch.told(batch.written(asked, [done(one, reused=True) for one in asked]).decode())
    assert (told.count, len(told.reused)) == (400, 400)


@pytest.mark.parametrize("message", ["", "Segmentation fault", "{}[]", '{"count": "many"}', '{"other": 1}'])
def test_other_words_tell_nothing(message: str) -> None:
    assert batch.told(message) == batch.Told()


def test_a_batch_that_is_not_there_is_said(tmp_path: Path) -> None:
    from regrow.errors import NotFound

    with pytest.raises(NotFound):
        batch.read(MemoryStore(), "0" * 64)
