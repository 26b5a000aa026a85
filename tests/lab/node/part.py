"""One part of the lab, as the table of parts knows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lab.node.builds import Build
from lab.node.process import Process


def nothing() -> None:
    """For a part that needs no such step."""


@dataclass(frozen=True)
class Part:
    name: str
    process: Callable[[], Process]
    prepare: Callable[[], None] = nothing
    """Writes the files that the process reads; a second time changes nothing."""
    settle: Callable[[], None] = nothing
    """What is done once the process answers: objects in the cluster, images in the runtime."""
    builds: tuple[Build, ...] = ()
    after: tuple[str, ...] = ()
    """The parts that must run before it."""

    def start(self) -> None:
        self.prepare()
        self.process().start()
        self.settle()

    def stop(self) -> None:
        self.process().stop()

    def kill(self) -> None:
        self.process().kill()

    @property
    def pid(self) -> int | None:
        return self.process().pid

    @property
    def ready(self) -> bool:
        """It runs and answers, now."""
        process = self.process()
        return process.pid is not None and process.ready()
