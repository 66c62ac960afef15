"""dnf, yum, amazon-linux-extras, rpm."""

from __future__ import annotations

from aws14.emulator.durations import typical_s
from aws14.emulator.machines.commands.options import Options, options
from aws14.emulator.machines.installing import install, reaches_repositories, remove
from aws14.emulator.machines.shell.errors import RefusedError, UnsupportedError
from aws14.emulator.machines.shell.lookup import Call, command
from aws14.emulator.machines.software import Package, absent, on_image, package

__all__: list[str] = []

_LONG = (
    "assumeyes",
    "quiet",
    "allowerasing",
    "nobest",
    "best",
    "skip-broken",
    "refresh",
    "security",
    "nogpgcheck",
    "enablerepo=",
    "disablerepo=",
    "releasever=",
    "setopt=",
    "exclude=",
    "debuglevel=",
)
_UPDATES = frozenset({"update", "upgrade", "upgrade-minimal", "update-minimal"})
_READS = frozenset({"makecache", "clean", "check-update", "check-release-update", "list", "search", "info", "repolist"})
#: Topics of amazon-linux-extras, with the package that each is about.
_TOPICS = {
    "nginx1": "nginx",
    "nginx1.12": "nginx",
    "mariadb10.5": "mariadb-server",
    "docker": "docker",
    "redis6": "redis6",
    "httpd_modules": "httpd",
    "epel": "",
    "collectd": "collectd",
}


@command("dnf", "yum", "microdnf")
def _dnf(call: Call) -> int:
    given = options(call, "yqvb4", valued="d", long=_LONG)
    verb, *names = given.operands or ["help"]
    call_yes = given.any("y", "assumeyes") or call.shell.stdin.line().lower().startswith("y")
    if verb not in _READS:
        call.root_only(
            "Error: This command has to be run with superuser privileges (under the root user on most systems)."
        )
    if verb in _UPDATES and not names:
        return _update(call, yes=call_yes, given=given)
    if verb in ("install", "reinstall", "localinstall", *_UPDATES):
        return _install(call, names, yes=call_yes)
    if verb in ("remove", "erase", "autoremove"):
        return _remove(call, names, yes=call_yes)
    if verb in ("makecache", "clean", "check-update", "check-release-update"):
        return 0 if verb in ("clean", "check-release-update") else _metadata(call)
    raise call.unsupported()


def _metadata(call: Call) -> int:
    """Read the lists of the repositories, which needs a way to them."""
    outside = call.shell.outside
    if reaches_repositories(call.machine, outside):
        outside.spend(typical_s("package manager reads its lists"))
        call.out(f"Last metadata expiration check: 0:00:01 ago on {_when(call)}.\n")
        return 0
    outside.spend(typical_s("package manager gives up without a way out"))
    name = "amazonlinux" if call.machine.image == "al2023" else "amzn2-core"
    raise RefusedError(
        f"Errors during downloading metadata for repository '{name}':\n"
        "  - Curl error (28): Timeout was reached [Connection timed out after 30001 milliseconds]\n"
        f"Error: Failed to download metadata for repo '{name}': Cannot prepare internal mirrorlist"
    )


def _when(call: Call) -> str:
    from aws14.emulator.machines.commands.writing import local_time

    return local_time(call).strftime("%a %b %e %H:%M:%S %Y")


def _update(call: Call, *, yes: bool, given: Options) -> int:
    _metadata(call)
    if "refresh" in given or call.machine.image == "al2":
        if not yes and call.machine.image == "al2":
            return _declined(call)
        call.shell.outside.spend(typical_s("package manager updates an image"))
    else:
        call.out("Dependencies resolved.\nNothing to do.\n")
    call.out("Complete!\n")
    return 0


def _declined(call: Call) -> int:
    call.out("Is this ok [y/N]: Operation aborted.\n")
    return 1


def _chosen(call: Call, names: list[str]) -> list[Package]:
    """The packages to install; a name that the distribution lacks is refused in its words.

    Raises
    ------
    RefusedError
        The distribution has no such package.
    UnsupportedError
        It may have it, and it is not in this emulator.
    """
    found: list[Package] = []
    for name in names:
        known = package(call.machine.image, name)
        if absent(call.machine.image, name) and not _is_extra(call, name):
            raise RefusedError(f"No match for argument: {name}\nError: Unable to find a match: {name}")
        if known is not None:
            found.append(known)
        elif not on_image(call.machine.image, name.rpartition("/")[2]):
            raise UnsupportedError(f"{call.name} install {name}")
    return found


def _is_extra(call: Call, name: str) -> bool:
    """Whether a topic of Amazon Linux 2's extras that has the package was opened."""
    topics = call.machine.disk.text("/etc/yum.repos.d/extras").split()
    return any(_TOPICS.get(topic) == name for topic in topics)


def _install(call: Call, names: list[str], *, yes: bool) -> int:
    _metadata(call)
    groups = [name for name in names if name.startswith("@")]
    if groups or not names:
        raise call.unsupported()
    wanted = _chosen(call, names)
    new = [one for one in wanted if one.name not in call.machine.packages]
    for one in (one for one in wanted if one not in new):
        call.out(f"Package {one.name}-{one.version}.{call.machine.architecture} is already installed.\n")
    if not new:
        call.out("Dependencies resolved.\nNothing to do.\nComplete!\n")
        return 0
    call.out("Dependencies resolved.\nInstalling:\n" + "".join(f" {one.name}  {one.version}\n" for one in new))
    if not yes:
        return _declined(call)
    for one in new:
        call.shell.outside.spend(typical_s("package installation"))
        install(call.machine, one, call.shell.outside.now)
    listed = [each for one in new for each in (f"{one.name}-{one.version}.{call.machine.architecture}", *one.needs)]
    call.out("Installed:\n" + "".join(f"  {each}\n" for each in listed) + "Complete!\n")
    return 0


def _remove(call: Call, names: list[str], *, yes: bool) -> int:
    there = [name for name in names if name in call.machine.packages]
    if not there:
        call.out("No packages marked for removal.\nDependencies resolved.\nNothing to do.\nComplete!\n")
        return 0
    if not yes:
        return _declined(call)
    for name in there:
        remove(call.machine, name, call.shell.outside.now)
    call.out("Removed:\n" + "".join(f"  {name}\n" for name in there) + "Complete!\n")
    return 0


@command("amazon-linux-extras")
def _extras(call: Call) -> int:
    given = options(call, "y")
    verb, *topics = given.operands or ["list"]
    if verb not in ("install", "enable") or not topics:
        raise call.unsupported()
    call.root_only("Please run as root.")
    names = [_topic(call, topic) for topic in topics]
    opened = call.machine.disk.text("/etc/yum.repos.d/extras") + " ".join(topics) + "\n"
    call.machine.disk.write("/etc/yum.repos.d/extras", opened)
    wanted = [name for name in names if name]
    if verb == "enable" or not wanted:
        return 0
    return _install(call, wanted, yes="y" in given)


def _topic(call: Call, topic: str) -> str:
    if topic.startswith(("php", "lamp-mariadb")):
        return "php" if topic.startswith("php") else "mariadb"
    if topic not in _TOPICS:
        raise call.unsupported()
    return _TOPICS[topic]


@command("rpm")
def _rpm(call: Call) -> int:
    if call.arguments[:1] not in (["-q"], ["--query"]) or len(call.arguments) < 2:
        raise call.unsupported()
    status = 0
    for name in call.arguments[1:]:
        version = call.machine.packages.get(name)
        call.out(f"{name}-{version}.{call.machine.architecture}\n" if version else f"package {name} is not installed\n")
        status |= int(version is None)
    return status
