"""What a learner says of the world around the cloud reaches the embedded AWS, and only it."""

from __future__ import annotations

import pytest

from aws14.errors import EmulatorError, NotebookError
from aws14.lab import Lab

GIB = 1024**3


def test_a_file_system_holds_what_is_said(lab: Lab):
    efs = lab.client("efs")
    key = efs.create_file_system(CreationToken="said")["FileSystemId"]
    lab.advance(minutes=1)
    lab.load_files(key, stored_gib=100, read_mibps=10)
    assert efs.describe_file_systems()["FileSystems"][0]["SizeInBytes"]["Value"] >= 100 * GIB
    efs.delete_file_system(FileSystemId=key)
    lab.advance(minutes=5)


def test_the_offices_line_is_what_is_said_and_the_rest_stays(lab: Lab):
    before = lab.office()
    assert lab.office(upload_mbps=50)["upload_mbps"] == 50
    after = lab.office(cut=True)
    assert after == before | {"upload_mbps": 50, "cut": True, "now": after["now"]}


@pytest.mark.parametrize(
    ("verb", "words", "says"),
    [
        ("load_files", {"file_system": "fs-0"}, "fs-0"),
        ("office", {"upload_mbps": -1}, "upload_mbps"),
        ("at_gateway", {"target": "nothing"}, "nothing"),
    ],
)
def test_what_is_not_there_is_refused_in_words(lab: Lab, verb, words, says):
    with pytest.raises(EmulatorError, match=says):
        getattr(lab, verb)(**words)


def test_a_word_too_much_is_named(lab: Lab):
    with pytest.raises(NotebookError, match=r"upload_mbps"):
        lab.office(upload=50)
    with pytest.raises(NotebookError, match=r"lab\.advance has no argument 'hour'"):
        lab.advance(hour=1)


def test_a_password_has_each_kind_of_character_that_directories_ask_for(lab: Lab, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("aws14.lab.journal.secrets.token_urlsafe", lambda size: "z" * size)
    made = lab.password("directory")
    assert any(map(str.isdigit, made)) and any(map(str.isupper, made)) and any(map(str.islower, made))
