"""Bills that AWS, real accounts and an independent engine printed, to the cent."""

from __future__ import annotations

import pytest

from aws14 import catalog, cost
from aws14.cost.billing import to_cent
from aws14.errors import DataError

NOT_COVERED = {
    "aws-07": "Fargate with Windows is not in the price book",
    "aws-13": "the cache of API Gateway is not in the price book",
    "bill-25": "a sum of six lines of which only two are recorded",
}
PRINTED = {"aws-01", "aws-19", "aws-31", "aws-34", "bill-07", "engine-11", "engine-59", "third-04"}
"""Bills with a line at a price printed on them because the book has another date, region or no such item."""

COVERED = sorted(set(catalog.worked_bills()) - set(NOT_COVERED))


def test_coverage_cannot_shrink_silently():
    assert len(catalog.worked_bills()) == 46
    assert {name for name, worked in catalog.worked_bills().items() if not worked.lines} == set(NOT_COVERED)
    printed = {
        name
        for name, worked in catalog.worked_bills().items()
        if any(line.printed_usd is not None for line in worked.lines)
    }
    assert printed == PRINTED


@pytest.mark.parametrize("bill_id", COVERED)
def test_worked_bill_to_the_cent(bill_id):
    worked = catalog.worked_bills()[bill_id]
    assert to_cent(cost.recompute(bill_id).total_usd) == to_cent(worked.published_usd)


@pytest.mark.parametrize("bill_id", sorted(PRINTED))
def test_a_printed_price_is_used_only_where_the_book_says_another(bill_id):
    for line in catalog.worked_bills()[bill_id].lines:
        if line.printed_usd is None:
            continue
        try:
            book = catalog.price(line.service, line.item, line.region).usd
        except DataError:
            continue
        assert book != line.printed_usd


@pytest.mark.parametrize("bill_id", ["aws-07", "no-such-bill"])
def test_a_bill_that_is_not_covered_is_refused(bill_id):
    with pytest.raises(DataError, match=bill_id):
        cost.recompute(bill_id)
