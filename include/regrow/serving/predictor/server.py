"""From a config to a listening process, and its graceful end."""

from __future__ import annotations

import logging
import signal
from time import monotonic
from types import FrameType

import uvicorn

from regrow.serving.models import load_guarded
from regrow.serving.predictor.app import Predictor
from regrow.serving.predictor.captures import Captures
from regrow.serving.predictor.config import PredictorConfig
from regrow.serving.predictor.one_write import OneWriteProtocol
from regrow.serving.predictor.scoring import ServedModel
from regrow.serving.slot_folder import verify

LOG = logging.getLogger(__name__)
LOAD_SECONDS = 120.0
KEEP_ALIVE = 75
"""Seconds; longer than the data plane keeps an idle connection, so that it is never the predictor that closes first."""


def build(config: PredictorConfig) -> Predictor:
    """Verify, load, wrap. Raises NotFound, Corrupt or ModelRefused; nothing listens then."""
    scorer = load_guarded(verify(config.folder), seconds=LOAD_SECONDS)
    captures = Captures(config.captures / config.model, f"{config.version}-{config.slot}")
    return Predictor(ServedModel(config.model, config.version, config.slot, scorer), captures)


class Server(uvicorn.Server):
    """SIGTERM or SIGINT: not ready at once, then the door closes, requests in flight finish, captures are written."""

    def __init__(self, config: PredictorConfig, predictor: Predictor) -> None:
        super().__init__(
            uvicorn.Config(
                predictor,
                host=config.host,
                port=config.port,
                loop="uvloop",
                http=OneWriteProtocol,
                ws="none",
                lifespan="on",
                access_log=False,
                log_config=None,
                server_header=False,
                date_header=False,
                timeout_keep_alive=KEEP_ALIVE,
                timeout_graceful_shutdown=30,
            )
        )
        self._predictor, self._linger = predictor, config.linger
        self._closes_at: float | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self._closes_at is not None:
            self.should_exit = True
            self.force_exit = sig == signal.SIGINT
            return
        self._predictor.stop_being_ready()
        self._closes_at = monotonic() + self._linger

    async def on_tick(self, counter: int) -> bool:
        if self._closes_at is not None and monotonic() >= self._closes_at:
            self.should_exit = True
        return await super().on_tick(counter)


def serve(config: PredictorConfig) -> None:
    predictor = build(config)
    LOG.info("%s@%s in slot %s listens on %s:%s", config.model, config.version, config.slot, config.host, config.port)
    Server(config, predictor).run()
    LOG.info("stopped: served %s, %s", predictor.metrics.served, predictor.counts())
