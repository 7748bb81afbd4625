# Everything here runs in .venv, which the first target makes from the locked packages. Needs make and Python 3.11 or newer.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

BIN := .venv/bin
READY := .venv/.ready
DEMO := demo
# A text or folder for `make demo` to read.
SAMPLE ?= $(wildcard examples/*.txt) examples/communiques

.PHONY: help demo train test quick lint check format docs bench lock build clean

help:  ## Say what there is to make
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

$(READY): requirements.lock pyproject.toml
	@start=$$SECONDS; \
	python=; \
	for name in "$${PYTHON:-}" python3.11 python3.12 python3.13 python3; do \
	  if [ -n "$$name" ] && "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$name; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "onrecord needs Python 3.11 or newer. On Debian: apt-get install python3 python3-venv" >&2; exit 1; \
	fi; \
	if [ ! -x $(BIN)/python ]; then \
	  echo "Making .venv with $$($$python --version) ..."; \
	  if ! "$$python" -m venv .venv; then \
	    rm -rf .venv; \
	    echo "Python's venv module is missing. On Debian: apt-get install python3-venv" >&2; exit 1; \
	  fi; \
	fi; \
	echo "Installing the locked packages into .venv (a minute or two the first time) ..."; \
	$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock; \
	$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .; \
	touch $@; \
	echo "Installed in $$((SECONDS - start)) s."

demo: $(READY)  ## Read the sample, list its events, publish its digest
	@rm -rf $(DEMO); mkdir -p $(DEMO); \
	start=$$SECONDS; \
	echo; echo "\$$ onrecord add $(SAMPLE) --record $(DEMO)/record.db"; \
	$(BIN)/onrecord add $(SAMPLE) --record $(DEMO)/record.db; \
	echo; echo "\$$ onrecord events --record $(DEMO)/record.db"; \
	$(BIN)/onrecord events --record $(DEMO)/record.db > $(DEMO)/events.tsv; \
	head -n 15 $(DEMO)/events.tsv | cut -c 1-160; \
	echo "... all $$(($$(wc -l < $(DEMO)/events.tsv) - 1)) events: $(DEMO)/events.tsv"; \
	id=$$(tail -n +2 $(DEMO)/events.tsv | sort -t "$$(printf '\t')" -k 6,6nr -k 1,1 -s | head -n 1 | awk -F '\t' '{print $$NF}' || true); \
	echo; echo "\$$ onrecord show $$id --record $(DEMO)/record.db"; \
	$(BIN)/onrecord show "$$id" --record $(DEMO)/record.db > $(DEMO)/event.txt; \
	fold -s -w 150 $(DEMO)/event.txt | head -n 30; \
	echo; echo "\$$ onrecord publish $(DEMO)/digest --record $(DEMO)/record.db"; \
	$(BIN)/onrecord publish $(DEMO)/digest --record $(DEMO)/record.db; \
	echo; echo "The demo took $$((SECONDS - start)) s. Look at:"; \
	echo "  $(DEMO)/digest/index.html   the digest, in a browser"; \
	echo "  $(DEMO)/record.db           the record, with onrecord, Datasette or any SQLite tool"

test: $(READY)  ## Run all tests
	@echo "Running the tests (some minutes) ..."
	@$(BIN)/python -m pytest --durations=5 $(ARGS)

quick: $(READY)  ## Run the tests that take no more than some seconds each
	@$(BIN)/python -m pytest -m "not slow" $(ARGS)

lint: $(READY)  ## Check style, types and the order of the rooms
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test  ## lint and test

format: $(READY)  ## Put the code into its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(READY)  ## Write docs/reference.md and docs/tables.md anew from the code
	$(BIN)/python docs/make_reference.py

bench: $(READY)  ## Measure speed against the language model alone, and memory
	$(BIN)/python benchmarks/add.py $(ARGS)

# Annotated articles by the schema of the gold annotations, one JSON object a line with its text.
ANNOTATED ?= ../shared/train/annotated.jsonl

train: $(READY)  ## Learn the weights and the reader anew from ANNOTATED, the newswire beside it and training/texts
	@test -f $(ANNOTATED) || { echo "$(ANNOTATED) is missing; say where it is: make train ANNOTATED=FILE" >&2; exit 1; }
	@test -x training/.venv/bin/python || python3 -m venv training/.venv
	training/.venv/bin/python -m pip install -qq --require-hashes -r requirements.lock
	training/.venv/bin/python -m pip install -qq -r training/requirements.txt
	training/.venv/bin/python -m pip install -qq --no-deps --editable .
	training/.venv/bin/python training/events.py $(ANNOTATED)
	training/.venv/bin/python training/prepare.py $(ANNOTATED) training/examples.jsonl
	training/.venv/bin/python training/reader.py training/examples.jsonl src/onrecord/data/reader

lock: $(READY)  ## Resolve the packages anew into requirements.lock (needs uv)
	@command -v uv >/dev/null || { echo "uv is missing; run: pipx install uv" >&2; exit 1; }
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --extra dev \
	  --custom-compile-command "make lock" pyproject.toml --output-file requirements.lock

build: $(READY)  ## Build the package into dist/
	$(BIN)/python -m hatchling build

clean:  ## Remove what was made, but not .venv
	rm -rf $(DEMO) dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis benchmarks/out
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
