"""Names, labels and annotations: what they may look like, and the names that the server makes up.

Source: ``k8s.io/apimachinery/pkg/util/validation/validation.go``, ``k8s.io/apiserver/pkg/storage/names/generate.go``.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from aws14.emulator.kubernetes.failure import Cause, invalid_value, required
from aws14.emulator.kubernetes.kinds import Kind

__all__ = ["label_faults", "made_up", "metadata_faults", "subdomain_faults"]

_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_LABEL_1035 = "[a-z]([-a-z0-9]*[a-z0-9])?"
_QUALIFIED = r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_VALUE = r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?"
_RANDOM = "bcdfghjklmnpqrstvwxz2456789"
_ALPHANUMERIC = "must start and end with an alphanumeric character"
_SAID_SUBDOMAIN = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and "
    f"{_ALPHANUMERIC} (e.g. 'example.com', regex used for validation is '{_SUBDOMAIN}')"
)
_SAID_LABEL = (
    f"a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and {_ALPHANUMERIC} "
    f"(e.g. 'my-name',  or '123-abc', regex used for validation is '{_LABEL}')"
)
_SAID_LABEL_1035 = (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, "
    f"and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is "
    f"'{_LABEL_1035}')"
)
_SAID_QUALIFIED = (
    f"name part must consist of alphanumeric characters, '-', '_' or '.', and {_ALPHANUMERIC} (e.g. 'MyName',  or "
    f"'my.name',  or '123-abc', regex used for validation is '{_QUALIFIED}')"
)
_SAID_VALUE = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and "
    f"{_ALPHANUMERIC} (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '{_VALUE}')"
)
_SAYS = {
    _SUBDOMAIN: (253, _SAID_SUBDOMAIN),
    _LABEL: (63, _SAID_LABEL),
    _LABEL_1035: (63, _SAID_LABEL_1035),
    _QUALIFIED: (63, _SAID_QUALIFIED),
    _VALUE: (63, _SAID_VALUE),
}
_NAMES = {"Namespace": _LABEL, "Service": _LABEL_1035}


def made_up(prefix: str) -> str:
    """Return a name that begins with a prefix, as ``generateName`` asks."""
    return prefix[:58] + "".join(secrets.choice(_RANDOM) for _ in range(5))


def metadata_faults(kind: Kind, metadata: Mapping[str, Any]) -> Iterator[Cause]:
    """Return what is wrong with the name, the labels and the annotations of an object."""
    name = metadata.get("name")
    if not name:
        yield required("metadata.name", "name or generateName is required")
    elif kind.group != "rbac.authorization.k8s.io":
        yield from _faults("metadata.name", name, _NAMES.get(kind.name, _SUBDOMAIN))
    yield from label_faults("metadata.labels", metadata.get("labels") or {})
    for key in metadata.get("annotations") or {}:
        yield from _key_faults("metadata.annotations", key.lower())


def subdomain_faults(field: str, value: str, *, label: bool = False) -> Iterator[Cause]:
    """Return what is wrong with a value that must be a DNS name, or one label of it."""
    yield from _faults(field, value, _LABEL if label else _SUBDOMAIN)


def label_faults(field: str, labels: Mapping[str, Any]) -> Iterator[Cause]:
    """Return what is wrong with labels."""
    for key, value in labels.items():
        yield from _key_faults(field, key)
        yield from _faults(field, value, _VALUE)


def _key_faults(field: str, key: str) -> Iterator[Cause]:
    prefix, slash, name = key.rpartition("/")
    if slash:
        yield from _faults(field, prefix, _SUBDOMAIN)
    yield from _faults(field, name, _QUALIFIED)


def _faults(field: str, value: Any, pattern: str) -> Iterator[Cause]:
    longest, says = _SAYS[pattern]
    if len(str(value)) > longest:
        yield invalid_value(field, value, f"must be no more than {longest} characters")
    if re.fullmatch(pattern, str(value)) is None:
        yield invalid_value(field, value, says)
