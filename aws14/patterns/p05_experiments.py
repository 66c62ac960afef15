"""The experiments of pattern 5. Each takes the built topology first."""

from __future__ import annotations

from collections.abc import Callable, Mapping

experiments: Mapping[str, Callable[..., object]] = {}
