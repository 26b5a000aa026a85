#!/bin/sh
# Makes .venv from the lock: picks a Python that runs, brings uv, installs. Does nothing where all of it is in place.
# Settings: PYTHON (the interpreter to use), REGROW_REQUIREMENTS (default requirements/dev.txt).
set -eu
cd "$(dirname "$0")/.."
unset PYTHONDONTWRITEBYTECODE PYTHONHOME PYTHONPATH VIRTUAL_ENV || true
lock=${REGROW_REQUIREMENTS:-requirements/dev.txt}

say() { printf '%s\n' "$*" >&2; }

# A version manager leaves commands on the path that only print an error: the only test is to run them.
runs() {
    "$1" -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1
}

pick_python() {
    for candidate in ${PYTHON:-} python3.12 python3.13 python3.11 python3 python /usr/bin/python3; do
        if runs "$candidate"; then
            "$candidate" -c 'import sys; print(sys.executable)'
            return
        fi
    done
    say "Regrow needs a Python 3.11, 3.12 or 3.13 that runs; tried: ${PYTHON:-} python3.12 python3.13 python3.11 python3 python."
    say "Next: install one (Debian: apt-get install python3 python3-venv), or name it: make run PYTHON=/path/to/python3"
    return 1
}

fingerprint() {
    "$1" - "$lock" pyproject.toml <<'PY'
import hashlib, pathlib, sys
sha = hashlib.sha256(sys.version.encode())
for name in sys.argv[1:]:
    sha.update(pathlib.Path(name).read_bytes())
print(sha.hexdigest())
PY
}

# uv lives in a small environment of its own inside of .venv: one folder holds all, and deleting it undoes all.
bring_uv() {
    if [ -x .venv/.uv/bin/uv ] && .venv/.uv/bin/uv --version >/dev/null 2>&1; then return; fi
    say "==> bringing uv"
    if "$python" -m venv --clear .venv/.uv >/dev/null 2>&1; then
        .venv/.uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
    elif command -v uv >/dev/null 2>&1; then
        mkdir -p .venv/.uv/bin && ln -sf "$(command -v uv)" .venv/.uv/bin/uv
    else
        say "$python has no ensurepip, and there is no uv. Next: apt-get install python3-venv, or install uv."
        return 1
    fi
}

if [ -x .venv/bin/python ] && .venv/bin/python -c '' 2>/dev/null && [ -f .venv/.stamp ] \
    && [ "$(cat .venv/.stamp)" = "$(fingerprint .venv/bin/python)" ]; then
    exit 0
fi

python=$(pick_python)
say "==> $("$python" --version) at $python"
if ! { [ -x .venv/bin/python ] && [ "$(.venv/bin/python -c 'import sys; print(sys.version)' 2>/dev/null)" = "$("$python" -c 'import sys; print(sys.version)')" ]; }; then
    rm -rf .venv
    "$python" -m venv --without-pip .venv
fi
rm -f .venv/.stamp
bring_uv
say "==> installing $(grep -c '^[A-Za-z0-9]' "$lock") packages from $lock (some minutes the first time)"
.venv/.uv/bin/uv pip install --python .venv/bin/python --require-hashes --compile-bytecode -r "$lock"
.venv/.uv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --compile-bytecode --editable .
fingerprint .venv/bin/python >.venv/.stamp
say "==> .venv is ready: .venv/bin/regrow --help"
