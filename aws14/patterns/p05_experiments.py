"""The experiments of pattern 5. Each takes the built topology first."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aws14.patterns.p05_deeper import DEEPER

experiments: Mapping[str, Callable[..., object]] = {**DEEPER}
