"""Connections to a database: how many a class allows, and how many of them a proxy takes.

RDS computes ``max_connections`` from the memory of the instance class by a formula in the default parameter group.
The memory that AWS puts in is somewhat less than that of the class, by what the system keeps for itself, which it does
not publish; with the memory of the class, as here, small classes come out a little high.
"""

from __future__ import annotations

import math

from aws14 import catalog
from aws14.errors import DataError, DesignError

_BYTES_PER_GIB = 2**30
_ENGINES = {"mysql": "MySQL", "mariadb": "MySQL", "postgres": "PostgreSQL"}


def max_connections(engine: str, instance_class: str) -> int:
    """Connections that a database accepts under AWS's default parameters.

    Parameters
    ----------
    engine : str
        ``mysql``, ``mariadb`` or ``postgres``, as in the API.
    instance_class : str
        Such as ``db.t3.small``.

    Raises
    ------
    DesignError
        When the course does not know the formula of the engine, or the class.
    """
    if engine not in _ENGINES:
        raise DesignError(f"the course does not know max_connections of '{engine}'", allowed=", ".join(_ENGINES))
    try:
        memory_gib = catalog.instance_type(instance_class.removeprefix("db.")).memory_gib
    except DataError as error:
        raise DesignError(
            f"the course does not know the memory of '{instance_class}'", allowed=error.allowed, cure=error.cure
        ) from None
    name = _ENGINES[engine]
    each = catalog.quota("RDS", f"max_connections of {name}: memory of each").value
    most = catalog.quota("RDS", f"max_connections of {name}, most").value
    return int(min(memory_gib * _BYTES_PER_GIB // each, most))


def proxy_connections(allowed: int, percent: float) -> int:
    """Connections to the database that a proxy opens at most: its percentage of those allowed, at least one."""
    return max(1, math.floor(allowed * percent / 100))
