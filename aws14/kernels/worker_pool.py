"""A first-come first-served pool of workers with a finite backlog and a limit on connections.

Exact, request by request, without an event queue: the head of the queue is served only when the next arrival (or
the end of the segment) lies after its start, so a run may be cut anywhere and resumed with the same bits.
At one instant a finished request frees its worker, then the queue moves up, then the newcomer is looked at.

The earliest free worker of up to `SORTED_UP_TO` is found in a sorted array (Kiefer-Wolfowitz), of more in a heap.

Between two segments the pool may be lost with everything it holds (`lose`), or go on at another pace (`change_pace`).
"""

from __future__ import annotations

from aws14.kernels.compiled import F8, READ_F8, VOID, WRITE_F8, WRITE_I1, WRITE_I8, kernel, part

SORTED_UP_TO = 100
"""Workers up to which inserting into a sorted array is faster than a heap (measured, reference tables)."""

NOT_SEEN, ACCEPTED, NO_CONNECTION, NO_PLACE, LEFT_BEFORE, LOST, DOWN = range(7)
"""What the server said: nothing yet / come in / no connection left / backlog full / client gone before it arrived /
come in, and then it was lost itself / nothing, it was down."""

HEAD, WAITING, HELD, NEXT = range(4)
"""Cursor: oldest place of the queue, queue length, connections held after their start, next request to arrive."""


@part
def _sift_down(heap, size, value):
    """Put a value in place of the root of a min-heap of this size."""
    hole = 0
    child = 1
    while child < size:
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= value:
            break
        heap[hole] = heap[child]
        hole = child
        child = 2 * hole + 1
    heap[hole] = value


@part
def _push(heap, size, value):
    """Add a value to a min-heap that has `size` entries."""
    hole = size
    while hole > 0:
        parent = (hole - 1) >> 1
        if heap[parent] <= value:
            break
        heap[hole] = heap[parent]
        hole = parent
    heap[hole] = value


@part
def _occupy_earliest(free_at_s, until_s):
    """Let the worker that is free first be free again at `until_s`."""
    workers = free_at_s.size
    if workers > SORTED_UP_TO:
        _sift_down(free_at_s, workers, until_s)
        return
    k = 0
    while k + 1 < workers and free_at_s[k + 1] < until_s:
        free_at_s[k] = free_at_s[k + 1]
        k += 1
    free_at_s[k] = until_s


@part
def _connection_ends(end_s, send_s, leave_s):
    """A connection ends with the answer, or when the client leaves, but not before the worker is done."""
    return max(end_s, min(end_s + send_s, leave_s))


@kernel(
    VOID(
        *(READ_F8, READ_F8, READ_F8, READ_F8, F8, F8),
        *(WRITE_F8, WRITE_I8, WRITE_F8, WRITE_I8, WRITE_F8, WRITE_F8, WRITE_I1),
    ),
)
def serve(  # noqa: PLR0917 - a kernel takes plain arrays
    arrival_s, service_s, leave_s, send_s, until_s, pace,
    free_at_s, queue, release_s, cursor, start_s, end_s, verdict,
):  # fmt: skip # one loop over shared state: cut into functions it would pass thirteen arrays around
    """Run the pool from where it stands to `until_s`.

    Parameters
    ----------
    arrival_s : float64[n]
        When each request reaches the server, ascending.
    service_s : float64[n]
        How long it holds a worker.
    leave_s : float64[n]
        When its client gives up. The server goes on with what it has accepted.
    send_s : float64[n]
        How long the answer is on its way, during which the connection is held.
    until_s : float
        End of the segment; what arrives or starts at `until_s` belongs to the next.
    pace : float
        Seconds that a second of service takes; 1 at full speed.
    free_at_s : float64[workers]
        State: when each worker is free again; sorted, or a heap above `SORTED_UP_TO`.
    queue : int64[max(backlog, 1) + 1]
        State: ring of the waiting requests; it holds ``queue.size - 1``.
    release_s : float64[connections]
        State: heap of the times at which connections of started requests end.
    cursor : int64[4]
        State: `HEAD`, `WAITING`, `HELD`, `NEXT`.
    start_s, end_s : float64[n]
        Filled with the start and the end of service of the requests started.
    verdict : int8[n]
        Filled with what the server said.
    """
    head, waiting, held, i = cursor[HEAD], cursor[WAITING], cursor[HELD], cursor[NEXT]
    places = queue.size - 1
    while True:
        arriving = i < arrival_s.size and arrival_s[i] < until_s
        now_s = arrival_s[i] if arriving else until_s
        while waiting > 0 and (free_at_s[0] < now_s or (arriving and free_at_s[0] == now_s)):
            j = queue[head]
            head = head + 1 if head < places else 0
            waiting -= 1
            start_s[j] = free_at_s[0]
            end_s[j] = start_s[j] + service_s[j] * pace
            _occupy_earliest(free_at_s, end_s[j])
            _push(release_s, held, _connection_ends(end_s[j], send_s[j], leave_s[j]))
            held += 1
        if not arriving:
            break
        while held > 0 and release_s[0] <= now_s:
            held -= 1
            _sift_down(release_s, held, release_s[held])
        if leave_s[i] <= now_s:
            verdict[i] = LEFT_BEFORE
        elif waiting + held >= release_s.size:
            verdict[i] = NO_CONNECTION
        elif waiting == 0 and free_at_s[0] <= now_s:
            verdict[i] = ACCEPTED
            start_s[i] = now_s
            end_s[i] = now_s + service_s[i] * pace
            _occupy_earliest(free_at_s, end_s[i])
            _push(release_s, held, _connection_ends(end_s[i], send_s[i], leave_s[i]))
            held += 1
        elif waiting < places:
            verdict[i] = ACCEPTED
            tail = head + waiting
            queue[tail if tail <= places else tail - places - 1] = i
            waiting += 1
        else:
            verdict[i] = NO_PLACE
        i += 1
    cursor[HEAD], cursor[WAITING], cursor[HELD], cursor[NEXT] = head, waiting, held, i


@part
def _busy(free_at_s, at_s):
    """How many workers are at work; each at exactly one request."""
    busy = 0
    for worker in range(free_at_s.size):
        if free_at_s[worker] > at_s:
            busy += 1
    return busy


@kernel(
    VOID(READ_F8, READ_F8, F8, F8, WRITE_F8, WRITE_I8, WRITE_I8, WRITE_F8, WRITE_I1),
)
def lose(  # noqa: PLR0917 - a kernel takes plain arrays
    arrival_s, leave_s, at_s, until_s, free_at_s, queue, cursor, end_s, verdict
):
    """Lose the pool at the end of a segment with all it holds; it answers nobody until `until_s`, then it is empty.

    Parameters
    ----------
    arrival_s, leave_s, free_at_s, queue, cursor, verdict
        As in `serve`, run until `at_s`.
    at_s, until_s : float
        When it goes down and when it is up again; what arrives at `until_s` is served.
    end_s : float64[n]
        Filled with `at_s` for the requests lost, waiting ones included.
    """
    head, i = cursor[HEAD], cursor[NEXT]
    for place in range(cursor[WAITING]):
        j = queue[(head + place) % queue.size]
        verdict[j] = LOST
        end_s[j] = at_s
    busy = _busy(free_at_s, at_s)
    j = i
    while busy > 0 and j > 0:
        j -= 1
        if end_s[j] > at_s:
            verdict[j] = LOST
            end_s[j] = at_s
            busy -= 1
    while i < arrival_s.size and arrival_s[i] < until_s:
        verdict[i] = DOWN if leave_s[i] > arrival_s[i] else LEFT_BEFORE
        i += 1
    free_at_s[:] = until_s
    cursor[HEAD], cursor[WAITING], cursor[HELD], cursor[NEXT] = 0, 0, 0, i


@kernel(VOID(READ_F8, READ_F8, F8, F8, WRITE_F8, WRITE_F8, WRITE_I8, WRITE_F8))
def change_pace(  # noqa: PLR0917 - a kernel takes plain arrays
    leave_s, send_s, at_s, factor, free_at_s, release_s, cursor, end_s
):
    """Let what is left of the services under way take `factor` times as long, from the end of a segment on.

    Parameters
    ----------
    leave_s, send_s, free_at_s, release_s, cursor, end_s
        As in `serve`, run until `at_s`.
    at_s : float
        When the pace changes.
    factor : float
        The new pace over the old one.
    """
    busy = _busy(free_at_s, at_s)
    for worker in range(free_at_s.size):
        if free_at_s[worker] > at_s:
            free_at_s[worker] = at_s + (free_at_s[worker] - at_s) * factor
    i = cursor[NEXT]
    while busy > 0 and i > 0:
        i -= 1
        if end_s[i] > at_s:
            busy -= 1
            before_s = _connection_ends(end_s[i], send_s[i], leave_s[i])
            end_s[i] = at_s + (end_s[i] - at_s) * factor
            k = 0
            while k + 1 < cursor[HELD] and release_s[k] != before_s:
                k += 1
            release_s[k] = _connection_ends(end_s[i], send_s[i], leave_s[i])
    for k in range(cursor[HELD]):
        _push(release_s, k, release_s[k])
