"""Every wall of the scaling intranet is load-bearing: with it a property holds, without it the property is lost."""

from __future__ import annotations

import pytest

from aws14.patterns.p03_groups import GROUP
from aws14.patterns.p03_walls import WALLS, why
from aws14.sim import what_if
from tests.patterns.p03_site import portal


@pytest.fixture(scope="module")
def built(emulator, emulator_home):
    with portal(emulator, emulator_home) as lab:
        yield lab.built()


def test_every_wall_bears(built):
    report = why(built)
    assert report.ok, report
    assert len(report.findings) == len(WALLS) >= 15


def test_a_site_that_lacks_a_component_is_told(built):
    report = why(what_if(built, GROUP, suspended=("ReplaceUnhealthy",)))
    (told,) = report.outstanding
    assert "nor does it hold with it" in told.detail
