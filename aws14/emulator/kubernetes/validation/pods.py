"""What may be wrong with a pod, or with a template of pods.

Source: ``k8s.io/kubernetes/pkg/apis/core/validation/validation.go``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from aws14.emulator.kubernetes.failure import Cause, forbidden_value, invalid_value, required, unsupported
from aws14.emulator.kubernetes.naming import subdomain_faults
from aws14.emulator.kubernetes.storage import Object, copied
from aws14.emulator.kubernetes.validation.resources import resource_faults

__all__ = ["pod_change_faults", "pod_spec_faults"]

_POLICIES = ("Always", "OnFailure", "Never")
_PULLS = ("Always", "IfNotPresent", "Never")
_ENVIRONMENT = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*")
_SAID_ENVIRONMENT = (
    "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not "
    "start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is "
    f"'{_ENVIRONMENT.pattern}')"
)
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_HANDLERS = ("httpGet", "tcpSocket", "exec", "grpc")
_MAY_CHANGE = (
    "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
    "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)
Spec = dict[str, Any]


def pod_spec_faults(spec: Spec, at: str, *, allowed: tuple[str, ...] = _POLICIES) -> Iterator[Cause]:
    """Return what is wrong with a pod's spec.

    Parameters
    ----------
    spec : dict
        Of a pod or a template, with its defaults.
    at : str
        Where it stands: ``spec.template.spec``.
    allowed : tuple of str, optional
        Restart policies that are possible there.
    """
    if spec.get("restartPolicy") not in allowed:
        yield unsupported(f"{at}.restartPolicy", spec.get("restartPolicy"), allowed)
    volumes = yield from _volume_faults(spec, at)
    if not spec.get("containers"):
        yield required(f"{at}.containers")
    names: set[str] = set()
    for group in ("initContainers", "containers"):
        for index, container in enumerate(spec.get(group) or ()):
            where = f"{at}.{group}[{index}]"
            yield from _named(container, names, where)
            yield from _container_faults(container, where, volumes)


def _named(part: Spec, names: set[str], at: str) -> Iterator[Cause]:
    name = part.get("name")
    if not name:
        yield required(f"{at}.name")
        return
    yield from subdomain_faults(f"{at}.name", name, label=True)
    if name in names:
        yield Cause(f"{at}.name", "FieldValueDuplicate", f'Duplicate value: "{name}"')
    names.add(name)


def _volume_faults(spec: Spec, at: str) -> Any:
    names: set[str] = set()
    for index, volume in enumerate(spec.get("volumes") or ()):
        where = f"{at}.volumes[{index}]"
        yield from _named(volume, names, where)
        sources = [key for key in volume if key != "name" and volume[key] is not None]
        if len(sources) > 1:
            yield forbidden_value(f"{where}.{sources[1]}", "may not specify more than 1 volume type")
        if isinstance(volume.get("secret"), dict) and not volume["secret"].get("secretName"):
            yield required(f"{where}.secret.secretName")
        if isinstance(volume.get("configMap"), dict) and not volume["configMap"].get("name"):
            yield required(f"{where}.configMap.name")
    return names


def _container_faults(container: Spec, at: str, volumes: set[str]) -> Iterator[Cause]:
    if not container.get("image"):
        yield required(f"{at}.image")
    elif container["image"] != container["image"].strip():
        yield invalid_value(f"{at}.image", container["image"], "must not have leading or trailing whitespace")
    if container.get("imagePullPolicy") not in _PULLS:
        yield unsupported(f"{at}.imagePullPolicy", container.get("imagePullPolicy"), _PULLS)
    yield from _port_faults(container, at)
    yield from _environment_faults(container, at)
    yield from _mount_faults(container, at, volumes)
    for key in _PROBES:
        if container.get(key):
            yield from _probe_faults(container[key], f"{at}.{key}")
    yield from resource_faults(container.get("resources") or {}, f"{at}.resources")


def _port_faults(container: Spec, at: str) -> Iterator[Cause]:
    for index, port in enumerate(container.get("ports") or ()):
        field = f"{at}.ports[{index}].containerPort"
        number = port.get("containerPort")
        if not number:
            yield required(field)
        elif not isinstance(number, int) or not 0 < number < 65536:
            yield invalid_value(field, number, "must be between 1 and 65535, inclusive")


def _environment_faults(container: Spec, at: str) -> Iterator[Cause]:
    for index, variable in enumerate(container.get("env") or ()):
        field, name = f"{at}.env[{index}]", variable.get("name")
        if not name:
            yield required(f"{field}.name")
        elif not _ENVIRONMENT.fullmatch(name):
            yield invalid_value(f"{field}.name", name, _SAID_ENVIRONMENT)
        if variable.get("valueFrom") and variable.get("value"):
            yield invalid_value(f"{field}.valueFrom", "", "may not be specified when `value` is not empty")


def _mount_faults(container: Spec, at: str, volumes: set[str]) -> Iterator[Cause]:
    paths: set[str] = set()
    for index, mount in enumerate(container.get("volumeMounts") or ()):
        where = f"{at}.volumeMounts[{index}]"
        if not mount.get("name"):
            yield required(f"{where}.name")
        elif mount["name"] not in volumes:
            yield Cause(f"{where}.name", "FieldValueNotFound", f'Not found: "{mount["name"]}"')
        if not mount.get("mountPath"):
            yield required(f"{where}.mountPath")
        elif mount["mountPath"] in paths:
            yield invalid_value(f"{where}.mountPath", mount["mountPath"], "must be unique")
        paths.add(mount.get("mountPath") or "")


def _probe_faults(probe: Spec, at: str) -> Iterator[Cause]:
    handlers = [key for key in _HANDLERS if probe.get(key) is not None]
    if not handlers:
        yield required(at, "must specify a handler type")
    for extra in handlers[1:]:
        yield forbidden_value(f"{at}.{extra}", "may not specify more than 1 handler type")
    for key in ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"):
        if probe.get(key, 0) < 0:
            yield invalid_value(f"{at}.{key}", probe[key], "must be greater than or equal to 0")
    if not at.endswith("readinessProbe") and probe.get("successThreshold", 1) != 1:
        yield invalid_value(f"{at}.successThreshold", probe["successThreshold"], "must be 1")
    for key in ("httpGet", "tcpSocket"):
        if probe.get(key) is not None and not probe[key].get("port"):
            yield invalid_value(f"{at}.{key}.port", 0, "must be between 1 and 65535, inclusive")


def pod_change_faults(new: Object, old: Object) -> Iterator[Cause]:
    """Return what is wrong with a change of a pod: little of it may change."""
    if _fixed(new) != _fixed(old):
        yield forbidden_value("spec", _MAY_CHANGE)


def _fixed(pod: Object) -> Spec:
    spec: Spec = copied(pod["spec"])
    for group in ("initContainers", "containers"):
        for container in spec.get(group) or ():
            container.pop("image", None)
    for key in ("activeDeadlineSeconds", "tolerations"):
        spec.pop(key, None)
    return spec
