"""What can be installed: packages by image family, with the files, users and services they bring.

Names and default files are those of the distributions; versions are examples of the current releases.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from aws14.emulator.machines.default_files import (
    APACHE2_CONF,
    HTTPD_CONF,
    NGINX_CONF,
    NGINX_PAGE,
    UBUNTU_PAGE,
)

__all__ = ["Package", "absent", "brings", "on_image", "package", "packages"]


@dataclass(frozen=True)
class Package:
    """Something that a package manager installs.

    Parameters
    ----------
    name, version : str
        As the manager prints them.
    needs : tuple of str
        Packages that come along.
    service : str
        Unit that it brings; empty for none.
    folders : tuple of str
        Made by it.
    files : Mapping
        Text by path.
    commands : tuple of str
        Programs that it brings.
    user : str
        Account that it makes; empty for none.
    port : int
        Where its service listens; 0 for nowhere, or where its configuration says.
    local : bool
        Whether the service listens on the loopback interface only.
    """

    name: str
    version: str
    needs: tuple[str, ...] = ()
    service: str = ""
    folders: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    commands: tuple[str, ...] = ()
    user: str = ""
    port: int = 0
    local: bool = False


_RPM = (
    Package(
        "httpd",
        "2.4.65-1",
        ("httpd-core", "httpd-tools", "apr", "apr-util", "mailcap"),
        "httpd",
        ("/var/www/html", "/var/www/cgi-bin", "/var/log/httpd", "/etc/httpd/conf.d", "/etc/httpd/conf.modules.d"),
        {"/etc/httpd/conf/httpd.conf": HTTPD_CONF, "/etc/httpd/conf.d/welcome.conf": "# Test page\n"},
        ("httpd", "apachectl", "httpd-config"),
        "apache",
    ),
    Package(
        "nginx",
        "1:1.28.0-1",
        ("nginx-core", "nginx-filesystem", "nginx-mimetypes", "gperftools-libs"),
        "nginx",
        ("/var/log/nginx", "/etc/nginx/conf.d", "/etc/nginx/default.d"),
        {"/etc/nginx/nginx.conf": NGINX_CONF, "/usr/share/nginx/html/index.html": NGINX_PAGE},
        ("nginx",),
        "nginx",
    ),
    Package(
        "mariadb105-server",
        "3:10.5.29-1",
        ("mariadb105", "mariadb105-common", "mariadb105-errmsg"),
        "mariadb",
        ("/var/lib/mysql",),
        {"/etc/my.cnf.d/mariadb-server.cnf": "[mysqld]\n"},
        ("mysqld",),
        "mysql",
        3306,
    ),
    Package("mariadb105", "3:10.5.29-1", commands=("mysql", "mariadb", "mysqldump", "mysqladmin")),
    Package(
        "php",
        "8.4.14-1",
        ("php8.4-fpm", "php8.4-cli", "php8.4-common"),
        files={"/etc/httpd/conf.d/php.conf": "# PHP\n"},
        commands=("php",),
    ),
    Package("docker", "25.0.13-1", ("containerd", "runc", "iptables-nft"), "docker", commands=("docker",)),
    Package("redis6", "6.2.19-1", service="redis6", commands=("redis6-cli",), user="redis6", port=6379, local=True),
    Package("postgresql15-server", "15.14-1", ("postgresql15",), commands=("postgresql-setup",)),
    Package("amazon-cloudwatch-agent", "1.300060.0-1", service="amazon-cloudwatch-agent"),
    Package("mod_ssl", "1:2.4.65-1"),
    Package("nfs-utils", "1:2.5.4-2", ("rpcbind", "libnfsidmap")),
    Package("amazon-efs-utils", "2.3.1-1", ("stunnel", "nfs-utils")),
    Package("cifs-utils", "7.0-1", ("keyutils",)),
    Package("git", "2.50.1-1", ("git-core", "perl-Git"), commands=("git",)),
    Package("nmap-ncat", "3:7.93-1", commands=("nc", "ncat")),
    Package("jq", "1.7.1-51", ("oniguruma",), commands=("jq",)),
    Package("stress-ng", "0.15.05-1", commands=("stress-ng",)),
    Package("nodejs", "1:18.20.8-1", ("nodejs-npm", "nodejs-libs"), commands=("node", "npm", "npx")),
    Package("java-17-amazon-corretto", "1:17.0.17+10-1", commands=("java", "javac")),
    Package("python3-pip", "21.3.1-2", commands=("pip3", "pip")),
    Package("cronie", "1.5.7-1", service="crond", commands=("crontab",)),
    Package("ruby", "3.2.8-1", commands=("ruby", "gem")),
    *(Package(name, "1-1", commands=(name,)) for name in ("htop", "tree", "telnet", "gcc", "make", "screen", "tmux")),
    *(Package(name, "1-1", commands=(name,)) for name in ("tcpdump", "iperf3")),
    *(
        Package(name, "1-1")
        for name in (
            "php-mysqlnd",
            "php-mysqli",
            "php-opcache",
            "php-fpm",
            "php-json",
            "php-devel",
            "php-mbstring",
            "php-xml",
            "php-cli",
            "php-pdo",
            "php-gd",
            "collectd",
            "sysstat",
            "telnet-server",
        )
    ),
)
#: On every Amazon Linux image, so that installing them has nothing to do.
_IMAGE = (
    "bash",
    "curl",
    "curl-minimal",
    "wget",
    "unzip",
    "tar",
    "gzip",
    "python3",
    "sudo",
    "openssl",
    "which",
    "vim",
    "nano",
    "less",
    "chrony",
    "amazon-ssm-agent",
    "aws-cfn-bootstrap",
    "ca-certificates",
    "rsync",
    "zip",
    "bc",
    "awscli",
    "awscli-2",
    "bind-utils",
    "findutils",
    "procps-ng",
    "systemd",
    "sed",
    "grep",
    "util-linux",
)
_DEB = (
    Package("nfs-common", "1:2.6.4-3ubuntu5", ("rpcbind",)),
    Package("cifs-utils", "2:7.0-2ubuntu0.2", ("keyutils",)),
    Package(
        "apache2",
        "2.4.18-2ubuntu3",
        ("apache2-bin", "apache2-data"),
        "apache2",
        ("/var/www/html", "/var/log/apache2", "/etc/apache2/conf-enabled"),
        {"/etc/apache2/apache2.conf": APACHE2_CONF, "/var/www/html/index.html": UBUNTU_PAGE},
        ("apache2", "apache2ctl"),
        "www-data",
    ),
    Package(
        "nginx",
        "1.10.0-0ubuntu0",
        ("nginx-core", "nginx-common"),
        "nginx",
        ("/var/log/nginx", "/etc/nginx/conf.d", "/var/www/html"),
        {
            "/etc/nginx/nginx.conf": NGINX_CONF.replace("user nginx", "user www-data").replace(
                "/usr/share/nginx/html", "/var/www/html"
            ),
            "/var/www/html/index.nginx-debian.html": NGINX_PAGE,
        },
        ("nginx",),
        "www-data",
    ),
    Package("mysql-server", "5.7.33-0ubuntu0", ("mysql-client",), "mysql", user="mysql", port=3306, local=True),
    *(Package(name, "1-1", commands=(name,)) for name in ("git", "jq", "unzip", "curl", "wget", "python3", "tree")),
)
_AL2_ONLY = (
    Package("stress", "1.0.4-16", commands=("stress",)),
    Package("mariadb-server", "1:5.5.68-1", ("mariadb",), "mariadb", ("/var/lib/mysql",), user="mysql", port=3306),
    Package("mariadb", "1:5.5.68-1", commands=("mysql", "mysqldump", "mysqladmin")),
)
#: Names from other distributions and releases that learners meet in old recipes.
_ABSENT = {
    "al2023": {
        "apache2",
        "mariadb-server",
        "mariadb",
        "mysql",
        "mysql-server",
        "mysql-community-server",
        "nginx1",
        "epel-release",
        "apache",
        "httpd24",
        "php7.2",
        "php72",
        "redis",
        "amazon-linux-extras",
        "ntp",
        "stress",
    },
    "al2": {"apache2", "mysql-server", "mariadb105-server", "nginx1", "apache", "httpd24", "redis", "redis6", "nginx"},
    "ubuntu": {"httpd", "mariadb105-server", "nginx1", "amazon-linux-extras"},
}


def packages(image: str) -> Mapping[str, Package]:
    """Return the packages known for an image family, by name.

    Parameters
    ----------
    image : str
        ``al2023``, ``al2`` or ``ubuntu``.
    """
    if image == "ubuntu":
        found: tuple[Package, ...] = _DEB
    elif image == "al2":
        found = (*(one for one in _RPM if "mariadb105" not in one.name), *_AL2_ONLY)
    else:
        found = _RPM
    return {one.name: one for one in found}


def package(image: str, name: str) -> Package | None:
    """Return the package of that name, ``httpd.x86_64`` and ``httpd-2.4*`` included; None for an unknown one."""
    known = packages(image)
    plain = name.removesuffix(".x86_64").removesuffix(".noarch").removesuffix(".aarch64")
    return known.get(plain)


def brings(image: str, command: str) -> Package | None:
    """Return the package that brings a program."""
    return next((one for one in packages(image).values() if command in one.commands), None)


def absent(image: str, name: str) -> bool:
    """Whether that family is known not to have such a package."""
    return name in _ABSENT.get(image, ())


def on_image(image: str, name: str) -> bool:
    """Whether the package is part of the image."""
    return image != "ubuntu" and name in _IMAGE
