"""Whole files: what is accepted, and what is refused with exactly which words."""

from pathlib import Path

import pytest

from regrow.settings import Settings
from regrow.spec.compose import compose
from regrow.spec.fields import walk
from regrow.spec.load import load_pipeline
from regrow.spec.marks import mark
from regrow.spec.problems import SpecError

HERE = Path(__file__).parent
VALID = sorted((HERE / "valid").glob("*.yaml"))
INVALID = sorted((HERE / "invalid").glob("*.yaml"))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, data_root=tmp_path / "data", allowed_sources=("s3://",))


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_a_valid_pipeline_is_accepted(path: Path, settings: Settings) -> None:
    loaded = load_pipeline(path, settings)
    assert loaded.pipeline.name == path.stem.replace("_", "-")
    assert loaded.target()


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_an_invalid_pipeline_is_refused_in_these_words(
    path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)
    with pytest.raises(SpecError) as refused:
        load_pipeline(Path(path.name), settings)
    assert refused.value.sentence + "\n" == path.with_suffix(".txt").read_text(encoding="utf-8")


def test_there_are_at_least_forty_invalid_files_and_each_has_its_words() -> None:
    assert len(INVALID) >= 40
    assert {path.stem for path in INVALID} == {path.stem for path in (HERE / "invalid").glob("*.txt")}


def test_everything_uses_every_field_of_the_models() -> None:
    root, flaws = compose(mark((HERE / "valid" / "everything.yaml").read_text(encoding="utf-8")))
    assert root is not None
    assert flaws == []
    unused = []
    for path, _ in walk():
        node = root
        for part in path:
            found = node.children.get(part)
            if found is None:
                unused.append(path)
                break
            node = found
    assert unused == []


def test_the_sample_is_accepted_with_warnings_for_what_comes_later(settings: Settings) -> None:
    loaded = load_pipeline(HERE / "valid" / "iris_classification_enhanced.yaml", settings)
    assert [warning.field for warning in loaded.warnings] == [
        "spec.algorithms[1].name",
        "spec.deployment.strategy",
        "spec.monitoring.alerts",
    ]
    criteria = loaded.pipeline.spec.deployment.success_criteria
    assert criteria.accuracy is not None
    assert criteria.accuracy.limit == 0.95
    assert criteria.latency is not None
    assert criteria.latency.limit == 0.1
    assert loaded.target() == "species"


def test_bare_comparisons_are_text_and_folded_texts_stay_folded(settings: Settings) -> None:
    pipeline = load_pipeline(HERE / "valid" / "comparisons.yaml", settings).pipeline
    assert pipeline.metadata.description == " Two blanks stay before this line: > 5.\n  - > 6\n"
    assert pipeline.metadata.owner == "limits: > 0.5"
    assert pipeline.metadata.labels == {"literal": "accuracy: > 0.95\n", "single": "- > 3", "folded": "one: > 1 line"}
    assert {name: limit.text for name, limit in pipeline.spec.selection.require.items()} == {
        "roc_auc": "> 0.6",
        "accuracy": ">= 0.5",
        "f1": "> 0.1",
    }


def test_odd_words_stay_text_and_nothing_is_evaluated(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    metadata = load_pipeline(HERE / "valid" / "words_that_look_odd.yaml", settings).pipeline.metadata
    assert metadata.description == "{{ var.value.secret }} $(touch canary) `touch canary` ${HOME} <script>"
    assert metadata.owner == "no"
    assert metadata.labels == {"on": "yes", "time": "1:30", "version": "1.10", "empty": ""}
    assert not (tmp_path / "canary").exists()
