# What a newcomer needs: `make run` and `make test`. Both install what is missing. `make python` builds and tests the
# package for Python, `make wheel` one that runs on other machines.

SCENARIO ?= scenarios/theorem4.toml

.PHONY: run test bench python wheel fuzz deny setup

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

# What reads files of others, fed with anything: a minute for each kind of file.
fuzz: setup
	scripts/fuzz.sh 60

# Licences and origins of all crates; `cargo install cargo-deny` makes it.
deny:
	cargo deny --all-features check licenses bans sources

setup:
	@scripts/setup.sh
