"""The instance metadata service: what an instance can ask about itself.

What AWS does
    At 169.254.169.254 every instance is told its id, addresses, zone, groups, key, role, tags and user data. Version 2
    wants a token, got by a PUT, in each request; images of Amazon Linux 2023 make it a must.
What moto leaves out
    One instance, i-fake in us-east-1, for everybody; no tokens; HttpTokens is "optional" for every image.
What this adds
    The service of each instance, asked by curl, wget and ec2-metadata in user data, Run Command and SSH: tokens with
    their time to live, 401 without one where HttpTokens is "required", 403 where the endpoint is disabled, answers from
    the instance as it is at that moment. Instances of Amazon Linux 2023 require tokens unless the call says otherwise.
What it still does not do
    The credentials of a role are shown and sign nothing. Hop limits, IPv6, spot and maintenance notices. Only what runs
    inside an instance reaches it. Settings of an account's defaults and of launch templates are not looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws14.emulator.behaviours.hooks import around
from aws14.emulator.machines.instances import family_of, image_of

__all__ = ["install"]


def install() -> None:
    """Take hold of launches."""
    from moto.ec2.models.instances import InstanceBackend

    around(InstanceBackend, "run_instances", _with_tokens)


def _with_tokens(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
    given = kwargs.get("metadata_options") or {}
    reservation = original(backend, *args, **kwargs)
    for instance in reservation.instances:
        if family_of(image_of(instance)) == "al2023":
            options = instance.metadata_options
            options.http_tokens = given.get("HttpTokens", "required")
            options.http_put_response_hop_limit = int(given.get("HttpPutResponseHopLimit", 2))
    return reservation
