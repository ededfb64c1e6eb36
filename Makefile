# Everything one does with this project, by name: `make` alone lists it. CI runs the same targets.
# PYTHON=… chooses the Python for a new environment, ARGS="…" is handed on to the command.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
ARGS ?=
# The first Python of the machine that is new enough; the plain one otherwise, to say so.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && exit; done; echo python3)
RUNTIME := .venv/.runtime-is-ready
DEV := .venv/.dev-is-ready
ASSETS := region/static/vendor/.stamp

.PHONY: help run test lint check bench drill check-vectors shots assets system setup lock upgrade clean

help: ## this list
	@printf 'WiNEX Region. make VERB, where VERB is one of\n\n'
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-14s %s\n", $$1, $$2}' Makefile
	@printf '\nOptions: PYTHON=python3.12 for a new environment, ARGS="..." for the command.\n'

run: $(RUNTIME) $(ASSETS) ## set up what is missing and run a region here: make run ARGS="--port 8090"
	@exec $(BIN)/region run $(ARGS)

test: $(DEV) $(ASSETS) system ## all tests and the import contracts: make test ARGS="-k sampling"
	@bad=0; $(BIN)/lint-imports --no-logo || bad=1; $(BIN)/pytest -n 2 $(ARGS) || bad=1; exit $$bad

lint: $(DEV) ## style, types and the import contracts, without running anything
	@bad=0; for tool in 'ruff check' 'ruff format --check' mypy "lint-imports --no-logo"; do \
		case $$tool in ruff*) set -- .;; *) set --;; esac; \
		echo "== $$tool"; $(BIN)/$$tool "$$@" || bad=1; done; exit $$bad

check: lint ## lint, and the promises: what the tests hold about the code itself
	@$(BIN)/pytest -q tests/promises $(ARGS)

bench: $(DEV) $(ASSETS) ## figures, as ratios within one run: make bench ARGS="fanout board"
	@$(BIN)/python -m bench $(ARGS)

drill: $(DEV) $(ASSETS) ## ten minutes of orders under fire, then the books: make drill ARGS="--minutes 3"
	@$(BIN)/python -m bench.drill $(ARGS)

check-vectors: $(DEV) ## real data and reference results in ../shared, where these lie
	@bad=0; for check in check_vectors check_vectors_formats check_vectors_lines check_region; do \
		$(BIN)/python -m tools.$$check || bad=1; done; exit $$bad

shots: $(DEV) $(ASSETS) system ## pictures of the screens
	@$(BIN)/python -m tools.shots $(ARGS)

setup: $(DEV) $(ASSETS) system ## all that run and test need, and no more

assets: $(ASSETS) ## the pages' scripts, styles and fonts
system:
	@$(BIN)/python tools/system_parts.py

lock: $(DEV) ## write the locks anew from setup.cfg; pins that still fit stay
	@$(BIN)/python tools/lock.py

upgrade: $(DEV) ## write the locks anew with the newest versions that fit
	@$(BIN)/python tools/lock.py --upgrade

clean: ## remove what was made here, except the data of a region
	rm -rf .venv node_modules region/static/vendor build *.egg-info .coverage
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUNTIME): requirements.lock setup.cfg pyproject.toml tools/prepare.py
	@$(PYTHON) tools/prepare.py runtime

$(DEV): requirements-dev.lock setup.cfg pyproject.toml tools/prepare.py
	@$(PYTHON) tools/prepare.py dev

$(ASSETS): package.json package-lock.json requirements-node.lock region/spine/assets.py tools/assets.py | $(RUNTIME)
	@$(BIN)/python tools/page_assets.py
	@touch $@
