# Two commands matter: `make plan` and `make test`. Both build .venv first when it is missing or old.
# Needs Python >= 3.11 with pip >= 22.3, make and git; another interpreter: make plan PY=python3.12

PY ?= python3
WORKERS ?= 2
V := .venv
PIP := $(PY) -m pip --python $(V)/bin/python --disable-pip-version-check

# An environment serves one lock, one interpreter and one folder; any other combination gets a new one.
FACTS = { $(PY) -c 'import sys; print(sys.version, sys.base_prefix)'; pwd; cat requirements.lock; }
LOCKED := $(V)/locked-$(shell $(FACTS) 2>&1 | cksum | tr -d ' ')

.PHONY: help plan test check lint format types imports validate reference bench lock dist clean

help: ## Say what can be made.
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 12

plan: $(V)/ok ## Plan the campaign in mission.yaml and write it to plan/.
	@$(V)/bin/satqkd plan

test: lint ## Check format, lint, types and imports, then run the tests.
	@$(V)/bin/python -m pytest -q -n $(WORKERS)

check: test ## The same as test.

lint: $(V)/ok ## Check format, lint, types and imports.
	@$(V)/bin/ruff format --check
	@$(V)/bin/ruff check
	@$(V)/bin/mypy
	@$(V)/bin/lint-imports

format: $(V)/ok ## Format the code and mend what the linter can.
	@$(V)/bin/ruff format
	@$(V)/bin/ruff check --fix

validate: $(V)/ok ## Hold published figures against ours.
	@$(V)/bin/satqkd validate

reference: $(V)/ok ## Write the page and the schemas of every key of the files anew.
	@$(V)/bin/satqkd reference > docs/file-reference.md
	@for file in mission stations payload terminal protocol clock; do \
		$(V)/bin/satqkd schema $$file > docs/schema/$$file.json; done

bench: $(V)/ok ## Run every script in benchmarks/.
	@set -e; for script in benchmarks/*.py; do \
		[ -e "$$script" ] || { echo 'benchmarks/ holds no script yet'; break; }; \
		echo "== $$script"; $(V)/bin/python "$$script"; done

lock: ## Pin every dependency again, with hashes and without addresses (needs uv).
	@uv pip compile -q --universal --generate-hashes --no-header --no-annotate \
		--python-version 3.11 pyproject.toml --extra dev -o requirements.lock
	@! grep -n '://' requirements.lock

dist: $(V)/ok ## Build the wheel and the sdist into dist/.
	@$(V)/bin/python -m build --no-isolation

clean: ## Remove everything that can be made again.
	@rm -rf $(V) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

# Last of all, so that an interrupted install is never taken for a finished one.
$(V)/ok: $(LOCKED) pyproject.toml
	@$(PIP) install -qq --no-deps --no-build-isolation --editable .
	@touch $@

$(LOCKED):
	@command -v $(PY) >/dev/null || { echo 'satqkd: no $(PY) here; name yours: make PY=python3.12'; exit 1; }
	@$(PY) -c 'import sys; sys.exit("satqkd needs Python 3.11 or newer, $(PY) is %d.%d; name another: make PY=python3.12" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@$(PY) -c 'import os, sys; sys.exit("satqkd: run deactivate first, $(V) has to be made anew" if sys.prefix == os.path.abspath("$(V)") else 0)'
	@$(PY) -m pip --version >/dev/null 2>&1 || { echo 'satqkd needs pip: apt-get install python3-pip, or your system'"'"'s way'; exit 1; }
	@echo 'satqkd: installing into $(V), once; this takes a minute or two'
	@rm -rf $(V)
	@$(PY) -m venv --without-pip $(V)
	@$(PIP) install -qq --compile --require-hashes -r requirements.lock
	@touch $@
