"""What a load balancer leads to: its nodes, its target groups and the servers in them, as they were built.

An Application Load Balancer has one node in each of its zones. Each node sends requests, and health checks, from its
own interface, so a group rule or a network ACL may let one node through and not the other: `Target.reachable_from` says
which. `aws14.sim.tiers` reads all of this from a topology.
"""

from __future__ import annotations

from dataclasses import dataclass

from aws14.model import Node

_WRONG_ANSWERS = frozenset({"Target.FailedHealthChecks", "Target.ResponseCodeMismatch"})
"""The target can be reached and answers, but not as the health check wants: no waiting cures it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BalancerNode:
    """A load balancer as it stands in one zone.

    Parameters
    ----------
    zone : str
        Name of the Availability Zone; empty where its subnet was not read back.
    interface : str
        Id of its network interface.
    private_ipv4, public_ipv4 : str
        Its addresses; the public one is empty for an internal load balancer.
    """

    zone: str
    interface: str
    private_ipv4: str
    public_ipv4: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """A server registered with a target group.

    Parameters
    ----------
    id : str
        As its health is told: the id of its node, or the AWS id of a member of a group.
    aws_id : str
        Id of the instance.
    node : str
        Id of the instance or the Auto Scaling group that stands for it in the topology.
    zone : str
        Name of its Availability Zone; empty where its subnet was not read back.
    instance_type, cpu_credits : str
        Type, and credit mode (``none`` for a type that does not live on credits).
    vcpus : int
        Of the type.
    state : str
        As EC2 says it.
    reachable_from : tuple of str
        Zones of the load balancer's nodes whose requests reach it and whose answers return.
    reason : str
        Why others do not: a key of `aws14.model.trace.FAILURE_REASONS`; empty when all do.
    health, health_reason : str
        As Elastic Load Balancing says it: ``healthy``; ``unhealthy``, ``Target.Timeout``.
    reaches_database : bool
        Whether it reaches the database of its tier; True where there is none, and where AWS does not tell the
        database's interfaces from others (a real account does not).
    """

    id: str
    aws_id: str
    node: str
    zone: str
    instance_type: str
    cpu_credits: str
    vcpus: int
    state: str
    reachable_from: tuple[str, ...]
    reason: str
    health: str
    health_reason: str
    reaches_database: bool

    @property
    def reachable(self) -> bool:
        """Whether a node of the load balancer reaches it at all."""
        return bool(self.reachable_from)

    @property
    def answers_wrongly(self) -> bool:
        """Whether its health checks fail for good, because it answers them otherwise than they want."""
        return self.health_reason in _WRONG_ANSWERS


@dataclass(frozen=True, kw_only=True, slots=True)
class Tier:
    """Servers that take the requests of one rule of a listener, or their share of them.

    Parameters
    ----------
    load_balancer, target_group : Node
        Which send and hold them.
    paths : tuple of str
        Path patterns of the rule; empty for the listener's default.
    share : float
        Share of the rule's requests, 0 to 1; others of the same `paths` take the rest.
    algorithm : str
        ``round_robin``, ``least_outstanding_requests`` or ``weighted_random``.
    port : int
        On which the targets are asked.
    interval_s, timeout_s : float
        Of health checks.
    healthy_threshold, unhealthy_threshold : int
        Checks in a row that change a target's state.
    deregistration_delay_s, slow_start_s : float
        Grace for requests in flight; ramp of a target that became healthy (0: none).
    sticky_s : float
        How long a visitor stays with a target; 0: does not.
    idle_timeout_s : float
        After which the load balancer gives up on a silent target.
    cross_zone : bool
        Whether a node sends to targets of all zones.
    nodes : tuple of BalancerNode
        Of the load balancer.
    targets : tuple of Target
        Registered ones.
    group : Node, optional
        The Auto Scaling group that fills the target group.
    database : Node, optional
        The database that the servers, or their group, declare to use.
    """

    load_balancer: Node
    target_group: Node
    paths: tuple[str, ...]
    share: float
    algorithm: str
    port: int
    interval_s: float
    timeout_s: float
    healthy_threshold: int
    unhealthy_threshold: int
    deregistration_delay_s: float
    slow_start_s: float
    sticky_s: float
    idle_timeout_s: float
    cross_zone: bool
    nodes: tuple[BalancerNode, ...]
    targets: tuple[Target, ...]
    group: Node | None
    database: Node | None

    def pattern_of(self, zone: str) -> Target | None:
        """The target that a new one in a zone would be like: one of that zone, else any; None without targets."""
        return next((each for each in self.targets if each.zone == zone), next(iter(self.targets), None))
