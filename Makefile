# Everything that one does with this project, from a bare machine on. `make help` lists it.
#
#   make run      the site, for real: http://localhost:8000, everything it keeps is in var/
#   make demo     the same site with made-up people, on its own var/demo/
#   make dev      DEBUG on, reloads when a file changes
#   make test     lint and all tests          make lint    only ruff, types, templates
#   make bench    what pages cost             make lock    the lock files anew from pyproject.toml
#   make chaos    what holds when all breaks  PART=writing takes one part, TIMES=10 a shorter run
#   make secrets  what docker-compose.yml needs, made once in var/secrets/
#   make clean    forget .venv and caches; never touches what people wrote
#
# Variables: PORT, HOST, VAR_DIR and every setting of README.md; PYTHON names another Python.

SHELL := /bin/sh
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check -qq
PYTEST_ARGS ?= -n 2

.PHONY: help run dev demo test lint bench chaos lock secrets clean
.DEFAULT_GOAL := help

help:
	@sed -n '3,12s/^# \{0,1\}//p' Makefile

run: $(VENV)/run.stamp
	@exec $(PY) -m trustrepair.run

dev: $(VENV)/run.stamp
	@exec $(PY) -m trustrepair.run --dev

demo: $(VENV)/run.stamp
	@exec $(PY) -m trustrepair.run --demo

test: lint
	$(PY) -m pytest $(PYTEST_ARGS)

lint: $(VENV)/dev.stamp
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	SECRET_KEY=types JOURNAL_KEYS=types $(PY) -m mypy .

bench: $(VENV)/dev.stamp
	@exec $(PY) -m tests.bench

chaos: $(VENV)/dev.stamp
	@exec $(PY) -m tests.chaos $(PART) $(if $(TIMES),--times $(TIMES))

# Versions move only here, on purpose. The files carry hashes and no address of any index.
lock: $(VENV)/dev.stamp
	$(PY) -m uv pip compile -q --upgrade --universal --generate-hashes --no-header \
	  --python-version 3.11 pyproject.toml -o requirements.lock
	$(PY) -m uv pip compile -q --upgrade --universal --generate-hashes --no-header \
	  --python-version 3.11 --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock

# Readable by the containers' user; the folder is closed to everybody else on this machine.
secrets:
	@mkdir -p var/secrets && chmod 700 var var/secrets
	@new() { test -s "var/secrets/$$1" || { cat > "var/secrets/$$1" && chmod 444 "var/secrets/$$1"; }; }; \
	word() { head -c 33 /dev/urandom | base64 | tr '+/' '-_' | tr -d '\n'; }; \
	word | new secret_key; \
	printf 'k1:%s' "$$(head -c 32 /dev/urandom | base64 | tr -d '\n')" | new journal_keys; \
	word | new database_password; \
	printf 'postgres://trustrepair:%s@postgres/trustrepair' "$$(cat var/secrets/database_password)" | new database_url
	@echo "The keys are in var/secrets/. Keep a copy of journal_keys somewhere safe: nothing else opens what people write."

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +

# Both stamps say: this lock file is installed. A second start reads no network.
$(VENV)/run.stamp: requirements.lock | $(VENV)/python.stamp
	@echo "Installing what requirements.lock names (once, a minute or two) …"
	@$(PIP) install --require-hashes -r requirements.lock
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock | $(VENV)/python.stamp
	@echo "Installing what requirements-dev.lock names (once, a minute or two) …"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@ $(VENV)/run.stamp

$(VENV)/python.stamp:
	@PYTHON='$(PYTHON)' VENV='$(VENV)' sh .ci/make-venv
	@touch $@
