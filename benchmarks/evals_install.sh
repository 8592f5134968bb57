#!/bin/sh
# Installs Inspect AI and DeepEval for `python -m benchmarks.evals` into .benchmarks/evals, a venv of
# their own: they pin packages that Placet does not. Hashes are of the wheels for CPython 3.11 on
# Linux x86-64; elsewhere run it with ANY=1, which takes the same versions without them.
set -eu
cd "$(dirname "$0")/.."
"${PYTHON:-python3}" -m venv .benchmarks/evals
if [ -n "${ANY:-}" ]; then
  sed -n 's/^\([A-Za-z0-9_.-]*==[^ ]*\).*/\1/p' benchmarks/evals_requirements.txt > .benchmarks/evals.txt
  .benchmarks/evals/bin/pip install --quiet --no-deps -r .benchmarks/evals.txt
else
  .benchmarks/evals/bin/pip install --quiet --no-deps --require-hashes \
    -r benchmarks/evals_requirements.txt
fi
.benchmarks/evals/bin/python -c "import inspect_ai, deepeval; print('installed')"
