"""A machine as it comes from its image: folders, accounts, the owner's key."""

from __future__ import annotations

from aws14.emulator.machines.disk import FOLDER, Node
from aws14.emulator.machines.machine import Machine, User

__all__ = ["authorize", "fresh", "write_accounts"]

_FOLDERS = (
    *("/bin", "/boot", "/dev", "/etc/systemd/system", "/home", "/media", "/mnt", "/opt/aws/bin", "/proc", "/root"),
    *("/run", "/srv", "/sys", "/usr/bin", "/usr/lib/systemd/system", "/usr/local/bin", "/usr/sbin", "/usr/share"),
    *("/var/lib/cloud", "/var/log", "/var/spool"),
)
_RELEASES = {
    "al2023": ("Amazon Linux 2023", "amzn", "2023", "fedora"),
    "al2": ("Amazon Linux 2", "amzn", "2", "centos rhel fedora"),
    "ubuntu": ("Ubuntu 16.04.7 LTS", "ubuntu", "16.04", "debian"),
    "other": ("unknown", "unknown", "0", ""),
}
_ACCOUNTS = ("root", "bin", "daemon", "mail", "nobody", "sshd", "ssm-user")


def fresh(instance_id: str, account: str, region: str, *, image: str, architecture: str, address: str) -> Machine:
    """Return a machine that has never been started.

    Parameters
    ----------
    instance_id, account, region : str
        Of the instance.
    image : str
        Family.
    architecture : str
        As EC2 names it.
    address : str
        Private IPv4 address; it becomes the host name.
    """
    zone = "ec2.internal" if region == "us-east-1" else f"{region}.compute.internal"
    hostname = f"ip-{address.replace('.', '-')}.{zone}"
    arch = "aarch64" if architecture == "arm64" else "x86_64"
    machine = Machine(instance_id, account, region, image, arch, hostname, address)
    for folder in _FOLDERS:
        machine.disk.make_folders(folder)
    for folder in ("/tmp", "/var/tmp"):
        machine.disk.put(folder, Node(FOLDER, 0o1777))
    machine.disk.nodes["/root"].mode = 0o550
    _people(machine)
    name, key, version, like = _RELEASES[image]
    release = f'NAME="{name.rpartition(" ")[0] or name}"\nVERSION="{version}"\nID="{key}"\nID_LIKE="{like}"\n'
    release += f'VERSION_ID="{version}"\nPRETTY_NAME="{name}"\n'
    machine.disk.write("/etc/os-release", release)
    machine.disk.write("/etc/hostname", hostname + "\n")
    machine.disk.write("/etc/hosts", "127.0.0.1   localhost localhost.localdomain\n")
    if image in ("al2023", "al2"):
        machine.disk.write("/etc/system-release", f"{name} release {version} (Amazon Linux)\n")
    return machine


def _people(machine: Machine) -> None:
    for uid, name in enumerate(_ACCOUNTS):
        home = "/root" if name == "root" else "/"
        machine.users[name] = User(name, uid, home, "/bin/bash" if name == "root" else "/sbin/nologin")
        machine.groups[name] = uid
    for group, number in (("wheel", 10), ("adm", 4), ("sudo", 27), ("systemd-journal", 190), ("users", 100)):
        machine.groups[group] = number
    login, home = machine.login, f"/home/{machine.login}"
    machine.users[login] = User(login, 1000, home, groups={"adm", "sudo" if login == "ubuntu" else "wheel"})
    machine.groups[login] = 1000
    machine.disk.put(home, Node(FOLDER, 0o700 if machine.image == "al2023" else 0o755, login, login))
    write_accounts(machine)


def write_accounts(machine: Machine) -> None:
    """Write ``/etc/passwd`` and ``/etc/group`` from the accounts."""
    numbers = machine.groups
    people = (
        f"{one.name}:x:{one.uid}:{numbers.get(one.name, 0)}::{one.home}:{one.shell}" for one in machine.users.values()
    )
    machine.disk.write("/etc/passwd", "".join(f"{line}\n" for line in people))
    lines = []
    for name, number in numbers.items():
        members = ",".join(one.name for one in machine.users.values() if name in one.groups)
        lines.append(f"{name}:x:{number}:{members}\n")
    machine.disk.write("/etc/group", "".join(lines))


def authorize(machine: Machine, public_key: str) -> None:
    """Let the holder of a key in as the image's user, as cloud-init does at the first start."""
    login = machine.login
    folder = f"/home/{login}/.ssh"
    machine.disk.put(folder, Node(FOLDER, 0o700, login, login))
    # On a clone the keys of the machine it was made from stay.
    known = machine.disk.text(f"{folder}/authorized_keys")
    line = public_key.strip() + "\n"
    text = known if line in known else known + line
    machine.disk.write(f"{folder}/authorized_keys", text, mode=0o600, owner=login)
