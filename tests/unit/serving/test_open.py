"""Settings become a deployer and a router of this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from regrow.errors import Unreachable
from regrow.serving.open import captures_folder, open_data_plane, open_deployer, open_router
from regrow.settings import Settings
from regrow.store.memory import MemoryStore


def test_everything_lies_in_the_home_and_listens_on_its_host(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    assert open_router(settings).address("flights") == "http://127.0.0.1:8088/v2/models/flights"
    assert open_data_plane(settings).place.folder == tmp_path / "serving" / "envoy"
    assert captures_folder(settings) == tmp_path / "captures"


def test_a_deployer_without_its_supervisor_says_so(tmp_path: Path) -> None:
    deployer = open_deployer(Settings(home=tmp_path), MemoryStore())
    with pytest.raises(Unreachable, match="supervisord"):
        deployer.running("flights")
