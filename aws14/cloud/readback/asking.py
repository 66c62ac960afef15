"""Asking AWS during one read-back: each question is put once, however many readers want to know."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from aws14.cloud.readback.seen import Resource, listed

if TYPE_CHECKING:
    from aws14.cloud.session import Session


class Asking:
    """The questions of one read-back and their answers.

    Parameters
    ----------
    session : Session
        The account.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self._answers: dict[tuple[str, str, str, str], tuple[Resource, ...]] = {}

    def client(self, service: str, region: str | None = None) -> Any:
        """A boto3 client of the session."""
        return self.session.client(service, region)

    def listed(self, service: str, region: str, operation: str, key: str, **arguments: Any) -> tuple[Resource, ...]:
        """Everything that a describe or list call returns, all pages of it; the same question is asked once.

        Parameters
        ----------
        service, region : str
            Whom to ask.
        operation, key : str
            Method name, and where the items stand in a page.
        **arguments
            Passed on.
        """
        question = (service, region, operation, repr(sorted(arguments.items())))
        if question not in self._answers:
            self._answers[question] = listed(self.client(service, region), operation, key, **arguments)
        return self._answers[question]


def unless(codes: tuple[str, ...], ask: Callable[[], Any], otherwise: Any = None) -> Any:
    """The answer to a question, or `otherwise` when AWS says with one of these error codes that there is none.

    Parameters
    ----------
    codes : tuple of str
        Error codes of AWS that are an answer, such as ``NoSuchWebsiteConfiguration``.
    ask : callable
        Puts the question.
    otherwise : Any
        What stands for "there is none".
    """
    try:
        return ask()
    except ClientError as error:
        if error.response["Error"]["Code"] in codes:
            return otherwise
        raise
