"""The ways that requests can take, from users to what answers them, and where they end instead."""

from __future__ import annotations

from dataclasses import dataclass

from aws14.model import Node
from aws14.sim.containers.read import Setup
from aws14.sim.entry.file_ways import ToFiles
from aws14.sim.targets import Tier


@dataclass(frozen=True, kw_only=True, slots=True)
class Path:
    """A way that requests can take.

    Parameters
    ----------
    instance : Node
        Which answers.
    nodes : tuple of str
        Ids of the nodes passed, from the Internet to the instance.
    by_name : bool
        Whether a name has to be looked up first.
    """

    instance: Node
    nodes: tuple[str, ...]
    by_name: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Unreachable:
    """Where requests end instead.

    Parameters
    ----------
    reason : str
        A key of `aws14.model.trace.FAILURE_REASONS`.
    nodes : tuple of str
        Ids of the nodes passed; at the last one the way ends, of the request or of its answer.
    detail : str
        What was found there, in one sentence.
    """

    reason: str
    nodes: tuple[str, ...]
    detail: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Entrance:
    """A load balancer as its clients meet it in one zone; DNS spreads them evenly over all of them.

    Parameters
    ----------
    zone : str
        Name of the Availability Zone.
    reason : str
        Why clients do not get in here: a key of `aws14.model.trace.FAILURE_REASONS`; empty when they do.
    detail : str
        What stops them, in one sentence.
    """

    zone: str
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ToFleet:
    """To a load balancer and the servers behind it.

    Parameters
    ----------
    load_balancer : Node
        Which takes the requests.
    entrances : tuple of Entrance
        One a zone; at least one lets clients in.
    tiers : tuple of Tier
        Servers by rule of the listener, the rules in order; those of one rule share its requests.
    nodes : tuple of str
        Ids of the nodes passed, up to the load balancer.
    by_name : bool
        Whether a name has to be looked up first.
    tls : bool
        Whether the listener that answers in the end speaks TLS.
    redirected : bool
        Whether clients are first sent on from the port that they asked.
    """

    load_balancer: Node
    entrances: tuple[Entrance, ...]
    tiers: tuple[Tier, ...]
    nodes: tuple[str, ...]
    by_name: bool
    tls: bool
    redirected: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ToFunction:
    """To a function, through an API or by its URL.

    Parameters
    ----------
    function : Node
        Which answers.
    api : Node, optional
        In front of it; None when it is called by its URL.
    stage : str
        Of the API.
    limits : (float, float), optional
        Requests a second and at once that the stage lets in; None where nothing is in front.
    gateway_timeout_s : float, optional
        How long the API waits for the function; None where nothing is in front.
    proxy : Node, optional
        Between the function and its database.
    database : Node, optional
        The ``db_instance`` that the function uses.
    nodes : tuple of str
        Ids of the nodes passed, up to the last that the function asks.
    by_name : bool
        Whether a name has to be looked up first.
    """

    function: Node
    api: Node | None
    stage: str
    limits: tuple[float, float] | None
    gateway_timeout_s: float | None
    proxy: Node | None
    database: Node | None
    nodes: tuple[str, ...]
    by_name: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ToPods:
    """To a service of Kubernetes and the pods behind it.

    Parameters
    ----------
    setup : Setup
        Service, workload, autoscaler, nodes.
    port : int
        Of the service.
    nodes : tuple of str
        Ids of the nodes passed, up to the node group or Fargate profile.
    """

    setup: Setup
    port: int
    nodes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Behaviour:
    """What a distribution does with the paths that fit a pattern.

    Parameters
    ----------
    path : str
        The pattern; ``*`` for the default.
    origin : Node
        Where it fetches what it does not keep.
    kind : {'bucket', 'fleet', 'function', 'instance', 'nothing'}
        What answers there.
    ttl_s : float
        How long it keeps an object whose origin does not say; 0: it keeps none.
    region : str
        Where what answers stands; empty where nothing does.
    way : Path or ToFleet or ToFunction or Unreachable, optional
        From the edge to the origin; None for a bucket.
    """

    path: str
    origin: Node
    kind: str
    ttl_s: float
    region: str
    way: Path | ToFleet | ToFunction | Unreachable | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ToEdge:
    """To a content delivery network and the origins behind it.

    Parameters
    ----------
    distribution : Node
        Which takes the requests, near each user.
    behaviours : tuple of Behaviour
        In order of precedence, the default last.
    nodes : tuple of str
        Ids of the nodes passed, up to the distribution.
    by_name : bool
        Whether a name has to be looked up first.
    """

    distribution: Node
    behaviours: tuple[Behaviour, ...]
    nodes: tuple[str, ...]
    by_name: bool

    @property
    def fleet(self) -> ToFleet | None:
        """The fleet among the origins, the default one first; None without one."""
        ways = (each.way for each in reversed(self.behaviours))
        return next((way for way in ways if isinstance(way, ToFleet)), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """One of the places that a name can lead to.

    Parameters
    ----------
    record : Node
        The record that leads there.
    way : Path or ToFleet or ToFunction or ToEdge or Unreachable
        From users to there.
    weight : float
        Share of the answers that name this place while all are well, 0 to 1; with failover 1 for the primary and 0 for
        the secondary.
    follows_health : bool
        Whether Route 53 stops naming it when it is not well: an alias that evaluates the health of its target, or a
        record with a health check.
    health_check : Node, optional
        The health check of the record.
    """

    record: Node
    way: Path | ToFleet | ToFunction | ToEdge | Unreachable
    weight: float
    follows_health: bool
    health_check: Node | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ToPlaces:
    """To one of several places by the same name.

    Parameters
    ----------
    routing : str
        ``failover``, ``weighted`` or ``latency``.
    places : tuple of Place
        With failover the primary first.
    ttl_s : float
        How long resolvers remember an answer.
    nodes : tuple of str
        Ids of the nodes passed, those of all places.
    """

    routing: str
    places: tuple[Place, ...]
    ttl_s: float
    nodes: tuple[str, ...]


Way = Path | ToFleet | ToFunction | ToEdge | ToPlaces | ToPods | ToFiles | Unreachable
"""Everything that can become of a request on its way in."""
