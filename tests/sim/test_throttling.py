"""A token bucket: what it lets through at once, and in the long run."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aws14.sim.throttling import TokenBucket


def granted(bucket: TokenBucket, moments: list[float]) -> int:
    count = 0
    for moment in moments:
        ok, bucket = bucket.take(moment)
        count += ok
    return count


def test_a_full_bucket_lets_its_burst_through_at_once():
    assert granted(TokenBucket.full(10, 50), [0.0] * 200) == 50


def test_an_empty_bucket_lets_its_rate_through():
    # After the burst of 5, ten seconds at 2 a second.
    moments = [0.0] * 5 + [each / 100 for each in range(1, 1001)]
    assert granted(TokenBucket.full(2, 5), moments) == 5 + 20


def test_an_idle_bucket_fills_no_further_than_its_burst():
    _, used = TokenBucket.full(100, 3).take(0.0)
    assert granted(used, [1e6] * 10) == 3


def test_a_token_a_second_is_there_each_second():
    # 0.1 ten times is not 1.0: the rounding must not cost a token.
    moments = [0.0, *(0.1 * each for each in range(1, 101))]
    assert granted(TokenBucket.full(10, 1), moments) == 101


def test_a_clock_that_goes_back_gives_nothing():
    _, bucket = TokenBucket.full(1, 1, at_s=100.0).take(100.0)
    assert bucket.take(50.0)[0] is False
    assert bucket.take(101.0)[0] is True


def test_resized_keeps_what_fits():
    bucket = TokenBucket.full(10, 100).resized(1, 5)
    assert (bucket.tokens, bucket.burst, bucket.rate_rps) == (5, 5, 1)


@given(st.lists(st.floats(0, 60), max_size=80), st.floats(0.1, 20), st.integers(1, 30))
def test_never_more_than_burst_and_refill(moments: list[float], rate: float, burst: int):
    moments = sorted(moments)
    span = moments[-1] - moments[0] if moments else 0.0
    start = moments[0] if moments else 0.0
    assert granted(TokenBucket.full(rate, burst, start), moments) <= burst + rate * span + 1e-6
