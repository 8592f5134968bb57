# Placet. `make demo` runs the main job; `make test` runs the tests; both set themselves up.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help install demo test test-full check format lock bench clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): requirements.lock pyproject.toml
	@echo "Setting up $(VENV) from requirements.lock (once; about a minute) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
	  -r requirements.lock # no resolving: the lock is whole, and a newer release changes nothing
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

install: $(STAMP) ## make .venv with the placet command in it

demo: $(STAMP) ## the main job, end to end, on embedded defaults; then the console
	@$(BIN)/placet demo --tour
	@if [ -t 0 ]; then $(BIN)/placet demo; fi

test: $(STAMP) ## the tests, on SQLite and on a real PostgreSQL
	@$(BIN)/python -m pytest -n 3 --dist loadfile # a third of the time they wait: three on two cores

test-full: $(STAMP) ## the long sweeps too: races, kills, random trees
	@PLACET_TEST_FULL=1 $(BIN)/python -m pytest -n 2 --dist loadfile

check: $(STAMP) ## lint, types and arrows: what CI runs and nothing else
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check --no-cache .
	@$(BIN)/lint-imports
	@$(BIN)/mypy
	@$(BIN)/pyright --warnings --pythonpath $(BIN)/python

format: $(STAMP) ## let ruff arrange the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

bench: $(STAMP) ## every benchmark, small; see benchmarks/README.md for the whole sizes
	@$(BIN)/python -m benchmarks

lock: ## resolve requirements.lock anew (needs uv)
	uv pip compile --quiet --python-version 3.11 --universal --extra dev --generate-hashes \
	  --no-emit-index-url --no-annotate --no-header pyproject.toml -o requirements.lock

clean: ## remove the environment and every cache
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
