"""What is beyond the subset never becomes a page; what a real machine refuses is refused in its words."""

from __future__ import annotations

import pytest

from tests.emulator.machines.conftest import console, page

SERVING = """#!/bin/bash
dnf install -y httpd
systemctl enable --now httpd
echo page > /var/www/html/index.html
"""

BEYOND = {
    "a program": "perl -e 'print 1'",
    "an awk program": "awk '{s+=$1} END {print s}' /etc/passwd",
    "an option": "grep -P x /etc/passwd",
    "a package": "dnf install -y nonsense-package",
    "an array": "names=(a b c)",
    "indirection": "echo ${!name}",
    "a trap": "trap 'echo bye' EXIT",
    "a download": "dnf install -y git; git clone https://example.com/x",
    "a process substitution": "diff <(ls /) <(ls /tmp)",
    "a bucket": "aws s3 cp s3://bucket/index.html /var/www/html/",
    "a container": "dnf install -y docker; systemctl start docker; docker run -d -p 80:80 nginx",
    "a proxy": "echo 'ProxyPass / http://localhost:3000/' > /etc/httpd/conf.d/p.conf; systemctl restart httpd",
    "a loop without end": "while true; do sleep 1; done",
    "a python program": "python3 app.py",
    "another interpreter": "printf '#!/usr/bin/python3\\nprint(1)\\n' > /tmp/x; chmod +x /tmp/x; /tmp/x",
    "hidden behind or": "perl -v || true",
    "in a substitution": "X=$(perl -v)",
    "in a function": "f() { perl -v; }; f",
    "in a pipe": "cat /etc/passwd | perl -ne print",
}


@pytest.mark.parametrize("line", BEYOND.values(), ids=BEYOND)
def test_beyond_the_subset_nothing_is_served(line, start):
    machine = start(SERVING + line + "\n")
    assert not machine.listens(80)
    with pytest.raises(ConnectionRefusedError):
        page(machine)
    assert "cloud-init: unsupported by the embedded AWS: line 5: " in console(machine)
    assert "docs/fidelity.md" in console(machine)
    assert machine.listens(22)


def test_without_that_line_it_is_served(start):
    assert page(start(SERVING)) == (200, "page\n")


def test_what_stands_after_the_line_is_not_run(start):
    machine = start(SERVING + "perl -v\necho after > /tmp/after\n")
    assert machine.disk.find("/tmp/after") is None


def test_syntax_beyond_the_subset_is_seen_before_anything_runs(start):
    machine = start(SERVING + "names=(a b)\n")
    assert machine.packages == {}
    assert "line 5: names=(a b)" in console(machine)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("#!/usr/bin/python3\nprint(1)\n", "#!/usr/bin/python3"),
        ("#include\nhttps://example.com/x\n", "#include"),
        ("#cloud-config\nswap: {size: 1G}\n", "cloud-config: swap"),
        ("#cloud-config\nruncmd: echo x\n", "commands that are not a list"),
        ("#cloud-config\na: [\n", "not YAML"),
    ],
)
def test_formats_beyond_the_subset_are_said(data, says, start):
    assert says in start(data).refusal


def test_text_that_is_no_script_is_not_run(start):
    machine = start("dnf install -y httpd\n")
    assert machine.packages == {}
    assert machine.refusal == ""
    assert "Unhandled non-multipart (text/x-not-multipart) userdata: 'dnf install -y httpd...'" in console(machine)


def test_a_script_after_blanks_is_not_executable(start):
    machine = start("\n    " + SERVING)
    assert machine.packages == {}
    assert machine.exit_status == 1
    assert "Exec format error. Missing #! in script?" in console(machine)


def test_what_bash_refuses_is_run_by_nobody(start):
    machine = start("#!/bin/bash\nif true; then echo x\n")
    assert machine.exit_status == 2
    assert "syntax error: unexpected end of file" in console(machine)
    assert machine.refusal == ""


def test_an_error_of_the_script_leaves_what_was_started(start):
    machine = start(SERVING + "cat /nothing\n")
    assert page(machine) == (200, "page\n")
    assert machine.exit_status == 1
    assert "cat: /nothing: No such file or directory" in console(machine)
    assert "exit status 1" in console(machine)


def test_with_e_the_first_error_is_the_end(start):
    machine = start(SERVING.replace("#!/bin/bash", "#!/bin/bash -e\nfalse"))
    assert machine.packages == {}
    assert machine.exit_status == 1


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("yum install httpd\nsystemctl start httpd", "Operation aborted"),
        ("apt-get update\napt-get install -y apache2\nsystemctl start apache2", "apt-get: command not found"),
        ("dnf install -y apache2\nsystemctl start apache2", "No match for argument: apache2"),
        ("amazon-linux-extras install -y nginx1\nsystemctl start nginx", "amazon-linux-extras: command not found"),
        ("dnf install -y httpd\n", "Complete!"),
        ("systemctl start httpd", "Unit httpd.service not found."),
        ("busybox httpd -f -p 80 &", "busybox: command not found"),
    ],
)
def test_mistakes_do_what_they_do_on_the_real_image(script, says, start):
    machine = start(f"#!/bin/bash\n{script}\n")
    assert machine.refusal == ""
    assert not machine.listens(80)
    assert says in console(machine)
