# Every target installs what it needs, says so aloud, and installs nothing twice.
.PHONY: help setup run check quick test soak lint bench mutants messages wheel lock audit sbom clean
.DEFAULT_GOAL := help

PYTHON := .venv/bin/python
# Where scripts/setup puts Node.js and npm if the system's do not serve.
export PATH := $(CURDIR)/.venv/bin:$(PATH)

help: ## show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: ## make .venv with what the app needs, and install what the system lacks
	@scripts/setup app

run: ## set up, then start the demo Router and the app (PORT=8000; HTTPS=1 for phones)
	@scripts/setup app
	@exec $(PYTHON) -m validator.demo

test: ## set up, then run all tests with their coverage bounds (PYTEST_ARGS="-k word" for some)
	@scripts/setup test
	@scripts/test $(PYTEST_ARGS)

# What needs neither a browser nor a whole application, without the tests that start processes or try thousands of callers.
QUICK := tests/unit $(foreach one,asvs dangerous_code documents imports licence setup supply_chain,tests/meta/test_$(one).py)
QUICK += $(foreach one,scanner_pool offline_cache/test_oracle.py offline_cache/test_sqlite_faults.py rate_limiting \
	accounts/test_database.py audit/test_tampering.py audit/test_writing.py,--ignore=tests/unit/$(one))

check: ## set up, then the quick look while you work: style, types, unit tests of pages and server
	@scripts/setup test
	@$(MAKE) --no-print-directory --jobs=2 lint quick

quick:
	@scripts/test_pages --test-reporter=dot
	$(PYTHON) -m pytest -q -n auto $(QUICK)

soak: ## set up, then run the long tests: the attacks, faults and endurance in full
	@SOAK=1 scripts/setup test
	.venv/bin/python -m pytest -m soak $(PYTEST_ARGS)

lint: ## set up, then look at style and types
	@scripts/setup test
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	@npm run --silent lint

bench: ## set up, then run the benchmarks that docs/performance.md quotes
	@scripts/setup test
	@scripts/bench

messages: ## set up, then bring the catalogues of messages up to date with the sources (docs/translations.md)
	@scripts/setup test
	@$(PYTHON) scripts/messages.py

mutants: ## set up, then run mutation tests of the deciding modules (MUTANTS='scanner.escn.*' for some)
	@scripts/setup test
	@scripts/tools mutants
	@scripts/mutants $(MUTANTS)

wheel: ## set up, then build the package into dist/: a wheel with all that browsers load
	@scripts/setup test
	@scripts/wheel

# A version published today may be compromised; within a week this is usually noticed.
COOL_DOWN = $(shell date -u -d '7 days ago' +%Y-%m-%dT%H:%M:%SZ)
PIP_COMPILE = .venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet --exclude-newer $(COOL_DOWN)

lock: ## make new hashed lock files, of versions that are at least a week old
	@scripts/setup test
	$(PIP_COMPILE) --upgrade pyproject.toml -o requirements/app.txt
	$(PIP_COMPILE) pyproject.toml --all-extras -c requirements/app.txt -o requirements/extras.txt
	$(PIP_COMPILE) pyproject.toml --group dev -c requirements/extras.txt -o requirements/dev.txt
	$(PIP_COMPILE) --upgrade --group pyproject.toml:node -o requirements/node.txt
	$(PIP_COMPILE) --upgrade --group pyproject.toml:tools -o requirements/tools.txt
	$(PIP_COMPILE) --group pyproject.toml:mutants -c requirements/dev.txt -o requirements/mutants.txt

audit: ## ask PyPI and npm for known vulnerabilities (exit code 1: some, 3: could not be asked)
	@scripts/setup app
	@scripts/tools
	@build/tools/bin/python scripts/audit.py

sbom: ## write what the application is made of (CycloneDX) into build/sbom
	@scripts/setup app
	@scripts/tools
	@scripts/sbom

clean: ## remove what the targets made
	rm -rf .venv node_modules dist bench/lighthouse_page/node_modules validator/static/vendor .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage build mutants data
