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
# There are none to be seen. **EFS** is a service of the region; a server reaches it through a *mount target*, an
# address in the server's own zone. **FSx for Windows** is a pair of file servers in two zones, of which one serves;
# its name follows the one that does. A **directory** says who is who: without it no desk logs in to a Windows share.
#
# Dashed arrows are the doors: 2049 is NFS, 445 is SMB.

# %% [markdown] tags=["instructor"]
# Ask before the drawing: "which disk do I buy, and how large?" Nobody buys one. Four minutes.

# %% [markdown]
# ### Predict, then build
#
# EFS has three ways to give throughput. *Elastic*, today's default: as fast as you ask, paid by the GB.
# *Provisioned*: as ordered, paid by the month. *Bursting*, the older one: as fast as what you store lets it, with
# credits for a rush.
#
# On bursting, how many hours late is the closing of the books? And what do both file systems cost in three years, if
# nobody is to wait?

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
latest = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
image = ssm.get_parameter(Name=latest)["Parameter"]["Value"]
machine = {"ImageId": image, "InstanceType": "t3.small", "MinCount": 1, "MaxCount": 1}
machine |= {"SecurityGroupIds": [servers], "IamInstanceProfile": {"Name": "orders"}}
orders = {}
for letter in "ac":
    place = {"SubnetId": subnets[f"files-{letter}"], "TagSpecifications": named("instance", f"orders-{letter}")}
    orders[letter] = ec2.run_instances(**machine, **place)["Instances"][0]["InstanceId"]
ec2.get_waiter("instance_status_ok").wait(InstanceIds=list(orders.values()))

# %% [markdown]
# **The servers' files.** Encrypted, backed up every day, and what nobody reads for thirty days moves to a class that
# costs a twentieth. One mount target for each zone; an *access point* makes the order system one user, in one folder.

# %% tags=["build"] step="shared"
shared = efs.create_file_system(
    CreationToken="shared",
    Encrypted=True,
    ThroughputMode="elastic",
    Backup=True,
    Tags=[{"Key": "Name", "Value": "shared"}],
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
both = list(subnets.values())
directory = ds.create_microsoft_ad(
    Name="minato.example.com",
    Password=lab.password("minato-admin"),
    Edition="Standard",
    VpcSettings={"VpcId": vpc_id, "SubnetIds": both},
    Tags=[{"Key": "Name", "Value": "minato"}],
)["DirectoryId"]
_ = lab.advance(hours=1)  # on a real account: until describe_directories says "Active"
windows = {"ActiveDirectoryId": directory, "DeploymentType": "MULTI_AZ_1", "ThroughputCapacity": 32}
share = fsx.create_file_system(
    FileSystemType="WINDOWS",
    StorageCapacity=500,
    SubnetIds=both,
    SecurityGroupIds=[smb],
    WindowsConfiguration=windows | {"PreferredSubnetId": subnets["files-a"]},
    Tags=[{"Key": "Name", "Value": "share"}],
)["FileSystem"]["FileSystemId"]
_ = lab.advance(hours=1)  # on a real account: until describe_file_systems says "AVAILABLE"

# %% tags=["check"]
lab.check("p06-built")

# %% [markdown]
# **One file, two servers.** `orders-a` mounts the file system and writes; `orders-c`, in the other zone, mounts it
# and reads. Then the other protocol: a list for the desks, on the share. Desks do the same, with a drive letter. (In
# earnest, take the password from Secrets Manager: Run Command keeps a record of what you send.)

# %% tags=["build"] step="mounts"
def run(letter, *commands):
    what = {"InstanceIds": [orders[letter]], "DocumentName": "AWS-RunShellScript"}
    sent = ssm.send_command(**what, Parameters={"commands": list(commands)})["Command"]["CommandId"]
    with suppress(WaiterError):  # a command that fails is an answer, too
        patience = {"Delay": 5, "MaxAttempts": 60}
        ssm.get_waiter("command_executed").wait(CommandId=sent, InstanceId=orders[letter], WaiterConfig=patience)
    told = ssm.get_command_invocation(CommandId=sent, InstanceId=orders[letter])
    return f"orders-{letter}: " + (told["StandardOutputContent"] + told["StandardErrorContent"]).strip()


host = f"{shared}.efs.{lab.region}.amazonaws.com"
mount = f"mkdir -p /mnt/shared && mount -t nfs4 -o nfsvers=4.1,soft,timeo=100 {host}:/ /mnt/shared"
run("a", mount, "echo 'order 1: tea' > /mnt/shared/orders.txt")
print(run("c", mount, "cat /mnt/shared/orders.txt"))
drive = fsx.describe_file_systems(FileSystemIds=[share])["FileSystems"][0]["DNSName"]
login = f"username=Admin,domain=minato,password={lab.password('minato-admin')}"
join = f"mkdir -p /mnt/share && mount -t cifs -o {login} //{drive}/share /mnt/share"
run("a", "dnf install -y cifs-utils", join, "echo 'tea is late' > /mnt/share/list.txt")
run("c", "dnf install -y cifs-utils", join)
print(run("c", "cat /mnt/share/list.txt"))

# %% [markdown]
# Real bytes, one file. Nobody had to agree on who holds the disk; the file system outlives both servers.
#
# **The classic mistake.** Somebody tidies up and takes the rule for 2049 away. What does a mount say then?

# %% tags=["experiment"]
door = {"IpProtocol": "tcp", "FromPort": 2049, "ToPort": 2049, "UserIdGroupPairs": [{"GroupId": servers}]}
run("c", "umount /mnt/shared")
_ = ec2.revoke_security_group_ingress(GroupId=nfs, IpPermissions=[door])
print(run("c", mount))
print(lab.reach("orders-c", shared, 2049).sentence)
_ = ec2.authorize_security_group_ingress(GroupId=nfs, IpPermissions=[door])
print(run("c", mount, "cat /mnt/shared/orders.txt"))

# %% [markdown]
# It *hangs*, then times out; it never says "forbidden". A mount that hangs is a question to the security group, first
# of all to that of the mount target.

# %% [markdown] tags=["instructor"]
# Fifteen minutes with the mounts. Let somebody guess which of the two names, EFS's or the share's, changes its address
# when a zone is lost. Only the share's does.

# %% [markdown]
# ### Load, break, heal
#
# Now fill both with what the brief says, and close the books in each of the three modes. The cell changes the mode
# through the API, reads it back, and plays a month and the week after. (Throughput that was ordered can be lowered or
# left a day later; on a real account the cell takes three days.)

# %% tags=["experiment"]
def throughput(mode, mibps=None):
    lab.advance(days=1)
    now = efs.describe_file_systems(FileSystemId=shared)["FileSystems"][0]
    wanted = {"ThroughputMode": mode} | ({"ProvisionedThroughputInMibps": mibps} if mibps else {})
    if any(now.get(name) != value for name, value in wanted.items()):
        efs.update_file_system(FileSystemId=shared, **wanted)
        lab.advance(minutes=5)


months = {}
for mode, mibps in {"elastic": None, "bursting": None, "provisioned": 150.0}.items():
    throughput(mode, mibps)
    months[mode], bill = lab.experiment("month end"), lab.experiment("month's bill")
    lost = lab.experiment("operations").failure_ratio
    print(f"{mode:12} waits {months[mode].worst_wait_s / 3600:4.1f} h, or gives up {lost:4.0%};", end=" ")
    print(f"{bill.total_usd:8,.2f} USD a month")
display(lab.score(late_hours=months["bursting"].worst_wait_s / 3600))
charts.throughputs(months, title="Closing the books, mode by mode", from_day=26)

# %% [markdown]
# On bursting the first hours go well: credits, saved all month, are spent. Then they are gone, and what is left is
# the baseline: what the *warm* files earn. Work queues up for days; the books are closed in the first week of the
# next month.
#
# Look closely at why. With all of the files in Standard the baseline would carry the peak. The lifecycle rule that
# saves the money for storage took the throughput with it.
#
# Clients that give up after a minute instead of waiting lose most of what they ask for in these days. Elastic serves
# whatever comes, and sends the bill for it. Provisioned costs the same in a quiet month.

# %% [markdown]
# **A zone is lost.** `orders-a`, its mount target and the share's serving half stand in zone *a*. (Only on the
# embedded AWS.)

# %% tags=["experiment"]
lab.break_az(f"{lab.region}a", minutes=120)
began = lab.advance()
print(run("c", "cat /mnt/shared/orders.txt"))
for _ in range(20):
    told = run("c", "cat /mnt/share/list.txt")
    print(f"{lab.advance() - began:3.0f} s", told.splitlines()[0])
    if "tea" in told:
        break
print("healed:", *lab.heal())
_ = lab.advance(minutes=10)
_ = run("a", mount, join)  # a line in /etc/fstab would do it by itself

# %% [markdown]
# `orders-c` reads on as if nothing had happened: its own mount target leads to the same files. The share was away
# until its other half had taken over the name: seconds, and a copy that is under way survives them. One server with
# one disk would be away for as long as the zone.

# %% [markdown]
# ### Bill and one decision
#
# Which product for which brief? Each option is laid out for what the orders and the desks ask, and billed.

# %% tags=["experiment"]
display(lab.experiment("which product"))
ways = lab.experiment("three years")
ordered = next(parts for way, parts in ways.items() if "provisioned" in way)
display(lab.score(three_years_usd=sum(map(sum, ordered.values()))))
charts.by_year(ways, title="Three years of Minato Trading's files")

# %% [markdown]
# In the table, *what is missing* decides first, the price second. The cheapest rows all lack something: a zone,
# speed, a protocol. We built two file systems, because EFS speaks no SMB and FSx for Windows no NFS.
#
# In the picture, bursting is cheap, and late. Elastic breaks the budget by what is moved. **ONTAP** serves NFS and
# SMB from the same files, moves cold blocks to a cheap pool by itself, and needs one system instead of two; that is
# why most moves of an old filer end there. The price: somebody has to know ONTAP.

# %% tags=["experiment"]
lab.explore(
    "your company",
    question="From how many hours at the peak on is elastic, today's default, no longer the cheapest of EFS that fits?",
    gib=(256, 8192, 256),
    peak_mibps=(25, 400, 25),
    hours=(2, 144, 2),
    cold_percent=(0, 90, 10),
    protocol=["NFS", "SMB"],
)

# %% [markdown]
# Short peaks: elastic. Long ones: provisioned. Much stored that is warm: even bursting carries it. AWS's rule of
# thumb, a mean of a twentieth of the peak, is a start; here the turn comes earlier, for part of the throughput comes
# free with what is stored. The decision is a habit: first write down protocol, zones, peak and how long it lasts.

# %% [markdown] tags=["exercise"] exercise="p06-e1"
# **Exercise 1.** The file system now has 150 MiB a second, as the brief says, all month. Set its throughput so that
# nobody waits longer than ten seconds at the end of the month, and a month of it costs at most six hundred and fifty
# dollars. (`throughput(...)` or `update_file_system`. Throughput is *metered*: what counts how much?)

# %% tags=["exercise"] exercise="p06-e1"
# Your calls here.

# %% tags=["solution"] exercise="p06-e1"
throughput("provisioned", 82.0)

# %% tags=["check"] exercise="p06-e1"
lab.check("p06-e1")

# %% [markdown]
# A read counts a third of a write. Seven of ten bytes are read, so a hundred and fifty are metered as eighty. And who
# needs them only for two days may order them only for two days: a script that calls `update_file_system` on the last
# days of a month, and goes back to bursting when the books are closed.

# %% [markdown]
# ### Checkpoint and clean-up
#
# 1. A mount hangs. Where do you look first?
# 2. A file system on bursting was fast for a year, and got slow after somebody had set a lifecycle. Why?
# 3. A zone is lost. What happens to EFS, to FSx Multi-AZ, to a server with a disk?
# 4. When is provisioned cheaper than elastic?
#
# <details><summary>Answers</summary>
#
# 1. At the security group of the mount target: 2049 from the servers. Then whether its zone has a mount target.
# 2. Bursting goes by what lies in Standard; what moved to Infrequent Access earns no throughput.
# 3. EFS goes on in the other zones at once; FSx after a failover of seconds; the server when the zone is back, or when
#    somebody has restored its disk elsewhere.
# 4. When much is moved: above about a twentieth of the peak on average.
#
# </details>

# %% tags=["cleanup"]
lab.clean_up()

# %% [markdown]
# ## What to take away
