"""Compile the kernels once and keep them on disk: ``python -m aws14.sim.warm``, part of the set-up."""

from __future__ import annotations

import sys
import time
from importlib import import_module
from pkgutil import iter_modules

from aws14 import kernels


def warm() -> float:
    """Compile all kernels that are not on disk yet, and return the seconds it took.

    A kernel states its types, so importing its module compiles it.
    """
    started_s = time.perf_counter()
    for module in iter_modules(kernels.__path__):
        import_module(f"{kernels.__name__}.{module.name}")
    return time.perf_counter() - started_s


def main() -> None:
    """Warm up and say where the compiled kernels are."""
    seconds = warm()
    folder = import_module("aws14.kernels.compiled").cache_folder()
    sys.stdout.write(f"The simulation is ready ({seconds:.1f} s; compiled kernels in {folder}).\n")


if __name__ == "__main__":
    main()
