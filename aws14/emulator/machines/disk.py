"""The files of a machine: folders, files, links, with owners and modes, as plain data."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field

__all__ = ["FILE", "FOLDER", "LINK", "Disk", "FileProblem", "Node", "Share", "Volume", "clean"]

FOLDER, FILE, LINK = "folder", "file", "link"
_MOST_BYTES = 32 * 1024 * 1024
_MOST_LINKS = 20


class FileProblem(Exception):  # noqa: N818 - what the system call says, caught by the command that asked
    """What the kernel says: ``No such file or directory``.

    Parameters
    ----------
    path : str
        As it was asked for.
    reason : str
        In the words of ``strerror``.
    """

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path, self.reason = path, reason

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


@dataclass
class Node:
    """A folder, a file or a link.

    Parameters
    ----------
    kind : {'folder', 'file', 'link'}
        Which.
    mode : int
        Permission bits, ``0o644``.
    owner, group : str
        By name.
    changed : float
        Epoch seconds of AWS time.
    data : bytes
        Of a file.
    target : str
        Of a link.
    accessed : float
        When a file was last read, epoch seconds; 0 where nobody has.
    """

    kind: str
    mode: int
    owner: str = "root"
    group: str = "root"
    changed: float = 0.0
    data: bytes = b""
    target: str = ""
    accessed: float = 0.0

    def allows(self, want: str, user: str, groups: frozenset[str]) -> bool:
        """Whether `user` may do one of ``r``, ``w``, ``x``; root may."""
        shift = 6 if user == self.owner else 3 if self.group in groups else 0
        return user == "root" or bool(self.mode >> shift & {"r": 4, "w": 2, "x": 1}[want])


def clean(path: str, folder: str = "/") -> str:
    """Return `path` as an absolute one without dots, from `folder` where it is relative."""
    joined = posixpath.normpath(posixpath.join(folder, path))
    return "/" + joined.lstrip("/")


@dataclass
class Disk:
    """All nodes by absolute path.

    Parameters
    ----------
    nodes : dict
        From path to `Node`; the root is always there.
    lost : tuple of str
        Folders whose file server does not answer: whoever goes there waits in vain.
    """

    nodes: dict[str, Node] = field(default_factory=lambda: {"/": Node(FOLDER, 0o755)})
    lost: tuple[str, ...] = ()

    def real(self, path: str, *, last: bool = True) -> str:
        """Return `path` with every link followed; the last part only where `last`.

        Raises
        ------
        FileProblem
            Links lead in a circle, or a file server does not answer.
        """
        for folder in self.lost:
            if path == folder or path.startswith(f"{folder}/"):
                raise FileProblem(path, "Connection timed out")
        for _ in range(_MOST_LINKS):
            parts, found = [part for part in path.split("/") if part], ""
            for index, part in enumerate(parts):
                found = f"{found}/{part}"
                node = self.nodes.get(found)
                if node is not None and node.kind == LINK and (last or index + 1 < len(parts)):
                    target = clean(node.target, posixpath.dirname(found))
                    path = posixpath.join(target, *parts[index + 1 :])
                    break
            else:
                return found or "/"
        raise FileProblem(path, "Too many levels of symbolic links")

    def find(self, path: str, *, last: bool = True) -> Node | None:
        """Return the node at `path`, None where there is none."""
        return self.nodes.get(self.real(path, last=last))

    def children(self, path: str) -> list[str]:
        """Return the names in a folder, sorted."""
        prefix = self.real(path).rstrip("/") + "/"
        rests = (key[len(prefix) :] for key in self.nodes if key.startswith(prefix) and key != "/")
        return sorted(rest for rest in rests if rest and "/" not in rest)

    def below(self, path: str) -> Iterator[str]:
        """Yield `path` and every path below it, parents first."""
        start = self.real(path, last=False)
        prefix = start.rstrip("/") + "/"
        yield from sorted(key for key in self.nodes if key == start or key.startswith(prefix))

    def put(self, path: str, node: Node) -> None:
        """Put `node` at `path`, whose folder must be there.

        Raises
        ------
        FileProblem
            It is not, or the disk is full.
        """
        place = self.real(path, last=False)
        parent = self.nodes.get(self.real(posixpath.dirname(place)))
        if parent is None:
            raise FileProblem(path, "No such file or directory")
        if parent.kind != FOLDER:
            raise FileProblem(path, "Not a directory")
        self.nodes[self.real(posixpath.dirname(place)).rstrip("/") + "/" + posixpath.basename(place)] = node

    def grow(self, node: Node, data: bytes) -> None:
        """Append to a file.

        Raises
        ------
        FileProblem
            The disk is full.
        """
        if len(node.data) + len(data) > _MOST_BYTES:
            raise FileProblem("write error", "No space left on device")
        node.data += data

    def remove(self, path: str) -> None:
        """Take away `path` and what is below it."""
        for key in list(self.below(path)):
            if key != "/":
                del self.nodes[key]

    def make_folders(self, path: str, mode: int = 0o755, owner: str = "root", group: str = "root") -> None:
        """Make the folder at `path` and those above it, where they are not there."""
        place = ""
        for part in clean(path).strip("/").split("/"):
            place = self.real(f"{place}/{part}")
            if place not in self.nodes:
                self.nodes[place] = Node(FOLDER, mode, owner, group)

    def write(self, path: str, text: str | bytes, mode: int = 0o644, owner: str = "root", *, now: float = 0.0) -> None:
        """Make or replace a file, as an installation does."""
        self.make_folders(posixpath.dirname(path))
        data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")
        self.nodes[self.real(path)] = Node(FILE, mode, owner, owner, now, data)

    def text(self, path: str) -> str:
        """Return the text of the file at `path`; empty where there is none."""
        node = self.find(path)
        return node.data.decode("utf-8", "surrogateescape") if node is not None and node.kind == FILE else ""


@dataclass
class Volume:
    """A disk beside the root volume.

    Parameters
    ----------
    id : str
        Of the volume; ``store0`` and so on for instance store.
    node : str
        ``/dev/nvme1n1``.
    size_gib : int
        GiB.
    device : str
        As it was attached, ``/dev/sdf``; empty for instance store.
    kind : str
        Of its file system; empty for none.
    disk : Disk
        Its files, while it is not mounted.
    mounted : str
        Where; empty for nowhere. Its files are then on the machine's disk, from there on.
    hidden : dict
        What was there before.
    """

    id: str
    node: str
    size_gib: int
    device: str = ""
    kind: str = ""
    disk: Disk = field(default_factory=Disk)
    mounted: str = ""
    hidden: dict[str, Node] = field(default_factory=dict)

    @property
    def is_store(self) -> bool:
        """Whether it is instance store: a stop empties it."""
        return not self.device


@dataclass
class Share:
    """A folder of a file server that is mounted; its files are on the machine's disk, too.

    Parameters
    ----------
    key : str
        What holds the files, in `aws14.emulator.files.trees`.
    root : str
        Folder there that is mounted.
    source, kind : str
        As ``mount`` shows them: ``fs-0123.efs.ap-northeast-1.amazonaws.com:/``, ``nfs4``.
    host, port : str, int
        Whom to call.
    owner : str
        Whose what is made here becomes; empty for whoever makes it.
    read_only : bool
        Whether nothing of it can be changed.
    version : int
        Of the contents, when they were last looked at.
    base : dict
        What was there then.
    hidden : dict
        What stood in the folder before.
    """

    key: str
    root: str
    source: str
    kind: str
    host: str
    port: int
    owner: str = ""
    read_only: bool = False
    version: int = -1
    base: dict[str, Node] = field(default_factory=dict)
    hidden: dict[str, Node] = field(default_factory=dict)
