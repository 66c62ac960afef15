"""CPU credits tick by tick: earned and spent at the same time, kept up to a limit, borrowed in unlimited mode."""

from __future__ import annotations

from aws14.kernels.compiled import B1, F8, READ_F8, VOID, WRITE_F8, WRITE_F8_2D, kernel

EARNED, SPENT, DISCARDED, CHARGED, BALANCE, OWED, COLUMNS = range(7)
"""Columns of the account; of the tick, but for the last two: at its end."""


@kernel(VOID(READ_F8, F8, F8, F8, F8, F8, F8, B1, WRITE_F8, WRITE_F8_2D))
def settle(  # noqa: PLR0917 - a kernel takes plain arrays
    busy_s, from_s, to_s, tick_s, spent_per_s, earned_per_s, most, unlimited, state, account
):
    """Settle a stretch of time, piece by piece where ticks cut it.

    Parameters
    ----------
    busy_s : float64[ticks]
        Worker-seconds worked in the stretch, per tick.
    from_s, to_s, tick_s : float
        The stretch, and the length of a tick.
    spent_per_s, earned_per_s : float
        Credits spent in a worker-second, and earned in a second.
    most : float
        Credits that can be kept, and surplus credits that can be owed.
    unlimited : bool
        Whether more may be spent than there is; if not, what is missing (by rounding) is not spent.
    state : float64[2]
        Credits left, and surplus credits owed.
    account : float64[ticks, COLUMNS]
        Added to; the balances are set.
    """
    balance, owed = state[0], state[1]
    tick = int(from_s / tick_s)
    while tick < account.shape[0] and tick * tick_s < to_s:
        seconds = min((tick + 1) * tick_s, to_s) - max(tick * tick_s, from_s)
        earned = earned_per_s * max(seconds, 0.0)
        spent = busy_s[tick] * spent_per_s
        net = earned - spent
        if net >= 0.0:
            paid_back = min(owed, net)
            owed -= paid_back
            balance += net - paid_back
            discarded = max(balance - most, 0.0)
            balance -= discarded
            account[tick, DISCARDED] += discarded
        else:
            missing = max(-net - balance, 0.0)
            balance = max(balance + net, 0.0)
            if unlimited:
                owed += missing
                charged = max(owed - most, 0.0)
                owed -= charged
                account[tick, CHARGED] += charged
            else:
                spent -= missing
        account[tick, EARNED] += earned
        account[tick, SPENT] += spent
        account[tick, BALANCE] = balance
        account[tick, OWED] = owed
        tick += 1
    state[0], state[1] = balance, owed
