"""What every registry promises."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract.registry_values import model_folder, report_folder, study
from regrow.errors import Conflict, NotFound
from regrow.registry.port import Registration, Registry

RECORD, OTHER = "a" * 64, "b" * 64


class RegistryContract:
    """Subclasses give the fixture `registry`: new and prepared."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        return model_folder(tmp_path / "model")

    def put(self, registry: Registry, folder: Path, record: str = RECORD, version: str = "1.0.0") -> Registration:
        return registry.register("flights", "run-1", record, version, folder, {"artifact": "f" * 64})

    def test_versions_are_numbered_in_order(self, registry: Registry, folder: Path) -> None:
        assert self.put(registry, folder).registry_version == "1"
        assert self.put(registry, folder, OTHER, "1.0.1").registry_version == "2"

    def test_registering_a_record_again_gives_the_same_version(self, registry: Registry, folder: Path) -> None:
        first = self.put(registry, folder)
        assert self.put(registry, folder) == first
        assert self.put(registry, folder, OTHER).registry_version == "2"

    def test_a_report_changes_nothing_about_its_version(self, registry: Registry, folder: Path, tmp_path: Path) -> None:
        first = self.put(registry, folder)
        report = report_folder(tmp_path / "report")
        assert registry.register("flights", "run-1", RECORD, "1.0.0", folder, {}, report) == first
        assert registry.register("flights", "run-1", RECORD, "1.0.0", folder, {}, report) == first
        assert self.put(registry, folder, OTHER).registry_version == "2"

    def test_a_registered_record_is_found(self, registry: Registry, folder: Path) -> None:
        registered = self.put(registry, folder)
        assert registry.find("flights", RECORD) == registered

    def test_what_was_never_registered_is_not_found(self, registry: Registry, folder: Path) -> None:
        assert registry.find("flights", RECORD) is None
        self.put(registry, folder)
        assert registry.find("flights", OTHER) is None
        assert registry.find("parcels", RECORD) is None

    def test_models_do_not_share_versions(self, registry: Registry, folder: Path) -> None:
        self.put(registry, folder)
        assert registry.register("parcels", "run-1", RECORD, "1.0.0", folder, {}).registry_version == "1"

    def test_an_alias_is_none_until_it_is_set_and_moves(self, registry: Registry, folder: Path) -> None:
        self.put(registry, folder)
        self.put(registry, folder, OTHER, "1.0.1")
        assert registry.alias("flights", "champion") is None
        registry.set_alias("flights", "champion", "1", 1)
        registry.set_alias("flights", "champion", "2", 2)
        assert registry.alias("flights", "champion") == "2"

    def test_an_alias_of_an_unknown_model_is_none(self, registry: Registry) -> None:
        assert registry.alias("nothing", "champion") is None

    def test_setting_an_alias_twice_changes_nothing(self, registry: Registry, folder: Path) -> None:
        self.put(registry, folder)
        registry.set_alias("flights", "champion", "1", 4)
        registry.set_alias("flights", "champion", "1", 4)
        assert registry.alias("flights", "champion") == "1"

    def test_an_older_epoch_cannot_move_an_alias(self, registry: Registry, folder: Path) -> None:
        self.put(registry, folder)
        self.put(registry, folder, OTHER, "1.0.1")
        registry.set_alias("flights", "champion", "2", 2)
        with pytest.raises(Conflict, match="epoch 1"):
            registry.set_alias("flights", "champion", "1", 1)
        assert registry.alias("flights", "champion") == "2"

    def test_an_alias_needs_a_version_that_is_there(self, registry: Registry, folder: Path) -> None:
        self.put(registry, folder)
        with pytest.raises(NotFound):
            registry.set_alias("flights", "champion", "7", 1)
        assert registry.alias("flights", "champion") is None

    def test_a_study_has_one_address(self, registry: Registry) -> None:
        address = registry.log_study("flights", "run-1", {"team": "delays"}, study(2))
        assert registry.log_study("flights", "run-1", {"team": "delays"}, study(3)) == address
        assert registry.log_study("flights", "run-2", {}, study(3)) != address

    def test_preparing_again_is_harmless(self, registry: Registry, folder: Path) -> None:
        self.put(registry, folder)
        registry.prepare()
        assert registry.find("flights", RECORD) is not None
