"""Semantic versions of models: what users of a model must care about, computed from what was asked for.

Compared are the spec's algorithms and search spaces, the feature code and the signature; never the values that a search
picked. Inputs or outputs changed: major. Algorithms, search spaces, feature code or the winning family changed: minor.
Only the data is new: patch. The first version is 1.0.0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from regrow.frozen import Frozen, digest
from regrow.spec.model import Spec
from regrow.training.table import TableSpec

FIRST = "1.0.0"


class Identity(Frozen):
    """What is compared between two versions of a model."""

    inputs: tuple[tuple[str, str], ...]
    """Features as (name, kind), in the model's order. Categories are data: a new one changes no request."""
    label: str
    outputs: tuple[str, ...]
    """Classes."""
    spaces: Mapping[str, str]
    """Algorithm to the digest of its hyperparameters' spaces."""
    features_code: str
    """Digest of the feature module with its imports; empty without one."""
    family: str
    """The algorithm that won."""


class Numbered(Frozen):
    version: str
    identity: Identity


def identity(spec: Spec, table: TableSpec, features_code: str, family: str) -> Identity:
    spaces = {
        algorithm.name: digest(algorithm.model_dump(mode="json", include={"hyperparameters"}))
        for algorithm in spec.algorithms
    }
    inputs = tuple((feature.name, feature.kind) for feature in table.features)
    return Identity(
        inputs=inputs,
        label=table.label,
        outputs=table.classes,
        spaces=spaces,
        features_code=features_code,
        family=family,
    )


def next_version(previous: Numbered | None, now: Identity) -> tuple[str, str]:
    """(version, reason). `previous` is the model's highest version, promoted or not."""
    if previous is None:
        return FIRST, "the first version"
    major, minor, patch = parse(previous.version)
    if changes := _signature_changes(previous.identity, now):
        return f"{major + 1}.0.0", f"major: {', '.join(changes)}"
    if changes := _recipe_changes(previous.identity, now):
        return f"{major}.{minor + 1}.0", f"minor: {', '.join(changes)}"
    return f"{major}.{minor}.{patch + 1}", "patch: new data only"


def highest(numbered: Iterable[Numbered]) -> Numbered | None:
    return max(numbered, key=lambda found: parse(found.version), default=None)


def parse(version: str) -> tuple[int, int, int]:
    """Raises ValueError for anything but three numbers."""
    major, minor, patch = (int(part) for part in version.split("."))
    return major, minor, patch


def _signature_changes(before: Identity, now: Identity) -> list[str]:
    changes = _names("input", dict(before.inputs), dict(now.inputs))
    if not changes and before.inputs != now.inputs:
        changes = ["the order of inputs changed"]
    if before.outputs != now.outputs:
        changes.append(f"classes changed from {_listed(before.outputs)} to {_listed(now.outputs)}")
    if before.label != now.label:
        changes.append(f"the label changed from {before.label} to {now.label}")
    return changes


def _recipe_changes(before: Identity, now: Identity) -> list[str]:
    changes = _names("algorithm", before.spaces, now.spaces, "search space of ")
    if before.features_code != now.features_code:
        changes.append("the feature code changed")
    if before.family != now.family:
        changes.append(f"the winning family changed from {before.family} to {now.family}")
    return changes


def _names(noun: str, before: Mapping[str, Any], now: Mapping[str, Any], prefix: str = "") -> list[str]:
    added = [f"{noun} {name} was added" for name in now if name not in before]
    removed = [f"{noun} {name} was removed" for name in before if name not in now]
    changed = [f"{prefix or noun + ' '}{name} changed" for name in now if name in before and before[name] != now[name]]
    return added + removed + changed


def _listed(names: Iterable[str]) -> str:
    return "/".join(names)
