"""Widgets: a question, a few sliders, and the picture that answers."""

from __future__ import annotations

from aws14.widgets.explorer import Explorer, explore

__all__ = ["Explorer", "explore"]
