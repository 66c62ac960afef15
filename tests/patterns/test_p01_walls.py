"""Every wall of the campaign site is load-bearing: with it a property holds, without it the property is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aws14.cloud import connect, read_back, read_network
from aws14.lab import Lab
from aws14.patterns.p01_walls import WALLS, name_depends_on, why


@pytest.fixture(scope="module")
def built(emulator, emulator_home):
    """The site, built once from the notebook's cells: its network and its topology."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS14_HOME", str(emulator_home))
        emulator.reset()
        for ledger in emulator_home.glob("ledger-*.jsonl"):
            ledger.unlink()
        lab = Lab("p01", say=lambda _: None)
        lab.catch_up()
        session = connect(say=lambda _: None).for_pattern("p01")
        yield read_network(session), read_back(session)


def test_every_wall_bears(built):
    report = why(built[0])
    assert report.ok, report
    assert len(report.findings) == len(WALLS) >= 6


@pytest.mark.parametrize("kind", ["internet_gateways", "nat_gateways"])
def test_a_network_that_lacks_a_component_is_told(built, kind):
    report = why(replace(built[0], **{kind: ()}))
    assert not report.ok
    assert "does not hold with it either" in report.outstanding[0].detail


def test_the_name_needs_its_record_and_its_address(built):
    details = {finding.name: finding.detail for finding in name_depends_on(built[1]).findings}
    assert details["as built"] == "reach web"
    assert details["the record deleted"] == "the name does not resolve"
    assert "nothing answers" in details["no Elastic IP, after a stop and a start"]
