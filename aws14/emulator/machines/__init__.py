"""What is inside an instance: its files, packages, services, users, console; what it serves; what it runs.

From outside in: ``of(instance_id)`` is the `Machine`; ``machine.listens(port)`` and ``machine.answer(...)`` are what
the data plane asks; a `Session` is a shell on it (Run Command, SSH); `power` is its life.

===============  ===============================================================================================
``machine``      the machine as plain data
``disk``         files, folders, links, with owners and modes; ``files``: as one user meets them
``volumes``      other disks: attached, mounted; ``contents``: what is on them without a machine
``shares``       folders of file servers, with their files; ``sharing``: mounting them
``images``       a machine fresh from its image
``software``     packages: what they bring; ``installing``: putting them on a machine
``units``        services; ``apacheconf``, ``nginxconf``: the configuration of web servers
``web``          HTTP from the files of a machine
``shell``        a subset of bash; ``commands``: what scripts may call
``cloud_init``   the forms of user data; ``first_start``: running it
``console``      the serial console
``outside``      the world beyond a machine, asked at the right time; ``way``: this emulator's network
``metadata``     the instance metadata service
``instances``    moto's instances; ``registry``: machines by instance
``power``        on, boot, user data, ready, off
``sessions``     commands from Run Command and SSH
``ssh_door``     SSH on loopback; ``ssh_login``: who gets in; ``ssh_shell``: what a session does
===============  ===============================================================================================
"""

from aws14.emulator.machines import commands, ssh_door
from aws14.emulator.machines.machine import Machine, Server, Service, User
from aws14.emulator.machines.outside import Network, Reply, Request
from aws14.emulator.machines.registry import of
from aws14.emulator.machines.sessions import Finished, Session
from aws14.emulator.machines.way import network, replace_network

__all__ = [
    "Finished",
    "Machine",
    "Network",
    "Reply",
    "Request",
    "Server",
    "Service",
    "Session",
    "User",
    "commands",
    "network",
    "of",
    "replace_network",
    "ssh_door",
]
