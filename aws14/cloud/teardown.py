"""Teardown: everything that the course made, deleted in dependency order, and the proof that nothing is left.

The ledger says what was made, also when the process that made it crashed; the tags say the rest. Deleting what is gone
already is no error, so that a teardown can be repeated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, WaiterError

from aws14.cloud.explaining import explain
from aws14.cloud.kinds import KINDS
from aws14.cloud.presence import Exists, is_missing
from aws14.cloud.scan import Thing, leftovers, made, recorded, tagged
from aws14.cloud.waiting import duration, until
from aws14.errors import ReadbackError
from aws14.model import Finding, Report

if TYPE_CHECKING:
    from aws14.cloud.session import Session

_DELAY_S, _QUESTIONS = 15.0, 60
_PASSES = 3
"""What one pass cannot delete because something else stands in its way, the next one can."""


def tear_down(session: Session, *, pattern: str | None = None) -> Report:
    """Delete everything of a pattern, then look whether anything is left.

    Parameters
    ----------
    session : Session
        The account.
    pattern : str, optional
        The pattern's word; None for the session's own, empty for the whole course.

    Returns
    -------
    Report
        What was deleted; what could not be, and why; and the proof, whose `subjects` are the ids still there.
    """
    word = session.pattern if pattern is None else pattern
    deleted: list[Thing] = []
    refused: dict[str, str] = {}
    for _ in range(_PASSES):
        done, refused = _one_pass(session, _ours(session, word))
        deleted += done
        if not (done and refused):
            break
    proof, left = _look(session, word)
    if left is not None:
        _close_records(session, word, left)
    findings = (*_told(deleted), *_told_refused(refused), proof)
    return Report(title=f"Clean-up of {word or 'the course'}", findings=findings)


def _ours(session: Session, word: str) -> list[Thing]:
    # What the ledger knows too comes last, with the parameters of its call.
    things = {thing.identity: thing for thing in (*tagged(session, word), *recorded(session, word))}
    there = [thing for thing in things.values() if thing.kind in KINDS and thing.stands_alone and thing.exists(session)]
    return sorted(there, key=lambda thing: (thing.order, "SourceDBInstanceIdentifier" not in thing.params))


def _one_pass(session: Session, things: list[Thing]) -> tuple[list[Thing], dict[str, str]]:
    deleted: list[Thing] = []
    refused: dict[str, str] = {}
    for _, group in groupby(things, key=lambda thing: (thing.order, thing.kind, thing.region)):
        gone: list[Thing] = []
        for thing in group:
            reason = _delete(session, thing)
            if reason:
                refused[thing.aws_id] = reason
            else:
                gone.append(thing)
        refused |= _wait(session, gone)
        deleted += [thing for thing in gone if thing.aws_id not in refused]
    return deleted, refused


def _delete(session: Session, thing: Thing) -> str:
    """Delete one thing; returns why AWS would not, or nothing."""
    kind = KINDS[thing.kind]
    if kind.delete is None:
        return ""
    try:
        kind.delete(session.client(kind.service, thing.region), thing.aws_id)
    except ClientError as error:
        return "" if is_missing(error) else explain(error)
    return ""


def _wait(session: Session, things: list[Thing]) -> dict[str, str]:
    """Wait until AWS has really deleted them; returns what did not end, with the reason."""
    if not things:
        return {}
    kind, ids = KINDS[things[0].kind], [thing.aws_id for thing in things]
    client = session.client(kind.service, things[0].region)
    refused: dict[str, str] = {}
    if kind.waiter:
        name, argument = kind.waiter
        for some in ([key] for key in ids) if kind.singly else (ids,):
            try:
                client.get_waiter(name).wait(**{argument: some[0] if kind.singly else some})
            except WaiterError as error:
                refused |= dict.fromkeys(some, explain(error))
    return refused | _linger(session, [thing for thing in things if thing.aws_id not in refused])


def _linger(session: Session, things: list[Thing]) -> dict[str, str]:
    """Wait for those that stand in the way of others although AWS took their deletion."""
    refused = {}
    for thing in things:
        lingers = KINDS[thing.kind].lingers
        if lingers is not None:
            client = session.client(KINDS[thing.kind].service, thing.region)
            gone = partial(_is_gone, lingers, client, thing)
            if not until(session, gone, delay_s=_DELAY_S, most=_QUESTIONS):
                refused[thing.aws_id] = f"AWS is still deleting it after {duration(_DELAY_S * _QUESTIONS)}"
    return refused


def _is_gone(lingers: Exists, client: Any, thing: Thing) -> bool:
    return not lingers(client, thing.aws_id, thing.params)


def _close_records(session: Session, word: str, left: frozenset[str]) -> None:
    """Mark as gone the calls that made nothing which is still there."""
    for record in session.ledger.records(word):
        if record.state in ("begun", "done") and left.isdisjoint(thing.aws_id for thing in made(session, record)):
            session.ledger.end(record, state="gone")


def _told(deleted: Iterable[Thing]) -> Iterator[Finding]:
    for kind, group in groupby(sorted(deleted, key=lambda thing: (thing.order, thing.kind)), key=lambda t: t.kind):
        ids = [thing.aws_id for thing in group]
        yield Finding(name=f"deleted: {kind}", status="note", detail=", ".join(ids), subjects=tuple(ids))


def _told_refused(refused: dict[str, str]) -> Iterator[Finding]:
    for aws_id, reason in refused.items():
        yield Finding(
            name=f"{aws_id} is deleted",
            status="not_yet",
            detail=reason,
            hint="run the clean-up again",
            subjects=(aws_id,),
        )


def _look(session: Session, word: str) -> tuple[Finding, frozenset[str] | None]:
    """The proof, and the ids of what is left; None when the account cannot be read."""
    name = "nothing is left"
    try:
        left = leftovers(session, pattern=word)
    except ReadbackError as error:
        return Finding(name=name, status="not_yet", detail=f"the account could not be read: {error}"), None
    told = ", ".join(f"{thing.kind} {thing.aws_id}" for thing in left)
    proof = Finding(
        name=name,
        status="not_yet" if left else "passed",
        detail=told or "0 resources left; the account was scanned",
        hint="delete by hand what the course did not make, then run the clean-up again",
        subjects=tuple(thing.aws_id for thing in left),
    )
    return proof, frozenset(proof.subjects)
