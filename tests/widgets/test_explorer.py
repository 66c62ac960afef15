"""A question, controls and a picture: with a front end, and without one."""

from __future__ import annotations

import subprocess
import sys
from functools import partial

import pytest

from aws14.errors import Aws14Error, ScenarioError
from aws14.model import Picture
from aws14.widgets import Explorer, explore
from aws14.widgets.controls import control, label

WIDGET = "application/vnd.jupyter.widget-view+json"


def drawn(instance_type: str, spot_rps: int) -> Picture:
    return Picture(image=b"<svg/>", format="svg", alt=f"{instance_type} under {spot_rps}")


@pytest.fixture
def explorer() -> Explorer:
    return explore(drawn, question="Which type?", instance_type=["t3.small", "c5.xlarge"], spot_rps=(0, 160, 20))


def test_it_starts_at_the_first_choice_and_the_middle_of_the_range(explorer: Explorer) -> None:
    assert explorer.values == {"instance_type": "t3.small", "spot_rps": 80}
    assert explorer.picture.alt == "t3.small under 80"


@pytest.mark.parametrize("rps", [0, 80, 160])
@pytest.mark.parametrize("name", ["t3.small", "c5.xlarge"])
def test_moving_a_control_changes_the_picture_and_its_words(explorer: Explorer, name: str, rps: int) -> None:
    explorer.set(instance_type=name, spot_rps=rps)
    below = explorer.widget.children[-1].value
    assert f'alt="{name} under {rps}"' in below
    assert explorer.picture.alt == f"{name} under {rps}"


def test_the_function_runs_once_for_each_move(explorer: Explorer) -> None:
    calls: list[int] = []

    def counted(spot_rps: int) -> Picture:
        calls.append(spot_rps)
        return drawn("x", spot_rps)

    moved = explore(counted, question="?", spot_rps=(0, 10))
    moved.set(spot_rps=7)
    assert calls == [5, 7]


def test_sliders_wait_for_the_hand_to_rest_and_labels_are_words(explorer: Explorer) -> None:
    choice, slider = explorer.controls["instance_type"], explorer.controls["spot_rps"]
    assert slider.continuous_update is False
    assert (slider.min, slider.max, slider.step) == (0, 160, 20)
    assert slider.description == "spot (requests/s)"
    assert choice.description == "instance type"


def test_the_functions_own_default_is_where_it_starts() -> None:
    def with_defaults(hours: int = 3, kind: str = "b", fast: bool = False) -> Picture:
        return drawn(kind, hours)

    explorer = explore(with_defaults, question="?", hours=(1, 9), kind=["a", "b"], fast=True)
    assert explorer.values == {"hours": 3, "kind": "b", "fast": True}


def test_a_bound_function_and_one_that_takes_anything_serve() -> None:
    assert explore(partial(drawn, "m5"), question="?", spot_rps=(0, 2)).picture.alt == "m5 under 1"
    assert explore(lambda **given: drawn("x", given["n"]), question="?", n=(1, 3)).picture.alt == "x under 2"


def test_labels_of_choices_stand_for_values() -> None:
    explorer = explore(lambda region: drawn(region, 1), question="?", region={"Tokyo": "ap-northeast-1"})
    assert explorer.values == {"region": "ap-northeast-1"}
    assert "region = Tokyo" in explorer.html()


def test_a_mistake_is_read_in_place_and_the_controls_stay_usable() -> None:
    def fragile(n: int) -> Picture:
        if n > 5:
            raise ScenarioError(f"n is {n}", allowed="up to 5", cure="move <left>")
        if n == 0:
            return drawn("x", 1 // n)
        return drawn("x", n)

    explorer = explore(fragile, question="?", n=(0, 10))
    explorer.set(n=9)
    below = explorer.widget.children[-1].value
    assert "n is 9. Allowed: up to 5. Try: move &lt;left&gt;." in below
    assert "<img" not in below
    with pytest.raises(ScenarioError):
        _ = explorer.picture
    explorer.set(n=0)
    assert "ZeroDivisionError" in explorer.html()
    explorer.set(n=3)
    assert explorer.picture.alt == "x under 3"


def test_the_static_twin_is_always_there(explorer: Explorer) -> None:
    explorer.set(spot_rps=160)
    bundle = explorer._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain", WIDGET}
    for words in ("Which type?", "instance type = t3.small; spot (requests/s) = 160", 'alt="t3.small under 160"'):
        assert words in bundle["text/html"]
    assert bundle["text/plain"] == "Which type?\nt3.small under 160"
    assert bundle[WIDGET]["model_id"] == explorer.widget.model_id


def test_questions_are_text_not_markup() -> None:
    explorer = explore(drawn, question="a < b & c?", instance_type=["<x>"], spot_rps=(0, 2))
    assert "a &lt; b &amp; c?" in explorer.html()
    assert "&lt;x&gt;" in explorer.html()
    assert "a &lt; b" in explorer.widget.children[0].value


def test_it_works_in_a_plain_program_without_a_kernel() -> None:
    program = (
        "from aws14.model import Picture\n"
        "from aws14.widgets import explore\n"
        "draw = lambda n: Picture(image=b'<svg/>', format='svg', alt=f'n is {n}')\n"
        "e = explore(draw, question='How many?', n=(1, 3))\n"
        "e.set(n=3)\n"
        "print(e, 'text/html' in e._repr_mimebundle_())\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout == "How many?\nn is 3 True\n"
    assert done.stderr == ""


@pytest.mark.parametrize(
    "spec", [(1,), (3, 1), (1, 1), ("a", "b"), (0, 1, 2, 3), [], {}, "abc", 3, (True, False)], ids=str
)
def test_a_range_that_is_none_is_refused_readably(spec: object) -> None:
    with pytest.raises(Aws14Error) as refusal:
        control("n", spec)  # type: ignore[arg-type] # a mistake on purpose
    assert "(lowest, highest)" in str(refusal.value)


@pytest.mark.parametrize(("spec", "default"), [((0, 10), 11), (["a", "b"], "c"), ((0, 10), "x")])
def test_a_default_outside_the_range_is_refused(spec: tuple[int, int] | list[str], default: object) -> None:
    with pytest.raises(Aws14Error):
        control("n", spec, default)


def test_unknown_names_and_values_are_refused_readably(explorer: Explorer) -> None:
    with pytest.raises(Aws14Error, match="spot_rpm"):
        explore(drawn, question="?", spot_rpm=(0, 1))
    with pytest.raises(Aws14Error, match="there is no control 'speed'"):
        explorer.set(speed=1)
    with pytest.raises(Aws14Error, match=r"'instance_type' cannot be 'x1'"):
        explorer.set(instance_type="x1")
    with pytest.raises(Aws14Error, match="'spot_rps' cannot be 500"):
        explorer.set(spot_rps=500)


@pytest.mark.parametrize(("spec", "middle"), [((0, 160, 20), 80), ((1, 10), 5), ((0.0, 1.0), 0.5), ((0, 5, 2), 2)])
def test_the_middle_is_a_step_of_the_range(spec: tuple[float, ...], middle: float) -> None:
    assert control("n", spec).value == pytest.approx(middle)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("spot_rps", "spot (requests/s)"),
        ("budget_usd", "budget (USD)"),
        ("instance_type", "instance type"),
        ("ms", "ms"),
        ("client_timeout_s", "client timeout (s)"),
    ],
)
def test_arguments_are_labelled_in_words(name: str, words: str) -> None:
    assert label(name) == words
