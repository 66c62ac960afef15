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
from contextlib import suppress

from botocore.exceptions import ClientError

lab = aws14.Lab("p12")
s3, cloudfront, apigateway = lab.client("s3"), lab.client("cloudfront"), lab.client("apigateway")
iam, dynamodb, functions = lab.client("iam"), lab.client("dynamodb"), lab.client("lambda")
lab.brief

# %% [markdown]
# ### Brief and drawing
#
# Look for the server in this drawing. (*may call*: the function's own policy has to let the API in.)

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
# And a *role*, which will say what the function may do.

# %% tags=["build"] step="kept"
import json

account = lab.client("sts").get_caller_identity()["Account"]
bucket = f"members-site-{account}"
s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": lab.region})
s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "Name", "Value": "members-site"}]})
trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
trust = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
role = iam.create_role(RoleName="members-api", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
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
import zipfile


def zipped(**files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(f"{name}.py"), text)
    return packed.getvalue()


logs_policy = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
iam.attach_role_policy(RoleName="members-api", PolicyArn=logs_policy)
table_arn = dynamodb.describe_table(TableName="members")["Table"]["TableArn"]
may = {"Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], "Resource": table_arn}
may = json.dumps({"Version": "2012-10-17", "Statement": [may]})
_ = iam.put_role_policy(RoleName="members-api", PolicyName="table", PolicyDocument=may)

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
# This code really ran, twice: with the embedded AWS it is your machine's Python that runs it, whatever version the runtime
# names. The first line has an *Init Duration*: a new environment was started and
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
print(lab.http(users, method="POST", body=b'{"id": "42", "name": "Aoi"}'))
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
print(lab.http(f"{site}/"))
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
chart = charts.environments(day, title="A day of the members' site")
display(lab.score(cold_percent=100 * day.functions.cold_ratio))
chart

# %% [markdown]
# Nobody added anything at noon: each call that finds no idle environment gets a new one. *Cold starts* come with every
# rise, and early in the morning, when the last environment is taken away for lack of use; of all calls they are few. (Seven
# of ten requests ask for pages and pictures and never come to the function.)
#
# How far does this go? To a limit. An account has a *concurrency* that all of its functions share; a function may be
# given its own share of it. Give this one ten, and play the same day:

# %% tags=["experiment"]
functions.put_function_concurrency(FunctionName="members", ReservedConcurrentExecutions=10)
few = lab.run()
functions.delete_function_concurrency(FunctionName="members")
charts.compare_runs({"no limit of its own": day, "at most ten at once": few}, of="requests")

# %% [markdown]
# What finds no environment is *throttled*: it fails at once instead of waiting in a queue. A small limit protects what
# stands behind (a database) at the callers' cost. Lifting it heals; no machine has to be started first. (The limited run's
# p95 looks no worse, for who was refused is not in it.)

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
    rush=[1, 10, 50],
)

# %% [markdown]
# What CloudFront sends to the members costs most, then what it and the API count by the request. The code itself, Lambda,
# is a small line.
#
# Nothing runs, nothing is paid: the left end is where serverless wins. Each call has a price, so the line climbs without
# end; servers cost the same whether one comes or a thousand. Longer calls and more memory move the crossing to the left; a
# rush, for which servers have to stand ready all month, moves it to the right, or away.

# %% [markdown] tags=["exercise"] exercise="p12-e1"
# **Exercise 1.** A script has run wild: for the eight hours of a night it will call the API's own address, past CloudFront, a
# thousand times a second. Limit the stage *prod*, so that API and function cost at most forty dollars for that night, and so that
# no member is refused on an ordinary day. (`update_stage` with patches on `/*/*/throttling/rateLimit` and
# `/*/*/throttling/burstLimit`. The chart shows means of a minute; within it calls come unevenly: that is what *burst* is for.)

# %% tags=["exercise"] exercise="p12-e1"
# Your calls here.

# %% tags=["solution"] exercise="p12-e1"
limits = {"/*/*/throttling/rateLimit": "200", "/*/*/throttling/burstLimit": "300"}
patches = [{"op": "replace", "path": path, "value": value} for path, value in limits.items()]
_ = apigateway.update_stage(restApiId=api_id, stageName="prod", patchOperations=patches)

# %% tags=["check"] exercise="p12-e1"
lab.check("p12-e1")

# %% [markdown]
# While the script runs, the stage refuses members as well: its limit is one for all. A limit for each caller is finer; see
# *Deeper: who calls too often?* (Through CloudFront each call, refused or not, would be counted there, too.)

# %% [markdown] deeper="5 min"
# #### Deeper: a zone is lost
#
# A site on servers in two zones loses half of them with a zone. Predict: how many calls fail here? (On the embedded AWS
# only: nobody breaks a zone of a real one.)

# %% tags=["experiment"]
lab.break_az(f"{lab.region}a", minutes=30)
for path in ("/", "/api/users", "/api/users/42"):
    print(lab.http(f"{site}{path}").status, path)
healed = lab.heal()

# %% [markdown]
# None of these parts stands in one zone. S3, API Gateway, Lambda and DynamoDB are services of the region, and keep zones to
# themselves.

# %% [markdown] deeper="4 min"
# #### Deeper: why is this box here?
#
# Each part is taken away on paper, and the same ten minutes of calls are sent again. Which loss hurts nobody at first?

# %% tags=["experiment"]
lab.experiment("why")

# %% [markdown]
# Without the table every call is still answered. What members change is gone with the environment that heard of it.

# %% [markdown] deeper="7 min"
# #### Deeper: backends that are no function
#
# A backend may also be another address (`HTTP_PROXY`), or nobody: with `MOCK`, API Gateway answers by itself, and a health
# check costs no function. Two more paths; does `prod` know them?

# %% tags=["experiment"]
s3.put_object(Bucket=bucket, Key="rates.json", Body=b'{"month": 59}', ContentType="application/json")
api_path = {"restApiId": api_id, "parentId": paths["/api"]}
health = apigateway.create_resource(**api_path, pathPart="health")["id"]
rates = apigateway.create_resource(**api_path, pathPart="rates")["id"]
mock = {"type": "MOCK", "requestTemplates": {"application/json": '{"statusCode": 200}'}}
elsewhere = {"type": "HTTP_PROXY", "integrationHttpMethod": "GET", "uri": f"{site}/rates.json"}
for resource, how in ((rates, elsewhere), (health, mock)):
    which = {"restApiId": api_id, "resourceId": resource, "httpMethod": "GET"}
    apigateway.put_method(**which, authorizationType="NONE")
    apigateway.put_integration(**which, **how)
apigateway.put_method_response(**which, statusCode="200")
words = {"application/json": '{"alive": true}'}
apigateway.put_integration_response(**which, statusCode="200", responseTemplates=words)
deployment = apigateway.create_deployment(restApiId=api_id, description="with dev")["id"]
_ = apigateway.create_stage(restApiId=api_id, stageName="dev", deploymentId=deployment, variables={"name": "dev"})

# %% tags=["experiment"]
for call in ("dev/api/health", "dev/api/rates", "dev/api/users/42", "prod/api/health"):
    answer = lab.http(f"https://{api_host}/{call}")
    print(answer.status, call, answer.text)

# %% [markdown]
# `prod` still shows what was frozen for it: a new path is nobody's business until it is deployed there. (API Gateway says
# *Missing Authentication Token* for every path it does not know.) Now away with the draft:

# %% tags=["experiment"]
with suppress(ClientError):  # run again, it finds nothing
    apigateway.delete_stage(restApiId=api_id, stageName="dev")
    for resource in (health, rates):
        apigateway.delete_resource(restApiId=api_id, resourceId=resource)

# %% [markdown] deeper="6 min"
# #### Deeper: who calls too often?
#
# A limit on the stage holds for all callers together: while the script runs wild, members are refused with it. A *usage
# plan* gives each caller a *key* and a limit of its own. On a stage of its own, with one call a second:

# %% tags=["experiment"]
partners = apigateway.create_resource(restApiId=api_id, parentId=paths["/api/users"], pathPart="all")["id"]
which = {"restApiId": api_id, "resourceId": partners, "httpMethod": "GET"}
apigateway.put_method(**which, authorizationType="NONE", apiKeyRequired=True)
apigateway.put_integration(**which, **backend)
deployment = apigateway.create_deployment(restApiId=api_id, description="with keys")["id"]
apigateway.create_stage(restApiId=api_id, stageName="keyed", deploymentId=deployment)
stages = [{"apiId": api_id, "stage": "keyed"}]
plan = apigateway.create_usage_plan(name="one-a-second", throttle={"rateLimit": 1, "burstLimit": 2}, apiStages=stages)
key = apigateway.create_api_key(name="members-app", enabled=True)
apigateway.create_usage_plan_key(usagePlanId=plan["id"], keyId=key["id"], keyType="API_KEY")
secret_key = apigateway.get_api_key(apiKey=key["id"], includeValue=True)["value"]

# %% tags=["experiment"]
keyed = f"https://{api_host}/keyed/api/users/all"
print(lab.http(keyed).status, "without a key")
print([lab.http(keyed, headers={"x-api-key": secret_key}).status for _ in range(5)], "with the key, at once")

# %% [markdown]
# Forbidden without a key; with it two calls pass at once, the *burst*, and the rest hears 429, *Too Many Requests*: come
# again. (A key says who calls, not that they may: who may, an *authorizer* decides.) Away with it:

# %% tags=["experiment"]
with suppress(ClientError):  # run again, it finds nothing
    part = [{"op": "remove", "path": "/apiStages", "value": f"{api_id}:keyed"}]
    apigateway.update_usage_plan(usagePlanId=plan["id"], patchOperations=part)
    apigateway.delete_stage(restApiId=api_id, stageName="keyed")
    apigateway.delete_resource(restApiId=api_id, resourceId=partners)
    apigateway.delete_usage_plan_key(usagePlanId=plan["id"], keyId=key["id"])
    apigateway.delete_usage_plan(usagePlanId=plan["id"])
    _ = apigateway.delete_api_key(apiKey=key["id"])

# %% [markdown] deeper="8 min"
# #### Deeper: started and ended each time?
#
# The book says: a function does not suit a site that must answer fast, because the container behind it is started and ended
# *each time*. That is how it was taught; is it true? Ask the function itself how often this environment was called. (We let
# time pass with `lab.advance`, on the embedded AWS only; on a real account, come back after lunch.)

# %% tags=["experiment"]
for minutes in (0, 0, 0, 3, 60):
    lab.advance(minutes=minutes)
    called = json.loads(lab.http(f"{site}/api/users/42").text)["calls_here"]
    print(f"after {minutes:2} more minutes: call number {called} of this environment")

# %% [markdown]
# **The book says / today.** An environment is started for the first call, *kept* for the next, and taken away after some
# minutes without use; AWS promises no number. So it is not each call that waits, but each first one, and each one that
# comes while all environments are busy. What still holds: who cannot accept that one pays for environments kept ready. And
# since August 2025 the start is part of the bill.

# %% [markdown] deeper="9 min"
# #### Deeper: what makes a cold start long?
#
# Your code and what it imports. Measure it here, on your machine: the same function with nothing imported, with parts of
# the standard library, with boto3, and with a large table of one's own. Which takes longest?

# %% tags=["experiment"]
table_code = "PRICES = {" + ", ".join(f"'member {n}': {n}" for n in range(60_000)) + "}"
first_lines = {
    "nothing": "",
    "standard library": "import asyncio, decimal, email.message, sqlite3, urllib.request",
    "boto3 and a client": "import boto3\nboto3.client('dynamodb')",
    "a large table of one's own": table_code,
}
starts_ms = {}
for number, (what, lines) in enumerate(first_lines.items()):
    name = f"cold-{number}"
    zip_file = zipped(app=f"{lines}\ndef handler(event, context):\n    return 1\n")
    size = {"Runtime": "python3.13", "Handler": "app.handler", "MemorySize": 512, "Timeout": 20}
    functions.create_function(FunctionName=name, Role=role, Code={"ZipFile": zip_file}, **size)
    functions.get_waiter("function_active_v2").wait(FunctionName=name)
    log = base64.b64decode(functions.invoke(FunctionName=name, LogType="Tail")["LogResult"]).decode()
    starts_ms[what] = float(log.partition("Init Duration: ")[2].split()[0])
    functions.delete_function(FunctionName=name)

# %% tags=["experiment"]
charts.bars(starts_ms, title="Measured now, on your machine", xlabel="Init Duration, ms", unit="ms")

# %% [markdown]
# The bars are your machine's own times. What is imported counts, whether it is used or not, and it counts in each new
# environment: import what you need, and nothing else. The table imports nothing, but it is long, and Python compiles it anew
# at each start: the zip holds no compiled copy.
#
# On AWS the size of the package counts as well, for it has to be fetched. From measurements there:

# %% tags=["experiment"]
lab.experiment("package size")

# %% [markdown]
# Each line begins with what the program itself takes, and what the platform needs on top to make any environment. It climbs
# with every megabyte of the zip.
#
# How many calls does that hit? A week of the members' site, and of smaller ones with the same rhythm:

# %% tags=["experiment"]
lab.experiment("cold starts of a week")

# %% [markdown]
# The smaller the site, the more of its calls find nobody at home. Is that so in the wild? Five hundred functions, recorded
# at a large provider for eight hours:

# %% tags=["experiment"]
lab.experiment("real functions")

# %% [markdown]
# Who calls rarely waits always; who calls every minute hardly ever does.

# %% [markdown] deeper="7 min"
# #### Deeper: never cold
#
# *Provisioned concurrency* keeps so many environments ready, used or not. It belongs to a published version, to which an
# *alias* points. Two are kept ready; is the first call warm? (Again `lab.advance` saves you a minute's wait.)

# %% tags=["experiment"]
version = functions.publish_version(FunctionName="members")["Version"]
live = {"FunctionName": "members", "Qualifier": "live"}
functions.create_alias(FunctionName="members", Name="live", FunctionVersion=version)
functions.put_provisioned_concurrency_config(**live, ProvisionedConcurrentExecutions=2)
lab.advance(minutes=3)
print(functions.get_provisioned_concurrency_config(**live)["Status"])
log = functions.invoke(**live, Payload=b"{}", LogType="Tail")["LogResult"]
print(base64.b64decode(log).decode().strip().splitlines()[-1])
functions.delete_provisioned_concurrency_config(**live)
_ = functions.delete_alias(FunctionName="members", Name="live")

# %% [markdown]
# Had the environment started now, an *Init Duration* of its own would have made this call wait. How many does noon need,
# and what do they cost during the rest of the month?

# %% tags=["experiment"]
lab.experiment("provisioned")

# %% [markdown]
# The first few take away the cold starts of the quiet hours. For those of noon dozens are needed, and most of the month
# they stand idle: at that price the servers are back. (A schedule can raise the number before noon and lower it after.)

# %% [markdown] deeper="7 min"
# #### Deeper: the counter that counts wrongly
#
# A colleague counts visits in a global variable. In every test it works. Here it is beside a count in the table; then
# eighteen members come, six at a time. What will the two say?

# %% tags=["experiment"]
counting = """
import os, time
import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE"])
count = 0


def handler(event, context):
    global count
    count += 1
    add = {"UpdateExpression": "ADD visits :one", "ExpressionAttributeValues": {":one": 1}}
    kept = table.update_item(Key={"id": "visits"}, **add, ReturnValues="UPDATED_NEW")["Attributes"]
    time.sleep(0.2)
    return {"in the variable": count, "in the table": int(kept["visits"])}
"""
size = {"Runtime": "python3.13", "Handler": "app.handler", "MemorySize": 512, "Timeout": 20}
size["Environment"] = {"Variables": {"TABLE": "members"}}
functions.create_function(FunctionName="visits", Role=role, Code={"ZipFile": zipped(app=counting)}, **size)
functions.get_waiter("function_active_v2").wait(FunctionName="visits")

# %% tags=["experiment"]
from concurrent.futures import ThreadPoolExecutor


def visit(number):
    return json.loads(functions.invoke(FunctionName="visits")["Payload"].read())


with suppress(ClientError), ThreadPoolExecutor(6) as members:  # run again, the function is gone
    counts = list(members.map(visit, range(18)))
    for name in ("in the variable", "in the table"):
        print(name, sorted(each[name] for each in counts))
    dynamodb.delete_item(TableName="members", Key={"id": {"S": "visits"}})
    functions.delete_function(FunctionName="visits")

# %% [markdown]
# Each environment has a counter of its own, and takes it along when it goes. A function must be *stateless*: what is to be
# remembered stands in the table, where `ADD` counts for all.

# %% [markdown] deeper="12 min"
# #### Deeper: the zip with its library
#
# The gym's older data stands in MySQL, in a network of its own that no Internet reaches. The function has to join that
# network, and to bring the library that speaks MySQL: Python has none.

# %% tags=["experiment"]
ec2, rds = lab.client("ec2"), lab.client("rds")


def named(kind, name):
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}]}]


inner = ec2.create_vpc(CidrBlock="10.112.0.0/16", TagSpecifications=named("vpc", "members-net"))["Vpc"]["VpcId"]
rooms = []
for number, zone in enumerate("ac"):
    where = {"CidrBlock": f"10.112.{number}.0/24", "AvailabilityZone": lab.region + zone, "VpcId": inner}
    made = ec2.create_subnet(**where, TagSpecifications=named("subnet", f"inner-{zone}"))["Subnet"]
    rooms.append(made["SubnetId"])
groups = {}
for name in ("callers", "mysql"):
    tags = named("security-group", name)
    made = ec2.create_security_group(GroupName=name, Description=name, VpcId=inner, TagSpecifications=tags)
    groups[name] = made["GroupId"]

# %% tags=["experiment"]
mysql = {"IpProtocol": "tcp", "FromPort": 3306, "ToPort": 3306}
for name in ("callers", "mysql"):
    rule = mysql | {"UserIdGroupPairs": [{"GroupId": groups["callers"]}]}
    ec2.authorize_security_group_ingress(GroupId=groups[name], IpPermissions=[rule])
rds.create_db_subnet_group(DBSubnetGroupName="members", DBSubnetGroupDescription="two zones", SubnetIds=rooms)
password = lab.password("members-db")
size = {"DBInstanceClass": "db.t3.micro", "AllocatedStorage": 20, "StorageType": "gp3", "DBName": "gym"}
user = {"MasterUsername": "admin", "MasterUserPassword": password}
place = {"DBSubnetGroupName": "members", "VpcSecurityGroupIds": [groups["mysql"]]}
rds.create_db_instance(DBInstanceIdentifier="members-db", Engine="mysql", **size, **user, **place)
rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier="members-db")
address = rds.describe_db_instances(DBInstanceIdentifier="members-db")["DBInstances"][0]["Endpoint"]["Address"]

# %% [markdown]
# The function writes down each visit and counts. It goes up twice: first as the module alone, then with the folder of the
# library beside it in the zip.

# %% tags=["experiment"]
older = """
import os
import pymysql

login = {"host": os.environ["HOST"], "user": "admin", "password": os.environ["PASSWORD"], "database": "gym"}
held = []


def handler(event, context):
    while len(held) < event.get("connections", 1):
        held.append(pymysql.connect(**login, autocommit=True))
    with held[0].cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS visits (id INT AUTO_INCREMENT PRIMARY KEY, who VARCHAR(20))")
        cursor.execute("INSERT INTO visits (who) VALUES (%s)", (event.get("who", "Aoi"),))
        cursor.execute("SELECT COUNT(*) FROM visits")
        return {"visits": cursor.fetchone()[0], "connections": len(held)}
"""
reach = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
iam.attach_role_policy(RoleName="members-api", PolicyArn=reach)
inside = {"VpcConfig": {"SubnetIds": rooms, "SecurityGroupIds": [groups["callers"]]}, "Timeout": 20}
inside |= {"Runtime": "python3.13", "Handler": "app.handler", "MemorySize": 512}

# %% tags=["experiment"]
import pathlib

import pymysql

secrets = {"Variables": {"HOST": address, "PASSWORD": password}}
alone = zipped(app=older)
functions.create_function(FunctionName="older", Role=role, Code={"ZipFile": alone}, Environment=secrets, **inside)
functions.get_waiter("function_active_v2").wait(FunctionName="older")
folder = pathlib.Path(pymysql.__file__).parent
modules = {path.relative_to(folder.parent).with_suffix(""): path.read_text() for path in folder.rglob("*.py")}
library = {path.as_posix(): text for path, text in modules.items()}
for package in (alone, zipped(app=older, **library)):
    functions.update_function_code(FunctionName="older", ZipFile=package)
    functions.get_waiter("function_updated_v2").wait(FunctionName="older")
    print(len(package), "bytes:", functions.invoke(FunctionName="older")["Payload"].read().decode()[:120])

# %% [markdown]
# First an `ImportModuleError`: there is nobody to install anything. Then the rows are counted, over one connection that
# the environment keeps. (A library used by many functions can also lie in a *layer*. A password belongs in Secrets
# Manager; the next block does that.)

# %% [markdown] deeper="10 min"
# #### Deeper: the connection storm
#
# Each environment opens its own connection, and keeps it. At noon there are dozens of environments, on a great day
# hundreds. How many connections does a small database allow? (This block uses the database of the one before.) One call
# that asks for ever more:

# %% tags=["experiment"]
straight = {"Variables": {"HOST": address, "PASSWORD": password}}
functions.update_function_configuration(FunctionName="older", Environment=straight)
functions.get_waiter("function_updated_v2").wait(FunctionName="older")
for wanted in (20, 200):
    answer = functions.invoke(FunctionName="older", Payload=json.dumps({"connections": wanted}))
    print(wanted, "wanted:", answer["Payload"].read().decode()[:110])

# %% [markdown]
# *Too many connections*: each one takes memory, and a small class has little. The crowd of a great day, played with a
# connection for each environment, and with a proxy that lends a few connections to many:

# %% tags=["experiment"]
lab.experiment("connection storm")

# %% [markdown]
# Without the proxy those who find no connection fail at once, although the database is not half busy. (A proxy makes no
# database faster: were it full of work, callers would wait instead.)
#
# **RDS Proxy** stands in the same network, takes any number of connections, and shares those of the database among them.
# It logs in with the password that lies in *Secrets Manager*.

# %% tags=["experiment"]
login = json.dumps({"username": "admin", "password": password})
secret = lab.client("secretsmanager").create_secret(Name="members-db", SecretString=login)["ARN"]
trusts = trust.replace("lambda.amazonaws.com", "rds.amazonaws.com")
proxy_role = iam.create_role(RoleName="members-proxy", AssumeRolePolicyDocument=trusts)["Role"]["Arn"]
reads = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": secret}
reads = json.dumps({"Version": "2012-10-17", "Statement": [reads]})
iam.put_role_policy(RoleName="members-proxy", PolicyName="secret", PolicyDocument=reads)
proxy = {"DBProxyName": "members-proxy", "EngineFamily": "MYSQL", "RoleArn": proxy_role, "VpcSubnetIds": rooms}
proxy |= {"VpcSecurityGroupIds": [groups["callers"]], "Auth": [{"AuthScheme": "SECRETS", "SecretArn": secret}]}
rds.create_db_proxy(**proxy)
rds.register_db_proxy_targets(DBProxyName="members-proxy", DBInstanceIdentifiers=["members-db"])
lab.advance(minutes=15)  # on a real account: wait until describe_db_proxies says "available"
print(rds.describe_db_proxies(DBProxyName="members-proxy")["DBProxies"][0]["Status"])

# %% tags=["experiment"]
door = rds.describe_db_proxies(DBProxyName="members-proxy")["DBProxies"][0]["Endpoint"]
secrets = {"Variables": {"HOST": door, "PASSWORD": password}}
functions.update_function_configuration(FunctionName="older", Environment=secrets)
functions.get_waiter("function_updated_v2").wait(FunctionName="older")
answer = functions.invoke(FunctionName="older", Payload=b'{"connections": 200}')
print(answer["Payload"].read().decode()[:110])

# %% [markdown]
# The same two hundred, over the proxy: most of them are idle, and an idle client needs no connection of the database. Proxy
# and database are paid for while they stand, so away with them, and with what was made for them:

# %% tags=["experiment"]
with suppress(ClientError):  # run again, it finds nothing
    functions.delete_function(FunctionName="older")
    rds.deregister_db_proxy_targets(DBProxyName="members-proxy", DBInstanceIdentifiers=["members-db"])
    rds.delete_db_proxy(DBProxyName="members-proxy")
    rds.delete_db_instance(DBInstanceIdentifier="members-db", SkipFinalSnapshot=True)
    rds.get_waiter("db_instance_deleted").wait(DBInstanceIdentifier="members-db")
    lab.advance(minutes=30)  # on a real account: until proxy and function have given their network interfaces back
    rds.delete_db_subnet_group(DBSubnetGroupName="members")
    lab.client("secretsmanager").delete_secret(SecretId="members-db", ForceDeleteWithoutRecovery=True)
    iam.delete_role_policy(RoleName="members-proxy", PolicyName="secret")
    iam.delete_role(RoleName="members-proxy")
    iam.detach_role_policy(RoleName="members-api", PolicyArn=reach)

# %% tags=["experiment"]
with suppress(ClientError):  # run again, it finds nothing
    for name in ("callers", "mysql"):  # first the rules: each group's names the other
        rule = mysql | {"UserIdGroupPairs": [{"GroupId": groups["callers"]}]}
        ec2.revoke_security_group_ingress(GroupId=groups[name], IpPermissions=[rule])
    for name in ("mysql", "callers"):
        ec2.delete_security_group(GroupId=groups[name])
    for room in rooms:
        ec2.delete_subnet(SubnetId=room)
    _ = ec2.delete_vpc(VpcId=inner)

# %% [markdown] deeper="12 min"
# #### Deeper: the job that takes too long
#
# Once a month a report is made for every gym. What happens when a job is longer than it may be? To save your time, we give
# the API one second and the function two; by default they are twenty-nine and three.

# %% tags=["experiment"]
heavy = """
import time

def handler(event, context):
    if "Records" not in event:
        time.sleep(event.get("seconds", 1.5))
        return {"statusCode": 200, "body": "done", "gym": event.get("gym")}
    bad = [each["messageId"] for each in event["Records"] if each["body"] == "Kobe"]
    made = [each["body"] for each in event["Records"] if each["messageId"] not in bad]
    if made:
        print("made", made)
    return {"batchItemFailures": [{"itemIdentifier": each} for each in bad]}
"""
size = {"Runtime": "python3.13", "Handler": "app.handler", "MemorySize": 512, "Timeout": 2}
made = functions.create_function(FunctionName="report", Role=role, Code={"ZipFile": zipped(app=heavy)}, **size)
report_arn = made["FunctionArn"]
functions.get_waiter("function_active_v2").wait(FunctionName="report")
answer = functions.invoke(FunctionName="report", Payload=b'{"seconds": 5}')
print(answer["FunctionError"], answer["Payload"].read().decode())

# %% tags=["experiment"]
reports = apigateway.create_resource(restApiId=api_id, parentId=paths["/api"], pathPart="reports")["id"]
which = {"restApiId": api_id, "resourceId": reports, "httpMethod": "GET"}
apigateway.put_method(**which, authorizationType="NONE")
slow = backend | {"uri": invocation.replace(function_arn, report_arn), "timeoutInMillis": 1000}
apigateway.put_integration(**which, **slow)
arn = f"arn:aws:execute-api:{lab.region}:{account}:{api_id}/*/GET/api/reports"
may_call = {"FunctionName": "report", "StatementId": "api", "Action": "lambda:InvokeFunction", "SourceArn": arn}
functions.add_permission(**may_call, Principal="apigateway.amazonaws.com")
deployment = apigateway.create_deployment(restApiId=api_id, description="reports")["id"]
apigateway.create_stage(restApiId=api_id, stageName="slow", deploymentId=deployment)
display(lab.http(f"https://{api_host}/slow/api/reports"))
apigateway.delete_stage(restApiId=api_id, stageName="slow")
_ = apigateway.delete_resource(restApiId=api_id, resourceId=reports)

# %% [markdown]
# The API gives up, and the caller never hears that the function finished. **The book says / today** (November 2026): a
# function may run for fifteen minutes, and no setting makes it longer. API Gateway's twenty-nine seconds are a default
# since June 2024: for regional APIs AWS raises them on request.
#
# The cure is not to wait. First cure: a *queue* takes the order at once; Lambda fetches messages in *batches*. Who fails is
# named one by one, and after a second failure put aside in a *dead-letter queue*.

# %% tags=["experiment"]
sqs = lab.client("sqs")
aside = sqs.create_queue(QueueName="reports-failed")["QueueUrl"]
aside_arn = sqs.get_queue_attributes(QueueUrl=aside, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
rules = {"deadLetterTargetArn": aside_arn, "maxReceiveCount": 2}
rules = {"VisibilityTimeout": "30", "RedrivePolicy": json.dumps(rules)}
queue = sqs.create_queue(QueueName="reports", Attributes=rules)["QueueUrl"]
queue_arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
reach = "arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole"
iam.attach_role_policy(RoleName="members-api", PolicyArn=reach)
source = {"EventSourceArn": queue_arn, "FunctionResponseTypes": ["ReportBatchItemFailures"], "BatchSize": 4}
functions.create_event_source_mapping(FunctionName="report", **source)
lab.advance(minutes=1)
for gym in ("Sendai", "Chiba", "Kobe", "Naha", "Otaru"):
    sqs.send_message(QueueUrl=queue, MessageBody=gym)
lab.advance(minutes=5)  # on a real account: wait as long
print("aside:", sqs.receive_message(QueueUrl=aside)["Messages"][0]["Body"])

# %% tags=["experiment"]
for event in lab.client("logs").filter_log_events(logGroupName="/aws/lambda/report", filterPattern="made")["events"]:
    print(event["message"].strip())

# %% [markdown]
# Four reports are made, each once. Kobe's is tried twice and then stands aside, where somebody can look at it; it took
# none of its batch along. How long do three hundred real ones take?

# %% tags=["experiment"]
lab.experiment("backlog")

# %% [markdown]
# The queue holds what comes; how many are worked on at a time is yours to say. With a hundred at a time, three rounds of
# four minutes would do: the rest is the wait of those that failed. The queue shows a message again only when its *visibility
# time-out* is over, fifteen minutes here; it has to be longer than the job.
#
# Second cure, for one job that is longer than any function may run: cut it into steps. *Step Functions* keeps its place
# between them, also over a wait of twenty minutes in which no code runs and nothing is paid.

# %% tags=["experiment"]
machines = lab.client("stepfunctions")
make = {"Type": "Task", "Resource": report_arn, "End": True}
each = {"StartAt": "Make", "States": {"Make": make}}
gyms = [{"gym": gym, "seconds": 0.1} for gym in ("Sendai", "Chiba", "Naha")]
states = {
    "Orders": {"Type": "Pass", "Result": gyms, "Next": "Settle"},
    "Settle": {"Type": "Wait", "Seconds": 1200, "Next": "Reports"},
    "Reports": {"Type": "Map", "Iterator": each, "End": True},
}
trusts = trust.replace("lambda.amazonaws.com", "states.amazonaws.com")
states_role = iam.create_role(RoleName="members-reports", AssumeRolePolicyDocument=trusts)["Role"]["Arn"]
may = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": report_arn}
may = json.dumps({"Version": "2012-10-17", "Statement": [may]})
_ = iam.put_role_policy(RoleName="members-reports", PolicyName="call", PolicyDocument=may)

# %% tags=["experiment"]
definition = json.dumps({"StartAt": "Orders", "States": states})
made = machines.create_state_machine(name="members-reports", definition=definition, roleArn=states_role)
running = machines.start_execution(stateMachineArn=made["stateMachineArn"])["executionArn"]
for minutes in (1, 20):
    lab.advance(minutes=minutes)
    seen = machines.describe_execution(executionArn=running)
    print(f"{minutes} minutes later:", seen["status"], seen.get("output", ""))

# %% [markdown]
# The three reports are made, after a wait that cost nothing. Away with it all:

# %% tags=["experiment"]
with suppress(ClientError):  # run again, it finds nothing
    machines.delete_state_machine(stateMachineArn=made["stateMachineArn"])
    iam.delete_role_policy(RoleName="members-reports", PolicyName="call")
    iam.delete_role(RoleName="members-reports")
    for mapping in functions.list_event_source_mappings(FunctionName="report")["EventSourceMappings"]:
        functions.delete_event_source_mapping(UUID=mapping["UUID"])
    functions.delete_function(FunctionName="report")
    for each in (queue, aside):
        sqs.delete_queue(QueueUrl=each)
    _ = iam.detach_role_policy(RoleName="members-api", PolicyArn=reach)

# %% [markdown] deeper="9 min"
# #### Deeper: the same site on servers
#
# Two servers in two zones and a load balancer before them: what API Gateway and Lambda stand in for. Build them, and send
# the same day. Which is faster, which loses more, which costs more?

# %% tags=["experiment"]
ec2, elbv2 = lab.client("ec2"), lab.client("elbv2")


def tagged(kind, name):
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}]}]


outer = ec2.create_vpc(CidrBlock="10.12.0.0/16", TagSpecifications=tagged("vpc", "servers"))["Vpc"]["VpcId"]
gate = ec2.create_internet_gateway(TagSpecifications=tagged("internet-gateway", "servers-gate"))["InternetGateway"]
ec2.attach_internet_gateway(InternetGatewayId=gate["InternetGatewayId"], VpcId=outer)
way_out = ec2.create_route_table(VpcId=outer, TagSpecifications=tagged("route-table", "servers-out"))["RouteTable"]
way_out = way_out["RouteTableId"]
ec2.create_route(RouteTableId=way_out, DestinationCidrBlock="0.0.0.0/0", GatewayId=gate["InternetGatewayId"])
halls = []
for number, zone in enumerate("ac"):
    where = {"CidrBlock": f"10.12.{number}.0/24", "AvailabilityZone": lab.region + zone, "VpcId": outer}
    made = ec2.create_subnet(**where, TagSpecifications=tagged("subnet", f"hall-{zone}"))["Subnet"]
    halls.append(made["SubnetId"])
    ec2.associate_route_table(RouteTableId=way_out, SubnetId=halls[-1])

# %% tags=["experiment"]
tags = tagged("security-group", "servers-web")
web = ec2.create_security_group(GroupName="servers-web", Description="HTTP", VpcId=outer, TagSpecifications=tags)
rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
ec2.authorize_security_group_ingress(GroupId=web["GroupId"], IpPermissions=[rule])
parameter = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
image = lab.client("ssm").get_parameter(Name=parameter)["Parameter"]["Value"]
script = "#!/bin/bash\ndnf install -y httpd\necho Welcome > /var/www/html/index.html\nsystemctl enable --now httpd\n"
servers = []
for number, hall in enumerate(halls, 1):
    door = {"DeviceIndex": 0, "SubnetId": hall, "Groups": [web["GroupId"]], "AssociatePublicIpAddress": True}
    one = {"InstanceType": "t3.small", "MinCount": 1, "MaxCount": 1, "NetworkInterfaces": [door]}
    one["TagSpecifications"] = tagged("instance", f"server-{number}")
    servers.append(ec2.run_instances(ImageId=image, UserData=script, **one)["Instances"][0]["InstanceId"])
ec2.get_waiter("instance_status_ok").wait(InstanceIds=servers)

# %% tags=["experiment"]
made = elbv2.create_load_balancer(Name="members-alb", Subnets=halls, SecurityGroups=[web["GroupId"]])
balancer = made["LoadBalancers"][0]
made = elbv2.create_target_group(Name="members-servers", Protocol="HTTP", Port=80, VpcId=outer)
target_arn = made["TargetGroups"][0]["TargetGroupArn"]
elbv2.register_targets(TargetGroupArn=target_arn, Targets=[{"Id": each} for each in servers])
forward = [{"Type": "forward", "TargetGroupArn": target_arn}]
balancer_arn = balancer["LoadBalancerArn"]
elbv2.create_listener(LoadBalancerArn=balancer_arn, Protocol="HTTP", Port=80, DefaultActions=forward)
elbv2.get_waiter("target_in_service").wait(TargetGroupArn=target_arn)
lab.http(f"http://{balancer['DNSName']}/")

# %% tags=["experiment"]
lab.experiment("servers")

# %% [markdown]
# Look at p95 in ordinary hours: the slowest are calls, and those the servers answer sooner, for a whole processor works for
# each, and nobody stands in between. (The usual answer, p50, is a page, which the edge has near.) At noon the servers are
# full, and for minutes about half of what comes is lost. They cost the same idle or full, and here they cost more. Away with
# them:

# %% tags=["experiment"]
with suppress(ClientError):  # run again, it finds nothing
    elbv2.delete_load_balancer(LoadBalancerArn=balancer_arn)
    elbv2.get_waiter("load_balancers_deleted").wait(LoadBalancerArns=[balancer_arn])
    elbv2.delete_target_group(TargetGroupArn=target_arn)
    ec2.terminate_instances(InstanceIds=servers)
    ec2.get_waiter("instance_terminated").wait(InstanceIds=servers)
    ec2.delete_security_group(GroupId=web["GroupId"])
    for hall in halls:
        ec2.delete_subnet(SubnetId=hall)
    ec2.delete_route_table(RouteTableId=way_out)
    ec2.detach_internet_gateway(InternetGatewayId=gate["InternetGatewayId"], VpcId=outer)
    ec2.delete_internet_gateway(InternetGatewayId=gate["InternetGatewayId"])
    _ = ec2.delete_vpc(VpcId=outer)

# %% [markdown] deeper="7 min"
# #### Deeper: three stages, one function?
#
# `stg` and `prod` call the same code so far: a change reaches both at once. A *version* is a copy that never changes, an
# *alias* a name that points to one. The stage says, by a variable, which alias it calls.

# %% tags=["experiment"]
first = functions.publish_version(FunctionName="members")["Version"]
with suppress(ClientError):  # run again, they are there
    functions.create_alias(FunctionName="members", Name="prod", FunctionVersion=first)
    functions.create_alias(FunctionName="members", Name="stg", FunctionVersion="$LATEST")
may_call = {"StatementId": "api", "Action": "lambda:InvokeFunction", "FunctionName": "members"}
may_call["SourceArn"] = f"arn:aws:execute-api:{lab.region}:{account}:{api_id}/*/*/api/users*"
for alias in ("prod", "stg"):
    functions.add_permission(**may_call, Qualifier=alias, Principal="apigateway.amazonaws.com")
which = {"restApiId": api_id, "resourceId": paths["/api/users/{id}"], "httpMethod": "GET"}
by_alias = invocation.replace(function_arn, f"{function_arn}:${{stageVariables.name}}")
apigateway.put_integration(**which, **(backend | {"uri": by_alias}))
for stage in ("stg", "prod"):
    apigateway.create_deployment(restApiId=api_id, stageName=stage, description=f"aliases {stage}")
functions.update_function_code(FunctionName="members", ZipFile=zipped(app=code.replace('"member": item', '"user": item')))
functions.get_waiter("function_updated_v2").wait(FunctionName="members")
for stage in ("stg", "prod"):
    print(stage, lab.http(f"https://{api_host}/{stage}/api/users/42").text)

# %% [markdown]
# `stg` runs the changed code, `prod` the version it was tested with. To release, the alias moves, and if it was wrong, it
# moves back. Here we take the change back and let both call the function again.

# %% tags=["experiment"]
functions.update_function_code(FunctionName="members", ZipFile=zipped(app=code))
functions.get_waiter("function_updated_v2").wait(FunctionName="members")
apigateway.put_integration(**which, **backend)
for stage in ("stg", "prod"):
    apigateway.create_deployment(restApiId=api_id, stageName=stage, description=f"as before {stage}")
    functions.delete_alias(FunctionName="members", Name=stage)
with suppress(ClientError):  # run again, it finds nothing
    functions.delete_function(FunctionName="members", Qualifier=first)

# %% [markdown] deeper="9 min"
# #### Deeper: what else can call a function?
#
# A function waits for an *event*. An HTTP request is one kind. Here are three others: a file that arrives in the bucket, a
# change of the table, and the time of day. All are heard by one function; how does it know which it is?

# %% tags=["experiment"]
hears = """
import json

def handler(event, context):
    one = event.get("Records", [event])[0]
    print("heard", one.get("eventSource") or one.get("source") or json.dumps(one))
"""
size = {"Runtime": "python3.13", "Handler": "app.handler", "Timeout": 5}
made = functions.create_function(FunctionName="ear", Role=role, Code={"ZipFile": zipped(app=hears)}, **size)
functions.get_waiter("function_active_v2").wait(FunctionName="ear")
ear = made["FunctionArn"]
events = lab.client("events")
timer = events.put_rule(Name="members-evening", ScheduleExpression="rate(1 hour)")["RuleArn"]
may = {"FunctionName": "ear", "Action": "lambda:InvokeFunction"}
functions.add_permission(**may, StatementId="s3", Principal="s3.amazonaws.com", SourceArn=f"arn:aws:s3:::{bucket}")
functions.add_permission(**may, StatementId="timer", Principal="events.amazonaws.com", SourceArn=timer)
_ = events.put_targets(Rule="members-evening", Targets=[{"Id": "ear", "Arn": ear}])

# %% tags=["experiment"]
filed = {"LambdaFunctionArn": ear, "Events": ["s3:ObjectCreated:*"]}
s3.put_bucket_notification_configuration(
    Bucket=bucket, NotificationConfiguration={"LambdaFunctionConfigurations": [filed]}
)
reach = "arn:aws:iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole"
iam.attach_role_policy(RoleName="members-api", PolicyArn=reach)
flow = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
with suppress(ClientError):  # run again, it is on
    dynamodb.update_table(TableName="members", StreamSpecification=flow)
stream = dynamodb.describe_table(TableName="members")["Table"]["LatestStreamArn"]
dynamodb.get_waiter("table_exists").wait(TableName="members")
at_end = {"EventSourceArn": stream, "StartingPosition": "LATEST"}
mapping = functions.create_event_source_mapping(FunctionName="ear", **at_end)["UUID"]
lab.advance(minutes=1)
s3.put_object(Bucket=bucket, Key="photo.jpg", Body=b"a picture")
dynamodb.put_item(TableName="members", Item={"id": {"S": "43"}, "name": {"S": "Riku"}})
lab.advance(hours=1)  # on a real account: wait for the hour
for event in lab.client("logs").filter_log_events(logGroupName="/aws/lambda/ear", filterPattern="heard")["events"]:
    print(event["message"].strip())

# %% [markdown]
# Nobody asked; each of them *told* the function, and none waits for its answer. What fails is tried again, so code that is
# called by events has to bear being called twice. Now end it all, or it goes on every hour:

# %% tags=["experiment"]
with suppress(ClientError):  # run again, it finds nothing
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={})
    s3.delete_object(Bucket=bucket, Key="photo.jpg")
    dynamodb.delete_item(TableName="members", Key={"id": {"S": "43"}})
    functions.delete_event_source_mapping(UUID=mapping)
    dynamodb.update_table(TableName="members", StreamSpecification={"StreamEnabled": False})
    events.remove_targets(Rule="members-evening", Ids=["ear"])
    events.delete_rule(Name="members-evening")
    _ = functions.delete_function(FunctionName="ear")

# %% [markdown]
# ### Checkpoint and clean-up
#
# You have built a site that nobody has to keep awake, seen it grow by itself up to a limit, and found the number of calls
# at which it becomes the dearer way.
#
# Answer for yourself, then unfold: three things are said for each call of an API: which? Who waits for a cold start? What
# makes a site dear that nobody calls?
#
# <details><summary>Answers</summary>Resource path, method, backend. The call for which no environment is free: the first,
# and each one that comes while all are busy. Hardly anything here; servers, which stand idle at the same price.</details>

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
# A node is lost with two of the three pods. After how many seconds are three ready again? And nodes come and go with the
# load of the day: how many at most?

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
# (`python3 course.py env` does the same for `kubectl`, where you have it.)
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
# hardly used one back. EKS does not bring it: it is a workload like any other. It uses the role of its node, which only the
# node's own network reaches (`hostNetwork`). (Its official manifest lists finer rights.)

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
scaler = {"name": "scaler", "image": "registry.k8s.io/autoscaling/cluster-autoscaler:v1.34.0", "command": run}
scaler["resources"] = {"requests": {"cpu": "100m", "memory": "300Mi"}}
inside = {"serviceAccountName": me["name"], "hostNetwork": True, "containers": [scaler]}
template = {"metadata": {"labels": {"app": "scaler"}}, "spec": inside}
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
kind = {"service.beta.kubernetes.io/aws-load-balancer-type": "nlb"}
core.create_namespaced_service("shop", {"metadata": {"name": "catalog", "annotations": kind}, "spec": service})
while not (ingress := core.read_namespaced_service("catalog", "shop").status.load_balancer.ingress):
    lab.advance(seconds=5)
lab.client("elbv2").get_waiter("load_balancer_available").wait()
url = f"http://{ingress[0].hostname}/"
lab.http(url)

# %% tags=["check"]
lab.check("p13-built")

# %% [markdown] tags=["instructor"]
# Twelve minutes. Who is late runs `lab.catch_up()`. Let one person delete a pod and say what came back.

# %% [markdown]
# ### Load, break, heal
#
# First a computer dies, live, while somebody asks for a page every three seconds. Two of the three pods stand on it. Who
# notices, who makes new pods, and who brings a new machine? (Breaking, and watching in a second what takes minutes, is the
# embedded AWS's. In an account of your own you would terminate the instance, and wait.)

# %% tags=["experiment"]
nodes = {each.metadata.name: each.spec.provider_id.rpartition("/")[2] for each in core.list_node().items}
full = [each.spec.node_name for each in core.list_namespaced_pod("shop", label_selector="app=catalog").items]
lab.break_instance(nodes[max(nodes, key=full.count)])
broken_at = lab.session.now()
lab.experiment("watch", lab.session, core, url, seconds=135, title="A node dies")

# %% [markdown]
# For most of a minute requests that go to the lost node fail: nobody has noticed yet. Then Kubernetes calls the node
# *NotReady*, and the service leaves its pods out: the site is well again, with fewer pods. The Auto Scaling group meanwhile
# sees a failed status check and replaces the machine; with the old one its pods go, and EKS at once makes others where there
# is room. (On AWS the status check may take some minutes more, and the load balancer's own health check leaves a dead target
# out, too: not so here. Without a node group that replaces, Kubernetes waits five minutes: the machine might come back.)
#
# Now a release, watched in the same way:

# %% tags=["experiment"]
newer = {"spec": {"template": {"spec": {"containers": [{"name": "catalog", "env": [{"name": "VERSION", "value": "2"}]}]}}}}
pods = core.list_namespaced_pod("shop", label_selector="app=catalog").items
ready_at = [seen.last_transition_time.timestamp() for pod in pods for seen in pod.status.conditions if seen.type == "Ready"]
apps.patch_namespaced_deployment("catalog-pods", "shop", newer)
lab.experiment("watch", lab.session, core, url, seconds=24, every_s=1.5, title="A release")

# %% [markdown]
# Blue gives way to green, pod by pod. One more than wanted is started (`maxSurge`), and an old one goes only when a new one
# is ready (`maxUnavailable`): the ready ones are never fewer than three. Everybody is answered, first by the old version,
# then by either, then by the new one.
#
# And a day, midnight to midnight. In the evening a book is named on television:

# %% tags=["experiment"]
day = lab.run()
charts.cluster(day, title="A day of the bookshop", target=60)

# %% [markdown]
# Two scalers above each other. As use goes over the target, the *pod autoscaler* wants more pods. When no node has room for
# one, it is *pending*, and the *node autoscaler* asks for a machine, which takes a minute to come. Going down takes its time,
# on purpose: a quarter of an hour later the rush might be back. The closer look shows who waits for what. Look at the response times of that hour, and at the small
# failures below, each time that the number of pods falls.

# %% [markdown]
# ### Bill and one decision

# %% tags=["experiment"]
display(lab.score(back_after_s=max(ready_at) - broken_at, most_nodes=int(day.cluster.nodes.max())))
display(lab.bill(day))
lab.explore(
    "nodes or Fargate",
    question="Which pods are cheaper on Fargate, even when they run all the time?",
    cpu_m=(50, 1000, 50),
    memory_mib=(128, 3840, 128),
    pods=(4, 48, 4),
)

# %% [markdown]
# The line that goes up is paid by the pod, the flat one by the machine, full or empty. Where they cross, both cost the same:
# pods that run less than that are cheaper on Fargate. Halve the memory: the lines no longer cross, since the nodes, full of
# CPU, are half empty of it. Tiny pods are dear on Fargate, which rounds them up.

# %% [markdown] tags=["exercise"] exercise="p13-e1"
# **Exercise 1.** On an evening like that a team releases at nine. Two lines of the brief do not hold: requests get lost with
# every pod that ends, and answers are late. Change the Deployment `catalog-pods` (and the autoscaler, if you like) with
# `patch_namespaced_...` until both hold, within the budget. The check plays the evening on what you built; what it says
# tells you where to look.

# %% tags=["exercise"] exercise="p13-e1"
# Your calls here.

# %% tags=["solution"] exercise="p13-e1"
better = {
    "name": "catalog",
    "lifecycle": {"preStop": {"sleep": {"seconds": 5}}},
    "resources": {"requests": {"cpu": "500m"}, "limits": {"cpu": "1000m"}},
}
mended = {"spec": {"template": {"spec": {"containers": [better]}}}}
_ = apps.patch_namespaced_deployment("catalog-pods", "shop", mended)

# %% tags=["check"] exercise="p13-e1"
lab.check("p13-e1")

# %% [markdown] deeper="7 min"
# #### Deeper: what does EKS keep away from you?
#
# Kubernetes has servers of its own, the *masters* (today: the control plane): an API, a scheduler, and a database (etcd) that
# knows everything and needs a majority. On instances of your own you have to keep them available and back them up. Is that
# cheaper?

# %% tags=["experiment"]
lab.experiment("own masters")

# %% [markdown]
# Three masters of your own can be away for fewer hours than AWS promises: AWS states what it pays for, not what it
# delivers. But look at the hours of work. They are a model, with its assumptions in `aws14.sim.control_plane`: upgrades three
# times a year, patches and backups each month, four hours for each master that dies. Change them
# (`lab.experiment("own masters", upgrades_a_year=1, usd_an_hour=20)`), and see when you would decide otherwise. While a
# control plane is away, what runs goes on running; nothing new starts.

# %% [markdown] deeper="8 min"
# #### Deeper: who does what?
#
# EKS *orchestrates*: it decides what runs where, how often, in which version. EC2 or Fargate *provision*: they bring the
# machine and run the container. A machine dies, load rises, a version is released. Who acts?

# %% tags=["experiment"]
lab.experiment("roles")

# %% [markdown]
# EKS does the same on both. Nodes are there already, so that pods start at once while there is room; then a machine takes a
# minute. On Fargate each pod waits for its machine, but no machine holds more than one pod: less is lost with it. There
# *machines* counts the pods: one comes with each, while nodes grow only when all are full.
#
# Kubernetes writes down who did what, and keeps it for an hour; so does the Auto Scaling group, for weeks:

# %% tags=["experiment"]
told = [(each.last_timestamp, each.source.component, each.reason) for each in core.list_event_for_all_namespaces().items]
for component, reason in sorted({each[1:] for each in told if each[0]}):
    print(f"{component or '':28}{reason}")
activities = lab.client("autoscaling").describe_scaling_activities()["Activities"]
for each in activities[:4]:
    print(f"{'Auto Scaling group':28}{each['Description']}")

# %% [markdown]
# **The book says / today.** The book counts *making and versioning container images* among EKS's roles. Today others do
# that: CodeBuild makes an image (chapter 4), ECR keeps it under a tag. EKS takes an image by its name, runs it, and
# throws the container away. What EKS does keep are versions of the *workload*, as you will see when one is taken back.

# %% [markdown] deeper="8 min"
# #### Deeper: a workload is a container and a policy
#
# Resources are one part of the policy, the schedule is another. A report is made once an hour; nobody wants to keep a
# machine for it. In the namespace `batch` a pod gets a machine of its own, from Fargate. When does that machine exist?

# %% tags=["experiment"]
batch = k8s.BatchV1Api(api)
report = {"name": "report", "image": container["image"], "command": ["python", "-c", "print('42 orders')"]}
report["resources"] = {"requests": {"cpu": "250m", "memory": "256Mi"}}
job = {"template": {"spec": {"restartPolicy": "Never", "containers": [report]}}}
hourly = {"schedule": "0 * * * *", "timeZone": "Asia/Tokyo", "jobTemplate": {"spec": job}}
batch.create_namespaced_cron_job("batch", {"metadata": {"name": "report"}, "spec": hourly})
lab.advance(minutes=65)
for each in core.list_namespaced_pod("batch", field_selector="status.phase=Succeeded").items:
    print(each.metadata.name, each.status.phase, "on", each.spec.node_name)
    print(core.read_namespaced_pod_log(each.metadata.name, "batch"))
batch.delete_namespaced_cron_job("report", "batch")
[each.metadata.name for each in core.list_node().items]

# %% [markdown]
# The pod ran on a node called `fargate-...`, which is paid for while the pod runs. The two EC2 nodes had nothing to do with
# it. (A pod that is over keeps its name until its job is deleted; its bill ended with the program.)

# %% [markdown] deeper="8 min"
# #### Deeper: two containers in one pod
#
# One program writes orders, another ships them. Put both into one pod, and they share `localhost` and a volume. Will the
# second find the first when it stands in a pod of its own?

# %% tags=["experiment"]
ship = """
import pathlib, urllib.request
ways = {"localhost": lambda: urllib.request.urlopen("http://127.0.0.1:9000/order.txt").read().decode(),
        "volume": lambda: pathlib.Path("/data/order.txt").read_text()}
for name, way in ways.items():
    try:
        print(name, "->", way().strip(), flush=True)
    except OSError as error:
        print(name, "->", getattr(error, "reason", error.strerror), flush=True)
"""
core.create_namespaced_config_map("shop", {"metadata": {"name": "ship"}, "data": {"ship.py": ship}})
write = "echo order 42 > /data/order.txt; python -m http.server 9000 --bind 127.0.0.1 --directory /data"
mounts = [{"name": "data", "mountPath": "/data"}, {"name": "ship", "mountPath": "/app"}]
parts = {"writer": write, "shipper": "sleep 2; python /app/ship.py"}
parts = [{"name": name, "image": container["image"], "command": ["sh", "-c", run], "volumeMounts": mounts} for name, run in parts.items()]
volumes = [{"name": "data", "emptyDir": {}}, {"name": "ship", "configMap": {"name": "ship"}}]
for name, containers in {"orders": parts, "shipper-alone": parts[1:]}.items():
    spec = {"containers": containers, "volumes": volumes, "restartPolicy": "Never"}
    core.create_namespaced_pod("shop", {"metadata": {"name": name}, "spec": spec})

# %% tags=["experiment"]
lab.advance(seconds=60)
for name in ("orders", "shipper-alone"):
    print(name, core.read_namespaced_pod(name, "shop").status.pod_ip)
    print(core.read_namespaced_pod_log(name, "shop", container="shipper"))

# %% [markdown]
# In one pod: one address, one `localhost`, one volume; they are placed together, and they die together. In two pods: two
# addresses, and a volume of its own for each. What must scale on its own belongs into a pod of its own; a helper that is of
# no use alone belongs beside its program.

# %% [markdown] deeper="6 min"
# #### Deeper: a release that is broken
#
# A tag that does not exist, typed late in the evening. How many readers notice?

# %% tags=["experiment"]
wrong = {"name": "catalog", "image": "public.ecr.aws/docker/library/python:3.99-slim"}
wrong["env"] = [{"name": "VERSION", "value": "3"}]
broken = {"spec": {"template": {"spec": {"containers": [wrong]}}}}
apps.patch_namespaced_deployment("catalog-pods", "shop", broken)
lab.experiment("watch", lab.session, core, url, seconds=45, title="A release that cannot start")

# %% [markdown]
# Nobody. It gets stuck at its first pod, *not ready*, and the old ones go on serving. What went wrong stands in the events:

# %% tags=["experiment"]
for each in core.list_namespaced_event("shop", field_selector="type=Warning").items:
    if "3.99" in each.message:
        print(each.reason, "-", each.message)

# %% [markdown]
# EKS keeps the versions of a *workload* as ReplicaSets, one for each. Put the template of the last one that works back:
# `kubectl rollout undo` does nothing else.

# %% tags=["experiment"]
kept = apps.list_namespaced_replica_set("shop", label_selector="app=catalog").items
for each in kept:
    revision = each.metadata.annotations["deployment.kubernetes.io/revision"]
    print("revision", revision, "wants", each.spec.replicas, "ready", each.status.ready_replicas or 0)
works = max(kept, key=lambda each: each.status.ready_replicas or 0)
before = api.sanitize_for_serialization(works.spec.template)
before["metadata"]["labels"].pop("pod-template-hash")
put_back = [{"op": "replace", "path": "/spec/template", "value": before}]
apps.patch_namespaced_deployment("catalog-pods", "shop", put_back)
lab.experiment("watch", lab.session, core, url, seconds=30, title="Put back")

# %% [markdown]
# The pod that could not start is gone, and nothing else has changed.

# %% [markdown] deeper="6 min"
# #### Deeper: a release, a hundred times a second
#
# A request every three seconds does not see everything. What do those meet that come a hundred times a second?

# %% tags=["experiment"]
lab.experiment("release")

# %% [markdown]
# Without a *readiness probe* a pod gets requests while its program still starts. With it, few are lost: those that come to
# an ending pod before everybody has heard of it. *preStop* lets it serve on for a moment. The first new pod comes late each
# time: its image is fetched, its program reads its index, and the probe asks only every few seconds. A version that never
# answers gets no request at all, until somebody puts the old one back.

# %% [markdown] deeper="6 min"
# #### Deeper: the autoscaler, live
#
# Real load makes real processes busy; this machine has not enough of them. So we tell the pods how busy they are, and watch
# the real autoscaler decide on it, minute by minute. Two CPUs of work at sixty percent of a request: how many pods?

# %% tags=["experiment"]
lab.load_pods("shop/catalog-pods", cluster="books", cores=2.0)
for minute in range(8):
    lab.advance(minutes=1)
    now = autoscaling.read_namespaced_horizontal_pod_autoscaler("catalog-autoscaler", "shop").status
    use = now.current_metrics[0].resource.current.average_utilization if now.current_metrics else None
    print(f"{minute + 1} min: {use} % of the request, {now.current_replicas} pods, wants {now.desired_replicas}")
asked = core.list_namespaced_pod("shop", label_selector="app=catalog").items[0].spec.containers[0].resources.requests["cpu"]
each = int(asked.removesuffix("m")) * 0.60
print(f"2000m of work / ({asked} x 60 %) = {2000 / each:.1f} pods")
lab.load_pods("shop/catalog-pods", cluster="books", cores=0.0)
lab.advance(minutes=20)
autoscaling.read_namespaced_horizontal_pod_autoscaler("catalog-autoscaler", "shop").status.desired_replicas

# %% [markdown]
# *Wanted = pods × use ÷ target*, rounded up, looked at every quarter of a minute. The last line works it out: what all pods
# use together, divided by what one may use. (Who solved exercise 1 has larger requests, and fewer pods.) *Use* is
# measured, and some seconds old: the first line still tells of fewer ready pods, each with more of the work. Up it goes at
# once; down only when it has wanted less for five minutes.

# %% [markdown] deeper="8 min"
# #### Deeper: requests set wrong
#
# The scheduler counts what pods *request*, not what they use. What if somebody asks for too much, or too little? Sixteen
# pods, two nodes:

# %% tags=["experiment"]
lab.experiment("requests")

# %% [markdown]
# Too much: most pods wait while the nodes idle. As used: what has no room waits, and a machine is fetched for it. Too little:
# all find a place, so no machine comes, and when memory runs out, those that use more than they asked for are *evicted*.
#
# Live, a pod that no machine of the group could ever hold:

# %% tags=["experiment"]
greedy = {"name": "greedy", "image": container["image"], "command": ["sleep", "3600"]}
greedy["resources"] = {"requests": {"cpu": "4"}}
core.create_namespaced_pod("shop", {"metadata": {"name": "greedy"}, "spec": {"containers": [greedy]}})
lab.advance(minutes=1)
print(core.read_namespaced_pod("greedy", "shop").status.phase)
for each in core.list_namespaced_event("shop", field_selector="involvedObject.name=greedy").items:
    print(each.source.component, "-", each.reason, "-", each.message)
_ = core.delete_namespaced_pod("greedy", "shop")

# %% [markdown]
# No machine comes, since none of the group would help: the pod would wait for ever. Ask for less, or have a group of larger
# machines.

# %% [markdown] deeper="8 min"
# #### Deeper: nodes or Fargate?
#
# On nodes you pay for machines, full or empty; on Fargate for each pod, rounded up. The services of all five teams:

# %% tags=["experiment"]
lab.experiment("packing")

# %% [markdown]
# The nodes are full of CPU and nearly empty of memory, which is paid for all the same: Fargate is cheaper, as the title
# says. `c5.xlarge` has half the memory for each CPU: it gains most of the difference, not all of it. Fargate has no such
# gaps, and no machines to patch. It has no DaemonSets and no privileged pods either, and each pod waits for its machine.

# %% [markdown] deeper="6 min"
# #### Deeper: what does EKS see?
#
# The second part of EKS's role is monitoring: how much is used, and whether the containers are well. Four places to look:

# %% tags=["experiment"]
for each in k8s.CustomObjectsApi(api).list_cluster_custom_object("metrics.k8s.io", "v1beta1", "nodes")["items"]:
    print("metrics", each["metadata"]["name"], each["usage"])
one = core.list_namespaced_pod("shop", label_selector="app=catalog").items[0]
for each in one.status.conditions:
    print("condition", each.type, each.status, each.last_transition_time)
print("log", core.read_namespaced_pod_log(one.metadata.name, "shop", tail_lines=2))
for each in core.list_namespaced_event("shop", field_selector=f"involvedObject.name={one.metadata.name}").items:
    print("event", each.reason, "-", each.message)

# %% [markdown]
# *Metrics* say how much (from `metrics-server`, which the autoscaler reads, too). *Conditions* say how it is; probes decide
# them. *Logs* are what the program printed. *Events* are what was done to it; they are kept for an hour, so that whoever
# wants to know tomorrow sends them to CloudWatch.

# %% [markdown] deeper="5 min"
# #### Deeper: why is this box here?
#
# Take each away, on paper, and ask the same hours again. What is lost?

# %% tags=["experiment"]
lab.experiment("why")

# %% [markdown]
# Each line names a component, and what no longer holds without it.

# %% [markdown]
# ### Checkpoint and clean-up
#
# Answer for yourself, then unfold: what does EKS run, and what do EC2 and Fargate? Who brings back a pod whose node is lost?
# Why does a release with probes lose no request?
#
# <details><summary>Answers</summary>EKS the control plane, which decides where containers run; EC2 and Fargate the containers
# themselves. The Deployment's controller: one is missing, so another is made. An old pod goes only when a new one says that it
# is ready.</details>

# %% tags=["cleanup"]
lab.clean_up()

# %% [markdown]
# ## Take-away
#
# - **A function** runs only while somebody waits for it; a first call waits for an environment, most calls do not.
# - **An API** says path, method and backend; its stages, limits and keys stand between callers and code.
# - **State** stands outside: an environment, like a pod, is gone at any moment.
# - **A cluster** is told what should be; controllers, nodes and probes make it so, again and again.
# - **The bill** is by the call or by the hour: rare and uneven work suits functions, busy work suits machines that are full.
