"""Which of our sources compute a step: the kernels that it enters, and all of ours that those import.

Contracts are left out and not followed: they say how rooms speak with each other, not what comes out. Neither are
registries: they point at code by name, and a step names the entries that it uses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import regrow
from regrow.errors import NotFound
from regrow.ledger.source import Import, Source, read_source
from regrow.ledger.user_closure import closure_of_files, file_hashes

__all__ = ["PACKAGE", "closure_of_files", "file_hashes", "is_contract", "module_hashes"]

PACKAGE = Path(regrow.__file__).parent
_CONTRACTS = frozenset({"errors", "settings", "frozen", "verdicts", "registries"})
_CONTRACT_ROOMS = frozenset({"ledger", "store", "steps", "spec", "cli", "platform"})
_KERNELS_OF_SPEC = frozenset({"comparison", "metrics", "space"})
"""Kernels compare values and draw from spaces by these."""


def module_hashes(entries: Iterable[str], package: Path = PACKAGE) -> dict[str, str]:
    """Module name to source hash, sorted, for the entry modules and what they import of the package in the folder
    `package`. Entries count whatever they are. Raises NotFound for an entry that is no module.
    """
    found: dict[str, str] = {}
    waiting = [(name, _located(name, package)) for name in entries]
    while waiting:
        name, path = waiting.pop()
        if name not in found:
            source = read_source(path)
            found[name] = source.hash
            waiting += _kernels_behind(name, path, source, package)
    return dict(sorted(found.items()))


def is_contract(module: str) -> bool:
    """By its name alone: ports, errors, ledger, store, settings, the spec but for what kernels compute with."""
    _, *rest = module.split(".")
    if not rest or rest[-1] == "port" or rest[0] in _CONTRACTS:
        return True
    is_kernel_of_spec = rest[0] == "spec" and rest[-1] in _KERNELS_OF_SPEC
    return rest[0] in _CONTRACT_ROOMS and not is_kernel_of_spec


def _located(name: str, package: Path) -> Path:
    path = _path(name, package)
    if path is None:
        raise NotFound("module", name)
    return path


def _path(name: str, package: Path) -> Path | None:
    top, *rest = name.split(".")
    if top != package.name:
        return None
    place = package.joinpath(*rest)
    candidates = (place / "__init__.py", place.with_suffix(".py"))
    return next((path for path in candidates if path.is_file()), None)


def _kernels_behind(name: str, path: Path, source: Source, package: Path) -> Iterator[tuple[str, Path]]:
    for imported in source.imports:
        for module in _modules(_absolute(imported, name, path), package):
            target = _path(module, package)
            if target is not None and not is_contract(module) and _counts(target):
                yield module, target


def _counts(path: Path) -> bool:
    source = read_source(path)
    return not source.is_registry and not source.is_empty


def _absolute(imported: Import, importer: str, path: Path) -> Import:
    if not imported.level:
        return imported
    parts = importer.split(".") if path.name == "__init__.py" else importer.split(".")[:-1]
    base = parts[: len(parts) - imported.level + 1]
    return Import(".".join([*base, *filter(None, [imported.module])]), imported.names)


def _modules(imported: Import, package: Path) -> Iterator[str]:
    """Importing `a.b` runs the packages above it too; a name that is imported may be a module."""
    parts = imported.module.split(".")
    if parts[0] != package.name:
        return
    for length in range(1, len(parts) + 1):
        yield ".".join(parts[:length])
    for name in imported.names:
        yield f"{imported.module}.{name}"
