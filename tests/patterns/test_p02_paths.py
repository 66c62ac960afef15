"""Path rules on the recorded site, each judged by hand."""

from __future__ import annotations

import pytest

from aws14.patterns.p02_paths import ASKED_ANEW, CACHED, RULES, grade, judge

SOLUTION = {"*/video/*": ASKED_ANEW, "*.gif": CACHED, "*.jpg": CACHED, "*.xbm": CACHED}


@pytest.mark.parametrize(
    ("rule", "trap"),
    [
        ("/images/*", "/images/"),
        ("*/images/*", "/shuttle/missions/sts-70/images/images.html"),
        ("*.gif", "/shuttle/countdown/video/livevideo.gif"),
        ("/shuttle/*", "/shuttle/countdown/liftoff.html"),
    ],
)
def test_each_rule_keeps_something_that_is_made_anew(rule: str, trap: str) -> None:
    found = judge(RULES[rule])
    assert found.stale > 0
    assert trap in found.wrongly


def test_a_rule_for_endings_tells_upper_from_lower_case() -> None:
    found = judge(RULES["all kinds of pictures"])
    assert all(path.rpartition(".")[2] not in ("gif", "jpg", "jpeg", "xbm") for path in found.missed)
    assert any(path.endswith(".GIF") for path in found.missed)


def test_no_rule_keeps_nothing_and_one_for_all_keeps_all() -> None:
    assert judge({}).kept == judge({}).stale == 0
    assert judge({"*": CACHED}).kept == 1


def test_an_exception_counts_before_its_rule_only() -> None:
    assert judge(SOLUTION).stale == 0
    late = dict(reversed(SOLUTION.items()))
    assert judge(late).stale > 0
    assert judge(late).kept == judge(SOLUTION).kept


def test_the_exercise() -> None:
    assert grade(SOLUTION).ok
    assert [each.name for each in grade({"*.gif": CACHED}).outstanding] == ["Nothing that is made anew is kept"]
    few = grade({"*/video/*": ASKED_ANEW, "*/images/*.gif": CACHED})
    assert "are kept" in few.outstanding[0].name
    many = {**SOLUTION, **dict.fromkeys(("/a", "/b", "/c"), CACHED)}
    assert [each.name for each in grade(many).outstanding] == ["At most 6 rules"]
