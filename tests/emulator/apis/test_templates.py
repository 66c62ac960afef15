"""Mapping templates: the part of Velocity that is here, value by value."""

from __future__ import annotations

import json

import pytest

from aws14.emulator.apis.template_trees import TemplateError
from aws14.emulator.apis.template_values import found_at
from aws14.emulator.apis.templates import filled

BODY = {"name": "O'Brien", "tags": ["a", "b"], "plan": {"price": 30, "free": False}, "none": None}


def fill(template: str, body: object = BODY, **names: object) -> str:
    return filled(template, {"body": json.dumps(body), **names})


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("plain # and $ 5", "plain # and $ 5"),
        ("$input.path('$.name')", "O'Brien"),
        ("$input.json('$.name')", '"O\'Brien"'),
        ("$input.json('$.plan')", '{"price":30,"free":false}'),
        ("$input.json('$')", json.dumps(BODY, separators=(",", ":"))),
        ("$input.path('$.tags[1]')", "b"),
        ("$input.path('$').plan.price", "30"),
        ("$input.path('$').tags.size()", "2"),
        ("$input.path('$')['name']", "O'Brien"),
        ("$input.body", json.dumps(BODY)),
        ("$nobody", "$nobody"),
        ("$!nobody", ""),
        ("${nobody.name}", "${nobody.name}"),
        ("$input.path('$.none')", "$input.path('$.none')"),
        ("$!input.path('$.none')", ""),
        ("${input.path('$.plan.price')}0", "300"),
    ],
)
def test_references(template, expected):
    assert fill(template) == expected


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("#set($a = 5)$a", "5"),
        ("#set($a = 5)\n$a", "5"),
        ("#set($a = 7 / 2)$a", "3"),
        ("#set($a = 7 % 4 + 2 * 3)$a", "9"),
        ("#set($a = (1 + 2) * 3)$a", "9"),
        ("#set($a = 'x' + 1)$a", "x1"),
        ("#set($a = \"$input.path('$.name')!\")$a", "O'Brien!"),
        ("#set($a = '$input.body')$a", "$input.body"),
        ("#set($a = [1, 'two'])$a[1] $a.size()", "two 2"),
        ("#set($a = {'k': 'v'})$a.k $a.get('k') $a.containsKey('x')", "v v false"),
        ("#set($a = [])#set($x = $a.add(3))$a", "[3]"),
        ("#set($a = {})#set($x = $a.put('k', 1))$a", "{k=1}"),
        ("#set($a = true)$a #set($b = null)$!b", "true "),
        ("#set($a = 1 / 0)$!a", ""),
    ],
)
def test_values(template, expected):
    assert fill(template) == expected


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("$input.path('$.plan.price') == 30", True),
        ("$input.path('$.plan.price') >= 31", False),
        ("$input.path('$.plan.free')", False),
        ("!$input.path('$.plan.free')", True),
        ("$nobody", False),
        ("$input.path('$.name') && $nobody", False),
        ("$nobody || $input.path('$.name')", True),
        ("'' ", True),
        ("0", True),
        ("'b' < 3", False),
        ("$input.path('$.tags').contains('a')", True),
        ("1 != 2 and 1 < 2 or false", True),
    ],
)
def test_conditions(condition, holds):
    assert fill(f"#if({condition})yes#{{else}}no#end") == ("yes" if holds else "no")


def test_the_first_branch_that_holds_is_taken():
    template = "#if($a == 1)one#elseif($a == 2)two#elseif(true)three#else four#end"
    assert [fill(f"#set($a = {a}){template}") for a in (1, 2, 3)] == ["one", "two", "three"]


def test_rounds_know_their_number_and_leave_nothing_behind():
    template = "#foreach($t in $input.path('$.tags'))$velocityCount:$foreach.index:$t#if($foreach.hasNext),#end#end"
    assert fill(template) == "1:0:a,2:1:b"
    assert fill("#set($t = 9)#foreach($t in [1, 2])$t#end$t") == "129"
    assert fill("#foreach($e in $input.path('$.plan').entrySet())$e.key=$e.value;#end") == "price=30;free=false;"
    assert fill("#foreach($t in $nobody)$t#end") == ""


def test_comments_are_not_written():
    assert fill("a## to the end\nb#* here *#c") == "abc"


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("escapeJavaScript($input.path('$.name'))", "O\\'Brien"),
        ("urlEncode('a b&c')", "a+b%26c"),
        ("urlDecode('a+b%26c')", "a b&c"),
        ("base64Encode('books')", "Ym9va3M="),
        ("base64Decode('Ym9va3M=')", "books"),
        ("parseJson('{\"a\": [1]}').a[0]", "1"),
    ],
)
def test_util(call, expected):
    assert fill(f"$util.{call}") == expected


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("length()", "7"), ("toUpperCase()", "O'BRIEN"), ("substring(2)", "Brien"), ("substring(2, 4)", "Br"),
        ("replace('B', 'b')", "O'brien"), ("replaceAll('[aeiou]', '*')", "O'Br**n"), ("split(\"'\").size()", "2"),
        ("startsWith('O')", "true"), ("equals('x')", "false"), ("isEmpty()", "false"), ("trim()", "O'Brien"),
    ],
)  # fmt: skip
def test_texts(call, expected):
    assert fill(f"#set($n = $input.path('$.name'))$n.{call}") == expected


def test_parameters_are_looked_for_in_the_path_then_the_query_then_the_headers():
    parameters = {"path": {"id": "1"}, "querystring": {"id": "2", "q": "3"}, "header": {"q": "4", "h": "5"}}
    template = "$input.params('id') $input.params('q') $input.params('h') [$input.params('x')]"
    assert fill(template, parameters=parameters) == "1 3 5 []"
    assert fill("$input.params().querystring.id", parameters=parameters) == "2"
    every = "#foreach($k in $input.params().path.keySet())$k#end"
    assert fill(every, parameters=parameters) == "id"


def test_context_and_stage_variables():
    names = {"context": {"identity": {"sourceIp": "192.0.2.1"}}, "stageVariables": {"alias": "live"}}
    assert fill("$context.identity.sourceIp $stageVariables.alias", **names) == "192.0.2.1 live"


def test_a_body_that_is_no_json_is_a_text():
    assert filled("$input.path('$')", {"body": "plain"}) == "plain"
    assert filled("$input.json('$')", {"body": ""}) == "{}"


@pytest.mark.parametrize(
    "template",
    [
        "#if(true)never closed", "#foreach($a in [1])", "#end", "#set($a = )", "#set(a = 1)", "#if(true",
        "#set($a = 'open)", "#foreach($a of [1])#end", "#set($a = word)", "$util.nothing()", "$input.path('$..a')",
    ],
)  # fmt: skip
def test_what_is_not_understood_says_so(template):
    with pytest.raises(TemplateError):
        fill(template)


def test_rounds_without_end_are_stopped():
    inside = "#foreach($b in $a)x#end"
    with pytest.raises(TemplateError, match="1000 rounds"):
        fill(f"#set($a = {list(range(40))})#foreach($c in $a){inside}#end")


@pytest.mark.parametrize(
    ("path", "value"),
    [("$", BODY), ("$.tags[0]", "a"), ("$['plan']['price']", 30), ("$.tags[7]", None), ("$.name.first", None)],
)
def test_paths(path, value):
    assert found_at(path, BODY) == value


@pytest.mark.parametrize("path", ["$..name", "$.tags[*]", "$.tags[?(@.x)]"])
def test_paths_that_are_not_here_say_so(path):
    with pytest.raises(TemplateError, match="is not in the embedded AWS"):
        found_at(path, BODY)
