"""What runs in an execution environment: the function's module is imported once, then each event is handed to it.

Run by `aws14.emulator.workers.inside.start`, which leaves ``orders``, ``answers``, ``clock`` and ``paths`` here. The
shapes of errors and of log lines are those of AWS's own runtime (github.com/aws/aws-lambda-python-runtime-interface-
client).
"""

from __future__ import annotations

import decimal
import importlib
import json
import logging
import os
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

_OURS = os.path.abspath(__file__)  # noqa: PTH100 - an absolute path is all that is wanted
_END = "\x1f{}\x1f\n"
#: 128 + SIGKILL, as shells count.
_KILLED = 137


class _Identity:
    """Of a mobile client; there is none."""

    cognito_identity_id: str | None = None
    cognito_identity_pool_id: str | None = None


class _Context:
    """The second argument of a handler."""

    def __init__(self, told: dict[str, Any]) -> None:
        self._deadline = time.monotonic() + told["remaining_s"]
        self.aws_request_id: str = told["request_id"]
        self.invoked_function_arn: str = told["arn"]
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.client_context = None
        self.identity = _Identity()
        self.tenant_id = None

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the time-out."""
        return max(int((self._deadline - time.monotonic()) * 1000), 0)


class _Fault(Exception):  # noqa: N818 - the word of this room
    """What the runtime itself has to say against a function."""

    def __init__(self, kind: str, message: str, trace: list[str] | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.trace = trace or []


class _Lines(logging.Handler):
    """Log records as lines: level, time, request, message."""

    def __init__(self) -> None:
        super().__init__()
        self.request_id = ""
        form = logging.Formatter("[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(request)s\t%(message)s")
        form.converter = time.gmtime
        form.datefmt = "%Y-%m-%dT%H:%M:%S"
        self.setFormatter(form)

    def emit(self, record: logging.LogRecord) -> None:
        """Write one."""
        record.request = self.request_id
        sys.stdout.write(self.format(record) + "\n")


class _Encoder(json.JSONEncoder):
    def default(self, o: Any) -> Any:
        """Decimals, which DynamoDB answers with, are numbers."""
        if isinstance(o, decimal.Decimal):
            return int(o) if o == o.to_integral_value() else float(o)
        return super().default(o)


def _load(handler: str) -> Callable[[Any, Any], Any]:
    try:
        module_name, function_name = handler.rsplit(".", 1)
    except ValueError as error:
        raise _Fault("Runtime.MalformedHandlerName", f"Bad handler '{handler}': {error}") from None
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        raise _Fault("Runtime.ImportModuleError", f"Unable to import module '{module_name}': {error}") from None
    except SyntaxError as error:
        where = [f'  File "{error.filename}" Line {error.lineno}\n    {error.text}']
        message = f"Syntax error in module '{module_name}': {error}"
        raise _Fault("Runtime.UserCodeSyntaxError", message, where) from None
    try:
        found: Callable[[Any, Any], Any] = getattr(module, function_name)
    except AttributeError:
        text = f"Handler '{function_name}' missing on module '{module_name}'"
        raise _Fault("Runtime.HandlerNotFound", text) from None
    return found


def _error(error: BaseException, request_id: str) -> tuple[dict[str, Any], str]:
    """The payload of an error, and how it reads in the log."""
    if isinstance(error, _Fault):
        kind, trace = error.kind, error.trace
    else:
        kind = type(error).__name__
        frames = [each for each in traceback.extract_tb(error.__traceback__) if _is_theirs(each.filename)]
        trace = traceback.format_list(frames)
    payload = {"errorMessage": str(error), "errorType": kind, "requestId": request_id, "stackTrace": trace}
    text = f"[ERROR] {kind}: {error}\nTraceback (most recent call last):\n{''.join(trace)}"
    return payload, text.rstrip("\n")


def _is_theirs(filename: str) -> bool:
    return filename not in (_OURS, importlib.__file__) and not filename.startswith("<frozen importlib")


def _answer(handle: Callable[[Any, Any], Any], told: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        event = json.loads(body or b"{}")
        result = handle(event, _Context(told))
        try:
            return {"ok": True}, json.dumps(result, cls=_Encoder, ensure_ascii=False).encode()
        except (TypeError, ValueError) as error:
            raise _Fault("Runtime.MarshalError", f"Unable to marshal response: {error}") from None
    except MemoryError:
        _end_for_want_of_memory()
    except Exception as error:  # whatever the function raises is its answer
        payload, text = _error(error, told["request_id"])
        return {"ok": False, "log": text}, json.dumps(payload).encode()


def _end_for_want_of_memory() -> NoReturn:
    """End as what the system kills ends: it never tells a program that there is no more memory."""
    os._exit(_KILLED)


def _flush(mark: str) -> None:
    """Let what was written so far be told from what comes next."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os.write(1, _END.format(mark).encode())


def _serve() -> None:
    lines = _Lines()
    logging.getLogger().addHandler(lines)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    sys.path[:0] = ["/var/task", "/opt/python", f"/opt/python/lib/{version}/site-packages"]
    sys.argv[:], sys.executable = ["/var/runtime/bootstrap.py"], f"/var/lang/bin/{version}"
    try:
        handle = _load(os.environ["_HANDLER"])
    except MemoryError:
        _end_for_want_of_memory()
    except Exception as error:  # the module may raise anything
        payload, text = _error(error, "")
        _flush("init")
        answers.send({"ready": False, "log": text}, json.dumps(payload).encode())  # type: ignore[name-defined]  # noqa: F821
        return
    _flush("init")
    answers.send({"ready": True})  # type: ignore[name-defined]  # noqa: F821
    while True:
        told, body = orders.get()  # type: ignore[name-defined]  # noqa: F821
        clock.show(told["now"])  # type: ignore[name-defined]  # noqa: F821
        lines.request_id = told["request_id"]
        head, result = _answer(handle, told, body)
        _flush(told["request_id"])
        answers.send(head, result)  # type: ignore[name-defined]  # noqa: F821


_serve()
