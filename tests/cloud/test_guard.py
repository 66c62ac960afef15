"""The guard: no row of the leak table reaches anything but the embedded AWS, nor does a proxy or a bearer token."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from aws14.cloud.isolation import is_loopback, isolated_session
from aws14.cloud.ledger import Ledger
from aws14.cloud.place import Place
from aws14.cloud.session import Session
from aws14.errors import GuardError

ROLE_KEY = "ASIAROLEROLEROLEROLE"


class Trap:
    """Plays role endpoint, instance metadata, proxy and foreign AWS endpoint, and remembers all it heard."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        trap = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                trap.heard.append((self.path, self.headers.get("Authorization", "")))
                body = trap.body(self.path)
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_PUT = do_POST = do_HEAD = do_CONNECT = answer  # noqa: N815 - names of the base class

            def log_message(self, *_: object) -> None:
                """Keep the test output clean."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    @staticmethod
    def body(path: str) -> bytes:
        if path.endswith("/security-credentials/"):
            return b"role"
        if "credentials" in path:
            keys = {"AccessKeyId": ROLE_KEY, "SecretAccessKey": "s", "Token": "t", "Expiration": "2099-01-01T00:00:00Z"}
            return json.dumps({"Code": "Success", "Type": "AWS-HMAC", "LastUpdated": "x", **keys}).encode()
        return b"token"


@pytest.fixture
def trap() -> Iterator[Trap]:
    trap = Trap()
    yield trap
    trap.server.shutdown()
    trap.server.server_close()


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """An environment without any AWS setting, and an empty home."""
    for name in list(os.environ):
        if name.upper().startswith(("AWS_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    return monkeypatch


def role(trap: Trap, _: Path) -> dict[str, str]:
    return {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{trap.url}/credentials"}


def instance_role(trap: Trap, _: Path) -> dict[str, str]:
    return {"AWS_EC2_METADATA_SERVICE_ENDPOINT": trap.url}


def endpoint_only(trap: Trap, folder: Path) -> dict[str, str]:
    return {"AWS_ENDPOINT_URL": trap.url, **role(trap, folder)}


def dummy_keys(trap: Trap, folder: Path) -> dict[str, str]:
    return {"AWS_ACCESS_KEY_ID": "dummy", "AWS_SECRET_ACCESS_KEY": "dummy", **role(trap, folder)}


def dummy_keys_and_endpoint(trap: Trap, folder: Path) -> dict[str, str]:
    return {"AWS_ENDPOINT_URL": trap.url, **dummy_keys(trap, folder)}


def service_endpoint(trap: Trap, folder: Path) -> dict[str, str]:
    return {"AWS_ENDPOINT_URL_S3": trap.url, "AWS_ENDPOINT_URL_EC2": trap.url, **dummy_keys(trap, folder)}


def ignored_endpoints(trap: Trap, folder: Path) -> dict[str, str]:
    return {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true", **dummy_keys_and_endpoint(trap, folder)}


def profile_without_files(trap: Trap, folder: Path) -> dict[str, str]:
    del trap, folder
    return {"AWS_PROFILE": "p", "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}


def session_token(trap: Trap, folder: Path) -> dict[str, str]:
    return {"AWS_SESSION_TOKEN": "learners-token", **dummy_keys_and_endpoint(trap, folder)}


def config_file(trap: Trap, folder: Path) -> dict[str, str]:
    """Unified Studio writes a credential_process into the learner's configuration."""
    path = folder / "config"
    path.write_text(
        f"[default]\nendpoint_url = {trap.url}\ncredential_process = touch {folder}/ran\nregion = us-west-2\n"
        "retry_mode = adaptive\nmax_attempts = 9\n"
    )
    return {"AWS_CONFIG_FILE": str(path)}


def proxies(trap: Trap, folder: Path) -> dict[str, str]:
    del folder
    return dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY"), trap.url)


def monitoring(trap: Trap, folder: Path) -> dict[str, str]:
    del trap, folder
    return {"AWS_CSM_ENABLED": "true", "AWS_CSM_HOST": "192.0.2.1"}


def smart_defaults(trap: Trap, folder: Path) -> dict[str, str]:
    return {"AWS_DEFAULTS_MODE": "auto", **instance_role(trap, folder)}


def fips_and_dualstack(trap: Trap, folder: Path) -> dict[str, str]:
    del trap, folder
    return {"AWS_USE_FIPS_ENDPOINT": "true", "AWS_USE_DUALSTACK_ENDPOINT": "true"}


LEAKS = (
    role,
    instance_role,
    endpoint_only,
    dummy_keys,
    dummy_keys_and_endpoint,
    service_endpoint,
    ignored_endpoints,
    profile_without_files,
    session_token,
    config_file,
    proxies,
    monitoring,
    smart_defaults,
    fips_and_dualstack,
)


@pytest.mark.parametrize("leak", LEAKS)
def test_no_setting_of_the_environment_reaches_an_emulated_session(
    leak: Any, bare: pytest.MonkeyPatch, trap: Trap, place: Place, tmp_path: Path
) -> None:
    for name, value in leak(trap, tmp_path).items():
        bare.setenv(name, value)
    before = dict(os.environ)
    heard_before = place.control.status()["requests"]  # type: ignore[union-attr]

    session = Session(place, ledger=Ledger(tmp_path / "ledger.jsonl"), say=lambda _: None)
    sent: list[Any] = []
    for service, operation in (("ec2", "describe_vpcs"), ("s3", "list_buckets"), ("sts", "get_caller_identity")):
        client = session.client(service)
        client.meta.events.register("before-send", lambda request, **_: sent.append(request))
        getattr(client, operation)()

    assert trap.heard == []
    assert not (tmp_path / "ran").exists()
    assert dict(os.environ) == before
    assert place.control.status()["requests"] == heard_before + 3  # type: ignore[union-attr]
    assert all(request.url.startswith(place.endpoint) for request in sent)
    assert all(place.access_key in _text(request.headers["Authorization"]) for request in sent)
    assert all("X-Amz-Security-Token" not in request.headers for request in sent)


@pytest.mark.parametrize("leak", [role, instance_role, endpoint_only, service_endpoint, session_token, proxies])
def test_the_same_setting_does_catch_a_plain_client(
    leak: Any, bare: pytest.MonkeyPatch, trap: Trap, place: Place, tmp_path: Path
) -> None:
    """The rows above can fail: without the guard the trap hears of it."""
    for name, value in leak(trap, tmp_path).items():
        bare.setenv(name, value)
    # Where the row only names credentials or a proxy, the endpoint is given, so that nothing leaves this machine.
    endpoint = (
        {}
        if "AWS_ENDPOINT_URL_S3" in os.environ or "AWS_ENDPOINT_URL" in os.environ
        else {"endpoint_url": place.endpoint}
    )
    keys = {"aws_access_key_id": "k", "aws_secret_access_key": "s"} if leak is proxies else {}
    config = Config(retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=2)
    client = boto3.session.Session(region_name="us-east-1").client("s3", config=config, **endpoint, **keys)
    with pytest.raises(Exception, match=r"."):  # the trap's answers are not AWS's
        client.create_bucket(Bucket="leak")
    assert trap.heard


def test_bearer_tokens_of_the_environment_are_not_taken(bare: pytest.MonkeyPatch) -> None:
    bare.setenv("AWS_BEARER_TOKEN_BEDROCK", "learners-secret")
    plain = boto3.session.Session()._session
    assert plain.get_auth_token(signing_name="bedrock").token == "learners-secret"
    guarded = isolated_session(region="ap-northeast-1", access_key="k", secret_key="s")._session
    assert guarded.get_auth_token(signing_name="bedrock") is None


def test_a_request_off_loopback_is_refused_before_it_is_sent(session: Session, stays_on_loopback: Any) -> None:
    client = isolated_session(region="ap-northeast-1", access_key="k", secret_key="s").client("ec2")
    with pytest.raises(GuardError, match=r"ec2\.ap-northeast-1\.amazonaws\.com was stopped"):
        client.describe_vpcs()
    redirected = session.client("s3")
    redirected.meta.events.register_first("before-sign", _to_amazon)
    with pytest.raises(GuardError, match=r"s3\.amazonaws\.com"):
        redirected.list_buckets()
    assert stays_on_loopback.offenders == []


def _to_amazon(request: Any, **_: object) -> None:
    request.url = "https://s3.amazonaws.com/"


@pytest.mark.parametrize(
    ("url", "inside"),
    [
        ("http://127.0.0.1:5000", True),
        ("http://127.9.9.9", True),
        ("http://localhost:1/x", True),
        ("http://[::1]:80", True),
        ("https://ec2.amazonaws.com", False),
        ("http://127.0.0.1.example.com", False),
        ("http://127.0.0.1@example.com", False),
        ("http://0.0.0.0", False),
        ("http://169.254.169.254", False),
        ("", False),
    ],
)
def test_loopback_is_decided_by_the_host_alone(url: str, inside: bool) -> None:
    assert is_loopback(url) is inside


def test_one_attempt_and_no_host_prefix(session: Session) -> None:
    config = session.client("stepfunctions").meta.config
    assert config.retries["total_max_attempts"] == 1
    assert config.inject_host_prefix is False
    assert config.proxies == {}


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
