# make run: the whole desk on this machine.  make test: everything that proves it works.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV_COMPILE := $(BIN)/uv pip compile --system-certs --quiet --generate-hashes --universal --no-emit-index-url \
	--no-annotate --custom-compile-command 'make lock' --python-version 3.11

.PHONY: run test lint bench bundle site costs lock clean
.DELETE_ON_ERROR:

run: $(VENV)/run.done
	@exec $(BIN)/netdesk up

test: $(VENV)/test.done $(VENV)/npm.done $(VENV)/checkov.done $(VENV)/lambda.done
	@$(BIN)/pytest

lint: $(VENV)/lint.done
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/cfn-lint infra/template.yaml

bundle: $(VENV)/run.done
	@$(BIN)/python -m infra.bundle

costs: $(VENV)/run.done
	@$(BIN)/python -m infra.costs

site: $(VENV)/run.done
	@$(BIN)/python -m infra.sample_site

bench: $(VENV)/test.done
	@$(BIN)/python -m tests.bench.desk
	@$(BIN)/python -m tests.bench.status
	@$(BIN)/python -m tests.bench.mail
	@$(BIN)/python -m tests.bench.intake
	@$(BIN)/python -m tests.bench.cold
	@$(BIN)/python -m tests.bench.form
	@$(BIN)/python -m tests.bench.clocks
	@$(BIN)/python -m tests.bench.trace

# Newer packages: edit requirements/*.in, then this.
lock: $(VENV)/uv.done
	$(UV_COMPILE) requirements/lint.in -o requirements/lint.txt
	for set in uv runtime probe run test; do \
		$(UV_COMPILE) -c requirements/lint.txt requirements/$$set.in -o requirements/$$set.txt; done
	$(UV_COMPILE) requirements/checkov.in -o requirements/checkov.txt

clean:
	rm -rf $(VENV) build

# uv itself comes by its own pinned hash, then installs the rest in seconds.
$(VENV)/uv.done: requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "netdesk needs Python 3.11 or later: install it, or name it with make PYTHON=..." >&2; exit 1; }
	@echo "  making a virtual environment ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

# What searches the template for weak spots, in an environment of its own: its pins fit no other.
# Where it can't be had its test is skipped, and the next `make test` tries again.
$(VENV)/checkov.done: requirements/checkov.txt $(VENV)/uv.done
	@echo "  installing packages (checkov) ..."
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(VENV)/checkov && \
		$(BIN)/uv pip install --system-certs --quiet --python $(VENV)/checkov/bin/python --require-hashes -r $< && \
		touch $@ || echo "  checkov can't be installed here: its test is skipped"

# What calls a handler on Lambda, for the Python that Lambda runs: used where this machine has that.
# A wheel of another Python, so it goes into a folder; its hash is that of the test's lock.
$(VENV)/lambda.done: requirements/test.txt $(VENV)/test.done
	@$(BIN)/uv pip install --system-certs --quiet --no-deps --only-binary :all: --python-version 3.13 \
		--target $(VENV)/lambda-3.13 -c requirements/test.txt awslambdaric simplejson && touch $@ || \
		echo "  awslambdaric for Python 3.13 can't be had here: tests that need it are skipped"

# A reader of our documents for the browser's tests. Where it can't be had they are skipped, and the
# next `make test` tries again.
$(VENV)/npm.done: requirements/npm.txt tests/npm.py $(VENV)/test.done
	@$(BIN)/python -m tests.npm $@

# Each set holds the smaller ones, at the same versions.
$(VENV)/%.done: requirements/%.txt pyproject.toml $(VENV)/uv.done
	@echo "  installing packages ($*) ..."
	@$(BIN)/uv pip install --system-certs --quiet --python $(BIN)/python --require-hashes -r requirements/$*.txt
	@$(BIN)/uv pip install --system-certs --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@
