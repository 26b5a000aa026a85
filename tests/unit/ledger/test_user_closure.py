"""The user's own files of a step."""

from __future__ import annotations

from pathlib import Path

import pytest

from regrow.errors import NotFound, Refused
from regrow.ledger.user_closure import closure_of_files, file_hashes


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "pipelines"
    for name, text in {
        "flights.py": "import numpy\nimport weather\nfrom shared.clock import hour\n",
        "weather.py": "def lag():\n    from shared import gaps\n",
        "unused.py": "a = 1\n",
        "shared/__init__.py": "",
        "shared/clock.py": "from . import zones\nfrom .zones import utc\n",
        "shared/zones.py": "import weather\n",
        "shared/gaps.py": "import clock\n",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def names(root: Path, entry: str = "flights.py") -> list[str]:
    return [path.relative_to(root).as_posix() for path in closure_of_files(root / entry, root)]


def test_imports_are_followed_by_bare_name_and_relative(root: Path) -> None:
    assert names(root) == [
        "flights.py",
        "shared/__init__.py",
        "shared/clock.py",
        "shared/gaps.py",
        "shared/zones.py",
        "weather.py",
    ]


def test_a_module_that_imports_nothing_of_ours_is_alone(root: Path) -> None:
    assert names(root, "unused.py") == ["unused.py"]


def test_packed_files_hash_as_they_did_at_home(root: Path, tmp_path: Path) -> None:
    packed = tmp_path / "packed"
    for path in closure_of_files(root / "flights.py", root):
        target = packed / path.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    at_home = file_hashes(root)
    assert file_hashes(packed) == {name: at_home[name] for name in names(root)}


def test_editing_a_followed_file_changes_its_hash_alone(root: Path) -> None:
    before = file_hashes(root)
    (root / "shared/zones.py").write_text("import weather\noffset = 3600\n")
    after = file_hashes(root)
    assert {name for name in before if before[name] != after[name]} == {"shared/zones.py"}


def test_a_missing_entry_is_not_found(root: Path) -> None:
    with pytest.raises(NotFound):
        closure_of_files(root / "fligths.py", root)


def test_an_entry_outside_of_the_root_is_refused(root: Path) -> None:
    with pytest.raises(Refused):
        closure_of_files(root / "flights.py", root / "shared")


def test_a_relative_import_from_above_the_root_is_refused(root: Path) -> None:
    (root / "weather.py").write_text("from .. import secrets\n")
    with pytest.raises(Refused):
        names(root)


def test_a_link_that_leaves_the_root_is_refused(root: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.py").write_text("a = 1\n")
    (root / "weather.py").unlink()
    (root / "weather.py").symlink_to(tmp_path / "elsewhere.py")
    with pytest.raises(Refused):
        names(root)
