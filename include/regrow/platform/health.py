"""Waiting for services to answer."""

from __future__ import annotations

import time
from collections.abc import Callable

import httpx

from regrow.errors import TimedOut
from regrow.steps.runner import Progress

AIRFLOW_PARTS = ("metadatabase", "scheduler", "triggerer", "dag_processor")


def until(question: Callable[[], str], *, what: str, timeout: float, progress: Progress, next_step: str = "") -> None:
    """Ask until the answer is empty. It says what is missing; progress hears of each change. Raises TimedOut."""
    deadline = time.monotonic() + timeout
    told = ""
    while missing := question():
        if time.monotonic() > deadline:
            raise TimedOut(what=f"{what} ({missing})", seconds=timeout, next_step=next_step)
        if missing != told:
            progress(f"{what}: waits for {missing}")
            told = missing
        time.sleep(0.5)


def airflow_lacks(address: str) -> str:
    """Which parts of Airflow are not healthy yet; empty when all are."""
    try:
        answer = httpx.get(f"{address}/api/v2/monitor/health", timeout=5)
        parts = answer.raise_for_status().json()
    except (httpx.HTTPError, ValueError):
        return "the api-server"
    lacking = [part for part in AIRFLOW_PARTS if (parts.get(part) or {}).get("status") != "healthy"]
    return ", ".join(lacking)


def http_lacks(name: str, address: str, timeout: float = 5) -> str:
    """The name while nothing answers 200 there."""
    try:
        return "" if httpx.get(address, timeout=timeout).status_code == 200 else name
    except httpx.HTTPError:
        return name
