"""A whole pipeline with real ledger, store and step processes; the outside world is the ports' twins."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from regrow.ledger.port import Run
from regrow.platform.workspace import Workspace
from regrow.settings import Settings
from regrow.spec.load import load_pipeline
from regrow.steps.graph import RunParams
from regrow.steps.local import Taken, catch_up, retrain, take_arrivals
from support.memory_space import InThisProcess, OutsideInMemory
from support.toy import FEATURES, YAML, Toy


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    return Toy(tmp_path)


@pytest.fixture
def space(toy: Toy) -> Iterator[Workspace]:
    workspace = InThisProcess(toy.settings)
    yield workspace
    workspace.close()


def quiet(line: str) -> None:
    pass


def bring_up_to_date(space: Workspace, toy: Toy) -> list[Taken | Run]:
    return list(catch_up(space, load_pipeline(toy.yaml), through=None, actor="test", progress=quiet))


def ask_again(space: Workspace, toy: Toy, **params: object) -> Run:
    form = RunParams.model_validate({"force": True, **params})
    return retrain(space, load_pipeline(toy.yaml), reason="test", actor="test", params=form, progress=quiet)


def computed(space: Workspace, run: Run) -> list[str]:
    return [use.step for use in space.ledger.records.uses(run_id=run.run_id) if not use.reused]


def test_three_partitions_become_a_champion(toy: Toy, space: Workspace) -> None:
    toy.arrive(range(3))
    last = bring_up_to_date(space, toy)[-1]
    assert isinstance(last, Run)
    assert last.outcome == "promoted"
    champion = space.ledger.models.champion("toy-parcels")
    assert champion is not None
    assert champion.version == "1.0.0"
    assert [served.version for served in space.deployer.running("toy-parcels")] == ["1.0.0"]


def test_nothing_is_computed_twice_when_nothing_changed(toy: Toy, space: Workspace) -> None:
    toy.arrive(range(3))
    bring_up_to_date(space, toy)
    assert bring_up_to_date(space, toy) == []
    again = ask_again(space, toy)
    # Against the champion instead of against nothing: the one comparison that is new.
    assert computed(space, again) == ["select"]
    assert again.outcome == "kept"


def test_a_challenger_that_is_no_better_is_rejected_in_words(toy: Toy, space: Workspace) -> None:
    toy.arrive(range(3))
    bring_up_to_date(space, toy)
    run = ask_again(space, toy)
    assert "1.0.0 stays" in run.sentence


def test_a_refused_batch_leaves_the_champion_in_charge(toy: Toy, space: Workspace) -> None:
    toy.arrive(range(3))
    bring_up_to_date(space, toy)
    toy.arrive([3], bad=90)
    taken, run = bring_up_to_date(space, toy)
    assert isinstance(taken, Taken)
    assert isinstance(run, Run)
    ((partition, reason),) = taken.refused
    assert partition == "2024-01-04"
    assert "0.75" in reason
    assert run.outcome == "not_due"
    assert space.ledger.models.champion("toy-parcels") is not None


def test_a_repeated_partition_with_the_same_bytes_stops_at_the_gate(toy: Toy, space: Workspace) -> None:
    toy.arrive(range(3))
    bring_up_to_date(space, toy)
    toy.arrive([1])
    taken = take_arrivals(space, load_pipeline(toy.yaml), actor="test", progress=quiet)
    assert taken.accepted == ("2024-01-02",)
    assert (taken.computed, taken.reused) == (1, 1)


def test_changed_feature_code_reruns_from_the_features_on(toy: Toy, space: Workspace) -> None:
    toy.arrive(range(3))
    bring_up_to_date(space, toy)
    module = toy.pipelines / "features" / "toy_parcels.py"
    module.write_text(FEATURES.replace('"distance",\n', '"distance", (pl.col("weight") + 1).alias("more"),\n'))
    steps = computed(space, ask_again(space, toy))
    assert steps[0] == "features 2024-01-01"
    assert "split" in steps


def test_a_comment_in_the_feature_code_reruns_nothing_but_the_comparison(toy: Toy, space: Workspace) -> None:
    toy.arrive(range(3))
    bring_up_to_date(space, toy)
    module = toy.pipelines / "features" / "toy_parcels.py"
    module.write_text(FEATURES + "\n# A remark.\n")
    assert computed(space, ask_again(space, toy)) == ["select"]


def test_columns_that_come_out_the_same_cut_the_rerun_off(toy: Toy, space: Workspace) -> None:
    toy.arrive(range(3))
    bring_up_to_date(space, toy)
    module = toy.pipelines / "features" / "toy_parcels.py"
    module.write_text(
        FEATURES.replace('pl.col("weight") * pl.col("distance")', 'pl.col("distance") * pl.col("weight")')
    )
    steps = computed(space, ask_again(space, toy))
    assert steps == ["features 2024-01-01", "features 2024-01-02", "features 2024-01-03", "select"]


def test_plan_only_says_what_would_run_and_runs_nothing(toy: Toy, space: Workspace) -> None:
    toy.arrive(range(3))
    take_arrivals(space, load_pipeline(toy.yaml), actor="test", progress=quiet)
    lines: list[str] = []
    form = RunParams(force=True, plan_only=True)
    run = retrain(space, load_pipeline(toy.yaml), reason="t", actor="t", params=form, progress=lines.append)
    assert run.outcome == "planned"
    assert any(line.startswith("RUN") and "features" in line for line in "\n".join(lines).splitlines())
    assert computed(space, run) == []


def test_processes_and_workers_change_no_byte(toy: Toy, space: Workspace, tmp_path: Path) -> None:
    toy.arrive(range(3))
    bring_up_to_date(space, toy)
    expected = outputs(space)
    for workers in (1, 4):
        settings = Settings(
            home=tmp_path / f"home-{workers}", data_root=toy.settings.data_root, pipelines=toy.pipelines
        )
        other = OutsideInMemory(settings, workers=workers)
        bring_up_to_date(other, toy)
        assert outputs(other) == expected
        other.close()


def outputs(space: Workspace) -> dict[str, tuple[str, str]]:
    found = [space.ledger.records.find(use.fingerprint) for use in space.ledger.records.uses(pipeline="toy-parcels")]
    return {record.step: (record.fingerprint, record.output) for record in found if record}


def test_a_study_whose_best_breaks_a_limit_is_refused_and_nothing_is_registered(toy: Toy, space: Workspace) -> None:
    toy.yaml.write_text(YAML.replace("> 0.55", "> 0.99"))
    toy.arrive(range(3))
    run = bring_up_to_date(space, toy)[-1]
    assert isinstance(run, Run)
    assert run.outcome == "refused"
    assert "0.99" in run.sentence
    assert space.ledger.models.versions() == ()


def test_a_trial_that_fails_is_told_and_the_others_decide(toy: Toy, space: Workspace) -> None:
    toy.yaml.write_text(YAML.replace("C: [0.1, 1.0]", "C: 1.0, solver: [lbfgs, liblinear], penalty: [l1]"))
    toy.arrive(range(3))
    run = bring_up_to_date(space, toy)[-1]
    assert isinstance(run, Run)
    assert run.outcome == "promoted"
    (tell,) = [use for use in space.ledger.records.uses(run_id=run.run_id, kind="tell")]
    record = space.ledger.records.find(tell.fingerprint)
    assert record is not None
    ((_, reason),) = record.facts["failed"].items()
    assert "penalty" in reason


def test_too_few_trials_that_succeed_end_the_study_in_words(toy: Toy, space: Workspace) -> None:
    doomed = YAML.replace("C: [0.1, 1.0]", "solver: lbfgs, penalty: l1, C: [0.1, 1.0, 2.0, 3.0]")
    toy.yaml.write_text(doomed)
    toy.arrive(range(3))
    run = bring_up_to_date(space, toy)[-1]
    assert isinstance(run, Run)
    assert run.outcome == "refused"
    assert "2 of 6" in run.sentence
