"""Breaking what is built, in the embedded AWS: hardware under an instance or a database, the power of a zone.

On a real account AWS's own way is the Fault Injection Service; what these functions do to the embedded AWS is described
in ``docs/fidelity.md`` under "failures".
"""

from __future__ import annotations

from typing import Any

from aws14 import catalog
from aws14.cloud.place import Control
from aws14.cloud.session import Session
from aws14.cloud.tags import PATTERN
from aws14.errors import NotAvailable, ScenarioError

__all__ = ["break_az", "break_database", "break_instance", "break_region", "heal", "mend"]

_GONE = frozenset({"shutting-down", "terminated"})


def break_instance(session: Session, instance: str, *, seconds: float | None = None) -> str:
    """Let the hardware under an instance fail now; return the id of the instance.

    It goes on being "running", and answers nothing, until the hardware works again, a stop and a start bring it onto
    other hardware, or AWS recovers it.

    Parameters
    ----------
    session : Session
        On the embedded AWS.
    instance : str
        Drawn id, name tag or AWS id.
    seconds : float, optional
        Of AWS time until the hardware works again by itself; never when left out.

    Raises
    ------
    NotAvailable
        Outside the embedded AWS.
    ScenarioError
        There is no such instance, or several are called that, or the time is not positive.
    EmulatorError
        It is not on any hardware: stopped.
    """
    control = _control(session)
    found = _instance_id(session, instance)
    control.damage("instance", found, _positive(seconds))
    return found


def break_az(session: Session, az: str, *, seconds: float) -> None:
    """Let an Availability Zone lose its power now: all that stands there is away until it is back.

    Parameters
    ----------
    session : Session
        On the embedded AWS.
    az : str
        Name of the zone, as ``ap-northeast-1a``.
    seconds : float
        Of AWS time until power is back.

    Raises
    ------
    NotAvailable, ScenarioError
        As `break_instance`.
    """
    control = _control(session)
    known = [zone["ZoneName"] for zone in session.client("ec2").describe_availability_zones()["AvailabilityZones"]]
    if az not in known:
        raise ScenarioError(f"there is no Availability Zone '{az}' in {session.region}", allowed=", ".join(known))
    control.damage("az", az, _positive(seconds))


def break_region(session: Session, region: str, *, seconds: float) -> tuple[str, ...]:
    """Let every Availability Zone of a region lose its power now; return their names.

    Parameters
    ----------
    session : Session
        On the embedded AWS.
    region : str
        Its name, as ``ap-northeast-1``.
    seconds : float
        Of AWS time until power is back.

    Raises
    ------
    NotAvailable, ScenarioError
        As `break_instance`.
    DataError
        When AWS has no such region.
    """
    control = _control(session)
    catalog.region(region)
    zones = session.client("ec2", region).describe_availability_zones()["AvailabilityZones"]
    names = tuple(zone["ZoneName"] for zone in zones)
    for name in names:
        control.damage("az", name, _positive(seconds))
    return names


def break_database(session: Session, database: str, *, seconds: float | None = None) -> str:
    """Let the host under a database's primary fail now; return the identifier of the DB instance.

    With Multi-AZ the standby is promoted once the failure is detected. Without, the database is away until the host
    works again.

    Parameters
    ----------
    session : Session
        On the embedded AWS.
    database : str
        Drawn id, name tag, or identifier of the DB instance.
    seconds : float, optional
        Of AWS time until the host works again by itself; never when left out.

    Raises
    ------
    NotAvailable
        Outside the embedded AWS.
    ScenarioError
        There is no such DB instance, or several are called that, or the time is not positive.
    EmulatorError
        No host runs it: it is stopped, or not created yet.
    """
    control = _control(session)
    pages = session.client("rds").get_paginator("describe_db_instances").paginate()
    there = [each for page in pages for each in page["DBInstances"]]
    found = [each for each in there if database in _database_names(each)]
    if not found:
        known = sorted(_database_names(each)[0] for each in there)
        raise ScenarioError(f"there is no database '{database}'", allowed=", ".join(known) or "none: nothing is built")
    if len(found) > 1:
        identifiers = ", ".join(each["DBInstanceIdentifier"] for each in found)
        raise ScenarioError(f"{len(found)} databases are called '{database}'", allowed=f"one of {identifiers}")
    control.damage("db", found[0]["DBInstanceArn"], _positive(seconds))
    return str(found[0]["DBInstanceIdentifier"])


def _database_names(instance: dict[str, Any]) -> list[str]:
    tags = {tag["Key"]: tag["Value"] for tag in instance.get("TagList", ())}
    return [name for name in (tags.get("aws14:node"), tags.get("Name"), instance["DBInstanceIdentifier"]) if name]


def heal(session: Session) -> tuple[str, ...]:
    """End all that was broken; return the ids and names of it.

    Raises
    ------
    NotAvailable
        Outside the embedded AWS.
    """
    return tuple(_control(session).heal())


def mend(session: Session) -> None:
    """End all that was broken, where anything can be broken: before building and before clean-up."""
    if session.place.control is not None:
        for healed in session.place.control.heal():
            session.say(f"healed: {healed}")


def _control(session: Session) -> Control:
    if session.place.control is None:
        raise NotAvailable(
            f"this breaks things in the embedded AWS only; this session works on {session.target}",
            cure="the Fault Injection Service, session.client('fis'), is AWS's own way",
        )
    return session.place.control


def _positive(seconds: float | None) -> float | None:
    if seconds is not None and not seconds > 0:
        raise ScenarioError(f"nothing breaks for {seconds!r} seconds", allowed="a positive number of seconds")
    return seconds


def _instance_id(session: Session, wanted: str) -> str:
    pages = session.client("ec2").get_paginator("describe_instances").paginate()
    there = [
        each
        for page in pages
        for reservation in page["Reservations"]
        for each in reservation["Instances"]
        if each["State"]["Name"] not in _GONE
    ]
    found = [each for each in there if wanted in _names(each)]
    own = [each for each in found if session.pattern and _tags(each).get(PATTERN) == session.pattern]
    ids = [each["InstanceId"] for each in own or found]
    if not ids:
        known = sorted({_names(each)[0] for each in there})
        raise ScenarioError(f"there is no instance '{wanted}'", allowed=", ".join(known) or "none: nothing is built")
    if len(ids) > 1:
        raise ScenarioError(f"{len(ids)} instances are called '{wanted}'", allowed=f"one of {', '.join(ids)}")
    return str(ids[0])


def _names(instance: dict[str, Any]) -> list[str]:
    """What an instance may be called, the best name first."""
    tags = _tags(instance)
    return [name for name in (tags.get("aws14:node"), tags.get("Name"), instance["InstanceId"]) if name]


def _tags(instance: dict[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in instance.get("Tags", ())}
