"""Cut-overs with everything in memory: done, refused, contested, and killed between any two effects."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from regrow.errors import Conflict, NotFound, Refused, TimedOut
from regrow.ledger.memory import MemoryLedger
from regrow.ledger.port import ModelVersion
from regrow.rollout import execute
from regrow.rollout.execute import cut_over, restore
from regrow.rollout.intent import intend, intended
from regrow.rollout.traffic import Arm, TrafficPlan
from regrow.serving.memory import MemoryDeployer, MemoryRouter
from regrow.serving.port import Deployer, Router, Served

NOW = datetime(2026, 3, 1, tzinfo=UTC)
MODEL = "flights"


class World:
    def __init__(self, broken: frozenset[str] = frozenset()) -> None:
        self.ledger = MemoryLedger()
        self.deployer = MemoryDeployer(broken)
        self.router = MemoryRouter(lambda endpoint: any(s.endpoint == endpoint for s in self.deployer.slots.values()))

    def cut_over(self, version: str, deployer: Deployer | None = None, router: Router | None = None) -> TrafficPlan:
        return cut_over(
            self.ledger,
            deployer or self.deployer,
            router or self.router,
            model=MODEL,
            version=version,
            artifact=f"files of {version}",
            actor="test",
            reason="why not",
            now=NOW,
            progress=self.ask_once,
            pause=lambda seconds: None,
        )

    def ask_once(self, line: str) -> None:
        """One caller between any two stages."""
        if MODEL in self.router.plans:
            self.router.send(MODEL)

    def running(self) -> dict[str, str]:
        return {served.slot: served.version for served in self.deployer.running(MODEL)}


def test_versions_take_turns_in_the_slots_and_no_request_is_lost() -> None:
    world = World()
    for version, slot in (("1.0.0", "a"), ("1.1.0", "b"), ("1.2.0", "a")):
        plan = world.cut_over(version)
        assert [(arm.slot, arm.version, arm.weight) for arm in plan.arms] == [(slot, version, 100)]
        assert world.running() == {slot: version}
        assert world.router.send(MODEL) == version
        assert intended(world.ledger, MODEL) == plan == world.router.plans[MODEL]
    assert world.router.lost == 0
    assert [served.version for served in world.deployer.drained] == ["1.0.0", "1.1.0"]


def test_the_champion_keeps_its_size_while_a_rollout_goes_on_and_scales_by_itself_afterwards() -> None:
    world = World(broken=frozenset({"1.1.0"}))
    world.cut_over("1.0.0")
    (old,) = world.deployer.scaling
    seen: list[set[Served]] = []
    world.ask_once = lambda line: seen.append(set(world.deployer.scaling))  # type: ignore[method-assign]
    with pytest.raises(Refused):
        world.cut_over("1.1.0")
    assert seen == [{old}, {old}, set(), set()], "held before the candidate starts"
    assert world.deployer.scaling == {old}, "a refusal ends the rollout"
    world.cut_over("1.2.0")
    assert [served.version for served in world.deployer.scaling] == ["1.2.0"]


def test_the_same_cut_over_again_changes_nothing() -> None:
    world = World()
    world.cut_over("1.0.0")
    plan = world.cut_over("1.1.0")
    assert world.cut_over("1.1.0") == plan
    assert world.running() == {"b": "1.1.0"}


def test_a_version_that_cannot_serve_is_refused_and_ended_and_the_old_one_goes_on() -> None:
    world = World(broken=frozenset({"1.1.0"}))
    plan = world.cut_over("1.0.0")
    with pytest.raises(Refused, match=r"flights@1.1.0 cannot serve: 1.1.0 cannot be loaded"):
        world.cut_over("1.1.0")
    assert world.running() == {"a": "1.0.0"}
    assert intended(world.ledger, MODEL) == plan
    assert world.router.send(MODEL) == "1.0.0"


class Killed(BaseException):
    """As SIGKILL: nothing catches it."""


class Fatal:
    """Passes calls on; the process dies before or after its n-th effect."""

    EFFECTS = ("deploy", "drain", "remove", "apply", "intend", "autoscale")

    def __init__(self, target: Any, counter: list[int], after: bool) -> None:
        self._target, self._counter, self._after = target, counter, after

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._target, name)
        if name not in self.EFFECTS:
            return found

        def effect(*arguments: Any, **named: Any) -> Any:
            self._counter[0] -= 1
            if self._counter[0] == 0 and not self._after:
                raise Killed
            answer = found(*arguments, **named)
            if self._counter[0] == 0:
                raise Killed
            return answer

        return effect


@pytest.mark.parametrize("after", [False, True], ids=["before the effect", "after it"])
@pytest.mark.parametrize("next_version", ["1.1.0", "1.2.0"], ids=["same again", "another comes"])
@pytest.mark.parametrize("effect", range(1, 10))
def test_killed_at_any_effect_the_next_cut_over_ends_well_and_loses_nothing(
    effect: int, next_version: str, after: bool
) -> None:
    world = World()
    world.cut_over("1.0.0")
    counter = [effect]
    traffic = world.ledger.traffic
    world.ledger.traffic = Fatal(traffic, counter, after)
    with pytest.raises(Killed):
        world.cut_over("1.1.0", Fatal(world.deployer, counter, after), Fatal(world.router, counter, after))
    world.ledger.traffic = traffic
    plan = world.cut_over(next_version)
    assert [(arm.version, arm.weight) for arm in plan.arms] == [(next_version, 100)]
    assert list(world.running().values()) == [next_version]
    assert world.router.lost == 0


def test_nine_effects_are_all_that_a_cut_over_has() -> None:
    world = World()
    world.cut_over("1.0.0")
    counter = [10]
    world.ledger.traffic = Fatal(world.ledger.traffic, counter, False)
    world.cut_over("1.1.0", Fatal(world.deployer, counter, False), Fatal(world.router, counter, False))
    assert counter == [1]


def test_an_intent_that_came_between_wins() -> None:
    world = World()
    world.cut_over("1.0.0")

    class Meddling(MemoryDeployer):
        def deploy(self, *arguments: Any) -> Any:
            plan = intended(world.ledger, MODEL)
            assert plan is not None
            world.ledger.traffic.intend(
                MODEL, plan.model_dump(mode="json"), seen=plan.version, actor="x", reason="", at=NOW
            )
            return super().deploy(*arguments)

    deployer = Meddling()
    deployer.slots = world.deployer.slots
    with pytest.raises(Conflict):
        world.cut_over("1.1.0", deployer)
    assert world.router.send(MODEL) == "1.0.0"


def test_a_data_plane_that_does_not_confirm_is_a_timeout_with_a_next_step(monkeypatch: pytest.MonkeyPatch) -> None:
    class Deaf(MemoryRouter):
        def applied(self, plan: TrafficPlan) -> bool:
            return False

    monkeypatch.setattr(execute, "APPLIED_SECONDS", 0.0)
    with pytest.raises(TimedOut, match="confirmation of plan 1 did not happen"):
        World().cut_over("1.0.0", router=Deaf())


def test_a_restart_brings_back_what_the_ledger_intends() -> None:
    world = World()
    world.cut_over("1.0.0")
    plan = world.cut_over("1.1.0")
    version = ModelVersion(
        model=MODEL,
        version="1.1.0",
        run_id="r",
        record="f",
        artifact="files of 1.1.0",
        report="",
        registry_version="1",
        metadata={},
        created_at=NOW,
    )
    world.ledger.models.add(version, "test", "")
    world.deployer.slots.clear()
    world.router.plans.clear()
    found = restore(world.ledger, world.deployer, world.router, MODEL, progress=lambda line: None)
    assert found == plan
    assert world.running() == {"b": "1.1.0"}
    assert world.router.send(MODEL) == "1.1.0"


def test_a_restart_with_another_port_is_a_new_intent_and_a_cut_short_one_is_ended() -> None:
    world = World()
    world.cut_over("1.0.0")
    served = world.deployer.slots[MODEL, "a"]
    moved = served.model_copy(update={"endpoint": "127.0.0.1:9"})
    world.deployer.slots[MODEL, "a"] = moved
    world.deployer.deploy(MODEL, "b", "1.1.0", "left over")
    plan = restore(world.ledger, world.deployer, world.router, MODEL, progress=lambda line: None)
    assert plan is not None
    assert (plan.version, [arm.endpoint for arm in plan.arms]) == (2, ["127.0.0.1:9"])
    assert world.running() == {"a": "1.0.0"}


def test_nothing_served_is_nothing_to_restore_and_a_lost_version_is_named() -> None:
    world = World()
    assert restore(world.ledger, world.deployer, world.router, MODEL) is None
    world.cut_over("1.0.0")
    world.deployer.slots.clear()
    with pytest.raises(NotFound, match=r"flights@1.0.0"):
        restore(world.ledger, world.deployer, world.router, MODEL)


def test_an_intents_document_is_read_back_as_it_was_written() -> None:
    ledger = MemoryLedger()
    arm = Arm(slot="a", endpoint="127.0.0.1:1", version="1.0.0", weight=100)
    plan = intend(ledger, MODEL, (arm,), actor="test", reason="", at=NOW)
    assert intended(ledger, MODEL) == plan == TrafficPlan(version=1, model=MODEL, arms=(arm,))
