"""What the experiments of pattern 5's blocks after the core show, and what its second exercise asks."""

from __future__ import annotations

import re

import pytest

from aws14.checks import Evidence
from aws14.cost.archives import MOVES, archive_cost, worth_from_bytes
from aws14.design import compare
from aws14.errors import DesignError
from aws14.model import Picture, Report, Topology
from aws14.patterns import p05_losses, p05_records
from aws14.patterns.p05_backup import design
from aws14.patterns.p05_deeper import DEEPER
from aws14.patterns.p05_snapshots import chain
from aws14.sim.tiering import Lifecycle
from tests.patterns.p05_kept import kept

EVERYTHING = ("everything - 1:DEEP_ARCHIVE least=0",)
BEST = (
    "contracts contracts/ 1:DEEP_ARCHIVE expire=2557",
    "mails mails/ expire=2557",
    "renders renders/ expire=8",
)
BUILT = kept(lifecycle=EVERYTHING)


def shown(name: str, built: Topology = BUILT, **knobs: float) -> Picture:
    picture = DEEPER[name](built, **knobs)
    assert isinstance(picture, Picture)
    return picture


def checked(*rules: str) -> Report:
    built = kept(lifecycle=rules)
    return p05_records.records_check(Evidence(built=built, comparison=compare(design(), built)))


def passed(report: Report) -> list[bool]:
    return [finding.status == "passed" for finding in report.findings]


def amounts(picture: Picture, pattern: str) -> list[float]:
    return [float(each.replace(",", "")) for each in re.findall(pattern, picture.alt)]


def test_every_experiment_says_something() -> None:
    for name in DEEPER:
        assert len(shown(name).alt) > 80, name


def test_deleting_the_oldest_saves_next_to_nothing() -> None:
    whole = chain(BUILT)
    assert len(whole.kept) == 35
    assert whole.billed_gib < 1.5 * 200
    freed = whole.billed_gib - whole.without(0).billed_gib
    assert 0 < freed < 0.01 * whole.billed_gib


def test_one_rule_saves_most_and_is_not_the_least() -> None:
    without, ruled = amounts(shown("seven years"), r"([\d,]+) USD in all")
    (least,) = amounts(shown("seven years", kept(lifecycle=BEST)), r"rules say: ([\d,.]+) USD in all")
    assert ruled < without / 4
    assert least < ruled / 3


def test_the_rule_that_costs_more_than_it_saves() -> None:
    deep = Lifecycle(moves=((1.0, "DEEP_ARCHIVE"),))
    border = worth_from_bytes(deep, kept_days=7 * 365, region="ap-northeast-1")
    assert 16 * 1024 < border < 128 * 1024, "the mails of the exercise are smaller"
    assert f"pays from {border / 1024:.0f} KiB on" in shown("too small").alt
    days = amounts(shown("too soon"), r"From ([\d.]+) on Glacier Flexible")[0]
    assert 14 < days < 31, "a week or two had better stay, after some weeks the fee is worth it"


def test_moving_mails_costs_more_than_keeping_contracts() -> None:
    contracts, mails, _ = p05_records.KINDS
    rule = p05_records.rule_for(mails, EVERYTHING)
    moved = archive_cost(mails.archive, rule, years=7, region="ap-northeast-1").usd[MOVES].sum()
    kept_usd = p05_records.cost_usd(contracts, p05_records.rule_for(contracts, EVERYTHING), "ap-northeast-1")
    assert moved > 2 * kept_usd


def test_the_quicker_way_out_is_the_dearer_one_where_objects_are_many() -> None:
    picture = shown("ways out")
    usd = dict(re.findall(r"(\w[\w ]+, \w+) [\d.]+ (?:min|h|days), ([\d,.]+) USD", picture.alt))
    flexible = [float(usd[f"Glacier Flexible, {tier}"].replace(",", "")) for tier in ("expedited", "standard", "bulk")]
    assert flexible == sorted(flexible, reverse=True)
    assert flexible[0] > 7 * 12 * 1024 * 0.0045, "more than years of storage"


@pytest.mark.parametrize(
    ("rules", "passes"),
    [
        ((), [False]),
        (EVERYTHING, [True, True, False, False]),
        (BEST, [True] * 4),
        ((BEST[0], BEST[1], "renders renders/ expire=10"), [True] * 4),
        ((BEST[0], "mails mails/ 1:DEEP_ARCHIVE expire=2557 least=0", BEST[2]), [True, True, True, False]),
        ((BEST[0], BEST[1], "renders renders/ 1:DEEP_ARCHIVE expire=8"), [True, True, True, False]),
        (("contracts contracts/ 1:DEEP_ARCHIVE expire=365", *BEST[1:]), [False, True, True, True]),
        (("contracts contracts/ 30:STANDARD_IA 90:GLACIER expire=2557", *BEST[1:]), [True, True, True, False]),
        ((BEST[0], BEST[1], "all - expire=8"), [False, False, True, True]),
    ],
)
def test_exercise_2_finds_each_mistake(rules: tuple[str, ...], passes: list[bool]) -> None:
    report = checked(*rules)
    assert passed(report) == passes
    assert all(finding.hint for finding in report.findings if finding.status != "passed")


def test_trying_a_restore_makes_the_risk_small() -> None:
    shares = amounts(shown("proving"), r"([\d.]+) %; unnoticed")
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > 25, "never"
    assert shares[3] < 1.5, "each month"


def test_only_the_locked_copy_makes_the_difference() -> None:
    lives = p05_losses.lived(BUILT)
    none, one, two, three, built = (years.loss_per_year for years in lives.values())
    assert none > 1.5 * one
    assert one == pytest.approx(two, rel=0.05), "a second copy under the same rights"
    assert three < built < two / 5


def test_a_copy_costs_little_against_what_it_insures() -> None:
    told = re.findall(r"([\d,]+) \+ ([\d,]+)", shown("worth").alt)
    copies, losses = ([float(each.replace(",", "")) for each in column] for column in zip(*told, strict=True))
    assert copies == sorted(copies)
    sums = [copy + loss for copy, loss in zip(copies, losses, strict=True)]
    assert sums[-1] == min(sums)


def test_account_and_region_are_two_walls() -> None:
    lost = re.findall(r"(region|account) lost: (.*?)\.(?= |$)", shown("account lost").alt)
    cells = {row: [part.partition(", ")[2] for part in said.split("; ")] for row, said in lost}
    assert [cell == "nothing left" for cell in cells["region"]] == [True, False, False, True]
    assert [cell == "nothing left" for cell in cells["account"]] == [True, True, False, False]


def test_a_lock_without_memory_ends_where_the_thieves_wait_longer() -> None:
    rows = re.findall(r"shown after (\d+) days?: (.*?)\.(?= shown|$)", shown("thieves").alt)
    gone = {int(days): [part.endswith("nothing left") for part in said.split("; ")] for days, said in rows}
    assert all(row[0] for row in gone.values()), "without a lock"
    assert [row[1] for row in gone.values()] == [days > 7 for days in gone]
    assert [row[2] for row in gone.values()] == [days > 35 for days in gone]
    assert not any(row[3] for row in gone.values()), "the plan's old generations"


def test_the_faster_line_moves_the_border() -> None:
    slow, fast = (shown("office", mbps=mbps) for mbps in (100.0, 1000.0))
    borders = [amounts(picture, r"from ([\d,]+) GiB on")[0] for picture in (slow, fast)]
    assert borders[1] > 5 * borders[0]


def test_what_lies_in_the_cache_is_read_without_the_line() -> None:
    none, all_of_it = (shown("waiting", hit_ratio=share).alt for share in (0.0, 1.0))
    assert "0% in the gateway's cache 1.43 min" in none and "100% in the gateway's cache 8.59 s" in all_of_it


def test_the_bill_of_forgotten_snapshots_grows_with_the_square_of_time() -> None:
    short, long = (amounts(shown("forgotten", months=months), r": ([\d,.]+) USD after")[0] for months in (24, 48))
    assert long / short == pytest.approx(4, rel=0.05)


def test_what_is_not_built_is_said() -> None:
    drawn = design()
    with pytest.raises(DesignError, match="archive"):
        shown("seven years", drawn)
    nothing = Topology(name="p05_backup", origin="built", nodes=(), links=())
    with pytest.raises(DesignError, match="plans-data"):
        shown("snapshots", nothing)
