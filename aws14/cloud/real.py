"""A real account: everything is typed out, AWS is asked whose account it is, and the quote comes first."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypedDict

from botocore.exceptions import BotoCoreError, ClientError

from aws14.cloud.explaining import explain
from aws14.cloud.place import Place
from aws14.errors import GuardError


class Terms(TypedDict, total=False):
    """What has to be said to build on a real account; all of it.

    Keys
    ----
    account : str
        The account's twelve digits, typed.
    budget_usd : float
        What the session may cost in all, in USD.
    hours : float
        How long it stands; every resource is tagged with the end.
    quote_usd_per_hour : float
        What the build costs an hour, from the price book.
    quote_text : str
        The quote, line by line, as it is shown.
    """

    account: str
    budget_usd: float
    hours: float
    quote_usd_per_hour: float
    quote_text: str


_REQUIRED = tuple(Terms.__annotations__)


def real_place(region: str, terms: Terms, *, say: Callable[[str], None]) -> Place:
    """Check everything that must hold before anything is built on a real account.

    Parameters
    ----------
    region : str
        AWS region, typed.
    terms : Terms
        What else was said.
    say : callable
        Where the quote is shown.

    Raises
    ------
    GuardError
        When something was not said, the quote is over the budget, AWS names another account, or the
        account's alias contains ``prod``.
    """
    _require_all(region, terms)
    _show_quote(terms, say)
    expires = datetime.now(UTC) + timedelta(hours=terms["hours"])
    place = Place(target="aws", region=region, account_id=terms["account"], expires=expires)
    opened = place.open()
    try:
        _require_account(place.client(opened, "sts", region), terms["account"])
        _refuse_production(place.client(opened, "iam", region))
    except (BotoCoreError, ClientError) as error:
        raise GuardError(f"AWS did not say whose account this is. {explain(error)}") from error
    say(f"account {place.account_id} in {region}, until {expires:%Y-%m-%d %H:%M} UTC")
    return place


def _require_all(region: str, terms: Terms) -> None:
    missing = [name for name in _REQUIRED if name not in terms or terms.get(name) in (None, "")]
    if not region:
        missing.append("region")
    if missing:
        raise GuardError(
            f"a real account needs everything to be typed; missing: {', '.join(missing)}",
            allowed='connect(target="aws", account="<12 digits>", region=..., budget_usd=..., hours=..., '
            "quote_usd_per_hour=..., quote_text=...)",
        )
    if not re.fullmatch(r"[0-9]{12}", str(terms["account"])):
        raise GuardError(f"'{terms['account']}' is not an account number", allowed="twelve digits, as a string")
    for name in ("budget_usd", "hours"):
        if not float(terms[name]) > 0:
            raise GuardError(f"{name} is {terms.get(name)}", allowed="a positive number")


def _show_quote(terms: Terms, say: Callable[[str], None]) -> None:
    hours, hourly, budget = terms["hours"], terms["quote_usd_per_hour"], terms["budget_usd"]
    total = hourly * hours
    say(terms["quote_text"])
    say(f"{hours:g} hours at {hourly:.4f} USD: {total:.2f} USD of {budget:.2f} USD")
    if total > budget:
        raise GuardError(
            f"{hours:g} hours come to {total:.2f} USD, over the budget of {budget:.2f} USD",
            cure="fewer hours, a smaller design, or a larger budget_usd",
        )


def _require_account(sts: Any, typed: str) -> None:
    actual = sts.get_caller_identity()["Account"]
    if actual != typed:
        raise GuardError(
            f"you typed the account {typed}, but these credentials belong to {actual}",
            cure="check AWS_PROFILE, or type the account you mean",
        )


def _refuse_production(iam: Any) -> None:
    try:
        aliases = iam.list_account_aliases()["AccountAliases"]
    except ClientError as error:
        raise GuardError(
            "the account's alias could not be read, so that it may be a production account",
            cure="allow iam:ListAccountAliases to these credentials",
        ) from error
    named = [alias for alias in aliases if "prod" in alias.lower()]
    if named:
        raise GuardError(
            f"the account is called '{named[0]}', which says production",
            cure="use an account made for learning",
        )


def check_not_expired(expires: datetime | None) -> None:
    """Refuse to build on a real account after the hours that were asked for.

    Raises
    ------
    GuardError
        When the time is over.
    """
    if expires and datetime.now(UTC) > expires:
        raise GuardError(
            f"the hours asked for ended at {expires:%Y-%m-%d %H:%M} UTC; nothing more is built",
            cure="tear down, or connect again with hours=...",
        )
