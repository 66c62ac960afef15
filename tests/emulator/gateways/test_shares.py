"""File shares: from the office's folder to the bucket and back, at the pace of the line."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from aws14.errors import Aws14Error
from tests.emulator.gateways.conftest import BUCKET, GIB, fetch


def did(office: SimpleNamespace, do: str, **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = office.emulator.gateway({"do": do, "target": BUCKET, **more})
    return answer


def keys(office: SimpleNamespace) -> dict[str, int]:
    return {one["Key"]: one["Size"] for one in office.s3.list_objects_v2(Bucket=BUCKET).get("Contents", ())}


def test_a_file_in_the_folder_becomes_an_object_with_the_same_bytes(share: SimpleNamespace) -> None:
    folder = Path(did(share, "look")["folder"])
    (folder / "plans").mkdir()
    (folder / "plans" / "house.dxf").write_bytes(bytes(range(256)) * 40)
    share.emulator.advance(5)
    assert keys(share) == {}, "written, but still waiting"
    share.emulator.advance(60)
    found = share.s3.get_object(Bucket=BUCKET, Key="plans/house.dxf")
    assert found["Body"].read() == bytes(range(256)) * 40
    (folder / "plans" / "house.dxf").write_text("changed")
    share.emulator.advance(60)
    assert share.s3.get_object(Bucket=BUCKET, Key="plans/house.dxf")["Body"].read() == b"changed"
    (folder / "plans" / "house.dxf").unlink()
    share.emulator.advance(60)
    assert keys(share) == {}
