from __future__ import annotations

from pathlib import Path

import pytest

from regrow.errors import Refused
from regrow.platform.purge import delete, listed


def test_what_is_deleted_is_what_was_listed(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "x").write_bytes(b"x" * 2_000_000)
    (tmp_path / "ledger.db").write_bytes(b"")
    (tmp_path / "ledger.db-wal").write_bytes(b"")
    told = listed(tmp_path)
    assert told == [
        f"{tmp_path}/ledger.db  0.0 MB",
        f"{tmp_path}/ledger.db-wal  0.0 MB",
        f"{tmp_path}/store  2.0 MB",
    ]
    delete(tmp_path)
    assert not tmp_path.exists()


def test_files_of_others_stay(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "thesis.txt").write_text("mine")
    delete(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_an_empty_home_has_nothing_to_list(tmp_path: Path) -> None:
    assert listed(tmp_path / "nowhere") == [f"{tmp_path}/nowhere is empty"]


def test_a_repository_or_a_users_folder_is_never_a_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "data").mkdir()
    with pytest.raises(Refused, match="nothing was deleted"):
        delete(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    (tmp_path / "user" / "data").mkdir(parents=True)
    with pytest.raises(Refused):
        delete(tmp_path / "user")
    assert (tmp_path / "user" / "data").exists()
    assert (tmp_path / "data").exists()
