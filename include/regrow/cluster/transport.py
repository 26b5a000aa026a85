"""One exchange with the API server: authenticated, bounded in time, our own error where nothing comes back."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import orjson
import urllib3

from regrow.cluster.port import Response
from regrow.errors import Unreachable

CONNECT_SECONDS, READ_SECONDS = 3.0, 10.0
TRIES = 3
PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 5.0
TIRED = frozenset({429, 500, 502, 503, 504})
"""The API server itself cannot, for now."""


class Transport:
    """Works on an `ApiClient` of the official client, for its address, TLS and credentials."""

    def __init__(self, api: Any) -> None:
        self._api = api
        self.address = str(api.configuration.host)

    def exchange(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = READ_SECONDS,
    ) -> Response:
        """Raises Unreachable where no answer came in time."""
        sent = {"Accept": "application/json", **dict(self._api.default_headers), **(headers or {})}
        # Tokens run out, so they are asked for at every request.
        self._api.update_params_for_auth(sent, [], ["BearerToken"])
        url = f"{self.address}{path}" + (f"?{urlencode(query)}" if query else "")
        try:
            answer = self._api.rest_client.pool_manager.request(
                method,
                url,
                body=body,
                headers=sent,
                timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=timeout),
                retries=False,
                redirect=False,
            )
        except urllib3.exceptions.HTTPError as error:
            raise Unreachable(service="the Kubernetes API server", address=self.address, reason=str(error)) from error
        return Response(
            status=answer.status,
            headers={name.lower(): value for name, value in answer.headers.items()},
            body=answer.data,
        )

    def read(self, path: str, query: Mapping[str, str] | None = None, **how: Any) -> Response:
        """GET, with a few more tries of a few seconds: what only reads may be asked again."""
        for attempt in range(1, TRIES):
            try:
                answer = self.exchange("GET", path, query, **how)
            except Unreachable:
                answer = None
            if answer is not None and answer.status not in TIRED:
                return answer
            time.sleep(_pause(attempt, answer))
        return self.exchange("GET", path, query, **how)

    def unreachable(self, answer: Response) -> Unreachable:
        return Unreachable(
            service="the Kubernetes API server", address=self.address, reason=f"{answer.status}, {told(answer)}"
        )


def told(answer: Response) -> str:
    """The sentence of the API server's Status, or the start of whatever came back."""
    status = status_of(answer)
    return str(status.get("message") or status.get("reason") or answer.body[:200].decode("utf-8", "replace"))


def status_of(answer: Response) -> dict[str, Any]:
    """The Status object that the API server explains a refusal with; empty where the body is something else."""
    try:
        found = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) and found.get("kind") == "Status" else {}


def _pause(attempt: int, answer: Response | None) -> float:
    """Doubling, jittered, and as long as the server asks for, within limits."""
    asked = answer.headers.get("retry-after", "") if answer is not None else ""
    wanted = float(asked) if asked.isdigit() else PAUSE_SECONDS * 2**attempt
    return min(LONGEST_PAUSE_SECONDS, wanted) * random.uniform(0.5, 1.0)
