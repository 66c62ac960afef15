"""The environment of this process: nothing of the user's AWS settings; moto's switches, set before moto is imported."""

from __future__ import annotations

import os
import sys

__all__ = ["keep_out", "prepare"]

#: Imported by libraries "if it is there", and not needed by what this process does with them: time-machine imports
#: pytest (half a second), jsonschema a grammar of addresses (seconds, as API Gateway is loaded).
_NEEDLESS = ("pytest", "rfc3987_syntax")

#: moto reads these when it is imported. Names and effects: moto/settings.py, moto 5.2.5.
_SWITCHES = {
    "MOTO_ENABLE_AMI_VALIDATION": "1",
    "MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION": "1",
    "MOTO_DISABLE_GLOBAL_CORS": "1",  # a web page of another origin has no business here
}


def keep_out() -> None:
    """Make what is needless not importable in this process; before time-machine and moto are imported."""
    for name in _NEEDLESS:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]  # Python's own way to say "not importable"


def prepare(port: int) -> None:
    """Drop every ``AWS_`` and ``MOTO_`` variable of this process and set what moto needs.

    Parameters
    ----------
    port : int
        The port this process listens on; moto writes it into some of the addresses it hands out.
    """
    for name in [name for name in os.environ if name.startswith(("AWS_", "MOTO_"))]:
        del os.environ[name]
    os.environ.update(_SWITCHES, MOTO_PORT=str(port))
    # moto asks boto3 for the list of regions: it must not meet the user's profiles there.
    os.environ.update(AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull)
    os.environ.update(AWS_EC2_METADATA_DISABLED="true", AWS_DEFAULT_REGION="us-east-1")
