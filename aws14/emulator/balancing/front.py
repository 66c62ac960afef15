"""A node of an application load balancer, as the data plane sees it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from aws14.catalog import quota
from aws14.emulator import certificates
from aws14.emulator.balancing import choosing, cookies, nodes, pages
from aws14.emulator.balancing.forwarding import Came, Place, asked, forwarded
from aws14.emulator.balancing.matching import rule_for
from aws14.emulator.balancing.targets import address_of, group_of
from aws14.emulator.dataplane.answering import Front, Shown, Told, Visit
from aws14.model.network import Interface

__all__ = ["Node", "network_nodes", "of_interface"]

_BAD_GATEWAY, _UNAVAILABLE, _TIME_OUT, _UNAUTHORIZED = 502, 503, 504, 561
_IDLE_S = quota("ALB", "idle timeout unless changed").value
_APP_COOKIE = "stickiness.app_cookie."


#: What answers as a node of a network load balancer.
_NETWORK: list[Callable[[Any], Front]] = []


def network_nodes(maker: Callable[[Any], Front]) -> None:
    """Let `maker` say what answers as a node of a network load balancer, from moto's load balancer."""
    _NETWORK[:] = [maker]


def of_interface(interface: Interface) -> Front | None:
    """The node behind a network interface."""
    found = nodes.of_interface(interface.id)
    if found is None:
        return None
    if found[0].type == "network":
        return _NETWORK[0](found[0]) if _NETWORK else None
    return Node(*found)


@dataclass(frozen=True, slots=True)
class Node:
    """One node.

    Parameters
    ----------
    balancer : moto.elbv2.models.FakeLoadBalancer
        Whose it is.
    eni : moto.ec2.models.elastic_network_interfaces.NetworkInterface
        Its interface.
    """

    balancer: Any
    eni: Any

    @property
    def owner(self) -> str:
        """``elb/<name>``."""
        return f"elb/{self.balancer.name}"

    def listens(self, port: int) -> bool:
        """Whether there is a listener on the port."""
        return self.balancer.state == "active" and self._listener(port) is not None

    def speaks_tls(self, port: int) -> bool:
        """Whether the listener there is one for HTTPS."""
        listener = self._listener(port)
        return listener is not None and listener.protocol == "HTTPS"

    def shown(self, port: int, name: str) -> Shown | None:
        """The listener's certificate that covers the name, else its default one."""
        listener = self._listener(port)
        return certificates.chosen(listener.certificates, name) if listener is not None else None

    def door(self, port: int, source: str) -> int | None:
        """None of its own: it speaks HTTP."""
        del port, source
        return None

    def answer(self, visit: Visit) -> Told:
        """Answer a request by the listener's rules.

        Raises
        ------
        ConnectionRefusedError
            No listener is on that port.
        """
        listener = self._listener(visit.port)
        if listener is None:
            raise ConnectionRefusedError(f"{self.balancer.name} has no listener on port {visit.port}")
        rule = rule_for(listener, visit)
        protocol = listener.protocol.lower()
        action = max(rule.actions, key=lambda each: int(each.data.get("Order") or 0))
        if action.type == "redirect":
            return pages.redirect(action.data["RedirectConfig"], visit, protocol)
        if action.type == "fixed-response":
            return pages.fixed(action.data["FixedResponseConfig"])
        if action.type == "forward":
            return self._forward(rule, action.data, visit, protocol)
        return pages.error(_UNAUTHORIZED)

    def _listener(self, port: int) -> Any | None:
        return next((each for each in self.balancer.listeners.values() if int(each.port) == port), None)

    def _forward(self, rule: Any, data: Any, visit: Visit, protocol: str) -> Told:
        arn = choosing.choose_group(rule.arn, data, visit)
        group = group_of(arn) if arn else None
        target = choosing.choose_target(group, self.eni.subnet.availability_zone, visit) if group is not None else ""
        if group is None or not target:
            return pages.error(_UNAVAILABLE)
        place = Place(address_of(group, target), int(group.targets[target]["Port"]), group.protocol == "HTTPS")
        patience_s = float(self.balancer.attrs.get("idle_timeout.timeout_seconds") or _IDLE_S)
        inside = replace(forwarded(visit, protocol, self.balancer.attrs), patience_s=patience_s)
        came = asked(self.eni.id, place, inside)
        status, headers, body = _said(came)
        lines = (
            _target_cookie(group, target, visit, headers, tls=protocol == "https") if came.answer is not None else []
        )
        seconds = choosing.group_sticks(data)
        if seconds:
            lines += cookies.written("AWSALBTG", rule.arn, arn, seconds=seconds, tls=protocol == "https")
        return status, cookies.joined(headers, lines), body


def _said(came: Came) -> Told:
    if came.answer is not None:
        status, headers, body = came.answer
        return status, {name: text for name, text in headers.items() if name.lower() != "connection"}, body
    return pages.error(_TIME_OUT if came.problem == "timed_out" else _BAD_GATEWAY)


def _target_cookie(group: Any, target: str, visit: Visit, headers: dict[str, str], *, tls: bool) -> list[str]:
    name, attributes = choosing.sticks(group), group.attributes
    if name == "AWSALB":
        seconds = float(attributes.get("stickiness.lb_cookie.duration_seconds") or 86_400)
        return cookies.written(name, group.arn, target, seconds=seconds, tls=tls)
    set_now = "\n".join(text for key, text in headers.items() if key.lower() == "set-cookie")
    of_application = f"{attributes.get(_APP_COOKIE + 'cookie_name')}="
    if name and (any(line.startswith(of_application) for line in set_now.split("\n")) or name in cookies.sent(visit)):
        seconds = float(attributes.get(_APP_COOKIE + "duration_seconds") or 86_400)
        return cookies.written(name, group.arn, target, seconds=seconds, tls=tls)
    return []
