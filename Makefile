# Everything a developer or a newcomer does; `make` alone lists it.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SERVE ?= 1
PORT ?= 8501
DEMO := var/demo

.DEFAULT_GOAL := help
.PHONY: help demo test check lock bench clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/installed ## Simulated complaints on real addresses, detected, worked on and served on 127.0.0.1:8501 (SERVE=0: without serving)
	$(BIN)/heatmaps db upgrade
	$(BIN)/heatmaps simulate $(DEMO)
	$(BIN)/heatmaps territories load $(DEMO)/territories.geojson
	$(BIN)/heatmaps gazetteer load $(DEMO)/gazetteer.csv
	$(BIN)/heatmaps subscribers load $(DEMO)/subscribers.csv
	$(BIN)/heatmaps sites load $(DEMO)/sites.csv
	$(BIN)/heatmaps coverage load $(DEMO)/coverage.geojson
	$(BIN)/heatmaps events load $(DEMO)/events.csv
	$(BIN)/heatmaps objects load $(DEMO)/objects.csv
	$(BIN)/heatmaps customers load $(DEMO)/customers.csv
	$(BIN)/heatmaps ingest $(DEMO)/complaints.csv
	$(BIN)/heatmaps simulate $(DEMO) --play
ifneq ($(SERVE),0)
	$(BIN)/heatmaps serve --port $(PORT)
endif

test: $(VENV)/tested ## The whole suite: unit, SQLite and PostGIS, browser; installs what it needs
	@bash tests/machine.sh
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n 2

check: $(VENV)/tested ## Lint, types and the contract of the rooms, without tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

lock: $(VENV)/tested ## Pin today's versions of all requirements
	$(BIN)/uv pip compile -q --universal --python-version 3.11 pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt

bench: $(VENV)/installed ## How fast: the address check and detection, on the simulated region
	$(BIN)/heatmaps bench lookup
	$(BIN)/heatmaps bench detection --store

clean: ## Remove the virtual environment and everything made under var/
	rm -rf $(VENV) var

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed, $(PYTHON) is older or missing; install it or name one: make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "Python's venv module is missing; install it with: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: requirements.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(VENV)/tested: requirements-dev.txt $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
