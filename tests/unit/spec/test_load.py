import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from regrow.errors import NotFound
from regrow.settings import Settings
from regrow.spec.load import load_pipeline, parse_pipeline
from regrow.spec.problems import SHOWN, SpecError
from regrow.spec.row_schema import RowSchemaError

TEXT = """\
apiVersion: mlops.io/v1
kind: EnhancedPipeline
metadata:
  name: toy
spec:
  data:
    source: toys
    validation: {schema: rows.json}
  algorithms:
    - name: lightgbm
"""
ROWS = '{"properties": {"size": {"type": "number"}, "kind": {"enum": ["a", "b"], "x-regrow-role": "target"}}}'
MODULE = "def build(rows, references):\n    return rows\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, data_root=tmp_path / "data", allowed_sources=("s3://",))


def with_module(text: str = TEXT) -> str:
    section = "  features: {module: toy_features.py, label: kind}\n  algorithms:\n"
    return text.replace("    validation: {schema: rows.json}\n", "").replace("  algorithms:\n", section)


def refused(path: Path, settings: Settings) -> SpecError:
    with pytest.raises(SpecError) as error:
        load_pipeline(path, settings)
    return error.value


def test_a_loaded_pipeline_knows_its_text_digest_schema_and_target(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "toy.yaml"
    path.write_text(TEXT, encoding="utf-8")
    (tmp_path / "rows.json").write_text(ROWS, encoding="utf-8")
    loaded = load_pipeline(path, settings)
    assert loaded.text == TEXT
    assert loaded.digest == hashlib.sha256(TEXT.encode()).hexdigest()
    assert loaded.warnings == ()
    assert loaded.row_schema() is not None
    assert loaded.target() == "kind"


def test_a_missing_schema_is_a_warning_first_and_an_error_when_it_is_needed(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "toy.yaml"
    path.write_text(TEXT, encoding="utf-8")
    loaded = load_pipeline(path, settings)
    assert [warning.field for warning in loaded.warnings] == ["spec.data.validation.schema"]
    with pytest.raises(RowSchemaError, match="cannot be read"):
        loaded.row_schema()


def test_a_module_says_the_target_and_needs_no_schema(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "toy.yaml"
    path.write_text(with_module(), encoding="utf-8")
    (tmp_path / "toy_features.py").write_text(MODULE, encoding="utf-8")
    loaded = load_pipeline(path, settings)
    assert (loaded.row_schema(), loaded.target()) == (None, "kind")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("def build(rows:\n", "line 1"),
        ("def bild(rows, references): ...\n", "did you mean 'bild'?"),
        ("build: int\n", "has no function 'build'"),
        ("x = '\x00'\n", "toy_features.py"),
        ("(" * 5000 + ")" * 5000, "toy_features.py"),
        ("# " + "x" * 1024 * 1024, "not readable as Python"),
    ],
)
def test_a_module_that_cannot_work_is_refused_unrun(code: str, words: str, tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "toy.yaml"
    path.write_text(with_module(), encoding="utf-8")
    (tmp_path / "toy_features.py").write_text(code, encoding="utf-8")
    assert words in refused(path, settings).sentence


@pytest.mark.parametrize("code", ["from helpers import build\n", "build = print\n", "raise SystemExit\n" + MODULE])
def test_a_module_is_read_but_never_run(code: str, tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "toy.yaml"
    path.write_text(with_module(), encoding="utf-8")
    (tmp_path / "toy_features.py").write_text(code, encoding="utf-8")
    assert load_pipeline(path, settings).target() == "kind"


def test_a_schema_that_links_out_of_the_folder_is_refused(tmp_path: Path, settings: Settings) -> None:
    folder = tmp_path / "pipelines"
    folder.mkdir()
    (folder / "toy.yaml").write_text(TEXT, encoding="utf-8")
    (tmp_path / "secret.json").write_text(ROWS, encoding="utf-8")
    (folder / "rows.json").symlink_to(tmp_path / "secret.json")
    assert "outside of the YAML's folder" in refused(folder / "toy.yaml", settings).sentence


def test_without_a_path_neither_name_nor_files_are_checked(settings: Settings) -> None:
    loaded = parse_pipeline(with_module(), settings=settings)
    assert loaded.warnings == ()
    with pytest.raises(SpecError, match=r"^<text>:1:1: "):
        parse_pipeline("a", settings=settings)


def test_underscores_of_a_file_are_dashes_of_a_name(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "toy_parcels.yaml"
    path.write_text(TEXT.replace("name: toy", "name: toy-parcels"), encoding="utf-8")
    assert load_pipeline(path, settings).pipeline.name == "toy-parcels"


def test_windows_line_ends_and_a_byte_order_mark_do_no_harm(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "toy.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").replace("lightgbm", "lightgmb").encode())
    error = refused(path, settings)
    assert [(problem.line, problem.column) for problem in error.problems] == [(10, 13)]
    assert "lightgmb" in error.problems[0].excerpt[1]


def test_a_missing_file_is_not_found_and_a_folder_is_a_problem(tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(NotFound):
        load_pipeline(tmp_path / "no.yaml", settings)
    assert "cannot be read" in refused(tmp_path, settings).sentence


def test_of_very_many_problems_the_first_are_told_and_the_rest_counted(settings: Settings) -> None:
    with pytest.raises(SpecError) as error:
        parse_pipeline(TEXT + "".join(f"extra{number}: 1\n" for number in range(500)), settings=settings)
    assert len(error.value.problems) == SHOWN + 1
    assert error.value.problems[-1].message == "and 400 more from here on"


def test_settings_come_from_the_process_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGROW_ALLOWED_SOURCES", '["gs://"]')
    text = with_module().replace("source: toys", "source: gs://bucket-of-toys/")
    assert parse_pipeline(text).pipeline.spec.data.source == "gs://bucket-of-toys/"


def test_reading_a_spec_imports_nothing_heavy(tmp_path: Path) -> None:
    path = Path(__file__).parents[2] / "pipelines" / "valid" / "everything.yaml"
    heavy = ("numpy", "polars", "pandas", "sklearn", "lightgbm", "scipy", "mlflow", "optuna", "sqlalchemy", "airflow")
    code = (
        "import sys; from pathlib import Path; from regrow.spec.load import load_pipeline;"
        f"load_pipeline(Path({str(path)!r})); print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.strip() == "[]"
