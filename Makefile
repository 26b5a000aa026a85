# Needs git, make and a Python 3.11 to 3.13. Everything else comes with `make run` or `make test`.
.POSIX:
.PHONY: help run down test check soak docs bench lock bootstrap lab lab-test lab-down images

BIN = .venv/bin
NAME = overhead
# PYTHONDONTWRITEBYTECODE would make every child process compile its imports anew.
RUN = unset PYTHONDONTWRITEBYTECODE; export PATH="$$PWD/.venv/bin:$$PATH";

help:
	@echo "make run     one example from arriving data to a served model (15 minutes the first time)"
	@echo "make down    stop everything that make run started; data stays"
	@echo "make test    all tests, coverage at least 90 %"
	@echo "make lab     a Kubernetes node on this machine, with KServe, a gateway, S3, PostgreSQL, MLflow (root, Debian)"
	@echo "make lab-test  what only a cluster can show, on that node or on the current KUBECONFIG's cluster"
	@echo "make lab-down  end the node and leave nothing of it"
	@echo "make images  platform, trainer and predictor, with podman or docker"
	@echo "make check   format, lint, types, pipelines, docs"
	@echo "make soak    the fault tests at full size"
	@echo "make bench NAME=overhead   bench/NAME.py, measured against its peer"
	@echo "make docs    the documentation as a site, in site/"
	@echo "make lock    resolve requirements anew"

bootstrap:
	@PYTHON="$(PYTHON)" sh tools/bootstrap.sh

run: bootstrap
	@$(RUN) exec $(BIN)/python -m regrow.platform.demo

down:
	@if [ -x $(BIN)/regrow ]; then $(BIN)/regrow down; else echo "nothing runs: there is no .venv"; fi

test: bootstrap
	@$(RUN) sh tools/test.sh

check: bootstrap
	@$(RUN) sh tools/check.sh

soak: bootstrap
	@$(RUN) REGROW_SOAK=1 $(BIN)/python -m pytest -m fault -s -p no:cacheprovider tests

docs: bootstrap
	@$(BIN)/python -m regrow.cli.reference --check
	@.venv/.uv/bin/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/docs.txt
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet && echo "docs: site/index.html"

bench: bootstrap
	@$(RUN) exec $(BIN)/python bench/$(NAME).py

lab: bootstrap
	@$(RUN) PYTHONPATH=tests exec $(BIN)/python -m lab.node up

lab-test: bootstrap
	@$(RUN) sh tools/lab-test.sh

lab-down: bootstrap
	@$(RUN) PYTHONPATH=tests exec $(BIN)/python -m lab.node down

images:
	@sh tools/images.sh

lock: bootstrap
	@sh tools/lock.sh
