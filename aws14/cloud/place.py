"""Where a session works: which AWS, whose account, through which door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

import boto3
from botocore.config import Config

from aws14.cloud.isolation import isolated_config, isolated_session

Target = Literal["emulator", "aws", "endpoint"]

DEFAULT_REGION = "ap-northeast-1"
"""Tokyo, where the course's customers are."""


class Control(Protocol):
    """What only the embedded AWS can do; `aws14.cloud.process.Emulator` does it."""

    def status(self) -> Mapping[str, Any]:
        """Version, time, requests, pending events, notices."""

    def advance(self, seconds: float) -> tuple[float, Sequence[tuple[float, str]]]:
        """Let AWS time pass; the new time and the events that ran."""

    def save(self, name: str) -> int:
        """Keep the whole cloud under a name."""

    def restore(self, name: str) -> float:
        """Go back to a cloud kept under a name."""

    def damage(self, kind: str, target: str, seconds: float | None) -> None:
        """Break an ``instance``, an ``az`` or a ``db`` for some seconds, or for good."""

    def heal(self) -> list[str]:
        """End all that was broken."""

    def play(self, metrics: Sequence[Mapping[str, Any]], until: float) -> Mapping[str, Any]:
        """Put datapoints, let AWS time pass until then, and tell how the groups are."""

    def pod_load(self, load: Mapping[str, Any]) -> float:
        """Say what the pods of a workload are asked to do; return AWS time."""
        ...

    def file_load(self, load: Mapping[str, Any]) -> float:
        """Say what a file system has to do; return AWS time."""
        ...

    def office(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """Say what the office is like; return how it is now."""
        ...

    def gateway(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Do something with a storage gateway, as somebody in the office; return how it went."""
        ...

    def reset(self) -> None:
        """Start with an empty cloud."""

    def connect(self, host: str, port: int, source: str = "internet") -> Mapping[str, Any]:
        """Try to connect in its network."""

    def resolve(self, name: str, source: str = "internet") -> Mapping[str, Any]:
        """Ask its DNS for the addresses of a name."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """An AWS and an account in it.

    Parameters
    ----------
    target : {'emulator', 'aws', 'endpoint'}
        The embedded AWS, the real one, or another AWS-compatible endpoint on loopback.
    region : str
        Region that clients speak to unless told otherwise.
    account_id : str
        Twelve digits.
    endpoint : str
        URL of the embedded AWS or the endpoint; empty for the real AWS.
    access_key, secret_key : str
        Keys for that URL; never those of a real account.
    expires : datetime, optional
        When what is built on a real account should be gone.
    control : Control, optional
        The embedded AWS's own controls.
    """

    target: Target
    region: str
    account_id: str = ""
    endpoint: str = ""
    access_key: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)
    expires: datetime | None = None
    control: Control | None = field(default=None, repr=False)

    @property
    def real(self) -> bool:
        """Whether building here costs money."""
        return self.target == "aws"

    def open(self) -> boto3.Session:
        """A boto3 session for this place; for the real AWS the learner's own configuration is used."""
        if self.real:
            return boto3.Session(region_name=self.region)
        return isolated_session(region=self.region, access_key=self.access_key, secret_key=self.secret_key)

    def client(self, opened: boto3.Session, service: str, region: str) -> Any:
        """A plain boto3 client."""
        if self.real:
            return opened.client(service, region_name=region, config=Config(retries={"mode": "standard"}))
        return opened.client(service, region_name=region, endpoint_url=self.endpoint, config=isolated_config())
