"""The functions that pages may call, by their names in the PHP manual."""

from __future__ import annotations

import hashlib
import json
import math
import random
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape, unescape
from typing import Any
from urllib.parse import quote_plus, unquote_plus

from aws14.emulator.machines.php.values import equal, number, order, text, truth

__all__ = ["moments", "plain", "printed"]

_DATE = {
    "Y": "%Y", "y": "%y", "m": "%m", "d": "%d", "H": "%H", "i": "%M", "s": "%S", "D": "%a", "l": "%A", "M": "%b",
    "F": "%B", "A": "%p", "h": "%I", "N": "%u", "T": "UTC", "e": "UTC", "P": "+00:00",
}  # fmt: skip


def _list(values: Any) -> dict[int, Any]:
    return dict(enumerate(values))


def _json(value: Any) -> Any:
    if isinstance(value, dict):
        parts = {text(key): _json(part) for key, part in value.items()}
        return list(parts.values()) if list(value) == list(range(len(value))) else parts
    return value


def _unjson(value: Any) -> Any:
    if isinstance(value, list):
        return _list(_unjson(part) for part in value)
    return {key: _unjson(part) for key, part in value.items()} if isinstance(value, dict) else value


def _decoded(given: Any, *_: Any) -> Any:
    try:
        return _unjson(json.loads(text(given)))
    except ValueError:
        return None


def _cut(given: Any, start: Any, length: Any = None) -> str:
    whole, first = text(given), int(number(start))
    rest = whole[first:] if first >= 0 else whole[max(len(whole) + first, 0) :]
    return rest if length is None else rest[: int(number(length))]


def _place(whole: Any, part: Any, *_: Any) -> int | bool:
    found = text(whole).find(text(part))
    return False if found < 0 else found


def printed(pattern: Any, *values: Any) -> str:
    """``sprintf``: the conversions that C shares with PHP."""
    given = [text(value) for value in values]
    try:
        return text(pattern) % tuple(_number_or_text(each) for each in given)
    except (TypeError, ValueError):
        return text(pattern)


def _number_or_text(given: str) -> Any:
    try:
        return float(given) if "." in given else int(given)
    except ValueError:
        return given


def _formatted(value: Any, places: Any = 0, point: Any = ".", comma: Any = ",") -> str:
    whole, _, rest = f"{float(number(value)):,.{int(number(places))}f}".partition(".")
    return whole.replace(",", text(comma)) + (text(point) + rest if rest else "")


def moments(now: float) -> dict[str, Callable[..., Any]]:
    """The functions that tell the time, which is AWS time.

    Parameters
    ----------
    now : float
        Epoch seconds.
    """

    def date(pattern: Any, when: Any = None) -> str:
        moment = datetime.fromtimestamp(now if when is None else float(number(when)), UTC)
        return "".join(moment.strftime(_DATE[letter]) if letter in _DATE else letter for letter in text(pattern))

    return {"time": lambda: int(now), "microtime": lambda *_: now, "hrtime": lambda *_: int(now * 1e9), "date": date}


plain: dict[str, Callable[..., Any]] = {
    "strlen": lambda given: len(text(given).encode()),
    "count": len,
    "htmlspecialchars": lambda given, *_: escape(text(given)).replace("&#x27;", "&#039;"),
    "htmlentities": lambda given, *_: escape(text(given)),
    "html_entity_decode": lambda given, *_: unescape(text(given)),
    "strtoupper": lambda given: text(given).upper(),
    "strtolower": lambda given: text(given).lower(),
    "ucfirst": lambda given: text(given)[:1].upper() + text(given)[1:],
    "trim": lambda given, letters=" \t\n\r\0\x0b": text(given).strip(text(letters)),
    "substr": _cut,
    "strpos": _place,
    "str_contains": lambda whole, part: text(part) in text(whole),
    "str_starts_with": lambda whole, part: text(whole).startswith(text(part)),
    "str_ends_with": lambda whole, part: text(whole).endswith(text(part)),
    "str_replace": lambda old, new, whole: text(whole).replace(text(old), text(new)),
    "str_repeat": lambda given, times: text(given) * int(number(times)),
    "str_pad": lambda given, size, pad=" ", *_: text(given).ljust(int(number(size)), text(pad)),
    "nl2br": lambda given: text(given).replace("\n", "<br />\n"),
    "implode": lambda glue, parts: text(glue).join(text(part) for part in parts.values()),
    "explode": lambda glue, whole, *_: _list(text(whole).split(text(glue))),
    "sprintf": printed,
    "number_format": _formatted,
    "urlencode": lambda given: quote_plus(text(given)),
    "urldecode": lambda given: unquote_plus(text(given)),
    "md5": lambda given: hashlib.md5(text(given).encode(), usedforsecurity=False).hexdigest(),
    "sha1": lambda given: hashlib.sha1(text(given).encode(), usedforsecurity=False).hexdigest(),
    "hash": lambda kind, given: hashlib.new(text(kind), text(given).encode(), usedforsecurity=False).hexdigest(),
    "json_encode": lambda given, *_: json.dumps(_json(given)),
    "json_decode": _decoded,
    "array_keys": _list,
    "array_values": lambda items: _list(items.values()),
    "array_merge": lambda *many: _list(value for items in many for value in items.values()),
    "array_sum": lambda items: sum(number(value) for value in items.values()),
    "array_key_exists": lambda key, items: key in items,
    "array_reverse": lambda items: _list(reversed(items.values())),
    "in_array": lambda wanted, items, *_: any(equal(wanted, value) for value in items.values()),
    "range": lambda first, last, step=1: _list(range(int(number(first)), int(number(last)) + 1, int(number(step)))),
    "min": lambda *given: min(given[0].values() if isinstance(given[0], dict) else given, key=number),
    "max": lambda *given: max(given[0].values() if isinstance(given[0], dict) else given, key=number),
    "abs": lambda given: abs(number(given)),
    "round": lambda given, places=0: round(float(number(given)), int(number(places))),
    "floor": lambda given: float(math.floor(number(given))),
    "ceil": lambda given: float(math.ceil(number(given))),
    "sqrt": lambda given: math.sqrt(number(given)),
    "intdiv": lambda left, right: int(number(left) / number(right)),
    "intval": lambda given, *_: int(number(given)),
    "floatval": lambda given: float(number(given)),
    "strval": text,
    "boolval": truth,
    "strcmp": lambda left, right: order(text(left), text(right)),
    "is_numeric": lambda given: text(given).replace(".", "", 1).lstrip("-").isdecimal(),
    "is_array": lambda given: isinstance(given, dict),
    "is_string": lambda given: isinstance(given, str),
    "is_null": lambda given: given is None,
    "rand": lambda low=0, high=2**31 - 1: random.randint(int(number(low)), int(number(high))),
    "mt_rand": lambda low=0, high=2**31 - 1: random.randint(int(number(low)), int(number(high))),
    "random_int": lambda low, high: random.randint(int(number(low)), int(number(high))),
    "error_reporting": lambda *_: 0,
    "ini_set": lambda *_: False,
    "phpversion": lambda *_: "8.4.0",
}
"""Name -> function that needs nothing of the request."""
