# `make` or `make help` lists the targets. Needs Python 3.11 to 3.13 and make; everything else is installed into .venv.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.SUFFIXES:
.NOTPARALLEL:

# The port of `make demo`.
PORT ?= 8000
# The languages of the site, for `make serve` and, from the environment or the command line, for everything else.
LANGUAGES ?= en,fi,et,el
# The interpreter that .venv is made with; empty means the newest supported one on the PATH.
PYTHON ?=
# More arguments for the tool behind a target, such as `make test ARGS="tests/news -x"`.
ARGS ?=
# The processes of `make test`; auto: as many as there are processors.
WORKERS ?= auto

comma := ,
VENV := .venv
BIN := $(VENV)/bin
# The names contain the checksum of the lock file, so a changed lock file causes a new installation.
RUN_STAMP := $(VENV)/.run-$(shell cksum < requirements.txt | cut -d' ' -f1)
DEV_STAMP := $(VENV)/.dev-$(shell cksum < requirements-dev.txt | cut -d' ' -f1)

# Version and checksum of the Nu HTML Checker: `npm view vnu-jar version dist.integrity`.
CHECKER := 26.9.27
CHECKER_INTEGRITY := sha512-TkQd5DFfOaWC9ebtvozTsrH2Vaod3jYg+vrOeREzIXxBexLz9+rS2DNtjn7+RPUiZhgli0SghgBX6RJRNea0KA==
VNU_JAR ?= .cache/vnu-$(CHECKER).jar

# The linter of CSS and JavaScript.
BIOME_VERSION := 2.6.8
BIOME := .cache/biome-$(BIOME_VERSION)/node_modules/.bin/biome

# The demo always uses the development settings, whatever environment variables are set.
DEMO := env -u SECRET_KEY -u ALLOWED_HOSTS -u EMAIL_URL DJANGO_SETTINGS_MODULE=config.settings.dev PAGE_CACHE_SECONDS=86400 \
	BASE_URL=http://127.0.0.1:$(PORT) $(BIN)/python manage.py

# Values that production settings require. The check connects to none of these addresses.
PRODUCTION_EXAMPLE := DJANGO_SETTINGS_MODULE=config.settings.production ALLOWED_HOSTS=www.example.org \
	BASE_URL=https://www.example.org SECRET_KEY=a-key-for-this-check-alone-0123456789-abcdefghij-KLMNOPQRST \
	DATABASE_URL=postgres://site:site@127.0.0.1/site EMAIL_URL=smtp+tls://site:site@mail.example.org

PIP_INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input --require-hashes

# --universal: one file for all systems and for Python 3.11 to 3.13.
LOCK := $(BIN)/uv --no-config pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command "make lock"

.PHONY: help
help: ## List the targets
	@echo 'Usage: make TARGET [PORT=8000] [PYTHON=python3.12] [ARGS="..."]'; echo
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)$$/\1|\2/p' $(firstword $(MAKEFILE_LIST)) | awk -F'|' '{ printf "  %-14s %s\n", $$1, $$2 }'

.PHONY: demo
demo: free-port $(RUN_STAMP) catalogues ## Set up the demo site and serve it on http://127.0.0.1:8000 (PORT= changes the port)
	@echo '==> Preparing the database'
	@$(DEMO) migrate --verbosity 0
	@echo '==> Loading the demo content (a while at the first time)'
	@$(DEMO) load_demo --port $(PORT)
	@$(MAKE) --no-print-directory serve PORT=$(PORT)

.PHONY: serve
serve: free-port $(RUN_STAMP) ## Serve the demo again, without setting it up (PORT= as with `make demo`)
	@echo '==> Serving the site; Ctrl-C stops it'
	@for language in $(subst $(comma), ,$(LANGUAGES)); do echo "    http://127.0.0.1:$(PORT)/$$language/"; done
	@echo "    http://127.0.0.1:$(PORT)/admin/ (for editors)"
	@echo "    http://127.0.0.1:$(PORT)/demo/mail/ (emails that a live site would send)"; echo
	@# A shell starts what is in the background with Ctrl-C ignored, so it ends the scheduled tasks itself.
	@$(DEMO) tick --every 30 --verbosity 0 & tick=$$!; trap 'kill $$tick 2>/dev/null' EXIT INT TERM; \
		$(DEMO) runserver 127.0.0.1:$(PORT)

.PHONY: install
install: $(DEV_STAMP) catalogues ## Install what the tests and checks need into .venv

.PHONY: test
test: $(DEV_STAMP) catalogues ## Run the test suite (DATABASE_URL= for PostgreSQL, WORKERS= processes, ARGS= for pytest)
	@VNU_JAR="$(abspath $(VNU_JAR))" $(BIN)/python -m pytest --numprocesses=$(WORKERS) --dist=loadscope $(ARGS)

.PHONY: test-quick
test-quick: $(DEV_STAMP) catalogues ## Run the faster tests without a browser
	@$(BIN)/python -m pytest --numprocesses=$(WORKERS) --dist=loadscope -m "not e2e and not slow" --ignore=tests/e2e $(ARGS)

.PHONY: screenshots
screenshots: $(DEV_STAMP) catalogues ## Renew the pictures that browser tests compare pages with, and docs/screenshots
	@rm -f tests/e2e/pictures/*.png docs/screenshots/*.png
	@RENEW_PICTURES=1 $(BIN)/python -m pytest -q -n0 -p no:randomly tests/e2e/test_pictures.py

.PHONY: manual
manual: $(DEV_STAMP) catalogues ## Renew the pictures of the manual from the demo
	@RENEW_PICTURES=1 $(BIN)/python -m pytest -q -n0 -p no:randomly tests/e2e/test_manual_pictures.py

.PHONY: bench
bench: $(DEV_STAMP) catalogues ## Compare pages with the smallest ones, lists with few and many entries and, with DATABASE_URL=, registrations
	@$(BIN)/python -m pytest -q -p no:randomly $(ARGS) tests/*/bench_*.py

.PHONY: race
race: $(DEV_STAMP) catalogues ## Run simultaneous registrations on a live server, 20 rounds of each test (DATABASE_URL= for PostgreSQL)
	@RACE_ROUNDS=20 $(BIN)/python -m pytest -q -p no:randomly $(ARGS) tests/events/registration/races

.PHONY: lint
lint: $(DEV_STAMP) catalogues ## Check style, types, imports, templates, CSS, JavaScript, migrations, production settings and catalogues
	@echo '==> Python style'
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@echo '==> Templates'
	@$(BIN)/djlint --lint --quiet site/templates $(wildcard */templates site/*/templates)
	@$(BIN)/python -m tests.template_lines
	@echo '==> CSS and JavaScript'
	@$(MAKE) --no-print-directory lint-assets
	@echo '==> Imports between modules'
	@PYTHONPATH=.:site $(BIN)/lint-imports --no-cache
	@echo '==> Types'
	@$(BIN)/mypy
	@echo '==> Migrations'
	@$(DEMO) makemigrations --check --dry-run
	@echo '==> Production settings'
	@$(PRODUCTION_EXAMPLE) $(BIN)/python manage.py check --deploy --fail-level WARNING
	@echo '==> Catalogues'
	@$(BIN)/python -m tests.catalogues

.PHONY: format
format: $(DEV_STAMP) ## Format Python files
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

.PHONY: messages
messages: $(DEV_STAMP) ## Collect the interface's strings into locale/ (needs gettext)
	@$(BIN)/python -m tests.catalogues --write

.PHONY: lock
lock: $(DEV_STAMP) ## Pin the requirements of pyproject.toml (ARGS=--upgrade takes newer versions)
	@$(LOCK) $(ARGS) --output-file requirements.txt pyproject.toml
	@$(LOCK) $(ARGS) --output-file requirements-dev.txt --constraints requirements.txt --extra dev pyproject.toml

.PHONY: sbom
sbom: $(DEV_STAMP) ## Write the packages of a live site with versions and licences to sbom.json (CycloneDX)
	@$(BIN)/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible --of JSON -o sbom.json requirements.txt
	@echo 'sbom.json is written.'

.PHONY: audit
audit: $(DEV_STAMP) ## Compare the packages of a live site with the list of known vulnerabilities (needs the internet)
	@$(BIN)/python -m tests.audit

.PHONY: html-checker
html-checker: $(VNU_JAR) ## Fetch the Nu HTML Checker for the tests (needs npm; the tests then need Java)

.PHONY: clean
clean: ## Remove the files that other targets created, except the database and the uploads in var/
	rm -rf $(VENV) .cache .coverage .import_linter_cache .mypy_cache .pytest_cache .ruff_cache htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find locale -name '*.mo' -exec rm -f {} +

# Steps of the targets above

.PHONY: catalogues
catalogues:
	@echo '==> Compiling the catalogues of the interface'
	@$(DEMO) compile_catalogues

# Biome is installed with npm if npm exists. The site itself needs no Node.
.PHONY: lint-assets
lint-assets:
	@if command -v npm >/dev/null; then \
		[ -x $(BIOME) ] || npm install --loglevel=error --no-audit --no-fund --prefix .cache/biome-$(BIOME_VERSION) @biomejs/biome@$(BIOME_VERSION) || exit 1; \
		$(BIOME) lint --error-on-warnings; \
	elif [ -n "$$CI" ]; then \
		echo 'npm is not installed, and CI must not skip the check of CSS and JavaScript.'; exit 1; \
	else \
		echo 'npm is not installed: CSS and JavaScript were not checked.'; \
	fi

.PHONY: free-port
free-port: | $(BIN)/python
	@$(BIN)/python -c 'import socket; s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("127.0.0.1", $(PORT)))' 2>/dev/null \
		|| { echo 'Port $(PORT) is taken or not allowed: stop what uses it, or choose another with "make demo PORT=8001".'; exit 1; }

$(BIN)/python:
	@echo '==> Making $(VENV)'
	@for candidate in $(or $(PYTHON),python3.13 python3.12 python3.11 python3 python); do \
		if "$$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then \
			"$$candidate" -m venv $(VENV) && exit 0; \
			rm -rf $(VENV); \
			echo "$$candidate cannot make a virtual environment: install its venv module (Debian: apt install python3-venv)."; exit 1; \
		fi; \
	done; \
	echo 'No Python 3.11, 3.12 or 3.13 was found: install one, or name it with "make PYTHON=/path/to/python3.12 ...".'; exit 1

$(RUN_STAMP): | $(BIN)/python
	@echo '==> Installing the packages of requirements.txt (a minute or so)'
	@rm -f $(VENV)/.run-* $(VENV)/.dev-*
	@$(PIP_INSTALL) -r requirements.txt
	@touch $@

# The development requirements contain the others with the same versions.
$(DEV_STAMP): | $(BIN)/python
	@echo '==> Installing the packages of requirements-dev.txt (a minute or two)'
	@rm -f $(VENV)/.run-* $(VENV)/.dev-*
	@$(PIP_INSTALL) -r requirements-dev.txt
	@touch $(RUN_STAMP) $@

$(VNU_JAR):
	@echo '==> Fetching the Nu HTML Checker'
	@mkdir -p .cache
	@cd .cache && npm pack --silent vnu-jar@$(CHECKER)
	@cd .cache && python3 -c 'import base64, hashlib, pathlib, sys; \
		digest = hashlib.sha512(pathlib.Path("vnu-jar-$(CHECKER).tgz").read_bytes()).digest(); \
		sys.exit("sha512-" + base64.b64encode(digest).decode() != "$(CHECKER_INTEGRITY)" and "The checker has another checksum than the Makefile names.")'
	@tar -xzf .cache/vnu-jar-$(CHECKER).tgz -C .cache package/build/dist/vnu.jar
	@mv .cache/package/build/dist/vnu.jar $@
	@rm -rf .cache/package .cache/vnu-jar-$(CHECKER).tgz
