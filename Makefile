# Everything here works on a fresh machine with Python 3.11+ and make: nothing else is needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest

.DEFAULT_GOAL := check
.PHONY: demo test test-crashes test-fast check lint types docs bench evaluate-gate mutate-gate lock browser-tools clean

$(VENV)/.demo: requirements/runtime.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.demo
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	touch $@

.venv-swift/.done: requirements/swift.txt
	$(PYTHON) -m venv .venv-swift
	.venv-swift/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/swift.txt
	touch $@

# What a newcomer runs first: the sample show, from its recordings to a folder that any web host can serve.
demo: $(VENV)/.demo
	$(BIN)/cop-publish episode
	@echo "(In this folder the program is $(BIN)/cop-publish.)"

# Every test; what needs something from outside Python packages skips and says why (with CI=true it fails).
test: $(VENV)/.dev .venv-swift/.done browser-tools
	$(PYTEST) -n 2 --dist loadgroup $(ARGS)

# A kill and a fault of the network at every request of every story on every store, for whoever changes the
# protocol.  `make test` breaks the network at each third request to Swift, and leaves out nothing else of it.
test-crashes: $(VENV)/.dev .venv-swift/.done
	EVERY_REQUEST=1 $(PYTEST) -n 2 --dist loadgroup tests/stores/test_crashes.py tests/stores/test_network.py $(ARGS)

test-fast: $(VENV)/.dev
	$(PYTEST) tests/unit tests/gate tests/feed tests/test_architecture.py $(ARGS)

# Readers and checkers that come from npm, where node is there: the tests that use them skip without.
browser-tools:
	@if command -v npm >/dev/null; then cd tests/published && PUPPETEER_SKIP_DOWNLOAD=1 npm install --no-package-lock --ignore-scripts --no-audit --no-fund --silent; \
	else echo "npm is not here: tests with the npm readers will skip"; fi

check: lint types docs

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# Folders with a conftest.py of their own go one by one: two modules of one name cannot be checked together.
types: $(VENV)/.dev
	$(BIN)/mypy --exclude benchmarks/publish src tools benchmarks tests/*.py tests/unit tests/gate tests/feed tests/pages tests/audio
	$(BIN)/mypy benchmarks/publish
	$(BIN)/mypy evaluation
	$(BIN)/mypy tests/stores
	$(BIN)/mypy tests/published
	$(BIN)/mypy tests/scenarios

docs: $(VENV)/.dev
	$(BIN)/python tools/make_reference.py --check

bench: $(VENV)/.dev
	$(BIN)/python benchmarks/start.py
	$(BIN)/python benchmarks/build.py
	$(BIN)/python benchmarks/gate.py
	$(BIN)/python benchmarks/sound/run.py
	$(BIN)/python benchmarks/publish/run.py

# What the gate finds of some 90,000 leaks, and of clean pages: writes docs/gate-evaluation.md. About four minutes.
evaluate-gate: $(VENV)/.demo
	$(BIN)/python evaluation/run.py

# Statements, conditions and tables of the gate changed one at a time: its tests must go red.  SAMPLE=0 tries all of
# them, which takes hours; FILES="gate/decode.py" those of a file.
SAMPLE ?= 300
SEED ?= 1
mutate-gate: $(VENV)/.dev
	$(BIN)/python tools/mutate_gate.py $(FILES) --sample $(SAMPLE) --seed $(SEED)

# Hashed, and without addresses: any index that has the same bytes will do. Needs uv.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml -o requirements/runtime.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --extra test --extra lint --extra bench --extra cluster pyproject.toml -o requirements/dev.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate requirements/swift.in -o requirements/swift.txt

clean:
	rm -rf $(VENV) .venv-swift tests/published/node_modules .cop-publish published
