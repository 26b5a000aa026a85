"""Short questions to our own processes over HTTP on this machine."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from dataclasses import dataclass

from regrow.errors import Unreachable


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


def ask(
    endpoint: str,
    path: str,
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = 2.0,
) -> Answer:
    """One request to host:port on a connection of its own. Raises Unreachable without a whole answer in `timeout` s."""
    connection = http.client.HTTPConnection(endpoint, timeout=timeout)
    try:
        connection.request(method, path, body=body, headers=dict(headers or {}))
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, found, response.read())
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(service=path, address=endpoint, reason=str(error) or type(error).__name__) from error
    finally:
        connection.close()
