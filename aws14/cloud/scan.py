"""What is left: everything that the ledger, the tags or the readers know of and that AWS still has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aws14.cloud.arns import named
from aws14.cloud.kinds import KINDS, kind_of
from aws14.cloud.ledger import Record
from aws14.cloud.operations import OPERATIONS
from aws14.cloud.readback import read_back, route53
from aws14.cloud.readback.ec2 import GROUP_TAG
from aws14.cloud.readback.seen import listed
from aws14.cloud.recorder import made_by
from aws14.cloud.tags import COURSE, PATTERN

if TYPE_CHECKING:
    from aws14.cloud.session import Session

_SCENERY = frozenset({"internet", "office", "region", "az"})
_GLOBAL_REGION = "us-east-1"
_GLOBAL = frozenset({"iam", "route53", "s3", "cloudfront"})
_WITH_THEIR_GROUP = frozenset({"scaling_policy", "scheduled_action"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Thing:
    """One resource of the course that exists.

    Parameters
    ----------
    kind : str
        Key of `aws14.cloud.kinds.KINDS`; the service's name, or the kind of a node, for what has no row there.
    aws_id : str
        Its id, or ARN.
    region : str
        Where it is.
    params : Mapping
        Parameters of the call that made it, when the ledger knows them.
    """

    kind: str
    aws_id: str
    region: str
    params: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def id(self) -> str:
        """The AWS id."""
        return self.aws_id

    @property
    def identity(self) -> tuple[str, str, str]:
        """What tells it apart from all others: two regions may have databases of one name, but no two buckets."""
        kind = KINDS.get(self.kind)
        return self.kind, self.aws_id, "" if kind is not None and kind.service in _GLOBAL else self.region

    @property
    def order(self) -> int:
        """Place in the order of deletion; 0 for what has no row."""
        return KINDS[self.kind].order if self.kind in KINDS else 0

    @property
    def stands_alone(self) -> bool:
        """Whether it does not simply go with its parent."""
        return self.kind not in KINDS or KINDS[self.kind].delete is not None

    def exists(self, session: Session) -> bool:
        """Whether AWS still has it; True for what has no row, since something named it just now."""
        kind = KINDS.get(self.kind)
        return kind is None or kind.exists(session.client(kind.service, self.region), self.aws_id, self.params)


def leftovers(session: Session, *, pattern: str | None = None) -> tuple[Thing, ...]:
    """Everything of a pattern that still exists, in the order in which it can be deleted.

    Parameters
    ----------
    session : Session
        The account.
    pattern : str, optional
        The pattern's word; None for the session's own, empty for the whole course.

    Returns
    -------
    tuple of Thing
        Empty when nothing is left. Found by the ledger, by the tags (EC2's own and the tagging API) and by the
        readers, because none of them alone knows everything.
    """
    word = session.pattern if pattern is None else pattern
    # Names are unique within a kind only: a role and its instance profile often share theirs.
    known = {thing.identity: thing for thing in (*recorded(session, word), *tagged(session, word))}
    found = [thing for thing in known.values() if thing.stands_alone and thing.exists(session)]
    ids = {thing.aws_id for thing in known.values()}
    found += [thing for thing in _seen(session, word) if thing.aws_id not in ids]
    return tuple(sorted(found, key=lambda thing: thing.order))


def recorded(session: Session, word: str) -> Iterator[Thing]:
    """What the ledger knows of, newest first, calls included whose answer a crash lost."""
    for record in reversed(session.ledger.records(word)):
        if record.state in ("begun", "done"):
            yield from made(session, record)


def made(session: Session, record: Record) -> Iterator[Thing]:
    """What one call made, or may have made."""
    if (record.service, record.operation) in OPERATIONS:
        kind = OPERATIONS[record.service, record.operation].kind
        for resource in record.resources or _lost(session, record):
            yield Thing(kind=kind, aws_id=resource, region=record.region, params=record.params)
            if leaves := KINDS[kind].leaves:
                yield from (Thing(kind=what, aws_id=key, region=record.region) for what, key in leaves(resource))


def tagged(session: Session, word: str) -> Iterator[Thing]:
    """What carries the course's tags, whoever made it."""
    name, value = (PATTERN, word) if word else (COURSE, "aws14")
    for region in dict.fromkeys((session.region, *session.ledger.regions(word))):
        yield from _tagged_ec2(session.client("ec2", region), region, name, value)
        yield from _tagged_groups(session.client("autoscaling", region), region, name, value)
        yield from _tagged_elsewhere(session.client("resourcegroupstaggingapi", region), region, name, value)
    if session.region != _GLOBAL_REGION:
        client = session.client("resourcegroupstaggingapi", _GLOBAL_REGION)
        yield from _tagged_elsewhere(client, _GLOBAL_REGION, name, value)
    for seen in route53.to_nodes(route53.fetch(session.client("route53"))):
        if seen.tags.get(name) == value:
            yield Thing(kind=seen.node.kind.replace("_", "-"), aws_id=seen.node.aws_id, region=session.region)


def reopen(session: Session) -> None:
    """Take back into the ledger what was torn down and is there again, after a saved cloud was restored."""
    for record in session.ledger.records():
        if record.state == "gone" and any(thing.exists(session) for thing in made(session, record)):
            session.ledger.end(record, state="done")


def _lost(session: Session, record: Record) -> tuple[str, ...]:
    """What a call without an end may have made; things with tags are found by those."""
    creation = OPERATIONS[record.service, record.operation]
    if find := KINDS[creation.kind].find:
        return tuple(find(session.client(record.service, record.region), record.params))
    return made_by(creation, record.params, {})


def _tagged_ec2(client: Any, region: str, name: str, value: str) -> Iterator[Thing]:
    wanted = [{"Name": "key", "Values": [name]}, {"Name": "value", "Values": [value]}]
    found = listed(client, "describe_tags", "Tags", Filters=wanted)
    grouped = set(_of_groups(client)) if any(tag["ResourceType"] == "instance" for tag in found) else set()
    for tag in found:
        aws_id = tag["ResourceId"]
        if aws_id not in grouped:
            yield Thing(kind=kind_of(aws_id) or tag["ResourceType"], aws_id=aws_id, region=region)


def _tagged_groups(client: Any, region: str, name: str, value: str) -> Iterator[Thing]:
    # The tagging API does not know Auto Scaling groups.
    wanted = [{"Name": "key", "Values": [name]}, {"Name": "value", "Values": [value]}]
    for tag in listed(client, "describe_tags", "Tags", Filters=wanted):
        yield Thing(kind="autoscaling-group", aws_id=tag["ResourceId"], region=region)


def _of_groups(client: Any) -> Iterator[str]:
    """Ids of the instances of Auto Scaling groups, and of the volumes that go with them: the groups delete those."""
    wanted = [{"Name": "tag-key", "Values": [GROUP_TAG]}]
    for reservation in listed(client, "describe_instances", "Reservations", Filters=wanted):
        for instance in reservation["Instances"]:
            yield instance["InstanceId"]
            disks = (mapping["Ebs"] for mapping in instance.get("BlockDeviceMappings", ()) if "Ebs" in mapping)
            yield from (disk["VolumeId"] for disk in disks if disk.get("DeleteOnTermination"))


def _tagged_elsewhere(client: Any, region: str, name: str, value: str) -> Iterator[Thing]:
    wanted = [{"Key": name, "Values": [value]}]
    for entry in listed(client, "get_resources", "ResourceTagMappingList", TagFilters=wanted):
        kind, key = named(entry["ResourceARN"])
        if kind:
            yield Thing(kind=kind, aws_id=key, region=region)


def _seen(session: Session, word: str) -> Iterator[Thing]:
    built = read_back(session, pattern=word)
    for node in built.nodes:
        if node.kind not in _SCENERY | _WITH_THEIR_GROUP:
            region = built.container(node.id, "region")
            key = node.aws_id.partition(",")[0]  # of a group, its name
            yield Thing(kind=node.kind, aws_id=key, region=region.id if region else session.region)
