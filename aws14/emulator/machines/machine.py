"""What is inside an instance, as plain data that a snapshot can keep."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from aws14.emulator.machines.disk import Disk, Share, Volume

__all__ = ["SSH_PORT", "Fixed", "Line", "Machine", "Server", "Service", "User"]

SSH_PORT = 22


@dataclass(frozen=True)
class Fixed:
    """An answer that stands in a server's configuration.

    Parameters
    ----------
    place : str
        Path; all that begin with it, unless `exact`.
    exact : bool
        Whether only that path.
    status : int
        Of the response.
    text : str
        Its body; where it leads for a redirection.
    """

    place: str
    exact: bool
    status: int
    text: str

    def fits(self, path: str) -> bool:
        """Whether it answers `path`."""
        return path == self.place or (not self.exact and path.startswith(self.place))


@dataclass(frozen=True)
class Server:
    """Something that listens.

    Parameters
    ----------
    kind : str
        ``httpd``, ``nginx`` or ``python``: they answer HTTP; ``other`` only takes connections.
    ports : tuple of int
        TCP.
    root : str
        Folder of the pages.
    index : tuple of str
        Names looked for in a folder.
    user : str
        Whose rights it has on the files.
    command : str
        What ``ps`` shows.
    local : bool
        Whether it listens on the loopback interface only.
    tls : tuple of int
        Those of its ports that speak TLS.
    fixed : tuple of Fixed
        Answers without a file.
    """

    kind: str
    ports: tuple[int, ...]
    root: str = ""
    index: tuple[str, ...] = ()
    user: str = "root"
    command: str = ""
    local: bool = False
    tls: tuple[int, ...] = ()
    fixed: tuple[Fixed, ...] = ()


@dataclass
class Service:
    """A unit of systemd.

    Parameters
    ----------
    name : str
        Without ``.service``.
    description : str
        Of the unit.
    enabled : bool
        Whether it starts with the machine.
    active : bool
        Whether it runs.
    failed : bool
        Whether its last start failed.
    since : float
        Epoch seconds of AWS time of the last change.
    server : Server or None
        What it opens while it runs.
    """

    name: str
    description: str
    enabled: bool = False
    active: bool = False
    failed: bool = False
    since: float = 0.0
    server: Server | None = None


@dataclass
class User:
    """An account on the machine."""

    name: str
    uid: int
    home: str
    shell: str = "/bin/bash"
    groups: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Line:
    """A line of the console, at its time."""

    t: float
    text: str


@dataclass
class Machine:
    """One instance from within.

    Parameters
    ----------
    instance_id, account, region : str
        Whose inside this is.
    image : str
        Family of its image: ``al2023``, ``al2``, ``ubuntu``; ``other`` runs no scripts here.
    architecture : str
        ``x86_64`` or ``aarch64``.
    hostname : str
        Fully qualified.
    address : str
        Private IPv4 address.
    disk : Disk
        Files, also those of mounted volumes.
    volumes : dict
        Other disks, by id.
    shares : dict
        What is mounted of file servers, by folder.
    users : dict
        By name.
    groups : dict
        Group id by name.
    packages : dict
        Version by name, of what was installed beyond the image.
    services : dict
        By name.
    processes : list of Server
        Started by hand: gone after a reboot.
    console : list of Line
        What ``get_console_output`` shows.
    starts : float or None
        When the kernel began; None while there is no power.
    boots : int
        How often power came on.
    ready : bool
        Whether boot and user data are done: only then anything answers.
    initialised : bool
        Whether user data has run: it does so once.
    refusal : str
        What user data asked for and this emulator cannot do; then nothing that it started is reachable.
    exit_status : int or None
        Of user data; None before its end, or without any.
    """

    instance_id: str
    account: str
    region: str
    image: str
    architecture: str = "x86_64"
    hostname: str = "localhost"
    address: str = ""
    disk: Disk = field(default_factory=Disk)
    volumes: dict[str, Volume] = field(default_factory=dict)
    shares: dict[str, Share] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    groups: dict[str, int] = field(default_factory=dict)
    packages: dict[str, str] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    processes: list[Server] = field(default_factory=list)
    console: list[Line] = field(default_factory=list)
    starts: float | None = None
    boots: int = 0
    ready: bool = False
    initialised: bool = False
    refusal: str = ""
    exit_status: int | None = None

    @property
    def name(self) -> str:
        """The host name up to its first dot."""
        return self.hostname.partition(".")[0]

    @property
    def login(self) -> str:
        """The user that the image has for its owner."""
        return "ubuntu" if self.image == "ubuntu" else "ec2-user"

    def groups_of(self, user: str) -> frozenset[str]:
        """The groups of a user, its own one too."""
        known = self.users.get(user)
        return frozenset({user, *(known.groups if known else ())})

    def servers(self) -> Iterator[Server]:
        """Everything that listens inside, whether or not it can be reached from outside."""
        yield from (one.server for one in self.services.values() if one.active and one.server is not None)
        yield from self.processes

    def server_on(self, port: int) -> Server | None:
        """What listens on `port` inside; None for nothing."""
        return next((server for server in self.servers() if port in server.ports), None)

    def runs(self, service: str) -> bool:
        """Whether a service of the image runs; it does until somebody stops it."""
        known = self.services.get(service)
        return known is None or known.active

    def listens(self, port: int) -> bool:
        """Whether a connection to `port` from outside is accepted, as far as the machine decides that.

        Before boot and user data are done nothing listens. Where user data asked for something that this emulator
        cannot do, only SSH does.
        """
        if not self.ready:
            return False
        if port == SSH_PORT:
            return self.image != "other" and self.runs("sshd")
        server = self.server_on(port)
        return server is not None and not server.local and not self.refusal

    def speaks_tls(self, port: int) -> bool:
        """Whether what listens on `port` expects TLS."""
        server = self.server_on(port)
        return server is not None and port in server.tls

    def answer(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes = b"",
        *,
        port: int = 80,
        source: str = "",
        patience_s: float | None = None,
    ) -> tuple[int, dict[str, str], bytes]:
        """Answer an HTTP request as the server on `port` does.

        Parameters
        ----------
        method : str
            ``GET``.
        path : str
            With its query.
        headers : dict
            Of the request.
        body : bytes, optional
            Of the request; the servers here serve files and do not read it.
        port : int, optional
            Where it came in; ask `listens` before.
        source : str, optional
            The client's IPv4 address.
        patience_s : float, optional
            For how long the client waits, AWS time.

        Returns
        -------
        (int, dict, bytes)
            Status, headers, body.

        Raises
        ------
        ConnectionRefusedError
            Nothing listens there.
        ConnectionResetError
            What listens there does not speak HTTP.
        TimeoutError
            The answer takes longer than the client waits.
        """
        from aws14.emulator.machines.web import Wish, serve

        if not self.listens(port):
            raise ConnectionRefusedError(f"{self.instance_id} does not listen on port {port}")
        return serve(self, port, Wish(method, path, headers, body, source, patience_s))

    def say(self, t: float, text: str) -> None:
        """Write to the console, line by line."""
        self.console.extend(Line(t, line) for line in text.splitlines())
