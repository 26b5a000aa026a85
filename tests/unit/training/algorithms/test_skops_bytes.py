import io
import time
import zipfile

import numpy as np
import pytest
import skops.io
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from regrow.training.algorithms.skops_bytes import skops_bytes


def fitted() -> Pipeline:
    x = np.random.default_rng(0).normal(size=(50, 3))
    return Pipeline([("scale", StandardScaler()), ("model", LogisticRegression())]).fit(x, x[:, 0] > 0)


def test_equal_models_are_equal_bytes_at_another_time_and_address(monkeypatch: pytest.MonkeyPatch) -> None:
    first = skops_bytes(fitted())
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 86_400)
    kept = [fitted() for _ in range(3)]
    assert {skops_bytes(model) for model in kept} == {first}


def test_the_archive_reads_back_as_the_same_model() -> None:
    model, x = fitted(), np.random.default_rng(1).normal(size=(20, 3))
    raw = skops_bytes(model)
    again = skops.io.loads(raw, trusted=skops.io.get_untrusted_types(data=raw))
    assert np.array_equal(again.predict_proba(x), model.predict_proba(x))


def test_arrays_are_numbered_and_stamped_with_no_clock() -> None:
    with zipfile.ZipFile(io.BytesIO(skops_bytes(fitted()))) as archive:
        entries = archive.infolist()
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert all(entry.filename == "schema.json" or int(entry.filename.split(".")[0]) < 1000 for entry in entries)
