# Three images from one file: `platform` (Airflow and the CLI), `trainer` (a step in a pod), `predictor` (a model in a
# pod). tools/images.sh builds them and adds the labels that only a finished image has. What changes rarely comes first: an edit of our sources
# rebuilds one small layer.
ARG BASE=docker.io/library/python:3.11-slim-bookworm
# Of which image `sbom` tells.
ARG OF=trainer

# --- what every image stands on ---------------------------------------------------------------------------------------
FROM ${BASE} AS base
# LightGBM and XGBoost load it; nothing else of the system is needed besides Python.
RUN ldconfig -p | grep -q libgomp.so.1 || { apt-get update \
 && apt-get install --yes --no-install-recommends libgomp1 \
 && rm -rf /var/lib/apt/lists/*; }
# Bases bring Python without its bytecode, and nobody can write it where the root file system is read-only.
RUN python3 -m compileall -q "$(python3 -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')" >/dev/null || true
RUN groupadd --gid 65532 regrow \
 && useradd --uid 65532 --gid 65532 --home-dir /tmp --no-create-home --shell /usr/sbin/nologin regrow
# /tmp is all that a process may write to.
ENV PATH=/opt/regrow/bin:/usr/local/bin:/usr/bin:/bin \
    HOME=/tmp \
    TMPDIR=/tmp \
    REGROW_HOME=/tmp/regrow \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1

# --- packages: of each image from its lock, in a layer that our sources do not touch ----------------------------------
FROM base AS locks
# An index other than the public one: `--build-arg PIP_INDEX_URL` and `--build-arg UV_DEFAULT_INDEX`.
ARG PIP_INDEX_URL
ARG UV_DEFAULT_INDEX
COPY tools/image-packages.sh requirements/uv.txt /opt/regrow/share/

FROM locks AS trainer-packages
COPY requirements/trainer.txt /opt/regrow/share/
RUN --mount=type=cache,target=/cache sh /opt/regrow/share/image-packages.sh trainer.txt

FROM locks AS predictor-packages
COPY requirements/predictor.txt /opt/regrow/share/
# Serving never loads polars: 170 MB that the data's steps need and a model does not.
RUN --mount=type=cache,target=/cache \
    sh /opt/regrow/share/image-packages.sh predictor.txt --without polars polars-runtime-32

FROM locks AS platform-packages
COPY requirements.txt /opt/regrow/share/
RUN --mount=type=cache,target=/cache sh /opt/regrow/share/image-packages.sh requirements.txt

# --- our own package, apart from the others: its layer is the one that changes ----------------------------------------
FROM locks AS project
WORKDIR /build
COPY pyproject.toml README.md ./
COPY include include
COPY plugins plugins
RUN --mount=type=cache,target=/cache sh /opt/regrow/share/image-packages.sh --project /build /project

# --- a step in a pod --------------------------------------------------------------------------------------------------
FROM trainer-packages AS trainer
COPY --from=project /project /opt/regrow
USER 65532:65532
WORKDIR /opt/regrow
CMD ["python", "-m", "regrow", "step", "--schema"]
# No HEALTHCHECK: a step ends by itself, and its exit code is what it says.
LABEL org.opencontainers.image.title="regrow-trainer" \
      org.opencontainers.image.description="Runs one step of a Regrow pipeline" \
      org.opencontainers.image.licenses="Apache-2.0"

# --- a model in a pod -------------------------------------------------------------------------------------------------
FROM predictor-packages AS predictor
COPY --from=project /project /opt/regrow
ENV REGROW_PREDICTOR_HOST=0.0.0.0 \
    REGROW_PREDICTOR_PORT=8080 \
    REGROW_PREDICTOR_FOLDER=/mnt/models \
    REGROW_PREDICTOR_CAPTURES=/tmp/captures
USER 65532:65532
WORKDIR /opt/regrow
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"REGROW_PREDICTOR_PORT\"]}/v2/health/live', timeout=2)"]
CMD ["python", "-m", "regrow.serving.predictor"]
LABEL org.opencontainers.image.title="regrow-predictor" \
      org.opencontainers.image.description="Serves one version of one model over the V1 and V2 inference protocols" \
      org.opencontainers.image.licenses="Apache-2.0"

# --- Airflow with our DAGs --------------------------------------------------------------------------------------------
FROM platform-packages AS platform
COPY --from=project /project /opt/regrow
# Airflow reads this name; it lies beside the packages because Airflow's own folder is made anew in each container.
RUN echo "from regrow_airflow.local_settings import *" \
    > "$(python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/airflow_local_settings.py"
# The plugin's package is installed already; here is the file that Airflow looks for.
COPY plugins/regrow_plugin.py plugins/.airflowignore /srv/regrow/plugins/
COPY dags /srv/regrow/dags
ENV AIRFLOW_HOME=/tmp/airflow \
    AIRFLOW__CORE__DAGS_FOLDER=/srv/regrow/dags \
    AIRFLOW__CORE__PLUGINS_FOLDER=/srv/regrow/plugins \
    AIRFLOW__CORE__LOAD_EXAMPLES=False \
    AIRFLOW__CORE__EXECUTOR=regrow_airflow.executor.DeferSafeLocalExecutor \
    REGROW_PIPELINES=/srv/regrow/dags/pipelines
USER 65532:65532
WORKDIR /srv/regrow
EXPOSE 8080
# The scheduler, the triggerer and the DAG processor each keep a job; an API server is asked at /api/v2/monitor/health.
HEALTHCHECK --interval=60s --timeout=30s --start-period=120s CMD ["airflow", "jobs", "check", "--local"]
CMD ["regrow", "--help"]
LABEL org.opencontainers.image.title="regrow-platform" \
      org.opencontainers.image.description="Airflow with Regrow's operators and pipelines, and the regrow command" \
      org.opencontainers.image.licenses="Apache-2.0"

# --- what an image consists of, as CycloneDX: printed by a container of it --------------------------------------------
FROM locks AS sbom-tool
COPY requirements/sbom.txt /opt/regrow/share/
RUN --mount=type=cache,target=/cache sh /opt/regrow/share/image-packages.sh sbom.txt && mv /opt/regrow /opt/sbom

FROM ${OF} AS sbom
COPY --from=sbom-tool /opt/sbom /opt/sbom
HEALTHCHECK NONE
CMD ["/opt/sbom/bin/python", "-m", "cyclonedx_py", "environment", "--output-reproducible", "--output-format", "JSON", "/opt/regrow/bin/python"]
