"""Findings about a run and its bill, held against a brief."""

from __future__ import annotations

import math

from aws14.model import Bill, Finding, Trace

_SMALL = 0.001
"""Shares below this are told by their first two digits."""


def failed_share_within(trace: Trace, limit: float) -> Finding:
    """At most this share of the offered requests failed (0 to 1)."""
    share = trace.failure_ratio
    reasons = sorted(trace.failed.items(), key=lambda item: -int(item[1].sum()))
    worst = f", most of them {reasons[0][0].replace('_', ' ')}" if reasons and trace.failed_total else ""
    return Finding(
        name=f"At most {100 * limit:g}% of the requests fail",
        status="passed" if share <= limit else "not_yet",
        detail=f"{100 * share:.2g}% failed{worst}" if share < _SMALL else f"{share:.2%} failed{worst}",
        hint="look at utilization in the worst minute: does the instance have enough vCPUs for the crowd?",
    )


def p95_within(trace: Trace, limit_s: float) -> Finding:
    """The 95th percentile of the response time is within a limit in seconds."""
    p95_s = trace.response_time_s(0.95)
    if math.isnan(p95_s):
        return Finding(
            name=f"95 % of the answers within {limit_s:g} s",
            status="not_yet",
            detail="nobody was answered",
            hint="make it reachable first",
        )
    return Finding(
        name=f"95 % of the answers within {limit_s:g} s",
        status="passed" if p95_s <= limit_s else "not_yet",
        detail=f"p95 is {p95_s:.2f} s",
        hint="waiting for a worker is what makes answers late; more vCPUs shorten the queue",
    )


def bill_within(bill: Bill, limit_usd: float) -> Finding:
    """The bill stays within a budget in USD."""
    return Finding(
        name=f"At most {limit_usd:,.0f} USD per {bill.period}",
        status="passed" if bill.total_usd <= limit_usd else "not_yet",
        detail=f"{bill.total_usd:,.2f} USD",
        hint="read the bill's dearest lines; a smaller type may do",
    )
