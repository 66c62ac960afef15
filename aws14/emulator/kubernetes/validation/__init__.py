"""What the server finds wrong with an object."""

from aws14.emulator.kubernetes.validation.objects import faults

__all__ = ["faults"]
