"""Ladders: the usual designs from no copy to three, to see what each step is good for (the 3-2-1 rule).

Three copies, on two kinds of storage, one of them elsewhere. Today's wording adds one that nobody can change (locked)
and none that does not restore (tested).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws14.sim.backups.copies import Copy, Generations, Original
from aws14.sim.backups.generations import Rule

OWN_ACCOUNT, OTHER_ACCOUNT = "the company's account", "the vault account"


def office_original(region: str = "ap-northeast-1", *, key: str = "the company's key") -> Original:
    """A volume in one zone of a region, encrypted with a key of the company."""
    return Original(volume="the volume", az=f"{region}a", region=region, account=OWN_ACCOUNT, key=key)


def ladder(
    rules: Sequence[Rule],
    original: Original,
    *,
    away: str = "ap-northeast-3",
    restore_s: float = 3600.0,
    cold_s: float = 0.0,
) -> Mapping[str, tuple[Copy, ...]]:
    """Designs with 0, 1, 2 and 3 copies, each with one more than the one before.

    Parameters
    ----------
    rules : sequence of Rule
        The plan that all copies follow.
    original : Original
        What is copied.
    away : str
        The other region.
    restore_s : float
        How long a restore takes.
    cold_s : float
        How much longer one from cold storage does.
    """
    history = Generations(rules=tuple(rules))
    near = Copy(
        name="backup in the same region", history=history, region=original.region, account=original.account,
        key=original.key, restore_s=restore_s, cold_s=cold_s,
    )  # fmt: skip
    far = Copy(
        name="copy in another region", history=history, region=away, account=original.account,
        key=original.key, restore_s=restore_s, cold_s=cold_s,
    )  # fmt: skip
    locked = Copy(
        name="locked copy in another account", history=history, region=away, account=OTHER_ACCOUNT,
        lock="compliance", key="the vault's own key", restore_s=restore_s, cold_s=cold_s,
    )  # fmt: skip
    return {
        "no copy": (),
        "1 copy: same region": (near,),
        "2 copies: + other region": (near, far),
        "3 copies: + locked, other account": (near, far, locked),
    }
