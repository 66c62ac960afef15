"""What the endpoints of databases and of their proxies have in common on the data plane: they speak no HTTP."""

from __future__ import annotations

from aws14.emulator.dataplane.answering import Shown, Told, Visit

__all__ = ["SpeaksNoHttp"]


class SpeaksNoHttp:
    """A front known by its identifier that answers by a door of its own alone."""

    identifier: str

    @property
    def owner(self) -> str:
        """``rds/<identifier>``."""
        return f"rds/{self.identifier}"

    def speaks_tls(self, port: int) -> bool:
        """Never from the first byte: MySQL turns to TLS later, and this one does not."""
        del port
        return False

    def shown(self, port: int, name: str) -> Shown | None:
        """None."""
        del port, name
        return None

    def answer(self, visit: Visit) -> Told:
        """No HTTP is spoken."""
        raise ConnectionResetError(f"{self.identifier} speaks no HTTP on port {visit.port}")
