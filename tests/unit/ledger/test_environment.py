"""Environment hashes, of packages made for it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from regrow.errors import NotFound
from regrow.ledger import environment, requirements


class Site:
    """A folder on the path with the metadata of packages."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def install(self, name: str, version: str, *requires: str, extras: tuple[str, ...] = ()) -> None:
        info = self.folder / f"{name}-{version}.dist-info"
        info.mkdir(parents=True)
        lines = ["Metadata-Version: 2.4", f"Name: {name}", f"Version: {version}"]
        lines += [f"Provides-Extra: {extra}" for extra in extras]
        lines += [f"Requires-Dist: {line}" for line in requires]
        (info / "METADATA").write_text("\n".join([*lines, "", "Requires-Dist: of-the-readme"]))


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    requirements.installed.cache_clear()
    environment.environment_hash.cache_clear()
    yield Site(tmp_path)
    requirements.installed.cache_clear()
    environment.environment_hash.cache_clear()


def test_packages_are_those_that_an_extra_needs_and_theirs(site: Site) -> None:
    site.install("regrow", "9", "rows>=1", 'trees>2; extra == "training"', extras=("training",))
    site.install("rows", "1.5", "Base_Lib")
    site.install("base.lib", "0.3")
    site.install("trees", "3.0", "rows", "regrow")
    site.install("bystander", "7")
    assert environment.packages("data") == ("base-lib==0.3", "rows==1.5")
    assert environment.packages("training") == ("base-lib==0.3", "rows==1.5", "trees==3.0")


def test_markers_are_respected(site: Site) -> None:
    site.install(
        "regrow",
        "9",
        'never; python_version < "3"',
        'here; python_version >= "3"',
        'both; extra == "a" or os_name != ""',
    )
    site.install("here", "1")
    site.install("both", "2")
    assert environment.packages("data") == ("both==2", "here==1")


def test_extras_of_needed_packages_are_followed(site: Site) -> None:
    site.install("regrow", "9", "web[fast]")
    site.install("web", "1", 'loop; extra == "fast"', 'never; extra == "slow"', extras=("fast", "slow"))
    site.install("loop", "2")
    assert environment.packages("data") == ("loop==2", "web==1")


def test_a_package_that_is_not_installed_is_said_to_miss(site: Site) -> None:
    site.install("regrow", "9", "gone>=1")
    assert environment.packages("data") == ("gone is missing",)


def test_the_hash_changes_with_a_needed_version_and_with_nothing_else(site: Site, tmp_path: Path) -> None:
    def hash_with(version: str, *, bystander: str) -> str:
        site.folder = tmp_path / f"{version} {bystander}"
        site.install("regrow", bystander, "rows")
        site.install("rows", version)
        site.install("bystander", bystander)
        sys.path[:] = [str(site.folder)]
        requirements.installed.cache_clear()
        environment.environment_hash.cache_clear()
        return environment.environment_hash("data")

    first = hash_with("1", bystander="1")
    assert hash_with("1", bystander="2") == first
    assert hash_with("2", bystander="1") != first


def test_an_unknown_extra_is_not_found_with_the_known_ones(site: Site) -> None:
    site.install("regrow", "9", extras=("training",))
    with pytest.raises(NotFound, match="data, training"):
        environment.environment_hash("trainig")


def test_this_environment_has_a_hash_for_every_extra_of_steps() -> None:
    hashes = [environment.environment_hash(extra) for extra in ("data", "training", "serving")]
    assert len({bytes.fromhex(found) for found in hashes}) == 3
    assert any(line.startswith("polars==") for line in environment.packages("data"))
    assert any(line.startswith("lightgbm==") for line in environment.packages("training"))
    assert not any(line.startswith("lightgbm") for line in environment.packages("data"))


def test_the_hash_imports_none_of_the_packages() -> None:
    script = (
        "import sys\nfrom regrow.ledger.environment import environment_hash\nenvironment_hash('training')\n"
        "print(sorted({'numpy', 'polars', 'lightgbm', 'mlflow', 'sklearn'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
