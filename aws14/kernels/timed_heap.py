"""A binary min-heap of times, each with a number that says what is due then."""

from __future__ import annotations

from aws14.kernels.compiled import part


@part
def push(due_s, what, size, at_s, number):
    """Add an entry to a heap that has `size` of them."""
    hole = size
    while hole > 0:
        parent = (hole - 1) >> 1
        if due_s[parent] <= at_s:
            break
        due_s[hole] = due_s[parent]
        what[hole] = what[parent]
        hole = parent
    due_s[hole] = at_s
    what[hole] = number


@part
def replace(due_s, what, size, at_s, number):
    """Put an entry in place of the first of a heap that has `size` of them."""
    hole, child = 0, 1
    while child < size:
        if child + 1 < size and due_s[child + 1] < due_s[child]:
            child += 1
        if due_s[child] >= at_s:
            break
        due_s[hole] = due_s[child]
        what[hole] = what[child]
        hole = child
        child = 2 * hole + 1
    due_s[hole] = at_s
    what[hole] = number


@part
def pop(due_s, what, size):
    """Remove the first entry of a heap that has `size` of them."""
    replace(due_s, what, size - 1, due_s[size - 1], what[size - 1])
