#!/bin/sh
# Fetches uPlot, which draws the curves of reports, from npm into src/report/assets/uplot. With --check it only compares.
set -eu

version=1.6.32
sha512=2883159c6ebccefbb95d751b0b82d010f9e1c0ec41b8bc96d401eda66e882935c89a46cb824332fa369b8cb8122cc6ac36e186cd09bf7a9ded3a4c93c6989023
target="$(dirname "$0")/../src/report/assets/uplot"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
curl -fsS -o "$work/uplot.tgz" "https://registry.npmjs.org/uplot/-/uplot-$version.tgz"
echo "$sha512  $work/uplot.tgz" | sha512sum --check --quiet
tar -xzf "$work/uplot.tgz" -C "$work"
for file in LICENSE dist/uPlot.iife.min.js dist/uPlot.min.css; do
    place="$target/$(basename "$file")"
    case "${1:-}" in
        --check) cmp "$work/package/$file" "$place" ;;
        *) cp "$work/package/$file" "$place" ;;
    esac
done
