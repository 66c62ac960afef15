"""Kinds of the network, and of who may come in."""

from __future__ import annotations

from collections.abc import Mapping

from aws14.cloud import deletion, presence
from aws14.cloud.kinds.kind import Kind

NETWORK: Mapping[str, Kind] = {
    "network-insights-path": Kind(
        service="ec2",
        prefix="nip",
        order=8,
        exists=presence.described(
            "describe_network_insights_paths", "NetworkInsightsPathIds", "NetworkInsightsPaths[].NetworkInsightsPathId"
        ),
        delete=deletion.delete_path,
    ),
    "address-association": Kind(
        service="ec2",
        order=14,
        exists=presence.filtered("describe_addresses", "association-id", "Addresses[]"),
        delete=deletion.call("disassociate_address", "AssociationId"),
    ),
    "natgateway": Kind(
        service="ec2",
        prefix="nat",
        order=24,
        exists=presence.described(
            "describe_nat_gateways", "NatGatewayIds", "NatGateways[].NatGatewayId", state="NatGateways[].State"
        ),
        delete=deletion.call("delete_nat_gateway", "NatGatewayId"),
        waiter=("nat_gateway_deleted", "NatGatewayIds"),
    ),
    "peering": Kind(
        service="ec2",
        prefix="pcx",
        order=38,
        exists=presence.described(
            "describe_vpc_peering_connections",
            "VpcPeeringConnectionIds",
            "VpcPeeringConnections[].VpcPeeringConnectionId",
            state="VpcPeeringConnections[].Status.Code",
        ),
        delete=deletion.call("delete_vpc_peering_connection", "VpcPeeringConnectionId"),
    ),
    "peering-acceptance": Kind(service="ec2", order=38, exists=presence.peering_accepted),
    "vpc-endpoint": Kind(
        service="ec2",
        prefix="vpce",
        order=39,
        exists=presence.described(
            "describe_vpc_endpoints", "VpcEndpointIds", "VpcEndpoints[].VpcEndpointId", state="VpcEndpoints[].State"
        ),
        delete=lambda client, key: client.delete_vpc_endpoints(VpcEndpointIds=[key]),
        lingers=presence.described("describe_vpc_endpoints", "VpcEndpointIds", "VpcEndpoints[].VpcEndpointId"),
    ),
    "network-interface": Kind(
        service="ec2",
        prefix="eni",
        order=34,
        exists=presence.described(
            "describe_network_interfaces", "NetworkInterfaceIds", "NetworkInterfaces[].NetworkInterfaceId"
        ),
        delete=deletion.call("delete_network_interface", "NetworkInterfaceId"),
    ),
    "elastic-ip": Kind(
        service="ec2",
        prefix="eipalloc",
        order=40,
        exists=presence.described("describe_addresses", "AllocationIds", "Addresses[].AllocationId"),
        delete=deletion.release,
    ),
    "ingress-rule": Kind(
        service="ec2",
        order=45,
        exists=presence.rules_in("IpPermissions"),
        narrow=presence.rules_missing("IpPermissions"),
        delete=deletion.revoke_rule,
    ),
    "egress-rule": Kind(
        service="ec2",
        order=45,
        exists=presence.rules_in("IpPermissionsEgress"),
        narrow=presence.rules_missing("IpPermissionsEgress"),
        delete=deletion.revoke_rule,
    ),
    "security-group": Kind(
        service="ec2",
        prefix="sg",
        order=50,
        exists=presence.described("describe_security_groups", "GroupIds", "SecurityGroups[].GroupId"),
        delete=deletion.delete_group,
    ),
    "route": Kind(service="ec2", order=52, exists=presence.route_exists, delete=deletion.delete_route),
    "route-table-association": Kind(
        service="ec2",
        order=54,
        exists=presence.filtered("describe_route_tables", "association.route-table-association-id", "RouteTables[]"),
        delete=deletion.call("disassociate_route_table", "AssociationId"),
    ),
    "network-acl-association": Kind(
        service="ec2",
        order=56,
        exists=presence.filtered("describe_network_acls", "association.association-id", "NetworkAcls[]"),
    ),
    "subnet": Kind(
        service="ec2",
        prefix="subnet",
        order=60,
        exists=presence.described("describe_subnets", "SubnetIds", "Subnets[].SubnetId"),
        delete=deletion.call("delete_subnet", "SubnetId"),
    ),
    "network-acl": Kind(
        service="ec2",
        prefix="acl",
        order=58,
        exists=presence.described("describe_network_acls", "NetworkAclIds", "NetworkAcls[].NetworkAclId"),
        delete=deletion.delete_network_acl,
    ),
    "route-table": Kind(
        service="ec2",
        prefix="rtb",
        order=66,
        exists=presence.described("describe_route_tables", "RouteTableIds", "RouteTables[].RouteTableId"),
        delete=deletion.delete_route_table,
    ),
    "gateway-attachment": Kind(
        service="ec2", order=68, exists=presence.gateway_attached, delete=deletion.detach_gateway
    ),
    "internet-gateway": Kind(
        service="ec2",
        prefix="igw",
        order=70,
        exists=presence.described(
            "describe_internet_gateways", "InternetGatewayIds", "InternetGateways[].InternetGatewayId"
        ),
        delete=deletion.delete_internet_gateway,
    ),
    "vpc": Kind(
        service="ec2",
        prefix="vpc",
        order=90,
        exists=presence.described("describe_vpcs", "VpcIds", "Vpcs[].VpcId"),
        delete=deletion.call("delete_vpc", "VpcId"),
    ),
}
"""Kind -> how it is seen and deleted."""
