"""How containers are asked whether they are well, and how pods end: probes, preStop, grace."""

from __future__ import annotations

import time

import pytest

from tests.emulator.kubernetes.pods.conftest import Lab, quiet, web

PATIENT = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
print('open', flush=True)
time.sleep(3600)
"""
DEAF = "import time; print('open', flush=True); time.sleep(3600)"


def program(code: str, **more):
    return {"name": "web", "image": "python:3.13-slim", "command": ["python", "-c", code], **more}


def probe(container: dict, kind: str, **said) -> dict:
    return {**container, f"{kind}Probe": {"periodSeconds": 5, "failureThreshold": 2, **said}}


def pod(lab: Lab, container: dict, **spec) -> None:
    lab.create("Pod", "p", apiVersion="v1", spec={"containers": [container], **spec})


def state(lab: Lab) -> dict:
    return lab.get("Pod", "p")["status"]["containerStatuses"][0]


def is_ready(lab: Lab) -> bool:
    return any(c["type"] == "Ready" and c["status"] == "True" for c in lab.get("Pod", "p")["status"]["conditions"])


def is_there(lab: Lab) -> bool:
    return lab.registry.get("Pod", "shop", "p") is not None


def opened(lab: Lab) -> None:
    """Wait, for real, until the program has said that it is open."""
    until = time.monotonic() + 20
    lab.advance(6)
    while not any(line == "open" for _, line in lab.run("p").containers["web"].lines):
        assert time.monotonic() < until
        time.sleep(0.01)
        lab.advance(0.1)


def test_a_program_that_hears_sigterm_is_gone_at_once(lab):
    pod(lab, program(PATIENT))
    opened(lab)
    lab.registry.delete("Pod", "shop", "p")
    lab.advance(2)
    assert not is_there(lab)
    assert "Stopping container web" in lab.events("Killing")


@pytest.mark.parametrize("grace", [12, 30])
def test_a_program_that_does_not_is_killed_when_its_grace_is_over(lab, grace):
    pod(lab, program(DEAF), terminationGracePeriodSeconds=grace)
    opened(lab)
    lab.registry.delete("Pod", "shop", "p")
    lab.advance(grace - 2)
    assert is_there(lab)
    assert "running" in state(lab)["state"]
    lab.advance(3)
    assert not is_there(lab)


def test_grace_can_be_taken_back_at_the_deletion(lab):
    pod(lab, program(DEAF), terminationGracePeriodSeconds=300)
    opened(lab)
    lab.registry.delete("Pod", "shop", "p", grace_s=0)
    lab.advance(1)
    assert not is_there(lab)


@pytest.mark.parametrize("hook", [{"sleep": {"seconds": 10}}, {"exec": {"command": ["sh", "-c", "sleep 10"]}}])
def test_pre_stop_comes_before_sigterm(lab, hook):
    pod(lab, program(PATIENT, lifecycle={"preStop": hook}))
    opened(lab)
    lab.registry.delete("Pod", "shop", "p")
    lab.advance(9)
    assert is_there(lab)
    assert "running" in state(lab)["state"]
    lab.advance(3)
    assert not is_there(lab)


def test_pre_stop_gets_no_longer_than_the_grace(lab):
    pod(lab, quiet(lifecycle={"preStop": {"sleep": {"seconds": 100}}}), terminationGracePeriodSeconds=20)
    lab.advance(20)
    lab.registry.delete("Pod", "shop", "p")
    lab.advance(18)
    assert is_there(lab)
    lab.advance(3)
    assert not is_there(lab)


def test_a_liveness_probe_that_fails_restarts_the_container(lab):
    code = web()["command"][2].replace("send_response(200)", "send_response(200 if s.path == '/healthz' else 500)")
    alive = {"httpGet": {"path": "/live", "port": 8080}, "initialDelaySeconds": 10}
    pod(lab, probe(web(command=["python", "-c", code]), "liveness", **alive))
    lab.advance(14)
    assert (is_ready(lab), state(lab)["restartCount"]) == (True, 0)
    lab.advance(20)
    assert state(lab)["restartCount"] == 1
    assert "Liveness probe failed: HTTP probe failed with statuscode: 500" in lab.events("Unhealthy")
    assert "Container web failed liveness probe, will be restarted" in lab.events("Killing")


def test_a_readiness_probe_that_fails_restarts_nothing(lab):
    pod(lab, probe(program(DEAF), "readiness", tcpSocket={"port": 8080}))
    lab.advance(60)
    assert (is_ready(lab), state(lab)["restartCount"]) == (False, 0)
    assert any(
        text.startswith("Readiness probe failed: dial tcp") and text.endswith("connect: connection refused")
        for text in lab.events("Unhealthy")
    )


def test_no_other_probe_is_asked_before_the_startup_probe_has_passed(lab):
    slow = program("open('/tmp/up', 'w').close(); import time; time.sleep(3600)")
    slow = probe(slow, "startup", exec={"command": ["cat", "/tmp/up"]}, initialDelaySeconds=20, failureThreshold=30)
    slow = probe(slow, "liveness", exec={"command": ["cat", "/tmp/nowhere"]}, failureThreshold=1)
    pod(lab, slow)
    lab.advance(20)
    assert (state(lab)["started"], is_ready(lab), state(lab)["restartCount"]) == (False, False, 0)
    lab.advance(12)
    assert lab.events("Killing") == ["Container web failed liveness probe, will be restarted"]


def test_a_startup_probe_that_never_passes_restarts_the_container(lab):
    pod(lab, probe(program(DEAF), "startup", exec={"command": ["cat", "/tmp/up"]}))
    lab.advance(18)
    assert lab.events("Killing") == ["Container web failed startup probe, will be restarted"]


def test_what_holds_is_asked_seldom_while_a_day_passes_at_once_and_as_before_after_it(lab):
    pod(lab, web())
    lab.advance(60)
    before = lab.world.clock.ran
    lab.advance(86_400)
    assert lab.world.clock.ran - before < 2_000
    assert lab.run("p").due <= lab.world.clock.now() + 5.0
