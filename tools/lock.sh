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
echo "cyclonedx-bom>=7" | compile requirements/sbom.txt -
platform="--extra airflow --extra registry --extra gateway --extra s3 --extra postgres --extra kubernetes"
# One set for each place that packages are installed in. Unquoted on purpose: each is a list of words.
# shellcheck disable=SC2086
compile requirements/dev.txt --extra training --extra serving $platform --extra example --extra dev pyproject.toml
extras requirements/trainer.txt --extra training --extra s3 --extra postgres
extras requirements/predictor.txt --extra serving --extra s3
extras requirements/docs.txt --extra docs
# shellcheck disable=SC2086
extras requirements.txt --extra training --extra serving $platform --extra example
