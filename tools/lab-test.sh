#!/bin/sh
# The suites that need a cluster. Their coverage is added to that of `make test` where its files still lie here.
# REGROW_LAB_REQUIRED=1: a test that is skipped, or that is missing, fails the run.
set -eu
cd "$(dirname "$0")/.."
export PYTHONHASHSEED=0
exec .venv/bin/python -m pytest tests/lab -m lab -p no:cacheprovider --durations=15 "$@"
