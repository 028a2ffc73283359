# The project's commands. `make demo` and `make test` need Python 3.11+ and nothing else.
PYTHON ?= python3
BIN := .venv/bin
CONSOLE := $(shell find web -type f -not -path 'web/node_modules/*' -not -path 'web/dist/*' 2>/dev/null)

.PHONY: setup demo test lint unit console-test bench soak serve check-seeds check-both lock clean

setup: .venv/.ready web/dist/.ready

.venv/.ready: requirements.txt requirements-dev.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt -r requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	touch $@

web/dist/.ready: .venv/.ready $(CONSOLE)
	cd web && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --no-audit --no-fund --silent
	cd web && PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent build
	touch $@

demo: setup
	$(BIN)/faultpath demo

serve: setup
	$(BIN)/faultpath serve

test: setup lint unit console-test

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: setup
	$(BIN)/pytest

console-test: setup
	cd web && PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent check
	cd web && PATH="$(CURDIR)/$(BIN):$$PATH" npm test --silent

check-seeds: setup
	$(BIN)/python -m benchmarks.check_seeds

check-both: setup
	.ci/check-both

bench: setup
	$(BIN)/python -m benchmarks.signal_to_notice

soak: setup
	$(BIN)/python -m benchmarks.check_seeds --seeds 30

lock: .venv/.ready
	$(BIN)/uv pip compile --quiet --universal --no-emit-index-url --no-header --generate-hashes --python-version 3.11 requirements.in -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --no-emit-index-url --no-header --generate-hashes --python-version 3.11 requirements-dev.in -o requirements-dev.txt

clean:
	rm -rf .venv web/dist web/node_modules build var
