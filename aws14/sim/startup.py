"""How long a new instance takes until it answers: its boot, and what its user data does.

The durations are those that the embedded AWS's machines take (``data/durations.csv``); a test starts the same scripts
on one and compares. Read are shell scripts and cloud-configs: packages put on, services started, ``sleep``. Commands
that take a machine no time to speak of (copying, writing) cost nothing. Left out: loops and branches are read once,
straight through; packages that the image already has are not known to be there; what a script downloads takes no time.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from functools import cache

from aws14.catalog import durations

__all__ = ["ready_after_s"]

_HEREDOC = re.compile(r"<<-?\s*(['\"]?)(\w+)\1([^\n]*)\n(?:.*\n)*?\s*\2[ \t]*(?=\n|\Z)")
_COMMENT = re.compile(r"(?m)(?:^[ \t]*#[^\n]*|[ \t]#[^\n'\"]*)$")
_BEFORE_COMMANDS = frozenset(
    {"if", "then", "else", "elif", "do", "while", "until", "!", "time", "sudo", "nohup", "exec"}
)
_UNITS_S = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_DNF, _APT = frozenset({"dnf", "yum", "microdnf"}), frozenset({"apt", "apt-get"})
_UPDATES = frozenset({"update", "upgrade", "upgrade-minimal", "update-minimal", "dist-upgrade"})
_STARTS = frozenset({"start", "restart", "reload-or-restart"})


@cache
def ready_after_s(startup_script: str) -> float:
    """Seconds from the launch of an instance until it has done what its user data says.

    Parameters
    ----------
    startup_script : str
        User data: a shell script, a cloud-config, or nothing.
    """
    boot_s = _typical_s("EC2 instance pending to running") + _typical_s("EC2 instance running to user data begins")
    reader = _Reader()
    for command in _commands(_as_script(startup_script)):
        reader.read(command)
    return boot_s + reader.spent_s


class _Reader:
    """What a script has put on and started so far, and how long that took."""

    def __init__(self) -> None:
        self.spent_s = 0.0
        self._there: set[str] = set()
        self._running: set[str] = set()

    def read(self, command: Sequence[str]) -> None:
        """Add what a command takes."""
        name, words = command[0].rpartition("/")[2], command[1:]
        operands = [word for word in words if not word.startswith("-")]
        if name == "sleep":
            self.spent_s += sum(_sleep_s(word) for word in operands)
        elif name in _DNF | _APT and operands:
            self._put_on(operands, words, debian=name in _APT)
        elif name == "systemctl" and operands:
            self._start(operands[0], operands[1:], at_once="--now" in words)
        elif name == "service" and len(operands) > 1:
            self._start(operands[1], operands[:1], at_once=False)

    def _put_on(self, operands: Sequence[str], words: Sequence[str], *, debian: bool) -> None:
        verb, names = operands[0], [name for name in operands[1:] if name not in self._there]
        reads = verb == "update" if debian else verb in _UPDATES | {"install", "makecache"}
        if reads:
            self.spent_s += _typical_s("package manager reads its lists")
        whole = verb in _UPDATES - {"update"} if debian else verb in _UPDATES and "--refresh" in words
        if whole and not names:
            self.spent_s += _typical_s("package manager updates an image")
        if verb == "install":
            self._there.update(names)
            self.spent_s += len(names) * _typical_s("package installation")

    def _start(self, verb: str, names: Sequence[str], *, at_once: bool) -> None:
        if verb not in _STARTS and not (verb == "enable" and at_once):
            return
        units = {name.removesuffix(".service") for name in names}
        new = units if verb == "restart" else units - self._running
        self._running |= units
        self.spent_s += len(new) * _typical_s("Linux service start")


def _typical_s(thing: str) -> float:
    return durations()[thing].typical_s


def _sleep_s(word: str) -> float:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd]?)", word)
    return float(found[1]) * _UNITS_S[found[2]] if found else 0.0


def _as_script(text: str) -> str:
    """A cloud-config as the script it amounts to."""
    if not text.lstrip().startswith("#cloud-config"):
        return text
    packages = " ".join(_items(text, "packages"))
    upgrades, updates = (re.search(rf"(?m)^package_{what}: *true", text) for what in ("upgrade", "update"))
    first = "dnf -y upgrade" if upgrades else "dnf makecache" if updates else ""
    return "\n".join([first, f"dnf -y install {packages}" if packages else "", *_items(text, "runcmd")])


def _items(config: str, key: str) -> list[str]:
    """The items of a list at the top of a cloud-config; of YAML no more than such lists are written in."""
    found = re.search(rf"(?m)^{key}:[ \t]*(\[.*\])?[^\n]*\n?((?:^(?:[ \t-].*)?(?:\n|\Z))*)", config)
    if found is None:
        return []
    if found[1]:
        return _flow(found[1])
    items = re.split(r"(?m)^ *- +", found[2])[1:]
    return [" ".join(_flow(item)) if item.startswith("[") else _plain(item) for item in items]


def _flow(text: str) -> list[str]:
    return [_plain(part) for part in text.strip().strip("[]").split(",")]


def _plain(text: str) -> str:
    text = re.sub(r"^[|>][-+]?\n", "", text).strip()
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "'\""
    return text[1:-1] if quoted else "\n".join(line.strip() for line in text.splitlines())


def _commands(script: str) -> Iterator[list[str]]:
    """The simple commands of a script, in order; what stands after ``||`` is left out."""
    text = _COMMENT.sub("", _HEREDOC.sub(r"\3", script)).replace("\\\n", " ")
    found: list[str] = []
    skip = False
    for token in [*_tokens(text), "\n"]:
        if token.strip(";&|()\n\r") or not token:
            found.append(token)
            continue
        words = _without_prefix(found)
        if words and not skip:
            yield words
        found, skip = [], token == "||"


def _tokens(text: str) -> list[str]:
    lexer = shlex.shlex(text, posix=True, punctuation_chars=";&|()\n")
    lexer.whitespace, lexer.commenters = " \t\r", ""
    lexer.whitespace_split = True
    try:
        return list(lexer)
    except ValueError:  # a quote that does not end: the shell would stop there, too
        return text.replace("\n", " \n ").split(" ")


def _without_prefix(words: Sequence[str]) -> list[str]:
    at = 0
    while at < len(words) and (words[at] in _BEFORE_COMMANDS or re.fullmatch(r"\w+=.*", words[at])):
        at += 1
    return list(words[at:])
