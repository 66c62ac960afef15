"""systemctl, service, chkconfig."""

from __future__ import annotations

from datetime import UTC, datetime

from aws14.emulator.durations import typical_s
from aws14.emulator.machines import units
from aws14.emulator.machines.commands.options import Options, options
from aws14.emulator.machines.machine import Service
from aws14.emulator.machines.shell.errors import RefusedError
from aws14.emulator.machines.shell.lookup import Call, command

__all__: list[str] = []

_CHANGES = frozenset({"start", "stop", "restart", "reload", "enable", "disable", "try-restart", "reload-or-restart"})
_SILENT = frozenset({"daemon-reload", "daemon-reexec", "reset-failed", "mask", "unmask"})
_LONG = ("now", "no-pager", "quiet", "full", "all", "user", "no-block", "force", "system")


@command("systemctl")
def _systemctl(call: Call) -> int:
    given = options(call, "lqfa", valued="np", long=_LONG)
    verb, *names = given.operands or ["list-units"]
    if "user" in given:
        raise call.unsupported()
    if verb in _SILENT:
        return 0
    if verb in _CHANGES:
        call.root_only(f"Failed to {verb} {_unit(names[0]) if names else ''}: Access denied")
        return max((_change(call, verb, _service(call, name, verb), given) for name in names), default=1)
    statuses = [_report(call, verb, name, given) for name in names]
    if not statuses:
        raise call.unsupported()
    return max(statuses)


def _unit(name: str) -> str:
    return name if name.endswith(".service") else f"{name}.service"


def _service(call: Call, name: str, verb: str) -> Service:
    service = units.known(call.machine, name)
    if service is None:
        if verb in ("enable", "disable"):
            raise RefusedError(f"Failed to {verb} unit: Unit file {_unit(name)} does not exist.")
        raise RefusedError(f"Failed to {verb} {_unit(name)}: Unit {_unit(name)} not found.", 5)
    return service


def _change(call: Call, verb: str, service: Service, given: Options) -> int:
    now = call.shell.outside.now
    if verb in ("enable", "disable"):
        _enable(call, service, on=verb == "enable")
        if "now" not in given:
            return 0
    if verb in ("stop", "disable"):
        units.stop(service, now)
        return 0
    if verb in ("restart", "try-restart", "reload-or-restart", "reload"):
        if not service.active and verb in ("reload", "try-restart"):
            return 1 if verb == "reload" else 0
        units.stop(service, now)
    return 0 if service.active else _start(call, service)


def _start(call: Call, service: Service) -> int:
    call.shell.outside.spend(typical_s("Linux service start"))
    try:
        units.start(call.machine, service, call.shell.outside.now)
    except RefusedError as refused:
        log = f"{refused.message}\n"
        call.machine.disk.write("/var/log/messages", call.machine.disk.text("/var/log/messages") + log, mode=0o600)
        text = f"Job for {service.name}.service failed because the control process exited with error code."
        raise RefusedError(f"{text}\n{refused.message}") from None
    return 0


def _enable(call: Call, service: Service, *, on: bool) -> None:
    if service.enabled != on:
        link = f"/etc/systemd/system/multi-user.target.wants/{service.name}.service"
        told = f"Created symlink {link} → /usr/lib/systemd/system/{service.name}.service." if on else f"Removed {link}."
        call.shell.write(told + "\n", 2)
    service.enabled = on


def _report(call: Call, verb: str, name: str, given: Options) -> int:
    service = units.known(call.machine, name)
    if verb not in ("status", "is-active", "is-enabled", "is-failed"):
        raise call.unsupported()
    if verb == "status":
        return _status(call, name, service)
    if service is None:
        answer, good = ("unknown" if verb != "is-enabled" else ""), False
    elif verb == "is-enabled":
        answer, good = ("enabled" if service.enabled else "disabled"), service.enabled
    else:
        answer, good = _state(service), service.active if verb == "is-active" else service.failed
    if not given.any("quiet", "q"):
        call.out(answer + "\n")
    return 0 if good else 3 if verb == "is-active" else 1


def _state(service: Service) -> str:
    return "active" if service.active else "failed" if service.failed else "inactive"


def _status(call: Call, name: str, service: Service | None) -> int:
    if service is None:
        raise RefusedError(f"Unit {_unit(name)} could not be found.", 4)
    when = datetime.fromtimestamp(service.since, UTC).strftime("%a %Y-%m-%d %H:%M:%S UTC")
    detail = {"active": "running", "failed": "Result: exit-code", "inactive": "dead"}[_state(service)]
    since = f" since {when}" if service.since else ""
    enabled = "enabled" if service.enabled else "disabled"
    folder = "/etc/systemd/system" if units.unit_file(call.machine, service.name) else "/usr/lib/systemd/system"
    call.out(
        f"{'●' if service.active else '○'} {service.name}.service - {service.description}\n"
        f"     Loaded: loaded ({folder}/{service.name}.service; {enabled}; preset: disabled)\n"
        f"     Active: {_state(service)} ({detail}){since}\n"
    )
    return 0 if service.active else 3


@command("service")
def _service_command(call: Call) -> int:
    if len(call.arguments) != 2:
        raise call.unsupported()
    name, verb = call.arguments
    if verb not in (*_CHANGES, "status"):
        raise call.unsupported()
    if verb != "status":
        call.shell.write(f"Redirecting to /bin/systemctl {verb} {_unit(name)}\n", 2)
    return call.runner.words(call.shell, ["systemctl", verb, name])


@command("nginx", "apachectl", "httpd", "apache2ctl")
def _web_server(call: Call) -> int:
    """The servers' own commands, as far as they check, start and stop."""
    name = {"nginx": "nginx", "apache2ctl": "apache2"}.get(call.name, "httpd")
    words = [each for each in call.arguments if each not in ("-s", "-k")]
    asked = words[0] if words else "start"
    verb = {"-t": "configtest", "quit": "stop", "graceful": "reload"}.get(asked, asked)
    if verb == "configtest":
        units.check(call.machine, name)
        call.shell.write("Syntax OK\n" if name != "nginx" else "nginx: configuration file test is successful\n", 2)
        return 0
    if len(words) > 1 or verb not in _CHANGES:
        raise call.unsupported()
    return call.runner.words(call.shell, ["systemctl", verb, name])


@command("chkconfig")
def _chkconfig(call: Call) -> int:
    if len(call.arguments) != 2 or call.arguments[1] not in ("on", "off"):
        raise call.unsupported()
    name, verb = call.arguments[0], "enable" if call.arguments[1] == "on" else "disable"
    call.shell.write(f"Note: Forwarding request to 'systemctl {verb} {_unit(name)}'.\n", 2)
    return call.runner.words(call.shell, ["systemctl", verb, name])
