"""2013 once more: flights arrive day by day and are judged, trained on, compared and served as they came.

CI size: to the end of February. Full size (REGROW_SOAK=1): the whole year, a retraining at each month's end.
"""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from regrow.ledger.port import Run
from regrow.platform.flights import build_days, original_files
from regrow.settings import Settings
from regrow.spec.load import LoadedPipeline, load_pipeline
from regrow.steps.local import Taken, catch_up
from regrow.training.table import ModelCard
from support.local_space import LocalSpace

SOAK = os.environ.get("REGROW_SOAK") == "1"
LAST = date(2013, 12, 31) if SOAK else date(2013, 2, 28)
YAML = Path(__file__).parents[2] / "dags" / "pipelines" / "flights_delay.yaml"
NAME = "flights-delay"

pytestmark = [pytest.mark.e2e, pytest.mark.fault]


class Replay:
    """What a replay left behind."""

    def __init__(self, space: LocalSpace, loaded: LoadedPipeline) -> None:
        self.space = space
        self.loaded = loaded
        self.taken: list[Taken] = []
        self.runs: list[Run] = []
        self.answers: dict[str, str] = {}

    def play(self) -> None:
        started = time.monotonic()
        for month in range(1, LAST.month + 1):
            end = LAST if month == LAST.month else date(2013, month + 1, 1)
            self._month(date(2013, month, 1), end)
        print(f"\n{LAST:%j} days replayed in {time.monotonic() - started:.0f} s")

    def _month(self, first: date, end: date) -> None:
        days = build_days(original_files(), first, end, self.space.settings.data / "flights")
        assert days
        for done in catch_up(self.space, self.loaded, through=end.isoformat(), actor="replay", progress=quiet):
            if isinstance(done, Taken):
                self.taken.append(done)
            else:
                self.runs.append(done)
                print(f"{done.reason}: {done.outcome}: {done.sentence}")
            self.answers[f"{len(self.taken)} {len(self.runs)}"] = self._served()

    def _served(self) -> str:
        if self.space.ledger.models.champion(NAME) is None:
            return ""
        response = self.space.ask(NAME, [self._row()])
        assert response.status_code == 200, response.text
        return response.headers["x-served-version"]

    def _row(self) -> dict[str, object]:
        slot = self.space.deployer.running(NAME)[0].slot
        card = self.space.settings.serving / NAME / slot / "model" / "model.json"
        table = ModelCard.model_validate_json(card.read_bytes()).table
        return {f.name: f.categories[0] if f.kind == "categorical" else 1.0 for f in table.features}


def quiet(line: str) -> None:
    """The tests read the ledger."""


@pytest.fixture(scope="module")
def replay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    root = tmp_path_factory.mktemp("flights")
    settings = Settings(home=root / "home")
    space = LocalSpace(settings)
    space.registry.prepare()
    played = Replay(space, load_pipeline(YAML, settings))
    played.play()
    yield played
    space.close()


def test_the_blizzard_is_refused_at_the_data_gate_and_the_champion_still_answers(replay: Replay) -> None:
    refused = dict(pair for taken in replay.taken for pair in taken.refused)
    assert "2013-02-08" in refused
    assert "completeness(arr_delay)" in refused["2013-02-08"]
    assert replay.answers["2 1"] == "1.0.0"


def test_no_accepted_partition_was_lost(replay: Replay) -> None:
    accepted = {key for taken in replay.taken for key in taken.accepted}
    refused = {key for taken in replay.taken for key, _ in taken.refused}
    assert not any(taken.failed for taken in replay.taken)
    assert len(accepted | refused) == (LAST - date(2013, 1, 1)).days + 1


def test_the_study_has_at_least_twelve_trials_and_some_overlap_in_time(replay: Replay) -> None:
    first = next(run for run in replay.runs if run.outcome == "promoted")
    uses = replay.space.ledger.records.uses(run_id=first.run_id, kind="trial")
    records = [replay.space.ledger.records.find(use.fingerprint) for use in uses]
    spans = sorted((record.started_at, record.ended_at) for record in records if record)
    assert len(spans) >= 12
    assert any(later[0] < earlier[1] for earlier, later in itertools.pairwise(spans))


def test_every_study_says_in_words_why_it_promoted_or_kept(replay: Replay) -> None:
    studies = [run for run in replay.runs if run.outcome != "not_due"]
    assert {run.outcome for run in studies} <= {"promoted", "kept"}
    for run in studies:
        assert "roc_auc" in run.sentence


def test_the_last_champion_is_the_one_that_answers(replay: Replay) -> None:
    champion = replay.space.ledger.models.champion(NAME)
    assert champion is not None
    assert list(replay.answers.values())[-1] == champion.version


@pytest.mark.skipif(not SOAK, reason="two months hold one challenger; the year holds eleven (REGROW_SOAK=1)")
def test_a_challenger_that_is_no_better_is_rejected_in_words(replay: Replay) -> None:
    kept = [run.sentence for run in replay.runs if run.outcome == "kept"]
    assert kept
    assert all("stays" in sentence for sentence in kept)
