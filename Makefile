# Every command of this repository. `make` alone lists them.
PYTHON ?= python3
TOOLS = $(PYTHON) -m tools $(if $(VERBOSE),--verbose)
VENV = .venv/bin/python
MANAGE = PYTHONPATH=platform $(VENV) manage.py

.DEFAULT_GOAL := help
.PHONY: help setup run test test-fast check fmt images content prove messages production install uninstall backup restore bench lock hooks clean engine-status engine-stop engine-remove mirror-status mirror-stop mirror-remove walls-status walls-remove

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: ## set up what is missing and start the site (PORT=8000 HOST=127.0.0.1; LAN=1 for the phones in the room); Ctrl-C ends it
	@$(TOOLS) run

setup: ## set up without starting: environment, engine, images, database, content, demo accounts
	@$(TOOLS) setup

test: ## set up, then checks and every test suite (SUITES="unit e2e" for some)
	@$(TOOLS) test $(SUITES)

test-fast: ## unit tests that need no engine
	@$(TOOLS) test --fast

check: ## format, lint, types, import contracts, migrations, content
	@$(TOOLS) check

fmt: ## format the code and mend what the linter can
	@$(VENV) -m ruff check --fix --quiet . || true
	@$(VENV) -m ruff format .

images: ## engine, agent and lab images only
	@$(TOOLS) images

content: ## check the courses of labs/ and load them
	@$(MANAGE) check_content && $(MANAGE) sync_content

prove: ## prove that every lab can be solved, and only by solving it
	@$(MANAGE) prove

messages: ## collect the sentences to translate into locale/ and compile them; English is its own translation
	@$(MANAGE) makemessages --locale es --locale en --no-wrap --no-location --ignore '.venv/*' --ignore 'tests/*'
	@msgattrib --clear-fuzzy --empty --no-wrap --output-file locale/en/LC_MESSAGES/django.po locale/en/LC_MESSAGES/django.po
	@msgen --no-wrap --output-file locale/en/LC_MESSAGES/django.po locale/en/LC_MESSAGES/django.po
	@$(MANAGE) compilemessages --verbosity 0

production: ## prepare this machine for `docker compose up`: engine, agent, lab images, .env (docs/deploying.md)
	@$(TOOLS) production

install: ## as root: set up, and start the site at every boot by systemd (HOST=0.0.0.0 PORT=80 ALLOWED_HOSTS=...)
	@$(TOOLS) install

uninstall: ## do not start it at boot any more; the database stays
	@$(TOOLS) uninstall

backup: ## database, secrets and courses into one file (TO=folder KEEP=14), while the site runs
	@$(TOOLS) backup $(if $(TO),--to '$(TO)') $(if $(KEEP),--keep $(KEEP))

restore: ## put a backup in the place of what is here (FROM=file; asks, YES=1 does not); the site must not run
	@$(if $(FROM),,echo 'Name the backup: make restore FROM=file' >&2; exit 1;) $(TOOLS) restore $(if $(YES),--yes) '$(FROM)'

bench: ## measure, as ratios against peers in the same run (BENCH="--long --write docs/performance.md": its options)
	@$(TOOLS) setup --tests && PYTHONPATH=platform:. $(VENV) -m bench $(BENCH)

lock: ## resolve the dependencies of pyproject.toml anew, with hashes
	@$(TOOLS) lock

hooks: ## let git run `make check` before each commit
	@git config core.hooksPath tools/hooks && echo "git runs tools/hooks/pre-commit from now on"

clean: ## remove what this clone made, its database included (asks; YES=1 does not)
	@$(TOOLS) clean $(if $(YES),--yes)

engine-status: ## what our own lab engine is doing
	@$(TOOLS) engine status

engine-stop: ## end our own lab engine; sandboxes live on until it is back
	@$(TOOLS) engine stop

engine-remove: ## remove our own lab engine from this machine, with all its images
	@$(TOOLS) engine remove

mirror-status: ## what the registry and packages of this machine's labs are doing
	@$(TOOLS) mirror status

mirror-stop: ## end them until the next `make run`
	@$(TOOLS) mirror stop

mirror-remove: ## remove them from this machine, with all their images
	@$(TOOLS) mirror remove

walls-status: ## whether the firewall around this machine's labs stands
	@$(TOOLS) walls status

walls-remove: ## take it away; labs with a network are refused until the next `make setup`
	@$(TOOLS) walls remove
