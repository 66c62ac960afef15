"""What is built is read once, until something happens."""

from __future__ import annotations

import pytest

from aws14.cloud import Session
from aws14.cloud import last_read as module
from aws14.cloud.last_read import LastRead
from aws14.model import Topology


@pytest.fixture
def reads(session: Session, monkeypatch: pytest.MonkeyPatch) -> tuple[LastRead, list[str]]:
    """A reader with a network, and the words of the patterns that were really read."""
    read, asked = module.read_back, []

    def counted(session: Session, *, pattern: str) -> Topology:
        asked.append(pattern)
        return read(session, pattern=pattern)

    monkeypatch.setattr(module, "read_back", counted)
    session.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")
    return LastRead(session, session.pattern), asked


def test_nothing_is_read_again_while_nothing_happens(session: Session, reads: tuple[LastRead, list[str]]):
    last, asked = reads
    first = last.topology()
    session.client("ec2").describe_vpcs()
    assert last.topology() is first
    assert asked == [session.pattern]


@pytest.mark.parametrize("what", ["call", "other", "time", "use", "restore"])
def test_it_is_read_again_after_something_happened(session: Session, reads: tuple[LastRead, list[str]], what: str):
    last, asked = reads
    control = session.place.control
    assert control is not None
    control.save("before")
    last.topology()
    other = session.for_pattern("p99")  # another kernel, as far as this reader can tell
    happens = {
        "call": lambda: session.client("ec2").create_vpc(CidrBlock="10.1.0.0/16"),
        "other": lambda: other.client("ec2").create_vpc(CidrBlock="10.1.0.0/16"),
        "time": lambda: session.advance(3600),
        "use": lambda: control.connect("192.0.2.1", 80),
        "restore": lambda: control.restore("before"),
    }
    happens[what]()
    last.topology()
    assert len(asked) == 2


def test_what_was_made_is_seen_at_once(session: Session, reads: tuple[LastRead, list[str]]):
    last, _ = reads
    before = {node.aws_id for node in last.topology().nodes}
    made = session.client("ec2").create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    after = {node.aws_id for node in last.topology().nodes}
    assert after - before == {made}
