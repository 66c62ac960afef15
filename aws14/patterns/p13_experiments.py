"""The experiments of pattern 13."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

experiments: Mapping[str, Callable[..., Any]] = {}
