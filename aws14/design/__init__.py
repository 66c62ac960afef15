"""Drawing and comparing: a Topology becomes a picture, and what is built is held against what was drawn."""

from __future__ import annotations

from aws14.design.comparing import Comparison, compare
from aws14.design.difference import Difference
from aws14.design.drawing import draw

__all__ = ["Comparison", "Difference", "compare", "draw"]
