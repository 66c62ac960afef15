"""Path patterns of load balancers and distributions: which paths they match, and which of several counts.

Both services know two wildcards, ``*`` for any characters (slashes too) and ``?`` for exactly one, tell upper from
lower case, and look at the path without its query string. The first pattern that matches counts, not the longest.
Sources: Amazon CloudFront developer guide ("Path pattern"), Application Load Balancer user guide ("Path conditions").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache


def fits(pattern: str, path: str) -> bool:
    """Whether a pattern matches the whole path; a query string in `path` is not looked at.

    CloudFront takes ``images/*`` and ``/images/*`` for the same.
    """
    return _compiled(pattern).fullmatch(_rooted(path.partition("?")[0])) is not None


def first_fit(patterns: Sequence[str], path: str) -> int | None:
    """Position of the first pattern that matches; None when none does."""
    return next((number for number, pattern in enumerate(patterns) if fits(pattern, path)), None)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    words = {"*": ".*", "?": "."}
    return re.compile("".join(words.get(sign, re.escape(sign)) for sign in _rooted(pattern)), re.DOTALL)


def _rooted(path: str) -> str:
    return path if path.startswith(("/", "*")) else f"/{path}"
