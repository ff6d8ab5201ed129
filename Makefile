# What a newcomer needs: `make run` and `make test`. Both install what is missing.

SCENARIO ?= scenarios/theorem4.toml

.PHONY: run test bench setup

run: setup
	cargo run --release --quiet -- run $(SCENARIO) --force

test: setup
	cargo test

bench: setup
	cargo bench

setup:
	@scripts/setup.sh
