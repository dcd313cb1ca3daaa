# The front door for developers: `make` lists what there is.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
# Without byte code every start of Python compiles all of its libraries again.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
DATA := data
# More arguments for pytest, for instance: make test ARGS="-k redis"
ARGS :=
TEST_PROCESSES := $(shell nproc)
# Options for Schemathesis, for instance: make fuzz FUZZ="--max-examples 500"
FUZZ := --max-examples 100 --max-time 600
# What this one can install, all newer ones can, too; some libraries refuse the early patch releases of 3.11.
OLDEST_PYTHON := /usr/bin/python3.11
PYTHON_PACKAGES := python3 python3-venv
BROWSER_PACKAGES := chromium chromium-driver
SERVICE_PACKAGES := postgresql redis-server nginx-light
# mypy needs a folder in its path that has the name under which a package is installed.
TYPED_ROOTS := .mypy_cache/roots
TYPED_PACKAGES := cometa_core cometa_demo cometa_migrations $(notdir $(wildcard plugins/cometa_* runners/cometa_*))

.PHONY: help venv browser services demo serve test corpus chaos check bench fuzz constraints clean

help: ## List the targets
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 20

venv: .venv/installed ## Make .venv with Cometa Core, editable, and the tools of the tests
	@:

.venv/installed: setup.py pyproject.toml constraints.txt
	@tools/find_python.sh >/dev/null || tools/install_packages.sh "Cometa Core needs Python 3.11 or newer" $(PYTHON_PACKAGES)
	@tools/find_python.sh >/dev/null || { echo "Cometa Core needs Python 3.11 or newer with its module venv." >&2; exit 1; }
	@echo "Installing Cometa Core and its libraries into .venv; this takes about a minute ..."
	@"$$(tools/find_python.sh)" -m venv .venv
	@$(BIN)/pip install --disable-pip-version-check -c constraints.txt -e '.[test,check]' >.venv/install.log 2>&1 || \
		{ tail -n 30 .venv/install.log >&2; exit 1; }
	@touch $@

browser: ## Install Chromium and its driver when they are missing
	@command -v chromium >/dev/null && command -v chromedriver >/dev/null || \
		tools/install_packages.sh "The browser is missing" $(BROWSER_PACKAGES)

services: ## Install PostgreSQL, Redis and nginx for the tests when they are missing
	@{ compgen -G '/usr/lib/postgresql/*/bin/initdb' || command -v initdb; } >/dev/null && \
		command -v redis-server >/dev/null && PATH="$$PATH:/usr/sbin" command -v nginx >/dev/null || \
		tools/install_packages.sh "The tests need PostgreSQL, Redis and nginx" $(SERVICE_PACKAGES)

demo: venv browser ## Run the sample features against the sample shop in a real browser
	@$(BIN)/cometa --data $(DATA) demo

serve: venv browser ## Run the server with a worker until Ctrl-C, in the folder of the demo
	@exec $(BIN)/cometa --data $(DATA) up

test: venv browser services check ## Check and test everything
	@$(BIN)/pytest --numprocesses $(TEST_PROCESSES) --dist loadfile $(ARGS)

corpus: venv browser ## Run the corpus of features twice in Chromium and twice on a real Selenium Grid
	@$(BIN)/pytest -m "not chaos" tests/corpus $(ARGS)

chaos: venv browser services ## Execute 300 runs while everything they need is killed and restarted at random
	@$(BIN)/pytest -m chaos tests/chaos tests/runners/cometa_worker -rA $(ARGS)

check: venv ## Check style, formatting, types and who imports whom
	@$(BIN)/ruff check --quiet --output-format concise .
	@$(BIN)/ruff format --check --quiet .
	@mkdir -p $(TYPED_ROOTS)
	@ln -sfn ../../examples/demo $(TYPED_ROOTS)/cometa_demo
	@ln -sfn ../../alembic $(TYPED_ROOTS)/cometa_migrations
	@MYPYPATH=$(TYPED_ROOTS) $(BIN)/mypy $(addprefix -p ,$(TYPED_PACKAGES))
	@$(BIN)/lint-imports --no-logo

bench: venv browser ## Measure figures for orientation
	@$(BIN)/python -W ignore benchmarks/orientation.py
	@$(BIN)/python -W ignore benchmarks/throughput.py
	@$(BIN)/python -W ignore benchmarks/lists.py
	@$(BIN)/python -W ignore benchmarks/pictures.py
	@$(BIN)/python -W ignore benchmarks/steps.py
	@$(BIN)/python -W ignore benchmarks/outside.py
	@$(BIN)/python -W ignore benchmarks/live.py

fuzz: venv .venv-fuzz/installed ## Send generated requests to a real server
	@$(BIN)/python tools/fuzz.py --schemathesis .venv-fuzz/bin/schemathesis -- $(FUZZ)

.venv-fuzz/installed:
	@"$$(tools/find_python.sh)" -m venv .venv-fuzz
	@.venv-fuzz/bin/pip install --disable-pip-version-check --quiet 'schemathesis>=4.32,<5'
	@touch $@

constraints: ## Write constraints.txt anew, with the newest versions that setup.py allows
	@tools/freeze_constraints.sh $(OLDEST_PYTHON) > constraints.new || { rm constraints.new; exit 1; }
	@mv constraints.new constraints.txt

clean: ## Remove .venv, builds and caches; the data folder stays
	@rm -rf .venv .venv-fuzz build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage* *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
