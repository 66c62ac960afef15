"""User data in AWS time: it takes as long as what it does, and asks the world at the time at which it asks."""

from __future__ import annotations

from copy import deepcopy

import pytest

from aws14.emulator.durations import typical_s
from aws14.emulator.machines import Reply
from aws14.emulator.machines.first_start import initialise
from aws14.emulator.machines.outside import Outside
from aws14.emulator.machines.shell.errors import SuspendedError
from tests.emulator.machines.conftest import BEGAN, build, console

INSTALL = "#!/bin/bash\ndnf install -y httpd\nsystemctl start httpd\n"
WAITING = "#!/bin/bash\nuntil curl -s http://db/ > /tmp/answer; do sleep 10; done\ndate -u +%s > /tmp/when\n"


def took(data: str, surroundings) -> float:
    machine = build()
    machine.starts = BEGAN
    outside = Outside(machine.instance_id, surroundings, BEGAN)
    initialise(machine, data.encode(), outside)
    return outside.now - BEGAN


def run_in_time(data: str, surroundings, at) -> tuple[list[float], object]:
    """Run user data as the clock does: suspended when it gets ahead of time; `at` is called at each resumption."""
    before, answers, now, stops = build(), [], BEGAN, []
    before.starts = BEGAN
    for _ in range(100):
        machine = deepcopy(before)
        try:
            initialise(
                machine, data.encode(), Outside(machine.instance_id, surroundings, BEGAN, answers=answers, until=now)
            )
        except SuspendedError as suspended:
            now = suspended.until
            stops.append(now)
            at(now)
        else:
            return stops, machine
    pytest.fail("it did not end")


def test_it_takes_what_the_table_says(surroundings):
    reads, installs, starts = map(
        typical_s, ("package manager reads its lists", "package installation", "Linux service start")
    )
    assert took(INSTALL, surroundings) == pytest.approx(reads + installs + starts)
    assert took("#!/bin/bash\nsleep 90; sleep 2m\n", surroundings) == pytest.approx(210)
    assert took("#!/bin/bash\necho x\n", surroundings) == 0


def test_without_a_way_out_installing_gives_up_after_its_time(surroundings):
    surroundings.packages = False
    assert took(INSTALL, surroundings) == pytest.approx(typical_s("package manager gives up without a way out"))


def test_without_a_way_out_nothing_is_installed_and_the_console_says_why(surroundings, start):
    surroundings.packages = False
    machine = start(INSTALL)
    assert machine.packages == {}
    assert not machine.listens(80)
    assert "Failed to download metadata" in console(machine)
    assert "Timeout was reached" in console(machine)


def test_it_waits_for_another_machine_at_the_right_time(surroundings):
    def at(now: float) -> None:
        if now >= BEGAN + 25:
            surroundings.replies["db"] = Reply(200, {}, b"here")

    stops, machine = run_in_time(WAITING, surroundings, at)
    assert stops == [BEGAN + 10, BEGAN + 20, BEGAN + 30]
    assert machine.disk.text("/tmp/answer") == "here"
    assert machine.disk.text("/tmp/when") == f"{BEGAN + 30:.0f}\n"


def test_a_run_in_pieces_asks_every_question_once(surroundings):
    run_in_time(WAITING, surroundings, lambda now: surroundings.replies.update(db=Reply(200, {}, b"here")))
    assert surroundings.asked == ["db", "db"]


def test_a_run_in_pieces_ends_as_one_at_once(surroundings):
    script = INSTALL + "echo 1 >> /tmp/n\nsleep 60\ndnf install -y jq\necho 2 >> /tmp/n\n"
    stops, machine = run_in_time(script, surroundings, lambda now: None)
    whole = build()
    whole.starts = BEGAN
    initialise(whole, script.encode(), Outside(whole.instance_id, surroundings, BEGAN))
    assert len(stops) == 1
    assert machine == whole


def test_the_console_has_each_line_at_its_time(surroundings, start):
    machine = start("#!/bin/bash\necho first\nsleep 30\necho second\n")
    at = {line.text.partition("]: ")[2]: line.t for line in machine.console}
    assert at["second"] - at["first"] == pytest.approx(30)
    assert "first\nsecond\n" in machine.disk.text("/var/log/cloud-init-output.log")


def test_a_server_in_the_foreground_serves_though_the_script_never_ends(start):
    machine = start("#!/bin/bash\ncd /tmp\necho hi > index.html\npython3 -m http.server 8000\necho never > after\n")
    assert machine.answer("GET", "/", {}, port=8000)[2] == b"hi\n"
    assert machine.disk.find("/tmp/after") is None
    assert "finished at" not in console(machine)


def test_gzip_and_several_parts(surroundings):
    import gzip

    parts = (
        'Content-Type: multipart/mixed; boundary="=="\nMIME-Version: 1.0\n\n--==\nContent-Type: text/cloud-config\n\n'
        "#cloud-config\nwrite_files:\n- path: /tmp/a\n  content: from config\n\n"
        "--==\nContent-Type: text/x-shellscript\n\n#!/bin/bash\ncat /tmp/a > /tmp/b\n\n--==--\n"
    )
    machine = build()
    machine.starts = BEGAN
    initialise(machine, gzip.compress(parts.encode()), Outside(machine.instance_id, surroundings, BEGAN))
    assert machine.disk.text("/tmp/b") == "from config"
