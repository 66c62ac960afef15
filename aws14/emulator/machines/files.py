"""A machine's files as one user meets them from one folder: what a command may read, make and change."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from aws14.emulator.machines.disk import FILE, FOLDER, LINK, Disk, FileProblem, Node, clean

__all__ = ["Files"]


@dataclass(frozen=True)
class Files:
    """A view of a disk.

    Parameters
    ----------
    disk : Disk
        Of the machine.
    user : str
        Who asks; root may do everything.
    groups : frozenset of str
        The user's groups.
    folder : str
        Where relative paths begin.
    now : float
        Epoch seconds; becomes the time of what changes.
    umask : int
        Bits that new nodes do not get.
    """

    disk: Disk
    user: str
    groups: frozenset[str]
    folder: str
    now: float
    umask: int = 0o022

    def path(self, name: str) -> str:
        """Return the absolute path of `name`."""
        return clean(name, self.folder)

    def find(self, name: str, *, last: bool = True) -> Node | None:
        """Return the node that `name` leads to; None where there is none."""
        return self.disk.find(self.path(name), last=last) if name else None

    def is_folder(self, name: str) -> bool:
        """Whether `name` is a folder."""
        node = self.find(name)
        return node is not None and node.kind == FOLDER

    def need(self, name: str, want: str = "") -> Node:
        """Return the node of `name` if it is there and may be used.

        Parameters
        ----------
        name : str
            A path.
        want : str, optional
            ``r``, ``w`` or ``x``.

        Raises
        ------
        FileProblem
            It is not there, or not for this user.
        """
        self._pass(name)
        node = self.find(name)
        if node is None:
            raise FileProblem(name, "No such file or directory")
        if want and not node.allows(want, self.user, self.groups):
            raise FileProblem(name, "Permission denied")
        if want == "r":
            node.accessed = self.now
        return node

    def _pass(self, name: str) -> None:
        """Refuse a way through folders that are closed to this user."""
        place = posixpath.dirname(self.path(name))
        while place != "/":
            node = self.disk.find(place)
            if node is not None and node.kind == FOLDER and not node.allows("x", self.user, self.groups):
                raise FileProblem(name, "Permission denied")
            place = posixpath.dirname(place)

    def read(self, name: str) -> str:
        """Return the text of a file.

        Raises
        ------
        FileProblem
            It is not there, a folder, or closed.
        """
        node = self.need(name, "r")
        if node.kind == FOLDER:
            raise FileProblem(name, "Is a directory")
        return node.data.decode("utf-8", "surrogateescape")

    def open(self, name: str, *, append: bool = False) -> Node:
        """Return a file to write to, made or emptied as asked for.

        Raises
        ------
        FileProblem
            It cannot be written.
        """
        node = self.find(name)
        if node is None:
            node = Node(FILE, 0o666 & ~self.umask)
            self._put(name, node)
        elif node.kind == FOLDER:
            raise FileProblem(name, "Is a directory")
        else:
            self.need(name, "w")
        node.changed = self.now
        if not append:
            node.data = b""
        return node

    def write(self, name: str, text: str) -> None:
        """Replace or make a file."""
        node = self.open(name)
        self.disk.grow(node, text.encode("utf-8", "surrogateescape"))

    def _put(self, name: str, node: Node) -> None:
        self.may_change_folder_of(name)
        node.owner, node.group, node.changed = self.user, self._group(name), self.now
        self.disk.put(self.path(name), node)

    def _group(self, name: str) -> str:
        """A folder with the set-group-ID bit gives its group to what is made in it."""
        folder = self.disk.find(posixpath.dirname(self.path(name)))
        return folder.group if folder is not None and folder.mode & 0o2000 else self.user

    def may_change_folder_of(self, name: str) -> None:
        """Refuse to make or remove something where this user may not.

        Raises
        ------
        FileProblem
            The folder is not there or closed.
        """
        self._pass(name)
        folder = self.disk.find(posixpath.dirname(self.path(name)))
        if folder is None:
            raise FileProblem(name, "No such file or directory")
        if not folder.allows("w", self.user, self.groups):
            raise FileProblem(name, "Permission denied")

    def make_folder(self, name: str) -> None:
        """Make one folder.

        Raises
        ------
        FileProblem
            Something is there already, or it may not be made.
        """
        if self.find(name) is not None:
            raise FileProblem(name, "File exists")
        self._put(name, Node(FOLDER, 0o777 & ~self.umask))

    def link(self, target: str, name: str) -> None:
        """Make a symbolic link."""
        if self.find(name, last=False) is not None:
            raise FileProblem(name, "File exists")
        self._put(name, Node(LINK, 0o777, target=target))

    def remove(self, name: str) -> None:
        """Take away what is there, and below."""
        self.may_change_folder_of(name)
        self.disk.remove(self.path(name))

    def copy(self, source: str, name: str) -> None:
        """Copy a file or a folder with all that is in it."""
        node = self.need(source, "r")
        if node.kind == FOLDER:
            if not self.is_folder(name):
                self.make_folder(name)
            for child in self.disk.children(self.path(source)):
                self.copy(posixpath.join(source, child), posixpath.join(name, child))
        else:
            made = self.open(name)
            made.data, made.mode = node.data, made.mode | node.mode & 0o111
