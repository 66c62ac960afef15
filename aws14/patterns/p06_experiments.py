"""The experiments of pattern 6. Each takes the built topology first."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aws14.patterns.p06_deeper import deeper
from aws14.patterns.p06_months import month, months_bill, operations
from aws14.patterns.p06_options import three_years, which, your_company
from aws14.patterns.p06_walls import why

experiments: Mapping[str, Callable[..., object]] = {
    **deeper,
    "month end": month,
    "month's bill": months_bill,
    "operations": operations,
    "three years": three_years,
    "which product": which,
    "why": why,
    "your company": your_company,
}
