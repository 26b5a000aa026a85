"""What a step is asked, what its code is given, and what it answers.

A step's code is a function `run(context: StepContext) -> StepOutcome` that reads its inputs' files, writes its outputs
below `context.out`, and touches nothing else: no clock, no network, no ledger. Everything that changes the result is in
the request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from regrow.errors import NotFound
from regrow.frozen import Frozen
from regrow.ledger.port import InputRef
from regrow.verdicts import Verdict

EXIT_DONE, EXIT_REFUSED, EXIT_TRANSIENT, EXIT_FAILED = 0, 10, 20, 1


class StepRequest(Frozen):
    kind: str
    """A registered kind of step."""
    step: str
    """Its name in the run, by position: `features 2013-02-08`, `trial r0 k03`."""
    pipeline: str
    run_id: str
    spec_digest: str
    params: Mapping[str, Any]
    """The parameters that it reads, and no others: JSON."""
    inputs: tuple[InputRef, ...] = ()
    seed: int = 0
    code: str = ""
    """Digest of the manifest with the user's modules, where the step runs them."""
    code_entry: str = ""
    """Which file of it is the entry."""
    environment: str = ""
    """The environment hash that it must run under; empty: any."""
    fingerprint: str = ""
    """What the coordinator computed; the step computes its own and refuses a difference. Empty: not compared."""
    timeout_seconds: float = 0.0
    """The runner ends it after so long; 0: never."""
    pods: Mapping[str, Any] = {}
    """The spec's `pods`, for a runner that makes some; changes no result."""


class StepResult(Frozen):
    """What the step command prints: where to find the record, and how it ended."""

    step: str
    kind: str
    fingerprint: str = ""
    output: str = ""
    verdict: Verdict | None = None
    reason: str = ""
    reused: bool = False
    exit_code: int = EXIT_DONE
    error: str = ""
    """The error's code where it ended without a record."""

    @property
    def succeeded(self) -> bool:
        return self.exit_code == EXIT_DONE


@dataclass(frozen=True)
class StepOutcome:
    reason: str
    """One sentence for people: what came out, with numbers."""
    verdict: Verdict | None = None
    """FAIL makes the step end with exit code 10. Steps that judge nothing leave it None."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Small results for records and screens: JSON, at most a few kilobytes. Never a clock or a path."""


@dataclass(frozen=True)
class Inputs:
    """The step's input files: for each role, a folder for each key, in the request's order."""

    folders: Mapping[str, Mapping[str, Path]]

    def one(self, role: str) -> Path:
        """The folder of a role that has exactly one input."""
        found = self.folders.get(role, {})
        if len(found) != 1:
            raise NotFound("single input", role, self.folders)
        return next(iter(found.values()))

    def many(self, role: str) -> Mapping[str, Path]:
        """All folders of a role by key; empty where there is none."""
        return self.folders.get(role, {})

    def maybe(self, role: str) -> Path | None:
        return next(iter(self.folders.get(role, {}).values()), None)


@dataclass(frozen=True)
class StepContext:
    params: Mapping[str, Any]
    inputs: Inputs
    out: Path
    """An empty folder; whatever lies in it afterwards is the output."""
    seed: int
    code: Path | None = None
    """The entry file of the user's modules, where the step runs them."""
    log: Callable[[str], None] = print
    """A line of progress for people."""


class StepFunction(Protocol):
    def __call__(self, context: StepContext) -> StepOutcome: ...
