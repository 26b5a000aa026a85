import sys
from pathlib import Path

import polars as pl
import pytest

from regrow.errors import RegrowError
from regrow.training.user_module import call_user_function

ROWS = pl.DataFrame({"x": [1, 2]})


def module(folder: Path, text: str, name: str = "features.py") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    return folder / name


def test_the_function_gets_rows_and_references(tmp_path: Path) -> None:
    entry = module(tmp_path, "def build(rows, references):\n    return rows.hstack(references['other'])\n")
    made = call_user_function(entry, "build", ROWS, {"other": pl.DataFrame({"y": [3, 4]})})
    assert made.rows() == [(1, 3), (2, 4)]


def test_a_lazy_result_is_collected(tmp_path: Path) -> None:
    entry = module(tmp_path, "def build(rows, references):\n    return rows.lazy()\n")
    assert call_user_function(entry, "build", ROWS, {}).equals(ROWS)


def test_two_modules_may_have_helpers_of_the_same_name(tmp_path: Path) -> None:
    for word in ("one", "two"):
        module(tmp_path / word, f"WORD = '{word}'\n", "helpers_of_a_test.py")
        text = "import helpers_of_a_test as h\ndef build(rows, references):\n    return rows.select(word=h.pl)\n"
        text = text.replace("h.pl", "__import__('polars').lit(h.WORD)")
        made = call_user_function(module(tmp_path / word, text), "build", ROWS, {})
        assert made["word"].to_list() == [word]
    assert "helpers_of_a_test" not in sys.modules
    assert not any(str(tmp_path) in folder for folder in sys.path)
    assert not list(tmp_path.rglob("__pycache__"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(
            "def build(rows, references):\n    return rows.select('z')\n",
            "failed in features.py, line 2: ColumnNotFoundError",
            id="an exception in polars is told with the line of the module",
        ),
        pytest.param(
            "import polars as pl\ndef build(rows, references):\n    raise ValueError('no wind')\n",
            "failed in features.py, line 3: ValueError: no wind",
            id="its own exception",
        ),
        pytest.param("def build(rows, references)\n", "failed in features.py, line 1: SyntaxError", id="bad syntax"),
        pytest.param(
            "import not_there_at_all\n", "failed in features.py, line 1: ModuleNotFoundError", id="bad import"
        ),
        pytest.param("raise SystemExit(3)\n", "failed in features.py, line 1: SystemExit: 3", id="it wants to exit"),
        pytest.param("def builds(r, f):\n    return r\n", "no function 'build'; did you mean 'builds'", id="misspelt"),
        pytest.param("def build(r, f):\n    return 3\n", "build returned int, not a polars DataFrame", id="a number"),
    ],
)
def test_what_goes_wrong_is_one_sentence(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(RegrowError) as caught:
        call_user_function(module(tmp_path, text), "build", ROWS, {})
    assert told in caught.value.sentence
    assert str(tmp_path) not in caught.value.sentence


def test_a_failure_in_a_helper_names_the_helper(tmp_path: Path) -> None:
    module(tmp_path, "\n\ndef fail():\n    raise KeyError('wind')\n", "wind_helper.py")
    entry = module(tmp_path, "import wind_helper\ndef build(rows, references):\n    wind_helper.fail()\n")
    with pytest.raises(RegrowError, match=r"failed in wind_helper\.py, line 4: KeyError: 'wind'"):
        call_user_function(entry, "build", ROWS, {})


def test_a_file_that_is_no_python_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RegrowError, match=r"features\.txt is not a Python file"):
        call_user_function(module(tmp_path, "x", "features.txt"), "build", ROWS, {})
