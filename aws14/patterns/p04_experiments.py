"""Experiments of pattern 4. Each takes the built topology first."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aws14.patterns.p04_clients import clients
from aws14.patterns.p04_distance import disks_in_step, failing_over_by_name
from aws14.patterns.p04_options import options
from aws14.patterns.p04_promises import promises
from aws14.patterns.p04_walls import why

experiments: Mapping[str, Callable[..., object]] = {
    "availability": promises,
    "database clients": clients,
    "disks in step": disks_in_step,
    "failing over by name": failing_over_by_name,
    "options": options,
    "why": why,
}
