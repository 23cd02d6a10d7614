# Two commands matter: `make plan` and `make test`. Both build .venv first when it is missing or old.
# Needs Python >= 3.11 with pip or venv, make and git; another interpreter: make plan PY=python3.12

PY ?= python3
WORKERS ?= 2
V := .venv

# The interpreter's own pip works inside .venv from pip 22.3 on; where it cannot, .venv holds one.
PIP = set -- $(PY) -m pip --python $(V)/bin/python; \
	[ ! -e $(V)/bin/pip ] || set -- $(V)/bin/python -m pip; \
	"$$@" --disable-pip-version-check
export PIP_USER := 0
unexport PIP_TARGET PIP_PREFIX PIP_ROOT
# Where it is set, every command compiles the whole package anew.
unexport PYTHONDONTWRITEBYTECODE

# The oldest Python that satqkd takes and the newest that it is checked for.
OLDEST := 3.11
NEWEST := 3.14
SITE = $(1)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))'
MYPY = $(V)/bin/mypy --cache-dir $(1)/cache --python-executable $(1)/bin/python --python-version $(2)
UV_LOCK = uv pip compile -q --generate-hashes --no-header --no-annotate

# An environment serves one lock, one interpreter and one folder; any other combination gets a new one.
FACTS = { $(PY) -c 'import sys; print(sys.version, sys.base_prefix)'; pwd; cat requirements.lock; }
LOCKED := $(V)/locked-$(shell $(FACTS) 2>&1 | cksum | tr -d ' ')

.PHONY: help plan test check compat lint types types-oldest types-newest format validate reference laws bench lock dist clean

help: ## Say what can be made.
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 12

plan: $(V)/ok ## Plan the campaign in mission.yaml and write it to plan/.
	@$(V)/bin/satqkd plan

test: $(V)/ok ## Run the tests, then check format, lint, imports and types; says how long it took.
	@echo 'satqkd: tests, then checks; about 20 minutes on two cores'
	@date +%s > $(V)/began
	@$(V)/bin/python -m pytest -q -n $(WORKERS) --dist loadfile; echo $$? > $(V)/tests
	@$(MAKE) -k -j $(WORKERS) --no-print-directory lint types; echo $$? > $(V)/checks
	@took=$$(( $$(date +%s) - $$(cat $(V)/began) )); \
	[ "$$(cat $(V)/tests $(V)/checks | tr '\n' ' ')" = '0 0 ' ] && said='all green' red=0 || said=RED red=1; \
	echo "satqkd: $$said after $$(( took / 60 )) min $$(( took % 60 )) s"; exit $$red

check: test ## The same as test.

compat: ## Check on bare machines of several Pythons, oldest to newest libraries (root, debootstrap).
	@$(PY) compat/run.py $(COMPAT)

lint: $(V)/ok ## Check format, lint, imports, and types against the numpy in .venv.
	@$(V)/bin/ruff format --check
	@$(V)/bin/ruff check
	@$(V)/bin/mypy
	@$(V)/bin/lint-imports

types: types-oldest types-newest ## Check types against the oldest and the newest numpy.

types-oldest: $(V)/numpy-oldest
	@echo "mypy, Python $(OLDEST), $$(head -n 1 compat/numpy-oldest.lock | tr -d '\\')"
	@$(call MYPY,$(V)/numpy-oldest,$(OLDEST))

types-newest: $(V)/numpy-newest
	@echo "mypy, Python $(NEWEST), $$(head -n 1 compat/numpy-newest.lock | tr -d '\\')"
	@$(call MYPY,$(V)/numpy-newest,$(NEWEST))

format: $(V)/ok ## Format the code and mend what the linter can.
	@$(V)/bin/ruff format
	@$(V)/bin/ruff check --fix

validate: $(V)/ok ## Hold published figures against ours.
	@$(V)/bin/satqkd validate

reference: $(V)/ok ## Write the page and the schemas of every key of the files anew.
	@$(V)/bin/satqkd reference > docs/file-reference.md
	@for file in mission stations payload terminal protocol clock study; do \
		$(V)/bin/satqkd schema $$file > docs/schema/$$file.json; done

laws: $(V)/ok ## Hold every key estimator to its laws at 100,000 random settings.
	@$(V)/bin/python tests/reference/key_laws.py

bench: $(V)/ok ## Run every script in benchmarks/.
	@set -e; for script in benchmarks/*.py; do \
		[ -e "$$script" ] || { echo 'benchmarks/ holds no script yet'; break; }; \
		echo "== $$script"; $(V)/bin/python "$$script"; done

lock: ## Pin every dependency again, with hashes and without addresses (needs uv).
	@$(UV_LOCK) --universal --python-version $(OLDEST) pyproject.toml --extra dev --extra desk --extra study --extra distil -o requirements.lock
	@sed -n 's/^ *"\(numpy>=[^"]*\)",.*/\1/p' pyproject.toml | \
		$(UV_LOCK) --no-deps --resolution lowest --python-version $(OLDEST) - -o compat/numpy-oldest.lock
	@echo numpy | $(UV_LOCK) --no-deps --upgrade --python-version $(NEWEST) - -o compat/numpy-newest.lock
	@! grep -n '://' requirements.lock compat/*.lock

dist: $(V)/ok ## Build the wheel and the sdist into dist/.
	@$(V)/bin/python -m build --no-isolation

clean: ## Remove everything that can be made again.
	@rm -rf $(V) build dist *.egg-info satqkd/distil/*.so .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

# Last of all, so that an interrupted install is never taken for a finished one.
$(V)/ok: $(LOCKED) pyproject.toml setup.py satqkd/__init__.py $(wildcard satqkd/distil/native/*.[ch])
	@$(PIP) install -qq --no-deps --no-build-isolation --editable .
	@$(V)/bin/python -m satqkd.distil.native
	@touch $@

$(LOCKED):
	@command -v $(PY) >/dev/null || { echo 'satqkd: no $(PY) here; name yours: make PY=python3.12'; exit 1; }
	@$(PY) -c 'import sys; sys.exit("satqkd needs Python 3.11 or newer, $(PY) is %d.%d; name another: make PY=python3.12" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@$(PY) -c 'import os, sys; sys.exit("satqkd: run deactivate first, $(V) has to be made anew" if sys.prefix == os.path.abspath("$(V)") else 0)'
	@rm -rf $(V)
	@if $(PY) -m pip --help 2>/dev/null | grep -q -e '--python '; then $(PY) -m venv --without-pip $(V); \
	elif ! $(PY) -m venv $(V) >/dev/null 2>&1; then rm -rf $(V); \
	echo 'satqkd needs pip 22.3 or newer, or venv with pip: apt-get install python3-pip, or your system'"'"'s way'; exit 1; fi
	@echo 'satqkd: installing into $(V), once; this takes a minute or two'
	@$(PIP) install -qq --compile --require-hashes -r requirements.lock
	@touch $@

# Only read by mypy: the files of one numpy before those of .venv, whatever Python they are for.
$(V)/numpy-oldest: VERSION := $(OLDEST)
$(V)/numpy-newest: VERSION := $(NEWEST)
$(V)/numpy-%: compat/numpy-%.lock | $(V)/ok
	@rm -rf $@ $@.part
	@$(PY) -m venv --without-pip $@.part
	@$(PIP) install -qq --no-compile --no-deps --only-binary :all: --ignore-requires-python \
		--python-version $(VERSION) --require-hashes --target "$$($(call SITE,$@.part))" -r $<
	@$(call SITE,$(V)) > "$$($(call SITE,$@.part))/others.pth"
	@mv $@.part $@
