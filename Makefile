# Two commands do everything: `make demo` and `make test`. Each recipe line is a plain command, so
# that make runs it itself, without a shell in between that would swallow signals.

BIN := .venv/bin

.PHONY: demo setup test check types style messages bench-adjudicate bench-registers bench-shell bench-policy-desk lock clean

demo:  ## the site with its worker and database, on http://localhost:8000
	@tools/prepare run
	@$(BIN)/python -m jineng.config.launcher

setup:  ## all that `demo` needs, started nothing
	@tools/prepare run

# What measures time; and, on a server that both workers share, the tests of the sealer, whom anybody
# who writes holds back.
ifdef DATABASE_URL
APART := timed or sealer
APART_IN := tests
else
APART := timed
APART_IN := tests/config
endif

test: setup-test check  ## every check and test
	$(BIN)/pytest -n 2 -m "not ($(APART))"
	$(BIN)/pytest $(APART_IN) -m "$(APART)"

setup-test:
	@tools/prepare test
	@$(BIN)/python -m tools.browser
	@$(BIN)/python -m tools.java

check:  ## the checks that run no test
	@$(MAKE) --no-print-directory --jobs 2 --output-sync types style

types:
	$(BIN)/mypy

style:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	@$(BIN)/python tools/node.py node_modules/typescript/bin/tsc --noEmit

messages:  ## finds the texts of the pages anew, and says which have no English yet
	$(BIN)/python -m tools.messages update

bench-adjudicate: setup-test  ## 1.8 and 6.5 million claims against two rivals; last line JSON
	$(BIN)/python benchmarks/adjudicate.py

bench-registers: setup-test  ## 48 million insurance lines, a million racing reservations; last line JSON
	$(BIN)/python benchmarks/registers.py

bench-shell: setup-test  ## lists, homes and a first page with a province behind them; last line JSON
	$(BIN)/python benchmarks/shell.py

bench-policy-desk: setup-test  ## a draft over 1.8 million claims, Spark against ourselves; last line JSON
	$(BIN)/python benchmarks/policy_desk.py

LOCK := $(BIN)/uv pip compile -q pyproject.toml --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header --extra web --group build

lock:  ## resolve the dependencies anew, within what pyproject.toml and package.json allow
	$(LOCK) -o requirements/run.txt
	$(LOCK) --extra spark --group test -c requirements/run.txt -o requirements/test.txt
	$(BIN)/python tools/node.py npm install --package-lock-only --omit-lockfile-registry-resolved

clean:  ## what `setup` made; the data in var/ stay
	rm -rf .venv build node_modules jineng/portal/static/dist
