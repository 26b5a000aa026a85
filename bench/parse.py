"""How long Airflow takes to read 200 pipelines: ours against dag-factory, whose YAML files name every task.

Both sides describe the same DAGs: for each pipeline one that watches, with a mapped group, and one that retrains, with
two rounds of ask, mapped trials and tell. Measured is the processor time of Airflow's own DagBag over one DAG file; the
two take turns, the median counts.
"""

from __future__ import annotations

import logging
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

PIPELINES, ROUNDS = int(os.environ.get("BENCH_PIPELINES", "200")), int(os.environ.get("BENCH_ROUNDS", "3"))
HERE = Path(__file__).parent

OURS = """\
apiVersion: mlops.io/v1
kind: EnhancedPipeline
metadata:
  name: {name}
  description: Will a parcel be late?
  owner: bench
  labels: {{team: bench}}
spec:
  data:
    source: parcels/
    partition: daily
    file: parcels.csv
    key: [id]
    time_column: sent
    validation:
      quality_checks:
        - completeness > 0.95
        - validity > 0.8
  features:
    module: features/parcels.py
    label: late
    time_column: sent
    key: [id]
  algorithms:
    - name: logistic_regression
      hyperparameters: {{C: [0.1, 1.0, 10.0]}}
    - name: lightgbm
      hyperparameters: {{num_leaves: [15, 31], learning_rate: [0.05, 0.1]}}
  training:
    search: {{kind: grid, rounds: 2}}
    parallel: 2
    timeout_minutes: 60
  retrain: {{every: month}}
"""

BASH = "airflow.providers.standard.operators.bash.BashOperator"
SENSOR = "airflow.providers.standard.sensors.filesystem.FileSensor"
COMMON = """\
  default_args:
    {owner: bench, retries: 3, retry_delay_sec: 10, retry_exponential_backoff: true, max_retry_delay_sec: 300}
  start_date: "2024-01-01"
  catchup: false
  max_active_runs: 1
  tags: [bench]
  description: Will a parcel be late?
  doc_md: "Will a parcel be late?"
"""
PARAMS = """\
  params:
    start: {__type__: airflow.sdk.definitions.param.Param, default: null, type: ["null", string], format: date}
    end: {__type__: airflow.sdk.definitions.param.Param, default: null, type: ["null", string], format: date}
    reason: {__type__: airflow.sdk.definitions.param.Param, default: "", type: string, title: Reason}
    algorithms:
      __type__: airflow.sdk.definitions.param.Param
      default: []
      type: array
      examples: [logistic_regression, lightgbm]
      title: Algorithms
    plan_only: {__type__: airflow.sdk.definitions.param.Param, default: false, type: boolean, title: Plan only}
"""


def theirs(name: str) -> str:
    """The same two DAGs as dag-factory is told of them."""
    command = f"python -m regrow run {name}"
    study, before = "", "split"
    for number in range(2):
        group = f"    task_group_name: round_{number}\n"
        study += _task(f"ask_{number}", command, before, group)
        study += _mapped(f"trial_{number}", f"round_{number}.ask_{number}.output", f"ask_{number}", group)
        study += _task(
            f"tell_{number}", command, f"trial_{number}", group + "    trigger_rule: all_done_min_one_success\n"
        )
        before = f"tell_{number}"
    tail = zip(("select", "register", "deploy", "report"), (before, "select", "register", "deploy"), strict=True)
    tasks = _task("due", command) + _task("features", command, "due") + _task("split", command, "features") + study
    tasks += "".join(_task(node, command, after) for node, after in tail)
    groups = "  task_groups:\n    round_0: {tooltip: round 0}\n    round_1: {tooltip: round 1}\n"
    retraining = f"{name}:\n{COMMON}{PARAMS}  schedule: '0 0 1 * *'\n{groups}  tasks:\n{_indent(tasks)}\n"
    return retraining + _arrival(name, command)


def _arrival(name: str, command: str) -> str:
    wait = f"wait:\n  operator: {SENSOR}\n  filepath: /data/{name}/_SUCCESS\n  poke_interval: 30\n  deferrable: true\n"
    listed = _task("list", command, "wait")
    group = "    task_group_name: partition\n"
    tasks = wait + listed + _mapped("snapshot", "list.output", "list", group)
    tasks += _mapped("gate", "list.output", "snapshot", group) + _task("report", command, "gate")
    groups = "  task_groups:\n    partition: {tooltip: one partition}\n"
    return f"{name}--arrival:\n{COMMON}  schedule: '@continuous'\n{groups}  tasks:\n{_indent(tasks)}\n"


def _task(name: str, command: str, after: str = "", more: str = "") -> str:
    follows = f"  dependencies: [{after}]\n" if after else ""
    lines = "".join(f"{line.removeprefix('  ')}\n" for line in more.splitlines())
    return f"{name}:\n  operator: {BASH}\n  bash_command: {command}\n  doc_md: One step.\n{follows}{lines}"


def _mapped(name: str, source: str, after: str, more: str) -> str:
    lines = "".join(f"{line.removeprefix('  ')}\n" for line in more.splitlines())
    options = "  partial: {max_active_tis_per_dagrun: 2, map_index_template: '{{ task.task_id }}'}\n"
    mapped = f"{options}  expand: {{bash_command: {source}}}\n  dependencies: [{after}]\n"
    return f"{name}:\n  operator: {BASH}\n{mapped}{lines}"


def _indent(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines())


def lay_out(root: Path) -> dict[str, Path]:
    """Two DAG folders below `root`, each with one DAG file and a YAML file per pipeline."""
    ours, peer = root / "ours", root / "dag-factory"
    (ours / "pipelines" / "features").mkdir(parents=True)
    (peer / "pipelines").mkdir(parents=True)
    shutil.copy(HERE.parent / "dags" / "pipelines.py", ours)
    shutil.copy(HERE.parent / "dags" / ".airflowignore", ours)
    (ours / "pipelines" / "features" / "parcels.py").write_text("def build(rows, references):\n    return rows\n")
    words = "# airflow, dag: the words that Airflow looks for\n"
    loads = f"load_yaml_dags(globals(), dags_folder={str(peer / 'pipelines')!r})\n"
    (peer / "airflow_dags.py").write_text(f"{words}from dagfactory import load_yaml_dags\n{loads}")
    for number in range(PIPELINES):
        (ours / "pipelines" / f"parcels_{number:03d}.yaml").write_text(OURS.format(name=f"parcels-{number:03d}"))
        (peer / "pipelines" / f"parcels_{number:03d}.yaml").write_text(theirs(f"parcels-{number:03d}"))
    return {"ours": ours, "dag-factory": peer}


def seconds(folder: Path) -> float:
    """Processor time of one reading of a DAG folder; every DAG and task must be there."""
    from airflow.dag_processing.dagbag import DagBag

    began = time.process_time()
    bag = DagBag(folder, bundle_name="bench")
    took = time.process_time() - began
    tasks = sum(len(dag.tasks) for dag in bag.dags.values())
    assert not bag.import_errors, bag.import_errors
    assert len(bag.dags) == 2 * PIPELINES, f"{len(bag.dags)} DAGs in {folder}"
    assert tasks >= 17 * PIPELINES, f"{tasks} tasks in {folder}"
    return took


def main() -> None:
    root = Path(tempfile.mkdtemp(prefix="regrow-bench-parse-"))
    os.environ |= {
        "AIRFLOW_HOME": str(root),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "REGROW_HOME": str(root / "home"),
    }
    os.environ |= {"AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT": "600", "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR"}
    os.environ |= {"AIRFLOW__CORE__PLUGINS_FOLDER": str(HERE.parent / "plugins")}
    os.environ |= {"AIRFLOW__DAG_FACTORY__ENABLE_TELEMETRY": "False", "DO_NOT_TRACK": "1"}
    logging.disable(logging.WARNING)
    try:
        folders = lay_out(root)
        for folder in folders.values():
            seconds(folder)  # imports and the databases of first use
        taken: dict[str, list[float]] = {name: [] for name in folders}
        for _ in range(ROUNDS):
            for name, folder in folders.items():
                taken[name].append(seconds(folder))
    finally:
        shutil.rmtree(root, ignore_errors=True)
    median = {name: statistics.median(values) for name, values in taken.items()}
    for name, value in median.items():
        print(
            f"{name}: {value:.2f} s for {PIPELINES} pipelines, {value / PIPELINES * 1000:.1f} ms each", file=sys.stderr
        )
    print(f"parse: {median['dag-factory'] / median['ours']:.1f}x faster than dag-factory")


if __name__ == "__main__":
    main()
