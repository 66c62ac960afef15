"""The bookshop lives: what the section's live cells do on the embedded AWS is what its text says."""

from __future__ import annotations

import pytest

from aws14.patterns import p13_watch
from tests.patterns.p13_site import bookshop, cells_under

APP = "app=catalog"


@pytest.fixture(scope="module")
def shop(emulator, emulator_home):
    with bookshop(emulator, emulator_home) as (_, names):
        yield names


def looks(shop, seconds: float, every_s: float = 3.0):
    lab = shop["lab"]
    return list(p13_watch._looks(lab.session, shop["core"], shop["url"], seconds=seconds, every_s=every_s))


def run(shop, cell: str) -> None:
    exec(compile(cell, "<cell>", "exec"), shop)


def said(cell_lines: str, cut: str) -> str:
    """A cell without the watching at its end, which the test does itself."""
    return cell_lines.partition(cut)[0]


def test_a_release_is_watched_and_nobody_is_refused(shop):
    cells = cells_under("# ### Load, break, heal")
    release = next(each for each in cells if "newer =" in each)
    run(shop, release[release.index("newer =") : release.index("pods = core")])
    shop["apps"].patch_namespaced_deployment("catalog-pods", "shop", shop["newer"])
    seen = looks(shop, 24, 1.5)
    assert all(each.answered for each in seen)
    assert seen[-1].answered == "version 2"
    assert min(sum(each.ready.values()) for each in seen) == 3
    assert any(len([count for count in each.ready.values() if count]) == 2 for each in seen)


def test_a_dead_node_loses_requests_until_it_is_not_ready_and_is_replaced(shop):
    cells = cells_under("# ### Load, break, heal")
    run(shop, said(next(each for each in cells if "lab.break_instance(" in each), "lab.experiment"))
    seen = looks(shop, 135)
    failed = [each.at_s for each in seen if not each.answered]
    assert len(failed) > 5
    assert 40 <= failed[-1] <= 57
    assert sum(seen[19].ready.values()) == 1 == seen[19].nodes
    assert sum(seen[-1].ready.values()) == 3
    assert seen[-1].nodes == 2


def test_a_report_runs_on_fargate_by_the_hour(shop, capsys):
    (cell,) = cells_under("# #### Deeper: a workload is a container and a policy")
    run(shop, cell)
    told = capsys.readouterr().out
    assert "Succeeded on fargate-" in told
    assert "42 orders" in told


def test_two_containers_share_localhost_and_a_volume_and_two_pods_do_not(shop, capsys):
    for cell in cells_under("# #### Deeper: two containers in one pod"):
        run(shop, cell)
    together, alone = capsys.readouterr().out.split("shipper-alone")
    assert "localhost -> order 42" in together
    assert "volume -> order 42" in together
    assert "refused" in alone
    assert "No such file" in alone


def test_a_release_that_cannot_start_is_noticed_by_nobody_and_put_back(shop, capsys):
    patch, events, back = cells_under("# #### Deeper: a release that is broken")
    run(shop, said(patch, "lab.experiment"))
    seen = looks(shop, 45)
    assert all(each.answered for each in seen)
    assert seen[-1].waiting == 1
    run(shop, events)
    assert "not found" in capsys.readouterr().out
    run(shop, said(back, "lab.experiment"))
    last = looks(shop, 30)[-1]
    assert (last.waiting, sum(last.ready.values())) == (0, 3)
    assert "version 3" not in last.ready


def test_the_autoscaler_decides_by_what_it_is_told(shop, capsys):
    (cell,) = cells_under("# #### Deeper: the autoscaler, live")
    run(shop, cell)
    told = capsys.readouterr().out
    wanted = [int(line.rpartition(" ")[2]) for line in told.splitlines() if "wants" in line]
    assert wanted[-1] == 14  # 2 vCPU / (250m at 60 %), rounded up
    now = shop["autoscaling"].read_namespaced_horizontal_pod_autoscaler("catalog-autoscaler", "shop")
    assert now.status.desired_replicas == 3


def test_a_pod_that_no_machine_holds_waits(shop, capsys):
    run(shop, cells_under("# #### Deeper: requests set wrong")[1])
    told = capsys.readouterr().out
    assert told.startswith("Pending")
    assert "Insufficient cpu" in told


def test_four_places_tell_how_it_is(shop, capsys):
    (cell,) = cells_under("# #### Deeper: what does EKS see?")
    shop["lab"].advance(minutes=2)
    run(shop, cell)
    told = capsys.readouterr().out
    for part in ("metrics ip-", "condition Ready True", "GET /"):
        assert part in told
