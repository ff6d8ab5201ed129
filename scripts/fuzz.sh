#!/usr/bin/env bash
# Feeds what reads files of others with anything: scripts/fuzz.sh [SECONDS each, 60] [TARGET…, all of fuzz/fuzz_targets].
# libFuzzer needs a C++ compiler and no other toolchain than the stable one. An input that breaks something is kept in
# fuzz/artifacts, and the script ends with 1; what was found on the way stays in fuzz/corpus for the next time.
set -euo pipefail
cd "$(dirname "$0")/../fuzz"

seconds=${1:-60}
shift || true
if [ $# -eq 0 ]; then
    for file in fuzz_targets/*.rs; do set -- "$@" "$(basename "$file" .rs)"; done
fi

# What cargo-fuzz asks for without a sanitizer: counters at every edge, and what is compared with what.
flags="--cfg fuzzing -Cpasses=sancov-module"
for option in level=4 inline-8bit-counters pc-table trace-compares; do
    flags+=" -Cllvm-args=-sanitizer-coverage-$option"
done
# With a target, so that build scripts are built without them.
host=$(rustc -vV | sed -n 's/^host: //p')
RUSTFLAGS=$flags cargo build --release --quiet --bins --target "$host"

# One target: its number of inputs, and if it found something, the end of what it said. An input may take two minutes: beside
# all other targets, on two cores, these are less than half a minute of its own.
fuzz() {
    local target=$1 log status=0
    mkdir -p "corpus/$target" "artifacts/$target"
    log=$(mktemp)
    LUCKFLOW_SEEDS="corpus/$target" timeout -s KILL $((seconds + 300)) \
        "target/$host/release/$target" "corpus/$target" "-artifact_prefix=artifacts/$target/" -dict=words.dict \
        -max_total_time="$seconds" -timeout=120 -rss_limit_mb=2048 -print_final_stats=1 > "$log" 2>&1 || status=1
    if [ $status -ne 0 ]; then tail -n 30 "$log"; fi
    sed -n "s/^stat::number_of_executed_units: */$target: inputs /p" "$log"
    rm -f "$log"
    return $status
}

# All side by side: what matters is what stands after a minute or an hour, not how fast it goes.
export seconds host
export -f fuzz
printf '%s\n' "$@" | xargs -P $# -I TARGET bash -c 'fuzz TARGET'
