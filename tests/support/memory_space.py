"""A workspace whose outside world is in memory: registry, deployer and router are the ports' twins."""

from __future__ import annotations

from functools import cached_property

from regrow.platform.workspace import Workspace
from regrow.registry.memory import MemoryRegistry
from regrow.registry.port import Registry
from regrow.serving.memory import MemoryDeployer, MemoryRouter
from regrow.serving.port import Deployer, Router
from regrow.steps.memory_runner import MemoryRunner
from regrow.steps.runner import Progress, Runner


class OutsideInMemory(Workspace):
    """Real ledger, store and step processes; nothing is served or tracked outside of this process."""

    def start_serving(self, progress: Progress) -> None:
        """The twins need no process."""

    @cached_property
    def registry(self) -> Registry:
        return MemoryRegistry()

    @cached_property
    def deployer(self) -> Deployer:
        return MemoryDeployer()

    @cached_property
    def router(self) -> Router:
        return MemoryRouter()


class InThisProcess(OutsideInMemory):
    """Steps too run in this process: the quickest whole pipeline."""

    @cached_property
    def runner(self) -> Runner:
        return MemoryRunner(self.ledger, self.store)
