"""Who comes to an endpoint: a client of a DB instance, or one of a proxy."""

from __future__ import annotations

from aws14.emulator.databases.guest import Guest
from aws14.emulator.databases.pools import ProxyGuest

__all__ = ["guest"]


def guest(arn: str, interface: str, address: str, number: int) -> Guest:
    """A client that has reached an endpoint.

    Parameters
    ----------
    arn : str
        Of the DB instance or the proxy.
    interface : str
        Id of the network interface it came to.
    address : str
        The client's, as the server sees it.
    number : int
        Of the connection.
    """
    kind = ProxyGuest if ":db-proxy:" in arn else Guest
    return kind(arn, interface, address, number)
