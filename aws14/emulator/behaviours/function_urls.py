"""Function URLs answer: ``https://<id>.lambda-url.<region>.on.aws/``.

What AWS does
    A function with a URL answers HTTPS by itself: to everybody where its policy says so and its URL's type of
    authorization is NONE, else to requests that are signed. It answers browsers of other origins as configured.
What moto leaves out
    The URL is made up; nothing answers there.
What this adds
    The function runs for each request, with the event of format 2.0, and what it returns is the answer.
What it still does not do
    Response streaming; URLs of aliases; metrics of URLs. The signature of a signed request is not checked, only whose
    key it is. AWS asks for a second permission, ``lambda:InvokeFunction``, since October 2025; here
    ``lambda:InvokeFunctionUrl`` is enough.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws14.emulator.apis import front
from aws14.emulator.behaviours.hooks import around, before

__all__ = ["install"]


def install() -> None:
    """Let the data plane find the URLs."""
    from moto.awslambda.models import FunctionUrlConfig, LambdaBackend

    front.register_urls()
    around(FunctionUrlConfig, "__init__", _with_slash)
    before(LambdaBackend, "create_function_url_config", _only_one)


def _with_slash(original: Callable[..., None], url: Any, function: Any, config: dict[str, Any]) -> None:
    """As AWS writes it."""
    original(url, function, config)
    url.url = f"{url.url.rstrip('/')}/"


def _only_one(backend: Any, name_or_arn: str, config: dict[str, Any]) -> None:
    from moto.awslambda.exceptions import ConflictException

    del config
    function = backend.get_function(name_or_arn)
    if function.url_config is not None:
        text = f"Failed to create function url config for [functionArn = {function.function_arn}]."
        raise ConflictException(f"{text} Error message:  FunctionUrlConfig exists for this Lambda function")
