#!/bin/sh
# Rewrites the lock from pyproject.toml. requirements/dev.txt is resolved first; every other set is held to it, so that
# one package has one version wherever it is installed.
set -eu
cd "$(dirname "$0")/.."
uv=${UV:-.venv/.uv/bin/uv}

compile() {
    out=$1
    shift
    printf 'lock: %s\n' "$out" >&2
    "$uv" pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
        --custom-compile-command "make lock" "$@" -o "$out"
}

extras() {
    out=$1
    shift
    compile "$out" --constraints requirements/dev.txt "$@" pyproject.toml
}

echo "uv>=0.9" | compile requirements/uv.txt -
compile requirements/dev.txt \
    --extra training --extra serving --extra airflow --extra example --extra dev pyproject.toml
extras requirements/training.txt --extra training
extras requirements/serving.txt --extra serving
extras requirements/airflow.txt --extra airflow
extras requirements/docs.txt --extra docs
extras requirements.txt --extra airflow --extra training --extra serving --extra example
