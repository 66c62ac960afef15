"""Options beside each other: by hand where it is simple, and in the directions that a brief moves them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aws14.cost.file_options import OPTIONS, given_mibps, misses, month_of, years_of
from aws14.cost.files_brief import FilesBrief
from aws14.errors import ScenarioError

BRIEF = FilesBrief(
    gib=4000, cold_share=0.75, growth=0.2, read_gib=3000, written_gib=1000, peak_mibps=200, protocol="NFS",
    two_zones=True, region="ap-northeast-1",
)  # fmt: skip


def total(option, brief=BRIEF):
    return sum(sum(amounts) for amounts in years_of(option, brief).values())


def test_three_years_of_elastic_by_hand():
    sizes = 4000 * (1 + 1.2 + 1.44)
    storage = sizes * (0.25 * 0.36 + 0.75 * 0.02)
    assert total("EFS elastic") == pytest.approx(12 * (storage + 3 * (3000 * 0.04 + 1000 * 0.07)), abs=1)


@pytest.mark.parametrize("option", OPTIONS)
def test_each_option_has_a_bill_that_grows(option):
    years = years_of(option, BRIEF)
    by_year = [sum(amounts[year] for amounts in years.values()) for year in range(3)]
    assert 0 < by_year[0] < by_year[2]
    assert len(month_of(option, BRIEF)) >= 1


def test_what_is_colder_or_moves_less_is_cheaper():
    assert total("EFS elastic", replace(BRIEF, cold_share=0.9)) < total("EFS elastic")
    assert total("EFS elastic", replace(BRIEF, read_gib=0)) < total("EFS elastic")
    assert total("EFS provisioned", replace(BRIEF, peak_mibps=400)) > total("EFS provisioned")
    assert total("FSx Windows Multi-AZ", replace(BRIEF, peak_mibps=400)) > total("FSx Windows Multi-AZ")
    assert total("EFS bursting") < total("EFS provisioned")


def test_which_for_which_brief():
    found = {option: misses(option, BRIEF) for option in OPTIONS}
    assert found["EFS elastic"] == found["EFS provisioned"] == found["FSx ONTAP Multi-AZ"] == ()
    assert "SMB only" in found["FSx Windows Multi-AZ"][0]
    assert "sustained" in found["EFS bursting"][0]
    assert found["EC2 and EBS"][0] == "stands in one zone"
    # 1,000 GiB warm: the peak is metered as 100 of which 50 MiB/s are baseline: 2,100 GiB of credits last 12 h.
    short = replace(BRIEF, peak_h=8)
    assert misses("EFS bursting", short) == ()
    assert misses("EFS bursting", replace(short, peak_h=14)) != ()
    assert misses("EFS bursting", replace(short, peak_mibps=250)) != (), "above the burst"
    assert misses("EFS bursting", replace(short, read_gib=6e5)) != (), "credits do not fill again"
    smb = replace(BRIEF, protocol="SMB", two_zones=False, peak_mibps=20)
    assert misses("EFS elastic", smb) == ("speaks NFS only",)
    assert misses("EC2 and EBS", smb) == misses("FSx Windows Multi-AZ", smb) == ()


def test_provisioned_gives_what_was_ordered_for_the_peak():
    assert given_mibps("EFS provisioned", BRIEF) == pytest.approx(200)
    with pytest.raises(ScenarioError, match="option"):
        month_of("a shoebox", BRIEF)
    with pytest.raises(ScenarioError, match="cannot be"):
        replace(BRIEF, gib=0)


def test_ontap_keeps_what_is_cold_in_its_pool():
    assert total("FSx ONTAP Multi-AZ", replace(BRIEF, cold_share=0.5)) > total("FSx ONTAP Multi-AZ")
    assert total("FSx Windows Multi-AZ", replace(BRIEF, cold_share=0.5)) == total("FSx Windows Multi-AZ")
    assert set(years_of("FSx Windows Multi-AZ", replace(BRIEF, protocol="SMB"))) == {
        "storage", "throughput as ordered", "servers and directories"
    }  # fmt: skip


def test_ontap_has_a_least_throughput_that_small_briefs_pay_for():
    ordered = {
        peak: years_of("FSx ONTAP Multi-AZ", replace(BRIEF, peak_mibps=peak))["throughput as ordered"]
        for peak in (10, 128)
    }
    assert ordered[10] == ordered[128]
    assert given_mibps("FSx ONTAP Multi-AZ", replace(BRIEF, peak_mibps=10)) == 128
    assert given_mibps("FSx Windows Multi-AZ", replace(BRIEF, peak_mibps=10)) == 16


def test_one_gateway_is_no_second_zone():
    assert misses("S3 File Gateway", BRIEF) == ("one gateway: no other takes over",)
    assert misses("S3 File Gateway", replace(BRIEF, two_zones=False)) == ()
