"""The experiments of pattern 12."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

experiments: Mapping[str, Callable[..., Any]] = {}
