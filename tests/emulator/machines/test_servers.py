"""Services and their pages: configuration at the start, files at the request, rights of the server's user."""

from __future__ import annotations

import pytest

from aws14.emulator.machines import power
from tests.emulator.machines.conftest import page

HTTPD = "dnf install -y httpd; systemctl enable --now httpd;"


@pytest.fixture
def web(machine, sh):
    assert sh(HTTPD).status == 0
    machine.ready = True
    return machine


def test_without_a_page_apache_answers_403_with_its_test_page(web):
    status, body = page(web)
    assert status == 403
    assert "Test Page" in body


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/none", 404),
        ("/x.html?q=1", 200),
        ("/sub", 301),
        ("/sub/", 403),
        ("/%78.html", 200),
        ("/../../etc/passwd", 404),
    ],
)
def test_paths(web, sh, path, status):
    sh("echo x > /var/www/html/x.html; mkdir /var/www/html/sub")
    assert page(web, path)[0] == status


def test_a_file_is_read_at_the_request(web, sh):
    sh("echo one > /var/www/html/index.html")
    assert page(web) == (200, "one\n")
    sh("echo two > /var/www/html/index.html")
    assert page(web) == (200, "two\n")


def test_the_servers_user_has_to_be_able_to_read(web, sh):
    sh("cd /var/www/html; echo x > index.html; chmod 600 index.html")
    assert page(web)[0] == 403
    sh("chown apache /var/www/html/index.html")
    assert page(web)[0] == 200
    sh("chmod 700 /var/www/html")
    assert page(web)[0] == 403


def test_headers(web, sh):
    sh("cd /var/www/html; echo x > a.html; echo y > b.css; echo z > c")
    headers = web.answer("GET", "/a.html", {})[1]
    assert headers["Content-Type"] == "text/html; charset=UTF-8"
    assert headers["Server"].startswith("Apache/2.4")
    assert headers["Content-Length"] == "2"
    assert web.answer("GET", "/b.css", {})[1]["Content-Type"].startswith("text/css")
    assert "Content-Type" not in web.answer("GET", "/c", {})[1]
    assert web.answer("HEAD", "/a.html", {})[2] == b""
    assert web.answer("POST", "/a.html", {})[0] == 405


def test_php_is_run_once_it_is_installed(web, sh):
    sh("echo '<?= 6 * 7 ?>' > /var/www/html/i.php; echo '<?php phpinfo();' > /var/www/html/p.php")
    assert page(web, "/i.php") == (200, "<?= 6 * 7 ?>\n")
    sh("dnf install -y php; systemctl restart httpd")
    assert page(web, "/i.php") == (200, "42")
    assert page(web, "/p.php")[0] == 500
    assert "phpinfo() is not run by the embedded AWS" in web.disk.text("/var/log/httpd/error_log")


def test_stop_and_start(web, sh):
    sh("systemctl stop httpd")
    assert not web.listens(80)
    with pytest.raises(ConnectionRefusedError):
        page(web)
    assert sh("systemctl is-active httpd; systemctl is-enabled httpd").output == "inactive\nenabled\n"
    sh("systemctl start httpd")
    assert web.listens(80)


def test_configuration_counts_from_the_next_start(web, sh):
    sh("sed -i 's/^Listen 80/Listen 8081/' /etc/httpd/conf/httpd.conf")
    assert web.listens(80)
    sh("systemctl restart httpd")
    assert (web.listens(80), web.listens(8081)) == (False, True)


def test_a_wrong_configuration_does_not_start(web, sh):
    done = sh(
        "sed -i 's/^Listen.*/Listen x/' /etc/httpd/conf/httpd.conf; "
        "systemctl restart httpd; echo $?; systemctl is-failed httpd"
    )
    assert done.output == "1\nfailed\n"
    assert "invalid port" in done.errors
    assert not web.listens(80)


def test_two_servers_cannot_have_one_port(web, sh):
    done = sh("dnf install -y nginx; systemctl start nginx")
    assert done.status == 1
    assert "Address already in use" in done.errors
    sh("systemctl stop httpd; systemctl start nginx")
    assert page(web)[0] == 200
    assert web.answer("GET", "/", {})[1]["Server"].startswith("nginx/")


def test_nginx_takes_a_server_of_its_own(machine, sh):
    machine.ready = True
    done = sh(
        "dnf install -y nginx; mkdir -p /srv/app; echo app > /srv/app/index.html\n"
        "cat > /etc/nginx/conf.d/app.conf <<'EOF'\n"
        "server {\n  listen 8080;\n  server_name _;\n  root /srv/app;\n"
        "  location / {\n    try_files $uri $uri/ =404;\n  }\n}\n"
        "EOF\nsystemctl enable --now nginx"
    )
    assert done.status == 0, done.errors
    assert page(machine, "/", 8080) == (200, "app\n")


def test_nginx_has_answers_without_files_and_refuses_proxies(machine, sh):
    machine.ready = True
    written = """dnf install -y nginx; cat > /etc/nginx/conf.d/app.conf <<'EOF'
server {
  listen 8080;
  location / { try_files $uri $uri/ =404; }
  location = /health { access_log off; return 200 "healthy\\n"; }
  location /old { return 301 /new; }
}
EOF
nginx -t && systemctl start nginx"""
    assert sh(written).status == 0
    assert page(machine, "/health", 8080) == (200, "healthy\n")
    assert machine.answer("GET", "/old/x", {}, port=8080)[:2][0] == 301
    assert page(machine, "/healthy", 8080)[0] == 404
    done = sh(
        "sed -i 's|return 301 /new|proxy_pass http://localhost:3000|' /etc/nginx/conf.d/app.conf; nginx -s reload"
    )
    assert "unsupported by the embedded AWS" in done.errors
    assert "proxy_pass http://localhost:3000" in done.errors


def test_a_block_that_does_not_end_is_refused(machine, sh):
    done = sh("dnf install -y nginx; echo 'server { listen 81;' > /etc/nginx/conf.d/a.conf; nginx -t")
    assert done.status == 1
    assert "unexpected end of file" in done.errors


def test_without_sshd_nobody_logs_in(machine, sh):
    machine.ready = True
    assert machine.listens(22)
    assert sh("systemctl is-enabled sshd; systemctl is-active amazon-ssm-agent").output == "enabled\nactive\n"
    sh("systemctl stop sshd")
    assert not machine.listens(22)


def test_tls_comes_with_mod_ssl(web, sh):
    assert not web.listens(443)
    sh("dnf install -y mod_ssl; systemctl restart httpd; echo x > /var/www/html/index.html")
    assert web.listens(443)
    assert (web.speaks_tls(443), web.speaks_tls(80)) == (True, False)
    assert sh("curl -sk https://localhost/; curl -s http://localhost:443/ || echo $?").output == "x\n56\n"


def test_a_database_takes_connections_and_speaks_no_http(machine, sh):
    machine.ready = True
    sh("dnf install -y mariadb105-server; systemctl enable --now mariadb")
    assert machine.listens(3306)
    with pytest.raises(ConnectionResetError):
        page(machine, "/", 3306)


def test_a_server_on_loopback_is_not_reached_from_outside(machine, sh):
    machine.ready = True
    sh("dnf install -y redis6; systemctl start redis6")
    assert not machine.listens(6379)
    assert sh("nc -z localhost 6379").status == 127
    sh("dnf install -y nmap-ncat")
    assert sh("nc -z localhost 6379").status == 0


def test_nothing_listens_before_boot_is_done(web):
    web.ready = False
    assert not web.listens(80)
    assert not web.listens(22)


def test_python_serves_a_folder_and_lists_it(machine, sh):
    machine.ready = True
    sh("mkdir /srv/files; cd /srv/files; echo a > 'a b.txt'; python3 -m http.server 8000 > /dev/null 2>&1 &")
    status, body = page(machine, "/", 8000)
    assert status == 200
    assert '<a href="a%20b.txt">a b.txt</a>' in body
    assert page(machine, "/a%20b.txt", 8000) == (200, "a\n")
    sh("pkill -f http.server")
    assert not machine.listens(8000)


def test_only_root_opens_low_ports(sh):
    done = sh("cd /tmp; python3 -m http.server 80 & wait", user="ec2-user")
    assert "Permission denied" in done.errors


def test_a_power_cycle_keeps_files_and_enabled_services(web, sh, monkeypatch):
    sh("echo kept > /var/www/html/index.html; dnf install -y nginx; cd /srv; python3 -m http.server 8000 &")
    for service in web.services.values():
        power.units.stop(service, 0.0)
    web.processes.clear()
    power._start_enabled(web, 1.0)
    assert page(web) == (200, "kept\n")
    assert not web.listens(8000)
