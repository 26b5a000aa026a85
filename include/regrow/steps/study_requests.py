"""The requests of a study's rounds, and of the selection after it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from regrow.ledger.port import StepRecord
from regrow.spec.metrics import LOWER_IS_BETTER
from regrow.steps.building import Builder
from regrow.steps.contract import StepRequest
from regrow.steps.graph import RunParams, searches
from regrow.steps.reading import read_json


class StudyRequests(Builder):
    def ask(self, number: int) -> list[StepRequest]:
        chosen = searches(self.loaded.pipeline)
        wanted = self._form().algorithms or tuple(chosen)
        params = {
            "algorithms": [
                {
                    "name": algorithm.name,
                    "hyperparameters": {
                        name: space.model_dump(mode="json") for name, space in algorithm.hyperparameters.items()
                    },
                    "search": chosen[algorithm.name].model_dump(mode="json"),
                }
                for algorithm in self.spec.algorithms
                if algorithm.name in wanted
            ],
            "search": self.spec.training.search.model_dump(mode="json"),
            "round": number,
            "seed": self.spec.training.seed,
        }
        return [self.request("ask", f"ask r{number}", params, self._told(number))]

    def trials(self, number: int) -> list[StepRequest]:
        (split,) = self.need("split", f"trial_{number}").values()
        training = self.spec.training
        return [
            self.request(
                "trial",
                trial_step(number, trial["k"]),
                {
                    "algorithm": trial["algorithm"],
                    "hyperparameters": trial["hyperparameters"],
                    "metric": training.metric,
                },
                [("split", "split", split)],
                timeout_seconds=training.timeout_minutes * 60,
            )
            for trial in self.asked(number)
        ]

    def tell(self, number: int) -> list[StepRequest]:
        """All trials that were asked: those that ended with their outputs, the others with their reasons."""
        trials, reasons = self.view.steps("trial"), self.failures()
        steps = {trial["k"]: trial_step(number, trial["k"]) for trial in self.asked(number)}
        failed = [
            {"k": k, "reason": reasons.get(step, "it did not end")} for k, step in steps.items() if step not in trials
        ]
        params = {
            "round": number,
            "metric": self.spec.training.metric,
            "min_success_ratio": self.spec.training.min_success_ratio,
            "asked": self.asked(number),
            "failed": failed,
        }
        inputs = [("trial", trial_key(number, k), trials[step]) for k, step in steps.items() if step in trials]
        return [self.request("tell", f"tell r{number}", params, inputs)]

    def select(self) -> list[StepRequest]:
        (split,) = self.need("split", "select").values()
        key, candidate = self._best()
        champion = self.view.to_beat()
        selection = self.spec.selection
        inputs = [("split", "split", split), ("candidate", key, candidate)]
        if champion is not None:
            inputs.append(("champion", champion.version, self.record(champion.record)))
        params = {
            "metric": selection.metric or self.spec.training.metric,
            "min_improvement": selection.min_improvement,
            "confidence": selection.confidence,
            "require": {name: limit.text for name, limit in selection.require.items()},
            "champion_version": champion.version if champion else None,
            "candidate": key,
            "replace_incomparable": self._form().replace_incomparable,
            "formats": sorted({self._format(record) for _, _, record in inputs[1:]}),
        }
        return [self.request("select", "select", params, inputs)]

    def asked(self, number: int) -> list[dict[str, Any]]:
        """The trials that round `number` asked for. Raises NotYet before."""
        record = self.view.step("ask", f"ask r{number}")
        if record is None:
            raise self.not_yet(f"trial_{number}", f"ask r{number}")
        trials: list[dict[str, Any]] = read_json(self.store, record.output, "trials.json")
        return trials

    def _best(self) -> tuple[str, StepRecord]:
        """The best trial of all rounds, by the tells' own words."""
        tells = [record for _, record in sorted(self.need("tell", "select").items())]
        results = [read_json(self.store, record.output, "results.json") for record in tells]
        best = best_of([result["best"] for result in results if result.get("best")], self.spec.training.metric)
        if best is None:
            raise self.not_yet("select", "a trial that succeeded")
        return best["key"], self.view.steps("trial")[trial_step(best["round"], best["k"])]

    def _format(self, trial: StepRecord) -> str:
        return str(read_json(self.store, trial.output, "model/model.json")["format"])

    def _told(self, number: int) -> list[tuple[str, str, StepRecord]]:
        told = self.view.steps("tell")
        wanted = [f"tell r{earlier}" for earlier in range(number)]
        if missing := [name for name in wanted if name not in told]:
            raise self.not_yet(f"ask_{number}", ", ".join(missing))
        return [("tell", name.removeprefix("tell "), told[name]) for name in wanted]

    def failures(self) -> dict[str, str]:
        """Why each failed step of this run failed."""
        entries = self.view.ledger.audit.entries(self.view.run_id)
        return {entry.details["step"]: entry.reason for entry in entries if entry.action == "step.failed"}

    def _form(self) -> RunParams:
        run = self.view.run()
        return RunParams.model_validate_json(orjson.dumps(run.params.get("form", {}))) if run else RunParams()


def trial_key(number: int, k: int) -> str:
    return f"r{number}k{k:02d}"


def trial_step(number: int, k: int) -> str:
    return f"trial r{number} k{k:02d}"


def best_of(candidates: Sequence[dict[str, Any]], metric: str) -> dict[str, Any] | None:
    """The best by `metric`; of equals, the first asked."""
    sign = -1 if metric in LOWER_IS_BETTER else 1
    return max(candidates, key=lambda found: sign * found["value"], default=None)
