"""apt-get and apt, which only Ubuntu images have."""

from __future__ import annotations

from aws14.emulator.durations import typical_s
from aws14.emulator.machines.commands.options import options
from aws14.emulator.machines.installing import install, reaches_repositories, remove
from aws14.emulator.machines.shell.errors import RefusedError, UnsupportedError
from aws14.emulator.machines.shell.lookup import Call, command
from aws14.emulator.machines.software import Package, absent, package
from aws14.emulator.machines.units import known, start

__all__: list[str] = []

_LONG = ("yes", "assume-yes", "no-install-recommends", "quiet", "fix-missing")


@command("apt-get", "apt")
def _apt(call: Call) -> int:
    given = options(call, "yqf", valued="o", long=_LONG)
    verb, *names = given.operands or ["help"]
    yes = given.any("y", "yes", "assume-yes") or call.shell.stdin.line().lower().startswith("y")
    call.root_only("E: Could not open lock file /var/lib/dpkg/lock - open (13: Permission denied)")
    if verb == "update":
        return _update(call)
    if verb in ("upgrade", "dist-upgrade"):
        return _upgrade(call, yes=yes)
    if verb == "install":
        return _install(call, names, yes=yes)
    if verb in ("remove", "purge") and yes:
        for name in names:
            remove(call.machine, name, call.shell.outside.now)
        return 0
    if verb in ("clean", "autoremove", "autoclean"):
        return 0
    raise call.unsupported()


def _update(call: Call) -> int:
    if not reaches_repositories(call.machine, call.shell.outside):
        call.shell.outside.spend(typical_s("package manager gives up without a way out"))
        call.shell.write(
            "W: Some index files failed to download. They have been ignored, or old ones used instead.\n", 2
        )
        return 0
    call.shell.outside.spend(typical_s("package manager reads its lists"))
    call.machine.disk.make_folders("/var/lib/apt/lists/partial")
    call.out("Reading package lists...\n")
    return 0


def _upgrade(call: Call, *, yes: bool) -> int:
    if not yes:
        call.out("Do you want to continue? [Y/n] Abort.\n")
        return 1
    call.shell.outside.spend(typical_s("package manager updates an image"))
    return 0


def _install(call: Call, names: list[str], *, yes: bool) -> int:
    wanted = [found for found in (_known(call, name) for name in names) if found.name not in call.machine.packages]
    if not wanted:
        return 0
    if not yes and len(wanted) + sum(len(one.needs) for one in wanted) > len(names):
        call.out("Do you want to continue? [Y/n] Abort.\n")
        return 1
    if not reaches_repositories(call.machine, call.shell.outside):
        call.shell.outside.spend(typical_s("package manager gives up without a way out"))
        raise RefusedError("E: Unable to fetch some archives, maybe run apt-get update or try with --fix-missing?", 100)
    for one in wanted:
        call.shell.outside.spend(typical_s("package installation"))
        install(call.machine, one, call.shell.outside.now)
        call.out(f"Setting up {one.name} ({one.version}) ...\n")
        service = known(call.machine, one.service) if one.service else None
        if service is not None:  # Debian starts what it installs
            service.enabled = True
            start(call.machine, service, call.shell.outside.now)
    return 0


def _known(call: Call, name: str) -> Package:
    # A fresh image has no lists: nothing is found before the first update.
    if absent(call.machine.image, name) or call.machine.disk.find("/var/lib/apt/lists/partial") is None:
        raise RefusedError(f"E: Unable to locate package {name}", 100)
    found = package(call.machine.image, name)
    if found is None:
        raise UnsupportedError(f"{call.name} install {name}")
    return found
