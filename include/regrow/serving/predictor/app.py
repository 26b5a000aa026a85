"""The ASGI application: one table of addresses, one way of a prediction."""

from __future__ import annotations

import asyncio
import logging
import re
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from regrow.serving.predictor import metadata, protocol_v1, protocol_v2
from regrow.serving.predictor.captures import Captures
from regrow.serving.predictor.encode import Encoded, Encoder
from regrow.serving.predictor.limits import Disconnected, Receive, read_body
from regrow.serving.predictor.metrics import Metrics
from regrow.serving.predictor.problem import Problem
from regrow.serving.predictor.reply import Reply, Send, json_reply, problem_reply, send_reply
from regrow.serving.predictor.scoring import NonFiniteOutput, Prediction, ServedModel, predict
from regrow.serving.predictor.strict_json import loads

LOG = logging.getLogger(__name__)
PROBE = b"x-regrow-probe"
"""With this header a prediction is neither captured nor counted as served. The data plane takes it off requests."""
INLINE_ROWS = 64
"""Above this a prediction goes to a thread, so that health answers while it is computed."""
VISIBLE = re.compile(rb"[!-~]{1,128}")
Protocol = Any


class Predictor:
    def __init__(
        self, model: ServedModel, captures: Captures, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.model, self._captures, self._clock = model, captures, clock
        info = {
            "model": model.name,
            "version": model.version,
            "slot": model.slot,
            "algorithm": model.scorer.card.algorithm,
        }
        self.metrics = Metrics(info, captures.counts)
        self._encoder = Encoder(model.scorer.card.table)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="predict")
        self._version = model.version.encode()
        self._reads, self._infers = self._addresses()

    def counts(self) -> dict[str, int]:
        return self._captures.counts()

    def stop_being_ready(self) -> None:
        self.metrics.ready = False

    def _addresses(self) -> tuple[dict[str, Callable[[], Reply]], dict[str, Protocol]]:
        one = f"/v2/models/{self.model.name}"
        bases = (one, f"{one}/versions/{self.model.version}")
        reads: dict[str, Callable[[], Reply]] = {
            "/v2": lambda: json_reply(metadata.server()),
            "/v2/health/live": lambda: json_reply({"live": True}),
            "/v2/health/ready": self._ready,
            "/metrics": lambda: Reply(200, self.metrics.text(), b"text/plain; version=1.0.0; charset=utf-8"),
            "/v1/models": lambda: json_reply({"models": [self.model.name]}),
            f"/v1/models/{self.model.name}": lambda: json_reply(metadata.model_v1(self.model, self.metrics.ready)),
        }
        for base in bases:
            reads[base] = lambda: json_reply(metadata.model_v2(self.model))
            reads[f"{base}/ready"] = self._ready
        infers: dict[str, Protocol] = {f"{base}/infer": protocol_v2 for base in bases}
        infers[f"/v1/models/{self.model.name}:predict"] = protocol_v1
        return reads, infers

    def _ready(self) -> Reply:
        ready = self.metrics.ready
        return json_reply({"name": self.model.name, "ready": ready}, 200 if ready else 503)

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        self._captures.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await asyncio.to_thread(self._captures.close)
        self._pool.shutdown()
        await send({"type": "lifespan.shutdown.complete"})

    async def _http(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        inference = scope["path"] in self._infers
        self.metrics.in_flight += inference
        try:
            await self._respond(scope, receive, send)
        finally:
            self.metrics.in_flight -= inference

    async def _respond(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        started = perf_counter()
        named = {name: value for name, value in scope["headers"] if name in (b"x-request-id", PROBE)}
        found = named.get(b"x-request-id", b"")
        request_id = found if VISIBLE.fullmatch(found) else uuid.uuid4().hex.encode()
        protocol = self._infers.get(scope["path"])
        try:
            if protocol is not None and scope["method"] == "POST":
                body = await read_body(receive, scope["headers"])
                reply = await self._infer(protocol, body, request_id.decode(), PROBE in named)
            else:
                reply = self._read(scope["method"], scope["path"], protocol)
        except Disconnected:
            return
        except Problem as problem:
            reply = problem_reply(problem)
        except Exception:
            # Whatever it is, its text may hold data or code of ours: callers get a sentence, the log gets the type.
            reply = problem_reply(Problem(500, "internal", "the predictor failed on this request; its log has the id"))
            LOG.exception("request %s failed", request_id.decode())
        if protocol is not None:
            self.metrics.answered(reply.status, perf_counter() - started)
        await send_reply(send, reply, [(b"x-served-version", self._version), (b"x-request-id", request_id)])

    def _read(self, method: str, path: str, protocol: Protocol) -> Reply:
        read = self._reads.get(path)
        if read is not None and method in ("GET", "HEAD"):
            return read()
        if read is not None or protocol is not None:
            raise Problem(405, "method_not_allowed", f"{path[:200]} answers {'GET' if read else 'POST'}, not {method}")
        raise Problem(
            404, "not_found", f"there is nothing at {path[:200]}; here is {self.model.name} {self.model.version}"
        )

    async def _infer(self, protocol: Protocol, body: bytes, request_id: str, probe: bool) -> Reply:
        document = loads(body)
        encoded: Encoded = protocol.parse(document, self._encoder)
        try:
            prediction = await self._predict(encoded)
        except NonFiniteOutput:
            self.metrics.non_finite += 1
            raise
        reply = Reply(200, protocol.answer(self.model, document, prediction))
        if probe:
            self.metrics.probes += 1
        else:
            self.metrics.predicted(len(prediction.labels), prediction.unknown)
            self._capture(request_id, encoded, prediction)
        return reply

    async def _predict(self, encoded: Encoded) -> Prediction:
        if len(encoded.matrix) <= INLINE_ROWS:
            return predict(self.model, encoded.matrix, encoded.unknown)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, predict, self.model, encoded.matrix, encoded.unknown)

    def _capture(self, request_id: str, encoded: Encoded, prediction: Prediction) -> None:
        self._captures.offer(
            {
                "id": request_id,
                "at": self._clock(),
                "model": self.model.name,
                "version": self.model.version,
                "slot": self.model.slot,
                "inputs": encoded.columns,
                "labels": prediction.labels,
                "probabilities": prediction.probabilities.tolist(),
            }
        )
