"""Random streams by name: one seed a run, one independent stream a purpose, the same draws for every design.

A stream is named ("arrivals", "service", "city"), never numbered by order of use, so adding one leaves the others as
they were, and two designs under one scenario see the same requests (common random numbers).

Everything is made of the uniforms of PCG64, which NumPy keeps stable between versions; it does not promise that for
``standard_exponential`` and ``standard_normal``.
"""

from __future__ import annotations

from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def stream(seed: int, name: str, replication: int = 0) -> np.random.Generator:
    """The random stream of this name.

    Parameters
    ----------
    seed : int
        Seed of the scenario, not negative.
    name : str
        What the numbers are for.
    replication : int
        Number of the independent repetition.
    """
    key = (crc32(name.encode()), replication)
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key)))


def exponentials(random: np.random.Generator, size: int) -> Floats:
    """Draw exponential numbers of mean 1. Shape (size,)."""
    draws: Floats = -np.log1p(-random.random(size))
    return draws


def normals(random: np.random.Generator, size: int) -> Floats:
    """Draw standard normal numbers (Box-Muller), two uniforms for each. Shape (size,)."""
    uniform = random.random((size, 2))
    draws: Floats = np.sqrt(-2.0 * np.log1p(-uniform[:, 0])) * np.cos(2.0 * np.pi * uniform[:, 1])
    return draws
