"""Who a step is: its environment and its fingerprint, computed the same way by coordinator and step."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from regrow.ledger.closure import module_hashes
from regrow.ledger.environment import environment_hash
from regrow.ledger.fingerprint import fingerprint, kernel_modules
from regrow.ledger.user_closure import file_hashes
from regrow.steps.contract import StepRequest
from regrow.steps.kinds import extra_of
from regrow.store.port import Store


def environment_of(kind: str) -> str:
    """The environment hash that steps of this kind have here."""
    return environment_hash(extra_of(kind))


def identify(request: StepRequest, store: Store) -> str:
    """The request's fingerprint as computed here, in this environment and from these sources."""
    kernels = module_hashes(kernel_modules(request.kind, request.params))
    return fingerprint(request, environment_of(request.kind), kernels, _code(request, store))


def _code(request: StepRequest, store: Store) -> dict[str, str]:
    if not request.code:
        return {}
    with TemporaryDirectory(prefix="regrow-code-") as folder:
        root = store.fetch(request.code, Path(folder))
        return file_hashes(root)
