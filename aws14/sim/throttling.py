"""How a rate is held: a bucket of tokens, refilled at a steady rate, from which each request takes one.

API Gateway throttles so (developer guide, "Throttle requests to your REST APIs"): the rate is that of the refill, the
burst is the size of the bucket. The engine and the embedded AWS decide by the same function.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

__all__ = ["TokenBucket"]


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenBucket:
    """A bucket at a moment.

    Parameters
    ----------
    rate_rps : float
        Tokens that come in each second.
    burst : float
        How many it holds.
    tokens : float
        How many are in it at `at_s`.
    at_s : float
        The moment, s.
    """

    rate_rps: float
    burst: float
    tokens: float
    at_s: float = 0.0

    @classmethod
    def full(cls, rate_rps: float, burst: float, at_s: float = 0.0) -> TokenBucket:
        """A bucket that nobody has taken from."""
        return cls(rate_rps=rate_rps, burst=burst, tokens=burst, at_s=at_s)

    def take(self, now_s: float) -> tuple[bool, TokenBucket]:
        """Take a token.

        Parameters
        ----------
        now_s : float
            When, s; a moment before `at_s` counts as `at_s`.

        Returns
        -------
        tuple of (bool, TokenBucket)
            Whether there was one, and the bucket after that.
        """
        passed = max(0.0, now_s - self.at_s)
        tokens = min(self.burst, self.tokens + passed * self.rate_rps)
        # A refill of exactly one token may be a rounding short of it.
        granted = tokens >= 1.0 - 1e-9
        left = max(0.0, tokens - 1.0) if granted else tokens
        return granted, replace(self, tokens=left, at_s=max(self.at_s, now_s))

    def resized(self, rate_rps: float, burst: float) -> TokenBucket:
        """The same bucket under other limits; what no longer fits is gone."""
        return replace(self, rate_rps=rate_rps, burst=burst, tokens=min(self.tokens, burst))
