"""The notebooks as packed with the package: cells by tag, pattern and step; the solved edition."""

from aws14.chapters.editions import solve, solved
from aws14.chapters.sections import Cell, walk
from aws14.chapters.shelf import build_cells, cells, load, names

__all__ = ["Cell", "build_cells", "cells", "load", "names", "solve", "solved", "walk"]
