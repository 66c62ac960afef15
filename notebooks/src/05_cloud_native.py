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
# # Cloud native
#
# The first chapters rent computers. This one does not. Its first pattern has no server that you could name: pages come
# out of a bucket, and code runs when somebody calls. Its second pattern has so many small programs that no human decides
# any more where they run.

# %% [markdown]
# After this chapter you can
#
# - serve a site without a server: what is alike for everybody from S3, the rest through API Gateway from Lambda;
# - define an API by resource path, method and backend, and call it at the address of its stage;
# - say what a cold start is, measure one, and say what it costs to have none;
# - say at which number of requests servers become cheaper;
# - tell work that suits a function from work that does not, and cure the latter;
# - say what EKS does and what EC2 and Fargate do, by what happens when a node dies, load rises, a version is released;
# - write a workload: containers and the policy they run under;
# - release a new version without losing a request, and take a bad one back.
#
# The patterns can be opened in any order; the chapter needs no other chapter.

# %% [markdown]
# | | |
# |---|---|
# | time | the core of each pattern takes about 35 minutes; each *Deeper* block names its own |
# | real | every `boto3` call, every call of the Kubernetes API, the code that your functions and containers run, every price |
# | emulated | the AWS that answers: states change on a clock that you can advance; environments and containers are processes on this machine |
# | modelled | the traffic, the waiting, the failures: a simulation on what was read back |

# %% tags=["setup"]
import aws14
from aws14 import charts

# %% [markdown] pattern="p12"
# ## Serverless infrastructure
#
# Two servers of a gym's members' site stand awake all night, for nobody. At noon, for three minutes, they are not nearly
# enough. What if code ran only while somebody waits for it?

# %% tags=["setup"]
lab = aws14.Lab("p12")
s3, cloudfront, apigateway = lab.client("s3"), lab.client("cloudfront"), lab.client("apigateway")
iam, dynamodb, functions = lab.client("iam"), lab.client("dynamodb"), lab.client("lambda")
lab.brief

# %% [markdown]
# ### Brief and drawing
#
# Look for the server in this drawing.

# %% tags=["inspect"]
lab.draw()

# %% [markdown]
# There is none to look after. A member calls *CloudFront*. Static content, alike for everybody, comes from *S3*. Paths
# that begin with `/api/` go on to *API Gateway*, which hands each request to a *Lambda* function. Together these two take
# the place of load balancer and EC2 instances. Machines there are, but AWS places, patches and replaces them.

# %% [markdown] tags=["instructor"]
# Four minutes. Ask what the customer has to do when a zone fails, when a kernel must be patched, when ten times as many
# people come. Collect the answers; the section tests each.

# %% [markdown]
# ### Predict, then build
#
# On an ordinary day: how many of every hundred calls will wait for a cold start? What will the month cost?

# %% tags=["predict"]
lab.predict(cold_percent=10.0, bill_usd=60)

# %% [markdown]
# **What is kept.** A bucket for the pages; nobody but the distribution will read it. A table for what must be remembered:
# it stands outside the function. A DynamoDB table *on demand* has no size to choose: each read and each write is paid for.

# %% tags=["build"] step="kept"
account = lab.client("sts").get_caller_identity()["Account"]
bucket = f"members-site-{account}"
s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": lab.region})
s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "Name", "Value": "members-site"}]})
page = "<h1>Sazanami Fitness</h1><p>Welcome back</p>"
s3.put_object(Bucket=bucket, Key="index.html", Body=page.encode(), ContentType="text/html")
dynamodb.create_table(
    TableName="members",
    AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    BillingMode="PAY_PER_REQUEST",
    Tags=[{"Key": "Name", "Value": "members-table"}],
)
dynamodb.get_waiter("table_exists").wait(TableName="members")

# %% [markdown]
# **The function.** An ordinary Python module with one function that takes an *event*. What stands outside of it runs once
# per *execution environment*; what stands inside runs for each call. (Remember this; it explains most of what follows.)
# It goes up as a zip file, with a *role* that says what it may do.

# %% tags=["build"] step="code"
code = """
import json, os, time
import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE"])
born, calls = time.time(), 0


def handler(event, context):
    global calls
    calls += 1
    member = (event.get("pathParameters") or {}).get("id", "42")
    if event.get("httpMethod") == "POST":
        table.put_item(Item=json.loads(event["body"]))
        return {"statusCode": 201, "body": "kept"}
    item = table.get_item(Key={"id": member}).get("Item", {"id": member})
    told = {"member": item, "stage": (event.get("stageVariables") or {}).get("name"), "calls_here": calls}
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps(told)}
"""

# %% tags=["build"] step="function"
import io
import json
import zipfile


def zipped(**files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(f"{name}.py"), text)
    return packed.getvalue()


trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
trust = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
role = iam.create_role(RoleName="members-api", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
logs_policy = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
iam.attach_role_policy(RoleName="members-api", PolicyArn=logs_policy)
table_arn = dynamodb.describe_table(TableName="members")["Table"]["TableArn"]
may = {"Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], "Resource": table_arn}
may = json.dumps({"Version": "2012-10-17", "Statement": [may]})
iam.put_role_policy(RoleName="members-api", PolicyName="table", PolicyDocument=may)

# %% tags=["build"] step="upload"
functions.create_function(
    FunctionName="members",
    Runtime="python3.13",
    Handler="app.handler",
    Role=role,
    Code={"ZipFile": zipped(app=code)},
    MemorySize=512,
    Timeout=10,
    Environment={"Variables": {"TABLE": "members"}},
    Tags={"aws14:uses": "members-table"},
)
functions.get_waiter("function_active_v2").wait(FunctionName="members")
import base64

for _ in range(2):
    answer = functions.invoke(FunctionName="members", Payload=b"{}", LogType="Tail")
    print(base64.b64decode(answer["LogResult"]).decode().strip().splitlines()[-1])

# %% [markdown]
# This code really ran, on your machine, twice. The first line has an *Init Duration*: a new environment was started and
# the module imported. The second call found it warm.
#
# **The API.** For each call three things are said: the *resource path* (`/api/users`), the *method* (GET, POST), and the
# *backend* that takes it; here always the function.

# %% tags=["build"] step="api"
api_id = apigateway.create_rest_api(
    name="members-api", endpointConfiguration={"types": ["REGIONAL"]}, tags={"Name": "members-api"}
)["id"]
known = apigateway.get_resources(restApiId=api_id)["items"]
paths = {"": next(each["id"] for each in known if each["path"] == "/")}
for path in ("/api", "/api/users", "/api/users/{id}"):
    parent, _, part = path.rpartition("/")
    paths[path] = apigateway.create_resource(restApiId=api_id, parentId=paths[parent], pathPart=part)["id"]

function_arn = functions.get_function(FunctionName="members")["Configuration"]["FunctionArn"]
invocation = f"arn:aws:apigateway:{lab.region}:lambda:path/2015-03-31/functions/{function_arn}/invocations"
backend = {"type": "AWS_PROXY", "integrationHttpMethod": "POST", "uri": invocation}
for path, verb in (("/api/users", "GET"), ("/api/users", "POST"), ("/api/users/{id}", "GET")):
    which = {"restApiId": api_id, "resourceId": paths[path], "httpMethod": verb}
    apigateway.put_method(**which, authorizationType="NONE")
    apigateway.put_integration(**which, **backend)

# %% [markdown]
# **The stages.** What is defined is not yet live. A *deployment* freezes it, a *stage* gives it an address; each
# environment of yours (dev, stg, prod) gets a stage of its own. The function has to permit this API to call it, too.

# %% tags=["build"] step="stages"
may_call = {"FunctionName": "members", "StatementId": "api", "Action": "lambda:InvokeFunction"}
may_call["SourceArn"] = f"arn:aws:execute-api:{lab.region}:{account}:{api_id}/*/*/api/users*"
functions.add_permission(**may_call, Principal="apigateway.amazonaws.com")
for stage in ("stg", "prod"):
    deployment = apigateway.create_deployment(restApiId=api_id, description=f"first {stage}")["id"]
    apigateway.create_stage(restApiId=api_id, stageName=stage, deploymentId=deployment, variables={"name": stage})
api_host = f"{api_id}.execute-api.{lab.region}.amazonaws.com"
users = f"https://{api_host}/stg/api/users"
display(lab.http(users, method="POST", body=b'{"id": "42", "name": "Aoi"}'))
lab.http(f"{users}/42")

# %% [markdown]
# **The distribution** puts both under one name. Everything goes to the bucket, except what begins with `/api/`; that goes
# to the API's stage *prod* and is never kept.

# %% tags=["build"] step="cdn"
oac = cloudfront.create_origin_access_control(
    OriginAccessControlConfig={
        "Name": "members-site",
        "SigningProtocol": "sigv4",
        "SigningBehavior": "always",
        "OriginAccessControlOriginType": "s3",
    }
)["OriginAccessControl"]["Id"]
pages = {"Id": "pages", "DomainName": f"{bucket}.s3.{lab.region}.amazonaws.com", "OriginAccessControlId": oac}
calls = {"Id": "api", "DomainName": api_host, "OriginPath": "/prod"}
calls["CustomOriginConfig"] = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}
origins = [pages | {"S3OriginConfig": {"OriginAccessIdentity": ""}}, calls]
# Policies that AWS keeps for everybody: CachingOptimized, CachingDisabled, AllViewerExceptHostHeader.
cached, never = "658327ea-f89d-4fab-a63d-7e88639e58f6", "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
pass_on = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
https = {"ViewerProtocolPolicy": "redirect-to-https", "Compress": True}
verbs = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"]
kept = {"TargetOriginId": "pages", "CachePolicyId": cached, **https}

# %% tags=["build"] step="name"
api_calls = {"PathPattern": "/api/*", "TargetOriginId": "api", "CachePolicyId": never, **https}
api_calls |= {"OriginRequestPolicyId": pass_on, "AllowedMethods": {"Quantity": len(verbs), "Items": verbs}}
config = {
    "CallerReference": "members",
    "Comment": "members-cdn",
    "Enabled": True,
    "DefaultRootObject": "index.html",
    "Origins": {"Quantity": 2, "Items": origins},
    "DefaultCacheBehavior": kept,
    "CacheBehaviors": {"Quantity": 1, "Items": [api_calls]},
}
cdn = cloudfront.create_distribution(DistributionConfig=config)["Distribution"]
reads = {"Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "s3:GetObject"}
reads |= {"Resource": f"arn:aws:s3:::{bucket}/*", "Condition": {"StringEquals": {"AWS:SourceArn": cdn["ARN"]}}}
s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [reads]}))
cloudfront.get_waiter("distribution_deployed").wait(Id=cdn["Id"])
site = f"https://{cdn['DomainName']}"
display(lab.http(f"{site}/"))
lab.http(f"{site}/api/users/42")

# %% tags=["check"]
lab.check("p12-built")

# %% [markdown] tags=["instructor"]
# Twelve minutes. Let somebody call the stage `stg` and the stage `prod` and say where the answers differ.

# %% [markdown]
# ### Load, break, heal
#
# A whole day goes through what you have built. At noon the classes are opened.

# %% tags=["experiment"]
day = lab.run()
display(lab.score(cold_percent=100 * day.functions.cold_ratio))
charts.environments(day, title="A day of the members' site")

# %% [markdown]
# Nobody added anything at noon: each call that finds no idle environment gets a new one. *Cold starts* come with every
# rise, and at night, when the last environment has been taken away for lack of use; in between nearly all calls are warm.
#
# How far does this go? To a limit. An account has a *concurrency* that all of its functions share; a function may be
# given its own share of it. Give this one ten, and play the same day:

# %% tags=["experiment"]
functions.put_function_concurrency(FunctionName="members", ReservedConcurrentExecutions=10)
few = lab.run()
functions.delete_function_concurrency(FunctionName="members")
charts.compare_runs({"no limit of its own": day, "at most ten at once": few})

# %% [markdown]
# What finds no environment is *throttled*: it fails at once instead of waiting in a queue. A small limit protects what
# stands behind (a database) at the callers' cost. Lifting it heals; no machine has to be started first.

# %% [markdown]
# ### Bill and one decision
#
# Where is the line that costs most? The decision: from how many calls a month on would you rather pay for servers?

# %% tags=["experiment"]
bill = lab.bill(day)
display(lab.score(bill_usd=bill.total_usd))
display(bill)
lab.explore(
    "crossover",
    question="From how many calls a month on are two servers and a load balancer cheaper?",
    memory_mib=[128, 256, 512, 1024],
    milliseconds=(10, 500, 10),
)

# %% [markdown]
# Nothing runs, nothing is paid: the left end is where serverless wins. Each call has a price, so the line climbs without
# end; servers cost the same whether one comes or a thousand. Longer calls and more memory move the crossing to the left.

# %% [markdown] tags=["exercise"] exercise="p12-e1"
# **Exercise 1.** A script in the gym's app has run wild: it will call `/api/users` a thousand times a second, all night.
# Protect the bill: limit the stage *prod*, but so that no member is refused on an ordinary day.
# (`update_stage` with patches on `/*/*/throttling/rateLimit` and `/*/*/throttling/burstLimit`.)

# %% tags=["exercise"] exercise="p12-e1"
# Your calls here.

# %% tags=["solution"] exercise="p12-e1"
limits = {"/*/*/throttling/rateLimit": "120", "/*/*/throttling/burstLimit": "200"}
patches = [{"op": "replace", "path": path, "value": value} for path, value in limits.items()]
_ = apigateway.update_stage(restApiId=api_id, stageName="prod", patchOperations=patches)

# %% tags=["check"] exercise="p12-e1"
lab.check("p12-e1")

# %% [markdown] deeper="5 min"
# #### Deeper: a zone is lost
#
# Chapter 1 lost two servers of four with a zone. Predict: how many calls fail here? (On the embedded AWS only: nobody
# breaks a zone of a real one.)

# %% tags=["experiment"]
lab.break_az(f"{lab.region}a", minutes=30)
for path in ("/", "/api/users", "/api/users/42"):
    print(lab.http(f"{site}{path}").status, path)
healed = lab.heal()

# %% [markdown]
# None of these parts stands in one zone. S3, API Gateway, Lambda and DynamoDB are services of the region, and keep zones to
# themselves.

# %% [markdown] deeper="7 min"
# #### Deeper: backends that are no function
#
# A backend may also be another address (`HTTP`), or nobody: with `MOCK`, API Gateway answers by itself. Define one of each
# and call them; does `prod` know them?

# %% [markdown] deeper="8 min"
# #### Deeper: started and ended each time?
#
# The book says: a function does not suit a site that must answer fast, because the container behind it is started and ended
# *each time*. That is how it was taught; is it true? Ask the function itself how often this environment was called.

# %% tags=["experiment"]
for minutes in (0, 0, 0, 3, 60):
    lab.advance(minutes=minutes)
    print(f"after {minutes:2} minutes: call number", lab.http(f"{site}/api/users/42").json()["calls_here"])

# %% [markdown]
# **The book says / today.** An environment is started for the first call, *kept* for the next, and taken away after some
# minutes without use; AWS promises no number. So it is not each call that waits, but each first one, and each one that
# comes while all environments are busy. What still holds: who cannot accept that one, pays for environments kept ready.

# %% [markdown] deeper="8 min"
# #### Deeper: what makes a cold start long?
#
# Your code and what it imports. Measure it here, on your machine: the same function with nothing imported, with a library
# of the standard kind, with boto3, with pandas.

# %% tags=["experiment"]
lab.experiment("cold starts measured", lab.session)

# %% [markdown]
# And over a week of real traffic, recorded from a cloud's functions: the share of calls that wait, by how often the
# function is called.

# %% tags=["experiment"]
lab.experiment("cold starts of a week")

# %% [markdown] deeper="6 min"
# #### Deeper: never cold
#
# *Provisioned concurrency* keeps so many environments ready, used or not. How many does noon need, and what do they cost
# during the rest of the day?

# %% tags=["experiment"]
lab.experiment("provisioned")

# %% [markdown] deeper="6 min"
# #### Deeper: the counter that counts wrongly
#
# A colleague counts visitors in a global variable. In every test it works. Call it from twenty members at the same time:

# %% tags=["experiment"]
lab.experiment("counters", lab.session)

# %% [markdown]
# Each environment has a counter of its own, and takes it along when it goes. A function must be *stateless*: what is to be
# remembered stands in the table, where `ADD` counts for all.

# %% [markdown] deeper="10 min"
# #### Deeper: the zip with its library
#
# The gym's older data stands in MySQL. Python brings no client for it; the zip has to. Without it the import fails, with
# it the function works, once it stands in the network of the database.

# %% [markdown] deeper="8 min"
# #### Deeper: the connection storm
#
# Each environment opens its own connection. At noon there are a hundred environments. How many connections does a small
# database allow?

# %% tags=["experiment"]
lab.experiment("connection storm")

# %% [markdown] deeper="10 min"
# #### Deeper: the job that takes too long
#
# Once a month a report is made for every gym. Called through the API it fails after twenty-nine seconds, though the function
# runs on; a function itself may run for fifteen minutes. For short work, done often, a function is right. What about long
# work?

# %% [markdown] deeper="8 min"
# #### Deeper: the same site on servers
#
# Two servers and a load balancer, the way chapter 1 builds them, under the same day.

# %% [markdown] deeper="5 min"
# #### Deeper: three stages, one function?
#
# `stg` and `prod` call the same code so far: a change reaches both at once. Versions and aliases part them.

# %% [markdown] deeper="6 min"
# #### Deeper: what else can call a function?
#
# A function waits for an *event*. An HTTP request is one kind. Here are three others.

# %% [markdown] deeper="5 min"
# #### Deeper: why is this box here?

# %% tags=["experiment"]
lab.experiment("why")

# %% [markdown]
# ### Checkpoint and clean-up
#
# You have built a site that nobody has to keep awake, seen it grow by itself up to a limit, and found the number of calls
# at which it becomes the dearer way.

# %% tags=["cleanup"]
lab.clean_up()

# %% [markdown] pattern="p13"
# ## Operating microservices
#
# It is evening, the shop is full, and a computer dies. Nobody is called. Minutes later a team releases a new version, and
# it is broken. Nobody notices. This pattern shows who does all that.

# %% tags=["setup"]
lab = aws14.Lab("p13")
ec2, eks, iam = lab.client("ec2"), lab.client("eks"), lab.client("iam")
lab.brief

# %% [markdown]
# ### Brief and drawing
#
# Two kinds of thing stand in this drawing: machines, and what runs on them. Which of them did chapter 1 already have?

# %% tags=["inspect"]
lab.draw()

# %% [markdown]
# *EKS* is Kubernetes kept running by AWS: it decides. *EC2 nodes* and *Fargate* carry: containers run there. What it decides
# about are *workloads*: containers together with the policy they run under (how much of a machine each gets, how many there
# shall be, when they run). Its smallest unit is the *pod*. The *service* is the one name in front of all pods of a
# workload; the *autoscaler* changes their number.

# %% [markdown] tags=["instructor"]
# Four minutes. Ask: who starts a new container when one dies, and who provides the machine for it? Two names, keep them.

# %% [markdown]
# ### Predict, then build
#
# A node with half of the pods on it is lost. For how many seconds are requests lost, and after how many are all pods back?
# Nodes will come and go with the load of the day: how many at most?

# %% tags=["predict"]
lab.predict(back_after_s=60, most_nodes=4)

# %% [markdown]
# **The network** is chapter 1's: public subnets for the load balancer, private ones for the nodes, a NAT gateway through
# which they fetch images.

# %% tags=["build"] step="network"
def named(kind, name):
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}]}]


vpc_id = ec2.create_vpc(CidrBlock="10.13.0.0/16", TagSpecifications=named("vpc", "vpc"))["Vpc"]["VpcId"]
ec2.modify_vpc_attribute(VpcId=vpc_id, EnableDnsHostnames={"Value": True})
igw = ec2.create_internet_gateway(TagSpecifications=named("internet-gateway", "igw"))["InternetGateway"]["InternetGatewayId"]
ec2.attach_internet_gateway(InternetGatewayId=igw, VpcId=vpc_id)
subnets, ways = {"public": [], "private": []}, {}
for kind, first in {"public": 0, "private": 10}.items():
    table = ec2.create_route_table(VpcId=vpc_id, TagSpecifications=named("route-table", kind))["RouteTable"]
    ways[kind] = {"RouteTableId": table["RouteTableId"], "DestinationCidrBlock": "0.0.0.0/0"}
    for number, zone in enumerate("ac", start=first):
        place = {"CidrBlock": f"10.13.{number}.0/24", "AvailabilityZone": lab.region + zone}
        made = ec2.create_subnet(VpcId=vpc_id, **place, TagSpecifications=named("subnet", f"{kind}-{zone}"))["Subnet"]
        ec2.associate_route_table(RouteTableId=table["RouteTableId"], SubnetId=made["SubnetId"])
        subnets[kind].append(made["SubnetId"])
ip = ec2.allocate_address(Domain="vpc", TagSpecifications=named("elastic-ip", "nat"))["AllocationId"]
place = {"SubnetId": subnets["public"][0], "AllocationId": ip, "TagSpecifications": named("natgateway", "nat")}
nat = ec2.create_nat_gateway(**place)["NatGateway"]["NatGatewayId"]
ec2.get_waiter("nat_gateway_available").wait(NatGatewayIds=[nat])
_ = ec2.create_route(**ways["public"], GatewayId=igw), ec2.create_route(**ways["private"], NatGatewayId=nat)

# %% [markdown]
# **The cluster.** Three roles say what EKS itself, the nodes and Fargate may do. Then one call, and some minutes: AWS starts
# Kubernetes' own servers in several zones, in an account of its own. You will never see them.

# %% tags=["build"] step="cluster"
import json

may = {"books-cluster": ("eks", ["AmazonEKSClusterPolicy"]), "books-batch": ("eks-fargate-pods", ["AmazonEKSFargatePodExecutionRolePolicy"])}
may["books-node"] = ("ec2", ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryReadOnly", "AmazonEKS_CNI_Policy"])
roles = {}
for name, (service, policies) in may.items():
    trust = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    roles[name] = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
    for policy in policies:
        iam.attach_role_policy(RoleName=name, PolicyArn=f"arn:aws:iam::aws:policy/{policy}")
eks.create_cluster(
    name="books",
    roleArn=roles["books-cluster"],
    resourcesVpcConfig={"subnetIds": subnets["public"] + subnets["private"]},
    accessConfig={"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": True},
)
eks.get_waiter("cluster_active").wait(name="books")

# %% [markdown]
# **The machines.** A *node group* is an Auto Scaling group of EC2 instances that join the cluster. A *Fargate profile* says
# which pods get a machine of their own, made for them when they start; here, those of the namespace `batch`.

# %% tags=["build"] step="nodes"
eks.create_addon(clusterName="books", addonName="metrics-server")
eks.create_nodegroup(
    clusterName="books",
    nodegroupName="workers",
    nodeRole=roles["books-node"],
    subnets=subnets["private"],
    instanceTypes=["m5.large"],
    scalingConfig={"minSize": 2, "maxSize": 6, "desiredSize": 2},
)
eks.create_fargate_profile(
    clusterName="books",
    fargateProfileName="batch",
    podExecutionRoleArn=roles["books-batch"],
    subnets=subnets["private"],
    selectors=[{"namespace": "batch"}],
)
eks.get_waiter("nodegroup_active").wait(clusterName="books", nodegroupName="workers")
eks.get_waiter("fargate_profile_active").wait(clusterName="books", fargateProfileName="batch")

# %% [markdown]
# From here on it is Kubernetes' own API, with its own client; `lab.kubernetes` only brings the address and a token.
#
# **The program** is a small web server that says which pod answered. In real life it stands inside the image. Here it comes
# as a *ConfigMap*, laid over a public Python image, so that you need no registry.

# %% tags=["build"] step="program"
from kubernetes import client as k8s

api = lab.kubernetes("books")
core, apps, autoscaling = k8s.CoreV1Api(api), k8s.AppsV1Api(api), k8s.AutoscalingV2Api(api)
for name in ("shop", "batch"):
    core.create_namespace({"metadata": {"name": name}})
program = """
import os, signal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Catalogue(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"catalog {os.environ['VERSION']} by {os.environ['HOSTNAME']}".encode())

signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
ThreadingHTTPServer(("", 8080), Catalogue).serve_forever()
"""
_ = core.create_namespaced_config_map("shop", {"metadata": {"name": "catalog"}, "data": {"server.py": program}})

# %% [markdown]
# **The workload**: container plus policy. *Requests* are what a pod is promised and what is counted when a node is sought;
# *limits* what it can never exceed. The *readiness probe* decides when it gets requests. *Strategy* is how it is renewed.

# %% tags=["build"] step="deployment"
container = {
    "name": "catalog",
    "image": "public.ecr.aws/docker/library/python:3.13-slim",
    "command": ["python", "/app/server.py"],
    "env": [{"name": "VERSION", "value": "1"}],
    "ports": [{"containerPort": 8080}],
    "resources": {"requests": {"cpu": "250m", "memory": "256Mi"}, "limits": {"cpu": "500m", "memory": "512Mi"}},
    "readinessProbe": {"httpGet": {"path": "/", "port": 8080}, "periodSeconds": 5},
    "volumeMounts": [{"name": "program", "mountPath": "/app"}],
}
labels = {"app": "catalog"}
pod = {"containers": [container], "volumes": [{"name": "program", "configMap": {"name": "catalog"}}]}
calm = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
spec = {"replicas": 3, "selector": {"matchLabels": labels}, "strategy": calm}
spec["template"] = {"metadata": {"labels": labels}, "spec": pod}
_ = apps.create_namespaced_deployment("shop", {"metadata": {"name": "catalog-pods"}, "spec": spec})

# %% [markdown]
# **Two autoscalers.** *cluster-autoscaler* asks the Auto Scaling group for a machine when a pod finds no room, and gives a
# hardly used one back. EKS does not bring it: it is a workload like any other, with a role. (Its official manifest lists
# finer rights.)

# %% tags=["build"] step="scaler"
may = ["autoscaling:Describe*", "autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"]
may = {"Effect": "Allow", "Action": [*may, "ec2:Describe*", "eks:DescribeNodegroup"], "Resource": "*"}
document = json.dumps({"Version": "2012-10-17", "Statement": [may]})
iam.put_role_policy(RoleName="books-node", PolicyName="scale-nodes", PolicyDocument=document)
me = {"name": "cluster-autoscaler", "namespace": "kube-system"}
core.create_namespaced_service_account("kube-system", {"metadata": me})
admin = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"}
binding = {"metadata": {"name": me["name"]}, "roleRef": admin, "subjects": [{"kind": "ServiceAccount", **me}]}
k8s.RbacAuthorizationV1Api(api).create_cluster_role_binding(binding)
tags = "k8s.io/cluster-autoscaler/enabled,k8s.io/cluster-autoscaler/books"
run = ["./cluster-autoscaler", "--cloud-provider=aws", f"--node-group-auto-discovery=asg:tag={tags}"]
scaler = {"name": "scaler", "image": "registry.k8s.io/autoscaling/cluster-autoscaler:v1.33.0", "command": run}
scaler["resources"] = {"requests": {"cpu": "100m", "memory": "300Mi"}}
template = {"metadata": {"labels": {"app": "scaler"}}, "spec": {"serviceAccountName": me["name"], "containers": [scaler]}}
watcher = {"replicas": 1, "selector": {"matchLabels": {"app": "scaler"}}, "template": template}
_ = apps.create_namespaced_deployment("kube-system", {"metadata": {"name": me["name"]}, "spec": watcher})

# %% [markdown]
# The second keeps the pods at sixty percent of the CPU they requested, by making more or fewer of them. And **the name in
# front**: a service of type *LoadBalancer* gets one of AWS's, and keeps the ready pods behind it.

# %% tags=["build"] step="service"
busy = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 60}}}
of = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "catalog-pods"}
scale = {"scaleTargetRef": of, "minReplicas": 3, "maxReplicas": 24, "metrics": [busy]}
autoscaling.create_namespaced_horizontal_pod_autoscaler("shop", {"metadata": {"name": "catalog-autoscaler"}, "spec": scale})
service = {"type": "LoadBalancer", "selector": labels, "ports": [{"port": 80, "targetPort": 8080}]}
core.create_namespaced_service("shop", {"metadata": {"name": "catalog"}, "spec": service})
lab.advance(minutes=4)
ingress = core.read_namespaced_service("catalog", "shop").status.load_balancer.ingress
url = f"http://{ingress[0].hostname}/"
lab.http(url)

# %% tags=["check"]
lab.check("p13-built")

# %% [markdown] tags=["instructor"]
# Twelve minutes. Who is late runs `lab.catch_up()`. Let one person delete a pod and say what came back.

# %% [markdown]
# ### Load, break, heal
#
# First a node dies, live. Kubernetes notices that it has gone silent, waits (it might come back), then gives its pods to
# others. Meanwhile the Auto Scaling group replaces the machine. Who does which of the two?

# %% tags=["experiment"]
nodes = core.list_node().items
lab.break_instance(nodes[0].spec.provider_id.rpartition("/")[2])
lab.experiment("watch", lab.session, api, url, minutes=9)

# %% [markdown]
# For some seconds requests that go to the lost node fail. Then its pods are no longer *ready* and the service leaves them
# out: the site is well again long before the pods are back. After five minutes EKS gives the pods up and puts new ones on
# other nodes. The new machine comes from the node group.
#
# Now a release, watched as Kubernetes tells it, while somebody asks once a second:

# %% tags=["experiment"]
newer = {"spec": {"template": {"spec": {"containers": [{"name": "catalog", "env": [{"name": "VERSION", "value": "2"}]}]}}}}
apps.patch_namespaced_deployment("catalog-pods", "shop", newer)
lab.experiment("watch", lab.session, api, url, minutes=2)

# %% [markdown]
# One pod more than wanted is started (`maxSurge`), none is taken away before it is ready (`maxUnavailable`): no request is
# lost. Then a day goes through, from midnight to midnight:

# %% tags=["experiment"]
day = lab.run()
charts.cluster(day, title="A day of the bookshop")

# %% [markdown]
# Two scalers above each other. The *pod autoscaler* wants more pods as the evening comes; when no node has room for one, it
# is *pending*, and the *node autoscaler* asks for a machine. Pods take seconds, machines take minutes.

# %% [markdown]
# ### Bill and one decision

# %% tags=["experiment"]
display(lab.bill(day))
lab.explore(
    "nodes or Fargate",
    question="For which size of pod is Fargate the cheaper machine?",
    cpu_m=(250, 2000, 250),
    memory_mib=(512, 8192, 512),
    busy_percent=(10, 100, 10),
)

# %% [markdown] tags=["exercise"] exercise="p13-e1"
# **Exercise 1.** ...

# %% tags=["exercise"] exercise="p13-e1"
# Your calls here.

# %% tags=["solution"] exercise="p13-e1"
pass

# %% tags=["check"] exercise="p13-e1"
lab.check("p13-e1")

# %% [markdown] deeper="7 min"
# #### Deeper: what does EKS keep away from you?
#
# Kubernetes has servers of its own, the *masters* (today: the control plane): an API, a scheduler, and a database (etcd) that
# knows everything. On your own EC2 instances you have to keep them available and back them up. What does that cost?

# %% tags=["experiment"]
lab.experiment("own masters")

# %% [markdown] deeper="8 min"
# #### Deeper: a workload is a container and a policy
#
# Resources are one part of the policy, the schedule is another. A report is made every night at three; nobody wants to keep
# a machine for it. In the namespace `batch` a pod gets a machine of its own, from Fargate.

# %% tags=["experiment"]
batch = k8s.BatchV1Api(api)
report = dict(container, name="report", command=["python", "-c", "print('42 orders')"])
for unwanted in ("ports", "readinessProbe", "volumeMounts"):
    report.pop(unwanted)
job = {"template": {"spec": {"restartPolicy": "Never", "containers": [report]}}}
nightly = {"schedule": "0 3 * * *", "timeZone": "Asia/Tokyo", "jobTemplate": {"spec": job}}
batch.create_namespaced_cron_job("batch", {"metadata": {"name": "report"}, "spec": nightly})
lab.advance(days=1)
for each in core.list_namespaced_pod("batch").items:
    print(each.metadata.name, each.status.phase, each.spec.node_name)
    print(core.read_namespaced_pod_log(each.metadata.name, "batch"))

# %% [markdown] deeper="8 min"
# #### Deeper: who does what?
#
# EKS *orchestrates*, Fargate (or EC2) *provisions*. Three events, and who acts:

# %% tags=["experiment"]
lab.experiment("roles", lab.session, api)

# %% [markdown]
# **The book says / today.** The book counts *making and versioning container images* among EKS's roles. Today others do
# that: CodeBuild makes an image (chapter 4), ECR keeps it under a tag. EKS takes an image by its name, runs it, and
# throws the container away.

# %% [markdown] deeper="8 min"
# #### Deeper: two containers in one pod
#
# Orders are written by one program and shipped by another. Put both into one pod, and they share `localhost` and a volume.
# Put them into two pods, and they do not.

# %% [markdown] deeper="6 min"
# #### Deeper: a release that is broken
#
# A tag that does not exist, typed late in the evening. How many readers notice?

# %% tags=["experiment"]
wrong = {"name": "catalog", "image": "public.ecr.aws/docker/library/python:3.99-slim"}
broken = {"spec": {"template": {"spec": {"containers": [wrong]}}}}
apps.patch_namespaced_deployment("catalog-pods", "shop", broken)
lab.experiment("watch", lab.session, api, url, minutes=2)

# %% [markdown]
# It gets stuck at its first pod, and the old ones go on serving. EKS keeps the versions of a *workload*: put the one before
# back.

# %% tags=["experiment"]
lab.experiment("roll back", api, "shop", "catalog-pods")
lab.experiment("watch", lab.session, api, url, minutes=1)

# %% [markdown] deeper="8 min"
# #### Deeper: requests set wrong
#
# The scheduler counts what pods *request*, not what they use. What if somebody asks for too much, or too little?

# %% tags=["experiment"]
lab.experiment("requests")

# %% [markdown] deeper="8 min"
# #### Deeper: nodes or Fargate?
#
# On nodes you pay for machines, full or empty; on Fargate for each pod, rounded up.

# %% tags=["experiment"]
lab.experiment("packing")

# %% [markdown] deeper="6 min"
# #### Deeper: what does EKS see?
#
# The second part of EKS's role is monitoring: how much is used, and whether the containers are well.

# %% [markdown] deeper="5 min"
# #### Deeper: why is this box here?

# %% tags=["experiment"]
lab.experiment("why")

# %% [markdown]
# ### Checkpoint and clean-up

# %% tags=["cleanup"]
lab.clean_up()
