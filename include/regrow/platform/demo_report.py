"""The last page of `make run`: what came out, shown from what is really there."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import orjson

from regrow.errors import Unreachable
from regrow.ledger.port import ModelVersion, Run
from regrow.platform.demo_request import real_request
from regrow.platform.lifecycle import links
from regrow.platform.workspace import Workspace
from regrow.steps.view import View


def report(
    workspace: Workspace,
    model: str,
    study: Run,
    refused: Sequence[str],
    began: datetime,
    say: Callable[[str], None],
) -> bool:
    """Say all of it; True if the champion answers, the refused days were refused and the study succeeded."""
    view = View(workspace.ledger, model, "")
    say("")
    checks = [
        _champion(workspace, view, say),
        _days(view, refused, say),
        _study(study, say),
        _prediction(workspace, view, say),
    ]
    say("")
    for link in links(workspace):
        say(f"{link.name:<14} {link.address}  {link.about}")
    say("stop it with: make down (data stays)   look at it with: .venv/bin/regrow status")
    say(_counted(workspace, view, began))
    return all(checks)


def _champion(workspace: Workspace, view: View, say: Callable[[str], None]) -> bool:
    version = view.champion()
    if version is None:
        say("champion       none")
        return False
    facts = View(workspace.ledger, view.pipeline, version.run_id).steps("select")["select"].facts
    interval = f"{facts['value']:.3f} [{facts['low']:.3f}, {facts['high']:.3f}]"
    say(f"champion       {version.model}@{version.version}, AUC {interval}")
    return True


def _days(view: View, refused: Sequence[str], say: Callable[[str], None]) -> bool:
    gates = view.gates()
    for day in refused:
        say(f"refused        {day}: {gates[day].reason if day in gates else 'has not arrived'}")
    return all(day in gates and gates[day].verdict == "FAIL" for day in refused)


def _study(study: Run, say: Callable[[str], None]) -> bool:
    say(f"retraining     {study.outcome}: {study.sentence}")
    return study.outcome in ("promoted", "kept")


def _prediction(workspace: Workspace, view: View, say: Callable[[str], None]) -> bool:
    """One real flight, through Envoy."""
    version = view.champion()
    if version is None:
        return False
    address = f"{workspace.router.address(view.pipeline)}/infer"
    body, happened = real_request(workspace, view, version)
    answer = _ask(address, body)
    if answer.status_code != httpx.codes.OK:
        say(f"prediction     {address} answered {answer.status_code}: {answer.text[:200]}")
        return False
    say(f"prediction     {_probability(answer.json())}; it was {happened}; {_served(answer, version)}")
    say(f"ask yourself   curl -s {address} -H 'Content-Type: application/json' -d @{_kept(workspace, body)}")
    return True


def _ask(address: str, body: Mapping[str, Any]) -> httpx.Response:
    try:
        return httpx.post(address, content=orjson.dumps(body), headers={"Content-Type": "application/json"}, timeout=10)
    except httpx.TransportError as error:
        raise Unreachable(service="Envoy", address=address, reason=str(error)) from error


def _probability(answer: Mapping[str, Any]) -> str:
    outputs = {output["name"]: output["data"] for output in answer["outputs"]}
    return ", ".join(f"{name} {json.dumps(data)}" for name, data in outputs.items())


def _served(answer: httpx.Response, version: ModelVersion) -> str:
    return f"served by version {answer.headers.get('x-served-version', version.version)}"


def _kept(workspace: Workspace, body: Mapping[str, Any]) -> Path:
    path = workspace.settings.root / "demo" / "request.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(orjson.dumps(body))
    return path


def _counted(workspace: Workspace, view: View, began: datetime) -> str:
    """Steps whose records are used: those computed since `began`, and those from before that are still intact."""
    uses = {use.fingerprint: use for use in reversed(workspace.ledger.records.uses(pipeline=view.pipeline))}
    computed = sum(use.at >= began for use in uses.values())
    reused = 0
    for fingerprint, use in uses.items():
        record = workspace.ledger.records.find(fingerprint)
        if use.at < began and record is not None and workspace.store.intact(record.output):
            reused += 1
    elapsed = (datetime.now(UTC) - began).total_seconds()
    return f"{reused} steps reused, {computed} computed, {int(elapsed // 60)} min {int(elapsed % 60):02d} s"
