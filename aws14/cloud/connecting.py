"""connect: the one way to a session."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Unpack

from botocore.exceptions import BotoCoreError, ClientError

from aws14.cloud import process
from aws14.cloud.explaining import explain
from aws14.cloud.isolation import is_loopback
from aws14.cloud.ledger import Ledger
from aws14.cloud.place import DEFAULT_REGION, Place
from aws14.cloud.real import Terms, real_place
from aws14.cloud.session import Session
from aws14.errors import CloudError, GuardError

ENDPOINT_VARIABLE = "AWS14_ENDPOINT_URL"


def connect(
    target: str = "emulator",
    *,
    region: str = "",
    pattern: str = "",
    say: Callable[[str], None] = print,
    **terms: Unpack[Terms],
) -> Session:
    """Return a session on the embedded AWS, which is started when it is not running.

    Parameters
    ----------
    target : {'emulator', 'aws', 'endpoint'}
        ``emulator``: the embedded AWS, also where real credentials lie around. ``endpoint``: the AWS-compatible
        endpoint on loopback that the environment variable ``AWS14_ENDPOINT_URL`` names; when that variable is
        set, it also takes the place of the emulator. ``aws``: a real account, with all of the `terms`.
    region : str
        AWS region; Tokyo when left out. A real account needs it typed.
    pattern : str
        Word of the pattern that is going to be built.
    say : callable
        Where messages go.
    **terms
        For a real account only, all of them: `account` (twelve digits), `budget_usd`, `hours`,
        `quote_usd_per_hour` and `quote_text` (from the price book). See `aws14.cloud.real.Terms`.

    Returns
    -------
    Session
        Its clients are plain boto3 clients.

    Raises
    ------
    GuardError
        When a real account is not fully named, is not the one typed or looks like production, or when the
        endpoint is not on loopback.
    EmulatorError
        When the embedded AWS does not start.
    """
    if target == "aws":
        place = real_place(region, terms, say=say)
    elif target in ("emulator", "endpoint"):
        place = _local_place(target, region or DEFAULT_REGION, say)
    else:
        raise GuardError(f"'{target}' is no target", allowed="'emulator' (the default), 'endpoint' or 'aws'")
    ledger = Ledger(process.home() / f"ledger-{place.target}-{place.account_id}.jsonl")
    return Session(place, ledger=ledger, pattern=pattern, say=say)


def _local_place(target: str, region: str, say: Callable[[str], None]) -> Place:
    endpoint = os.environ.get(ENDPOINT_VARIABLE, "")
    if endpoint or target == "endpoint":
        place = _endpoint_place(endpoint, region)
        say(f"working on {endpoint} ({ENDPOINT_VARIABLE})")
    else:
        place = _emulator_place(region, say)
    try:
        account = place.client(place.open(), "sts", region).get_caller_identity()["Account"]
    except (BotoCoreError, ClientError) as error:
        raise CloudError(explain(error)) from error
    return replace(place, account_id=account)


def _endpoint_place(endpoint: str, region: str) -> Place:
    if not is_loopback(endpoint):
        raise GuardError(
            f"{ENDPOINT_VARIABLE} is '{endpoint}', which is not on this machine",
            allowed="an http:// URL on 127.0.0.1, ::1 or localhost",
            cure=f"set {ENDPOINT_VARIABLE}, or leave it out for the embedded AWS",
        )
    return Place(target="endpoint", region=region, endpoint=endpoint, access_key="test", secret_key="test")


def _emulator_place(region: str, say: Callable[[str], None]) -> Place:
    emulator = process.find_or_start()
    for notice in emulator.notices:
        say(notice)
    return Place(
        target="emulator",
        region=region,
        endpoint=emulator.endpoint,
        access_key=emulator.access_key,
        secret_key=emulator.secret_key,
        control=emulator,
    )
