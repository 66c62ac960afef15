"""The order in which delayed requests reach the server: a merge of streams that are sorted already."""

from __future__ import annotations

from aws14.kernels.compiled import READ_F8, READ_I1, VOID, WRITE_I4, WRITE_I8, kernel


@kernel(VOID(READ_F8, READ_I1, READ_F8, WRITE_I8, WRITE_I8, WRITE_I4))
def order_of_arrival(sent_s, group, delay_s, first, following, order):
    """Order requests by the time sent plus the delay of their group, equal times by index.

    Parameters
    ----------
    sent_s : float64[n]
        Ascending.
    group : int8[n]
        Which of the delays a request suffers.
    delay_s : float64[groups]
        Delay of each group.
    first : int64[groups], following : int64[n]
        Work space.
    order : int32[n]
        Filled with the indices of the requests in order of arrival.
    """
    first[:] = -1
    for i in range(sent_s.size - 1, -1, -1):
        following[i] = first[group[i]]
        first[group[i]] = i
    for position in range(sent_s.size):
        best = -1
        best_s = 0.0
        for g in range(delay_s.size):
            i = first[g]
            if i >= 0:
                reaches_s = sent_s[i] + delay_s[g]
                if best < 0 or reaches_s < best_s or (reaches_s == best_s and i < best):
                    best = i
                    best_s = reaches_s
        order[position] = best
        first[group[best]] = following[best]
