"""Whatever is sent, the predictor answers in its own words, with a 4xx or a prediction, and never with a 5xx."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import Any

import httpx
import orjson

from regrow.serving.predictor.app import Predictor
from regrow.serving.predictor.captures import Captures
from support.serving_models import ROW, served_formula

REQUESTS = int(os.environ.get("REGROW_FUZZ_REQUESTS", "2000"))
ODD: tuple[Any, ...] = (
    *(None, True, -1, 0, 2**63, -(2**70), 1e300, -1e-320, "", "AA", "NaN", "\u0000", "💥", "a" * 300),
    *([], {}, [[]], [None], {"a": {"b": []}}, [1, 2, 3], ["x", 1], float("nan"), float("inf")),
)
NAMES = ("distance", "carrier", "hour", "input", "name", "shape", "datatype", "data", "id", "outputs", "instances", "")
PATHS = ("/v1/models/flights:predict", "/v2/models/flights/infer", "/v2/models/flights/versions/1.2.0/infer")


def good(random: random.Random) -> dict[str, Any]:
    rows = random.choice((1, 2, 65))
    if random.random() < 0.5:
        return {"instances": [dict(ROW) for _ in range(rows)]}
    columns = {name: [value] * rows for name, value in ROW.items()}
    return {
        "inputs": [
            {"name": name, "shape": [rows], "datatype": "BYTES" if name == "carrier" else "FP64", "data": data}
            for name, data in columns.items()
        ]
    }


def spoil(node: Any, random: random.Random) -> Any:
    """The same with something else somewhere in it."""
    if random.random() < 0.2 or not isinstance(node, dict | list) or not node:
        return random.choice(ODD)
    if isinstance(node, list):
        place = random.randrange(len(node))
        return [*node[:place], spoil(node[place], random), *node[place + 1 :]]
    changed = dict(node)
    name = random.choice(list(changed))
    value = changed.pop(name)
    if random.random() < 0.7:
        changed[name] = spoil(value, random)
    if random.random() < 0.3:
        changed[random.choice(NAMES)] = random.choice(ODD)
    return changed


def body(random: random.Random) -> bytes:
    document = good(random)
    for _ in range(random.randrange(3)):
        document = spoil(document, random)
    raw = json.dumps(document, ensure_ascii=random.random() < 0.5).encode()
    if random.random() < 0.15:
        place = random.randrange(len(raw) + 1)
        raw = raw[:place] + random.randbytes(random.randrange(4)) + raw[place + random.randrange(4) :]
    return raw


async def test_strange_requests_get_a_4xx_in_words_or_a_finite_prediction(tmp_path: Path) -> None:
    dice = random.Random(22)
    app = Predictor(served_formula(), Captures(tmp_path, "1.2.0-a", queue_bytes=1 << 16))
    codes = set()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        for _ in range(REQUESTS):
            sent = body(dice)
            answer = await client.post(dice.choice(PATHS), content=sent)
            codes.add(answer.status_code)
            # orjson reads neither NaN nor Infinity: that it reads the answer says that all numbers are finite.
            told = orjson.loads(answer.content)
            assert answer.status_code == 200 or (answer.status_code < 500 and set(told) == {"error", "code"}), sent
            assert "Traceback" not in answer.text
    assert codes >= {200, 400, 422}
    counts = app.counts()
    assert sum(counts.values()) == app.metrics.served
