from __future__ import annotations

from collections.abc import Iterator

import pytest
from provider_server import FakeTime, ProviderServer, running


@pytest.fixture
def server() -> Iterator[ProviderServer]:
    with running() as state:
        yield state


@pytest.fixture
def passing() -> FakeTime:
    return FakeTime()
