"""Commands that pick from text: grep, head, tail, cut, tr, sort, uniq, wc."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aws14.emulator.machines.commands.options import Options, options
from aws14.emulator.machines.disk import FileProblem
from aws14.emulator.machines.shell.errors import RefusedError
from aws14.emulator.machines.shell.lookup import Call, command

__all__ = ["basic_to_python", "texts"]

_CLASSES = {
    "upper": "A-Z",
    "lower": "a-z",
    "digit": "0-9",
    "alpha": "A-Za-z",
    "alnum": "A-Za-z0-9",
    "space": " \\t\\n",
    "punct": "!-/:-@[-`{-~",
    "blank": " \\t",
}


def texts(call: Call, names: list[str]) -> Iterator[tuple[str, str]]:
    """Yield name and text of files, of standard input where none is named; what cannot be read is said."""
    if not names:
        yield "-", call.shell.stdin.rest()
    for name in names:
        try:
            yield name, call.shell.stdin.rest() if name == "-" else call.files.read(name)
        except FileProblem as problem:
            call.err(str(problem))


def _all(call: Call, names: list[str]) -> str:
    return "".join(text for _, text in texts(call, names))


def basic_to_python(pattern: str, *, extended: bool) -> str:
    """Return a POSIX regular expression in Python's spelling.

    Parameters
    ----------
    pattern : str
        Of grep or sed.
    extended : bool
        Whether ``+ ? | ( ) { }`` are special without a backslash.
    """
    text = re.sub(r"\[:(\w+):\]", lambda found: _CLASSES.get(found[1], found[0]), pattern)
    if extended:
        return text
    swapped = re.sub(r"\\([+?|(){}])|([+?|(){}])", lambda found: found[1] or "\\" + found[2], text)
    return re.sub(r"\A\*", r"\\*", swapped)


def _expression(call: Call, pattern: str, given: Options) -> re.Pattern[str]:
    text = re.escape(pattern) if given.any("F") else basic_to_python(pattern, extended=given.any("E"))
    text = rf"\b(?:{text})\b" if "w" in given else text
    text = rf"\A(?:{text})\Z" if "x" in given else text
    try:
        return re.compile(text, re.IGNORECASE if "i" in given else 0)
    except re.error:
        raise call.unsupported() from None


@command("grep", "egrep", "fgrep")
def _grep(call: Call) -> int:
    given = options(call, "qivEFcnoswxhHlr", valued="e", long=("quiet", "color", "color="))
    given |= {"egrep": {"E": ""}, "fgrep": {"F": ""}}.get(call.name, {})
    if "r" in given:
        raise call.unsupported()
    names = given.operands
    if "e" not in given and not names:
        raise RefusedError("Usage: grep [OPTION]... PATTERNS [FILE]...", 2)
    pattern = _expression(call, given["e"] if "e" in given else names.pop(0), given)
    hits = 0
    for name, text in texts(call, names):
        found = _hits(pattern, text, given)
        hits += len(found)
        if not given.any("q", "quiet"):
            _show(call, found, given, name if (len(names) > 1 or "H" in given) and "h" not in given else "")
    return int(not hits)


def _hits(pattern: re.Pattern[str], text: str, given: Options) -> list[tuple[int, str]]:
    lines = enumerate(text.splitlines(), start=1)
    if "o" in given:
        return [(number, found[0]) for number, line in lines for found in pattern.finditer(line) if found[0]]
    return [(number, line) for number, line in lines if (pattern.search(line) is None) == ("v" in given)]


def _show(call: Call, found: list[tuple[int, str]], given: Options, name: str) -> None:
    before = f"{name}:" if name else ""
    if "l" in given:
        call.out(f"{name}\n" if found and name else "")
    elif "c" in given:
        call.out(f"{before}{len(found)}\n")
    else:
        numbered = "n" in given
        call.out("".join(f"{before}{number}:{line}\n" if numbered else f"{before}{line}\n" for number, line in found))


@command("head", "tail")
def _ends(call: Call) -> int:
    short = call.arguments[:1] if call.arguments and re.fullmatch(r"-\d+", call.arguments[0]) else []
    del call.arguments[: len(short)]
    given = options(call, "q", valued="nc", long=("lines=", "bytes="))
    count = given.get("n", given.get("lines", short[0][1:] if short else "10"))
    size = given.get("c", given.get("bytes"))
    for _, text in texts(call, given.operands):
        call.out(_part(call, text if size else text.splitlines(keepends=True), size or count))
    return 0


def _part(call: Call, pieces: str | list[str], count: str) -> str:
    if not re.fullmatch(r"[-+]?\d+", count):
        raise RefusedError(f"{call.name}: invalid number of lines: '{count}'")
    number = int(count)
    if call.name == "head":
        chosen = pieces[:number]
    elif count.startswith("+"):
        chosen = pieces[max(0, number - 1) :]
    else:
        chosen = pieces[-abs(number) :] if number else pieces[:0]
    return "".join(chosen)


@command("cut")
def _cut(call: Call) -> int:
    given = options(call, "s", valued="dfcb", long=("delimiter=", "fields="))
    ranges = given.get("f") or given.get("fields") or given.get("c") or given.get("b")
    if not ranges:
        raise RefusedError("cut: you must specify a list of bytes, characters, or fields")
    separator = given.get("d", given.get("delimiter", "\t"))
    for line in _all(call, given.operands).splitlines():
        if given.any("c", "b"):
            call.out("".join(_chosen(list(line), ranges)) + "\n")
        elif separator not in line:
            call.out("" if "s" in given else line + "\n")
        else:
            call.out(separator.join(_chosen(line.split(separator), ranges)) + "\n")
    return 0


def _chosen(pieces: list[str], ranges: str) -> list[str]:
    wanted: set[int] = set()
    for each in ranges.split(","):
        low, dash, high = each.partition("-")
        first = int(low or 1)
        last = (int(high) if high else len(pieces)) if dash else first
        wanted |= set(range(first, min(last, len(pieces)) + 1))
    return [piece for index, piece in enumerate(pieces, start=1) if index in wanted]


@command("tr")
def _tr(call: Call) -> int:
    given = options(call, "dsc")
    if "c" in given or not given.operands:
        raise call.unsupported()
    first = _characters(given.operands[0])
    second = _characters(given.operands[1]) if len(given.operands) > 1 else ""
    text = call.shell.stdin.rest()
    if "d" in given:
        text = "".join(char for char in text if char not in first)
    elif second:
        longer = second + second[-1] * max(0, len(first) - len(second))
        text = text.translate(dict(zip(map(ord, first), longer, strict=False)))
    if "s" in given:
        squeezed = re.escape(second or first)
        text = re.sub(rf"([{squeezed}])\1+", r"\1", text)
    call.out(text)
    return 0


def _characters(text: str) -> str:
    spelled = re.sub(r"\[:(\w+):\]", lambda found: _CLASSES.get(found[1], found[0]), text)
    spelled = spelled.replace("\\n", "\n").replace("\\t", "\t").replace("\\r", "\r").replace("\\\\", "\\")
    return re.sub(
        r"(.)-(.)", lambda found: "".join(map(chr, range(ord(found[1]), ord(found[2]) + 1))), spelled, flags=re.DOTALL
    )


@command("sort")
def _sort(call: Call) -> int:
    given = options(call, "rnufhV", valued="kt")
    if given.any("h", "V") or not re.fullmatch(r"(\d+(,\d+)?)?", given.get("k", "").rstrip("nr")):
        raise call.unsupported()
    numeric = "n" in given or "n" in given.get("k", "")
    column = int(given["k"].rstrip("nr").partition(",")[0]) - 1 if "k" in given else -1

    def key(line: str) -> tuple[float, str]:
        fields = line.split(given.get("t")) if column >= 0 else [line]
        text = fields[column] if column < len(fields) else ""
        number = re.match(r"\s*(-?\d+(?:\.\d+)?)", text)
        return (float(number[1]) if number else 0.0, line) if numeric else (0.0, text)

    lines = _all(call, given.operands).splitlines()
    lines = list(dict.fromkeys(lines)) if "u" in given else lines
    reverse = "r" in given or "r" in given.get("k", "")
    call.out("".join(f"{line}\n" for line in sorted(lines, key=key, reverse=reverse)))
    return 0


@command("uniq")
def _uniq(call: Call) -> int:
    given = options(call, "cdi")
    runs: list[tuple[str, int]] = []
    for line in _all(call, given.operands).splitlines():
        if runs and runs[-1][0] == line:
            runs[-1] = (line, runs[-1][1] + 1)
        else:
            runs.append((line, 1))
    shown = [(line, count) for line, count in runs if "d" not in given or count > 1]
    call.out("".join(f"{count:7d} {line}\n" if "c" in given else f"{line}\n" for line, count in shown))
    return 0


@command("wc")
def _wc(call: Call) -> int:
    given = options(call, "lwcm")
    for name, text in texts(call, given.operands):
        counts = {"l": text.count("\n"), "w": len(text.split()), "c": len(text.encode("utf-8", "surrogateescape"))}
        counts["m"] = len(text)
        shown = [str(counts[letter]) for letter in "lwcm" if letter in (given or "lwc")]
        call.out(" ".join(shown) + (f" {name}" if name != "-" else "") + "\n")
    return 0
