"""Commands that write: echo, printf, cat, tee, date, sleep, seq and the like."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aws14.emulator.machines.commands.options import options
from aws14.emulator.machines.disk import FileProblem
from aws14.emulator.machines.shell.errors import RefusedError, UnsupportedError
from aws14.emulator.machines.shell.lookup import Call, command

__all__ = ["local_time"]

_ESCAPES = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "\\": "\\",
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "v": "\v",
    "e": "\x1b",
    "E": "\x1b",
    '"': '"',
    "'": "'",
}
_DIRECTIVE = re.compile(r"%(%|[-+ 0#]*\d*(?:\.\d+)?[sdiufxXocbeg])")
_MOST_LINES = 10_000


def _unescape(text: str) -> str:
    def one(found: re.Match[str]) -> str:
        code = found[1]
        if code[0] == "x":
            return chr(int(code[1:], 16))
        if code[0] == "0" or code.isdigit():
            return chr(int(code, 8))
        return _ESCAPES.get(code, "\\" + code)

    return re.sub(r"\\(x[0-9a-fA-F]{1,2}|0?[0-7]{1,3}|.)", one, text, flags=re.DOTALL)


@command("echo", builtin=True)
def _echo(call: Call) -> int:
    rest, newline, escapes = list(call.arguments), True, False
    while rest and re.fullmatch(r"-[neE]+", rest[0]):
        letters = rest.pop(0)
        newline = newline and "n" not in letters
        escapes = (escapes or "e" in letters) and "E" not in letters
    text = " ".join(rest)
    call.out((_unescape(text) if escapes else text) + ("\n" if newline else ""))
    return 0


@command("printf", builtin=True)
def _printf(call: Call) -> int:
    if not call.arguments:
        raise RefusedError("printf: usage: printf [-v var] format [arguments]", 2)
    if call.arguments[0] == "-v":
        raise call.unsupported()
    form, rest = call.arguments[0], call.arguments[1:]
    wants = sum(1 for found in _DIRECTIVE.finditer(form) if found[1] != "%")
    while True:
        call.out(_formatted(_unescape(form), rest[:wants]))
        rest = rest[wants:]
        if not rest or not wants:
            return 0


def _formatted(form: str, values: list[str]) -> str:
    left = iter(values)

    def one(found: re.Match[str]) -> str:
        if found[1] == "%":
            return "%"
        value, kind = next(left, ""), found[0][-1]
        try:
            if kind in "diuxXo":
                return found[0].replace("u", "d").replace("i", "d") % int(value or "0", 0)
            if kind in "feg":
                return found[0] % float(value or "0")
        except ValueError:
            raise RefusedError(f"printf: {value}: invalid number") from None
        return _text(found[0], value, kind)

    return _DIRECTIVE.sub(one, form)


def _text(directive: str, value: str, kind: str) -> str:
    shown = _unescape(value) if kind == "b" else value[:1] if kind == "c" else value
    return (directive[:-1] + "s") % shown


@command("cat")
def _cat(call: Call) -> int:
    given = options(call, "nAeE")
    if given:
        raise call.unsupported()
    status = 0
    for name in given.operands or ["-"]:
        try:
            call.out(call.shell.stdin.rest() if name == "-" else call.files.read(name))
        except FileProblem as problem:
            call.err(str(problem))
            status = 1
    return status


@command("tee")
def _tee(call: Call) -> int:
    given = options(call, "ai", long=("append",))
    text, status = call.shell.stdin.rest(), 0
    for name in given.operands:
        try:
            node = call.files.open(name, append=given.any("a", "append"))
            call.machine.disk.grow(node, text.encode("utf-8", "surrogateescape"))
        except FileProblem as problem:
            call.err(str(problem))
            status = 1
    call.out(text)
    return status


@command("logger")
def _logger(call: Call) -> int:
    given = options(call, "si", valued="tp")
    text = " ".join(given.operands) + "\n" if given.operands else call.shell.stdin.rest()
    tag = given.get("t", call.shell.user)
    log = call.machine.disk
    lines = "".join(f"{tag}: {line}\n" for line in text.splitlines())
    log.write("/var/log/messages", log.text("/var/log/messages") + lines, mode=0o600)
    if "s" in given:
        stamp = local_time(call).strftime("%b %d %H:%M:%S")
        call.shell.write("".join(f"<13>{stamp} {line}\n" for line in lines.splitlines()), 2)
    return 0


def local_time(call: Call) -> datetime:
    """Return the time on the machine's clock, in its time zone."""
    moment = datetime.fromtimestamp(call.shell.outside.now, UTC)
    name = call.shell.variables.get("TZ") or call.machine.disk.text("/etc/timezone").strip() or "UTC"
    try:
        return moment.astimezone(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError):
        return moment


@command("date")
def _date(call: Call) -> int:
    given = options(call, "uIR", valued="d", long=("utc", "date=", "iso-8601", "iso-8601="))
    moment = local_time(call)
    if given.any("u", "utc"):
        moment = moment.astimezone(UTC)
    if given.any("d", "date"):
        moment = _relative(call, moment, given.get("d", given.get("date", "")))
    form = next((each[1:] for each in given.operands if each.startswith("+")), "%a %b %e %H:%M:%S %Z %Y")
    if given.any("I", "iso-8601"):
        form = "%Y-%m-%dT%H:%M:%S%z" if given.get("iso-8601") == "seconds" else "%Y-%m-%d"
    form = form.replace("%F", "%Y-%m-%d").replace("%T", "%H:%M:%S").replace("%s", str(int(moment.timestamp())))
    call.out(moment.strftime(form.replace("%N", "000000000")) + "\n")
    return 0


def _relative(call: Call, moment: datetime, text: str) -> datetime:
    found = re.fullmatch(r"\s*([+-]?\d+)\s*(second|minute|hour|day|week)s?(\s+ago)?\s*", text)
    if text in ("now", ""):
        return moment
    if text.startswith("@") and text[1:].isdigit():
        return datetime.fromtimestamp(int(text[1:]), UTC).astimezone(moment.tzinfo)
    if found is None:
        raise call.unsupported()
    count = int(found[1]) * (-1 if found[3] else 1)
    return moment + timedelta(**{found[2] + "s": count})


@command("sleep")
def _sleep(call: Call) -> int:
    units = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
    for each in call.arguments:
        found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd]?)", each)
        if found is None:
            raise RefusedError(f"sleep: invalid time interval '{each}'")
        call.shell.outside.spend(float(found[1]) * units[found[2]])
    return 0


@command("seq")
def _seq(call: Call) -> int:
    if not call.arguments or not all(re.fullmatch(r"-?\d+", each) for each in call.arguments):
        raise call.unsupported()
    numbers = [int(each) for each in call.arguments]
    first = numbers[0] if len(numbers) > 1 else 1
    step = numbers[1] if len(numbers) > 2 else 1
    found = range(first, numbers[-1] + (1 if step > 0 else -1), step or 1)
    if len(found) > _MOST_LINES:
        raise UnsupportedError(f"seq of more than {_MOST_LINES} numbers")
    call.out("".join(f"{number}\n" for number in found))
    return 0


@command("yes")
def _yes(call: Call) -> int:
    # As much as any question here needs; the real one goes on until nobody reads.
    call.out(((" ".join(call.arguments) or "y") + "\n") * 64)
    return 0


@command("base64")
def _base64(call: Call) -> int:
    given = options(call, "di", valued="w", long=("decode", "wrap="))
    text = call.files.read(given.operands[0]) if given.operands else call.shell.stdin.rest()
    raw = text.encode("utf-8", "surrogateescape")
    if given.any("d", "decode"):
        call.out(base64.b64decode(raw).decode("utf-8", "surrogateescape"))
        return 0
    width = int(given.get("w", given.get("wrap", "76")))
    coded = base64.b64encode(raw).decode()
    pieces = [coded[at : at + width] for at in range(0, len(coded), width)] if width else [coded]
    call.out("\n".join(pieces) + ("\n" if width else ""))
    return 0
