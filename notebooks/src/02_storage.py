# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Storage
#
# Servers can be bought again in minutes. What was stored on them cannot. This chapter is about what must outlive
# machines: copies that nobody can take away, and files that many share.

# %% [markdown]
# After this chapter you can
#
# - say for each failure, from a slip of the hand to stolen admin rights, which copy survives it;
# - write a backup plan with schedule, lifecycle, copies elsewhere and a lock, and restore from it with a stopwatch;
# - keep an archive for seven years at its lowest price, and spot the rule that costs more than it saves;
# - choose among EFS, FSx, a server of your own and a gateway by what a company asks;
# - say what EFS's throughput modes do at the end of a month, and what each costs;
# - plan a move of files with a cut-over window, and say when it will never end.
#
# The patterns can be opened in any order; the chapter needs no other chapter.

# %% [markdown]
# | | |
# |---|---|
# | time | the core of each pattern takes about 35 minutes; each *Deeper* block names its own |
# | real | every `boto3` call, the bytes that are backed up, restored and shared, every price |
# | emulated | the AWS that answers: years pass on a clock that you can advance; the office is a folder on this machine |
# | modelled | failures, months of work, lines: a simulation on what was read back |

# %% tags=["setup"]
import aws14
from aws14 import charts

# %% [markdown] pattern="p05"
# ## Backup
#
# Monday, 8:40. Every plan on the server ends in *.locked*. There were backups: somebody with an administrator's
# password deleted them on Sunday, first. What would have had to be different?

# %% tags=["setup"]
lab = aws14.Lab("p05")
lab.brief

# %% [markdown]
# ### Brief and drawing

# %% tags=["inspect"]
lab.draw()

# %% [markdown]
# ### Predict, then build

# %% [markdown]
# ### Load, break, heal

# %% [markdown]
# ### Bill and one decision

# %% [markdown]
# ### Checkpoint and clean-up

# %% [markdown] pattern="p06"
# ## File server
#
# The server under the desk has served for nine years. It is full, at the end of each month it crawls, and everybody
# knows what happens when somebody trips over its cable.

# %% tags=["setup"]
import json
from contextlib import suppress

from botocore.exceptions import ClientError, WaiterError

lab = aws14.Lab("p06")
ec2, efs, fsx, ds = lab.client("ec2"), lab.client("efs"), lab.client("fsx"), lab.client("ds")
iam, ssm = lab.client("iam"), lab.client("ssm")
lab.brief

# %% [markdown]
# ### Brief and drawing
#
# Two kinds of clients, two protocols, two file systems. Where are the disks?

# %% tags=["inspect"]
lab.draw()

# %% [markdown]
# There are none to be seen. **EFS** is a service of the region; a server reaches it through a *mount target*, an address
# in the server's own zone. **FSx for Windows** is a pair of file servers in two zones, of which one serves; its name
# follows the one that does. A **directory** says who is who: without it no desk logs in to a Windows share.
#
# Dashed arrows are the doors: 2049 is NFS, 445 is SMB.

# %% [markdown] tags=["instructor"]
# Ask before the drawing: "which disk do I buy, and how large?" Nobody buys one. Four minutes.

# %% [markdown]
# ### Predict, then build
#
# EFS has three ways to give throughput. *Elastic*, today's default: as fast as you ask, paid by the GB. *Provisioned*: as
# ordered, paid by the month. *Bursting*, the older one: as fast as what you store lets it, with credits for a rush.
#
# On bursting, how many hours late is the closing of the books? And what do both file systems cost in three years?

# %% tags=["predict"]
lab.predict(late_hours=2, three_years_usd=20_000)

# %% [markdown]
# **The network.** Two subnets, two zones. A server needs a way out for its packages and for commands; nobody comes in.

# %% tags=["build"] step="network"
def named(kind, name):
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}]}]


vpc_id = ec2.create_vpc(CidrBlock="10.6.0.0/16", TagSpecifications=named("vpc", "vpc"))["Vpc"]["VpcId"]
ec2.modify_vpc_attribute(VpcId=vpc_id, EnableDnsHostnames={"Value": True})  # mount targets have names
igw = ec2.create_internet_gateway(TagSpecifications=named("internet-gateway", "igw"))["InternetGateway"]
ec2.attach_internet_gateway(InternetGatewayId=igw["InternetGatewayId"], VpcId=vpc_id)
routes = ec2.create_route_table(VpcId=vpc_id, TagSpecifications=named("route-table", "out"))["RouteTable"]
routes_id, subnets = routes["RouteTableId"], {}
ec2.create_route(RouteTableId=routes_id, DestinationCidrBlock="0.0.0.0/0", GatewayId=igw["InternetGatewayId"])
for name, cidr in {"files-a": "10.6.10.0/24", "files-c": "10.6.11.0/24"}.items():
    place = {"VpcId": vpc_id, "CidrBlock": cidr, "AvailabilityZone": lab.region + name[-1]}
    made = ec2.create_subnet(**place, TagSpecifications=named("subnet", name))["Subnet"]
    subnets[name] = made["SubnetId"]
    ec2.modify_subnet_attribute(SubnetId=made["SubnetId"], MapPublicIpOnLaunch={"Value": True})
    ec2.associate_route_table(RouteTableId=routes_id, SubnetId=made["SubnetId"])

# %% [markdown]
# **The doors.** One group for the servers, one for NFS, one for SMB. The latter two let the members of the first in.

# %% tags=["build"] step="groups"
def group(name, text, port=None):
    tags = named("security-group", name)
    made = ec2.create_security_group(GroupName=name, Description=text, VpcId=vpc_id, TagSpecifications=tags)["GroupId"]
    if port:
        rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "UserIdGroupPairs": [{"GroupId": servers}]}
        ec2.authorize_security_group_ingress(GroupId=made, IpPermissions=[rule])
    return made


servers = group("order-servers", "the order system")
nfs, smb = group("files-nfs", "mount targets", 2049), group("files-smb", "the share", 445)

# %% [markdown]
# **Two servers** of the order system, ready for Run Command, so that we can type on them without opening a door.

# %% tags=["build"] step="servers"
may_assume = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
trust = json.dumps({"Version": "2012-10-17", "Statement": [may_assume]})
iam.create_role(RoleName="orders", AssumeRolePolicyDocument=trust)
iam.attach_role_policy(RoleName="orders", PolicyArn="arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore")
iam.create_instance_profile(InstanceProfileName="orders")
iam.add_role_to_instance_profile(InstanceProfileName="orders", RoleName="orders")
image = ssm.get_parameter(Name="/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64")["Parameter"]["Value"]
orders = {}
for letter in "ac":
    orders[letter] = ec2.run_instances(
        ImageId=image,
        InstanceType="t3.small",
        MinCount=1,
        MaxCount=1,
        SubnetId=subnets[f"files-{letter}"],
        SecurityGroupIds=[servers],
        IamInstanceProfile={"Name": "orders"},
        TagSpecifications=named("instance", f"orders-{letter}"),
    )["Instances"][0]["InstanceId"]
ec2.get_waiter("instance_status_ok").wait(InstanceIds=list(orders.values()))

# %% [markdown]
# **The servers' files.** Encrypted, backed up every day, and what nobody reads for thirty days moves to a class that costs
# a twentieth. One mount target for each zone; an *access point* makes the order system one user, in one folder.

# %% tags=["build"] step="shared"
shared = efs.create_file_system(
    CreationToken="shared", Encrypted=True, ThroughputMode="elastic", Backup=True, Tags=[{"Key": "Name", "Value": "shared"}]
)["FileSystemId"]
_ = lab.advance(minutes=1)  # on a real account: until describe_file_systems says "available"
efs.put_lifecycle_configuration(FileSystemId=shared, LifecyclePolicies=[{"TransitionToIA": "AFTER_30_DAYS"}])
for subnet in subnets.values():
    efs.create_mount_target(FileSystemId=shared, SubnetId=subnet, SecurityGroups=[nfs])
folder = {"Path": "/orders", "CreationInfo": {"OwnerUid": 1000, "OwnerGid": 1000, "Permissions": "750"}}
point = efs.create_access_point(
    ClientToken="orders",
    FileSystemId=shared,
    PosixUser={"Uid": 1000, "Gid": 1000},
    RootDirectory=folder,
    Tags=[{"Key": "Name", "Value": "orders"}],
)["AccessPointId"]
_ = lab.advance(minutes=5)  # on a real account: until describe_mount_targets says "available"

# %% [markdown]
# **The desks' share** needs its directory first: half an hour, as long as AWS takes to set up two domain controllers.

# %% tags=["build"] step="share"
directory = ds.create_microsoft_ad(
    Name="minato.example.com",
    Password=lab.password("minato-admin"),
    Edition="Standard",
    VpcSettings={"VpcId": vpc_id, "SubnetIds": list(subnets.values())},
    Tags=[{"Key": "Name", "Value": "minato"}],
)["DirectoryId"]
_ = lab.advance(hours=1)  # on a real account: until describe_directories says "Active"
share = fsx.create_file_system(
    FileSystemType="WINDOWS",
    StorageCapacity=500,
    StorageType="SSD",
    SubnetIds=list(subnets.values()),
    SecurityGroupIds=[smb],
    WindowsConfiguration={
        "ActiveDirectoryId": directory,
        "DeploymentType": "MULTI_AZ_1",
        "PreferredSubnetId": subnets["files-a"],
        "ThroughputCapacity": 32,
    },
    Tags=[{"Key": "Name", "Value": "share"}],
)["FileSystem"]
_ = lab.advance(hours=1)  # on a real account: until describe_file_systems says "AVAILABLE"

# %% tags=["check"]
lab.check("p06-built")

# %% [markdown]
# **One file, two servers.** `orders-a` mounts the file system and writes; `orders-c`, in the other zone, mounts it and reads.

# %% tags=["build"] step="mounts"
def run(letter, *commands):
    what = {"InstanceIds": [orders[letter]], "DocumentName": "AWS-RunShellScript"}
    sent = ssm.send_command(**what, Parameters={"commands": list(commands)})["Command"]["CommandId"]
    with suppress(WaiterError):  # a command that fails is an answer, too
        ssm.get_waiter("command_executed").wait(CommandId=sent, InstanceId=orders[letter])
    told = ssm.get_command_invocation(CommandId=sent, InstanceId=orders[letter])
    return f"orders-{letter}: " + (told["StandardOutputContent"] + told["StandardErrorContent"]).strip()


files = f"{shared}.efs.{lab.region}.amazonaws.com"
mount = f"mkdir -p /mnt/shared && mount -t nfs4 -o nfsvers=4.1,soft,timeo=100 {files}:/ /mnt/shared"
print(run("a", mount, "echo 'order 1: tea' > /mnt/shared/orders.txt"))
print(run("c", mount, "cat /mnt/shared/orders.txt"))

# %% [markdown]
# ### Load, break, heal

# %% [markdown]
# ### Bill and one decision

# %% [markdown]
# ### Checkpoint and clean-up

# %% [markdown]
# ## What to take away
