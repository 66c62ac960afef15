"""The office: what stands at the customer's own place, behind a line to the Internet.

==========  ====================================================================================================
``place``   its line (`Line`) and its file server, a folder of the learner's: ``declare``, ``line``, ``folder``
``server``  files in that folder, never a path outside of it: ``listed``, ``read``, ``write``, ``remove``
==========  ====================================================================================================

A learner says what it is like by the control API: ``POST /_aws14/office``. Names of things that stand there end in
``.office``: ``files.office`` is the file server, with the folder as its share; storage gateways and agents of DataSync
have names of their own.
"""

from aws14.emulator.offices.place import Line, Office, declare, folder, keep_in, line, on_change, stored_bytes
from aws14.emulator.offices.server import OfficeFile, listed, read, remove, write

__all__ = [
    "Line",
    "Office",
    "OfficeFile",
    "declare",
    "folder",
    "keep_in",
    "line",
    "listed",
    "on_change",
    "read",
    "remove",
    "stored_bytes",
    "write",
]
