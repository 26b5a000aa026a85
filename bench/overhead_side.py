"""The two sides of bench/overhead.py, each a process of its own: `prepare`, `bare` and `regrow`."""

from __future__ import annotations

import importlib.util
import json
import shutil
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import polars as pl

PROJECT = Path(__file__).parents[1]
YAML = PROJECT / "dags" / "pipelines" / "flights_delay.yaml"
FEATURES = PROJECT / "dags" / "pipelines" / "features" / "flights_delay.py"
FIRST, LAST = date(2013, 1, 1), date(2013, 6, 30)
WORKERS = 2


# --- regrow ---


def space_at(root: Path, home: str) -> Any:
    from regrow.platform.workspace import Workspace
    from regrow.serving.memory import MemoryDeployer, MemoryRouter
    from regrow.settings import Settings

    class Unserved(Workspace):
        """Everything is real but the serving: the bare side serves nothing either."""

        def start_serving(self, progress: Callable[[str], None]) -> None:
            pass

        deployer = cached_property(lambda self: MemoryDeployer())
        router = cached_property(lambda self: MemoryRouter())

    return Unserved(Settings(home=root / home, data_root=root / "data"), workers=WORKERS)


def retrain(space: Any) -> Any:
    from regrow.spec.load import load_pipeline
    from regrow.steps.graph import RunParams
    from regrow.steps.local import retrain as run

    return run(space, load_pipeline(YAML), reason="bench", actor="bench", params=RunParams(force=True), progress=quiet)


def prepare(root: Path) -> None:
    """Two months of accepted partitions, MLflow's database, and the list of trials that the study asks for."""
    from regrow.platform.flights import build_days, original_files
    from regrow.spec.load import load_pipeline
    from regrow.steps.local import take_arrivals

    build_days(original_files(), FIRST, LAST, root / "data" / "flights")
    space = space_at(root, "taken")
    take_arrivals(space, load_pipeline(YAML), actor="bench", progress=quiet)
    space.registry.prepare()
    space.close()
    shutil.copytree(root / "taken", root / "scratch")
    scratch = space_at(root, "scratch")
    run = retrain(scratch)
    accepted = sorted(run.params["window"])
    uses = scratch.ledger.records.uses(run_id=run.run_id, kind="trial")
    trials = [dict(scratch.ledger.records.find(use.fingerprint).params) for use in uses]
    (root / "study.json").write_text(json.dumps({"partitions": accepted, "trials": trials}))
    scratch.close()
    shutil.rmtree(root / "scratch")
    print(f"prepared: {len(accepted)} partitions, {len(trials)} trials", flush=True)


def fresh(root: Path, number: str) -> None:
    """A home that knows the partitions and has trained nothing."""
    shutil.copytree(root / "taken", root / f"regrow-{number}")


def regrow(root: Path, number: str) -> None:
    space = space_at(root, f"regrow-{number}")
    retrain(space)
    space.close()


def airflow(root: Path) -> None:
    """The same retraining as a DAG run of the real Airflow, serving included; prints the run's seconds."""
    from regrow.platform import airflow_home
    from regrow.platform.airflow_api import AirflowApi
    from regrow.platform.lifecycle import bring_down, bring_up
    from regrow.platform.ports import kept
    from regrow.settings import Settings

    shutil.copytree(root / "taken", root / "airflow")
    settings = Settings(home=root / "airflow", data_root=root / "data", pipelines=YAML.parent)
    try:
        bring_up(settings, timeout=300, progress=quiet)
        ports = kept(settings)
        assert ports is not None
        address = f"http://{settings.host}:{ports.airflow}"
        with AirflowApi(address, airflow_home.USER, airflow_home.password(settings)) as api:
            print(seconds_of_a_run(api))
    finally:
        bring_down(settings, progress=quiet)


def seconds_of_a_run(api: Any) -> float:
    dag = "flights-delay"
    wait(lambda: api.dag_is_known(dag), 120)
    run = triggered(api, dag)
    wait(lambda: api.dag_run(dag, run.run_id).ended, 1200)
    done = api.dag_run(dag, run.run_id)
    assert done.state == "success", done
    return float((done.ended_at - done.started_at).total_seconds())


def triggered(api: Any, dag: str) -> Any:
    """On SQLite the api-server may find its database locked while DAGs are first read."""
    from regrow.errors import RegrowError

    for _ in range(10):
        try:
            return api.trigger(dag)
        except RegrowError as error:
            refused = error
            time.sleep(3)
    raise refused


def wait(done: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{seconds} s")
        time.sleep(1)


def quiet(line: str) -> None:
    """Progress is not measured."""


# --- a bare script ---


def bare(root: Path, number: str) -> None:
    study = json.loads((root / "study.json").read_text())
    table = read_table(root, study["partitions"])
    out = root / f"bare-{number}"
    out.mkdir()
    np.savez(out / "table.npz", **split(table))
    with ProcessPoolExecutor(WORKERS) as pool:
        scores = list(pool.map(fit, [str(out)] * len(study["trials"]), range(len(study["trials"])), study["trials"]))
    (out / "scores.json").write_text(json.dumps(scores))


def read_table(root: Path, partitions: list[str]) -> pl.DataFrame:
    build = module().build
    frames = []
    for key in partitions:
        folder = root / "data" / "flights" / key
        rows = pl.read_csv(folder / "flights.csv", null_values=["", "NA"])
        weather = pl.read_csv(folder / "weather.csv", null_values=["", "NA"])
        frames.append(build(rows, {"weather": weather}))
    return pl.concat(frames, how="vertical_relaxed").drop_nulls("late").sort("scheduled_at", "flight_id")


def module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("features", FEATURES)
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def split(table: pl.DataFrame) -> dict[str, np.ndarray]:
    names = [name for name in table.columns if name not in ("flight_id", "scheduled_at", "late")]
    categorical = [name for name in names if table.schema[name] == pl.String]
    cut, end = int(len(table) * 0.6), int(len(table) * 0.8)
    for name in categorical:
        known = table[:cut][name].drop_nulls().unique().sort()
        codes = dict(zip(known, range(len(known)), strict=True))
        table = table.with_columns(pl.col(name).replace_strict(codes, default=None, return_dtype=pl.Float64))
    x = table.select(pl.col(names).cast(pl.Float64)).to_numpy()
    y = table["late"].cast(pl.Int64).to_numpy()
    return {
        "x": x[:cut],
        "y": y[:cut],
        "vx": x[cut:end],
        "vy": y[cut:end],
        "categorical": np.array([names.index(name) for name in categorical]),
    }


def fit(folder: str, k: int, trial: dict[str, Any]) -> float:
    from sklearn.metrics import roc_auc_score

    table = np.load(Path(folder) / "table.npz")
    train = fit_lightgbm if trial["algorithm"] == "lightgbm" else fit_logistic
    predicted = train(table, trial["hyperparameters"], Path(folder) / f"model-{k}")
    return float(roc_auc_score(table["vy"], predicted))


def fit_lightgbm(table: Any, chosen: dict[str, Any], file: Path) -> np.ndarray:
    import lightgbm

    chosen = dict(chosen)
    rounds, patience = chosen.pop("n_estimators"), chosen.pop("early_stopping_rounds")
    fixed = {"objective": "binary", "metric": ["auc", "binary_logloss"], "num_threads": 1, "verbosity": -1}
    fixed |= {"deterministic": True, "force_row_wise": True, "bagging_freq": int(chosen.get("subsample", 1.0) != 1.0)}
    categorical = [int(position) for position in table["categorical"]]
    rows = lightgbm.Dataset(table["x"], label=table["y"], categorical_feature=categorical, params=chosen | fixed)
    compared = rows.create_valid(table["vx"], label=table["vy"])
    stop = lightgbm.early_stopping(patience, first_metric_only=True, verbose=False)
    model = lightgbm.train(chosen | fixed, rows, rounds, valid_sets=[compared], callbacks=[stop])
    model.save_model(file)
    return np.asarray(model.predict(table["vx"], num_threads=1))


def fit_logistic(table: Any, chosen: dict[str, Any], file: Path) -> np.ndarray:
    import pickle

    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    categorical = [int(position) for position in table["categorical"]]
    numeric = [position for position in range(table["x"].shape[1]) if position not in categorical]
    spread = make_pipeline(SimpleImputer(strategy="constant", fill_value=-1), OneHotEncoder(handle_unknown="ignore"))
    scaled = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    columns = ColumnTransformer([("numeric", scaled, numeric), ("categorical", spread, categorical)])
    model = make_pipeline(columns, LogisticRegression(**chosen)).fit(table["x"], table["y"])
    file.write_bytes(pickle.dumps(model))
    return np.asarray(model.predict_proba(table["vx"])[:, 1])


if __name__ == "__main__":
    {"prepare": prepare, "bare": bare, "fresh": fresh, "regrow": regrow, "airflow": airflow}[sys.argv[1]](
        Path(sys.argv[2]), *sys.argv[3:]
    )
