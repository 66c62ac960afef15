"""A cluster in a cloud that was saved while its controllers looked."""

from __future__ import annotations

import pickle

from aws14.emulator.kubernetes.controllers.sight import Memory


def test_what_is_saved_waits_for_nobody() -> None:
    """A marked kind posts no second event: marks that outlive their event put the controllers to sleep."""
    memory = Memory(dirty={"", "Pod"}, woken={"Pod": 5.0}, notes={"turns": {"a": 1}}, awake=True)
    found = pickle.loads(pickle.dumps(memory))
    assert (found.dirty, found.awake) == (set(), False)
    assert (found.woken, found.notes) == ({"Pod": 5.0}, {"turns": {"a": 1}})
    assert memory.dirty
