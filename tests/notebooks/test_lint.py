from __future__ import annotations

from pathlib import Path

import lint_notebooks
import lint_prose
import pytest
from notebook_source import SOURCES, sources

GOOD = """\
# %% [markdown]
# # Chapter

# %% tags=["setup"]
from aws14 import charts

# %% [markdown] pattern="p01"
# ## One

# %% tags=["build"] step="network"
x = 1

# %% tags=["experiment"]
charts.timeline(x)

# %% [markdown]
# Look at the third panel. Nobody waits.

# %% tags=["exercise"]
answer = ...

# %% tags=["solution"]
answer = 42

# %% tags=["check"]
print(answer)
"""


def rules(tmp_path: Path, text: str, claims: str = "") -> list[str]:
    path = tmp_path / "01_one.py"
    path.write_text(text, encoding="utf-8")
    table = tmp_path / "claims.csv"
    table.write_text("notebook,text,expression\n" + claims, encoding="utf-8")
    return [problem.rule for problem in lint_notebooks.lint(path, claims=table)]


def after(text: str) -> str:
    return GOOD + "\n" + text


def markdown(text: str) -> str:
    return after("# %% [markdown]\n" + "\n".join(f"# {line}" for line in text.splitlines()) + "\n")


def code(text: str, tag: str = "inspect") -> str:
    return after(f'# %% tags=["{tag}"]\n{text}\n')


def test_a_good_chapter_breaks_no_rule(tmp_path: Path) -> None:
    assert rules(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (after('# %% tags=["bild"]\ny = 1\n'), "unknown tag: bild"),
        (after("# %%\ny = 1\n"), "without a tag"),
        (after('# %% tags=["inspect"] stp="x"\ny = 1\n'), "unknown in its header: stp"),
        (GOOD.replace('["solution"]', '["solution", "build"]').replace("answer = 42", "y"), "never an exercise"),
        (after('# %% tags=["build"]\ny = 1\n'), "needs step="),
        (
            after('# %% tags=["build"] step="x"\ny = 1\n\n# %% tags=["build"] step="network"\ny = 1\n'),
            "comes twice",
        ),
        (after('# %% tags=["inspect"] step="late"\ny = 1\n'), "not a build cell"),
        (after('# %% [markdown] tags=["check"]\n# Text.\n'), "a tag for code"),
        (code("\n".join(f"y{i} = {i}" for i in range(21))), "21 lines of code"),
        (markdown("word " * 151), "151 words"),
        (markdown("# Another title"), "2 headings of level 1"),
        (markdown("#### Too deep"), "heading level 4 after level 2"),
        (markdown("Text.\n\n### Inside"), "does not open its cell"),
        (after('# %% [markdown] pattern="p02"\n# ### Three\n'), "not an H2"),
        (after('# %% [markdown] deeper="10 min"\n# Text.\n'), "opens with an H3 or H4"),
        (after('# %% [markdown] deeper="long"\n# ### Three\n'), "opens with an H3 or H4"),
        (after('# %% [markdown] deeper="end"\n# Text.\n'), "not a heading"),
        (code("name = input('?')"), "input()"),
        (code("import requests"), "reaches for the network"),
        (code("!curl http://example.com"), "reaches for the network"),
        (code("charts.timeline(x)"), "a figure without a sentence"),
        (code("charts.timeline(x)") + "\n# %% [markdown]\n# ### Next\n", "a figure without a sentence"),
        (code("lab.draw()") + "\n# %% [markdown]\n# Look\n", "a figure without a sentence"),
        (code('lab.experiment("types")'), "a figure without a sentence"),
        (markdown("![](picture.png)"), "a picture without words"),
        (markdown('<img src="a.png" alt="">'), "a picture without words"),
        (markdown("Use Cloud9 for this."), "Cloud9 is 'closed to new customers' and has no box"),
    ],
)
def test_a_broken_rule_is_named(tmp_path: Path, text: str, rule: str) -> None:
    found = rules(tmp_path, text)
    assert [found_rule for found_rule in found if rule in found_rule], found


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (GOOD.replace('# %% tags=["solution"]\nanswer = 42\n\n', ""), "an exercise without a solution right after it"),
        (GOOD.replace('# %% tags=["check"]\nprint(answer)\n', ""), "an exercise without a check after its solution"),
        (GOOD.replace('# %% tags=["exercise"]\nanswer = ...\n\n', ""), "a solution that does not follow an exercise"),
    ],
)
def test_an_exercise_has_a_solution_and_a_check(tmp_path: Path, text: str, rule: str) -> None:
    assert rules(tmp_path, text) == [rule]


def test_an_exercise_cut_by_the_next_section_is_seen(tmp_path: Path) -> None:
    text = GOOD.replace('# %% tags=["check"]', '# %% [markdown]\n# ## Two\n\n# %% tags=["check"]')
    assert rules(tmp_path, text) == ["an exercise without a check after its solution"]


def test_counting_requests_is_no_network(tmp_path: Path) -> None:
    assert rules(tmp_path, code("print(trace.requests, sum(requests))")) == []


def test_a_program_that_answers_reaches_for_nothing(tmp_path: Path) -> None:
    assert rules(tmp_path, code('program = """\nfrom http.server import HTTPServer\n"""\nprint(program)')) == []
    assert rules(tmp_path, code("from http.client import HTTPConnection")) != []


def test_a_check_alone_is_a_checkpoint(tmp_path: Path) -> None:
    assert rules(tmp_path, code("print(1)", tag="check")) == []


@pytest.mark.parametrize(
    ("block", "times", "rule"),
    [
        ('\n# %% tags=["inspect"]\nx\n', 16, "the core of p01 has 20 code cells (at most 18)"),
        ("\n# %% [markdown]\n# " + "word " * 140 + "\n", 9, "the core of p01 has 1268 words (at most 1200)"),
        (
            '\n# %% tags=["experiment"]\ncharts.timeline(x)\n\n# %% [markdown]\n# See it.\n',
            5,
            "the core of p01 has 6 charts (at most 5)",
        ),
        (
            '\n# %% tags=["experiment"]\nlab.explore("types")\n\n# %% [markdown]\n# See it.\n',
            2,
            "the core of p01 has 2 widgets (at most 1)",
        ),
        (
            '\n# %% tags=["exercise"]\na = 0\n\n# %% tags=["solution"]\na = 1\n\n# %% tags=["check"]\na\n',
            1,
            "the core of p01 has 2 exercises (at most 1)",
        ),
    ],
)
def test_the_core_of_a_pattern_is_bounded_and_deeper_is_not(tmp_path: Path, block: str, times: int, rule: str) -> None:
    assert rules(tmp_path, GOOD + block * times) == [rule]
    assert rules(tmp_path, after('# %% [markdown] deeper="10 min"\n# ### More\n') + block * times) == []


@pytest.mark.parametrize(
    "amount",
    ["0.062 USD", "USD 3", "$32.22", "1,200 USD", "300 ms", "45 %", "45%", "90 seconds", "10 s", "2.5s", "20 percent"],
)
def test_a_number_with_a_unit_has_to_be_claimed(tmp_path: Path, amount: str) -> None:
    text = markdown(f"It is {amount} here.")
    assert rules(tmp_path, text) == [f"the number '{amount}' is in no row of claims.csv"]
    assert rules(tmp_path, text, f'01_one,"{amount}",1\n') == []


@pytest.mark.parametrize(
    "text", ["Ten of 16 servers.", "The t3.small has 2 processors.", "`10.0.0.0/24`, port 80.", "In the 1990s, page 3."]
)
def test_numbers_without_a_unit_are_free(tmp_path: Path, text: str) -> None:
    assert rules(tmp_path, markdown(text)) == []


def test_a_claim_holds_for_its_own_words_only(tmp_path: Path) -> None:
    text = markdown("A NAT gateway costs 0.062 USD an hour,\nand so does the other: 0.062 USD.")
    assert rules(tmp_path, text, '01_one,"costs 0.062 USD an hour",1\n') == [
        "the number '0.062 USD' is in no row of claims.csv"
    ]


def test_a_claim_of_another_chapter_does_not_count(tmp_path: Path) -> None:
    assert len(rules(tmp_path, markdown("It costs 3 USD."), '02_two,"3 USD",3\n')) == 1


def test_a_claim_that_nobody_makes_any_more_is_seen(tmp_path: Path) -> None:
    assert rules(tmp_path, GOOD, '01_one,"3 USD a day",3\n') == [
        "claims.csv claims '3 USD a day', which the chapter no longer says"
    ]


def test_a_retired_service_with_its_box_is_taught(tmp_path: Path) -> None:
    box = "\n# %% [markdown]\n# **The book says / today.** The book uses Cloud9; it takes no new customers.\n"
    assert rules(tmp_path, markdown("Use Cloud9 for this.") + box) == []


def test_a_service_that_lives_needs_no_box(tmp_path: Path) -> None:
    assert "CodeCommit" not in lint_prose.gone_services()
    assert rules(tmp_path, markdown("Push to CodeCommit. Make a forecast.")) == []


@pytest.mark.parametrize("path", sources(SOURCES), ids=lambda path: path.stem)
def test_the_chapters_keep_the_rules(path: Path) -> None:
    assert [str(problem) for problem in lint_notebooks.lint(path)] == []
