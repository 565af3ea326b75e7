# The commands of this project. `make demo` and `make test` are all a newcomer needs.
SHELL := /bin/bash
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready
CATALOGUES := $(wildcard src/regard/locale/*/LC_MESSAGES/django.po)
COMPILED := $(CATALOGUES:.po=.mo)
PIP := $(PY) -m pip --disable-pip-version-check install

.DEFAULT_GOAL := help
.PHONY: help setup system demo test check bench bench-data bench-judgement docs catalogues clean

help:  ## List the commands.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-16s%s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) $(COMPILED)  ## Make .venv with what requirements.lock names, and compile the languages.

$(PY):
	@bash tools/venv.sh $(VENV)

$(READY): requirements.lock pyproject.toml | $(PY)
	$(PIP) --requirement requirements.lock
	$(PIP) --no-deps --editable .
	@touch $@

%.mo: %.po | $(READY)
	$(PY) tools/catalogues.py compile $<

system:  ## Install what tests need from Debian's packages: Chromium, Java, Request Tracker, Dovecot.
	@bash tools/system.sh

demo: setup  ## Load sample data of our own making and serve a board on port 8000.
	@$(VENV)/bin/regard demo

test: setup system  ## Run all tests in parallel; skips are printed with their reasons.
	$(PY) -m pytest --numprocesses auto --dist loadfile -rs

check: setup  ## Style, types, layers, house rules, and whether the docs are current.
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	MYPYPATH=tests:benchmarks $(PY) -m mypy --explicit-package-bases src tests tools benchmarks
	$(VENV)/bin/lint-imports
	$(PY) -m pytest tests/test_house.py tests/test_docs.py tests/test_traps.py

bench: bench-data  ## Measure speed, memory, kills and hostile files: an hour on two idle cores.
	$(PY) benchmarks/bench.py $(BENCH)

bench-data: setup  ## Make what `make bench` measures with, once: minutes, and some gigabytes.
	$(PY) benchmarks/bench.py --data $(BENCH)

bench-judgement: setup  ## Measure how well intervals and judgements hold; takes hours on two cores.
	$(PY) benchmarks/coverage.py
	$(PY) benchmarks/judgement.py --assert

docs: setup  ## Write the pages that are generated from the declarations.
	$(PY) -m regard.cli.docs

catalogues: setup  ## Bring the languages' files up to date with the strings in the code.
	$(PY) tools/catalogues.py update
	$(PY) tools/catalogues.py compile

clean:  ## Remove what the commands above have made.
	rm -rf $(VENV) build dist src/*.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	rm -rf .import_linter_cache demo-workspace
	find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
	rm -f $(COMPILED)
