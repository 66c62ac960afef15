"""User data as it is published: in AWS's tutorials, in getting-started examples, in courses.

The scripts under ``scripts/`` do what common public ones do, step by step and in their style, mistakes of style
included; none was written for this interpreter. Each must serve its page.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.emulator.machines.conftest import console, page

SCRIPTS = Path(__file__).parent / "scripts"
NAME = "ip-10-0-0-5.ap-northeast-1.compute.internal"
ID = "i-0123456789abcdef0"
ZONE = "ap-northeast-1a"

#: script -> image, port, path, the page or a piece of it
EXPECTED = {
    "hello_al2.sh": ("al2", 80, "/", f"<h1>Hello World from {NAME}</h1>\n"),
    "token_al2023.sh": ("al2023", 80, "/", f"Hello, World! From: {ID}\n"),
    "lamp_al2.sh": ("al2", 80, "/", f"{NAME}\n<br><br>\n"),
    "lamp_al2023.sh": ("al2023", 80, "/", "<h1>LAMP on $5 a month</h1>"),
    "logged.sh": ("al2023", 80, "/", f"Hello World from {NAME}\n"),
    "sudo_su.sh": ("al2", 80, "/", f"Hello World from {NAME}\n"),
    "facts_page.sh": ("al2023", 80, "/", f"  <h2>Instance ID: {ID}</h2>\n  <h2>Availability Zone: {ZONE}</h2>\n"),
    "functions_and_retries.sh": ("al2023", 80, "/", f"{ID}</p>\n<p>Public address: unknown</p>\n<p>Cost: $0.01</p>"),
    "nginx_al2023.sh": ("al2023", 80, "/", f"Hello from NGINX - Served by {NAME}!"),
    "nginx_extras.sh": ("al2", 80, "/", "Hello from demo-vpc\n"),
    "nginx_if_missing.sh": ("al2023", 80, "/css/site.css", "body { color: navy; }\n"),
    "python_server.sh": ("al2023", 80, "/", "<h1>It works 🎯</h1>"),
    "python_unit.sh": ("al2023", 8080, "/", "<h1>Served by a unit</h1>\n"),
    "change_directory.sh": ("al2023", 80, "/", "This is a test page running on Apache on EC2 in the AWS Cloud\n"),
    "old_style.sh": ("al2023", 80, "/", "<h2>WebServer with IP: 10.0.0.5</h2>\n<br>Version 1.0 \n"),
    "other_port.sh": ("al2023", 8080, "/about.html", "<h1>About</h1>\n"),
    "static.yaml": ("al2023", 80, "/", "<h1>Static web site running on Amazon Linux</h1>"),
    "lamp.yaml": ("al2023", 80, "/", "<p>from cloud-config</p>\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", EXPECTED)
def test_it_serves_its_page(name: str, start) -> None:
    image, port, path, piece = EXPECTED[name]
    machine = start((SCRIPTS / name).read_text(encoding="utf-8"), image)
    assert machine.refusal == "", console(machine)
    assert machine.listens(port), console(machine)
    status, body = page(machine, path, port)
    assert status == 200
    assert piece in body


def test_all_are_expected() -> None:
    assert {path.name for path in SCRIPTS.iterdir()} == set(EXPECTED)


@pytest.mark.parametrize("name", [name for name in EXPECTED if not name.startswith("python_server")])
def test_what_it_enabled_comes_back(name: str, start) -> None:
    image, port, *_ = EXPECTED[name]
    machine = start((SCRIPTS / name).read_text(encoding="utf-8"), image)
    service = next(one for one in machine.services.values() if one.server and port in one.server.ports)
    assert service.enabled
