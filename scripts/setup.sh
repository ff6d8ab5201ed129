#!/bin/sh
# Sees to it that OpenBLAS, pkg-config and a C compiler are there, and further packages of Debian that are named; installs
# them on Debian and its kin.
set -eu

if ! command -v cargo >/dev/null 2>&1; then
    echo "setup: cargo was not found. Install Rust 1.95 or later (https://rustup.rs) and try again." >&2
    exit 1
fi

missing=""
command -v cc >/dev/null 2>&1 || missing="$missing gcc libc6-dev"
if ! command -v pkg-config >/dev/null 2>&1; then
    missing="$missing pkg-config libopenblas-dev"
elif ! pkg-config --exists openblas; then
    missing="$missing libopenblas-dev"
fi
for package in "$@"; do
    dpkg -s "$package" >/dev/null 2>&1 || missing="$missing $package"
done
[ -z "$missing" ] && exit 0

if command -v apt-get >/dev/null 2>&1; then
    if [ "$(id -u)" -eq 0 ]; then
        root=""
    elif command -v sudo >/dev/null 2>&1; then
        root="sudo"
    else
        echo "setup: as root, run: apt-get install$missing" >&2
        exit 1
    fi
    echo "setup: installing$missing"
    $root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
    # shellcheck disable=SC2086
    $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $missing >/dev/null
else
    echo "setup: please install a C compiler, pkg-config, and OpenBLAS with LAPACK and its headers:" >&2
    echo "  Fedora: dnf install gcc pkgconf openblas-devel    Arch: pacman -S gcc pkgconf openblas" >&2
    echo "  macOS: brew install pkgconf openblas, with PKG_CONFIG_PATH set as it says" >&2
    exit 1
fi
