# What a newcomer needs: `make run` and `make test`. Both install what is missing. `make python` builds and tests the
# package for Python, `make wheel` one that runs on other machines.

SCENARIO ?= scenarios/theorem4.toml

.PHONY: run test bench python wheel setup

run: setup
	cargo run --release --quiet -- run $(SCENARIO) --force

test: setup
	cargo test

bench: setup
	cargo bench

python: setup
	scripts/python.sh test

wheel: setup
	scripts/python.sh wheel

setup:
	@scripts/setup.sh
