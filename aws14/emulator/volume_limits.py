"""How many IOPS a volume may have, by its type and size (EBS user guide, "Amazon EBS volume types")."""

from __future__ import annotations

from typing import Any

from aws14.catalog import quota

__all__ = ["check_iops"]

#: Rows of data/quotas.csv by type: the least, the most, and the most per GiB.
_ROWS = {
    "gp3": ("gp3 baseline IOPS", "gp3 maximum IOPS", "gp3 maximum IOPS per GiB"),
    "io1": ("io1 least IOPS", "io1 maximum IOPS", "io1 maximum IOPS per GiB"),
    "io2": ("io2 least IOPS", "io2 Block Express maximum IOPS", "io2 Block Express maximum IOPS per GiB"),
}


def check_iops(kind: str | None, size_gib: Any, iops: Any) -> None:
    """Refuse IOPS that a volume of this type and size cannot have.

    Parameters
    ----------
    kind : str or None
        ``gp3``; of other types nothing is refused here.
    size_gib, iops : int or None
        As asked for; nothing is refused without IOPS, nor by size without one.

    Raises
    ------
    moto.ec2.exceptions.EC2ClientError
        InvalidParameterValue.
    """
    if kind not in _ROWS or not iops:
        return
    least, most, ratio = (int(quota("EBS", row).value) for row in _ROWS[kind])
    wanted = int(iops)
    if wanted < least:
        _refuse(f"Volume iops of {wanted} is too low; minimum is {least}.")
    if wanted > most:
        _refuse(f"Volume iops of {wanted} is too high; maximum is {most}.")
    # A small gp3 volume has its baseline whatever its size.
    if size_gib and wanted > ratio * int(size_gib) and not (kind == "gp3" and wanted == least):
        _refuse(f"Iops to volume size ratio of {wanted / int(size_gib):f} is too high; maximum is {ratio}.")


def _refuse(message: str) -> None:
    from moto.ec2.exceptions import EC2ClientError

    raise EC2ClientError("InvalidParameterValue", message)
