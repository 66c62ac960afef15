"""Sites on load balancers as they would be read back, made by hand: nodes, links and the network that decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from aws14.model import Link, Node, Topology
from aws14.model.kinds import Attribute
from aws14.model.network import (
    AclEntry,
    GroupRule,
    Interface,
    InternetGateway,
    Network,
    NetworkAcl,
    Peering,
    Route,
    RouteTable,
    SecurityGroup,
    Subnet,
    Vpc,
)

EVERYWHERE = "0.0.0.0/0"

INSTANCE: Mapping[str, Attribute] = {
    "instance_type": "m5.large",
    "state": "running",
    "private_ipv4": "",
    "public_ipv4": "",
    "public_ipv4_kind": "none",
    "key_name": "",
    "security_groups": ("web",),
    "has_user_data": True,
    "root_gib": 8,
    "root_volume_type": "gp3",
    "cpu_credits": "none",
}
LOAD_BALANCER: Mapping[str, Attribute] = {
    "scheme": "internet-facing",
    "state": "active",
    "dns_name": "",
    "zones": (),
    "security_groups": ("elb",),
    "listeners": ("HTTP:80 redirect", "HTTPS:443"),
    "idle_timeout_s": 60,
    "cross_zone": True,
}
TARGET_GROUP: Mapping[str, Attribute] = {
    "protocol": "HTTP",
    "port": 80,
    "algorithm": "round_robin",
    "health_check_path": "/health.html",
    "health_check_interval_s": 10,
    "health_check_timeout_s": 5,
    "healthy_threshold": 2,
    "unhealthy_threshold": 2,
    "matcher": "200",
    "deregistration_delay_s": 300,
    "slow_start_s": 0,
    "sticky": False,
    "sticky_s": 86_400,
    "target_health": (),
}
DB_INSTANCE: Mapping[str, Attribute] = {
    "engine": "mysql",
    "instance_class": "db.t3.medium",
    "multi_az": True,
    "zone": "ap-northeast-1a",
    "secondary_zone": "ap-northeast-1c",
    "zones": ("ap-northeast-1a", "ap-northeast-1c"),
    "gib": 50,
    "storage_type": "gp3",
    "iops": 3000,
    "state": "available",
    "endpoint": "db.abc.ap-northeast-1.rds.amazonaws.com",
    "port": 3306,
    "security_groups": ("db",),
    "publicly_accessible": False,
    "backup_retention_days": 7,
    "replica_of": "",
}
GROUP: Mapping[str, Attribute] = {
    "min_size": 2,
    "max_size": 12,
    "desired": 2,
    "zones": (),
    "instance_type": "m5.large",
    "image_id": "ami-1",
    "startup_script": "",
    "cpu_credits": "none",
    "security_groups": ("web",),
    "public_ipv4_kind": "none",
    "root_gib": 8,
    "root_volume_type": "gp3",
    "health_check_type": "ELB",
    "health_check_grace_s": 60,
    "default_cooldown_s": 300,
    "default_warmup_s": -1,
    "termination_policies": ("Default",),
    "suspended": (),
    "detailed_monitoring": True,
}
RECORD: Mapping[str, Attribute] = {
    "name": "",
    "type": "A",
    "ttl_s": 60,
    "values": (),
    "alias": "",
    "routing": "simple",
    "set_id": "",
    "weight": -1,
    "failover": "",
    "evaluate_target_health": False,
}
DISTRIBUTION: Mapping[str, Attribute] = {
    "domain_name": "d111.cloudfront.net",
    "aliases": ("www.example.jp",),
    "state": "Deployed",
    "price_class": "PriceClass_All",
    "behaviours": ("/images/* static ttl=86400", "/css/* static ttl=86400", "* origin.example.jp ttl=0"),
}


@dataclass(frozen=True)
class Site:
    """A VPC with a load balancer in two zones, servers behind it, and a database.

    Parameters
    ----------
    region, vpc, block : str
        Where it stands; `block` are the first two numbers of its addresses.
    internal : bool
        Whether the load balancer has private addresses only.
    fleet : int
        Members of an Auto Scaling group; 0: two servers, web-1 and web-2.
    prefix : str
        Before the ids of its nodes, where several sites stand side by side.
    """

    region: str = "ap-northeast-1"
    vpc: str = "vpc-1"
    block: str = "10.0"
    internal: bool = False
    fleet: int = 0
    prefix: str = ""

    def topology(self) -> Topology:
        """All of it, without names."""
        return Topology(
            name="site", origin="built", nodes=tuple(self._nodes()), links=tuple(self._links()), network=self._network()
        )

    def _id(self, name: str) -> str:
        return self.prefix + name

    @property
    def _zones(self) -> tuple[str, str]:
        return f"{self.region}a", f"{self.region}c"

    def _nodes(self) -> Iterable[Node]:
        vpc, (zone_a, zone_c) = self._id("vpc"), self._zones
        yield Node(id="internet", kind="internet")
        yield Node(id=self.region, kind="region", aws_id=self.region)
        yield Node(id=vpc, kind="vpc", parent=self.region, aws_id=self.vpc, attributes={"cidr": f"{self.block}.0.0/16"})
        yield Node(id=self._id("igw"), kind="internet_gateway", parent=vpc, aws_id=f"igw-{self.vpc}")
        for zone in self._zones:
            yield Node(id=zone, kind="az", parent=vpc, aws_id=zone)
        for name, number in SUBNETS.items():
            zone = zone_a if name.endswith("a") else zone_c
            known: dict[str, Attribute] = {"cidr": f"{self.block}.{number}.0/24", "auto_public_ipv4": False}
            yield Node(
                id=self._id(name), kind="subnet", parent=zone, aws_id=f"subnet-{self.vpc}-{name}", attributes=known
            )
        yield self._balancer()
        yield from self._servers()
        yield self._database()

    def _balancer(self) -> Node:
        scheme = "internal" if self.internal else "internet-facing"
        name = f"{'internal-' * self.internal}alb-1.{self.region}.elb.amazonaws.com"
        arn = f"arn:aws:elasticloadbalancing:{self.region}:123456789012:loadbalancer/app/{self._id('alb')}/50dc6c49"
        facts: dict[str, Attribute] = {"scheme": scheme, "dns_name": name, "zones": self._zones}
        where = self._id("vpc")
        return Node(
            id=self._id("alb"), kind="load_balancer", parent=where, aws_id=arn, attributes={**LOAD_BALANCER, **facts}
        )

    def _servers(self) -> Iterable[Node]:
        vpc = self._id("vpc")
        names = [f"i-{self.vpc}-{number}" for number in range(self.fleet)] or ["web-1", "web-2"]
        healths: Attribute = tuple(f"{name} healthy" for name in names)
        yield Node(
            id=self._id("web-targets"),
            kind="target_group",
            parent=vpc,
            attributes={**TARGET_GROUP, "target_health": healths},
        )
        if self.fleet:
            facts: dict[str, Attribute] = {**GROUP, "desired": self.fleet, "zones": self._zones}
            yield Node(id=self._id("group"), kind="autoscaling_group", parent=vpc, count=self.fleet, attributes=facts)
            return
        for number, subnet in ((1, "web-a"), (2, "web-c")):
            yield Node(
                id=f"web-{number}",
                kind="instance",
                parent=self._id(subnet),
                aws_id=f"i-{number}",
                attributes={**INSTANCE, "private_ipv4": f"{self.block}.{9 + number}.10"},
            )

    def _database(self) -> Node:
        zone_a, zone_c = self._zones
        facts: dict[str, Attribute] = {"zone": zone_a, "secondary_zone": zone_c, "zones": self._zones}
        arn = f"arn:aws:rds:{self.region}:123456789012:db:{self._id('db')}"
        return Node(
            id=self._id("db"),
            kind="db_instance",
            parent=self._id("vpc"),
            aws_id=arn,
            attributes={**DB_INSTANCE, **facts},
        )

    def _links(self) -> Iterable[Link]:
        targets = self._id("web-targets")
        servers = [self._id("group")] if self.fleet else ["web-1", "web-2"]
        yield Link(source=self._id("alb"), target=targets, kind="routes", label="HTTPS:443")
        for server in servers:
            yield Link(source=targets, target=server, kind="routes", label="HTTP:80")
            yield Link(source=server, target=self._id("db"), kind="uses", label="MySQL")

    def _network(self) -> Network:
        local = Route(destination=f"{self.block}.0.0/16", target="local")
        out = Route(destination=EVERYWHERE, target=f"igw-{self.vpc}")
        ids = {name: f"subnet-{self.vpc}-{name}" for name in SUBNETS}
        public = tuple(key for name, key in ids.items() if not name.startswith("db"))
        return Network(
            vpcs=(Vpc(id=self.vpc, cidrs=(f"{self.block}.0.0/16",)),),
            subnets=tuple(
                Subnet(id=ids[name], vpc=self.vpc, cidr=f"{self.block}.{number}.0/24")
                for name, number in SUBNETS.items()
            ),
            interfaces=tuple(self._interfaces(ids)),
            route_tables=(
                RouteTable(id=f"rtb-public-{self.vpc}", vpc=self.vpc, subnets=public, routes=(local, out)),
                RouteTable(id=f"rtb-main-{self.vpc}", vpc=self.vpc, main=True, routes=(local,)),
            ),
            acls=(NetworkAcl(id=f"acl-{self.vpc}", vpc=self.vpc, subnets=tuple(ids.values()), entries=OPEN),),
            groups=tuple(
                SecurityGroup(
                    id=f"sg-{self.vpc}-{name}",
                    vpc=self.vpc,
                    rules=(
                        GroupRule(egress=True, peer=EVERYWHERE),
                        *(
                            GroupRule(
                                egress=False,
                                peer=peer or f"sg-{self.vpc}-{of}",
                                protocol="tcp",
                                ports=(port, port),
                            )
                            for peer, of, port in rules
                        ),
                    ),
                )
                for name, rules in CHAIN.items()
            ),
            internet_gateways=(InternetGateway(id=f"igw-{self.vpc}", vpc=self.vpc),),
            names={"i-1": "web-1", "i-2": "web-2"} if not self.fleet else {},
        )

    def _interfaces(self, ids: Mapping[str, str]) -> Iterable[Interface]:
        for number, name in enumerate(("elb-a", "elb-c")):
            yield Interface(
                id=f"eni-{self.vpc}-{name}",
                subnet=ids[name],
                private_ipv4=f"{self.block}.{number}.50",
                public_ipv4="" if self.internal else f"203.0.113.{50 + number}",
                groups=(f"sg-{self.vpc}-elb",),
                state="in-use",
                owner=f"elb/{self._id('alb')}",
            )
        members = [f"i-{self.vpc}-{number}" for number in range(self.fleet)] or ["i-1", "i-2"]
        for number, key in enumerate(members):
            yield Interface(
                id=f"eni-{key}",
                subnet=ids["web-c" if number % 2 else "web-a"],
                private_ipv4=f"{self.block}.{10 + number % 2}.{10 + number // 2}",
                groups=(f"sg-{self.vpc}-web",),
                instance=key,
            )
        yield Interface(
            id=f"eni-{self.vpc}-db",
            subnet=ids["db-a"],
            private_ipv4=f"{self.block}.20.10",
            groups=(f"sg-{self.vpc}-db",),
            state="in-use",
            owner=f"rds/{self._id('db')}",
        )


SUBNETS = {"elb-a": 0, "elb-c": 1, "web-a": 10, "web-c": 11, "db-a": 20, "db-c": 21}
OPEN = tuple(AclEntry(number=100, egress=egress, allow=True, cidr=EVERYWHERE) for egress in (False, True))
CHAIN: Mapping[str, tuple[tuple[str, str, int], ...]] = {
    "elb": ((EVERYWHERE, "", 80), (EVERYWHERE, "", 443)),
    "web": (("", "elb", 80),),
    "db": (("", "web", 3306),),
}
"""Group -> CIDR block or group it lets in, and port: the chain of pattern 2."""


def with_nodes(topology: Topology, *nodes: Node, links: tuple[Link, ...] = ()) -> Topology:
    """A copy with more nodes and links."""
    return replace(topology, nodes=(*topology.nodes, *nodes), links=(*topology.links, *links))


def zone(name: str, *vpcs: str) -> Node:
    """A hosted zone, private to VPCs (by AWS id) when there are some."""
    attributes: dict[str, Attribute] = {"name": name, "private": bool(vpcs), "vpcs": vpcs}
    return Node(id=f"zone {name}", kind="hosted_zone", attributes=attributes)


def record(name: str, *, node_id: str = "", **attributes: Attribute) -> Node:
    """A record of this name."""
    return Node(id=node_id or name, kind="dns_record", attributes={**RECORD, "name": name, **attributes})


def corporate_site() -> Topology:
    """Pattern 2: two servers behind a load balancer, static files in a bucket, a distribution in front of both."""
    site = Site().topology()
    balancer = str(site.node("alb").require("dns_name"))
    return with_nodes(
        site,
        zone("example.jp"),
        record("www.example.jp", alias="d111.cloudfront.net"),
        record("origin.example.jp", alias=balancer),
        Node(id="cdn", kind="distribution", attributes=DISTRIBUTION),
        Node(
            id="static",
            kind="bucket",
            parent="ap-northeast-1",
            attributes={"name": "aoba-static", "versioning": "Disabled", "website_index": "", "public_read": False},
        ),
        links=(
            Link(source="www.example.jp", target="cdn", kind="routes", label="A"),
            Link(source="origin.example.jp", target="alb", kind="routes", label="A"),
            Link(source="cdn", target="static", kind="routes", label="/images/*"),
            Link(source="cdn", target="static", kind="routes", label="/css/*"),
            Link(source="cdn", target="origin.example.jp", kind="routes", label="*"),
        ),
    )


def intranet(*, peered: bool = True) -> Topology:
    """Pattern 3: an internal load balancer over a group, and an office VPC with a PC, joined by peering."""
    site = Site(vpc="vpc-3", block="10.3", internal=True, fleet=2).topology()
    office = Node(id="office-vpc", kind="vpc", parent="ap-northeast-1", aws_id="vpc-9", attributes={"cidr": OFFICE})
    desk = Node(id="office-az", kind="az", parent="office-vpc", aws_id="ap-northeast-1a")
    facts: dict[str, Attribute] = {"cidr": "192.168.0.0/24", "auto_public_ipv4": False}
    floor = Node(id="floor", kind="subnet", parent="office-az", aws_id="subnet-9", attributes=facts)
    pc = Node(
        id="pc",
        kind="instance",
        parent="floor",
        aws_id="i-pc",
        attributes={**INSTANCE, "private_ipv4": "192.168.0.10"},
    )
    names = (
        zone("corp.internal", "vpc-3", "vpc-9"),
        record("portal.corp.internal", alias=str(site.node("alb").require("dns_name"))),
    )
    network = site.network
    assert network is not None
    return replace(
        with_nodes(site, office, desk, floor, pc, *names), network=_joined(network) if peered else _beside(network)
    )


OFFICE = "192.168.0.0/16"


def _beside(network: Network) -> Network:
    out = GroupRule(egress=True, peer=EVERYWHERE)
    return replace(
        network,
        vpcs=(*network.vpcs, Vpc(id="vpc-9", cidrs=(OFFICE,))),
        subnets=(*network.subnets, Subnet(id="subnet-9", vpc="vpc-9", cidr="192.168.0.0/24")),
        interfaces=(
            *network.interfaces,
            Interface(id="eni-pc", subnet="subnet-9", private_ipv4="192.168.0.10", groups=("sg-pc",), instance="i-pc"),
        ),
        route_tables=(
            *network.route_tables,
            RouteTable(id="rtb-9", vpc="vpc-9", main=True, routes=(Route(destination=OFFICE, target="local"),)),
        ),
        acls=(*network.acls, NetworkAcl(id="acl-9", vpc="vpc-9", subnets=("subnet-9",), entries=OPEN)),
        groups=(*network.groups, SecurityGroup(id="sg-pc", vpc="vpc-9", rules=(out,))),
        names={**network.names, "i-pc": "pc"},
    )


def _joined(network: Network) -> Network:
    beside = _beside(network)
    way = {
        "vpc-9": Route(destination="10.3.0.0/16", target="pcx-1"),
        "vpc-3": Route(destination=OFFICE, target="pcx-1"),
    }
    return replace(
        beside,
        peerings=(Peering(id="pcx-1", requester="vpc-9", accepter="vpc-3"),),
        route_tables=tuple(replace(each, routes=(*each.routes, way[each.vpc])) for each in beside.route_tables),
    )


def two_regions() -> Topology:
    """Pattern 4: the same internal site in two regions, one name that leads to the primary while that is well.

    A PC sits in the VPC of the primary; nothing joins it to the other one.
    """
    here = Site(vpc="vpc-4", block="10.4", internal=True, fleet=2)
    there = Site(region="ap-northeast-3", vpc="vpc-5", block="10.5", internal=True, fleet=2, prefix="osaka-")
    one, other = here.topology(), there.topology()
    assert one.network is not None
    assert other.network is not None
    kept = tuple(node for node in other.nodes if node.id not in one)
    both = replace(one, nodes=(*one.nodes, *kept), links=(*one.links, *other.links))
    names = [str(both.node(balancer).require("dns_name")) for balancer in ("alb", "osaka-alb")]
    roles = ("PRIMARY", "SECONDARY")
    records = (
        record(
            "orders.corp.internal",
            node_id=f"orders {role.lower()}",
            alias=name,
            routing="failover",
            failover=role,
            set_id=role.lower(),
            evaluate_target_health=role == "PRIMARY",
        )
        for name, role in zip(names, roles, strict=True)
    )
    network = _together(one.network, other.network)
    server = next(each for each in network.interfaces if each.instance == "i-vpc-4-0")
    door = replace(server, id="eni-pc", subnet="subnet-vpc-4-elb-a", private_ipv4="10.4.0.9", instance="i-pc")
    facts: dict[str, Attribute] = {**INSTANCE, "private_ipv4": "10.4.0.9"}
    pc = Node(id="pc", kind="instance", parent="elb-a", aws_id="i-pc", attributes=facts)
    return replace(
        with_nodes(both, zone("corp.internal", "vpc-4", "vpc-5"), pc, *records),
        network=replace(network, interfaces=(*network.interfaces, door)),
    )


def _together(*networks: Network) -> Network:
    names = ("vpcs", "subnets", "interfaces", "route_tables", "acls", "groups", "internet_gateways")
    return Network(**{name: tuple(item for each in networks for item in getattr(each, name)) for name in names})
