"""The data plane: requests to the names and addresses that this cloud hands out, answered as configured.

==================  ==================================================================================================
``names``           DNS over plain zones and records (``records``)
``routing``         which of several records of a name answers
``remembering``     what those who ask by an instance remember of it
``instance_names``  the names that EC2 gives to addresses
``zones``           both, from moto's state, for one asker
``connecting``      what comes of a connection: name, way, listener
``plane``           the same on the cloud as it is now, under the world lock; what the control API asks
``doors``           loopback ports that lead into the cloud
``conversation``    HTTP/1.1 on one connection
``tls``             whom a TLS client calls
``certificates``    the authority of this home
``insides``         where the inside of an instance is found
==================  ==================================================================================================

Who uses the shared ports without the course's own client names the machine by the ``Host`` header (or TLS's server
name), and may say where the request comes from in ``X-Aws14-Source``. A request that would not arrive on AWS gets no
answer: the connection is closed without a byte.
"""

from aws14.emulator.dataplane.answering import Front, Inside, Shown, Visit
from aws14.emulator.dataplane.connecting import Ask, Connection
from aws14.emulator.dataplane.insides import inside, ssh_port
from aws14.emulator.dataplane.plane import DataPlane, connect

__all__ = ["Ask", "Connection", "DataPlane", "Front", "Inside", "Shown", "Visit", "connect", "inside", "ssh_port"]
