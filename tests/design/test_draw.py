"""Drawing: what stands in the SVG, not how its bytes look."""

from __future__ import annotations

import builtins
import importlib
import stat
import sys
from dataclasses import replace
from pathlib import Path

import diagrams
import pytest
from hypothesis import given, settings

from aws14.design import compare, draw
from aws14.design import graph as graph_module
from aws14.design.icons import ICONS, icon_file
from aws14.design.words import KIND, facts, merged
from aws14.errors import NotAvailable
from aws14.model import Finding, Link, Node, Report, Topology
from aws14.model.kinds import ATTRIBUTES, CONTAINERS
from tests.design.random_topologies import topologies
from tests.design.svg_reader import Drawing


@pytest.fixture
def drawing(drawn: Topology) -> Drawing:
    return Drawing(draw(drawn).image)


def with_many(built: Topology, count: int) -> Topology:
    extra = tuple(
        Node(id=f"i-{number:017d}", kind="instance", parent="public-a", aws_id=f"i-{number:017d}")
        for number in range(count)
    )
    return replace(built, nodes=(*built.nodes, *extra))


def test_every_kind_has_an_icon_that_exists_or_is_a_box_and_a_word() -> None:
    assert set(ICONS) | set(CONTAINERS) == set(ATTRIBUTES)
    assert set(KIND) == set(ATTRIBUTES)
    for kind in ICONS:
        assert icon_file(kind).is_file()


def test_every_part_is_there_containers_as_boxes(drawing: Drawing, drawn: Topology) -> None:
    boxes = {node.id for node in drawn.of_kind(*CONTAINERS)} | {"example.co.jp"}
    assert drawing.ids("cluster") == boxes
    assert drawing.ids("node") == {node.id for node in drawn.nodes} - boxes
    for node in drawn.nodes:
        assert node.title in drawing.words() or node.kind == "vpc", node.id


def test_links_between_the_same_ends_are_one_line_for_each_kind(drawing: Drawing) -> None:
    assert "tcp/80, 443" in drawing.words()
    lines = [group for group in drawing.groups("edge") if list(group)]
    assert len(lines) == 7  # eight links, of which two differ in the port only


def test_the_three_kinds_of_link_have_three_strokes_and_a_legend(drawing: Drawing) -> None:
    dashes = {
        path.get("stroke-dasharray", "") for group in drawing.groups("edge") for path in group.iter() if path.get("d")
    }
    assert len(dashes) == 3
    for word in ("routes", "may reach (security group)", "uses"):
        assert word in drawing.words()


def test_the_legend_names_only_what_is_drawn(drawn: Topology) -> None:
    words = Drawing(draw(replace(drawn, links=drawn.links[:1])).image).words()
    assert "routes" in words
    assert "may reach" not in words


def test_labels_say_type_address_and_network(drawn: Topology, built: Topology) -> None:
    words = Drawing(draw(drawn).image).words()
    for fact in ("EC2 t3.small", "Elastic IP", "10.0.0.0/24", "203.0.113.0/24", "A record, TTL 300 s", "NAT gateway"):
        assert fact in words
    assert "10.0.0.10" in Drawing(draw(built).image).words()


def test_the_subnet_with_a_way_out_is_the_public_one(drawing: Drawing) -> None:
    assert "Public subnet public-a" in drawing.words()
    assert "Private subnet private-a" in drawing.words()


def test_what_is_built_shows_its_aws_ids_and_what_is_drawn_none(drawing: Drawing, built: Topology) -> None:
    words = Drawing(draw(built).image).words()
    for node_id in ("web", "nat", "igw", "public-a", "vpc"):
        assert built.node(node_id).aws_id in words
    assert "0123456789" not in drawing.words()


def test_what_the_world_has_named_keeps_its_name(built: Topology) -> None:
    drawing = Drawing(draw(built).image)
    for heading in ("Region ap-northeast-1", "AZ ap-northeast-1a", "Hosted zone example.co.jp"):
        assert heading in drawing.words()
    assert drawing.words(drawing.part("www.example.co.jp")) == "www.example.co.jp | A record, TTL 300 s"


def test_what_has_no_name_but_its_aws_id_is_titled_by_its_kind(built: Topology) -> None:
    stray = Node(id="eipalloc-7", kind="elastic_ip", parent="ap-northeast-1", aws_id="eipalloc-7")
    drawing = Drawing(draw(replace(built, nodes=(*built.nodes, stray))).image)
    assert drawing.words(drawing.part("eipalloc-7")) == "Unused Elastic IP | eipalloc-7"


def test_the_svg_is_complete_and_tells_nothing_of_the_machine(drawing: Drawing) -> None:
    assert len(drawing.images()) == 7
    assert all(address.startswith("data:image/png;base64,") for address in drawing.images())
    for trace in (sys.prefix, "site-packages", "resources/aws", ".png", "file:", str(Path.home()) + "/"):
        assert trace not in drawing.source
    assert len(drawing.source) < 250 * 1024


def test_the_same_topology_gives_the_same_bytes(drawn: Topology) -> None:
    assert draw(drawn).image == draw(drawn).image


def test_drawing_is_quiet_and_leaves_nothing_behind(
    drawn: Topology, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    draw(drawn)
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr() == ("", "")


def test_what_is_written_to_stderr_afterwards_arrives(drawn: Topology, capfd: pytest.CaptureFixture[str]) -> None:
    draw(drawn)
    print("still here", file=sys.stderr, flush=True)
    assert capfd.readouterr().err == "still here\n"


def test_the_global_context_is_put_back_also_after_a_failure(drawn: Topology, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = diagrams.Diagram("mine", filename="never-written", show=False)
    diagrams.setdiagram(mine)
    try:
        draw(drawn)
        assert diagrams.getdiagram() is mine
        monkeypatch.setattr(graph_module, "icon_class", lambda kind: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            draw(drawn)
        assert diagrams.getdiagram() is mine
        assert diagrams.getcluster() is None
    finally:
        diagrams.setdiagram(None)


def test_no_text_lies_over_another(drawn: Topology, built: Topology) -> None:
    for topology in (drawn, built):
        assert Drawing(draw(topology, title="Campaign site").image).overlapping() == []


@pytest.mark.parametrize("count", [0, 4, 12, 30])
def test_text_stays_readable_however_many_stand_side_by_side(built: Topology, count: int) -> None:
    drawing = Drawing(draw(with_many(built, count)).image)
    assert drawing.smallest_text_px() >= 12
    assert drawing.most_across() <= 6


def test_an_empty_subnet_is_drawn(drawn: Topology) -> None:
    empty = Node(id="private-c", kind="subnet", parent="ap-northeast-1a", attributes={"cidr": "10.0.3.0/24"})
    drawing = Drawing(draw(replace(drawn, nodes=(*drawn.nodes, empty))).image)
    assert "private-c" in drawing.ids("cluster")
    assert "(empty)" in drawing.words()


def test_a_subnet_may_reach_what_stands_in_it(drawn: Topology) -> None:
    inward = Link(source="private-a", target="db", kind="allows", label="tcp/22")
    drawing = Drawing(draw(replace(drawn, links=(*drawn.links, inward))).image)
    assert "anywhere in it" in drawing.words()


def test_names_that_are_markup_or_japanese_come_out_as_they_are(drawn: Topology) -> None:
    odd = Node(id='a<b>&"c":d', kind="instance", parent="public-a", label='営業 <&> "部"')
    link = Link(source=odd.id, target="db", kind="allows", label="tcp/1 & <2>")
    picture = draw(replace(drawn, nodes=(*drawn.nodes, odd), links=(*drawn.links, link)), title="<Title> & more")
    words = Drawing(picture.image).words()
    for text in ('営業 <&> "部"', "tcp/1 & <2>", "<Title> & more"):
        assert text in words


def test_two_boxes_of_the_same_name_stay_two(drawn: Topology) -> None:
    twin = Node(
        id="twin", kind="subnet", parent="ap-northeast-1a", label="public-a", attributes={"cidr": "10.0.0.0/24"}
    )
    drawing = Drawing(draw(replace(drawn, nodes=(*drawn.nodes, twin))).image)
    assert {"public-a", "twin"} <= drawing.ids("cluster")


def test_the_graph_is_in_the_drawing_as_data(drawing: Drawing, drawn: Topology) -> None:
    graph = drawing.graph()
    assert graph["nodes"] == sorted([node.id, node.kind, node.parent or ""] for node in drawn.nodes)
    assert graph["links"] == sorted([link.source, link.target, link.kind, link.label] for link in drawn.links)


def test_the_description_says_what_stands_where_and_what_reaches_what(drawn: Topology) -> None:
    alt = draw(drawn).alt
    for sentence in (
        "Architecture campaign as drawn.",
        "Public subnet public-a holds Web server (EC2 t3.small, Elastic IP); and nat (NAT gateway).",
        "Private subnet private-a holds Database server (EC2 t3.small).",
        "Private subnet private-a routes 0.0.0.0/0 to nat.",
        "Visitors may reach Web server on tcp/80, 443.",
        "Web server uses Database server (MySQL).",
    ):
        assert sentence in alt
    for node in drawn.nodes:
        assert node.title in alt or node.kind == "vpc"


def test_missing_parts_are_ghosts_in_the_drawing_of_what_is_built(drawn: Topology, built: Topology) -> None:
    nodes = tuple(node for node in built.nodes if node.id != "nat")
    links = tuple(link for link in built.links if link.target != "nat")
    poor = replace(built, nodes=nodes, links=links)
    picture = draw(poor, marks=compare(drawn, poor))
    ghost = Drawing(picture.image).part("nat")
    assert "✗ missing" in Drawing(picture.image).words(ghost)
    assert any(path.get("stroke-dasharray") for path in ghost.iter() if path.get("stroke"))
    assert "Missing: nat." in picture.alt


@pytest.mark.parametrize("side", ["drawn", "built"])
def test_each_difference_carries_its_word_on_either_side(drawn: Topology, built: Topology, side: str) -> None:
    def changed(node: Node) -> Node:
        if node.id == "db":
            return replace(node, parent="public-a")
        return replace(node, attributes={**node.attributes, "instance_type": "t3.large"}) if node.id == "web" else node

    stray = Node(id="eipalloc-1", kind="elastic_ip", parent="ap-northeast-1")
    open_door = Link(source="internet", target="db", kind="allows", label="tcp/3306")
    links = (*(link for link in built.links if link.label != "tcp/443"), open_door)
    other = replace(built, nodes=(*map(changed, built.nodes), stray), links=links)
    picture = draw({"drawn": drawn, "built": other}[side], marks=compare(drawn, other))
    drawing = Drawing(picture.image)
    assert "⇄ misplaced" in drawing.words(drawing.part("db"))
    assert "≠ different" in drawing.words(drawing.part("web"))
    assert "+ extra" in drawing.words(drawing.part("eipalloc-1"))
    assert "✗ missing: tcp/443" in drawing.words()
    assert "+ extra: tcp/3306" in drawing.words()
    assert "Misplaced: " in picture.alt


def test_nameless_parts_are_marked_under_the_ids_of_the_side_that_is_drawn(drawn: Topology, built: Topology) -> None:
    node = replace(built.node("web"), id="i-1", attributes={**built.node("web").attributes, "public_ipv4_kind": "none"})
    nodes = tuple(node if other.id == "web" else other for other in built.nodes)
    ends = {"web": "i-1"}
    links = tuple(
        replace(link, source=ends.get(link.source, link.source), target=ends.get(link.target, link.target))
        for link in built.links
    )
    other = replace(built, nodes=nodes, links=links)
    report = compare(drawn, other)
    for topology, node_id in ((drawn, "web"), (other, "i-1")):
        drawing = Drawing(draw(topology, marks=report).image)
        assert "≠ different" in drawing.words(drawing.part(node_id))
        assert len(drawing.groups("node")) == len(Drawing(draw(topology).image).groups("node"))


def test_a_thing_of_the_same_name_and_another_kind_is_drawn_beside_the_part(drawn: Topology, built: Topology) -> None:
    wrong = Node(id="nat", kind="instance", parent="public-a")
    links = tuple(link for link in built.links if link.target != "nat")
    other = replace(built, nodes=tuple(wrong if node.id == "nat" else node for node in built.nodes), links=links)
    report = compare(drawn, other)
    drawing = Drawing(draw(drawn, marks=report).image)
    assert "✗ missing" in drawing.words(drawing.part("nat"))
    assert "+ extra" in drawing.words(drawing.part("nat (built)"))
    drawing = Drawing(draw(other, marks=report).image)
    assert "+ extra" in drawing.words(drawing.part("nat"))
    assert "✗ missing" in drawing.words(drawing.part("nat (drawn)"))


def test_boxes_are_marked_too(drawn: Topology, built: Topology) -> None:
    attributes = {"cidr": "10.0.9.0/24"}
    nodes = tuple(replace(node, attributes=attributes) if node.id == "private-a" else node for node in built.nodes)
    other = replace(built, nodes=nodes)
    assert "≠ different" in Drawing(draw(other, marks=compare(drawn, other)).image).words()


def test_any_report_that_names_nodes_can_be_drawn(drawn: Topology) -> None:
    report = Report(
        title="check",
        findings=(
            Finding(name="has a name", status="not_yet", subjects=("web", "unknown")),
            Finding(name="is fine", status="passed", subjects=("db",)),
        ),
    )
    drawing = Drawing(draw(drawn, marks=report).image)
    assert "look here" in drawing.words(drawing.part("web"))
    assert "look here" not in drawing.words(drawing.part("db"))


@settings(max_examples=25, deadline=None)
@given(topologies())
def test_anything_can_be_drawn_and_every_part_is_found_again(topology: Topology) -> None:
    drawing = Drawing(draw(topology).image)
    assert {node.id for node in topology.nodes} <= drawing.ids("node") | drawing.ids("cluster")


@settings(max_examples=25, deadline=None)
@given(topologies(), topologies())
def test_any_two_can_be_drawn_over_each_other(one: Topology, other: Topology) -> None:
    report = compare(one, replace(other, origin="built"))
    assert Drawing(draw(one, marks=report).image).graph()["marks"].keys() >= {
        difference.drawn.id for difference in report.differences if difference.drawn
    }


@pytest.fixture
def no_pygraphviz(monkeypatch: pytest.MonkeyPatch) -> None:
    imported = builtins.__import__

    def refuse(name: str, *rest: object, **named: object) -> object:
        if name == "pygraphviz":
            raise ImportError(name)
        return imported(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", refuse)


@pytest.mark.usefixtures("no_pygraphviz")
def test_without_graphviz_the_cure_is_named(drawn: Topology, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotAvailable) as refusal:
        draw(drawn)
    assert "course.py doctor" in str(refusal.value)


@pytest.mark.usefixtures("no_pygraphviz")
def test_the_program_dot_serves_as_well(drawn: Topology, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "dot"
    program.write_text(
        f"#!{sys.executable}\n"
        "import sys, pygraphviz\n"
        "engine = next(word[2:] for word in sys.argv if word.startswith('-K'))\n"
        "sys.stdout.buffer.write(pygraphviz.AGraph(string=sys.stdin.read()).draw(format='svg', prog=engine))\n"
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "web" in Drawing(draw(drawn).image).ids("node")


def test_a_dot_that_fails_is_told(drawn: Topology, monkeypatch: pytest.MonkeyPatch) -> None:
    render = importlib.import_module("aws14.design.render")
    with pytest.raises(NotAvailable):
        render.svg_of("digraph {")


@pytest.mark.parametrize(
    ("labels", "one"),
    [
        (["tcp/443", "tcp/80"], "tcp/80, 443"),
        (["tcp/80", "udp/53", "tcp/22"], "tcp/22, 80, udp/53"),
        (["0.0.0.0/0"], "0.0.0.0/0"),
        (["10.0.0.0/16", "tcp/1"], "10.0.0.0/16, tcp/1"),
        (["tcp/80", "tcp/80"], "tcp/80"),
        (["GET /users"], "GET /users"),
        (["GET /users", "POST /users", "GET /users/{id}"], "3 methods"),
        (["/api/*", "GET /users", "POST /users"], "/api/*, 2 methods"),
    ],
)
def test_ports_are_merged(labels: list[str], one: str) -> None:
    assert merged(labels) == one


def test_an_api_lists_its_paths_with_their_methods_and_says_how_many_more() -> None:
    methods = ("GET /a x", "POST /a x", "GET /b x", "GET /c x", "GET /d x", "ANY /e MOCK")
    told = facts(Node(id="api", kind="api", attributes={"protocol": "REST", "methods": methods}))
    assert told == ("API Gateway, REST", "GET, POST /a", "GET /b", "GET /c", "and 2 more")


def test_a_record_of_several_stands_in_its_zone_and_a_name_that_somebody_gave_is_the_title() -> None:
    record = Node(id="main.example.jp (PRIMARY)", kind="dns_record")
    bucket = Node(id="aoba-files", kind="bucket", aws_id="aoba-files")
    arn = "arn:aws:autoscaling:r:1:scalingPolicy:u:autoScalingGroupName/app:policyName/calm"
    policy = Node(id="calm", kind="scaling_policy", aws_id=arn)
    zone = Node(id="example.jp", kind="hosted_zone")
    drawing = Drawing(draw(Topology(name="t", origin="built", nodes=(zone, record, bucket, policy))).image)
    assert drawing.ids("cluster") == {"example.jp"}
    words = drawing.words().split(" | ")
    assert [words.count(name) for name in ("aoba-files", "calm")] == [1, 1]


def test_people_who_reach_nothing_by_a_link_call_what_nothing_else_calls() -> None:
    people = Node(id="internet", kind="internet", label="Members")
    edge, origin = Node(id="cdn", kind="distribution", label="CloudFront"), Node(id="pages", kind="bucket")
    routes = Link(source="cdn", target="pages", kind="routes", label="*")
    site = Topology(name="site", origin="drawn", nodes=(people, edge, origin), links=(routes,))
    assert "Members uses CloudFront" in draw(site).alt
    assert "CloudFront (distribution)" in draw(site).alt
    named = replace(site, links=(routes, Link(source="internet", target="pages", kind="routes", label="*")))
    assert "Members uses CloudFront" not in draw(named).alt
