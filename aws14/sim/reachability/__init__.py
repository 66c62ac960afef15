"""Who reaches whom: one pure function for the Reachability Analyzer, the data plane and the table in the notebook.

A packet is followed in the order in which it meets things: the sender's security groups, network ACL and route table,
the gateway, the receiver's network ACL and security groups, then its answer back. Sources: Amazon VPC user guide
("Route tables", "Network ACLs", "Ephemeral ports", "NAT gateways", "VPC peering"), Reachability Analyzer guide
("Explanation codes").

What is not followed: IPv6, ICMP, transit and virtual private gateways, appliances (a route to an interface), endpoint
policies, firewalls, secondary addresses. A route to such a target stops the packet as an unsupported component.
Every ephemeral port has to be allowed back, where AWS's analyzer is content with one.
"""

from aws14.sim.reachability.asking import reach
from aws14.sim.reachability.outcome import EPHEMERAL, Block, Hop, Packet, Reach
from aws14.sim.reachability.places import INTERNET, S3, anyone, interfaces_of
from aws14.sim.reachability.table import MatrixRow, matrix

__all__ = [
    "EPHEMERAL",
    "INTERNET",
    "S3",
    "Block",
    "Hop",
    "MatrixRow",
    "Packet",
    "Reach",
    "anyone",
    "interfaces_of",
    "matrix",
    "reach",
]
