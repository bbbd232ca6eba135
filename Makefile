# What a newcomer types. Needs python3 and make; brings the rest.

.DEFAULT_GOAL := help
.PHONY: help demo demo-reset up down status test lint openapi bench lock clean
.DELETE_ON_ERROR:

PYTHON := .venv/bin/python
HOUSE := $(PYTHON) -m backend.embedded
# One of the machine, else our own in var/.
UV := $(or $(shell command -v uv 2>/dev/null),var/uv/bin/uv)
PINNED := $(shell cat .python-version)
ACCEPTED := $(shell sed -n 's/^requires-python = "\(.*\)"/\1/p' pyproject.toml)
# What only reads the settings needs no database; the key signs nothing.
SETTLED := SECRET_KEY=$${SECRET_KEY:-unused} DATABASE_URL=$${DATABASE_URL:-postgres:///iap} REDIS_URL=$${REDIS_URL:-redis://}
# More arguments for pytest: make test T="-k tenancy"
T ?=

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name what; do printf '  make %-12s %s\n' "$$name" "$$what"; done

demo: .venv/synced ## start everything, load the demo, print addresses and tokens; Ctrl-C stops it
	@$(HOUSE) demo

demo-reset: .venv/synced ## the same with fresh data
	@$(HOUSE) reset

up: .venv/synced ## the same as demo, in the background
	@$(HOUSE) up

down: .venv/synced ## stop what runs in the background
	@$(HOUSE) down

status: .venv/synced ## is it running, and where
	@$(HOUSE) status

test: .venv/synced ## all tests; T="-k name" for some
	@$(PYTHON) -m pytest -n auto $(T)

lint: .venv/synced ## style, layers, types
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	.venv/bin/lint-imports
	$(SETTLED) $(PYTHON) -m mypy

openapi: .venv/synced ## write the contract, openapi/openapi.yaml
	$(SETTLED) $(PYTHON) manage.py spectacular --file openapi/openapi.yaml --fail-on-warn --validate

# It needs wrk as well (Debian: apt install wrk). SHORT=1 takes two minutes instead of ten.
bench: .venv-bench/synced ## measure speed beside other frameworks, start and size; SHORT=1 for a first look
	@for script in benchmarks/*.py; do .venv-bench/bin/python "$$script" $(if $(SHORT),--short) || exit 1; done

lock: $(UV) ## newest versions within the bounds of pyproject.toml
	$(UV) lock --upgrade
	$(UV) export --quiet --frozen --no-header --no-emit-project --format requirements-txt --no-dev --output-file requirements-image.txt
	$(UV) export --quiet --frozen --no-header --no-emit-project --format requirements-txt --no-dev --all-extras --output-file requirements.txt
	$(UV) export --quiet --frozen --no-header --no-emit-project --format requirements-txt --all-extras --group dev --output-file requirements-dev.txt
	$(UV) export --quiet --frozen --no-header --no-emit-project --format requirements-txt --no-dev --all-extras --group bench --output-file requirements-bench.txt

clean: ## remove what can be made again; keeps the data in var/
	rm -rf .venv .venv-bench .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +

.venv/synced: requirements-dev.txt .python-version | $(UV)
	@python=$$(bin/find-python $(UV) '$(PINNED)' '$(ACCEPTED)') && $(UV) venv --quiet --allow-existing --python "$$python" .venv
	@$(UV) pip sync --quiet --require-hashes --python $(PYTHON) requirements-dev.txt
	@touch $@

.venv-bench/synced: requirements-bench.txt .venv/synced
	@$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv-bench
	@$(UV) pip sync --quiet --require-hashes --python .venv-bench/bin/python requirements-bench.txt
	@touch $@

# Debian keeps ensurepip apart (python3-venv); plain pip does as well then.
var/uv/bin/uv:
	@echo "Bringing uv."
	@python3 -m venv var/uv >/dev/null 2>&1 && var/uv/bin/pip install --quiet --quiet uv \
		|| { rm -rf var/uv; python3 -m pip install --quiet --quiet --target var/uv uv; } \
		|| { echo "uv could not be installed: python3 needs venv or pip (Debian: apt install python3-venv)." >&2; exit 1; }
