"""sed, as far as recipes for instances use it, and the one form of awk that prints fields."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aws14.emulator.machines.commands.options import options
from aws14.emulator.machines.commands.texts import basic_to_python, texts
from aws14.emulator.machines.shell.lookup import Call, command

__all__: list[str] = []

_STEP = re.compile(r"\s*(?:(?P<line>\d+|\$)|/(?P<match>(?:[^/\\]|\\.)*)/)?\s*(?P<verb>[sdpaic])(?P<rest>.*)", re.DOTALL)
_AWK = re.compile(r"\s*(?:/(?P<match>[^/]*)/)?\s*\{\s*print(?P<fields>[^{}]*)\}\s*")


@dataclass(frozen=True)
class _Step:
    verb: str
    line: str
    match: re.Pattern[str] | None
    pattern: re.Pattern[str] | None = None
    new: str = ""
    flags: str = ""

    def applies(self, number: int, last: int, text: str) -> bool:
        if self.match is not None:
            return self.match.search(text) is not None
        return not self.line or number == (last if self.line == "$" else int(self.line))


@command("sed")
def _sed(call: Call) -> int:
    arguments = ["-i" if each == "-i.bak" else each for each in call.arguments]
    call.arguments[:] = arguments
    given = options(call, "inEru", valued="e", long=("in-place", "expression=", "quiet"))
    names = given.operands
    if "e" not in given and not names:
        raise call.unsupported()
    source = given["e"] if "e" in given else names.pop(0)
    if arguments.count("-e") > 1:
        raise call.unsupported()
    steps = [_step(call, piece, extended=given.any("E", "r")) for piece in _pieces(source)]
    found = dict(texts(call, names))
    for name, text in found.items():
        edited = _edited(text, steps, quiet=given.any("n", "quiet"))
        if given.any("i", "in-place"):
            call.files.write(name, edited)
        else:
            call.out(edited)
    return 0 if len(found) == max(1, len(names)) else 2


def _pieces(source: str) -> list[str]:
    """Split at semicolons that end a step: not those inside of ``s;a;b;`` or of a text."""
    if re.match(r"\s*(\d+|\$|/.*/)?\s*[aic]", source) or not re.search(r"[sdp][^;]*;\s*([\d$/]|s[^a-z0-9\s])", source):
        return [source]
    return [piece for piece in re.split(r"(?<!\\);\s*(?=[\d$/]|s[^a-z0-9\s])", source) if piece.strip()]


def _step(call: Call, piece: str, *, extended: bool) -> _Step:
    found = _STEP.fullmatch(piece.strip())
    if found is None:
        raise call.unsupported()
    match = re.compile(basic_to_python(found["match"], extended=extended)) if found["match"] else None
    verb, rest, line = found["verb"], found["rest"], found["line"] or ""
    if verb in "aic":
        return _Step(verb, line, match, new=re.sub(r"^\s*\\?\n?\s*", "", rest))
    if verb in "dp":
        if rest.strip():
            raise call.unsupported()
        return _Step(verb, line, match)
    mark = rest[:1]
    parts = re.split(rf"(?<!\\){re.escape(mark)}", rest[1:]) if mark else []
    if len(parts) != 3 or set(parts[2].strip()) - set("gIip"):
        raise call.unsupported()
    pattern, new, flags = (part.replace("\\" + mark, mark) for part in parts)
    try:
        compiled = re.compile(basic_to_python(pattern, extended=extended), re.IGNORECASE if "i" in flags.lower() else 0)
    except re.error:
        raise call.unsupported() from None
    return _Step(verb, line, match, compiled, new, flags)


def _edited(text: str, steps: list[_Step], *, quiet: bool) -> str:
    lines = text.splitlines()
    out: list[str] = []
    for number, line in enumerate(lines, start=1):
        before, after, kept = list[str](), list[str](), line
        deleted = False
        for step in steps:
            if not step.applies(number, len(lines), kept):
                continue
            kept, deleted = _changed(step, kept, before, after)
            if deleted:
                break
        out += before + ([] if deleted or quiet else [kept]) + after
    return "".join(f"{line}\n" for line in out)


def _changed(step: _Step, line: str, before: list[str], after: list[str]) -> tuple[str, bool]:
    match step.verb:
        case "d":
            return line, True
        case "p":
            before.append(line)
        case "a":
            after.append(step.new)
        case "i":
            before.append(step.new)
        case "c":
            return step.new, False
        case _ if step.pattern is not None:
            count = 0 if "g" in step.flags else 1
            return step.pattern.sub(lambda found: _replacement(step.new, found), line, count=count), False
    return line, False


def _replacement(new: str, found: re.Match[str]) -> str:
    def one(part: re.Match[str]) -> str:
        text = part[0]
        if text == "&":
            return found[0]
        if text[1].isdigit():
            return found[int(text[1])] or "" if int(text[1]) <= len(found.groups()) else ""
        return {"n": "\n", "t": "\t"}.get(text[1], text[1])

    return re.sub(r"&|\\.", one, new, flags=re.DOTALL)


@command("awk", "gawk")
def _awk(call: Call) -> int:
    given = options(call, "", valued="F")
    program = _AWK.fullmatch(given.operands[0]) if given.operands else None
    if program is None:
        raise call.unsupported()
    fields = [each.strip() for each in program["fields"].split(",")]
    if not all(re.fullmatch(r'\$(\d+|NF)|"[^"\\]*"|', each) for each in fields):
        raise call.unsupported()
    pattern = re.compile(program["match"]) if program["match"] else None
    for _, text in texts(call, given.operands[1:]):
        for line in text.splitlines():
            if pattern is None or pattern.search(line):
                call.out(" ".join(_field(line, each, given.get("F")) for each in fields) + "\n")
    return 0


def _field(line: str, name: str, separator: str | None) -> str:
    if name in ("", "$0"):
        return line
    if name.startswith('"'):
        return name.strip('"')
    pieces = line.split(separator)
    if name == "$NF":
        return pieces[-1] if pieces else ""
    return pieces[int(name[1:]) - 1] if int(name[1:]) <= len(pieces) else ""
