"""AWS's refusals as one line with a cure; code and request id kept."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, WaiterError

from aws14.cloud import explain
from aws14.cloud.explaining import CURES
from aws14.cloud.isolation import isolated_config, isolated_session
from aws14.cloud.session import Session


def refused(code: str, message: str = "No, because\nof this.", request_id: str = "r-1") -> ClientError:
    metadata = {"RequestId": request_id} if request_id else {}
    return ClientError({"Error": {"Code": code, "Message": message}, "ResponseMetadata": metadata}, "CreateThing")


def test_operation_message_cure_code_and_request_id_in_one_line() -> None:
    assert explain(refused("VpcLimitExceeded")) == (
        "AWS refused CreateThing: No, because of this. Try: delete a VPC that you do not need, or ask AWS for a "
        "larger quota. [VpcLimitExceeded, request r-1]"
    )


@pytest.mark.parametrize("code", [*CURES, "Something.NotFound", "FooLimitExceeded", "BarAlreadyExists", "Never"])
def test_every_refusal_is_one_line_with_a_cure(code: str) -> None:
    line = explain(refused(code, request_id=""))
    assert "\n" not in line
    assert line.endswith(f". [{code}]")
    assert " Try: " in line
    assert ".." not in line


def test_a_real_refusal_of_the_embedded_aws(session: Session) -> None:
    with pytest.raises(ClientError) as caught:
        session.client("ec2").create_subnet(VpcId="vpc-0123456789abcdef0", CidrBlock="10.0.0.0/24")
    line = explain(caught.value)
    assert line.startswith("AWS refused CreateSubnet: ")
    assert "describe_vpcs lists the VPCs of this region" in line
    assert "[InvalidVpcID.NotFound, request " in line


def test_an_operation_that_is_not_emulated_points_to_the_page(session: Session) -> None:
    with pytest.raises(ClientError) as caught:
        session.client("ec2").create_placement_group(GroupName="g", Strategy="cluster")
    assert "docs/fidelity.md" in explain(caught.value)


def test_a_dead_emulator_says_how_to_go_on() -> None:
    client = isolated_session(region="ap-northeast-1", access_key="k", secret_key="s").client(
        "ec2", endpoint_url="http://127.0.0.1:9", config=isolated_config()
    )
    with pytest.raises(EndpointConnectionError) as caught:
        client.describe_vpcs()
    line = explain(caught.value)
    assert "http://127.0.0.1:9" in line
    assert "connect again" in line


@pytest.mark.parametrize(
    ("error", "part"),
    [
        (EndpointConnectionError(endpoint_url="https://ec2.nowhere-1.amazonaws.com"), "the region's name"),
        (WaiterError(name="X", reason="Max attempts exceeded", last_response={}), "Max attempts exceeded"),
        (NoCredentialsError(), "AWS_PROFILE"),
        (ValueError("two\nlines"), "two lines"),
    ],
)
def test_other_errors(error: Exception, part: str) -> None:
    assert part in explain(error)


def test_wrong_parameters(session: Session) -> None:
    with pytest.raises(Exception, match="Unknown parameter") as caught:
        session.client("ec2").create_vpc(Cidr="10.0.0.0/16")
    line = explain(caught.value)
    assert "\n" not in line
    assert "Cidr" in line


def test_a_notebook_shows_the_line_and_no_traceback(capsys: Any) -> None:
    from IPython.core.interactiveshell import InteractiveShell

    from aws14.cloud import readable_errors

    shell = InteractiveShell.instance()
    try:
        assert readable_errors()
        shell.user_ns["error"] = refused("VpcLimitExceeded")
        result = shell.run_cell("1 + 1\n\nraise error")
    finally:
        InteractiveShell.clear_instance()
    assert isinstance(result.error_in_exec, ClientError)
    shown = capsys.readouterr()
    assert "ClientError in line 3: AWS refused CreateThing" in shown.out + shown.err
    assert "Traceback" not in shown.out + shown.err


def run_in_a_notebook(source: str, capsys: Any, **names: object) -> tuple[Any, str]:
    """The outcome of a cell, and what it showed."""
    from IPython.core.interactiveshell import InteractiveShell

    from aws14.cloud import readable_errors

    shell = InteractiveShell.instance()
    try:
        readable_errors()
        shell.push(names)
        result = shell.run_cell(source)
    finally:
        InteractiveShell.clear_instance()
    shown = capsys.readouterr()
    return result, shown.out + shown.err


def test_an_error_that_is_not_the_course_s_keeps_its_traceback(capsys: Any) -> None:
    result, shown = run_in_a_notebook("def half(x):\n    return 1 / x\nhalf(0)", capsys)
    assert isinstance(result.error_in_exec, ZeroDivisionError)
    assert "return" in shown
    assert "Traceback" in shown
    assert "unregistering" not in shown


def test_a_cell_that_is_no_python_is_shown_as_ever(capsys: Any) -> None:
    result, shown = run_in_a_notebook("def half(x:\n    return", capsys)
    assert isinstance(result.error_before_exec, SyntaxError)
    assert "SyntaxError" in shown
    assert "unregistering" not in shown


@pytest.mark.parametrize(
    ("service", "method", "wish", "cure"),
    [
        ("iam", "get_role", {"RoleName": "nobody"}, "IAM has no regions"),
        ("dynamodb", "describe_table", {"TableName": "nothing"}, "list_tables"),
        ("lambda", "get_function", {"FunctionName": "nothing"}, "list_functions"),
        ("apigateway", "get_rest_api", {"restApiId": "nothing"}, "get_rest_apis"),
        ("eks", "describe_cluster", {"name": "nothing"}, "list_clusters"),
        ("s3", "list_objects_v2", {"Bucket": "aws14-nothing-here"}, "list_buckets"),
    ],
)
def test_what_is_not_there_is_looked_for_in_its_own_service(session: Session, service, method, wish, cure) -> None:
    with pytest.raises(ClientError) as caught:
        getattr(session.client(service), method)(**wish)
    assert cure in explain(caught.value)


def test_words_of_the_message_say_more_than_a_code_of_many_meanings() -> None:
    line = explain(refused("AccessDenied", "User x may not, because no identity-based policy allows s3:GetObject"))
    assert "put_role_policy or attach_role_policy" in line


def test_outside_a_notebook_nothing_is_changed() -> None:
    from aws14.cloud import readable_errors

    assert readable_errors() is False
