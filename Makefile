# What a newcomer types. `make help` lists it. How each part is installed stands in .ci/setup.

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
export PYTHON

# What is given to `make lock UPGRADE=--upgrade` and the like.
UPGRADE ?=
COMPILE = UV_PYTHON_DOWNLOADS=never $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	--custom-compile-command "make lock" $(UPGRADE) setup.cfg --extra build

.DEFAULT_GOAL := help
.PHONY: help demo test check fix bench browser postgres lock
.NOTPARALLEL:

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

demo: ## Install what is needed, load an invented Coventry and Warwickshire, and serve it (PORT=8000)
	@.ci/setup run
	@$(BIN)/social-rx demo --port $(PORT)

test: ## Run every test, on SQLite and on PostgreSQL, in a real browser too
	@.ci/setup tests
	@.ci/setup postgres
	@.ci/setup browser
	@$(BIN)/python -m pytest -n 2

check: ## What must be green before a push: format, lint, types, and every test
	@.ci/setup tests
	@$(BIN)/ruff format --check
	@$(BIN)/ruff check
	@$(BIN)/mypy
	@$(MAKE) --no-print-directory test

fix: ## Put right what can be put right by itself: format and lint
	@.ci/setup tests
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

bench: ## Measure: run each of benchmarks/
	@.ci/setup tests
	@set -e; for file in benchmarks/[a-z]*.py; do echo "== $$file"; $(BIN)/python "$$file"; done

browser: ## Run the tests that drive Chromium, and no others
	@.ci/setup tests
	@.ci/setup postgres
	@.ci/setup browser
	@$(BIN)/python -m pytest tests/browser

postgres: ## Start a private, empty PostgreSQL and say how to use it; it is gone with Ctrl+C
	@.ci/setup tests
	@.ci/setup postgres
	@$(BIN)/python -m tests.databases

lock: ## Write the locks again from setup.cfg (UPGRADE=--upgrade takes newer versions)
	@.ci/setup tests
	@$(BIN)/python -m pip install --quiet uv
	@$(COMPILE) -o requirements.txt
	@$(COMPILE) --extra dev --constraints requirements.txt -o requirements-dev.txt
