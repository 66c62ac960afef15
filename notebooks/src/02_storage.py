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
import json
from contextlib import suppress

from botocore.exceptions import ClientError

lab = aws14.Lab("p05")
AWAY = "ap-northeast-3"
ec2, rds, s3, iam, ssm = (lab.client(name) for name in ("ec2", "rds", "s3", "iam", "ssm"))
backup, away = lab.client("backup"), lab.client("backup", AWAY)


def named(kind, name, **more):
    return [{"ResourceType": kind, "Tags": [{"Key": k, "Value": v} for k, v in {"Name": name, **more}.items()]}]


def role(name, service, *policies):
    may_assume = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [may_assume]})
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    for policy in policies:
        iam.attach_role_policy(RoleName=name, PolicyArn=f"arn:aws:iam::aws:policy/{policy}")
    return made


lab.brief

# %% [markdown]
# ### Brief and drawing
#
# Three words for what is asked. **RPO**, *recovery point objective*: how much work may be lost. **RTO**, *recovery time
# objective*: how long until work goes on. **Retention**: how long a state of the past can still be shown.
#
# Find what is kept: plans on a disk, hours in a database, models in a bucket. Then what keeps it.

# %% tags=["inspect"]
lab.draw()

# %% [markdown]
# A *plan* makes *recovery points* and puts them into a *vault*; each night's are copied into a second vault, in Osaka.
# The two look alike, but for the word *locked*. What is it worth?

# %% [markdown] tags=["instructor"]
# Four minutes. Ask for each part of the drawing who can delete it. Somebody with administrator's rights: all of it. Write
# that down, the lock comes later.

# %% [markdown]
# ### Predict, then build
#
# It is Sunday, 22:00; the thieves begin. How many hours of work will be lost on Monday, once all is restored? And what do
# the copies cost a month?

# %% tags=["predict"]
lab.predict(work_lost_h=4, copies_usd=60)

# %% [markdown]
# **The office.** A network for a server and a database, the database with a week of *automated backups*, a bucket with
# *versioning*. Note the tag `backup=daily` on whatever has to be kept: it will do the choosing.

# %% tags=["build"] step="network"
vpc_id = ec2.create_vpc(CidrBlock="10.5.0.0/16", TagSpecifications=named("vpc", "vpc"))["Vpc"]["VpcId"]
igw = ec2.create_internet_gateway(TagSpecifications=named("internet-gateway", "igw"))["InternetGateway"]
ec2.attach_internet_gateway(InternetGatewayId=igw["InternetGatewayId"], VpcId=vpc_id)
public = ec2.create_route_table(VpcId=vpc_id, TagSpecifications=named("route-table", "public"))["RouteTable"]
public_id = public["RouteTableId"]
ec2.create_route(RouteTableId=public_id, DestinationCidrBlock="0.0.0.0/0", GatewayId=igw["InternetGatewayId"])
subnets = {}
for number, name in {0: "public-a", 10: "private-a", 11: "private-c"}.items():
    place = {"CidrBlock": f"10.5.{number}.0/24", "AvailabilityZone": lab.region + name[-1]}
    made = ec2.create_subnet(VpcId=vpc_id, **place, TagSpecifications=named("subnet", name))["Subnet"]
    subnets[name] = made["SubnetId"]
ec2.associate_route_table(RouteTableId=public_id, SubnetId=subnets["public-a"])
ec2.modify_subnet_attribute(SubnetId=subnets["public-a"], MapPublicIpOnLaunch={"Value": True})
groups, everybody = {}, {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
for name, port in (("office-server", 80), ("office-db", 3306)):
    source = {"UserIdGroupPairs": [{"GroupId": each}]} if (each := groups.get("office-server")) else everybody
    about = {"GroupName": name, "Description": f"port {port}", "VpcId": vpc_id}
    groups[name] = ec2.create_security_group(**about, TagSpecifications=named("security-group", name))["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **source}
    ec2.authorize_security_group_ingress(GroupId=groups[name], IpPermissions=[rule])

# %% tags=["build"] step="database"
daily = [{"Key": "backup", "Value": "daily"}]
two = [subnets["private-a"], subnets["private-c"]]
rds.create_db_subnet_group(DBSubnetGroupName="office", DBSubnetGroupDescription="two zones", SubnetIds=two)
login = {"MasterUsername": "admin", "MasterUserPassword": lab.password("projects-db"), "DBName": "office"}
size = {"DBInstanceClass": "db.t3.medium", "Engine": "mysql", "AllocatedStorage": 50, "StorageType": "gp3"}
place = {"DBSubnetGroupName": "office", "VpcSecurityGroupIds": [groups["office-db"]], "AvailabilityZone": lab.region + "a"}
keeps = {"BackupRetentionPeriod": 7, "Tags": daily}
rds.create_db_instance(DBInstanceIdentifier="projects-db", **login, **size, **place, **keeps)

account = lab.client("sts").get_caller_identity()["Account"]
bucket = f"models-{account}"
s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": lab.region})
s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "Name", "Value": "models"}, *daily]})
s3.put_object(Bucket=bucket, Key="tower.obj", Body=b"v 0 0 0\nv 0 0 300\n")
rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier="projects-db")
database = rds.describe_db_instances(DBInstanceIdentifier="projects-db")["DBInstances"][0]

# %% [markdown]
# **The server** has a disk of its own for the plans. Commands go to it through *Run Command*, without a password and
# without an open port: whoever has the right may send them. Remember this on Sunday.

# %% tags=["build"] step="server"
role("office-server", "ec2", "AmazonSSMManagedInstanceCore")
iam.create_instance_profile(InstanceProfileName="office-server")
iam.add_role_to_instance_profile(InstanceProfileName="office-server", RoleName="office-server")
image = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
one = {"ImageId": ssm.get_parameter(Name=image)["Parameter"]["Value"], "InstanceType": "t3.medium"}
one |= {"SubnetId": subnets["public-a"], "SecurityGroupIds": [groups["office-server"]], "MinCount": 1, "MaxCount": 1}
one |= {"TagSpecifications": named("instance", "plans", **{"aws14:uses": "projects-db"})}
server = ec2.run_instances(**one, IamInstanceProfile={"Name": "office-server"})["Instances"][0]["InstanceId"]
ec2.get_waiter("instance_status_ok").wait(InstanceIds=[server])
of_plans = [{"Name": "tag:Name", "Values": ["plans-data"]}]
if not ec2.describe_volumes(Filters=of_plans)["Volumes"]:
    disk = {"Size": 200, "VolumeType": "gp3", "AvailabilityZone": lab.region + "a"}
    made = ec2.create_volume(**disk, TagSpecifications=named("volume", "plans-data", backup="daily"))["VolumeId"]
    ec2.attach_volume(VolumeId=made, InstanceId=server, Device="/dev/sdf")
volume = ec2.describe_volumes(Filters=of_plans)["Volumes"][0]["VolumeId"]


def run(*commands):
    sent = {"DocumentName": "AWS-RunShellScript", "Parameters": {"commands": list(commands)}}
    key = {"CommandId": ssm.send_command(InstanceIds=[server], **sent)["Command"]["CommandId"], "InstanceId": server}
    ssm.get_waiter("command_executed").wait(**key)
    return ssm.get_command_invocation(**key)["StandardOutputContent"]

# %% tags=["build"] step="work"
page = f"""cat > /var/www/html/hours.php <<'PAGE'
<?php
$db = new mysqli("{database['Endpoint']['Address']}", "admin", "{lab.password('projects-db')}", "office");
$db->query("CREATE TABLE IF NOT EXISTS hours (day VARCHAR(10) PRIMARY KEY, project VARCHAR(40))");
if (isset($_GET["day"])) {{ $db->prepare("REPLACE INTO hours VALUES (?, 'tower')")->execute([$_GET["day"]]); }}
$all = $db->query("SELECT day, project FROM hours");
while ($row = $all->fetch_assoc()) {{ echo $row["day"] . " " . $row["project"] . "\n"; }}
PAGE"""
run("dnf install -y httpd php php-mysqlnd", "mkdir -p /var/www/html/plans", "mkfs -t xfs /dev/sdf || true")
run("mount /dev/sdf /var/www/html/plans || true", "systemctl enable --now httpd", page)
address = ec2.describe_instances(InstanceIds=[server])["Reservations"][0]["Instances"][0]["PublicIpAddress"]
office = f"http://{address}"


def work(day):
    run(f"echo 'tower, drawn on {day}' > /var/www/html/plans/{day}.dwg")
    return lab.http(f"{office}/hours.php?day={day}").text


print(work("day-1"), lab.http(f"{office}/plans/day-1.dwg").text)

# %% [markdown]
# That is the office at work: a plan on the disk, a row in the database.
#
# **The vaults.** One here, one in Osaka. The second is locked: what comes in stays for thirty days at least, and forty at
# most. *Compliance* mode (that is what `ChangeableForDays` stands for) can be lifted for three days. After that by nobody:
# not by the administrator, not by the owner of the account, not by AWS. **On a real account, clean up within these three
# days, or the points stay, and are paid for, until they expire.**
#
# **The plan.** Each night at one o'clock in Tokyo (AWS counts in UTC), for thirty-five days, and a copy to Osaka. And on
# the first of each month one that stays for seven years, after ninety days in *cold* storage. The *selection* says what:
# whatever bears the tag.

# %% tags=["build"] step="plan"
policies = [f"service-role/AWSBackupServiceRolePolicyFor{what}" for what in ("Backup", "Restores")]
policies += [f"AWSBackupServiceRolePolicyForS3{what}" for what in ("Backup", "Restore")]
keeper = role("office-backup", "backup", *policies)
backup.create_backup_vault(BackupVaultName="office-vault")
away_arn = away.create_backup_vault(BackupVaultName="office-vault-away")["BackupVaultArn"]
lock = {"MinRetentionDays": 30, "MaxRetentionDays": 40, "ChangeableForDays": 3}
with suppress(ClientError):  # once it is final, it cannot even be set again
    away.put_backup_vault_lock_configuration(BackupVaultName="office-vault-away", **lock)

common = {"TargetBackupVaultName": "office-vault", "StartWindowMinutes": 60, "CompletionWindowMinutes": 600}
copy = {"DestinationBackupVaultArn": away_arn, "Lifecycle": {"DeleteAfterDays": 35}}
each_day = {"RuleName": "daily", "ScheduleExpression": "cron(0 16 * * ? *)", "Lifecycle": {"DeleteAfterDays": 35}}
years = {"MoveToColdStorageAfterDays": 90, "DeleteAfterDays": 7 * 365 + 2, "OptInToArchiveForSupportedResources": True}
each_month = {"RuleName": "monthly", "ScheduleExpression": "cron(0 18 1 * ? *)", "Lifecycle": years}
rules = [{**each_day, **common, "CopyActions": [copy]}, {**each_month, **common}]
plan = backup.create_backup_plan(BackupPlan={"BackupPlanName": "office-plan", "Rules": rules})["BackupPlanId"]
tagged = [{"ConditionType": "STRINGEQUALS", "ConditionKey": "backup", "ConditionValue": "daily"}]
chosen = {"SelectionName": "tagged-daily", "IamRoleArn": keeper, "ListOfTags": tagged}
backup.create_backup_selection(BackupPlanId=plan, BackupSelection=chosen)
lab.check("p05-built")

# %% [markdown] tags=["instructor"]
# Twelve minutes. Two questions while it builds. Why does the bucket need versioning before AWS Backup takes it? And why does
# a lock have a most as well as a least? (Thieves could keep rubbish for a century, at the owner's cost.)

# %% [markdown]
# ### Load, break, heal
#
# Six weeks of work, a plan and a row each week, then a Sunday on which somebody still draws. (`lab.advance` moves the
# clock of the embedded AWS; on a real account these are six weeks.)

# %% tags=["experiment"]
for week in range(1, 7):
    lab.advance(days=7)
    work(f"week-{week}")
sunday_22_s, week_s = (3 * 24 + 13) * 3600, 7 * 24 * 3600  # in UTC; 1970 began on a Thursday
lab.advance(seconds=(sunday_22_s - lab.session.now()) % week_s)
work("sunday")


def kept():
    plans = run("cat /var/www/html/plans/*").split("\n")
    models = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
    models = [s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read().decode() for each in models]
    return {"plans": plans, "hours": lab.http(f"{office}/hours.php").text.split("\n"), "models": models}


before, attacked = kept(), lab.session.now()
lab.experiment("generations")

# %% [markdown]
# Each mark is a state of the plans that can be had back. In Osaka there are as many days as here. The oldest have gone by
# themselves; nobody had to think of it. Marks that only the vault here has are the monthly ones.
#
# **What does each failure destroy?** Beside what was read back just now: less of it (no copy, one, two without the lock),
# and more (a third in an account in which nobody of the office has rights).

# %% tags=["experiment"]
lab.experiment("failures")

# %% [markdown]
# Read it row by row. A disk, a zone: one copy is enough. A region: one must be elsewhere. **Stolen rights: two copies are
# as good as none**, for both can be deleted; only the lock holds. An account that is closed takes the locked vault along,
# so the third copy lies in another account. That is the old rule *3-2-1* (three copies, two kinds of storage, one
# elsewhere) with today's addition: one that nobody can delete.
#
# *Silent corruption*, found after two months, is older than thirty-five days: this is what the monthly rule is for, once it
# has run for some months.

# %% [markdown]
# **Sunday, 22:00.** Now for real, with your own administrator's rights: encrypt the plans, delete the models with all
# versions, the database with its automated backups, all recovery points.

# %% tags=["experiment"]
told = {}


def attempt(call, **words):
    try:
        call(**words)
    except ClientError as error:
        told[error.response["Error"]["Message"]] = call


run("cd /var/www/html/plans; for f in *.dwg; do [ -e $f ] && tr a-y b-z < $f > $f.locked && rm $f; done; true")
for version in s3.list_object_versions(Bucket=bucket).get("Versions", []):
    s3.delete_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])
attempt(rds.delete_db_instance, DBInstanceIdentifier="projects-db", SkipFinalSnapshot=True, DeleteAutomatedBackups=True)
for client, vault in ((backup, {"BackupVaultName": "office-vault"}), (away, {"BackupVaultName": "office-vault-away"})):
    pages = client.get_paginator("list_recovery_points_by_backup_vault").paginate(**vault)
    for point in [each["RecoveryPointArn"] for page in pages for each in page["RecoveryPoints"]]:
        attempt(client.delete_recovery_point, RecoveryPointArn=point, **vault)
    print(vault, "holds", client.describe_backup_vault(**vault)["NumberOfRecoveryPoints"])
attempt(away.update_recovery_point_lifecycle, RecoveryPointArn=point, Lifecycle={"DeleteAfterDays": 1}, **vault)
attempt(away.delete_backup_vault_lock_configuration, **vault)
attempt(away.delete_backup_vault, **vault)
print(*told, sep="\n")

# %% [markdown]
# Here nothing is left. In Osaka AWS refuses, whoever asks: a point cannot be deleted or made to expire sooner, the lock
# cannot be lifted, the vault cannot go.
#
# **Monday, 8:40.** The stopwatch runs. Careful: the plan has run on that night and has kept the *encrypted* files. Not the
# newest point is wanted, but the newest from before the attack. It is copied from Osaka into a fresh vault, and restored.

# %% tags=["experiment"]
lab.advance(hours=10, minutes=40)
print(kept()["plans"][:2])
volume_arn = f"arn:aws:ec2:{lab.region}:{account}:volume/{volume}"
things = {"plans": volume_arn, "hours": database["DBInstanceArn"], "models": f"arn:aws:s3:::{bucket}"}
fresh = backup.create_backup_vault(BackupVaultName="office-fresh")["BackupVaultArn"]
copies, clean = {}, vault | {"ByCreatedBefore": attacked}
for name, arn in things.items():
    found = away.list_recovery_points_by_backup_vault(**clean, ByResourceArn=arn)["RecoveryPoints"]
    newest = max(found, key=lambda point: point["CreationDate"])
    asked = {"RecoveryPointArn": newest["RecoveryPointArn"], "SourceBackupVaultName": "office-vault-away"}
    asked |= {"DestinationBackupVaultArn": fresh, "IamRoleArn": keeper, "Lifecycle": {"DeleteAfterDays": 7}}
    copies[name] = away.start_copy_job(**asked, IdempotencyToken=newest["RecoveryPointArn"])["CopyJobId"]


def copied(name):
    return away.describe_copy_job(CopyJobId=copies[name])["CopyJob"]


lab.wait_until(lambda: all(copied(name)["State"] in ("COMPLETED", "FAILED") for name in copies))
lab.score(work_lost_h=(attacked - newest["CreationDate"].timestamp()) / 3600)

# %% tags=["experiment"]
where = {"DBSubnetGroupName": "office", "VpcSecurityGroupIds": json.dumps([groups["office-db"]])}
changes = {
    "plans": {"availabilityZone": lab.region + "a"},
    "hours": {"DBInstanceIdentifier": "projects-db", **where},
    "models": {"DestinationBucketName": bucket, "NewBucket": "false"},
}
jobs = {}
for name, change in changes.items():
    point = {"RecoveryPointArn": copied(name)["DestinationRecoveryPointArn"]}
    offered = backup.get_recovery_point_restore_metadata(BackupVaultName="office-fresh", **point)["RestoreMetadata"]
    asked = {"Metadata": offered | change, "IamRoleArn": keeper, "CopySourceTagsToRestoredResource": True}
    told = backup.start_restore_job(**point, **asked, IdempotencyToken=copies[name])
    jobs[name] = told["RestoreJobId"]


def restored(name):
    return backup.describe_restore_job(RestoreJobId=jobs[name])


lab.wait_until(lambda: all(restored(name)["Status"] in ("COMPLETED", "FAILED") for name in jobs))
print(*(f"{name}: {restored(name)['Status']}, {restored(name)['CreatedResourceArn']}" for name in jobs), sep="\n")

# %% [markdown]
# Each restore makes something *new*: a new disk, a new database. It is put in the place of the old one. Then everything
# is compared, letter by letter.

# %% tags=["experiment"]
back = restored("plans")["CreatedResourceArn"].rpartition("/")[2]
if back != volume:
    run("umount /var/www/html/plans")
    ec2.detach_volume(VolumeId=volume)
    ec2.get_waiter("volume_available").wait(VolumeIds=[volume])
    ec2.delete_volume(VolumeId=volume)
    ec2.attach_volume(VolumeId=back, InstanceId=server, Device="/dev/sdf")
    run("mount /dev/sdf /var/www/html/plans")
    volume = back
after = kept()
for name in before:
    print(f"{name}: {len(after[name])} lines back; lost: {[line for line in before[name] if line not in after[name]]}")
measured = {
    name: {
        "copied back from Osaka": (copied(name)["CompletionDate"] - copied(name)["CreationDate"]).total_seconds(),
        "restored": (restored(name)["CompletionDate"] - restored(name)["CreationDate"]).total_seconds(),
    }
    for name in jobs
}
lab.experiment("drill", measured)

# %% [markdown]
# All that was there on Saturday night is back, equal to the letter; Sunday is lost. The hours lost a day as well: their
# automated backups were deleted with the same rights.
#
# Copying back took longest, and still the office works before noon. The lower bars are other ways for the plans. A restored
# disk is there in minutes, but slow until each block has been read once. And from *cold* storage (see the title) nobody is
# back the same day: what must be back in hours has to stay warm.

# %% [markdown] tags=["instructor"]
# Fifteen minutes. Before Sunday let everybody say what will be left, and hold them to it. Two questions afterwards: who in
# your company could do what this cell did? And when was something last restored?

# %% [markdown]
# ### Bill and one decision
#
# What do the copies cost once the plan has run for years?

# %% tags=["experiment"]
copies_bill = lab.experiment("bill of copies")
display(lab.score(copies_usd=copies_bill.total_usd))
print(lab.experiment("rule by rule"))
lab.explore(
    "frontier",
    question="Which plans lose at most a day and keep to the budget? What makes a plan dear?",
    days=(7, 90, 7),
    kept_for_years=["each month", "each year", "nothing"],
)

# %% [markdown]
# The nightly rule with its copies in Osaka is the cheap part, and to back up each hour costs hardly more than each night:
# a point holds only what has changed. What costs is the rule that looked harmless: a point a month for seven years. In
# cold storage each of them is billed *in full*, changed or not.
#
# The decision: how far apart may the states be that are kept for years? The brief says. Move the slider.

# %% [markdown] tags=["exercise"] exercise="p05-e1"
# **Exercise 1.** Change the plan so that it meets the brief within its budget. (`update_backup_plan` replaces the whole
# plan: hand it all rules, as in `rules` above. A year ends on 31 December; `cron(0 18 31 12 ? *)` is that day in UTC.)

# %% tags=["exercise"] exercise="p05-e1"
# Your calls here.

# %% tags=["solution"] exercise="p05-e1"
each_year = {**each_month, "RuleName": "yearly", "ScheduleExpression": "cron(0 18 31 12 ? *)"}
better = {"BackupPlanName": "office-plan", "Rules": [rules[0], {**each_year, **common}]}
_ = backup.update_backup_plan(BackupPlanId=plan, BackupPlan=better)

# %% tags=["check"] exercise="p05-e1"
lab.check("p05-e1")

# %% [markdown]
# To leave out the copies would be cheaper still, and Monday would come again. (The points of seven years lie in the vault
# here, unlocked. A real office would lock them too; we do not, for a lock of seven years is one of seven years.)

# %% [markdown] deeper="5 min"
# #### Deeper: why is this box here?
#
# Each part of the plan is taken away on paper, and the failures come again. Which loss does nobody notice until the one bad
# day?

# %% tags=["experiment"]
lab.experiment("why")

# %% [markdown]
# Every line but one needs a disaster to show. The selection fails silently: jobs run every night, on nothing.
#
# The whole office at once. Which of the three systems is hardest to get back?

# %% tags=["experiment"]
lab.experiment("systems")

# %% [markdown]
# Hours and models have a second line of their own, automated backups and versions, and lose minutes where the plans lose a
# day. Against stolen rights these are worth nothing: then all three go back to the night before.

# %% [markdown] deeper="4 min"
# #### Deeper: a backup now
#
# Before somebody changes the server, a backup *on demand*. Its job goes through states; the data are those of the moment
# in which it began to run.

# %% tags=["experiment"]
asked = {"BackupVaultName": "office-vault", "IamRoleArn": keeper, "Lifecycle": {"DeleteAfterDays": 7}}
volume_arn = f"arn:aws:ec2:{lab.region}:{account}:volume/{volume}"
job = backup.start_backup_job(**asked, ResourceArn=volume_arn)["BackupJobId"]
seen = []


def done():
    told = backup.describe_backup_job(BackupJobId=job)
    seen.append(f"{told['State']}, {told['PercentDone']} %")
    return told["State"] in ("COMPLETED", "FAILED")


lab.wait_until(done, minutes=10)
print(*seen, sep="\n")

# %% [markdown]
# Run the cell again: it is the same job, for it is recorded as built. The first backup of a disk reads all of it; later
# ones read what has changed.

# %% [markdown] deeper="4 min"
# #### Deeper: is a backup a spare server?
#
# At ten in the morning zone *a* loses its power for three hours, and server, disk and database with it. Every recovery
# point is well. What does the office do?

# %% tags=["experiment"]
day = lab.run(lab.scenario(zone_lost_h=3))
charts.timeline(day, title="A day of the project server; its zone is lost at ten")

# %% [markdown]
# It waits, or somebody starts a server in zone *c* and restores disk and database there, as on that Monday, and loses the
# morning's plans. A backup says how much is lost; how long one waits is another question, *availability*: a second of
# everything, ready in another zone. Neither replaces the other: what is mirrored in two zones is deleted in both.

# %% [markdown] deeper="8 min"
# #### Deeper: what does a snapshot hold?
#
# AWS Backup's points of a volume are EBS snapshots, and each shows the whole disk. Predict: for how much are five weeks
# of daily ones billed, and how much is saved if the oldest, the only full one, is deleted?

# %% tags=["experiment"]
ebs = lab.client("ebs")
taken, patience = {}, {"Delay": 120, "MaxAttempts": 60}  # the first one takes longer than the waiter would wait
for day in ("monday", "tuesday", "wednesday"):
    run(f"printf '%1500000s' {day} > /var/www/html/plans/{day}.dwg")
    taken[day] = ec2.create_snapshot(VolumeId=volume, TagSpecifications=named("snapshot", day))["SnapshotId"]
    ec2.get_waiter("snapshot_completed").wait(SnapshotIds=[taken[day]], WaiterConfig=patience)


def changed(first, second):
    told = ebs.list_changed_blocks(FirstSnapshotId=taken[first], SecondSnapshotId=taken[second])
    return f"{len(told['ChangedBlocks'])} blocks of {told['BlockSize'] // 1024} KiB"


print("shown on Monday:", len(ebs.list_snapshot_blocks(SnapshotId=taken["monday"])["Blocks"]), "blocks")
print("Tuesday holds", changed("monday", "tuesday"), "- Wednesday", changed("tuesday", "wednesday"))

# %% tags=["experiment"]
with suppress(ClientError):  # run again, it finds nothing
    ec2.delete_snapshot(SnapshotId=taken["tuesday"])
    print("Tuesday is deleted; Wednesday now holds", changed("monday", "wednesday"))
    for day in ("monday", "wednesday"):
        ec2.delete_snapshot(SnapshotId=taken[day])

# %% [markdown]
# Each snapshot *holds* only the blocks that changed since the one before, and *shows* all of them. When Tuesday goes,
# Wednesday takes over what it still shows. Nothing is lost, and little is saved. (Blocks that nobody ever wrote are in
# no list.)

# %% tags=["experiment"]
lab.experiment("snapshots")

# %% [markdown]
# As many nights as your plan keeps, with the office's writes between them. The oldest is the only full one, but
# deleting it frees next to nothing: the next one still shows nearly all its blocks. Only the sum counts, and it shrinks
# when *many* go.

# %% [markdown] deeper="6 min"
# #### Deeper: snapshots without AWS Backup
#
# Before AWS Backup there was *Data Lifecycle Manager* (DLM), and it still costs nothing but the snapshots. A policy
# names a tag, a schedule and how many to keep; it knows disks and images, and nothing else. Does its end delete what it
# made? (Days pass with `lab.advance`, on the embedded AWS only.)

# %% tags=["experiment"]
dlm = lab.client("dlm")
snapshots_by = role("office-dlm", "dlm", "service-role/AWSDataLifecycleManagerServiceRole")
nightly = {"Name": "nightly", "CreateRule": {"Interval": 24, "IntervalUnit": "HOURS", "Times": ["17:00"]}}
nightly |= {"RetainRule": {"Count": 3}, "CopyTags": True}
tags = [{"Key": "snapshots", "Value": "nightly"}]
details = {"ResourceTypes": ["VOLUME"], "TargetTags": tags, "Schedules": [nightly]}
ec2.create_tags(Resources=[volume], Tags=tags)
asked = {"ExecutionRoleArn": snapshots_by, "Description": "plans by night", "State": "ENABLED"}
policy = dlm.create_lifecycle_policy(**asked, PolicyDetails=details)["PolicyId"]
lab.advance(days=5)
dlm.delete_lifecycle_policy(PolicyId=policy)


def by_policy(which):
    ours = {"Name": "tag:aws14:pattern", "Values": ["p05"]}
    wanted = [{"Name": "tag:aws:dlm:lifecycle-policy-id", "Values": [which]}, ours]
    return ec2.describe_snapshots(Filters=wanted)["Snapshots"]


for each in by_policy(policy):
    print(each["StartTime"], {tag["Key"]: tag["Value"] for tag in each["Tags"]}.get("Name"))

# %% [markdown]
# Five nights, three kept. `CopyTags` gives them the volume's name, without which nobody knows next year what they are.
# The policy is gone, and its snapshots are still there, with nobody to delete them. So we do:

# %% tags=["experiment"]
for each in by_policy("*"):
    ec2.delete_snapshot(SnapshotId=each["SnapshotId"])
_ = ec2.delete_tags(Resources=[volume], Tags=[{"Key": "snapshots"}])

# %% [markdown] deeper="8 min"
# #### Deeper: the database, to a second
#
# Two minutes past two somebody books hours; at three past, somebody else drops the table. Last night's backup would
# lose the day. RDS also keeps the *transaction log*: how exactly can one go back?

# %% tags=["experiment"]
from datetime import UTC, datetime

work("friday")
rows_before = lab.http(f"{office}/hours.php").text
lab.advance(minutes=1)
good = datetime.fromtimestamp(lab.session.now(), UTC)
lab.advance(minutes=1)
connect = page.splitlines()[2]
run(f"""cat > /var/www/html/tidy.php <<'PAGE'\n<?php\n{connect}\n$db->query("DROP TABLE hours");\nPAGE""")
lab.http(f"{office}/tidy.php")
print("after the tidying:", lab.http(f"{office}/hours.php").text.split())
lab.advance(minutes=10)
source = {"DBInstanceIdentifier": "projects-db"}
print("can go back until", rds.describe_db_instances(**source)["DBInstances"][0]["LatestRestorableTime"])

# %% tags=["experiment"]
home = {"DBSubnetGroupName": "office", "VpcSecurityGroupIds": [groups["office-db"]], "DBInstanceClass": "db.t3.medium"}
back_to = {"SourceDBInstanceIdentifier": "projects-db", "TargetDBInstanceIdentifier": "projects-then"}
rds.restore_db_instance_to_point_in_time(**back_to, RestoreTime=good, **home)
rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier="projects-then")
run("cd /var/www/html; sed 's/projects-db/projects-then/' hours.php > then.php")
then = lab.http(f"{office}/then.php").text
print(then == rows_before, len(then.splitlines()), "rows")
there = lab.http(f"{office}/hours.php").text.splitlines()
for row in then.splitlines():  # back into the table that the office works with
    if row not in there:
        lab.http(f"{office}/hours.php?day={row.split()[0]}")

# %% [markdown]
# Every row is there, the one of a minute before the accident too. Note three things. The restore is a *new* database:
# another name, another address, and the office's page still asks the old one. It takes its time. And it goes back at
# most as far as automated backups are kept: a week here. They end with the database, unless one says otherwise. What
# should outlive it is a *snapshot*, and a copy of it far away:

# %% tags=["experiment"]
rds_away = lab.client("rds", AWAY)
made = rds.create_db_snapshot(**source, DBSnapshotIdentifier="projects-kept")["DBSnapshot"]
rds.get_waiter("db_snapshot_completed").wait(DBSnapshotIdentifier="projects-kept")
to_copy = {"SourceDBSnapshotIdentifier": made["DBSnapshotArn"], "TargetDBSnapshotIdentifier": "projects-kept"}
rds_away.copy_db_snapshot(**to_copy, SourceRegion=lab.region)
patience = {"Delay": 120, "MaxAttempts": 60}  # across regions it takes longer than the waiter would wait
rds_away.get_waiter("db_snapshot_completed").wait(DBSnapshotIdentifier="projects-kept", WaiterConfig=patience)
for client in (rds, rds_away):
    found = client.describe_db_snapshots(DBSnapshotIdentifier="projects-kept")["DBSnapshots"][0]
    print(found["DBSnapshotArn"], found["Status"])
    client.delete_db_snapshot(DBSnapshotIdentifier="projects-kept")
then_too = {"DBInstanceIdentifier": "projects-then", "SkipFinalSnapshot": True, "DeleteAutomatedBackups": True}
with suppress(ClientError):  # run again, it finds nothing
    rds.delete_db_instance(**then_too)
rds.get_waiter("db_instance_deleted").wait(DBInstanceIdentifier="projects-then")

# %% [markdown] deeper="10 min"
# #### Deeper: versions, markers, replicas, locks
#
# A bucket with versions forgets nothing, and one that replicates has a twin in another region. Is that a backup? Three
# accidents: an object is overwritten, one is deleted, and of one all versions are deleted. What has the twin
# afterwards?

# %% tags=["experiment"]
drawings, twin, s3_away = f"drawings-{account}", f"drawings-away-{account}", lab.client("s3", AWAY)
both = {drawings: (s3, lab.region), twin: (s3_away, AWAY)}
for name, (client, where) in both.items():
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": where})
    client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
replicator = role("office-replication", "s3")
where = [f"arn:aws:s3:::{name}{end}" for name in both for end in ("", "/*")]
may = {"Effect": "Allow", "Action": "s3:*", "Resource": where}
policy = json.dumps({"Version": "2012-10-17", "Statement": [may]})
iam.put_role_policy(RoleName="office-replication", PolicyName="both", PolicyDocument=policy)
rule = {"ID": "all", "Priority": 1, "Status": "Enabled", "Filter": {}}
rule |= {"DeleteMarkerReplication": {"Status": "Disabled"}, "Destination": {"Bucket": f"arn:aws:s3:::{twin}"}}
_ = s3.put_bucket_replication(Bucket=drawings, ReplicationConfiguration={"Role": replicator, "Rules": [rule]})

# %% tags=["experiment"]
for key in ("overwritten", "deleted", "destroyed"):
    version = s3.put_object(Bucket=drawings, Key=key, Body=b"good")["VersionId"]
lab.advance(minutes=15)
s3.put_object(Bucket=drawings, Key="overwritten", Body=b"bad")
s3.delete_object(Bucket=drawings, Key="deleted")
s3.delete_object(Bucket=drawings, Key="destroyed", VersionId=version)
lab.advance(minutes=15)


def versions(client, name):
    told = client.list_object_versions(Bucket=name)
    return [(each, kind) for kind in ("Versions", "DeleteMarkers") for each in told.get(kind, [])]


for name, (client, _) in both.items():
    print(name)
    for each, kind in versions(client, name):
        body = b"marker"
        if kind == "Versions":
            body = client.get_object(Bucket=name, Key=each["Key"], VersionId=each["VersionId"])["Body"].read()
        print("  ", each["Key"], body.decode(), "(latest)" if each["IsLatest"] else "")

# %% [markdown]
# The bad version went to the twin as well, within minutes: replication repeats mistakes. In both places the good one
# lies beneath it. A plain deletion only puts a *delete marker* on top, and is not replicated unless you ask for it. A
# version that is deleted by its id is gone, and only the twin still has it. With the rights for both buckets a thief
# deletes both. So a third bucket, with *Object Lock*:

# %% tags=["experiment"]
from datetime import UTC, datetime, timedelta

signed = f"signed-{account}"
where = {"CreateBucketConfiguration": {"LocationConstraint": lab.region}}
s3.create_bucket(Bucket=signed, ObjectLockEnabledForBucket=True, **where)
until = datetime.fromtimestamp(lab.session.now(), UTC) + timedelta(days=2)
for mode in ("GOVERNANCE", "COMPLIANCE"):
    lock = {"ObjectLockMode": mode, "ObjectLockRetainUntilDate": until}
    of = {"Bucket": signed, "Key": f"{mode.lower()}.pdf"}
    of["VersionId"] = s3.put_object(**of, Body=b"signed", **lock)["VersionId"]
    for bypass in (False, True):
        try:
            s3.delete_object(**of, BypassGovernanceRetention=bypass)
            print(mode, "bypass" if bypass else "no bypass", "-> deleted")
        except ClientError as error:
            print(mode, "bypass" if bypass else "no bypass", "->", error.response["Error"]["Message"])

# %% [markdown]
# *Governance* stops slips: who has the right to bypass it may. *Compliance* stops everybody, you and the root user
# included, until its day has come; so try it with days, not with years. Then all goes (on a real account, in two days):

# %% tags=["experiment"]
lab.advance(days=3)
for name, (client, _) in {**both, signed: (s3, "")}.items():
    with suppress(ClientError):  # run again, it finds nothing
        for each, _kind in versions(client, name):
            client.delete_object(Bucket=name, Key=each["Key"], VersionId=each["VersionId"])
        client.delete_bucket(Bucket=name)

# %% [markdown] deeper="12 min"
# #### Deeper: seven years
#
# Contracts have to stay for seven years; nobody opens them. The same bucket takes each mail as an object of its own
# (small), and the night's renderings, which nobody wants after a week. A colleague writes one rule: everything to *Deep
# Archive* after a day, small objects too.

# %% tags=["build"] step="records"
records, LAW = f"records-{account}", 7 * 365 + 2  # days, two leap days among them
s3.create_bucket(Bucket=records, CreateBucketConfiguration={"LocationConstraint": lab.region})
cold = {"Transitions": [{"Days": 1, "StorageClass": "DEEP_ARCHIVE"}]}
everything = [{"ID": "everything", "Status": "Enabled", "Filter": {}, **cold}]
small_too = {"TransitionDefaultMinimumObjectSize": "varies_by_storage_class"}
_ = s3.put_bucket_lifecycle_configuration(Bucket=records, LifecycleConfiguration={"Rules": everything}, **small_too)

# %% tags=["experiment"]
lab.experiment("seven years")

# %% [markdown]
# One rule, and most of the bill is gone. But it is not the least that can be paid. What it does to small objects, and
# to those that are deleted soon:

# %% tags=["experiment"]
lab.experiment("too small")

# %% [markdown]
# A move is a request, and an archive class adds forty KiB to each object. Below the size in the title our
# colleague's *rule* costs more than it ever saves. (Standard-IA counts every object as 128 KiB at least.) Since 2024 S3 therefore leaves small
# objects where they are, unless told otherwise, as our colleague did.

# %% tags=["experiment"]
lab.experiment("too soon")

# %% [markdown]
# Deep Archive charges for half a year, Glacier for three months, IA for one, however soon an object is deleted. So what
# lives for a week or two had better stay in Standard. From some weeks on the cheap classes win, fee and all.
#
# And the way back? An object in each class; the slower one, live:

# %% tags=["experiment"]
for storage in ("GLACIER", "DEEP_ARCHIVE"):
    s3.put_object(Bucket=records, Key=f"contracts/{storage}.pdf", Body=b"seven years", StorageClass=storage)
where = {"Bucket": records, "Key": "contracts/DEEP_ARCHIVE.pdf"}
with suppress(ClientError):
    s3.get_object(**where)
    print("it could be read at once")
with suppress(ClientError):  # run again, it is on its way or there
    s3.restore_object(**where, RestoreRequest={"Days": 2, "GlacierJobParameters": {"Tier": "Standard"}})
for hours in (6, 7):
    lab.advance(hours=hours)
    print(s3.head_object(**where)["Restore"])
print(s3.get_object(**where)["Body"].read())

# %% tags=["experiment"]
lab.experiment("ways out")

# %% [markdown]
# Who can wait for hours pays a little, in bulk even less. *Expedited* has a price for each request: with many objects
# it costs more than years of storage.
#
# **The book says / today.** Books show Glacier as a service with *vaults* and an API of its own. That API is closed to
# new customers; what you use are S3's storage classes.

# %% tags=["experiment"]
from datetime import UTC, datetime, timedelta


def bytes_by_class():
    now = datetime.fromtimestamp(lab.session.now(), UTC)
    span = {"StartTime": now - timedelta(days=2), "EndTime": now, "Period": 86_400, "Statistics": ["Average"]}
    found = {}
    for kind in ("StandardStorage", "GlacierStorage", "DeepArchiveStorage"):
        which = [{"Name": "BucketName", "Value": records}, {"Name": "StorageType", "Value": kind}]
        told = cloudwatch.get_metric_statistics(
            Namespace="AWS/S3", MetricName="BucketSizeBytes", Dimensions=which, **span
        )
        found[kind] = sum(point["Average"] for point in told["Datapoints"][-1:])
    return found


cloudwatch = lab.client("cloudwatch")
s3.put_object(Bucket=records, Key="contracts/tower.pdf", Body=bytes(500_000))
for days in (1, 2):
    lab.advance(days=days)
    print(bytes_by_class())

# %% [markdown]
# CloudWatch knows the bytes of each class, once a day: the contract came into Standard and left for the archive. Here
# one sees a rule that does not work.

# %% [markdown] tags=["exercise"] exercise="p05-e2"
# **Exercise 2.** Write the lifecycle of `records-...` that costs least. `contracts/` (six MiB each, five thousand a
# month) and `mails/` (sixteen KiB, three hundred thousand a month) must stay for seven years: `LAW` days; an accountant
# may wait a day for them. `renders/` (forty MiB, six thousand a month) must stay for eight days, and be gone after ten.

# %% tags=["exercise"] exercise="p05-e2"
# Your calls here.

# %% tags=["solution"] exercise="p05-e2"
for_years = {"Expiration": {"Days": LAW}, "Status": "Enabled"}
kinds = [
    {"ID": "contracts", "Filter": {"Prefix": "contracts/"}, **cold, **for_years},
    {"ID": "mails", "Filter": {"Prefix": "mails/"}, **for_years},
    {"ID": "renders", "Filter": {"Prefix": "renders/"}, "Status": "Enabled", "Expiration": {"Days": 8}},
]
_ = s3.put_bucket_lifecycle_configuration(Bucket=records, LifecycleConfiguration={"Rules": kinds})

# %% tags=["check"] exercise="p05-e2"
lab.check("p05-e2")

# %% [markdown]
# Run `lab.experiment("seven years")` once more: the bars on the right are yours now. One rule for everything had paid
# more for moving mails than for keeping contracts.

# %% [markdown] deeper="8 min"
# #### Deeper: the backup that was never restorable
#
# Every morning the list says COMPLETED. Some years ago the plans of finished houses moved to a disk of their own,
# encrypted with a key of its own, and last spring somebody tidied up keys. Nobody noticed: backing up needs no restore.
# A *restore testing plan* restores every night, on trial, and deletes what it made. What does it find?

# %% tags=["experiment"]
from datetime import UTC, datetime

kms = lab.client("kms")
key = kms.create_key(Description="plans of finished houses")["KeyMetadata"]["KeyId"]
kms.enable_key(KeyId=key)
sealed = {"Size": 20, "VolumeType": "gp3", "AvailabilityZone": f"{lab.region}a", "Encrypted": True, "KmsKeyId": key}
finished = ec2.create_volume(**sealed, TagSpecifications=named("volume", "finished-houses"))["VolumeId"]
ec2.get_waiter("volume_available").wait(VolumeIds=[finished])


def arn_of(disk):
    return f"arn:aws:ec2:{lab.region}:{account}:volume/{disk}"


def back_up(disk, vault="office-vault"):
    asked = {"BackupVaultName": vault, "ResourceArn": arn_of(disk), "IamRoleArn": keeper}
    job = backup.start_backup_job(**asked, Lifecycle={"DeleteAfterDays": 35})["BackupJobId"]
    lab.wait_until(lambda: backup.describe_backup_job(BackupJobId=job)["State"] in ("COMPLETED", "FAILED"))
    return backup.describe_backup_job(BackupJobId=job)


sealed_point = back_up(finished)
_ = kms.disable_key(KeyId=key)
print(sealed_point["State"])

# %% tags=["experiment"]
newest = {"Algorithm": "LATEST_WITHIN_WINDOW", "IncludeVaults": ["*"], "RecoveryPointTypes": ["SNAPSHOT"]}
drill = {"RestoreTestingPlanName": "office_drill", "ScheduleExpression": "cron(0 20 ? * * *)"}
backup.create_restore_testing_plan(RestoreTestingPlan={**drill, "RecoveryPointSelection": newest})
disks = {"RestoreTestingSelectionName": "disks", "ProtectedResourceType": "EBS", "ValidationWindowHours": 1}
disks |= {"IamRoleArn": keeper, "ProtectedResourceArns": [arn_of(volume), arn_of(finished)]}
name = {"RestoreTestingPlanName": "office_drill"}
backup.create_restore_testing_selection(**name, RestoreTestingSelection=disks)
drilled = lab.session.now()
lab.advance(days=1)
names = {arn_of(volume): "plans", arn_of(finished): "finished houses"}
for job in backup.list_restore_jobs(ByCreatedAfter=datetime.fromtimestamp(drilled, UTC))["RestoreJobs"]:
    took = job.get("CompletionDate", job["CreationDate"]) - job["CreationDate"]
    print(names[job["SourceResourceArn"]], job["Status"], took, job.get("StatusMessage", ""))

# %% [markdown]
# The plans came back, and how long that takes is measured every night, before anybody asks. The other disk has backups
# that nobody could ever have restored. For how long would that have gone unnoticed?

# %% tags=["experiment"]
lab.experiment("proving")

# %% [markdown]
# Assumed: one such break in five years (`breaks_per_year`). Without trials it is found on the worst of all days; a
# trial each month makes the risk small, and costs hours of a volume. Now mend it, and put the drill away:

# %% tags=["experiment"]
with suppress(ClientError):  # run again, it finds nothing
    kms.enable_key(KeyId=key)
    backup.delete_restore_testing_selection(**name, RestoreTestingSelectionName="disks")
    backup.delete_restore_testing_plan(**name)
    backup.delete_recovery_point(BackupVaultName="office-vault", RecoveryPointArn=sealed_point["RecoveryPointArn"])
    ec2.delete_volume(VolumeId=finished)
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)

# %% [markdown] deeper="8 min"
# #### Deeper: the key is deleted
#
# Thieves need not delete backups: the key is enough. AWS makes them wait for a week at least. What can be done before
# that week is over, and what after it? And the copy in Osaka, in a vault that has a key of its own?

# %% tags=["experiment"]
kms = lab.client("kms")
plans_key = kms.create_key(Description="plans, on trial")["KeyMetadata"]["KeyId"]
sealed = {"Size": 20, "VolumeType": "gp3", "AvailabilityZone": f"{lab.region}a", "Encrypted": True}
trial = ec2.create_volume(**sealed, KmsKeyId=plans_key, TagSpecifications=named("volume", "trial"))["VolumeId"]
ec2.get_waiter("volume_available").wait(VolumeIds=[trial])
trial_arn = f"arn:aws:ec2:{lab.region}:{account}:volume/{trial}"
spare_arn = away.create_backup_vault(BackupVaultName="office-vault-spare")["BackupVaultArn"]
asked = {"ResourceArn": trial_arn, "IamRoleArn": keeper, "BackupVaultName": "office-vault"}
job = backup.start_backup_job(**asked, Lifecycle={"DeleteAfterDays": 35})["BackupJobId"]
lab.wait_until(lambda: backup.describe_backup_job(BackupJobId=job)["State"] in ("COMPLETED", "FAILED"))
point = backup.describe_backup_job(BackupJobId=job)["RecoveryPointArn"]
copy_to = {"SourceBackupVaultName": "office-vault", "DestinationBackupVaultArn": spare_arn, "IamRoleArn": keeper}
job = backup.start_copy_job(RecoveryPointArn=point, **copy_to)["CopyJobId"]
lab.wait_until(lambda: backup.describe_copy_job(CopyJobId=job)["CopyJob"]["State"] in ("COMPLETED", "FAILED"))
spare_point = backup.describe_copy_job(CopyJobId=job)["CopyJob"]["DestinationRecoveryPointArn"]

# %% tags=["experiment"]
def try_restore(client, of, where):
    job = client.start_restore_job(RecoveryPointArn=of, Metadata={"availabilityZone": where}, IamRoleArn=keeper)
    key = {"RestoreJobId": job["RestoreJobId"]}
    lab.wait_until(lambda: client.describe_restore_job(**key)["Status"] in ("COMPLETED", "FAILED"))
    told = client.describe_restore_job(**key)
    if told["Status"] == "COMPLETED":  # it worked: away with it
        lab.client("ec2", client.meta.region_name).delete_volume(VolumeId=told["CreatedResourceArn"].rpartition("/")[2])
    return told["Status"] + " " + told.get("StatusMessage", "")


with suppress(ClientError):  # run again, there is no such key
    kms.schedule_key_deletion(KeyId=plans_key, PendingWindowInDays=7)
    print("scheduled:  ", try_restore(backup, point, f"{lab.region}a"))
    kms.cancel_key_deletion(KeyId=plans_key)
    kms.enable_key(KeyId=plans_key)
    print("cancelled:  ", try_restore(backup, point, f"{lab.region}a"))
    kms.schedule_key_deletion(KeyId=plans_key, PendingWindowInDays=7)
lab.advance(days=8)
print("a week later:", try_restore(backup, point, f"{lab.region}a"))
print("from Osaka: ", try_restore(away, spare_point, f"{AWAY}a"))

# %% [markdown]
# In the week of grace the restore fails, but the deletion can be called off: watch for `ScheduleKeyDeletion` in
# CloudTrail. After it no one can help, AWS neither. The copy of another vault is encrypted anew with *that* vault's
# key, and lives. Look at the keys, when you count copies.

# %% tags=["experiment"]
for client, vault in ((backup, "office-vault"), (away, "office-vault-spare")):
    with suppress(ClientError):  # run again, it finds nothing
        of = point if client is backup else spare_point
        client.delete_recovery_point(BackupVaultName=vault, RecoveryPointArn=of)
with suppress(ClientError):
    away.delete_backup_vault(BackupVaultName="office-vault-spare")
    ec2.delete_volume(VolumeId=trial)

# %% [markdown] deeper="6 min"
# #### Deeper: three, two, one, measured
#
# Three copies, two kinds of storage, one elsewhere: the rule is older than the cloud. Twenty thousand years of failures
# are played on each step of the ladder, and on what you built, with the rules of your plan. Which step is worth most?

# %% tags=["experiment"]
lab.experiment("years of failures")

# %% [markdown]
# The second copy, in another region, hardly helps: regions are lost once in a thousand years (assumed, as all rates in
# `aws14.sim.backups.failures`), and whoever steals an administrator's rights has both copies. The locked one makes the
# difference. Yours is locked, too, but it stands in the same account.

# %% tags=["experiment"]
lab.experiment("worth")

# %% [markdown]
# A year's copies, and beside them what is lost in spite of them on average. Compare the sums: a copy is an insurance,
# and its price is small against what it insures.

# %% [markdown] deeper="8 min"
# #### Deeper: another account
#
# A lock stops everybody within the account. But an account can be closed as a whole: by its owner, by AWS after unpaid
# bills, by thieves with the root user. A vault of *another* account takes copies, if its policy lets us. (On a real
# account, you need a second one in your organization, with cross-account backup switched on, and its number here.)

# %% tags=["experiment"]
import boto3

role_there = {"RoleArn": "arn:aws:iam::222222222222:role/keeper", "RoleSessionName": "office"}
keys = lab.client("sts").assume_role(**role_there)["Credentials"]
as_them = {"aws_access_key_id": keys["AccessKeyId"], "aws_secret_access_key": keys["SecretAccessKey"]}
as_them |= {"aws_session_token": keys["SessionToken"], "endpoint_url": backup.meta.endpoint_url}
theirs = boto3.client("backup", region_name=lab.region, **as_them)
with suppress(theirs.exceptions.AlreadyExistsException):
    theirs.create_backup_vault(BackupVaultName="kept-for-the-office")
safe_arn = theirs.describe_backup_vault(BackupVaultName="kept-for-the-office")["BackupVaultArn"]
lab.advance(days=1, hours=3)  # one more night, one more point
disks = {"BackupVaultName": "office-vault", "ByResourceType": "EBS"}
newest = backup.list_recovery_points_by_backup_vault(**disks)["RecoveryPoints"][0]["RecoveryPointArn"]
to_copy = {"RecoveryPointArn": newest, "SourceBackupVaultName": "office-vault"}


def copy_there():
    job = backup.start_copy_job(**to_copy, DestinationBackupVaultArn=safe_arn, IamRoleArn=keeper)["CopyJobId"]
    lab.wait_until(lambda: backup.describe_copy_job(CopyJobId=job)["CopyJob"]["State"] in ("COMPLETED", "FAILED"))
    told = backup.describe_copy_job(CopyJobId=job)["CopyJob"]
    return told["State"], told.get("StatusMessage", "")

# %% tags=["experiment"]
print(*copy_there())
may_copy = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Resource": "*"}
policy = {"Version": "2012-10-17", "Statement": [{**may_copy, "Action": "backup:CopyIntoBackupVault"}]}
theirs.put_backup_vault_access_policy(BackupVaultName="kept-for-the-office", Policy=json.dumps(policy))
print(*copy_there())
safe = {"BackupVaultName": "kept-for-the-office"}
points = [point["RecoveryPointArn"] for point in theirs.list_recovery_points_by_backup_vault(**safe)["RecoveryPoints"]]
try:
    backup.delete_recovery_point(BackupVaultName="kept-for-the-office", RecoveryPointArn=points[0])
except ClientError as error:
    print("we, deleting it:", error.response["Error"]["Message"])

# %% [markdown]
# First refused, then let in: *into* the vault only. Nobody here can delete there. What is that worth?

# %% tags=["experiment"]
lab.experiment("account lost")

# %% [markdown]
# The last row is why. Region and account are two walls: the other account alone would not outlive Tokyo. Away with the
# trial:

# %% tags=["experiment"]
with suppress(ClientError):  # run again, it finds nothing
    for arn in points:
        theirs.delete_recovery_point(**safe, RecoveryPointArn=arn)
    theirs.delete_backup_vault(**safe)

# %% [markdown] deeper="7 min"
# #### Deeper: thieves who wait
#
# Ransomware shows itself when *it* likes. Until then it encrypts quietly, and every night's backup takes the damage in.
# How long back must backups go, and what is a lock worth?

# %% tags=["experiment"]
lab.experiment("thieves")

# %% [markdown]
# Without a lock nothing is left, however long the plan remembers. With one, it depends on memory: when the thieves
# waited longer than backups are kept, every copy is a copy of the damage. The old generations, few as they are, are all
# that is left then: months are lost, and not everything.
#
# If it has happened, stop the clock: a *legal hold* keeps points beyond their end, until somebody with the right lifts
# it.

# %% tags=["experiment"]
def held(of="EBS"):
    where = {"BackupVaultName": "office-vault", "ByResourceType": of}
    points = backup.list_recovery_points_by_backup_vault(**where)["RecoveryPoints"]
    return {point["RecoveryPointArn"]: point for point in points}


lab.advance(days=1, hours=3)
next_to_end = min(held().values(), key=lambda point: point["CalculatedLifecycle"]["DeleteAt"])["RecoveryPointArn"]
scene = {"Title": "ransomware", "Description": "keep all until the police is done"}
hold = backup.create_legal_hold(**scene, RecoveryPointSelection={"VaultNames": ["office-vault"]})["LegalHoldId"]
lab.advance(days=36)
print("past its end:", held()[next_to_end]["Status"])
try:
    backup.delete_recovery_point(BackupVaultName="office-vault", RecoveryPointArn=next_to_end)
except ClientError as error:
    print(error.response["Error"]["Message"])
backup.cancel_legal_hold(LegalHoldId=hold, CancelDescription="the police is done")
_ = lab.advance(days=2)
print("hold lifted:", "still there" if next_to_end in held() else "gone")

# %% [markdown] deeper="12 min"
# #### Deeper: the office's own disks
#
# A server under a desk has no snapshots. Its bytes have to cross the office's line, once, and then every day's changes.
# Or one sends disks. Where is the border?

# %% tags=["experiment"]
lab.experiment("office")

# %% [markdown]
# Below the size in the title the line is quicker than the mail. A faster line moves it far to the right.
#
# **The book says / today.** Books send a *Snowball*, a case full of disks. It is closed to new customers: AWS points to
# *DataSync* over the line, and to *Data Transfer Terminals*, places to which you carry your own disks.
#
# A *Storage Gateway* uses the same line, and nobody waits for it: it stands in the office, with a cache, and looks like
# a file server. It is activated with a key that the appliance itself hands out.

# %% tags=["experiment"]
storage = lab.client("storagegateway")


def activated(host, kind):
    key = lab.http(f"http://{host}/?activationRegion={lab.region}&no_redirect").text
    asked = {"ActivationKey": key, "GatewayName": host.split(".")[0], "GatewayTimezone": "GMT+9:00"}
    made = storage.activate_gateway(**asked, GatewayRegion=lab.region, GatewayType=kind)["GatewayARN"]
    disks = [disk["DiskId"] for disk in storage.list_local_disks(GatewayARN=made)["Disks"]]
    storage.add_cache(GatewayARN=made, DiskIds=disks[:1])
    if kind != "FILE_S3":
        storage.add_upload_buffer(GatewayARN=made, DiskIds=disks[1:2])
    return made


scans = f"scans-{account}"
s3.create_bucket(Bucket=scans, CreateBucketConfiguration={"LocationConstraint": lab.region})
writes = role("office-gateway", "storagegateway", "AmazonS3FullAccess")  # in earnest: this bucket only
gateway = activated("scan-gateway.office", "FILE_S3")
share = {"GatewayARN": gateway, "Role": writes, "LocationARN": f"arn:aws:s3:::{scans}", "ClientToken": "scans"}
share = storage.create_nfs_file_share(**share, ClientList=["192.168.0.0/24"])["FileShareARN"]
_ = lab.advance(minutes=2)

# %% [markdown]
# The share is a folder on this machine; what you write there the gateway sends. Then forty-five GiB of scans at once,
# and a line that is cut. (`lab.office` and `lab.at_gateway` are the office's hands; on AWS, mount the share.)

# %% tags=["experiment"]
import pathlib

lab.office(upload_mbps=100, download_mbps=100, cut=False)
folder = pathlib.Path(lab.at_gateway(scans)["folder"])
_ = (folder / "hello.txt").write_text("from the office")
_ = lab.advance(minutes=2)
print(s3.get_object(Bucket=scans, Key="hello.txt")["Body"].read())
lab.at_gateway(scans, "write", path="scans.tar", gib=45)
for what, hours in (("line is up", 0.5), ("cut", 6), ("up again", 1)):
    lab.office(cut=what == "cut")
    lab.advance(hours=hours)
    print(f"{what:10} waiting: {lab.at_gateway(scans)['dirty_bytes'] / 2**30:4.0f} GiB")
print(f"read again: {lab.at_gateway(scans, 'read', path='scans.tar')['seconds']:.0f} s")

# %% [markdown]
# People wrote at the speed of their own network, and work on while the line is down; the cache sends later. What lies
# in it is read without the line. What does not, waits for it:

# %% tags=["experiment"]
lab.experiment("waiting")

# %% [markdown]
# Two more faces of the same box. As *volumes*: a disk over iSCSI, whose snapshots are EBS's, so that an EC2 instance
# can take over. As *tapes*: the old backup software goes on, and its cassettes lie in Deep Archive.

# %% tags=["experiment"]
boxes = {kind: activated(f"{kind.lower()}-gateway.office", kind) for kind in ("CACHED", "VTL")}
asked = {"GatewayARN": boxes["CACHED"], "NetworkInterfaceId": "192.168.0.10", "ClientToken": "desk-volume"}
desk = storage.create_cached_iscsi_volume(VolumeSizeInBytes=200 * 2**30, TargetName="desk", **asked)["VolumeARN"]
tape = {"GatewayARN": boxes["VTL"], "TapeSizeInBytes": 100 * 2**30, "TapeBarcode": "YEAR2026", "PoolId": "DEEP_ARCHIVE"}
tape = storage.create_tape_with_barcode(**tape)["TapeARN"]
_ = lab.advance(minutes=2)

# %% tags=["experiment"]
which = {"GatewayARN": boxes["VTL"], "TapeARNs": [tape]}
lab.at_gateway("desk", "write", gib=20)
if storage.describe_tapes(**which)["Tapes"][0]["TapeStatus"] == "AVAILABLE":  # run again, it has been written
    lab.at_gateway("YEAR2026", "write", gib=20)
    lab.at_gateway("YEAR2026", "eject")
_ = lab.advance(hours=2)
snapshot = storage.create_snapshot(VolumeARN=desk, SnapshotDescription="desk")["SnapshotId"]
ec2.get_waiter("snapshot_completed").wait(SnapshotIds=[snapshot], WaiterConfig={"Delay": 120, "MaxAttempts": 60})
print(ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"][0]["State"], snapshot)
began = lab.session.now()
with suppress(ClientError):  # run again, it is back already
    storage.retrieve_tape_archive(TapeARN=tape, GatewayARN=boxes["VTL"])
lab.wait_until(lambda: storage.describe_tapes(**which)["Tapes"][0]["TapeStatus"] == "RETRIEVED")
print(f"the tape is back after {(lab.session.now() - began) / 3600:.0f} h")

# %% [markdown]
# Away with all of it:

# %% tags=["experiment"]
with suppress(ClientError):  # run again, it finds nothing
    ec2.delete_snapshot(SnapshotId=snapshot)
    storage.delete_volume(VolumeARN=desk)
    storage.delete_tape(GatewayARN=boxes["VTL"], TapeARN=tape)
    storage.delete_file_share(FileShareARN=share, ForceDelete=True)
    lab.advance(minutes=5)
    for box in (*boxes.values(), gateway):
        storage.delete_gateway(GatewayARN=box)
    for each in s3.list_objects_v2(Bucket=scans).get("Contents", []):
        s3.delete_object(Bucket=scans, Key=each["Key"])
    s3.delete_bucket(Bucket=scans)

# %% [markdown] deeper="6 min"
# #### Deeper: snapshots that nobody remembers
#
# Before each change somebody takes a snapshot by hand, just in case. The change goes well. The disk is deleted some
# day, the snapshot never. How would you find those?

# %% tags=["experiment"]
for number in (1, 2, 3):
    disk = {"Size": 100 * number, "VolumeType": "gp3", "AvailabilityZone": f"{lab.region}a"}
    disk = ec2.create_volume(**disk, TagSpecifications=named("volume", f"old-{number}"))["VolumeId"]
    ec2.get_waiter("volume_available").wait(VolumeIds=[disk])
    just_in_case = ec2.create_snapshot(VolumeId=disk, TagSpecifications=named("snapshot", f"before-{number}"))
    patience = {"Delay": 120, "MaxAttempts": 60}  # a full disk takes its time
    ec2.get_waiter("snapshot_completed").wait(SnapshotIds=[just_in_case["SnapshotId"]], WaiterConfig=patience)
    ec2.delete_volume(VolumeId=disk)


def orphans():
    disks = {disk["VolumeId"] for disk in ec2.describe_volumes()["Volumes"]}
    ours = [{"Name": "tag:aws14:pattern", "Values": ["p05"]}]  # leave it out, and see those of the whole account
    own = ec2.describe_snapshots(OwnerIds=["self"], Filters=ours)["Snapshots"]
    kept_by = ("aws:backup:source-resource", "aws:dlm:lifecycle-policy-id")
    return [
        each
        for each in own
        if each["VolumeId"] not in disks and not any(tag["Key"] in kept_by for tag in each.get("Tags", []))
    ]


for each in orphans():
    print(each["SnapshotId"], each["StartTime"].date(), each["VolumeSize"], "GiB", each["Tags"][0]["Value"])

# %% tags=["experiment"]
lab.experiment("forgotten")

# %% [markdown]
# Four snapshots a month of a hundred GiB each, and the bill grows with the square of time. Three cures: a policy that
# ends what it makes, a search like the one above each month, the *archive tier* for those that must stay (a quarter of
# the price, but each in full, and a day or two to come back). We delete ours:

# %% tags=["experiment"]
for each in orphans():
    ec2.delete_snapshot(SnapshotId=each["SnapshotId"])
print(len(orphans()), "are left")

# %% [markdown]
# ### Checkpoint and clean-up
#
# 1. A plan is deleted by mistake, and its backup of last night is in the vault here. How much work is lost, and of what?
# 2. Two copies in two regions, and all is lost. How?
# 3. Why was the newest recovery point of Monday morning the wrong one?
# 4. Which objective do you buy with a rule each hour, which with a vault nearby, which with thirty-five days?
#
# <details><summary>Answers</summary>
#
# 1. Of that plan what was drawn since the night; of everything else nothing, if only that file is put back.
# 2. Both could be deleted by the same administrator, or belonged to the same account.
# 3. The plan had run after the attack: it kept what was there, encrypted files.
# 4. RPO; RTO; retention.
#
# </details>

# %% [markdown]
# The clean-up deletes all it may, and says what the lock keeps and until when. Then the clock runs on until the last point
# has expired, and the rest goes, too. (On a real account, after the days of grace: wait, and run it again.)

# %% tags=["cleanup"]
display(lab.clean_up())
lab.advance(days=42)
lab.clean_up()

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
# (Elastic is the console's default. The API's own, when you say nothing, is still bursting.)

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
# (They also name the share. On a real account, let the VPC ask them: a DHCP option set with the directory's DNS.)

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
# Clients that give up after ten seconds instead of waiting lose most of what they ask for in these days. Elastic serves
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
    question="For how many hours do credits carry the peak? And which peak is one for elastic?",
    gib=(256, 8192, 256),
    peak_mibps=(25, 400, 25),
    hours=(2, 144, 2),
    usual_mibps=(0, 50, 5),
    cold_percent=(0, 90, 10),
    protocol=["NFS", "SMB"],
)

# %% [markdown]
# The brief's peak, if short: bursting; credits carry it for eleven hours, once a month. If long: provisioned. Twice as
# high, it is more than credits allow at all: elastic, while it lasts few hours. AWS's rule of thumb for elastic, a mean
# of a twentieth of the peak, is a start; here the turn comes earlier. The decision is a habit: first write down protocol, zones, peak and how long it lasts.

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

# %% [markdown] deeper="4 min"
# #### Deeper: why is this box here?
#
# Each part is taken away on paper, and what it was for is asked again. Which loss would nobody notice for months?

# %% tags=["experiment"]
lab.experiment("why")

# %% [markdown]
# Without the backup all goes on as before: two zones keep every file twice, and delete it twice, at once. Pattern 5 is
# about that.

# %% [markdown] deeper="7 min"
# #### Deeper: a server of one's own?
#
# A virtual machine with a large disk, and a share on it: the old server again, without its desk. It is the cheapest
# line in many comparisons. How fast is it at the end of the month? The disk is sold with a hundred and twenty-five
# MiB a second.

# %% tags=["build"] step="own-server"
own_disk = ec2.create_volume(
    Size=2048, VolumeType="gp3", AvailabilityZone=f"{lab.region}a", TagSpecifications=named("volume", "own-disk")
)["VolumeId"]
own_server = ec2.run_instances(
    ImageId=image,
    InstanceType="m5.large",
    MinCount=1,
    MaxCount=1,
    SubnetId=subnets["files-a"],
    SecurityGroupIds=[nfs],
    TagSpecifications=named("instance", "own-server"),
)["Instances"][0]["InstanceId"]
ec2.get_waiter("instance_running").wait(InstanceIds=[own_server])
_ = ec2.attach_volume(InstanceId=own_server, VolumeId=own_disk, Device="/dev/sdf")

# %% tags=["experiment"]
lab.experiment("own server")

# %% [markdown]
# The shortest bar decides, and it is not the disk: what passes to the disk, the *lane*, is a property of the
# instance, and so is the network. Somebody buys a disk four times as fast all the same:

# %% tags=["experiment"]
with suppress(ClientError):  # AWS changes a volume once in six hours
    ec2.modify_volume(VolumeId=own_disk, Throughput=500, Iops=8000)
lab.explore(
    "own server",
    question="Which instance carries the end of the month?",
    instance_type=["as built", "t3.small", "m5.xlarge", "m5.2xlarge"],
    volume_type=["as built", "gp2"],
)

# %% [markdown]
# Money for nothing, until the server grows too. Size both, then count what is left to do by hand: patches, snapshots,
# and nobody takes over when it stops.
#
# *gp2*, the older disk, gives by its size and lives on credits; *gp3* gives what it was ordered with. A server that
# is billed as cheap is small, and the first thing a small one lacks is network.

# %% [markdown] deeper="6 min"
# #### Deeper: where have the credits gone?
#
# *Bursting* is the mode that older file systems still run in. What is stored earns credits; a rush spends them.
# Predict: a file system of two hundred and fifty-six GiB, full of credits, is written at a hundred MiB a second. For
# how many hours?

# %% tags=["experiment"]
from datetime import UTC, datetime, timedelta

for each in efs.describe_file_systems(CreationToken="burst")["FileSystems"]:  # run again, it begins with full credits
    efs.delete_file_system(FileSystemId=each["FileSystemId"])
    _ = lab.advance(minutes=1)
name = [{"Key": "Name", "Value": "burst"}]
burst = efs.create_file_system(CreationToken="burst", ThroughputMode="bursting", Tags=name)["FileSystemId"]
_ = lab.advance(minutes=1)
lab.load_files(burst, stored_gib=256, write_mibps=100)  # on a real account: a machine that writes
end = datetime.fromtimestamp(lab.advance(hours=10), UTC)

# %% tags=["experiment"]
balance = lab.client("cloudwatch").get_metric_statistics(
    Namespace="AWS/EFS",
    MetricName="BurstCreditBalance",
    Dimensions=[{"Name": "FileSystemId", "Value": burst}],
    StartTime=end - timedelta(hours=9, minutes=59),
    EndTime=end,
    Period=900,
    Statistics=["Maximum"],
)["Datapoints"]
lab.experiment("credits", [(end - each["Timestamp"], each["Maximum"]) for each in balance])

# %% [markdown]
# The metric falls in a straight line to nothing, where the documented figures say it must. From then on the file
# system gives its baseline, an eighth. Nothing failed, no alarm rang: people only say "the server is slow today".
# Watch `BurstCreditBalance`, or leave the mode: one call, and no file moves.

# %% tags=["experiment"]
with suppress(ClientError):  # run again, it is gone
    efs.update_file_system(FileSystemId=burst, ThroughputMode="elastic")
    _ = lab.advance(minutes=10)
    print(efs.describe_file_systems(FileSystemId=burst)["FileSystems"][0]["ThroughputMode"])
    efs.delete_file_system(FileSystemId=burst)
    _ = lab.advance(minutes=1)

# %% [markdown] deeper="6 min"
# #### Deeper: what about files that nobody reads?
#
# Three quarters of the files were not opened for months. A lifecycle moves them: after thirty days to *Infrequent
# Access*, after ninety to *Archive*. Same path, same mount; a read there waits a little longer, and is charged. Four
# months pass:

# %% tags=["experiment"]
past = efs.create_file_system(
    CreationToken="past-years", ThroughputMode="elastic", Tags=[{"Key": "Name", "Value": "past-years"}]
)["FileSystemId"]
_ = lab.advance(minutes=1)
rules = [{"TransitionToIA": "AFTER_30_DAYS"}, {"TransitionToArchive": "AFTER_90_DAYS"}]
efs.put_lifecycle_configuration(FileSystemId=past, LifecyclePolicies=rules)
lab.load_files(past, stored_gib=2048, active_gib=512)  # on a real account: your files, and your patience
classes = ("ValueInStandard", "ValueInIA", "ValueInArchive")
for days in (0, 31, 89):
    _ = lab.advance(days=days)
    size = efs.describe_file_systems(FileSystemId=past)["FileSystems"][0]["SizeInBytes"]
    print(f"{days:3} days later:", {each.removeprefix("ValueIn"): size[each] // 1024**3 for each in classes}, "GiB")

# %% tags=["experiment"]
lab.experiment("cold files")

# %% [markdown]
# Left: nobody reads, and the month costs little more than a quarter. Reading where it lies stays cheap. The dotted
# line has the third rule, *back to Standard at the first access*: a virus scanner or an indexer that opens everything
# once brings all of it back, and the month becomes dearer than if no file had ever moved. Keep scanners out of
# archives.

# %% tags=["experiment"]
with suppress(ClientError):  # run again, it is gone
    efs.delete_file_system(FileSystemId=past)
    _ = lab.advance(minutes=1)

# %% [markdown] deeper="4 min"
# #### Deeper: who else is writing this file?
#
# Everybody's list of customers is one file. Whoever writes it locks it, and each step under the lock is a round trip.
# Predict: with how many writers does one more only make all others wait?

# %% tags=["experiment"]
lab.explore(
    "one file", question="What moves the knee to the right?", think_s=[0.5, 2.0, 10.0, 60.0], trips=(1, 12, 1)
)

# %% [markdown]
# Flat at first, then a knee. Beyond it no faster disk and no more throughput help: the file is written one at a time,
# and each writer holds the lock as long as its way is. The cure is no storage at all: one file a customer, or a
# database. It also tells why an office far away must not share such a file directly.

# %% [markdown] deeper="7 min"
# #### Deeper: why is a fast line slow?
#
# The files now lie in Tokyo, the desks stand in Sapporo; the line is as fast as the brief's. Somebody opens a
# project: twenty thousand small files, in all about one GiB. As one file that takes little more than a minute. And as
# twenty thousand?

# %% tags=["experiment"]
lab.experiment("small files")

# %% [markdown]
# The same bytes. What counts is how often somebody waits for an answer: *open*, *read*, *close*, each a round trip,
# one file after the other. A faster line changes nothing. A cache in the office answers nearby; asking for many at
# once helps programs that can.
#
# A bucket behind such a cache has a weakness of its own. Somebody renames the project's folder:

# %% tags=["experiment"]
lab.experiment("rename")

# %% [markdown]
# A file system renames the folder by one operation, whatever is in it. S3 has no folders: each object is copied to
# its new name and the old one deleted. In the office the new name is there at once; whoever else reads the bucket
# sees a *rename storm*, and each copy is a request that is paid for.

# %% [markdown] deeper="9 min"
# #### Deeper: a cache in the office?
#
# An **S3 File Gateway** is a machine in Sapporo. Desks see an SMB share, the files become objects in a bucket, and
# what was used last stays on its disk. (Here the machine is emulated; its share is a folder on your computer. On a
# real account the key comes from your own appliance, at its own address.)

# %% tags=["build"] step="office-bucket"
s3, storagegateway = lab.client("s3"), lab.client("storagegateway")
account = lab.client("sts").get_caller_identity()["Account"]
bucket = f"sapporo-files-{account}"
s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": lab.region})
s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "Name", "Value": "sapporo-files-bucket"}]})


def role_of(service, name):
    may_assume = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [may_assume]})
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    may = {"Effect": "Allow", "Action": "s3:*", "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]}
    may = json.dumps({"Version": "2012-10-17", "Statement": [may]})
    iam.put_role_policy(RoleName=name, PolicyName="objects", PolicyDocument=may)
    return arn


gateway_role = role_of("storagegateway.amazonaws.com", "sapporo-gateway")

# %% tags=["build"] step="office-gateway"
key = lab.http(f"http://gateway.office/?activationRegion={lab.region}&no_redirect").text
gateway = storagegateway.activate_gateway(
    ActivationKey=key,
    GatewayName="sapporo-files",
    GatewayTimezone="GMT+9:00",
    GatewayRegion=lab.region,
    GatewayType="FILE_S3",
    Tags=[{"Key": "Name", "Value": "sapporo-files"}],
)["GatewayARN"]
disks = storagegateway.list_local_disks(GatewayARN=gateway)["Disks"]
storagegateway.add_cache(GatewayARN=gateway, DiskIds=[disks[0]["DiskId"]])

# %% tags=["build"] step="office-share"
storagegateway.set_smb_guest_password(GatewayARN=gateway, Password=lab.password("sapporo-guest"))
office_share = storagegateway.create_smb_file_share(
    ClientToken="sapporo",
    GatewayARN=gateway,
    Role=gateway_role,
    LocationARN=f"arn:aws:s3:::{bucket}",
    DefaultStorageClass="S3_STANDARD",
    Authentication="GuestAccess",
)["FileShareARN"]
_ = lab.advance(minutes=2)  # on a real account: until describe_smb_file_shares says "AVAILABLE"

# %% [markdown]
# (Guests may come in here; in earnest `join_domain`, so that the ACLs' names are the directory's.) A desk writes; the
# gateway takes it at once and sends it up the line. Then somebody cuts the line (on the embedded AWS only):

# %% tags=["experiment"]
def objects():
    return sorted(each["Key"] for each in s3.list_objects_v2(Bucket=bucket).get("Contents", []))


lab.at_gateway(office_share, "write", path="plans/house.txt", text="a house")
_ = lab.advance(minutes=2)
print(objects(), s3.get_object(Bucket=bucket, Key="plans/house.txt")["Body"].read())
lab.office(cut=True)
lab.at_gateway(office_share, "write", path="plans/bridge.txt", text="a bridge")
_ = lab.advance(hours=3)
print("line cut:", objects(), lab.at_gateway(office_share)["files"])
lab.office(cut=False)
_ = lab.advance(minutes=2)
print("line back:", objects())

# %% [markdown]
# The office worked on through three hours without a line; nobody elsewhere saw its files. *Write-back* has a limit:
# what waits has to fit the cache. And what is asked for? How large must the cache be?

# %% tags=["experiment"]
lab.explore(
    "cache",
    question="How large is a cache that finds nine of ten files?",
    gib=(200, 1000, 100),
    skew=[0.0, 0.6, 0.9, 1.2],
)

# %% [markdown]
# Few files are asked for often, so a small cache finds many, and each further GiB finds less. The built one, with
# less than a third of the files, finds most; AWS asks for a hundred and fifty GiB at least. (Set the *skew* to
# nothing: all files are asked for alike, and only size helps.) Now the last day of the month, on three lines:

# %% tags=["experiment"]
lab.explore(
    "queue",
    question="For how long may the line be cut on that day?",
    written_gib=(100, 400, 50),
    cut_h=[0.0, 1.0, 2.0, 4.0, 8.0],
)

# %% [markdown]
# What is written faster than the line carries waits in the cache. Where the curve crosses the dotted line, the cache
# is full of what waits, and *desks are refused*: "no space left on device", although the bucket has no end. The
# metric to watch is `CachePercentDirty`.

# %% [markdown] deeper="12 min"
# #### Deeper: when does a move end?
#
# The old server goes on working while its files are copied. **DataSync** does the copying: an *agent* beside the old
# server, two *locations*, a *task*. (The office's server is a folder on your computer, the agent is emulated; on a
# real account the key comes from the agent that you started.)

# %% tags=["build"] step="move-in"
from pathlib import Path

datasync = lab.client("datasync")
print(run("a", mount, "mkdir -p /mnt/shared/moved"))
key = lab.http(f"http://agent.office/?activationRegion={lab.region}&no_redirect").text
agent = datasync.create_agent(ActivationKey=key, AgentName="office-agent")["AgentArn"]
old = datasync.create_location_nfs(
    ServerHostname="files.office", Subdirectory="/share", OnPremConfig={"AgentArns": [agent]}
)["LocationArn"]
arn = f"arn:aws:ec2:{lab.region}:{lab.client('sts').get_caller_identity()['Account']}"
new = datasync.create_location_efs(
    EfsFilesystemArn=efs.describe_file_systems(FileSystemId=shared)["FileSystems"][0]["FileSystemArn"],
    Subdirectory="/moved",
    Ec2Config={
        "SubnetArn": f"{arn}:subnet/{subnets['files-a']}",
        "SecurityGroupArns": [f"{arn}:security-group/{servers}"],
    },
)["LocationArn"]

# %% tags=["build"] step="move-in-task"
only_changes = {"TransferMode": "CHANGED", "VerifyMode": "ONLY_FILES_TRANSFERRED", "PreserveDeletedFiles": "REMOVE"}
task = datasync.create_task(
    SourceLocationArn=old,
    DestinationLocationArn=new,
    Name="move-in",
    Options=only_changes,
    Tags=[{"Key": "Name", "Value": "move-in"}],
)["TaskArn"]

# %% tags=["experiment"]
def copy():
    execution = datasync.start_task_execution(TaskArn=task)["TaskExecutionArn"]
    _ = lab.advance(minutes=10)  # on a real account: until describe_task_execution says "SUCCESS"
    told = datasync.describe_task_execution(TaskExecutionArn=execution)
    return {each: told.get(each) for each in ("Status", "FilesTransferred", "BytesTransferred", "FilesDeleted")}


desk = Path(lab.office()["folder"])  # on a real account: the server itself
(desk / "prices.csv").write_text("tea,3\nrice,5\n")
(desk / "letter.txt").write_text("Dear customer")
print("first: ", copy())
(desk / "prices.csv").write_text("tea,4\nrice,5\nsalt,1\n")
(desk / "letter.txt").unlink()
print("second:", copy())
print(run("c", mount, "ls /mnt/shared/moved", "cat /mnt/shared/moved/prices.csv"))

# %% [markdown]
# The first run carries all, the second only what has changed, and it deletes what was deleted. So each copy is
# shorter than the last: it carries what changed *while the one before ran*. When the last is short enough, everybody
# stops writing, it runs once more, and the drives are pointed to the new server: the *cut-over*. How does it go with
# the company's terabytes?

# %% tags=["experiment"]
lab.explore(
    "move",
    question="From which line on does the move end at all?",
    mbps=[5, 10, 20, 50, 100],
    changed_gib=(0, 600, 60),
    window_h=[1.0, 2.0, 8.0, 48.0],
)

# %% [markdown]
# Copies one after the other shrink like a geometric series, as long as less changes in a day than the line carries in
# a day. When more changes, as at the end of the month, no number of copies ends it: another line, another week, or
# disks by mail. And a copy *once a day* always finds a day's changes: it cannot become shorter.
#
# (**The book says / today.** Disks by mail were *Snowball*; it is closed to new customers. Today: DataSync, or *AWS
# Data Transfer Terminal*, where you carry your own disks to.)

# %% [markdown] exercise="p06-e2" tags=["exercise"]
# **Exercise 2.** The office needs some of its line to work: the task may take at most sixty of its hundred Mbit/s. On
# Saturday night nobody may write for two hours, no longer. All must be there within fourteen days, and nobody wants
# to sit up and press buttons: the task starts by itself. Set `Options` and `Schedule` with `update_task`.

# %% tags=["exercise"] exercise="p06-e2"
# Your calls here.

# %% tags=["solution"] exercise="p06-e2"
limit = only_changes | {"BytesPerSecond": 60_000_000 // 8}
_ = datasync.update_task(TaskArn=task, Options=limit, Schedule={"ScheduleExpression": "rate(12 hours)"})

# %% tags=["check"] exercise="p06-e2"
lab.check("p06-e2")

# %% [markdown]
# The first copy takes most of the time, and the schedule decides the last: it carries what changed since the one
# before started. (A task that starts by itself goes on doing so after the move, and overwrites what people write on
# the new side. End it:)

# %% tags=["experiment"]
_ = datasync.update_task(TaskArn=task, Schedule={"ScheduleExpression": ""})

# %% [markdown] deeper="7 min"
# #### Deeper: who may what, on Linux?
#
# NFS believes what a client says of itself: whoever is *root* on a server is root on the files. An **access point**
# does not: it makes every caller one user, and its folder the root of everything. `orders-a` comes through it as
# root:

# %% tags=["experiment"]
through = f"mkdir -p /mnt/orders && mount -t efs -o tls,accesspoint={point} {shared}:/ /mnt/orders"
leave = "umount /mnt/orders"
run("a", "dnf install -y amazon-efs-utils", through, "echo 'order 2: rice' > /mnt/orders/2.txt", leave)
print(run("c", mount, "ls -ld /mnt/shared/orders", "sudo -u nobody cat /mnt/shared/orders/2.txt"))
print(run("a", through, "ls -l /mnt/orders", leave))

# %% [markdown]
# The file belongs to user 1000 (whom this server calls `ec2-user`), though root wrote it. Another user is refused
# at the folder: `750` lets nobody in but owner and group. And through the access point only its folder is there,
# as if it were everything: no `orders.txt`.
#
# A *file system policy* says the same of all callers. As soon as there is one, only those come in whom it lets in, so it
# begins with everybody. Without encryption on the way, nobody mounts any more:

# %% tags=["experiment"]
all_in = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ["elasticfilesystem:Client*"]}
plain = {"Effect": "Deny", "Principal": "*", "Action": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
policy = json.dumps({"Version": "2012-10-17", "Statement": [all_in, plain]})
efs.put_file_system_policy(FileSystemId=shared, Policy=policy)
there = f"mkdir -p /mnt/plain && mount -t nfs4 {host}:/ /mnt/plain"
print(run("c", there))
print(run("a", through, "ls /mnt/orders", leave))
_ = efs.delete_file_system_policy(FileSystemId=shared)

# %% [markdown] exercise="p06-e3" tags=["exercise"]
# **Exercise 3.** The accountants' server mounts the same file system. It shall see the folder `/books` and nothing
# else, which is not there yet; nobody but its owner may look in; and whoever comes, root too, shall be user and group
# 2000.

# %% tags=["exercise"] exercise="p06-e3"
# Your calls here.

# %% tags=["solution"] exercise="p06-e3"
books = {"Path": "/books", "CreationInfo": {"OwnerUid": 2000, "OwnerGid": 2000, "Permissions": "700"}}
_ = efs.create_access_point(
    ClientToken="books",
    FileSystemId=shared,
    PosixUser={"Uid": 2000, "Gid": 2000},
    RootDirectory=books,
    Tags=[{"Key": "Name", "Value": "books"}],
)

# %% tags=["check"] exercise="p06-e3"
lab.check("p06-e3")

# %% [markdown] deeper="8 min"
# #### Deeper: who may what, on Windows?
#
# Windows knows nothing of user 1000. A file carries a list, the **ACL**: this group may change, that one may read,
# this one may not. Its names come from the directory, so the share joins one: its own managed one, as here, or the
# company's, over a trust. The old server's name can move along, so that no shortcut on any desk breaks:

# %% tags=["experiment"]
fsx.associate_file_system_aliases(FileSystemId=share, Aliases=["files.minato.example.com"])
_ = lab.advance(minutes=5)  # on a real account: until the alias is "AVAILABLE"
by_smb = f"mkdir -p /mnt/desk && mount -t cifs -o {login} //files.minato.example.com/share /mnt/desk"
print(run("a", by_smb, "echo 'minutes of Monday' > /mnt/desk/minutes.txt"))
print(run("c", by_smb, "cat /mnt/desk/minutes.txt"))
told = fsx.describe_file_systems(FileSystemIds=[share])["FileSystems"][0]["WindowsConfiguration"]
told["RemoteAdministrationEndpoint"]

# %% [markdown]
# (On a real account the directory's DNS has to know the alias.)
#
# Three things that file servers are loved for are not in AWS's API. An administrator types them: the first on a desk,
# the others at the endpoint above.
#
# ```powershell
# icacls \\files.minato.example.com\share\books /grant "minato\accounting:(OI)(CI)M"
# Enable-FsxUserQuotas -Enforce -DefaultLimit 20GB -DefaultWarningLimit 16GB
# Set-FsxShadowStorage -Default
# Set-FsxShadowCopySchedule -Default
# ```
#
# The *ACL* lets accountants change the books. *Quotas*: nobody fills the share alone. *Shadow copies* are the
# "Previous Versions" of the Explorer. People fetch this morning's version themselves, which saves most calls for
# help. They lie on the same disks: whoever loses the share loses them too. Backups are another thing; see *Deeper:
# the file of last Tuesday*.

# %% tags=["experiment"]
print(run("a", "umount /mnt/desk"), run("c", "umount /mnt/desk"))
fsx.disassociate_file_system_aliases(FileSystemId=share, Aliases=["files.minato.example.com"])
_ = lab.advance(minutes=5)

# %% [markdown] deeper="8 min"
# #### Deeper: one file system for both?
#
# **FSx for NetApp ONTAP** is where most old file servers go that were a NetApp, and many that were not: NFS and SMB
# on the same files, *SnapMirror* to copy block by block from the old box, snapshots that users see. And it moves what
# nobody reads to a *capacity pool*: the small SSD in front is all that is ordered. A virtual file server (SVM), a
# volume, a mount:

# %% tags=["experiment"]
ontap = fsx.create_file_system(
    FileSystemType="ONTAP",
    StorageCapacity=1024,
    SubnetIds=[subnets["files-a"]],
    SecurityGroupIds=[nfs, smb],
    OntapConfiguration={"DeploymentType": "SINGLE_AZ_1", "ThroughputCapacity": 128},
    Tags=[{"Key": "Name", "Value": "both"}],
)["FileSystem"]["FileSystemId"]
_ = lab.advance(hours=1)  # on a real account: until describe_file_systems says "AVAILABLE"
svm = fsx.create_storage_virtual_machine(FileSystemId=ontap, Name="minato")["StorageVirtualMachine"]
_ = lab.advance(minutes=10)  # until describe_storage_virtual_machines says "CREATED"
volume = {"JunctionPath": "/plans", "SizeInMegabytes": 102_400, "StorageEfficiencyEnabled": True}
volume |= {"StorageVirtualMachineId": svm["StorageVirtualMachineId"]}
volume |= {"TieringPolicy": {"Name": "AUTO", "CoolingPeriod": 31}}
volume = fsx.create_volume(VolumeType="ONTAP", Name="plans", OntapConfiguration=volume)["Volume"]["VolumeId"]
_ = lab.advance(minutes=2)

# %% tags=["experiment"]
of_ours = [{"Name": "file-system-id", "Values": [ontap]}]
svms = fsx.describe_storage_virtual_machines(Filters=of_ours)["StorageVirtualMachines"]
svm_host = svms[0]["Endpoints"]["Nfs"]["DNSName"]
to_plans = f"mkdir -p /mnt/plans && mount -t nfs {svm_host}:/plans /mnt/plans"
print(run("a", to_plans, "echo 'a plan' > /mnt/plans/plan.txt", "umount /mnt/plans"))
print(run("c", to_plans, "cat /mnt/plans/plan.txt", "umount /mnt/plans"))
fsx.describe_volumes(VolumeIds=[volume])["Volumes"][0]["OntapConfiguration"]["TieringPolicy"]

# %% [markdown]
# A volume that is created with *AUTO* lets blocks go that nobody read for a month. (For SMB the SVM joins the
# directory.) In *Bill and one decision* it is the one product that serves both kinds of clients.
#
# **The book says / today.** *FSx File Gateway*, a cache in the office in front of FSx for Windows, is closed to new
# customers: desks reach FSx directly, or an S3 File Gateway stands in the office. New in 2026 is **S3 Files**: a
# bucket that servers mount by NFS, for programs that want files where others want objects.

# %% tags=["experiment"]
for machine in fsx.describe_storage_virtual_machines(Filters=of_ours)["StorageVirtualMachines"]:
    of_it = [{"Name": "storage-virtual-machine-id", "Values": [machine["StorageVirtualMachineId"]]}]
    for each in fsx.describe_volumes(Filters=of_it)["Volumes"]:
        fsx.delete_volume(VolumeId=each["VolumeId"], OntapConfiguration={"SkipFinalBackup": True})
    _ = lab.advance(minutes=5)
    fsx.delete_storage_virtual_machine(StorageVirtualMachineId=machine["StorageVirtualMachineId"])
    _ = lab.advance(minutes=10)
    fsx.delete_file_system(FileSystemId=machine["FileSystemId"])
    _ = lab.advance(hours=1)
print(len(fsx.describe_storage_virtual_machines(Filters=of_ours)["StorageVirtualMachines"]), "left")

# %% [markdown] deeper="5 min"
# #### Deeper: which of them survives a zone?
#
# A zone is lost for a working day. One server is restored from last night's snapshot, by somebody who had to notice
# first. *One Zone* is EFS at about half the price. Predict the order.

# %% tags=["experiment"]
lab.experiment("zone lost")

# %% [markdown]
# What stands in one zone is away with it, managed or not. A snapshot shortens that to the time of a restore, and
# loses what was written since last night. FSx in two zones fails over by itself; EFS has nothing to fail over. *One
# Zone* knows one zone only, and refuses the second:

# %% tags=["experiment"]
zone = efs.create_file_system(
    CreationToken="one-zone", AvailabilityZoneName=f"{lab.region}a", Tags=[{"Key": "Name", "Value": "one-zone"}]
)["FileSystemId"]
_ = lab.advance(minutes=1)
try:
    efs.create_mount_target(FileSystemId=zone, SubnetId=subnets["files-c"], SecurityGroups=[nfs])
except ClientError as error:
    print(error.response["Error"]["Code"])
efs.delete_file_system(FileSystemId=zone)
_ = lab.advance(minutes=1)

# %% [markdown] deeper="7 min"
# #### Deeper: the file of last Tuesday
#
# Two copies in two zones are no backup: what is deleted is deleted in both. The core's `Backup=True` lets **AWS
# Backup** take the file system every day, into a vault of AWS's own; FSx takes itself. Here a vault of one's own, as
# in *Backup* above. One file is lost, and one file comes back:

# %% tags=["experiment"]
backup = lab.client("backup")
may_assume = {"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}
trust = json.dumps({"Version": "2012-10-17", "Statement": [may_assume]})
keeper = iam.create_role(RoleName="files-backup", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
for each in ("ForBackup", "ForRestores"):
    policy = f"arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicy{each}"
    iam.attach_role_policy(RoleName="files-backup", PolicyArn=policy)

# %% tags=["experiment"]
backup.create_backup_vault(BackupVaultName="files")
run("a", mount, "mkdir -p /mnt/shared/desk", "echo 'prices of Tuesday' > /mnt/shared/desk/prices.txt")
source = efs.describe_file_systems(FileSystemId=shared)["FileSystems"][0]["FileSystemArn"]
job = backup.start_backup_job(BackupVaultName="files", ResourceArn=source, IamRoleArn=keeper)["BackupJobId"]
_ = lab.advance(hours=2)  # on a real account: until describe_backup_job says "COMPLETED"
saved = backup.describe_backup_job(BackupJobId=job)
run("c", mount, "echo spoilt > /mnt/shared/desk/prices.txt")
saved["State"]

# %% tags=["experiment"]
back = {"newFileSystem": "false", "file-system-id": shared, "ItemsToRestore": json.dumps(["/desk/prices.txt"])}
job = backup.start_restore_job(RecoveryPointArn=saved["RecoveryPointArn"], Metadata=back, IamRoleArn=keeper)
_ = lab.advance(hours=1)  # on a real account: until describe_restore_job says "COMPLETED"
print(backup.describe_restore_job(RestoreJobId=job["RestoreJobId"])["Status"])
print(run("c", "cat /mnt/shared/desk/prices.txt /mnt/shared/aws-backup-restore_*/desk/prices.txt"))

# %% [markdown]
# The spoilt file stays; the restored one lies beside it, in a folder of its own, byte for byte. Nothing is
# overwritten: somebody has to look and choose. The point goes:

# %% tags=["experiment"]
run("c", "rm -r /mnt/shared/aws-backup-restore_* /mnt/shared/desk")
with suppress(ClientError):  # run again, the vault is gone
    for each in backup.list_recovery_points_by_backup_vault(BackupVaultName="files")["RecoveryPoints"]:
        backup.delete_recovery_point(BackupVaultName="files", RecoveryPointArn=each["RecoveryPointArn"])
    _ = lab.advance(minutes=5)
    backup.delete_backup_vault(BackupVaultName="files")

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
# ## Take-away
#
# - **A copy** counts by what it survives: another disk, another region, another account, a lock; and by who can delete it.
# - **RPO** is bought with a schedule, **RTO** with nearness, **retention** with a lifecycle; each has its own line of the bill.
# - **A backup** that was never restored is a hope. Let a machine try it every night.
# - **An archive** is cheap to fill and slow to empty; small and short-lived objects do not belong there.
# - **A shared file system** is chosen by protocol, zones, peak and how long the peak lasts, in this order.
# - **Throughput** follows what is stored, ordered or asked; a rule that saves storage may take it away.
# - **A move** ends when less changes in a day than the line carries in a day, and needs a window in which nobody writes.
