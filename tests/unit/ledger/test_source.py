"""What of a source counts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from regrow.errors import UsageError
from regrow.ledger.source import Import, read_source

BEFORE = '''
"""What the module is about."""
import json


class Box:
    """A box."""

    size: int = 3
    """In metres."""

    def double(self, by: int = 2) -> int:
        """Twice."""
        # because
        return self.size * by
'''


def hash_of(folder: Path, text: str) -> str:
    path = folder / f"m{len(list(folder.iterdir()))}.py"
    path.write_text(text)
    return read_source(path).hash


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("What the module is about.", "Reworded.", id="module docstring"),
        pytest.param('"""A box."""', '"""A big box."""', id="class docstring"),
        pytest.param('        """Twice."""\n', "", id="no function docstring"),
        pytest.param("In metres.", "In feet.", id="field docstring"),
        pytest.param("# because", "# therefore", id="comment"),
        pytest.param("\n\nclass", "\n\n\n\nclass", id="blank lines"),
        pytest.param("self.size * by", "(self.size * by)", id="brackets"),
    ],
)
def test_wording_and_layout_do_not_count(tmp_path: Path, old: str, new: str) -> None:
    assert old in BEFORE
    assert hash_of(tmp_path, BEFORE) == hash_of(tmp_path, BEFORE.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("self.size * by", "self.size + by", id="statement"),
        pytest.param("by: int = 2", "by: int = 3", id="default"),
        pytest.param("size: int = 3", "size: int = 4", id="field"),
        pytest.param("import json", "import orjson as json", id="import"),
        pytest.param("def double", "@staticmethod\n    def double", id="decorator"),
    ],
)
def test_code_counts(tmp_path: Path, old: str, new: str) -> None:
    assert old in BEFORE
    assert hash_of(tmp_path, BEFORE) != hash_of(tmp_path, BEFORE.replace(old, new))


def test_a_text_that_is_used_counts(tmp_path: Path) -> None:
    assert hash_of(tmp_path, "a = 'x'") != hash_of(tmp_path, "a = 'y'")


def test_a_body_of_only_a_docstring_is_a_body_of_pass(tmp_path: Path) -> None:
    assert hash_of(tmp_path, 'def f():\n    """Nothing."""') == hash_of(tmp_path, "def f():\n    pass")


def test_imports_are_found_wherever_they_stand(tmp_path: Path) -> None:
    path = tmp_path / "m.py"
    path.write_text(
        "import a.b, c\nfrom d import e as f, g\nfrom ..h import i\nfrom . import j\n"
        "def k():\n    if True:\n        import l\n"
        "    try:\n        import m\n    except ImportError:\n        import n\n"
    )
    assert read_source(path).imports == (
        Import("a.b"),
        Import("c"),
        Import("d", ("e", "g")),
        Import("h", ("i",), 2),
        Import("", ("j",), 1),
        Import("l"),
        Import("m"),
        Import("n"),
    )


@pytest.mark.parametrize("test", ["TYPE_CHECKING", "typing.TYPE_CHECKING"])
def test_imports_for_type_checkers_do_not_count_but_their_else_does(tmp_path: Path, test: str) -> None:
    path = tmp_path / "m.py"
    path.write_text(f"if {test}:\n    import a\nelse:\n    import b\n")
    assert read_source(path).imports == (Import("b"),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = Registry('noun', [])", True),
        ("x: Any = registries.Registry('noun', [])", True),
        ("def f():\n    x = Registry('noun', [])", False),
        ("x = Other()\ny = 3\nz: int", False),
    ],
)
def test_a_registry_is_known_by_its_top_level(tmp_path: Path, text: str, expected: bool) -> None:
    path = tmp_path / "m.py"
    path.write_text(text)
    assert read_source(path).is_registry is expected


def test_a_file_of_a_docstring_alone_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "m.py"
    path.write_text('"""Words."""\n')
    assert read_source(path).is_empty


def test_an_edited_file_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "m.py"
    path.write_text("a = 1")
    os.utime(path, ns=(1, 1))
    before = read_source(path).hash
    path.write_text("a = 2")
    os.utime(path, ns=(2, 2))
    assert read_source(path).hash != before


@pytest.mark.parametrize("content", [b"def f(:\n", b"a = '\xff'\n", b"a\0"])
def test_what_is_no_python_is_said_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "m.py"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"m\.py is no Python"):
        read_source(path)
