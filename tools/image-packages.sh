#!/bin/sh
# Inside of a build, beside the locks: an environment at /opt/regrow of what a lock names, with bytecode. uv lives in the
# build's cache, so that no layer holds it.
#   image-packages.sh LOCK [--without PACKAGE…]      packages of the lock that the image's own work never loads
#   image-packages.sh --project SOURCE PREFIX        our own package alone, to be laid over such an environment
set -eu
here=$(dirname "$0")
# The system's certificates, so that mounting a bundle over them is enough behind a proxy.
export PIP_CERT=/etc/ssl/certs/ca-certificates.crt PIP_DISABLE_PIP_VERSION_CHECK=1
export UV_CACHE_DIR=/cache UV_LINK_MODE=copy UV_NO_PROGRESS=1 UV_SYSTEM_CERTS=1 VIRTUAL_ENV=/opt/regrow
tool=/cache/uv-$(sha256sum <"$here/uv.txt" | cut -c1-16)
if ! "$tool/bin/uv" --version >/dev/null 2>&1; then
    python3 -m venv --clear "$tool"
    "$tool/bin/pip" install --quiet --no-cache-dir --require-hashes -r "$here/uv.txt"
fi
uv=$tool/bin/uv
"$uv" venv --quiet --allow-existing --python "$(command -v python3)" "$VIRTUAL_ENV"
if [ "$1" = --project ]; then
    exec "$uv" pip install --quiet --no-deps --compile-bytecode --prefix "$3" "$2"
fi
"$uv" pip install --require-hashes --compile-bytecode -r "$here/$1"
if [ "${2:-}" = --without ]; then
    shift 2
    "$uv" pip uninstall "$@"
fi
# A tenth of what scientific packages weigh is tests of their own.
cd "$VIRTUAL_ENV"/lib/python3*/site-packages
for package in numpy scipy sklearn pandas xgboost lightgbm pyarrow; do
    if [ -d "$package" ]; then find "$package" -type d -name tests -prune -exec rm -rf {} +; fi
done
