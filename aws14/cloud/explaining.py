"""AWS's refusals as one readable line: what AWS said, the likely cure, code and request id.

Kubernetes' own are told likewise (`aws14.cloud.kubernetes_explaining`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    ParamValidationError,
    WaiterError,
)
from botocore.parsers import ResponseParserError

from aws14.cloud import kubernetes_explaining

CURES: Mapping[str, str] = {
    "AddressLimitExceeded": "release an Elastic IP that nothing uses, or ask AWS for a larger quota",
    "AuthFailure": "look at the credentials and at the region",
    "BucketAlreadyExists": "bucket names are unique in the whole world: choose another",
    "BucketNotEmpty": "delete the objects and their versions first",
    "ConflictingDomainExists": "a private zone of that name is already associated with the VPC",
    "DependencyViolation": "delete what still stands in it or uses it first; tear_down does so in the right order",
    "ExpiredToken": "your temporary credentials are over: sign in again",
    "FileSystemInUse": "delete its mount targets first, and wait until they are gone",
    "GatewayNotAttached": "attach the internet gateway to the VPC first: attach_internet_gateway",
    "Gateway.NotAttached": "attach the internet gateway to the VPC first: attach_internet_gateway",
    "HostedZoneAlreadyExists": "the CallerReference was used before: use a new one",
    "HostedZoneNotEmpty": "delete the records first; NS and SOA of the zone itself stay",
    "IncorrectInstanceState": "some changes need a stopped instance (stop_instances, waiter instance_stopped), others "
    "a running one",
    "IncorrectState": "it is between two states: use a waiter",
    "InsufficientInstanceCapacity": "AWS has no such machine free in that AZ now: another AZ or another type",
    "InstanceLimitExceeded": "terminate instances, or ask AWS for a larger quota",
    "InvalidAMIID.NotFound": "AMI ids differ by region: read the current one from SSM's public parameters",
    "InvalidAllocationID.NotFound": "describe_addresses lists the allocation ids you have",
    "InvalidChangeBatch": "the message names the record; one that is there already is changed with UPSERT, not CREATE",
    "InvalidGroup.Duplicate": "the VPC has a group of that name: describe_security_groups finds it",
    "InvalidGroup.InUse": "a network interface still wears the group: terminate the instance or change its groups",
    "InvalidGroup.NotFound": "groups belong to one VPC and one region: describe_security_groups lists them",
    "InvalidInstanceID.NotFound": "the instance is not in this region, or was just launched: use a waiter",
    "InvalidIPAddress.InUse": "another network interface has that address: choose another",
    "InvalidKeyPair.Duplicate": "delete_key_pair first, or choose another name: AWS shows a private key only once",
    "InvalidKeyPair.NotFound": "create_key_pair first; key pairs belong to one region",
    "InvalidParameterCombination": "two of the parameters exclude each other: see the message",
    "InvalidParameterValue": "one parameter has a value AWS does not take: see the message",
    "InvalidPermission.Duplicate": "the rule is there already: nothing to do",
    "InvalidRequestException": "it does not fit the state things are in, or a lock keeps it: see the message",
    "InvalidSubnet.Conflict": "the range overlaps another subnet of the VPC: choose a free one",
    "InvalidSubnet.Range": "the subnet's range must lie inside the VPC's range",
    "InvalidSubnetID.NotFound": "describe_subnets lists the subnets of this region",
    "InvalidVpc.Range": "a VPC's range is /16 to /28, of private addresses",
    "InvalidVpcID.NotFound": "describe_vpcs lists the VPCs of this region",
    "MissingParameter": "add the parameter that the message names",
    "NatGatewayLimitExceeded": "delete a NAT gateway of that AZ, or ask AWS for a larger quota",
    "NetworkAclLimitExceeded": "delete a network ACL, or ask AWS for a larger quota",
    "NoSuchBucket": "list_buckets shows the buckets you have",
    "NoSuchDistribution": "CloudFront has no regions: list_distributions shows the ids",
    "NoSuchEntity": "IAM has no regions: look at the name (list_roles, list_policies); what was just made "
    "may need a moment",
    "NoSuchHostedZone": "list_hosted_zones lists the zones of the account",
    "NoSuchKey": "list_objects_v2 shows the keys of the bucket",
    "NotImplemented": "see docs/fidelity.md for what the embedded AWS answers; a real account has it all",
    "OptInRequired": "enable the region in the account's settings, or use another",
    "RequestLimitExceeded": "AWS throttles: wait a moment and ask less often",
    "Resource.AlreadyAssociated": "it is associated already: describe it before you change it",
    "ResourceConflictException": "it is there already, or still being changed: describe it, or use a waiter",
    "ResourceInUseException": "it is there already, or still being changed: describe it, or use a waiter",
    "RouteAlreadyExists": "the table has a route to that destination: replace_route changes it",
    "RouteTableLimitExceeded": "delete a route table, or ask AWS for a larger quota",
    "SecurityGroupLimitExceeded": "delete a group that nothing uses, or ask AWS for a larger quota",
    "Throttling": "AWS throttles: wait a moment and ask less often",
    "TooManyRequests": "throughput is lowered, or its mode changed, once a day; on the embedded AWS: lab.advance",
    "UnauthorizedOperation": "these credentials may not do that: their IAM policy has to allow it",
    "AccessDenied": "these credentials may not do that: their IAM policy has to allow it",
    "UnrecognizedClientException": "look at the credentials and at the region",
    "Unsupported": "this AZ or region does not have it: choose another type or AZ",
    "VcpuLimitExceeded": "terminate instances, or ask AWS for more vCPUs",
    "VolumeInUse": "detach the volume first",
    "VpcLimitExceeded": "delete a VPC that you do not need, or ask AWS for a larger quota",
}
"""Error code of AWS -> the likely cure."""

_BY_WORDS: Mapping[str, str] = {
    "No integration defined for method": "put_integration for every method: get_resources(embed=['methods']) shows "
    "which has none",
    "Invalid API identifier": "get_rest_apis lists the APIs of this region",
    "Invalid Deployment identifier": "get_deployments lists the deployments of the API; create_deployment makes one",
    "Invalid Method identifier": "put_method first: get_resources(embed=['methods']) shows what each resource has",
    "Invalid Resource identifier": "get_resources lists the resources of the API: each has an id beside its path",
    "Invalid Rest API Id": "get_rest_apis lists the APIs of this region",
    "Invalid Stage identifier": "get_stages lists the stages of the API; create_stage makes one of a deployment",
    "Function not found": "list_functions shows the functions of this region; a qualifier is a version or an alias",
    "Requested resource not found": "list_tables shows the tables of this region; a new one needs its waiter: "
    "table_exists",
    "No cluster found for name": "list_clusters shows the clusters of this region",
    "because no identity-based policy allows": "put_role_policy or attach_role_policy: a policy of the role has to "
    "allow that action on that resource",
    "with an explicit deny in": "a policy of the role has a Deny for that: it wins over every Allow",
    "execution role does not have permissions": "attach_role_policy: the function's role has to allow it, too",
}
"""What AWS says under codes of many meanings -> the likely cure."""

_GONE = "the embedded AWS does not answer. Try: connect again; it is started anew and restores its last state."


def explain(error: BaseException) -> str:
    """Say in one line what AWS or a cluster refused, why, and what to try.

    Parameters
    ----------
    error : BaseException
        What a call of boto3 or of the Kubernetes client raised.

    Returns
    -------
    str
        The operation, AWS's own message, the likely cure, and in brackets the code and the request id.
    """
    for kind, sentence in _SENTENCES.items():
        if isinstance(error, kind):
            return sentence(error)
    return kubernetes_explaining.explain(error) or _one_line(error)


def _explain_answer(error: ClientError) -> str:
    detail = error.response.get("Error", {})
    code = detail.get("Code", "Unknown")
    message = _one_line(detail.get("Message") or "no reason given").rstrip(".")
    metadata = error.response.get("ResponseMetadata", {})
    request_id = metadata.get("RequestId", "")
    # The embedded AWS knows the cloud: its hint says which thing it is.
    cure = metadata.get("HTTPHeaders", {}).get("x-aws14-hint") or _cure(code, message)
    trace = f"{code}, request {request_id}" if request_id else code
    return f"AWS refused {error.operation_name}: {message}. Try: {cure}. [{trace}]"


def _cure(code: str, message: str) -> str:
    for words, cure in _BY_WORDS.items():
        if words in message:
            return cure
    return CURES.get(code) or _general_cure(code)


def _general_cure(code: str) -> str:
    if "NotFound" in code or code.startswith("NoSuch"):
        return "check the name or id, and the region; what was just made may need a moment"
    if code.endswith(("LimitExceeded", "QuotaExceeded", "LimitExceededException")):
        return "delete what you do not need, or ask AWS for a larger quota"
    if "Duplicate" in code or "AlreadyExist" in code:
        return "it is there already: describe it, or choose another name"
    return "read the message; the AWS documentation of the operation lists its errors"


def _explain_silence(error: EndpointConnectionError | HTTPClientError) -> str:
    endpoint = str(error.kwargs.get("endpoint_url", error))
    if "127.0.0.1" in endpoint or "localhost" in endpoint or "[::1]" in endpoint:
        return f"No answer from {endpoint}: {_GONE}"
    return f"No answer from {endpoint}. Try: check the network, the region's name and any proxy."


def _one_line(text: object) -> str:
    return " ".join(str(text).split())


def _explain_waiter(error: WaiterError) -> str:
    reason = _one_line(error.kwargs.get("reason", error))
    return f"The waiter gave up: {reason}. Try: describe the resource; its state and its reason say why."


def _explain_parameters(error: ParamValidationError) -> str:
    return f"{_one_line(error)}. Try: compare the parameters with the operation's documentation."


_SENTENCES: Mapping[type[BaseException], Callable[[Any], str]] = {
    ClientError: _explain_answer,
    WaiterError: _explain_waiter,
    EndpointConnectionError: _explain_silence,
    HTTPClientError: _explain_silence,
    ParamValidationError: _explain_parameters,
    NoCredentialsError: lambda _: (
        "No AWS credentials were found. Try: `aws configure`, `aws sso login`, or AWS_PROFILE."
    ),
    ResponseParserError: lambda _: "The answer is not one that AWS gives. Try: check AWS14_ENDPOINT_URL.",
}
"""Kind of error -> how it is told."""
