# Everything a developer needs, from a fresh clone with Python 3.11+ and make. Nothing but pip and npm uses the network.
#
#   make demo [ARGS=--once]   the proxy with an embedded model server, on 127.0.0.1:8080
#   make test [ARGS=...]      all tests (ARGS goes to pytest)
#   make clients              the client libraries that the tests try in environments of their own (npm where there is one)
#   make check                lint, format, strict types, import contracts
#   make bench [ARGS=...]     repeatable measurements
#   make fuzz [MINUTES=10]    coverage-guided fuzzing of everything that reads bytes from outside
#   make format               rewrites the code in the house layout
#   make clean                removes what the others made

VENV    := .venv
BIN     := $(VENV)/bin
RUNTIME := $(VENV)/.installed-runtime
DEV     := $(VENV)/.installed-dev
FUZZ    := $(VENV)/.installed-fuzz
LITELLM := .venv-clients/litellm/.installed
NODE    := tests/clients/node/node_modules/.installed

# The first Python that is new enough; say PYTHON=/path/to/python to choose another.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)

MINUTES := 10

PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help demo test clients check bench fuzz format clean

help:
	@sed -n 's/^#   //p' Makefile

demo: $(RUNTIME)
	@$(BIN)/guardproxy demo $(ARGS)

test: $(DEV) clients
	@$(BIN)/pytest -n 2 --dist loadfile $(ARGS)

clients: $(LITELLM) $(if $(shell command -v npm),$(NODE),without-node)

check: $(DEV)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(DEV)
	@$(BIN)/python -m bench $(ARGS)
	@$(BIN)/python -m bench.detectors
	@$(BIN)/python -m bench.leaks

fuzz: $(FUZZ)
	@$(BIN)/python -m fuzz --minutes $(MINUTES) $(ARGS)

format: $(DEV)
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

clean:
	rm -rf $(VENV) .venv-clients tests/clients/node/node_modules build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, and none was found: install it, or say PYTHON=/path/to/python" >&2; exit 1; }
	@echo "Creating $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "This Python cannot create virtual environments; on Debian and Ubuntu install python3-venv" >&2; exit 1; }

$(RUNTIME): pyproject.toml | $(BIN)/python
	@echo "Installing guardproxy into $(VENV)"
	@$(PIP) install --editable .
	@touch $@

$(DEV): pyproject.toml | $(BIN)/python
	@echo "Installing guardproxy and its development tools into $(VENV)"
	@$(PIP) install --editable '.[dev]'
	@touch $@ $(RUNTIME)

$(FUZZ): $(DEV)
	@echo "Installing the fuzzer into $(VENV)"
	@$(PIP) install --editable '.[fuzz]'
	@touch $@

$(LITELLM): tests/clients/litellm/requirements.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, and none was found: install it, or say PYTHON=/path/to/python" >&2; exit 1; }
	@echo "Installing the clients of $< into $(@D)"
	@$(PYTHON) -m venv $(@D)
	@$(@D)/bin/python -m pip --disable-pip-version-check --quiet install --requirement $<
	@touch $@

$(NODE): tests/clients/node/package-lock.json
	@echo "Installing the clients of $< into $(@D)"
	@cd $(<D) && npm ci --silent
	@touch $@

.PHONY: without-node
without-node:
	@echo "There is no npm here: the tests of the clients for node will be skipped. Install node 20 or newer to run them." >&2
