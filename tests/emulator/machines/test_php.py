"""Pages in PHP: what a page says, what a server remembers of a visitor, and what becomes of a page that fails."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from aws14.emulator.machines import php
from aws14.emulator.machines.images import fresh
from aws14.emulator.machines.machine import Machine
from aws14.emulator.machines.php import mysql

SCRIPT = "/var/www/html/index.php"


@pytest.fixture
def machine() -> Machine:
    made = fresh("i-0123", "123456789012", "ap-northeast-1", image="al2023", architecture="x86_64", address="10.0.0.9")
    made.hostname = "ip-10-0-0-9.ap-northeast-1.compute.internal"
    return made


def page(machine: Machine, code: str, **more: object) -> tuple[int, dict[str, str], str]:
    machine.disk.write(SCRIPT, code)
    asked = php.Asked(method="GET", path="/index.php", script=SCRIPT, now=1_790_000_000.0, **more)  # type: ignore[arg-type]
    status, headers, body = php.answer(machine, asked)
    return status, headers, body.decode()


def said(machine: Machine, code: str) -> str:
    status, _, body = page(machine, f"<?php {code}")
    assert status == 200, machine.disk.text("/var/log/httpd/error_log")
    return body


def test_a_page_knows_its_client_and_how_long_it_slept(machine: Machine) -> None:
    assert page(machine, "<?php echo $_SERVER['REMOTE_ADDR'];", source="203.0.113.7")[2] == "203.0.113.7"
    slow = "<?php echo sleep(3); usleep(2000000);"
    assert page(machine, slow, patience_s=5.0)[2] == "0"
    with pytest.raises(TimeoutError):
        page(machine, slow, patience_s=4.9)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("echo 1 + 2 * 3;", "7"),
        ("echo (1 + 2) * 3;", "9"),
        ("echo 7 / 2, ' ', 6 / 2, ' ', 7 % 3, ' ', -7 % 3;", "3.5 3 1 -1"),
        ("echo '1' + '2', '1' . '2';", "312"),
        ("$a = 5; $a += 2; $a .= '!'; echo $a;", "7!"),
        ("$a = 1; echo $a++ + ++$a;", "4"),
        ("echo null ?? 'none', $x ?? 'unset', false ?: 'else', true ? 'a' : 'b';", "noneunsetelsea"),
        (
            "echo 0 == 'a' ? 'y' : 'n', '1' == '01' ? 'y' : 'n', 1 === 1.0 ? 'y' : 'n', null == false ? 'y' : 'n';",
            "nyny",
        ),
        ("echo true && false || true ? 'y' : 'n', !empty('0') ? 'y' : 'n';", "yn"),
        ("$n = 'Ada'; $p = ['k' => 2]; echo \"Hi $n, {$p['k']} or $p[k]\\n\";", "Hi Ada, 2 or 2\n"),
        ("echo 'a\\'b\\n';", "a'b\\n"),
        ("$l = [3, 1]; $l[] = 2; echo count($l), implode(',', $l), $l[2];", "33,1,22"),
        ("$m['a']['b'] = 1; echo json_encode($m), json_encode([1, 2]);", '{"a": {"b": 1}}[1, 2]'),
        ("foreach (['x' => 1, 'y' => 2] as $k => $v) echo \"$k$v \";", "x1 y2 "),
        ("for ($i = 0; $i < 5; $i++) { if ($i == 1) continue; if ($i == 3) break; echo $i; }", "02"),
        ("$i = 3; while ($i > 0) { echo $i--; }", "321"),
        ("if (false): echo 1; elseif (1 > 2): echo 2; else: echo 3; endif;", "3"),
        ("function twice(int $x, $y = 10): int { return 2 * $x + $y; } echo twice(3), twice(3, 1);", "167"),
        ("try { throw new Exception('no', 7); } catch (Exception $e) { echo $e->getMessage(), $e->getCode(); }", "no7"),
        ("try { echo 1 % 0; } catch (DivisionByZeroError $e) { echo 'zero'; } finally { echo '.'; }", "zero."),
        ("echo date('Y-m-d H:i:s'), ' ', time();", "2026-09-21 14:13:20 1790000000"),
        ("echo (int) '12abc', (string) 1.0, PHP_EOL === \"\\n\" ? 'y' : 'n';", "121y"),
        ("echo strtoupper(substr('hello', 1, 3)), htmlspecialchars('<a>'), str_repeat('-', 3);", "ELL&lt;a&gt;---"),
        ("echo number_format(1234.567, 2), sprintf('%05.1f|%d', 3.14159, 42);", "1,234.57003.1|42"),
    ],
)
def test_the_language(machine: Machine, code: str, expected: str) -> None:
    assert said(machine, code) == expected


def test_text_around_the_code_stays(machine: Machine) -> None:
    source = "<h1>\n<?php if (true): ?>\n<b><?= gethostname() ?></b>\n<?php endif; // end ?>\n</h1>"
    assert page(machine, source)[2] == "<h1>\n<b>ip-10-0-0-9.ap-northeast-1.compute.internal</b>\n</h1>"


def test_a_session_is_known_again_by_its_cookie_on_this_server_only(machine: Machine) -> None:
    source = "<?php session_start(); $_SESSION['views'] = ($_SESSION['views'] ?? 0) + 1; echo $_SESSION['views'];"
    _, headers, body = page(machine, source)
    assert body == "1"
    cookie = headers["Set-Cookie"].partition(";")[0]
    assert page(machine, source, headers={"Cookie": cookie})[2] == "2"
    assert page(machine, source, headers={"cookie": cookie})[2] == "3"
    assert page(machine, source)[2] == "1"
    other = fresh("i-9", "123456789012", "ap-northeast-1", image="al2023", architecture="x86_64", address="10.0.1.9")
    _, headers, body = page(other, source, headers={"Cookie": cookie})
    assert body == "1"
    assert "Set-Cookie" not in headers, "an unknown name is taken over"
    assert page(machine, source, headers={"Cookie": cookie})[2] == "4"
    assert page(other, source, headers={"Cookie": cookie})[2] == "2"


def test_a_session_name_that_php_never_makes_is_replaced(machine: Machine) -> None:
    for name in ("../../etc/passwd", "short", "x" * 300):
        _, headers, _ = page(machine, "<?php session_start();", headers={"Cookie": f"PHPSESSID={name}"})
        assert name not in headers["Set-Cookie"]


def test_the_request_is_there(machine: Machine) -> None:
    source = "<?php echo $_SERVER['HTTP_X_FORWARDED_PROTO'], $_GET['q'], $_SERVER['REQUEST_METHOD'];"
    machine.disk.write(SCRIPT, source)
    asked = php.Asked(method="GET", path="/?q=a+b", script=SCRIPT, headers={"X-Forwarded-Proto": "https"})
    assert php.answer(machine, asked)[2] == b"httpsa bGET"


def test_a_form_is_read(machine: Machine) -> None:
    machine.disk.write(SCRIPT, "<?php echo $_POST['name'] ?? 'nobody';")
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    asked = php.Asked(method="POST", path="/", script=SCRIPT, headers=kind, body=b"name=Ada")
    assert php.answer(machine, asked)[2] == b"Ada"


def test_headers_and_status_are_the_pages(machine: Machine) -> None:
    status, headers, _ = page(machine, "<?php header('Location: /login'); setcookie('a', '1'); setcookie('b', '2');")
    assert (status, headers["Location"]) == (302, "/login")
    assert headers["Set-Cookie"].splitlines() == ["a=1; path=/", "b=2; path=/"]
    assert page(machine, "<?php http_response_code(503); echo 'no';")[0] == 503


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("echo 1 +;", "syntax error"),
        ("frobnicate();", "frobnicate() is not run"),
        ("throw new Exception('lost');", "Uncaught Exception: lost"),
        ("class A {}", "'class' on line 1 is not run"),
        ("while (true) {}", "Maximum execution time"),
        ("echo strlen();", "TypeError"),
    ],
)
def test_a_page_that_fails_is_500_and_the_log_says_why(machine: Machine, code: str, word: str) -> None:
    assert page(machine, f"<?php {code}")[0] == 500
    assert word in machine.disk.text("/var/log/httpd/error_log")


@pytest.mark.parametrize("end", ["echo 'done';", "nothing();"])
def test_a_connection_that_a_page_leaves_open_ends_with_it(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    ended: list[str] = []
    made = (SimpleNamespace(close=lambda name=name: ended.append(name)) for name in ("first", "second"))
    monkeypatch.setattr(mysql, "connect", lambda *_: next(made))
    page(machine, f"<?php $a = new mysqli('db', 'u', 'p'); mysqli_connect('db', 'u', 'p'); {end}")
    assert ended == ["first", "second"]
