"""Quantities, against worked examples of the Kubernetes documentation and of quantity_test.go."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws14.errors import DesignError
from aws14.model.quantities import (
    amount,
    is_quantity,
    mebibytes,
    millicores,
    whole,
    written_bytes,
    written_cores,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", "0"), ("100m", "0.1"), ("0.1", "0.1"), ("1.5", "1.5"), (".5", "0.5"), ("5.", "5"), ("1e3", "1000"),
     ("12E2", "1200"), ("1E", "1000000000000000000"), ("1k", "1000"), ("129M", "129000000"), ("123Mi", "128974848"),
     ("1.5Gi", "1610612736"), ("1Ki", "1024"), ("3n", "0.000000003"), ("-1", "-1"), (2, "2"), (0.5, "0.5")],
)  # fmt: skip
def test_a_quantity_stands_for_an_amount(text: str, value: str) -> None:
    assert amount(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "m", "1.2.3", "1 Gi", "1GI", "10mi", "1e", "abc", "1Kib", None, ["1"]])
def test_other_texts_are_no_quantities(text: object) -> None:
    assert not is_quantity(text)


def test_what_is_no_quantity_is_refused_with_a_cure() -> None:
    with pytest.raises(DesignError, match="no quantity") as refused:
        amount("256 MB")
    assert "256Mi" in refused.value.cure


def test_cpu_is_rounded_up_to_thousandths() -> None:
    assert [millicores(text) for text in ("250m", "2", "0.0001", "1.5")] == [250, 2000, 1, 1500]


def test_memory_is_told_in_mib() -> None:
    assert [mebibytes(text) for text in ("128Mi", "1Gi", "1048576")] == [128, 1024, 1]
    assert whole("100m") == 1


@given(st.integers(min_value=0, max_value=10**7))
def test_written_cores_read_the_same(millis: int) -> None:
    assert millicores(written_cores(millis)) == millis


@given(st.integers(min_value=0, max_value=2**50))
def test_written_bytes_read_the_same(count: int) -> None:
    assert whole(written_bytes(count)) == count


def test_bytes_are_written_in_the_largest_unit() -> None:
    assert [written_bytes(count) for count in (0, 1000, 2**27, 2**30, 3 * 2**29)] == [
        "0",
        "1000",
        "128Mi",
        "1Gi",
        "1536Mi",
    ]
