"""A cluster behind the official client."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.emulator.kubernetes.api_case import Case, a_case


@pytest.fixture
def case() -> Iterator[Case]:
    with a_case() as made:
        yield made
