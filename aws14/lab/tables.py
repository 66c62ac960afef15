"""Tables for people: who reaches whom, on which port."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from aws14.model.network import Network
from aws14.sim.reachability import matrix

if TYPE_CHECKING:
    import pandas as pd

_STOPPED_BY: Mapping[str, str] = {
    "ENI_SG_RULES_MISMATCH": "security group",
    "SG_HAS_NO_RULES": "security group",
    "SUBNET_ACL_RESTRICTION": "network ACL",
    "NO_ROUTE_TO_DESTINATION": "no route",
    "BAD_STATE_ROUTE": "dead route",
    "BAD_STATE": "not running",
    "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS": "no public address",
    "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS": "no public address",
}
"""Explanation code of the Reachability Analyzer -> the wall in a learner's words."""


def who_reaches(network: Network, sources: Iterable[str] | Mapping[str, str], ports: Iterable[int]) -> pd.DataFrame:
    """One row for each source and destination, one column for each port: yes, or what stops the packet.

    Parameters
    ----------
    network : Network
        What was read back.
    sources : iterable of str, or mapping
        Instances by name, ``"internet"``, addresses or CIDR blocks; a mapping gives them names of its own.
    ports : iterable of int
        TCP ports.
    """
    import pandas as pd

    named = dict(sources) if isinstance(sources, Mapping) else {source: source for source in sources}
    titles = {network.title(source): name for name, source in named.items()}
    rows = matrix(network, named.values(), ports)
    table = pd.DataFrame(
        {
            "from": titles.get(row.source, row.source),
            "to": row.destination,
            "port": f"tcp/{row.port}",
            "answer": "yes" if row.reachable else f"no: {_STOPPED_BY.get(row.code, row.code)}",
        }
        for row in rows
    )
    ends = table[["from", "to"]].drop_duplicates().itertuples(index=False, name=None)
    pivot = table.pivot_table(index=["from", "to"], columns="port", values="answer", aggfunc="first", sort=False)
    return pivot.reindex(index=pd.MultiIndex.from_tuples(ends, names=["from", "to"]), columns=table["port"].unique())
