"""Parameters as a client's library writes them into a statement."""

from __future__ import annotations

import pytest

from aws14.emulator.databases.asking import interpolated
from aws14.emulator.databases.host import Host
from aws14.emulator.databases.image import Image
from aws14.emulator.databases.mistakes import MysqlError
from aws14.emulator.databases.session import Session


@pytest.mark.parametrize(
    ("sql", "params", "made"),
    [
        ("SELECT ?", (1,), "SELECT 1"),
        ("SELECT '?', \"?\", `?`, ? -- ?", (None,), "SELECT '?', \"?\", `?`, NULL -- ?"),
        ("x = :a AND y = ':a' AND z = :a", {"a": 2.5}, "x = 2.5 AND y = ':a' AND z = 2.5"),
        ("SELECT ?, ?", (True, b"\x01"), "SELECT 1, x'01'"),
    ],
)
def test_placeholders_outside_of_quotes_are_filled(sql, params, made) -> None:
    assert interpolated(sql, params) == made


@pytest.mark.parametrize("params", [(1,), (1, 2, 3)])
def test_too_few_or_too_many_are_refused(params) -> None:
    with pytest.raises(MysqlError) as caught:
        interpolated("SELECT ?, ?", params)
    assert caught.value.code == 2031


@pytest.mark.parametrize("text", ["it's", "back\\slash", "'; DROP TABLE t; --", 'say "x"', "line\nline", "50%"])
def test_a_text_comes_back_as_it_went_in(text) -> None:
    session = Session(Host(Image()), user="admin")
    assert session.execute(interpolated("SELECT ?", (text,))).rows == ((text,),)
    session.close()
