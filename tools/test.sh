#!/bin/sh
# All tests in four groups, with coverage of include/ and plugins/ over all of them. Extra words go to pytest.
# The groups are apart because Airflow changes the process that it is imported into, and so that each shows its time.
set -u
cd "$(dirname "$0")/.."
python=.venv/bin/python
rm -f .coverage .coverage.*
export PYTHONHASHSEED=0
failed=

# One process per core, but for the end-to-end tests, which fill all cores by themselves. Tests of one file stay together,
# because fixtures start servers.
workers=$($python -c 'import os; print(min(4, os.cpu_count() or 1))')
group() {
    name=$1
    shift
    printf '==> %s\n' "$name"
    $python -m pytest -n "$workers" --dist loadfile --no-loadscope-reorder --cov --cov-append --durations=5 "$@" || failed="$failed $name"
}

group "unit and contract" tests/unit tests/contract tests/pipelines tests/manifests --cov-report= --cov-fail-under=0 "$@"
group "airflow" tests/airflow --cov-report= --cov-fail-under=0 "$@"
group "faults" tests/fault --cov-report= --cov-fail-under=0 "$@"
workers=0
group "end to end" tests/e2e --cov-report=term:skip-covered "$@"

[ -z "$failed" ] || { printf 'failed groups:%s\n' "$failed"; exit 1; }
