"""The port to a Kubernetes cluster: objects as JSON, and the few verbs that Regrow needs of them.

Every verb may raise Unreachable where the API server does not answer, is overloaded or fails: whether the effect
happened is then unknown, so names are chosen so that the same call again is harmless.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from regrow.frozen import Frozen

Object = dict[str, Any]
"""A Kubernetes object as JSON."""

OWNER = "regrow"
"""The field manager of everything that Regrow writes."""


class Kind(Frozen):
    api_version: str
    """`v1`, or group and version: `apps/v1`."""
    kind: str
    plural: str
    namespaced: bool = True


class Response(Frozen):
    """What a Service or a pod answered through the API server; a 502 or 503 may be the API server's own."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


class Cluster(Protocol):
    def get(self, kind: Kind, name: str, namespace: str = "") -> Object | None: ...

    def list(
        self,
        kind: Kind,
        namespace: str = "",
        labels: Mapping[str, str] | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> tuple[Object, ...]:
        """Sorted by name; of all namespaces where none is given. `fields` are dotted; a cluster knows few."""

    def create(self, kind: Kind, item: Object) -> Object:
        """Raises Conflict where the name is taken, Refused where admission, quota or rights say no."""

    def apply(self, kind: Kind, item: Object, *, force: bool = False) -> Object:
        """Server-side apply as field manager `regrow`: what was applied before and is no longer named is removed.

        Raises Conflict where another manager has set a field to something else, unless `force`; Refused as `create`.
        """

    def delete(
        self, kind: Kind, name: str, namespace: str = "", *, grace_seconds: int | None = None, uid: str = ""
    ) -> bool:
        """True where it was there. With `uid` only that very object: another of its name raises Conflict."""

    def serves(self, kind: Kind) -> bool:
        """Whether this API server knows the kind."""

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
        """GET (or POST with a body) through the API server to `services/NAME:PORT` or `pods/NAME:PORT`."""

    def log(self, namespace: str, pod: str, *, tail: int = 200) -> str:
        """The last lines of the pod's log; empty where it has none, or is gone."""


def called(kind: Kind, name: str, namespace: str = "") -> str:
    """An object's name for people: `Pod regrow-steps/trial-1`."""
    return f"{kind.kind} {namespace}/{name}" if namespace else f"{kind.kind} {name}"


def named(item: Object) -> tuple[str, str]:
    """(name, namespace) of an object."""
    return item["metadata"]["name"], item["metadata"].get("namespace", "")
