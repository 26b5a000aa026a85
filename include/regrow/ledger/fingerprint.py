"""The fingerprint of a step: what it computes with and on, not who asked for it, when, or under which name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from regrow.frozen import digest
from regrow.steps.contract import StepRequest
from regrow.steps.kinds import kinds
from regrow.steps.selects import SELECTS


def fingerprint(request: StepRequest, environment: str, kernels: Mapping[str, str], code: Mapping[str, str]) -> str:
    """SHA-256, 64 hex digits. `kernels` and `code` map our modules and the user's files to their source hashes.

    Run, step name, pipeline and the spec's digest are not part of it: another run, and another pipeline, that asks for
    the same computation reuses its record.
    """
    asked = request.model_dump(mode="json", include={"kind", "params", "seed", "inputs", "code_entry"})
    return digest({**asked, "environment": environment, "kernels": dict(kernels), "code": dict(code)})


def kernel_modules(kind: str, params: Mapping[str, Any]) -> tuple[str, ...]:
    """Dotted names of what a step enters: its kind's module and those that its parameters select.

    No kernel is imported for it. Raises NotFound for an unknown name.
    """
    selected = SELECTS[kind](params) if kind in SELECTS else ()
    return (kinds.module(kind), *selected)
