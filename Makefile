# Each target sets itself up: a virtual environment with the project and what it is developed with.
# The first of those that rtcli runs on which is here, and which can make an environment.
PYTHON ?= $(shell for it in python3.11 python3.12 python3.13 python3.14; do \
  $$it -c "import ensurepip" 2>/dev/null && echo $$it && exit; done; echo python3)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
HEAVY := tests/clients/heavy
NODE_STAMP := $(HEAVY)/node/node_modules/.installed

# The tests start thousands of processes, which compile everything anew where the surroundings forbid to keep it.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test test-clients test-installed test-lowest test-endurance endure check format readme bench fuzz mutants coverage audit drift dist clean

help: ## Say what there is to do
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable . --group dev
	@touch $(STAMP)

demo: $(STAMP) ## Hold a conversation with the built-in server, record, show, validate, diagnose and replay it
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh recordings/demo.sh

test: $(STAMP) ## Run the tests
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal

# Each of the heavier clients has an environment of its own, because their requirements do not agree.
$(VENV)-%/.installed: $(HEAVY)/%.txt $(STAMP)
	$(PYTHON) -m venv --without-pip $(VENV)-$*
	$(BIN)/python -m pip --python $(VENV)-$*/bin/python install --quiet --requirement $<
	@touch $@

# The versions are exact already; a lock file would also hold the address that one machine fetched them from.
$(NODE_STAMP): $(HEAVY)/node/package.json
	@if command -v npm >/dev/null; then \
	  npm install --prefix $(HEAVY)/node --no-package-lock --no-audit --no-fund --ignore-scripts --loglevel=error && touch $@; \
	else echo "there is no npm: the clients that need Node are left out"; fi

test-clients: $(STAMP) $(VENV)-pipecat/.installed $(VENV)-livekit/.installed $(VENV)-mitmproxy/.installed $(NODE_STAMP) ## Run the tests with heavier clients of other people
	$(BIN)/python -m pytest -rs $(HEAVY)/three_settings.py $(HEAVY)/witness.py $(HEAVY)/load.py

# The same source gives the same bytes, in whatever folder and whenever: built twice, and compared.
dist: $(STAMP) ## Build the wheel, twice, and see that it is the same to the byte
	@rm -rf dist && mkdir -p dist/.again && git archive HEAD | tar -x -C dist/.again
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist/.first dist/.again
	cp -R dist/.again dist/.other
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist dist/.other
	cmp dist/*.whl dist/.first/*.whl && rm -rf dist/.again dist/.other dist/.first && sha256sum dist/*.whl

# What a user gets: the wheel and the newest of everything that it asks for, and nothing else.
test-installed: ## Build the wheel, install it alone, and take the tour with it
	rm -rf $(VENV)-installed
	$(PYTHON) -m venv $(VENV)-installed
	$(VENV)-installed/bin/python -m pip install --quiet .
	cd / && PATH="$(CURDIR)/$(VENV)-installed/bin:$$PATH" sh $(CURDIR)/tests/installed.sh

test-lowest: ## The same with the oldest of everything that it asks for, extras too
	rm -rf $(VENV)-lowest
	$(PYTHON) -m venv $(VENV)-lowest
	$(VENV)-lowest/bin/python -m pip install --quiet uv
	$(VENV)-lowest/bin/uv pip install --quiet --python $(VENV)-lowest/bin/python --resolution lowest-direct ".[audio,parquet,tls]"
	cd / && PATH="$(CURDIR)/$(VENV)-lowest/bin:$$PATH" sh $(CURDIR)/tests/installed.sh

ENDURANCE := $(addprefix tests/endurance/,kills.py power.py trouble.py cuts.py sequences.py network.py)

test-endurance: $(STAMP) ## Kill it, fill its disk, cut its connections, lose its packets
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal $(ENDURANCE)

# What `make test` tries a part of, or with an eighth of the examples, is tried here on everything and with all of them.
endure: $(STAMP) ## Kill it 600 times, send 100,000 sequences, give every command all that is hostile, hold fifty calls for half an hour
	SWEEP=all $(BIN)/python -m pytest --numprocesses auto --dist worksteal
	SWEEP=all KILLS=200 SEQUENCES=100000 $(BIN)/python -m pytest -s $(ENDURANCE) $(addprefix tests/endurance/,bombs.py soak.py)

check: $(STAMP) ## Check format, lint, types and layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(STAMP) ## Put the code in order
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format --quiet .

readme: $(STAMP) ## Write the generated parts of README anew
	$(BIN)/python tests/test_readme.py

# What it compares with it gets for itself, into environments of its own.
bench: $(STAMP) ## Measure everything that has a goal, beside what others use; a part of it with ONLY=validate
	$(BIN)/python -m benchmarks --only "$(ONLY)" $(BENCH)

SECONDS ?= 60

$(VENV)-fuzz/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)-fuzz
	$(VENV)-fuzz/bin/python -m pip install --quiet --upgrade "pip>=25.1"
	$(VENV)-fuzz/bin/python -m pip install --quiet --editable ".[audio,mitmproxy]" atheris hypothesis pytest
	@touch $@

fuzz: $(VENV)-fuzz/.installed ## Feed nonsense to every reader: a minute each, SECONDS=3600 for an hour, ONLY=own for one
	$(VENV)-fuzz/bin/python tests/fuzz/run.py --seconds $(SECONDS) --only "$(ONLY)"

mutants: $(STAMP) ## Put small faults into the code, and say which no test notices; of one module with ONLY=rules/audio
	$(BIN)/python tests/mutants/run.py --only "$(ONLY)"

# Some tests measure memory or what is imported, which measuring changes: what they say does not count here.
coverage: $(STAMP) ## Say what the tests reach, branch by branch
	@rm -rf .coverage && mkdir .coverage
	-$(BIN)/coverage run -m pytest --numprocesses auto --dist worksteal
	@$(BIN)/coverage combine --quiet
	@$(BIN)/python tests/reached.py

# Asks the package index, which says of each version what is known against it; one that it says nothing of is a failure.
# What mitmproxy brings is for mitmproxy to raise: it names exact versions.
audit: ## Ask whether anything that comes with it is known to be weak
	rm -rf $(VENV)-audited $(VENV)-audit
	$(PYTHON) -m venv $(VENV)-audited
	$(VENV)-audited/bin/python -m pip install --quiet ".[audio,parquet,tls]"
	$(PYTHON) -m venv $(VENV)-audit
	$(VENV)-audit/bin/python -m pip install --quiet pip-audit
	$(VENV)-audited/bin/python -m pip freeze --exclude rtcli > $(VENV)-audit/installed.txt
	$(VENV)-audit/bin/pip-audit --strict --disable-pip --no-deps --requirement $(VENV)-audit/installed.txt

drift: $(STAMP) ## Compare the event types with the newest release of the package openai
	$(PYTHON) -m venv --clear $(VENV)-drift
	$(VENV)-drift/bin/python -m pip install --quiet --upgrade "pip>=25.1"
	$(VENV)-drift/bin/python -m pip install --quiet --editable . --group dev
	$(VENV)-drift/bin/python -m pip install --quiet --upgrade openai
	$(VENV)-drift/bin/python -c "import openai; print('openai', openai.__version__)"
	$(VENV)-drift/bin/python -m pytest tests/events/test_drift.py

clean: ## Remove what the other targets made
	rm -rf $(VENV) $(VENV)-* $(HEAVY)/node/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage dist
	rm -rf benchmarks/.venv benchmarks/.venv-* benchmarks/node/node_modules benchmarks/data
