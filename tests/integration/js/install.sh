#!/bin/sh
# Installs the packages of this folder, pinned, under a temporary folder, and prints it:
#   PLACET_TEST_JS=$(tests/integration/js/install.sh) make test
set -eu
here=$(cd "$(dirname "$0")" && pwd)
there=${1:-$(mktemp -d -t placet-js-XXXXXX)}
mkdir -p "$there"
cp "$here"/*.json "$here"/*.mjs "$here"/*.ts "$there"/
(cd "$there" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2)
echo "$there"
