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
# reach it; it reaches out through the NAT gateway, to fetch updates. Solid arrows are routes, and the name's
# record; dashed arrows say who is *allowed* to connect, not which way the packets go; dotted ones who uses what.

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
# **The network.** A VPC is your own network inside a region; its subnets are parts of it. `10.0.0.0/24` is a block of
# addresses: the first 24 bits are fixed, eight are left. AWS keeps a few of them in every subnet: look at the count.
# A *Name* tag is what the AWS console shows for everything; we give each part the name it has in the drawing. Servers in
# the public subnet get a public address at launch; without one they could not fetch their packages.

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
_ = ec2.modify_subnet_attribute(SubnetId=subnets["public-a"], MapPublicIpOnLaunch={"Value": True})

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
#
# **A key pair.** AWS puts the public half on the server, for the user `ec2-user`. You get the private half once, now.
# It belongs into your SSH client and nowhere else; whoever has it is you.

# %% tags=["build"] step="groups"
def group(name, text, *rules):
    tags = named("security-group", name)
    made = ec2.create_security_group(GroupName=name, Description=text, VpcId=vpc_id, TagSpecifications=tags)
    ec2.authorize_security_group_ingress(GroupId=made["GroupId"], IpPermissions=list(rules))
    return made["GroupId"]


def tcp(port, **source):
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **source}


world = {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
office = {"IpRanges": [{"CidrIp": "203.0.113.0/24", "Description": "office"}]}
web_group = group("web", "HTTP from all, SSH from us", tcp(80, **world), tcp(443, **world), tcp(22, **office))
db_group = group("db", "MySQL from web", tcp(3306, UserIdGroupPairs=[{"GroupId": web_group}]))

key = ec2.create_key_pair(KeyName="campaign", KeyType="ed25519", TagSpecifications=named("key-pair", "campaign"))
key_file = lab.keep_private("campaign.pem", key.get("KeyMaterial"))

# %% [markdown]
# **The web server.** The *user data* is a script that the server runs once, at its first start: it turns a bare
# Amazon Linux into a web server. The tag `aws14:uses` declares what no API can tell: this server uses the database. A
# server is *running* after some seconds, and its status checks take minutes to pass; the course's clock jumps over them and
# says so.

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
ec2.get_waiter("instance_status_ok").wait(InstanceIds=[web_id])

# %% [markdown]
# **A fixed address and a name.** An instance's own public address changes when it is stopped and started. An
# *Elastic IP* stays. Route 53 then ties the full name (FQDN), `www.example.co.jp`, to it: an `A` record. Its TTL says for how
# many seconds others may remember the answer. Visit it:

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
lab.http("http://www.example.co.jp/")

# %% [markdown]
# **The private half.** A NAT gateway lets the private subnet reach out and nothing reach in. It stands in the
# *public* subnet and needs an address of its own. Behind it stands the database server. Watch the meter: which part
# costs as much as everything else together?

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
# ### Load, break, heal
#
# A whole campaign day, from midnight to midnight, goes through what you have just built: a quiet night, a busy
# afternoon, and the TV spot.

# %% tags=["experiment"]
day = lab.run()
charts.timeline(day, title="Campaign day on a t3.small", spots=lab.lesson.SPOTS)

# %% [markdown]
# Look at the minutes after the spot. The processors are fully busy, yet *answered in time* drops to nothing: the server
# works for visitors who have already left. Where the curves of the response time have a gap, nobody was answered.
# The sum behind it: two processors, each busy for 45 thousandths of a second per view, serve 44 views a second. Twice
# as many arrive.
#
# Now break it. The hardware under the web server fails. AWS still calls the instance *running*; its status checks
# tell the truth. Stopping and starting moves it to other hardware, and the Elastic IP comes along. (AWS often does that by
# itself after some minutes, *automatic recovery*, but promises no time. We do it by hand.) First predict: if this happens
# at the spot and somebody needs a quarter of an hour to notice, how much of the day fails?

# %% tags=["experiment"]
lab.predict(outage_failed_percent=25)
lab.break_instance("web")
print(lab.http("http://www.example.co.jp/"))
started = lab.session.now()

ec2.stop_instances(InstanceIds=[web_id])
ec2.get_waiter("instance_stopped").wait(InstanceIds=[web_id])
ec2.start_instances(InstanceIds=[web_id])
ec2.get_waiter("instance_status_ok").wait(InstanceIds=[web_id])
repair_s = lab.session.now() - started
print(lab.http("http://www.example.co.jp/"))
print(f"repaired after {repair_s / 60:.0f} minutes of AWS time, once somebody was there")

# %% [markdown]
# Now the same day again, with the failure right at the spot, and a colleague who sits down fifteen minutes later.

# %% tags=["experiment"]
outage = lab.run(lab.scenario(web_lost_for_s=15 * 60 + repair_s))
display(lab.score(outage_failed_percent=100 * outage.failure_ratio))
charts.timeline(outage, title="The web server lost at the TV spot", spots=lab.lesson.SPOTS)

# %% [markdown]
# The crowd meets nothing at all, and the day's failures rise by half. Not by more: the small server lost most of this
# crowd anyhow. A second server would have saved a part of it, and adds its own cost all month.

# %% [markdown]
# ### Bill and one decision
#
# The month's bill if every day is like the campaign day.

# %% tags=["inspect"]
bill = lab.bill(day)
display(lab.score(failed_percent=100 * day.failure_ratio, bill_usd=bill.total_usd))
bill

# %% [markdown]
# How good was your guess? Two lines surprise beginners: the answers that leave AWS for the Internet, and the NAT
# gateway that idles all month for a few updates. The budget is kept with room to spare, the promise about failures is
# not. That calls for a decision.

# %% [markdown]
# The decision: which type should the web server be? Choose a type, move the crowd, and read the title of the chart.

# %% tags=["experiment"]
lab.explore(
    "another day",
    question="Which is the smallest type that keeps the brief at the spot, and what does it cost?",
    instance_type=["t3.small", "c5.large", "m5.large", "c5.xlarge", "m5.xlarge", "c5.2xlarge"],
    spot_rps=(0, 160, 20),
)

# %% [markdown]
# The number of processors decides, not the price: types with two processors all fail alike. Four keep the promise, eight
# break the budget. And all of them idle for the rest of the day; that waste is what later patterns attack.

# %% [markdown] tags=["exercise"] exercise="p01-e1"
# **Exercise 1.** Give the web server the cheapest type of the list that keeps the brief. A type can only be changed while
# the instance is stopped. Then run the check; it sends the campaign day through what you have built.

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

# %% [markdown] deeper="8 min"
# #### Deeper: who reaches whom?
#
# Routes, groups and addresses together decide who gets through. Here every pair is asked, on four ports. Each *no*
# names the wall that stops the packet first.

# %% tags=["inspect"]
places = {"visitors": "internet", "our office": "203.0.113.0/24", "web": "web", "db": "db"}
lab.who_reaches(places, ports=[22, 80, 443, 3306])

# %% [markdown]
# SSH comes from the office alone. (A *network ACL*, which you meet in longer answers, is a subnet's own filter; here it lets
# everything pass. *Stateful* means that the answer to an admitted question passes by itself.) The database answers the web server alone, on its own port alone. Nobody outside
# has an address at which to call it. The database may visit the web page: the web group lets *everybody* in there.
#
# AWS has this question as a service, the *Reachability Analyzer*. It follows one packet and says what it met. It takes
# its time; `lab.advance` moves the course's clock. (The meter below also catches up with the larger type of exercise 1.)

# %% tags=["inspect"]
path = ec2.create_network_insights_path(Source=igw_id, Destination=web_id, Protocol="tcp", DestinationPort=22)
path_id = path["NetworkInsightsPath"]["NetworkInsightsPathId"]
analysis = ec2.start_network_insights_analysis(NetworkInsightsPathId=path_id)["NetworkInsightsAnalysis"]
lab.advance(minutes=2)
found = ec2.describe_network_insights_analyses(NetworkInsightsAnalysisIds=[analysis["NetworkInsightsAnalysisId"]])
found = found["NetworkInsightsAnalyses"][0]
print("somebody gets in on port 22" if found["NetworkPathFound"] else found["Explanations"][0]["ExplanationCode"])

# %% [markdown]
# A path exists here, because the gateway may stand for any address, and the office's addresses are among them. Ask for
# a stranger's address and there is none:

# %% tags=["inspect"]
print(lab.reach("198.18.0.7", "web", 22).sentence)

# %% [markdown]
# **Are the walls load-bearing?** Open one and see who gets in. Then close it again.

# %% tags=["experiment"]
anyone = [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
ec2.authorize_security_group_ingress(GroupId=web_group, IpPermissions=anyone)
print("opened:", lab.reach("198.18.0.7", "web", 22).sentence)
ec2.revoke_security_group_ingress(GroupId=web_group, IpPermissions=anyone)
print("closed:", lab.reach("198.18.0.7", "web", 22).sentence)

# %% [markdown] deeper="5 min"
# #### Deeper: why is this box here?
#
# Every box of the drawing is there for a reason. Take it away, on paper, and a property is lost.

# %% tags=["experiment"]
lab.experiment("why", lab.network())

# %% [markdown]
# Read the private subnet's line twice: it still holds when somebody opens the database's group by mistake. That is the
# point of two walls.

# %% tags=["experiment"]
lab.experiment("name")

# %% [markdown]
# A name is a chain: the record, the address in it, and somebody at that address. The next block breaks the last link
# for real.

# %% [markdown] deeper="6 min"
# #### Deeper: a name without a fixed address
#
# What the Elastic IP is good for shows when it is missing. This spare server has an automatic address; we call it by
# number.

# %% tags=["experiment"]
place = {"SubnetId": subnets["public-a"], "SecurityGroupIds": [web_group]}
tags = named("instance", "spare")
spare = ec2.run_instances(**common, **place, UserData=script, TagSpecifications=tags)["Instances"][0]["InstanceId"]
ec2.get_waiter("instance_status_ok").wait(InstanceIds=[spare])


def address_of(instance_id):
    return ec2.describe_instances(InstanceIds=[instance_id])["Reservations"][0]["Instances"][0]["PublicIpAddress"]


first = address_of(spare)
print(first, lab.http(f"http://{first}/"))

# %% tags=["experiment"]
ec2.stop_instances(InstanceIds=[spare])
ec2.get_waiter("instance_stopped").wait(InstanceIds=[spare])
ec2.start_instances(InstanceIds=[spare])
ec2.get_waiter("instance_status_ok").wait(InstanceIds=[spare])
print("now", address_of(spare), "and before:", lab.http(f"http://{first}/"))

# %% [markdown]
# The first address answers no more; a record that points to it would lead nowhere. Your web server went through the
# same stop and start, and its name held.

# %% tags=["cleanup"]
gone = ec2.terminate_instances(InstanceIds=[spare])

# %% [markdown] deeper="8 min"
# #### Deeper: logging in
#
# The private key goes into an SSH client. The user is `ec2-user`, the administrator that Amazon Linux sets up. From
# the office the door opens; from anywhere else the packet never arrives.

# %% tags=["inspect"]
print(lab.ssh("www.example.co.jp", "whoami; hostname; systemctl is-active httpd", key_file=key_file, source="203.0.113.10"))
print(lab.ssh("www.example.co.jp", "whoami", key_file=key_file, source="198.18.0.7"))

# %% [markdown]
# Today many teams open no SSH port at all. *Session Manager* and *Run Command* reach a server through its own outgoing
# connection, and a permission takes the place of the key. A *role* is a set of permissions that a machine may take on,
# the *trust* says who may, and an *instance profile* is the wrapper in which a server carries it. (On AWS itself, wait some
# seconds between making the profile and handing it to the server.)

# %% tags=["experiment"]
import json

iam, role = lab.client("iam"), "campaign-web"
may_assume = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
trust = json.dumps({"Version": "2012-10-17", "Statement": [may_assume]})
iam.create_role(RoleName=role, AssumeRolePolicyDocument=trust)
iam.attach_role_policy(RoleName=role, PolicyArn="arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore")
iam.create_instance_profile(InstanceProfileName=role)
iam.add_role_to_instance_profile(InstanceProfileName=role, RoleName=role)
_ = ec2.associate_iam_instance_profile(IamInstanceProfile={"Name": role}, InstanceId=web_id)

# %% tags=["experiment"]
ssm = lab.client("ssm")
lab.advance(minutes=5)
commands = {"commands": ["whoami", "systemctl is-active httpd"]}
sent = ssm.send_command(InstanceIds=[web_id], DocumentName="AWS-RunShellScript", Parameters=commands)["Command"]
ssm.get_waiter("command_executed").wait(CommandId=sent["CommandId"], InstanceId=web_id)
print(ssm.get_command_invocation(CommandId=sent["CommandId"], InstanceId=web_id)["StandardOutputContent"])

# %% [markdown]
# No port, no key, no public address needed, only a way out. Who may send commands is a permission, and every command is on
# record. Note who you are here: not `ec2-user` but `root`.

# %% [markdown] deeper="6 min"
# #### Deeper: out, and not in
#
# From the database server the way out leads through the NAT gateway. From outside there is no way in.

# %% tags=["inspect"]
print(lab.reach("db", "internet", 443).sentence)
for hop in lab.reach("db", "internet", 443).hops:
    print("  ", "→" if hop.leg == "forward" else "←", hop.detail)
print(lab.reach("internet", "db", 3306).sentence)

# %% [markdown]
# On the way out the NAT gateway puts its own address in place of the server's. Answers come back to it; a question
# from outside has nobody to go to.

# %% [markdown] deeper="8 min"
# #### Deeper: the user data is the server
#
# The page you saw was written by the user data script, at the first start. Another script is another server. And a
# script that fails leaves a server that answers nothing: its story is in the console output.

# %% tags=["experiment"]
def try_script(text, name):
    place = {"SubnetId": subnets["public-a"], "SecurityGroupIds": [web_group]}
    tags = named("instance", name)
    made = ec2.run_instances(**common, **place, UserData=text, TagSpecifications=tags)["Instances"][0]["InstanceId"]
    began = lab.session.now()
    ec2.get_waiter("instance_running").wait(InstanceIds=[made])
    seen = ec2.describe_instances(InstanceIds=[made])["Reservations"][0]["Instances"][0]
    url = f"http://{seen['PublicIpAddress']}/"
    while lab.http(url).outcome != "answered" and lab.session.now() < began + 300:
        lab.advance(seconds=5)
    print(f"{name}: {lab.session.now() - began:.0f} s of AWS time after the launch")
    return made, url


nginx = """#!/bin/bash
dnf install -y nginx
echo "<h1>Served by nginx</h1>" > /usr/share/nginx/html/index.html
systemctl enable --now nginx
"""
other, url = try_script(nginx, "other")
print(lab.http(url))

# %% tags=["experiment"]
typing_error = "#!/bin/bash\ndnf install -y httpd\nsystemctl enable --now htpd\n"
broken, url = try_script(typing_error, "broken")
print(lab.http(url))
console = ec2.get_console_output(InstanceId=broken, Latest=True)["Output"]
print("\n".join(line for line in console.splitlines() if "htpd" in line))
gone = ec2.terminate_instances(InstanceIds=[other, broken])

# %% [markdown]
# The first server answers once it has booted and its script is done; the second never does, and we give up waiting. AWS
# would call both healthy: it checks the machine, not your site. A longer script means a later start; remember that when
# a group of servers has to grow in a hurry.

# %% [markdown] deeper="8 min"
# #### Deeper: a T instance runs out of credits
#
# A t3.small may use its processors fully only for as long as it has *CPU credits*. It earns them all day and spends
# them in the crowd. What happens depends on the credit mode, and on how many credits it has when the crowd comes.

# %% tags=["experiment"]
lab.experiment("credits")

# %% [markdown]
# Unlike in the runs above, which began with a full account, all were launched at midnight with no credits. The t3.micro in *standard* mode has too few when the crowd comes: it
# falls back to its baseline and fails nearly everybody for hours, long after the crowd has gone. *Unlimited*, the
# default of T3, goes on, and what it borrows stands on the bill. The t3.small earned enough during the day. A type with
# fixed performance does not ask.

# %% [markdown] deeper="6 min"
# #### Deeper: no redundancy, on purpose
#
# How much downtime does a single server bring in three weeks? Failures come by chance, so the answer is a
# distribution. The chart plays the campaign many times over, with a server that is there exactly as often as AWS's
# service level agreement promises for a single instance. Real hardware usually does better.

# %% tags=["experiment"]
lab.experiment("campaigns")

# %% [markdown]
# Both servers keep the same promise, and their average downtime is the same. Quick repairs mean many short failures;
# slow repairs mean few long ones, and many campaigns with none at all. An average says little about *your* campaign.
#
# A whole zone can fail, too. The web server, the database and the NAT gateway stand in the same one. Write your own guess
# into the first line:

# %% tags=["experiment"]
lab.predict(zone_failed_percent=15)
zone_lost = lab.run(lab.scenario(zone_lost_for_s=3600, zone=zone))
display(lab.score(zone_failed_percent=100 * zone_lost.failure_ratio))
charts.timeline(zone_lost, title="The zone lost for an hour at the TV spot", spots=lab.lesson.SPOTS)

# %% [markdown]
# A second server in the same zone would not have helped. Pattern 2 spreads over two.

# %% [markdown] deeper="5 min"
# #### Deeper: one day, five types
#
# The same day, the same visitors, the same requests to the last one; only the web server's type differs.

# %% tags=["experiment"]
lab.experiment("types")

# %% [markdown]
# More processors cut the peak. A dearer type with as many processors does not, in this model: it takes all processors for
# equally fast, so measure your own. The bill grows with the hours, the benefit lasts minutes.

# %% [markdown] deeper="5 min"
# #### Deeper: is the made-up crowd fair?
#
# Put your guess into the first line. Here is a real one: a day of the Kennedy Space Center's web server in July 1995, scaled
# so that its busiest minute suits our brief.

# %% tags=["experiment"]
lab.predict(traced_failed_percent=1)
traced = lab.run(lab.scenario(traced=True))
display(lab.score(traced_failed_percent=100 * traced.failure_ratio))
charts.timeline(traced, title="A real day, scaled, on your web server")

# %% [markdown]
# Real traffic is rougher than a drawn curve: it jumps from minute to minute, and it has holes, the longest in the
# evening, when the recording stopped. No single minute is like our TV spot; that crowd is made by the customer.

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
# fast, far down is cheap. For these visitors, no region is clearly better than Tokyo (Osaka is its twin); the cheap
# ones are slow.

# %% tags=["experiment"]
lab.explore(
    "region chooser",
    question="At which share of American visitors would you leave Tokyo, and for which region?",
    american_share=(0.0, 1.0, 0.1),
)

# %% [markdown]
# The cloud of dots turns over as the visitors move. Long before most of them are American, the west coast of America is
# the quickest compromise: it is far from nobody.
#
# The choice is hard to take back. Here is what moving the site later costs, say after the campaign has gathered photos
# and answers, with both sites running for two days while the copy is made and the name is switched.

# %% tags=["inspect"]
lab.experiment("moving", to_region="us-west-2", gib=200)

# %% [markdown]
# Copying the data is the largest line, and still small. The real price is not on this bill: images, keys, groups and
# addresses belong to a region, and somebody makes all of them again.

# %% [markdown] tags=["exercise"] exercise="p01-e2"
# **Exercise 2.** The tea goes to America: half of the visitors in New York, three in ten in San Francisco, the others in
# Chicago. Which of the course's eleven regions answers them fastest, by p95? The experiment `regions` takes `users=`, a
# dictionary from city to share. Set `my_region`, then check.

# %% tags=["exercise"] exercise="p01-e2"
my_region = ""

# %% tags=["solution"] exercise="p01-e2"
american = {"New York": 0.5, "San Francisco": 0.3, "Chicago": 0.2}
table = lab.experiment("regions", users=american)
my_region = min(table, key=lambda region: table[region].p95_ms)

# %% tags=["check"] exercise="p01-e2"
lab.check("p01-e2", answer=my_region)

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

# %% [markdown] tags=["exercise"] exercise="p01-e3"
# **Exercise 3.** Prepare for growth: add a public subnet `10.0.2.0/24` in another zone, `c`, and give it the public
# route table. Name it `public-c`. (From now on the building has more than the drawing, and the first check says so.)

# %% tags=["exercise"] exercise="p01-e3"
# Your calls here: create_subnet, associate_route_table.

# %% tags=["solution"] exercise="p01-e3"
second = ec2.create_subnet(
    VpcId=vpc_id, CidrBlock="10.0.2.0/24", AvailabilityZone=f"{lab.region}c", TagSpecifications=named("subnet", "public-c")
)["Subnet"]
ec2.associate_route_table(RouteTableId=public_routes["RouteTableId"], SubnetId=second["SubnetId"])
print(second["SubnetId"], "is public")

# %% tags=["check"] exercise="p01-e3"
lab.check("p01-e3")

# %% [markdown] deeper="4 min"
# #### Deeper: the book says, today
#
# | the book (2018) | today |
# |---|---|
# | an Elastic IP in use is free | every public IPv4 address is charged by the hour, in use or not |
# | t2 and Amazon Linux 2 | t3 or Arm types, Amazon Linux 2023 |
# | twelve months of free tier | accounts opened since July 2025 get credits instead |
#
# Our bills use today's prices and leave out every free allowance, as AWS's calculator does. One still holds for
# everybody: the first 100 GB a month to the Internet. Here is the month of what stands now, first without any allowance,
# then with all of the old free tier:

# %% tags=["inspect"]
today, with_free_tier = lab.experiment("free tier", lab.run())
print(f"without allowances {today.total_usd:,.2f} USD, with the old free tier {with_free_tier.total_usd:,.2f} USD")
with_free_tier

# %% [markdown]
# The free tier takes the edge off a few lines and leaves the large ones. Most of the difference is the allowance that
# everybody has to this day. It is no plan for a campaign.

# %% [markdown]
# ### Checkpoint and clean-up
#
# Answer for yourself, then unfold: which single line makes a subnet public? Why may the database's group name a group
# instead of an address? What would have happened to the name without the Elastic IP?
#
# <details><summary>Answers</summary>The route 0.0.0.0/0 to the Internet gateway. Members come and go, the group stays.
# After the stop and the start it would have led to an address of nobody.</details>
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
