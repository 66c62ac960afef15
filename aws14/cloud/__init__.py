"""cloud: the only door to AWS.

`connect` gives a `Session`, whose clients are plain boto3 clients; `read_back` says what is there; `tear_down` leaves
nothing; `explain` turns a refusal of AWS into one line.
"""

from aws14.cloud.connecting import connect
from aws14.cloud.explaining import explain
from aws14.cloud.readback import read_back
from aws14.cloud.session import Session

__all__ = ["Session", "connect", "explain", "read_back"]
