"""Policies of Data Lifecycle Manager, one backend an account and region. Importing this imports moto."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.resource_tagging import TaggableResourcesMixin, TaggedResource

__all__ = ["DLMBackend", "Policy", "dlm_backends"]


@dataclass
class Policy:
    """A lifecycle policy.

    Parameters
    ----------
    id, arn : str
        Its names.
    told : dict
        ``Description``, ``State``, ``ExecutionRoleArn``, ``PolicyDetails`` as in the API.
    tags : dict
        Its own.
    created, modified : float
        Epoch seconds.
    round : int
        Grows with every change: runs that were posted before are void.
    """

    id: str
    arn: str
    told: dict[str, Any]
    tags: dict[str, str] = field(default_factory=dict)
    created: float = 0.0
    modified: float = 0.0
    round: int = 0


class DLMBackend(BaseBackend, TaggableResourcesMixin):
    """The policies of an account in a region."""

    SERVICE_NAMESPACE = "dlm"

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.policies: dict[str, Policy] = {}

    def iter_tagged_resources(self) -> Iterator[TaggedResource]:
        """What the tagging API is told."""
        for policy in self.policies.values():
            yield TaggedResource(arn=policy.arn, tags=policy.tags, resource_type="dlm:policy")


dlm_backends = BackendDict(DLMBackend, "dlm")
