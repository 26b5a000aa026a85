"""The environment hash: Python minor, platform, and the installed versions of the packages that an extra needs.

An image, a laptop and a cluster with the same lock have the same hash; what else is installed there does not count.
"""

from __future__ import annotations

import functools
import platform
import sys

from regrow.errors import NotFound
from regrow.frozen import digest
from regrow.ledger.requirements import Needs, installed, needs_of

PROJECT = "regrow"
CORE = "data"
"""The name of the environment without any extra: what reading and validating needs."""


@functools.cache
def environment_hash(extra: str) -> str:
    """64 hex digits. Raises NotFound for an extra that the project does not have."""
    return digest(
        {
            "python": f"{sys.version_info.major}.{sys.version_info.minor}",
            "system": platform.system(),
            "machine": platform.machine(),
            "packages": list(packages(extra)),
        }
    )


def packages(extra: str) -> tuple[str, ...]:
    """`name==version` of everything that `extra` needs, sorted; a package that is not installed is said to miss."""
    known = extras()
    if extra not in known:
        raise NotFound("extra", extra, known)
    wanted = Needs(PROJECT, frozenset() if extra == CORE else frozenset({extra}))
    return tuple(sorted(_stated(name) for name in _closure(wanted)))


def extras() -> tuple[str, ...]:
    project = installed(PROJECT)
    return (CORE, *(project.extras if project else ()))


def _closure(wanted: Needs) -> set[str]:
    """Names of all packages below `wanted`, itself excluded: its sources are hashed as kernels."""
    seen, waiting = {wanted}, [wanted]
    while waiting:
        for found in needs_of(waiting.pop()):
            if found not in seen:
                seen.add(found)
                waiting.append(found)
    return {needs.name for needs in seen} - {PROJECT}


def _stated(name: str) -> str:
    found = installed(name)
    return f"{name}=={found.version}" if found else f"{name} is missing"
