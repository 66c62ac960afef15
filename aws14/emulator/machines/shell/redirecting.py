"""``>``, ``2>&1``, ``<<EOF`` and their kin."""

from __future__ import annotations

from aws14.emulator.machines.shell.errors import RefusedError, UnsupportedError
from aws14.emulator.machines.shell.expansion import Expander
from aws14.emulator.machines.shell.state import Shell
from aws14.emulator.machines.shell.streams import Collected, Discarded, Feed, FileSink, Sink, Source, Told
from aws14.emulator.machines.shell.syntax import Heredoc, Process, Redirect

__all__ = ["redirect"]

_DEVICES = {"/dev/stdout": 1, "/dev/stderr": 2}


def redirect(shell: Shell, redirects: tuple[Redirect, ...], expander: Expander) -> list[Feed]:
    """Change where a shell reads and writes, in order.

    Parameters
    ----------
    shell : Shell
        Changed in place; who wants the old streams back keeps them.
    redirects : tuple of Redirect
        What to do.
    expander : Expander
        For the targets.

    Returns
    -------
    list of Feed
        To be run by the caller when nobody writes any more.

    Raises
    ------
    FileProblem
        A file cannot be opened.
    RefusedError
        A descriptor is not open.
    UnsupportedError
        A target beyond the subset.
    """
    feeds: list[Feed] = []
    for each in redirects:
        if each.operation.startswith("<"):
            shell.stdin = _source(shell, each, expander)
            continue
        sink = _sink(shell, each, expander, feeds)
        for descriptor in (1, 2) if each.operation.startswith("&>") or _means_both(each) else (each.descriptor,):
            shell.sinks[descriptor] = sink
    return feeds


def _means_both(each: Redirect) -> bool:
    """``>& file`` is an old way to write ``&> file``."""
    if each.operation != ">&" or isinstance(each.target, Heredoc):
        return False
    literal = each.target.literal
    return bool(literal) and not literal.isdigit() and literal != "-"


def _source(shell: Shell, each: Redirect, expander: Expander) -> Source:
    if isinstance(each.target, Heredoc):
        return Source(expander.text(each.target.body))
    text = expander.text(each.target)
    match each.operation:
        case "<<<":
            return Source(text + "\n")
        case "<&":
            raise UnsupportedError(f"<&{text}", shell.line)
        case _:
            return Source("" if text in ("/dev/null", "/dev/tty") else shell.files.read(text))


def _sink(shell: Shell, each: Redirect, expander: Expander, feeds: list[Feed]) -> Sink:
    target = each.target
    if isinstance(target, Heredoc):
        raise UnsupportedError("<<", shell.line)
    if len(target.parts) == 1 and isinstance(target.parts[0], Process):
        collected = Collected()
        feeds.append(Feed(collected, target.parts[0].body, dict(shell.sinks)))
        return collected
    text = expander.text(target)
    if each.operation == ">&" and not _means_both(each):
        return _duplicate(shell, text)
    return _device(shell, text) or _file(shell, text, append=each.operation in (">>", "&>>"))


def _duplicate(shell: Shell, text: str) -> Sink:
    if text == "-":
        return Discarded()
    if not text.isdigit() or int(text) not in shell.sinks:
        raise RefusedError(f"{text}: Bad file descriptor")
    return shell.sinks[int(text)]


def _device(shell: Shell, path: str) -> Sink | None:
    if path == "/dev/null":
        return Discarded()
    if path in _DEVICES:
        return shell.sinks[_DEVICES[path]]
    if path in ("/dev/console", "/dev/tty", "/dev/ttyS0", "/dev/kmsg"):
        machine, outside = shell.machine, shell.outside
        return Told(lambda text: machine.say(outside.now, text))
    if path.startswith("/dev/"):
        raise UnsupportedError(f"> {path}", shell.line)
    return None


def _file(shell: Shell, path: str, *, append: bool) -> Sink:
    node = shell.files.open(path, append=append)
    return FileSink(shell.machine.disk, node)
