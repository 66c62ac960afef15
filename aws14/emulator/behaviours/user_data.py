"""User data: what an instance does at its first start, and what it serves afterwards.

What AWS does
    At the first start cloud-init runs the instance's user data as root: a shell script, or a cloud-config. Its output
    goes to the console and to /var/log/cloud-init-output.log. What it installs and starts answers from then on; enabled
    services come back after a stop and a start, user data does not run again.
What moto leaves out
    User data is kept and never run; nothing listens; the console shows a text of 2006.
What this adds
    A machine inside every Linux instance. A documented subset of bash and cloud-config is interpreted: variables,
    quoting, substitutions, conditions, loops, functions, pipes, redirections, here-documents; dnf, yum, apt-get,
    systemctl, curl, sed, users, permissions and the usual small programs. httpd, nginx and Python's http.server answer
    with the files that are really there; httpd runs pages in PHP where php is installed: the part of PHP 8 that small
    dynamic pages use, with sessions and mysqli, over the network as it is. Installing, updating, sleeping and waiting
    take AWS time (data/durations.csv); before boot and user data are done every connection is refused. Packages need a
    way to the Internet (on Amazon Linux a gateway endpoint of S3 does as well). get_console_output shows that machine's
    own console, to the minute. User data above the limit is refused.
What it still does not do
    A command, option or configuration directive beyond the subset ends user data there: the console names line and
    text, and nothing that user data started is reachable. So do arrays, trap, select, process substitution as an
    argument, proxies, downloads from the Internet outside. In pages: classes of their own, includes, generators,
    regular expressions; such a page is answered with 500, and the error log names the word. Services become reachable
    when user data is done, not when it starts them. Windows and other distributions run no user data. Package versions
    are examples. Installing takes the same time on every instance type.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws14.catalog import quota
from aws14.emulator.behaviours.hooks import around, before
from aws14.emulator.behaviours.instance_life import on_state
from aws14.emulator.clock import handles
from aws14.emulator.machines import console, of, power
from aws14.emulator.machines.instances import decoded, find_instance
from aws14.emulator.world import world

__all__ = ["install"]


def install() -> None:
    """Take hold of launches, reboots and the console, and learn of every change of state."""
    from moto.ec2.models.instances import Instance, InstanceBackend
    from moto.ec2.responses.general import General

    before(InstanceBackend, "run_instances", _refuse_long)
    around(InstanceBackend, "run_instances", _look_later)
    around(Instance, "reboot", _reboot)
    around(General, "get_console_output", _console)
    on_state(_changed)


def _refuse_long(_backend: Any, _image: str, _count: int, user_data: Any, *_: Any, **__: Any) -> None:
    from moto.ec2.exceptions import EC2ClientError

    most = int(quota("EC2", "user data").value)
    if user_data is not None and len(decoded(user_data)) > most:
        raise EC2ClientError("InvalidParameterValue", f"User data is limited to {most} bytes")


def _look_later(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
    """Instances of other services run at once, without a change of state that anybody is told of."""
    reservation = original(backend, *args, **kwargs)
    for instance in reservation.instances:
        world().clock.after(0.0, "user_data.looks", (instance.id,))
    return reservation


@handles("user_data.looks")
def _looks(instance_id: str) -> None:
    try:
        instance = find_instance(instance_id)
    except KeyError:
        return
    if instance.state == "running":
        power.on(instance)


def _changed(instance: Any) -> None:
    if instance.state == "running":
        power.on(instance)
    elif instance.state in {"stopping", "shutting-down"}:
        power.off(instance.id)
    elif instance.state == "terminated":
        power.remove(instance.id)


def _reboot(original: Callable[[Any], None], instance: Any) -> None:
    original(instance)
    power.reboot(instance)


def _console(original: Callable[[Any], Any], response: Any) -> Any:
    from moto.core.types import Base64EncodedString

    answer = original(response)
    shown = console.shown(of(answer.result["InstanceId"]), world().clock.now())
    answer.result["Output"] = Base64EncodedString.from_raw_string(shown)
    return answer
