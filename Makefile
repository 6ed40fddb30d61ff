# The two commands of the README, and what developers run. Needs Python 3.11 or newer, pip and make.
PYTHON ?= python3
DEMO := .venv-demo
TEST := .venv-test
BENCH := .venv-bench
# What `make bench` measures on: .jsonl or .jsonl.gz files of articles, by default the sample pages; and how much.
ARTICLES ?=
SIZES ?= 1000,10000
VECTORS ?= 10000,100000

# Hundreds of processes start in tests: each would compile all that it imports where nothing compiled is kept.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test bench clean

# A fresh environment, the light install, the sample pages indexed, one question in Chinese and one in English.
demo: $(DEMO)/.installed
	$(DEMO)/bin/huiwen index samples --data-dir demo-data
	@echo
	@echo '$$ huiwen ask "谁主持了警示教育大会？"'
	@$(DEMO)/bin/huiwen ask "谁主持了警示教育大会？" -k 2 --data-dir demo-data
	@echo '$$ huiwen ask "How long will the warehouse safety campaign last?"'
	@$(DEMO)/bin/huiwen ask "How long will the warehouse safety campaign last?" -k 2 --data-dir demo-data

# Everything that must pass: style, types, tests. Most of these wait for processes; three at once fill two cores.
# In the order of their names: sorted by their numbers, the files with few long tests would come last.
test: $(TEST)/.installed
	$(TEST)/bin/ruff check .
	$(TEST)/bin/ruff format --check .
	$(TEST)/bin/mypy --num-workers 2
	$(TEST)/bin/pytest -n 3 --dist loadfile --no-loadscope-reorder

# How fast it is, how it grows, and what others take for the same, into bench-results/.
bench: $(BENCH)/.installed
	$(BENCH)/bin/python -m benchmarks --articles $(ARTICLES) --sizes $(SIZES) --vectors $(VECTORS)

$(DEMO)/.installed: pyproject.toml
	$(PYTHON) -m venv $(DEMO)
	$(DEMO)/bin/pip install --quiet --disable-pip-version-check -e .
	touch $@

# torch is pinned here alone: exactly this version has a small build without a GPU; users choose their own.
# Python compiles what is imported; to compile all that is installed would take a minute more.
$(TEST)/.installed: pyproject.toml
	$(PYTHON) -m venv $(TEST)
	$(TEST)/bin/pip install --no-compile --quiet --disable-pip-version-check torch==2.13.0
	$(TEST)/bin/pip install --no-compile --quiet --disable-pip-version-check -e '.[test]'
	touch $@

$(BENCH)/.installed: pyproject.toml
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/pip install --quiet --disable-pip-version-check torch==2.13.0
	$(BENCH)/bin/pip install --quiet --disable-pip-version-check -e '.[bench]'
	touch $@

clean:
	rm -rf $(DEMO) $(TEST) $(BENCH) demo-data bench-results
