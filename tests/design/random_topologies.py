"""Random topologies: a region, a VPC and a subnet, parts anywhere, links between anything."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from aws14.model import Link, Node, Topology

KINDS = st.sampled_from(["instance", "nat_gateway", "volume", "internet_gateway", "elastic_ip", "office"])


@st.composite
def topologies(draw: Callable[[st.SearchStrategy], object]) -> Topology:
    boxes = [Node(id="r", kind="region"), Node(id="v", kind="vpc", parent="r"), Node(id="s", kind="subnet", parent="v")]
    parts = [
        Node(
            id=f"n{number}",
            kind=kind,
            parent=draw(st.sampled_from([None, "r", "v", "s"])),
            count=draw(st.integers(1, 3)),
            attributes={"cidr": draw(st.sampled_from(["10.0.0.0/8", "192.0.2.0/24"]))} if kind == "office" else {},
        )
        for number, kind in enumerate(draw(st.lists(KINDS, max_size=6)))
    ]
    nodes = [*boxes, *parts]
    ends = st.sampled_from([node.id for node in nodes])
    links = draw(
        st.lists(
            st.builds(
                Link,
                source=ends,
                target=ends,
                kind=st.sampled_from(["routes", "allows", "uses"]),
                label=st.sampled_from(["", "tcp/80", "0.0.0.0/0"]),
            ),
            max_size=8,
            unique=True,
        )
    )
    return Topology(name="random", origin="drawn", nodes=tuple(nodes), links=tuple(links))
