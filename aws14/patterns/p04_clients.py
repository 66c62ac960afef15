"""The Multi-AZ database fails over, and two real clients on an application server watch it."""

from __future__ import annotations

from collections.abc import Mapping

from aws14 import charts
from aws14.cloud import Session
from aws14.cloud.database_clients import Attempt, Endpoint, watch
from aws14.model import Picture, Topology

DATABASE, GROUP = "orders-db", "app"
WATCHED_S, EVERY_S = 240.0, 5.0


def clients(built: Topology, session: Session, *, password: str) -> Picture:
    """Lose the primary under two clients: one asks DNS for each new connection, one asked once.

    Parameters
    ----------
    built : Topology
        What was read back.
    session : cloud.Session
        On the embedded AWS; its clock goes on.
    password : str
        Of the master user.
    """
    server = built.node(GROUP).aws_id.split(",")[1]
    endpoint = Endpoint(host=str(built.node(DATABASE).require("endpoint")), user="admin", password=password)
    attempts = watch(session, endpoint, database=DATABASE, source=server, seconds=WATCHED_S, every_s=EVERY_S)
    return charts.strips(_by_client(attempts), title="The primary is lost at 0 seconds: two clients on one server")


def _by_client(attempts: tuple[Attempt, ...]) -> Mapping[str, list[tuple[float, bool]]]:
    names = dict.fromkeys(each.client for each in attempts)
    return {name: [(each.t_s, each.answered) for each in attempts if each.client == name] for name in names}
