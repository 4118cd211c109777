# Everything sets itself up in .venv: make demo, make test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(BIN)/python
STAMP := $(VENV)/.installed

.PHONY: help demo test check docs bench generate mutation clean

help:
	@echo "make demo      decide an example household"
	@echo "make test      run the tests"
	@echo "make check     format, lint, types, layers, generated files"
	@echo "make docs      build the documentation into docs/_build"
	@echo "make bench     run the benchmarks, beside the peers that can be installed"
	@echo "make generate  write the generated files anew"
	@echo "make mutation  mutation testing of the innermost rooms (slow)"

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --disable-pip-version-check -U "pip>=25.1"
	$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt -e ".[cli,ledger,population,tables]" --group test --group docs
	@$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt -e ".[monitoring]" \
	  || echo "durable-rules needs a C compiler and was not built: second opinions are left out"
	@if command -v java >/dev/null; then \
	  $(BIN)/pip install -q --disable-pip-version-check -c constraints.txt -e ".[spark]"; \
	else \
	  echo "Java is not installed: tests on Spark are left out; get it with: apt-get install openjdk-17-jre-headless, then make clean"; \
	fi
	@touch $(STAMP)

demo: $(STAMP)
	@$(BIN)/policy-engine decide examples/xuanzhou/included.yaml --pack xuanzhou_2021 -d monitoring -d kinds

test: $(STAMP)
	$(RUN) -m pytest -n auto --dist loadgroup -q

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(RUN) -m policy_engine.app.generate --check
	printf '%s\n' policies/*/ | xargs -P 4 -I {} sh -c '$(BIN)/policy-engine pack check {} && $(BIN)/policy-engine pack test {}'

docs: $(STAMP)
	$(RUN) -m policy_engine.app.generate
	$(BIN)/sphinx-build -q -W --keep-going -b html docs docs/_build/html
	@echo "docs/_build/html/index.html"

bench: $(STAMP)
	@$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt --group bench \
	  || echo "not all peers could be installed: those are left out"
	$(RUN) benchmarks/startup.py
	$(RUN) benchmarks/ledger.py
	$(RUN) benchmarks/workload.py
	$(RUN) benchmarks/files.py
	$(RUN) benchmarks/packs.py
	$(RUN) benchmarks/single.py
	$(RUN) benchmarks/scenarios.py
	@if command -v java >/dev/null; then $(RUN) benchmarks/spark.py --households 400000; fi

generate: $(STAMP)
	$(RUN) -m policy_engine.app.generate

mutation: $(STAMP)
	$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt --group mutation
	$(BIN)/mutmut run

clean:
	rm -rf $(VENV) docs/_build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis mutants
