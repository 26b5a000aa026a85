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


_hashed: dict[str, dict[str, str]] = {}
"""By digest of the code's manifest, whose content never changes: a run asks for the same code at every partition."""


def _code(request: StepRequest, store: Store) -> dict[str, str]:
    if not request.code:
        return {}
    if request.code not in _hashed:
        with TemporaryDirectory(prefix="regrow-code-") as folder:
            _hashed[request.code] = file_hashes(store.fetch(request.code, Path(folder)))
    return _hashed[request.code]
