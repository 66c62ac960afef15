"""To a function: through an API of its own, or by its function URL; and to the database that it uses."""

from __future__ import annotations

from aws14.errors import DesignError, ScenarioError
from aws14.model import Node, Topology
from aws14.sim.admission import api_limits
from aws14.sim.entry.question import Question
from aws14.sim.entry.ways import ToFunction, Unreachable

_TLS_PORT = 443
_MEANT = ("prod", "$default")
"""Which of several stages is meant when none is named: the one that is for real, or that answers without a name."""


def to_api(question: Question, api: Node, stage: str = "") -> ToFunction | Unreachable:
    """Follow a request to an API, one of its stages, and the function that answers there."""
    question = question.past(api.id)
    if refused := _not_tls(question, api):
        return refused
    name, rate_rps, burst = _stage(api, stage)
    function = _backend(question.topology, api)
    if function is None:
        detail = f"no method of {api.id} leads to a function that is there"
        return Unreachable(reason="api_error", nodes=question.passed, detail=detail)
    if not any(link.target == function.id for link in question.topology.links_of("allows", source=api.id)):
        detail = f"the policy of {function.id} does not allow {api.id} to invoke it"
        return Unreachable(reason="api_error", nodes=question.passed, detail=detail)
    timeout_s = float(str(api.require("timeout_s")))
    return _to(question, function, api=api, stage=name, limits=(rate_rps, burst), gateway_timeout_s=timeout_s)


def to_function(question: Question, function: Node) -> ToFunction | Unreachable:
    """Follow a request to a function by its URL."""
    question = question.past(function.id)
    if not function.require("url"):
        detail = f"{function.id} has no function URL"
        return Unreachable(reason="no_such_address", nodes=question.passed, detail=detail)
    return _not_tls(question, function) or _to(question, function)


def api_called(topology: Topology, entry: str) -> tuple[Node, str] | None:
    """The API and the stage that ``members-api/stg`` or ``<id>.execute-api.<region>.amazonaws.com/stg`` names."""
    name, _, stage = entry.removeprefix("https://").partition("/")
    for api in topology.of_kind("api"):
        if name == api.id or (".execute-api." in name and name.partition(".")[0] == api.require("api_id")):
            return api, stage.partition("/")[0]
    return None


def _not_tls(question: Question, node: Node) -> Unreachable | None:
    if question.port == _TLS_PORT:
        return None
    detail = f"{node.id} speaks HTTPS only, on port {_TLS_PORT}"
    return Unreachable(reason="refused", nodes=question.passed, detail=detail)


def _stage(api: Node, wanted: str) -> tuple[str, float, float]:
    """Name, rate and burst of a stage; the account's where it has none of its own."""
    entries = _several(api, "stages")
    names = [entry.partition(" ")[0] for entry in entries]
    if not wanted:
        wanted = names[0] if len(names) == 1 else next((name for name in _MEANT if name in names), "")
    if wanted not in names:
        said = f"has no stage '{wanted}'" if wanted else "has several stages" if names else "is not deployed to a stage"
        allowed = ", ".join(f"{api.id}/{name}" for name in names)
        raise ScenarioError(f"the API '{api.id}' {said}", allowed=allowed, cure="name the stage after a slash")
    said_of = dict(part.split("=", 1) for part in entries[names.index(wanted)].split()[1:] if "=" in part)
    rate_rps, burst = api_limits()
    try:
        return wanted, min(rate_rps, float(said_of.get("rate", rate_rps))), float(said_of.get("burst", burst))
    except ValueError:
        raise DesignError(
            f"stages of '{api.id}' says '{entries[names.index(wanted)]}'",
            allowed="'<name> rate=<rps> burst=<requests>'",
        ) from None


def _backend(topology: Topology, api: Node) -> Node | None:
    """The function that most methods of an API lead to; of several alike the first."""
    ends = [topology.node(link.target) for link in topology.links_of("routes", source=api.id)]
    functions = [node for node in ends if node.kind == "function"]
    return max(functions, key=functions.count, default=None)


def _to(
    question: Question,
    function: Node,
    *,
    api: Node | None = None,
    stage: str = "",
    limits: tuple[float, float] | None = None,
    gateway_timeout_s: float | None = None,
) -> ToFunction | Unreachable:
    topology, question = question.topology, question.past(function.id)
    if (state := function.require("state")) not in ("Active", "Inactive"):
        return Unreachable(
            reason="bad_gateway", nodes=question.passed, detail=f"{function.id} is {state}: it cannot be invoked yet"
        )
    proxy = _used(topology, function, "db_proxy")
    database = _behind(topology, proxy) if proxy else _used(topology, function, "db_instance")
    table = _used(topology, function, "table")
    used = (node.id for node in (proxy, database or table) if node is not None)
    return ToFunction(
        function=function,
        api=api,
        stage=stage,
        limits=limits,
        gateway_timeout_s=gateway_timeout_s,
        proxy=proxy,
        database=database,
        nodes=question.past(*used).passed,
        by_name=True,
    )


def _used(topology: Topology, function: Node, kind: str) -> Node | None:
    ends = (topology.node(link.target) for link in topology.links_of("uses", source=function.id))
    return next((node for node in ends if node.kind == kind), None)


def _behind(topology: Topology, proxy: Node) -> Node | None:
    ends = (topology.node(link.target) for link in topology.links_of("routes", source=proxy.id))
    return next((node for node in ends if node.kind == "db_instance"), None)


def _several(node: Node, name: str) -> tuple[str, ...]:
    value = node.require(name)
    return value if isinstance(value, tuple) else (str(value),) if value else ()
