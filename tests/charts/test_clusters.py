"""Charts of clusters show the run's own numbers, and say them."""

from __future__ import annotations

import numpy as np
import pytest

from aws14 import charts
from aws14.errors import ScenarioError
from aws14.model import InstanceLoss, Rollout, Trace
from aws14.sim import simulate
from aws14.sim.containers.packing import pack
from aws14.sim.containers.shapes import Pod
from tests.charts.conftest import Studio
from tests.sim.containers.case import bookshop, scenario


@pytest.fixture(scope="module")
def lost() -> Trace:
    return simulate(bookshop(), scenario(60, faults=(InstanceLoss(node="workers", starts_s=300),)))


@pytest.fixture(scope="module")
def renewed() -> Trace:
    rollout = Rollout(node="catalog-pods", version="v2", at_s=120)
    return simulate(bookshop(autoscaler=False, scaler=False, probes=()), scenario(rollouts=(rollout,)))


def test_pods_nodes_and_use_are_those_of_the_run(lost: Trace, studio: Studio) -> None:
    picture = charts.cluster(lost, title="A node is lost", target=60)
    assert lost.fleet is not None
    assert lost.cluster is not None
    rates, pods, use, room, *_ = studio.figure.axes
    wanted = next(line for line in pods.get_lines() if line.get_label() == "wanted")
    assert np.asarray(wanted.get_ydata()) == pytest.approx(lost.fleet.desired)
    used = next(line for line in use.get_lines() if line.get_label() == "used")
    assert np.asarray(used.get_ydata()) == pytest.approx(100 * lost.fleet.cpu_utilization, nan_ok=True)
    offered = next(line for line in room.get_lines() if line.get_label() == "room of ready nodes")
    assert np.asarray(offered.get_ydata()) == pytest.approx(lost.cluster.cpu_allocatable_m / 1000)
    assert rates.get_ylabel() == "requests/s"
    assert "fails" in studio.words()
    assert f"{lost.cluster.node_hours:.1f} node-hours" in picture.alt
    assert not studio.overlapping()
    assert studio.smallest_px() >= 11


def test_a_run_without_pods_is_refused(quiet_day: Trace) -> None:
    with pytest.raises(ScenarioError, match="no pods"):
        charts.cluster(quiet_day)


def test_versions_are_stacked_to_the_pods_that_are_ready(renewed: Trace, studio: Studio) -> None:
    picture = charts.rollouts({"no probe": renewed}, title="Rollout")
    panel, failing = studio.figure.axes
    labels = [text.get_text() for text in studio.figure.legends[0].get_texts()]
    assert labels == ["v1 ready", "v2 ready", "wanted", "failures per minute"]
    tops = [collection.get_paths()[0].vertices[:, 1].max() for collection in panel.collections]
    assert tops == pytest.approx([4, 4])
    lost = np.asarray(failing.get_lines()[0].get_ydata())
    assert lost.sum() == renewed.failed_total > 0
    assert "with at least 3 pods ready" in picture.alt


def test_a_run_without_a_rollout_is_refused(lost: Trace) -> None:
    with pytest.raises(ScenarioError, match="rolled out"):
        charts.rollouts({"quiet": lost}, title="Rollout")


def test_each_pod_is_a_piece_of_its_node(studio: Studio) -> None:
    pods = [Pod(name=f"web-{k}", cpu_m=400, memory_mib=512) for k in range(5)]
    packing = pack(pods, "m5.large", nodes=1)
    picture = charts.packing(packing.nodes, title="Full", pending=packing.pending)
    cpu = studio.figure.axes[0]
    widths = [round(patch.get_width(), 3) for patch in cpu.patches if patch.get_width()]
    assert widths.count(0.4) == 5
    assert widths.count(1.93) == 1
    assert "1 pods find no room" in picture.alt
    assert not studio.overlapping()


def test_nothing_to_pack_is_refused() -> None:
    with pytest.raises(ScenarioError, match="nothing to pack"):
        charts.packing((), title="Empty")
