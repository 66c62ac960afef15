"""Verbs that only the embedded AWS understands: what the world around a cloud does to it, and its clock."""

from __future__ import annotations

from typing import Any

from aws14 import cloud
from aws14.cloud import breaking
from aws14.lab.asking import checked_numbers, checked_words


class Embedded:
    """Load, failures, time and the office, for the session of a lab."""

    session: cloud.Session

    def load_pods(self, workload: str, *, cluster: str, cores: float, **more: float) -> float:
        """Give the pods of a workload (``namespace/name``) so many CPUs of work from now on; returns AWS time."""
        given = checked_numbers({"cores": cores, **checked_words("lab.load_pods", cloud.load_pods, more)})
        return cloud.load_pods(self.session, workload, cluster=cluster, **given)

    def load_files(self, file_system: str, **load: float) -> float:
        """Let the clients of a file system of EFS (its id) read and write so much from now on; returns AWS time.

        ``read_mibps``, ``write_mibps``, ``operations`` a second; ``stored_gib`` and ``active_gib`` beside real files.
        """
        given = checked_numbers(checked_words("lab.load_files", cloud.load_files, load))
        return cloud.load_files(self.session, file_system, **given)

    def office(self, **said: Any) -> dict[str, Any]:
        """Say what the office is like: its ``folder``, ``upload_mbps``, ``download_mbps``, ``cut``; how it is now."""
        return cloud.office(self.session, **checked_words("lab.office", cloud.office, said))

    def at_gateway(self, target: str, do: str = "look", **more: Any) -> dict[str, Any]:
        """Use a share, volume or tape of a storage gateway, as somebody in the office does; how it went."""
        words = checked_words("lab.at_gateway", cloud.at_gateway, more)
        return cloud.at_gateway(self.session, target, do, **words)

    def break_instance(self, node: str, *, minutes: float | None = None) -> str:
        """Let the hardware under an instance fail, for some minutes or until it moves; returns its AWS id."""
        given = {} if minutes is None else checked_numbers({"minutes": minutes})
        return breaking.break_instance(self.session, node, seconds=60 * given["minutes"] if given else None)

    def break_az(self, az: str, *, minutes: float) -> None:
        """Let a whole Availability Zone lose its power for some minutes of AWS time."""
        breaking.break_az(self.session, az, seconds=60 * checked_numbers({"minutes": minutes})["minutes"])

    def break_region(self, region: str, *, minutes: float) -> tuple[str, ...]:
        """Let all zones of a region lose their power for some minutes of AWS time; returns their names."""
        return breaking.break_region(
            self.session, region, seconds=60 * checked_numbers({"minutes": minutes})["minutes"]
        )

    def heal(self) -> tuple[str, ...]:
        """End all that was broken."""
        return breaking.heal(self.session)

    def advance(self, *, seconds: float = 0, minutes: float = 0, hours: float = 0, days: float = 0) -> float:
        """Let AWS time pass; returns the new time in epoch seconds."""
        return self.session.advance(seconds + 60 * minutes + 3600 * hours + 86_400 * days)

    def save(self, name: str) -> None:
        """Keep the whole embedded cloud under a name."""
        self.session.save(name)

    def restore(self, name: str) -> None:
        """Go back to a cloud kept under a name."""
        self.session.restore(name)
