"""What a DB instance can be restored from to any second: backups, and the transactions that came after each.

RDS keeps a backup a day and the transaction log; a restore takes the last backup before the second that is asked for,
and runs the log up to it (RDS user guide, "Restoring a DB instance to a specified time").
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from aws14.emulator.databases.functions import prepare
from aws14.emulator.databases.image import Image

__all__ = ["Base", "Journal"]


@dataclass(frozen=True)
class Base:
    """A backup.

    Parameters
    ----------
    at : float
        When, epoch seconds.
    number : int
        Of the first transaction that is not in it.
    content : bytes
        The data.
    """

    at: float
    number: int
    content: bytes


@dataclass
class Journal:
    """Backups and transactions of one DB instance, oldest first.

    Attributes
    ----------
    bases : list of Base
        The backups.
    commits : list of (int, float, tuple)
        Number, time and statements of each transaction since the oldest backup.
    next_number : int
        Of the next transaction.
    """

    bases: list[Base] = field(default_factory=list)
    commits: list[tuple[int, float, tuple[Any, ...]]] = field(default_factory=list)
    next_number: int = 0

    @property
    def earliest(self) -> float:
        """The earliest second that can be restored; 0 before the first backup."""
        return self.bases[0].at if self.bases else 0.0

    def note(self, at: float, statements: tuple[Any, ...]) -> None:
        """Keep a transaction that was committed; before the first backup there is nothing to run it on."""
        if self.bases:
            self.commits.append((self.next_number, at, statements))
            self.next_number += 1

    def back_up(self, at: float, content: bytes, *, keep_from: float) -> None:
        """Keep a backup, and forget what no second since `keep_from` needs.

        Parameters
        ----------
        at : float
            Now, epoch seconds.
        content : bytes
            The data.
        keep_from : float
            Beginning of the retention period, epoch seconds.
        """
        self.bases.append(Base(at, self.next_number, content))
        while len(self.bases) > 1 and self.bases[1].at <= keep_from:
            self.bases.pop(0)
        first = self.bases[0].number
        self.commits = [each for each in self.commits if each[0] >= first]

    def image_at(self, at: float) -> Image:
        """The data as of a second that is not before the earliest."""
        base = [each for each in self.bases if each.at <= at][-1]
        image = Image(base.content)
        wanted = [each for each in self.commits if each[0] >= base.number and each[1] <= at]
        if not wanted:
            return image
        with closing(image.connect()) as connection:
            moment = prepare(connection)
            for _, _, statements in wanted:
                connection.execute("BEGIN IMMEDIATE")
                for statement in statements:
                    moment(statement)
                    connection.execute(statement.sql)
                connection.execute("COMMIT")
        image.changed()
        return image
