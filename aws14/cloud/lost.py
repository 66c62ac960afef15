"""What a creating call made whose answer was lost: found by what the call named, where no tag tells.

A search takes ``(client, parameters of the call)`` and gives ids.
"""

from __future__ import annotations

from typing import Any

from aws14.cloud.presence import Params


def find_health_check(client: Any, params: Params) -> list[str]:
    """Health checks that a call with these parameters made, when its answer was lost."""
    pages = client.get_paginator("list_health_checks").paginate()
    checks = [check for page in pages for check in page["HealthChecks"]]
    return [check["Id"] for check in checks if check["CallerReference"] == params.get("CallerReference")]


def find_distribution(client: Any, params: Params) -> list[str]:
    """Distributions that a call with these parameters made, when its answer was lost."""
    config = params.get("DistributionConfig") or params.get("DistributionConfigWithTags", {}).get("DistributionConfig")
    wanted = (config or {}).get("CallerReference")
    pages = client.get_paginator("list_distributions").paginate()
    ids = [str(one["Id"]) for page in pages for one in page["DistributionList"].get("Items", ())]
    configs = ((key, client.get_distribution(Id=key)["Distribution"]["DistributionConfig"]) for key in ids)
    return [key for key, found in configs if found["CallerReference"] == wanted]


def find_access_control(client: Any, params: Params) -> list[str]:
    """Origin access controls of the name that a call asked for, when its answer was lost; names are unique."""
    items = client.list_origin_access_controls()["OriginAccessControlList"].get("Items", ())
    return [str(one["Id"]) for one in items if one["Name"] == params["OriginAccessControlConfig"]["Name"]]


def find_zone(client: Any, params: Params) -> list[str]:
    """Zones that a call with these parameters made, when its answer was lost."""
    name, reference = f"{str(params.get('Name', '')).rstrip('.')}.", params.get("CallerReference")
    pages = client.get_paginator("list_hosted_zones").paginate()
    zones = [zone for page in pages for zone in page["HostedZones"]]
    return [
        str(zone["Id"]).removeprefix("/hostedzone/")
        for zone in zones
        if (zone["Name"], zone.get("CallerReference")) == (name, reference)
    ]
