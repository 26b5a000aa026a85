"""The example on one machine: processes train, Envoy routes."""

from __future__ import annotations

import pytest

from e2e.example_suite import Backend, ExampleSuite

pytestmark = pytest.mark.e2e


class TestExampleHere(ExampleSuite):
    @pytest.fixture(scope="class")
    @classmethod
    def backend(cls) -> Backend:
        return Backend(story="whole", accepted=26, computed=210, trials=12, answers_when_down=False)
