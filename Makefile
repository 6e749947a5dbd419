# The same verbs here and in CI. `make demo` and `make test` install what they need on a fresh machine
# that has Python 3.11, Node 20 and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STATIC := src/anyhost/server/static/index.html
FRONT_END := $(shell find packages -path '*/node_modules' -prune -o \( -path '*/src/*' -o -path '*/page/build/*' \) -type f -print 2>/dev/null) \
	packages/page/index.html packages/page/vite.config.ts packages/page/vite.embed.config.ts packages/page/vite.static.config.ts packages/page/vite.inline.config.ts package-lock.json

.PHONY: install demo check conformance conformance-faults format generate build bench growth micro compare test test-fast test-python test-browser soak clean

install: $(VENV)/installed $(STATIC)  ## everything that a developer needs

$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	ANYHOST_SKIP_FRONT_END=1 $(BIN)/pip install --quiet -c constraints.txt -e '.[demo]' --group test
	touch $@

node_modules/.package-lock.json: package-lock.json
	npm install --no-audit --no-fund
	touch $@

$(STATIC): node_modules/.package-lock.json $(FRONT_END)
	npm run build
	touch $@

demo: install  ## the demo notebook; its address is printed
	$(BIN)/anyhost demo

check: install  ## formatters, linters, types, generated files, compatibility of the wire
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	npm run check
	$(BIN)/python scripts/generate.py --check
	$(BIN)/python scripts/compatibility.py

format: install
	$(BIN)/ruff format
	$(BIN)/ruff check --fix
	npm run format

generate: install  ## what is made from src/anyhost/protocol: schemas, OpenAPI, TypeScript, tables
	$(BIN)/python scripts/generate.py

build: install  ## the wheel and the source distribution, in dist/
	$(BIN)/python -m build

test: check chromium nginx  ## everything that CI runs
	npm test
	$(BIN)/pytest -n 2 --dist loadgroup
	$(BIN)/python -m conformance
	$(BIN)/python bench/compare.py

conformance: install chromium  ## the rows of what a host owes a widget, in Chromium; writes docs/conformance.md
	$(BIN)/python -m conformance

test-fast: install  ## all that needs no browser and no process: under a minute
	npm test
	$(BIN)/pytest -n 2 -m 'not browser and not process'

conformance-faults: install chromium  ## deliberate faults, which just their cases must notice: about an hour
	$(BIN)/python -m conformance.faults

# One after the other: an hour in which server and kernel are weighed; 1 GB to a client that reads nothing for a
# minute; interleavings, as many as ten hours of one core allow; Chromium's connection cut at every message.
SOAK_MINUTES ?= 60
SOAK_UNREAD_MB ?= 1024
SOAK_UNREAD_SECONDS ?= 60
SOAK_INTERLEAVINGS ?= 100000
SOAK_PART_MINUTES ?= 60
SOAK_REPORT ?= .cache/soak/memory.json
SOAK := $(BIN)/pytest -o faulthandler_timeout=0

soak: install chromium  ## the long runs, some hours: SOAK_MINUTES=15 SOAK_PART_MINUTES=5 makes them short
	ANYHOST_SOAK_MINUTES=$(SOAK_MINUTES) ANYHOST_SOAK_REPORT=$(SOAK_REPORT) $(SOAK) tests/soak/test_soak.py
	ANYHOST_UNREAD_MB=$(SOAK_UNREAD_MB) ANYHOST_UNREAD_SECONDS=$(SOAK_UNREAD_SECONDS) \
		$(SOAK) tests/soak/test_unread.py tests/agreement/test_scale.py
	ANYHOST_INTERLEAVINGS=$(SOAK_INTERLEAVINGS) ANYHOST_PART_MINUTES=$(SOAK_PART_MINUTES) \
		$(SOAK) -n 2 tests/agreement/test_agreement.py
	ANYHOST_FAULTS=all $(SOAK) tests/faults
	ANYHOST_ALL_MOUNTS=1 $(SOAK) tests/browser/test_mounts.py tests/browser/test_classic_promises.py
	$(BIN)/python -m conformance.faults

HOSTS ?= floor,anyhost
MEASURES ?= M1,M2,M3,M4,M5,M6,M7,M8,M9
ROUNDS ?= 1

bench: install chromium  ## anyhost beside a floor, in Chromium: bench/results/; HOSTS=..., after bench/setup.sh, adds others
	$(BIN)/python bench/run.py --hosts $(HOSTS) --measures $(MEASURES) --rounds $(ROUNDS)

growth: install  ## how cost grows with models, cells, bytes and clients: exponents, about 5 minutes
	$(BIN)/python bench/growth.py
	$(BIN)/python bench/kernels.py

micro: install  ## microbenchmarks of both languages
	$(BIN)/pytest bench/micro -o addopts= --benchmark-columns=min,median,rounds --benchmark-sort=name
	npx vitest bench --run

compare: install  ## the microbenchmarks beside those of the commit before; BASE=... names another
	$(BIN)/python bench/compare.py

chromium nginx:  ## what tests start besides Python and Node: from Debian, where it is missing
	scripts/debian.sh $@

.PHONY: chromium nginx

clean:
	rm -rf $(VENV) .cache node_modules dist src/anyhost/server/static src/anyhost/export/static
