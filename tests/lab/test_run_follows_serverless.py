"""Runs go through what a members' site is like now: each change by plain boto3 alone moves the trace, one way."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from aws14.cloud.process import Emulator
from aws14.lab import Lab
from aws14.model import Scenario, Steady, Trace

SAVED = "run-follows-serverless"
API, STAGE, FUNCTION = "members-api", "prod", "members"


@dataclass(frozen=True)
class Site:
    """The members' site, its lab, and plain clients that no course session watches."""

    lab: Lab
    aws: Callable[..., Any]
    api_id: str

    @property
    def functions(self) -> Any:
        return self.aws("lambda")

    @property
    def arn(self) -> str:
        return str(self.functions.get_function(FunctionName=FUNCTION)["Configuration"]["FunctionArn"])


@pytest.fixture(scope="module")
def built(emulator: Emulator, emulator_home, aws) -> Iterator[Site]:
    """Pattern 12, built once from the notebook's cells, with a database and a proxy beside it, and saved."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS14_HOME", str(emulator_home))
        emulator.reset()
        for ledger in emulator_home.glob("ledger-*.jsonl"):
            ledger.unlink()
        lab = Lab("p12", say=lambda _: None)
        lab.catch_up()
        build_database(lab)
        lab.save(SAVED)
        yield Site(lab, aws, lab.built().node(API).aws_id)


def build_database(lab: Lab) -> None:
    ec2, rds = lab.client("ec2"), lab.client("rds")
    vpc = ec2.create_vpc(CidrBlock="10.12.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.12.{at}.0/24", AvailabilityZone=f"{lab.region}{zone}")
        for at, zone in enumerate("ac")
    ]
    ids = [each["Subnet"]["SubnetId"] for each in subnets]
    rds.create_db_subnet_group(DBSubnetGroupName="db", DBSubnetGroupDescription="db", SubnetIds=ids)
    rds.create_db_instance(
        DBInstanceIdentifier="members-db",
        Engine="mysql",
        DBInstanceClass="db.t3.micro",
        AllocatedStorage=20,
        MasterUsername="admin",
        MasterUserPassword="correct-horse-1",
        DBSubnetGroupName="db",
    )
    rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier="members-db")
    role = "arn:aws:iam::123456789012:role/proxy"
    rds.create_db_proxy(DBProxyName="pool", EngineFamily="MYSQL", Auth=[], RoleArn=role, VpcSubnetIds=ids)
    rds.register_db_proxy_targets(DBProxyName="pool", DBInstanceIdentifiers=["members-db"])
    lab.advance(minutes=30)


@pytest.fixture
def site(built: Site) -> Site:
    """The site as it was built, whatever the test before did to it."""
    built.lab.restore(SAVED)
    return built


def calls(lab: Lab, **changed: Any) -> Scenario:
    """Two minutes of calls to the stage itself, none of them for a page."""
    day = lab.scenario()
    given = {"name": "calls", "load": Steady(rate_rps=60.0), "horizon_s": 120.0, "entry": f"{API}/{STAGE}"}
    application = replace(day.application, static_share=0.0, **changed)
    return replace(day, **given, application=application)


# --- the function -------------------------------------------------------------------------------------------------


def configure(site: Site, **changed: Any) -> None:
    site.functions.update_function_configuration(FunctionName=FUNCTION, **changed)
    site.functions.get_waiter("function_updated_v2").wait(FunctionName=FUNCTION)


def give_it_a_whole_vcpu(site: Site) -> None:
    configure(site, MemorySize=1769)


def cut_its_time(site: Site) -> None:
    configure(site, Timeout=1)


def make_its_package_large(site: Site) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("app.py", "def handler(event, context): return {'statusCode': 200}")
        archive.writestr("data.bin", random.Random(14).randbytes(8_000_000))
    site.functions.update_function_code(FunctionName=FUNCTION, ZipFile=packed.getvalue())
    site.functions.get_waiter("function_updated_v2").wait(FunctionName=FUNCTION)


def reserve_a_little(site: Site) -> None:
    site.functions.put_function_concurrency(FunctionName=FUNCTION, ReservedConcurrentExecutions=2)


def reserve_for_another(site: Site) -> None:
    told = site.functions.get_function(FunctionName=FUNCTION)["Configuration"]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("app.py", "def handler(event, context): return {}")
    site.functions.create_function(
        FunctionName="greedy",
        Runtime="python3.13",
        Handler="app.handler",
        Role=told["Role"],
        Code={"ZipFile": packed.getvalue()},
        Tags={"aws14:pattern": "p12"},
    )
    site.functions.put_function_concurrency(FunctionName="greedy", ReservedConcurrentExecutions=900)


def keep_some_ready(site: Site) -> None:
    version = site.functions.publish_version(FunctionName=FUNCTION)["Version"]
    site.functions.put_provisioned_concurrency_config(
        FunctionName=FUNCTION, Qualifier=version, ProvisionedConcurrentExecutions=30
    )


def forbid_the_api(site: Site) -> None:
    site.functions.remove_permission(FunctionName=FUNCTION, StatementId="api")


def delete_the_function(site: Site) -> None:
    site.functions.delete_function(FunctionName=FUNCTION)


# --- the API ------------------------------------------------------------------------------------------------------


def limit_the_stage(site: Site) -> None:
    throttle(site, rate=20, burst=20)


def let_the_burst_be_small(site: Site) -> None:
    throttle(site, rate=60, burst=1)


def throttle(site: Site, **limits: int) -> None:
    patches = [
        {"op": "replace", "path": f"/*/*/throttling/{name}Limit", "value": str(value)} for name, value in limits.items()
    ]
    site.aws("apigateway").update_stage(restApiId=site.api_id, stageName=STAGE, patchOperations=patches)


def give_up_on_integrations(site: Site) -> None:
    client = site.aws("apigateway")
    for each in client.get_resources(restApiId=site.api_id)["items"]:
        for verb in each.get("resourceMethods", {}):
            where = {"restApiId": site.api_id, "resourceId": each["id"], "httpMethod": verb}
            uri = client.get_integration(**where)["uri"]
            again = {"type": "AWS_PROXY", "integrationHttpMethod": "POST", "uri": uri, "timeoutInMillis": 100}
            client.put_integration(**where, **again)


# --- the database -------------------------------------------------------------------------------------------------


def use(site: Site, name: str) -> None:
    site.functions.tag_resource(Resource=site.arn, Tags={"aws14:uses": name})


def leave_it(_: Site) -> None:
    """As built: the function uses its table."""


def go_to_the_database(site: Site) -> None:
    use(site, "members-db")


def take_a_larger_database(site: Site) -> None:
    rds = site.aws("rds")
    larger = {"DBInstanceClass": "db.m5.xlarge", "ApplyImmediately": True}
    rds.modify_db_instance(DBInstanceIdentifier="members-db", **larger)
    site.lab.advance(minutes=60)


def go_by_the_proxy(site: Site) -> None:
    use(site, "pool")


def narrow_the_proxy(site: Site) -> None:
    narrow = {"MaxConnectionsPercent": 1}
    site.aws("rds").modify_db_proxy_target_group(
        DBProxyName="pool", TargetGroupName="default", ConnectionPoolConfig=narrow
    )


# --- what moves, and which way ------------------------------------------------------------------------------------


def failed(reason: str) -> Callable[[Trace], float]:
    return lambda trace: float(trace.failed[reason].sum()) if reason in trace.failed else 0.0


def p95_s(trace: Trace) -> float:
    return float(trace.response_time_s(0.95))


def record(name: str) -> Callable[[Trace], float]:
    def look(trace: Trace) -> float:
        assert trace.functions is not None
        value = getattr(trace.functions, name)
        return float(value.sum() if hasattr(value, "sum") else value)

    return look


Change = Callable[[Site], None]
Look = Callable[[Trace], float]

CHANGES: dict[Change, tuple[Look, int]] = {
    give_it_a_whole_vcpu: (p95_s, -1),
    cut_its_time: (failed("function_timeout"), +1),
    make_its_package_large: (record("init_sum_s"), +1),
    reserve_a_little: (failed("function_throttled"), +1),
    reserve_for_another: (record("limit"), -1),
    keep_some_ready: (record("cold_starts"), -1),
    forbid_the_api: (failed("api_error"), +1),
    delete_the_function: (failed("api_error"), +1),
    limit_the_stage: (failed("api_throttled"), +1),
    let_the_burst_be_small: (failed("api_throttled"), +1),
    give_up_on_integrations: (failed("gateway_timeout"), +1),
}
"""What is done -> what of the trace becomes more (+1) or less (-1)."""

BEHIND: dict[Change, tuple[Change, Look, int]] = {
    go_to_the_database: (leave_it, failed("db_connections"), +1),
    go_by_the_proxy: (go_to_the_database, failed("db_connections"), -1),
    take_a_larger_database: (go_to_the_database, failed("db_connections"), -1),
    narrow_the_proxy: (go_by_the_proxy, p95_s, +1),
}
"""What is done -> what was done before, and what of the trace becomes more or less by it."""


@pytest.fixture(scope="module")
def before(built: Site) -> Trace:
    """The run on the site as built."""
    built.lab.restore(SAVED)
    return built.lab.run(calls(built.lab))


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_change_through_boto3_alone_moves_the_run(site: Site, before: Trace, change: Change) -> None:
    look, way = CHANGES[change]
    assert before.failed_total == 0
    change(site)
    after = site.lab.run(calls(site.lab))
    assert after.offered.sum() == before.offered.sum(), "the same members come"
    assert way * (look(after) - look(before)) > 0, (look(before), look(after))


@pytest.mark.parametrize("change", BEHIND, ids=lambda change: change.__name__)
def test_a_change_behind_the_function_moves_the_run(site: Site, change: Change) -> None:
    first, look, way = BEHIND[change]
    hungry = calls(site.lab, db_connections=20, db_time_s=0.02)
    first(site)
    earlier = site.lab.run(hungry)
    change(site)
    later = site.lab.run(hungry)
    assert way * (look(later) - look(earlier)) > 0, (look(earlier), look(later))


def test_a_function_has_an_address_of_its_own_when_it_is_given_one(site: Site) -> None:
    direct = replace(calls(site.lab), entry=FUNCTION)
    shut = site.lab.run(direct)
    assert list(shut.failed) == ["no_such_address"]
    site.functions.create_function_url_config(FunctionName=FUNCTION, AuthType="NONE")
    assert site.lab.run(direct).served.sum() > 0.9 * shut.offered.sum()


def test_a_limit_that_was_set_through_boto3_is_lifted_through_boto3(site: Site, before: Trace) -> None:
    reserve_a_little(site)
    assert site.lab.run(calls(site.lab)).failed_total > 0
    site.functions.delete_function_concurrency(FunctionName=FUNCTION)
    after = site.lab.run(calls(site.lab))
    assert (after.served == before.served).all()
