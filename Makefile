# For a fresh machine with Python 3.11 or newer: `make demo`, `make preview` and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEMO := knowledge/tracebacks/livekit-connection-closed-hidden-reason.txt

.PHONY: demo preview test lint types check bench load peers format clean

demo: $(READY)
	@$(BIN)/python -m bot diagnose $(DEMO)

preview: $(READY)
	@$(BIN)/python -m bot preview

test: lint types check

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(READY)
	$(BIN)/mypy

check: $(READY)
	$(BIN)/pytest

# Measures speed and memory, in one table, and draws it; what else it compares with is installed by `make peers`.
bench: $(READY)
	$(BIN)/python -m bot bench speed --plots tests/pictures

# How much 1, 2 and 4 processes carry on one database, against a stand-in for Discord, and how a million vectors are searched in
# it; about fifteen minutes, most of it one index.
load: $(READY)
	$(BIN)/python tests/load.py --vectors 1000 100000 1000000

peers: $(READY)
	$(BIN)/python -m pip install --constraint constraints.txt --editable '.[peers]'

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name one with: make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Setting up $(VENV): about 500 MB of packages to download (190 MB of it PyTorch as a CPU build), 2.4 GB on disk, once."
	@echo "On Linux, PyTorch may come as a GPU build of several GB: let PIP_EXTRA_INDEX_URL name an index of CPU builds to avoid that."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --progress-bar on --constraint constraints.txt torch
	$(BIN)/python -m pip install --progress-bar on --constraint constraints.txt --editable '.[dev,export]'
	@echo "Exporting the embedding model for ONNX Runtime, on which the bot answers; a minute or two, once."
	$(BIN)/python -m bot model export
	@touch $@

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache
