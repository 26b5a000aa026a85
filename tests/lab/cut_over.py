"""One cut-over on KServe in a process of its own, to be killed: `python -m lab.cut_over MODEL VERSION ARTIFACT`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from regrow.platform.workspace import open_workspace
from regrow.rollout.execute import cut_over
from regrow.rollout.traffic import TrafficPlan
from regrow.serving.port import Deployer, Router


def take_over(
    ledger: object, deployer: Deployer, router: Router, model: str, version: str, artifact: str
) -> TrafficPlan:
    return cut_over(
        ledger,  # type: ignore[arg-type]
        deployer,
        router,
        model=model,
        version=version,
        artifact=artifact,
        actor="test",
        reason="a newer version",
        now=datetime.now(UTC),
        progress=print,
    )


if __name__ == "__main__":
    workspace = open_workspace()
    take_over(workspace.ledger, workspace.deployer, workspace.router, *sys.argv[1:])
    workspace.close()
