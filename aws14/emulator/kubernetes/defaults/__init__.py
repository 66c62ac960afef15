"""What the server writes into an object where its author said nothing."""

from aws14.emulator.kubernetes.defaults.objects import fill

__all__ = ["fill"]
