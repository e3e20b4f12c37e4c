# Every target installs what it needs, says so aloud, and installs nothing twice.
.PHONY: help setup run test lint bench lock audit clean
.DEFAULT_GOAL := help

PYTHON := .venv/bin/python

help: ## show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: ## make .venv with what the app needs, and install what the system lacks
	@scripts/setup app

run: ## set up, then start the demo Router and the app (PORT=8000)
	@scripts/setup app
	@exec $(PYTHON) -m validator.demo

test: ## set up, then run all tests with their coverage bounds (PYTEST_ARGS="-k word" for some)
	@scripts/setup test
	@scripts/test $(PYTEST_ARGS)

lint: ## set up, then look at style and types
	@scripts/setup test
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

bench: ## set up, then run the benchmarks that docs/performance.md quotes
	@scripts/setup test
	@scripts/bench

lock: ## make the hashed lock files anew from pyproject.toml
	@scripts/setup test
	.venv/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade --quiet -o requirements/app.txt
	.venv/bin/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet -c requirements/app.txt -o requirements/dev.txt

clean: ## remove what the targets made
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage data
