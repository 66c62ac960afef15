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
# A web site is where most people meet AWS. This chapter builds four: a campaign site on a single server, a corporate
# site that survives the loss of a data centre, an intranet that grows and shrinks with its users, and one that survives
# the loss of a region.

# %% [markdown]
# After this chapter you can
#
# - choose a region by response time and by cost, and say what moving later means;
# - split a network into public and private subnets, and give each its routes;
# - write security groups that let in what the brief asks for;
# - give a server a fixed address and a name;
# - say from a chart whether a server is big enough, and from a bill what it costs;
# - put a load balancer in front of servers cloned from one image, and let it end the encryption;
# - say how long a database's failover takes, and which part of it is your own;
# - let servers scale by a metric or by the clock, and say why they are late;
# - choose between designs by the time they stand still, the data they lose, and their bill.
#
# The patterns can be opened in any order; the chapter needs no other chapter.

# %% [markdown]
# | | |
# |---|---|
# | time | the core of each pattern takes about 35 minutes; each *Deeper* block names its own |
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

# %% [markdown] pattern="p02"
# ## Corporate site
#
# It is Friday evening. The hardware under the only web server fails. The next person at the office looks at a screen
# on Monday. For three weeks of campaign that was a risk worth taking; for the face of a company it is not. This
# pattern stands on two of everything.

# %% tags=["setup"]
import json

lab = aws14.Lab("p02")
ec2, elbv2, rds = lab.client("ec2"), lab.client("elbv2"), lab.client("rds")
route53, s3, cloudfront = lab.client("route53"), lab.client("s3"), lab.client("cloudfront")
lab.brief

# %% [markdown]
# ### Brief and drawing
#
# The site may lose a server, and it may lose a whole Availability Zone. Nobody should have to get up for that.

# %% tags=["inspect"]
lab.draw()

# %% [markdown]
# Follow a visitor. The name leads to a *load balancer* (ELB), which stands in two zones and spreads the page views over
# two web servers, one in each zone. Both use one database (RDS), of which AWS keeps a second copy in the other zone. Load
# balancer and database are drawn between the zones; their machines stand in the subnets that look empty. Find the parts
# that are drawn only once. Are they one machine?

# %% [markdown] tags=["instructor"]
# Four minutes. Let the group mark on the drawing what is lost with zone a. Most overlook that the load balancer has a
# node in each zone and that the database's *primary* is in one of them.

# %% [markdown]
# ### Predict, then build
#
# At noon one zone is lost for an hour: power, servers, everything in it, also the *primary*: the one of the two databases
# that answers. How many of every
# hundred page views of the day will fail? And what does a month of this site cost?

# %% tags=["predict"]
lab.predict(zone_failed_percent=2.0, bill_usd=600)

# %% [markdown]
# **The network.** As in the campaign site, but everything twice: each tier (load balancer, web, database) has a subnet in
# zone a and one in zone c. The database's subnets have no way out and no way in. The web servers' are public, because the
# servers fetch their packages themselves and no NAT gateway is paid for; their group keeps everybody else out.

# %% tags=["build"] step="network"
def named(kind, name):
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}]}]


vpc_id = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=named("vpc", "vpc"))["Vpc"]["VpcId"]
igw = ec2.create_internet_gateway(TagSpecifications=named("internet-gateway", "igw"))["InternetGateway"]
ec2.attach_internet_gateway(InternetGatewayId=igw["InternetGatewayId"], VpcId=vpc_id)
public = ec2.create_route_table(VpcId=vpc_id, TagSpecifications=named("route-table", "public"))["RouteTable"]
public_id = public["RouteTableId"]
ec2.create_route(RouteTableId=public_id, DestinationCidrBlock="0.0.0.0/0", GatewayId=igw["InternetGatewayId"])
subnets = {}
for number, name in {0: "elb-a", 1: "elb-c", 10: "web-a", 11: "web-c", 20: "db-a", 21: "db-c"}.items():
    place = {"CidrBlock": f"10.0.{number}.0/24", "AvailabilityZone": lab.region + name[-1]}
    made = ec2.create_subnet(VpcId=vpc_id, **place, TagSpecifications=named("subnet", name))["Subnet"]
    subnets[name] = made["SubnetId"]
    if not name.startswith("db"):
        ec2.associate_route_table(RouteTableId=public_id, SubnetId=subnets[name])
        ec2.modify_subnet_attribute(SubnetId=subnets[name], MapPublicIpOnLaunch={"Value": True})

# %% [markdown]
# **Who may talk to whom.** Everybody may talk to the load balancer. Only the load balancer may talk to the web servers,
# only they to the database. Each group names the one before it: a chain.

# %% tags=["build"] step="groups"
def group(name, text, port, **source):
    tags = named("security-group", name)
    made = ec2.create_security_group(GroupName=name, Description=text, VpcId=vpc_id, TagSpecifications=tags)
    rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **source}
    ec2.authorize_security_group_ingress(GroupId=made["GroupId"], IpPermissions=[rule])
    return made["GroupId"]


world = {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
elb_group = group("elb", "HTTPS from all", 443, **world)
http = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, **world}
ec2.authorize_security_group_ingress(GroupId=elb_group, IpPermissions=[http])
web_group = group("web", "HTTP from the load balancer", 80, UserIdGroupPairs=[{"GroupId": elb_group}])
db_group = group("db", "MySQL from the web servers", 3306, UserIdGroupPairs=[{"GroupId": web_group}])

# %% [markdown]
# **One server, then a copy.** A server is set up once. An *image* (AMI) of it keeps its disk, and every further server
# starts from the image: no second set-up, no difference between the two. The page says which server made it and counts
# your views.

# %% tags=["build"] step="servers"
script = """#!/bin/bash
dnf install -y httpd php php-mysqlnd
cat > /var/www/html/index.php <<'PAGE'
<?php session_start(); $_SESSION["views"] = ($_SESSION["views"] ?? 0) + 1; ?>
<h1>Aoba Instruments</h1><p>Made by <?= gethostname() ?>. Your view number <?= $_SESSION["views"] ?>.</p>
PAGE
echo ok > /var/www/html/health.html
systemctl enable --now httpd
"""
parameter = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
bare = lab.client("ssm").get_parameter(Name=parameter)["Parameter"]["Value"]
common = {"InstanceType": "m5.large", "MinCount": 1, "MaxCount": 1, "SecurityGroupIds": [web_group]}
tags = {name: named("instance", name) for name in ("web-1", "web-2")}
for each in tags.values():
    each[0]["Tags"].append({"Key": "aws14:uses", "Value": "db"})  # for the course: whom a server asks
place = {"SubnetId": subnets["web-a"], "TagSpecifications": tags["web-1"]}
# UserData: a script that the machine runs when it starts for the first time.
web_1 = ec2.run_instances(ImageId=bare, UserData=script, **common, **place)["Instances"][0]["InstanceId"]
ec2.get_waiter("instance_status_ok").wait(InstanceIds=[web_1])

# %% tags=["build"] step="image"
image_id = ec2.create_image(InstanceId=web_1, Name="web-v1", TagSpecifications=named("image", "web-v1"))["ImageId"]
ec2.get_waiter("image_available").wait(ImageIds=[image_id])
place = {"SubnetId": subnets["web-c"], "TagSpecifications": tags["web-2"]}
web_2 = ec2.run_instances(ImageId=image_id, **common, **place)["Instances"][0]["InstanceId"]
ec2.get_waiter("instance_status_ok").wait(InstanceIds=[web_2])

# %% [markdown]
# **The load balancer** needs subnets in two zones. A *target group* lists the servers and says how to see whether one is
# well: every ten seconds it asks for a page. A *listener* says what to do with a port: port 80 only sends visitors on to
# HTTPS.

# %% tags=["build"] step="balancer"
elb_subnets = [subnets["elb-a"], subnets["elb-c"]]
alb = elbv2.create_load_balancer(Name="alb", Subnets=elb_subnets, SecurityGroups=[elb_group])["LoadBalancers"][0]
check = {"HealthCheckPath": "/health.html", "HealthCheckIntervalSeconds": 10, "HealthyThresholdCount": 2}
made = elbv2.create_target_group(Name="web-targets", Protocol="HTTP", Port=80, VpcId=vpc_id, **check)
targets_arn = made["TargetGroups"][0]["TargetGroupArn"]
elbv2.register_targets(TargetGroupArn=targets_arn, Targets=[{"Id": web_1}, {"Id": web_2}])
to_https = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}
elbv2.create_listener(LoadBalancerArn=alb["LoadBalancerArn"], Protocol="HTTP", Port=80, DefaultActions=[to_https])
elbv2.get_waiter("load_balancer_available").wait(LoadBalancerArns=[alb["LoadBalancerArn"]])

# %% [markdown]
# **Certificates** prove that a site is what its name says. AWS (its service ACM) issues one when a record in our zone shows that the zone
# is ours. The load balancer keeps it and does all encryption (*TLS termination*): visitors speak HTTPS to it, it speaks
# plain HTTP to the servers. They hold no certificate at all. The *alias* record says "the addresses of this load balancer, whatever they are now". (On
# a real account the domain must be yours.)

# %% tags=["build"] step="tls"
zone_id = route53.create_hosted_zone(Name="example.jp", CallerReference="corporate site")["HostedZone"]["Id"]


def point(name, kind, **how):
    change = {"Action": "UPSERT", "ResourceRecordSet": {"Name": name, "Type": kind, **how}}
    route53.change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch={"Changes": [change]})


acm = lab.client("acm")
names = {"DomainName": "example.jp", "SubjectAlternativeNames": ["*.example.jp"]}
certificate = acm.request_certificate(**names, ValidationMethod="DNS")["CertificateArn"]
lab.advance(seconds=10)  # AWS needs a moment to say which record it wants
proof = acm.describe_certificate(CertificateArn=certificate)["Certificate"]["DomainValidationOptions"][0]["ResourceRecord"]
point(proof["Name"], proof["Type"], TTL=300, ResourceRecords=[{"Value": proof["Value"]}])
acm.get_waiter("certificate_validated").wait(CertificateArn=certificate)
on = {"LoadBalancerArn": alb["LoadBalancerArn"], "Protocol": "HTTPS", "Port": 443}
to_web = [{"Type": "forward", "TargetGroupArn": targets_arn}]
elbv2.create_listener(**on, Certificates=[{"CertificateArn": certificate}], DefaultActions=to_web)
alias = {"HostedZoneId": alb["CanonicalHostedZoneId"], "DNSName": alb["DNSName"], "EvaluateTargetHealth": True}
point("www.example.jp", "A", AliasTarget=alias)
elbv2.get_waiter("target_in_service").wait(TargetGroupArn=targets_arn)

# %% [markdown]
# **The database** is RDS: AWS runs the server. *Multi-AZ* keeps a standby in another zone, a copy that takes every write
# too. For that RDS wants a *subnet group*: subnets in at least two zones. AWS makes the password and keeps it.

# %% tags=["build"] step="database"
db_subnets = [subnets["db-a"], subnets["db-c"]]
rds.create_db_subnet_group(DBSubnetGroupName="db", DBSubnetGroupDescription="two zones", SubnetIds=db_subnets)
size = {"DBInstanceClass": "db.t3.medium", "AllocatedStorage": 50, "StorageType": "gp3"}
account = {"MasterUsername": "admin", "ManageMasterUserPassword": True, "DBName": "shop"}
place = {"DBSubnetGroupName": "db", "VpcSecurityGroupIds": [db_group], "MultiAZ": True}
rds.create_db_instance(DBInstanceIdentifier="db", Engine="mysql", **size, **account, **place)
rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier="db")
db = rds.describe_db_instances(DBInstanceIdentifier="db")["DBInstances"][0]
print("primary in", db["AvailabilityZone"], "standby in", db["SecondaryAvailabilityZone"])
lab.http("https://www.example.jp/")

# %% tags=["check"]
lab.check("p02-built")

# %% [markdown] tags=["instructor"]
# Twelve minutes. Let somebody reload the page several times and say which server answered. Each `lab.http` is a new visitor here; the Deeper on sessions keeps the cookie.

# %% [markdown]
# ### Load, break, heal
#
# First live: the zone in which the database's primary stands goes dark. Watch what the load balancer thinks of its
# targets, and what a visitor gets.

# %% tags=["experiment"]
lab.break_az(db["AvailabilityZone"], minutes=10)
start = lab.advance()
try:
    for seconds in (0, 10, 20, 60):
        now = lab.advance(seconds=seconds)
        health = elbv2.describe_target_health(TargetGroupArn=targets_arn)["TargetHealthDescriptions"]
        states = [each["TargetHealth"]["State"] for each in health]
        answers = [lab.http("https://www.example.jp/").status for _ in range(4)]
        db = rds.describe_db_instances(DBInstanceIdentifier="db")["DBInstances"][0]
        told = f"database {db['DBInstanceStatus']} in {db['AvailabilityZone']}"
        print(f"+{now - start:3.0f} s  targets {states}  answers {answers}  {told}")
finally:
    lab.heal()
elbv2.get_waiter("target_in_service").wait(TargetGroupArn=targets_arn)

# %% [markdown]
# At first every second answer is an error: the load balancer still sends to a server that is gone. Then the health
# checks take it out, and everybody is served by the other one. The database moved to the other zone by itself, a little
# later. Nobody got up. (Our small page does not ask the database; the pages of the simulated day do, and wait for it.)
#
# Now a whole day, with the primary's zone (another one, by now) lost for an hour at noon.

# %% tags=["experiment"]
day = lab.run()
outage = lab.run(lab.scenario(zone_lost_for_s=3600, zone=db["AvailabilityZone"]))
display(lab.score(zone_failed_percent=100 * outage.failure_ratio))
charts.timeline(outage, title=f"{db['AvailabilityZone']} lost at noon for an hour")

# %% [markdown]
# The failures are a spike, not an hour. The legend says who was late. *A remembered DNS answer*: browsers that still go to
# the lost node of the load balancer. *Gave up waiting*: the health checks, and pages that hung on the database. *500*: the
# database had not moved yet. For a moment both servers count as unhealthy: all workers of the one left wait for the
# database, and none is free to answer the health check.
#
# After that one server does the work of two. Look at *utilization*: it doubles, which is why one alone must be
# enough. That is what redundancy costs.

# %% [markdown]
# ### Bill and one decision

# %% tags=["inspect"]
bill = lab.bill(day)
display(lab.score(bill_usd=bill.total_usd))
display(bill)
brief = {
    "zone lost for an hour, failed": (f"{100 * outage.failure_ratio:.2f} %", "0.3 %"),
    "95 % of answers within": (f"{day.response_time_s(0.95):.2f} s", "0.5 s"),
    "a month": (f"{bill.total_usd:,.0f} USD", "800 USD"),
}
for what, (seen, allowed) in brief.items():
    print(f"{what:30} {seen:>10}   at most {allowed}")

# %% [markdown]
# What is doubled stands there twice: servers, addresses, the hours of the database ("Single-AZ" is the name of the price;
# two machines pay it). The dearest line is none of them, but the bytes to the visitors. And the parts drawn once? The load
# balancer is a node in each zone, the database a primary and its standby. The last lines hold it all against the brief.
#
# The decision: which doubling is worth its money? Take parts away; the picture loses the worse of the two zones.

# %% tags=["experiment"]
lab.explore(
    "another design",
    question="Two servers or one, two databases or one: which of the four sites keeps the brief?",
    web_servers=(1, 4, 1),
    database=["Multi-AZ", "Single-AZ"],
    health_check_every_s=(5, 60, 5),
)

# %% [markdown]
# Neither doubling saves anything alone: one server in the lost zone, or one database there, and the hour is gone. In a
# chain the weakest link decides. A third and a fourth server save next to nothing more. Quicker health checks are free; in this outage they
# do little, because everybody waits for the database anyway. When only a server is lost, they are all that counts:

# %% [markdown] tags=["exercise"] exercise="p02-e1"
# **Exercise 1.** The new brief: when `web-1` is lost for an hour at noon, at most one view in ten thousand of the day may
# fail. `lab.check("p02-e1")` says how many fail now. Change the target group so that the built site keeps it.
# `modify_target_group` takes `HealthCheckIntervalSeconds` (built: 10), `HealthCheckTimeoutSeconds` (nothing was said, so 5)
# and `UnhealthyThresholdCount` (so 2). The time-out must be below the interval.

# %% tags=["exercise"] exercise="p02-e1"
# Your call here: changed = elbv2.modify_target_group(TargetGroupArn=targets_arn, ...)

# %% tags=["solution"] exercise="p02-e1"
quick = {"HealthCheckIntervalSeconds": 5, "HealthCheckTimeoutSeconds": 2, "UnhealthyThresholdCount": 2}
changed = elbv2.modify_target_group(TargetGroupArn=targets_arn, **quick)

# %% tags=["check"] exercise="p02-e1"
lab.check("p02-e1")

# %% [markdown] deeper="8 min"
# #### Deeper: HTTP from 10.0.0.0/24, says the book
#
# The book lets HTTP into the web servers from the load balancer's subnet, `10.0.0.0/24`. Try it: the rule by address in
# place of the rule by group. How many of eight requests get through?

# %% tags=["experiment"]
def admit(**source):
    rules = ec2.describe_security_groups(GroupIds=[web_group])["SecurityGroups"][0]["IpPermissions"]
    if rules:
        ec2.revoke_security_group_ingress(GroupId=web_group, IpPermissions=rules)
    rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, **source}
    ec2.authorize_security_group_ingress(GroupId=web_group, IpPermissions=[rule])
    lab.advance(minutes=1)
    print([lab.http("https://www.example.jp/health.html").status for _ in range(8)])


admit(IpRanges=[{"CidrIp": "10.0.0.0/24"}])
lab.experiment("nodes")

# %% [markdown]
# Half of the answers are errors, and the table says which node is shut out. A load balancer needs subnets in two zones, and
# has a node in each; each node sends to all servers. `10.0.0.0/24` covers the node in zone a only. Two rules would do,
# `10.0.0.0/23` too, and each breaks the day somebody adds a subnet. Naming the load balancer's *group* covers its nodes,
# wherever they are:

# %% tags=["experiment"]
admit(UserIdGroupPairs=[{"GroupId": elb_group}])
lab.experiment("nodes")

# %% [markdown]
# All answers are back, from both nodes to both servers.

# %% [markdown] deeper="10 min"
# #### Deeper: the session is gone
#
# Each server keeps its own memory of you. `lab.http` takes cookies along when you hand them back, as a browser does. Look at
# the page five times with the session's cookie: which number will the fifth view have?

# %% tags=["experiment"]
def browse(views):
    cookies = {}
    for _ in range(views):
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}
        answer = lab.http("https://www.example.jp/", headers=sent)
        cookies |= answer.cookies
        print(answer.text.split("<p>")[1].split("</p>")[0])
    print("cookies:", sorted(cookies))


def stick(enabled):
    how = {"stickiness.type": "lb_cookie", "stickiness.lb_cookie.duration_seconds": "3600", "stickiness.enabled": enabled}
    attributes = [{"Key": key, "Value": value} for key, value in how.items()]
    elbv2.modify_target_group_attributes(TargetGroupArn=targets_arn, Attributes=attributes)


stick("false")
browse(5)

# %% [markdown]
# You are two visitors: each server counts for itself, and every second view meets the one that does not know what you did
# at the other. Were it a login, you would have to log in twice. A *sticky* target group makes the load balancer set a
# cookie of its own, `AWSALB`, and send its bearer to the same server.

# %% tags=["experiment"]
stick("true")
browse(5)

# %% [markdown]
# Now it counts. It costs something: page views are not spread any more, visitors are. Let `web-1` go at noon for a quarter
# of an hour and come back:

# %% tags=["experiment"]
lab.experiment("stickiness")

# %% [markdown]
# Without stickiness `web-1` has its half back as soon as it is healthy. With it, only new visitors come; the old ones stay
# where they are, and the spread stays uneven for a while. And a server that goes takes its sessions along:

# %% tags=["experiment"]
lab.experiment("sessions lost")

# %% [markdown]
# Sessions in the database lose none and need no stickiness. That is the cure that lasts.

# %% [markdown] deeper="8 min"
# #### Deeper: what TLS costs, and where
#
# How much of a server does encryption cost, and who should pay for it? First, what is built: encrypted outside, plain
# inside. A visitor who comes without encryption is sent on, and the servers hear plain HTTP only.

# %% tags=["inspect"]
answer = lab.http("http://www.example.jp/")
print(answer.status, answer.headers["Location"])
listeners = elbv2.describe_listeners(LoadBalancerArn=alb["LoadBalancerArn"])["Listeners"]
print("visitors to load balancer:", [each["Protocol"] for each in listeners])
groups = elbv2.describe_target_groups(TargetGroupArns=[targets_arn])["TargetGroups"]
print("load balancer to servers:", groups[0]["Protocol"])

# %% [markdown]
# A new visitor's handshake costs a signature. Here it is measured on *your* machine, with the library that web servers
# use, for as many new connections a second as the brief's peak has page views.

# %% tags=["experiment"]
lab.experiment("tls")

# %% [markdown]
# An RSA signature is dearer than one of an elliptic curve, a visitor who comes back costs less. But look at the money: what
# the load balancer takes off the servers is worth less than what it charges for those connections. The processors of the
# book's days were slower, and made this a reason. Today the real saving is not money: one certificate in one
# place, renewed by AWS, instead of one on every server.

# %% [markdown] deeper="15 min"
# #### Deeper: the primary is lost
#
# RDS promotes the standby by itself. But your web server holds a connection to a machine that is gone. Here are two
# real clients (PyMySQL) with one difference: one asks DNS for every new connection, the other asked once. Who is back
# first, and when is the other one?

# %% tags=["experiment"]
# The experiment breaks the primary and connects from web-1: it needs the session and the password.
secret = lab.client("secretsmanager").get_secret_value(SecretId=db["MasterUserSecret"]["SecretArn"])
login = json.loads(secret["SecretString"])
lab.experiment("database clients", lab.session, password=login["password"])

# %% [markdown]
# RDS took a good minute. The client that asks DNS again is back right after; the one that keeps the old address is not
# back when we stop watching: that address leads to the lost host. Most 'RDS was down for ten minutes' stories are this one.

# %% tags=["experiment"]
lab.experiment("database lost")

# %% [markdown]
# The whole site, three times: detection and promotion are RDS's part, reconnecting is yours, and can be the longest. The
# share of lost page views stands at the left. A server that remembers an address has, on average, half of its time left.

# %% [markdown] deeper="20 min"
# #### Deeper: files that are the same for everybody
#
# Pictures and style sheets need no server. They can stand in an S3 bucket, and CloudFront can keep copies of them near the
# visitors. Which place is cheapest, and which is quickest? This is the whole pattern:

# %% tags=["inspect"]
lab.draw(lab.design(edge=True))

# %% [markdown]
# CloudFront stands in front of both: paths that match `/images/*` go to the bucket, all others to the load balancer. What
# it fetches from is an *origin*; `origin.example.jp` is a name for the load balancer, as `www` will lead to CloudFront. The
# visitors' arrow still ends at the load balancer: whoever knows its name can go past CloudFront. The bucket is closed to
# everybody but this distribution (*origin access control*).

# %% tags=["experiment"]
bucket = f"aoba-static-{lab.client('sts').get_caller_identity()['Account']}"
s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": lab.region})
s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "Name", "Value": "static"}]})
circle = '<circle cx="20" cy="20" r="18" fill="#1b7f5c"/>'
logo = f'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">{circle}</svg>'
s3.put_object(Bucket=bucket, Key="images/logo.svg", Body=logo, ContentType="image/svg+xml")
signed = {"OriginAccessControlOriginType": "s3", "SigningBehavior": "always", "SigningProtocol": "sigv4"}
access = cloudfront.create_origin_access_control(OriginAccessControlConfig={"Name": "static", **signed})
acm_us = lab.client("acm", "us-east-1")
certificate_us = acm_us.request_certificate(**names, ValidationMethod="DNS")["CertificateArn"]
acm_us.get_waiter("certificate_validated").wait(CertificateArn=certificate_us)

# %% [markdown]
# CloudFront wants its certificate in us-east-1. The record that proves the zone ours is there already, so it is issued
# without another step.

# %% tags=["experiment"]
domain = f"{bucket}.s3.{lab.region}.amazonaws.com"
control = {"OriginAccessControlId": access["OriginAccessControl"]["Id"], "S3OriginConfig": {"OriginAccessIdentity": ""}}
over_tls = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}
point("origin.example.jp", "A", AliasTarget=alias)
origins = [
    {"Id": "static", "DomainName": domain, **control},
    {"Id": "alb", "DomainName": "origin.example.jp", "CustomOriginConfig": over_tls},
]
# AWS's own policies have fixed ids: CachingOptimized, CachingDisabled, AllViewer.
cached, asked_anew = "658327ea-f89d-4fab-a63d-7e88639e58f6", "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
all_viewer = "216adef6-5c7f-47e4-b989-5492eafa07d3"
https = {"ViewerProtocolPolicy": "redirect-to-https"}
pictures = {"PathPattern": "/images/*", "TargetOriginId": "static", "CachePolicyId": cached, **https}
methods = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
pages = {"TargetOriginId": "alb", "CachePolicyId": asked_anew, "OriginRequestPolicyId": all_viewer, **https}
pages["AllowedMethods"] = {"Quantity": len(methods), "Items": methods}

# %% [markdown]
# Left alone, a behaviour passes on neither cookies nor forms: nobody could log in. So the pages' behaviour says
# *AllViewer*, hand on the whole request, and allows `POST`.

# %% tags=["experiment"]
config = {
    "CallerReference": "corporate site",
    "Comment": "cdn",
    "Enabled": True,
    "Aliases": {"Quantity": 1, "Items": ["www.example.jp"]},
    "Origins": {"Quantity": len(origins), "Items": origins},
    "DefaultCacheBehavior": pages,
    "CacheBehaviors": {"Quantity": 1, "Items": [pictures]},
    "ViewerCertificate": {"ACMCertificateArn": certificate_us, "SSLSupportMethod": "sni-only"},
}
cdn = cloudfront.create_distribution(DistributionConfig=config)["Distribution"]
statement = {"Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "s3:GetObject"}
only_this = {"Resource": f"arn:aws:s3:::{bucket}/*", "Condition": {"StringEquals": {"AWS:SourceArn": cdn["ARN"]}}}
s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement | only_this]}))
cloudfront.get_waiter("distribution_deployed").wait(Id=cdn["Id"])
# All of CloudFront's names stand in this one zone of AWS.
edge = {"HostedZoneId": "Z2FDTNDATAQYW2", "DNSName": cdn["DomainName"], "EvaluateTargetHealth": False}
point("www.example.jp", "A", AliasTarget=edge)
now = lab.advance(minutes=1)

# %% tags=["check"]
lab.check("p02-edge")

# %% tags=["inspect"]
for url in ("https://www.example.jp/images/logo.svg", "https://www.example.jp/images/logo.svg", "https://www.example.jp/"):
    answer = lab.http(url)
    print(answer.status, answer.headers.get("X-Cache"), url)
print(lab.http(f"https://{domain}/images/logo.svg").status, "from the bucket itself")
cookies = {}
for _ in range(3):
    sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    answer = lab.http("https://www.example.jp/", headers=sent)
    cookies |= answer.cookies
    print(answer.text.split("<p>")[1].split("</p>")[0])

# %% [markdown]
# The second look at the picture is a *hit*: no origin is asked. The page is passed on every time. The bucket itself refuses.
# The last lines are one visitor through CloudFront: the number grows, so the cookie comes and goes.

# %% tags=["experiment"]
lab.experiment("static bills")

# %% [markdown]
# What the same files cost in three places, by how often they are asked for. On the servers every disk holds a copy, so few
# requests are dear. CloudFront sends the first gigabytes of a month for nothing (what is drawn there is the bucket's room),
# then at its own price, and is dearer than the bare bucket only for a crowd: where the lines cross. Such lasting allowances
# are counted here; the bill above leaves them out. For many requests nearly all of the money is bytes to the Internet, whoever sends them.

# %% tags=["experiment"]
lab.experiment("static times")

# %% [markdown]
# How long a file takes. A bucket is *slower* than your server. CloudFront is quickest once it is asked often enough to have
# the copy at hand: the popularity of a real site's files decides where that is. Our site is to the right of the chart.

# %% [markdown] deeper="6 min"
# #### Deeper: paths that a wildcard cannot tell apart
#
# A behaviour is a path with `*` and `?`. That works as long as the path says what is made anew for each visitor. Here are
# the addresses of a site that grew for years, with what its visitors asked for on one day, and rules that try to part
# pictures from what is made anew. Which rule would you dare?

# %% tags=["experiment"]
lab.experiment("path patterns")

# %% [markdown]
# No rule is right. A folder of pictures answers with a page too. A picture beside a page is missed by the folder's rule.
# And what ends in `.gif` may be a live camera: whoever gets yesterday's launch pad from the edge will never know. Wildcards
# tell upper from lower case, and do not see what stands after a `?`.
#
# What helps is order: the first rule that fits counts, so an exception can stand before its rule.

# %% [markdown] tags=["exercise"] exercise="p02-e2"
# **Exercise 2.** Write at most six rules that keep nine of ten requests for pictures at the edge, and nothing that is made
# anew. A rule is `"pattern": "static"` or `"pattern": "alb"`. Try them with `lab.experiment("path patterns", rules=...)`.

# %% tags=["exercise"] exercise="p02-e2"
rules = ...

# %% tags=["solution"] exercise="p02-e2"
rules = {
    "*/video/*": "alb",
    "*.gif": "static",
    "*.jpg": "static",
    "*.xbm": "static",
}

# %% tags=["check"] exercise="p02-e2"
lab.check("p02-e2", answer=rules)

# %% [markdown]
# Better than a clever rule is a clean tree: plan folders by how long their contents live.

# %% [markdown] deeper="6 min"
# #### Deeper: why is this box here?
#
# Two of everything, a load balancer, groups, a certificate. Which of them could you save?

# %% tags=["experiment"]
lab.experiment("why")

# %% [markdown]
# Each line takes one part away, on paper, runs the day again or follows a packet, and says what is no longer true. A part that loses
# nothing would be one to save.

# %% [markdown] deeper="6 min"
# #### Deeper: a steady disk
#
# A company's site runs for years, and its database must answer alike at all hours. A *gp2* volume earns burst credits like
# a T instance: it may be quick for as long as it has saved up. *gp3* and *provisioned IOPS* (io2; IOPS are operations a
# second) give what is paid for. An *EBS-optimised* instance has a lane of its
# own to its disks. When, on a working day, does the smallest disk give in?

# %% tags=["experiment"]
lab.experiment("disks")

# %% [markdown]
# The small gp2 is quick until its credits are gone, in the middle of the morning, and slow for the rest of the day. io2
# gives what was paid for, never more. gp3 gives enough and costs least: io2 pays for what gp3 cannot do.

# %% tags=["experiment"]
lab.experiment("lanes")

# %% [markdown]
# The lane of the instance is the other limit. Where a bar ends before the line, the disk is quicker than the lane: money lost.

# %% [markdown] deeper="6 min"
# #### Deeper: years of use
#
# Three weeks are paid by the hour. For years AWS sells promises: *reserved instances*, cheaper and tied to a type of
# server, and *savings plans*, dearer and free to change it. After how many
# months has a promise of three years paid for itself?

# %% tags=["experiment"]
lab.experiment("years")

# %% [markdown]
# Where a promise is crossed by the line that climbs, it has paid for itself. Whoever gives up earlier has paid too much.
# `lab.experiment("years", share=0.3)` is a site that is switched off at night: the promises never pay.

# %% [markdown] deeper="4 min"
# #### Deeper: the book says, today
#
# | the book (2018) | today |
# |---|---|
# | the classic load balancer | Application Load Balancer; the classic one is for old systems only |
# | CloudFront reads a bucket by origin access identity | origin access control |
# | the word *slave* for the second database | standby; a read replica is something else |
# | a certificate of one's own at the load balancer | ACM issues and renews it |

# %% [markdown]
# ### Checkpoint and clean-up
#
# Answer for yourself, then unfold: why does a load balancer need two subnets? Which part of a database's downtime is yours?
# Why is one server of two never more than half busy?
#
# <details><summary>Answers</summary>It has a node in each of two zones, so that it survives one. The last: connections that
# hold the old address. When the other one is lost, it must carry everything.</details>

# %% tags=["cleanup"]
lab.clean_up()

# %% [markdown] pattern="p03"
# ## Scaling intranet
#
# At nine in the morning the whole company opens the same page. Half an hour later few do. A fleet that is large enough
# for nine o'clock idles all day; one that is right for ten o'clock fails people at nine. This pattern grows and shrinks.

# %% tags=["setup"]
lab = aws14.Lab("p03")
ec2, elbv2, rds = lab.client("ec2"), lab.client("elbv2"), lab.client("rds")
autoscaling, route53 = lab.client("autoscaling"), lab.client("route53")
lab.brief

# %% [markdown]
# ### Brief and drawing
#
# An intranet: only people in the company's network use it. Nothing of it faces the Internet.

# %% tags=["inspect"]
lab.draw()

# %% [markdown]
# The office is a network of its own; here a VPC plays it, joined by *peering* (chapter 6 puts a real line in its place).
# From there the name leads to an *internal* load balancer. Behind it stands not a list of servers but an *Auto Scaling
# group*: it starts servers from a template and takes them away. *CloudWatch* watches how busy they are and gives the
# alarm. The load balancer, the group and the database belong to the VPC, not to one box: they use both app subnets.

# %% [markdown] tags=["instructor"]
# Four minutes. Ask who decides here how many servers run: nobody in the room. Then ask what that somebody must know.

# %% [markdown]
# ### Predict, then build
#
# In the morning the load grows tenfold within minutes. The group starts with two servers; a new one needs less than a
# minute to be ready. How many of every hundred page views of the day will fail? How many servers will run at most?

# %% tags=["predict"]
lab.predict(failed_percent=5.0, most_servers=8)

# %% [markdown]
# **The network.** Two private subnets for the load balancer and the servers, one public one with a NAT gateway: new
# servers fetch their packages through it.

# %% tags=["build"] step="network"
def named(kind, name):
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}]}]


def route(name, vpc, subnet_ids, **targets):
    made = ec2.create_route_table(VpcId=vpc, TagSpecifications=named("route-table", name))["RouteTable"]["RouteTableId"]
    for subnet_id in subnet_ids:
        ec2.associate_route_table(RouteTableId=made, SubnetId=subnet_id)
    return made


vpc_id = ec2.create_vpc(CidrBlock="10.3.0.0/16", TagSpecifications=named("vpc", "vpc"))["Vpc"]["VpcId"]
subnets = {}
for number, name in {0: "public-a", 10: "app-a", 11: "app-c"}.items():
    place = {"CidrBlock": f"10.3.{number}.0/24", "AvailabilityZone": lab.region + name[-1]}
    made = ec2.create_subnet(VpcId=vpc_id, **place, TagSpecifications=named("subnet", name))["Subnet"]
    subnets[name] = made["SubnetId"]
app_subnets = [subnets["app-a"], subnets["app-c"]]

# %% tags=["build"] step="out"
igw_id = ec2.create_internet_gateway(TagSpecifications=named("internet-gateway", "igw"))["InternetGateway"][
    "InternetGatewayId"
]
ec2.attach_internet_gateway(InternetGatewayId=igw_id, VpcId=vpc_id)
out = route("public", vpc_id, [subnets["public-a"]])
ec2.create_route(RouteTableId=out, DestinationCidrBlock="0.0.0.0/0", GatewayId=igw_id)
address = ec2.allocate_address(Domain="vpc", TagSpecifications=named("elastic-ip", "nat"))["AllocationId"]
nat = ec2.create_nat_gateway(
    SubnetId=subnets["public-a"], AllocationId=address, TagSpecifications=named("natgateway", "nat")
)["NatGateway"]["NatGatewayId"]
ec2.get_waiter("nat_gateway_available").wait(NatGatewayIds=[nat])
inner = route("app", vpc_id, app_subnets)
_ = ec2.create_route(RouteTableId=inner, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)

# %% [markdown]
# **The office**, and the way there and back. Peering joins two networks; each needs a route to the other.

# %% tags=["build"] step="office"
office_vpc = ec2.create_vpc(CidrBlock="192.168.0.0/16", TagSpecifications=named("vpc", "office"))["Vpc"]["VpcId"]
desks = ec2.create_subnet(
    VpcId=office_vpc,
    CidrBlock="192.168.1.0/24",
    AvailabilityZone=f"{lab.region}a",
    TagSpecifications=named("subnet", "desks"),
)["Subnet"]["SubnetId"]
line = ec2.create_vpc_peering_connection(
    VpcId=office_vpc, PeerVpcId=vpc_id, TagSpecifications=named("vpc-peering-connection", "line")
)["VpcPeeringConnection"]["VpcPeeringConnectionId"]
ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=line)
there = route("desks", office_vpc, [desks])
ec2.create_route(RouteTableId=there, DestinationCidrBlock="10.3.0.0/16", VpcPeeringConnectionId=line)
ec2.create_route(RouteTableId=inner, DestinationCidrBlock="192.168.0.0/16", VpcPeeringConnectionId=line)
parameter = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
bare = lab.client("ssm").get_parameter(Name=parameter)["Parameter"]["Value"]
pc = {"ImageId": bare, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1, "SubnetId": desks}
pc_id = ec2.run_instances(**pc, TagSpecifications=named("instance", "pc"))["Instances"][0]["InstanceId"]

# %% [markdown]
# **The balancer**, and who may talk to whom: the office to the load balancer, it to the servers, they to the database.

# %% tags=["build"] step="balancer"
def group(name, port, **source):
    tags = named("security-group", name)
    made = ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc_id, TagSpecifications=tags)["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **source}
    ec2.authorize_security_group_ingress(GroupId=made, IpPermissions=[rule])
    return made


elb_group = group("elb", 80, IpRanges=[{"CidrIp": "192.168.0.0/16"}])
app_group = group("app", 80, UserIdGroupPairs=[{"GroupId": elb_group}])
alb = elbv2.create_load_balancer(Name="portal-alb", Scheme="internal", Subnets=app_subnets, SecurityGroups=[elb_group])
alb = alb["LoadBalancers"][0]
check = {"HealthCheckPath": "/health.html", "HealthCheckIntervalSeconds": 10, "HealthyThresholdCount": 2}
made = elbv2.create_target_group(Name="portal-targets", Protocol="HTTP", Port=80, VpcId=vpc_id, **check)
targets_arn = made["TargetGroups"][0]["TargetGroupArn"]
to_app = [{"Type": "forward", "TargetGroupArn": targets_arn}]
elbv2.create_listener(LoadBalancerArn=alb["LoadBalancerArn"], Protocol="HTTP", Port=80, DefaultActions=to_app)
elbv2.get_waiter("load_balancer_available").wait(LoadBalancerArns=[alb["LoadBalancerArn"]])

# %% [markdown]
# **The name and the database.** A *private zone* is known in the networks that are tied to it, and nowhere else. Both need
# their DNS host names switched on.

# %% tags=["build"] step="name"
for each in (vpc_id, office_vpc):
    ec2.modify_vpc_attribute(VpcId=each, EnableDnsHostnames={"Value": True})
private = {"PrivateZone": True, "Comment": "portal"}
here, there = ({"VPCRegion": lab.region, "VPCId": each} for each in (vpc_id, office_vpc))
zone = route53.create_hosted_zone(
    Name="corp.internal", CallerReference="portal", HostedZoneConfig=private, VPC=here
)["HostedZone"]["Id"]
route53.associate_vpc_with_hosted_zone(HostedZoneId=zone, VPC=there)
alias = {"HostedZoneId": alb["CanonicalHostedZoneId"], "DNSName": alb["DNSName"], "EvaluateTargetHealth": True}
record = {"Name": "portal.corp.internal", "Type": "A", "AliasTarget": alias}
changes = {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]}
route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=changes)

db_group = group("db", 3306, UserIdGroupPairs=[{"GroupId": app_group}])
rds.create_db_subnet_group(DBSubnetGroupName="portal", DBSubnetGroupDescription="two zones", SubnetIds=app_subnets)
size = {"DBInstanceClass": "db.m5.large", "AllocatedStorage": 50, "StorageType": "gp3"}
account = {"MasterUsername": "admin", "ManageMasterUserPassword": True}
place = {"DBSubnetGroupName": "portal", "VpcSecurityGroupIds": [db_group], "MultiAZ": False}
rds.create_db_instance(DBInstanceIdentifier="portal-db", Engine="mysql", **size, **account, **place)
rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier="portal-db")

# %% [markdown]
# **The template** says what a new server is. Here it starts from a bare image, and the *user data* script makes it what we
# need. That way a release changes a script, not an image. Remember that it runs every time a server is added.
#
# **The group** keeps between two and twelve servers in two zones, attached to the load balancer's target group. And the
# **policy**: keep the processors half busy.
#
# `HealthCheckType="ELB"`: the load balancer's verdict counts, too. `HealthCheckGracePeriod`: so long a new server may fail
# it. `DefaultInstanceWarmup`: so long its CPU does not count yet. `aws14:uses`: tells the course which database it asks.

# %% tags=["build"] step="template"
script = """#!/bin/bash
dnf install -y httpd
echo ok > /var/www/html/health.html
echo "<h1>The portal</h1><p>Made by $(hostname)</p>" > /var/www/html/index.html
systemctl enable --now httpd
"""
import base64

encoded = base64.b64encode(script.encode()).decode()
data = {"ImageId": bare, "InstanceType": "c5.large", "SecurityGroupIds": [app_group], "UserData": encoded}
data["TagSpecifications"] = named("instance", "app")
_ = ec2.create_launch_template(
    LaunchTemplateName="portal", LaunchTemplateData=data, TagSpecifications=named("launch-template", "portal")
)

# %% tags=["build"] step="group"
autoscaling.create_auto_scaling_group(
    AutoScalingGroupName="portal",
    LaunchTemplate={"LaunchTemplateName": "portal", "Version": "$Latest"},
    MinSize=2,
    MaxSize=12,
    DesiredCapacity=2,
    VPCZoneIdentifier=",".join(app_subnets),
    TargetGroupARNs=[targets_arn],
    HealthCheckType="ELB",
    HealthCheckGracePeriod=180,
    DefaultInstanceWarmup=120,
    Tags=[{"Key": "aws14:uses", "Value": "portal-db", "PropagateAtLaunch": True}],
)
busy = {"PredefinedMetricSpecification": {"PredefinedMetricType": "ASGAverageCPUUtilization"}, "TargetValue": 50.0}
track = {"PolicyType": "TargetTrackingScaling", "TargetTrackingConfiguration": busy}
autoscaling.put_scaling_policy(AutoScalingGroupName="portal", PolicyName="half-busy", **track)
elbv2.get_waiter("target_in_service").wait(TargetGroupArn=targets_arn)
lab.http("http://portal.corp.internal/", source="pc")

# %% tags=["check"]
lab.check("p03-built")

# %% [markdown] tags=["instructor"]
# Twelve minutes. Show `describe_scaling_activities` while it builds: the group explains each step in its own words.

# %% [markdown]
# ### Load, break, heal
#
# Two hours of the morning are *played*: minute by minute the load goes through what is built, CloudWatch gets its numbers,
# its alarms decide, the group starts servers. (In a real account use `lab.run`, which plays the group on paper.)

# %% tags=["experiment"]
morning = lab.play(lab.scenario(starts_h=8.5, horizon_h=2))
played_from = lab.session.now() - morning.horizon_s
charts.timeline(morning, start_hour=8.5, title="From half past eight to half past ten, played")

# %% [markdown]
# The alarm wants three minutes of evidence. Meanwhile two servers should do the work of five; their queues are full, and
# people are refused. And a processor cannot be more than wholly busy: the group learns that it is too small, not by how
# much, so each step at most doubles it. Ask AWS itself what happened:

# %% tags=["inspect"]
import re
from datetime import datetime
from zoneinfo import ZoneInfo

short = re.compile(r"At (\S+?)Z? a monitor alarm TargetTracking-portal-(Alarm[A-Z][a-z]+).* from (\d+) to (\d+)")
activities = autoscaling.describe_scaling_activities(AutoScalingGroupName="portal")["Activities"]
found = (short.search(each["Cause"]) for each in reversed(activities))
for at, alarm, before, after in dict.fromkeys(each.groups() for each in found if each):
    when = datetime.fromisoformat(f"{at}+00:00").astimezone(ZoneInfo("Asia/Tokyo"))
    if when.timestamp() > played_from:
        print(f"{when:%H:%M} {alarm} {before} -> {after}")
for alarm in lab.client("cloudwatch").describe_alarms(AlarmNamePrefix="TargetTracking-portal")["MetricAlarms"]:
    print(alarm["AlarmName"][:32], alarm["Threshold"], alarm["StateValue"])

# %% [markdown]
# *AlarmLow* may be in ALARM although all is well: the group is at its minimum, so there is nothing to take away.
#
# Now the whole day, under five ways to decide. The same people, the same clicks.

# %% tags=["experiment"]
day = lab.run()
display(lab.score(failed_percent=100 * day.failure_ratio, most_servers=day.fleet.in_service.max()))
lab.experiment("policies")

# %% [markdown]
# The fixed fleet is only just large enough and costs most. *Simple* scaling adds the same two servers each time, and
# waits. *Step* scaling adds more the busier it is. *Target tracking* needs the least thought. All three know only the past.
# The *schedule* knows the clock: its servers are there before the people are.

# %% [markdown]
# ### Bill and one decision
#
# The servers' line counts the hours that the group really used. The decision: how do you want to scale?

# %% tags=["experiment"]
display(lab.bill(day))
lab.explore(
    "a day with your numbers",
    question="What is the cheapest setting that fails fewer than one view in a thousand?",
    target_percent=(20, 80, 10),
    smallest=(2, 8, 1),
    at_nine=[False, True],
)

# %% [markdown]
# A lower target buys room for the minutes in which nothing has started yet, all day long. A schedule buys it for an hour.
# A larger minimum keeps servers running that nobody needs at night: it works like a fixed fleet, and costs like one.

# %% [markdown] tags=["exercise"] exercise="p03-e1"
# **Exercise 1.** Add scheduled actions to the group, so that the day fails fewer than one view in a thousand within the
# brief's budget: more servers before nine on working days, the old minimum afterwards.
# (`put_scheduled_update_group_action` takes `Recurrence`, a cron line, and `TimeZone`.)

# %% tags=["exercise"] exercise="p03-e1"
# Your calls here.

# %% tags=["solution"] exercise="p03-e1"
when = {"AutoScalingGroupName": "portal", "TimeZone": "Asia/Tokyo"}
autoscaling.put_scheduled_update_group_action(
    ScheduledActionName="before-nine", Recurrence="45 8 * * 1-5", MinSize=10, **when
)
_ = autoscaling.put_scheduled_update_group_action(
    ScheduledActionName="after-nine", Recurrence="30 9 * * 1-5", MinSize=2, **when
)

# %% tags=["check"] exercise="p03-e1"
lab.check("p03-e1")

# %% [markdown] deeper="6 min"
# #### Deeper: which number should trigger?
#
# Most groups use the CPU. The group can follow any metric. Here are three; one is a bad choice, and the share of failures
# alone does not show which. Watch the number of servers during the rush:

# %% tags=["experiment"]
lab.experiment("metrics")

# %% [markdown]
# The CPU ends at a hundred: it says *full*, not *how full*. Requests per server go on counting, so the group is large
# enough one step sooner. The response time says nothing until the servers are full, then shouts. When all is well again
# it looks so good that the group shrinks in the middle of the rush, and jumps up again when people fail.

# %% [markdown] deeper="8 min"
# #### Deeper: image or script?
#
# A release changes every week. A new image for each is laborious; a script is easy to change, but it runs before every
# new server is of use. How long may it be?

# %% tags=["experiment"]
lab.experiment("startup")

# %% [markdown]
# The short script costs little. Each minute more is a minute in which nine o'clock waits for it, at every step anew. The
# usual middle way: an image with the packages once in a while, a script of seconds for what changes with a release.

# %% [markdown] deeper="6 min"
# #### Deeper: a group that cannot make up its mind
#
# Servers that take minutes to start, and a policy that adds three after each busy minute and takes three away after two
# idle ones. What will it do while the first three are still starting? *Warm-up* and *cooldown* are the two medicines.

# %% tags=["experiment"]
lab.experiment("flapping")

# %% [markdown]
# Without them the group adds again each minute, because nothing has changed yet; then there are far too many, and it takes
# away too many: the number of servers goes up and down like the teeth of a saw. During a *warm-up* servers that start count as servers that are coming. During a *cooldown*
# a simple policy does nothing at all. Either is enough.

# %% [markdown] deeper="10 min"
# #### Deeper: what is left after scale-in?
#
# Data that is needed after a scale-in belongs on a volume of its own. Which of these lines will still be there when the
# server is gone: the one on its root volume, the one on a second EBS volume, the one sent to CloudWatch Logs? (The
# *instance store* of some types is not even a volume: it is empty after a stop.) The server starts from the group's template.

# %% tags=["experiment"]
logs, line = lab.client("logs"), "09:00 shift B opened"
logs.create_log_group(logGroupName="portal")
if not logs.describe_log_streams(logGroupName="portal")["logStreams"]:
    logs.create_log_stream(logGroupName="portal", logStreamName="app")
event = {"timestamp": int(1000 * lab.session.now()), "message": line}
logs.put_log_events(logGroupName="portal", logStreamName="app", logEvents=[event])
writes = script + f"""
mkfs -t xfs /dev/sdf
mkdir /data
mount /dev/sdf /data
echo '{line}' | tee /data/log.txt > /var/log/portal.log
"""
second = [{"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 5, "DeleteOnTermination": False}}]
one = {"MinCount": 1, "MaxCount": 1, "SubnetId": subnets["app-a"], "LaunchTemplate": {"LaunchTemplateName": "portal"}}
one["TagSpecifications"] = [*named("instance", "writer"), *named("volume", "shift-log")]
writer = ec2.run_instances(**one, UserData=writes, BlockDeviceMappings=second)["Instances"][0]["InstanceId"]
ec2.get_waiter("instance_status_ok").wait(InstanceIds=[writer])

# %% [markdown]
# Scale-in is a call of `TerminateInstances`. Make it:

# %% tags=["experiment"]
mine = [{"Name": "attachment.instance-id", "Values": [writer]}]
disks = {each["VolumeId"]: each["Size"] for each in ec2.describe_volumes(Filters=mine)["Volumes"]} or disks
ec2.terminate_instances(InstanceIds=[writer])
ec2.get_waiter("instance_terminated").wait(InstanceIds=[writer])
left = [each["VolumeId"] for each in ec2.describe_volumes()["Volumes"]]
for volume, gib in disks.items():
    print(f"{gib} GiB:", "left" if volume in left else "gone")
print("CloudWatch Logs:", logs.get_log_events(logGroupName="portal", logStreamName="app")["events"][-1]["message"])

# %% [markdown]
# The root volume went with the server: its `DeleteOnTermination` is on. The second volume is left, belongs to nobody, and
# is billed. What is on it? Give a snapshot of it to another server, which serves it:

# %% tags=["experiment"]
kept = next(volume for volume in disks if volume in left)
snapshot = ec2.create_snapshot(VolumeId=kept, TagSpecifications=named("snapshot", "shift-log"))["SnapshotId"]
ec2.get_waiter("snapshot_completed").wait(SnapshotIds=[snapshot])
reads = script + "mount /dev/sdf /var/www/html\n"
third = [{"DeviceName": "/dev/sdf", "Ebs": {"SnapshotId": snapshot, "DeleteOnTermination": True}}]
more = {"UserData": reads, "BlockDeviceMappings": third, "SecurityGroupIds": [elb_group]}
reader = ec2.run_instances(**one, **more)["Instances"][0]
ec2.get_waiter("instance_status_ok").wait(InstanceIds=[reader["InstanceId"]])
lab.http(f"http://{reader['PrivateIpAddress']}/log.txt", source="pc")

# %% [markdown]
# The line is there, if you know where to look. For logs the third place is the usual one: it does not care what becomes
# of the server. Take the traces of this away:

# %% tags=["experiment"]
ec2.terminate_instances(InstanceIds=[reader["InstanceId"]])
ec2.get_waiter("instance_terminated").wait(InstanceIds=[reader["InstanceId"]])
of_this = [{"Name": "tag:Name", "Values": ["shift-log"]}]
for each in ec2.describe_volumes(Filters=of_this)["Volumes"]:
    ec2.delete_volume(VolumeId=each["VolumeId"])
for each in ec2.describe_snapshots(OwnerIds=["self"], Filters=of_this)["Snapshots"]:
    ec2.delete_snapshot(SnapshotId=each["SnapshotId"])
for each in logs.describe_log_groups(logGroupNamePrefix="portal")["logGroups"]:
    logs.delete_log_group(logGroupName=each["logGroupName"])

# %% [markdown] deeper="10 min"
# #### Deeper: the health check that kills the site
#
# A health check should say whether a server is well. `/health.html` is a file: the web server sends it by itself. A
# thorough colleague lets it ask the database, too, and give up after two seconds. One morning the database is slow for a
# while.

# %% tags=["experiment"]
lab.experiment("deep check")

# %% [markdown]
# With the shallow check the site is slow and nobody is lost. With the deep one a server that waits for the database counts
# as ill and gets no more requests; the other one has them all, and fails next. Look closer:

# %% tags=["experiment"]
lab.experiment("deep check, closer")

# %% [markdown]
# While unhealthy targets are registered and no healthy one, the load balancer *fails open*: it sends to all of them. While
# the group replaces both, none is registered, and everybody gets a 503. And the group believes the check. It
# ends servers that were well, and the new ones fail as well. Even when nobody is replaced (the third run), the check does
# the harm: it turned a slow part into a missing one. And the servers' processors are no busier than before, because
# everybody waits for the database: a policy on CPU sees nothing.

# %% [markdown] deeper="10 min"
# #### Deeper: the spike that never ends
#
# People whose page does not come press again. Their second click is load, too. Four servers, less than half busy, and one
# minute of a crowd: when is the load normal again, and when is the site?

# %% tags=["experiment"]
lab.experiment("endless spike")

# %% [markdown]
# The crowd is gone after a minute; with three retries the site never comes back. Each view comes four times, and the queue
# is so long that those who are served have left. Waiting longer between the tries (*back-off*) spreads them, but there
# are as many. Fewer tries heal it. So do servers that refuse early (*load shedding*): a short queue serves people who are
# still there.

# %% [markdown] deeper="6 min"
# #### Deeper: why is this box here?

# %% tags=["experiment"]
lab.experiment("why")

# %% [markdown]
# Each line takes one part away, on paper, and says what is lost.

# %% [markdown]
# ### Checkpoint and clean-up
#
# Answer for yourself, then unfold: how long is the chain from 'busy' to 'one more server answers'? Why does a fleet grow
# soon and shrink late? What does the group do that the load balancer does not?
#
# <details><summary>Answers</summary>Three minutes of evidence, the launch, the script, a good health check. Being too small
# hurts people, being too large costs money: the high alarm waits three minutes, the low one fifteen. It replaces servers; the load balancer only stops sending to them.</details>

# %% tags=["cleanup"]
lab.clean_up()

# %% [markdown] pattern="p04"
# ## Available intranet
#
# Assume that it stops. Not whether, but when, for how long, and what it may cost to make that shorter. The order
# system of a wholesaler stops, and the trucks of a whole country stand still. How much is an hour of that?

# %% tags=["setup"]
lab = aws14.Lab("p04")
HOME, AWAY = lab.region, lab.lesson.STANDBY_REGION
route53, s3, iam = lab.client("route53"), lab.client("s3"), lab.client("iam")
lab.brief

# %% [markdown]
# ### Brief and drawing

# %% tags=["inspect"]
lab.draw()

# %% [markdown]
# Two regions, the same site in both. The database at home copies itself to a *read replica* away, the bucket to another
# bucket. Route 53 holds two records of one name: the *primary* is answered while the load balancer at home has a healthy
# server, the *secondary* otherwise. Load balancers, groups and databases use both app subnets of their VPC. Nothing is reachable from the Internet: not for you, and not for Route 53's health
# checkers either.

# %% [markdown]
# ### Predict, then build
#
# The whole home region fails at eleven. How many minutes until orders go in again (*RTO*)? How many seconds of orders are
# lost (*RPO*)?

# %% tags=["predict"]
lab.predict(rto_min=10, rpo_s=60)

# %% [markdown]
# **Two networks**, one in each region, built by the same lines. No NAT, no Internet gateway: the servers need nothing from
# outside.

# %% tags=["build"] step="network"
def named(kind, name):
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}]}]


def network(region, block, suffix):
    ec2 = lab.client("ec2", region)
    vpc = ec2.create_vpc(CidrBlock=f"10.{block}.0.0/16", TagSpecifications=named("vpc", f"vpc{suffix}"))["Vpc"]["VpcId"]
    table = ec2.create_route_table(VpcId=vpc, TagSpecifications=named("route-table", f"app{suffix}"))["RouteTable"]
    subnets = []
    for number, letter in {10: "a", 11: "c"}.items():
        place = {"CidrBlock": f"10.{block}.{number}.0/24", "AvailabilityZone": region + letter}
        tags = named("subnet", f"app{suffix}-{letter}")
        subnets.append(ec2.create_subnet(VpcId=vpc, **place, TagSpecifications=tags)["Subnet"]["SubnetId"])
        ec2.associate_route_table(RouteTableId=table["RouteTableId"], SubnetId=subnets[-1])
    return {"ec2": ec2, "vpc": vpc, "subnets": subnets, "table": table["RouteTableId"], "cidr": f"10.{block}.0.0/16"}


sites = {HOME: network(HOME, 4, ""), AWAY: network(AWAY, 5, "-away")}

# %% [markdown]
# **The office** and its lines to both regions: two peerings, each with a route there and a route back. In chapter 6 a real
# line takes their place. Our stand-in stands in Osaka: it must not be lost together with home.

# %% tags=["build"] step="office"
ec2 = sites[AWAY]["ec2"]
office = ec2.create_vpc(CidrBlock="192.168.0.0/16", TagSpecifications=named("vpc", "office"))["Vpc"]["VpcId"]
place = {"CidrBlock": "192.168.1.0/24", "AvailabilityZone": f"{AWAY}a"}
desks = ec2.create_subnet(VpcId=office, **place, TagSpecifications=named("subnet", "desks"))["Subnet"]["SubnetId"]
table = ec2.create_route_table(VpcId=office, TagSpecifications=named("route-table", "desks"))["RouteTable"]["RouteTableId"]
ec2.associate_route_table(RouteTableId=table, SubnetId=desks)
for region, site in sites.items():
    tags = named("vpc-peering-connection", f"line-{region}")
    peer = {"VpcId": office, "PeerVpcId": site["vpc"], "PeerRegion": region, "TagSpecifications": tags}
    line = ec2.create_vpc_peering_connection(**peer)["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    site["ec2"].get_waiter("vpc_peering_connection_exists").wait(VpcPeeringConnectionIds=[line])
    site["ec2"].accept_vpc_peering_connection(VpcPeeringConnectionId=line)
    way = {"VpcPeeringConnectionId": line}
    ec2.create_route(RouteTableId=table, DestinationCidrBlock=site["cidr"], **way)
    site["ec2"].create_route(RouteTableId=site["table"], DestinationCidrBlock="192.168.0.0/16", **way)
parameter = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
image = {region: lab.client("ssm", region).get_parameter(Name=parameter)["Parameter"]["Value"] for region in sites}
pc = {"ImageId": image[AWAY], "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1, "SubnetId": desks}
pc_id = ec2.run_instances(**pc, TagSpecifications=named("instance", "pc"))["Instances"][0]["InstanceId"]

# %% [markdown]
# **A load balancer in each region**, internal, in two zones.

# %% tags=["build"] step="balancers"
def group(site, name, port, **source):
    tags = named("security-group", name)
    made = site["ec2"].create_security_group(GroupName=name, Description=name, VpcId=site["vpc"], TagSpecifications=tags)
    rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **source}
    site["ec2"].authorize_security_group_ingress(GroupId=made["GroupId"], IpPermissions=[rule])
    return made["GroupId"]


def balancer(region, site, suffix):
    elbv2, staff = lab.client("elbv2", region), [{"CidrIp": "192.168.0.0/16"}]
    site["elb"] = group(site, f"elb{suffix}", 80, IpRanges=staff)
    name = {"Name": f"orders-alb{suffix}", "Scheme": "internal"}
    site["alb"] = elbv2.create_load_balancer(**name, Subnets=site["subnets"], SecurityGroups=[site["elb"]])["LoadBalancers"][0]
    check = {"HealthCheckPath": "/health.html", "HealthCheckIntervalSeconds": 10, "HealthyThresholdCount": 2}
    made = elbv2.create_target_group(Name=f"app{suffix}-targets", Protocol="HTTP", Port=80, VpcId=site["vpc"], **check)
    site["targets"] = made["TargetGroups"][0]["TargetGroupArn"]
    to_app = [{"Type": "forward", "TargetGroupArn": site["targets"]}]
    elbv2.create_listener(LoadBalancerArn=site["alb"]["LoadBalancerArn"], Protocol="HTTP", Port=80, DefaultActions=to_app)


for (region, site), suffix in zip(sites.items(), ("", "-away"), strict=True):
    balancer(region, site, suffix)

# %% [markdown]
# **Servers in each region**, two at least, kept alive by a group. They need no packages: Python is on every Amazon Linux.

# %% tags=["build"] step="servers"
import base64

script = """#!/bin/bash
mkdir -p /srv/www && cd /srv/www
echo ok > health.html
echo "<h1>Orders</h1><p>Made by $(hostname)</p>" > index.html
nohup python3 -m http.server 80 &
"""


def servers(region, site, suffix, size):
    site["app"] = group(site, f"app{suffix}", 80, UserIdGroupPairs=[{"GroupId": site["elb"]}])
    data = {"ImageId": image[region], "InstanceType": "c5.large", "SecurityGroupIds": [site["app"]]}
    data |= {"UserData": base64.b64encode(script.encode()).decode(), "TagSpecifications": named("instance", f"app{suffix}")}
    site["ec2"].create_launch_template(LaunchTemplateName=f"orders{suffix}", LaunchTemplateData=data)
    where = {"LaunchTemplate": {"LaunchTemplateName": f"orders{suffix}"}, "TargetGroupARNs": [site["targets"]]}
    where |= {"VPCZoneIdentifier": ",".join(site["subnets"]), "MinSize": size, "MaxSize": 6, "DesiredCapacity": size}
    how = {"HealthCheckType": "ELB", "HealthCheckGracePeriod": 120}
    tag = {"Key": "aws14:uses", "Value": f"orders-db{suffix}", "PropagateAtLaunch": True}
    scaling = lab.client("autoscaling", region)
    scaling.create_auto_scaling_group(AutoScalingGroupName=f"app{suffix}", **where, **how, Tags=[tag])


servers(HOME, sites[HOME], "", 2)
servers(AWAY, sites[AWAY], "-away", 2)

# %% [markdown]
# **The database** is Multi-AZ at home (a lost zone is healed at home) with a read replica away (for a lost region).

# %% tags=["build"] step="database"
for region, site, suffix in ((HOME, sites[HOME], ""), (AWAY, sites[AWAY], "-away")):
    site["rds"] = lab.client("rds", region)
    site["db"] = group(site, f"db{suffix}", 3306, UserIdGroupPairs=[{"GroupId": site["app"]}])
    where = {"DBSubnetGroupName": f"orders{suffix}", "DBSubnetGroupDescription": "two zones"}
    site["rds"].create_db_subnet_group(**where, SubnetIds=site["subnets"])
size = {"DBInstanceClass": "db.m5.large", "AllocatedStorage": 100, "StorageType": "gp3", "Engine": "mysql"}
account = {"MasterUsername": "admin", "MasterUserPassword": lab.password("orders-db"), "DBName": "orders"}
where = {"DBSubnetGroupName": "orders", "VpcSecurityGroupIds": [sites[HOME]["db"]], "BackupRetentionPeriod": 7}
sites[HOME]["rds"].create_db_instance(DBInstanceIdentifier="orders-db", MultiAZ=True, **size, **account, **where)
sites[HOME]["rds"].get_waiter("db_instance_available").wait(DBInstanceIdentifier="orders-db")
source = sites[HOME]["rds"].describe_db_instances(DBInstanceIdentifier="orders-db")["DBInstances"][0]["DBInstanceArn"]
sites[AWAY]["rds"].create_db_instance_read_replica(
    DBInstanceIdentifier="orders-db-away",
    SourceDBInstanceIdentifier=source,
    SourceRegion=HOME,
    DBSubnetGroupName="orders-away",
    VpcSecurityGroupIds=[sites[AWAY]["db"]],
)
sites[AWAY]["rds"].get_waiter("db_instance_available").wait(DBInstanceIdentifier="orders-db-away")

# %% [markdown]
# **Files** copy themselves from bucket to bucket; versioning must be on, and S3 needs a role that may read and write.

# %% tags=["build"] step="bucket"
import json

account = lab.client("sts").get_caller_identity()["Account"]
buckets = {region: f"orders-{region}-{account}" for region in sites}
for region, bucket in buckets.items():
    here = lab.client("s3", region)
    here.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": region})
    name = "orders" if region == HOME else "orders-away"
    here.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "Name", "Value": name}]})
    here.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
trust = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"}
role = iam.create_role(RoleName="orders-copy", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
may = {"Effect": "Allow", "Action": "s3:*", "Resource": [f"arn:aws:s3:::{name}{end}" for name in buckets.values() for end in ("", "/*")]}
iam.put_role_policy(RoleName="orders-copy", PolicyName="copy", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [may]}))
rule = {"ID": "all", "Priority": 1, "Status": "Enabled", "Filter": {}, "DeleteMarkerReplication": {"Status": "Disabled"}}
rule["Destination"] = {"Bucket": f"arn:aws:s3:::{buckets[AWAY]}"}
_ = s3.put_bucket_replication(
    Bucket=buckets[HOME], ReplicationConfiguration={"Role": role["Role"]["Arn"], "Rules": [rule]}
)

# %% [markdown]
# **One name, two records.** The zone is private: only in networks that it is tied to, and that have names switched on, is
# it known at all. `EvaluateTargetHealth` lets the primary answer only while its load balancer has a healthy target. A
# health check of Route 53 could not do that here: its checkers stand on the Internet.

# %% tags=["build"] step="name"
vpcs = [{"VPCRegion": AWAY, "VPCId": office}, *({"VPCRegion": region, "VPCId": site["vpc"]} for region, site in sites.items())]
private = {"PrivateZone": True, "Comment": "orders"}
zone = route53.create_hosted_zone(Name="orders.internal", CallerReference="orders", VPC=vpcs[0], HostedZoneConfig=private)
zone = zone["HostedZone"]["Id"]
for vpc in vpcs[1:]:
    route53.associate_vpc_with_hosted_zone(HostedZoneId=zone, VPC=vpc)
for vpc in vpcs:
    names = {"VpcId": vpc["VPCId"], "EnableDnsHostnames": {"Value": True}}
    lab.client("ec2", vpc["VPCRegion"]).modify_vpc_attribute(**names)
for (region, site), role in zip(sites.items(), ("PRIMARY", "SECONDARY"), strict=True):
    alias = {"HostedZoneId": site["alb"]["CanonicalHostedZoneId"], "DNSName": site["alb"]["DNSName"], "EvaluateTargetHealth": True}
    record = {"Name": "www.orders.internal", "Type": "A", "SetIdentifier": region, "Failover": role, "AliasTarget": alias}
    change = {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]}
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=change)
    lab.client("elbv2", region).get_waiter("target_in_service").wait(TargetGroupArn=site["targets"])
lab.http("http://www.orders.internal/", source="pc")

# %% tags=["check"]
lab.check("p04-built")

# %% [markdown]
# ### Load, break, heal
#
# First on paper, with the whole company: the day of the order system, through what you built. At eleven the home region is
# lost, all zones of it, for an hour.

# %% tags=["experiment"]
lost = lab.run(lab.scenario(region_lost_for_s=3600))
charts.timeline(lost, title=f"Home is lost at eleven: {lost.failed_total:,} of {lost.offered.sum():,} views fail")

# %% [markdown]
# Pages are back within two minutes, and nobody did anything. The load balancer's checks notice it, the name moves, and then
# each PC still trusts the answer that it has, for up to a minute. At noon the way home is just as quiet.
#
# But this day only *reads*. The replica away refuses to write until somebody makes it the database: *promotes* it.

# %% [markdown]
# ### Bill and one decision

# %% tags=["inspect"]
lab.bill(lab.run())

# %% [markdown]
# The book has two options. A keeps a second site running: replica, copied files, servers. B keeps copies: images and
# snapshots, started when they are needed. Here they are with this site's numbers, and some designs between.

# %% tags=["experiment"]
options = lab.experiment("options")
display(options)
axis = "orders go in again, in 95 of 100 outages, within"
charts.frontier(options.rto, title="Standing still against the bill", xlabel=axis, limits=(900, 1000))

# %% [markdown]
# Left is quick, low is cheap, the grey corner keeps the brief. A cross is beaten by another design. Compare *A: as
# built* with the *pilot light* (a replica, but no servers until they are needed). It takes orders again just as soon and
# costs less. Promoting the database takes longer than starting servers does.
#
# What do the running servers buy, then? Pages, at once (first column), and certainty: on the day on which a region is lost,
# everybody starts servers next door. The decision is yours.

# %% [markdown] deeper="6 min"
# #### Deeper: where do the minutes go?
#
# Which part of the recovery would you shorten first?

# %% tags=["experiment"]
charts.stages(options.parts, title="Until orders go in again, on average", limit=(900, "the brief"))

# %% [markdown]
# Half of option A's time is a person who has to decide. An alarm decides faster. Its *noticing* takes longer, because
# it waits for evidence; and now and then it decides wrongly: then two databases take orders, and nobody can merge them.

# %% tags=["experiment"]
charts.frontier(options.rpo, title="Orders lost against the bill", xlabel="oldest order that is lost", limits=(60, 1000))

# %% [markdown]
# The nightly copy loses up to a day of orders. Since the book was written, RDS learnt to replicate its backups to another
# region by itself: as cheap, and minutes instead of a day. Only a replica keeps the brief's minute.

# %% [markdown] deeper="6 min"
# #### Deeper: how long does a name lead to a dead place?
#
# Route 53 asks an endpoint on the Internet by itself. Interval, threshold and TTL add up.

# %% tags=["experiment"]
lab.explore(
    "failing over by name",
    question="Which setting brings nearly everybody back within two minutes, and which of the three matters most?",
    interval_s=[10, 30],
    failure_threshold=(1, 10, 1),
    ttl_s=[0, 10, 30, 60, 300],
)

# %% [markdown]
# Interval times threshold is Route 53's part; the TTL is everybody's. An alias of a load balancer has a TTL of a minute,
# which you cannot change. A threshold of one is quick, and sends everybody away for a single lost packet.

# %% [markdown] deeper="10 min"
# #### Deeper: what do the promises add up to?
#
# AWS promises a share of the time for each service. Parts in a chain multiply; parts that stand in for each other are away
# only when all of them are. Which of the designs keeps the brief's share of a year?

# %% tags=["experiment"]
lab.experiment("availability")

# %% [markdown]
# The bars are algebra, the dots simulated years. They agree as long as failures do not know of each other. Two zones miss
# the brief by the promises alone. With a second region it is the *switching* that counts. In the last row both regions
# sometimes fail for the same reason, one wrong release, say; the algebra does not know that, and gives a tenth of the real time
# away.

# %% [markdown]
# Is Route 53 itself the single point of failure? It promises a hundred percent. That is no claim that it never fails: AWS
# pays money back when it does. It is built to keep the promise: each zone is answered by four name servers in different
# domains and many places, and what answers does not depend on what you change. And the answers that PCs remember go on
# working.

# %% [markdown] deeper="6 min"
# #### Deeper: disks in step
#
# Servers may keep data on disks of their own. The book names snapshots that are copied, and DRBD: every write goes to both
# disks before it counts. What is the price of losing nothing?

# %% tags=["experiment"]
lab.experiment("disks in step")

# %% [markdown]
# In step nothing is lost, and every write waits for the way there and back. Between zones hardly anybody notices, between
# near regions it is felt, around the world nothing is left of the disk. Hence the rule: in step between zones, *behind*
# between regions.

# %% [markdown] deeper="6 min"
# #### Deeper: why is this box here?
#
# Each line takes one part away, on paper, and asks again. Which loss would you not have guessed?

# %% tags=["experiment"]
lab.experiment("why")

# %% [markdown]
# Without the servers' second zone, or without the database's standby, the loss of one zone sends the company to Osaka for
# as long as it lasts. Without the route *back*, a healthy site away is of no use to anybody.

# %% [markdown]
# ### Now for real
#
# The home region is lost, live. A PC in the office asks for the page every ten seconds; then you promote. Before the loss it
# waits until it has forgotten the name, and asks anew: its answer is as fresh as can be, and it will trust it longest. Had
# it asked earlier, it would be back sooner.

# %% tags=["experiment"]
lab.advance(minutes=1)
lab.http("http://www.orders.internal/", source="pc")
lab.break_region(HOME, minutes=60)
started, rds = lab.session.now(), sites[AWAY]["rds"]
for _ in range(12):
    answer = lab.http("http://www.orders.internal/", source="pc")
    place = answer.text.partition("Made by ")[2].partition("<")[0]
    print(f"{lab.session.now() - started:4.0f} s  {answer.status or answer.outcome}  {place}")
    lab.advance(seconds=10)
replica = {"DBInstanceIdentifier": "orders-db-away"}
follows = rds.describe_db_instances(**replica)["DBInstances"][0].get("ReadReplicaSourceDBInstanceIdentifier")
if follows:
    rds.promote_read_replica(**replica, BackupRetentionPeriod=7)
rds.get_waiter("db_instance_available").wait(**replica)
minutes = (lab.session.now() - started) / 60
lab.heal()
lab.advance(minutes=10)
outcome = {"rto_min": minutes, "rpo_s": options.rpo["A: as built"][0]}
lab.score(**outcome) if follows else print("orders-db-away was already promoted: not scored")

# %% [markdown]
# The address changes from home's network to the other one: that is the failover. The RPO is no measurement of this hour: it
# comes from the table of options above. Promotion takes minutes more, and it began
# only because you decided. Then power came back at home.

# %% [markdown] tags=["exercise"] exercise="p04-e1"
# **Exercise 1.** Home is back, but its database is not what it was: the orders of the last minutes are in Osaka. Go home
# the safe way: make *orders-db-away* the source of a new replica at home, called `orders-db-home`, and wait until it is
# there. (One evening you would promote that one.) Then check.

# %% tags=["exercise"] exercise="p04-e1"
# Your calls here.

# %% tags=["solution"] exercise="p04-e1"
away = sites[AWAY]["rds"].describe_db_instances(DBInstanceIdentifier="orders-db-away")["DBInstances"][0]
sites[HOME]["rds"].create_db_instance_read_replica(
    DBInstanceIdentifier="orders-db-home",
    SourceDBInstanceIdentifier=away["DBInstanceArn"],
    SourceRegion=AWAY,
    DBSubnetGroupName="orders",
    VpcSecurityGroupIds=[sites[HOME]["db"]],
)
sites[HOME]["rds"].get_waiter("db_instance_available").wait(DBInstanceIdentifier="orders-db-home")

# %% tags=["check"] exercise="p04-e1"
lab.check("p04-e1")

# %% [markdown] deeper="6 min"
# #### Deeper: it failed over in seventy seconds, my application was down for minutes
#
# A lost zone is healed at home: the standby takes over. Here are two real database clients on a server at home. One asks
# DNS for every new connection, the other asked once. When is each back?

# %% tags=["experiment"]
lab.experiment("database clients", lab.session, password=lab.password("orders-db"))

# %% [markdown]
# RDS did its part in the same time for both. The one that remembers the address talks to a machine that is gone, and will
# as long as it runs. Let connections end, ask DNS again, and keep no address for longer than its TTL.

# %% [markdown] deeper="12 min"
# #### Deeper: option B, step by step
#
# Copies of images and snapshots, made today, for the day on which they are needed. How long does each step take?

# %% tags=["experiment"]
def took(what):
    print(f"{(lab.session.now() - began) / 60:5.1f} min  {what}")


began, ec2, away = lab.session.now(), sites[HOME]["ec2"], sites[AWAY]["ec2"]
group = lab.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=["app"])["AutoScalingGroups"][0]
made = ec2.create_image(InstanceId=group["Instances"][0]["InstanceId"], Name="orders-app", NoReboot=True)["ImageId"]
ec2.get_waiter("image_available").wait(ImageIds=[made])
took("the server is an image, and its disk a snapshot")
copied = away.copy_image(Name="orders-app", SourceImageId=made, SourceRegion=HOME)["ImageId"]
away.get_waiter("image_available").wait(ImageIds=[copied])
took("both are in the other region")

# %% tags=["experiment"]
began, today = lab.session.now(), {"DBSnapshotIdentifier": "orders-today"}
home_rds, away_rds = sites[HOME]["rds"], sites[AWAY]["rds"]
source = home_rds.create_db_snapshot(DBInstanceIdentifier="orders-db", **today)["DBSnapshot"]["DBSnapshotArn"]
home_rds.get_waiter("db_snapshot_available").wait(**today)
took("a snapshot of the database")
away_rds.copy_db_snapshot(
    SourceDBSnapshotIdentifier=source, TargetDBSnapshotIdentifier="orders-today", SourceRegion=HOME
)
away_rds.get_waiter("db_snapshot_available").wait(**today)
took("it is in the other region")
place = {"DBSubnetGroupName": "orders-away", "VpcSecurityGroupIds": [sites[AWAY]["db"]]}
restored = {"DBInstanceIdentifier": "orders-db-restored"}
away_rds.restore_db_instance_from_db_snapshot(**restored, **today, **place)
away_rds.get_waiter("db_instance_available").wait(**restored)
took("a database again, with the orders of the snapshot")

# %% [markdown]
# Everything before the last step is done on quiet days; on the bad day the restore counts. What was written after the
# snapshot is not in it.
#
# Files need no such steps, in either option: each copies itself.

# %% tags=["experiment"]
file = {"Key": "orders/pallets.txt"}
s3.put_object(Bucket=buckets[HOME], Body=b"twelve pallets, by tonight", **file)
lab.advance(minutes=1)
print("at home:", s3.head_object(Bucket=buckets[HOME], **file)["ReplicationStatus"])
print("away:   ", lab.client("s3", AWAY).get_object(Bucket=buckets[AWAY], **file)["Body"].read().decode())

# %% [markdown]
# A minute later the file is away. Most take seconds; a few, AWS says, a quarter of an hour.

# %% [markdown] deeper="8 min"
# #### Deeper: who can ask an intranet how it is?
#
# Route 53's health checkers stand on the Internet. Give them two endpoints: a server in public, and your internal load
# balancer. What will each be?

# %% tags=["experiment"]
ec2 = sites[HOME]["ec2"]
public = ec2.create_security_group(GroupName="public", Description="HTTP from all")["GroupId"]
rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
ec2.authorize_security_group_ingress(GroupId=public, IpPermissions=[rule])
one = {"ImageId": image[HOME], "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1, "SecurityGroupIds": [public]}
server = ec2.run_instances(**one, UserData=script, TagSpecifications=named("instance", "shop"))["Instances"][0]["InstanceId"]
ec2.get_waiter("instance_status_ok").wait(InstanceIds=[server])
address = ec2.describe_instances(InstanceIds=[server])["Reservations"][0]["Instances"][0]["PublicIpAddress"]
page = {"Type": "HTTP", "Port": 80, "ResourcePath": "/health.html", "RequestInterval": 30, "FailureThreshold": 3}
asked = {"public": {**page, "IPAddress": address}}
asked["internal"] = {**page, "FullyQualifiedDomainName": sites[HOME]["alb"]["DNSName"]}

# %% [markdown]
# And a third one that asks nobody: it follows a CloudWatch alarm, which hears from the load balancer itself.

# %% tags=["experiment"]
names = {"LoadBalancer": sites[HOME]["alb"]["LoadBalancerArn"], "TargetGroup": sites[HOME]["targets"]}
dimensions = [{"Name": key, "Value": arn.split(":")[-1].removeprefix("loadbalancer/")} for key, arn in names.items()]
metric = {"Namespace": "AWS/ApplicationELB", "MetricName": "HealthyHostCount", "Dimensions": dimensions, "Statistic": "Minimum"}
rule = {"ComparisonOperator": "LessThanThreshold", "Threshold": 1, "Period": 60, "EvaluationPeriods": 1}
lab.client("cloudwatch").put_metric_alarm(AlarmName="orders-home", **metric, **rule, TreatMissingData="breaching")
alarm = {"AlarmIdentifier": {"Region": HOME, "Name": "orders-home"}, "InsufficientDataHealthStatus": "LastKnownStatus"}
asked["alarm"] = {"Type": "CLOUDWATCH_METRIC", **alarm}
checks = {}
for name, config in asked.items():
    made = route53.create_health_check(CallerReference=f"orders-{name}", HealthCheckConfig=config)
    checks[name] = made["HealthCheck"]["Id"]
lab.advance(minutes=5)
for name in ("public", "internal"):
    seen = route53.get_health_check_status(HealthCheckId=checks[name])["HealthCheckObservations"]
    print(f"{name:<9} {len(seen)} checkers; the first says {seen[0]['StatusReport']['Status'].partition('. ')[0]}")
state = lab.client("cloudwatch").describe_alarms(AlarmNames=["orders-home"])["MetricAlarms"][0]["StateValue"]
print(f"alarm     {state}")

# %% [markdown]
# The public server is well, the internal load balancer is not: no checker can reach it, so a failover record that relied on
# this check would never lead home. On an intranet evaluate the target's health, as you did, or follow an alarm.

# %% [markdown]
# ### Checkpoint and clean-up
#
# Answer for yourself, then unfold: which part of the RTO needs a human? Why is a read replica not a backup? Which design
# would you build for your own company?
#
# <details><summary>Answers</summary>Promoting the database. A wrong DELETE is replicated, too. The cheapest one in the corner
# that your own brief shades.</details>

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
# - **Two of everything** is worth as much as its detection: health checks decide how long a failure is seen.
# - **A database's failover** is AWS's for a minute, and yours until you ask DNS again.
# - **A group that scales** knows the past; only a schedule knows the clock.
# - **Availability** is bought: minutes of downtime and seconds of data against the bill.
# - **The bill** is led by what leaves AWS, by what idles, and by what stands there twice.
