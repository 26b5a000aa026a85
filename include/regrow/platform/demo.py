"""What `make run` shows: real flights arrive day by day and become a served model, under a real Airflow.

Each stage asks first what is there already: a second run computes nothing, and a run that was interrupted goes on.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from regrow.cli.ending import tell, tell_unexpected
from regrow.errors import RegrowError
from regrow.ledger.port import Run
from regrow.platform.checkup import check_quickly
from regrow.platform.demo_report import report
from regrow.platform.demo_story import Story, chosen
from regrow.platform.demo_watch import AirflowWatch
from regrow.platform.flights import build_days, original_files, read_flights, write_day
from regrow.platform.lifecycle import bring_up, ensure_supervisor
from regrow.platform.workspace import Workspace, open_workspace
from regrow.settings import Settings
from regrow.spec.load import LoadedPipeline, load_pipeline
from regrow.steps.view import View

DECIDED, NO_STUDY = ("promoted", "kept"), ("running", "not_due", "planned")

PAUSE = float(os.environ.get("REGROW_DEMO_PAUSE", "3"))
"""Seconds between two arriving days."""
PATIENCE = 900.0
"""Seconds that Airflow may take for all arrivals, and again for the retraining."""


class Demo:
    def __init__(self, settings: Settings, story: Story, say: Callable[[str], None]) -> None:
        self.settings = settings
        self.story = story
        self.say = say
        self.began = datetime.now(UTC)
        self.workspace: Workspace = open_workspace(settings, workers=os.cpu_count())
        self.loaded: LoadedPipeline = load_pipeline(settings.pipelines / "flights_delay.yaml")
        self.folder = settings.data / "flights"

    @property
    def view(self) -> View:
        return View(self.workspace.ledger, self.loaded.pipeline.name, "")

    def play(self) -> bool:
        """All stages in order; True if everything is as it was promised."""
        self.check()
        self.history()
        self.up()
        watch = AirflowWatch(self.settings, self.loaded.pipeline.name, self.say)
        self.february(watch)
        run = self.retraining(watch)
        return report(self.workspace, self.loaded.pipeline.name, run, self.story.refused, self.began, self.say)

    def check(self) -> None:
        self.say("1/5 this machine")
        findings = check_quickly(self.settings)
        for finding in findings:
            self.say(f"  {'ok  ' if finding.ok else 'FAIL'} {finding.name}: {finding.told}")
        unfit = [finding for finding in findings if not finding.ok]
        if unfit:
            raise RegrowError(f"{unfit[0].name}: {unfit[0].told}; next: {unfit[0].fix}")

    def history(self) -> None:
        """January, in this process: the partitions, their gates, and the first champion."""
        from regrow.steps.local import Taken, catch_up

        self.say("2/5 history: January 2013, in this process")
        first, last = self.story.history[0], self.story.history[-1]
        build_days(original_files(), first, last, self.folder)
        ensure_supervisor(self.settings, self._more)
        for event in catch_up(
            self.workspace, self.loaded, through=last.isoformat(), actor="make run", progress=self._more
        ):
            if isinstance(event, Taken):
                self.say(f"  {len(event.accepted)} days accepted, {len(event.refused)} refused")
            else:
                self.say(f"  {event.outcome}: {event.sentence}")
        self._first_champion()

    def up(self) -> None:
        self.say("3/5 Airflow, MLflow, Envoy")
        for link in bring_up(self.settings, timeout=300, progress=self._more):
            self.say(f"  {link.name}: {link.address} ({link.about})")

    def february(self, watch: AirflowWatch) -> None:
        """Days arrive; the arrival DAG takes them. One after the other first, then the rest of the month."""
        self.say("4/5 February arrives; Airflow takes it")
        tables = read_flights(original_files(), self.folder.with_name(f".{self.folder.name}-originals"))
        known = self.view.gates()
        for days, pause in ((self.story.one_by_one, PAUSE), (self.story.month_end, PAUSE / 6)):
            for day in days:
                if day.isoformat() not in known:
                    write_day(tables, day, self.folder)
                    self._pause(watch, pause)
        wanted = {day.isoformat() for day in self.story.arriving}
        watch.until(
            lambda: wanted <= set(self.view.gates()), what="every day of February at the data gate", timeout=PATIENCE
        )
        judgements = self.view.gates()
        accepted = sum(judgements[key].verdict == "PASS" for key in wanted)
        self.say(f"  {accepted} days accepted, {len(wanted) - accepted} refused at the data gate")

    def retraining(self, watch: AirflowWatch) -> Run:
        """The month's end made it due; Airflow does it."""
        self.say("5/5 the month's end makes a retraining due")
        last = self.story.end
        if self._study(last) is None and self._studies(last):
            self.say("  the one of before did not come to its end; asked for again")
            watch.ask_again("its predecessor did not come to its end")
        watch.until(lambda: self._study(last) is not None, what=f"a retraining through {last}", timeout=PATIENCE)
        study = self._study(last)
        assert study is not None
        watch.ended(study.run_id, timeout=120)
        return study

    def _study(self, through: str) -> Run | None:
        """The newest that came to a decision, or came to nothing while we looked on."""
        ended = (run for run in self._studies(through) if run.outcome in DECIDED or run.started_at >= self.began)
        return next(ended, None)

    def _studies(self, through: str) -> list[Run]:
        """Runs that trained on partitions up to `through` and ended, newest first."""
        recent = self.workspace.ledger.runs.recent(self.loaded.pipeline.name, limit=200)
        return [run for run in recent if through in (run.params.get("window") or {}) and run.outcome not in NO_STUDY]

    def _first_champion(self) -> None:
        """An interrupted history has its partitions but no champion yet."""
        from regrow.steps.local import retrain

        name = self.loaded.pipeline.name
        champion = self.workspace.ledger.models.champion(name)
        if champion is None:
            run = retrain(self.workspace, self.loaded, reason="history", actor="make run", progress=self._more)
            champion = self.workspace.ledger.models.champion(name)
            if champion is None:
                raise RegrowError(f"the history ended without a champion: {run.sentence}")
        self.say(f"  champion {name}@{champion.version}")

    def _pause(self, watch: AirflowWatch, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            watch.look()
            time.sleep(min(0.5, seconds))

    def _more(self, line: str) -> None:
        self.say(f"  {line}")


def _say(began: float, line: str) -> None:
    seconds = int(time.monotonic() - began)
    sys.stdout.write(f"[{seconds // 60:2d}:{seconds % 60:02d}] {line}\n")
    sys.stdout.flush()


def main() -> int:
    settings = Settings()
    try:
        return 0 if Demo(settings, chosen(os.environ), partial(_say, time.monotonic())).play() else 1
    except RegrowError as error:
        code = tell(error, [])
        sys.stderr.write(
            f"logs: {settings.root / 'logs'}\nnext: make run goes on from here; make down stops everything\n"
        )
        return code
    except KeyboardInterrupt:
        sys.stderr.write("\nstopped; make run goes on from here, make down stops everything\n")
        return 130
    except Exception as error:
        return tell_unexpected(error, [])


if __name__ == "__main__":
    sys.exit(main())
