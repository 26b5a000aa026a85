#!/bin/sh
# All tests, with coverage of include/ and plugins/. Extra words go to pytest.
set -eu
cd "$(dirname "$0")/.."
python=.venv/bin/python
rm -f .coverage .coverage.*
export PYTHONHASHSEED=0

workers=$($python -c 'import os; print(min(4, os.cpu_count() or 1))')
# One process per core. Tests of one file stay together, because fixtures start servers. Files keep their order: the long
# ones (airflow, e2e) begin early, and the many short ones fill up the other processes.
exec $python -m pytest -n "$workers" --dist loadfile --no-loadscope-reorder --cov --cov-report=term:skip-covered --durations=15 "$@"
