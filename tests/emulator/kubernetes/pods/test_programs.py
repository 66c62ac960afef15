"""What images do here: nginx, busybox, and what is not there."""

from __future__ import annotations

import runpy
import time
import urllib.request
from pathlib import Path

import pytest

from aws14.emulator.kubernetes import kubelet
from aws14.emulator.kubernetes.kubelet import images, processes, shell
from tests.emulator.kubernetes.pods.conftest import Lab

PROGRAMS = Path(kubelet.__file__).parent / "programs"


def run(lab: Lab, container: dict, **spec) -> None:
    lab.create("Pod", "p", apiVersion="v1", spec={"containers": [{"name": "web", **container}], **spec})
    lab.advance(30)


def said(lab: Lab) -> list[str]:
    return [line for _, line in lab.run("p").containers["web"].lines]


def fetched(lab: Lab, port: int, path: str = "/") -> tuple[int, str]:
    """What a pod answers, waited for in real time."""
    uid = lab.get("Pod", "p")["metadata"]["uid"]
    until = time.monotonic() + 20
    while not processes.real_port(uid, port):
        assert time.monotonic() < until, said(lab)
        time.sleep(0.01)
    with urllib.request.urlopen(f"http://127.0.0.1:{processes.real_port(uid, port)}{path}", timeout=10) as answer:
        return answer.status, answer.read().decode()


def ended(lab: Lab) -> dict:
    """How a program that runs to its end ended."""
    until = time.monotonic() + 20
    while True:
        lab.advance(1)
        found = lab.get("Pod", "p")["status"]["containerStatuses"][0]["state"].get("terminated")
        if found is not None:
            return found
        assert time.monotonic() < until, said(lab)


def test_nginx_says_welcome(lab):
    run(lab, {"image": "nginx:1.29", "ports": [{"containerPort": 80}]})
    status, text = fetched(lab, 80)
    assert (status, "Welcome to nginx!" in text) == (200, True)


def test_nginx_serves_the_files_and_answers_of_its_configuration(lab):
    conf = "server { listen 8080; root /www; location /healthz { return 200 'fine'; } }"
    lab.create("ConfigMap", "conf", apiVersion="v1", data={"default.conf": conf})
    lab.create("ConfigMap", "pages", apiVersion="v1", data={"index.html": "<h1>Books</h1>", "a.txt": "alpha"})
    mounts = [{"name": "conf", "mountPath": "/etc/nginx/conf.d"}, {"name": "pages", "mountPath": "/www"}]
    volumes = [{"name": name, "configMap": {"name": name}} for name in ("conf", "pages")]
    image = "public.ecr.aws/nginx/nginx:1.29-alpine"
    run(lab, {"image": image, "ports": [{"containerPort": 8080}], "volumeMounts": mounts}, volumes=volumes)
    assert fetched(lab, 8080) == (200, "<h1>Books</h1>")
    assert fetched(lab, 8080, "/a.txt") == (200, "alpha")
    assert fetched(lab, 8080, "/healthz") == (200, "fine")


SCRIPT = r"""
NAME=books
for each in one two; do echo "$each of ${NAME}"; done
mkdir -p /tmp/a && echo text > /tmp/a/b && cat /tmp/a/b
if [ -f /tmp/a/b ]; then echo there; else echo gone; fi
rm -r /tmp/a || echo kept
test -d /tmp/a && echo kept
until [ 1 -eq 1 ]; do echo never; done
printf '%s is %d\n' three 3
curl http://catalog
exit 4
"""


def test_busybox_runs_a_script(lab):
    run(lab, {"image": "busybox:1.36", "command": ["sh", "-c", SCRIPT]}, restartPolicy="Never")
    assert ended(lab)["exitCode"] == 4
    assert said(lab) == ["one of books", "two of books", "text", "there", "three is 3", "sh: curl: not found"]


def test_busybox_serves_and_fetches(lab):
    script = "mkdir -p /tmp/www && echo menu > /tmp/www/index.html && httpd -f -p 8080 -h /tmp/www"
    run(lab, {"image": "busybox:1.36", "command": ["sh", "-c", script], "ports": [{"containerPort": 8080}]})
    assert fetched(lab, 8080, "/index.html") == (200, "menu\n")


def test_words_that_begin_a_command_are_those_that_the_shell_knows():
    offered = set(runpy.run_path(str(PROGRAMS / "busybox.py"))["COMMANDS"])
    assert offered | {"sh", "ash", "bash", "exit"} == shell.COMMANDS


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("python:3.99-slim", "docker.io/library/python:3.99-slim: not found"),
        ("ownshop/catalog:1", "pull access denied, repository does not exist"),
        ("public.ecr.aws/docker/library/redis:7", "not found"),
        ("602401143452.dkr.ecr.ap-northeast-1.amazonaws.com/eks/shop:v1", "not found"),
    ],
)
def test_an_image_that_is_not_there(name, refusal):
    found = images.find(name)
    assert found.kind == ""
    assert refusal in found.refusal


@pytest.mark.parametrize("name", ["python", "nginx:alpine", "public.ecr.aws/docker/library/busybox:1.37"])
def test_an_image_that_is_there(name):
    assert images.find(name).kind == name.rpartition("/")[2].partition(":")[0]


def test_a_program_that_is_not_in_its_image_does_not_start(lab):
    run(lab, {"image": "nginx:1.29", "command": ["java", "-jar", "shop.jar"]})
    assert any('exec: "java": executable file not found in $PATH' in text for text in lab.events("Failed"))
