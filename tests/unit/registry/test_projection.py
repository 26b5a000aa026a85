from __future__ import annotations

import pytest

from contract.ledger_values import a_version
from regrow.errors import Conflict
from regrow.ledger.port import Champion
from regrow.registry.memory import MemoryRegistry
from regrow.registry.projection import Repair, look, project, rebuild, repairs
from unit.registry.conftest import NOON, World
from unit.registry.test_register import promoted, registered

ONE, TWO = a_version("1.0.0", record="r1"), a_version("1.0.1", record="r2")
WHOLE = {"r1": "1", "r2": "2"}


def champion(version: str) -> Champion:
    return Champion(model="flights", version=version, epoch=3, since=NOON)


def test_a_true_projection_needs_nothing() -> None:
    assert repairs((ONE, TWO), champion("1.0.1"), WHOLE, "2") == ()


def test_without_a_champion_no_alias_is_wanted() -> None:
    assert repairs((ONE,), None, WHOLE, None) == ()


@pytest.mark.parametrize(
    ("alias", "words"),
    [("1", "points at registry version 1"), ("9", "points at registry version 9"), (None, "is not set")],
)
def test_an_alias_that_is_wrong_is_said_and_set(alias: str | None, words: str) -> None:
    (repair,) = repairs((ONE, TWO), champion("1.0.1"), WHOLE, alias)
    assert (repair.kind, repair.version) == ("alias", "1.0.1")
    assert repair.reason == f"the alias champion {words}, the champion is 1.0.1"


def test_missing_versions_come_first_in_their_order() -> None:
    found = repairs((ONE, TWO), champion("1.0.1"), {}, None)
    assert [(repair.kind, repair.version) for repair in found] == [
        ("register", "1.0.0"),
        ("register", "1.0.1"),
        ("alias", "1.0.1"),
    ]


def history(world: World) -> None:
    """Three versions; the second is in charge."""
    for name in ("a", "b", "c"):
        registered(world, world.trained(name))
    promoted(world, "1.0.0", 0)
    promoted(world, "1.0.1", 1)


def test_a_lost_registry_is_rebuilt_from_ledger_and_store(world: World) -> None:
    history(world)
    before, world.registry = world.registry, MemoryRegistry()
    done = rebuild(world.ledger, world.store, world.registry)
    assert len(done) == 4
    assert world.registry.tags == before.tags
    assert world.registry.reports == before.reports
    assert world.registry.aliases == before.aliases
    assert look(world.ledger, world.registry, "toy-parcels") == ()


def test_rebuilding_what_is_whole_does_nothing(world: World) -> None:
    history(world)
    assert rebuild(world.ledger, world.store, world.registry) == ()


def test_a_registry_that_numbers_otherwise_still_points_at_the_champion(world: World) -> None:
    history(world)
    world.registry = MemoryRegistry()
    registered(world, world.trained("c"))
    rebuild(world.ledger, world.store, world.registry)
    found = world.registry.find("toy-parcels", "trial-b")
    assert found is not None
    assert world.registry.alias("toy-parcels", "champion") == found.registry_version == "3"


def test_looking_changes_nothing(world: World) -> None:
    history(world)
    world.registry.aliases.clear()
    wanted = Repair(
        kind="alias",
        model="toy-parcels",
        version="1.0.1",
        reason="the alias champion is not set, the champion is 1.0.1",
    )
    assert look(world.ledger, world.registry, "toy-parcels") == (wanted,)
    assert world.registry.aliases == {}


def test_an_alias_of_a_newer_epoch_is_not_overwritten(world: World) -> None:
    history(world)
    world.registry.set_alias("toy-parcels", "champion", "3", 9)
    with pytest.raises(Conflict):
        project(world.ledger, world.registry, "toy-parcels")
    assert world.registry.alias("toy-parcels", "champion") == "3"


def test_a_model_without_a_champion_is_left_alone(world: World) -> None:
    registered(world, world.trained("a"))
    project(world.ledger, world.registry, "toy-parcels")
    assert world.registry.aliases == {}
