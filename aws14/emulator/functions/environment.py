"""One execution environment: a worker with the function's module imported, and the lines it has written."""

from __future__ import annotations

import json
import secrets
import shutil
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from aws14.emulator import workers
from aws14.emulator.functions.network import FunctionLoopback, FunctionNetwork, api_port, ca_file
from aws14.emulator.workers import Exit, Mount, Worker, WorkerSpec

__all__ = ["Answered", "Environment", "Plan"]

_SERVE = Path(__file__).parent / "inside" / "serve.py"
#: What the Python of AWS Lambda can import beyond the standard library: boto3 and what that needs.
_PACKAGES = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3")
#: Lambda ends a start that takes longer; it goes on at the first event, with the function's own time-out.
_INIT_S = 10.0
_SETTLING_S = 2.0
#: The exit status of what a system kills, as shells count: 128 + SIGKILL.
_KILLED = 137


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What an environment is started with, read from the cloud under the world lock.

    Parameters
    ----------
    name, version, handler, runtime, region : str
        Of the function.
    memory_mib : int
        Of the function.
    timeout_s : float
        Of the function.
    variables : dict
        Its environment variables.
    keys : tuple of str
        Access key, secret key and session token of its role.
    code, layers : pathlib.Path
        What is at ``/var/task`` and ``/opt``.
    source : str
        Where it is in the network.
    provisioned : bool
        Whether it is kept ready.
    now : float
        AWS time.
    """

    name: str
    version: str
    handler: str
    runtime: str
    region: str
    memory_mib: int
    timeout_s: float
    variables: dict[str, str]
    keys: tuple[str, str, str]
    code: Path
    layers: Path
    source: str
    provisioned: bool
    now: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """How an event ended in an environment.

    Parameters
    ----------
    kind : str
        ``ok``, ``failed`` (the function raised), ``timed_out``, or ``exited`` (the process ended).
    payload : bytes
        Result or error; empty where the environment could not say.
    log : str
        What the runtime itself adds to the log.
    duration_s : float
        How long the handler ran.
    """

    kind: str
    payload: bytes
    log: str
    duration_s: float


class Environment:
    """One environment.

    Parameters
    ----------
    plan : Plan
        What it runs.

    Attributes
    ----------
    stream : str
        Its log stream.
    init_s : float
        How long its start took.
    failure : Answered or None
        Why it cannot be used: the start failed.
    uses : int
        Events it has handled.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        day = datetime.fromtimestamp(plan.now, UTC).strftime("%Y/%m/%d")
        self.stream = f"{day}/[{plan.version}]{secrets.token_hex(16)}"
        self.uses = 0
        self.failure: Answered | None = None
        self._lines: list[str] = []
        # There before the worker is: it may be quicker with its first words than this thread.
        self._marks = {"init": threading.Event()}
        self._folder = workers.new_folder("lambda")
        began = time.monotonic()
        self._worker = workers.start(self._spec())
        self._begin(began)
        self.init_s = time.monotonic() - began

    @property
    def alive(self) -> bool:
        """Whether its process runs."""
        return self._worker.alive

    @property
    def worker(self) -> Worker:
        """Its process."""
        return self._worker

    @property
    def memory_mib(self) -> int:
        """The most memory it was seen with."""
        return max(1, round(self._worker.peak_mib))

    def handle(self, told: dict[str, Any], event: bytes) -> Answered:
        """Let it handle one event; the world lock is not held.

        Parameters
        ----------
        told : dict
            ``request_id``, ``arn``, ``now``.
        event : bytes
            JSON.
        """
        self.uses += 1
        began = time.monotonic()
        self._marks[told["request_id"]] = threading.Event()
        try:
            self._worker.send({**told, "remaining_s": self.plan.timeout_s}, event)
        except OSError:
            return self._exited(0.0)
        return self._await(told["request_id"], began, self.plan.timeout_s)

    def lines(self) -> list[str]:
        """What it has written since this was asked last."""
        found, self._lines = self._lines, []
        return found

    def end(self) -> None:
        """End its process."""
        self._worker.kill()

    def _begin(self, began: float) -> None:
        answered = self._await("init", began, _INIT_S + self.plan.timeout_s)
        if answered.kind != "ok":
            self.failure = answered

    def _await(self, mark: str, began: float, patience_s: float) -> Answered:
        try:
            message = self._worker.receive(max(0.001, began + patience_s - time.monotonic()))
        except TimeoutError:
            self.end()
            return Answered(kind="timed_out", payload=b"", log="", duration_s=patience_s)
        took = time.monotonic() - began
        if message is None:
            return self._exited(took)
        self._marks.pop(mark).wait(_SETTLING_S)  # its lines come by another way
        head, body = message
        fine = head.get("ok", head.get("ready", False))
        said = self._worker.shown(head.get("log", ""))
        payload = body if fine else self._worker.shown(body.decode()).encode()
        return Answered(kind="ok" if fine else "failed", payload=payload, log=said, duration_s=took)

    def _exited(self, took: float) -> Answered:
        ended = self._worker.wait(_SETTLING_S) or Exit(code=1, reason="exited")
        if ended.reason == "out_of_memory" or (ended.reason == "exited" and ended.code == _KILLED):
            return Answered(kind="exited", payload=b"Runtime.OutOfMemory", log="signal: killed", duration_s=took)
        said = f"exit status {ended.code}" if ended.code < 128 else "signal: killed"
        return Answered(kind="exited", payload=b"Runtime.ExitError", log=said, duration_s=took)

    def _hear(self, line: str) -> None:
        text, marked, rest = line.partition("\x1f")
        if not marked:
            self._lines.append(line)
            return
        if text:
            self._lines.append(text)
        mark = self._marks.get(rest.partition("\x1f")[0])
        if mark is not None:
            mark.set()

    def _gone(self, _exit: Exit) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def _spec(self) -> WorkerSpec:
        tmp = self._folder / "tmp"
        tmp.mkdir()
        network = FunctionNetwork(self.plan.source)
        return WorkerSpec(
            name=f"{self.plan.name}-{self._folder.name}",
            folder=self._folder,
            inside=_SERVE,
            env=self._variables(),
            mounts=(
                Mount(at="/var/task", source=self.plan.code),
                Mount(at="/opt", source=self.plan.layers),
                Mount(at="/tmp", source=tmp, writable=True),
            ),
            working_directory="/var/task",
            library=f"/var/lang/lib/{self.plan.runtime}",
            installed="/var/runtime",
            packages=_PACKAGES,
            memory_mib=self.plan.memory_mib,
            network=network,
            loopback=FunctionLoopback(network),
            now=self.plan.now,
            on_line=self._hear,
            on_exit=self._gone,
        )

    def _variables(self) -> dict[str, str]:
        plan = self.plan
        key, secret, token = plan.keys
        # OpenSSL opens this file itself, past the map of paths.
        trusted = str(shutil.copy(ca_file(), self._folder / "ca.pem")) if ca_file() else ""
        return {
            "AWS_LAMBDA_FUNCTION_NAME": plan.name,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(plan.memory_mib),
            "AWS_LAMBDA_FUNCTION_VERSION": plan.version,
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{plan.name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": self.stream,
            "AWS_LAMBDA_INITIALIZATION_TYPE": "provisioned-concurrency" if plan.provisioned else "on-demand",
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{plan.runtime}",
            "LAMBDA_TASK_ROOT": "/var/task",
            "LAMBDA_RUNTIME_DIR": "/var/runtime",
            "_HANDLER": plan.handler,
            "TZ": ":UTC",
            "PATH": "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
            "HOME": str(PurePosixPath("/", "home", "sbx_user1051")),
            "LANG": "en_US.UTF-8",
            "AWS_REGION": plan.region,
            "AWS_DEFAULT_REGION": plan.region,
            "AWS_ACCESS_KEY_ID": key,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_SESSION_TOKEN": token,
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{api_port()}",
            "AWS_EC2_METADATA_DISABLED": "true",
            "SSL_CERT_FILE": trusted,
            "REQUESTS_CA_BUNDLE": trusted,
            **plan.variables,
        }


def error_payload(kind: str, message: str) -> bytes:
    """What Lambda itself says of an error."""
    return json.dumps({"errorType": kind, "errorMessage": message}).encode()
