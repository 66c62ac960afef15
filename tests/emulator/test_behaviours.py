"""Every behaviour says what it is about, takes hold of what moto has, and stands in docs/fidelity.md."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from aws14.catalog.tables import rows
from aws14.emulator.behaviours import BEHAVIOURS
from aws14.emulator.behaviours.hooks import around, before, replace
from aws14.emulator.durations import typical_s
from aws14.errors import DataError

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "aws14" / "emulator" / "behaviours"
PARTS = ["What AWS does", "What moto leaves out", "What this adds", "What it still does not do"]


@pytest.mark.parametrize("name", BEHAVIOURS)
def test_a_behaviour_says_in_four_parts_what_it_is_about(name):
    text = ast.get_docstring(ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8")))
    lines = (text or "").splitlines()
    assert [line for line in lines[1:] if line and not line.startswith(" ")] == PARTS
    for part in PARTS:
        assert lines[lines.index(part) + 1].startswith("    "), f"{part} is empty"


def test_every_behaviour_is_in_the_table():
    behaviours = {path.stem for path in FOLDER.glob("*.py") if "\ndef install(" in path.read_text(encoding="utf-8")}
    assert behaviours == set(BEHAVIOURS)


INSTALL_ALL = """
import sys
from importlib import import_module
from aws14.emulator import environment
environment.keep_out()
environment.prepare(0)
from aws14.emulator.behaviours import BEHAVIOURS, Installer
installer = Installer()
installer.install_loaded()
assert not {"moto.ec2", "moto.sqs"} & set(sys.modules), "the start loads services"
for needed in set(BEHAVIOURS.values()):
    import_module(needed)
installer.install_loaded()
assert not installer._waiting
"""


def test_moto_has_every_name_that_a_behaviour_takes_hold_of():
    done = subprocess.run([sys.executable, "-c", INSTALL_ALL], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


def test_a_name_that_moto_lost_stops_the_start():
    class Moto:
        def there(self, value):
            return value

    for hook in (around, before, replace):
        with pytest.raises(AttributeError, match="gone"):
            hook(Moto, "gone", lambda *_: None)

    def refuse(_self, value):
        if value < 0:
            raise ValueError(value)

    before(Moto, "there", refuse)
    around(Moto, "there", lambda original, self, value: original(self, value) + 1)
    assert Moto().there(1) == 2
    with pytest.raises(ValueError, match="-1"):
        Moto().there(-1)


def test_the_fidelity_page_is_up_to_date(tmp_path):
    fresh = tmp_path / "fidelity.md"
    made = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "build_fidelity.py"), str(fresh)],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    assert fresh.read_text() == (ROOT / "docs" / "fidelity.md").read_text(), "run python tools/build_fidelity.py"


def test_durations_have_a_source_and_an_order():
    sources = {row["key"] for row in rows("sources")}
    for row in rows("durations"):
        low, typical, high = (float(row[f"seconds_{which}"]) for which in ("low", "typical", "high"))
        assert 0 < low <= typical <= high, row["thing"]
        assert set(row["source"].split(";")) <= sources, row["thing"]
        assert row["confidence"] in {"A", "B", "C"}


def test_every_duration_that_is_asked_for_is_in_the_table():
    asked = {
        thing
        for path in (ROOT / "aws14" / "emulator").rglob("*.py")
        for thing in re.findall(r'typical_s\("([^"]+)"\)', path.read_text(encoding="utf-8"))
    }
    assert len(asked) >= 7
    for thing in asked:
        assert typical_s(thing) > 0
    with pytest.raises(DataError, match="no duration"):
        typical_s("EC2 instance pending to flying")
