"""Braces, globs, and the patterns of ``${name%pattern}``."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import lru_cache

from aws14.emulator.machines.files import Files
from aws14.emulator.machines.shell.errors import UnsupportedError
from aws14.emulator.machines.shell.syntax import Text, Word

__all__ = ["braces", "globbed", "is_glob", "literal", "matches", "replaced", "trimmed"]

_SPECIAL = re.compile(r"([\\*?\[\]])")
_MOST_BRACES = 10_000


def literal(text: str) -> str:
    """Return a pattern that matches `text` alone."""
    return _SPECIAL.sub(r"\\\1", text)


def is_glob(pattern: str) -> bool:
    """Whether a pattern matches anything but itself."""
    return bool(re.search(r"(?<!\\)(\\\\)*[*?\[]", pattern))


def matches(pattern: str, text: str) -> bool:
    """Whether the whole of `text` matches a shell pattern."""
    return re.fullmatch(_expression(pattern), text, re.DOTALL) is not None


@lru_cache(maxsize=512)
def _expression(pattern: str) -> str:
    """Return a shell pattern as a regular expression; a star is greedy."""
    found, at = "", 0
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if char == "*":
            found += ".*"
        elif char == "?":
            found += "."
        elif char == "[" and "]" in pattern[at + 1 :]:
            end = pattern.index("]", at + 1)
            inner = pattern[at:end].replace("\\", "\\\\")
            found += f"[{'^' + inner[1:] if inner[0] in '!^' else inner}]"
            at = end + 1
        elif char == "\\" and at < len(pattern):
            found += re.escape(pattern[at])
            at += 1
        else:
            found += re.escape(char)
    return found


def trimmed(text: str, pattern: str, operation: str) -> str:
    """Return `text` without what matches at its begin (``#``, ``##``) or end (``%``, ``%%``)."""
    cuts = range(len(text) + 1)
    if operation.startswith("#"):
        fits = [cut for cut in cuts if matches(pattern, text[:cut])]
        return text[max(fits) if operation == "##" else min(fits) :] if fits else text
    fits = [cut for cut in cuts if matches(pattern, text[cut:])]
    return text[: min(fits) if operation == "%%" else max(fits)] if fits else text


def replaced(text: str, pattern: str, new: str, *, operation: str) -> str:
    """Return `text` with what matches replaced: once, everywhere (``//``), at its begin (``/#``) or end (``/%``)."""
    expression = _expression(pattern)
    if not expression:
        return text
    if operation == "/#":
        expression = rf"\A(?:{expression})"
    elif operation == "/%":
        expression = rf"(?:{expression})\Z"
    count = 0 if operation == "//" else 1
    return re.sub(expression, lambda _: new, text, count=count, flags=re.DOTALL)


def globbed(files: Files, pattern: str) -> list[str]:
    """Return the paths that match, sorted; none where nothing does."""
    absolute = pattern.startswith("/")
    found = ["/" if absolute else ""]
    for part in (part for part in pattern.split("/") if part):
        found = [path for folder in found for path in _in_folder(files, folder, part)]
    return sorted(found)


def _in_folder(files: Files, folder: str, part: str) -> Iterator[str]:
    if not is_glob(part):
        path = posixpath.join(folder, re.sub(r"\\(.)", r"\1", part))
        if files.find(path) is not None:
            yield path
        return
    for name in files.disk.children(files.path(folder or ".")):
        if matches(part, name) and (not name.startswith(".") or part.startswith(".")):
            yield posixpath.join(folder, name)


def braces(word: Word) -> list[Word]:
    """Return the words that ``a{b,c}`` and ``{1..3}`` stand for.

    Raises
    ------
    UnsupportedError
        They stand for more than anybody needs.
    """
    for index, part in enumerate(word.parts):
        if not isinstance(part, Text) or part.quoted or "{" not in part.text:
            continue
        for found in re.finditer(r"\{([^{}\s]*)\}", part.text):
            choices = _choices(found[1])
            if choices is not None:
                before, after = part.text[: found.start()], part.text[found.end() :]
                texts = (Text(before + choice + after, quoted=False) for choice in choices)
                words = (Word((*word.parts[:index], text, *word.parts[index + 1 :]), word.line) for text in texts)
                return [each for one in words for each in braces(one)]
    return [word]


def _choices(inner: str) -> list[str] | None:
    if "," in inner:
        return inner.split(",")
    ends = re.fullmatch(r"(-?\d+)\.\.(-?\d+)(?:\.\.(\d+))?", inner)
    if ends is not None:
        low, high, step = int(ends[1]), int(ends[2]), max(1, int(ends[3] or 1))
        if abs(high - low) / step > _MOST_BRACES:
            raise UnsupportedError("{" + inner + "}")
        width = max(len(ends[1]), len(ends[2])) if ends[1].startswith("0") and len(ends[1]) > 1 else 0
        sign = 1 if low <= high else -1
        return [str(number).zfill(width) for number in range(low, high + sign, sign * step)]
    letters = re.fullmatch(r"([A-Za-z])\.\.([A-Za-z])", inner)
    if letters is not None:
        low, high = ord(letters[1]), ord(letters[2])
        sign = 1 if low <= high else -1
        return [chr(code) for code in range(low, high + sign, sign)]
    return None
