"""Layout: nothing on anything else, everything in its box, and what spans zones between them."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings

from aws14.design import draw
from aws14.design.layout import Plan, homes, plan
from aws14.design.scene import Scene
from aws14.model import Link, Node, Topology
from aws14.patterns import PATTERNS, Pattern
from tests.design.random_topologies import topologies
from tests.design.svg_reader import SVG, Drawing

REGION = "ap-northeast-1"
LEVELS = ("front", "app", "data")


def site(*levels: str, scheme: str = "internal", group: bool = True) -> Topology:
    """Two zones with a subnet on each level, and a load balancer, a group or two servers, a database between them."""
    zones = [Node(id=f"{REGION}{letter}", kind="az", parent="vpc") for letter in "ac"]
    subnets = [
        Node(id=f"{level}-{z}", kind="subnet", parent=f"{REGION}{z}", attributes={"cidr": f"10.0.{10 * n + k}.0/24"})
        for n, level in enumerate(levels)
        for k, z in enumerate("ac")
    ]
    servers = [Node(id="group", kind="autoscaling_group", parent="vpc")]
    if not group:
        servers = [Node(id=f"web-{z}", kind="instance", parent=f"app-{z}") for z in "ac"]
    nodes = (
        Node(id="internet", kind="internet"),
        Node(id=REGION, kind="region"),
        Node(id="vpc", kind="vpc", parent=REGION),
        *zones,
        *subnets,
        Node(id="alb", kind="load_balancer", parent="vpc", attributes={"scheme": scheme}),
        Node(id="targets", kind="target_group", parent="vpc"),
        *servers,
        Node(id="db", kind="db_instance", parent="vpc"),
    )
    links = (
        Link(source="alb", target="targets", kind="routes", label="HTTP:80"),
        *(Link(source="targets", target=server.id, kind="routes", label="HTTP:80") for server in servers),
        *(Link(source="alb", target=server.id, kind="allows", label="tcp/80") for server in servers),
        *(Link(source=server.id, target="db", kind="allows", label="tcp/3306") for server in servers),
        *(Link(source=server.id, target="db", kind="uses", label="MySQL") for server in servers),
    )
    return Topology(name="site", origin="drawn", nodes=nodes, links=links)


def assert_sound(topology: Topology, laid_out: Plan) -> None:
    """Parts beside each other, in their boxes, on the paper; boxes in boxes, not on each other."""
    everything = {**laid_out.boxes, **laid_out.parts}
    assert everything.keys() == {node.id for node in topology.nodes}
    known = homes(topology)
    for name, rect in everything.items():
        assert rect.left >= -1e-6 and rect.top >= -1e-6, name
        assert rect.right <= laid_out.width + 1e-6 and rect.bottom <= laid_out.height + 1e-6, name
        home = known[name]
        if home:
            around = everything[home]
            assert around.left <= rect.left and rect.right <= around.right, name
            assert around.top < rect.top and rect.bottom <= around.bottom, name
    for one, other in combinations(everything, 2):
        if known[one] == known[other]:
            assert everything[one].overlap(everything[other]) == 0, (one, other)


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.word)
@pytest.mark.parametrize("is_beside", [True, False])
def test_every_pattern_is_laid_out_soundly(pattern: Pattern, *, is_beside: bool) -> None:
    topology = pattern.load().design()
    scene = Scene(topology=topology)
    assert_sound(topology, plan(scene, regions_beside=is_beside, networks_beside=is_beside, per_row=3))


@settings(max_examples=40, deadline=None)
@given(topologies())
def test_anything_is_laid_out_soundly(topology: Topology) -> None:
    assert_sound(topology, plan(Scene(topology=topology), per_row=2))


def test_what_spans_zones_stands_between_them() -> None:
    laid_out = plan(Scene(topology=site(*LEVELS)))
    left, right = (laid_out.boxes[f"{REGION}{letter}"] for letter in "ac")
    for name in ("alb", "targets", "group", "db"):
        assert left.right < laid_out.parts[name].left
        assert laid_out.parts[name].right < right.left


def test_with_three_levels_each_thing_stands_on_its_own() -> None:
    laid_out = plan(Scene(topology=site(*LEVELS, group=False)))
    for part, subnet in (("alb", "front-a"), ("targets", "app-a"), ("db", "data-a")):
        box = laid_out.boxes[subnet]
        assert box.top <= laid_out.parts[part].center[1] <= box.bottom, part


@pytest.mark.parametrize(("scheme", "level"), [("internal", "app"), ("internet-facing", "front")])
def test_with_two_levels_the_load_balancer_stands_where_its_clients_come_from(scheme: str, level: str) -> None:
    laid_out = plan(Scene(topology=site("front", "app", scheme=scheme)))
    box = laid_out.boxes[f"{level}-a"]
    assert box.top <= laid_out.parts["alb"].center[1] <= box.bottom


def test_alike_subnets_of_two_zones_are_of_one_size_and_height() -> None:
    laid_out = plan(Scene(topology=site(*LEVELS)))
    for level in LEVELS:
        one, other = (laid_out.boxes[f"{level}-{letter}"] for letter in "ac")
        assert (one.top, one.height, one.width) == (other.top, other.height, other.width)


def test_a_subnet_in_which_something_spanning_may_stand_is_not_called_empty() -> None:
    assert "(empty)" not in Drawing(draw(site(*LEVELS)).image).words()


def test_requests_run_downwards() -> None:
    parts = plan(Scene(topology=site("app"))).parts
    order = ["internet", "alb", "targets", "group", "db"]
    assert sorted(order, key=lambda name: parts[name].top) == order


def test_policies_stand_beside_their_group() -> None:
    rules = (Node(id="calm", kind="scaling_policy", parent="vpc"), Node(id="high", kind="alarm", parent="vpc"))
    topology = site("app")
    topology = Topology(name="t", origin="drawn", nodes=(*topology.nodes, *rules), links=topology.links)
    parts = plan(Scene(topology=topology)).parts
    for rule in rules:
        assert parts[rule.id].left > parts["group"].right
    assert parts["calm"].overlap(parts["high"]) == 0


def chain(*ways: tuple[str, str]) -> Topology:
    """An API, two functions and a table of a region without networks."""
    kinds = {"api": "api", "one": "function", "two": "function", "table": "table"}
    parts = (Node(id=name, kind=kind, parent=REGION) for name, kind in kinds.items())
    links = tuple(Link(source=source, target=target, kind="routes") for source, target in ways)
    return Topology(name="calls", origin="drawn", nodes=(Node(id=REGION, kind="region"), *parts), links=links)


def test_parts_of_a_region_without_networks_stand_below_what_leads_to_them() -> None:
    laid_out = plan(Scene(topology=chain(("api", "one"), ("api", "two"), ("two", "table"), ("one", "two"))))
    tops = [laid_out.parts[name].top for name in ("api", "one", "two", "table")]
    assert tops == sorted(set(tops))


def test_parts_that_lead_in_a_circle_or_nowhere_are_laid_out_too() -> None:
    assert_sound(circle := chain(("api", "one"), ("one", "two"), ("two", "one")), plan(Scene(topology=circle)))
    tops = {rect.top for rect in plan(Scene(topology=chain())).parts.values()}
    assert len(tops) == 1


def test_pods_stand_below_their_service_and_above_their_nodes() -> None:
    drawn = next(each for each in PATTERNS if each.key == "p13").load().design()
    parts = plan(Scene(topology=drawn)).parts
    assert parts["catalog"].bottom < parts["catalog-pods"].top
    assert parts["catalog-pods"].bottom < parts["workers"].top
    assert parts["catalog-autoscaler"].left > parts["catalog-pods"].right


def test_lines_of_one_kind_to_or_from_one_part_say_it_once() -> None:
    """``HTTP:80`` stands on the line to the target group and on one of those from it."""
    words = Drawing(draw(site(*LEVELS, group=False)).image).words().split(" | ")
    assert [words.count(word) for word in ("HTTP:80", "tcp/80", "tcp/3306", "MySQL")] == [2, 1, 1, 1]


@pytest.mark.parametrize("is_built", [False, True])
def test_no_line_runs_through_an_icon(*, is_built: bool) -> None:
    topology = site("app")
    if is_built:  # long ids: what stands there is wider and taller
        nodes = tuple(replace(node, aws_id=f"{node.kind}-0123456789abcdef0") for node in topology.nodes)
        topology = replace(topology, origin="built", nodes=nodes)
    drawing = Drawing(draw(topology).image)
    icons = [
        (float(image.get("x", "0")), float(image.get("y", "0")), float((image.get("width") or "0").rstrip("px")))
        for image in drawing.root.iter(f"{SVG}image")
    ]
    assert len(icons) == 5
    for edge in drawing.groups("edge"):
        for path in edge.iter(f"{SVG}path"):
            numbers = [
                float(word)
                for pair in path.get("d", "").replace("M", "").replace("C", " ").split()
                for word in pair.split(",")
            ]
            start, one, other, end = (complex(*numbers[-8:][k : k + 2]) for k in (0, 2, 4, 6))
            for step in range(21):
                t = step / 20
                point = (1 - t) ** 3 * start + 3 * t * (1 - t) ** 2 * one + 3 * t * t * (1 - t) * other + t**3 * end
                assert not any(
                    x + 2 < point.real < x + side - 2 and y + 2 < point.imag < y + side - 2 for x, y, side in icons
                )
