"""Names that point at code, loaded when first asked for.

A registry's module lists every name with its dotted path. Adding an entry imports nothing, so that it changes no
fingerprint of a step that uses another entry.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import Any

from regrow.errors import NotFound, RegrowError


class DuplicateName(RegrowError):
    code = "duplicate_name"


class Registry:
    """Maps names to `package.module:attribute`; refuses duplicates and names the known ones."""

    def __init__(self, noun: str, entries: Iterable[tuple[str, str]] = ()) -> None:
        self.noun = noun
        self._paths: dict[str, str] = {}
        for name, path in entries:
            self.register(name, path)

    def register(self, name: str, path: str) -> None:
        if name in self._paths:
            raise DuplicateName(f"{self.noun} {name!r} is registered twice: {self._paths[name]} and {path}")
        self._paths[name] = path

    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self._paths))

    def path(self, name: str) -> str:
        """The dotted path of `name`; NotFound names the known ones."""
        if name not in self._paths:
            raise NotFound(self.noun, name, self._paths)
        return self._paths[name]

    def module(self, name: str) -> str:
        """The module that computes `name`: what a fingerprint covers."""
        return self.path(name).partition(":")[0]

    def load(self, name: str) -> Any:
        module, _, attribute = self.path(name).partition(":")
        return getattr(importlib.import_module(module), attribute)
