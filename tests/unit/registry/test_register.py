from __future__ import annotations

from pathlib import Path

import pytest

from contract.registry_values import TABLE
from regrow.errors import Conflict, RegrowError, Unreachable
from regrow.ledger.port import Champion, ModelVersion, StepRecord
from regrow.registry.memory import MemoryRegistry
from regrow.registry.register import promote, register
from regrow.serving.models import load
from regrow.training.table import FeatureColumn
from unit.registry.conftest import NOON, World


def registered(world: World, trained: tuple[StepRecord, StepRecord], run_id: str = "run-1") -> ModelVersion:
    candidate, selected = trained
    return register(
        world.ledger,
        world.store,
        world.registry,
        loaded=world.loaded(),
        run_id=run_id,
        candidate=candidate,
        selected=selected,
        actor="ana",
        now=NOON,
    )


def promoted(world: World, version: str, seen: int) -> Champion:
    return promote(
        world.ledger, world.registry, "toy-parcels", version, seen_epoch=seen, actor="ana", reason="better", now=NOON
    )


def test_the_first_is_1_0_0_in_ledger_and_registry(world: World) -> None:
    version = registered(world, world.trained("a"))
    assert (version.model, version.version, version.registry_version) == ("toy-parcels", "1.0.0", "1")
    assert world.ledger.models.versions("toy-parcels") == (version,)
    assert world.registry.tags[("toy-parcels", "1")]["version"] == "1.0.0"


def test_its_artifact_is_a_folder_that_serving_loads(world: World, tmp_path: Path) -> None:
    version = registered(world, world.trained("a"))
    scorer = load(world.store.fetch(version.artifact, tmp_path / "served"))
    assert scorer.card.table == TABLE


def test_registering_again_changes_nothing(world: World) -> None:
    trained = world.trained("a")
    first = registered(world, trained)
    told = world.ledger.audit.entries()
    assert registered(world, trained, run_id="run-2") == first
    assert world.ledger.audit.entries() == told
    assert list(world.registry.records["toy-parcels"]) == ["trial-a"]


def test_new_data_is_a_patch_and_another_space_a_minor(world: World) -> None:
    registered(world, world.trained("a"))
    assert registered(world, world.trained("b")).version == "1.0.1"
    world.toy.yaml.write_text(world.toy.yaml.read_text().replace("num_leaves: [4, 8]", "num_leaves: [4, 16]"))
    assert registered(world, world.trained("c")).version == "1.1.0"


def test_another_feature_code_is_a_minor(world: World) -> None:
    registered(world, world.trained("a"))
    module = world.toy.pipelines / "features" / "toy_parcels.py"
    module.write_text(f"{module.read_text()}\n# changed\n")
    assert registered(world, world.trained("b")).version == "1.1.0"


def test_another_input_is_a_major(world: World) -> None:
    registered(world, world.trained("a"))
    gust = FeatureColumn(name="gust", kind="numeric")
    wider = TABLE.model_copy(update={"features": (*TABLE.features, gust)})
    version = registered(world, world.trained("b", wider))
    assert version.version == "2.0.0"
    assert version.metadata["reason"] == "major: input gust was added"


def test_a_new_category_is_only_data(world: World) -> None:
    registered(world, world.trained("a"))
    carrier = TABLE.features[1].model_copy(update={"categories": ("AA", "B6", "UA", "WN")})
    grown = TABLE.model_copy(update={"features": (TABLE.features[0], carrier)})
    assert registered(world, world.trained("b", grown)).version == "1.0.1"


def test_the_registry_shows_the_report_that_chose_the_version(world: World) -> None:
    candidate, selected = world.trained("a")
    registered(world, (candidate, selected))
    assert world.registry.reports["trial-a"]["report.html"] == b"<h1>a</h1>"
    _, later = world.trained("b")
    registered(world, (candidate, later.model_copy(update={"inputs": selected.inputs})))
    assert world.registry.reports["trial-a"]["report.html"] == b"<h1>a</h1>"


class Dying(MemoryRegistry):
    """Answers, and then its caller is gone."""

    def __init__(self) -> None:
        super().__init__()
        self.deadly = True

    def register(self, *args: object, **kwargs: object):  # type: ignore[no-untyped-def]
        found = super().register(*args, **kwargs)  # type: ignore[arg-type]
        if self.deadly:
            raise KeyboardInterrupt
        return found


def test_a_kill_between_registry_and_ledger_leaves_one_version_after_the_retry(world: World) -> None:
    world.registry = dying = Dying()
    trained = world.trained("a")
    with pytest.raises(KeyboardInterrupt):
        registered(world, trained)
    assert world.ledger.models.versions() == ()
    dying.deadly = False
    assert registered(world, trained).registry_version == "1"
    assert dying.records == {"toy-parcels": ["trial-a"]}


def test_after_a_kill_another_may_take_the_number_and_the_retry_gets_the_next(world: World) -> None:
    world.registry = dying = Dying()
    killed = world.trained("a")
    with pytest.raises(KeyboardInterrupt):
        registered(world, killed)
    dying.deadly = False
    assert registered(world, world.trained("b")).version == "1.0.0"
    version = registered(world, killed)
    assert (version.version, version.registry_version) == ("1.0.1", "1")
    assert dying.tags[("toy-parcels", "1")]["version"] == "1.0.1"


class Overtaken(MemoryRegistry):
    """While it registers one version, somebody else registers another."""

    def __init__(self, world: World, other: tuple[StepRecord, StepRecord]) -> None:
        super().__init__()
        self.world, self.other = world, other

    def register(self, *args: object, **kwargs: object):  # type: ignore[no-untyped-def]
        if self.other:
            other, self.other = self.other, ()
            registered(self.world, other, run_id="run-2")
        return super().register(*args, **kwargs)  # type: ignore[arg-type]


def test_of_two_at_once_the_later_takes_the_next_number_in_both_books(world: World) -> None:
    world.registry = Overtaken(world, world.trained("b"))
    version = registered(world, world.trained("a"))
    assert [(v.version, v.record) for v in world.ledger.models.versions()] == [
        ("1.0.0", "trial-b"),
        ("1.0.1", "trial-a"),
    ]
    assert world.registry.tags[("toy-parcels", version.registry_version)]["version"] == "1.0.1"


def test_a_registry_that_lost_the_version_gets_it_back_when_registering_again(world: World) -> None:
    trained = world.trained("a")
    registered(world, trained)
    world.registry = MemoryRegistry()
    registered(world, trained)
    assert world.registry.find("toy-parcels", "trial-a") is not None


def test_promoting_moves_ledger_and_alias(world: World) -> None:
    registered(world, world.trained("a"))
    registered(world, world.trained("b"))
    assert promoted(world, "1.0.0", 0).epoch == 1
    assert promoted(world, "1.0.1", 1).epoch == 2
    assert world.registry.aliases[("toy-parcels", "champion")] == ("2", 2)


def test_a_promotion_that_saw_an_older_champion_is_refused_and_moves_no_alias(world: World) -> None:
    registered(world, world.trained("a"))
    registered(world, world.trained("b"))
    promoted(world, "1.0.1", 0)
    with pytest.raises(Conflict):
        promoted(world, "1.0.0", 0)
    assert world.registry.alias("toy-parcels", "champion") == "2"


def test_promoting_the_champion_again_sets_a_lost_alias(world: World) -> None:
    registered(world, world.trained("a"))
    promoted(world, "1.0.0", 0)
    world.registry.aliases.clear()
    assert promoted(world, "1.0.0", 0).epoch == 1
    assert world.registry.alias("toy-parcels", "champion") == "1"


class Silent(MemoryRegistry):
    def __init__(self, error: RegrowError) -> None:
        super().__init__()
        self.error = error

    def find(self, model: str, record: str):  # type: ignore[no-untyped-def]
        raise self.error


def test_a_registry_that_does_not_answer_delays_only_the_alias(world: World) -> None:
    registered(world, world.trained("a"))
    world.registry = Silent(Unreachable(service="MLflow", address="there", reason="refused"))
    assert promoted(world, "1.0.0", 0).version == "1.0.0"
    entry = world.ledger.audit.entries("toy-parcels@1.0.0")[-1]
    assert (entry.action, entry.reason) == ("alias.delayed", "MLflow at there does not answer: refused")
