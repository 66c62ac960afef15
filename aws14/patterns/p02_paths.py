"""Paths that wildcards can and cannot part, judged on the addresses of a site that grew for years.

The recorded site has pictures in a folder of their own, pictures beside pages, programs, folders that answer with a
page, and pictures of a camera that are made anew every minute: what its visitors asked for on one day, and how often.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from aws14 import catalog
from aws14.catalog import Url
from aws14.charts.numbers import percent
from aws14.model import Finding, Report, Topology
from aws14.sim.asked import RECORDING
from aws14.sim.path_patterns import first_fit

CACHED, ASKED_ANEW = "static", "alb"
"""Where a path goes: to the bucket, whose files are kept; to the servers, which are asked each time."""

RULES: Mapping[str, Mapping[str, str]] = {
    "/images/*": {"/images/*": CACHED},
    "*/images/*": {"*/images/*": CACHED},
    "*.gif": {"*.gif": CACHED},
    "all kinds of pictures": dict.fromkeys(("*.gif", "*.xbm", "*.jpg", "*.jpeg"), CACHED),
    "/shuttle/*": {"/shuttle/*": CACHED},
}
"""Rules that somebody may think of."""

LIVE = "/video/"
"""In the path of what a camera makes anew."""

ENOUGH = 0.9
MOST_RULES = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """What a list of rules does to the requests of the recorded day.

    Parameters
    ----------
    kept : float
        Share of the requests for pictures that are answered from copies.
    stale : int
        Requests for what is made anew each time, answered from copies: each a wrong answer.
    wrongly : tuple of str
        Their paths, the most asked first.
    missed : tuple of str
        Pictures that the servers still have to send, the most asked first.
    """

    kept: float
    stale: int
    wrongly: tuple[str, ...]
    missed: tuple[str, ...]


def judge(rules: Mapping[str, str]) -> Judged:
    """Send the recorded day's requests through a list of rules, the first that fits counts.

    Parameters
    ----------
    rules : Mapping[str, str]
        Path pattern -> ``static`` or ``alb``, in order; what fits none goes to ``alb``.
    """
    patterns, places = list(rules), list(rules.values())
    kept = asked = stale = 0
    wrongly, missed = [], []
    for url, requests in _asked().items():
        number = first_fit(patterns, url.path)
        copied = number is not None and places[number] == CACHED
        if _is_picture(url):
            asked += requests
            kept += requests * copied
            missed += [] if copied else [url.path]
        elif copied and _made_anew(url):
            stale += requests
            wrongly.append(url.path)
    return Judged(kept=kept / asked, stale=stale, wrongly=tuple(wrongly), missed=tuple(missed))


@cache
def _asked() -> Mapping[Url, int]:
    """Address -> how often it was asked for, the most asked first."""
    recording = catalog.url_stream(RECORDING)
    requests = np.bincount(recording.rank, minlength=len(recording.urls) + 1)
    counted = {url: int(requests[url.rank]) for url in recording.urls}
    return dict(sorted(((url, n) for url, n in counted.items() if n), key=lambda pair: -pair[1]))


def _is_picture(url: Url) -> bool:
    return url.kind == "image" and LIVE not in url.path


def _made_anew(url: Url) -> bool:
    return url.kind in ("html", "cgi") or (url.kind == "image" and LIVE in url.path)


def paths(_: Topology, rules: Mapping[str, str] | None = None) -> Report:
    """What each rule keeps at the edge, and what it keeps by mistake.

    Parameters
    ----------
    rules : Mapping[str, str], optional
        Rules of your own, as of `judge`; some that somebody may think of when left out.
    """
    tried = RULES if rules is None else {"your rules": rules}
    return Report(
        title="Rules on the paths of a real site",
        findings=tuple(_told(name, judge(each)) for name, each in tried.items()),
        summary="what is kept at the edge, and what should not be",
    )


def _told(name: str, found: Judged) -> Finding:
    seen = f"{percent(found.kept)} of the requests for pictures kept"
    if found.missed:
        seen += f" (missed: {_few(found.missed)})"
    wrong = (
        f"{found.stale:,} views wrongly kept, such as {_few(found.wrongly)}" if found.stale else "nothing wrongly kept"
    )
    return Finding(name=name, status="not_yet" if found.stale else "passed", detail=f"{wrong}; {seen}")


def _few(some: Sequence[str]) -> str:
    return some[0]


def grade(rules: object) -> Report:
    """Hold a learner's rules against what the exercise asks.

    Parameters
    ----------
    rules : object
        As of `judge`; anything else is told, not raised.
    """
    title = "Rules that part what can be kept from what cannot"
    if not isinstance(rules, Mapping) or not rules or not set(rules.values()) <= {CACHED, ASKED_ANEW}:
        hint = f"a dictionary: pattern -> '{CACHED}' or '{ASKED_ANEW}', in order"
        return Report(title=title, findings=(Finding(name="Rules", status="not_yet", detail=f"{rules!r}", hint=hint),))
    found = judge(rules)
    asked = (
        (f"At most {MOST_RULES} rules", len(rules) <= MOST_RULES, f"{len(rules)}", "a wildcard can stand in front"),
        (
            f"At least {percent(ENOUGH)} of the pictures' requests are kept",
            found.kept >= ENOUGH,
            percent(found.kept) + (f", not {_few(found.missed)}" if found.missed else ""),
            "look at the endings that are asked for most",
        ),
        (
            "Nothing that is made anew is kept",
            found.stale == 0,
            f"{found.stale:,} wrong answers" + (f", such as {_few(found.wrongly)}" if found.wrongly else ""),
            "the first rule that fits counts: send the exception to the servers before the rule",
        ),
    )
    return Report(
        title=title,
        findings=tuple(
            Finding(name=name, status="passed" if good else "not_yet", detail=detail, hint=hint)
            for name, good, detail, hint in asked
        ),
    )
