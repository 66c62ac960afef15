"""What the exercises of pattern 13 ask."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from aws14.checks import CheckFunction, drawn_equals_built

checks: Mapping[str, CheckFunction] = {
    "p13-built": partial(drawn_equals_built, "It is built as drawn"),
}
