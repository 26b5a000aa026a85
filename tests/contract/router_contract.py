"""What every Router promises. A subclass brings `router` and a `served` arm that answers."""

from __future__ import annotations

import pytest

from regrow.errors import Conflict
from regrow.rollout.traffic import Arm, TrafficPlan
from regrow.serving.port import Router
from support.local_serving import wait_until

MODEL = "flights"


class RouterContract:
    @pytest.fixture
    def router(self) -> Router:
        raise NotImplementedError

    @pytest.fixture
    def arms(self) -> tuple[Arm, Arm]:
        """Two arms that answer, in slots a and b, with weights 100 and 0."""
        raise NotImplementedError

    def plan(self, version: int, *arms: Arm) -> TrafficPlan:
        return TrafficPlan(version=version, model=MODEL, arms=arms)

    def in_force(self, router: Router, plan: TrafficPlan) -> None:
        router.apply(plan)
        wait_until(lambda: router.applied(plan), f"plan {plan.version} in force")

    def test_a_plan_is_in_force_after_it_is_applied_and_again_after_a_repetition(
        self, router: Router, arms: tuple[Arm, Arm]
    ) -> None:
        plan = self.plan(1, arms[0])
        assert not router.applied(plan)
        self.in_force(router, plan)
        self.in_force(router, plan)

    def test_a_newer_plan_replaces_an_older_one(self, router: Router, arms: tuple[Arm, Arm]) -> None:
        first, second = self.plan(1, *arms), self.plan(2, *_swapped(arms))
        self.in_force(router, first)
        self.in_force(router, second)
        assert not router.applied(first)

    def test_an_older_plan_is_refused(self, router: Router, arms: tuple[Arm, Arm]) -> None:
        self.in_force(router, self.plan(5, arms[0]))
        with pytest.raises(Conflict, match="expected 4, found 5"):
            router.apply(self.plan(4, arms[0]))
        assert router.applied(self.plan(5, arms[0]))

    def test_another_plan_of_the_same_version_is_refused(self, router: Router, arms: tuple[Arm, Arm]) -> None:
        self.in_force(router, self.plan(1, arms[0]))
        with pytest.raises(Conflict):
            router.apply(self.plan(1, *_swapped(arms)))

    def test_models_do_not_disturb_each_other(self, router: Router, arms: tuple[Arm, Arm]) -> None:
        mine = self.plan(1, arms[0])
        other = mine.model_copy(update={"model": "flights-a"})
        self.in_force(router, mine)
        self.in_force(router, other)
        assert router.applied(mine)

    def test_a_split_is_counted_by_slot(self, router: Router, arms: tuple[Arm, Arm]) -> None:
        self.in_force(router, self.plan(1, arms[0]))
        assert router.observed_split(MODEL) == {"a": 0, "b": 0}
        self.send(router, 3)
        assert router.observed_split(MODEL) == {"a": 3, "b": 0}
        self.in_force(router, self.plan(2, *_swapped(arms)))
        self.send(router, 2)
        assert router.observed_split(MODEL) == {"a": 3, "b": 2}

    def test_it_gives_an_address_and_weights(self, router: Router) -> None:
        assert router.address(MODEL).endswith(MODEL)
        assert router.capabilities().weights

    def send(self, router: Router, requests: int) -> None:
        raise NotImplementedError


def _swapped(arms: tuple[Arm, Arm]) -> tuple[Arm, Arm]:
    first, second = arms
    return first.model_copy(update={"weight": 0}), second.model_copy(update={"weight": 100})
