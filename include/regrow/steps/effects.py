"""What a run changes in the world: MLflow, the champion, the traffic. Each is idempotent, so that a retry is safe."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from regrow.errors import Conflict
from regrow.ledger.port import ModelVersion, StepRecord
from regrow.registry.port import TrialLog
from regrow.steps.leasing import held
from regrow.steps.outcome import Outcome, outcome
from regrow.steps.reading import read_json
from regrow.steps.runner import Progress
from regrow.steps.study_requests import trial_step

if TYPE_CHECKING:
    from regrow.steps.coordinator import Coordinator

Done = tuple[Literal["done", "skipped"], str]


class Effects:
    """The effects of one run. Names of methods are kinds of nodes."""

    KINDS: ClassVar = frozenset({"due", "register", "deploy", "report"})

    def __init__(self, coordinator: Coordinator) -> None:
        self._run = coordinator
        self._space = coordinator.workspace
        self._ledger = coordinator.workspace.ledger
        self._model = coordinator.loaded.pipeline.name

    def do(self, kind: str, progress: Progress) -> Done:
        done: Done = getattr(self, f"_{kind}")(progress)
        return done

    def _due(self, progress: Progress) -> Done:
        run = self._run.view.run()
        assert run is not None
        if not run.params["due"]:
            return "skipped", f"no retraining: {run.params['sentence']}"
        if run.params["form"].get("plan_only"):
            from regrow.steps.plan import explain, plan

            progress(explain(plan(self._run)))
            return "skipped", "plan only: nothing was run"
        return "done", f"retraining: {run.params['sentence']}"

    def _register(self, progress: Progress) -> Done:
        selected = self._selected()
        if selected.facts["decision"] not in ("first", "better"):
            return "skipped", selected.reason
        from regrow.registry.register import register

        version = register(
            self._ledger,
            self._space.store,
            self._space.registry,
            loaded=self._run.loaded,
            run_id=self._run.run_id,
            candidate=self._candidate(selected),
            selected=selected,
            actor=self._actor(),
            now=self._run.clock(),
        )
        progress(f"registered {self._model}@{version.version}")
        return "done", f"{self._model}@{version.version} is registered (MLflow version {version.registry_version})"

    def _deploy(self, progress: Progress) -> Done:
        version = self._version()
        if version is None:
            return "skipped", "nothing was registered"
        return "done", self._take_over(version, progress)

    def _report(self, progress: Progress) -> Done:
        told = self._outcome()
        reaped = self._space.runner.reap(self._run.run_id)
        if reaped:
            progress(f"{reaped} steps that nobody waited for were ended")
        self._run.finish(told.outcome, told.sentence)
        progress(told.sentence)
        return "done", told.sentence

    def log_round(self, progress: Progress) -> None:
        """Log all trials so far to MLflow; those that are there stay as they are."""
        records = self._run.view.steps("trial")
        run = self._run.view.run()
        tags = {**self._run.loaded.pipeline.metadata.labels, "regrow.run_id": self._run.run_id}
        tags["regrow.reason"] = run.reason if run else ""
        asked = self._asked()
        trials = [self._trial_log(asked[name], record) for name, record in sorted(records.items())]
        trials += self._failed_trials({step: trial for step, trial in asked.items() if step not in records})
        address = self._space.registry.log_study(self._model, self._run.run_id, tags, trials)
        progress(f"{len(trials)} trials are in MLflow: {address}")

    # --- pieces ---

    def _take_over(self, version: ModelVersion, progress: Progress) -> str:
        """Serve the version and make it the champion; one rollout of a model at a time, by a lease."""
        from regrow.registry.register import promote

        champion = self._ledger.models.champion(self._model)
        if champion is not None and champion.version == version.version and self._served(version):
            return f"{self._model}@{version.version} is the champion already"
        self._space.start_serving(progress)
        with held(self._ledger, f"rollout:{self._model}"):
            seen = self._agreed(version)
            self._cut_over(version, progress)
            promote(
                self._ledger,
                self._space.registry,
                self._model,
                version.version,
                seen_epoch=seen,
                actor=self._actor(),
                reason=self._selected().reason,
                now=self._run.clock(),
            )
        return f"{self._model}@{version.version} answers at {self._space.router.address(self._model)}"

    def _cut_over(self, version: ModelVersion, progress: Progress) -> None:
        from regrow.rollout.execute import cut_over

        cut_over(
            self._ledger,
            self._space.deployer,
            self._space.router,
            model=self._model,
            version=version.version,
            artifact=version.artifact,
            actor=self._actor(),
            reason=self._selected().reason,
            now=self._run.clock(),
            progress=progress,
        )

    def _agreed(self, version: ModelVersion) -> int:
        """The champion's epoch, if it is still the one that the challenger was compared with."""
        champion = self._ledger.models.champion(self._model)
        compared = self._selected().params["champion_version"]
        if champion is None:
            return 0
        if champion.version not in (compared, version.version):
            raise Conflict(subject=f"the champion of {self._model}", expected=compared, found=champion.version)
        return champion.epoch

    def _served(self, version: ModelVersion) -> bool:
        intent = self._ledger.traffic.intent(self._model)
        return intent is not None and any(arm["version"] == version.version for arm in intent[1]["arms"])

    def _selected(self) -> StepRecord:
        (record,) = self._run.view.steps("select").values()
        return record

    def _candidate(self, selected: StepRecord) -> StepRecord:
        wanted = next(ref.digest for ref in selected.inputs if ref.role == "candidate")
        trials = self._run.view.steps("trial").values()
        return next(record for record in trials if record.output == wanted)

    def _version(self) -> ModelVersion | None:
        """The version that holds this run's winner. A rerun to the same bytes finds the version of then."""
        selected = self._run.view.steps("select").get("select")
        if selected is None or selected.facts["decision"] not in ("first", "better"):
            return None
        record = self._candidate(selected).fingerprint
        return next((v for v in self._ledger.models.versions(self._model) if v.record == record), None)

    def _actor(self) -> str:
        run = self._run.view.run()
        return run.actor if run else "regrow"

    def _outcome(self) -> Outcome:
        run = self._run.view.run()
        assert run is not None
        return outcome(
            run,
            self._run.view.steps("select").get("select"),
            self._version(),
            self._ledger.models.champion(self._model),
            planned=bool(run.params["form"].get("plan_only")),
        )

    def _trial_log(self, asked: Mapping[str, Any], record: StepRecord) -> TrialLog:
        metrics, curve = (read_json(self._space.store, record.output, name) for name in ("metrics.json", "curve.json"))
        return TrialLog(
            fingerprint=record.fingerprint,
            label=asked["label"],
            algorithm=record.params["algorithm"],
            hyperparameters=record.params["hyperparameters"],
            metrics={key: float(value) for key, value in metrics.items()},
            curve=tuple((int(point["step"]), str(point["name"]), float(point["value"])) for point in curve),
            seconds=(record.ended_at - record.started_at).total_seconds(),
        )

    def _failed_trials(self, asked: Mapping[str, Mapping[str, Any]]) -> list[TrialLog]:
        reasons = self._run.requests.study.failures()
        return [
            TrialLog(
                fingerprint=f"{self._run.run_id} {step}",
                label=trial["label"],
                algorithm=trial["algorithm"],
                hyperparameters=trial["hyperparameters"],
                metrics={},
                failed=reasons[step],
            )
            for step, trial in sorted(asked.items())
            if step in reasons
        ]

    def _asked(self) -> dict[str, dict[str, Any]]:
        """Every trial asked so far, by the name of its step."""
        study = self._run.requests.study
        numbers = [int(name.removeprefix("ask r")) for name in sorted(self._run.view.steps("ask"))]
        return {trial_step(number, trial["k"]): trial for number in numbers for trial in study.asked(number)}
