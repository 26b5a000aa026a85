"""The registry in MLflow: studies as nested runs, versions with tags, aliases as the ledger's projection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from regrow.errors import Conflict
from regrow.ledger.file_lock import locked
from regrow.registry.mlflow_database import database_file, prepare_file
from regrow.registry.mlflow_model import stage
from regrow.registry.mlflow_quiet import quiet
from regrow.registry.mlflow_study import StudyLog
from regrow.registry.port import Registration, Registry, TrialLog

_RECORD, _VERSION = "regrow.record", "regrow.version"
_MAX_TAG = 4000
_LONGEST_WAIT = 300.0


class MlflowRegistry:
    """MLflow at `url` (SQLite or http); artifacts of new experiments lie below `artifact_root`.

    `ui` is the address where a person sees it; for http it is `url`. Writers on one machine take turns under a file
    lock beside the artifacts, so that finding and creating are one act.
    """

    def __init__(self, url: str, artifact_root: Path, ui: str = "") -> None:
        self.url = url
        self._artifacts = artifact_root.resolve()
        self._ui = (ui or (url if url.startswith("http") else "")).rstrip("/")
        self._opened: Any = None

    def prepare(self) -> None:
        self._artifacts.mkdir(parents=True, exist_ok=True)
        if file := database_file(self.url):
            prepare_file(file, self._artifacts.as_uri())
        else:
            with self._writing() as client:
                client.search_experiments(max_results=1)

    def log_study(self, model: str, run_id: str, tags: Mapping[str, str], trials: Sequence[TrialLog]) -> str:
        with self._writing() as client:
            experiment = self._experiment(client, model)
            log = StudyLog(client, experiment)
            parent = log.parent(run_id, tags)
            for trial in trials:
                log.trial(parent, trial)
            log.end(parent)
            return self._run_url(experiment, parent.info.run_id)

    def register(
        self,
        model: str,
        run_id: str,
        record: str,
        version: str,
        folder: Path,
        metadata: Mapping[str, Any],
        report: Path | None = None,
    ) -> Registration:
        with self._writing() as client:
            found = self._version_of(client, model, record)
            if found is None:
                found = self._create(client, model, run_id, record, version, folder, metadata, report)
            else:
                _show(client, found.run_id, report)
                if found.tags.get(_VERSION) != version:
                    client.set_model_version_tag(model, found.version, _VERSION, version)
            return self._registration(found)

    def find(self, model: str, record: str) -> Registration | None:
        with self._reading() as client:
            found = self._version_of(client, model, record)
            return self._registration(found) if found else None

    def alias(self, model: str, name: str) -> str | None:
        with self._reading() as client:
            found = _registered(client, model)
            version = found.aliases.get(name) if found else None
            return None if version is None else str(version)

    def set_alias(self, model: str, name: str, registry_version: str, epoch: int) -> None:
        with self._writing() as client:
            client.get_model_version(model, registry_version)
            tag = f"regrow.alias.{name}.epoch"
            newest = int(client.get_registered_model(model).tags.get(tag, "0"))
            if epoch < newest:
                raise Conflict(subject=f"alias {name} of {model}", expected=f"epoch {epoch}", found=f"epoch {newest}")
            # The epoch first: killed in between, the alias is repaired, and nobody older can set it any more.
            client.set_registered_model_tag(model, tag, str(epoch))
            client.set_registered_model_alias(model, name, registry_version)

    def _create(
        self,
        client: Any,
        model: str,
        run_id: str,
        record: str,
        version: str,
        folder: Path,
        metadata: Mapping[str, Any],
        report: Path | None,
    ) -> Any:
        """The tags go in with the version, in one transaction: there is no version that cannot be found again."""
        log = StudyLog(client, self._experiment(client, model))
        run = log.run_of(record, f"{model} {version}", {"regrow.run": run_id})
        with TemporaryDirectory(prefix="regrow-register-") as staged:
            stage(folder, Path(staged), record=record, run_id=run.info.run_id, example=metadata.get("example"))
            client.log_artifacts(run.info.run_id, staged, "model")
        _show(client, run.info.run_id, report)
        log.end(run)
        if _registered(client, model) is None:
            client.create_registered_model(model)
        return client.create_model_version(
            model,
            source=f"{run.info.artifact_uri}/model",
            run_id=run.info.run_id,
            tags=_tags(metadata) | {_VERSION: version, _RECORD: record, "regrow.run": run_id},
            description=f"{model} {version}",
        )

    def _version_of(self, client: Any, model: str, record: str) -> Any | None:
        """The lowest number, should a registration ever have happened twice."""
        wanted = f"name = '{model}' and tags.`{_RECORD}` = '{record}'"
        found = client.search_model_versions(wanted, max_results=100)
        return min(found, key=lambda version: int(version.version), default=None)

    def _experiment(self, client: Any, model: str) -> str:
        found = client.get_experiment_by_name(model)
        if found is not None:
            return str(found.experiment_id)
        # A server chooses the place itself; for a file it would be below the current folder.
        place = (self._artifacts / model).as_uri() if database_file(self.url) else None
        return str(client.create_experiment(model, artifact_location=place))

    def _registration(self, version: Any) -> Registration:
        url = f"{self._ui}/#/models/{version.name}/versions/{version.version}" if self._ui else ""
        return Registration(registry_version=str(version.version), run_id=version.run_id or "", url=url)

    def _run_url(self, experiment: str, run_id: str) -> str:
        return f"{self._ui}/#/experiments/{experiment}/runs/{run_id}" if self._ui else f"runs:/{run_id}"

    @contextmanager
    def _writing(self) -> Iterator[Any]:
        self._artifacts.mkdir(parents=True, exist_ok=True)
        # The client first: loading MLflow takes seconds, and nobody should wait for that under the lock.
        with self._reading() as client, locked(self._artifacts / ".writing.lock", seconds=_LONGEST_WAIT):
            yield client

    @contextmanager
    def _reading(self) -> Iterator[Any]:
        if file := database_file(self.url):
            prepare_file(file, self._artifacts.as_uri())
        with quiet(self.url):
            yield self._client()

    def _client(self) -> Any:
        if self._opened is None:
            from mlflow import MlflowClient

            self._opened = MlflowClient(tracking_uri=self.url, registry_uri=self.url)
        return self._opened


def _registered(client: Any, model: str) -> Any | None:
    found = client.search_registered_models(f"name = '{model}'", max_results=1)
    return client.get_registered_model(model) if found else None


def _show(client: Any, run_id: str, report: Path | None) -> None:
    """Put a report's files where MLflow's page of the run shows them. Writing them again changes nothing."""
    if report is not None:
        client.log_artifacts(run_id, str(report), "report")


def _tags(metadata: Mapping[str, Any]) -> dict[str, str]:
    return {f"regrow.{key}": str(value)[:_MAX_TAG] for key, value in metadata.items() if key != "example"}


_: type[Registry] = MlflowRegistry
