"""Which of several records answers: policies and health, on plain nouns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import count

import pytest

from aws14.emulator.dataplane.names import Answer, Record, View, Zone, answer
from aws14.emulator.dataplane.records import Location
from aws14.emulator.dataplane.routing import Asker, asker_in

NAME = "www.example.jp"


def record(key: str, address: str, **more: object) -> Record:
    return Record(name=NAME, type="A", ttl_s=60, values=(address,), set_id=key, **more)  # type: ignore[arg-type]


def ask(*records: Record, ill: Iterable[str] = (), asker: Asker | None = None, targets: Iterable[str] = ()) -> Answer:
    turns = count()
    view = View(
        zones=(Zone(id="Z", name="example.jp", records=records),),
        own=lambda name: ("192.0.2.9",) if name.endswith("amazonaws.com") else None,
        turn=lambda _: next(turns),
        is_healthy=lambda check: check not in set(ill),
        target_is_healthy=lambda name: name not in set(targets),
        asker=asker or asker_in("ap-northeast-1"),
    )
    return answer(view, NAME)


PAIR = (
    record("here", "10.0.0.1", failover="PRIMARY", health_check="p"),
    record("there", "10.0.0.2", failover="SECONDARY", health_check="s"),
)


@pytest.mark.parametrize(
    ("ill", "address"),
    [((), "10.0.0.1"), (("p",), "10.0.0.2"), (("s",), "10.0.0.1"), (("p", "s"), "10.0.0.1")],
)
def test_of_a_pair_the_primary_answers_unless_only_it_is_ill(ill: tuple[str, ...], address: str) -> None:
    assert ask(*PAIR, ill=ill).records == (address,)
    assert ask(*reversed(PAIR), ill=ill).records == (address,)


def test_the_answer_says_why() -> None:
    assert "'here' is unhealthy" in ask(*PAIR, ill=("p",)).explanation


def test_an_alias_is_as_healthy_as_its_load_balancer_if_it_evaluates_it() -> None:
    name = "alb-1.ap-northeast-1.elb.amazonaws.com"
    told = {"name": NAME, "type": "A", "alias": f"dualstack.{name}", "set_id": "here", "failover": "PRIMARY"}
    second = record("there", "10.0.0.2", failover="SECONDARY")
    assert ask(Record(**told, evaluates_target=True), second).records == ("192.0.2.9",)
    assert ask(Record(**told, evaluates_target=True), second, targets=(name,)).records == ("10.0.0.2",)
    assert ask(Record(**told), second, targets=(name,)).records == ("192.0.2.9",)


def test_an_alias_of_records_is_healthy_while_one_of_them_is() -> None:
    inner = tuple(
        Record(name="tokyo.example.jp", type="A", ttl_s=60, values=(f"10.0.1.{n}",), weight=1, health_check=f"t{n}")
        for n in (1, 2)
    )
    first = Record(
        name=NAME, type="A", alias="tokyo.example.jp", evaluates_target=True, set_id="tokyo", failover="PRIMARY"
    )
    second = record("osaka", "10.0.2.1", failover="SECONDARY")
    assert ask(*inner, first, second, ill=("t1",)).records == ("10.0.1.2",)
    assert ask(*inner, first, second, ill=("t1", "t2")).records == ("10.0.2.1",)


def test_weights_are_shared_by_the_healthy_and_by_all_where_none_is() -> None:
    records = (
        record("a", "10.0.0.1", weight=70, health_check="a"),
        record("b", "10.0.0.2", weight=30, health_check="b"),
        record("c", "10.0.0.3", weight=0, health_check="c"),
    )

    def shares(ill: tuple[str, ...] = ()) -> Counter[str]:
        turns = iter(range(1000))
        view = View(
            zones=(Zone(id="Z", name="example.jp", records=records),),
            turn=lambda _: next(turns),
            is_healthy=lambda check: check not in ill,
        )
        return Counter(answer(view, NAME).records[0][-1] for _ in range(1000))

    assert shares()["1"] == pytest.approx(700, abs=5)
    assert shares(("a",)) == {"2": 1000}
    assert shares(("a", "b")) == {"3": 1000}
    assert shares(("a", "b", "c"))["1"] == pytest.approx(700, abs=5)


def test_the_nearest_region_answers_unless_it_is_ill() -> None:
    records = (
        record("tokyo", "10.0.0.1", region="ap-northeast-1", health_check="t"),
        record("virginia", "10.0.0.2", region="us-east-1"),
        record("osaka", "10.0.0.3", region="ap-northeast-3"),
    )
    assert ask(*records).records == ("10.0.0.1",)
    assert ask(*records, ill=("t",)).records == ("10.0.0.3",)
    assert ask(*records, asker=asker_in("us-east-1")).records == ("10.0.0.2",)


def test_places_answer_from_the_narrowest_to_the_widest() -> None:
    everywhere = record("all", "10.0.0.1", location=Location(country="*"))
    asia = record("asia", "10.0.0.2", location=Location(continent="AS"))
    japan = record("japan", "10.0.0.3", location=Location(country="JP"))
    assert ask(everywhere, asia, japan).records == ("10.0.0.3",)
    assert ask(everywhere, asia).records == ("10.0.0.2",)
    assert ask(everywhere, japan, asker=asker_in("us-east-1")).records == ("10.0.0.1",)
    assert ask(japan, asker=asker_in("us-east-1")).records == ()


def test_multivalue_answers_with_up_to_eight_healthy_values() -> None:
    records = tuple(record(str(n), f"10.0.0.{n}", multivalue=True, health_check=str(n)) for n in range(1, 11))
    assert len(ask(*records).records) == 8
    assert set(ask(*records[:3], ill=("2",)).records) == {"10.0.0.1", "10.0.0.3"}
    assert len(ask(*records[:3], ill=("1", "2", "3")).records) == 3
