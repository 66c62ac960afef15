"""Event patterns: the operators of EventBridge's user guide, each with what fits and what does not."""

from __future__ import annotations

import pytest

from aws14.emulator.event_sources.patterns import BadPatternError, matches, parsed

CASES = [
    # pattern, what fits, what does not
    ({"a": ["x", None]}, [{"a": "x"}, {"a": None}, {"a": ["y", "x"]}], [{"a": "y"}, {}, {"a": []}]),
    ({"a": [1]}, [{"a": 1}, {"a": 1.0}], [{"a": True}, {"a": "1"}]),
    ({"a": [{"prefix": "ap-"}]}, [{"a": "ap-northeast-1"}], [{"a": "us-east-1"}, {"a": 3}, {}]),
    ({"a": [{"prefix": {"equals-ignore-case": "AP"}}]}, [{"a": "ap-1"}], [{"a": "us"}]),
    ({"a": [{"suffix": ".png"}]}, [{"a": "x.png"}], [{"a": "x.PNG"}]),
    ({"a": [{"equals-ignore-case": "Alice"}]}, [{"a": "ALICE"}], [{"a": "alicia"}]),
    ({"a": [{"wildcard": "dir/*/x\\*"}]}, [{"a": "dir/1/2/x*"}], [{"a": "dir/1/xy"}]),
    ({"a": [{"numeric": [">", 0, "<=", 5]}]}, [{"a": 5}, {"a": 0.1}], [{"a": 0}, {"a": 5.1}, {"a": True}, {"a": "3"}]),
    ({"a": [{"numeric": ["=", 3]}]}, [{"a": 3.0}], [{"a": 4}]),
    ({"a": [{"anything-but": ["x", "y"]}]}, [{"a": "z"}, {"a": ["x", "z"]}], [{"a": "x"}, {}]),
    ({"a": [{"anything-but": {"prefix": "init"}}]}, [{"a": "stop"}], [{"a": "initial"}]),
    ({"a": [{"exists": True}]}, [{"a": 0}, {"a": None}], [{}, {"b": 1}]),
    ({"a": [{"exists": False}]}, [{}, {"b": 1}], [{"a": 1}]),
    ({"a": {"b": [{"exists": False}]}}, [{"a": {"c": 1}}, {}], [{"a": {"b": 1}}]),
    ({"a": [{"cidr": "10.0.0.0/24"}]}, [{"a": "10.0.0.7"}], [{"a": "10.0.1.7"}, {"a": "x"}]),
    ({"$or": [{"a": [1]}, {"b": [2]}], "c": [3]}, [{"a": 1, "c": 3}, {"b": 2, "c": 3}], [{"a": 1}, {"c": 3}]),
    ({"a": {"b": ["x"]}}, [{"a": {"b": "x"}}, {"a": [{"b": "y"}, {"b": "x"}]}], [{"a": "x"}, {"a": {"b": "y"}}]),
    ({}, [{}, {"a": 1}], []),
]


@pytest.mark.parametrize(("pattern", "fits", "differs"), CASES, ids=[str(case[0]) for case in CASES])
def test_a_pattern_wants_what_the_guide_says(pattern, fits, differs):
    assert [event for event in fits if not matches(pattern, event)] == []
    assert [event for event in differs if matches(pattern, event)] == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "not valid JSON"),
        ("[]", "not an object"),
        ('{"a": "x"}', "must be an object or an array"),
        ('{"a": []}', "Empty arrays"),
        ('{"a": [{"startswith": "x"}]}', "Unrecognized match type startswith"),
    ],
)
def test_what_is_no_pattern_is_refused_with_the_reason(text, why):
    with pytest.raises(BadPatternError, match=why):
        parsed(text)
