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
# # Start here
#
# You learn AWS architecture in this course the way you would learn it on the job: you draw a system, build it, send
# load through what you built, see where it hurts, and read the bill. All of it runs on this computer. There is no
# account to open and nothing to pay.

# %% [markdown]
# After this page you can
#
# - draw, build, load and bill one server, in five cells;
# - say what on these pages is the real AWS API, what is emulated and what is a model;
# - run a cell twice without harm, start again from nothing, and find help;
# - switch a notebook to a real account, and say why that cannot happen by accident.
#
# Click into a cell and press **Shift + Enter** to run it.

# %% tags=["setup"]
import aws14
from aws14 import charts

lab = aws14.Lab("p00")
ec2 = lab.client("ec2")

# %% [markdown]
# The cell above has started a small AWS on your computer. `ec2` is an ordinary `boto3` client; it speaks to that
# AWS and to nothing else.

# %% [markdown] pattern="p00"
# ## The whole loop, once
#
# **Draw.** A drawing says what you mean to build. This one has a single server in a subnet of the network that every
# AWS account owns from the start, the default VPC.

# %% tags=["inspect"]
lab.draw()

# %% [markdown]
# Boxes are places: a region, a network in it (VPC), a data centre group (AZ), a part of the network (subnet). The
# solid arrow is a route: the way out, through the Internet gateway. The dashed one says who may connect, and on which port.

# %% [markdown]
# **Build.** These are the calls you would make against AWS itself. First a firewall, called a *security group*, that
# lets everybody in on port 80. Then the newest Amazon Linux image, then the server.

# %% tags=["build"] step="server"
group_id = ec2.create_security_group(GroupName="first-server", Description="HTTP from everywhere")["GroupId"]
ec2.authorize_security_group_ingress(GroupId=group_id, IpProtocol="tcp", FromPort=80, ToPort=80, CidrIp="0.0.0.0/0")

image = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
image_id = lab.client("ssm").get_parameter(Name=image)["Parameter"]["Value"]
server = ec2.run_instances(
    ImageId=image_id,
    InstanceType="t3.micro",
    MinCount=1,
    MaxCount=1,
    SecurityGroupIds=[group_id],
    Placement={"AvailabilityZone": f"{lab.region}a"},
    TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "server"}]}],
)["Instances"][0]
ec2.get_waiter("instance_running").wait(InstanceIds=[server["InstanceId"]])

# %% [markdown]
# AWS calls a server *running* after some seconds. Nobody waits for it here: the course's clock jumps ahead, and says so.
#
# The meter below the cell shows what this costs in an hour, and what you pay when you go home on Friday and forget it.
# Is it what we drew? The course reads back what exists, through the same API, and compares.

# %% tags=["check"]
lab.check("p00-built")

# %% [markdown]
# **Load.** Now send ten minutes of traffic through what you built. The type of the server, its address and its
# firewall come from what was read back; only the behaviour of the application is made up.

# %% tags=["experiment"]
trace = lab.run()
charts.timeline(trace, title="Ten minutes of traffic through one small server")

# %% [markdown]
# **p95** is the time within which 95 of 100 answers arrive; p50 and p99 likewise. *Utilization* is the share of the
# processors' time that is worked. Here two processors are about half busy, so waits are short and nobody is lost. The
# panel about CPU credits (here of a server that has been up for a day) is explained in chapter 1, in a *Deeper* block.

# %% [markdown]
# **Pay.** The month's bill, if every ten minutes were like these.

# %% tags=["inspect"]
lab.bill(trace)

# %% [markdown]
# The server itself is not the dearest line: the answers that leave AWS are. The last column says why a line is there.
#
# **Leave nothing.** Forgotten resources cost money. The last cell of every pattern deletes what you built, then
# scans the account and proves it.

# %% tags=["cleanup"]
lab.clean_up()

# %% [markdown]
# ## How the course works
#
# Every pattern goes through the same five beats.
#
# 1. **Brief and drawing**: a customer, some numbers, a picture.
# 2. **Predict and build**: you write down what you expect, then build step by step.
# 3. **Load and break**: traffic runs through what you built.
# 4. **Bill and decision**: what it costs, and one choice to make.
# 5. **Checkpoint and clean-up**: did you get it, and is everything gone?
#
# Blocks marked *Deeper* are folded. Open them when you have time.

# %% [markdown]
# ### When something goes wrong
#
# - Any cell can be run twice. A call that would create the same thing again answers "already built".
# - `lab.clean_up()` removes a pattern. `python3 course.py reset` starts the whole course anew and keeps your notes.
# - After a restart of the kernel, run the setup cells, then `lab.catch_up()`: it runs the pattern's build cells for you
#   and gives you their names (`vpc_id`, `web_id`...). What experiments made (`day`) comes from running their cell again.
# - `python3 course.py doctor` looks at your installation and says how to fix it.

# %% [markdown]
# ### What is real, emulated, modelled
#
# | what you see | how true it is |
# |---|---|
# | every `boto3` call | the **real API**: the same cell works against AWS |
# | what answers it | **emulated**: an AWS on your computer that keeps state, refuses what AWS refuses, and whose clock you can advance; `docs/fidelity.md` lists what it leaves out |
# | load, waiting times, failures | **modelled**: a simulation that runs on what was read back, tested against queueing theory |
# | prices | **real**, from a price book with dates and sources in `data/`; a note says when one is older than a year |

# %% [markdown]
# ## A real account
#
# The same notebook runs on AWS when you ask for it by name: account number, region, budget and hours. You see the
# quote first. AWS must confirm that the account is the one you typed. Everything is tagged with an expiry date.
#
# Without all of that, the course cannot reach AWS: its clients carry keys that only the embedded AWS accepts, and
# refuse to send anything off this computer, even where credentials of yours lie around.

# %% tags=["real-only"]
# lab = aws14.Lab.on_aws("p00", account="123456789012", region="ap-northeast-1", budget_usd=1, hours=2)

# %% [markdown]
# ## Where to go
#
# Open `01_web_systems.ipynb` next. Chapters and patterns can be done in any order: who came for functions and containers
# opens `05_cloud_native.ipynb`.
