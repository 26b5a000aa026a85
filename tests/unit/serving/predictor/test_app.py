"""The predictor's addresses, spoken to as ASGI."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from regrow.serving.predictor.app import Predictor
from regrow.serving.predictor.captures import Captures
from support.serving_models import ROW, served_formula

V1, V2 = "/v1/models/flights:predict", "/v2/models/flights/infer"


@pytest.fixture
def captures(tmp_path: Path) -> Captures:
    return Captures(tmp_path / "captures", "1.2.0-a")


@pytest.fixture
def app(captures: Captures) -> Predictor:
    return Predictor(served_formula(), captures)


@pytest.fixture
async def client(app: Predictor) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as found:
        yield found


def tensor(name: str, data: list[Any], datatype: str = "FP64") -> dict[str, Any]:
    return {"name": name, "shape": [len(data)], "datatype": datatype, "data": data}


def inputs(*, distance: list[Any], carrier: list[Any], hour: list[Any]) -> list[dict[str, Any]]:
    return [tensor("distance", distance), tensor("carrier", carrier, "BYTES"), tensor("hour", hour, "INT64")]


TWO = inputs(distance=[100, 200], carrier=["AA", "??"], hour=[18, None])


async def test_v1_answers_label_and_probabilities_for_objects_and_for_lists(client: httpx.AsyncClient) -> None:
    by_name = await client.post(V1, json={"instances": [ROW | {"hour": 18}, ROW | {"hour": 6}]})
    by_place = await client.post(V1, json={"instances": [[1400, "DL", 18], [1400, "DL", 6]]})
    assert by_name.json() == by_place.json()
    assert by_name.json() == {
        "predictions": [
            {"label": "yes", "probabilities": {"no": 0.25, "yes": 0.75}},
            {"label": "no", "probabilities": {"no": 0.75, "yes": 0.25}},
        ],
        "parameters": {"unknown_categories": 0},
    }


async def test_v2_answers_named_columns_with_label_and_probabilities(client: httpx.AsyncClient) -> None:
    answer = await client.post(V2, json={"id": "mine", "inputs": TWO})
    assert answer.json() == {
        "model_name": "flights",
        "model_version": "1.2.0",
        "id": "mine",
        "parameters": {"slot": "a", "unknown_categories": 1},
        "outputs": [
            {"name": "label", "datatype": "BYTES", "shape": [2], "data": ["yes", "no"]},
            {"name": "probabilities", "datatype": "FP64", "shape": [2, 2], "data": [0.25, 0.75, 0.5, 0.5]},
        ],
    }


async def test_v2_takes_one_matrix_and_gives_only_the_outputs_that_are_asked_for(client: httpx.AsyncClient) -> None:
    matrix = {"name": "input", "shape": [1, 3], "datatype": "FP32", "data": [[100, 1, 6]]}
    answer = await client.post(V2, json={"inputs": [matrix], "outputs": [{"name": "label"}]})
    assert [output["data"] for output in answer.json()["outputs"]] == [["no"]]


async def test_every_answer_names_version_and_request(client: httpx.AsyncClient) -> None:
    given = await client.get("/v2", headers={"x-request-id": "abc-1"})
    made = await client.post(V1, json={}, headers={"x-request-id": "not visible"})
    assert (given.headers["x-served-version"], given.headers["x-request-id"]) == ("1.2.0", "abc-1")
    assert len(made.headers["x-request-id"]) == 32


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/v2/health/live", {"live": True}),
        ("/v2/health/ready", {"name": "flights", "ready": True}),
        ("/v2/models/flights/ready", {"name": "flights", "ready": True}),
        ("/v2/models/flights/versions/1.2.0/ready", {"name": "flights", "ready": True}),
        ("/v1/models", {"models": ["flights"]}),
        ("/v1/models/flights", {"name": "flights", "ready": True}),
    ],
)
async def test_health_and_names_are_there(client: httpx.AsyncClient, path: str, expected: dict[str, Any]) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.json()) == (200, expected)


async def test_metadata_tells_inputs_outputs_and_classes(client: httpx.AsyncClient) -> None:
    told = (await client.get("/v2/models/flights")).json()
    assert [(one["name"], one["datatype"]) for one in told["inputs"]] == [
        ("distance", "FP64"),
        ("carrier", "BYTES"),
        ("hour", "FP64"),
    ]
    assert told["outputs"][1]["parameters"] == {"classes": ["no", "yes"]}


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        pytest.param({"inputs": []}, 400, "one or more tensors", id="no inputs"),
        pytest.param({"inputs": TWO, "x": 1}, 400, "nothing else", id="another key"),
        pytest.param({"inputs": TWO, "id": 7}, 400, '"id"', id="id is a number"),
        pytest.param({"inputs": [1]}, 400, "a tensor is an object", id="no tensor"),
        pytest.param({"inputs": [{"name": "hour"}]}, 400, '"data"', id="no data"),
        pytest.param({"inputs": [tensor("hour", [1], "FP8")]}, 400, "datatype", id="datatype"),
        pytest.param({"inputs": [tensor("hour", [1]) | {"shape": [-1]}]}, 400, "shape", id="negative shape"),
        pytest.param({"inputs": [*TWO, TWO[0]]}, 400, "there twice", id="a column twice"),
        pytest.param({"inputs": [*TWO[:2], tensor("hour", [1])]}, 422, "needs 2 rows", id="rows differ"),
        pytest.param({"inputs": [*TWO[:2], tensor("hour", ["1", "2"], "BYTES")]}, 422, "BYTES is not", id="bytes"),
        pytest.param({"inputs": [*TWO[:2], tensor("hour", [1, 2.5], "INT8")]}, 422, "2.5 is not an integer", id="int"),
        pytest.param({"inputs": TWO[:2]}, 422, "hour are not there", id="a column too few"),
        pytest.param({"inputs": TWO, "outputs": [{"name": "x"}]}, 422, "label, probabilities", id="unknown output"),
        pytest.param({"inputs": [tensor("input", [1, 2, 3])]}, 422, r"\[rows, 3\]", id="a matrix with one dimension"),
        pytest.param({"inputs": [tensor("input", ["a"] * 3) | {"shape": [1, 3]}]}, 422, "'a'", id="text in a matrix"),
        pytest.param({"inputs": inputs(distance=[], carrier=[], hour=[])}, 422, "no rows", id="no rows"),
    ],
)
async def test_v2_refuses_in_words(client: httpx.AsyncClient, body: dict[str, Any], status: int, told: str) -> None:
    answer = await client.post(V2, json=body)
    assert answer.status_code == status
    assert set(answer.json()) == {"error", "code"}
    assert told.replace("\\", "") in answer.json()["error"]


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        pytest.param({"instances": 1}, 400, "nothing else", id="no list"),
        pytest.param({"instances": [ROW, [1, "AA", 2]]}, 400, "every instance", id="mixed"),
        pytest.param({"instances": []}, 422, "no rows", id="empty"),
        pytest.param({"instances": [[1, "AA"]]}, 422, "the model has 3", id="too short"),
        pytest.param({"instances": [ROW, {"hour": 1}]}, 422, "are not there", id="a feature too few"),
        pytest.param({"instances": [ROW | {"houR": 1}]}, 422, "did you mean 'hour'", id="a feature too many"),
        pytest.param({"instances": [ROW] * 1001}, 413, "the limit is 1,000", id="rows"),
    ],
)
async def test_v1_refuses_in_words(client: httpx.AsyncClient, body: dict[str, Any], status: int, told: str) -> None:
    answer = await client.post(V1, json=body)
    assert answer.status_code == status
    assert told in answer.json()["error"]


async def test_a_body_over_the_limit_is_refused_announced_or_not(client: httpx.AsyncClient) -> None:
    async def unannounced() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * (100 << 10)

    announced = await client.post(V1, content=b" " * (2 << 20))
    streamed = await client.post(V1, content=unannounced())
    assert (announced.status_code, streamed.status_code) == (413, 413)
    assert "the limit is 1,048,576" in announced.json()["error"]


async def test_other_methods_and_addresses_say_what_is_here(client: httpx.AsyncClient) -> None:
    assert (await client.get(V1)).status_code == 405
    assert (await client.post("/v2")).status_code == 405
    missing = await client.post("/v2/models/other/infer", json={})
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")


async def test_a_thousand_rows_are_answered_from_a_thread(client: httpx.AsyncClient) -> None:
    answer = await client.post(V1, json={"instances": [ROW] * 1000})
    assert len(answer.json()["predictions"]) == 1000


async def test_an_output_that_is_not_finite_never_leaves_and_is_counted(captures: Captures) -> None:
    app = Predictor(served_formula(constant=float("nan")), captures)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        answer = await client.post(V1, json={"instances": [ROW]})
        metrics = (await client.get("/metrics")).text
    assert (answer.status_code, answer.json()["code"]) == (500, "non_finite_output")
    assert "regrow_non_finite_outputs_total 1.0" in metrics
    assert "regrow_served_total 0.0" in metrics


async def test_a_failure_inside_tells_callers_nothing_of_the_inside(
    app: Predictor, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    app.model = None  # type: ignore[assignment]
    answer = await client.post(V1, json={"instances": [ROW]}, headers={"x-request-id": "bad-1"})
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "NoneType" not in answer.text
    assert "bad-1" in caplog.text


async def test_metrics_count_requests_by_code_rows_and_the_way_of_captures(client: httpx.AsyncClient) -> None:
    await client.post(V2, json={"inputs": TWO})
    await client.post(V2, json={"inputs": []})
    text = (await client.get("/metrics")).text
    for line in (
        'regrow_requests_total{code="200"} 1.0',
        'regrow_requests_total{code="400"} 1.0',
        "regrow_served_total 1.0",
        "regrow_rows_total 2.0",
        "regrow_unknown_categories_total 1.0",
        "regrow_captures_queued 1.0",
        "regrow_request_seconds_count 2.0",
        'regrow_model_info{algorithm="lightgbm",model="flights",slot="a",version="1.2.0"} 1.0',
    ):
        assert line in text


async def test_what_was_served_is_captured_and_a_probe_is_not(
    client: httpx.AsyncClient, captures: Captures, tmp_path: Path
) -> None:
    await client.post(V2, json={"inputs": TWO}, headers={"x-request-id": "one"})
    await client.post(V2, json={"inputs": TWO}, headers={"x-regrow-probe": "1"})
    captures.close()
    (line,) = (tmp_path / "captures" / "1.2.0-a-1.jsonl").read_text().splitlines()
    told = json.loads(line)
    told.pop("at")
    assert told == {
        "id": "one",
        "model": "flights",
        "version": "1.2.0",
        "slot": "a",
        "inputs": {"distance": [100, 200], "carrier": ["AA", "??"], "hour": [18, None]},
        "labels": ["yes", "no"],
        "probabilities": [[0.25, 0.75], [0.5, 0.5]],
    }


async def test_ready_turns_503_while_predictions_go_on(app: Predictor, client: httpx.AsyncClient) -> None:
    app.stop_being_ready()
    assert (await client.get("/v2/health/ready")).status_code == 503
    assert (await client.get("/v2/health/live")).status_code == 200
    assert (await client.post(V1, json={"instances": [ROW]})).status_code == 200
