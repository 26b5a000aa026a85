#!/bin/sh
# Builds our images, labels each with the environment hash that it computes itself, and writes dist/regrow-IMAGE.cdx.json,
# what it consists of.
#   tools/images.sh [trainer] [predictor] [platform]      default: all three
# Settings: ENGINE (docker or podman, with flags of its own), BUILD_FLAGS and RUN_FLAGS (more of them), NAME
# (localhost/regrow), TAG (dev), BASE (the image to build on), SBOM=0 for no list. PIP_INDEX_URL and UV_DEFAULT_INDEX
# are passed on where they are set.
set -eu
cd "$(dirname "$0")/.."
name=${NAME:-localhost/regrow}
tag=${TAG:-dev}

engine=${ENGINE:-}
if [ -z "$engine" ]; then
    if docker info >/dev/null 2>&1; then engine=docker; else engine=podman; fi
fi
# Docker's own format: the other one has no HEALTHCHECK.
case $engine in *podman*) format="--format docker" ;; *) format="" ;; esac

# Flags are lists of words, unquoted on purpose.
# shellcheck disable=SC2086
build() {
    $engine build $format ${BUILD_FLAGS:-} ${BASE:+--build-arg BASE=$BASE} \
        ${PIP_INDEX_URL:+--build-arg PIP_INDEX_URL} ${UV_DEFAULT_INDEX:+--build-arg UV_DEFAULT_INDEX} "$@" >&2
}

# shellcheck disable=SC2086
inside() {
    $engine run --rm --network none --read-only --tmpfs /tmp ${RUN_FLAGS:-} "$@"
}

environment() {
    inside "$1" python -c "from regrow.ledger.environment import environment_hash as h; print(h('$2'))"
}

version=$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
revision=$(git rev-parse HEAD 2>/dev/null || echo unknown)
mkdir -p dist
nothing=$(mktemp -d)
trap 'rmdir "$nothing"' EXIT
if [ $# = 0 ]; then set -- trainer predictor platform; fi
for target in "$@"; do
    case $target in predictor) extra=serving ;; trainer | platform) extra=training ;;
        *) echo "there is no image $target; there are trainer, predictor, platform" >&2 && exit 2 ;; esac
    image=$name-$target:$tag
    begun=$(date +%s)
    build --target "$target" --tag "$image" .
    # Only the image can say its hash, and only a build can write a label.
    hash=$(environment "$image" "$extra")
    echo "FROM $image" | build --tag "$image" --label "regrow.dev/environment.$extra=$hash" \
        --label "org.opencontainers.image.version=$version" --label "org.opencontainers.image.revision=$revision" \
        --file - "$nothing"
    ended=$(date +%s)
    if [ "${SBOM:-1}" != 0 ]; then
        build --target sbom --tag "$name-sbom:$target" --build-arg "OF=$target" .
        inside "$name-sbom:$target" >"dist/regrow-$target.cdx.json"
    fi
    # shellcheck disable=SC2086
    bytes=$($engine image inspect --format '{{.Size}}' "$image")
    printf '%-44s %5d MB %5d s\n' "$image" "$((bytes / 1000000))" "$((ended - begun))"
done
