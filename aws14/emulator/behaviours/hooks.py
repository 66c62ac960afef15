"""How a behaviour takes hold of moto: by replacing a method with one that is given the original.

A name that moto no longer has stops the process at its start, not a lesson in its middle.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

__all__ = ["add", "around", "before", "replace"]


def add(owner: Any, name: str, value: Any) -> None:
    """Give `owner` a name that moto leaves out; the day moto has it, the process stops at its start."""
    if hasattr(owner, name):
        raise AttributeError(f"{owner.__name__} has its own {name} now")
    setattr(owner, name, value)


def around(owner: Any, name: str, method: Callable[..., Any]) -> None:
    """Replace ``owner.name``; `method` is called with the original, then with what the original would get.

    Parameters
    ----------
    owner : class or module
        Of moto.
    name : str
        Of a method or function it has.
    method : callable
        ``method(original, *args, **kwargs)``.
    """
    original = getattr(owner, name)

    @functools.wraps(original)
    def replaced(*args: Any, **kwargs: Any) -> Any:
        return method(original, *args, **kwargs)

    setattr(owner, name, replaced)


def before(owner: Any, name: str, check: Callable[..., None]) -> None:
    """Call `check` with the same arguments before ``owner.name``; what it raises refuses the call."""

    def checked(original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        check(*args, **kwargs)
        return original(*args, **kwargs)

    around(owner, name, checked)


def replace(owner: Any, name: str, value: Any) -> None:
    """Put `value` in the place of ``owner.name``, which must be there."""
    getattr(owner, name)
    setattr(owner, name, value)
