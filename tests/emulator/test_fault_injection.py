"""Experiments of the Fault Injection Service: states, targets, actions, stops."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from aws14.emulator.durations import typical_s
from aws14.emulator.fis_actions import ActionError, duration_s

MINUTE = 60.0
ZONE = "ap-northeast-1a"
ROLE = "arn:aws:iam::123456789012:role/chaos"
INITIATES = typical_s("FIS experiment pending to initiating")
RUNS = INITIATES + typical_s("FIS experiment initiating to running")
STOPS = typical_s("FIS experiment stopping to stopped")
STOP, START_AFTER = "aws:ec2:stop-instances", "startInstancesAfterDuration"


@pytest.fixture
def ec2(clean_emulator, aws):
    return aws("ec2")


@pytest.fixture
def fis(ec2, aws):
    return aws("fis")


@pytest.fixture
def fleet(ec2, ami, clean_emulator) -> list[str]:
    """Four running instances with the tag Role=web, two of them in `ZONE`, two in another."""
    ids = []
    for zone in (ZONE, "ap-northeast-1c"):
        asked = ec2.run_instances(
            ImageId=ami,
            InstanceType="t3.small",
            MinCount=2,
            MaxCount=2,
            Placement={"AvailabilityZone": zone},
            TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Role", "Value": "web"}]}],
        )
        ids += [each["InstanceId"] for each in asked["Instances"]]
    clean_emulator.advance(10 * MINUTE)
    return ids


def arn(instance: str) -> str:
    return f"arn:aws:ec2:ap-northeast-1:123456789012:instance/{instance}"


def aimed(*instances: str, mode: str = "ALL", **more) -> dict:
    by_tag = {"resourceTags": {"Role": "web"}}
    by_arn = {"resourceArns": [arn(each) for each in instances]}
    return {"resourceType": "aws:ec2:instance", "selectionMode": mode, **(by_arn if instances else by_tag), **more}


def act(action: str = STOP, *, target: str = "them", **more) -> dict:
    return {"actionId": action, "targets": {"Instances": target}, **more}


@pytest.fixture
def template(fis):
    def template(actions, target=None, targets=None, stop=None, **more) -> str:
        made = fis.create_experiment_template(
            description="a drill",
            roleArn=ROLE,
            stopConditions=stop or [{"source": "none"}],
            targets=targets if targets is not None else {"them": target or aimed()},
            actions=actions,
            **more,
        )
        return made["experimentTemplate"]["id"]

    return template


@pytest.fixture
def run(fis, template):
    def run(actions, **more) -> str:
        started = fis.start_experiment(experimentTemplateId=template(actions, **more))["experiment"]
        assert started["state"]["status"] == "pending"
        return started["id"]

    return run


@pytest.fixture
def look(fis):
    return lambda key: fis.get_experiment(id=key)["experiment"]


def states(ec2, ids):
    found = ec2.describe_instances(InstanceIds=ids)["Reservations"]
    by_id = {one["InstanceId"]: one["State"]["Name"] for each in found for one in each["Instances"]}
    return [by_id[each] for each in ids]


def test_an_experiment_goes_through_its_states_and_instances_start_again(ec2, fleet, run, look, clean_emulator):
    key = run({"off": act(parameters={START_AFTER: "PT10M"})})
    seen = []
    for pause in (INITIATES, RUNS - INITIATES, MINUTE, 9 * MINUTE):
        seen.append((look(key)["state"]["status"], look(key)["actions"]["off"]["state"]["status"]))
        clean_emulator.advance(pause)
    assert seen == [("pending", "pending"), ("initiating", "pending"), ("running", "running"), ("running", "running")]
    done = look(key)
    assert (done["state"]["status"], done["actions"]["off"]["state"]["status"]) == ("completed", "completed")
    assert done["endTime"] > done["startTime"]
    clean_emulator.advance(MINUTE)
    assert states(ec2, fleet) == ["running"] * 4


def test_instances_stay_stopped_without_a_duration(ec2, fleet, run, look, clean_emulator):
    key = run({"off": act()})
    clean_emulator.advance(RUNS + MINUTE)
    assert look(key)["state"]["status"] == "completed"
    clean_emulator.advance(60 * MINUTE)
    assert states(ec2, fleet) == ["stopped"] * 4


@pytest.mark.parametrize(("mode", "hit"), [("ALL", 4), ("COUNT(1)", 1), ("COUNT(9)", 4), ("PERCENT(50)", 2)])
def test_selection_modes(ec2, fleet, run, fis, mode, hit, clean_emulator):
    key = run({"off": act()}, target=aimed(mode=mode))
    clean_emulator.advance(RUNS + 2 * MINUTE)
    assert states(ec2, fleet).count("stopped") == hit
    resolved = fis.list_experiment_resolved_targets(experimentId=key)["resolvedTargets"]
    assert len(resolved) == hit


def test_targets_by_arn_and_by_filter(ec2, fleet, run, clean_emulator):
    run({"off": act()}, target=aimed(fleet[3]))
    clean_emulator.advance(RUNS + 2 * MINUTE)
    assert states(ec2, fleet) == ["running", "running", "running", "stopped"]
    filters = [{"path": "Placement.AvailabilityZone", "values": [ZONE]}]
    run({"off": act()}, target=aimed(filters=filters))
    clean_emulator.advance(RUNS + 2 * MINUTE)
    assert states(ec2, fleet) == ["stopped", "stopped", "running", "stopped"]


def test_terminate_and_reboot(ec2, fleet, run, look, clean_emulator):
    targets = {"old": aimed(fleet[0]), "ill": aimed(fleet[1])}
    actions = {
        "end": act("aws:ec2:terminate-instances", target="old"),
        "again": act("aws:ec2:reboot-instances", target="ill", startAfter=["end"]),
    }
    key = run(actions, targets=targets)
    clean_emulator.advance(RUNS + 5)
    assert look(key)["actions"]["again"]["state"]["status"] == "pending", "it waits for the other"
    clean_emulator.advance(3 * MINUTE)
    assert states(ec2, fleet[:2]) == ["terminated", "running"]
    done = look(key)["actions"]
    assert done["again"]["startTime"] >= done["end"]["endTime"]
    checks = ec2.describe_instance_status(InstanceIds=[fleet[1]])["InstanceStatuses"][0]
    assert checks["InstanceStatus"]["Status"] == "initializing", "it has just booted"


def test_the_power_of_a_zone_is_cut_as_far_as_ec2_goes(ec2, ami, fleet, run, look, clean_emulator):
    filters = [{"path": "Placement.AvailabilityZone", "values": [ZONE]}]
    targets = {
        "them": aimed(filters=filters),
        "roles": {"resourceType": "aws:iam:role", "resourceArns": [ROLE], "selectionMode": "ALL"},
    }
    capacity = {
        "actionId": "aws:ec2:api-insufficient-instance-capacity-error",
        "targets": {"Roles": "roles"},
        "parameters": {"duration": "PT30M", "availabilityZoneIdentifiers": ZONE, "percentage": "100"},
    }
    key = run({"off": act(parameters={START_AFTER: "PT30M"}), "full": capacity}, targets=targets)
    clean_emulator.advance(RUNS + 2 * MINUTE)
    assert states(ec2, fleet) == ["stopped", "stopped", "running", "running"]
    asked = {"ImageId": ami, "InstanceType": "t3.small", "MinCount": 1, "MaxCount": 1}
    with pytest.raises(ClientError, match="InsufficientInstanceCapacity"):
        ec2.run_instances(**asked, Placement={"AvailabilityZone": ZONE})
    ec2.run_instances(**asked, Placement={"AvailabilityZone": "ap-northeast-1c"})
    clean_emulator.advance(30 * MINUTE)
    assert look(key)["state"]["status"] == "completed"
    assert states(ec2, fleet) == ["running"] * 4
    ec2.run_instances(**asked, Placement={"AvailabilityZone": ZONE})


def test_who_stops_an_experiment_gets_the_instances_back(ec2, fis, fleet, run, look, clean_emulator):
    key = run({"off": act(parameters={START_AFTER: "PT10M"}), "later": act(startAfter=["off"])})
    clean_emulator.advance(RUNS + 2 * MINUTE)
    assert fis.stop_experiment(id=key)["experiment"]["state"]["status"] == "stopping"
    clean_emulator.advance(STOPS)
    found = look(key)
    assert found["state"]["status"] == "stopped"
    assert [found["actions"][name]["state"]["status"] for name in ("off", "later")] == ["stopped", "cancelled"]
    clean_emulator.advance(60 * MINUTE)
    assert states(ec2, fleet) == ["running"] * 4
    assert look(key)["state"]["status"] == "stopped"
    assert fis.stop_experiment(id=key)["experiment"]["state"]["status"] == "stopped"


@pytest.fixture
def guard(aws, fleet):
    cloudwatch = aws("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="guard",
        Namespace="AWS/EC2",
        MetricName="StatusCheckFailed",
        Dimensions=[{"Name": "InstanceId", "Value": fleet[0]}],
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1.0,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
    )
    found = cloudwatch.describe_alarms(AlarmNames=["guard"])["MetricAlarms"][0]["AlarmArn"]
    return [{"source": "aws:cloudwatch:alarm", "value": found}]


def test_an_alarm_stops_an_experiment(ec2, fleet, run, look, guard, clean_emulator):
    key = run({"off": act(parameters={START_AFTER: "PT60M"})}, target=aimed(*fleet[2:]), stop=guard)
    clean_emulator.advance(RUNS + 2 * MINUTE)
    assert look(key)["state"]["status"] == "running"
    clean_emulator.damage("instance", fleet[0], None)
    clean_emulator.advance(4 * MINUTE)
    assert look(key)["state"] == {"status": "stopped", "reason": "Experiment halted by stop condition."}
    assert states(ec2, fleet[2:]) == ["running", "running"]
    again = run({"off": act()}, target=aimed(*fleet[2:]), stop=guard)
    clean_emulator.advance(RUNS + STOPS)
    assert look(again)["state"]["status"] == "stopped", "the alarm is on: it does not begin"
    assert states(ec2, fleet[2:]) == ["running", "running"]


def test_a_target_that_leads_to_nothing(fleet, run, look, clean_emulator):
    nobody = aimed(resourceTags={"Role": "nobody"})
    key = run({"off": act()}, target=nobody)
    clean_emulator.advance(RUNS)
    assert look(key)["state"]["status"] == "failed"
    options = {"emptyTargetResolutionMode": "skip", "accountTargeting": "single-account"}
    key = run({"off": act()}, target=nobody, experimentOptions=options)
    clean_emulator.advance(RUNS)
    found = look(key)
    assert (found["state"]["status"], found["actions"]["off"]["state"]["status"]) == ("completed", "skipped")


def test_instances_that_are_terminated_meanwhile(ec2, fleet, run, look, clean_emulator):
    keys = [
        run({"off": act(parameters={START_AFTER: "PT10M", **more})}, target=aimed(each))
        for each, more in ((fleet[0], {}), (fleet[1], {"completeIfInstancesTerminated": "true"}))
    ]
    clean_emulator.advance(RUNS + 2 * MINUTE)
    ec2.terminate_instances(InstanceIds=fleet[:2])
    clean_emulator.advance(10 * MINUTE)
    assert [look(key)["state"]["status"] for key in keys] == ["failed", "completed"]


def test_what_aws_refuses_fails_the_experiment(ec2, fleet, run, look, clean_emulator):
    ec2.modify_instance_attribute(InstanceId=fleet[0], DisableApiTermination={"Value": True})
    key = run({"end": act("aws:ec2:terminate-instances")}, target=aimed(fleet[0]))
    clean_emulator.advance(RUNS)
    assert look(key)["state"]["status"] == "failed"
    assert states(ec2, fleet[:1]) == ["running"]


@pytest.mark.parametrize(
    ("actions", "target", "said"),
    [
        ({"off": act("aws:ec2:set-on-fire")}, None, "set-on-fire"),
        ({"off": act(target="others")}, None, "needs a target of the type"),
        ({"off": act(parameters={START_AFTER: "10 minutes"})}, None, "10 minutes"),
        ({"off": act(startAfter=["on"])}, None, "not in the template"),
        ({"off": act(startAfter=["on"]), "on": act(startAfter=["off"])}, None, "wait for each other"),
        ({"off": act()}, aimed(mode="SOME"), "selection mode"),
        ({"off": act()}, {"resourceType": "aws:ec2:instance", "selectionMode": "ALL"}, "resourceArns"),
        ({"wait": {"actionId": "aws:fis:wait"}}, None, "needs duration"),
    ],
)
def test_a_template_that_could_not_run_is_refused(template, actions, target, said):
    with pytest.raises(ClientError, match=said) as refused:
        template(actions, target)
    assert refused.value.response["Error"]["Code"] == "ValidationException"


def test_an_update_is_looked_at_as_a_whole(fis, template):
    key = template({"off": act()})
    with pytest.raises(ClientError, match="needs a target of the type"):
        fis.update_experiment_template(id=key, actions={"off": act(target="others")})
    assert fis.update_experiment_template(id=key, description="same")["experimentTemplate"]["id"] == key


@pytest.mark.parametrize(("text", "seconds"), [("PT1M", 60), ("PT1H30M", 5400), ("PT90S", 90), ("PT12H", 43200)])
def test_durations(text, seconds):
    assert duration_s(text) == seconds


@pytest.mark.parametrize("text", ["PT30S", "PT13H", "P1D", "", "PT", "5M"])
def test_durations_that_are_none(text):
    with pytest.raises(ActionError):
        duration_s(text)


def test_a_saved_cloud_keeps_its_experiments_going(ec2, fleet, run, look, clean_emulator):
    key = run({"off": act(parameters={START_AFTER: "PT10M"})})
    clean_emulator.advance(RUNS + 2 * MINUTE)
    clean_emulator.save("drill")
    clean_emulator.reset()
    clean_emulator.restore("drill")
    assert states(ec2, fleet) == ["stopped"] * 4
    clean_emulator.advance(10 * MINUTE)
    assert look(key)["state"]["status"] == "completed"
    assert states(ec2, fleet) == ["running"] * 4
