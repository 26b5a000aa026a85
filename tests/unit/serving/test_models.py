"""The loader of model artifacts: two formats, and everything else refused before it is parsed."""

from __future__ import annotations

import io
import json
import os
import pickle
import zipfile
from pathlib import Path

import lightgbm
import numpy as np
import pytest
import skops.io
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from regrow.serving.formats.contract import ModelRefused
from regrow.serving.models import load, load_guarded
from regrow.training.table import FeatureColumn, ModelCard, TableSpec

NUMBERS = np.random.default_rng(7).normal(size=(200, 2))
LABELS = (NUMBERS[:, 0] > 0).astype(np.int64)
THREE = (NUMBERS[:, 0] > 0).astype(np.int64) + (NUMBERS[:, 1] > 0)


def card(file_format: str, file: str, classes: tuple[str, ...] = ("no", "yes"), features: int = 2) -> ModelCard:
    columns = tuple(FeatureColumn(name=f"x{i}", kind="numeric") for i in range(features))
    table = TableSpec(features=columns, label="late", classes=classes)
    return ModelCard(
        algorithm="any", format=file_format, file=file, hyperparameters={}, table=table, libraries={}, seed=0
    )


def write(folder: Path, written: ModelCard, content: bytes) -> Path:
    folder.mkdir()
    (folder / "model.json").write_bytes(written.canonical())
    (folder / written.file).write_bytes(content)
    return folder


def trees(labels: np.ndarray, **params: object) -> bytes:
    options = {"objective": "binary", "verbose": -1, "num_threads": 1, "min_data_in_leaf": 5, **params}
    return lightgbm.train(options, lightgbm.Dataset(NUMBERS, labels), 5).model_to_string().encode()


def linear(model: object | None = None) -> bytes:
    steps = [("fill", SimpleImputer()), ("scale", StandardScaler()), ("model", model or LogisticRegression())]
    return skops.io.dumps(Pipeline(steps).fit(NUMBERS, LABELS))


@pytest.fixture
def lightgbm_folder(tmp_path: Path) -> Path:
    return write(tmp_path / "model", card("lightgbm-text", "model.txt"), trees(LABELS))


@pytest.fixture
def skops_folder(tmp_path: Path) -> Path:
    return write(tmp_path / "model", card("skops", "model.skops"), linear())


def test_lightgbm_gives_the_probability_of_each_class(lightgbm_folder: Path) -> None:
    probabilities = load(lightgbm_folder).predict(NUMBERS)
    assert probabilities.shape == (200, 2)
    assert np.allclose(probabilities.sum(axis=1), 1.0)
    assert ((probabilities[:, 1] > 0.5) == LABELS).mean() > 0.95


def test_lightgbm_of_three_classes_gives_three_columns(tmp_path: Path) -> None:
    content = trees(THREE, objective="multiclass", num_class=3)
    scorer = load(write(tmp_path / "model", card("lightgbm-text", "model.txt", ("a", "b", "c")), content))
    assert scorer.predict(NUMBERS).shape == (200, 3)


def test_lightgbm_reads_missing_values(lightgbm_folder: Path) -> None:
    assert np.isfinite(load(lightgbm_folder).predict(np.full((1, 2), np.nan))).all()


def test_lightgbm_tells_its_own_gain(lightgbm_folder: Path) -> None:
    gain = load(lightgbm_folder).gain()
    assert gain is not None
    assert gain[0] > gain[1]


def test_skops_gives_the_same_as_the_model_that_was_written(skops_folder: Path) -> None:
    steps = [("fill", SimpleImputer()), ("scale", StandardScaler()), ("model", LogisticRegression())]
    expected = Pipeline(steps).fit(NUMBERS, LABELS).predict_proba(NUMBERS)
    scorer = load(skops_folder)
    assert np.array_equal(scorer.predict(NUMBERS), expected)
    assert scorer.gain() is None


def test_no_rows_give_no_probabilities(lightgbm_folder: Path) -> None:
    assert load(lightgbm_folder).predict(np.empty((0, 2))).shape == (0, 2)


def test_a_matrix_of_another_width_is_refused(lightgbm_folder: Path) -> None:
    with pytest.raises(ValueError, match="2 columns"):
        load(lightgbm_folder).predict(np.zeros((1, 3)))


@pytest.mark.parametrize("name", ["evil.pkl", "MLmodel", ".git", "code"])
def test_a_folder_with_anything_else_is_refused(lightgbm_folder: Path, name: str) -> None:
    (lightgbm_folder / name).mkdir() if name in (".git", "code") else (lightgbm_folder / name).write_text("x")
    with pytest.raises(ModelRefused, match="nothing else"):
        load(lightgbm_folder)


def test_a_folder_without_a_card_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match=r"no model\.json"):
        load(tmp_path)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match=r"no model\.json"):
        load(tmp_path / "nowhere")


def test_a_missing_model_file_is_refused(lightgbm_folder: Path) -> None:
    (lightgbm_folder / "model.txt").unlink()
    with pytest.raises(ModelRefused, match="allowed are"):
        load(lightgbm_folder)


def test_a_card_cannot_name_another_file(tmp_path: Path) -> None:
    folder = write(tmp_path / "model", card("lightgbm-text", "weights.txt"), trees(LABELS))
    with pytest.raises(ModelRefused, match=r"lies in model\.txt"):
        load(folder)


def test_a_card_cannot_point_outside_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "model.txt").write_bytes(trees(LABELS))
    (tmp_path / "model").mkdir()
    outside = card("lightgbm-text", "../model.txt")
    (tmp_path / "model" / "model.json").write_bytes(outside.canonical())
    with pytest.raises(ModelRefused, match=r"not in '\.\./model\.txt'"):
        load(tmp_path / "model")


def test_an_unknown_format_is_refused(lightgbm_folder: Path) -> None:
    document = json.loads((lightgbm_folder / "model.json").read_bytes())
    (lightgbm_folder / "model.json").write_text(json.dumps(document | {"format": "pickle"}))
    with pytest.raises(ModelRefused, match="wrong at format"):
        load(lightgbm_folder)


def test_a_card_that_is_no_json_is_refused(lightgbm_folder: Path) -> None:
    (lightgbm_folder / "model.json").write_bytes(b"\x80\x04.")
    with pytest.raises(ModelRefused, match=r"model\.json is wrong"):
        load(lightgbm_folder)


def test_a_link_in_place_of_the_file_is_refused(lightgbm_folder: Path, tmp_path: Path) -> None:
    (lightgbm_folder / "model.txt").rename(tmp_path / "elsewhere.txt")
    (lightgbm_folder / "model.txt").symlink_to(tmp_path / "elsewhere.txt")
    with pytest.raises(ModelRefused, match="not a plain file"):
        load(lightgbm_folder)


class Evil:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (os.system, (f"touch {self.mark}",))


@pytest.mark.parametrize(("file_format", "file"), [("lightgbm-text", "model.txt"), ("skops", "model.skops")])
def test_a_pickle_in_disguise_is_refused_and_never_runs(tmp_path: Path, file_format: str, file: str) -> None:
    mark = tmp_path / "it-ran"
    folder = write(tmp_path / "model", card(file_format, file), pickle.dumps(Evil(mark)))
    with pytest.raises(ModelRefused, match="does not begin like"):
        load(folder)
    assert not mark.exists()


def test_a_pickle_inside_of_a_skops_archive_is_refused(skops_folder: Path) -> None:
    content = io.BytesIO((skops_folder / "model.skops").read_bytes())
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr("extra.pkl", pickle.dumps({}))
    (skops_folder / "model.skops").write_bytes(content.getvalue())
    with pytest.raises(ModelRefused, match=r"'extra\.pkl', not only arrays"):
        load(skops_folder)


def test_a_type_of_scikit_learn_that_is_not_on_our_list_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "model", card("skops", "model.skops"), linear(SVC()))
    with pytest.raises(ModelRefused, match=r"not on the list of trusted types: .*sklearn\.svm"):
        load(folder)


def edited(content: bytes, change: object) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files["schema.json"] = change(files["schema.json"])  # type: ignore[operator]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param(lambda raw: raw.replace(b'"ObjectNode"', b'"FunctionNode"', 1), "FunctionNode", id="loader"),
        pytest.param(lambda raw: raw.replace(b'"sklearn.pipeline"', b'"os"', 1), r"os\.Pipeline", id="type"),
        pytest.param(lambda raw: raw[: len(raw) // 2], "cannot be read", id="cut"),
        pytest.param(lambda raw: b"[" * 200_000, "cannot be read", id="deep"),
        pytest.param(lambda raw: b"{}", "skops cannot read it", id="empty"),
    ],
)
def test_a_changed_skops_tree_is_refused(skops_folder: Path, change: object, reason: str) -> None:
    file = skops_folder / "model.skops"
    file.write_bytes(edited(file.read_bytes(), change))
    with pytest.raises(ModelRefused, match=reason):
        load(skops_folder)


def test_a_model_of_other_classes_than_its_card_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "model", card("skops", "model.skops", ("a", "b", "c")), linear())
    with pytest.raises(ModelRefused, match="the card's are 0 to 2"):
        load(folder)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        pytest.param(card("lightgbm-text", "model.txt", features=3), "read 2 features, the card 3", id="features"),
        pytest.param(card("lightgbm-text", "model.txt", ("a", "b", "c")), "1 outputs for 3 classes", id="classes"),
    ],
)
def test_trees_that_do_not_fit_their_card_are_refused(tmp_path: Path, written: ModelCard, reason: str) -> None:
    with pytest.raises(ModelRefused, match=reason):
        load(write(tmp_path / "model", written, trees(LABELS)))


def test_a_guarded_load_gives_the_same_model(lightgbm_folder: Path) -> None:
    guarded = load_guarded(lightgbm_folder)
    assert np.array_equal(guarded.predict(NUMBERS), load(lightgbm_folder).predict(NUMBERS))


def test_a_guarded_load_refuses_what_does_not_load(lightgbm_folder: Path) -> None:
    (lightgbm_folder / "model.txt").write_bytes(b"tree\nnonsense")
    with pytest.raises(ModelRefused, match="guarded process"):
        load_guarded(lightgbm_folder)


def test_a_guarded_load_refuses_a_folder_without_a_process(tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match=r"no model\.json"):
        load_guarded(tmp_path)


def test_a_guarded_load_is_bounded_in_memory(lightgbm_folder: Path) -> None:
    with pytest.raises(ModelRefused, match="guarded process"):
        load_guarded(lightgbm_folder, memory=96 << 20)


def test_a_guarded_load_is_bounded_in_time(lightgbm_folder: Path) -> None:
    with pytest.raises(ModelRefused, match=r"longer than 0\.01 s"):
        load_guarded(lightgbm_folder, seconds=0.01)
