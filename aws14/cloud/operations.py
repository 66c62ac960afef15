"""Creating operations: what each makes, where the answer says its id, and how its tags are given.

One row makes an operation tagged, recorded, and made only once. Operations that AWS itself repeats without harm
(``ModifyVpcAttribute``, ``CreateTags``, ``StartInstances``) need no row.
"""

from __future__ import annotations

from collections.abc import Mapping

from aws14.cloud.creation import Creation

TOKENS = frozenset(
    {"ClientToken", "CallerReference", "ClientRequestToken", "IdempotencyToken", "DryRun", "clientRequestToken"}
)
"""Parameters that name an attempt, not a wish."""

UNRECORDED = frozenset(
    {
        "UserData",
        "LaunchTemplateData",
        "PublicKeyMaterial",
        "MasterUserPassword",
        "Password",
        "ActivationKey",
        "SvmAdminPassword",
        "OntapConfiguration",
        "WindowsConfiguration",
        "SecretString",
        "SecretBinary",
        "Certificate",
        "CertificateChain",
        "PrivateKey",
        "Code",
        "Content",
    }
)
"""Parameters that are long or secret: the ledger keeps only their part in the digest."""

OPERATIONS: Mapping[tuple[str, str], Creation] = {
    # the network
    ("ec2", "CreateVpc"): Creation(kind="vpc", ids="Vpc.VpcId"),
    ("ec2", "CreateSubnet"): Creation(kind="subnet", ids="Subnet.SubnetId"),
    ("ec2", "CreateInternetGateway"): Creation(kind="internet-gateway", ids="InternetGateway.InternetGatewayId"),
    ("ec2", "AttachInternetGateway"): Creation(
        kind="gateway-attachment", ids="{InternetGatewayId}|{VpcId}", tags="none"
    ),
    ("ec2", "CreateRouteTable"): Creation(kind="route-table", ids="RouteTable.RouteTableId"),
    ("ec2", "CreateRoute"): Creation(kind="route", ids="{RouteTableId}|{DestinationCidrBlock}", tags="none"),
    ("ec2", "AssociateRouteTable"): Creation(kind="route-table-association", ids="AssociationId", tags="none"),
    ("ec2", "CreateNatGateway"): Creation(kind="natgateway", ids="NatGateway.NatGatewayId"),
    ("ec2", "AllocateAddress"): Creation(kind="elastic-ip", ids="AllocationId"),
    ("ec2", "AssociateAddress"): Creation(kind="address-association", ids="AssociationId", tags="none"),
    ("ec2", "CreateNetworkAcl"): Creation(kind="network-acl", ids="NetworkAcl.NetworkAclId"),
    ("ec2", "ReplaceNetworkAclAssociation"): Creation(
        kind="network-acl-association", ids="NewAssociationId", tags="none"
    ),
    ("ec2", "CreateVpcPeeringConnection"): Creation(
        kind="peering", ids="VpcPeeringConnection.VpcPeeringConnectionId", tagged=("vpc-peering-connection",)
    ),
    ("ec2", "AcceptVpcPeeringConnection"): Creation(
        kind="peering-acceptance", ids="{VpcPeeringConnectionId}", tags="none"
    ),
    ("ec2", "CreateVpcEndpoint"): Creation(kind="vpc-endpoint", ids="VpcEndpoint.VpcEndpointId"),
    ("ec2", "CreateNetworkInterface"): Creation(kind="network-interface", ids="NetworkInterface.NetworkInterfaceId"),
    # An analysis is not made only once: it is asked for again after each change.
    ("ec2", "CreateNetworkInsightsPath"): Creation(
        kind="network-insights-path", ids="NetworkInsightsPath.NetworkInsightsPathId"
    ),
    # who may come in
    ("ec2", "CreateSecurityGroup"): Creation(kind="security-group", ids="GroupId"),
    ("ec2", "AuthorizeSecurityGroupIngress"): Creation(
        kind="ingress-rule", ids="SecurityGroupRules[].SecurityGroupRuleId", tags="none"
    ),
    ("ec2", "AuthorizeSecurityGroupEgress"): Creation(
        kind="egress-rule", ids="SecurityGroupRules[].SecurityGroupRuleId", tags="none"
    ),
    ("ec2", "CreateKeyPair"): Creation(kind="key-pair", ids="KeyPairId", secret=("KeyMaterial",)),
    ("ec2", "ImportKeyPair"): Creation(kind="key-pair", ids="KeyPairId"),
    # what a machine may do
    ("iam", "CreateRole"): Creation(kind="role", ids="{RoleName}", tags="list"),
    ("iam", "AttachRolePolicy"): Creation(kind="role-policy", ids="{RoleName}|{PolicyArn}", tags="none"),
    ("iam", "PutRolePolicy"): Creation(kind="role-inline-policy", ids="{RoleName}|{PolicyName}", tags="none", put=True),
    ("iam", "CreatePolicy"): Creation(kind="policy", ids="Policy.Arn", tags="list"),
    ("iam", "CreateInstanceProfile"): Creation(kind="instance-profile", ids="{InstanceProfileName}", tags="list"),
    ("iam", "AddRoleToInstanceProfile"): Creation(
        kind="profile-role", ids="{InstanceProfileName}|{RoleName}", tags="none"
    ),
    ("ec2", "AssociateIamInstanceProfile"): Creation(
        kind="profile-association", ids="IamInstanceProfileAssociation.AssociationId", tags="none"
    ),
    # machines and their disks
    ("ec2", "RunInstances"): Creation(
        kind="instance", ids="Instances[].InstanceId", tagged=("instance", "volume", "network-interface")
    ),
    ("ec2", "CreateLaunchTemplate"): Creation(kind="launch-template", ids="LaunchTemplate.LaunchTemplateId"),
    ("ec2", "CreateLaunchTemplateVersion"): Creation(
        kind="launch-template-version",
        ids="LaunchTemplateVersion.LaunchTemplateId|LaunchTemplateVersion.VersionNumber",
        tags="none",
    ),
    ("ec2", "CreateVolume"): Creation(kind="volume", ids="VolumeId"),
    ("ec2", "AttachVolume"): Creation(kind="volume-attachment", ids="{VolumeId}|{InstanceId}", tags="none"),
    ("ec2", "CreateSnapshot"): Creation(kind="snapshot", ids="SnapshotId"),
    ("ec2", "CopySnapshot"): Creation(kind="snapshot", ids="SnapshotId"),
    ("ec2", "CreateImage"): Creation(kind="image", ids="ImageId", tagged=("image", "snapshot")),
    ("ec2", "CopyImage"): Creation(kind="image", ids="ImageId", tagged=("image", "snapshot")),
    ("ec2", "RegisterImage"): Creation(kind="image", ids="ImageId"),
    # what spreads the load, and what follows it; policies and scheduled actions go with their group
    ("elbv2", "CreateLoadBalancer"): Creation(kind="load-balancer", ids="LoadBalancers[].LoadBalancerArn", tags="list"),
    ("elbv2", "CreateTargetGroup"): Creation(kind="target-group", ids="TargetGroups[].TargetGroupArn", tags="list"),
    ("elbv2", "CreateListener"): Creation(kind="listener", ids="Listeners[].ListenerArn", tags="list"),
    ("elbv2", "CreateRule"): Creation(kind="listener-rule", ids="Rules[].RuleArn", tags="list"),
    ("autoscaling", "CreateLaunchConfiguration"): Creation(
        kind="launch-configuration", ids="{LaunchConfigurationName}", tags="none"
    ),
    ("autoscaling", "CreateAutoScalingGroup"): Creation(
        kind="autoscaling-group", ids="{AutoScalingGroupName}", tags="propagated"
    ),
    ("cloudwatch", "PutMetricAlarm"): Creation(kind="alarm", ids="{AlarmName}", tags="list", put=True),
    ("logs", "CreateLogGroup"): Creation(kind="log-group", ids="{logGroupName}", tags="map"),
    ("sns", "CreateTopic"): Creation(kind="topic", ids="TopicArn", tags="list"),
    # tables, queues, and what calls functions; subscriptions, targets and permissions are repeated without harm
    ("dynamodb", "CreateTable"): Creation(kind="table", ids="{TableName}", tags="list"),
    ("dynamodb", "UpdateTimeToLive"): Creation(kind="time-to-live", ids="{TableName}", tags="none"),
    ("secretsmanager", "CreateSecret"): Creation(kind="secret", ids="ARN", tags="list"),
    ("sqs", "CreateQueue"): Creation(kind="queue", ids="{QueueName}", tags="map"),
    ("kinesis", "CreateStream"): Creation(kind="stream", ids="{StreamName}", tags="capital map"),
    ("events", "CreateEventBus"): Creation(kind="event-bus", ids="{Name}", tags="list"),
    ("events", "PutRule"): Creation(kind="rule", ids="RuleArn", tags="list", put=True),
    ("scheduler", "CreateScheduleGroup"): Creation(kind="schedule-group", ids="{Name}", tags="list"),
    ("scheduler", "CreateSchedule"): Creation(kind="schedule", ids="ScheduleArn", tags="none"),
    ("stepfunctions", "CreateStateMachine"): Creation(kind="state-machine", ids="stateMachineArn", tags="lower list"),
    # databases
    ("rds", "CreateDBSubnetGroup"): Creation(kind="db-subnet-group", ids="{DBSubnetGroupName}", tags="list"),
    ("rds", "CreateDBParameterGroup"): Creation(kind="db-parameter-group", ids="{DBParameterGroupName}", tags="list"),
    ("rds", "CreateDBInstance"): Creation(kind="db-instance", ids="{DBInstanceIdentifier}", tags="list"),
    ("rds", "CreateDBInstanceReadReplica"): Creation(kind="db-instance", ids="{DBInstanceIdentifier}", tags="list"),
    ("rds", "RestoreDBInstanceFromDBSnapshot"): Creation(kind="db-instance", ids="{DBInstanceIdentifier}", tags="list"),
    ("rds", "RestoreDBInstanceToPointInTime"): Creation(
        kind="db-instance", ids="{TargetDBInstanceIdentifier}", tags="list"
    ),
    ("rds", "CreateDBSnapshot"): Creation(kind="db-snapshot", ids="{DBSnapshotIdentifier}", tags="list"),
    ("rds", "CreateDBProxy"): Creation(kind="db-proxy", ids="{DBProxyName}", tags="list"),
    ("rds", "RegisterDBProxyTargets"): Creation(kind="db-proxy-target", ids="{DBProxyName}|targets", tags="none"),
    ("rds", "CopyDBSnapshot"): Creation(kind="db-snapshot", ids="{TargetDBSnapshotIdentifier}", tags="list"),
    # clusters; what is created inside them is recorded by their client
    ("eks", "CreateCluster"): Creation(kind="cluster", ids="{name}", tags="map"),
    ("eks", "CreateNodegroup"): Creation(kind="node-group", ids="{clusterName}|{nodegroupName}", tags="map"),
    ("eks", "CreateFargateProfile"): Creation(
        kind="fargate-profile", ids="{clusterName}|{fargateProfileName}", tags="map"
    ),
    ("eks", "CreateAddon"): Creation(kind="add-on", ids="{clusterName}|{addonName}", tags="map"),
    ("eks", "CreateAccessEntry"): Creation(kind="access-entry", ids="{clusterName}|{principalArn}", tags="map"),
    ("eks", "CreatePodIdentityAssociation"): Creation(
        kind="pod-identity", ids="association.clusterName|association.associationId", tags="map"
    ),
    ("kubernetes", "Create"): Creation(kind="kubernetes-object", ids="{cluster}|{path}", tags="none"),
    ("ecr", "CreateRepository"): Creation(kind="repository", ids="{repositoryName}", tags="small list"),
    # shared file systems and the directory that they join
    ("efs", "CreateFileSystem"): Creation(kind="file-system", ids="FileSystemId", tags="list"),
    ("efs", "CreateMountTarget"): Creation(kind="mount-target", ids="MountTargetId", tags="none"),
    ("efs", "CreateAccessPoint"): Creation(kind="access-point", ids="AccessPointId", tags="list"),
    ("efs", "CreateReplicationConfiguration"): Creation(
        kind="file-system-replication", ids="{SourceFileSystemId}", tags="none"
    ),
    ("fsx", "CreateFileSystem"): Creation(kind="fsx-file-system", ids="FileSystem.FileSystemId", tags="list"),
    ("fsx", "CreateFileSystemFromBackup"): Creation(kind="fsx-file-system", ids="FileSystem.FileSystemId", tags="list"),
    ("fsx", "CreateStorageVirtualMachine"): Creation(
        kind="storage-virtual-machine", ids="StorageVirtualMachine.StorageVirtualMachineId", tags="list"
    ),
    ("fsx", "CreateVolume"): Creation(kind="fsx-volume", ids="Volume.VolumeId", tags="list"),
    ("fsx", "CreateVolumeFromBackup"): Creation(kind="fsx-volume", ids="Volume.VolumeId", tags="list"),
    ("fsx", "CreateBackup"): Creation(kind="fsx-backup", ids="Backup.BackupId", tags="list"),
    ("fsx", "CopyBackup"): Creation(kind="fsx-backup", ids="Backup.BackupId", tags="list"),
    ("datasync", "CreateAgent"): Creation(
        kind="datasync-agent", ids="AgentArn", tags="list", ignore=("ActivationKey",)
    ),
    **{
        ("datasync", f"CreateLocation{end}"): Creation(kind="datasync-location", ids="LocationArn", tags="list")
        for end in ("Smb", "Nfs", "S3", "Efs", "FsxWindows")
    },
    ("datasync", "CreateTask"): Creation(kind="datasync-task", ids="TaskArn", tags="list"),
    # gateways in the office; disks are given to the cache once
    ("storagegateway", "ActivateGateway"): Creation(
        kind="storage-gateway", ids="GatewayARN", tags="list", ignore=("ActivationKey",)
    ),
    ("storagegateway", "AddCache"): Creation(kind="gateway-cache", ids="{GatewayARN}", tags="none"),
    ("storagegateway", "AddUploadBuffer"): Creation(kind="gateway-buffer", ids="{GatewayARN}", tags="none"),
    ("storagegateway", "CreateNFSFileShare"): Creation(kind="file-share", ids="FileShareARN", tags="list"),
    ("storagegateway", "CreateSMBFileShare"): Creation(kind="file-share", ids="FileShareARN", tags="list"),
    ("storagegateway", "CreateCachediSCSIVolume"): Creation(kind="gateway-volume", ids="VolumeARN", tags="list"),
    ("storagegateway", "CreateStorediSCSIVolume"): Creation(kind="gateway-volume", ids="VolumeARN", tags="list"),
    ("storagegateway", "CreateSnapshot"): Creation(kind="snapshot", ids="SnapshotId", tags="list"),
    ("storagegateway", "CreateTapes"): Creation(kind="tape", ids="TapeARNs[]", tags="list"),
    ("storagegateway", "CreateTapeWithBarcode"): Creation(kind="tape", ids="TapeARN", tags="list"),
    ("ds", "CreateMicrosoftAD"): Creation(kind="directory", ids="DirectoryId", tags="list"),
    # what keeps copies; a job on demand is made once, as long as what it made is there
    ("backup", "CreateBackupVault"): Creation(kind="backup-vault", ids="{BackupVaultName}", tags="vault map"),
    ("backup", "CreateBackupPlan"): Creation(kind="backup-plan", ids="BackupPlanId", tags="plan map"),
    ("backup", "CreateBackupSelection"): Creation(kind="backup-selection", ids="BackupPlanId|SelectionId", tags="none"),
    ("backup", "StartBackupJob"): Creation(kind="backup-job", ids="BackupJobId", tags="none"),
    ("backup", "CreateRestoreTestingPlan"): Creation(
        kind="restore-testing-plan", ids="RestoreTestingPlanName", tags="capital map"
    ),
    ("backup", "CreateRestoreTestingSelection"): Creation(
        kind="restore-testing-selection", ids="RestoreTestingPlanName|RestoreTestingSelectionName", tags="none"
    ),
    ("dlm", "CreateLifecyclePolicy"): Creation(kind="dlm-policy", ids="PolicyId", tags="capital map"),
    ("kms", "CreateKey"): Creation(kind="key", ids="KeyMetadata.KeyId", tags="key list"),
    ("kms", "CreateAlias"): Creation(kind="key-alias", ids="{AliasName}", tags="none"),
    # functions; versions are published again without harm
    ("lambda", "CreateFunction"): Creation(kind="function", ids="{FunctionName}", tags="capital map"),
    ("lambda", "CreateAlias"): Creation(kind="function-alias", ids="{FunctionName}|{Name}", tags="none"),
    ("lambda", "AddPermission"): Creation(kind="function-permission", ids="{FunctionName}|{StatementId}", tags="none"),
    ("lambda", "CreateFunctionUrlConfig"): Creation(kind="function-url", ids="{FunctionName}", tags="none"),
    ("lambda", "CreateEventSourceMapping"): Creation(kind="event-source-mapping", ids="UUID", tags="none"),
    ("lambda", "PublishLayerVersion"): Creation(kind="layer-version", ids="LayerArn|Version", tags="none"),
    # names
    ("route53", "CreateHostedZone"): Creation(kind="hosted-zone", ids="HostedZone.Id", tags="after"),
    ("route53", "ChangeResourceRecordSets"): Creation(kind="dns-record", ids="records", tags="none"),
    ("route53", "CreateHealthCheck"): Creation(kind="health-check", ids="HealthCheck.Id", tags="after"),
    ("route53", "AssociateVPCWithHostedZone"): Creation(
        kind="zone-association", ids="{HostedZoneId}|{VPC[VPCId]}", tags="none"
    ),
    # certificates and the edge
    ("acm", "RequestCertificate"): Creation(kind="certificate", ids="CertificateArn", tags="list"),
    ("acm", "ImportCertificate"): Creation(kind="certificate", ids="CertificateArn", tags="list"),
    ("cloudfront", "CreateDistribution"): Creation(kind="distribution", ids="Distribution.Id", tags="after"),
    ("cloudfront", "CreateDistributionWithTags"): Creation(kind="distribution", ids="Distribution.Id", tags="after"),
    ("cloudfront", "CreateOriginAccessControl"): Creation(
        kind="origin-access-control", ids="OriginAccessControl.Id", tags="none"
    ),
    # APIs; PutIntegration is repeated without harm, and a deployment is made anew each time: the API may have changed
    ("apigateway", "CreateRestApi"): Creation(kind="rest-api", ids="id", tags="map"),
    ("apigateway", "CreateResource"): Creation(kind="rest-resource", ids="id", tags="none"),
    ("apigateway", "PutMethod"): Creation(kind="rest-method", ids="{restApiId}|{resourceId}|{httpMethod}", tags="none"),
    ("apigateway", "PutMethodResponse"): Creation(
        kind="rest-method-response", ids="{restApiId}|{resourceId}|{httpMethod}|{statusCode}", tags="none"
    ),
    ("apigateway", "CreateModel"): Creation(kind="rest-model", ids="{restApiId}|{name}", tags="none"),
    ("apigateway", "CreateRequestValidator"): Creation(kind="rest-validator", ids="id", tags="none"),
    ("apigateway", "CreateAuthorizer"): Creation(kind="rest-authorizer", ids="id", tags="none"),
    ("apigateway", "CreateStage"): Creation(
        kind="rest-stage", ids="{restApiId}|{stageName}", tags="map", ignore=("deploymentId",)
    ),
    ("apigateway", "CreateApiKey"): Creation(kind="api-key", ids="id", tags="map"),
    ("apigateway", "CreateUsagePlan"): Creation(kind="usage-plan", ids="id", tags="map"),
    ("apigateway", "CreateUsagePlanKey"): Creation(kind="usage-plan-key", ids="{usagePlanId}|{keyId}", tags="none"),
    ("apigatewayv2", "CreateApi"): Creation(kind="http-api", ids="ApiId", tags="capital map"),
    ("apigatewayv2", "CreateIntegration"): Creation(kind="http-integration", ids="IntegrationId", tags="none"),
    ("apigatewayv2", "CreateRoute"): Creation(kind="http-route", ids="RouteId", tags="none"),
    ("apigatewayv2", "CreateStage"): Creation(
        kind="http-stage", ids="{ApiId}|{StageName}", tags="none", ignore=("DeploymentId",)
    ),
    # objects
    ("s3", "CreateBucket"): Creation(kind="bucket", ids="{Bucket}", tags="after"),
}
"""(service, operation of the AWS API) -> what it makes."""
