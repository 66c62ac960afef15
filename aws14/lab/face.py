"""Lab: what a learner holds in the hand while working on one pattern."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aws14 import catalog, cloud, cost, design, patterns, sim, widgets
from aws14.cloud import breaking
from aws14.cloud.last_read import LastRead
from aws14.cloud.waiting import until
from aws14.errors import DesignError, NotebookError, UnknownVerbError
from aws14.lab import cells, journal, playing, rebuild, tables
from aws14.lab.asking import (
    asked,
    checked_knobs,
    checked_numbers,
    checked_scenario,
    checked_trace,
    checked_words,
    verbs,
)
from aws14.lab.embedded import Embedded
from aws14.model import Bill, Picture, Report, Scenario, Topology, Trace
from aws14.model.network import Network
from aws14.sim import reachability
from aws14.sim.reachability import Reach

if TYPE_CHECKING:
    import pandas as pd

_session: ContextVar[cloud.Session | None] = ContextVar("aws14_session", default=None)


@verbs
class Lab(Embedded):
    """One pattern on one account, the embedded AWS unless a session says otherwise.

    Parameters
    ----------
    pattern : str
        Short name of the pattern, such as ``p01``.
    region : str
        Region that clients speak to; that of `session` when one is given.
    session : cloud.Session, optional
        The account to work in, from `aws14.connect`. Left out: the embedded AWS, started when it is not running.
    say : callable
        Where messages go.

    Raises
    ------
    NotebookError
        When the course has no such pattern.
    """

    def __init__(
        self,
        pattern: str,
        *,
        region: str = "ap-northeast-1",
        session: cloud.Session | None = None,
        say: Callable[[str], None] = print,
    ) -> None:
        self.pattern = patterns.pattern(pattern)
        catalog.region(region)
        self.lesson: Any = self.pattern.load()
        base = session or _session.get() or cloud.connect(region=region, say=say)
        self.session = base.for_pattern(self.pattern.key)
        self._last_read = LastRead(self.session, self.pattern.key)
        cells.attach(self)
        if self.session.ledger.ids(self.pattern.key):
            say(f"{self.pattern.key} stands already, or a part of it: lab.catch_up() hands over its names")

    @classmethod
    def on_aws(cls, pattern: str, *, account: str, region: str, budget_usd: float, hours: float) -> Lab:
        """Work in a real account: shows the quote, then asks AWS whether the account is the one typed.

        Raises
        ------
        GuardError
            When something is not named, the account differs, its alias contains ``prod``, or the quote
            for `hours` is over `budget_usd`.
        """
        lesson = patterns.pattern(pattern).load()
        quote = cost.quote(lesson.design(region), hours=hours)
        session = cloud.connect(
            target="aws",
            account=account,
            region=region,
            budget_usd=budget_usd,
            hours=hours,
            quote_usd_per_hour=quote.total_usd / hours,
            quote_text=str(quote),
        )
        return cls(pattern, session=session)

    def __getattr__(self, name: str) -> Any:
        """Say which verb was probably meant."""
        raise UnknownVerbError(f"a lab has no '{name}'", cure=_meant(name, self))

    @property
    def brief(self) -> Any:
        """The customer's order."""
        return self.lesson.BRIEF

    @property
    def region(self) -> str:
        """The AWS region that clients speak to."""
        return self.session.region

    def client(self, service: str, region: str | None = None) -> Any:
        """A plain boto3 client."""
        return self.session.client(service, region)

    def design(self, **knobs: Any) -> Topology:
        """The pattern's drawing, as data."""
        drawn: Topology = self.lesson.design(**{"region": self.region, **knobs})
        return drawn

    def draw(self, topology: Topology | None = None, *, marks: Report | None = None) -> Picture:
        """Draw a topology; the pattern's own drawing when none is given."""
        return design.draw(topology or self.design(), marks=marks)

    def built(self) -> Topology:
        """Read back what is built."""
        return self._last_read.topology()

    def compare(self) -> Report:
        """Hold what is built against the drawing."""
        return design.compare(self.design(), self.built())

    def scenario(self, **knobs: Any) -> Scenario:
        """A day in the pattern's life."""
        day: Scenario = self.lesson.scenario(**checked_knobs(self.lesson.scenario, knobs))
        return day

    def run(self, scenario: Scenario | None = None) -> Trace:
        """Send a scenario's load through what is built."""
        return journal.ran(
            sim.simulate(self.built(), checked_scenario(scenario) or self.scenario()), say=self.session.say
        )

    def play(self, scenario: Scenario | None = None, *, starts_at_hour: float | None = None) -> Trace:
        """Send a scenario's load through what is built, and let its own Auto Scaling group decide, minute by minute.

        It begins on the next working day when Japan's clocks show the scenario's hour, or another one that is given.
        """
        wanted = checked_scenario(scenario) or self.scenario()
        hour = wanted.starts_s / 3600 if starts_at_hour is None else starts_at_hour
        playing.wait_for_hour(self.session, hour)
        built = self.built()
        return journal.ran(
            sim.simulate(built, wanted, controller=playing.PlayedGroup(self.session, built)), say=self.session.say
        )

    def bill(self, trace: Trace) -> Bill:
        """What is built costs this a month, when every day is like the run."""
        built = self.built()
        try:
            return journal.billed(cost.monthly_bill(built, checked_trace(trace), assume=self.lesson.ASSUMPTIONS))
        except DesignError as error:
            ran = [*trace.nodes, *([trace.functions.node] if trace.functions else [])]
            if gone := [name for name in ran if name not in built]:
                raise NotebookError(
                    f"the run went through {', '.join(dict.fromkeys(gone))}, which no longer stands",
                    cure="lab.bill(lab.run()) bills what stands now",
                ) from error
            raise

    def meter(self) -> cost.Meter:
        """What is built costs this an hour, now."""
        return cost.meter(None, self.built())

    def experiment(self, name: str, *arguments: Any, **knobs: Any) -> Any:
        """Run one of the pattern's experiments by name, on what is built."""
        return self._experiment(name)(self._standing(), *arguments, **knobs)

    def explore(self, name: str, question: str, **sliders: Any) -> widgets.Explorer:
        """Put sliders around one of the pattern's experiments, on what is built."""
        return widgets.explore(partial(self._experiment(name), self._standing()), question=question, **sliders)

    def _standing(self) -> Topology:
        """What is built, or why there is nothing to experiment with."""
        built = self.built()
        if all(node.kind in ("internet", "region", "office") for node in built.nodes):
            raise NotebookError(
                f"nothing of {self.pattern.key} stands yet", cure="run the build cells above, or lab.catch_up()"
            )
        return built

    def _experiment(self, name: str) -> Callable[..., Any]:
        return asked(_named(self.lesson.experiments, name, "experiment", self.pattern.key), f"experiment '{name}'")

    def predict(self, **predictions: float) -> None:
        """Write down what you expect, before you look."""
        journal.predict(self.pattern.key, checked_numbers(predictions))

    def score(self, **outcomes: float) -> Report:
        """Hold what you expected against what came out."""
        return journal.score(self.pattern.key, checked_numbers(outcomes))

    def check(self, name: str = "", answer: object = None) -> Report:
        """Look at the state of the lab and report whether an exercise or a checkpoint is done."""
        question = _named(self.lesson.checks, name, "check", self.pattern.key)
        return journal.checked(name, question(rebuild.evidence(self, answer)))

    def catch_up(self, pattern: str | None = None, *, until: str = "") -> rebuild.Built:
        """Build a pattern, or its steps up to `until`, from the notebook's build cells, and hand over their names."""
        breaking.mend(self.session)
        with rebuild.session_for(_session, self.session):
            built = rebuild.catch_up(pattern or self.pattern.key, until=until)
        cells.hand_over(vars(built))
        return built

    def keep_private(self, name: str, secret: str | None) -> Path:
        """Keep a secret in a file of the course's home that only you may read; None: the one kept before."""
        return journal.keep_private(name, secret)

    def password(self, name: str) -> str:
        """A random password, made once and kept in a file of the course's home that only you may read."""
        return journal.password(name)

    def http(self, url: str, *, source: str = "internet", **more: Any) -> cloud.Answer:
        """Send an HTTP request to what is built, from the Internet, an address, or an instance."""
        return cloud.request(self.session, url, source=source, **checked_words("lab.http", cloud.request, more))

    def kubernetes(self, cluster: str) -> Any:
        """The official Kubernetes client (a ``kubernetes.client.ApiClient``) for a cluster of EKS."""
        return cloud.api_client(self.session, cluster)

    def ssh(self, host: str, command: str, *, key_file: Path, **more: Any) -> cloud.Login:
        """Log in to an instance with a private key and run a command."""
        words = checked_words("lab.ssh", cloud.log_in, more)
        return cloud.log_in(self.session, host, command, key_file=key_file, **words)

    def network(self) -> Network:
        """Read back what decides where packets go."""
        return cloud.read_network(self.session, pattern=self.pattern.key)

    def reach(self, source: str, destination: str, port: int) -> Reach:
        """Follow a packet from one thing to another, and back."""
        return reachability.reach(self.network(), source=source, destination=destination, port=port)

    def who_reaches(self, sources: Mapping[str, str], ports: Iterable[int]) -> pd.DataFrame:
        """Ask for every source, every instance and every port who gets through, and what stops the others."""
        return tables.who_reaches(self.network(), sources, ports)

    def wait_until(self, done: Callable[[], object], *, minutes: float = 5.0, hours: float = 48.0) -> None:
        """Ask every few minutes of AWS time until an answer is true, for what boto3 has no waiter."""
        given = checked_numbers({"minutes": minutes, "hours": hours})
        every_s, most = 60 * given["minutes"], 1 + int(60 * given["hours"] / given["minutes"])
        if not until(self.session, lambda: bool(done()), delay_s=every_s, most=most):
            raise NotebookError(f"it is not done after {hours:g} hours", cure="ask AWS what it waits for")

    def clean_up(self) -> Report:
        """Delete everything of this pattern, then prove that nothing is left; what was broken is healed first."""
        breaking.mend(self.session)
        return cloud.tear_down(self.session, pattern=self.pattern.key)


def _meant(name: str, lab: Lab) -> str:
    verbs = [verb for verb in dir(lab) if not verb.startswith("_")]
    close = difflib.get_close_matches(name, verbs, n=3, cutoff=0.6)
    return f"{' or '.join(close)}; or type lab. and press Tab" if close else "type lab. and press Tab"


def _named(table: Mapping[str, Callable[..., Any]], name: str, what: str, key: str) -> Callable[..., Any]:
    if name not in table:
        raise NotebookError(f"{key} has no {what} '{name}'", allowed=", ".join(table) or "none")
    return table[name]
