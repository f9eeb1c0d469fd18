# Every target sets up what it needs in .venv from a bare Python 3.11 or newer. `make help` lists them.

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/READY
CANDIDATES := python3.14 python3.13 python3.12 python3.11 python3 python
# A pyenv shim exists even where its Python does not, so a candidate must run before it counts.
SUITABLE := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
UV := build/uv/bin/uv
BENCH_ARGS ?=
PATTERNS_ARGS ?=
DEMO_ARGS ?=
SERVE_ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup demo test check check-deep bench patterns reference docs serve web lock baseline reproduce \
	sbom audit clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

setup: $(READY) ## make .venv with the locked dependencies and afternext itself

$(READY): requirements.lock pyproject.toml
	@set -e; if [ ! -x $(BIN)/python ]; then \
	    python="$(PYTHON)"; \
	    if [ -z "$$python" ]; then for candidate in $(CANDIDATES); do \
	        if $$candidate -c '$(SUITABLE)' >/dev/null 2>&1; then python=$$candidate; break; fi; \
	    done; fi; \
	    if [ -z "$$python" ] || ! $$python -c '$(SUITABLE)'; then \
	        echo "afternext needs Python 3.11 or newer with venv and ensurepip (on Debian: python3-venv); name one with PYTHON=..." >&2; \
	        exit 2; fi; \
	    echo "setting up $(VENV) with $$($$python --version)" >&2; \
	    $$python -m venv $(VENV); fi
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY) ## run the flagship crisis end to end; says where the briefing is
	@$(BIN)/afternext demo $(DEMO_ARGS)

check: $(READY) ## lint, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: check ## check, then the fast tests, a file at a time in two processes, in the order of tests/order.py
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

check-deep: check ## check, then the long tests (an hour or two); writes docs/reliability.md
	rm -rf build/reliability
	@status=0; $(BIN)/python -m pytest -m deep --timeout 3600 || status=$$?; \
	    $(BIN)/python scripts/reliability.py; exit $$status

bench: $(READY) ## measure time and memory; writes docs/benchmarks.md
	$(BIN)/python -m benchmarks.run $(BENCH_ARGS)

patterns: $(READY) ## show which patterns the model brings about; writes docs/patterns.md
	$(BIN)/python -m patterns.run $(PATTERNS_ARGS)

reference: $(READY) ## write the generated pages of docs/reference anew
	$(BIN)/python scripts/reference.py

docs: reference ## build the documentation into site/
	$(BIN)/python -m mkdocs build --strict --quiet
	@echo "open site/index.html"

serve: $(READY) ## the workbench in the browser
	@$(BIN)/afternext serve --open $(SERVE_ARGS)

web: ## build the page of the workbench anew from web/ (needs Node; users never do)
	cd web && npm ci --ignore-scripts && npm run check && npm run build

lock: ## resolve the dependencies anew into requirements.lock
	@test -x $(UV) || { python3 -m venv build/uv && build/uv/bin/pip install --quiet uv; }
	$(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
	    --all-extras pyproject.toml --output-file requirements.lock $(LOCK_ARGS)
	for tool in audit fuzz; do $(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
	    --no-annotate --python-version 3.11 locks/$$tool.in --output-file locks/$$tool.lock $(LOCK_ARGS) || exit 2; done

baseline: $(READY) ## store a run, samples of outputs and published figures anew
	$(BIN)/python scripts/baseline.py

reproduce: $(READY) ## rerun the published figures from scratch and compare
	$(BIN)/python scripts/reproduce.py

sbom: $(READY) ## list the dependencies with their licences; writes docs/reference/dependencies.md and build/sbom
	$(BIN)/python scripts/supply.py

audit: $(READY) ## look the locked packages up in the advisories of the package index (needs a network)
	$(BIN)/python scripts/audit.py

clean: ## remove .venv, caches and built files (runs are kept)
	rm -rf $(VENV) build dist site .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
