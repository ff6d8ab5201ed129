#!/bin/sh
# The documentation as a book that opens from the disk: target/book/site/README.html. A link that leads nowhere is an
# error.
set -eu
cd "$(dirname "$0")/.."

pages=target/book/pages
if [ ! -x target/book/bin/mkdocs ]; then
    python3 -m venv target/book
    target/book/bin/pip install --quiet --disable-pip-version-check 'mkdocs-material>=9.5,<10' 'mkdocstrings[python]>=1,<2'
fi

# At the places that they have here, so that their links hold.
rm -rf "$pages"
mkdir -p "$pages"
tar cf - ./*.md LICENSE* docs python/README.md python/pyproject.toml python/notebooks scenarios 2>/dev/null | tar xf - -C "$pages"
cat > "$pages/python/calls.md" <<'PAGE'
# Calls in Python

::: luckflow
PAGE
target/book/bin/mkdocs build --quiet
echo "open target/book/site/index.html"
