"""Does it answer? Every probe asks the real thing once and says yes or no."""

from __future__ import annotations

import http.client
import socket
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable

from lab.node import pki

Probe = Callable[[], bool]

_NO_PROXY = urllib.request.ProxyHandler({})
"""All of the lab is on this machine; a proxy of the person's environment would not find it."""


def answers(url: str, code: int = 200) -> Probe:
    """Over https, with the lab's authority as the only one trusted."""

    def probe() -> bool:
        return status(url) == code

    return probe


def status(url: str, token: str | None = None) -> int | None:
    """The HTTP status; None where nothing answers."""
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    try:
        with _opener(url).open(urllib.request.Request(url, headers=headers), timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code
    except (OSError, http.client.HTTPException):
        return None


def put(url: str) -> None:
    """An empty request; what is there already stays."""
    with _opener(url).open(urllib.request.Request(url, method="PUT"), timeout=30):
        pass


def accepts(host: str, port: int) -> Probe:
    """For what speaks no HTTP: somebody listens."""

    def probe() -> bool:
        try:
            with socket.create_connection((host, port), timeout=2):
                return True
        except OSError:
            return False

    return probe


def _opener(url: str) -> urllib.request.OpenerDirector:
    if not url.startswith("https:"):
        return urllib.request.build_opener(_NO_PROXY)
    context = ssl.create_default_context(cafile=str(pki.authority().certificate))
    return urllib.request.build_opener(_NO_PROXY, urllib.request.HTTPSHandler(context=context))
