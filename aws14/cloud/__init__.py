"""cloud: the only door to AWS.

`connect` gives a `Session`, whose clients are plain boto3 clients; `read_back` says what is there; `tear_down` leaves
nothing and `leftovers` proves it; `explain` turns a refusal of AWS into one line; `break_instance`, `break_database`,
`break_az` and `heal` let things fail in the embedded AWS.
"""

from aws14.cloud.breaking import break_az, break_database, break_instance, heal
from aws14.cloud.connecting import connect
from aws14.cloud.declared import at_gateway, load_files, office
from aws14.cloud.explaining import explain
from aws14.cloud.kubernetes_clients import api_client
from aws14.cloud.login import Login, log_in
from aws14.cloud.pod_loads import load_pods
from aws14.cloud.readable import readable_errors
from aws14.cloud.readback import read_back
from aws14.cloud.readback.network import read_network
from aws14.cloud.scan import leftovers
from aws14.cloud.session import Session
from aws14.cloud.teardown import tear_down
from aws14.cloud.traffic import Answer, follow, request
from aws14.home import home

__all__ = [
    "Answer",
    "Login",
    "Session",
    "api_client",
    "at_gateway",
    "break_az",
    "break_database",
    "break_instance",
    "connect",
    "explain",
    "follow",
    "heal",
    "home",
    "leftovers",
    "load_files",
    "load_pods",
    "log_in",
    "office",
    "read_back",
    "read_network",
    "readable_errors",
    "request",
    "tear_down",
]
