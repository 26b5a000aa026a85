"""The in-memory twin of a cluster: an API server without any controller, kubelet or admission.

What these would do, a test does by `happen`. Lists inside of objects are atomic here, where the real server merges some
by their keys.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from regrow.cluster import kinds as known_kinds
from regrow.cluster.memory_fields import changed, leaves, merge, prune
from regrow.cluster.port import Kind, Object, Response, called, named
from regrow.errors import Conflict, Refused

Key = tuple[str, str, str, str]
Path = tuple[str, ...]
KINDS = tuple(kind for kind in vars(known_kinds).values() if isinstance(kind, Kind))


class MemoryCluster:
    """`kinds` are what this API server knows; `answers` replaces what pods and Services say through the proxy."""

    def __init__(self, kinds: Iterable[Kind] = KINDS, namespaces: Iterable[str] = ("default",)) -> None:
        self.kinds = frozenset(kinds)
        self.namespaces = set(namespaces)
        self.logs: dict[tuple[str, str], str] = {}
        """By namespace and pod."""
        self.answers: Callable[[str, str, str, bytes | None], Response] = _nobody
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self._objects: dict[Key, Object] = {}
        self._applied: dict[Key, frozenset[Path]] = {}
        self._numbers = itertools.count(1)

    # --- the port ---

    def get(self, kind: Kind, name: str, namespace: str = "") -> Object | None:
        return copy.deepcopy(self._objects.get(_key(kind, name, namespace)))

    def list(
        self,
        kind: Kind,
        namespace: str = "",
        labels: Mapping[str, str] | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> tuple[Object, ...]:
        items = [
            item
            for (api_version, name, place, _), item in self._objects.items()
            if (api_version, name) == (kind.api_version, kind.kind) and namespace in ("", place)
        ]
        found = [item for item in items if _labelled(item, labels or {}) and _matches(item, fields or {})]
        return tuple(copy.deepcopy(sorted(found, key=lambda item: named(item)[::-1])))

    def create(self, kind: Kind, item: Object) -> Object:
        key = self._admitted(kind, item)
        if key in self._objects:
            raise Conflict(subject=called(kind, *named(item)), expected="no object of that name", found="one")
        return self._keep(kind, key, item, {})

    def apply(self, kind: Kind, item: Object, *, force: bool = False) -> Object:
        key = self._admitted(kind, item)
        before, ours = self._objects.get(key, {}), self._applied.get(key, frozenset())
        wanted = {"apiVersion": kind.api_version, "kind": kind.kind, **item}
        theirs = sorted(path for path in changed(before, wanted) if path not in ours)
        if before and theirs and not force:
            raise Conflict(
                subject=called(kind, *named(item)),
                expected="no other manager of these fields",
                found=f"one that set {', '.join('.'.join(path) for path in theirs)}",
            )
        self._applied[key] = frozenset(leaves(wanted))
        return self._keep(kind, key, merge(prune(before, ours - self._applied[key]), wanted), before)

    def delete(
        self, kind: Kind, name: str, namespace: str = "", *, grace_seconds: int | None = None, uid: str = ""
    ) -> bool:
        key = _key(kind, name, namespace)
        found = self._objects.get(key)
        if found is not None and uid not in ("", found["metadata"]["uid"]):
            raise Conflict(subject=called(kind, name, namespace), expected=uid, found=found["metadata"]["uid"])
        self._applied.pop(key, None)
        return self._objects.pop(key, None) is not None

    def serves(self, kind: Kind) -> bool:
        return kind in self.kinds

    def proxy(
        self,
        namespace: str,
        target: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] = {},
        timeout: float = 10,
    ) -> Response:
        return self.answers(namespace, target, path, body)

    def log(self, namespace: str, pod: str, *, tail: int = 200) -> str:
        if self.get(known_kinds.POD, pod, namespace) is None:
            return ""
        return "".join(self.logs.get((namespace, pod), "").splitlines(keepends=True)[-tail:])

    # --- what a controller or a kubelet does ---

    def happen(self, kind: Kind, name: str, namespace: str = "", **parts: Any) -> Object:
        """Another manager merges `parts` (`status`, `metadata`, `spec`) into the object."""
        key = _key(kind, name, namespace)
        before = self._objects[key]
        return self._keep(kind, key, merge(before, parts), before)

    # --- inside ---

    def _admitted(self, kind: Kind, item: Object) -> Key:
        name, namespace = named(item)
        if kind not in self.kinds:
            raise Refused(f"the cluster refuses {called(kind, name, namespace)}: it does not know the kind")
        if kind.namespaced and namespace not in self.namespaces:
            raise Refused(f'the cluster refuses {called(kind, name, namespace)}: namespaces "{namespace}" not found')
        return _key(kind, name, namespace)

    def _keep(self, kind: Kind, key: Key, item: Object, before: Object) -> Object:
        kept = merge({"apiVersion": kind.api_version, "kind": kind.kind}, item)
        old, now = before.get("metadata", {}), f"{self.clock():%Y-%m-%dT%H:%M:%SZ}"
        kept["metadata"]["uid"] = old.get("uid") or f"uid-{next(self._numbers)}"
        kept["metadata"]["creationTimestamp"] = old.get("creationTimestamp") or now
        kept["metadata"]["generation"] = old.get("generation", 0) + (kept.get("spec") != before.get("spec"))
        kept["metadata"]["resourceVersion"] = str(next(self._numbers))
        self._objects[key] = kept
        return copy.deepcopy(kept)


def _key(kind: Kind, name: str, namespace: str) -> Key:
    return kind.api_version, kind.kind, namespace if kind.namespaced else "", name


def _labelled(item: Object, labels: Mapping[str, str]) -> bool:
    return all(item["metadata"].get("labels", {}).get(name) == value for name, value in labels.items())


def _matches(item: Object, fields: Mapping[str, str]) -> bool:
    return all(_at(item, name.split(".")) == value for name, value in fields.items())


def _at(item: Any, path: Iterable[str]) -> Any:
    for name in path:
        item = item.get(name, {}) if isinstance(item, dict) else {}
    return item


def _nobody(namespace: str, target: str, path: str, body: bytes | None) -> Response:
    return Response(status=503, headers={}, body=b"no endpoints available")
