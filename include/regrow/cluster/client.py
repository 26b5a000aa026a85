"""The cluster through its API server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import orjson

from regrow.cluster.port import OWNER, Kind, Object, Response, called, named
from regrow.cluster.transport import TIRED, Transport, status_of, told
from regrow.errors import Conflict, Refused

PAGE = "500"


class ApiCluster:
    """`api` is an `ApiClient` of the official client, however it was configured."""

    def __init__(self, api: Any) -> None:
        self._transport = Transport(api)

    def get(self, kind: Kind, name: str, namespace: str = "") -> Object | None:
        answer = self._transport.read(_path(kind, namespace, name))
        return None if _missing(answer) else _with_kind(kind, self._body(answer, called(kind, name, namespace)))

    def list(
        self,
        kind: Kind,
        namespace: str = "",
        labels: Mapping[str, str] | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> tuple[Object, ...]:
        query = {"limit": PAGE}
        for name, wanted in (("labelSelector", labels), ("fieldSelector", fields)):
            if wanted:
                query[name] = ",".join(f"{key}={value}" for key, value in sorted(wanted.items()))
        found: list[Object] = []
        while True:
            answer = self._transport.read(_path(kind, namespace), query)
            if answer.status == 410 and query.pop("continue", ""):
                # The page is too old to be continued: once more from the start.
                found.clear()
                continue
            body = self._body(answer, kind.plural)
            found += [_with_kind(kind, item) for item in body["items"]]
            following = body["metadata"].get("continue")
            if not following:
                return tuple(sorted(found, key=lambda item: named(item)[::-1]))
            query["continue"] = following

    def create(self, kind: Kind, item: Object) -> Object:
        name, namespace = named(item)
        answer = self._transport.exchange(
            "POST",
            _path(kind, namespace),
            {"fieldManager": OWNER},
            orjson.dumps(_with_kind(kind, item)),
            {"Content-Type": "application/json"},
        )
        return self._body(answer, called(kind, name, namespace), expected="no object of that name")

    def apply(self, kind: Kind, item: Object, *, force: bool = False) -> Object:
        name, namespace = named(item)
        answer = self._transport.exchange(
            "PATCH",
            _path(kind, namespace, name),
            {"fieldManager": OWNER, "force": str(force).lower()},
            orjson.dumps(_with_kind(kind, item)),
            {"Content-Type": "application/apply-patch+yaml"},
        )
        return self._body(answer, called(kind, name, namespace), expected="no other manager of these fields")

    def delete(
        self, kind: Kind, name: str, namespace: str = "", *, grace_seconds: int | None = None, uid: str = ""
    ) -> bool:
        options: Object = {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Background"}
        if grace_seconds is not None:
            options["gracePeriodSeconds"] = grace_seconds
        if uid:
            options["preconditions"] = {"uid": uid}
        answer = self._transport.exchange(
            "DELETE",
            _path(kind, namespace, name),
            body=orjson.dumps(options),
            headers={"Content-Type": "application/json"},
        )
        if _missing(answer):
            return False
        self._body(answer, called(kind, name, namespace), expected=uid)
        return True

    def serves(self, kind: Kind) -> bool:
        answer = self._transport.read(_group(kind))
        if _missing(answer):
            return False
        known = self._body(answer, kind.api_version)["resources"]
        return any(resource["name"] == kind.plural for resource in known)

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
        way = f"/api/v1/namespaces/{quote(namespace)}/{quote(target, safe='/:')}/proxy/{path.lstrip('/')}"
        answer = self._transport.exchange("GET" if body is None else "POST", way, None, body, headers, timeout)
        if status_of(answer).get("reason") in ("Forbidden", "Unauthorized"):
            raise _refusal(answer, f"{namespace} {target}")
        return answer

    def log(self, namespace: str, pod: str, *, tail: int = 200) -> str:
        path = f"/api/v1/namespaces/{quote(namespace)}/pods/{quote(pod)}/log"
        answer = self._transport.read(path, {"tailLines": str(tail)})
        # 204, 400: the container has not started, or has been removed.
        if answer.status in (400, 404):
            return ""
        if answer.status >= 300:
            self._body(answer, f"the log of Pod {namespace}/{pod}")
        return answer.body.decode("utf-8", "replace")

    def _body(self, answer: Response, subject: str, expected: str = "") -> Object:
        if answer.status < 300:
            found: Object = orjson.loads(answer.body)
            return found
        # Two writers met at a quota: nothing of ours is in the way, and the next try finds it settled.
        if answer.status == 409 and "resourcequotas" not in told(answer):
            raise Conflict(subject=subject, expected=expected, found=told(answer))
        if answer.status in TIRED or answer.status == 409:
            raise self._transport.unreachable(answer)
        raise _refusal(answer, subject)


def _refusal(answer: Response, subject: str) -> Refused:
    """Rights, admission, quota, a wrong field or a namespace that is not there: the API server says which."""
    if answer.status == 401:
        return Refused(f"the cluster does not know who asks for {subject}; renew the credentials of the KUBECONFIG")
    return Refused(f"the cluster refuses {subject}: {told(answer)}", status=answer.status)


def _missing(answer: Response) -> bool:
    return answer.status == 404


def _with_kind(kind: Kind, item: Object) -> Object:
    """Items of a list do not say what they are."""
    return {"apiVersion": kind.api_version, "kind": kind.kind, **item}


def _group(kind: Kind) -> str:
    return f"/apis/{kind.api_version}" if "/" in kind.api_version else f"/api/{kind.api_version}"


def _path(kind: Kind, namespace: str, name: str = "") -> str:
    place = f"/namespaces/{quote(namespace)}" if kind.namespaced and namespace else ""
    return f"{_group(kind)}{place}/{kind.plural}" + (f"/{quote(name)}" if name else "")
