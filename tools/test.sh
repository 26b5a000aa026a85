#!/bin/sh
# All tests, the quick ones first, with coverage of include/ and plugins/. Extra words go to pytest.
set -eu
cd "$(dirname "$0")/.."
python=.venv/bin/python
rm -f .coverage .coverage.*
export PYTHONHASHSEED=0

workers=$($python -c 'import os; print(min(4, os.cpu_count() or 1))')
# One process per core; tests of one file stay together, because fixtures start servers.
exec $python -m pytest -n "$workers" --dist loadfile --cov --cov-report=term:skip-covered --durations=15 "$@"
