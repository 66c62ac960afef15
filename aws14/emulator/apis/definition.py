"""What of a REST API is deployed: a copy of it as plain JSON, made by `CreateDeployment` and never changed after."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["api_of", "apis", "definition", "freeze", "frozen", "methods_of"]


def apis() -> Any:
    """Every REST API."""
    import sys

    loaded = sys.modules.get("moto.apigateway.models")
    for regions in list(loaded.apigateway_backends.values()) if loaded is not None else ():
        for backend in list(regions.values()):
            yield from list(backend.apis.values())


def api_of(key: str, region: str) -> Any:
    """A REST API of a region by its id; None where there is none."""
    return next((api for api in apis() if api.id == key and api.region_name == region), None)


def definition(api: Any) -> dict[str, Any]:
    """A REST API as it is now.

    Returns
    -------
    dict
        ``resources``: path -> ``id``, ``methods`` (as the API shows them); ``models``: name -> schema; ``validators``,
        ``authorizers`` by id; ``responses``: gateway responses by type; ``policy``, ``binary``, ``key_source``.
    """
    told = {
        "resources": {
            each.get_path(): {
                "id": each.id,
                "methods": {name: one.to_json() for name, one in each.resource_methods.items()},
            }
            for each in api.resources.values()
        },
        "models": {name: model.schema for name, model in api.models.items()},
        "validators": {key: each.to_dict() for key, each in api.request_validators.items()},
        "authorizers": {key: each.to_json() for key, each in api.authorizers.items()},
        "responses": {kind: each.to_json() for kind, each in api.gateway_responses.items()},
        "policy": api.policy,
        "binary": list(api.binaryMediaTypes),
        "key_source": api.api_key_source,
        "closed": bool(api.disableExecuteApiEndpoint),
    }
    copy: dict[str, Any] = json.loads(json.dumps(told, default=str))
    return copy


def freeze(api: Any, deployment: Any) -> None:
    """Keep an API as it is now in one of its deployments."""
    vars(deployment)["_aws14_definition"] = definition(api)


def frozen(api: Any, stage: Any) -> dict[str, Any] | None:
    """What a stage serves; None where its deployment is gone."""
    deployment = api.deployments.get(stage.deployment_id)
    if deployment is None:
        return None
    kept: dict[str, Any] | None = vars(deployment).get("_aws14_definition")
    return kept


def methods_of(told: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """(method, path) -> method, of a definition."""
    return {
        (name, path): method for path, each in told["resources"].items() for name, method in each["methods"].items()
    }
