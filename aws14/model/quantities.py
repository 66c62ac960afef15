"""Quantities as Kubernetes writes them: ``100m`` of a CPU, ``128Mi`` of memory, ``1e3``.

Source of the grammar and the rounding: ``k8s.io/apimachinery/pkg/api/resource`` (quantity.go).
"""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, Decimal

from aws14.errors import DesignError

__all__ = ["amount", "is_quantity", "mebibytes", "millicores", "whole", "written_bytes", "written_cores"]

_GRAMMAR = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)")
_SUFFIXES = {
    "n": Decimal("1e-9"),
    "u": Decimal("1e-6"),
    "m": Decimal("1e-3"),
    "k": Decimal(10**3),
    "M": Decimal(10**6),
    "G": Decimal(10**9),
    "T": Decimal(10**12),
    "P": Decimal(10**15),
    "E": Decimal(10**18),
    "Ki": Decimal(2**10),
    "Mi": Decimal(2**20),
    "Gi": Decimal(2**30),
    "Ti": Decimal(2**40),
    "Pi": Decimal(2**50),
    "Ei": Decimal(2**60),
}


def is_quantity(text: object) -> bool:
    """Say whether Kubernetes would read this as a quantity (a number counts as its digits)."""
    return isinstance(text, str | int | float) and _GRAMMAR.fullmatch(str(text)) is not None


def amount(text: str | float) -> Decimal:
    """Return what a quantity stands for: cores, bytes, pieces.

    Parameters
    ----------
    text : str or number
        ``"250m"``, ``"1.5Gi"``, ``"2"``, ``"1e3"``, ``2``.

    Raises
    ------
    DesignError
        It is no quantity.
    """
    found = _GRAMMAR.fullmatch(str(text))
    if found is None:
        raise DesignError(
            f"{text!r} is no quantity of Kubernetes",
            allowed="a number, alone or followed by m, k, M, G, T, Ki, Mi, Gi, Ti",
            cure='"250m" for a quarter of a CPU, "256Mi" of memory',
        )
    number, exponent, suffix = found.groups()
    if exponent:
        return Decimal(number + exponent)
    return Decimal(number) * _SUFFIXES.get(suffix or "", Decimal(1))


def whole(text: str | float) -> int:
    """Return a quantity in whole units, rounded up as Kubernetes does."""
    return int(amount(text).to_integral_value(ROUND_CEILING))


def millicores(text: str | float) -> int:
    """Return a CPU quantity in thousandths of a core, rounded up."""
    return int((amount(text) * 1000).to_integral_value(ROUND_CEILING))


def mebibytes(text: str | float) -> float:
    """Return a memory quantity in MiB."""
    return float(amount(text) / _SUFFIXES["Mi"])


def written_cores(millis: int) -> str:
    """Write thousandths of a core as Kubernetes does: ``250m``, ``2``."""
    return f"{millis}m" if millis % 1000 else str(millis // 1000)


def written_bytes(count: int) -> str:
    """Write bytes in the largest binary unit that leaves no rest: ``128Mi``, ``1Gi``, ``1000``."""
    for suffix in ("Ei", "Pi", "Ti", "Gi", "Mi", "Ki"):
        unit = int(_SUFFIXES[suffix])
        if count and count % unit == 0:
            return f"{count // unit}{suffix}"
    return str(count)
