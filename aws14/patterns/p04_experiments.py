"""Experiments of pattern 4. Each takes the built topology first."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aws14.patterns.p04_options import options

experiments: Mapping[str, Callable[..., object]] = {"options": options}
