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
# # Web systems
#
# A web site is where most people meet AWS. This chapter starts with the smallest one that deserves the name: a
# campaign site on a single server, built properly.

# %% [markdown]
# After this chapter you can
#
# - choose a region by response time and by cost, and say what moving later means;
# - split a network into public and private subnets, and give each its routes;
# - write security groups that let in what the brief asks for and nothing else;
# - give a server a fixed address and a name;
# - say from a chart whether a server is big enough, and from a bill what it costs.
#
# The chapter needs no other chapter.

# %% [markdown]
# | | |
# |---|---|
# | time | the core takes about 35 minutes; each *Deeper* block names its own |
# | real | every `boto3` call, every price |
# | emulated | the AWS that answers: states change on a clock that you can advance |
# | modelled | the traffic, the waiting, the failures: a simulation on what was read back |

# %% tags=["setup"]
import aws14
from aws14 import charts

# %% [markdown] pattern="p01"
# ## Campaign site
#
# One web server, one database server, one name. Cheap, quick to build, gone in three weeks.

# %% tags=["setup"]
lab = aws14.Lab("p01")
ec2 = lab.client("ec2")
route53 = lab.client("route53")
lab.brief

# %% [markdown]
# ### Brief and drawing
#
# Read the brief's four numbers again; the rest of this section holds the site against them. The customer accepts
# that it may fail now and then. So we build everything once, and nothing twice.

# %% tags=["inspect"]
lab.draw()

# %% [markdown]
# Follow a visitor: the name leads to the web server's address, the address lies in the *public* subnet, and the
# public subnet has a route to the Internet gateway. The database stands in the *private* subnet. Nothing outside can
# reach it; it reaches out through the NAT gateway, to fetch updates.

# %% [markdown]
# Why two subnets? Because the two servers need different filters. The web server takes HTTP from everybody. The
# database takes connections from the web server only. One policy, one subnet: that is the rule for splitting a
# network. Each subnet lives in exactly one Availability Zone.

# %% [markdown] tags=["instructor"]
# Ask before the drawing is shown: which of the two servers needs a public address? Many put the database in the
# public subnet "because it must fetch updates". Keep that sentence for the NAT gateway. Four minutes for this beat.

# %% [markdown]
# ### Predict, then build
#
# A t3.small has two processors. Each page view keeps one of them busy for 45 thousandths of a second on average. At
# the TV spot the brief expects 80 extra page views a second. How many of every hundred page views of the whole day
# will fail? And what will a month cost? Write down your guess; we come back to it.

# %% tags=["predict"]
lab.predict(failed_percent=1.0, bill_usd=100)

# %% [markdown]
# **The network.** A VPC is your own network inside a region; its subnets are parts of it. A *Name* tag is what the AWS
# console shows for everything; we give each part the name it has in the drawing. A `/24` leaves eight bits for
# addresses, and AWS keeps a few of them in every subnet for itself: look at the count it reports.

# %% tags=["build"] step="network"
def named(kind, name):
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}]}]


vpc_id = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=named("vpc", "vpc"))["Vpc"]["VpcId"]
zone = f"{lab.region}a"
subnets = {}
for name, cidr in {"public-a": "10.0.0.0/24", "private-a": "10.0.1.0/24"}.items():
    subnet = ec2.create_subnet(
        VpcId=vpc_id, CidrBlock=cidr, AvailabilityZone=zone, TagSpecifications=named("subnet", name)
    )["Subnet"]
    subnets[name] = subnet["SubnetId"]
    print(name, cidr, subnet["AvailableIpAddressCount"], "addresses free")

# %% [markdown]
# **The way out.** A subnet is public because of one line in its route table: everything that is not local
# (`0.0.0.0/0`) goes to the Internet gateway. Without it a public address is of no use.

# %% tags=["build"] step="internet"
igw = ec2.create_internet_gateway(TagSpecifications=named("internet-gateway", "igw"))["InternetGateway"]
igw_id = igw["InternetGatewayId"]
ec2.attach_internet_gateway(InternetGatewayId=igw_id, VpcId=vpc_id)

public_routes = ec2.create_route_table(VpcId=vpc_id, TagSpecifications=named("route-table", "public"))["RouteTable"]
ec2.create_route(RouteTableId=public_routes["RouteTableId"], DestinationCidrBlock="0.0.0.0/0", GatewayId=igw_id)
ec2.associate_route_table(RouteTableId=public_routes["RouteTableId"], SubnetId=subnets["public-a"])
print("0.0.0.0/0 of public-a leads to", igw_id)

# %% [markdown]
# **Who may come in.** A security group is a firewall around a server. The web group lets everybody in on the HTTP
# and HTTPS ports, and SSH from our office's addresses only. The database group names no address at all: it admits
# members of the web group.

# %% tags=["build"] step="groups"
def group(name, text, *rules):
    group_id = ec2.create_security_group(
        GroupName=name, Description=text, VpcId=vpc_id, TagSpecifications=named("security-group", name)
    )["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=group_id, IpPermissions=list(rules))
    return group_id


def tcp(port, **source):
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **source}


world = {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
office = {"IpRanges": [{"CidrIp": "203.0.113.0/24", "Description": "office"}]}
web_group = group("web", "HTTP from all, SSH from us", tcp(80, **world), tcp(443, **world), tcp(22, **office))
db_group = group("db", "MySQL from web", tcp(3306, UserIdGroupPairs=[{"GroupId": web_group}]))

# %% [markdown]
# **A key pair.** AWS keeps the public half and puts it on the server for the user `ec2-user`. You get the private
# half once, now. It belongs into your SSH client and nowhere else; whoever has it is you.

# %% tags=["build"] step="key"
key = ec2.create_key_pair(KeyName="campaign", KeyType="ed25519", TagSpecifications=named("key-pair", "campaign"))
key_file = lab.keep_private("campaign.pem", key.get("KeyMaterial"))
print("private key kept in", key_file.name, "· fingerprint", key["KeyFingerprint"])

# %% [markdown]
# **The web server.** The *user data* is a script that the server runs once, at its first start: it turns a bare
# Amazon Linux into a web server. The tag `aws14:uses` declares what no API can tell: this server uses the database.

# %% tags=["build"] step="web"
image = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
image_id = lab.client("ssm").get_parameter(Name=image)["Parameter"]["Value"]

script = """#!/bin/bash
dnf install -y httpd php php-mysqlnd
echo "<h1>Kaede Drinks: the tea quiz</h1>" > /var/www/html/index.html
systemctl enable --now httpd
"""
common = {"ImageId": image_id, "InstanceType": "t3.small", "KeyName": "campaign", "MinCount": 1, "MaxCount": 1}
web_tags = named("instance", "web")
web_tags[0]["Tags"].append({"Key": "aws14:uses", "Value": "db"})
web = ec2.run_instances(
    **common, SubnetId=subnets["public-a"], SecurityGroupIds=[web_group], UserData=script, TagSpecifications=web_tags
)["Instances"][0]
web_id = web["InstanceId"]
ec2.get_waiter("instance_running").wait(InstanceIds=[web_id])

# %% [markdown]
# **A fixed address and a name.** An instance's own public address changes when it is stopped and started. An
# *Elastic IP* stays. Route 53 then ties the full name (FQDN), `www.example.co.jp`, to it: an `A` record.

# %% tags=["build"] step="name"
address = ec2.allocate_address(Domain="vpc", TagSpecifications=named("elastic-ip", "web"))
ec2.associate_address(AllocationId=address["AllocationId"], InstanceId=web_id)

hosted_zone = route53.create_hosted_zone(Name="example.co.jp", CallerReference="campaign")["HostedZone"]
record = {
    "Name": "www.example.co.jp",
    "Type": "A",
    "TTL": 300,
    "ResourceRecords": [{"Value": address["PublicIp"]}],
}
route53.change_resource_record_sets(
    HostedZoneId=hosted_zone["Id"], ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]}
)
print(record["Name"], "is", address["PublicIp"])

# %% [markdown]
# **The private half.** A NAT gateway lets the private subnet reach out and nothing reach in. It stands in the
# *public* subnet and needs an address of its own. Behind it stands the database server. Watch the meter.

# %% tags=["build"] step="private"
nat_address = ec2.allocate_address(Domain="vpc", TagSpecifications=named("elastic-ip", "nat"))
nat_id = ec2.create_nat_gateway(
    SubnetId=subnets["public-a"], AllocationId=nat_address["AllocationId"], TagSpecifications=named("natgateway", "nat")
)["NatGateway"]["NatGatewayId"]
ec2.get_waiter("nat_gateway_available").wait(NatGatewayIds=[nat_id])

private_routes = ec2.create_route_table(VpcId=vpc_id, TagSpecifications=named("route-table", "private"))["RouteTable"]
ec2.create_route(RouteTableId=private_routes["RouteTableId"], DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat_id)
ec2.associate_route_table(RouteTableId=private_routes["RouteTableId"], SubnetId=subnets["private-a"])

db = ec2.run_instances(
    **common, SubnetId=subnets["private-a"], SecurityGroupIds=[db_group], TagSpecifications=named("instance", "db")
)["Instances"][0]
ec2.get_waiter("instance_running").wait(InstanceIds=[db["InstanceId"]])

# %% [markdown]
# Is it what we drew, and does a visitor get through? The course reads the account back, compares it with the
# drawing box by box and arrow by arrow, and follows the path from the name to the server.

# %% tags=["check"]
lab.check("p01-built")

# %% [markdown] tags=["instructor"]
# Twelve minutes for this beat. People who are late run `lab.catch_up()` and continue here. Let one volunteer delete
# the private route and run the check again.

# %% [markdown]
# ### Load
#
# A whole campaign day, from midnight to midnight, goes through what you have just built: a quiet night, a busy
# evening, and the TV spot.

# %% tags=["experiment"]
day = lab.run()
charts.timeline(day, title="Campaign day on a t3.small", spots=lab.lesson.SPOTS)

# %% [markdown]
# Look at the minutes after the spot. The processors are fully busy, the queue grows, waiting visitors give up at
# ten seconds, and the server goes on working for people who have left. Then the queue drains and the evening is calm
# again.

# %% [markdown]
# ### Bill and one decision
#
# The month's bill if every day is like the campaign day.

# %% tags=["inspect"]
lab.bill(day)

# %% [markdown]
# Two lines surprise beginners: the answers that leave AWS for the Internet, and the NAT gateway that idles all
# month for a few updates. How good was your guess?

# %% tags=["inspect"]
lab.score(failed_percent=100 * day.failure_ratio, bill_usd=lab.bill(day).total_usd)

# %% [markdown]
# The decision: which type should the web server be? Choose a type, move the crowd, and read the title of the chart.

# %% tags=["experiment"]
lab.explore(
    "another day",
    question="Which is the smallest type that keeps the brief at the spot, and what does it cost?",
    instance_type=["t3.small", "t3.xlarge", "c5.large", "c5.xlarge", "c5.2xlarge", "m5.xlarge"],
    spot_rps=(0, 160, 20),
)

# %% [markdown]
# A type with more processors shortens the queue at the spot and idles for the rest of the day. That waste is what
# the later patterns of this chapter attack.

# %% [markdown] tags=["exercise"] exercise="p01-e1"
# **Exercise 1.** Give the web server the type that keeps the brief. A type can only be changed while the instance
# is stopped. Then run the check; it sends the campaign day through what you have built.

# %% tags=["exercise"] exercise="p01-e1"
# Your calls here: stop the instance, wait, change its type, start it, wait.

# %% tags=["solution"] exercise="p01-e1"
ec2.stop_instances(InstanceIds=[web_id])
ec2.get_waiter("instance_stopped").wait(InstanceIds=[web_id])
ec2.modify_instance_attribute(InstanceId=web_id, InstanceType={"Value": "c5.xlarge"})
ec2.start_instances(InstanceIds=[web_id])
ec2.get_waiter("instance_running").wait(InstanceIds=[web_id])

# %% tags=["check"] exercise="p01-e1"
lab.check("p01-e1")

# %% [markdown] deeper="5 min"
# #### Deeper: one day, five types
#
# The same day, the same visitors, the same requests to the last one; only the web server's type differs.

# %% tags=["experiment"]
lab.experiment("types")

# %% [markdown]
# More processors cut the peak; a newer or larger type with the same number of processors does not. The bill grows
# with the hours, the benefit lasts minutes.

# %% [markdown] deeper="5 min"
# #### Deeper: is the made-up crowd fair?
#
# Here is a real one: a day of the Kennedy Space Center's web server in July 1995, scaled
# so that its busiest minute suits our brief.

# %% tags=["experiment"]
traced = lab.run(lab.scenario(traced=True))
charts.timeline(traced, title="A real day, scaled, on the same server")

# %% [markdown]
# Real traffic is rougher than a drawn curve: it jumps from minute to minute, and it has a hole in the evening, where
# the recording stopped. The server copes, because no minute comes near its limit for long.

# %% [markdown] deeper="12 min"
# #### Deeper: which region?
#
# The drawing says Tokyo, because the visitors are Japanese. Regions differ in two things: how far away they are,
# and what they charge. A request pays for the distance several times: the connection is set up before the page is
# asked for.

# %% tags=["experiment"]
charts.latency_by_city(lab.experiment("round trips"))

# %% [markdown]
# Read it row by row: the nearest region to a city is a small number, the far side of the world a large one. Light in
# glass fibre sets the floor.

# %% tags=["experiment"]
regions = lab.experiment("regions")
charts.latency_cost(regions, highlight=lab.region)

# %% [markdown]
# Each dot is the same site, the same day, the same visitors, priced and reached in another region. Far to the left is
# fast, far down is cheap. For these visitors, no region beats Tokyo in both; the cheap ones are slow.
#
# The choice is hard to take back. Here is what moving the site later costs, with both sites running for two days
# while the copy is made and the name is switched.

# %% tags=["inspect"]
lab.experiment("moving", to_region="us-west-2", gib=200)

# %% [markdown]
# The data is the small part. The work is not on this bill: images, keys, groups and addresses belong to a region,
# and all of them are made again.

# %% [markdown] tags=["exercise"] exercise="p01-e3"
# **Exercise 3.** The tea goes to America: half of the visitors in New York, the others in San Francisco and Chicago.
# Which region answers them fastest? Set `my_region`, then check.

# %% tags=["exercise"] exercise="p01-e3"
my_region = ""

# %% tags=["solution"] exercise="p01-e3"
american = {"New York": 0.5, "San Francisco": 0.3, "Chicago": 0.2}
table = lab.experiment("regions", users=american)
my_region = min(table, key=lambda region: table[region].p95_ms)

# %% tags=["check"] exercise="p01-e3"
lab.check("p01-e3", answer=my_region)

# %% [markdown] deeper="8 min"
# #### Deeper: how big is a subnet?
#
# A CIDR block fixes the first bits of an address and leaves the rest free. `10.0.0.0/16` has sixteen free bits, a
# `/24` has eight. AWS keeps five addresses in every subnet: the network's own, the router, the DNS server, one for
# later use, and the broadcast address.

# %% tags=["inspect"]
from ipaddress import ip_network

for prefix in (16, 20, 24, 28):
    network = ip_network(f"10.0.0.0/{prefix}")
    print(f"/{prefix}: {network.num_addresses - 5:>6} servers, {2 ** (prefix - 16):>5} such subnets in our VPC")

# %% [markdown]
# The smallest subnet AWS allows is a `/28`, the largest a `/16`. Blocks in a VPC must not overlap: AWS refuses.

# %% [markdown] tags=["exercise"] exercise="p01-e2"
# **Exercise 2.** Prepare for growth: add a public subnet `10.0.2.0/24` in another zone, `c`, and give it the public
# route table. Name it `public-c`.

# %% tags=["exercise"] exercise="p01-e2"
# Your calls here: create_subnet, associate_route_table.

# %% tags=["solution"] exercise="p01-e2"
second = ec2.create_subnet(
    VpcId=vpc_id, CidrBlock="10.0.2.0/24", AvailabilityZone=f"{lab.region}c", TagSpecifications=named("subnet", "public-c")
)["Subnet"]
ec2.associate_route_table(RouteTableId=public_routes["RouteTableId"], SubnetId=second["SubnetId"])
print(second["SubnetId"], "is public")

# %% tags=["check"] exercise="p01-e2"
lab.check("p01-e2")

# %% [markdown] deeper="4 min"
# #### Deeper: the book says, today
#
# | the book (2018) | today |
# |---|---|
# | an Elastic IP in use is free | every public IPv4 address is charged by the hour, in use or not |
# | t2 and Amazon Linux 2 | t3 or Arm types, Amazon Linux 2023 |
# | twelve months of free tier | accounts opened since July 2025 get credits instead |
#
# The bill above follows today's rules. With the old free tier it would look like this:

# %% tags=["inspect"]
lab.experiment("bill with free tier", day)

# %% [markdown]
# The free tier hides the small lines and leaves the large ones. It is no plan for a campaign.

# %% [markdown]
# ### Checkpoint and clean-up
#
# Answer for yourself, then look back: which single line makes a subnet public? Why may the database's group name a
# group instead of an address? What would have happened to the name without the Elastic IP?
#
# The campaign is over. Clean-up deletes in the order of dependency, then scans the account and proves that nothing
# is left. Run it again if you like: it has nothing to do.

# %% tags=["cleanup"]
lab.clean_up()

# %% [markdown]
# ## Take-away
#
# - **Region**: distance is paid for with every request, and the choice is hard to take back.
# - **Subnets** follow filter policies. One policy, one subnet, one zone.
# - **Routes** make a subnet public (Internet gateway) or private (NAT gateway). Groups say who may come in.
# - **A name** needs an address that stays.
# - **One server** has a limit. Beyond it, waiting visitors leave while the server goes on working for them.
# - **The bill** is led by what leaves AWS and by what idles.
