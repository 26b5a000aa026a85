#!/bin/sh
# Everything that can be said without running the product. All of it is said, then the exit code.
cd "$(dirname "$0")/.."
failed=0
step() {
    name=$1
    shift
    printf '==> %s\n' "$name"
    "$@" || { failed=1; printf '!!! %s failed; again with: %s\n' "$name" "$*"; }
}
step format .venv/bin/ruff format --check .
step lint .venv/bin/ruff check .
step types .venv/bin/mypy include plugins
step pipelines .venv/bin/regrow validate
step docs .venv/bin/python -m regrow.cli.reference --check
exit "$failed"
