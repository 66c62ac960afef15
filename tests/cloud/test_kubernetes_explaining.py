"""What a cluster refuses, and what the official client does not send, as one line with a cure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from kubernetes import client
from kubernetes.client.exceptions import ApiException
from pydantic import BaseModel, ValidationError

from aws14.cloud import explain, readable_errors
from aws14.cloud.kubernetes_explaining import CURES
from aws14.emulator.kubernetes.exchange import User
from tests.emulator.kubernetes.api_case import Case, a_case, deployment, pod


@pytest.fixture
def case() -> Iterator[Case]:
    with a_case() as made:
        yield made


@pytest.fixture
def shell() -> Iterator[Any]:
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


def told(call: Callable[[], Any]) -> str:
    with pytest.raises((ApiException, ValidationError)) as caught:
        call()
    line = explain(caught.value)
    assert "\n" not in line
    assert " Try: " in line
    return line


def greedy() -> dict[str, Any]:
    wish = deployment()
    container = wish["spec"]["template"]["spec"]["containers"][0]
    container["resources"] = {"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}
    return wish


def unselected() -> dict[str, Any]:
    wish = deployment()
    wish["spec"]["selector"] = {"matchLabels": {"app": "another"}}
    return wish


def test_a_namespace_that_is_not_there_is_told_with_the_call_that_makes_it(case: Case) -> None:
    assert told(lambda: case.core.create_namespaced_pod("shop", pod("web"))) == (
        'Kubernetes refused create_namespaced_pod: namespaces "shop" not found. Try: the namespace has to be there '
        "first: create_namespace({'metadata': {'name': 'shop'}}). [NotFound, status 404]"
    )


def test_a_second_object_of_one_name(case: Case) -> None:
    case.core.create_namespaced_pod("default", pod("web"))
    line = told(lambda: case.core.create_namespaced_pod("default", pod("web")))
    assert 'pods "web" already exists. Try: it is there already' in line
    assert line.endswith("[AlreadyExists, status 409]")


def test_what_is_not_there(case: Case) -> None:
    line = told(lambda: case.apps.read_namespaced_deployment("catlog", "default"))
    assert "refused read_namespaced_deployment: " in line
    assert "list_..." in line


def test_requests_above_limits(case: Case) -> None:
    line = told(lambda: case.apps.create_namespaced_deployment("default", greedy()))
    assert "must be less than or equal to cpu limit of 1" in line
    assert "lower the request, or raise the limit. [Invalid, status 422]" in line


def test_a_selector_that_misses_its_own_pods(case: Case) -> None:
    assert "the same values" in told(lambda: case.apps.create_namespaced_deployment("default", unselected()))


def test_a_selector_is_not_changed(case: Case) -> None:
    case.apps.create_namespaced_deployment("default", deployment())
    change = {"spec": {"selector": {"matchLabels": {"app": "x"}}, "template": {"metadata": {"labels": {"app": "x"}}}}}
    assert "create it anew" in told(lambda: case.apps.patch_namespaced_deployment("catalog", "default", change))


def test_who_may_not(case: Case) -> None:
    case.user = User("visitor", ("system:authenticated",))
    assert "RoleBinding" in told(lambda: case.core.list_namespaced_pod("default"))


@pytest.mark.parametrize(
    ("status", "body", "part"),
    [
        (401, '{"kind": "Status", "reason": "Unauthorized", "message": "Unauthorized"}', "lab.kubernetes("),
        (404, "404 page not found", "[NotFound, status 404]"),
        (503, None, "describe_cluster"),
        (418, "[]", "[Teapot, status 418]"),
    ],
)
def test_answers_without_much_to_read(status: int, body: str | None, part: str) -> None:
    assert part in explain(ApiException(status=status, reason="Teapot", body=body))


@pytest.mark.parametrize("reason", CURES)
def test_every_reason_has_a_cure_that_ends_without_a_stop(reason: str) -> None:
    assert not CURES[reason].endswith(".")


def test_a_wish_with_a_misspelled_field_names_the_field_that_comes_near(case: Case) -> None:
    wish = deployment()
    container = wish["spec"]["template"]["spec"]["containers"][0]
    container["livenesProbe"] = {}
    line = told(lambda: case.apps.create_namespaced_deployment("default", wish))
    assert "containers[0].livenesProbe: there is no such field ('livenessProbe' comes near)" in line
    assert "help(client.AppsV1Api.create_namespaced_deployment)" in line


def test_an_argument_that_lacks_and_one_that_is_not_known(case: Case) -> None:
    line = told(lambda: case.core.create_namespaced_pod(namespce="shop", body=pod("web")))
    assert "namespace: missing required argument" in line
    assert "namespce: there is no such field ('namespace' comes near)" in line


def test_a_model_says_what_it_lacks() -> None:
    line = told(lambda: client.V1Container(nmae="x", image=3))
    assert line.startswith("Kubernetes' client does not take this as V1Container: ")
    assert "name: field required" in line
    assert "image: input should be a valid string" in line


def test_many_problems_are_counted() -> None:
    assert "; and 2 more" in told(lambda: client.V1PodSpec(containers=[{}, {}, {}, {}, {}]))


def test_models_of_others_are_left_alone() -> None:
    class Own(BaseModel):
        size: int

    with pytest.raises(ValidationError) as caught:
        Own(size="much")
    assert "Kubernetes" not in explain(caught.value)


def test_a_notebook_shows_the_line_and_keeps_the_whole_text(shell: Any, case: Case, capsys: Any) -> None:
    assert readable_errors()
    shell.push({"core": case.core, "wish": pod("web")})
    result = shell.run_cell("1 + 1\ncore.create_namespaced_pod('shop', wish)")
    assert isinstance(result.error_in_exec, ApiException)
    assert "HTTP response body" in str(result.error_in_exec)
    shown = capsys.readouterr()
    assert "NotFoundException in line 2: Kubernetes refused create_namespaced_pod" in shown.out + shown.err
    assert "Traceback" not in shown.out + shown.err
    shell.run_line_magic("tb", "")
    assert "Traceback" in capsys.readouterr().out
