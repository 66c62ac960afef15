"""What a learner says of the office, and the folder that nobody leaves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aws14.emulator import offices
from aws14.emulator.clock import WallHand
from aws14.emulator.world import World, inhabit
from aws14.errors import EmulatorError, ScenarioError


def test_it_has_a_folder_in_the_home_and_a_line(clean_emulator, emulator_home):
    told = clean_emulator.office({})
    assert Path(told["folder"]) == (emulator_home / "office" / "files").resolve()
    assert Path(told["folder"]).is_dir()
    assert (told["upload_mbps"], told["download_mbps"], told["cut"]) == (100.0, 100.0, False)


def test_what_is_left_out_stays(clean_emulator, tmp_path):
    clean_emulator.office({"folder": str(tmp_path), "upload_mbps": 20})
    clean_emulator.office({"cut": True})
    told = clean_emulator.office({"download_mbps": 50})
    assert (told["folder"], told["upload_mbps"], told["download_mbps"], told["cut"]) == (str(tmp_path), 20, 50, True)


def test_a_save_brings_it_back(clean_emulator):
    clean_emulator.office({"upload_mbps": 5, "stored_gib": 7})
    clean_emulator.save("slow-line")
    clean_emulator.reset()
    assert clean_emulator.office({})["upload_mbps"] == 100
    clean_emulator.restore("slow-line")
    told = clean_emulator.office({})
    assert (told["upload_mbps"], told["stored_gib"]) == (5, 7)


@pytest.mark.parametrize(
    "wrong",
    [
        {"folder": "/"},
        {"folder": str(Path.home())},
        {"folder": "relative/path"},
        {"folder": "/no/such/folder"},
        {"folder": ""},
        {"upload_mbps": 0},
        {"download_mbps": "fast"},
        {"cut": 1},
        {"stored_gib": -1},
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_and_changes_nothing(clean_emulator, wrong):
    before = clean_emulator.office({})
    with pytest.raises(EmulatorError):
        clean_emulator.office(wrong)
    after = clean_emulator.office({})
    assert {**before, "now": 0} == {**after, "now": 0}


@pytest.fixture
def share(tmp_path: Path) -> Iterator[Path]:
    """The folder of a world of the test's own."""
    hand = WallHand(0.0)
    inhabit(World(hand))
    folder = tmp_path / "share"
    folder.mkdir()
    offices.declare(offices.Office(folder=str(folder)))
    yield folder
    hand.stop()  # it moves the time of this whole process


@pytest.mark.parametrize("path", ["/../up", "/a/../../up", "..", "/a\\..\\up", "c:/windows", "/nul\0"])
def test_no_path_leads_out(share, path):
    for call in (offices.read, offices.remove, lambda each: offices.write(each, b"x")):
        with pytest.raises(ScenarioError):
            call(path)
    assert [each.name for each in share.parent.iterdir()] == ["share"]


def test_links_are_neither_followed_nor_listed(share):
    outside = share.parent / "outside"
    outside.mkdir()
    (outside / "secret").write_bytes(b"secret")
    (share / "folder").symlink_to(outside)
    (share / "file").symlink_to(outside / "secret")
    assert offices.listed() == {}
    for path in ("/file", "/folder/secret", "/folder/new"):
        with pytest.raises(ScenarioError):
            offices.write(path, b"x")
    with pytest.raises(ScenarioError):
        offices.read("/folder/secret")
    assert (outside / "secret").read_bytes() == b"secret"


def test_files_come_and_go_with_their_folders(share):
    offices.write("/plans/old/a.dxf", b"abc", modified=1_700_000_000.0)
    assert offices.listed() == {"/plans/old/a.dxf": offices.OfficeFile(3, 1_700_000_000.0)}
    assert offices.listed("/plans") == offices.listed()
    assert (share / "plans" / "old" / "a.dxf").read_bytes() == b"abc"
    offices.remove("/plans/old/a.dxf")
    assert list(share.iterdir()) == []


def test_a_folder_that_is_gone_says_so(share):
    share.rmdir()
    with pytest.raises(ScenarioError, match="no folder"):
        offices.listed()


def test_listeners_hear_of_a_change_only(share):
    heard: list[float] = []
    offices.on_change(lambda: heard.append(offices.line().up_mbps))
    offices.declare(offices.Office(upload_mbps=7))
    offices.declare(offices.Office(upload_mbps=7))
    assert heard == [7]
