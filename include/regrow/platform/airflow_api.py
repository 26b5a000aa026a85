"""Airflow's REST API, the few questions that Regrow asks of it, with typed answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, Self
from urllib.parse import quote

import httpx

from regrow.errors import NotFound, RegrowError, Unreachable
from regrow.frozen import Frozen

ENDED = ("success", "failed")


class DagRun(Frozen):
    dag_id: str
    run_id: str
    state: str
    """queued, running, success, failed"""
    run_type: str
    started_at: datetime | None
    ended_at: datetime | None
    note: str = ""

    @property
    def ended(self) -> bool:
        return self.state in ENDED


class TaskInstance(Frozen):
    task_id: str
    map_index: int
    """-1 where the task is not mapped."""
    label: str
    """The rendered map index: what a mapped task is called."""
    state: str | None
    try_number: int
    started_at: datetime | None
    ended_at: datetime | None


class AirflowApi:
    """One user's view. The token is fetched when first needed, and anew where it has run out."""

    def __init__(
        self, address: str, user: str, password: str, transport: httpx.BaseTransport | None = None, timeout: float = 20
    ) -> None:
        self.address = address.rstrip("/")
        self._credentials = {"username": user, "password": password}
        self._transport = transport
        self._timeout = timeout

    @cached_property
    def _http(self) -> httpx.Client:
        return httpx.Client(base_url=self.address, transport=self._transport, timeout=self._timeout)

    def dag_is_known(self, dag_id: str) -> bool:
        try:
            self._get(f"/dags/{dag_id}")
        except NotFound:
            return False
        return True

    def import_errors(self) -> tuple[str, ...]:
        return tuple(item["stack_trace"] for item in self._get("/importErrors")["import_errors"])

    def dag_runs(self, dag_id: str, limit: int = 100) -> tuple[DagRun, ...]:
        """Newest first."""
        found = self._get(f"/dags/{dag_id}/dagRuns", limit=limit, order_by="-run_after")
        return tuple(_run(item) for item in found["dag_runs"])

    def dag_run(self, dag_id: str, run_id: str) -> DagRun:
        return _run(self._get(f"/dags/{dag_id}/dagRuns/{quote(run_id, safe='')}"))

    def task_instances(self, dag_id: str, run_id: str) -> tuple[TaskInstance, ...]:
        found = self._get(f"/dags/{dag_id}/dagRuns/{quote(run_id, safe='')}/taskInstances", limit=1000)
        return tuple(_task(item) for item in found["task_instances"])

    def log(self, dag_id: str, run_id: str, task_id: str, try_number: int = 1, map_index: int = -1) -> str:
        """The events of one try, a line each."""
        path = f"/dags/{dag_id}/dagRuns/{quote(run_id, safe='')}/taskInstances/{task_id}/logs/{try_number}"
        content = self._get(path, map_index=map_index, full_content="true")["content"]
        return "\n".join(item["event"] if isinstance(item, Mapping) else str(item) for item in content)

    def trigger(self, dag_id: str, conf: Mapping[str, Any] | None = None, note: str = "") -> DagRun:
        body = {"logical_date": None, "conf": dict(conf or {}), "note": note or None}
        return _run(self._send("POST", f"/dags/{dag_id}/dagRuns", json=body))

    def close(self) -> None:
        if "_http" in self.__dict__:
            self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _get(self, path: str, **query: Any) -> Any:
        return self._send("GET", path, params=query)

    def _send(self, method: str, path: str, **options: Any) -> Any:
        if "Authorization" not in self._http.headers:
            self._sign_in()
        answer = self._answer(method, f"/api/v2{path}", **options)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            self._sign_in()
            answer = self._answer(method, f"/api/v2{path}", **options)
        if answer.status_code == httpx.codes.NOT_FOUND:
            raise NotFound("Airflow object", path)
        return self._checked(answer).json()

    def _sign_in(self) -> None:
        answer = self._checked(self._answer("POST", "/auth/token", json=self._credentials))
        self._http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def _answer(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            return self._http.request(method, path, **options)
        except httpx.TransportError as error:
            raise Unreachable(service="Airflow", address=self.address, reason=str(error)) from error

    def _checked(self, answer: httpx.Response) -> httpx.Response:
        if answer.is_error:
            said = answer.text[:300]
            raise RegrowError(f"Airflow answered {answer.status_code} to {answer.request.url.path}: {said}")
        return answer


def _run(item: Mapping[str, Any]) -> DagRun:
    return DagRun(
        dag_id=item["dag_id"],
        run_id=item["dag_run_id"],
        state=item["state"],
        run_type=item["run_type"],
        started_at=_time(item.get("start_date")),
        ended_at=_time(item.get("end_date")),
        note=item.get("note") or "",
    )


def _task(item: Mapping[str, Any]) -> TaskInstance:
    return TaskInstance(
        task_id=item["task_id"],
        map_index=item["map_index"],
        label=item.get("rendered_map_index") or "",
        state=item["state"],
        try_number=item["try_number"],
        started_at=_time(item.get("start_date")),
        ended_at=_time(item.get("end_date")),
    )


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
